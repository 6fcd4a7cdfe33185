#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Measures Schalter over HTTP on loopback: CPU of the server's process tree beside throughput. Called by ./bench.

Prints a table and writes build/bench.json. Each figure names its data set. Loads are bounded and end by themselves.
"""
import json, os, re, shutil, signal, subprocess, sys, tempfile, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
SCHALTER = os.environ.get("SCHALTER_BIN_RELEASE", os.path.join(BUILD, "schalter"))
HERE = os.path.dirname(os.path.abspath(__file__))
WANTED = sys.argv[1:]
sys.path.insert(0, HERE)
import bench_fim
import bench_form

PORT = int(os.environ.get("SCHALTER_BENCH_PORT", "8591"))
TICK = os.sysconf("SC_CLK_TCK")
CASES = int(os.environ.get("SCHALTER_BENCH_CASES", "100000"))
results, rows = {}, []

GOALS = {
    "page_start_cpu_us": "<= 45, aim 25", "page_form_cpu_us": "<= 45, aim 25", "page_start_rps": ">= 20000", "step_post_cpu_us": "<= 100",
    "journey_cpu_us": "<= 1000", "journey_alone_cpu_us": "-", "submit_rps": ">= 5000", "submit_p99_ms": "<= 15", "submit_rps_pg": ">= 2000",
    "inbox_cpu_us": "<= 500", "cold_start_ms": "<= 100", "rss_idle_mb": "<= 20", "first_visit_kb": "<= 100", "first_visit_requests": "<= 8", "pdf_ms": "<= 15",
    "form_273_fields_page_cpu_us": "<= 300", "journey_eval_2000_fields_us": "<= 500", "journey_eval_200_rows_us": "<= 500",
    "import_fim_ms": "<= 60", "overlay_publish_ms": "<= 50", "overlay_publish_state_ms": "<= 50",
}


def wanted(key):
    return not WANTED or any(key.startswith(w) for w in WANTED)


def put(key, value, data):
    results[key] = {"value": value, "goal": GOALS.get(key, ""), "data": data}
    print(f"{key:24} {value:>12}   goal {GOALS.get(key, ''):16} {data}", flush=True)


def cpu_of(pid):
    """User + system time of a process and its children in seconds, exited children included."""
    def one(p):
        with open(f"/proc/{p}/stat") as f:
            s = f.read().rsplit(") ", 1)[1].split()
        return (int(s[11]) + int(s[12]) + int(s[13]) + int(s[14])) / TICK
    total, todo = 0.0, [pid]
    while todo:
        p = todo.pop()
        try:
            total += one(p)
            for t in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{t}/children") as f:
                    todo += [int(c) for c in f.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


class Server:
    def __init__(self, data, extra=(), port=PORT):
        self.port = port
        self.log = open(data + ".log", "ab")
        env = dict(os.environ, SCHALTER_TRUSTED_PROXY="127.0.0.1")  # the generators speak for many addresses: the rate limit stays on
        t0 = time.monotonic()
        self.p = subprocess.Popen([SCHALTER, "serve", "--demo", "--port", str(port), "--data", data, "--services", services, "--places", os.path.join(ROOT, "places"), *extra],
                                  stdout=subprocess.PIPE, stderr=self.log, env=env)
        for line in self.p.stdout:
            if b"ready" in line:
                break
        else:
            raise SystemExit("bench: the server did not start; see " + self.log.name)
        self.start_ms = (time.monotonic() - t0) * 1000

    def cpu(self):
        return cpu_of(self.p.pid)

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        self.p.wait(20)


def load(server, *args, wait=False):
    """Runs the load generator; returns its result and the server's CPU seconds meanwhile (after "ready" where it prepares first)."""
    cmd = [load_bin, str(server.port), *map(str, args)]
    before = server.cpu()
    p = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE if wait else None, text=True)
    if wait:
        line = p.stderr.readline()
        if not line.startswith("ready"):
            raise SystemExit("bench: " + line + p.stderr.read())
        time.sleep(1)
        before = server.cpu()
        p.stdin.write("go\n")
        p.stdin.flush()
    out, _ = p.communicate(timeout=300)
    cpu = server.cpu() - before
    r = json.loads(out)
    if r["failures"]:
        raise SystemExit(f"bench: {cmd[2:4]}: {r['failures']} failures, first: {r['first_failure']}")
    return r, cpu


def wrk(server, path, seconds=4):
    before = server.cpu()
    out = subprocess.run(["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", os.path.join(HERE, "many.lua"), "-H", "Host: localhost:%d" % server.port, f"http://127.0.0.1:{server.port}{path}"],
                         capture_output=True, text=True, check=True).stdout
    cpu = server.cpu() - before
    n = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out:
        raise SystemExit("bench: not all answers of %s were 200" % path)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), cpu / n * 1e6


def pages(server, data):
    if wanted("page_start"):
        # three rounds of three seconds; the median of CPU counts, because the machine is shared
        runs = sorted((wrk(server, "/dresden", 3) for _ in range(3)), key=lambda r: r[1])
        put("page_start_cpu_us", round(runs[1][1], 1), data + ", start page of a town without session, wrk -c64, median of 3")
        put("page_start_rps", round(max(r[0] for r in runs)), data + ", best of 3, load generator on the other core")
    if wanted("page_form"):
        cookie, path = open_form(server)
        runs = []
        for _ in range(3):
            r, cpu = load(server, "get", path, 64, 60000, cookie)
            runs.append(cpu / r["requests"] * 1e6)
        put("page_form_cpu_us", round(sorted(runs)[1], 1), data + ", question page with session and draft, 64 clients, median of 3")


def open_form(server):
    """A session and the path of a question page, by hand with the standard library."""
    import http.client
    c = http.client.HTTPConnection("127.0.0.1", server.port)
    host = {"Host": f"localhost:{server.port}", "X-Forwarded-For": "10.255.0.%d" % (time.monotonic_ns() % 250)}

    def go(method, path, body=None, cookie=""):
        h = dict(host)
        if cookie:
            h["Cookie"] = "schalter=" + cookie
        if body is not None:
            h["Content-Type"] = "application/x-www-form-urlencoded"
        c.request(method, path, body, h)
        r = c.getresponse()
        return r, r.read().decode()
    r, _ = go("POST", "/dresden/leistung/messung/antrag", "csrf=-")
    cookie = re.search(r"schalter=([^;]+)", r.getheader("Set-Cookie")).group(1)
    r, _ = go("GET", r.getheader("Location"), cookie=cookie)
    return cookie, r.getheader("Location")


def journeys(server, data):
    answers = os.path.join(HERE, "answers.txt")
    path = "/dresden/leistung/messung"
    if wanted("step_post"):
        r, cpu = load(server, "steps", path, answers, 64, 3000)
        g, gcpu = load(server, "journey", path, answers, 64, 10)
        cookie, form = open_form(server)
        w, wcpu = load(server, "get", form, 64, 20000, cookie)
        get_us = wcpu / w["requests"] * 1e6
        gets = r["requests"] - r["posts"]
        put("step_post_cpu_us", round((cpu * 1e6 - gets * get_us) / r["posts"], 1),
            data + ", posts of six-page journeys at 64 clients, their pages' cost (page_form) taken off")
    if wanted("journey"):
        # others on the same machine push caches and frequency about: three rounds, the median counts, the best shows what the program can do
        runs = sorted((cpu / r["done"] * 1e6, r["requests"] / r["done"]) for r, cpu in (load(server, "journey", path, answers, 64, 2000) for _ in range(3)))
        put("journey_cpu_us", round(runs[1][0]), data + f", 64 concurrent, {runs[1][1]:.0f} requests each, durable and sealed; median of 3, best {runs[0][0]:.0f}, load {os.getloadavg()[0]:.1f}")
        r, cpu = load(server, "journey", path, answers, 1, 600)
        put("journey_alone_cpu_us", round(cpu / 600 * 1e6), data + ", one alone")
    if wanted("submit_rps"):
        r, cpu = load(server, "submit", path, answers, 128, 20000, wait=True)
        put("submit_rps", round(r["done"] / r["seconds"]), data + f", 128 clients, SQLite FULL; {cpu / r['done'] * 1e6:.0f} us CPU each, p99 {r['p99_ms']} ms")
    if wanted("submit_p99"):
        runs = sorted((r["p99_ms"], r["p50_ms"]) for r, _ in (load(server, "submit-open", path, answers, 2000, 10000, wait=True) for _ in range(3)))
        put("submit_p99_ms", runs[1][0], data + f", open loop 2,000/s for 5 s, p50 {runs[1][1]} ms; median of 3, best {runs[0][0]}, load {os.getloadavg()[0]:.1f}")


def main():
    global services, load_bin
    os.makedirs(BUILD, exist_ok=True)
    tmp = tempfile.mkdtemp(prefix="schalter-bench-", dir=os.environ.get("SCHALTER_BENCH_TMP") or os.path.join(ROOT, "build"))
    load_bin = os.path.join(tmp, "load")
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", load_bin, os.path.join(HERE, "load.c")], check=True)
    services = os.path.join(tmp, "services")
    shutil.copytree(os.path.join(ROOT, "services"), services)
    shutil.copytree(os.path.join(HERE, "services", "messung"), os.path.join(services, "messung"))
    data = os.path.join(tmp, "data")
    name = "six services and the measuring one, 434 tenants"
    try:
        s = Server(data)
        s.stop()
        starts = []
        for _ in range(5):
            s = Server(data)
            starts.append(s.start_ms)
            time.sleep(1)
            with open(f"/proc/{s.p.pid}/status") as f:
                rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024
            s.stop()
        if wanted("cold_start"):
            put("cold_start_ms", round(sorted(starts)[2]), name + f", start to first answer, median of 5, best {min(starts):.0f}, load {os.getloadavg()[0]:.1f}")
        if wanted("rss_idle"):
            put("rss_idle_mb", round(rss, 1), name + ", main process one second after start")
        if wanted("form_273_fields_page"):
            bench_form.add_service(services)
        s = Server(data)
        try:
            pages(s, name)
            journeys(s, name)
            extra(s, data, name)
        finally:
            s.stop()
        if wanted("submit_rps_pg"):
            postgres(tmp, name)
    finally:
        if not os.environ.get("SCHALTER_BENCH_KEEP"):
            shutil.rmtree(tmp, ignore_errors=True)
    with open(os.path.join(BUILD, "bench.json"), "w") as f:
        json.dump(results, f, indent=1)
        f.write("\n")


def extra(server, data, name):
    """Figures that need the clerk's side; see bench_more.py."""
    import bench_more
    bench_more.measure(server, data, name, wanted, put, load, load_bin, CASES)
    bench_fim.measure(SCHALTER, wanted, put)
    bench_form.measure(server, name, wanted, put, load, bench_more.Browser, bench_more.Form)


def postgres(tmp, name):
    import bench_more
    bench_more.postgres(tmp, name, put, Server, load)


if __name__ == "__main__":
    sys.path.insert(0, HERE)
    main()
