/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Two FTS5 tables in memory. "doc" holds stems, made here (so FTS5's own tokenizer only splits at blanks); "part" holds folded titles
 * and synonyms as trigrams, for parts of compounds. A finished image of both is read by a few connections at once, without a lock
 * between them. What a typed word may mean is decided on the vocabulary before the database is asked.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "storage/db_impl.h"
#include "storage/fts_impl.h"

#define SEARCHERS 4
#define TERMS_MAX 12
#define MEANINGS_MAX 6
#define RANKED_DOCS 2000	/* a term in more documents than this is too common to be worth ranking by */

struct doc {
	int64_t id;
	str title;		/* folded */
};

struct searcher {
	pthread_mutex_t mu;
	struct dbc *c;
	struct fts_stemmer *stemmer;
};

struct fts {
	struct arena *arena;
	struct fts_stemmer *stemmer;
	struct dbc *build;
	int error;
	struct fts_vocabulary words, stems;
	struct doc *docs;		/* rowid - 1 */
	size_t n, cap;
	void *image;
	int64_t image_n;
	struct searcher searcher[SEARCHERS];
	_Atomic unsigned turn;
};

/* No table of a tenant: so these stand outside SQL(). */
static const char insert_doc[] = "INSERT INTO doc (rowid, title, synonyms, body) VALUES ($1, $2, $3, $4)";
static const char insert_part[] = "INSERT INTO part (rowid, text) VALUES ($1, $2)";
static const char find_ranked[] =
	"SELECT rowid, CAST(-1000 * bm25(doc, 10.0, 6.0, 1.0) AS INTEGER) AS score FROM doc WHERE doc MATCH $1 ORDER BY score DESC, rowid LIMIT $2";
static const char find_plain[] = "SELECT rowid, 0 FROM doc WHERE doc MATCH $1 LIMIT $2";
static const char find_part[] = "SELECT rowid, 0 FROM part WHERE part MATCH $1 LIMIT $2";

/* ---- building ---- */

int fts_open(struct fts **ret)
{
	struct arena *a = arena_new(65536);
	struct fts *f = ARENA_NEW(a, struct fts);

	f->arena = a;
	f->words.arena = f->stems.arena = a;
	f->stemmer = fts_stemmer_new();
	int rc = f->stemmer ? sq_open_memory(&f->build) : ERR_NOMEM;
	if (rc == 0)
		rc = f->build->ops->script(f->build,
			"CREATE VIRTUAL TABLE doc USING fts5(title, synonyms, body, content='', tokenize='unicode61 remove_diacritics 0');"
			"CREATE VIRTUAL TABLE part USING fts5(text, content='', tokenize='trigram');"
			"BEGIN");
	if (rc < 0) {
		fts_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

void fts_close(struct fts *f)
{
	if (!f)
		return;
	for (int i = 0; i < SEARCHERS; i++) {
		if (!f->searcher[i].c)
			continue;
		sq_close(f->searcher[i].c);
		fts_stemmer_free(f->searcher[i].stemmer);
		pthread_mutex_destroy(&f->searcher[i].mu);
	}
	if (f->build)
		sq_close(f->build);
	if (f->image)
		sq_image_free(f->image);
	fts_stemmer_free(f->stemmer);
	arena_free(f->arena);
}

static str stems_of(struct fts *f, struct arena *a, str text, bool title)
{
	struct buf b = buf_new(a, text.n + 16);
	str rest = utf8_lower(a, text), word;
	uint32_t doc = (uint32_t)f->n + 1;

	while (fts_word_next(&rest, &word)) {
		if (word.n > WORD_MAX)
			continue;
		str stem = utf8_fold_plain(a, fts_stem(f->stemmer, word)), folded = utf8_fold(a, word);
		if (!stem.n || !folded.n)
			continue;
		struct fts_word *s = fts_vocabulary_add(&f->stems, stem), *w = fts_vocabulary_add(&f->words, folded);
		if (s->last_doc != doc) {
			s->last_doc = doc;
			s->docs++;
		}
		s->title |= title;
		w->title |= title;
		if (!w->stem.n)
			w->stem = s->text;
		buf_put(&b, stem);
		buf_putc(&b, ' ');
	}
	return buf_str(&b);
}

static void remember(struct fts *f, int64_t id, str folded_title)
{
	if (f->n == f->cap) {
		struct doc *old = f->docs;
		f->cap = f->cap ? f->cap * 2 : 64;
		f->docs = ARENA_ARRAY(f->arena, struct doc, f->cap);
		if (old)
			memcpy(f->docs, old, f->n * sizeof *old);
	}
	f->docs[f->n++] = (struct doc){ id, str_dup(f->arena, folded_title) };
}

void fts_add(struct fts *f, int64_t id, str title, str synonyms, str body)
{
	AUTO(arena_freep) struct arena *a = arena_new(body.n * 4 + 4096);
	struct dbc *c = f->build;

	if (f->error || !c)
		return;
	int64_t row = (int64_t)f->n + 1;
	str names = str_fmt(a, "%.*s %.*s", STR_FMT(title), STR_FMT(synonyms));
	str folded = utf8_fold(a, names), plain = utf8_fold_plain(a, names);
	str parts = str_eq(folded, plain) ? folded : str_fmt(a, "%.*s %.*s", STR_FMT(folded), STR_FMT(plain));
	struct val doc[] = { VI(row), VT(stems_of(f, a, title, true)), VT(stems_of(f, a, synonyms, true)), VT(stems_of(f, a, body, false)) };
	struct val part[] = { VI(row), VT(parts) };
	f->error = c->ops->exec(c, NULL, insert_doc, doc, 4);
	if (!f->error)
		f->error = c->ops->exec(c, NULL, insert_part, part, 2);
	remember(f, id, utf8_fold(a, title));
}

int fts_ready(struct fts *f)
{
	if (!f->build)
		return ERR_INVALID;
	TRY(f->error);
	TRY(f->build->ops->script(f->build, "INSERT INTO doc(doc) VALUES ('optimize'); INSERT INTO part(part) VALUES ('optimize'); COMMIT; VACUUM"));
	TRY(sq_image(f->build, &f->image, &f->image_n));
	sq_close(f->build);
	f->build = NULL;
	for (int i = 0; i < SEARCHERS; i++) {
		struct searcher *s = &f->searcher[i];
		TRY(sq_open_image(f->image, f->image_n, &s->c));
		pthread_mutex_init(&s->mu, NULL);
		s->stemmer = fts_stemmer_new();
		if (!s->stemmer)
			return ERR_NOMEM;
	}
	return 0;
}

/* ---- what is meant ---- */

struct term {
	str typed;			/* folded */
	str stem[MEANINGS_MAX];		/* any of these */
	size_t n;
	uint32_t docs;			/* at most so many documents */
};

struct query {
	struct fts *f;
	struct searcher *s;
	struct arena *a;
	str typed;			/* folded, all of it */
	struct term term[TERMS_MAX];
	size_t n;
	struct fts_hit *hit;		/* id is the row until the end */
	size_t hits, max;
	int error;
};

static void mean(struct query *q, struct term *t, str stem)
{
	struct fts_word *w = fts_vocabulary_find(&q->f->stems, stem);

	for (size_t i = 0; w && i < t->n; i++)
		if (str_eq(t->stem[i], w->text))
			w = NULL;
	if (!w || t->n == MEANINGS_MAX)
		return;
	t->stem[t->n++] = w->text;
	t->docs += w->docs;
}

/* The word as it stands (lower case), and with ae read as ä. */
static void mean_word(struct query *q, struct term *t, str word)
{
	mean(q, t, utf8_fold_plain(q->a, fts_stem(q->s->stemmer, word)));
	str umlauts = fts_umlauts(q->a, t->typed.n && word.p == t->typed.p ? word : utf8_fold(q->a, word));
	if (umlauts.n)
		mean(q, t, utf8_fold_plain(q->a, fts_stem(q->s->stemmer, umlauts)));
}

static bool known_part(struct query *q, str part, struct term *ret)
{
	*ret = (struct term){ .typed = part };
	if (part.n >= 3)
		mean_word(q, ret, part);
	return ret->n > 0;
}

/* "hundesteueranmeldung" is hundesteuer + anmeldung: the longest first part that leaves a known second one. */
static bool mean_compound(struct query *q, str folded)
{
	struct term left, right;

	if (q->n + 2 > TERMS_MAX)
		return false;
	for (size_t i = folded.n; i-- > 3;) {
		if (folded.n - i < 3 || !known_part(q, str_sub(folded, i, folded.n), &right))
			continue;
		str first = str_sub(folded, 0, i);
		bool linked = i > 3 && (first.p[i - 1] == 's' || first.p[i - 1] == 'n');
		if (!known_part(q, first, &left) && !(linked && known_part(q, str_sub(first, 0, i - 1), &left)))
			continue;
		q->term[q->n++] = left;
		q->term[q->n++] = right;
		return true;
	}
	return false;
}

static void mean_typo(struct query *q, struct term *t, str folded)
{
	int most = folded.n >= FTS_LONG_WORD ? 2 : 1;

	if (folded.n < 4 || folded.n > WORD_MAX)
		return;
	/* one typo before two; words of titles first: what one looks for is mostly named there */
	for (int typos = 1; typos <= most && !t->n; typos++)
		for (int title = 1; title >= 0 && !t->n; title--)
			for (size_t length = folded.n - (size_t)typos; length <= folded.n + (size_t)typos && length <= WORD_MAX; length++)
				for (struct fts_word *w = q->f->words.by_length[length]; w; w = w->next)
					if (w->title == title && fts_typos(w->text, folded, typos))
						mean(q, t, w->stem);
}

static bool filler(str folded)
{
	static const str words[] = {
		STR_INIT("der"), STR_INIT("die"), STR_INIT("das"), STR_INIT("den"), STR_INIT("dem"), STR_INIT("des"), STR_INIT("ein"),
		STR_INIT("eine"), STR_INIT("einen"), STR_INIT("einem"), STR_INIT("einer"), STR_INIT("und"), STR_INIT("oder"), STR_INIT("fuer"),
		STR_INIT("in"), STR_INIT("im"), STR_INIT("mit"), STR_INIT("von"), STR_INIT("vom"), STR_INIT("zu"), STR_INIT("zum"),
		STR_INIT("zur"), STR_INIT("am"), STR_INIT("an"), STR_INIT("auf"), STR_INIT("bei"), STR_INIT("ich"), STR_INIT("wir"),
		STR_INIT("mein"), STR_INIT("meine"), STR_INIT("meinen"), STR_INIT("will"), STR_INIT("moechte"), STR_INIT("muss"),
		STR_INIT("wie"), STR_INIT("wo"), STR_INIT("was"), STR_INIT("the"), STR_INIT("a"), STR_INIT("for"), STR_INIT("of"), STR_INIT("my"),
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(words[i], folded))
			return true;
	return false;
}

static bool any_row(struct query *q, const char *sql, str match);

static str part_match(struct arena *a, str folded)
{
	return folded.n < 3 ? STR_EMPTY : str_fmt(a, "\"%.*s\"", STR_FMT(folded));
}

static void understand(struct query *q, str typed)
{
	for (int keep_fillers = 0; keep_fillers < 2 && !q->n; keep_fillers++) {
		str rest = utf8_lower(q->a, typed), word;
		while (q->n < TERMS_MAX && fts_word_next(&rest, &word)) {
			str folded = utf8_fold(q->a, word);
			if (word.n > WORD_MAX || !folded.n || (!keep_fillers && filler(folded)))
				continue;
			struct term t = { .typed = folded };
			mean_word(q, &t, word);
			str part = part_match(q->a, folded);
			if (!t.n && !(part.n && any_row(q, find_part, part))) {
				if (mean_compound(q, folded))
					continue;
				mean_typo(q, &t, folded);
			}
			q->term[q->n++] = t;
		}
	}
}

/* ---- asking ---- */

static void add_hit(struct query *q, int64_t row, int rank)
{
	for (size_t i = 0; i < q->hits; i++)
		if (q->hit[i].id == row)
			return;
	if (q->hits < q->max)
		q->hit[q->hits++] = (struct fts_hit){ row, rank };
}

static int cap(int64_t v, int most)
{
	return v < 0 ? 0 : v > most ? most : (int)v;
}

/* In a class of hits: the title itself, a title that begins so, a shorter title. */
static int title_bonus(const struct query *q, int64_t row)
{
	str title = q->f->docs[row - 1].title;
	int bonus = cap(200 - (int64_t)title.n, 200);

	if (str_eq(title, q->typed))
		return bonus + 900;
	if (str_has_prefix(title, q->typed))
		return bonus + 600;
	if (q->n && q->term[0].typed.n) {
		ptrdiff_t at = str_find(title, q->term[0].typed);
		if (at == 0)
			return bonus + 400;
		if (at > 0 && title.p[at - 1] == ' ')
			return bonus + 300;
	}
	return bonus;
}

static void ask(struct query *q, const char *sql, str match, int base)
{
	struct rows *r = NULL;
	struct dbc *c = q->s->c;
	struct val v[] = { VT(match), VI((int64_t)q->max) };

	if (q->error || !match.n)
		return;
	c->failed = 0;
	q->error = c->ops->query(c, &r, sql, v, 2);
	while (!q->error && rows_next(r)) {
		int64_t row = row_int(r, 0);
		if (row > 0 && (size_t)row <= q->f->n)
			add_hit(q, row, base + cap(row_int(r, 1) / 25, 400) + title_bonus(q, row));
	}
	if (!q->error)
		q->error = rows_error(r);
	rows_done(&r);
}

static bool any_row(struct query *q, const char *sql, str match)
{
	struct rows *r = NULL;
	struct dbc *c = q->s->c;
	struct val v[] = { VT(match), VI(1) };

	c->failed = 0;
	int rc = c->ops->query(c, &r, sql, v, 2);
	bool any = rc == 0 && rows_next(r);
	rows_done(&r);
	if (rc < 0)
		q->error = rc;
	return any;
}

/* All terms (AND) or any of them (OR); empty if that cannot match. */
static str doc_match(struct query *q, const char *columns, bool all)
{
	struct buf b = buf_new(q->a, 256);
	bool first = true;

	for (size_t i = 0; i < q->n; i++) {
		const struct term *t = &q->term[i];
		if (!t->n && all)
			return STR_EMPTY;
		if (!t->n)
			continue;
		buf_put(&b, first ? S("(") : all ? S(" AND (") : S(" OR ("));
		for (size_t j = 0; j < t->n; j++)
			buf_fmt(&b, "%s\"%.*s\"", j ? " OR " : "", STR_FMT(t->stem[j]));
		buf_putc(&b, ')');
		first = false;
	}
	return first ? STR_EMPTY : str_fmt(q->a, "%s(%.*s)", columns, STR_FMT(buf_str(&b)));
}

static str parts_match(struct query *q)
{
	struct buf b = buf_new(q->a, 128);

	for (size_t i = 0; i < q->n; i++) {
		str part = part_match(q->a, q->term[i].typed);
		if (!part.n)
			return STR_EMPTY;
		buf_fmt(&b, "%s%.*s", i ? " AND " : "", STR_FMT(part));
	}
	return buf_str(&b);
}

/* Ranking looks at every match: only worth its time where one term is rare enough. */
static const char *text_query(const struct query *q, bool all)
{
	uint32_t fewest = UINT32_MAX, sum = 0;

	for (size_t i = 0; i < q->n; i++) {
		if (q->term[i].n && q->term[i].docs < fewest)
			fewest = q->term[i].docs;
		sum += q->term[i].docs;
	}
	return (all ? fewest : sum) <= RANKED_DOCS ? find_ranked : find_plain;
}

static void answer(struct query *q)
{
	static const char names[] = "{title synonyms} : ";

	if (!q->n)
		return;
	ask(q, text_query(q, true), doc_match(q, names, true), FTS_TITLE);
	if (q->hits < q->max)
		ask(q, find_part, parts_match(q), FTS_PART);
	if (q->hits < q->max)
		ask(q, text_query(q, true), doc_match(q, "", true), FTS_TEXT);
	if (q->hits == 0 && q->n > 1)
		ask(q, text_query(q, false), doc_match(q, names, false), FTS_ANY);
	if (q->hits == 0 && q->n > 1)
		ask(q, text_query(q, false), doc_match(q, "", false), FTS_ANY);
}

static struct searcher *searcher_take(struct fts *f)
{
	unsigned first = f->turn++;

	for (unsigned i = 0; i < SEARCHERS; i++) {
		struct searcher *s = &f->searcher[(first + i) % SEARCHERS];
		if (pthread_mutex_trylock(&s->mu) == 0)
			return s;
	}
	struct searcher *s = &f->searcher[first % SEARCHERS];
	pthread_mutex_lock(&s->mu);
	return s;
}

static int better_first(const void *a, const void *b)
{
	const struct fts_hit *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

int fts_search(struct fts *f, struct arena *a, str typed, size_t max, struct fts_hit **ret, size_t *ret_n)
{
	*ret = ARENA_ARRAY(a, struct fts_hit, max);
	*ret_n = 0;
	if (!f->image)
		return ERR_INVALID;
	struct arena_mark before = arena_mark(a);
	struct query *q = ARENA_NEW(a, struct query);
	*q = (struct query){ .f = f, .a = a, .hit = *ret, .max = max };
	q->typed = utf8_fold(a, str_sub(typed, 0, 400));
	q->s = searcher_take(f);
	understand(q, str_sub(typed, 0, 400));
	answer(q);
	pthread_mutex_unlock(&q->s->mu);
	int rc = q->error;
	*ret_n = q->hits;
	arena_rewind(a, before);
	TRY(rc);
	qsort(*ret, *ret_n, sizeof **ret, better_first);
	for (size_t i = 0; i < *ret_n; i++)
		(*ret)[i].id = f->docs[(*ret)[i].id - 1].id;
	return 0;
}
