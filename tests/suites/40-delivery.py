#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The case leaves the house: hand-overs to a receiver that misbehaves in all the ways, the interface back, forbidden addresses, mails.

Each case must arrive exactly once in effect, and the ledger must tell the truth. The release program with its sandbox. timeout: 300
"""
import hashlib
import hmac
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from base64 import urlsafe_b64decode

sys.path[:0] = ["tools", "tests/support"]
import tap
import counter
from counter import MESSUNG, Counter, forms_of, words

TMP = os.environ.get("SCHALTER_TEST_TMP") or tempfile.mkdtemp()
PORT = int(os.environ.get("SCHALTER_TEST_PORT", "8730"))
RECEIVER, SINK_SMTP, SINK_HTTP, NOWHERE = PORT + 1, PORT + 2, PORT + 3, PORT + 4
SERVICE = "/dresden/leistung/messung"
HOOK = f"http://127.0.0.1:{RECEIVER}/haken"


class Browser(counter.Browser):
    """Whoever comes back after a while opens a new connection: the program closes idle ones, and is started anew in between."""
    used = 0.0

    def ask(self, *args, **more):
        if time.monotonic() - self.used > 2:
            self.drop()
        self.used = time.monotonic()
        return super().ask(*args, **more)


class Receiver(threading.Thread):
    """Specialist software. What it does with the n-th delivery of a case is written down beforehand by the applicant's name."""

    def __init__(self):
        super().__init__(daemon=True)
        self.lock = threading.Lock()
        self.plans = {}        # name -> list of behaviours; behind the last one: "ok"
        self.got = {}          # event id -> list of (body, headers)
        self.effects = {}      # event id -> case taken over, as software does that knows ids
        self.faults = []       # signature, ids, methods
        self.secret = None
        self.elsewhere = 0     # calls to where a redirect would lead
        self.socket = socket.create_server(("127.0.0.1", RECEIVER), backlog=64)

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with connection:
                connection.settimeout(10)
                self.answer(connection)
        except OSError:
            pass  # the other side has given up waiting

    def read(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                raise OSError("nothing came")
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        return first.split(), headers, body

    def check(self, first, headers, body):
        """As a careful receiver checks: signature over time and body, time near ours, ids that agree."""
        fields = dict(part.split("=", 1) for part in headers["schalter-signature"].split(","))
        signed = hmac.new(self.secret, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, fields["v1"]):
            self.faults.append("signature")
        if abs(time.time() - int(fields["t"])) > 300:
            self.faults.append("time")
        if first[0] != "POST" or headers["content-type"] != "application/json":
            self.faults.append("method or type")
        if headers["idempotency-key"] != json.loads(body)["event_id"]:
            self.faults.append("ids")

    def answer(self, connection):
        first, headers, body = self.read(connection)
        if first[1] != "/haken":
            self.elsewhere += 1
            return connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        event = json.loads(body)
        with self.lock:
            self.check(first, headers, body)
            if event["event"] == "test":
                return connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            seen = self.got.setdefault(event["event_id"], [])
            seen.append((body, headers))
            plan = self.plans.get(event["answers"]["person.vorname"] if "person.vorname" in event["answers"] else find(event["answers"], "vorname"), [])
            how = plan[len(seen) - 1] if len(seen) <= len(plan) else "ok"
            if how not in ("500", "422", "redirect", "refuse-huge"):
                self.effects.setdefault(event["event_id"], event)
        self.behave(connection, how)

    def behave(self, connection, how):
        ok = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{\"reference\":\"FV-17\"}"
        if how == "ok":
            connection.sendall(ok)
        elif how == "lose":            # it was taken over, and nobody hears of it
            connection.shutdown(socket.SHUT_RDWR)
        elif how == "slow":            # longer than anybody waits
            time.sleep(3)
            connection.sendall(ok)
        elif how == "drip":            # never silent, never ready
            for byte in ok[:60]:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        elif how == "500":
            connection.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nkaputt"[:-1])
        elif how == "422":
            connection.sendall(b"HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\nno")
        elif how == "redirect":
            connection.sendall(f"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:{RECEIVER}/anderswo\r\nContent-Length: 0\r\n\r\n".encode())
        elif how == "garbage":
            connection.sendall(b"\x00\xff\x13 this is no HTTP\r\n" * 50)
        elif how in ("huge", "refuse-huge"):
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 9000000\r\n\r\n" % (b"200 OK" if how == "huge" else b"500 Oops"))
            for _ in range(90):
                connection.sendall(b"x" * 100000)
        elif how == "cut":             # promises more than it sends
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
        elif how == "double":          # two answers to one question
            connection.sendall(ok + ok)


def find(answers, key):
    """A value anywhere in the answers."""
    if isinstance(answers, dict):
        for k, v in answers.items():
            if k == key or k.endswith("." + key):
                return v
            deeper = find(v, key)
            if deeper is not None:
                return deeper
    return None


def rows(sql, *values):
    db = sqlite3.connect(f"file:{house.data}/main.db?mode=ro", uri=True, timeout=10)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def wait(what, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s: " + (what.__doc__ or "not yet"))


def apply(name, **more):
    person = Browser(house)
    person.apply(SERVICE, {**MESSUNG, "person-vorname": name, **more})
    return person


def event_of(name):
    return next((k for k, v in receiver.got.items() if json.loads(v[0][0])["answers"] and find(json.loads(v[0][0])["answers"], "vorname") == name), None)


def state_of(reference):
    """(state, attempts, results of the ledger, events of the case) of a case's hand-over"""
    state, attempts, outbox = rows("SELECT o.state, o.attempts, o.outbox_id FROM outbox o JOIN cases c ON c.tenant_id = o.tenant_id AND c.case_id = o.case_id "
                                   "WHERE c.reference = ? AND o.kind = 'delivery'", reference)[0]
    results = [r[0] for r in rows("SELECT result FROM delivery WHERE outbox_id = ? ORDER BY delivery_id", outbox)]
    events = [r[0] for r in rows("SELECT e.kind FROM case_event e JOIN cases c ON c.tenant_id = e.tenant_id AND c.case_id = e.case_id "
                                 "WHERE c.reference = ? ORDER BY e.seq", reference)]
    return state, attempts, results, events


def destination_form(browser, url, service="messung"):
    browser.get("/zustellpunkte")
    form = next(f for f in forms(browser) if "adresse" in f.fields)
    return browser.post("/zustellpunkte", [("csrf", form.fields["csrf"]), ("once", form.fields["once"]), ("leistung", service), ("adresse", url),
                                           ("aktion", "anlegen")])


def forms(browser):
    return forms_of(browser.reply.text)


def send(browser, with_field, **values):
    """Submits the form of the page that has this field."""
    form = next(f for f in forms(browser) if with_field in f.fields)
    return browser.post(form.action or browser.path.split("?")[0], browser.filled(form, values))


signed = {}
PASSWORD = "Ein-langes-Kennwort-7"


def clerk(town, login):
    """A clerk who is signed in: the first time by the one-time set-up link, choosing a password."""
    if (town, login) not in signed:
        b = signed[town, login] = Browser(house, host="amt.localhost")
        b.get(house.clerk_links()[town, login])
        b.submit()
        send(b, "passwort", passwort=PASSWORD)
        if "anmelden" in b.path:
            send(b, "anmeldename", anmeldename=f"{login}@{town}", passwort=PASSWORD)
        assert b.get("/").status == 200 and b.path == "/", (b.path, words(b.reply.text)[:300])
    return signed[town, login]


def api(method, path, credential=None, body=None, **headers):
    c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    h = {"Host": f"localhost:{PORT}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    if credential:
        h["Authorization"] = "Bearer " + credential
    if body is not None:
        h.setdefault("Content-Type", "application/json")
    c.request(method, path, body, h)
    r = c.getresponse()
    return r.status, r.read(), dict(r.getheaders())


house = None
receiver = Receiver()
admin = lead = None
credential = None
plans = {
    "Lose": (["lose"], ["lost", "accepted"]),
    "Slow": (["slow"], ["timeout", "accepted"]),
    "Drip": (["drip"], ["timeout", "accepted"]),
    "Fault": (["500", "500"], ["refused", "refused", "accepted"]),
    "Redirect": (["redirect"], ["redirected", "accepted"]),
    "Garbage": (["garbage"], ["lost", "accepted"]),
    "Cut": (["cut"], ["lost", "accepted"]),
    "Huge": (["huge"], ["accepted"]),
    "Toobig": (["refuse-huge"], ["oversize", "accepted"]),
    "Double": (["double"], ["accepted"]),
    "Fine": ([], ["accepted"]),
}
people = {}


def begin():
    global house
    folder = os.path.join(TMP, "house")
    os.makedirs(folder, exist_ok=True)
    house = Counter(folder, PORT, extra=["--delivery_exceptions", f"127.0.0.1:{RECEIVER}", "--call_seconds", "1", "--retry_seconds", "1",
                                         "--smtp_url", f"smtp://127.0.0.1:{SINK_SMTP}", "--rate_per_minute", "0"])
    house.start()
    receiver.start()


@tap.case("an administrator sets a destination; secret and credential are shown once")
def _():
    global admin, lead, credential
    admin, lead = clerk("dresden", "verwaltung"), clerk("dresden", "leitung")
    page = destination_form(admin, HOOK)
    assert page.status == 200, words(page.text)[:600]
    from re import findall
    secret, credential = findall(r'<dd class="s-secret">([^<]+)</dd>', page.text)
    receiver.secret = urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    assert len(receiver.secret) == 32
    again = admin.get("/zustellpunkte").text
    assert secret not in again and credential not in again and "127.0.0.1" in again
    stored = rows("SELECT secret, credential_hash FROM destination")[0]
    assert receiver.secret not in stored[0] and credential.encode() not in stored[1]


@tap.case("a clerk and a lead may not set destinations")
def _():
    assert clerk("dresden", "sachbearbeitung").get("/zustellpunkte").status == 403
    assert lead.get("/zustellpunkte").status == 403


@tap.case("the test call is signed and its answer is told")
def _():
    admin.get("/zustellpunkte")
    row = next(f for f in forms(admin) if "ziel" in f.fields)
    page = admin.post("/zustellpunkte", [("csrf", row.fields["csrf"]), ("once", row.fields["once"]), ("ziel", row.fields["ziel"]), ("aktion", "pruefen")])
    assert "HTTP 204" in page.text and not receiver.faults, (words(page.text)[:400], receiver.faults)


@tap.case("addresses that are not public https are refused when they are typed in")
def _():
    before = rows("SELECT COUNT(*) FROM destination")
    for url in ("http://example.org/", "https://127.0.0.1/", "https://10.0.0.8/x", "https://192.168.1.1/", "https://172.16.0.1/", "https://169.254.169.254/",
                "https://100.64.0.1/", "https://[::1]/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://intern/",
                "https://name:wort@example.org/", "https://2130706433/", "https://0x7f.1/", "https://127.1/", "ftp://example.org/", "file:///etc/passwd",
                "gopher://example.org/", "example.org", "", "https://", f"http://127.0.0.1:{NOWHERE}/"):
        page = destination_form(admin, url)
        assert page.status == 422 and "s-errors" in page.text, (url, page.status)
    assert rows("SELECT COUNT(*) FROM destination") == before


@tap.case("each case arrives exactly once in effect, whatever the receiver does")
def _():
    for name, (plan, _) in plans.items():
        receiver.plans[name] = plan
        people[name] = apply(name)

    def settled():
        """all hand-overs are done"""
        return not rows("SELECT 1 FROM outbox WHERE kind = 'delivery' AND state = 1")
    wait(settled)
    assert receiver.faults == [], receiver.faults
    assert receiver.elsewhere == 0
    for name in plans:
        events = [k for k, v in receiver.effects.items() if find(v["answers"], "vorname") == name]
        assert len(events) == 1, (name, events)
        bodies = {body for body, _ in receiver.got[events[0]]}
        assert len(bodies) == 1, f"{name}: the body changed from try to try"
        assert receiver.effects[events[0]]["reference"] == people[name].reference


@tap.case("the ledger tells what happened, try by try, and the case has one event of it")
def _():
    for name, (_, want) in plans.items():
        state, attempts, results, events = state_of(people[name].reference)
        assert state == 2 and results == want and attempts == len(want), (name, state, attempts, results)
        assert events.count("handed_over") == 1 and "hand_over_failed" not in events, (name, events)
        assert len(receiver.got[event_of(name)]) == len(want), name
    lead.get("/zustellungen")
    assert lead.reply.text.count("Zugestellt") >= len(plans), words(lead.reply.text)[:800]
    lead.get("/fall/" + people["Fault"].reference)
    assert "3 Versuche" in lead.reply.text and "Zugestellt" in lead.reply.text, words(lead.reply.text)[-800:]


@tap.case("what is delivered is what was sent, with where to fetch the rest")
def _():
    body = json.loads(receiver.got[event_of("Fine")][0][0])
    assert body["tenant"] == "dresden" and body["service"] == "messung" and body["trust_level"] == "none", body
    assert body["schema"] == f"http://localhost:{PORT}/schema/{body['definition']}.json"
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/schema/{body['definition']}.json", timeout=5) as r:
        schema = json.load(r)
    assert schema["type"] == "object" and find(body["answers"], "nachname") == MESSUNG["person-nachname"]
    assert find(body["answers"], "iban").replace(" ", "") == "DE02120300000000202051" and body["attachments"] == []


@tap.case("what is refused for good is given up, is seen, and a lead sends it again")
def _():
    receiver.plans["Nein"] = ["422"]
    person = apply("Nein")

    def given_up():
        """the hand-over is given up"""
        return state_of(person.reference)[0] == 3
    wait(given_up)
    assert state_of(person.reference)[2:] == (["refused"], ["submitted", "hand_over_failed"]), state_of(person.reference)
    page = lead.get("/zustellungen?ansicht=aufgegeben").text
    assert person.reference in page and "HTTP 422" in page
    plain = clerk("dresden", "sachbearbeitung")
    assert "Noch einmal zustellen" not in plain.get("/zustellungen?ansicht=aufgegeben").text
    form = next(f for f in forms(lead) if f.action == "/zustellungen")
    button = next(b for b in form.buttons if b[0] == "zustellung")
    assert plain.post("/zustellungen", [("csrf", "-"), button]).status == 403
    page = lead.post("/zustellungen", [("csrf", form.fields["csrf"]), button])
    assert page.status == 200 and "Wird noch einmal zugestellt" in page.text, words(page.text)[:300]

    def done():
        """the hand-over that was sent again is done"""
        return state_of(person.reference)[0] == 2
    wait(done)
    assert state_of(person.reference)[2:] == (["refused", "accepted"], ["submitted", "hand_over_failed", "handed_over"])
    assert len(receiver.got[event_of("Nein")]) == 2
    assert "nicht (mehr) aufgegeben" in lead.post("/zustellungen", [("csrf", form.fields["csrf"]), button]).text


@tap.case("a destination that is switched off waits, loses nothing and goes on when it is switched on")
def _():
    def switch(action):
        admin.get("/zustellpunkte")
        row = next(f for f in forms(admin) if "ziel" in f.fields)
        return admin.post("/zustellpunkte", [("csrf", row.fields["csrf"]), ("once", row.fields["once"]), ("ziel", row.fields["ziel"]), ("aktion", action)])
    receiver.plans["Aus"] = ["500"]
    person = apply("Aus")

    def tried():
        """the first try has failed"""
        return "refused" in state_of(person.reference)[2]
    wait(tried)
    assert switch("abschalten").status == 200
    assert api("GET", "/api/v1/cases/" + receiver.effects[event_of("Fine")]["case"], credential)[0] == 401
    time.sleep(4)
    state, attempts, results, _ = state_of(person.reference)
    assert state == 1 and len(results) <= 2
    if results[-1] != "accepted":
        assert "Abgeschaltet" in lead.get("/zustellungen").text
    assert switch("anschalten").status == 200

    def done():
        """it is delivered after switching on"""
        return state_of(person.reference)[0] == 2
    wait(done)
    assert len({b for b, _ in receiver.got[event_of("Aus")]}) == 1


@tap.case("killed in the middle of a call, it delivers after the lease, and the receiver knows the event again")
def _():
    receiver.plans["Kill"] = ["slow"]
    person = apply("Kill")

    def called():
        """the receiver was called"""
        return event_of("Kill")
    wait(called)
    house.kill()
    house.start()
    state, attempts, results, _ = state_of(person.reference)
    assert state == 1 and attempts == 1 and results == ["started"], "the attempt was counted before the call"

    def done():
        """delivered again after the lease"""
        return state_of(person.reference)[0] == 2
    wait(done, 40)
    state, attempts, results, events = state_of(person.reference)
    assert attempts == 2 and results == ["started", "accepted"] and events.count("handed_over") == 1, (attempts, results, events)
    assert len(receiver.got[event_of("Kill")]) == 2 and len({b for b, _ in receiver.got[event_of("Kill")]}) == 1


@tap.case("stopped for longer than the lease, it wakes up, and nothing happens twice")
def _():
    import signal
    receiver.plans["Stop"] = ["slow"]
    person = apply("Stop")

    def called():
        """the receiver was called"""
        return event_of("Stop")
    wait(called)
    pid = house.pid()
    os.kill(pid, signal.SIGSTOP)
    time.sleep(15)      # lease: 13 s; the answer has come long ago
    os.kill(pid, signal.SIGCONT)

    def done():
        """delivered"""
        return state_of(person.reference)[0] == 2
    wait(done)
    _, _, results, events = state_of(person.reference)
    assert results.count("accepted") == 1 and events.count("handed_over") == 1, (results, events)


@tap.case("software reads its case, fetches the copy, and nobody else does")
def _():
    case = receiver.effects[event_of("Fine")]["case"]
    status, body, _ = api("GET", "/api/v1/cases/" + case, credential)
    assert status == 200 and json.loads(body)["reference"] == people["Fine"].reference, (status, body[:300])
    status, pdf, headers = api("GET", f"/api/v1/cases/{case}/files/antrag.pdf", credential)
    assert status == 200 and pdf.startswith(b"%PDF-") and headers["Content-Type"] == "application/pdf"
    assert api("GET", "/api/v1/cases/" + case)[0] == 401
    assert api("GET", "/api/v1/cases/" + case, credential[:-4] + "AAAA")[0] == 401
    assert api("GET", f"/api/v1/cases/{case}/files/1", credential)[0] == 404
    assert api("GET", "/api/v1/cases/" + case[:-3] + "AAA", credential)[0] == 404
    assert api("PUT", "/api/v1/cases/" + case, credential)[0] == 405


@tap.case("the credential of another authority or another destination gets 404")
def _():
    from re import findall
    case = receiver.effects[event_of("Fine")]["case"]
    other = clerk("leipzig", "verwaltung")
    page = destination_form(other, HOOK, "*")
    _, foreign = findall(r'<dd class="s-secret">([^<]+)</dd>', page.text)
    page = destination_form(admin, HOOK, "hundesteuer-anmeldung")
    _, sister = findall(r'<dd class="s-secret">([^<]+)</dd>', page.text)
    for wrong in (foreign, sister):
        assert api("GET", "/api/v1/cases/" + case, wrong)[0] == 404
        assert api("GET", f"/api/v1/cases/{case}/files/antrag.pdf", wrong)[0] == 404
        assert api("POST", f"/api/v1/cases/{case}/status", wrong, b'{"state":"in_work"}', Idempotency_Key="wrong-key-1")[0] == 404


@tap.case("a status comes back once, is seen on both sides, and the same key with another body is refused")
def _():
    case, person = receiver.effects[event_of("Fine")]["case"], people["Fine"]
    path = f"/api/v1/cases/{case}/status"
    body = json.dumps({"state": "in_work", "text": "Ihr Antrag liegt bei Frau Beispiel.", "external_reference": "FV-17"}).encode()
    assert api("POST", path, credential, body)[0] == 400
    status, first, _ = api("POST", path, credential, body, Idempotency_Key="status-0001")
    assert status == 200 and json.loads(first)["phase"] == "in_work" and not json.loads(first)["repeated"], (status, first)
    status, again, _ = api("POST", path, credential, body, Idempotency_Key="status-0001")
    assert status == 200 and json.loads(again) == {**json.loads(first), "repeated": True}, again
    assert api("POST", path, credential, b'{"state":"closed"}', Idempotency_Key="status-0001")[0] == 422
    assert state_of(person.reference)[3].count("software_status") == 1
    person.get("/vorgang/" + case)
    assert "Ihr Antrag liegt bei Frau Beispiel." in person.reply.text, words(person.reply.text)[:900]
    lead.get("/fall/" + person.reference)
    assert "Ihr Antrag liegt bei Frau Beispiel." in lead.reply.text


@tap.case("a question of the software reaches the applicant; wrong statuses are told what is wrong")
def _():
    case, person = receiver.effects[event_of("Lose")]["case"], people["Lose"]
    path = f"/api/v1/cases/{case}/status"
    for body in (b"", b"no json", b"[]", b'{"state":"fertig"}', b'{"state":"question"}', b'{"state":"in_work","more":1}', b'{"state":"in_work","text":7}',
                 b'{"state":"in_work","text":"' + b"x" * 6000 + b'"}', b'{"state":"in_work","state":"closed"}'):
        status, answer, _ = api("POST", path, credential, body, Idempotency_Key="status-0002")
        assert status == 400 and json.loads(answer)["detail"], (body[:40], status, answer)
    assert api("POST", path, credential, b"a=b", Idempotency_Key="status-0003", Content_Type="text/plain")[0] == 415
    status, answer, _ = api("POST", path, credential, json.dumps({"state": "question", "text": "Welche Farbe?"}).encode(), Idempotency_Key="status-0004")
    assert status == 200 and json.loads(answer)["phase"] == "asked", answer
    person.get("/vorgang/" + case)
    assert "Welche Farbe?" in person.reply.text
    status, answer, _ = api("POST", path, credential, b'{"state":"closed","text":"Erledigt."}', Idempotency_Key="status-0005")
    assert status == 200 and json.loads(answer)["phase"] == "closed", answer
    assert api("POST", path, credential, b'{"state":"in_work"}', Idempotency_Key="status-0006")[0] == 409


@tap.case("files are fetched with the destination's credential, byte for byte as announced")
def _():
    from re import findall
    page = destination_form(clerk("leipzig", "verwaltung"), HOOK, "geburtsurkunde")
    secret, own = findall(r'<dd class="s-secret">([^<]+)</dd>', page.text)
    before, receiver.secret = receiver.secret, urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    for line in rows("SELECT destination_id FROM destination WHERE service = '*'"):
        switch_off(clerk("leipzig", "verwaltung"), line[0])
    counter.PDF = large_pdf()
    person = Browser(house)
    person.apply("/leipzig/leistung/geburtsurkunde", BIRTH)

    def arrived():
        """the birth certificate's case has arrived"""
        return next((e for e in receiver.effects.values() if e["service"] == "geburtsurkunde"), None)
    event = wait(arrived)
    receiver.secret = before
    assert receiver.faults == [], receiver.faults
    file = event["attachments"][0]
    path = file["url"].split(str(PORT), 1)[1]
    status, data, headers = api("GET", path, own)
    assert status == 200 and hashlib.sha256(data).hexdigest() == file["sha256"] and len(data) == file["size"], (status, file)
    assert file["size"] > 2_000_000, "many chunks"
    assert headers["Content-Type"] == file["type"] == "application/pdf" and "attachment" in headers["Content-Disposition"]
    assert api("GET", path, credential)[0] == 404


def large_pdf():
    """A valid PDF of 3 MB."""
    content = b"0 0 9 9 re f\n" + b"% nothing but room\n" * 160_000
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


BIRTH = {
    "antrag-verhaeltnis": "selbst", "person-vorname": "Anna Sophie", "person-geburtsname": "Krüger", "person-nachname": "Nowak",
    "person-geburt-day": "27", "person-geburt-month": "3", "person-geburt-year": "1985", "person-ort": "Frauenklinik", "person-register": "G 1234/1985",
    "eltern-eins_vorname": "Petra", "eltern-eins_name": "Krüger", "bestellung-art": "deutsch", "bestellung-deutsch": "2", "bestellung-eu_formular": "false",
    "bestellung-zweck": "allgemein", "antragsteller-vorname": "Anna Sophie", "antragsteller-nachname": "Nowak", "anschrift-land": "Deutschland",
    "anschrift-strasse": "Lindenweg", "anschrift-hausnummer": "7a", "anschrift-plz": "04109", "anschrift-ort": "Leipzig",
    "kontakt-email": "anna@example.org", "kontakt-telefon": "0341 1234567", "lieferung-art": "post", "bekanntgabe": "online", "email": "",
}


def switch_off(browser, number):
    browser.get("/zustellpunkte")
    row = next(f for f in forms(browser) if f.fields.get("ziel") == str(number))
    assert browser.post("/zustellpunkte", [("csrf", row.fields["csrf"]), ("once", row.fields["once"]), ("ziel", str(number)), ("aktion", "abschalten")]).status == 200


@tap.case("a name that leads to this machine is refused when it is connected to")
def _():
    # "localhost." is a name with a dot; what it means is only known when it is resolved
    page = destination_form(admin, f"https://localhost.:{RECEIVER}/haken", "geburtsurkunde")
    if page.status == 422:
        return  # refused even earlier
    admin.get("/zustellpunkte")
    row = [f for f in forms(admin) if "ziel" in f.fields][-1]
    before = len(receiver.got)
    page = admin.post("/zustellpunkte", [("csrf", row.fields["csrf"]), ("once", row.fields["once"]), ("ziel", row.fields["ziel"]), ("aktion", "pruefen")])
    assert "nicht öffentlich" in page.text or "Namen in der Adresse gibt es nicht" in page.text, words(page.text)[:500]
    assert len(receiver.got) == before and receiver.elsewhere == 0


def mails(to):
    with urllib.request.urlopen(f"http://127.0.0.1:{SINK_HTTP}/list.json?to={to}", timeout=5) as r:
        return json.load(r)


@tap.case("mails wait while the relay is down, and come once when it is back: a link, no content")
def _():
    person = apply("Postkarte", email="lukasz@example.org")

    def tried():
        """the relay was tried"""
        return rows("SELECT 1 FROM outbox WHERE kind = 'mail' AND state = 1 AND attempts > 0")
    wait(tried)
    sink = subprocess.Popen(["tests/support/smtp_sink", "--smtp", str(SINK_SMTP), "--http", str(SINK_HTTP), "--dir", os.path.join(TMP, "mails"),
                             "--die-with-parent"], stdout=subprocess.DEVNULL)
    try:
        def sent():
            """no mail waits"""
            return not rows("SELECT 1 FROM outbox WHERE kind = 'mail' AND state = 1")
        wait(sent)
        got = mails("lukasz@example.org")
        assert len(got) == 1, got
        assert f"http://localhost:{PORT}/folgen/" in got[0]["text"] and "angekommen" in got[0]["subject"]
        for content in (MESSUNG["person-nachname"], "Postkarte", "Lindenweg", "DE02", person.reference):
            assert content not in got[0]["text"] + got[0]["subject"], content
        assert rows("SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND state = 2 AND length(payload) > 1")[0][0] == 0
        apply("Abgelehnt", email="refuse-me@example.org")

        def given_up():
            """the refused mail is given up and stands in the ledger"""
            return rows("SELECT 1 FROM outbox WHERE kind = 'mail' AND state = 3")
        wait(given_up)
        page = lead.get("/zustellungen?ansicht=aufgegeben").text
        assert "E-Mail" in page and "nimmt für diese Adresse nichts an" in page
    finally:
        sink.terminate()
        sink.wait(10)


def scalar(database, sql):
    done = subprocess.run(["psql", "-X", "-A", "-t", "-d", database, "-c", sql], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@tap.case("two processes on one PostgreSQL: no hand-over and no mail is done twice, also while one of them is killed")
def _():
    from re import findall
    pg = os.environ.get("SCHALTER_TEST_PG")
    if not pg:
        tap.skip("SCHALTER_TEST_PG names no running PostgreSQL")
    names = [f"delivery_{kind}_{os.getpid()}" for kind in ("main", "keys")]
    for name in names:
        scalar(pg, f"CREATE DATABASE {name}")
    at = [pg.replace("dbname=postgres", "") + " dbname=" + name for name in names]
    sink = subprocess.Popen(["tests/support/smtp_sink", "--smtp", str(PORT + 7), "--http", str(PORT + 8), "--dir", os.path.join(TMP, "mails-pg"),
                             "--die-with-parent"], stdout=subprocess.DEVNULL)
    both = []
    try:
        for i in (0, 1):
            folder = os.path.join(TMP, f"pg{i}")
            os.makedirs(folder)
            extra = ["--database", at[0], "--key_database", at[1], "--delivery_exceptions", f"127.0.0.1:{RECEIVER}", "--call_seconds", "1",
                     "--retry_seconds", "1", "--smtp_url", f"smtp://127.0.0.1:{PORT + 7}", "--rate_per_minute", "0", "--node", str(i + 1)]
            if i:
                extra += ["--master_key_file", os.path.join(TMP, "pg0", "data", "master.key")]
            both.append(Counter(folder, PORT + 5 + i, extra=extra).start())
        b = Browser(both[0], host="amt.localhost")
        b.get(both[0].clerk_links()["dresden", "verwaltung"])
        b.submit()
        send(b, "passwort", passwort=PASSWORD)
        page = destination_form(b, HOOK)
        secret = findall(r'<dd class="s-secret">([^<]+)</dd>', page.text)[0]
        receiver.secret, receiver.faults = urlsafe_b64decode(secret + "=" * (-len(secret) % 4)), []
        references = []
        for n in range(24):
            person = Browser(both[n % 2])
            person.apply(SERVICE, {**MESSUNG, "person-vorname": "Paar", "email": f"paar{n}@example.org"})
            references.append(person.reference)
            if n == 12:
                both[1].kill()
                both[1].start()

        def settled():
            """all hand-overs and mails are done"""
            return scalar(at[0], "SELECT COUNT(*) FROM outbox WHERE state <> 2") == "0"
        wait(settled, 60)
        got = {k: v for k, v in receiver.effects.items() if v["reference"] in references}
        assert len(got) == 24 and not receiver.faults, (len(got), receiver.faults)
        assert scalar(at[0], "SELECT COUNT(*) FROM case_event WHERE kind = 'handed_over'") == "24"
        calls = sum(len(receiver.got[k]) for k in got)
        assert calls == int(scalar(at[0], "SELECT COUNT(*) FROM delivery")) and 24 <= calls <= 24 + 8, calls
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 8}/list.json", timeout=5) as r:
            sent = [m["message_id"] for m in json.load(r)]
        assert len(set(sent)) == 24 and len(sent) <= 24 + 8, (len(sent), len(set(sent)))
    finally:
        for one in both:
            one.close()
        sink.terminate()
        sink.wait(10)
        for name in names:
            scalar(pg, f"DROP DATABASE {name} WITH (FORCE)")


@tap.case("the program ends at once in the middle of a call")
def _():
    receiver.plans["Ende"] = ["slow"]
    apply("Ende")

    def called():
        """the receiver was called"""
        return event_of("Ende")
    wait(called)
    started = time.monotonic()
    house.process.terminate()
    assert house.process.wait(10) == 0
    assert time.monotonic() - started < 6, time.monotonic() - started


try:
    begin()
    tap.main()
finally:
    if house:
        house.close()
