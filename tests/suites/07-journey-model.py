#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Random services and answers, run by the form engine and by a second, slow implementation (tests/model): they must agree.

SEED=n repeats one run. timeout: 300
"""
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "model"))
from journey_model import Journey  # noqa: E402

SECONDS = float(os.environ.get("SECONDS_TO_RUN", 20))
ANSWERS_PER_FORM = 12
MANY = ("text", "integer", "date", "choice")
ALL_MANY = tuple("many " + k for k in MANY)


class Definition:
    """Makes a random form; remembers what may be read where."""

    def __init__(self, r):
        self.r, self.fields, self.count = r, [], 0
        self.groups, self.blocks = [], {}       # groups whose list page has been passed; all: group -> its repeat, its parent
        self.group = None
        form = {"steps": [self.step(i) for i in range(r.randint(1, 4))]}
        fee = [{"id": f"f{i}", "amount": self.number(2)} for i in range(r.randint(0, 2))]
        self.definition = {"service": {"parameters": [{"id": "p", "type": "money", "default": "12,50"}], "fee": fee}, "form": form}

    def step(self, i):
        r = self.r
        step = {"id": f"s{i}"}
        if i and r.random() < 0.3:
            step["when"] = self.truth(2)
        if r.random() < 0.35:
            self.begin(step, f"g{i}")
        self.fill(step, f"p{i}", 1)
        return step

    def begin(self, part, name):
        least = self.r.randint(0, 2)
        repeat = {"group": name, "min": str(least), "max": str(least + self.r.randint(1, 2))}
        self.blocks[name] = (repeat, self.group)
        part["repeat"], self.group = repeat, name

    def fill(self, part, name, depth):
        """Pages and blocks of repeated pages, in any order; then the group's rows are complete."""
        r, part["pages"] = self.r, []
        for k in range(r.randint(1, 3)):
            if depth < 4 and r.random() < (0.3 if self.group else 0.15):
                block = {}
                if r.random() < 0.5 and self.fields:
                    block["when"] = self.truth(2)
                self.begin(block, f"{self.group}.k{k}" if self.group else f"h{name[1:]}{k}".replace("-", "_"))
                self.fill(block, f"{name}-{k}", depth + 1)
                part["pages"].append(block)
            else:
                part["pages"].append(self.page(f"{name}-{k}"))
        if "repeat" in part:
            self.groups.append(self.group)
            self.group = self.blocks[self.group][1]

    def page(self, name):
        r = self.r
        page = {"id": name}
        if r.random() < 0.5 and self.fields:
            page["when"] = self.truth(2)
        page["fields"] = [self.field() for _ in range(r.randint(1, 3))]
        for f in page["fields"]:
            if f["type"] != "calc" and r.random() < 0.12:
                f[r.choice(["required", "forbidden", "validation"])] = self.truth(2)
        if r.random() < 0.3:
            self.count += 1
            page["rules"] = [{"id": f"r{self.count}", "must": self.truth(2)}]
            if r.random() < 0.5:
                page["rules"][0]["at"] = page["fields"][0]["id"]
        return page

    def field(self):
        r = self.r
        self.count += 1
        kind = r.choice(["text", "integer", "money", "date", "bool", "choice", "several", "calc"])
        f = {"id": (self.group + "." if self.group else "") + f"x{self.count}", "type": kind}
        if kind != "calc" and r.random() < 0.3:
            f["optional"] = "true"
        if r.random() < 0.2:
            f["when"] = self.truth(1)
        if kind in ("integer", "money") and r.random() < 0.3:
            f[r.choice(["min", "max"])] = self.number(1)
        if kind == "date" and r.random() < 0.3:
            f[r.choice(["min", "max"])] = self.date(1)
        if kind == "text" and r.random() < 0.3:
            f["max"] = "4"
        if kind in ("choice", "several"):
            f["options"] = [{"id": o, "when": self.truth(1)} if r.random() < 0.2 else o for o in ("a", "b", "c")]
        if kind == "several" and r.random() < 0.3:
            f["min"], f["max"] = "2", "2"
        if kind == "calc":
            f["value"] = r.choice([self.number, self.date, self.truth])(2)
            f["scale"] = str(r.randint(0, 6))
        if kind in MANY and r.random() < 0.2:
            least = r.randint(0, 2)
            f["many"] = {"min": str(least), "max": str(least + r.randint(1, 2))}
            kind = "many " + kind
        self.fields.append((f["id"], kind, self.group))
        return f

    def around(self, group):
        while group is not None:
            yield group
            group = self.blocks[group][1]

    def readable(self, kinds, group=None):
        """Fields that may be named: outside of groups, of the row at hand, or of the rows of a given group."""
        at_hand = set(self.around(group or self.group))
        return [i for i, k, g in self.fields if k in kinds and (g is None or g in at_hand)]

    def rows_of(self):
        return self.groups

    def values_where(self, group):
        """A field with several values and a condition over each."""
        name = self.r.choice(self.readable(ALL_MANY, group))
        kind = next(k for i, k, g in self.fields if i == name).split()[1]
        return name, kind, {"text": "value == 'a'", "choice": self.r.choice(["value == 'a'", "value in ('a', 'b')"]), "integer": f"value {self.r.choice(['>', '==', '<='])} 3",
                            "date": "value < 2024-01-01"}[kind]

    def truth(self, depth, group=None):
        r = self.r
        ways = ["const"]
        if self.readable(("bool",), group):
            ways += ["bool"] * 2
        if self.readable(("choice", "text"), group):
            ways += ["text"] * 3
        if self.readable(("several",), group):
            ways += ["has"]
        if self.fields:
            ways += ["empty"]
        ways += ["number", "date"]
        if self.readable(ALL_MANY, group):
            ways += ["values"] * 3
        if depth:
            ways += ["and", "or", "xor", "not", "valid"]
            if self.rows_of():
                ways += ["any", "all"] * 2
        way = r.choice(ways)
        if way == "values":
            name, kind, where = self.values_where(group)
            return r.choice([f"any({name}, {where})", f"all({name}, {where})", f"is_empty({name})", f"count({name}) > 1"] +
                            ([f"has({name}, 'a')"] if kind in ("text", "choice") else []))
        if way == "valid":
            return f"is_valid_date({self.number(depth - 1, group)}, {r.choice(['2', '4', self.number(0, group)])}, 2024)"
        if way == "const":
            return r.choice(["true", "false", "place.population > 1000", "place.ars == '146120000000'"])
        if way == "bool":
            name = r.choice(self.readable(("bool",), group))
            return r.choice([name, f"{name} == false", f"{name} != true"])
        if way == "text":
            name = r.choice(self.readable(("choice", "text"), group))
            return r.choice([f"{name} == 'a'", f"{name} != 'b'", f"{name} in ('a', 'c')"])
        if way == "has":
            return f"has({r.choice(self.readable(('several',), group))}, '{r.choice('abc')}')"
        if way == "empty":
            names = self.readable(("text", "integer", "money", "date", "bool", "choice", "several", "calc"), group)
            return f"is_empty({r.choice(names)})" if names else "true"
        if way == "number":
            return f"{self.number(depth - 1, group)} {r.choice(['==', '!=', '<', '<=', '>', '>='])} {self.number(depth - 1, group)}"
        if way == "date":
            return f"{self.date(depth - 1, group)} {r.choice(['==', '<', '>='])} {self.date(depth - 1, group)}"
        if way == "not":
            return f"not ({self.truth(depth - 1, group)})"
        if way in ("any", "all"):
            other = r.choice(self.rows_of())
            return f"{way}({other}, {self.truth(depth - 1, other)})"
        return f"({self.truth(depth - 1, group)}) {way} ({self.truth(depth - 1, group)})"

    def number(self, depth, group=None):
        r = self.r
        names = self.readable(("integer", "money"), group)
        ways = ["const", "param"] + ["field"] * (3 if names else 0)
        if depth > 0:
            ways += ["sum", "product", "quotient", "if", "round", "limit", "age", "between"]
            if self.readable(("several",), group):
                ways += ["count"]
            if self.readable(ALL_MANY, group):
                ways += ["values"]
            if self.rows_of():
                ways += ["rows", "rows_where", "rows_sum"]
        way = r.choice(ways)
        if way == "const":
            return r.choice(["0", "1", "3", "10", "2.5", "-4"])
        if way == "param":
            return "param.p"
        if way == "field":
            return r.choice(names)
        if way in ("sum", "product", "quotient"):
            op = {"sum": r.choice("+-"), "product": "*", "quotient": "/"}[way]
            return f"({self.number(depth - 1, group)} {op} {self.number(depth - 1, group)})"
        if way == "if":
            return f"if({self.truth(depth - 1, group)}, {self.number(depth - 1, group)}, {self.number(depth - 1, group)})"
        if way == "round":
            return f"round({self.number(depth - 1, group)}, {r.randint(0, 2)})"
        if way == "limit":
            return f"{r.choice(['min', 'max'])}({self.number(depth - 1, group)}, {self.number(depth - 1, group)})"
        if way == "age":
            return f"{r.choice(['age', 'year', 'month'])}({self.date(depth - 1, group)})"
        if way == "between":
            return f"{r.choice(['days', 'months'])}({self.date(depth - 1, group)}, {self.date(depth - 1, group)})"
        if way == "values":
            name, kind, where = self.values_where(group)
            return r.choice([f"count({name})", f"count({name}, {where})"] + ([f"sum({name}, value * 2)"] if kind == "integer" else []))
        if way == "count":
            return f"count({r.choice(self.readable(('several',), group))})"
        other = r.choice(self.rows_of())
        if way == "rows":
            return f"count({other})"
        if way == "rows_where":
            return f"count({other}, {self.truth(depth - 1, other)})"
        return f"sum({other}, {self.number(depth - 1, other)})"

    def date(self, depth, group=None):
        r = self.r
        names = self.readable(("date",), group)
        ways = ["const", "today"] + ["field"] * (3 if names else 0) + (["move", "months"] if depth > 0 else [])
        way = r.choice(ways)
        if way == "const":
            return r.choice(["2026-01-31", "2024-02-29", "1985-03-01"])
        if way == "today":
            return "today()"
        if way == "field":
            return r.choice(names)
        if way == "months":
            return f"add_months({self.date(depth - 1, group)}, {r.randint(0, 14)})"
        return f"({self.date(depth - 1, group)} {r.choice('+-')} {r.randint(0, 400)})"


def raw(r, kind):
    if kind.startswith("many "):
        return "\n".join(r.choice(["", "||" if kind.endswith("date") else " "] + [raw(r, kind[5:])] * 8) for _ in range(r.randint(1, 4)))
    return r.choice({
        "text": ["a", "b", "hallo", "grün"],
        "integer": ["0", "1", "3", "10", "-4", "1.000", "2,5", "viele"],
        "money": ["0", "12,50", "1.234,56", "7.5", "1,234"],
        "date": ["1|3|1985", "29|2|2024", "31|1|2026", "30|2|2026", "1|1|85", "|3|1985", "22|11|2008"],
        "bool": ["true", "false", "true", "false", "egal"],
        "choice": ["a", "b", "c", "d"],
        "several": ["a", "a|c", "c|b|a", "b|b", "x"],
    }[kind])


def answers(r, d):
    out = {"answers": {}, "rows": {}, "more": {}, "today": r.choice(["2026-11-22", "2024-02-29", "2026-02-28", "2026-03-01"]),
           "ars": r.choice(["146120000000", "145210000000"]), "population": r.choice([500, 563311])}
    full = r.random()

    def fill(group, place, outer):
        """Answers in one row; place: "g[2].k[1]" of the group at hand."""
        for name, kind, g in d.fields:
            if g == group and kind != "calc" and r.random() < full:
                out["answers"][place + name[len(group or ""):]] = raw(r, kind)
        for inner, (repeat, parent) in d.blocks.items():
            if parent != group:
                continue
            name = place + inner[len(group or ""):]
            rows = r.randint(0, int(repeat["max"]))
            # what was answered before a row was taken out of the limits, or never asked
            out["rows"][name] = r.choice([rows, rows, rows, min(rows + 1, int(repeat["max"]))])
            out["more"][name] = r.randint(0, 1)
            for row in range(1, rows + 1):
                fill(inner, f"{name}[{row}]", row)

    fill(None, "", 0)
    return out


def delivered(submission, d, group=None, place=""):
    """Keys of all that is delivered, with their rows."""
    for name, value in submission.items():
        at = place + name[len(group or ""):]
        if name in d.blocks:
            for n, row in enumerate(value, 1):
                yield from delivered(row, d, name, f"{at}[{n}]")
        else:
            yield at


class Engine:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, question):
        self.process.stdin.write(json.dumps(question, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"journey_print ended: {self.process.wait()}")
        return [json.loads(part) for part in line.rstrip("\n").split("\t")]


def compare(engine, seed):
    """-> number of journeys compared, or a text that says what differs."""
    r = random.Random(seed)
    d = Definition(r)
    told = engine.ask(d.definition)[0]
    if not told["ok"]:
        return f"seed {seed}: the engine refuses the form: {told['findings'][:3]}"
    for _ in range(ANSWERS_PER_FORM):
        a = answers(r, d)
        got, submission = engine.ask(a)
        want = Journey(d.definition, a).result()
        for part in ("path", "values", "problems", "first_open", "fee"):
            if got[part] != want[part]:
                return (f"seed {seed}: {part} differ\n  engine: {got[part]}\n  model:  {want[part]}\n"
                        f"  form: {json.dumps(d.definition, ensure_ascii=False)}\n  answers: {json.dumps(a, ensure_ascii=False)}")
        given = sorted(delivered(submission, d))
        reachable = sorted(k for k, v in want["values"].items() if v is not None)
        if given != reachable:
            return f"seed {seed}: delivered {given}, reachable {reachable}"
        # forward from the first page to the last and back again is the same way
        if got["back"] != list(reversed(got["path"])):
            return f"seed {seed}: forward {got['path']}, back {got['back']}"
    return ANSWERS_PER_FORM


def main():
    folder = Path(os.environ.get("SCHALTER_BIN_ASAN", ROOT / "build-asan" / "schalter")).parent
    program = os.environ.get("JOURNEY_PRINT", str(folder / "tests" / "model" / "journey_print"))
    engine = Engine(program)
    first = int(os.environ["SEED"]) if "SEED" in os.environ else 1
    until = time.monotonic() + SECONDS
    forms = journeys = 0
    seed = first
    while forms < 60 or time.monotonic() < until:
        result = compare(engine, seed)
        if isinstance(result, str):
            print(result)
            print(f"not ok - engine and model agree # SEED={seed} tests/suites/07-journey-model.py")
            return 1
        forms += 1
        journeys += result
        seed += 1
        if "SEED" in os.environ:
            break
    print(f"ok - engine and model agree on {journeys} journeys through {forms} random forms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
