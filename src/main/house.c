/* SPDX-License-Identifier: EUPL-1.2 */
#include "main/house.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "usecase/catalog.h"
#include "wire/intake.h"

#define WORK_QUEUE 200
#define LOOK_QUEUE 40 /* uploads that wait; more are told to come again */
#define INTAKE_PROCESSES 2

/* Port 0 means any free one; the origin needs its number before the server listens. */
static int free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&at, n) && !getsockname(fd, (struct sockaddr *)&at, &n))
		port = ntohs(at.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

static int open_data(struct arena *a, struct house_opening *o)
{
	const char *dir = str_z(a, o->conf.data);
	int rc = dir_make(dir, 0700);

	if (rc < 0) {
		o->why = str_fmt(a, "data folder %s: cannot be made (%s); make it, or choose another with --data", dir, err_text(rc));
		return rc;
	}
	return house_lock(a, o->conf.data, &o->lock, &o->why);
}

static int open_databases(struct arena *a, struct house_opening *o)
{
	struct house *h = o->house;
	const struct conf *c = &h->conf;
	bool pg = c->database.n > 0;
	struct db_options db = { .pg_connections = (unsigned)c->db_threads, .clock = o->clock };
	struct keys_options keys = { 0 };

	if (pg && !c->key_database.n) {
		o->why = S("key_database is not set: keys live in a database of their own, so that no backup holds keys and content together");
		return ERR_NOTFOUND;
	}
	db.sqlite_path = pg ? NULL : str_z(a, str_fmt(a, "%.*s/main.db", STR_FMT(c->data)));
	db.pg_conninfo = pg ? str_z(a, c->database) : NULL;
	keys.sqlite_path = pg ? NULL : str_z(a, str_fmt(a, "%.*s/keys.db", STR_FMT(c->data)));
	keys.pg_conninfo = pg ? str_z(a, c->key_database) : NULL;
	TRY(house_master_key(a, c, &keys.master, &o->why));
	TRY(db_open(&db, &h->db, &o->why));
	TRY(db_migrate(h->db, &o->schema_from, &o->schema_to, &o->why));
	o->fresh = !o->schema_from;
	TRY(keys_open(&keys, &h->keys, &o->why));
	wipe(&keys, sizeof keys);
	return blobs_open(h->db, pg ? NULL : str_z(a, str_fmt(a, "%.*s/blobs.db", STR_FMT(c->data))), &h->blobs, &o->why);
}

static int open_helpers(struct arena *a, struct house_opening *o)
{
	struct house *h = o->house;
	str beside = str_c(o->program);

	while (beside.n && beside.p[beside.n - 1] != '/')
		beside.n--;
	beside = str_fmt(a, "%.*sschalter-intake", STR_FMT(beside));
	if (intake_start(INTAKE_PROCESSES, str_z(a, beside), &h->intake) < 0) {
		o->why = str_fmt(a, "%.*s: cannot be started; it belongs beside schalter", STR_FMT(beside));
		return ERR_IO;
	}
	if (pool_start((unsigned)h->conf.work_threads, WORK_QUEUE, &h->work) < 0 ||
	    pool_start((unsigned)h->conf.work_threads, LOOK_QUEUE, &h->look) < 0) {
		o->why = S("no threads for slow work could be started");
		return ERR_IO;
	}
	return 0;
}

static int open_knowledge(struct arena *a, struct house_opening *o)
{
	struct house *h = o->house;
	struct catalog_update update;
	str places = house_share(a, h->conf.places, o->program, "places"), services = house_share(a, h->conf.services, o->program, "services");

	TRY(place_load(a, places, &h->places, &o->findings));
	if (!h->places) {
		o->why = str_fmt(a, "places %.*s: there are errors, see above; nothing can be served without them", STR_FMT(places));
		return ERR_PARSE;
	}
	if (catalog_open(h, services, &o->findings, &h->catalog) < 0) {
		o->why = str_fmt(a, "services %.*s: cannot be read (--services DIR)", STR_FMT(services));
		return ERR_IO;
	}
	TRY(catalog_update(h, STR_EMPTY, &update));
	return 0;
}

static int open_all(struct arena *a, struct house_opening *o)
{
	struct house *h = o->house;

	id_node((unsigned)h->conf.node);
	if (!h->conf.port)
		h->conf.port = free_port();
	TRY(house_origins(a, &h->conf, &h->origin, &h->clerk_origin, &h->https, &o->why));
	TRY(open_data(a, o));
	TRY(open_databases(a, o));
	TRY(open_knowledge(a, o));
	return o->no_helpers ? 0 : open_helpers(a, o);
}

int house_open(struct arena *a, struct house_opening *o)
{
	int rc;

	o->house = ARENA_NEW(a, struct house);
	o->findings = findings_new(a);
	o->lock = -1;
	o->house->conf = o->conf;
	o->house->clock = o->clock ? o->clock : &clock_real;
	rc = open_all(a, o);
	if (rc < 0) {
		if (!o->why.n)
			o->why = str_c(err_text(rc));
		o->why = str_dup(a, o->why);
		house_close(o);
	}
	return rc;
}

/* The order is that of who uses whom; units that wait are finished by db_close. */
void house_close(struct house_opening *o)
{
	struct house *h = o->house;

	if (h->look)
		pool_stop(h->look);
	if (h->work)
		pool_stop(h->work);
	if (h->intake)
		intake_stop(h->intake);
	if (h->blobs)
		blobs_close(h->blobs);
	if (h->db)
		db_close(h->db);
	if (h->keys)
		keys_close(h->keys);
	catalog_close(h->catalog);
	h->catalog = NULL;
	if (o->lock >= 0)
		close(o->lock);
	h->look = NULL, h->work = NULL, h->intake = NULL, h->blobs = NULL, h->db = NULL, h->keys = NULL;
	o->lock = -1;
}
