#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Breaks every rule of check-floors once, in a small tree of its own."""
import importlib.machinery
import importlib.util
import tempfile
from pathlib import Path

import tap

loader = importlib.machinery.SourceFileLoader("check_floors", str(Path(__file__).parent / "check-floors"))
check_floors = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_floors", loader))
loader.exec_module(check_floors)

FLOORS = "base: str buf\nstorage: db\nwire beside storage: pdf\nweb: page\n"
GOOD = {
    "base/str.h": "", "base/str.c": '#include "base/str.h"\n#include <string.h>\n', "base/buf.c": '#include "base/str.h"\n',
    "base/errors.def": "", "base/str_test.c": '#include "base/buf.h"\n#include <cmocka.h>\n', "base/buf.h": "",
    "storage/db.c": '#include "base/buf.h"\n#include <sqlite3.h>\n', "storage/db.h": "", "wire/pdf.h": "",
    "web/page.c": '#include "storage/db.h"\n#include "wire/pdf.h"\n#include "web/texts.h"\n',
    "web/meson.build": "custom_target('t', output: ['texts.h', 'texts.c'])\n",
}


def errors(changes, floors=FLOORS):
    with tempfile.TemporaryDirectory() as tmp:
        src = Path(tmp) / "src"
        for name, text in {**GOOD, **changes}.items():
            if text is None:
                continue
            (src / name).parent.mkdir(parents=True, exist_ok=True)
            (src / name).write_text(text)
        (src / "FLOORS").write_text(floors)
        return check_floors.check(Path(tmp))


def expect(changes, *parts, floors=FLOORS):
    found = errors(changes, floors)
    assert len(found) == 1, found
    for part in parts:
        assert part in found[0], found


@tap.case("a tree that keeps the rules is accepted")
def _():
    assert errors({}) == []


@tap.case("including a higher floor is a breach")
def _():
    expect({"base/str.c": '\n#include "storage/db.h"\n'}, "src/base/str.c:2", "higher floor")


@tap.case("including a floor beside the own one is a breach")
def _():
    expect({"wire/pdf.h": '#include "storage/db.h"\n'}, "src/wire/pdf.h:1", "beside")


@tap.case("including a module that comes later on the same floor is a breach, but not for a test")
def _():
    expect({"base/str.c": '#include "base/buf.h"\n'}, "comes after")


@tap.case("an include that leads to no file is a breach")
def _():
    expect({"base/str.c": '#include "str.h"\n'}, "leads to no file")


@tap.case("a header that the build makes counts by its floor, too")
def _():
    expect({"base/str.c": '#include "web/texts.h"\n'}, "higher floor")


@tap.case("a private header may be a module of its own, named before those that share it")
def _():
    files = {"base/pool_impl.h": "", "base/pool.c": '#include "base/pool_impl.h"\n'}
    assert errors(files, FLOORS.replace("buf", "buf pool")) == []
    assert errors(files, FLOORS.replace("buf", "buf pool_impl pool")) == []
    expect(files, "comes after", floors=FLOORS.replace("buf", "buf pool pool_impl"))


@tap.case("the parts of a module, named in brackets, may include each other; what comes later stays out of reach")
def _():
    files = {"base/pool.c": '#include "base/pool_a.h"\n', "base/pool.h": "", "base/pool_a.c": '#include "base/pool.h"\n', "base/pool_a.h": ""}
    assert errors(files, FLOORS.replace("buf", "buf pool(pool_a)")) == []
    expect(files, "comes after", floors=FLOORS.replace("buf", "buf pool pool_a"))
    expect({**files, "base/buf.c": '#include "base/pool_a.h"\n'}, "comes after", floors=FLOORS.replace("buf", "buf pool(pool_a)"))


@tap.case("the order that --suggest prints is accepted, circles and all")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        src = Path(tmp) / "src" / "base"
        src.mkdir(parents=True)
        for name, header in {"c": "b", "b": "a", "a": "x", "x": "a", "z": "c"}.items():
            (src / f"{name}.h").write_text("")
            (src / f"{name}.c").write_text(f'#include "base/{header}.h"\n')
        (src.parent / "FLOORS").write_text("base:\n")
        (src.parent / "FLOORS").write_text("".join(f"{f}: {' '.join(m)}\n" for f, m in check_floors.suggest(Path(tmp))))
        assert (src.parent / "FLOORS").read_text() == "base: a(x) b c z\n", (src.parent / "FLOORS").read_text()
        assert check_floors.check(Path(tmp)) == []


@tap.case("an outside library in two files is a breach")
def _():
    expect({"base/buf.c": "#include <sqlite3.h>\n"}, "SQLite", "src/base/buf.c", "src/storage/db.c")


@tap.case("an unknown outside header is a breach")
def _():
    expect({"base/buf.c": "#include <mystery/thing.h>\n"}, "mystery/thing.h", "unknown")


@tap.case("a file that belongs to no module is a breach, and so is a module without a file")
def _():
    expect({"base/extra.c": ""}, "extra is not named")
    expect({}, "no such file", floors=FLOORS.replace("buf", "buf ghost"))


@tap.case("a floor that nobody knows is a breach")
def _():
    expect({"cellar/rat.c": ""}, "no floor cellar")


@tap.case("cmocka outside a test is a breach")
def _():
    expect({"base/buf.c": "#include <cmocka.h>\n"}, "only tests")


@tap.case("writing to the log below the web floor is a breach")
def _():
    expect({"base/log.h": "", "storage/db.c": '#include "base/log.h"\n'}, "write to the log",
           floors=FLOORS.replace("buf", "buf log"))


tap.main()
