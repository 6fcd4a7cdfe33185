/* SPDX-License-Identifier: EUPL-1.2 */
/* Every command, once. */
#include "main/tools.h"

#include <string.h>

#define ANY 1000

const struct command tools[] = {
	{ "serve", "[--demo] [--port N] [--data DIR] [--SETTING VALUE]...", "Serves until SIGINT or SIGTERM.",
	  "It prints \"Schalter is ready: http://127.0.0.1:PORT/\" when it can answer, and tells a supervisor that asks for it (NOTIFY_SOCKET).\n"
	  "--demo makes a demonstration in an empty data folder: all authorities, clerks with one-time set-up links.",
	  "", NEEDS_CONF, 0, 0, tool_serve },
	{ "check", "[DIR]...", "Checks service packages and places; findings name file and line.",
	  "DIR: a package (services/<id>), a folder of packages, or places. Without DIR: everything that serve would read.\n"
	  "Status 1 when there are errors; warnings alone do not fail.",
	  "", NEEDS_CONF, 0, ANY, tool_check },
	{ "preview", "DIR [--port N]", "Serves one service package to its author: saves show at once, with the journey and the reasons for it.",
	  "It prints the address. Beside the real form stand what `check` finds, the way through the form, and each condition with the values it read.\n"
	  "What you fill in can be recorded as a case in DIR/cases.yaml; everything else lies in a temporary folder and is gone at the end.",
	  "", NEEDS_CONF, 1, 1, tool_preview },
	{ "migrate", "", "Brings the databases to the schema of this program.",
	  "serve does so by itself at its start; this is for PostgreSQL with several processes, and to see that it works.", "", NEEDS_CONF, 0, 0,
	  tool_migrate },
	{ "place responsible", "SERVICE|RULE [PLACE]... [--json]", "Says who acts for a service: in these places, or in every one.",
	  "RULE: a name of places/rules.csv. PLACE: slug or 8 digits of places/municipalities.csv: where the service looks (residence, business, ...).",
	  "json", NEEDS_CONF, 1, ANY, tool_place_responsible },
	{ "tenant list", "[--all]", "Lists authorities that have clerks or cases; --all: every one.", NULL, "all", NEEDS_HOUSE, 0, 0, tool_tenant_list },
	{ "tenant show", "SLUG", "Shows an authority, its settings and its services.", NULL, "", NEEDS_HOUSE, 1, 1, tool_tenant_show },
	{ "tenant set", "SLUG NAME=VALUE...", "Sets what an authority says about itself; an empty VALUE removes it.",
	  "NAME: contact.phone contact.email contact.web contact.hours contact.street contact.postcode contact.town, bank.name bank.iban bank.bic,\n"
	  "officer.name officer.email officer.phone (data protection), supervision.name supervision.web, legal.represented_by legal.vat_id",
	  "", NEEDS_HOUSE, 2, ANY, tool_tenant_set },
	{ "clerk add", "LOGIN --tenant SLUG --name NAME [--role clerk|lead|admin|author] [--email ADDRESS]", "Adds a clerk and prints a one-time set-up link.",
	  "With the link the clerk chooses a password or passkey. It is valid for 7 days; \"clerk link\" gives a new one.\n"
	  "author: writes services on the clerks' host under /redaktion and sees no case; --tenant portal: the authors of the state.",
	  "tenant= name= role= email=", NEEDS_HOUSE, 1, 1, tool_clerk_add },
	{ "clerk list", "[--tenant SLUG]", "Lists clerks: of one authority, or all.", NULL, "tenant=", NEEDS_HOUSE, 0, 0, tool_clerk_list },
	{ "clerk link", "LOGIN --tenant SLUG", "Prints a new one-time set-up link; earlier ones end.",
	  "The old password and passkeys end when the new link is used, not before.", "tenant=", NEEDS_HOUSE, 1, 1, tool_clerk_link },
	{ "clerk disable", "LOGIN --tenant SLUG", "Switches a clerk off: sessions and links end at once.", NULL, "tenant=", NEEDS_HOUSE, 1, 1,
	  tool_clerk_disable },
	{ "clerk enable", "LOGIN --tenant SLUG", "Switches a clerk on again.", NULL, "tenant=", NEEDS_HOUSE, 1, 1, tool_clerk_enable },
	{ "case show", "REFERENCE --tenant SLUG", "Shows numbers, times and events of a case, and verifies its chain; never content.", NULL, "tenant=",
	  NEEDS_HOUSE, 1, 1, tool_case_show },
	{ "case destroy", "REFERENCE --tenant SLUG --ground WORD --yes", "Destroys a case: its key ends, here at once and in backups of the keys after 30 days.",
	  "What stays is a tombstone: numbers, times, ground, and the chain of hashes. There is no way back; so --yes is needed.",
	  "tenant= ground= yes", NEEDS_HOUSE, 1, 1, tool_case_destroy },
	{ "keys destroyed", "", "Lists the numbers of all destroyed keys, for the backup of the content.",
	  "Numbers tell nothing. deploy/backup/schalter-backup writes the list beside the content; with PostgreSQL do so after each pg_dump.",
	  "", NEEDS_HOUSE, 0, 0, tool_keys_destroyed },
	{ "keys replay", "FILE", "After a restore: ends again the keys that were destroyed since the backup; their cases become tombstones.",
	  "FILE: the newest list of destroyed keys there is (destroyed-keys.txt of a backup, or \"schalter keys destroyed\"). Schalter must not run.",
	  "", NEEDS_HOUSE, 1, 1, tool_keys_replay },
	{ "service list", "--tenant SLUG", "Lists the services of an authority with their parameters.", NULL, "tenant=", NEEDS_HOUSE, 0, 0, tool_service_list },
	{ "service set", "SERVICE NAME=VALUE... --tenant SLUG", "Switches a service of an authority on or off, and sets its parameters.",
	  "NAME=VALUE: active=yes, active=no, param.NAME=VALUE; amounts as 60,00; an empty VALUE goes back to what the package says.\n"
	  "Drafts and cases that are there already keep the parameters they were begun with.",
	  "tenant=", NEEDS_HOUSE, 2, ANY, tool_service_set },
	{ "service export", "SERVICE [--tenant SLUG] [--out DIR]", "Writes the merged package of a level as files: DIR/SERVICE/service.yaml and the rest.",
	  "Without --tenant, or with --tenant portal: as the state offers it; with a town: with its own texts and values as defaults.\n"
	  "The result is a package: schalter check DIR/SERVICE (what packages share lies beside it: services/lists, services/blocks).",
	  "tenant= out=", NEEDS_HOUSE | FILES_OUT, 1, 1, tool_service_export },
	{ "service diff", "SERVICE [--tenant SLUG]", "Shows what a level has of its own, and what an update of the package conflicts with.",
	  "Without --tenant: the state. \"-\" is the package, \"+\" what is in force.", "tenant=", NEEDS_HOUSE, 1, 1, tool_service_diff },
	{ "receipt verify", "FILE --keys FILE", "Verifies a receipt with the public keys of the server that gave it; no network, no database.",
	  "The keys stand at https://SERVER/.well-known/schalter-keys.json. A key that a receipt brings along is never used.", "keys=", 0, 1, 1,
	  tool_receipt_verify },
	{ "import fim", "[--out DIR] [--lists DIR] [--rules FILE] [--lang de|en] FILE...", "Makes service packages of official FIM schemas (XDatenfelder 2.0, 3.0.0).",
	  "FILE: schemas, and code lists (genericode) that they need. Each schema becomes DIR/<id>; findings name file, line and FIM id.\n"
	  "--lists: a folder of code lists; --rules: machine-translated rules, one JSON a line. docs/importing-fim.md says more.\n"
	  "Status 1 only for what cannot be imported.",
	  "out= lists= rules= lang=", 0, 1, ANY, tool_import_fim },
	{ "export fim", "[--case N [--as json|xml]] PACKAGE", "Writes a service package as an official schema (XDatenfelder 3.0.0).",
	  "What XDatenfelder cannot carry is listed on standard error. --case: instead, one of the recorded cases of an imported package as its\n"
	  "submissions are handed over: FIM JSON or XML.",
	  "case= as=", 0, 1, 1, tool_export_fim },
	{ "routes", "", "Lists every page and interface: method, path, who may, host, name.", NULL, "", 0, 0, 0, tool_routes },
	{ "doctor", "", "Checks the installation and says what to do; status 1 when something is wrong.", NULL, "", NEEDS_CONF | ALSO_REMOTE, 0, 0,
	  tool_doctor },
};
const size_t tools_n = sizeof tools / sizeof *tools;

/* Names that begin alike, for whoever mistyped. */
static void suggest(struct run *r, str typed)
{
	struct place_hit *hit;
	size_t n = 0;

	if (place_find(r->arena, r->house->places, typed, 3, &hit, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct authority *a = authority_by_tenant(r->house->places, hit[i].place->tenant_id);

		if (a)
			buf_fmt(&r->err, "  %.*s  (%.*s)\n", STR_FMT(a->slug), STR_FMT(a->name));
	}
}

bool tool_tenant(struct run *r, const struct authority **ret)
{
	str slug = command_option(r, S("tenant"));

	if (!slug.n) {
		(void)command_fail(r, "--tenant SLUG is missing (\"schalter tenant list --all\" shows the slugs)");
		return false;
	}
	*ret = authority_by_slug(r->house->places, slug);
	if (*ret)
		return true;
	(void)command_fail(r, "there is no authority \"%.*s\"; \"schalter tenant list --all\" shows them. Alike:", STR_FMT(slug));
	suggest(r, slug);
	return false;
}
