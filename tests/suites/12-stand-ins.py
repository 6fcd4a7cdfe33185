#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The stand-ins of the demonstration as processes: the mail relay that delivers nothing, the identity service that proves nothing."""
import json
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from email.message import EmailMessage

sys.path.insert(0, "tools")
import tap

BUILD = os.environ.get("SCHALTER_BUILD", "build")


class Started:
    """A program that prints one line when it can answer."""

    def __init__(self, *args):
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def sink(directory):
    return Started("tests/support/smtp_sink", "--dir", directory)


def addresses(started):
    words = started.line.split()  # smtp_sink: smtp 127.0.0.1:N http 127.0.0.1:M
    return int(words[2].rsplit(":", 1)[1]), f"http://{words[4]}"


def get(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def mail(to, subject="Bestätigen Sie <bitte>", text="Guten Tag,\n\nhttp://localhost:8080/x?a=1&b=2\n.Punkt\n"):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = "noreply@schalter.example", to, subject
    m.set_content(text)
    return m


@tap.case("a mail is kept as it was sent, shown as a page, and found by its receiver")
def _():
    with tempfile.TemporaryDirectory() as d, sink(d) as s:
        port, web = addresses(s)
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(mail("erika@example.org"))
            client.send_message(mail("max@example.org", "Zweite"))
        found = json.loads(get(web + "/list.json?to=erika@example.org")[1])
        assert [m["subject"] for m in found] == ["Bestätigen Sie <bitte>"], found
        assert "\n.Punkt\n" in found[0]["text"]
        page = get(f"{web}/{found[0]['n']}")[1]
        assert "Bestätigen Sie &lt;bitte&gt;" in page and 'href="http://localhost:8080/x?a=1&amp;b=2"' in page
        listed = get(web + "/")[1]
        assert listed.index("Zweite") < listed.index("Bestätigen") and "nicht verschickt" in listed
        assert get(web + "/99")[0] == 404 and get(web + "/", Host="evil.example")[0] == 403
        assert sorted(os.listdir(d)) == ["00001.eml", "00002.eml"]


@tap.case("receivers that are to be refused are refused, for now or for good")
def _():
    with tempfile.TemporaryDirectory() as d, sink(d) as s:
        for name, code in (("refuse-a@b.example", 550), ("later-a@b.example", 451)):
            try:
                with smtplib.SMTP("127.0.0.1", addresses(s)[0]) as client:
                    client.send_message(mail(name))
                raise AssertionError(name)
            except smtplib.SMTPRecipientsRefused as e:
                assert e.recipients[name][0] == code, e
        assert os.listdir(d) == []


@tap.case("a mail that is cut off in the middle is not kept")
def _():
    with tempfile.TemporaryDirectory() as d, sink(d) as s:
        client = smtplib.SMTP("127.0.0.1", addresses(s)[0])
        client.helo("x")
        client.mail("a@b.example")
        client.rcpt("c@d.example")
        client.docmd("DATA")
        client.send(b"Subject: halb\r\n\r\nText")
        client.close()
        time.sleep(0.3)
        assert os.listdir(d) == []


@tap.case("the identity service calls itself by its address, and serves no other name")
def _():
    with Started(BUILD + "/schalter-identity", "--port", "0") as s:
        issuer = s.line.split(": ", 1)[1]
        about = json.loads(get(issuer + "/.well-known/openid-configuration")[1])
        assert about["issuer"] == issuer and issuer.startswith("http://127.0.0.1:")
        assert get(issuer + "/jwks", Host="evil.example")[0] == 421
        assert "kein echter Anmeldedienst" in get(issuer + "/")[1]
        assert get(issuer + "/authorize?client_id=schalter&redirect_uri=https://evil.example/")[0] == 400


@tap.case("a taken port is named, a wrong option gets the usage")
def _():
    with Started(BUILD + "/schalter-identity", "--port", "0") as s:
        port = s.line.rsplit(":", 1)[1]
        done = subprocess.run([BUILD + "/schalter-identity", "--port", port], capture_output=True, text=True, timeout=10)
        assert done.returncode == 70 and "taken" in done.stderr, done
    done = subprocess.run([BUILD + "/schalter-identity", "--bind", "0.0.0.0"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 64 and "usage" in done.stderr, done


@tap.case("both end when the program that has started them is gone")
def _():
    with tempfile.TemporaryDirectory() as d:
        script = f"""{BUILD}/schalter-identity --port 0 --die-with-parent >{d}/identity &
tests/support/smtp_sink --dir {d}/mails --die-with-parent >{d}/sink &
exec sleep 60"""
        parent = subprocess.Popen(["sh", "-c", script])
        said = {}
        for _ in range(100):
            time.sleep(0.05)
            said = {n: open(f"{d}/{n}").read() for n in ("identity", "sink") if os.path.exists(f"{d}/{n}")}
            if len(said) == 2 and all(v.endswith("\n") for v in said.values()):
                break
        urls = [said["identity"].split(": ")[1].strip() + "/", "http://" + said["sink"].split()[4] + "/"]
        assert all(get(u)[0] == 200 for u in urls)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        alive = urls
        for _ in range(100):
            time.sleep(0.05)
            alive = [u for u in urls if answers(u)]
            if not alive:
                break
        assert not alive, alive


def answers(url):
    try:
        get(url)
        return True
    except OSError:
        return False


@tap.case("schalter-intake does nothing when somebody else starts it")
def _():
    done = subprocess.run([BUILD + "/schalter-intake"], capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    assert done.returncode == 64 and "started by schalter" in done.stderr, done


tap.main()
