#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The program as a process: start, readiness, a second one on the same data, tools by the control socket, metrics, sandbox, end."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, "tools")
import tap

BIN = os.environ["SCHALTER_BIN_RELEASE"]
TMP = os.environ["SCHALTER_TEST_TMP"]
PORT = int(os.environ["SCHALTER_TEST_PORT"])
SOURCE = os.environ.get("SCHALTER_SOURCE", os.getcwd())
DATA = os.path.join(TMP, "data")
ENV = dict(os.environ, SCHALTER_SERVICES=f"{SOURCE}/services", SCHALTER_PLACES=f"{SOURCE}/places")


class Server:
    """One schalter serve; waits for its line."""

    def __init__(self, *args, env=ENV, port=PORT, data=DATA, demo=True):
        self.err = open(os.path.join(TMP, "serve.err"), "w+")
        call = [BIN, "serve", "--port", str(port), "--data", data, *(["--demo"] if demo else []), *args]
        self.started = time.monotonic()
        self.process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=self.err, text=True, env=env)
        self.line = self.process.stdout.readline().strip()
        self.took = time.monotonic() - self.started

    def said(self):
        self.err.seek(0)
        return self.err.read()

    def stop(self, sig=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(sig)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code

    def __enter__(self):
        assert self.line == f"Schalter is ready: http://127.0.0.1:{PORT}/", (self.line, self.said()[-2000:])
        return self

    def __exit__(self, *_):
        self.stop()


def tool(*args, data=DATA, env=ENV, **more):
    return subprocess.run([BIN, *args, "--data", data, "--demo"], capture_output=True, text=True, env=env, timeout=60, stdin=subprocess.DEVNULL, **more)


def get(path, port=PORT, host=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


@tap.case("a first start makes 434 tenants and clerks with one-time links, and never a password")
def _():
    with Server() as s:
        said = s.said()
        links = re.findall(r"http://amt\.localhost:%d/einrichten/\S+" % PORT, said)
        assert len(links) >= 9 and len(set(links)) == len(links), said
        listed = tool("tenant", "list", "--all").stdout.splitlines()
        assert len(listed) == 1 + 435, len(listed)  # a heading, 434 authorities and the portal
        assert s.took < 10, s.took


@tap.case("a second start keeps the clerks, prints no links, and answers at once")
def _():
    with Server() as s:
        assert "einrichten" not in s.said()
        status, body, headers = get("/")
        assert status == 200 and "<h1" in body
        assert headers["X-Robots-Tag"] == "noindex"


@tap.case("a demonstration says so on every page, and listens on IPv6, too")
def _():
    with Server():
        assert "demo" in get("/")[1].lower()
        with socket.create_connection(("::1", PORT), timeout=5) as c:
            c.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % PORT)
            assert b"200 OK" in c.recv(4096)


@tap.case("a second process on the same data gets a message that names the first, and harms nothing")
def _():
    with Server() as s:
        again = tool("serve", "--port", str(PORT + 1))
        assert again.returncode == 1 and str(s.process.pid) in again.stderr and "--data" in again.stderr, again
        assert get("/healthz")[0] == 200


@tap.case("a taken port gets a message that says which option helps")
def _():
    with Server():
        other = tool("serve", "--port", str(PORT), data=os.path.join(TMP, "other"))
        assert other.returncode == 1 and "--port" in other.stderr, other


@tap.case("tools work beside a running server and without one, with the same words")
def _():
    with Server():
        added = tool("clerk", "add", "probe", "--tenant", "radebeul", "--name", "Probe Person")
        assert added.returncode == 0 and "/einrichten/" in added.stdout, added
        twice = tool("clerk", "add", "probe", "--tenant", "radebeul", "--name", "Probe Person")
        assert twice.returncode == 1 and "already" in twice.stderr, twice
        inside = tool("clerk", "list", "--tenant", "radebeul")
    alone = tool("clerk", "list", "--tenant", "radebeul")
    assert inside.returncode == alone.returncode == 0 and inside.stdout == alone.stdout and "probe" in alone.stdout, (inside, alone)


@tap.case("the control socket ends with the server, and one that was left behind does not hinder")
def _():
    with Server() as s:
        os.kill(s.process.pid, signal.SIGKILL)
        s.process.wait(timeout=10)
    assert os.path.exists(os.path.join(DATA, "control.sock"))
    with Server():
        assert tool("tenant", "show", "leipzig").returncode == 0
    assert not os.path.exists(os.path.join(DATA, "control.sock"))


@tap.case("SIGINT and SIGTERM end it with status 0, also while connections are open")
def _():
    for sig in (signal.SIGINT, signal.SIGTERM):
        with Server() as s:
            with socket.create_connection(("127.0.0.1", PORT), timeout=5):
                started = time.monotonic()
                code = s.stop(sig)
            assert code == 0, (sig, code, s.said()[-500:])
            assert time.monotonic() - started < 10


@tap.case("a supervisor that asks for it is told when it answers")
def _():
    path = os.path.join(TMP, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as waiting:
        waiting.bind(path)
        waiting.settimeout(10)
        with Server(env=dict(ENV, NOTIFY_SOCKET=path)):
            assert waiting.recv(100) == b"READY=1"
        assert waiting.recv(100) == b"STOPPING=1"


@tap.case("metrics have a listener of their own and are never on the public port")
def _():
    with Server("--metrics", f"127.0.0.1:{PORT + 2}"):
        assert get("/metrics")[0] == 404
        before = float(re.search(r'schalter_requests_total\{class="4xx"\} (\d+)', get("/metrics", PORT + 2)[1])[1])
        assert get("/nichts/davon/gibt-es")[0] == 404
        status, text, _ = get("/metrics", PORT + 2)
        assert status == 200 and float(re.search(r'schalter_requests_total\{class="4xx"\} (\d+)', text)[1]) == before + 1, text
        assert get("/", PORT + 2)[0] == 404
        for line in text.splitlines():
            assert re.fullmatch(r"# (HELP|TYPE) \S+ .+|schalter_\w+(\{[^}]*\})? [0-9.e+-]+", line), line


@tap.case("the sandbox is closed: no new privileges, a seccomp filter on every thread, no core file")
def _():
    with Server() as s:
        for thread in os.listdir(f"/proc/{s.process.pid}/task"):
            try:
                status = open(f"/proc/{s.process.pid}/task/{thread}/status").read()
            except PermissionError:  # not dumpable: its files belong to root
                raise AssertionError("the status of the process cannot be read here") from None
            assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status, status
        assert '"event":"sandbox"' in s.said()


@tap.case("without --demo nothing is made up: a missing master key is refused with what to do")
def _():
    done = subprocess.run([BIN, "serve", "--data", os.path.join(TMP, "real"), "--port", str(PORT)], capture_output=True, text=True, env=ENV, timeout=60)
    assert done.returncode == 1 and "master_key_file" in done.stderr and "openssl rand -hex 32" in done.stderr, done


@tap.case("a wrong master key is refused before anything is written")
def _():
    key = os.path.join(TMP, "other.key")
    with open(key, "w") as f:
        f.write("ab" * 32 + "\n")
    done = tool("serve", "--port", str(PORT), "--master-key-file", key)
    assert done.returncode == 1 and "key" in done.stderr, done
    with Server():
        assert get("/healthz")[0] == 200


@tap.case("an origin of plain http for others, and the stand-in identity on https, are refused")
def _():
    for args, word in (
        (["--origin", "http://schalter.example.de"], "https"),
        (["--origin", "https://schalter.example.de/"], "origin"),
        (["--origin", "https://schalter.example.de", "--identity-url", "http://127.0.0.1:1"], "identity_url"),
        (["--origin", "https://schalter.example.de", "--clerk-origin", "https://schalter.example.de"], "clerk_origin"),
    ):
        done = tool("serve", "--port", str(PORT), *args)
        assert done.returncode == 1 and word in done.stderr, (args, done)


@tap.case("doctor: status 0 for a demonstration, 1 when the key lies in the data folder or others may read it")
def _():
    fine = tool("doctor")
    assert fine.returncode == 0, fine
    with Server():
        inside = tool("doctor")
        assert inside.returncode == 0 and "runs on" in inside.stdout, inside
    os.chmod(DATA, 0o755)
    wide = tool("doctor")
    os.chmod(DATA, 0o700)
    assert wide.returncode == 1 and "chmod 0700" in wide.stdout, wide
    real = subprocess.run([BIN, "doctor", "--data", DATA, "--master-key-file", os.path.join(DATA, "master.key")], capture_output=True, text=True, env=ENV, timeout=60)
    assert real.returncode == 1 and "lies in the data folder" in real.stdout, real


@tap.case("wrong calls have status 2 and say what is right")
def _():
    for args, word in (
        (["nix"], "no command"),
        (["clerk"], "clerk add"),
        (["serve", "--prot", "1"], "--prot"),
        (["serve", "--port", "x"], "number"),
        (["serve", "--port"], "value"),
        (["clerk", "add"], "missing"),
        (["case", "show", "S26-AAAA-BBBB", "zuviel"], "too much"),
    ):
        done = subprocess.run([BIN, *args], capture_output=True, text=True, env=ENV, timeout=60)
        assert done.returncode == 2 and word in done.stderr, (args, done)
    for args in (["--help"], ["clerk", "--help"], ["clerk", "add", "--help"], ["serve", "-h"], ["--version"]):
        done = subprocess.run([BIN, *args], capture_output=True, text=True, env=ENV, timeout=60)
        assert done.returncode == 0 and done.stdout and not done.stderr, (args, done)


@tap.case("check finds nothing in the shipped services, and names file and line of a planted error")
def _():
    fine = subprocess.run([BIN, "check", f"{SOURCE}/services"], capture_output=True, text=True, env=ENV, timeout=120)
    assert fine.returncode == 0 and fine.stdout == "", fine
    copy = os.path.join(TMP, "services")
    subprocess.run(["cp", "-R", f"{SOURCE}/services", copy], check=True)
    form = os.path.join(copy, "geburtsurkunde", "form.yaml")
    text = open(form).read()
    with open(form, "w") as f:
        f.write(text.replace("type: date", "type: dote", 1))
    line = text[: text.index("type: date")].count("\n") + 1
    bad = subprocess.run([BIN, "check", os.path.join(copy, "geburtsurkunde")], capture_output=True, text=True, env=ENV, timeout=120)
    assert bad.returncode == 1 and f"form.yaml:{line}:" in bad.stdout, bad


@tap.case("keys and schemas stand where receipts and software look for them")
def _():
    with Server():
        status, body, _ = get("/.well-known/schalter-keys.json")
        keys = json.loads(body)["keys"]
        assert status == 200 and keys and all(k["crv"] == "P-256" and "d" not in k for k in keys)
        page = get("/leipzig/leistung/geburtsurkunde")[1]
        path = re.search(r'href="(/schema/[0-9a-f]{64}\.json)"', page)
        if path:
            status, body, headers = get(path[1])
            assert status == 200 and json.loads(body)["$schema"].endswith("2020-12/schema") and "immutable" in headers["Cache-Control"]
        assert get("/schema/" + "0" * 64 + ".json")[0] == 404
        assert get("/schema/x.json")[0] == 404


@tap.case("a host that is not ours gets a page that names ours, and nothing else")
def _():
    with Server():
        status, body, _ = get("/", host="evil.example")
        assert status == 421 and f"http://localhost:{PORT}" in body


def handed_over(sock):
    """schalter serve as systemd starts it with a socket unit: the listening socket is descriptor 3."""
    call = f'exec 3<&{sock.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@"'
    process = subprocess.Popen(["bash", "-c", call, BIN, "serve", "--data", DATA, "--demo", "--port", str(PORT)], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, env=ENV, pass_fds=(sock.fileno(),))
    return process, process.stdout.readline().strip()


@tap.case("with a socket that is handed over a restart refuses no connection: who asks meanwhile waits and gets the page")
def _():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(64)
        port = sock.getsockname()[1]
        first, line = handed_over(sock)
        try:
            assert line == f"Schalter is ready: http://127.0.0.1:{port}/", line
            assert get("/healthz", port)[0] == 200
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=20) == 0
            waiting = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(5)]  # nobody serves at this moment
            for s in waiting:
                s.sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        finally:
            first.kill()
            first.stdout.close()
        second, line = handed_over(sock)
        try:
            assert line.startswith("Schalter is ready"), line
            for s in waiting:
                assert s.recv(100).startswith(b"HTTP/1.1 200"), "a connection was lost"
                s.close()
        finally:
            second.terminate()
            assert second.wait(timeout=20) == 0
            second.stdout.close()


@tap.case("a socket on another address than loopback is refused")
def _():
    with socket.socket() as sock:
        sock.bind(("0.0.0.0", 0))
        sock.listen(1)
        process, line = handed_over(sock)
        assert not line and process.wait(timeout=20) != 0, line
        process.stdout.close()


tap.main()
