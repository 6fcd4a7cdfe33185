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
    """What an expression sees: the row at hand of the innermost group, and inside any(field, …) the value at hand."""

    def __init__(self, journey, group, row, element=None):
        self.j, self.group, self.row, self.element = journey, group, row, element

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
        if name == "value" and self.element is not None:
            return self.element[0]
        return self.j.read(name, self.group, self.row)

    def call(self, name, arguments):
        if name in ("any", "all", "sum", "count") and arguments[0][1] in self.j.groups:
            rows = self.j.rows_at_hand(arguments[0][1], self.group, self.row)
            return self.over(name, arguments, [Scope(self.j, arguments[0][1], row) for row in rows])
        if name in ("any", "all", "sum", "count") and len(arguments) == 2:
            values = self.value(arguments[0]) or ()
            return self.over(name, arguments, [Scope(self.j, self.group, self.row, (v,)) for v in values])
        if name == "if":
            return self.value(arguments[1 if self.true(arguments[0]) else 2])
        v = [self.value(x) for x in arguments]
        if name == "is_empty":
            return v[0] is EMPTY
        if name == "has":
            return v[0] is not EMPTY and v[1] in (v[0] if isinstance(v[0], tuple) else v[0].split("|"))
        if name == "count":
            return Number(0 if v[0] is EMPTY else len(v[0] if isinstance(v[0], tuple) else v[0].split("|")))
        if name == "is_valid_date":
            try:
                return EMPTY not in v and all(x.denominator == 1 for x in v) and bool(datetime.date(*(int(x) for x in reversed(v))))
            except (ValueError, OverflowError):
                return False
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

    def over(self, name, arguments, scopes):
        if len(arguments) == 1:
            return Number(len(scopes))
        values = [scope.value(arguments[1]) for scope in scopes]
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
    if isinstance(value, tuple):
        return "".join(canonical(f, v) + "\n" for v in value)
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
    """One walk. values: id with row -> value; EMPTY if reachable but empty; OPEN if reachable and wrong or missing.

    A row is a tuple: of a group inside a group one number for each of both.
    """

    OPEN = object()

    def __init__(self, definition, answers):
        self.form, self.answers, self.context = definition["form"], answers["answers"], answers
        self.service = definition["service"]
        self.today = datetime.date.fromisoformat(answers["today"])
        self.params = {p["id"]: german_number(p["default"]) for p in self.service.get("parameters", [])}
        self.groups, self.group_of = {}, {}     # group -> parent; field -> group
        self.reached, self.values, self.path, self.problems = {}, {}, [], []
        self.open_pages, self.canonical = [], {}
        self.met_open = self.met_unreachable = False
        for step in self.form["steps"]:
            self.learn(step, None)
        for step in self.form["steps"]:
            self.pages(step, None, ())
        self.first_open = next((i for i, o in enumerate(self.open_pages) if o), len(self.path))
        self.fee = self.total_fee()

    def learn(self, part, parent):
        """part: a step or a block of repeated pages."""
        group = parent
        if "repeat" in part:
            group = part["repeat"]["group"]
            self.groups[group] = parent
        for page in part["pages"]:
            if "pages" in page:
                self.learn(page, group)
            else:
                self.group_of.update((f["id"], group) for f in page["fields"])

    def chain(self, group):
        """The group and those around it, innermost first."""
        while group is not None:
            yield group
            group = self.groups[group]

    def depth(self, group):
        return len(list(self.chain(group)))

    def place(self, name, group, row):
        """g[2].k[1].name: a row behind the id of each group around."""
        out, done = "", 0
        for g, n in zip(reversed(list(self.chain(group))), row):
            out += f"{g[done:]}[{n}]"
            done = len(g)
        return out + name[done:]

    def key(self, name, row):
        return self.place(name, self.group_of[name], row)

    def around(self, group, here):
        """The innermost group around `group` of which a row is at hand in `here`."""
        at_hand = set(self.chain(here))
        return next((g for g in list(self.chain(group))[1:] if g in at_hand), None)

    def rows_at_hand(self, group, here, row):
        under = row[:self.depth(self.around(group, here))]
        return [r for r in self.reached.get(group, []) if r[:len(under)] == under]

    def row_of(self, name, here, row):
        """The row of a field's group around the row at hand; None: there is none."""
        group = self.group_of[name]
        if group is None:
            return ()
        return row[:self.depth(group)] if group in set(self.chain(here)) else None

    def read(self, name, here, row):
        v = self.values.get(self.key(name, self.row_of(name, here, row)), "unreachable")
        if v == "unreachable":
            self.met_unreachable = True
            return EMPTY
        if v is self.OPEN:
            self.met_open = True
            return EMPTY
        return v

    def true(self, source, group, row):
        return source is None or Scope(self, group, row).true(Parser(source).parse())

    def pages(self, part, parent, outer):
        if not self.true(part.get("when"), parent, outer):
            return
        if "repeat" not in part:
            for page in part["pages"]:
                self.page(page, parent, outer)
            return
        repeat = part["repeat"]
        group = repeat["group"]
        name = self.place(group, parent, outer) if parent else group
        rows = min(max(self.context["rows"].get(name, 0), int(repeat["min"])), int(repeat["max"]))
        self.reached.setdefault(group, []).extend(outer + (n,) for n in range(1, rows + 1))
        for n in range(1, rows + 1):
            for page in part["pages"]:
                self.page(page, group, outer + (n,))
        place = self.on_path(group.replace(".", "-") + "-list", outer)
        self.path.append(place)
        asks = rows < int(repeat["max"]) and not self.context["more"].get(name)
        self.open_pages.append(asks)
        if asks:
            self.problems.append([place, "required"])

    def on_path(self, page, row):
        return page + ("/" + ".".join(map(str, row)) if row else "")

    def page(self, page, group, row):
        if "pages" in page:
            self.pages(page, group, row)
            return
        if not self.true(page.get("when"), group, row):
            return
        before = len(self.problems)
        for f in page["fields"]:
            if self.true(f.get("when"), group, row):
                self.field(f, group, row)
        self.conditions(page, group, row)
        for rule in page.get("rules", []):
            self.rule(rule, page, group, row)
        self.path.append(self.on_path(page["id"], row))
        self.open_pages.append(len(self.problems) > before)

    def field(self, f, group, row):
        key = self.key(f["id"], row)
        if f["type"] == "calc":
            value = Scope(self, group, row).value(Parser(f["value"]).parse())
            if isinstance(value, Number):
                value = half_up(value, int(f.get("scale", 2)))
        else:
            value = self.answer(f, key, group, row)
        self.values[key] = value
        self.canonical[key] = None if value in (EMPTY, self.OPEN) else canonical(f, value)

    def wrong(self, key, kind):
        self.problems.append([key, kind])
        return self.OPEN

    def answer(self, f, key, group, row):
        raw = self.answers.get(key, "")
        many = f.get("many")
        optional = f.get("optional") == "true" or "required" in f or (many is not None and many.get("min") == "0")
        if many is None:
            if not raw:
                return EMPTY if optional else self.wrong(key, "required")
            try:
                return self.one(f, raw, group, row)
            except Wrong as wrong:
                return self.wrong(key, str(wrong))
        values = []
        for nth, part in enumerate(raw.split("\n"), 1):
            if part.strip("| ") == "":
                continue
            try:
                values.append(self.one(f, part, group, row))
            except Wrong as wrong:
                self.problems.append([key, str(wrong), nth])
                values.append(self.OPEN)
        if not values:
            return EMPTY if optional else self.wrong(key, "required")
        if self.OPEN in values:
            return self.OPEN
        if len(values) < int(many.get("min", 1)):
            return self.wrong(key, "too_few")
        if len(values) > int(many.get("max", 10)):
            return self.wrong(key, "too_many")
        return tuple(values)

    def one(self, f, raw, group, row):
        value = parse(f, raw)
        for limit, kind in (("min", "too_small"), ("max", "too_large")):
            if limit in f and f["type"] in ("integer", "money", "date"):
                bound = Scope(self, group, row).value(Parser(f[limit]).parse())
                if bound is not EMPTY and (value < bound if limit == "min" else value > bound):
                    raise Wrong(kind)
        for option in options_of(f):
            if option["id"] in str(value).split("|") and not self.true(option.get("when"), group, row):
                raise Wrong("option")
        return value

    def conditions(self, page, group, row):
        """required, forbidden, validation: all decided before one has an effect."""
        found = []
        for f in page["fields"]:
            key = self.key(f["id"], row)
            value = self.values.get(key, self.OPEN)
            if value is self.OPEN:
                continue
            for kind, concerns, bad in (("required", value is EMPTY, True), ("forbidden", value is not EMPTY, True), ("validation", value is not EMPTY, False)):
                if kind in f and concerns:
                    e = Parser(f[kind]).parse()
                    if not self.reads_open(e, group, row) and Scope(self, group, row).true(e) == bad:
                        found.append((key, kind))
                        break
        for key, kind in found:
            self.values[key] = self.wrong(key, kind)
            self.canonical[key] = None

    def reads_open(self, e, group, row):
        return any(self.values.get(k) is self.OPEN for k in self.read_by(e, group, row))

    def rule(self, rule, page, group, row):
        e = Parser(rule["must"]).parse()
        if not self.reads_open(e, group, row) and not Scope(self, group, row).true(e):
            at = rule.get("at")
            self.problems.append([self.key(at, row) if at else self.on_path(page["id"], row), rule["id"]])

    def read_by(self, e, group, row):
        """Keys of all fields that an expression names; those of which no row is at hand in all rows under the row at hand."""
        if e[0] == "name":
            if e[1] not in self.group_of:
                return []
            own = self.row_of(e[1], group, row)
            rows = [own] if own is not None else self.rows_at_hand(self.group_of[e[1]], group, row)
            return [self.key(e[1], r) for r in rows]
        out = []
        for part in e[1:]:
            if isinstance(part, tuple):
                out += self.read_by(part, group, row)
            elif isinstance(part, list):
                for x in part:
                    out += self.read_by(x, group, row)
        return out

    def total_fee(self):
        total = Number(0)
        open_path = self.first_open < len(self.path)
        for fee in self.service.get("fee", []):
            self.met_open = self.met_unreachable = False
            value = Scope(self, None, ()).value(Parser(fee["amount"]).parse())
            if value is EMPTY or self.met_open or (open_path and self.met_unreachable):
                return None
            total += half_up(value, 2)
        return canonical_number(total, 2)

    def result(self):
        return {"path": self.path, "values": self.canonical, "problems": self.problems, "first_open": self.first_open, "fee": self.fee}
