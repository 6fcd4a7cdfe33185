/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/preview.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "domain/case_record.h"
#include "domain/package.h"
#include "usecase/catalog.h"

#define QUIET_MS 60	/* editors save in several steps: no event for so long is the end of one */
#define CASES_MAX ((size_t)1 << 20)

struct preview {
	struct house *house;
	str dir;
	int fd, wake[2];
	pthread_t thread;
	pthread_mutex_t reading;	/* one reads at a time */
	pthread_mutex_t lock;		/* of what follows */
	struct arena *arena;		/* of what was read last */
	const struct package *package;	/* NULL: it could not be read */
	struct findings findings;
	int64_t generation;
	bool broken, served;
};

static int watch(struct arena *a, int fd, str dir, const char *below)
{
	const char *path = str_z(a, str_fmt(a, "%.*s%s", STR_FMT(dir), below));
	int rc = inotify_add_watch(fd, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);

	return rc < 0 ? (errno == ENOENT ? ERR_NOTFOUND : ERR_IO) : 0;
}

int preview_watch(struct arena *a, str dir, int *ret_fd)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), rc;
	static const char *const beside[] = { "/texts", "/documents", "/../lists", "/../blocks" };

	if (fd < 0)
		return ERR_IO;
	rc = watch(a, fd, dir, "");
	for (size_t i = 0; !rc && i < sizeof beside / sizeof *beside; i++) {
		rc = watch(a, fd, dir, beside[i]);
		rc = rc == ERR_NOTFOUND ? 0 : rc;
	}
	if (rc)
		close(fd);
	else
		*ret_fd = fd;
	return rc;
}

static bool has_events(int fd, int wake, int timeout)
{
	struct pollfd at[2] = { { .fd = fd, .events = POLLIN }, { .fd = wake, .events = POLLIN } };

	return poll(at, 2, timeout) > 0 && at[0].revents && !at[1].revents;
}

static void drain(int fd)
{
	char events[4096] __attribute__((aligned(8)));

	while (read(fd, events, sizeof events) > 0)
		;
}

static void reload(struct preview *p)
{
	struct arena *a = arena_new(1 << 18), *before;
	struct findings f = findings_new(a), quiet = findings_new(a);
	const struct package *package = NULL;
	bool good;

	pthread_mutex_lock(&p->reading);
	good = package_load(a, p->dir, &f, &package) == 0;
	if (good) {
		package_check(a, package, p->house->places, &f);
		good = catalog_renew(p->house, p->dir, &quiet) == 0;
	}
	pthread_mutex_lock(&p->lock);
	before = p->arena;
	p->arena = a;
	p->package = package;
	p->findings = f;
	p->broken = !good;
	p->served |= good;
	p->generation++;
	pthread_mutex_unlock(&p->lock);
	pthread_mutex_unlock(&p->reading);
	if (before)
		arena_free(before);
}

static void *follow(void *arg)
{
	struct preview *p = arg;
	struct pollfd stop = { .fd = p->wake[0], .events = POLLIN };

	for (;;) {
		bool changed = has_events(p->fd, p->wake[0], -1);

		if (poll(&stop, 1, 0) > 0)
			return NULL;
		if (!changed)
			continue;
		do
			drain(p->fd);
		while (has_events(p->fd, p->wake[0], QUIET_MS));
		reload(p);
	}
}

int preview_open(struct arena *a, struct house *h, str dir, int fd, struct preview **ret)
{
	struct preview *p = ARENA_NEW(a, struct preview);

	*p = (struct preview){ .house = h, .dir = str_dup(a, dir), .fd = fd };
	if (pipe2(p->wake, O_CLOEXEC) < 0)
		return ERR_IO;
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->reading, NULL);
	reload(p);
	if (pthread_create(&p->thread, NULL, follow, p))
		return ERR_LIMIT;
	*ret = p;
	return 0;
}

void preview_close(struct preview *p)
{
	if (!p)
		return;
	close(p->wake[1]); /* the other end becomes readable */
	pthread_join(p->thread, NULL);
	close(p->wake[0]);
	close(p->fd);
	arena_free(p->arena);
}

/* ---- what is there ---- */

int64_t preview_generation(struct preview *p)
{
	int64_t g;

	pthread_mutex_lock(&p->lock);
	g = p->generation;
	pthread_mutex_unlock(&p->lock);
	return g;
}

static void copy_findings(struct arena *a, const struct findings *from, struct findings *to)
{
	*to = findings_new(a);
	for (size_t i = 0; i < from->n; i++)
		finding_add(to, from->v[i].severity, from->v[i].file, from->v[i].line, from->v[i].col, str_dup(a, from->v[i].code), "%.*s",
			STR_FMT(from->v[i].text));
}

static void copy_names(struct arena *a, const struct package *p, struct preview_state *ret)
{
	str *name;

	ret->cases = p ? node_count(p->cases) : 0;
	ret->case_name = name = ARENA_ARRAY(a, str, ret->cases + 1);
	for (size_t i = 0; i < ret->cases; i++)
		name[i] = str_dup(a, node_text_at(node_at(p->cases, i), S("name")));
}

static str last_name(str dir)
{
	size_t i = dir.n;

	while (i > 0 && dir.p[i - 1] != '/')
		i--;
	return str_sub(dir, i, dir.n);
}

void preview_state(struct preview *p, struct arena *a, struct preview_state *ret)
{
	*ret = (struct preview_state){ .dir = p->dir, .id = last_name(p->dir) };
	pthread_mutex_lock(&p->lock);
	ret->generation = p->generation;
	ret->broken = p->broken;
	ret->served = p->served;
	copy_findings(a, &p->findings, &ret->findings);
	copy_names(a, p->package, ret);
	pthread_mutex_unlock(&p->lock);
}

const struct place *preview_place(struct ctx *c)
{
	struct preview *p = c->house->preview;
	const struct place *place = NULL;
	size_t n;

	pthread_mutex_lock(&p->lock);
	if (p->package)
		place = place_by_slug(c->house->places, node_text_at(node_at(p->package->cases, 0), S("place")));
	pthread_mutex_unlock(&p->lock);
	return place ? place : &place_all(c->house->places, &n)[0];
}

/* ---- recorded cases ---- */

static str case_answers(struct ctx *c, struct preview *p, size_t number)
{
	struct buf b = buf_new(c->arena, 1024);
	const struct node *one;

	pthread_mutex_lock(&p->lock);
	one = p->package ? node_at(p->package->cases, number) : NULL;
	if (one)
		answers_write(&b, package_case_answers(c->arena, p->package->compiled, one));
	pthread_mutex_unlock(&p->lock);
	return buf_str(&b);
}

int preview_take_case(struct ctx *c, struct draft *d, size_t number)
{
	str json = case_answers(c, c->house->preview, number);
	struct answers *x;
	size_t lost;

	if (!json.n)
		return ERR_NOTFOUND;
	TRY(answers_read(c->arena, d->definition->form, json, &x, &lost));
	draft_put(c, d, x);
	return 0;
}

/* What is written must be read back as the same case. */
static int try_case(struct ctx *c, struct preview *p, str text, struct findings *f)
{
	struct arena *a = c->arena;
	const struct package *package;
	struct node_error e = { 0 };
	struct node *list;
	size_t before = f->errors;

	TRY(package_load(a, p->dir, f, &package));
	if (node_parse_yaml(a, S("cases.yaml"), text, &list, &e) < 0) {
		finding_add(f, FINDING_ERROR, S("cases.yaml"), e.line, e.col, S("yaml"), "%s", e.text);
		return ERR_INVALID;
	}
	(void)package_case(a, package, node_at(list, 0), c->house->places, f);
	return f->errors > before ? ERR_INVALID : 0;
}

static bool name_taken(struct preview *p, str name)
{
	bool taken = false;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; p->package && i < node_count(p->package->cases); i++)
		taken |= str_eq(node_text_at(node_at(p->package->cases, i), S("name")), name);
	pthread_mutex_unlock(&p->lock);
	return taken;
}

static int append(struct arena *a, str dir, str text)
{
	const char *path = str_z(a, str_fmt(a, "%.*s/cases.yaml", STR_FMT(dir)));
	struct stat st = { .st_mode = 0644 };
	str before = STR_EMPTY;
	int rc = file_read(a, path, CASES_MAX, &before);

	if (rc < 0 && rc != ERR_NOTFOUND)
		return rc;
	(void)stat(path, &st);
	/* an empty list is what a new package has */
	if (str_eq(str_trim(before), S("[]")))
		before = STR_EMPTY;
	return file_write_durable(path, str_fmt(a, "%.*s%s%.*s", STR_FMT(before), before.n && before.p[before.n - 1] != '\n' ? "\n\n" : before.n ? "\n" : "",
		STR_FMT(text)), st.st_mode & 0777);
}

int preview_record(struct ctx *c, const struct draft *d, str name, struct findings *f)
{
	struct preview *p = c->house->preview;
	struct case_facts facts = { str_trim(name), d->place->slug, c->today };
	struct buf b = buf_new(c->arena, 1024);

	if (name_taken(p, facts.name))
		return ERR_EXISTS;
	case_record(&b, d->journey, d->answers, &facts);
	TRY(try_case(c, p, buf_str(&b), f));
	TRY(append(c->arena, p->dir, buf_str(&b)));
	reload(p);
	return 0;
}
