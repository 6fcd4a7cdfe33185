# SPDX-License-Identifier: EUPL-1.2
"""A form of 273 fields over HTTP, and how long one journey takes by number of fields and of rows (tests/model/journey_speed.c)."""
import os, re, shutil, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PAGES, FIELDS = 39, 7
TYPES = ["text", "integer, min: 1, max: 100", "date", "bool", "choice, options: [a, b, c]", "name", "money, optional: true"]
TYPED = {"t": "Frieda", "i": "7", "b": "true", "c": "b", "n": "Anna", "m": "12,50"}


def form():
    out = ["steps:"]
    for p in range(PAGES):
        if p % 13 == 0:
            out += [f"  - id: s{p // 13}", "    pages:"]
        out.append(f"      - id: p{p}")
        if p:
            out.append(f"        when: \"b{p - 1} and i{p - 1} > 0\"")
        out.append("        fields:")
        out += [f"          - {{id: {t[0]}{p}, type: {t}{', when: ' + chr(34) + 'today() > 2026-01-01' + chr(34) if t[0] == 'm' else ''}}}" for t in TYPES]
        out.append(f"        rules: [{{id: r{p}, must: \"d{p} <= today() and t{p} != 'x'\"}}]")
    return "\n".join(out) + "\n"


def texts(own):
    """Those of the measuring service that are not about its form, and one for each part of this one."""
    out = [line for line in own.splitlines() if not re.match(r"(step|page|field|group|rule)\.", line)]
    keep, skip = [], False
    for line in out:
        if not line.startswith(" "):
            skip = bool(re.match(r"(step|page|field|group|rule):", line))
        if not skip:
            keep.append(line)
    keep += [f"step.s{s}: Schritt {s}" for s in range(PAGES // 13)]
    for p in range(PAGES):
        keep += [f"page.p{p}.title: Frage {p}", f"rule.r{p}: Prüfen Sie diese Seite"]
        keep += [f"field.{t[0]}{p}.label: Angabe {t[0]}{p}" for t in TYPES] + [f"field.c{p}.option.{o}: Antwort {o}" for o in "abc"]
    return "\n".join(keep) + "\n"


def add_service(services):
    """A copy of the measuring service with the large form."""
    to = os.path.join(services, "gross")
    shutil.copytree(os.path.join(HERE, "services", "messung"), to)
    service = open(os.path.join(to, "service.yaml")).read().replace("id: messung", "id: gross").replace("5 * anzahl", "5 * i0")
    service = re.sub(r"name_field: .*", "name_field: [n0]", service)
    service = re.sub(r"(?m)^(address_field|email_field|debit_field):.*\n", "", service)
    open(os.path.join(to, "service.yaml"), "w").write(service)
    open(os.path.join(to, "form.yaml"), "w").write(form())
    os.remove(os.path.join(to, "cases.yaml"))
    for lang in ("de", "en"):
        path = os.path.join(to, "texts", lang + ".yaml")
        own = open(path).read()
        open(path, "w").write(texts(own))
    letter = os.path.join(to, "documents", "erteilt.md")
    text = re.sub(r"\{\{field:[^}]*\}\}", "{{field:n0}}", open(letter).read())
    open(letter, "w").write(text)


def half_answered(server, Browser, Form):
    """Fills in the first half of the pages; the cookie and the path of the page that is open then."""
    b = Browser(server.port, "localhost", "10.254.1.7")
    b.go("POST", "/dresden/leistung/gross/antrag", {"csrf": "-"})
    for p in range(PAGES // 2):
        f = Form()
        f.feed(b.text)
        body = dict(f.form["hidden"], aktion="weiter")
        for name in f.form["names"]:
            if name.endswith(("-day", "-month", "-year")):
                body[name] = {"day": "27", "month": "3", "year": "1985"}[name.rsplit("-")[-1]]
            elif name[0] in TYPED and name not in body:
                body[name] = TYPED[name[0]]
        b.go("POST", f.form["action"], body)
        if not b.path.endswith(f"/p{p + 1}"):
            raise SystemExit(f"bench: after page {p} of the large form comes {b.path}")
    return b.cookie.split("=", 1)[1], b.path


def measure(server, name, wanted, put, load, Browser, Form):
    if wanted("form_273_fields_page"):
        cookie, path = half_answered(server, Browser, Form)
        runs = []
        for _ in range(3):
            r, cpu = load(server, "get", path, 64, 4000, cookie)
            runs.append(cpu / r["requests"] * 1e6)
        put("form_273_fields_page_cpu_us", round(sorted(runs)[1], 1), f"{name}, page {PAGES // 2} of {PAGES} with 7 fields each, the ones before answered, 64 clients, median of 3")
    if wanted("journey_eval"):
        journeys(put)


def journeys(put):
    program = os.path.join(HERE, "..", "..", "build", "tests", "model", "journey_speed")
    curve = [line.split() for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()]
    times = {(kind, int(n)): float(us) for kind, n, us, _ in curve}
    shown = {kind: ", ".join(f"{n if kind == 'fields' else int(n) // 10}: {us}" for k, n, us, _ in curve if k == kind) for kind in ("fields", "rows")}
    compiled = ", ".join(f"{n}: {c}" for k, n, _, c in curve if k == "fields")
    put("journey_eval_2000_fields_us", round(times["fields", 2000], 1), f"one journey_run, all answered, conditions and rules on each page; us by fields: {shown['fields']}")
    put("journey_eval_200_rows_us", round(times["rows", 2000], 1), f"the same with 200 rows of 10 fields; us by rows: {shown['rows']}; compiling in us by fields: {compiled}")
