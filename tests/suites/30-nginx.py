#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The shipped nginx configuration: what it keeps from disk, logs and the program, and what it lets through.

nginx runs as shipped (deploy/nginx) in front of a small recorder that says what reached it, and which misbehaves on demand.
"""
import http.client
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path[:0] = ["tools", "tests/support"]
import tap
from counter import Counter

TMP = Path(os.environ["SCHALTER_TEST_TMP"])
PORT = int(os.environ["SCHALTER_TEST_PORT"])
HTTP, HTTPS, BACKEND, NOBODY = PORT, PORT + 1, PORT + 2, PORT + 3
HOST = "schalter.localhost"
NGINX = os.environ.get("SCHALTER_NGINX")
CANARY = "geheimer-kanarienvogel"


class Recorder(threading.Thread):
    """A server of one answer a connection. Paths: /drop closes without an answer; /big sends 20 MB; else 200."""

    def __init__(self):
        super().__init__(daemon=True)
        self.requests = []  # (head, bytes of body seen, time of the first byte of the body)
        self.socket = socket.create_server(("127.0.0.1", BACKEND))

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with connection:
                self.answer(connection)
        except OSError:
            pass  # the proxy has hung up

    def answer(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        head = head.decode()
        record = {"head": head, "body": len(body), "first": time.monotonic() if body else None}
        self.requests.append(record)
        path = head.split()[1]
        if path.startswith("/drop"):
            return
        length = next((int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
        while record["body"] < length:
            part = connection.recv(65536)
            if not part:
                return
            record["first"] = record["first"] or time.monotonic()
            record["body"] += len(part)
        size = 20_000_000 if path.startswith("/big") else 2
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Route: test_route\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size)
        connection.sendall(b"x" * size)


recorder = None
nginx = None


def files_below(folder):
    return [p for p in folder.rglob("*") if p.is_file()]


def start():
    """nginx with the shipped configuration; once, by the first case."""
    global recorder, nginx
    if nginx:
        return
    if not NGINX:
        tap.skip("nginx is not installed")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},DNS:*.{HOST}",
                    "-keyout", TMP / "key.pem", "-out", TMP / "cert.pem"], check=True, capture_output=True)
    conf = subprocess.run(["deploy/nginx/make-conf", "--host", HOST, "--certificate", TMP / "cert.pem", "--certificate-key",
                           TMP / "key.pem", "--backend", f"127.0.0.1:{BACKEND}", "--log-dir", TMP, "--http-port", str(HTTP),
                           "--https-port", str(HTTPS)], check=True, capture_output=True, text=True).stdout
    (TMP / "schalter.conf").write_text(conf)
    (TMP / "temp").mkdir()
    temp = "\n".join(f"\t{kind}_temp_path {TMP}/temp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (TMP / "nginx.conf").write_text(
        f"daemon off;\npid {TMP}/nginx.pid;\nworker_processes 1;\nerror_log {TMP}/main.log emerg;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\n{temp}\n\tinclude {TMP}/schalter.conf;\n}}\n")
    recorder = Recorder()
    recorder.start()
    nginx = subprocess.Popen([NGINX, "-e", TMP / "main.log", "-p", TMP, "-c", TMP / "nginx.conf"])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", HTTPS), 1).close()
            return
        except OSError:
            assert nginx.poll() is None, (TMP / "main.log").read_text()
            time.sleep(0.1)
    raise AssertionError("nginx does not answer")


def tls():
    context = ssl.create_default_context(cafile=str(TMP / "cert.pem"))
    return context


def connect(alpn=None):
    context = tls()
    if alpn:
        context.set_alpn_protocols(alpn)
    raw = socket.create_connection(("127.0.0.1", HTTPS), 30)
    return context.wrap_socket(raw, server_hostname=HOST)


def request(method, path, body=None, headers=None):
    connection = http.client.HTTPSConnection("127.0.0.1", HTTPS, timeout=30, context=tls())
    connection.sock = connect()
    connection.request(method, path, body, {"Host": f"{HOST}:{HTTPS}", **(headers or {})})
    reply = connection.getresponse()
    return reply.status, dict(reply.getheaders()), reply.read()


def logs():
    time.sleep(0.2)
    return "".join((TMP / name).read_text() for name in ("schalter.log", "schalter-error.log", "main.log") if (TMP / name).exists())


@tap.case("the shipped configuration is valid for nginx")
def _():
    start()
    done = subprocess.run([NGINX, "-t", "-q", "-e", TMP / "main.log", "-p", TMP, "-c", TMP / "nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0 and "warn" not in done.stderr, done.stderr


@tap.case("the program gets the client's real address, never the one that the client claims")
def _():
    start()
    status, _, _ = request("GET", "/", headers={
        "X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.8", "X-Real-IP": "198.51.100.9", "X-Forwarded-Host": "evil.example"})
    head = recorder.requests[-1]["head"]
    assert status == 200
    assert "X-Forwarded-For: 127.0.0.1\r\n" in head + "\r\n", head
    assert "198.51.100" not in head and "evil.example" not in head, head
    assert f"Host: {HOST}:{HTTPS}" in head, head


@tap.case("the log names the route and never path, query, address, agent or referrer; the client does not see the route")
def _():
    start()
    status, headers, _ = request("GET", f"/{CANARY}?geheim={CANARY}", headers={"User-Agent": CANARY, "Referer": f"https://{CANARY}.example/"})
    assert status == 200 and "X-Route" not in headers, headers
    text = logs()
    assert "200 GET test_route" in text, text
    assert CANARY not in text and "127.0.0.1" not in text, text


@tap.case("failures are logged without path and address, too, and get a page that says what to do")
def _():
    start()
    status, headers, body = request("GET", f"/drop/{CANARY}")
    assert status == 503 and "Gleich wieder da" in body.decode() and headers["Retry-After"] == "30", (status, body)
    text = logs()
    assert CANARY not in text and "127.0.0.1" not in text, text
    assert " 503 GET - " in text, text


@tap.case("a form whose reply is lost is passed on once, not again")
def _():
    start()
    before = len(recorder.requests)
    status, _, _ = request("POST", "/drop", "a=b", {"Content-Type": "application/x-www-form-urlencoded"})
    time.sleep(0.5)
    assert status == 503 and len(recorder.requests) == before + 1, len(recorder.requests) - before


@tap.case("an upload streams through: the program sees its begin before the client has sent its end, and no file is written")
def _():
    start()
    before = len(recorder.requests)
    with connect() as client:
        client.sendall(f"POST /upload HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 3000000\r\n\r\n".encode() + b"a" * 1_500_000)
        time.sleep(1)
        begun = time.monotonic()
        assert len(recorder.requests) == before + 1 and recorder.requests[-1]["body"] > 100_000, recorder.requests[before:]
        assert files_below(TMP / "temp") == []
        client.sendall(b"a" * 1_500_000)
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    assert recorder.requests[-1]["first"] < begun and recorder.requests[-1]["body"] == 3_000_000


@tap.case("a large reply to a slow reader is not put into a file")
def _():
    start()
    with connect() as client:
        client.sendall(f"GET /big HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        client.recv(1000)
        time.sleep(1)
        assert files_below(TMP / "temp") == []
        got = 0
        while part := client.recv(1 << 20):
            got += len(part)
        assert got > 19_000_000, got


@tap.case("an upload of 5 GB is refused at once, in words")
def _():
    start()
    with connect() as client:
        started = time.monotonic()
        client.sendall(f"POST /upload HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5000000000\r\n\r\n".encode())
        reply = client.recv(4096).decode()
        assert reply.startswith("HTTP/1.1 413") and time.monotonic() - started < 2, reply
        while len(reply) < 300 and (part := client.recv(4096)):
            reply += part.decode()
        assert "kleinere Datei" in reply, reply


@tap.case("plain http leads to https, with path and query")
def _():
    start()
    connection = http.client.HTTPConnection("127.0.0.1", HTTP, timeout=10)
    connection.request("GET", "/dresden?lang=en", headers={"Host": HOST})
    reply = connection.getresponse()
    assert reply.status == 308 and reply.getheader("Location") == f"https://{HOST}:{HTTPS}/dresden?lang=en", reply.getheaders()
    assert "dresden" not in logs()


@tap.case("HTTP/2 is offered, TLS 1.3 is spoken")
def _():
    start()
    with connect(["h2", "http/1.1"]) as client:
        assert client.selected_alpn_protocol() == "h2" and client.version() == "TLSv1.3"


@tap.case("slow headers are cut off after ten seconds, while others are served")
def _():
    start()
    with connect() as client:
        client.settimeout(1)
        client.sendall(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        closed = None
        for number in range(20):
            try:
                client.sendall(f"X-Slow-{number}: 1\r\n".encode())
                if client.recv(100) == b"":
                    closed = time.monotonic() - started
                    break
            except TimeoutError:
                continue
            except OSError:
                closed = time.monotonic() - started
                break
            if number == 3:
                assert request("GET", "/")[0] == 200
        assert closed and 8 < closed < 14, closed


@tap.case("a flood from one address is answered with 429 and a hint")
def _():
    start()
    connection = http.client.HTTPSConnection("127.0.0.1", HTTPS, timeout=30, context=tls())
    connection.sock = connect()
    found = None
    for _ in range(600):
        connection.request("GET", "/", headers={"Host": HOST})
        reply = connection.getresponse()
        body = reply.read().decode()
        if reply.status == 429:
            found = (reply.getheader("Retry-After"), body)
            break
    assert found and found[0] == "5" and "ein paar Sekunden" in found[1], found


@tap.case("the program itself behind it: the session's cookie is __Host- and Secure, HSTS is said once")
def _():
    if not NGINX:
        tap.skip("nginx is not installed")
    folder = TMP / "behind"
    (folder / "temp").mkdir(parents=True)
    http_port, https_port, backend = PORT + 4, PORT + 5, PORT + 6
    if not (TMP / "cert.pem").exists():
        start()
    origin = f"https://{HOST}:{https_port}"
    counter = Counter(str(folder), backend, extra=["--origin", origin, "--clerk-origin", f"https://amt.{HOST}:{https_port}"])
    conf = subprocess.run(["deploy/nginx/make-conf", "--host", HOST, "--certificate", TMP / "cert.pem", "--certificate-key", TMP / "key.pem",
                           "--backend", f"127.0.0.1:{backend}", "--log-dir", folder, "--http-port", str(http_port), "--https-port", str(https_port)],
                          check=True, capture_output=True, text=True).stdout
    (folder / "schalter.conf").write_text(conf)
    temp = "\n".join(f"\t{kind}_temp_path {folder}/temp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nworker_processes 1;\nerror_log {folder}/main.log emerg;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\n{temp}\n\tinclude {folder}/schalter.conf;\n}}\n")
    proxy = None
    try:
        counter.start()
        proxy = subprocess.Popen([NGINX, "-e", folder / "main.log", "-p", folder, "-c", folder / "nginx.conf"])

        def ask(method, path, body=None, cookie=None, host=HOST):
            client = http.client.HTTPSConnection("127.0.0.1", https_port, timeout=20, context=tls())
            client.sock = tls().wrap_socket(socket.create_connection(("127.0.0.1", https_port), 20), server_hostname=HOST)
            headers = {"Host": f"{host}:{https_port}", "Origin": origin}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            if cookie:
                headers["Cookie"] = cookie
            client.request(method, path, body, headers)
            reply = client.getresponse()
            return reply, reply.read().decode("utf-8", "replace")
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", https_port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        reply, _ = ask("POST", "/dresden/leistung/messung/antrag", "csrf=-")
        assert reply.status == 303, (reply.status, reply.getheaders())
        cookies = [v for k, v in reply.getheaders() if k.lower() == "set-cookie"]
        assert len(cookies) == 1 and cookies[0].startswith("__Host-schalter="), cookies
        assert all(word in cookies[0] for word in ("; Secure", "HttpOnly", "SameSite=Lax", "Path=/")) and "Domain" not in cookies[0], cookies
        for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
            found = [v for k, v in reply.getheaders() if k.lower() == name.lower()]
            assert len(found) == 1, (name, found)
        assert not [k for k, _ in reply.getheaders() if k.lower() in ("x-route", "x-powered-by")], reply.getheaders()
        session = cookies[0].split(";")[0]
        where = reply.getheader("Location")
        reply, _ = ask("GET", where, cookie=session)
        assert reply.status == 303, reply.status
        reply, page = ask("GET", reply.getheader("Location"), cookie=session)
        assert reply.status == 200 and 'name="csrf"' in page
        # the same cookie under the plain name is no session
        reply, _ = ask("GET", where, cookie=session.replace("__Host-", ""))
        assert reply.status in (401, 403, 404), reply.status
        log = (folder / "schalter.log").read_text()
        assert "POST draft_start" in log and where not in log and "dresden" not in log, log
    finally:
        if proxy:
            proxy.terminate()
            proxy.wait(10)
        counter.close()


@tap.case("make-conf refuses values that could end a directive")
def _():
    done = subprocess.run(["deploy/nginx/make-conf", "--host", "a;b", "--certificate", "c", "--certificate-key", "k"], capture_output=True, text=True)
    assert done.returncode == 1 and '"a;b"' in done.stderr, done


try:
    tap.main()
finally:
    if nginx:
        nginx.terminate()
        nginx.wait(10)
