#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What is shipped for operators: the backup while others write, the systemd unit, the papers."""
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, "tools")
import tap

TMP = Path(os.environ["SCHALTER_TEST_TMP"])
BACKUP = "deploy/backup/schalter-backup"


def data_folder(name):
    """Databases as Schalter's: WAL; content refers to keys that were durable before."""
    folder = TMP / name
    folder.mkdir()
    for file in ("main.db", "keys.db", "blobs.db"):
        db = sqlite3.connect(folder / file)
        db.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT);")
        db.executemany("INSERT INTO t (body) VALUES (?)", [("x" * 1000,)] * 20_000)
        if file == "keys.db":
            db.executescript("CREATE TABLE destroyed_key (key_id INTEGER PRIMARY KEY, destroyed_at INTEGER); INSERT INTO destroyed_key VALUES (77, 1), (5, 2);")
        db.commit()
        db.close()
    return folder


def backup(data, content, keys, *more):
    return subprocess.run([BACKUP, "--data", data, "--content", content, "--keys", keys, *more], capture_output=True, text=True)


@tap.case("a backup taken while others write is whole, and holds the key of every case in it")
def _():
    data, stop, errors = data_folder("live"), threading.Event(), []

    def write():
        keys, main = (sqlite3.connect(data / f, timeout=30) for f in ("keys.db", "main.db"))
        while not stop.is_set():
            try:
                for db in (keys, main):  # first the key, then the case that needs it
                    db.execute("INSERT INTO t (body) VALUES ('y')")
                    db.commit()
            except sqlite3.Error as error:
                errors.append(error)
                return

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.2)
    done = backup(data, TMP / "content", TMP / "keys")
    stop.set()
    thread.join()
    assert done.returncode == 0 and not errors, (done, errors)
    (content,), (keys,) = list((TMP / "content").iterdir()), list((TMP / "keys").iterdir())
    assert sorted(p.name for p in content.iterdir()) == ["blobs.db", "destroyed-keys.txt", "main.db"], list(content.iterdir())
    assert [line for line in (content / "destroyed-keys.txt").read_text().splitlines() if line[0] != "#"] == ["5", "77"]
    assert [p.name for p in keys.iterdir()] == ["keys.db"]

    def count(path):
        return sqlite3.connect(path).execute("SELECT count(*) FROM t").fetchone()[0]

    cases, slots = count(content / "main.db"), count(keys / "keys.db")
    assert 20_000 < cases <= slots, (cases, slots)
    assert content.stat().st_mode & 0o077 == 0 and (keys / "keys.db").stat().st_mode & 0o077 == 0


@tap.case("copies of the keys older than the days allowed are removed, those of the content stay")
def _():
    data = data_folder("old")
    for place in ("c2", "k2"):
        old = TMP / place / "2020-01-01T000000Z"
        old.mkdir(parents=True)
        os.utime(old, (time.time() - 40 * 86400,) * 2)
    done = backup(data, TMP / "c2", TMP / "k2", "--key-days", "30")
    assert done.returncode == 0, done
    assert not (TMP / "k2" / "2020-01-01T000000Z").exists() and (TMP / "c2" / "2020-01-01T000000Z").exists()
    assert len(list((TMP / "k2").iterdir())) == 1


@tap.case("keys below the content, or the other way round, are refused")
def _():
    data = data_folder("nested")
    for content, keys in (("n", "n/keys"), ("m/content", "m"), ("same", "same")):
        done = backup(data, TMP / content, TMP / keys)
        assert done.returncode == 1 and "must not lie below" in done.stderr, done


@tap.case("a damaged database makes the backup fail, and leaves nothing that looks whole")
def _():
    data = data_folder("damaged")
    with open(data / "main.db", "r+b") as f:
        f.seek(4096 * 3)
        f.write(b"\xff" * 4096 * 200)
    done = backup(data, TMP / "c3", TMP / "k3")
    assert done.returncode == 1 and "could not be copied" in done.stderr, done
    assert all(p.name.endswith(".part") for p in (TMP / "c3").iterdir())


@tap.case("systemd accepts the unit and rates its exposure below 2 of 10")
def _():
    if not shutil.which("systemd-analyze"):
        tap.skip("systemd-analyze is not installed")
    unit = TMP / "schalter.service"
    unit.write_text(Path("deploy/systemd/schalter.service").read_text().replace("/usr/local/bin/schalter", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert done.returncode == 0 and "schalter.service" not in done.stderr, done.stderr
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", unit], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-300:]


@tap.case("every file and setting that operating.md names is there")
def _():
    import re
    text = Path("docs/operating.md").read_text()
    for name in re.findall(r"\b(?:deploy|tools|tests)/[\w./-]*\w", text):
        assert Path(name).exists(), name
    table = Path("src/base/settings.def").read_text()
    jobs = Path("src/jobs/jobs.def").read_text()
    for line in text.splitlines():
        if line.startswith("| `"):
            for name in re.findall(r"`([a-z_]+)`", line.split("|")[1]):
                assert f"({name}," in table or f"JOB({name}," in jobs, name
    for name in re.findall(r"^SCHALTER_(\w+)=", Path("deploy/systemd/schalter.env.example").read_text(), re.M):
        assert f"({name.lower()}," in table, name


tap.main()
