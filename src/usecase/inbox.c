/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/inbox.h"

#include <stdio.h>
#include <string.h>

/*
 * One statement for each view, sort key and direction, made by macros: the engine then knows the whole condition and walks one index.
 * $1 tenant, $2 clerk, $3 last day of the view "due", $4 service, $5 phase, $6 clerk filter, then the cursor: $7 key, $8 time, $9 id.
 */
#define COLUMNS                                                                                                                     \
	"case_id, reference, service, phase, name, key_id, clerk_id, submitted_at, due_on, follow_up_on, waiting_since, unread, "   \
	"online_consent, attend_on, version "
#define FILTERS                                                                                                                     \
	"AND ($4 = '' OR service = $4) AND ($5 = 0 OR phase = $5) "                                                                 \
	"AND ($6 = 0 OR COALESCE(clerk_id, -1) = $6) "

/*
 * How the engines find their way without statistics: "phase <= 50" and "phase >= 60" are the conditions of the partial indexes, which are in
 * the order of one sort key each; "phase + 0" is the expression of cases_by_phase; "+phase" and keys such as "attend_on + 0" use no index, so that
 * few rows found by another one (own cases) are sorted instead.
 */
#define VIEW_OPEN "phase <= 50 AND $2 >= 0 AND $3 >= 0 "
#define VIEW_NEW "phase <= 50 AND phase + 0 = 10 AND $2 >= 0 AND $3 >= 0 "
#define VIEW_NEW_SORTED "phase <= 50 AND +phase = 10 AND $2 >= 0 AND $3 >= 0 "
/* own ones, and those of whom I stand in for today */
#define VIEW_MINE                                                                                                                   \
	"phase <= 50 AND clerk_id IN (SELECT $2 UNION ALL SELECT a.clerk_id FROM clerk a WHERE a.tenant_id = $1 AND a.substitute_id = $2 " \
	"AND a.absent_from <= $3 AND a.absent_until >= $3) "
#define VIEW_DUE "phase <= 50 AND $2 >= 0 AND attend_on <= $3 "
#define VIEW_WAITING "phase <= 50 AND phase + 0 = 30 AND $2 >= 0 AND $3 >= 0 "
#define VIEW_WAITING_SORTED "phase <= 50 AND +phase = 30 AND $2 >= 0 AND $3 >= 0 "
#define VIEW_CLOSED "phase >= 60 AND $2 >= 0 AND $3 >= 0 "

#define LIST(view, key, cmp, dir)                                                                                                   \
	SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND " view FILTERS "AND (" key ", submitted_at, case_id) " cmp            \
	    " ($7, $8, $9) ORDER BY " key " " dir ", submitted_at " dir ", case_id " dir " LIMIT 21")

#define HOW_MANY(view, key, cmp, dir)                                                                                               \
	SQL("SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE tenant_id = $1 AND " view FILTERS "AND (" key ", submitted_at, case_id) " cmp \
	    " ($7, $8, $9) LIMIT 200) AS part")

#define BOTH(of, view, key) { of(view, key, ">", "ASC"), of(view, key, "<", "DESC") }
#define SORTS(of, by_time, view)                                                                                                    \
	{ BOTH(of, by_time, "submitted_at"), BOTH(of, view, "attend_on"), BOTH(of, view, "service"), BOTH(of, view, "phase + 0"), BOTH(of, view, "reference") }
#define SORTS_FEW(of, view)                                                                                                         \
	{ BOTH(of, view, "submitted_at + 0"), BOTH(of, view, "attend_on + 0"), BOTH(of, view, "service || ''"), BOTH(of, view, "phase - 0"),         \
	  BOTH(of, view, "reference || ''") }
#define ALL(of)                                                                                                                     \
	{ SORTS(of, VIEW_OPEN, VIEW_OPEN), SORTS(of, VIEW_NEW, VIEW_NEW_SORTED), SORTS_FEW(of, VIEW_MINE), SORTS(of, VIEW_DUE, VIEW_DUE),     \
	  SORTS(of, VIEW_WAITING, VIEW_WAITING_SORTED), SORTS(of, VIEW_CLOSED, VIEW_CLOSED) }

static const char *statement(const struct inbox_query *q, bool down, bool how_many)
{
	const char *const sql[2][INBOX_VIEWS][INBOX_SORTS][2] = { ALL(LIST), ALL(HOW_MANY) };

	return sql[how_many][q->view][q->sort][down];
}

enum inbox_sort inbox_sort_of(enum inbox_view_kind v, enum inbox_sort s)
{
	bool one_phase = v == INBOX_NEW || v == INBOX_WAITING;

	if ((one_phase && s == INBOX_BY_STATE) || (v == INBOX_CLOSED && s != INBOX_BY_REFERENCE))
		return INBOX_BY_TIME;
	return s;
}

static bool text_sorted(enum inbox_sort s)
{
	return s == INBOX_BY_SERVICE || s == INBOX_BY_REFERENCE;
}

static int64_t number_key(enum inbox_sort s, const struct case_row *r)
{
	return s == INBOX_BY_TIME ? r->submitted_at.us : s == INBOX_BY_DUE ? case_attend_on(r) : (int64_t)r->phase;
}

/* ---- cursors: "n" or "p" (next, previous), then key, time and id of the row at the edge, '~' between them ---- */

struct cursor {
	bool there, back;
	str text;
	int64_t number, time, id;
};

static str cursor_make(struct ctx *c, const struct inbox_query *q, const struct case_row *r, bool back)
{
	str key = q->sort == INBOX_BY_SERVICE ? r->service
		: q->sort == INBOX_BY_REFERENCE ? r->reference
						: str_fmt(c->arena, "%lld", (long long)number_key(q->sort, r));

	return str_fmt(c->arena, "%c~%.*s~%lld~%lld", back ? 'p' : 'n', STR_FMT(key), (long long)r->submitted_at.us, (long long)r->id.v);
}

/* A broken cursor is the first page: nobody types one. */
static struct cursor cursor_read(const struct inbox_query *q)
{
	struct cursor x = { .there = true };
	str rest = q->cursor, way, time, id;

	if (!str_split(&rest, '~', &way) || !str_split(&rest, '~', &x.text) || !str_split(&rest, '~', &time) || !str_split(&rest, '~', &id) ||
	    str_to_i64(time, &x.time) < 0 || str_to_i64(id, &x.id) < 0 || (!text_sorted(q->sort) && str_to_i64(x.text, &x.number) < 0))
		return (struct cursor){ 0 };
	x.back = str_eq(way, S("p"));
	return x;
}

/* Before the first row of either direction. */
static struct cursor cursor_first(bool down)
{
	struct cursor x = { .text = down ? S("\x7f") : STR_EMPTY, .number = down ? INT64_MAX : -1, .time = down ? INT64_MAX : -1 };

	x.id = x.time;
	return x;
}

/* ---- rows ---- */

struct clerk_names {
	int64_t id[200];
	str name[200];
	size_t n;
};

static int read_names(struct ctx *c, struct dbc *db, struct clerk_names *n)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT clerk_id, name FROM clerk WHERE tenant_id = $1 AND role > 0 ORDER BY active DESC, clerk_id LIMIT 200"), VI(c->actor.tenant.v)));
	while (n->n < 200 && rows_next(r)) {
		n->id[n->n] = row_int(r, 0);
		n->name[n->n++] = str_dup(c->arena, row_str(r, 1));
	}
	return rows_error(r);
}

static str name_of(const struct clerk_names *n, int64_t id)
{
	for (size_t i = 0; id && i < n->n; i++)
		if (n->id[i] == id)
			return n->name[i];
	return STR_EMPTY;
}

static void take_row(struct ctx *c, const struct rows *r, struct case_row *x)
{
	*x = (struct case_row){ .tenant = c->actor.tenant, .id.v = row_int(r, 0), .reference = str_dup(c->arena, row_str(r, 1)),
				.service = str_dup(c->arena, row_str(r, 2)), .phase = (enum case_phase)row_int(r, 3),
				.name_sealed = str_dup(c->arena, row_str(r, 4)), .key_id = row_int(r, 5), .clerk.v = row_int(r, 6),
				.submitted_at.us = row_int(r, 7), .due_on = (int32_t)row_int(r, 8), .follow_up_on = (int32_t)row_int(r, 9),
				.waiting_since.us = row_int(r, 10), .unread = row_int(r, 11), .online_consent = row_int(r, 12), .version = row_int(r, 14) };
}

/* A case whose key is destroyed stays as a tombstone without name. */
static int unseal_name(struct ctx *c, const struct case_row *x, str *ret)
{
	struct key k;
	int rc = keys_get(c->house->keys, x->tenant.v, x->key_id, &k);

	*ret = STR_EMPTY;
	if (rc == ERR_DESTROYED)
		return 0;
	TRY(rc);
	rc = case_unseal(c->arena, &k, x->tenant, x->id, "name", 0, x->name_sealed, ret);
	wipe(&k, sizeof k);
	return rc;
}

static int finish_row(struct ctx *c, const struct clerk_names *names, struct inbox_row *r)
{
	TRY(unseal_name(c, &r->row, &r->name));
	r->clerk = name_of(names, r->row.clerk.v);
	r->state = case_state(c, LANG_DE, &r->row, NULL);
	return 0;
}

static void turn_round(struct inbox_row *r, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct inbox_row x = r[i];

		r[i] = r[n - 1 - i];
		r[n - 1 - i] = x;
	}
}

/* Last day of this week: Sunday. The view "mine" needs today. */
static int32_t day_of_view(const struct ctx *c, enum inbox_view_kind v)
{
	return v == INBOX_DUE ? date_days(c->today) + 7 - date_weekday(c->today) : date_days(c->today);
}

static int ask(struct ctx *c, struct dbc *db, const struct inbox_query *q, const char *sql, const struct cursor *x, struct rows **ret)
{
	return db_query(db, ret, sql, VI(c->actor.tenant.v), VI(c->actor.clerk.v), VI(day_of_view(c, q->view)), VT(q->service), VI(q->phase), VI(q->clerk),
		text_sorted(q->sort) ? VT(x->text) : VI(x->number), VI(x->time), VI(x->id));
}

static int list_view(struct ctx *c, struct dbc *db, const struct inbox_query *q, struct inbox_list *l)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct cursor x = cursor_read(q);
	bool down = q->down != x.back, more = false;

	if (!x.there)
		x = cursor_first(down);
	TRY(ask(c, db, q, statement(q, down, false), &x, &r));
	while (rows_next(r)) {
		if (l->rows == INBOX_ROWS) {
			more = true;
			break;
		}
		take_row(c, r, &l->row[l->rows++].row);
	}
	TRY(more ? 0 : rows_error(r));
	if (x.back)
		turn_round(l->row, l->rows);
	if (l->rows && (x.back || more))
		l->next = cursor_make(c, q, &l->row[l->rows - 1].row, false);
	if (l->rows && (x.back ? more : x.there))
		l->previous = cursor_make(c, q, &l->row[0].row, true);
	return 0;
}

/* ---- search ---- */

/* Letters and digits of what was typed, upper case, as references have them; empty: no reference. */
static str reference_part(struct arena *a, str typed)
{
	struct buf b = buf_new(a, 16);
	bool digit = false;

	for (size_t i = 0; i < typed.n; i++) {
		char x = typed.p[i];

		if (x == '-' || x == ' ')
			continue;
		if (x >= 'a' && x <= 'z')
			x = (char)(x - 32);
		if (!((x >= '0' && x <= '9') || (x >= 'A' && x <= 'Z')) || b.n == 11)
			return STR_EMPTY;
		digit |= x >= '0' && x <= '9';
		buf_putc(&b, x);
	}
	/* one in ten references has no digit behind the year: so many letters are looked up all the same */
	return (digit && b.n >= 3) || b.n == 8 ? buf_str(&b) : STR_EMPTY;
}

static int list_reference(struct ctx *c, struct dbc *db, const struct inbox_query *q, struct inbox_list *l)
{
	AUTO(rows_done) struct rows *r = NULL;
	str part = reference_part(c->arena, q->typed);

	if (!part.n)
		return 0;
	TRY(db_query(db, &r, SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND reference IN (SELECT reference FROM cases WHERE tenant_id = $1 "
				 "AND REPLACE(reference, '-', '') LIKE '%' || $2 || '%' LIMIT 20) ORDER BY submitted_at DESC, case_id DESC"),
		VI(c->actor.tenant.v), VT(part)));
	while (l->rows < INBOX_ROWS && rows_next(r))
		take_row(c, r, &l->row[l->rows++].row);
	return rows_error(r);
}

#define CANDIDATES 200

/* Up to three words are looked up together; the rest is checked after unsealing, as all are (32 bits collide). */
static int name_candidates(struct ctx *c, struct dbc *db, const struct inbox_query *q, struct inbox_row *list, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	int64_t *word, *sound, t[6], below = INT64_MAX;
	struct key names;
	size_t words, sounds;

	*ret_n = 0;
	TRY(keys_purpose(c->house->keys, c->actor.tenant.v, "names", &names));
	words = name_query_tokens(c->arena, &names, q->typed, &word, &sound, &sounds);
	if (!words)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		size_t k = i < words ? i : 0;

		t[i * 2] = word[k];
		/* words without a sound are looked up by themselves; which sound belongs to which word does not matter for one word */
		t[i * 2 + 1] = sounds == words ? sound[k] : word[k];
	}
	if (q->cursor.n && str_to_i64(q->cursor, &below) < 0)
		below = INT64_MAX;
	TRY(db_query(db, &r, SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND case_id IN (SELECT n.case_id FROM name_token n "
				 "WHERE n.tenant_id = $1 AND n.token IN ($2, $3) AND n.case_id < $8 "
				 "AND EXISTS (SELECT 1 FROM name_token m WHERE m.tenant_id = $1 AND m.case_id = n.case_id AND m.token IN ($4, $5)) "
				 "AND EXISTS (SELECT 1 FROM name_token o WHERE o.tenant_id = $1 AND o.case_id = n.case_id AND o.token IN ($6, $7))) "
				 "ORDER BY case_id DESC LIMIT 200"),
		VI(c->actor.tenant.v), VI(t[0]), VI(t[1]), VI(t[2]), VI(t[3]), VI(t[4]), VI(t[5]), VI(below)));
	while (*ret_n < CANDIDATES && rows_next(r))
		take_row(c, r, &list[(*ret_n)++].row);
	return rows_error(r);
}

static int list_name(struct ctx *c, struct dbc *db, const struct inbox_query *q, struct inbox_list *l)
{
	struct inbox_row *list = ARENA_ARRAY(c->arena, struct inbox_row, CANDIDATES);
	size_t n, i;

	TRY(name_candidates(c, db, q, list, &n));
	for (i = 0; i < n && l->rows < INBOX_ROWS; i++) {
		TRY(unseal_name(c, &list[i].row, &list[i].name));
		if (list[i].name.n && name_matches(c->arena, list[i].name, q->typed))
			l->row[l->rows++] = list[i];
	}
	l->by_name = l->rows > 0;
	if (n && (i < n || n == CANDIDATES))
		l->next = str_fmt(c->arena, "%lld", (long long)list[i - 1].row.id.v);
	return 0;
}

int inbox_list(struct ctx *c, const struct inbox_query *asked, struct inbox_list **ret)
{
	struct inbox_list *l = ARENA_NEW(c->arena, struct inbox_list);
	struct inbox_query query = *asked, *q = &query;
	struct clerk_names names = { .n = 0 };
	struct dbc *db;

	if (c->actor.kind != ACTOR_CLERK)
		return ERR_DENIED;
	query.sort = inbox_sort_of(query.view, query.sort);
	TRY(ctx_db(c, c->actor.tenant, &db));
	if (q->typed.n) {
		TRY(list_reference(c, db, q, l));
		if (!l->rows)
			TRY(list_name(c, db, q, l));
	} else {
		TRY(list_view(c, db, q, l));
	}
	TRY(read_names(c, db, &names));
	for (size_t i = 0; i < l->rows; i++)
		TRY(finish_row(c, &names, &l->row[i]));
	*ret = l;
	return 0;
}

/* ---- neighbours of one case ---- */

static int near_row(struct ctx *c, struct dbc *db, const struct inbox_query *q, const struct cursor *x, bool back, str *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(ask(c, db, q, statement(q, q->down != back, false), x, &r));
	if (!rows_next(r))
		return rows_error(r);
	*ret = str_dup(c->arena, row_str(r, 1));
	return 0;
}

static int how_many(struct ctx *c, struct dbc *db, const struct inbox_query *q, const struct cursor *x, bool back, int *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(ask(c, db, q, statement(q, q->down != back, true), x, &r));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_INVALID;
	*ret = (int)row_int(r, 0);
	return 0;
}

int inbox_near(struct ctx *c, const struct inbox_query *asked, const struct case_row *row, struct inbox_near *ret)
{
	struct inbox_query query = *asked, *q = &query;
	struct cursor here, first = cursor_first(q->down);
	struct dbc *db;
	int before, after;

	*ret = (struct inbox_near){ 0 };
	if (c->actor.kind != ACTOR_CLERK)
		return ERR_DENIED;
	query.sort = inbox_sort_of(query.view, query.sort);
	here = (struct cursor){ .text = q->sort == INBOX_BY_SERVICE ? row->service : row->reference, .number = number_key(q->sort, row),
				.time = row->submitted_at.us, .id = row->id.v };
	TRY(ctx_db(c, c->actor.tenant, &db));
	TRY(near_row(c, db, q, &here, true, &ret->previous));
	TRY(near_row(c, db, q, &here, false, &ret->next));
	TRY(how_many(c, db, q, &here, true, &before));
	TRY(how_many(c, db, q, &here, false, &after));
	TRY(how_many(c, db, q, &first, false, &ret->total));
	/* where it has left the list (it was taken, say) it has neighbours, but no number in it */
	if (before < INBOX_COUNT_MAX && (ret->total == INBOX_COUNT_MAX || before + after + 1 == ret->total))
		ret->position = before + 1;
	return 0;
}

/* ---- counts ---- */

#define COUNT(view) SQL("SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE tenant_id = $1 AND " view " LIMIT 200) AS part")

int inbox_counts(struct ctx *c, int ret[INBOX_VIEWS])
{
	const char *const sql[INBOX_VIEWS] = { COUNT(VIEW_OPEN), COUNT(VIEW_NEW), COUNT(VIEW_MINE), COUNT(VIEW_DUE), COUNT(VIEW_WAITING), COUNT(VIEW_CLOSED) };
	struct dbc *db;

	if (c->actor.kind != ACTOR_CLERK)
		return ERR_DENIED;
	TRY(ctx_db(c, c->actor.tenant, &db));
	for (int i = 0; i < INBOX_VIEWS; i++) {
		AUTO(rows_done) struct rows *r = NULL;

		TRY(db_query(db, &r, sql[i], VI(c->actor.tenant.v), VI(c->actor.clerk.v), VI(day_of_view(c, (enum inbox_view_kind)i))));
		if (!rows_next(r))
			return rows_error(r) ? rows_error(r) : ERR_INVALID;
		ret[i] = (int)row_int(r, 0);
	}
	return 0;
}

int inbox_services(struct ctx *c, str **ret, size_t *ret_n)
{
	struct dbc *db;
	str *list = ARENA_ARRAY(c->arena, str, 64), last = STR_EMPTY;

	*ret = list;
	*ret_n = 0;
	if (c->actor.kind != ACTOR_CLERK)
		return ERR_DENIED;
	TRY(ctx_db(c, c->actor.tenant, &db));
	/* one step in the index for each service, however many cases there are */
	while (*ret_n < 64) {
		AUTO(rows_done) struct rows *r = NULL;

		TRY(db_query(db, &r, SQL("SELECT service FROM cases WHERE tenant_id = $1 AND phase <= 50 AND service > $2 ORDER BY service LIMIT 1"),
			VI(c->actor.tenant.v), VT(last)));
		if (!rows_next(r))
			return rows_error(r);
		last = str_dup(c->arena, row_str(r, 0));
		list[(*ret_n)++] = last;
	}
	return 0;
}

/* ---- taking several ---- */

struct take {
	struct take_outcome *out;
	struct arena *arena;
	clerk_id clerk;
	instant now;
	struct grant grant[INBOX_ROWS];
	struct event event[INBOX_ROWS];
	size_t n;
};

static int take_unit(struct dbc *db, void *arg)
{
	struct take *t = arg;

	t->out->taken = t->out->already = 0;
	TRY(once_take(db, t->out->once, STR_EMPTY));
	if (t->out->once->repeated)
		return 0;
	for (size_t i = 0; i < t->n; i++) {
		struct event e = t->event[i];
		struct case_row row;

		TRY(case_lock(db, t->arena, &t->grant[i], -1, &row));
		if (row.clerk.v || !phase_open(row.phase)) {
			t->out->already += row.clerk.v != t->clerk.v;
			continue;
		}
		row.clerk = t->clerk;
		row.unread = false;
		if (row.phase == PHASE_SUBMITTED)
			row.phase = PHASE_IN_WORK;
		TRY(case_event_add(db, &t->grant[i], &row, &e));
		TRY(case_save(db, &t->grant[i], &row, t->now));
		t->out->taken++;
	}
	return 0;
}

int inbox_take(struct ctx *c, const str *reference, size_t n, struct take_outcome *o)
{
	struct take *t = ARENA_NEW(c->arena, struct take);

	t->out = o;
	t->arena = c->arena;
	t->clerk = c->actor.clerk;
	t->now = c->now;
	for (size_t i = 0; i < n && t->n < INBOX_ROWS; i++) {
		struct casefile *f;
		int rc = case_authorize_clerk(c, reference[i], CASE_WORK, &t->grant[t->n]);

		if (rc == ERR_NOTFOUND || rc == ERR_DESTROYED)
			continue;
		TRY(rc);
		TRY(case_open(c, &t->grant[t->n], &f));
		t->event[t->n++] = casefile_event(f, EVENT_TAKEN, STR_EMPTY);
	}
	ctx_hand_over(c, take_unit, t, c->actor.tenant, true);
	return 0;
}
