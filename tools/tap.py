# SPDX-License-Identifier: EUPL-1.2
"""tap: the smallest runner for tests of our tools and for suites in Python. Prints the lines that tools/run-tests counts.

    @tap.case("an unknown word is named with file and line")
    def _():
        assert check(...) == [...]
    tap.main()
A case fails by an exception, and is skipped by tap.skip("why").
"""
import sys
import traceback

_cases = []


class Skip(Exception):
    pass


def skip(reason):
    raise Skip(reason)


def case(name):
    def add(function):
        _cases.append((name, function))
        return function
    return add


def main(only=sys.argv[1:]):
    failed = 0
    for name, function in _cases:
        if only and not any(word in name for word in only):
            continue
        try:
            function()
            print(f"ok - {name}", flush=True)
        except Skip as why:
            print(f"skip - {name} # {why}", flush=True)
        except Exception:
            failed += 1
            print(traceback.format_exc())
            print(f'not ok - {name} # {sys.argv[0]} "{name}"', flush=True)
    sys.exit(1 if failed else 0)
