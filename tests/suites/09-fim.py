#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
# timeout: 900
"""Official schemas become working forms: each is imported, checked, filled in to its end over HTTP by a robot and sent; the answers come back
under the ids of the schema. Nothing here knows a schema: what is asked is read from the page, what is answered from the recorded case."""
import ctypes
import glob
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET

sys.path[:0] = ["tools", "tests/support"]
import tap
import counter
from counter import Browser, Counter, words

TMP = os.environ.get("SCHALTER_TEST_TMP") or tempfile.mkdtemp()
PORT = int(os.environ.get("SCHALTER_TEST_PORT", "8730"))
HOOK = PORT + 1
SHARED = os.environ.get("SCHALTER_SHARED") or ""
DATA = os.path.join(SHARED, "data/fim")
OFFICIAL = sorted(glob.glob(f"{DATA}/xdf3/*.xml") + glob.glob(f"{DATA}/xdf2/*.xml")) if SHARED else []
OWN = sorted(glob.glob("tests/fixtures/fim/*.xml"))
OUT = os.path.join(TMP, "imported")
PROGRAM = counter.PROGRAM


def run(*args, status=0):
    r = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert r.returncode == status, (args, r.returncode, r.stdout[-1500:], r.stderr[-1500:])
    return r


def imported(out, *files):
    more = ["--lists", f"{DATA}/codelists/flxbe-lists", "--rules", f"{DATA}/translated-rules.jsonl"] if SHARED else []
    return run("import", "fim", "--out", out, *more, *files)


def packages():
    return sorted(os.path.dirname(p) for p in glob.glob(f"{OUT}/*/form.yaml"))


def scalar(text):
    text = text.strip()
    if text.startswith("["):
        return [scalar(x) for x in re.findall(r'"(?:\\.|[^"\\])*"|[^,\[\]\s][^,\[\]]*', text[1:-1])]
    return json.loads(text) if text.startswith('"') else text


def recorded(package, number=-1):
    """Answers of the last recorded case: {"a.b[1].c": "..."}."""
    lines = open(f"{package}/cases.yaml", encoding="utf-8").read().split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith("- ")]
    answers, inside, key = {}, False, None
    for line in lines[starts[number]:]:
        if re.match(r"  \S", line):
            inside = line.startswith("  answers:")
            if "{" in line and inside:  # a short case on one line
                for k, v in re.findall(r'("?[\w.\[\]]+"?): ("(?:\\.|[^"\\])*"|\[[^\]]*\]|[^,}]*)', line.split("{", 1)[1]):
                    answers[k.strip('"')] = scalar(v)
        m = re.match(r'    ("?)([\w.\[\]]+)\1:(?: (.*))?$', line)
        if inside and m:
            key = m.group(2)
            answers[key] = [] if m.group(3) is None else scalar(m.group(3))
        elif inside and key and line.startswith("      - "):
            answers[key].append(scalar(line[8:]))
    return answers


def inputs(answers):
    values = {}
    for place, value in answers.items():
        rows = [int(n) for n in re.findall(r"\[(\d+)\]", place)]
        name = re.sub(r"\[\d+\]", "", place).replace(".", "-") + ("-" + ".".join(map(str, rows)) if any(n > 1 for n in rows) else "")
        values[name] = value
        date = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value) if isinstance(value, str) else None
        if date:
            values[f"{name}-year"], values[f"{name}-month"], values[f"{name}-day"] = date.groups()
        if isinstance(value, list):
            values.setdefault(name, value)
            for i, one in enumerate(value[1:], 2):
                values[f"{name}--{i}"] = one
    return values


class Robot(Browser):
    """Goes from page to page as the program leads it; asks for rows as the recorded case has them."""

    def fill(self, service, package):
        form = open(f"{package}/form.yaml", encoding="utf-8").read()
        least = {g: int(n) for g, n in re.findall(r"group: ([\w.]+)(?:, |\n\s+)min: (\d+)", form)}
        answers = recorded(package)
        values, seen = inputs(answers), {}
        self.begin(service)
        for _ in range(400):
            page = self.path.split("?")[0]
            if page.endswith("/pruefen"):
                break
            now = dict(values)
            match = re.search(r"/([\w-]+)-list(?:/[\d.]+)?$", page)
            if match:
                group = next(g for g in least if g.replace(".", "-") == match.group(1))
                wanted = max([int(n) for a in answers for n in re.findall(r"^" + r"(?:\[\d+\])?\.".join(map(re.escape, group.split("."))) + r"\[(\d+)\]", a)] or [0])
                done = seen.get(page, 0) + (1 if least[group] else 0)
                now["noch-einer"] = "ja" if done < wanted else "nein"
                seen[page] = seen.get(page, 0) + (now["noch-einer"] == "ja")
            shown = self.form()
            files = [(name, "Nachweis.pdf", "application/pdf", counter.small_pdf()) for name in shown.files if "/entfernen/" not in self.reply.text]
            for name, value in list(now.items()):  # one text field for one value of several
                if isinstance(value, list) and name in shown.fields and name not in shown.boxes:
                    now[name] = value[0]
            if os.environ.get("ROBOT_SAYS"):
                print(page, self.filled(shown, now))
            self.submit(now, files=files)
            assert self.reply.status == 200, f"{page}: {self.reply.status} {words(self.reply.text)[:500]}"
        self.send({"bekanntgabe": "online", "email": ""})
        assert self.path.split("?")[0].endswith("/gesendet"), (self.path, self.reply.status, words(self.reply.text)[:500])
        return counter.reference_in(self.reply.text)


class Receiver(http.server.BaseHTTPRequestHandler):
    got = {}

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Receiver.got[body["reference"]] = body
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def leaves(x, path=()):
    """(ids, value) of each answer in FIM JSON."""
    if isinstance(x, dict):
        for key, value in x.items():
            yield from leaves(value, (*path, key))
    elif isinstance(x, list):
        for value in x:
            yield from leaves(value, path)
    else:
        yield "/".join(path), x


def schema_paths(file):
    """All paths of fields in a schema, read with another parser."""
    found = set()

    def local(e):
        return e.tag.split("}")[-1]

    def one(e, name):
        return next((c for c in e if local(c) == name), None)

    def walk(e, path):
        for s in (c for c in e if local(c) == "struktur"):
            x = one(s, "enthaelt")[0]
            here = (*path, one(one(x, "identifikation"), "id").text)
            if local(x) == "datenfeld":
                found.add("/".join(here))
            else:
                walk(x, here)

    walk(ET.parse(file).getroot()[1], ())
    return found


def places(package):
    """id -> place in the schema, of each field of a form."""
    text, found = open(f"{package}/form.yaml", encoding="utf-8").read(), {}
    starts = list(re.finditer(r"\bid: ([\w.]+)(?:, |\n\s+)type: ", text))
    for this, behind in zip(starts, [*starts[1:], None]):
        part = text[this.end():behind.start() if behind else len(text)]
        place = re.search(r"\bfim: ((?:G\d+(?:\[\d+\])?/)*F\d+(?:\[\d+\])?)\b", part)
        if place:
            found[this.group(1)] = place.group(1)
    return found


def validator(xsd):
    x = ctypes.CDLL("libxml2.so.2")
    for name in ("xmlSchemaNewParserCtxt", "xmlSchemaParse", "xmlSchemaNewValidCtxt", "xmlReadFile"):
        getattr(x, name).restype = ctypes.c_void_p
    schema = x.xmlSchemaParse(ctypes.c_void_p(x.xmlSchemaNewParserCtxt(xsd.encode())))
    assert schema, "the XSD is not read"

    def valid(file):
        context, document = x.xmlSchemaNewValidCtxt(ctypes.c_void_p(schema)), x.xmlReadFile(file.encode(), None, 1 << 11)
        return document is not None and x.xmlSchemaValidateDoc(ctypes.c_void_p(context), ctypes.c_void_p(document)) == 0
    return valid


@tap.case(f"{len(OFFICIAL)} official and {len(OWN)} invented schemas are imported; each becomes a package")
def _():
    imported(OUT, *OWN, *OFFICIAL)
    assert len(packages()) == len(OWN) + len(OFFICIAL), packages()


@tap.case("the packages pass schalter check without an error, their recorded cases included")
def _():
    r = run("check", OUT, "--places", "places")
    assert ": error:" not in r.stdout
    cases = [int(n) for n in re.findall(r": (\d+) recorded cases", r.stderr)]
    assert len(cases) == len(packages()) and min(cases) >= 1, cases


@tap.case("findings name file, line and id, in German and English; what cannot be read fails, and says why")
def _():
    out = os.path.join(TMP, "lang")
    de = run("import", "fim", "--out", out, *OWN).stdout
    en = run("import", "fim", "--out", out, "--lang", "en", *OWN).stdout
    assert re.search(r"_xdf3\.xml:\d+: warning: F99000000007: Das Muster ist ein Text", de), de[:1500]
    assert "F99000000007: The pattern is prose" in en, en[:1500]
    broken = os.path.join(TMP, "broken.xml")
    open(broken, "w").write(open(OWN[0]).read()[:3000])
    assert re.search(r"broken\.xml:\d+: error: .*XML", run("import", "fim", "--out", out, broken, status=1).stdout)


@tap.case("an export is valid against the official XSD, a bent one is not; its import gives the same form")
def _():
    valid = validator(f"{DATA}/xsd/3.0.0/xdatenfelder.xsd") if SHARED else None
    again = os.path.join(TMP, "again")
    for package in packages() + [p for p in sorted(glob.glob("services/*")) if os.path.exists(p + "/form.yaml")]:
        file = os.path.join(TMP, "export.xml")
        r = run("export", "fim", package)
        open(file, "w", encoding="utf-8").write(r.stdout)
        if valid:
            assert valid(file), package
        if valid and package == packages()[0]:
            bent = os.path.join(TMP, "bent.xml")
            open(bent, "w", encoding="utf-8").write(r.stdout.replace("<xdf:anzahl>", "<xdf:anzahl>x", 1))
            assert not valid(bent)
        if package.startswith("services/"):
            assert "not-carried" in r.stderr, package
            run("import", "fim", "--out", os.path.join(TMP, "own"), file)
    # without rules, which a schema cannot carry, the way there and back changes nothing
    one = os.path.join(TMP, "plain")
    run("import", "fim", "--out", one, *OWN)
    for package in sorted(glob.glob(f"{one}/*/form.yaml")):
        file = os.path.join(TMP, "export.xml")
        open(file, "w", encoding="utf-8").write(run("export", "fim", os.path.dirname(package)).stdout)
        run("import", "fim", "--out", again, file)
        assert open(package).read() == open(package.replace(one, again)).read(), package


@tap.case("a newer version keeps the author's texts, rules and questions, and shows what is different")
def _():
    out, newer = os.path.join(TMP, "versions"), os.path.join(TMP, "newer.xml")
    run("import", "fim", "--out", out, OWN[0])
    package = glob.glob(f"{out}/*-s99000000001")[0]

    def change(name, *pairs):
        text = open(f"{package}/{name}", encoding="utf-8").read()
        for a, b in pairs:
            assert a in text, (name, a)
            text = text.replace(a, b, 1)
        open(f"{package}/{name}", "w", encoding="utf-8").write(text)

    change("texts/de.yaml", ("field.das_fest.gibt_es_musik.label: Gibt es Musik?", "field.das_fest.gibt_es_musik.label: Wird es laut?\nfield.das_fest.gaeste.label: Wie viele kommen?\nrule.viele: Das sind zu viele."))
    change("form.yaml", ("type: bool, fim: G99000000002/F99000000004}", "type: bool, default: \"true\", fim: G99000000002/F99000000004}\n          - {id: das_fest.gaeste, type: integer}"))
    text = open(f"{package}/form.yaml").read()
    at = text.index("das_fest.gaeste")
    end = text.index("      - repeat", at)
    open(f"{package}/form.yaml", "w").write(text[:end] + '        rules: [{id: viele, must: "das_fest.gaeste < 1000"}]\n' + text[end:])
    change("service.yaml", ("topic: ", "duration_days: 5\ntopic: "))
    change("tasks.yaml", ("what: ", "done: \"true\"\n  what: ") if "\n  what: " in open(f"{package}/tasks.yaml").read() else ("{id: ", "{done: true, id: "))
    schema = open(OWN[0], encoding="utf-8").read()
    open(newer, "w", encoding="utf-8").write(schema.replace("<x:version>1.0.0</x:version>", "<x:version>2.0.0</x:version>", 1).replace("Tag des Festes", "An welchem Tag?")
                                             .replace("Straßenfest anmelden", "Fest auf der Straße").replace("<x:id>F99000000008</x:id>", "<x:id>F99000000009</x:id>"))
    said = run("import", "fim", "--out", out, newer).stdout
    assert len(glob.glob(f"{out}/*/form.yaml")) == 1
    form, texts = open(f"{package}/form.yaml").read(), open(f"{package}/texts/de.yaml").read()
    for kept in ("das_fest.gaeste", "viele", "default"):
        assert kept in form, (kept, form)
    assert "Wird es laut?" in texts and "Wie viele kommen?" in texts and "An welchem Tag?" in texts and "title: Fest auf der Straße" in texts
    assert "duration_days: 5" in open(f"{package}/service.yaml").read() and "done: " in open(f"{package}/tasks.yaml").read()
    assert "das_fest.tag_des_festes" in form and "version: 2.0.0" in form
    assert re.search(r"Neu im Schema: .*F99000000009", said) and re.search(r"Nicht mehr im Schema: .*F99000000008", said), said
    errors = [line for line in run("check", package, "--places", "places", status=1).stdout.splitlines() if ": error:" in line]
    assert errors and all("duration" in e for e in errors), errors  # the author's own new key wants its text
    # once more the same: nothing changes
    before = {f: open(f, encoding="utf-8").read() for f in glob.glob(f"{package}/**/*.yaml", recursive=True)}
    run("import", "fim", "--out", out, newer)
    for f, text in before.items():
        assert open(f, encoding="utf-8").read() == text, f


house = None


@tap.case("each form is filled in to the end over HTTP by a robot and sent; the answers come back under the ids of the schema")
def _():
    global house
    folder = os.path.join(TMP, "house")
    os.makedirs(folder, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", HOOK), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    house = Counter(folder, PORT, extra=["--services", OUT, "--rate_per_minute", "0", "--delivery_exceptions", f"127.0.0.1:{HOOK}"])
    house.start()
    admin = counter.clerk(house, "dresden", "verwaltung")
    admin.get("/zustellpunkte")
    form = next(f for f in counter.forms_of(admin.reply.text) if "adresse" in f.fields)
    admin.post("/zustellpunkte", [("csrf", form.fields["csrf"]), ("once", form.fields["once"]), ("leistung", "*"), ("adresse", f"http://127.0.0.1:{HOOK}/"), ("aktion", "anlegen")])
    by_schema = {re.search(r"schema: (\S+)", open(f"{p}/form.yaml").read()).group(1): p for p in packages()}
    sent, wrong = {}, []
    for file in OWN + OFFICIAL:
        schema = re.search(r"S\d+", os.path.basename(file)).group(0)
        package = by_schema[schema]
        try:
            sent[schema] = (Robot(house).fill(f"/dresden/leistung/{os.path.basename(package)}", package), file, package)
        except AssertionError as why:
            wrong.append(f"{schema}: {str(why)[:400]}")
    assert not wrong, "\n".join(wrong[:10])
    end = time.monotonic() + 60
    while len(Receiver.got) < len(sent) and time.monotonic() < end:
        time.sleep(0.2)
    for schema, (reference, file, package) in sent.items():
        fim = Receiver.got[reference]["fim"]
        assert fim["schema"] == schema and schema.lower() in fim["schema_uri"], fim["schema_uri"]
        came, allowed = list(leaves(fim["data"])), schema_paths(file)
        strange = [p for p, _ in came if p not in allowed]
        assert not strange, (schema, strange[:5])
        asked = places(package)
        expected = {asked[re.sub(r"\[\d+\]", "", a)] for a in recorded(package) if re.sub(r"\[\d+\]", "", a) in asked}
        missing = expected - {p for p, _ in came}
        assert not missing, (schema, sorted(missing)[:5])
        root = ET.fromstring(fim["xml"])
        assert root.tag == schema
        in_xml = []

        def walk(e, path):
            for c in e:
                walk(c, (*path, c.tag))
            if not len(e) and path:
                in_xml.append("/".join(path))
        walk(root, ())
        assert sorted(in_xml) == sorted(p for p, _ in came), schema
    print(f"# {len(sent)} forms sent")


@tap.case("no official schema is at hand" if not SHARED else "official schemas are at hand")
def _():
    if not SHARED:
        tap.skip("SCHALTER_SHARED is not set: only invented schemas were imported")
    assert len(OFFICIAL) >= 42


try:
    tap.main()
finally:
    if house:
        house.close()
