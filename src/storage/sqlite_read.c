/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reading connections of SQLite databases: one for each thread and database, made at its first read, closed when the thread or the
 * database ends, whichever comes first.
 */
#include "storage/db_impl.h"

#define DATABASES_PER_THREAD 8

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct sq_readers *open_list;
static uint64_t open_count;

static __thread struct {
	uint64_t id;		/* never used again in this process: a thread may remember a closed database */
	struct dbc *c;
} mine[DATABASES_PER_THREAD];
static pthread_key_t thread_end;
static pthread_once_t thread_end_once = PTHREAD_ONCE_INIT;

static struct sq_readers *open_find(uint64_t id)
{
	struct sq_readers *r = open_list;

	while (r && r->id != id)
		r = r->next;
	return r;
}

static void close_mine(void *unused)
{
	pthread_mutex_lock(&mu);
	for (int i = 0; i < DATABASES_PER_THREAD; i++) {
		struct sq_readers *r = mine[i].id ? open_find(mine[i].id) : NULL;
		mine[i].id = 0;
		if (!r)
			continue;
		for (struct dbc **p = &r->list; *p; p = &(*p)->next) {
			if (*p == mine[i].c) {
				*p = mine[i].c->next;
				sq_close(mine[i].c);
				break;
			}
		}
	}
	pthread_mutex_unlock(&mu);
}

static bool have_thread_end;

static void thread_end_setup(void)
{
	have_thread_end = pthread_key_create(&thread_end, close_mine) == 0;
}

static int reader_new(struct sq_readers *r, struct dbc **ret)
{
	int at = -1;

	pthread_once(&thread_end_once, thread_end_setup);
	if (!have_thread_end || pthread_setspecific(thread_end, mine) != 0)
		return ERR_NOMEM;
	pthread_mutex_lock(&mu);
	for (int i = 0; i < DATABASES_PER_THREAD && at < 0; i++)
		if (!mine[i].id || !open_find(mine[i].id))
			at = i;
	int rc = at < 0 ? ERR_LIMIT : sq_open(r->db, r->path, false, ret);
	if (rc == 0) {
		mine[at].id = r->id;
		mine[at].c = *ret;
		(*ret)->next = r->list;
		r->list = *ret;
	}
	pthread_mutex_unlock(&mu);
	return rc;
}

int sq_readers_get(struct sq_readers *r, struct dbc **ret)
{
	for (int i = 0; i < DATABASES_PER_THREAD; i++) {
		if (mine[i].id == r->id) {
			*ret = mine[i].c;
			return 0;
		}
	}
	return reader_new(r, ret);
}

void sq_readers_open(struct sq_readers *r, struct db *db, const char *path)
{
	pthread_mutex_lock(&mu);
	*r = (struct sq_readers){ .id = ++open_count, .db = db, .path = path, .next = open_list };
	open_list = r;
	pthread_mutex_unlock(&mu);
}

void sq_readers_close(struct sq_readers *r)
{
	pthread_mutex_lock(&mu);
	for (struct sq_readers **p = &open_list; *p; p = &(*p)->next) {
		if (*p == r) {
			*p = r->next;
			break;
		}
	}
	while (r->list) {
		struct dbc *c = r->list;
		r->list = c->next;
		sq_close(c);
	}
	pthread_mutex_unlock(&mu);
}
