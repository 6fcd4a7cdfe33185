# SPDX-License-Identifier: EUPL-1.2
"""A slow, second implementation of expressions and of the journey, written from docs/adding-a-service.md alone.

It shares nothing with the C code: another parser, exact fractions instead of decimals, datetime instead of struct date.
"""
import datetime
import re
from fractions import Fraction as Number

EMPTY = None
TOKEN = re.compile(r"\s*(?:(\d{4}-\d{2}-\d{2})|(\d+(?:\.\d+)?)|'((?:[^']|'')*)'|([A-Za-z_][\w.]*)|(==|!=|<=|>=|[<>+\-*/(),]))")


def tokens(text):
    at, out = 0, []
    while at < len(text.rstrip()):
        m = TOKEN.match(text, at)
        if not m:
            raise ValueError(f"{text!r} at {at}")
        date, number, quoted, name, op = m.groups()
        if date:
            out.append(("const", datetime.date.fromisoformat(date)))
        elif number:
            out.append(("const", Number(number)))
        elif quoted is not None:
            out.append(("const", quoted.replace("''", "'")))
        elif name:
            out.append(("name", name))
        else:
            out.append(("op", op))
        at = m.end()
    return out + [("end", None)]


class Parser:
    """Gives nested tuples: ("const", v), ("name", n), (operator, left, right), ("call", name, [arguments])."""

    LEVELS = [["or", "xor"], ["and"]]

    def __init__(self, text):
        self.t, self.i = tokens(text), 0

    def peek(self, *wanted):
        kind, value = self.t[self.i]
        return value if kind in ("op", "name") and value in wanted else None

    def take(self, *wanted):
        value = self.peek(*wanted)
        if value is not None:
            self.i += 1
        return value

    def parse(self, level=0):
        if level == len(self.LEVELS):
            return self.negation()
        left = self.parse(level + 1)
        while op := self.take(*self.LEVELS[level]):
            left = (op, left, self.parse(level + 1))
        return left

    def negation(self):
        return ("not", self.negation()) if self.take("not") else self.comparison()

    def comparison(self):
        left = self.sum()
        if self.take("in"):
            assert self.take("(")
            items = [self.primary()]
            while self.take(","):
                items.append(self.primary())
            assert self.take(")")
            return ("in", left, items)
        op = self.take("==", "!=", "<", "<=", ">", ">=")
        return (op, left, self.sum()) if op else left

    def sum(self):
        left = self.product()
        while op := self.take("+", "-"):
            left = (op, left, self.product())
        return left

    def product(self):
        left = self.primary()
        while op := self.take("*", "/"):
            left = (op, left, self.primary())
        return left

    def primary(self):
        if self.take("-"):
            return ("neg", self.primary())
        if self.take("("):
            inner = self.parse()
            assert self.take(")")
            return inner
        kind, value = self.t[self.i]
        self.i += 1
        if kind == "const":
            return (kind, value)
        if not self.take("("):
            return (kind, value)
        arguments = []
        while not self.take(")"):
            arguments.append(self.parse())
            self.take(",")
        return ("call", value, arguments)


def half_up(x, places):
    scaled = abs(x) * 10 ** places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Number(whole if x >= 0 else -whole, 10 ** places)


def last_day(year, month):
    return (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1)).day


def add_months(d, n):
    year, month = divmod(d.year * 12 + d.month - 1 + n, 12)
    return datetime.date(year, month + 1, min(d.day, last_day(year, month + 1)))


def months(a, b):
    if a > b:
        return -months(b, a)
    n = 0
    while add_months(a, n + 1) <= b:
        n += 1
    return n


def age(birth, today):
    """Years are full at the beginning of the birthday; who was born on 29 February has it on 1 March in other years."""
    years = today.year - birth.year
    try:
        birthday = birth.replace(year=today.year)
    except ValueError:
        birthday = datetime.date(today.year, 3, 1)
    return years - (today < birthday)


class Scope:
    """read(name, row) gives a value or EMPTY and notes what it met; rows(group) how many rows there are."""

    def __init__(self, journey, row):
        self.j, self.row = journey, row

    def value(self, e):
        kind = e[0]
        if kind == "const":
            return e[1]
        if kind == "name":
            return self.named(e[1])
        if kind == "call":
            return self.call(e[1], e[2])
        if kind == "in":
            left = self.value(e[1])
            return left is not EMPTY and left in [self.value(x) for x in e[2]]
        if kind == "not":
            return not self.true(e[1])
        if kind == "and":
            return self.true(e[1]) and self.true(e[2])
        if kind == "or":
            return self.true(e[1]) or self.true(e[2])
        if kind == "xor":
            return self.true(e[1]) != self.true(e[2])
        if kind == "neg":
            x = self.value(e[1])
            return EMPTY if x is EMPTY else -x
        return self.binary(kind, self.value(e[1]), self.value(e[2]))

    def binary(self, op, a, b):
        comparison = op in ("==", "!=", "<", "<=", ">", ">=")
        if a is EMPTY or b is EMPTY:
            return False if comparison else EMPTY
        if comparison:
            if isinstance(a, str):
                a, b = a.encode(), b.encode()
            return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
        if isinstance(a, datetime.date):
            if isinstance(b, datetime.date):
                return Number((a - b).days)
            if b.denominator != 1:
                return EMPTY
            try:
                return a + datetime.timedelta(int(b) if op == "+" else -int(b))
            except OverflowError:
                return EMPTY
        if op == "/":
            return EMPTY if b == 0 else half_up(a / b, 6)
        return a + b if op == "+" else a - b if op == "-" else a * b

    def true(self, e):
        return self.value(e) is True

    def named(self, name):
        if name in ("true", "false"):
            return name == "true"
        if name == "place.population":
            return Number(self.j.context["population"])
        if name == "place.ars":
            return self.j.context["ars"]
        if name.startswith("param."):
            return self.j.params[name[6:]]
        return self.j.read(name, self.row)

    def call(self, name, arguments):
        if name in ("any", "all", "sum", "count") and arguments[0][1] in self.j.groups:
            return self.over_rows(name, arguments)
        if name == "if":
            return self.value(arguments[1 if self.true(arguments[0]) else 2])
        v = [self.value(x) for x in arguments]
        if name == "is_empty":
            return v[0] is EMPTY
        if name == "has":
            return v[0] is not EMPTY and v[1] in v[0].split("|")
        if name == "count":
            return Number(0 if v[0] is EMPTY else len(v[0].split("|")))
        if name == "today":
            return self.j.today
        if EMPTY in v:
            return EMPTY
        return {
            "age": lambda: Number(age(v[0], self.j.today)),
            "year": lambda: Number(v[0].year),
            "month": lambda: Number(v[0].month),
            "months": lambda: Number(months(v[0], v[1])),
            "days": lambda: Number((v[1] - v[0]).days),
            "add_months": lambda: add_months(v[0], int(v[1])),
            "round": lambda: half_up(v[0], int(v[1])),
            "min": lambda: min(v),
            "max": lambda: max(v),
            "length": lambda: Number(len(v[0])),
        }[name]()

    def over_rows(self, name, arguments):
        rows = range(1, self.j.rows(arguments[0][1]) + 1)
        if len(arguments) == 1:
            return Number(len(rows))
        values = [Scope(self.j, row).value(arguments[1]) for row in rows]
        if name == "sum":
            return EMPTY if EMPTY in values else sum(values, Number(0))
        hits = sum(v is True for v in values)
        return Number(hits) if name == "count" else hits > 0 if name == "any" else hits == len(values)


# ---- fields ----

class Wrong(Exception):
    pass


def german_number(raw):
    """1.234,5 and 1234,5; a point is a decimal point unless exactly three digits follow it."""
    m = re.fullmatch(r"(-?)(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d+))?", raw)
    if m:
        return Number((m[1] + m[2].replace(".", "")) + ("." + m[3] if m[3] else ""))
    m = re.fullmatch(r"-?\d+\.(\d{1,2}|\d{4,})", raw)
    if m:
        return Number(raw)
    raise Wrong("format")


def canonical_number(x, places):
    whole = abs(x) * 10 ** places
    assert whole.denominator == 1
    digits = str(int(whole)).rjust(places + 1, "0")
    text = digits[:-places] + "." + digits[-places:] if places else digits
    return "-" + text if x < 0 else text


def canonical(f, value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Number):
        places = {"integer": 0, "money": 2}.get(f["type"], int(f.get("scale", 2)))
        return canonical_number(half_up(value, places), places)
    return value


def options_of(f):
    return [o if isinstance(o, dict) else {"id": o} for o in f.get("options", [])]


def parse(f, raw):
    """-> value; raises Wrong(kind). raw is not empty."""
    t = f["type"]
    if t == "text":
        if len(raw) > int(f.get("max", 200)):
            raise Wrong("too_long")
        return raw
    if t in ("integer", "money"):
        x = german_number(raw)
        if (x * (100 if t == "money" else 1)).denominator != 1:
            raise Wrong("format")
        return x
    if t == "date":
        d, m, y = raw.split("|")
        good = all(re.fullmatch(r"\d+", p) for p in (d, m, y))
        if re.fullmatch(r"\d{1,3}", y) and re.fullmatch(r"0?[1-9]|1[0-2]", m) and re.fullmatch(r"0?[1-9]|[12]\d|3[01]", d):
            raise Wrong("year")
        try:
            assert good and len(y) == 4
            return datetime.date(int(y), int(m), int(d))
        except (AssertionError, ValueError):
            raise Wrong("format") from None
    if t == "bool":
        if raw not in ("true", "false"):
            raise Wrong("option")
        return raw == "true"
    ids = [o["id"] for o in options_of(f)]
    if t == "choice":
        if raw not in ids:
            raise Wrong("option")
        return raw
    if t == "several":
        ticked = raw.split("|")
        if set(ticked) - set(ids):
            raise Wrong("option")
        if len(set(ticked)) < int(f.get("min", 0)):
            raise Wrong("too_few")
        if "max" in f and len(set(ticked)) > int(f["max"]):
            raise Wrong("too_many")
        return "|".join(i for i in ids if i in ticked)
    raise AssertionError(t)


class Journey:
    """One walk. values: id with row -> value; EMPTY if reachable but empty; OPEN if reachable and wrong or missing."""

    OPEN = object()

    def __init__(self, definition, answers):
        self.form, self.answers, self.context = definition["form"], answers["answers"], answers
        self.service = definition["service"]
        self.today = datetime.date.fromisoformat(answers["today"])
        self.params = {p["id"]: german_number(p["default"]) for p in self.service.get("parameters", [])}
        self.groups = {s["repeat"]["group"]: s for s in self.form["steps"] if "repeat" in s}
        self.reached, self.values, self.path, self.problems = {}, {}, [], []
        self.open_pages, self.canonical = [], {}
        self.met_open = self.met_unreachable = False
        for step in self.form["steps"]:
            self.step(step)
        self.first_open = next((i for i, o in enumerate(self.open_pages) if o), len(self.path))
        self.fee = self.total_fee()

    def key(self, name, row):
        group = name.split(".")[0]
        return name.replace(group, f"{group}[{row}]", 1) if group in self.groups else name

    def rows(self, group):
        return self.reached.get(group, 0)

    def read(self, name, row):
        v = self.values.get(self.key(name, row), "unreachable")
        if v == "unreachable":
            self.met_unreachable = True
            return EMPTY
        if v is self.OPEN:
            self.met_open = True
            return EMPTY
        return v

    def true(self, source, row):
        return source is None or Scope(self, row).true(Parser(source).parse())

    def step(self, step):
        if not self.true(step.get("when"), 0):
            return
        repeat = step.get("repeat")
        if not repeat:
            for page in step["pages"]:
                self.page(page, 0)
            return
        group = repeat["group"]
        rows = min(max(self.context["rows"].get(group, 0), int(repeat["min"])), int(repeat["max"]))
        self.reached[group] = rows
        for row in range(1, rows + 1):
            for page in step["pages"]:
                self.page(page, row)
        self.path.append(f"{group}-list")
        asks = rows < int(repeat["max"]) and not self.context["more"].get(group)
        self.open_pages.append(asks)
        if asks:
            self.problems.append([f"{group}-list", "required"])

    def page(self, page, row):
        if not self.true(page.get("when"), row):
            return
        before = len(self.problems)
        for f in page["fields"]:
            if self.true(f.get("when"), row):
                self.field(f, row)
        for rule in page.get("rules", []):
            self.rule(rule, page, row)
        self.path.append(f"{page['id']}/{row}" if row else page["id"])
        self.open_pages.append(len(self.problems) > before)

    def field(self, f, row):
        key = self.key(f["id"], row)
        if f["type"] == "calc":
            value = Scope(self, row).value(Parser(f["value"]).parse())
            if isinstance(value, Number):
                value = half_up(value, int(f.get("scale", 2)))
        else:
            try:
                value = self.answer(f, key, row)
            except Wrong as wrong:
                self.problems.append([key, str(wrong)])
                value = self.OPEN
        self.values[key] = value
        self.canonical[key] = None if value in (EMPTY, self.OPEN) else canonical(f, value)

    def answer(self, f, key, row):
        raw = self.answers.get(key, "")
        if not raw:
            if f.get("optional") == "true":
                return EMPTY
            raise Wrong("required")
        value = parse(f, raw)
        for limit, kind in (("min", "too_small"), ("max", "too_large")):
            if limit in f and f["type"] in ("integer", "money", "date"):
                bound = Scope(self, row).value(Parser(f[limit]).parse())
                if bound is not EMPTY and (value < bound if limit == "min" else value > bound):
                    raise Wrong(kind)
        for option in options_of(f):
            if option["id"] in str(value).split("|") and not self.true(option.get("when"), row):
                raise Wrong("option")
        return value

    def rule(self, rule, page, row):
        e = Parser(rule["must"]).parse()
        if any(self.values.get(k) is self.OPEN for k in self.read_by(e, row)):
            return
        if not Scope(self, row).true(e):
            at = rule.get("at")
            place = f"{page['id']}/{row}" if row else page["id"]
            self.problems.append([self.key(at, row) if at else place, rule["id"]])

    def read_by(self, e, row):
        """Keys of all fields that an expression names; those of another group in all their rows."""
        if e[0] == "name":
            group = e[1].split(".")[0]
            if group in self.groups and "." in e[1]:
                if row and self.own_group(e[1], row):
                    return [self.key(e[1], row)]
                return [self.key(e[1], r) for r in range(1, self.rows(group) + 1)]
            return [e[1]]
        out = []
        for part in e[1:]:
            if isinstance(part, tuple):
                out += self.read_by(part, row)
            elif isinstance(part, list):
                for x in part:
                    out += self.read_by(x, row)
        return out

    def own_group(self, name, row):
        return self.asking == name.split(".")[0]

    @property
    def asking(self):
        """The group whose rows are being asked: the last one begun, as long as its list page has not come."""
        for group in reversed(list(self.reached)):
            return group if f"{group}-list" not in self.path else None
        return None

    def total_fee(self):
        total = Number(0)
        open_path = self.first_open < len(self.path)
        for fee in self.service.get("fee", []):
            self.met_open = self.met_unreachable = False
            value = Scope(self, 0).value(Parser(fee["amount"]).parse())
            if value is EMPTY or self.met_open or (open_path and self.met_unreachable):
                return None
            total += half_up(value, 2)
        return canonical_number(total, 2)

    def result(self):
        return {"path": self.path, "values": self.canonical, "problems": self.problems, "first_open": self.first_open, "fee": self.fee}
