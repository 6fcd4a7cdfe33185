#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The commands themselves: what they say to wrong input, and that they cost nothing when there is nothing to do."""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tools")
import tap


def command(*args, **more):
    return subprocess.run(args, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **more)


@tap.case("nothing of the tests runs as root")
def _():
    assert os.getuid() != 0


@tap.case("install-deps says nothing and takes less than 0.2 s when nothing is missing")
def _():
    best = 9.0
    for _ in range(5):
        started = time.monotonic()
        done = command("tools/install-deps", "run", "test")
        best = min(best, time.monotonic() - started)
        assert done.returncode == 0 and done.stdout == done.stderr == "", done
    assert best < 0.2, best


@tap.case("install-deps names the sets when it is asked for an unknown one")
def _():
    done = command("tools/install-deps", "everything")
    assert done.returncode == 1 and "run, test, bench" in done.stderr, done


@tap.case("run refuses a port that is none, and says what it wants")
def _():
    for port in ("", "http", "80", "65536", "-1", "8080x", "999999999999999999999"):
        done = command("./run", "--port", port)
        assert done.returncode == 1 and "from 1024 to 65535" in done.stderr, (port, done)


@tap.case("run refuses an unknown argument and shows the known ones")
def _():
    done = command("./run", "--prot", "8080")
    assert done.returncode == 1 and '"--prot"' in done.stderr and "--port N" in done.stderr, done


@tap.case("run, test and bench explain themselves")
def _():
    for name in ("./run", "./test", "./bench"):
        done = command(name, "--help")
        assert done.returncode == 0 and "usage: " + name in done.stdout + done.stderr, done


@tap.case("test refuses the name of a test that does not exist")
def _():
    done = command("python3", "tools/run-tests", "suites/99-nothing")
    assert done.returncode == 2 and "suites/99-nothing" in done.stdout, done


@tap.case("a crash, a silent program and a lie about the status are all counted as failures")
def _():
    import importlib.machinery
    import importlib.util
    loader = importlib.machinery.SourceFileLoader("run_tests", "tools/run-tests")
    runner = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(runner)

    def counted(output, status):
        result = runner.Result()
        runner.count_program(output, status, "unit", "repeat", result)
        return result.passed, len(result.failures), result.skipped

    assert counted("1..2\nok 1 - a\nok 2 - b\n", 0) == (2, 0, 0)
    assert counted("ok - a\nnot ok - b # how\n", 1) == (1, 1, 0)
    assert counted("ok 1 - a\n", -11) == (1, 1, 0)
    assert counted("ok - a\nnot ok - b\n", 0) == (1, 2, 0)
    assert counted("nothing to see\n", 0) == (0, 1, 0)
    assert counted("ok 1 - a # SKIP no server\nskip - b # why\n", 0) == (0, 0, 2)


@tap.case("what a suite leaves running is found, even if it has left its session")
def _():
    script = "import sys; sys.path.insert(0, 'tools')\n" \
        "import importlib.machinery as m, importlib.util as u, ctypes, subprocess, time\n" \
        "l = m.SourceFileLoader('r', 'tools/run-tests'); r = u.module_from_spec(u.spec_from_loader('r', l)); l.exec_module(r)\n" \
        "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n" \
        "subprocess.run(['sh', '-c', 'setsid sleep 300 & setsid sh -c \"sleep 301 & sleep 302\" &'])\n" \
        "time.sleep(0.3); before = len(r.descendants()); r.end_leftovers(); print(before, len(r.descendants()))\n"
    done = command("python3", "-c", script)
    before, after = done.stdout.split()
    assert int(before) >= 3 and after == "0", done


@tap.case("the lock files keep versions and checksums, not where a package was downloaded from")
def _():
    for name in ("build", "test"):
        text = open(f"tools/npm/{name}/package-lock.json").read()
        assert '"resolved"' not in text and '"integrity"' in text


tap.main()
