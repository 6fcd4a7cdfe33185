#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The law of place: what the program says against a second, independent computation (tests/model/responsibility.py).

timeout: 120
"""
import csv
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "model"))
import responsibility as model  # noqa: E402
import tap  # noqa: E402

PROGRAM = str(ROOT / "build" / "schalter")
# Rules of the program and the class of the model that speaks of the same; services are compared whatever rule they name.
SAME = {"gemeinde": "own", "gemeinde-weisung": "instructed", "kreis": "district", "kreis-strassenverkehr": "traffic",
        "wohngeld": "housing-benefit", "standesamt": "civil-status", "bauaufsicht": "building", "land": "fishing"}
PACKAGES = {p.parent.name for p in ROOT.glob("services/*/service.yaml")}


def table(name):
    with open(model.FIXTURE / name, encoding="utf-8") as f:
        return list(csv.DictReader((line for line in f if not line.startswith("#")), delimiter="\t"))


def by_rule():
    rules = {}
    for row in table("expected.tsv"):
        rules.setdefault(row["rule"], {})[row["ags"]] = row
    return rules


EXPECTED = by_rule()


def ask(*args):
    return subprocess.run([PROGRAM, "place", "responsible", *args], capture_output=True, text=True, timeout=60, cwd=ROOT)


def said(name):
    done = ask(name, "--json")
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def differences(name, rule, said_by_program):
    """One line for each place where the two do not agree on who acts, or on whether that is certain."""
    answers = {a["ags"]: a for a in said_by_program["answers"]}
    assert answers.keys() == EXPECTED[rule].keys(), f"{name}: not the same places"
    out = []
    for ags, want in EXPECTED[rule].items():
        got = answers[ags]
        acting = "" if want["acting"].startswith(("land:", "bund:")) else want["acting"]
        if (got["acting"], got["confirmed"]) != (acting, want["state"] == "certain"):
            out.append(f"{name} in {want['place']}: program {got['acting'] or 'no tenant'}, confirmed {got['confirmed']} ({got['basis']}, {got['doubt']});"
                       f" model {want['acting']}, {want['state']} ({want['reason']}; {want['source']})")
    return out


@tap.case("the fixture is what the model computes")
def _():
    places = model.Places()
    for name, rule in model.RULES.items():
        for m in places.all:
            row = EXPECTED[name][m["ags"]]
            assert (row["acting"], row["state"], row["reason"], row["source"]) == tuple(rule(places, m)), row
    assert [(r["service"], r["rule"], r["place_of"]) for r in table("services.tsv")] == [s[:3] for s in model.services()]
    assert {len(v) for v in EXPECTED.values()} == {418} and len(table("services.tsv")) == 69


@tap.case("a hundred answers checked by hand agree with the fixture")
def _():
    rows = table("hand-checked.tsv")
    assert len({(r["rule"], r["ags"]) for r in rows}) == 100
    wrong = [r for r in rows if (r["acting"], r["state"]) != tuple(EXPECTED[r["rule"]][r["ags"]][k] for k in ("acting", "state"))]
    assert not wrong, wrong


@tap.case("every rule of the program is compared, and agrees in all 418 municipalities")
def _():
    assert {r["rule"] for r in model.rows("rules.csv")} == SAME.keys()
    wrong = [line for rule, same in SAME.items() for line in differences(rule, same, said(rule))]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:20]])


@tap.case("every service with a package agrees: who acts, and where the rule looks")
def _():
    services, wrong = {r["service"]: r for r in table("services.tsv")}, []
    compared = PACKAGES & services.keys()
    assert compared
    for service in sorted(compared):
        answer, row = said(service), services[service]
        wrong += differences(service, row["rule"], answer)
        if answer["place_of"] != row["place_of"]:
            wrong.append(f"{service}: program looks at {answer['place_of']}, model at {row['place_of']} ({row['place_of_from']})")
    print("# without a package yet:", len(services.keys() - PACKAGES), "of", len(services), *sorted(services.keys() - PACKAGES))
    print("# packages that the table does not know:", *sorted(PACKAGES - services.keys()) or ["none"])
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:20]])


@tap.case("who asks wrongly is told what to do; one place is answered in words")
def _():
    for args, word in ((("nothing",), "rules.csv"), (("../services/hundesteuer-anmeldung",), "neither"), (("gemeinde", "atlantis"), "no place"),
                       (("gemeinde", "atlantis", "--json"), "no place")):
        done = ask(*args)
        assert done.returncode == 1 and word in done.stderr and not done.stdout.startswith("{"), done
    done = ask("gewerbe-anmeldung", "koenigswalde", "14521090")
    assert done.returncode == 0 and "(baerenstein)" in done.stdout and "(verwaltungsverband-wildenstein)" in done.stdout, done


tap.main()
