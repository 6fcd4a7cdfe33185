#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The law of place, a second time: who acts for which service in which municipality.

Written from the text of the rules and the facts in places/*.csv alone, without the rules of the program (places/rules.csv,
src/domain/place*), so that a mistake would have to be made twice. It knows municipalities, not streets: what depends on a
street, a by-law or a list that nobody publishes is "confirm", with a reason.

  responsibility.py            readable: per service its rule, per rule the usual answer and the exceptions
  responsibility.py --full     every service x every municipality, as TSV
  responsibility.py --fixture  writes tests/fixtures/responsibility/{expected,services}.tsv
"""
import collections
import csv
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ROOT / "places"
FIXTURE = ROOT / "tests" / "fixtures" / "responsibility"

Answer = collections.namedtuple("Answer", "acting state reason source")

REASONS = {
    "registry": "fewer than 5,000 inhabitants: shall form a joint registry district, of which there is no list",
    "population": "near 20,000 inhabitants: the status changes only after three years below",
    "building-status": "may have kept the status of building authority from before 1 Oct 2003: no complete list",
    "road": "depends on the class of the road",
    "waste-association": "the district may have given the task to a waste association",
    "bylaw": "the municipality only where it has a by-law on trees, otherwise the nature authority",
    "two-bodies": "two bodies share the matter",
    "members": "the text does not say whether the association acts for its members",
    "status": "the status as Große Kreisstadt, or what follows from it, is disputed",
    "source": "the source of the rule is incomplete",
}
# The cities that lost the status of an independent city in 2008 (SächsBO § 57, SächsKrGebNG).
EINGEKREIST = {"Görlitz", "Hoyerswerda", "Plauen", "Zwickau"}
# How far a figure may be off: the two lists differ by up to 1,075 for a town of this size (Aue-Bad Schlema), and neither is the official one.
MARGIN = 1000
CURRENT_BUSINESS = "own by-law; SächsKomZG § 8 (the association only handles current business)"


def rows(name):
    with open(PLACES / name, encoding="utf-8") as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


class Places:
    """The facts, and the few questions that rules ask about them."""

    def __init__(self):
        self.all = rows("municipalities.csv")
        self.by_ags = {m["ags"]: m for m in self.all}
        self.associations = {a["ars"]: a for a in rows("associations.csv")}
        self.slugs = {(a["kind"], a["key"]): a["slug"] for a in rows("authorities.csv")}
        self.area = collections.Counter()
        for m in self.all:
            self.area[m["association"]] += int(m["population_2022"])

    def own(self, m):
        return self.slugs["municipality", m["ags"]]

    def free(self, m):
        return m["kind"] == "kreisfreie Stadt"

    def district(self, m):
        return self.own(m) if self.free(m) else self.slugs["district", m["district"]]

    def association(self, m):
        return self.associations.get(m["association"])

    def lead(self, m):
        """The erfüllende Gemeinde of m's Verwaltungsgemeinschaft (m itself, if it is that), or None."""
        a = self.association(m)
        return self.by_ags[a["lead_ags"]] if a and a["kind"] == "gemeinschaft" else None

    def partner(self, m):
        """A member of an association that is not the one that acts for the others."""
        a = self.association(m)
        return bool(a) and a["lead_ags"] != m["ags"]

    def administered_population(self, m):
        return self.area[m["association"]] if m["association"] else int(m["population_2022"])


def instructed(p, m):
    """Weisungsaufgabe: passes to the Verband; in a Gemeinschaft the erfüllende Gemeinde performs it."""
    a = p.association(m)
    if a and a["kind"] == "verband":
        return Answer(p.slugs["verband", a["ars"]], "certain", "", "SächsKomZG § 7 Abs. 1 Nr. 1")
    if a:
        return Answer(p.own(p.lead(m)), "certain", "", "SächsKomZG §§ 8, 36")
    return Answer(p.own(m), "certain", "", "SächsGemO (own territory, no association)")


def own(p, m):
    return Answer(p.own(m), "certain", "", CURRENT_BUSINESS if m["association"] else "own by-law of the municipality")


def district(p, m):
    return Answer(p.district(m), "certain", "", "independent city acts as district" if p.free(m) else "task of the district")


def unsettled(answer, reason):
    return answer._replace(state="confirm", reason=reason)


def civil_status(p, m):
    a = instructed(p, m)
    a = a._replace(source="SächsAGPStG §§ 1, 2; " + a.source)
    return unsettled(a, "registry") if p.administered_population(m) < 5000 else a


def town_of_traffic(p, m):
    """The Große Kreisstadt that takes road traffic over for m: itself, or the one that acts for its Gemeinschaft."""
    for candidate in (m, p.lead(m)):
        if candidate and candidate["grosse_kreisstadt"]:
            return candidate
    return None


def traffic(p, m):
    town = town_of_traffic(p, m)
    if p.free(m) or not town:
        return Answer(p.district(m), "certain", "", "SächsStrVRG § 3")
    a = Answer(p.own(town), "certain", "", "SächsKomVerfRDVO § 1 Nr. 2; SächsGemO § 3 Abs. 2")
    return unsettled(a, "status") if town["grosse_kreisstadt"] != "verified" or town["note"] else a


def local_traffic(p, m):
    if p.free(m) or town_of_traffic(p, m):
        return traffic(p, m)
    a = instructed(p, m)
    return unsettled(a._replace(source="SächsStrVRG §§ 1-3; " + a.source), "road")


def special_use(p, m):
    return own(p, m)._replace(source="SächsStrG § 18 (through-roads in built-up areas; own roads)")


def tree(p, m):
    a = own(p, m)._replace(source="SächsNatSchG §§ 19, 46, 47")
    return a if p.free(m) else unsettled(a, "bylaw")


def unlisted_in_associations(source):
    """The text says "Gemeinde" and does not name the task among those that pass to an association."""
    def rule(p, m):
        a = own(p, m)._replace(source=source)
        return unsettled(a, "members") if p.partner(m) else a
    return rule


def fireworks(p, m):
    a = instructed(p, m)
    return unsettled(a._replace(source="1. SprengV §§ 23, 24; SächsArbSchZuVO Anlage D (not read in full)"), "source")


def housing_benefit(p, m):
    source = "DGWoG §§ 1, 2"
    if p.free(m):
        return Answer(p.own(m), "certain", "", source)
    decider = p.lead(m) or m
    if int(decider["population_2022"]) <= 20000 and int(m["population_2022"]) > 20000:
        decider = m
    now, before = int(decider["population_2022"]), int(decider["population_2019"] or 0)
    a = Answer(p.own(decider) if now > 20000 else p.district(m), "certain", "", source)
    near = (now > 20000) != (before > 20000) or any(abs(n - 20000) < MARGIN for n in (now, before))
    return unsettled(a, "population") if near else a


def housing_permit(p, m):
    a = instructed(p, m)
    verband = (p.association(m) or {}).get("kind") == "verband"
    a = a._replace(source="WoFZuG § 1; " + a.source)
    return unsettled(a, "members") if verband else a


def parental_fee(p, m):
    a = own(p, m)._replace(source="SächsKitaG § 15; SGB VIII § 90")
    return a if p.free(m) else unsettled(a, "two-bodies")


def waste(p, m):
    return unsettled(district(p, m)._replace(source="SächsKrWBodSchG §§ 2, 3"), "waste-association")


def building(p, m):
    source = "SächsBO § 57"
    if p.free(m) or m["name"] in EINGEKREIST:
        return Answer(p.own(m), "certain", "", source)
    return Answer(p.district(m), "confirm", "building-status", source)


def building_notice(p, m):
    b = building(p, m)
    if b.acting == p.own(m):
        return b._replace(source="SächsBO §§ 57, 62")
    return Answer(p.own(m), "confirm", "two-bodies", "SächsBO § 62")


def above(name, source):
    return lambda p, m: Answer(name, "certain", "", source)


RULES = {
    "own": own,
    "instructed": instructed,
    "district": district,
    "civil-status": civil_status,
    "traffic": traffic,
    "local-traffic": local_traffic,
    "special-use": special_use,
    "tree": tree,
    "election": unlisted_in_associations("LWO § 23; KomWO § 13"),
    "certification": unlisted_in_associations("VwVfG §§ 33, 34"),
    "fireworks": fireworks,
    "housing-benefit": housing_benefit,
    "housing-permit": housing_permit,
    "parental-fee": parental_fee,
    "waste": waste,
    "building": building,
    "building-notice": building_notice,
    "fishing": above("land:LfULG", "SächsFischG § 30"),
    "federal": above("bund:Bundesamt für Justiz", "BZRG; GewO § 149"),
}

# Service: rule, where the place is taken from; "?" where the text of the rules does not say it and it is inferred.
SERVICES = """
hundesteuer-anmeldung own residence?
hundesteuer-abmeldung own residence?
hundesteuer-ermaessigung own residence?
gefaehrlicher-hund district residence?
gewerbe-anmeldung instructed business
gewerbe-ummeldung instructed business
gewerbe-abmeldung instructed business
gewerberegisterauskunft instructed business
gewerbezentralregister federal residence?
gaststaettenanzeige instructed business?
gaststaette-voruebergehend instructed event?
sperrzeit instructed business?
reisegewerbekarte instructed residence
marktfestsetzung instructed event?
geburtsurkunde civil-status event
eheurkunde civil-status event
sterbeurkunde civil-status event
lebenspartnerschaftsurkunde civil-status event
eheschliessung-anmeldung civil-status residence
ehefaehigkeitszeugnis civil-status residence
kirchenaustritt civil-status residence?
namensaenderung district residence?
meldebescheinigung instructed residence
wohnsitz-anmeldung instructed residence
abmeldung-ausland instructed residence
melderegisterauskunft-einfach instructed residence
melderegisterauskunft-erweitert instructed residence
selbstauskunft instructed residence
uebermittlungssperre instructed residence
auskunftssperre instructed residence
wohnungsgeberbestaetigung instructed residence
fuehrungszeugnis federal residence?
beglaubigung certification residence?
personalausweis instructed residence
fuehrerschein-umtausch district residence
fuehrerschein-ersatz district residence
fuehrerschein-international district residence
fahrerlaubnis-ersterteilung district residence
begleitetes-fahren district residence
personenbefoerderungsschein district residence
kfz-wunschkennzeichen district residence?
kfz-zulassung district residence?
sondernutzung-aussengastronomie special-use object
sondernutzung-baugeruest special-use object
sondernutzung-container special-use object
sondernutzung-infostand special-use object
sondernutzung-plakatierung special-use object
haltverbot-umzug local-traffic object?
bewohnerparkausweis instructed residence?
schwerbehindertenparkausweis traffic residence?
strassenfest traffic event?
veranstaltungsanzeige instructed event?
feuerwerk fireworks event?
lagerfeuer instructed event?
baumfaellung tree object
wahlschein election residence?
wohngeld housing-benefit object
wohnberechtigungsschein housing-permit residence?
kita-platz own residence?
elternbeitrag-ermaessigung parental-fee residence?
schuelerbefoerderung district school
abfallbehaelter waste object?
fischereischein fishing residence?
jagdschein district residence?
strassenreinigung own object?
bauantrag building object
genehmigungsfreistellung building-notice object
baulastauskunft building object
einbuergerung district residence?
"""


def services():
    """Yields (service, rule, place_of, whether the text of the rules says so)."""
    for line in SERVICES.split("\n"):
        if line:
            service, rule, place = line.split()
            yield service, rule, place.rstrip("?"), not place.endswith("?")


def write(path, head, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + "".join("\t".join(line) + "\n" for line in lines))


def fixture(p):
    write(FIXTURE / "expected.tsv",
          "# Made by tests/model/responsibility.py --fixture; who acts, by rule class and municipality.\n"
          "rule\tags\tplace\tacting\tstate\treason\tsource\n",
          ((name, m["ags"], m["label"], *rule(p, m)) for name, rule in RULES.items() for m in p.all))
    write(FIXTURE / "services.tsv",
          "# Made by tests/model/responsibility.py --fixture; place_of_from: text (said by the rules) or inferred.\n"
          "service\trule\tplace_of\tplace_of_from\n",
          ((s, rule, place, "text" if said else "inferred") for s, rule, place, said in services()))


def full(p):
    print("service\tplace_of\tags\tplace\tacting\tstate\treason\tsource")
    for service, rule, place, _ in services():
        for m in p.all:
            print("\t".join((service, place, m["ags"], m["label"], *RULES[rule](p, m))))


def role(p, m, acting):
    """How the acting authority relates to the municipality: makes 418 answers few."""
    if acting.startswith(("land:", "bund:")):
        return acting
    if p.free(m):
        return "the independent city itself"
    if acting == p.own(m):
        return "the municipality itself"
    if acting == p.district(m):
        return "its district"
    return "its Verwaltungsverband" if p.association(m)["kind"] == "verband" else "its erfüllende Gemeinde"


def readable(p):
    used = collections.defaultdict(list)
    for service, rule, place, _ in services():
        used[rule].append(f"{service} ({place})")
    for name, rule in RULES.items():
        groups = collections.defaultdict(list)
        for m in p.all:
            a = rule(p, m)
            groups[role(p, m, a.acting), a.state, a.reason].append(m["label"])
        print(f"{name}: {', '.join(used[name])}")
        for (who, state, reason), names in sorted(groups.items(), key=lambda g: -len(g[1])):
            why = f": {REASONS[reason]}" if reason else ""
            some = ", ".join(names) if len(names) <= 12 else ", ".join(names[:4]) + " …"
            print(f"  {len(names):3} {who}, {state}{why}\n      {some}")


def main():
    p = Places()
    {"--full": full, "--fixture": fixture}.get(sys.argv[1] if len(sys.argv) > 1 else "", readable)(p)


if __name__ == "__main__":
    main()
