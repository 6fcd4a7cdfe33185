#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Every route as everybody: who is not allowed gets no page, no byte and no change. And: what is typed lies nowhere in clear.

Over HTTP against the release program with its sandbox, on SQLite and, where SCHALTER_TEST_PG is set, on PostgreSQL. timeout: 240
"""
import glob
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import zlib

import yaml

sys.path[:0] = ["tools", "tests/support"]
import tap
from counter import PROGRAM, Browser, Counter, clerk, encode, forms_of, raw, reference_in, small_pdf, words

TMP = os.environ.get("SCHALTER_TEST_TMP") or tempfile.mkdtemp()
PORT = int(os.environ.get("SCHALTER_TEST_PORT", "8750"))
PG = os.environ.get("SCHALTER_TEST_PG", "")
TOWN, OTHER_TOWN = "leipzig", "dresden"
SERVICE = f"/{TOWN}/leistung/geburtsurkunde"
REMEDY = "Kanarie"          # each canary begins with it; none of them is a word of ours
CANARY = {name: REMEDY + name for name in (
    "vorname", "geburtsname", "nachname", "geburtsort", "register", "elternvorname", "elternname", "strasse", "wohnort", "telefonnotiz", "mail", "notiz", "rueckfrage",
    "antwort", "begruendung", "datei", "barriere", "antragsteller", "inhalt", "berichtigung", "entwurf")}
ANSWERS = {
    "antrag-verhaeltnis": "selbst", "person-vorname": CANARY["vorname"], "person-geburtsname": CANARY["geburtsname"], "person-nachname": CANARY["nachname"],
    "person-geburt-day": "27", "person-geburt-month": "3", "person-geburt-year": "1985", "person-ort": CANARY["geburtsort"], "person-register": CANARY["register"],
    "eltern-eins_vorname": CANARY["elternvorname"], "eltern-eins_name": CANARY["elternname"], "bestellung-art": "deutsch", "bestellung-deutsch": "2",
    "bestellung-eu_formular": "false", "bestellung-zweck": "allgemein", "antragsteller-vorname": CANARY["antragsteller"], "antragsteller-nachname": CANARY["nachname"],
    "anschrift-land": "Deutschland", "anschrift-strasse": CANARY["strasse"], "anschrift-hausnummer": "7a", "anschrift-plz": "04109", "anschrift-ort": CANARY["wohnort"],
    "kontakt-email": CANARY["mail"] + "@example.org", "kontakt-telefon": "0341 1234567", "lieferung-art": "post", "bekanntgabe": "online",
    "email": CANARY["mail"] + "@example.org",
}


def pdf_with(text):
    return small_pdf().replace(b"%PDF-1.4\n", b"%PDF-1.4\n") + b"% " + text.encode() + b"\n"


def psql(sql, check=True):
    subprocess.run(["psql", "-qX", "-d", PG, "-c", sql], check=check, capture_output=True, timeout=30)


class House:
    """One engine with one of each: a draft, a case in work with everything in it, and everybody who may or may not see it."""

    def __init__(self, engine, offset):
        self.engine = engine
        folder = os.path.join(TMP, engine)
        os.makedirs(folder, exist_ok=True)
        extra = []
        if engine == "postgres":
            self.databases = [f"schalter_walk_{os.getpid()}_{name}" for name in ("content", "keys")]
            # a role as operating.md wants it: row-level security binds it
            self.role = f"schalter_walk_{os.getpid()}"
            psql(f"CREATE ROLE {self.role} LOGIN NOSUPERUSER NOBYPASSRLS")
            for name in self.databases:
                psql(f"CREATE DATABASE {name} OWNER {self.role}")
            extra = ["--database", f"{PG} user={self.role} dbname={self.databases[0]}", "--key-database", f"{PG} user={self.role} dbname={self.databases[1]}"]
        self.counter = Counter(folder, PORT + offset, extra=extra)
        try:
            self.counter.start(60)
            self.people()
        except BaseException:
            self.close()
            raise

    def people(self):
        c = self.counter
        self.owner = Browser(c)
        self.owner.begin(SERVICE)
        # everybody else has a session of their own, with a draft and a case of their own
        self.stranger, self.citizen = Browser(c), Browser(c)
        self.stranger.begin(SERVICE)
        self.citizen.apply(f"/{OTHER_TOWN}/leistung/messung", __import__("counter").MESSUNG)
        self.nobody = Browser(c)
        self.owner.steps(ANSWERS)
        self.owner.send(ANSWERS)
        assert self.owner.path.split("?")[0].endswith("/gesendet"), (self.owner.path, words(self.owner.reply.text)[:400])
        self.reference = reference_in(self.owner.reply.text)
        text = self.owner.reply.text
        self.follow = re.search(r"/folgen/([\w-]+)", text).group(1)
        self.handle = re.search(r"/vorgang/([\w-]+)", text).group(1)
        self.open_draft = Browser(c)
        self.open_draft.cookies = dict(self.owner.cookies)
        self.open_draft.begin(SERVICE)
        self.open_draft.submit({"antrag-verhaeltnis": "selbst"})
        self.open_draft.submit({"person-vorname": CANARY["entwurf"], "person-geburtsname": CANARY["geburtsname"]})
        self.draft = self.open_draft.draft.split("/")[2]
        self.clerks = {(town, login): clerk(c, town, login) for town in (TOWN, OTHER_TOWN) for login in ("sachbearbeitung", "leitung", "verwaltung", "redaktion")}
        self.work()

    def step(self, b, path, values, action=None):
        """A page with a form, filled in and sent; it must be taken."""
        b.get(path)
        assert b.reply.status == 200, (path, b.reply.status, words(b.reply.text)[:300])
        want = action or path
        form = next((f for f in forms_of(b.reply.text) if f.action.split("?")[0] == want), None)
        assert form, f"{path} has no form {want}: {[f.action for f in forms_of(b.reply.text)]}"
        pairs = b.filled(form, values)
        if form.multipart:
            from counter import multipart
            body, type = multipart(pairs, [(name, CANARY["datei"] + ".pdf", "application/pdf", pdf_with(CANARY["inhalt"])) for name in form.files[:1]])
            b.ask("POST", form.action, body, type=type)
            if b.reply.status == 303:
                b.get(b.reply.header("Location"))
        else:
            b.post(form.action, pairs)
        assert b.reply.status == 200, (path, b.reply.status, words(b.reply.text)[:500])

    def work(self):
        """Everything that people write into a case."""
        k, case = self.clerks[TOWN, "sachbearbeitung"], f"/fall/{self.reference}"
        self.step(k, case, {"button": ("aktion", "uebernehmen")}, case)
        self.step(k, case, {"text": CANARY["notiz"]}, case + "/notiz")
        self.step(k, case + "/rueckfrage", {"text": CANARY["rueckfrage"], "button": ("aktion", "senden")})
        self.step(self.owner, f"/vorgang/{self.handle}/antwort", {"text": CANARY["antwort"]})
        self.step(k, case + "/berichtigen", {"angabe": "person.ort/0", "wert": CANARY["berichtigung"], "grund": CANARY["berichtigung"]})
        assert self.owner.ask("GET", f"/vorgang/{self.handle}/kopie.pdf").status == 200
        k.get(case)
        self.files = sorted(set(re.findall(rf"{case}/datei/(\d+)", k.reply.text)))
        assert self.files, "the case has no files"

    def close(self):
        self.counter.close()
        if self.engine == "postgres":
            for name in self.databases:
                psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", False)
            psql(f"DROP ROLE IF EXISTS {self.role}", False)

    def state(self):
        """All that must not change by what is forbidden."""
        sql = ("SELECT version, seq, phase, clerk_id, follow_up_on, unread FROM cases ORDER BY case_id",
               "SELECT kind, actor FROM case_event ORDER BY case_id, seq", "SELECT COUNT(*) FROM message", "SELECT COUNT(*) FROM note", "SELECT COUNT(*) FROM letter WHERE kind <> 'copy'", "SELECT COUNT(*) FROM attachment",
               "SELECT draft_id, version, ars FROM draft WHERE case_id IS NULL ORDER BY draft_id", "SELECT COUNT(*) FROM draft_file", "SELECT COUNT(*) FROM clerk",
               "SELECT COUNT(*) FROM destination", "SELECT COUNT(*) FROM account",
               "SELECT tenant_id, service, version, state, body FROM overlay_draft ORDER BY tenant_id, service", "SELECT COUNT(*) FROM publication",
               "SELECT tenant_id, service, active, params, overlay FROM offer ORDER BY tenant_id, service")
        if self.engine == "sqlite":
            db = sqlite3.connect(f"file:{self.counter.data}/main.db?mode=ro", uri=True, timeout=10)
            found = [db.execute(s).fetchall() for s in sql]
            db.close()
            return found
        return [subprocess.run(["psql", "-qXAt", "-d", f"{PG} dbname={self.databases[0]}", "-c", s], check=True, capture_output=True, text=True, timeout=30).stdout for s in sql]


houses = {}


def house(engine):
    if engine == "postgres" and not PG:
        tap.skip("SCHALTER_TEST_PG is not set")
    if engine not in houses:
        houses[engine] = None
        houses[engine] = House(engine, len(houses) * 2)
    assert houses[engine], "the house of this engine could not be made"
    return houses[engine]


def routes():
    """(method, path, permission, host, name) of every route, as the program itself says."""
    out = subprocess.run([PROGRAM, "routes"], capture_output=True, text=True, check=True, timeout=20).stdout
    found = [line.split() for line in out.splitlines()]
    assert len(found) > 100 and all(len(r) == 5 for r in found), found[:3]
    return found


# ---- who may ----

def target(h, path):
    """The address of the owner's object for a route; None: no object of anybody is in it."""
    parts = path.split("/")[1:]
    first = parts[0]
    if first == "antrag":
        return f"/antrag/{h.draft}" + "".join("/" + {0: "person", 1: "1"}.get(i, "1") if p == "{}" else "/" + p for i, p in enumerate(parts[2:]))
    if first == "vorgang":
        return f"/vorgang/{h.handle}" + "".join("/" + (h.files[0] if p == "{}" else p) for p in parts[2:])
    if first == "fall":
        numbers = iter([h.files[0], "1"])
        return f"/fall/{h.reference}" + "".join("/" + (next(numbers) if p == "{}" else p) for p in parts[2:])
    if path.startswith("/api/v1/cases"):
        return f"/api/v1/cases/{h.handle}" + "".join("/" + (h.files[0] if p == "{}" else p) for p in parts[4:])
    if first == "redaktion":
        values = iter(["geburtsurkunde", "person" if "vorschau" in parts else "text.title"])
        return "".join("/" + (next(values) if p == "{}" else p) for p in parts)
    return None


def roles(h):
    """(name, browser, owner of the object?)"""
    yield "nobody", h.nobody
    yield "stranger", h.stranger
    yield "other citizen", h.citizen
    yield "owner", h.owner
    for (town, login), b in h.clerks.items():
        yield f"{login} of {town}", b


def may(role, path, permission):
    """The table of expectations, from permission and ownership."""
    first = path.split("/")[1]
    town = role.rsplit(" ", 1)[-1] if " of " in role else None
    if first in ("antrag", "vorgang"):
        return role == "owner"
    author = role.startswith("redaktion")
    if first == "redaktion":
        return author
    if first == "fall":
        return town == TOWN and not author
    if path.startswith("/api/v1/cases"):
        return False
    if permission == "CLERK":
        return town is not None and not author
    if permission == "LEAD":
        return town is not None and not author and not role.startswith("sachbearbeitung")
    if permission == "ADMIN":
        return town is not None and role.startswith("verwaltung")
    return permission == "PUBLIC"


def visit(h, b, method, host, address):
    """As that person, on the right host, without following; with the token of the own session, so that CSRF does not stand in for permission."""
    origin_host = "amt.localhost" if host == "clerk" else "localhost"
    guest = Browser(h.counter, host=origin_host)
    if b.host == origin_host or host == "any":
        guest.host = b.host
        guest.cookies = dict(b.cookies)
    guest.address = b.address
    if method == "GET":
        return guest.ask("GET", address)
    if not hasattr(b, "token"):
        own = Browser(h.counter, host=b.host)
        own.cookies, own.address = dict(b.cookies), b.address
        page = own.ask("GET", "/" if b.host == "amt.localhost" else f"/{TOWN}/barriere-melden")
        page = (own.ask("GET", page.header("Location")) if page.status == 303 else page).text
        tokens = re.findall(r'name="csrf" value="([^"]+)"', page)
        b.token = tokens[0] if tokens else "-"
    return guest.ask("POST", address, encode([("csrf", b.token), ("once", "A" * 22), ("aktion", "uebernehmen"), ("text", "verboten"), ("grund", "verboten")]))


def walk(h):
    before, surprises, seen_by_right, tried = h.state(), [], {}, 0
    for method, path, permission, host, name in routes():
        address = target(h, path)
        if address is None and permission == "PUBLIC":
            continue
        if address is None:
            address = path
        for role, b in roles(h):
            allowed = may(role, path, permission)
            if allowed and method != "GET":
                continue  # what is right is tested in the flows
            b.address = f"10.77.{tried >> 8 & 255}.{tried & 255}"
            reply = visit(h, b, method, host, address)
            tried += 1
            if allowed:
                seen_by_right.setdefault((name, address), set()).add(reply.status)
                continue
            where = reply.header("Location") or ""
            entry = reply.status == 303 and ("/anmelden" in where or (where == "/redaktion" and address == "/"))
            if not entry and reply.status not in (401, 403, 404, 405, 410, 415):
                surprises.append((role, method, address, reply.status, where))
            if REMEDY in reply.text or (h.reference in reply.text.replace(address, "").replace(address.replace("/", "%2F"), "")):
                surprises.append((role, method, address, "shows content"))
            if reply.status == 403 and address.startswith(("/antrag/", "/vorgang/", "/fall/")) and " of " in role and path.startswith("/fall") \
                    and not role.startswith("redaktion"):  # an author is refused at the door, whatever stands behind it
                surprises.append((role, method, address, "403 tells that it exists"))
    after = h.state()
    assert not surprises, "\n".join(map(str, surprises[:40]))
    assert before == after, f"something was changed by what is forbidden:\n{before}\n{after}"
    # the walk proves nothing where nobody gets in: the objects are there for those who may
    never = [k for k, statuses in seen_by_right.items() if not statuses & {200, 303}]
    print(f"{h.engine}: {tried} visits; routes of which the one who may got neither page nor redirect: {[n for n, _ in never]}")
    known = {"draft_row", "draft_row_remove", "draft_file", "status_decision", "clerk_decision_pdf", "status_receipt", "status_payment", "clerk_preview_image", "draft_sent",
             "clerk_decide", "status_delivery", "status_withdraw"}
    assert not {n for n, _ in never} - known, never


@tap.case("no route opens for those who may not, as nobody, stranger, citizen, clerk of this and another town (SQLite)")
def _():
    walk(house("sqlite"))


@tap.case("no route opens for those who may not, as nobody, stranger, citizen, clerk of this and another town (PostgreSQL)")
def _():
    walk(house("postgres"))


@tap.case("specialist software sees what was handed to its own destination, nothing else, and only with its whole credential")
def _():
    h = house("sqlite")
    credentials = {}
    for town in (TOWN, OTHER_TOWN):
        for service in ("geburtsurkunde", "hundesteuer-anmeldung"):
            b = h.clerks[town, "verwaltung"]
            b.get("/zustellpunkte")
            form = next(f for f in forms_of(b.reply.text) if "adresse" in f.fields)
            b.post(form.action, b.filled(form, {"leistung": service, "adresse": "https://fachverfahren.example.org/haken", "button": ("aktion", "anlegen")}))
            found = re.findall(r"\b[\w-]{46}\b", b.reply.text)
            assert b.reply.status == 200 and found, (b.reply.status, words(b.reply.text)[:600])
            credentials[town, service] = found
    for (town, service), found in credentials.items():
        for secret in found:
            for tail in ("", "/files/antrag.pdf", f"/files/{h.files[0]}"):
                x = Browser(h.counter)
                x.ask("GET", f"/api/v1/cases/{h.handle}{tail}", headers={"Authorization": "Bearer " + secret})
                # the case was sent before there was a destination: it was handed over to nobody
                assert x.reply.status in (401, 404) and REMEDY not in x.reply.text, (town, service, tail, x.reply.status)
            x.ask("POST", f"/api/v1/cases/{h.handle}/status", '{"phase":"decided"}', type="application/json",
                  headers={"Authorization": "Bearer " + secret, "Idempotency-Key": "walk-walk-1"})
            assert x.reply.status in (401, 404), x.reply.status
            for wrong in (secret[:-1], secret + "A", secret[:-1] + ("A" if secret[-1] != "A" else "B"), secret.lower()):
                x.ask("GET", f"/api/v1/cases/{h.handle}", headers={"Authorization": "Bearer " + wrong})
                assert x.reply.status == 401, (wrong, x.reply.status)
    # a citizen's cookie opens no interface
    h.owner.ask("GET", f"/api/v1/cases/{h.handle}")
    assert h.owner.reply.status == 401


@tap.case("a reference number alone opens nothing; a secret link shows a button to whoever looks, and works by the button only")
def _():
    h = house("sqlite")
    x = Browser(h.counter)
    for path in (f"/vorgang/{h.reference}", f"/folgen/{h.reference}", f"/antrag/{h.reference}", f"/bescheid-pruefen/{h.reference}"):
        x.get(path)
        assert x.reply.status in (200, 403, 404, 410) and REMEDY not in x.reply.text, (path, x.reply.status)
    scanner = Browser(h.counter)
    for _ in range(3):
        scanner.get("/folgen/" + h.follow)
        scanner.ask("HEAD", "/folgen/" + h.follow)
        assert REMEDY not in scanner.reply.text
    scanner.ask("GET", f"/vorgang/{h.handle}")
    assert scanner.reply.status != 200, "looking at the link was enough"
    person = Browser(h.counter)
    person.get("/folgen/" + h.follow)
    assert h.reference not in words(person.reply.text) and person.reply.status == 200
    person.submit()
    assert person.reply.status == 200 and h.follow not in person.path and h.reference in person.reply.text, (person.path, person.reply.status)
    # a clerk's link: shown three times, used once
    link = h.counter.clerk_links()["radebeul", "leitung"]
    for _ in range(3):
        scanner = Browser(h.counter, host="amt.localhost")
        scanner.get(link)
        assert scanner.reply.status == 200 and not scanner.cookies
    assert clerk(h.counter, "radebeul", "leitung")
    scanner.get(link)
    scanner.submit() if scanner.reply.status == 200 else None
    assert scanner.reply.status in (404, 410), scanner.reply.status


# ---- what lies on the disk ----

def report_barrier(h):
    b = Browser(h.counter)
    b.get(f"/{TOWN}/barriere-melden")
    form = next(f for f in forms_of(b.reply.text) if f.action.endswith("/barriere-melden"))
    values = {name: (CANARY["barriere"] + "@example.org" if "mail" in name else CANARY["barriere"]) for name, value in form.fields.items() if not value}
    b.submit(values, action=form.action)
    assert b.reply.status == 200, (b.reply.status, words(b.reply.text)[:300])


def decide(h):
    """A decision with reasons, sent and fetched: letter, PDF, outbox."""
    k = h.clerks[TOWN, "sachbearbeitung"]
    path = f"/fall/{h.reference}/bescheid"
    k.get(path)
    form = next(f for f in forms_of(k.reply.text) if "vorlage" in f.boxes)
    k.post(form.action, k.filled(form, {"vorlage": "erteilt"}))
    form = next(f for f in forms_of(k.reply.text) if "grund" in f.fields)
    k.post(form.action, k.filled(form, {"grund": CANARY["begruendung"], "button": ("aktion", "speichern")}))
    assert k.reply.status == 200 and CANARY["begruendung"] in k.get(path).text, (k.path, form.buttons, words(k.reply.text)[:300])
    form = next(f for f in forms_of(k.reply.text) if "grund" in f.fields)
    k.post(form.action, k.filled(form, {"button": ("aktion", "erlassen")}))
    assert k.reply.status == 200 and "erledigt=" in k.path, (k.path, form.buttons, words(k.reply.text)[:500])
    page = h.owner.get(f"/vorgang/{h.handle}")
    assert page.status == 200
    form = next((f for f in forms_of(page.text) if f.action.endswith("/bescheid")), None)
    if form:
        h.owner.post(form.action, h.owner.filled(form, {}))
    pdf = h.owner.ask("GET", f"/vorgang/{h.handle}/bescheid.pdf")
    assert pdf.status == 200 and pdf.body.startswith(b"%PDF"), (pdf.status, words(pdf.text)[:200])


def recorded(service):
    """(place, values by input name): the first recorded case of a service, with a canary wherever words are typed."""
    def fields(node):
        if isinstance(node, dict):
            if "id" in node and "type" in node:
                yield node["id"], (node["type"], int(node.get("max", 100)) if node["type"] in ("text", "longtext") else 100)
            if "use" in node:  # a shared block: its fields stand under the name of the use
                block = yaml.load(open(f"services/blocks/{node['use']}.yaml", encoding="utf-8"), Loader=yaml.BaseLoader)
                for name, kind in fields(block):
                    yield f"{node.get('as', node['use'])}.{name}", kind
            for below in node.values():
                yield from fields(below)
        elif isinstance(node, list):
            for below in node:
                yield from fields(below)

    def read(name):
        return yaml.load(open(f"services/{service}/{name}.yaml", encoding="utf-8"), Loader=yaml.BaseLoader)
    types, case, values = dict(fields(read("form"))), read("cases")[0], {}
    for key, value in case["answers"].items():
        field, row = re.sub(r"\[\d+\]", "", key), re.search(r"\[(\d+)\]", key)
        name = field.replace(".", "-") + (f"-{row.group(1)}" if row and row.group(1) != "1" else "")
        kind, most = types.get(field, ("", 0))
        if kind in ("date", "month"):
            values.update(zip((name + "-day", name + "-month", name + "-year") if kind == "date" else (name + "-month", name + "-year"), value.split(".")))
        elif kind in ("name", "text", "longtext") and most >= 20:
            values[name] = (REMEDY + "".join(c for c in field if c.isalpha()))[:min(most, 40)]
        elif kind == "email":
            values[name] = REMEDY + "post@example.org"
        else:
            values[name] = value
    return case["place"], values


def register(h):
    """An account: its address and password, and the mail that waits."""
    b = Browser(h.counter)
    b.get("/konto/neu")
    form = next(f for f in forms_of(b.reply.text) if "email" in f.fields)
    b.post(form.action, b.filled(form, {name: REMEDY + "konto@example.org" if name == "email" else REMEDY + "-passwort-7" for name, value in form.fields.items() if not value}))
    assert b.reply.status == 200, (b.reply.status, words(b.reply.text)[:300])


def fill_all(h):
    """Every service once, as far as it goes without an identity card; how many fields got a canary."""
    typed, stuck = 0, []
    for folder in sorted(glob.glob("services/*/service.yaml")):
        service = folder.split("/")[1]
        place, values = recorded(service)
        b = Browser(h.counter)
        b.begin(f"/{place}/leistung/{service}")
        for _ in range(60):
            if b.path.split("?")[0].endswith("/pruefen"):
                b.send({"bekanntgabe": "online", "email": REMEDY + "sendung@example.org"})
                break
            form, before = b.form(), b.path
            typed += sum(1 for name in form.fields if REMEDY in str(values.get(name, "")))
            b.submit({**values, "noch-einer": "nein"}, files=[(n, CANARY["datei"] + ".pdf", "application/pdf", pdf_with(CANARY["inhalt"])) for n in form.files])
            if b.reply.status != 200 or b.path == before:
                stuck.append((service, before, b.reply.status, words(b.reply.text)[:160]))
                break
    print(f"{typed} fields of words with canaries; stopped before the end: {stuck}")
    assert typed >= 25, typed


def search(h, where, blobs):
    found = {}
    for name, data in blobs:
        for word in re.findall(rb"(?i)kanarie[a-z]*", data):
            found.setdefault(os.path.basename(name), set()).add(word)
        # as UTF-16 of some library, and as Base64 of some log
        for form in (REMEDY.encode("utf-16-le"), b"S2FuYXJpZ", b"thbmFyaW", b"LYW5hcml"):
            if form in data:
                found.setdefault(os.path.basename(name), set()).add(form)
    assert not found, f"{where}: {found}"


@tap.case("what people typed lies nowhere in clear: databases, logs of writing ahead, keys, files, temporary files, log (SQLite)")
def _():
    h = house("sqlite")
    report_barrier(h)
    register(h)
    fill_all(h)
    decide(h)
    # the test finds what it looks for: the pages show it
    k = h.clerks[TOWN, "sachbearbeitung"]
    text = k.get(f"/fall/{h.reference}").text
    shown = [c for name, c in CANARY.items() if c in text]
    assert len(shown) >= 10, shown
    files = [p for p in glob.glob(h.counter.data + "/**", recursive=True) if os.path.isfile(p)]
    assert {os.path.basename(p) for p in files} >= {"main.db", "keys.db", "blobs.db"}, files
    search(h, "data folder", [(p, open(p, "rb").read()) for p in files])
    search(h, "log", [(h.counter.log, open(h.counter.log, "rb").read())])
    loose = [p for folder in ("/tmp", "/var/tmp", "/dev/shm") for p in glob.glob(folder + "/*schalter*") if os.path.isfile(p)]
    search(h, "temporary files", [(p, open(p, "rb").read()) for p in loose])
    opened = [os.readlink(p) for p in glob.glob(f"/proc/{h.counter.pid()}/fd/*") if os.path.islink(p)]
    outside = [p for p in opened if p.startswith("/") and not p.startswith((os.path.realpath(h.counter.data), "/dev/", "/proc/", "/memfd")) and p != os.path.realpath(h.counter.log)]
    assert not outside, f"files outside the data folder are open: {outside}"
    for p in files:
        assert os.stat(p).st_mode & 0o077 == 0, f"others may read {p}"
    # neither do names of routes carry what is secret
    log = open(h.counter.log).read()
    for secret in (h.handle, h.follow, h.draft, h.reference):
        assert secret not in log, "a secret address or reference is in the log"


@tap.case("what people typed lies nowhere in clear (PostgreSQL)")
def _():
    h = house("postgres")
    report_barrier(h)
    register(h)
    fill_all(h)
    decide(h)
    for name in h.databases:
        dump = subprocess.run(["pg_dump", "--inserts", "-d", f"{PG} dbname={name}"], capture_output=True, timeout=60)
        assert dump.returncode == 0 and len(dump.stdout) > 10000, dump.stderr[-300:]
        # bytes stand there as hexadecimal digits
        text = dump.stdout + b"\n" + b"\n".join(bytes.fromhex(x.decode()) for x in re.findall(rb"\\\\?x((?:[0-9a-f]{2})+)", dump.stdout))
        search(h, "pg_dump " + name, [(name, text)])
    search(h, "log", [(h.counter.log, open(h.counter.log, "rb").read())])


@tap.case("columns that are declared clear hold nothing that a person typed")
def _():
    h = house("sqlite")
    declared = {}
    table = None
    for line in (line for name in sorted(glob.glob("db/migrations/*.sql")) for line in open(name, encoding="utf-8")):
        start = re.match(r"CREATE TABLE (\w+)", line)
        table = start.group(1) if start else table
        column = re.match(r"\t(\w+) @(int|text|bytes)\b", line)
        if column and table:
            kind = re.search(r"-- (clear|blind|sealed)", line)
            declared[table, column.group(1)] = (column.group(2), kind.group(1) if kind else "id" if column.group(2) == "int" else None)
    undeclared = [k for k, v in declared.items() if v[1] is None]
    assert len(declared) > 150 and not undeclared, undeclared
    # what is sealed looks like noise: it does not shrink
    db = sqlite3.connect(f"file:{h.counter.data}/main.db?mode=ro", uri=True, timeout=10)
    looked = 0
    for (table, column), (kind, how) in declared.items():
        if how != "sealed":
            continue
        for (value,) in db.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 200"):
            looked += 1
            value = bytes(value)
            assert len(zlib.compress(value, 9)) >= len(value) and not re.search(rb"[A-Za-z]{12}", value[:4000]), (table, column, value[:80])
    assert looked > 10, looked
    db.close()


# ---- every kind of reply ----

NEEDED = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def check_headers(h, name, reply):
    head = {k.lower(): v for k, v in reply.headers}
    policies = [v for k, v in reply.headers if k.lower() == "content-security-policy"]
    for key, value in NEEDED.items():
        assert head.get(key) == value, (name, key, head.get(key))
    first = policies[0] if len(policies) == 1 else " ".join(policies)
    for word in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "worker-src 'none'"):
        assert word in first, (name, word, policies)
    for word in ("unsafe-inline", "unsafe-eval", "data:", "blob:", "*", "http:"):
        assert word not in first.replace("http://localhost", ""), (name, word, policies)
    assert "cache-control" in head, name
    if not name.startswith("asset"):
        assert "no-store" in head["cache-control"] or "private" in head["cache-control"] or "public" in head["cache-control"], (name, head["cache-control"])
    assert "server" not in head and "x-powered-by" not in head, (name, head)
    for cookie in reply.all("Set-Cookie"):
        assert "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie, (name, cookie)
        assert "HttpOnly" in cookie or cookie.startswith(("sprache=", "__Host-sprache=")), (name, cookie)
        if h is None:
            assert "; Secure" in cookie, (name, cookie)


@tap.case("every kind of reply carries its protections: page, 404, 405, 422, 403, 303, download, picture, asset, JSON, API")
def _():
    h = house("sqlite")
    k = h.clerks[TOWN, "sachbearbeitung"]
    b = Browser(h.counter)
    kinds = {}

    def take(name, b, *args, **more):
        kinds[name] = b.ask(*args, **more)
        check_headers(h, name, kinds[name])
        return kinds[name]
    take("page", b, "GET", "/")
    asset = re.search(r'href="(/assets/[^"]+\.css)"', b.reply.text).group(1)
    take("asset", b, "GET", asset)
    take("404", b, "GET", "/gibtsnicht")
    take("405", b, "POST", "/", "a=b")
    take("asset 404", b, "GET", "/assets/x.css")
    take("json", b, "GET", "/.well-known/schalter-keys.json")
    take("health", b, "GET", "/healthz")
    take("robots", b, "GET", "/robots.txt")
    take("api 401", b, "GET", f"/api/v1/cases/{h.handle}")
    take("303 with cookie", b, "POST", SERVICE + "/antrag", "csrf=-")
    assert b.reply.all("Set-Cookie")
    take("403", b, "POST", b.reply.header("Location") + "/person", "csrf=x")
    take("language", b, "GET", "/?lang=en")
    take("422", h.open_draft, "POST", f"/antrag/{h.draft}/person", encode([(k2, v) for k2, v in (("csrf", re.search(r'name="csrf" value="([^"]+)"', h.open_draft.get(h.open_draft.draft).text).group(1)), ("person-vorname", ""), ("aktion", "weiter"))]))
    take("clerk page", k, "GET", f"/fall/{h.reference}")
    take("download", k, "GET", f"/fall/{h.reference}/datei/{h.files[0]}/original")
    assert k.reply.status == 200 and k.reply.header("Content-Disposition").startswith("attachment") and "sandbox" in " ".join(k.reply.all("Content-Security-Policy")), k.reply.headers
    for path in re.findall(rf'src="(/fall/{h.reference}/datei/\d+/bild/\d+)"', k.get(f"/fall/{h.reference}/datei/{h.files[0]}").text)[:1]:
        take("picture", k, "GET", path)
        assert k.reply.header("Content-Type") in ("image/png", "image/jpeg"), k.reply.headers
    take("copy", h.owner, "GET", f"/vorgang/{h.handle}/kopie.pdf")
    take("receipt", h.owner, "GET", f"/vorgang/{h.handle}/quittung.jws")
    assert len(kinds) >= 17
    assert kinds["422"].status in (409, 422) and kinds["403"].status == 403 and kinds["405"].status == 405


@tap.case("behind https the cookie is __Host- and Secure, and HSTS is sent")
def _():
    folder = os.path.join(TMP, "https")
    os.makedirs(folder, exist_ok=True)
    c = Counter(folder, PORT + 6, extra=["--origin", "https://schalter.example.org", "--clerk-origin", "https://amt.schalter.example.org"])
    try:
        c.start()
        got = raw(c.port, f"POST {SERVICE}/antrag HTTP/1.1\r\nHost: schalter.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\nConnection: close\r\n\r\ncsrf=-".encode()).decode("utf-8", "replace")
        assert got.startswith("HTTP/1.1 303"), got[:300]
        cookie = re.search(r"Set-Cookie: (.*)\r", got).group(1)
        assert cookie.startswith("__Host-schalter=") and "; Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie and "Domain" not in cookie, cookie
        hsts = re.search(r"Strict-Transport-Security: max-age=(\d+)", got)
        assert hsts and int(hsts.group(1)) >= 31536000, got[:900]
        # the plain host is none of ours then, and a cookie of the plain name is no session
        assert raw(c.port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith((b"HTTP/1.1 421", b"HTTP/1.1 404")), "the plain host is served"
        value = cookie.split("=", 1)[1].split(";")[0]
        where = re.search(r"Location: (\S+)", got).group(1)
        for name, want in (("__Host-schalter", "HTTP/1.1 303"), ("schalter", "HTTP/1.1 4")):
            got = raw(c.port, f"GET {where} HTTP/1.1\r\nHost: schalter.example.org\r\nCookie: {name}={value}\r\nConnection: close\r\n\r\n".encode()).decode("utf-8", "replace")
            assert got.startswith(want), (name, got[:200])
    finally:
        c.close()


# ---- towns beside each other, and mails ----

@tap.case("texts of mails have no place for what a person typed")
def _():
    allowed = {"link", "code", "service", "authority", "reference", "origin", "date", "days", "hours", "n", "time", "place", "minutes", "url", "town", "day", "root", "count", "leaves"}
    looked = 0
    for path in glob.glob("ui/texts/*/mail*.yaml"):
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            looked += 1
            strange = set(re.findall(r"\{(\w+)\}", line.split("#")[0])) - allowed
            assert not strange, f"{path}:{number}: {strange}"
    assert looked > 20


try:
    tap.main()
finally:
    for h in houses.values():
        if h:
            h.close()
