#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Whatever comes in over the wire gets a helpful answer or a closed door, costs little, and tells nothing.

The release program with its sandbox. After every case it must be alive, and an ordinary visitor must have been served meanwhile. timeout: 240
"""
import http.client
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.path[:0] = ["tools", "tests/support"]
import tap
from counter import MESSUNG, Browser, Counter, Prober, encode, multipart, raw, small_pdf, words

TMP = os.environ.get("SCHALTER_TEST_TMP") or tempfile.mkdtemp()
PORT = int(os.environ.get("SCHALTER_TEST_PORT", "8750"))
SERVICE = "/dresden/leistung/messung"
UPLOAD_SERVICE = "/leipzig/leistung/geburtsurkunde"
FORM = "application/x-www-form-urlencoded"
counter = Counter(TMP, PORT)


def visitor():
    return Browser(counter)


def case(name):
    """As tap.case; afterwards the program must be alive, the same process, and have logged no fault of its own."""
    def add(function):
        @tap.case(name)
        def _():
            if counter.process is None:
                counter.start()
            before, seen = counter.process.pid, len(counter.text())
            function()
            assert counter.alive() and counter.process.pid == before, "the program has ended"
            assert visitor().ask("GET", "/dresden").status == 200
            faults = [line for line in counter.text()[seen:].splitlines() if '"level":"error"' in line]
            assert not faults, faults[:3]
        return function
    return add


def lines(method, path, headers=(), body=b"", host=None):
    """A request as bytes, exactly so."""
    head = [f"{method} {path} HTTP/1.1".encode() if isinstance(path, str) else method.encode() + b" " + path + b" HTTP/1.1"]
    head.append(f"Host: {host or 'localhost:%d' % PORT}".encode())
    head += [h.encode("latin-1") if isinstance(h, str) else h for h in headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def status(reply):
    found = re.match(rb"HTTP/1\.1 (\d+)", reply)
    return int(found.group(1)) if found else 0


def one(method, path, headers=(), body=b"", seconds=5, **more):
    return raw(PORT, lines(method, path, ["Connection: close", *headers], body, **more), seconds)


def helpful(reply):
    """An HTML page with a heading and a way on, not the library's own words."""
    text = reply.text if hasattr(reply, "text") else reply.decode("utf-8", "replace")
    return "<h1" in text and "</html>" in text and "<main" in text


# ---- what is not there ----

@case("an unknown address gets a helpful 404, an unknown method a 405; neither tells whether something exists")
def _():
    b = visitor()
    for path in ("/gibtsnicht", "/dresden/gibtsnicht", "/a/b/c/d/e/f/g/h/i/j", "/nirgendwo/leistung/messung", "/dresden/leistung/gibtsnicht", "/%2e%2e/%2e%2e/etc/passwd",
                 "/assets/../../main.db", "/assets/%2e%2e%2fmain.db", "//evil.example/", "/.git/config", "/dresden/", "/thema/x", "/schema/0.json"):
        b.ask("GET", path)
        assert b.reply.status == 404 and helpful(b.reply), (path, b.reply.status, words(b.reply.text)[:100])
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "FOO"):
        b.ask(method, "/dresden", body=b"" if method != "TRACE" else None)
        assert b.reply.status == 405, (method, b.reply.status)
    b.ask("POST", "/dresden", "a=b")
    assert b.reply.status == 405 and helpful(b.reply), b.reply.status
    b.ask("GET", SERVICE + "/antrag")
    assert b.reply.status == 405 and helpful(b.reply), b.reply.status
    b.ask("HEAD", "/dresden")
    assert b.reply.status == 200 and not b.reply.body
    # a handle that nobody has and one that somebody else has look the same
    other = visitor()
    other.begin(SERVICE)
    mine = visitor()
    mine.begin(SERVICE)
    draft = other.draft
    wrong = draft[:-1] + ("A" if draft[-1] != "A" else "B")
    for tail in ("", "/pruefen", "/gesendet", "/loeschen", "/name", "/gespeichert", "/ort", "/datei/1"):
        answers = []
        for address in (draft + tail, wrong + tail):
            mine.ask("GET", address)
            answers.append((mine.reply.status, mine.reply.header("Location"),
                            re.sub(r"[0-9a-f]{16}|" + re.escape(address) + "|" + re.escape(address.replace("/", "%2F")), "", mine.reply.text)))
        assert answers[0] == answers[1] and answers[0][0] == 404, (tail, answers[0][:2], answers[1][:2])


@case("text that is no UTF-8, and bytes that no text has, are refused or shown harmlessly, in path, query, form and cookie")
def _():
    for path in (b"/dresden/leistung/%ff%fe", b"/%c0%af", b"/\xff\xfe", b"/dresden%00", b"/suche?q=%ff", b"/suche?q=%ed%a0%80", b"/suche?q=%00", b"/suche?q=\xe4",
                 b"/%", b"/%zz", b"/suche?q=%", b"/suche?" + b"&" * 300, b"/suche?q=" + b"%f0%9f%92%a9" * 300):
        got = one("GET", path)
        assert status(got) in (200, 400, 404) and b"\x00" not in got, (path[:40], got[:200])
    b = visitor()
    b.begin(SERVICE)
    form = b.form()
    hidden = encode([(k, v) for k, v in form.fields.items() if k in ("csrf", "stand")])
    for body in (hidden + "&person-vorname=%ff%fe&person-nachname=x", hidden + "&person-vorname=a%00b&person-nachname=x", hidden + "&person-vorname=a%0d%0aSet-Cookie:x&person-nachname=x",
                 hidden + "&person-vorname=%f4%90%80%80", hidden + "&%ff=1", hidden + "&person-vorname=%e2%80%ae%e2%81%a6abc&person-nachname=x"):
        b.ask("POST", form.action, body)
        assert b.reply.status in (400, 409, 422, 303) and b"\x00" not in b.reply.body, (body[-60:], b.reply.status)
        assert b.reply.header("Set-Cookie") is None or "Set-Cookie:x" not in str(b.reply.headers)
    # more parameters than the library has memory for: it hangs up
    assert status(one("GET", b"/suche?" + b"a&" * 5000)) in (0, 400, 414, 431)
    assert status(one("GET", "/dresden", ["Cookie: " + "; " * 3000])) in (0, 400, 431)
    for cookie in ("schalter=" + "\xff" * 43, "schalter=" + "A" * 43, "schalter=", "=;;;=;schalter", "sprache=../../etc", "x" * 7000, "; " * 300):
        got = one("GET", "/dresden", ["Cookie: " + cookie])
        assert status(got) in (200, 400, 413, 431), (cookie[:30], got[:100])


@case("script, quotes and template marks that are typed come back as text, never as markup")
def _():
    evil = '"><script>alert(1)</script>\'{{x}}<img src=x onerror=alert(1)>'
    b = visitor()
    b.get("/suche?q=" + encode([("", evil)])[1:])
    assert b.reply.status == 200 and "<script>alert" not in b.reply.text and "<img src=x" not in b.reply.text
    b.get("/ort?q=" + encode([("", evil)])[1:])
    assert "<script>alert" not in b.reply.text
    b.begin(SERVICE)
    b.submit({"person-vorname": evil, "person-nachname": evil}, follow=False)
    assert b.reply.status == 422 and "&lt;script&gt;" in b.reply.text and "<script>alert" not in b.reply.text, b.reply.status
    b.ask("GET", "/" + encode([("", evil)])[1:])
    assert "<script>alert" not in b.reply.text


# ---- bodies ----

@case("bodies that are too large, cut off, of another type, or with ten thousand fields")
def _():
    b = visitor()
    b.begin(SERVICE)
    action = b.form().action
    good = encode(b.filled(b.form(), MESSUNG))
    b.ask("POST", action, good + "&" + "&".join(f"f{i}=x" for i in range(10000)))
    assert b.reply.status == 413 and helpful(b.reply), b.reply.status
    b.ask("POST", action, good + "&x=" + "y" * (2 << 20))
    assert b.reply.status == 413, b.reply.status
    for type in ("application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", "", "x" * 500):
        b.ask("POST", action, good, type=type)
        assert b.reply.status == 415 and helpful(b.reply), (type[:30], b.reply.status)
    b.ask("POST", action, b"")
    assert b.reply.status == 403, b.reply.status
    cookie = "Cookie: schalter=" + b.cookies["schalter"]
    # announced more than sent: the connection ends, nothing is taken
    got = raw(PORT, lines("POST", action, [cookie, f"Content-Type: {FORM}", f"Content-Length: {len(good) + 50}"], good.encode()), 3, end_write=True)
    assert status(got) in (0, 400), got[:200]
    b.get(b.draft + "/name")
    assert 'value="Łukasz"' not in b.reply.text, "half a body was taken"
    for length in ("-1", "1e9", "99999999999999999999999", "0x10", "5, 5", "", "+5"):
        got = one("POST", action, [cookie, f"Content-Type: {FORM}", "Content-Length: " + length], b"hello")
        assert status(got) in (400, 413, 403, 0), (length, got[:120])
    # the draft is as it was, and works
    b.submit(MESSUNG)
    assert b.reply.status == 200 and b.path.endswith("/geburt"), b.path


def at_upload():
    """A person on the page of the birth certificate that asks for a file."""
    answers = {"antrag-verhaeltnis": "selbst", "person-vorname": "Anna", "person-geburtsname": "Krüger", "person-nachname": "Nowak", "person-geburt-day": "27",
               "person-geburt-month": "3", "person-geburt-year": "1985", "person-ort": "Leipzig", "bestellung-art": "deutsch", "bestellung-deutsch": "1",
               "bestellung-eu_formular": "false", "bestellung-zweck": "allgemein", "antragsteller-vorname": "Anna", "antragsteller-nachname": "Nowak",
               "anschrift-land": "Deutschland", "anschrift-strasse": "Lindenweg", "anschrift-hausnummer": "7", "anschrift-plz": "04109", "anschrift-ort": "Leipzig",
               "kontakt-email": "a@example.org"}
    b = visitor()
    b.begin(UPLOAD_SERVICE)
    for _ in range(30):
        form = b.form()
        if form.files:
            return b, form
        b.submit(answers)
        assert b.reply.status == 200, (b.path, b.reply.status, words(b.reply.text)[:300])
    raise AssertionError("no page asks for a file")


@case("an upload of 5 GB that is announced is refused at once; one that just keeps coming is cut off, in bounded memory")
def _():
    b, form = at_upload()
    cookie = "Cookie: schalter=" + b.cookies["schalter"]
    head = ["Content-Type: multipart/form-data; boundary=b", cookie]
    began = time.monotonic()
    got = raw(PORT, lines("POST", form.action, [*head, "Content-Length: 5368709120"]), 3)
    assert status(got) == 413 and time.monotonic() - began < 1 and b"<h1" in got, got[:200]
    # without a session not one byte is read
    got = raw(PORT, lines("POST", form.action, [head[0], "Content-Length: 1000000"]), 3)
    assert status(got) in (303, 401, 403, 404), got[:200]
    # chunked, without an end: more than the limit of all files together
    before = counter.memory_kb()[0]
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", PORT), 5) as s:
        s.settimeout(20)
        s.sendall(lines("POST", form.action, [*head, "Transfer-Encoding: chunked"]))
        part = b"--b\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"a.pdf\"\r\n\r\n" % form.files[0].encode()
        s.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        junk = b"10000\r\n" + b"\0" * 65536 + b"\r\n"
        try:
            while sent < 700 << 20:
                s.sendall(junk)
                sent += 65536
            s.sendall(b"0\r\n\r\n")
            answer = s.recv(4096)
        except OSError:
            s.setblocking(False)
            try:
                answer = s.recv(4096)
            except OSError:
                pass
    peak = counter.memory_kb()[1]
    print(f"streamed {sent >> 20} MiB, memory {before} -> {peak} KiB, answer {answer[:30]}")
    assert peak - before < 64 * 1024, (before, peak)
    assert sent < 650 << 20, "more than all limits together was read"
    assert status(answer) in (0, 413), answer[:100]
    b.get(b.path)
    assert b.reply.status == 200


def post_parts(b, form, body, type):
    cookie = "Cookie: schalter=" + b.cookies["schalter"]
    return one("POST", form.action, [cookie, "Content-Type: " + type, f"Content-Length: {len(body)}"], body, seconds=15)


@case("multipart: no boundary, nested, a thousand parts, names with NUL, line ends and paths")
def _():
    b, form = at_upload()
    csrf, field = form.fields["csrf"], form.files[0]
    good, type = multipart(form.fields.items(), [(field, "a.pdf", "application/pdf", small_pdf())])
    for broken in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 500, "multipart/mixed; boundary=b", FORM):
        got = post_parts(b, form, good, broken)
        assert status(got) in (400, 415), (broken[:50], got[:100])
    cut = good[:len(good) // 2]
    got = post_parts(b, form, cut, type)
    assert status(got) in (400, 422), got[:100]
    got = post_parts(b, form, multipart([("csrf", csrf)] + [(f"f{i}", "x") for i in range(1000)], [])[0], type)
    assert status(got) in (400, 413), got[:100]
    got = post_parts(b, form, multipart([("csrf", csrf), ("x", "y" * (1 << 20))], [])[0], type)
    assert status(got) in (400, 413, 422, 303), got[:100]
    inner, inner_type = multipart([("csrf", csrf)], [], boundary="inner")
    nested = b'--o\r\nContent-Disposition: form-data; name="%s"; filename="n.pdf"\r\nContent-Type: %s\r\n\r\n' % (field.encode(), inner_type.encode()) + inner + b"\r\n--o--\r\n"
    got = post_parts(b, form, nested, "multipart/form-data; boundary=o")
    assert status(got) in (400, 403, 422), got[:100]
    got = post_parts(b, form, b"--o\r\n" + b"X: " + b"y" * 100000 + b"\r\n\r\n", "multipart/form-data; boundary=o")
    assert status(got) in (400, 413), got[:100]
    # a text part that is not UTF-8 is refused like in any other form: stored, it would make draft or case unreadable for good
    for text in (b"Hallo \xff\xfe", b"\xc3", b"a\x00b", b"\xed\xa0\x80"):
        body = b'--o\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + csrf.encode() + b'\r\n--o\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + text + b"\r\n--o--\r\n"
        got = post_parts(b, form, body, "multipart/form-data; boundary=o")
        assert status(got) == 400, (text, got[:100])
    # names: what is dangerous is gone, the file is taken
    for name in ('../../../../etc/passwd', "C:\\Windows\\system32\\x.pdf", "a\x00b.pdf", "..", "a\r\nSet-Cookie: x=y.pdf", '<script>alert(1)</script>.pdf', "x" * 3000 + ".pdf", "\u202egnp.pdf"):
        body = b'--o\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + csrf.encode() + b'\r\n--o\r\nContent-Disposition: form-data; name="aktion"\r\n\r\nhochladen\r\n'
        body += b'--o\r\nContent-Disposition: form-data; name="' + field.encode() + b'"; filename="' + name.encode() + b'"\r\n\r\n' + small_pdf() + b"\r\n--o--\r\n"
        got = post_parts(b, form, body, "multipart/form-data; boundary=o")
        assert status(got) in (303, 400, 413, 422), (name[:20], got[:100])
        assert b"Set-Cookie: x=y" not in got
        b.get(form.action)
        assert "<script>alert" not in b.reply.text and "/etc/passwd" not in b.reply.text and "\x00" not in b.reply.text and "system32" not in b.reply.text
        if "datei/" in b.reply.text:  # away with it again
            for link in re.findall(r'href="(/antrag/[^"]*/datei/\d+)"', b.reply.text)[:1]:
                b.ask("GET", link)
                assert b.reply.status == 200, b.reply.status
                disposition = b.reply.header("Content-Disposition") or ""
                assert "\r" not in disposition and "/" not in disposition.replace("UTF-8''", ""), disposition


def png_bomb(side):
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    pack = zlib.compressobj(9)
    data = b"".join(pack.compress(b"\0" * (side * 3 + 1)) for _ in range(min(side, 4000))) + pack.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", side.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0") + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pdf_bomb():
    inner = zlib.compress(b"0 0 m " * (40 << 20), 9)
    twice = zlib.compress(inner, 9)
    objects = [b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200000 200000]/Contents 4 0 R>>",
               b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(twice) + twice + b"\nendstream"]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets) + \
        b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


@case("pictures and PDFs that unpack to gigabytes, hold scripts or lie about themselves are refused in words or tamed, in time and memory")
def _():
    b, form = at_upload()
    samples = {"bomb.png": png_bomb(30000), "bomb.pdf": pdf_bomb(), "page.pdf": b"<html><script>alert(1)</script></html>", "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
               "half.pdf": small_pdf()[:150], "empty.png": b"\x89PNG\r\n\x1a\n", "program.pdf": open(sys.executable, "rb").read(65536), "zip.pdf": b"PK\x03\x04" + b"\0" * 500,
               "huge.jpg": b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00" + b"\0" * 2000}
    for name, data in samples.items():
        with Prober(counter) as p:
            began = time.monotonic()
            body, type = multipart([*form.fields.items(), ("aktion", "weiter")], [(form.files[0], name, "application/octet-stream", data)])
            got = post_parts(b, form, body, type)
            took = time.monotonic() - began
        print(f"{name}: {len(data)} bytes, {status(got)} after {took:.2f} s; a page meanwhile {p.p(99):.0f} ms")
        assert status(got) == 422, (name, got[:200])
        assert took < 12, (name, took)
        assert not p.failures, p.failures[:3]
    assert counter.memory_kb()[1] < 400 * 1024, counter.memory_kb()


# ---- whose request is it ----

@case("without the token, with a foreign one, from a foreign page: a form changes nothing and says what to do")
def _():
    b, other = visitor(), visitor()
    b.begin(SERVICE)
    other.begin(SERVICE)
    form = b.form()
    pairs = b.filled(form, MESSUNG)
    foreign = other.form().fields["csrf"]

    def tried(pairs, **headers):
        b.ask("POST", form.action, encode(pairs), headers={k.replace("_", "-"): v for k, v in headers.items()})
        return b.reply.status
    without = [(k, v) for k, v in pairs if k != "csrf"]
    assert tried(without) == 403 and helpful(b.reply)
    for wrong in ("", "-", foreign, form.fields["csrf"][:-1], form.fields["csrf"] + "A", "A" * 22):
        assert tried([("csrf", wrong), *without]) == 403, wrong
    for site in ("cross-site", "same-site", "quatsch"):
        assert tried(pairs, Sec_Fetch_Site=site) == 403, site
    for origin in ("https://evil.example", f"http://evil.example:{PORT}", f"http://localhost.evil.example:{PORT}", f"http://amt.localhost:{PORT}", "http://localhost:1", f"https://localhost:{PORT}x"):
        assert tried(pairs, Origin=origin) == 403, origin
    # what was typed stands in the page that says so: nothing is lost
    b.get(b.draft + "/name")
    assert 'value="Łukasz"' not in b.reply.text, "a refused form was taken"
    assert tried(pairs, Origin=f"http://localhost:{PORT}", Sec_Fetch_Site="same-origin") == 303
    # a session of nobody: the form that begins a draft
    for origin in ("https://evil.example", f"http://amt.localhost:{PORT}"):
        x = visitor()
        x.ask("POST", SERVICE + "/antrag", "csrf=-", headers={"Origin": origin})
        assert x.reply.status == 403 and not x.cookies, (origin, x.reply.status)
        x.ask("POST", SERVICE + "/antrag", "csrf=-", headers={"Sec-Fetch-Site": "cross-site"})
        assert x.reply.status == 403 and not x.cookies


@case("another's draft, an invented session, a token that is over: nothing is shown, nothing is changed")
def _():
    owner, thief = visitor(), visitor()
    owner.begin(SERVICE)
    owner.submit(MESSUNG)
    thief.begin(SERVICE)
    form = thief.form()
    page = owner.draft + "/name"
    for jar in (thief.cookies, {}, {"schalter": "A" * 43}, {"schalter": owner.cookies["schalter"][:-1] + "_"}, {"__Host-schalter": owner.cookies["schalter"]}):
        x = visitor()
        x.cookies = dict(jar)
        x.ask("GET", page)
        assert x.reply.status in (303, 403, 404, 401) and "Łukasz" not in x.reply.text, (jar, x.reply.status)
        x.ask("POST", page, encode([("csrf", form.fields["csrf"]), ("person-vorname", "Dieb"), ("person-nachname", "Dieb"), ("aktion", "weiter")]))
        assert x.reply.status in (403, 404, 401), x.reply.status
    owner.get(page)
    assert 'value="Łukasz"' in owner.reply.text
    for path in ("/folgen/" + "A" * 24, "/folgen/x", "/konto/bestaetigen/" + "A" * 43, "/konto/passwort-neu/" + "A" * 43, "/bescheid-pruefen/" + "A" * 16):
        x = visitor()
        x.get(path)
        assert x.reply.status in (200, 404, 410) and helpful(x.reply), (path, x.reply.status)
    x = visitor()
    x.host = "amt.localhost"
    x.get("/einrichten/" + "A" * 24)
    assert x.reply.status in (200, 404, 410), x.reply.status
    for bearer in ("", "Bearer", "Bearer x", "Bearer " + "A" * 5000, "Basic YTpi"):
        x = visitor()
        x.ask("GET", "/api/v1/cases/" + "A" * 24, headers={"Authorization": bearer})
        assert x.reply.status in (401, 413, 431) and (x.reply.status >= 413 or "json" in x.reply.header("Content-Type")), (bearer[:20], x.reply.status)


@case("a way back (weiter=) never leads to another site, and headers cannot be written through it")
def _():
    for where in ("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/konto%0d%0aSet-Cookie:%20a=b", "%2f%2fevil.example",
                  "/x%0aLocation: https://evil.example", "http:evil.example", "/%09/evil.example", "https:%2f%2fevil.example"):
        b = visitor()
        for path in ("/konto/anmelden", "/konto/neu", "/konto/ausweisen"):
            got = one("GET", f"{path}?weiter={where.replace(' ', '%20')}&stufe=1")
            head, _, body = got.partition(b"\r\n\r\n")
            assert b"Set-Cookie: a=b" not in head and b"evil.example" not in head, (where, head)
            for target in re.findall(rb'(?:href|action|content)="([^"]*evil[^"]*)"', body):
                # it may stand in an own address as an encoded value, never as an address itself
                assert re.match(rb"/[a-z][^\\]*\?", target), (where, target)
            for value in re.findall(rb'name="weiter" value="([^"]*)"', body):
                assert b"evil" not in value, (where, value)
        del b
    for host in ("amt.localhost",):
        got = one("GET", "/fall/%0d%0aSet-Cookie:%20a=b", host=f"{host}:{PORT}")
        assert b"\r\nSet-Cookie: a=b" not in got and b"\nSet-Cookie: a=b" not in got.partition(b"\r\n\r\n")[0], got[:300]


@case("only our own host names are answered; what a foreign one asks for is no page of ours")
def _():
    for host in ("evil.example", f"localhost.evil.example:{PORT}", f"evil.localhost:{PORT}", f"x.dresden.localhost:{PORT}", "localhost:80:90", "", " ", "localhost@evil.example", "[::1", "a" * 300,
                 f"amt.localhost.:{PORT}", "127.0.0.1.evil.example"):
        got = raw(PORT, lines("GET", "/", ["Connection: close"], host=host or " "), 5)
        assert status(got) in (400, 404, 421), (host, got[:100])
        head = got.partition(b"\r\n\r\n")[0]
        assert b"evil.example" not in head, head
    for more in (["X-Forwarded-Host: evil.example"], ["Forwarded: host=evil.example"], ["X-Original-URL: /konto"], ["X-Rewrite-URL: /konto"]):
        got = one("GET", "/dresden", more)
        assert status(got) == 200 and b"evil.example" not in got
    # two Host headers; clerks' pages are not on the citizens' host, and the other way round
    got = raw(PORT, b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nHost: evil.example\r\nConnection: close\r\n\r\n" % PORT, 5)
    assert status(got) in (200, 400) and b"evil.example" not in got
    assert status(one("GET", "/anmelden")) == 404
    assert status(one("GET", "/dresden", host=f"amt.localhost:{PORT}")) == 404


# ---- the wire ----

@case("requests that two servers would read differently are refused, or the connection ends after them")
def _():
    tail = b"GET /smuggled HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % PORT
    for headers, body in (
            (["Content-Length: 4", "Transfer-Encoding: chunked"], b"0\r\n\r\n"),
            (["Transfer-Encoding: chunked", "Content-Length: 0"], b"0\r\n\r\n"),
            (["Content-Length: 0", f"Content-Length: {len(tail)}"], b""),
            (["Transfer-Encoding: chunked, identity"], b"0\r\n\r\n"),
            (["Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
            (["Transfer-Encoding : chunked"], b"0\r\n\r\n"),
            (["Transfer-Encoding:\x0bchunked"], b"0\r\n\r\n"),
            (["X: y\rContent-Length: 50"], b"")):
        got = raw(PORT, lines("POST", SERVICE + "/antrag", [f"Content-Type: {FORM}", *headers], body + tail), 2)
        replies = len(re.findall(rb"HTTP/1\.1 \d\d\d", got))
        first = status(got)
        # RFC 9112 6.1: with both, refuse, or close after the answer. Never a second answer to what was smuggled.
        assert first in (0, 400, 403, 413, 501) and replies <= 1, (headers, replies, re.findall(rb"HTTP/1\.1 \d\d\d[^\r]*", got))
    for chunk in (b"ffffffffffffffffff\r\n", b"-1\r\n", b"zz\r\n", b"5\r\nhello", b"5;" + b"x" * 10000 + b"\r\nhello\r\n0\r\n\r\n"):
        got = raw(PORT, lines("POST", SERVICE + "/antrag", [f"Content-Type: {FORM}", "Transfer-Encoding: chunked", "Connection: close"], chunk), 2, end_write=True)
        assert status(got) in (0, 400, 403, 413), (chunk[:20], got[:80])


@case("broken request lines, bare line feeds, huge headers, many headers, other protocols")
def _():
    for junk in (b"\r\n" * 1000, b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 b"GET / HTTP/1.1\nHost: x\n\n", b"\0" * 5000, b"A" * 100000, b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 200000 + b"\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                 b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % PORT):
        got = raw(PORT, junk, 1, end_write=True)
        assert status(got) in (0, 400, 404, 405, 413, 414, 421, 431, 501, 505), (junk[:30], got[:100])
    # pipelined requests are answered in order
    got = raw(PORT, b"".join(lines("GET", "/dresden" if i % 2 else "/leipzig") for i in range(20)) + lines("GET", "/", ["Connection: close"]), 5, most=10 << 20)
    titles = re.findall(rb"<title>([^<]*)", got)
    assert len(titles) == 21 and all((b"Leipzig" in t) == (i % 2 == 0) for i, t in enumerate(titles[:20])), len(titles)


@case("two thousand idle connections, slow headers and slow bodies: all of them end by our guard, and others are served quickly")
def _():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    hoard, closed_headers = [], None
    b = visitor()
    b.begin(SERVICE)
    with Prober(counter) as p:
        for i in range(2000):
            try:
                s = socket.socket()
                s.settimeout(2)
                s.connect(("127.0.0.1", PORT))
            except OSError:
                break
            hoard.append(s)
        slow = socket.create_connection(("127.0.0.1", PORT), 5)
        slow.settimeout(0.3)
        began = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\n")
        for i in range(60):
            try:
                slow.sendall(b"X-%d: y\r\n" % i)
                if not slow.recv(100):
                    closed_headers = time.monotonic() - began
                    break
            except TimeoutError:
                continue
            except OSError:
                closed_headers = time.monotonic() - began
                break
        slow.close()
        time.sleep(max(0, 13 - (time.monotonic() - began)))
        # the idle ones have sent nothing for longer than the guard allows
        ended = 0
        for s in hoard:
            s.setblocking(False)
            try:
                ended += s.recv(10) == b""
            except ConnectionError:
                ended += 1
            except OSError:
                pass
            s.close()
    print(f"{len(hoard)} idle, {ended} ended; slow headers ended after {closed_headers} s; an ordinary page: p50 {p.p(50):.1f} ms, p99 {p.p(99):.1f} ms of {len(p.took)}")
    assert closed_headers and 8 < closed_headers < 13, closed_headers
    assert len(hoard) >= 200 and ended >= len(hoard) * 99 // 100, (len(hoard), ended)
    assert not p.failures, p.failures[:5]
    assert p.p(99) < 100, p.p(99)


@case("a flood from one address gets 429 in words; its neighbours do not notice")
def _():
    flood = visitor()
    got = {}
    with Prober(counter) as p:
        began = time.monotonic()
        for _ in range(1500):
            flood.ask("GET", "/dresden")
            got[flood.reply.status] = got.get(flood.reply.status, 0) + 1
            if flood.reply.status == 429:
                last = flood.reply
        took = time.monotonic() - began
    print(f"{got} in {took:.1f} s; neighbours p99 {p.p(99):.1f} ms")
    assert got.get(429, 0) > 500 and helpful(last) and set(got) == {200, 429}, got
    assert not p.failures and p.p(99) < 100, (p.failures[:3], p.p(99))


@case("a crowd in one town does not keep another town waiting")
def _():
    load = os.path.join(TMP, "load")
    if subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-o", load, "tests/bench/load.c"], capture_output=True, timeout=60).returncode:
        tap.skip("no C compiler")
    crowd = subprocess.Popen([load, str(PORT), "journey", SERVICE, "tests/bench/answers.txt", "128", "3000"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    took, journeys = [], 0
    try:
        while crowd.poll() is None and journeys < 400:
            b = visitor()
            began = time.monotonic()
            b.apply("/leipzig/leistung/messung", MESSUNG)
            took.append(time.monotonic() - began)
            journeys += 1
    finally:
        try:
            said = crowd.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            crowd.kill()
            raise
    took.sort()
    middle, late = took[len(took) // 2] * 1000, took[len(took) * 95 // 100] * 1000
    print(f"crowd: {said.strip()[:300]}\nmeanwhile {journeys} whole journeys in the other town, 15 requests each: median {middle:.0f} ms, p95 {late:.0f} ms")
    assert '"failures": 0' in said or '"failures":0' in said, said[:500]
    assert journeys >= 3 and late < 3000, (journeys, middle, late)


@case("guessing codes and passwords is throttled")
def _():
    b = visitor()
    seen = {}
    b.get("/fortsetzen")
    form = b.form("/fortsetzen")
    for i in range(60):
        b.ask("POST", "/fortsetzen", encode([(k, v if k == "csrf" else "ABCD-EFGH-JKMN-%04d" % i) for k, v in form.fields.items()]))
        seen[b.reply.status] = seen.get(b.reply.status, 0) + 1
    assert 429 in seen, seen
    b = visitor()
    seen = {}
    b.get("/konto/anmelden")
    form = b.form("/konto/anmelden")
    for i in range(40):
        b.ask("POST", "/konto/anmelden", encode([*[(k, v) for k, v in form.fields.items() if k not in ("email", "passwort")], ("email", "a@example.org"), ("passwort", f"falsch-{i}-falsch")]))
        seen[b.reply.status] = seen.get(b.reply.status, 0) + 1
    assert 429 in seen, seen


try:
    tap.main()
finally:
    counter.close()
