# SPDX-License-Identifier: EUPL-1.2
"""counter: a running Schalter and the people in front of it, for suites that try to break promises over HTTP.

    counter = Counter(folder, port)             # the release program, sandbox on, in a data folder of its own
    counter.start()
    person = Browser(counter)
    person.apply("/dresden/leistung/messung", MESSUNG)      # fills in forms as shown, sends, ends on the confirmation
    person.reference                                        # "S26-...."
    counter.kill(); counter.start()                         # kill -9, and on with the same data
Everything is on loopback; every wait has an end. Processes are ended by close().
"""
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from html import unescape
from urllib.parse import quote_plus

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("SCHALTER_BIN_RELEASE") or os.path.join(ROOT, "build", "schalter")

# The service "messung" of tests/bench: six short pages, nothing to upload.
MESSUNG = {
    "person-vorname": "Łukasz", "person-nachname": "Öztürk-Groß", "person-geburt-day": "27", "person-geburt-month": "3", "person-geburt-year": "1985",
    "anschrift-strasse": "Lindenweg 7", "anschrift-plz": "01067", "anschrift-ort": "Dresden", "art": "zwei", "anzahl": "2",
    "konto-inhaber": "Łukasz Öztürk-Groß", "konto-iban": "DE02 1203 0000 0000 2020 51", "bekanntgabe": "online", "email": "",
}
PDF = None  # small_pdf() makes it once


def small_pdf():
    """A valid PDF of one page with correct offsets."""
    global PDF
    if PDF is None:
        objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                   b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>", b"<</Length 12>>stream\n0 0 9 9 re f\nendstream"]
        out, offsets = b"%PDF-1.4\n", []
        for number, body in enumerate(objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj%s endobj\n" % (number, body)
        table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
        PDF = out + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return PDF


def services_with_messung(folder):
    """A folder of services: the shipped ones and the measuring one."""
    target = os.path.join(folder, "services")
    if not os.path.isdir(target):
        shutil.copytree(os.path.join(ROOT, "services"), target)
        shutil.copytree(os.path.join(ROOT, "tests/bench/services/messung"), os.path.join(target, "messung"))
    return target


class Counter:
    """One process of Schalter on its data folder. extra: more arguments; before: words before the command (unshare, prlimit)."""

    def __init__(self, folder, port, extra=(), before=(), data=None):
        self.folder, self.port, self.extra, self.before = folder, port, list(extra), list(before)
        self.data = data or os.path.join(folder, "data")
        self.log = os.path.join(folder, f"log-{port}.txt")
        self.process = None

    def start(self, seconds=20):
        command = [*self.before, PROGRAM, "serve", "--demo", "--port", str(self.port), "--data", self.data, "--trusted_proxy", "127.0.0.1",
                   "--services", services_with_messung(self.folder), "--places", os.path.join(ROOT, "places"), *self.extra]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        said, end = b"", time.monotonic() + seconds
        while b"ready" not in said:
            said += self.process.stdout.read() or b""
            assert self.process.poll() is None, f"the program ended with {self.process.returncode}: {self.text()[-1500:]}"
            assert time.monotonic() < end, f"the program is not ready after {seconds} s: {self.text()[-1500:]}"
            time.sleep(0.01)
        return self

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As the power would: the program and its helpers, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process.stdout.close()

    def close(self):
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)

    def tool(self, *args, seconds=30):
        return subprocess.run([PROGRAM, *args, "--data", self.data], capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)

    def memory_kb(self):
        """Resident memory of the serving process, and its highest ever."""
        pid = self.pid()
        text = open(f"/proc/{pid}/status").read()
        return tuple(int(re.search(key + r":\s+(\d+)", text).group(1)) for key in ("VmRSS", "VmHWM"))

    def pid(self):
        """The process that serves, also behind unshare or prlimit."""
        pid = self.process.pid
        # by its name: where its program lies is not for everybody to read (PR_SET_DUMPABLE)
        while open(f"/proc/{pid}/comm").read().strip() != os.path.basename(PROGRAM)[:15]:
            children = open(f"/proc/{pid}/task/{pid}/children").read().split()
            assert children, "the serving process is not to be found"
            pid = int(children[0])
        return pid

    def clerk_links(self):
        """{(town, login): path of the one-time set-up link} as the demonstration printed them."""
        town, links = None, {}
        for line in self.text().splitlines():
            head = re.fullmatch(r"[^ {].* \(([a-z-]+)\)", line)
            if head:
                town = head.group(1)
            one = re.match(r"  (\S+)\s+http://amt\.\S+?(/einrichten/\S+)", line)
            if one:
                links[town, one.group(1)] = one.group(2)
        return links


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def all(self, name):
        return [v for k, v in self.headers if k.lower() == name.lower()]


TAG = re.compile(r'<(/?)(form|input|select|option|textarea|button)\b([^>]*)>')
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


class Form:
    """A form as shown: action, and fields as a browser would send them on Enter."""

    def __init__(self, attributes):
        self.action = unescape(attributes.get("action", ""))
        self.method, self.multipart = attributes.get("method", "get"), attributes.get("enctype", "").startswith("multipart")
        self.fields, self.boxes, self.files, self.buttons = {}, {}, [], []


def forms_of(html):
    forms, form, select, area = [], None, None, None
    for m in TAG.finditer(html):
        a = {k: unescape(v) for k, v in ATTRIBUTE.findall(m.group(3))}
        name, kind = a.get("name"), m.group(2)
        if kind == "form":
            form = None if m.group(1) else Form(a)
            if form:
                forms.append(form)
        elif form is None:
            continue
        elif kind == "select":
            select = None if m.group(1) else name
            if select:
                form.boxes[select] = []
        elif kind == "option" and not m.group(1) and select:
            form.boxes[select].append(a.get("value", ""))
            if "selected" in a:
                form.fields[select] = a.get("value", "")
        elif kind == "textarea":
            if m.group(1):
                form.fields[area] = unescape(html[start:m.start()]).removeprefix("\n")
            else:
                area, start = name, m.end()
        elif kind == "button" and not m.group(1) and name:
            form.buttons.append((name, a.get("value", "")))
        elif kind == "input" and name:
            if a.get("type") in ("radio", "checkbox"):
                form.boxes.setdefault(name, []).append(a.get("value", "on"))
                if "checked" in a:
                    form.fields[name] = a.get("value", "on")
            elif a.get("type") == "file":
                form.files.append(name)
            else:
                form.fields[name] = a.get("value", "")
    return forms


def encode(pairs):
    return "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in pairs)


_client = [0]


class Browser:
    """A person without JavaScript: one connection, cookies, forms, redirects. Each has an address of its own (the program believes its proxy)."""

    def __init__(self, counter, host="localhost", timeout=15):
        self.counter, self.host, self.timeout = counter, host, timeout
        self.cookies, self.connection, self.reply, self.path, self.reference = {}, None, None, None, None
        _client[0] += 1
        self.address = f"172.{_client[0] >> 16 & 255}.{_client[0] >> 8 & 255}.{_client[0] & 255}"

    def ask(self, method, path, body=None, headers=(), type="application/x-www-form-urlencoded"):
        """One request, no redirect followed. Raises OSError or HTTPException when the connection ends."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.counter.port, timeout=self.timeout)
        h = {"Host": f"{self.host}:{self.counter.port}", "X-Forwarded-For": self.address}
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            h["Content-Type"] = type
        h.update(headers)
        try:
            self.connection.request(method, path, body.encode() if isinstance(body, str) else body, {k: v for k, v in h.items() if v is not None})
            r = self.connection.getresponse()
            self.reply = Reply(r.status, r.getheaders(), r.read())
        except (OSError, http.client.HTTPException):
            self.drop()
            raise
        for cookie in self.reply.all("Set-Cookie"):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.path = path
        return self.reply

    def drop(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def get(self, path):
        self.ask("GET", path)
        for _ in range(6):
            if self.reply.status != 303:
                return self.reply
            self.ask("GET", self.reply.header("Location"))
        raise AssertionError("redirected in circles from " + path)

    def post(self, path, pairs, follow=True, **more):
        self.ask("POST", path, encode(pairs), **more)
        return self.get(self.reply.header("Location")) if follow and self.reply.status == 303 else self.reply

    def form(self, action=None):
        found = [f for f in forms_of(self.reply.text) if f.method == "post" and (action is None or f.action.split("?")[0] == action)]
        assert found, f"{self.path} ({self.reply.status}) has no form {action or ''}: {words(self.reply.text)[:300]}"
        return found[0]

    def filled(self, form, values):
        pairs, used = [], set()
        for name, value in form.fields.items():
            pairs.append((name, values.get(name, value)))
            used.add(name)
        for name in form.boxes:
            if name not in used and name in values:
                for value in values[name] if isinstance(values[name], list) else [values[name]]:
                    pairs.append((name, value))
        if form.buttons and not any(k == form.buttons[0][0] for k, _ in pairs):
            pairs.append(values.get("button") or form.buttons[0])
        return pairs

    def submit(self, values=(), action=None, follow=True, files=None):
        form, values = self.form(action), dict(values)
        pairs = self.filled(form, values)
        if not form.multipart:
            return self.post(form.action or self.path.split("?")[0], pairs, follow)
        body, type = multipart(pairs, files or [])
        self.ask("POST", form.action or self.path.split("?")[0], body, type=type)
        return self.get(self.reply.header("Location")) if follow and self.reply.status == 303 else self.reply

    def begin(self, service):
        """The first page of a form; self.draft is its address."""
        self.ask("POST", service + "/antrag", encode([("csrf", "-")])) if "schalter" not in self.cookies else self.get(service) and self.submit(
            action=service + "/antrag", follow=False)
        assert self.reply.status == 303, (self.reply.status, words(self.reply.text)[:300])
        self.draft = self.reply.header("Location")
        return self.get(self.draft)

    def steps(self, answers, most=60):
        """Fills in page after page until the check page."""
        for _ in range(most):
            if self.path.split("?")[0].endswith("/pruefen"):
                return self.reply
            before = self.path
            form = self.form()
            files = [(name, "Nachweis.pdf", "application/pdf", small_pdf()) for name in form.files if not self.reply.text.count("/entfernen/")]
            self.submit(answers, files=files)
            assert self.reply.status == 200, f"{before}: {self.reply.status} {words(self.reply.text)[:600]}"
        raise AssertionError("the form does not end: " + self.path)

    def send(self, values=(), follow=True):
        return self.submit({"button": ("aktion", "absenden"), **dict(values)}, follow=follow)

    def apply(self, service, answers):
        self.begin(service)
        self.steps(answers)
        self.send(answers)
        assert self.path.split("?")[0].endswith("/gesendet") and self.reply.status == 200, (self.path, self.reply.status, words(self.reply.text)[:400])
        self.reference = reference_in(self.reply.text)
        return self.reference


def multipart(pairs, files, boundary="----schalter-test-7d1f"):
    body = b""
    for name, value in pairs:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, filename, type, data in files:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {type}\r\n\r\n'.encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def words(html):
    """Text of a page."""
    main = html[html.find("<main"):] if "<main" in html else html
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main))).strip()


def reference_in(html):
    found = re.search(r"S\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}", html)
    assert found, "no reference number on the page: " + words(html)[:300]
    return found.group(0)


def clerk(counter, town, login, password="Ein-langes-Kennwort-7"):
    """A clerk who has pressed the button of the one-time link and chosen a password."""
    b = Browser(counter, host="amt.localhost")
    b.get(counter.clerk_links()[town, login])
    b.submit()
    form = next((f for f in forms_of(b.reply.text) if "passwort" in f.fields), None)
    assert form, f"{login} of {town} gets no password: {b.path} {words(b.reply.text)[:300]}"
    b.submit({"passwort": password}, action=form.action)
    assert b.get("/").status == 200 and b.path in ("/", "/redaktion"), f"{login} of {town} is not signed in: {b.path} {words(b.reply.text)[:300]}"
    return b


def raw(port, data, seconds=5, most=65536, end_write=False):
    """Bytes to the program, bytes back until it closes, most bytes came or the time is over."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.settimeout(seconds)
        try:
            s.sendall(data)
            if end_write:
                s.shutdown(socket.SHUT_WR)
            while len(got) < most:
                part = s.recv(65536)
                if not part:
                    break
                got += part
        except OSError:
            pass  # closed in our face, or the time is over
    return got


class Prober(threading.Thread):
    """An ordinary visitor every few milliseconds: how long do pages take meanwhile? p(99) in ms; failures are counted."""

    def __init__(self, counter, path="/dresden", every=0.01):
        super().__init__(daemon=True)
        self.browser, self.target, self.every = Browser(counter), path, every
        self.took, self.failures, self.ending = [], [], threading.Event()

    def run(self):
        while not self.ending.is_set():
            began = time.monotonic()
            try:
                status = self.browser.ask("GET", self.target).status
                if status != 200:
                    self.failures.append(status)
            except (OSError, http.client.HTTPException) as why:
                self.failures.append(repr(why))
            self.took.append(time.monotonic() - began)
            self.browser.address = f"10.200.{len(self.took) >> 8 & 255}.{len(self.took) & 255}"
            self.ending.wait(self.every)

    def p(self, percent):
        took = sorted(self.took)
        return took[min(len(took) - 1, len(took) * percent // 100)] * 1000 if took else 0.0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join(20)
