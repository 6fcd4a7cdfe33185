/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter doctor: looks at everything that an installation needs, and says what to do. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/late.h"
#include "base/sandbox.h"
#include "main/house.h"
#include "main/tools.h"
#include "usecase/catalog.h"
#include "wire/intake.h"

#define ROOM_WARN ((uint64_t)2 << 30)
#define ROOM_FAIL ((uint64_t)200 << 20)

struct doctor {
	struct run *run;
	struct house *house;		/* NULL: it could not be opened */
	struct findings *findings;	/* of services and places, when the house was opened here */
	bool server;			/* looks from inside a running server */
	size_t failures, warnings;
};

enum verdict { FINE, WARN, FAIL };

static void say(struct doctor *d, enum verdict v, const char *what, const char *fmt, ...) PRINTF_LIKE(4, 5);
static void say(struct doctor *d, enum verdict v, const char *what, const char *fmt, ...)
{
	static const char *const words[] = { "ok  ", "WARN", "FAIL" };
	char text[1500];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	d->failures += v == FAIL;
	d->warnings += v == WARN;
	buf_fmt(&d->run->out, "%s  %-12s %s\n", words[v], what, text);
}

/* ---- the machine ---- */

static void look_at_machine(struct doctor *d)
{
	struct timex t = { 0 };
	struct utsname u;
	bool landlock = sandbox_files_known();

	(void)uname(&u);
	say(d, FINE, "version", "schalter %s on Linux %s", SCHALTER_VERSION, u.release);
	say(d, landlock ? FINE : WARN, "sandbox", landlock ? "landlock and seccomp" : "seccomp only: this kernel has no landlock; use the systemd unit of deploy/");
	if (clock_now(&clock_real).us < INT64_C(1767225600) * 1000000)
		say(d, FAIL, "clock", "it is before 2026: deadlines and one-time links go wrong; set the clock and run chrony or systemd-timesyncd");
	else if (adjtimex(&t) >= 0 && t.status & STA_UNSYNC)
		say(d, WARN, "clock", "nothing keeps it right; run chrony or systemd-timesyncd (in a container: on the machine below)");
	else
		say(d, FINE, "clock", "kept right");
}

static void look_at_disk(struct doctor *d)
{
	struct arena *a = d->run->arena;
	const char *dir = str_z(a, d->run->conf.data);
	struct statvfs v;
	struct stat st;

	if (stat(dir, &st) < 0) {
		say(d, WARN, "data", "%s is not there yet; serve makes it", dir);
		return;
	}
	if (st.st_mode & 077)
		say(d, FAIL, "data", "%s is open to others (mode %o): chmod 0700 %s", dir, st.st_mode & 0777, dir);
	else if (st.st_uid != geteuid())
		say(d, FAIL, "data", "%s belongs to another user (%u) than the one who asks (%u)", dir, st.st_uid, geteuid());
	else
		say(d, FINE, "data", "%s, mode 0700", dir);
	if (!statvfs(dir, &v)) {
		uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;

		say(d, room < ROOM_FAIL ? FAIL : room < ROOM_WARN ? WARN : FINE, "disk", "%llu MB free%s", (unsigned long long)(room >> 20),
			room < ROOM_WARN ? ": give it room; without any, Schalter becomes read-only" : "");
	}
}

/* ---- settings ---- */

static bool inside(struct arena *a, str data, str file)
{
	char *real_data = realpath(str_z(a, data), NULL), *real_file = realpath(str_z(a, file), NULL);
	str d = str_dup(a, str_c(real_data)), f = str_dup(a, str_c(real_file));

	arena_free_foreign(&real_data);
	arena_free_foreign(&real_file);
	return d.n && f.n > d.n && str_has_prefix(f, d) && f.p[d.n] == '/';
}

static void look_at_key(struct doctor *d)
{
	const struct conf *c = &d->run->conf;
	struct stat st;

	if (!c->master_key_file.n) {
		if (c->demo)
			say(d, FINE, "master key", "in the data folder: fine for a demonstration, for nothing else");
		else
			say(d, FAIL, "master key", "master_key_file is not set: umask 077; openssl rand -hex 32 >FILE outside the data folder");
		return;
	}
	if (stat(str_z(d->run->arena, c->master_key_file), &st) < 0)
		say(d, FAIL, "master key", "%.*s cannot be read by this user", STR_FMT(c->master_key_file));
	else if (inside(d->run->arena, c->data, c->master_key_file))
		say(d, FAIL, "master key", "%.*s lies in the data folder: whoever gets the folder gets everything. Move it out", STR_FMT(c->master_key_file));
	else if (st.st_mode & 077 && st.st_mode & 07)
		say(d, FAIL, "master key", "%.*s is open to everybody: chmod 0600", STR_FMT(c->master_key_file));
	else
		say(d, FINE, "master key", "outside the data folder; keep a second copy sealed at another place");
}

static void look_at_origin(struct doctor *d)
{
	const struct conf *c = &d->run->conf;
	str origin, clerks, why;
	bool https;

	if (house_origins(d->run->arena, c, &origin, &clerks, &https, &why) < 0) {
		say(d, FAIL, "origin", "%.*s", STR_FMT(why));
		return;
	}
	say(d, https || c->demo ? FINE : WARN, "origin", "%.*s, clerks at %.*s%s", STR_FMT(origin), STR_FMT(clerks),
		https || c->demo ? "" : ": reached from this machine only; for others set --origin https://... and nginx in front");
	if (https && !c->trusted_proxy.n)
		say(d, WARN, "proxy", "trusted_proxy is not set: all requests count as from one client, limits hit everybody at once");
	if (!c->smtp_url.n)
		say(d, WARN, "mail", "smtp_url is not set: mails wait in the queue");
	else
		say(d, FINE, "mail", "relay %.*s, sender %.*s", STR_FMT(c->smtp_url), STR_FMT(c->smtp_from));
	if (c->demo && https)
		say(d, WARN, "demo", "demo on a public address: every page says that it is a demonstration");
}

/* ---- what is inside ---- */

static void look_at_database(struct doctor *d)
{
	struct house *h = d->house;
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	size_t looked = 0, lost = 0, revived = 0;
	instant now;

	if (db_readonly(h->db))
		say(d, FAIL, "database", "read-only: the disk is full or lost");
	if (db_read(h->db, TENANT_ALL, 0, &db) < 0 || db_now(db, &now) < 0 ||
	    db_query(db, &r, SQL_ALL_TENANTS("doctor: do content and keys fit? numbers only",
		"SELECT tenant_id, key_id FROM cases WHERE destroyed_at IS NULL ORDER BY submitted_at DESC LIMIT 1000")) < 0) {
		say(d, FAIL, "database", "cannot be read");
		return;
	}
	while (rows_next(r)) {
		struct key k;

		looked++;
		int rc = keys_get(h->keys, (int32_t)row_int(r, 0), row_int(r, 1), &k);

		revived += rc == ERR_DESTROYED;
		lost += rc < 0 && rc != ERR_DESTROYED;
		wipe(&k, sizeof k);
	}
	say(d, FINE, "database", "%s answers", db_engine(h->db) == DB_SQLITE ? "SQLite" : "PostgreSQL");
	int64_t apart = (now.us - clock_now(&clock_real).us) / 1000000;
	if (apart > 5 || apart < -5)
		say(d, WARN, "clock", "the database's clock is %lld s away from this machine's", (long long)apart);
	if (revived)
		say(d, FAIL, "keys", "%zu of the newest %zu cases have a destroyed key and are no tombstones: the content is older than keys.db. Stop Schalter and "
			"replay the list of destroyed keys (docs/operating.md, Restore)", revived, looked);
	if (lost)
		say(d, FAIL, "keys", "%zu of the newest %zu cases have no key: keys.db is older than main.db. Put the newest keys.db in place (docs/operating.md)", lost,
			looked);
	else
		say(d, FINE, "keys", "the newest %zu cases have theirs", looked);
}

static void look_at_knowledge(struct doctor *d)
{
	size_t authorities, services;

	(void)authority_all(d->house->places, &authorities);
	(void)catalog_services(d->house->catalog, &services);
	if (d->findings && d->findings->errors)
		say(d, FAIL, "services", "%zu errors; schalter check names file and line", d->findings->errors);
	say(d, services ? FINE : FAIL, "services", "%zu services for %zu authorities%s", services, authorities, services ? "" : ": --services DIR");
}

static void look_at_intake(struct doctor *d)
{
	struct arena *a = d->run->arena;
	str beside = str_c(d->run->program);
	struct intake_result x;

	while (beside.n && beside.p[beside.n - 1] != '/')
		beside.n--;
	const char *path = str_z(a, str_fmt(a, "%.*sschalter-intake", STR_FMT(beside)));
	if (!d->house || !d->house->intake) {
		bool there = !access(path, X_OK);

		say(d, there ? FINE : FAIL, "intake", there ? "%s is there" : "%s is not there: uploads cannot be looked at", path);
	} else if (intake_check(a, d->house->intake, S("no picture"), INTAKE_PDF | INTAKE_JPEG, &x) < 0 || x.verdict == INTAKE_FINE) {
		say(d, FAIL, "intake", "the helper does not answer: uploads cannot be looked at");
	} else {
		say(d, FINE, "intake", "answers, in a sandbox of its own");
	}
}

static void look_at_libraries(struct doctor *d)
{
	static const char *const used[] = { LATE_PANGOCAIRO, LATE_QPDF, LATE_CURL, LATE_FIDO2, LATE_PQ };
	static const char *const what[] = { "documents", "documents", "mail and outgoing calls", "passkeys", "PostgreSQL" };
	size_t missing = 0;

	for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
		if (late_look(used[i]) < 0)
			say(d, FAIL, "libraries", "without %s no %s: %s", used[i], what[i], late_why()), missing++;
	}
	if (!missing)
		say(d, FINE, "libraries", "those that are mapped on first use are there");
}

static void look_inside(struct doctor *d)
{
	look_at_database(d);
	look_at_knowledge(d);
}

int tool_doctor(struct run *r)
{
	struct doctor d = { .run = r, .house = r->house, .server = r->house != NULL };
	struct house_opening o = { .conf = r->conf, .program = r->program, .no_helpers = true };

	look_at_machine(&d);
	look_at_disk(&d);
	look_at_key(&d);
	look_at_origin(&d);
	say(&d, FINE, "server", d.server ? "runs on %.*s" : "does not run on %.*s", STR_FMT(r->conf.data));
	if (d.server) {
		look_inside(&d);
	} else if (!file_exists(str_z(r->arena, r->conf.data)) && !r->conf.database.n) {
		say(&d, FINE, "database", "none yet; the first start makes it");
	} else if (house_open(r->arena, &o) < 0) {
		say(&d, FAIL, "database", "%.*s", STR_FMT(o.why));
	} else {
		d.house = o.house;
		d.findings = &o.findings;
		look_inside(&d);
		d.house = NULL;
		house_close(&o);
	}
	look_at_intake(&d);
	look_at_libraries(&d);
	buf_fmt(&r->out, "note  backup       content and keys apart, once a day: deploy/backup/schalter-backup; copies of the keys end after %lld days\n",
		(long long)r->conf.key_backup_days);
	buf_fmt(&r->out, "%zu wrong, %zu to look at\n", d.failures, d.warnings);
	return d.failures ? EXIT_WRONG : EXIT_DONE;
}
