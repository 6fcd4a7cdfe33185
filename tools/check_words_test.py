#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Uses every forbidden word once, and the allowed neighbours of them."""
import importlib.machinery
import importlib.util
from pathlib import Path

import tap

loader = importlib.machinery.SourceFileLoader("check_words", str(Path(__file__).parent / "check-words"))
check_words = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_words", loader))
loader.exec_module(check_words)

HEAD = "/* SPDX-License-Identifier: EUPL-1.2 */\n"


def finds(text, name="src/base/x.c", head=HEAD):
    return list(check_words.check_file(name, head + text))


@tap.case("every forbidden word is found, with its line")
def _():
    for word in check_words.FORBIDDEN + check_words.ALLOCATORS:
        found = finds(f"int x;\nint y = {word}(1);\n")
        assert len(found) == 1 and f'src/base/x.c:3: "{word}"' in found[0], (word, found)


@tap.case("a forbidden function passed as a value is found as well")
def _():
    assert len(finds("callback(free);\n")) == 1


@tap.case("comments, texts, members and longer names are no finds")
def _():
    assert finds('/* free it */ // goto\nchar *s = "malloc(3) \\" free"; x->free(x); o.free = 1; struct thing *free; if (s->free) t = x.free; arena_free(a); str_cat(); c = \'"\';\n') == []


@tap.case("the arena itself may allocate")
def _():
    assert finds("p = malloc(3);\n", "src/base/arena.c") == []


@tap.case("SELECT * in SQL is found")
def _():
    assert len(finds('static const char q[] = "select * from drafts";\n')) == 1


@tap.case("a missing licence line is found, in C and in scripts")
def _():
    assert len(finds("int x;\n", head="")) == 1
    assert len(finds("#!/bin/sh\necho\n", "tools/x", head="")) == 1


@tap.case("unfinished notes are found in every kind of file")
def _():
    assert len(finds("/* TODO: later */\n")) == 1
    assert len(finds("Payment is coming soon.\n", "docs/x.md", head="")) == 1
    assert finds('mkdtemp("/tmp/XXXXXX");\n') == []


@tap.case("addresses of registries and download addresses in lock files are found")
def _():
    assert len(finds('"resolved": "https://example.org/x.tgz"\n', "tools/npm/build/package-lock.json", head="")) == 1


@tap.case("key material in the sources is found")
def _():
    assert len(finds("-----BEGIN EC PRIVATE KEY-----\n", "deploy/x.txt", head="")) == 1


@tap.case("the tree itself is walked: scripts without a suffix and folders without a dot")
def _():
    root = Path(__file__).resolve().parent.parent
    names = {str(p.relative_to(root)) for p in check_words.files_of(root)}
    assert {"run", "tools/install-deps", "tools/npm/test/package-lock.json"} <= names, sorted(names)[:20]


tap.main()
