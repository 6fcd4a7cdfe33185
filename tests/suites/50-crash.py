#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What the user saw acknowledged is on disk, exactly once: kill -9, double click, lost reply, retry, full disk, a second process.

The release program with its sandbox; people apply over HTTP while it is killed. SEED=n repeats the moments of one run. timeout: 200
"""
import http.client
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path[:0] = ["tools", "tests/support"]
import tap
from counter import MESSUNG, PROGRAM, Browser, Counter, encode, reference_in, words

TMP = os.environ.get("SCHALTER_TEST_TMP") or tempfile.mkdtemp()
PORT = int(os.environ.get("SCHALTER_TEST_PORT", "8750"))
SEED = int(os.environ.get("SEED", time.time_ns() % 100000))
SERVICE = "/dresden/leistung/messung"
GONE = (OSError, http.client.HTTPException)
running = []


def counter(name, **more):
    folder = os.path.join(TMP, name)
    os.makedirs(folder, exist_ok=True)
    c = Counter(folder, PORT, **more)
    running.append(c)
    return c


def rows(c, sql):
    """What lies on the disk, read as any other program would: a copy is not needed, WAL readers disturb nobody."""
    db = sqlite3.connect(f"file:{c.data}/main.db?mode=ro", uri=True, timeout=10)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


class Applicant(threading.Thread):
    """Applies again and again until the program is gone. Remembers what it was told, not what it believes."""

    def __init__(self, c, number):
        super().__init__(daemon=True)
        self.c, self.name = c, "Lauf " + "".join("abcdefghij"[int(d)] for d in str(number))
        self.acknowledged, self.unknown, self.drafts, self.wrong = [], [], [], None

    def run(self):
        try:
            while True:
                self.once()
        except GONE:
            pass
        except Exception as why:  # a page that should not be: the test fails with it
            self.wrong = why

    def once(self):
        b = Browser(self.c)
        b.begin(SERVICE)
        # the first page was acknowledged: from here on the draft must be there
        b.submit({**MESSUNG, "person-vorname": self.name})
        if b.reply.status != 200:
            raise AssertionError(f"step: {b.reply.status}")
        self.drafts.append((b.draft, b))
        b.steps(MESSUNG)
        self.unknown.append((b.draft, b))
        b.send(MESSUNG, follow=False)
        if b.reply.status != 303 or not b.reply.header("Location").split("?")[0].endswith("/gesendet"):
            raise AssertionError(f"sending: {b.reply.status} {b.reply.header('Location')} {words(b.reply.text)[:200]}")
        self.acknowledged.append(self.unknown.pop())
        self.drafts.pop()


def check_acknowledged(c, applicants, seen):
    for a in applicants:
        if a.wrong:
            raise a.wrong
        for draft, b in a.acknowledged:
            b.drop()
            b.get(draft + "/gesendet")
            assert b.reply.status == 200, f"acknowledged and lost: {draft} {b.reply.status} {words(b.reply.text)[:200]}"
            reference = reference_in(b.reply.text)
            assert reference not in seen, f"one case stands for two submissions: {reference}"
            seen.add(reference)
        for draft, b in a.drafts:
            b.drop()
            b.get(draft + "/name")
            assert b.reply.status == 200, f"a saved draft is lost: {draft} {b.reply.status}"
            if not b.path.split("?")[0].endswith("/gesendet"):  # sent, and the reply lost: then it is a case
                assert f'value="{a.name}"' in b.reply.text, "a saved answer is lost"
        for draft, b in a.unknown:
            # nobody was told anything: sent or not, but a retry ends with one case
            b.drop()
            b.get(draft + "/pruefen")
            if not b.path.split("?")[0].endswith("/gesendet"):
                b.send(MESSUNG)
            assert b.path.split("?")[0].endswith("/gesendet"), (b.path, b.reply.status, words(b.reply.text)[:200])
            seen.add(reference_in(b.reply.text))


@tap.case("killed at any moment, nothing acknowledged is lost, nothing is there twice, and every chain verifies")
def _():
    r = random.Random(SEED)
    print(f"SEED={SEED}")
    c = counter("crash")
    seen, said = set(), 0
    c.start()
    for round in range(8):
        people = [Applicant(c, round * 100 + i) for i in range(12)]
        for p in people:
            p.start()
        time.sleep(0.2 + r.random() * 1.3)
        c.kill()
        for p in people:
            p.join(20)
            assert not p.is_alive(), "an applicant hangs"
        c.start()
        check_acknowledged(c, people, seen)
        said += sum(len(p.acknowledged) for p in people)
    assert said > 100, f"only {said} submissions were acknowledged: this proves little"
    twice = rows(c, "SELECT draft_id, COUNT(*) FROM cases GROUP BY draft_id HAVING COUNT(*) > 1")
    assert not twice, twice
    there = {x[0] for x in rows(c, "SELECT reference FROM cases")}
    assert seen == there, f"acknowledged {len(seen)}, on disk {len(there)}: {list(seen ^ there)[:5]}"
    # all that must follow from a case came with it
    for table in ("case_event", "case_content"):
        without = rows(c, f"SELECT COUNT(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM {table} x WHERE x.tenant_id = c.tenant_id AND x.case_id = c.case_id)")
        assert without == [(0,)], (table, without)
    for reference in r.sample(sorted(there), 40):
        done = c.tool("case", "show", reference, "--tenant", "dresden")
        assert done.returncode == 0 and "verifies" in done.stdout, (reference, done.stdout, done.stderr)
    print(f"{said} acknowledged submissions over 8 kills, {len(there)} cases")


@tap.case("no database has a broken page after the kills")
def _():
    c = running[0]
    for name in ("main", "keys", "blobs"):
        db = sqlite3.connect(f"file:{c.data}/{name}.db?mode=ro", uri=True, timeout=10)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], name
        db.close()


def ready_to_send(c):
    b = Browser(c)
    b.begin(SERVICE)
    b.steps(MESSUNG)
    form = b.form()
    return b, form.action, encode(b.filled(form, {**MESSUNG, "button": ("aktion", "absenden")}))


def twin(b):
    """The same person once more: another connection with the same cookie."""
    other = Browser(b.counter)
    other.cookies = dict(b.cookies)
    return other


def cases_of(c, before):
    return rows(c, "SELECT COUNT(*) FROM cases")[0][0] - before


@tap.case("eight clicks at the same moment make one case, and all of them show it")
def _():
    c = running[0]
    b, action, body = ready_to_send(c)
    before = rows(c, "SELECT COUNT(*) FROM cases")[0][0]
    clicks, found = [twin(b) for _ in range(8)], []

    def click(x):
        x.ask("POST", action, body)
        found.append((x.reply.status, (x.reply.header("Location") or "").split("?")[0]))
    threads = [threading.Thread(target=click, args=(x,)) for x in clicks]
    for t in threads:
        t.start()
    for t in threads:
        t.join(15)
    assert len(found) == 8 and set(found) == {(303, action.replace("/pruefen", "/gesendet"))}, found
    assert cases_of(c, before) == 1


@tap.case("whoever closes before the reply has sent all the same, once, and sees it on the next try")
def _():
    c = running[0]
    for wait in (0, 0.001, 0.01):
        b, action, body = ready_to_send(c)
        before = rows(c, "SELECT COUNT(*) FROM cases")[0][0]
        lost = twin(b)
        lost.connection = http.client.HTTPConnection("127.0.0.1", c.port, timeout=5)
        lost.connection.request("POST", action, body, {"Host": f"localhost:{c.port}", "Cookie": f"schalter={b.cookies['schalter']}",
                                                       "Content-Type": "application/x-www-form-urlencoded"})
        time.sleep(wait)
        lost.drop()
        b.ask("POST", action, body)
        assert b.reply.status == 303 and "/gesendet" in b.reply.header("Location"), (b.reply.status, words(b.reply.text)[:200])
        assert cases_of(c, before) == 1


@tap.case("sent again with other answers, the first confirmation is shown and says that they differ")
def _():
    c = running[0]
    b, action, body = ready_to_send(c)
    before = rows(c, "SELECT COUNT(*) FROM cases")[0][0]
    b.ask("POST", action, body)
    first = b.reply.header("Location")
    same = twin(b)
    same.ask("POST", action, body)
    other = twin(b)
    other.ask("POST", action, body.replace("bekanntgabe=online", "bekanntgabe=post"))
    assert same.reply.header("Location").startswith(first) and "wieder=" in same.reply.header("Location"), same.reply.header("Location")
    assert other.reply.status == 303 and other.reply.header("Location").startswith(first), (other.reply.status, other.reply.header("Location"))
    assert cases_of(c, before) == 1
    # a page of the draft that is sent: nothing is changed, the confirmation is shown
    b.get(b.draft + "/name")
    assert b.path.split("?")[0].endswith("/gesendet"), b.path


@tap.case("a second process on the same data says what is wrong and ends with an error; the first goes on")
def _():
    c = running[0]
    done = subprocess.run([PROGRAM, "serve", "--demo", "--port", str(PORT + 1), "--data", c.data, "--places", "places", "--services", "services"],
                          capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert done.returncode not in (0, -11, -6), done.returncode
    last = done.stderr.strip().splitlines()[-1]
    assert c.data in last or "another process" in last.lower() or "already" in last.lower(), done.stderr[-600:]
    assert Browser(c).ask("GET", "/dresden").status == 200
    # and a port in use is said, too
    free = tempfile.mkdtemp(dir=TMP)
    done = subprocess.run([PROGRAM, "serve", "--demo", "--port", str(PORT), "--data", free, "--places", "places", "--services", "services"], capture_output=True, text=True,
                          timeout=20, stdin=subprocess.DEVNULL)
    assert done.returncode not in (0, -11, -6) and str(PORT) in done.stderr.strip().splitlines()[-1], done.stderr[-600:]
    c.close()


# ---- the full disk ----

def own_tmpfs():
    """A disk of 24 MB in a mount namespace of its own; needs no root where user namespaces are allowed."""
    where = os.path.join(TMP, "small")
    os.makedirs(where, exist_ok=True)
    # the sleeper holds a door open through which we see that disk: into the program itself nobody may look
    inside = f'mount -t tmpfs -o size=24m,mode=700 small "{where}" && {{ sleep 100 & echo $! >"{where}-door"; }} && exec "$@"'
    for before in (["unshare", "-Urm", "sh", "-c", inside, "sh"], ["unshare", "-m", "sh", "-c", inside, "sh"]):
        if subprocess.run([*before[:2], "mount", "-t", "tmpfs", "small", where], capture_output=True, timeout=10).returncode == 0:
            return where, before
    tap.skip("no tmpfs can be mounted here (user namespaces are off)")


def end_all():
    for c in running:
        c.close()


@tap.case("on PostgreSQL, too: killed in the middle of transactions, nothing acknowledged is lost or there twice")
def _():
    end_all()
    server = os.environ.get("SCHALTER_TEST_PG") or tap.skip("SCHALTER_TEST_PG is not set")
    names = [f"schalter_crash_{os.getpid()}_{name}" for name in ("content", "keys")]

    def psql(sql, more=""):
        done = subprocess.run(["psql", "-qXAt", "-d", server + more, "-c", sql], check=True, capture_output=True, text=True, timeout=30)
        return done.stdout.split()
    for name in names:
        psql(f"CREATE DATABASE {name}")
    try:
        r, seen = random.Random(SEED), set()
        c = counter("postgres", extra=["--database", f"{server} dbname={names[0]}", "--key-database", f"{server} dbname={names[1]}"])
        c.start(60)
        for round in range(3):
            people = [Applicant(c, round * 100 + i) for i in range(12)]
            for p in people:
                p.start()
            time.sleep(0.5 + r.random())
            c.kill()
            for p in people:
                p.join(20)
            c.start(60)
            check_acknowledged(c, people, seen)
        there = set(psql("SELECT reference FROM cases", f" dbname={names[0]}"))
        assert seen == there and len(seen) > 20, (len(seen), len(there), list(seen ^ there)[:5])
        assert psql("SELECT draft_id FROM cases GROUP BY draft_id HAVING COUNT(*) > 1", f" dbname={names[0]}") == []
        print(f"{len(there)} cases")
    finally:
        end_all()
        for name in names:
            psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@tap.case("a full disk: reading goes on, sending says so with 503, nothing is lost, and with room again it goes on by itself")
def _():
    end_all()
    where, before = own_tmpfs()
    c = counter("full", before=before, data=os.path.join(where, "data"))
    c.start()
    door = int(open(where + "-door").read())
    inside = f"/proc/{door}/root{where}"  # the disk, seen from here
    assert os.path.exists(inside + "/data/main.db"), inside
    early = Browser(c)
    reference = early.apply(SERVICE, MESSUNG)
    b, action, body = ready_to_send(c)
    begun = Browser(c)
    begun.begin(SERVICE)
    begun.submit({**MESSUNG, "person-vorname": "Vorher"})
    ballast = os.path.join(inside, "ballast")
    with open(ballast, "wb") as f:
        try:
            while True:
                f.write(b"\0" * 65536)
                f.flush()
        except OSError:
            pass
    # what is written ahead has a little room left: fill it with drafts until the program says that it is full
    full = None
    for _ in range(400):
        x = Browser(c)
        x.ask("POST", SERVICE + "/antrag", "csrf=-")
        if x.reply.status == 503:
            full = x.reply
            break
        assert x.reply.status == 303, (x.reply.status, words(x.reply.text)[:300])
    assert full, "the disk is full and nobody says so"
    assert "text/html" in full.header("Content-Type") and len(words(full.text)) > 60, words(full.text)
    # reading works; every page says what is the matter
    assert Browser(c).ask("GET", "/dresden").status == 200
    assert Browser(c).ask("GET", "/healthz").status == 503
    early.drop()
    assert reference in early.get(early.draft + "/gesendet").text
    begun.drop()
    begun.get(begun.draft + "/name")
    assert begun.reply.status == 200 and 'value="Vorher"' in begun.reply.text, "the draft cannot be read"
    # a step: the page comes back with what was typed, and says why; a submission: a page that says so
    begun.submit({"person-vorname": "Mittendrin"})
    assert begun.reply.status == 503 and 'value="Mittendrin"' in begun.reply.text, begun.reply.status
    assert "nichts speichern" in begun.reply.text
    b.drop()
    b.ask("POST", action, body)
    assert b.reply.status == 503, (b.reply.status, b.reply.header("Location"))
    print("page of a full disk:", words(b.reply.text)[:300])
    os.remove(ballast)
    for _ in range(100):
        if Browser(c).ask("GET", "/healthz").status == 200:
            break
        time.sleep(0.1)
    else:
        raise AssertionError("there is room again, and it does not go on")
    b.ask("POST", action, body)
    assert b.reply.status == 303 and "/gesendet" in b.reply.header("Location"), (b.reply.status, words(b.reply.text)[:200])
    # the same page, sent once more as it stands
    begun.submit()
    assert begun.reply.status == 200 and begun.path.endswith("/geburt"), (begun.path, begun.reply.status)
    assert 'value="Mittendrin"' in begun.get(begun.draft + "/name").text
    b.get(b.draft + "/gesendet")
    assert reference_in(b.reply.text) and c.alive()
    os.kill(door, 15)
    c.close()
    errors = [line for line in c.text().splitlines() if '"level":"error"' in line]
    assert not errors, errors[:3]


@tap.case("a quota that ends in the middle, then kill -9: what was acknowledged is there")
def _():
    # RLIMIT_FSIZE stands for a quota: files cannot grow past it, in the same data folder as before
    end_all()
    c = counter("quota")
    c.start()
    early = Browser(c)
    reference = early.apply(SERVICE, MESSUNG)
    size = max(os.path.getsize(os.path.join(c.data, f)) for f in os.listdir(c.data))
    subprocess.run(["prlimit", "--pid", str(c.pid()), f"--fsize={size + 40960}:unlimited"], check=True, timeout=10)
    sent, refused = [early], 0
    for _ in range(300):
        b = Browser(c)
        try:
            b.apply(SERVICE, MESSUNG)
            sent.append(b)
        except AssertionError:
            refused += 1
            assert b.reply.status in (503, 500), b.reply.status
            if refused > 5:
                break
    assert refused and c.alive(), (refused, c.process.poll())
    c.kill()
    c.start()
    for b in sent:
        b.drop()
        assert b.reference in b.get(b.draft + "/gesendet").text, b.reference
    assert reference == sent[0].reference
    c.close()


try:
    tap.main()
finally:
    end_all()
