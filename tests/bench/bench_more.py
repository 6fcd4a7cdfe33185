# SPDX-License-Identifier: EUPL-1.2
"""Figures that need more than a page: the clerk's inbox among 100,000 cases, PDF, first visit in a browser, PostgreSQL."""
import http.client, json, os, re, shutil, subprocess, sys, tempfile, time, urllib.parse
from html.parser import HTMLParser

HERE = os.path.dirname(os.path.abspath(__file__))
ANSWERS = dict(line.rstrip("\n").split("=", 1) for line in open(os.path.join(HERE, "answers.txt")) if "=" in line and line[0] != "#")


class Form(HTMLParser):
    """The last POST form of the page's main part."""
    def __init__(self):
        super().__init__()
        self.form, self.inside, self.main = None, False, False

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "main":
            self.main = True
        if tag == "form" and self.main:
            self.inside = a.get("method", "").lower() == "post"
            if self.inside:
                self.form = {"action": a.get("action", ""), "hidden": {}, "names": set()}
        elif self.inside and tag in ("input", "select", "textarea") and a.get("name"):
            if a.get("type") == "hidden":
                self.form["hidden"][a["name"]] = a.get("value", "")
            else:
                self.form["names"].add(a["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


class Browser:
    """A person with a cookie, no JavaScript."""
    def __init__(self, port, host, address):
        self.c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.host, self.address, self.cookie, self.path, self.text = f"{host}:{port}", address, "", "", ""

    def go(self, method, path, body=None, follow=True):
        h = {"Host": self.host, "X-Forwarded-For": self.address}
        if self.cookie:
            h["Cookie"] = self.cookie
        if body is not None:
            body = urllib.parse.urlencode(body)
            h["Content-Type"] = "application/x-www-form-urlencoded"
        self.c.request(method, path, body, h)
        r = self.c.getresponse()
        data = r.read()
        for k, v in r.getheaders():
            if k.lower() == "set-cookie" and v.startswith("schalter="):
                self.cookie = v.split(";")[0]
        self.path = path
        if r.status == 303 and follow:
            return self.go("GET", r.getheader("Location"))
        self.text = data.decode(errors="replace")
        return r.status, data

    def send(self, values):
        p = Form()
        p.feed(self.text)
        if not p.form:
            raise SystemExit("bench: no form on " + self.path)
        body = dict(p.form["hidden"])
        body.update({n: v for n, v in values.items() if n in p.form["names"] and v})
        return self.go("POST", p.form["action"].split("#")[0] or self.path, body)


def journey(port, n):
    b = Browser(port, "localhost", f"10.200.{n // 250}.{n % 250}")
    b.go("GET", "/dresden/leistung/messung")
    for _ in range(20):
        status, _ = b.send(ANSWERS)
        if status != 200:
            raise SystemExit(f"bench: {status} at {b.path}")
        if b.path.endswith("/gesendet"):
            return b, re.search(r'/vorgang/([\w-]+)/kopie.pdf', b.text).group(1)
    raise SystemExit("bench: the journey does not end")


def pdf(server, name, put):
    made = [journey(server.port, i) for i in range(60)]
    b, handle = made[0]
    b.go("GET", f"/vorgang/{handle}/kopie.pdf")  # fonts are warm after the first one
    before, t0 = server.cpu(), time.monotonic()
    for b, handle in made[1:]:
        status, data = b.go("GET", f"/vorgang/{handle}/kopie.pdf")
        if status != 200 or not data.startswith(b"%PDF"):
            raise SystemExit(f"bench: no PDF: {status}")
    n = len(made) - 1
    put("pdf_ms", round((server.cpu() - before) * 1000 / n, 1), name + f", first fetch of the copy, made and sealed; CPU, {(time.monotonic() - t0) * 1000 / n:.1f} ms elapsed")


def first_visit(server, name, put):
    env = dict(os.environ)
    env.setdefault("SCHALTER_TEST_NPM", os.path.join(os.path.dirname(os.path.dirname(HERE)), ".cache", "npm-test"))
    if not os.path.isdir(env["SCHALTER_TEST_NPM"]):
        print("first_visit: skipped, ./test installs the browser driver")
        return
    env.setdefault("SCHALTER_TEST_CHROMIUM_ARGS", "--no-sandbox" if os.getuid() == 0 else "")
    out = subprocess.run(["node", os.path.join(HERE, "first_visit.mjs"), f"http://localhost:{server.port}/"], capture_output=True, text=True, env=env)
    if out.returncode:
        raise SystemExit("bench: " + out.stderr)
    r = json.loads(out.stdout)
    put("first_visit_kb", round(r["bytes"] / 1000, 1), name + ", start page in Chromium, empty cache, wire bytes with headers and fonts")
    put("first_visit_requests", r["requests"], name)


def clerk(server, link):
    """The one-time link sets a password; then signing in gives the session."""
    b = Browser(server.port, "amt.localhost", "10.201.0.1")
    b.go("GET", urllib.parse.urlparse(link).path)
    for _ in range(4):
        if "passwor" in b.text and Form:
            p = Form()
            p.feed(b.text)
            if p.form and any("pass" in n for n in p.form["names"]):
                break
        b.send({})
    p = Form()
    p.feed(b.text)
    b.send({n: "ein langes Passwort 4711" for n in p.form["names"] if "pass" in n})
    if b.go("GET", "/")[0] != 200 or "Eingang" not in b.text:
        b.go("GET", "/anmelden")
        raise SystemExit("bench: the clerk did not get in: " + b.path)
    return b


def inbox(server, data, name, put, load, cases):
    link = subprocess.run([os.environ.get("SCHALTER_BIN_RELEASE", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "schalter")), "clerk", "link", "--data", data,
                           "--tenant", "dresden", "sachbearbeitung"], capture_output=True, text=True)
    m = re.search(r"http\S+/einrichten/\S+", link.stdout)
    if not m:
        raise SystemExit("bench: no set-up link: " + link.stdout + link.stderr)
    path, answers = "/dresden/leistung/messung", os.path.join(HERE, "answers.txt")
    left = cases
    while left > 0:
        n = min(left, 25000)
        r, _ = load(server, "submit", path, answers, 64, n, wait=True)
        left -= r["done"]
    b = clerk(server, m.group(0))
    status, page = b.go("GET", "/")
    rows = page.count(b"/fall/")
    before = server.cpu()
    n = 400
    for _ in range(n):
        b.go("GET", "/")
    put("inbox_cpu_us", round((server.cpu() - before) / n * 1e6), f"{name}, {cases} cases of one authority, page of {rows} links, names unsealed")


def author(server, data, login, tenant, address):
    """Who has come in by a set-up link stands before the list of services."""
    program = os.environ.get("SCHALTER_BIN_RELEASE", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "schalter"))
    said = subprocess.run([program, "clerk", "link", "--data", data, "--tenant", tenant, login], capture_output=True, text=True)
    b = Browser(server.port, "amt.localhost", address)
    b.go("GET", urllib.parse.urlparse(re.search(r"http\S+/einrichten/\S+", said.stdout).group(0)).path)
    b.send({})
    b.send({"passwort": "ein langes Passwort 4711"})
    if b.go("GET", "/redaktion")[0] != 200:
        raise SystemExit(f"bench: {login}@{tenant} did not get in: {b.path}")
    return b


def hidden(b, action):
    """Hidden fields of the form that posts to action."""
    form = re.search(r'<form[^>]*action="' + re.escape(action) + r'".*?</form>', b.text, re.S)
    if not form:
        raise SystemExit(f"bench: no form {action} on {b.path}")
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group(0)))


def published(server, data, tenant, town, round_, clients):
    """A change of this level is written, asked for, and released; seconds and CPU from the click on release to the answer, when the town's page says so."""
    base, writer, second = "/redaktion/hundesteuer-anmeldung", clients[0], clients[1]
    text = f"Fragen beantwortet das Steueramt, Runde {round_} von {tenant}."
    part = base + "/aendern/text.short"
    writer.go("GET", part)
    writer.go("POST", part, {**hidden(writer, part), "de": text, "en": text, "aktion": "speichern"})
    writer.go("GET", base + "/entwurf")
    writer.go("POST", base + "/entwurf", {**hidden(writer, base + "/entwurf"), "warum": "Messung", "aktion": "bitten"})
    second.go("GET", base + "/entwurf")
    body = {**hidden(second, base + "/entwurf"), "aktion": "freigeben"}
    reader = Browser(server.port, "localhost", "10.203.0.9")
    cpu, start = server.cpu(), time.perf_counter()
    second.go("POST", base + "/entwurf", body, follow=False)
    took, cpu = time.perf_counter() - start, server.cpu() - cpu
    reader.go("GET", f"/{town}/leistung/hundesteuer-anmeldung")
    if text not in reader.text:
        raise SystemExit(f"bench: {town} does not show what {tenant} has published")
    return took, cpu


def overlay(server, data, name, put):
    """From the second person's click until citizens see it: a town's own text, and the state's in a town that inherits it."""
    for key, tenant, town in (("overlay_publish_ms", "dresden", "dresden"), ("overlay_publish_state_ms", "portal", "leipzig")):
        clients = [author(server, data, "redaktion", tenant, f"10.202.{len(tenant)}.1"), author(server, data, "freigabe", tenant, f"10.202.{len(tenant)}.2")]
        rounds = [published(server, data, tenant, town, i, clients) for i in range(9)]
        took, cpu = sorted(r[0] for r in rounds), sum(r[1] for r in rounds) / len(rounds)
        put(key, round(took[4] * 1000, 1), f"{name}, {tenant}: click on release -> in force in {town}, all checks run again; median of 9, best {took[0] * 1000:.1f}, "
            f"worst {took[-1] * 1000:.1f}; {cpu * 1000:.0f} ms of CPU each")


def measure(server, data, name, wanted, put, load, load_bin, cases):
    if wanted("overlay"):
        overlay(server, data, name, put)
    if wanted("first_visit"):
        first_visit(server, name, put)
    if wanted("pdf"):
        pdf(server, name, put)
    if wanted("inbox"):
        inbox(server, data, name, put, load, cases)


def postgres(tmp, name, put, Server, load):
    pg = "/usr/lib/postgresql/15/bin"
    data, user = os.path.join(tmp, "pg"), []
    if os.getuid() == 0:
        user = ["runuser", "-u", "postgres", "--"]
        data = tempfile.mkdtemp(prefix="schalter-bench-pg-")
        shutil.chown(data, "postgres")
        data += "/data"
    sock = os.path.dirname(data)
    subprocess.run([*user, pg + "/initdb", "-D", data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*user, pg + "/pg_ctl", "-D", data, "-w", "-l", sock + "/log", "-o", f"-k {sock} -h ''", "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        for sql in ("CREATE ROLE schalter LOGIN", "CREATE DATABASE schalter OWNER schalter", "CREATE DATABASE schalter_keys OWNER schalter"):
            subprocess.run([*user, "psql", "-q", "-h", sock, "-U", "postgres", "-c", sql], check=True)
        own = os.path.join(tmp, "data-pg")
        s = Server(own, ["--database", f"host={sock} user=schalter dbname=schalter", "--key-database", f"host={sock} user=schalter dbname=schalter_keys"])
        try:
            r, cpu = load(s, "submit", "/dresden/leistung/messung", os.path.join(HERE, "answers.txt"), 64, 8000, wait=True)
            put("submit_rps_pg", round(r["done"] / r["seconds"]), name + f", 64 clients, PostgreSQL 15 on the same machine, synchronous_commit on; p99 {r['p99_ms']} ms")
        finally:
            s.stop()
    finally:
        subprocess.run([*user, pg + "/pg_ctl", "-D", data, "-m", "fast", "stop"], stdout=subprocess.DEVNULL)
        if user:
            shutil.rmtree(sock, ignore_errors=True)
