/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/case.h"

#include <string.h>

#include "base/utf8.h"

str phase_name(enum case_phase p)
{
	switch (p) {
#define PHASE(ID, number, name) case PHASE_##ID: return S(#name);
#include "domain/case_phases.def"
#undef PHASE
	}
	return S("unknown");
}

bool phase_open(enum case_phase p)
{
	return p <= PHASE_KNOWN;
}

static const struct {
	str name;
	bool visible;
} events[EVENT_COUNT] = {
#define EVENT(ID, text, shown) [EVENT_##ID] = { STR_INIT(#text), shown },
#include "domain/case_events.def"
#undef EVENT
};

str event_name(enum event_kind k)
{
	return events[k].name;
}

int event_parse(str name, enum event_kind *ret)
{
	for (int i = 0; i < EVENT_COUNT; i++)
		if (str_eq(events[i].name, name)) {
			*ret = (enum event_kind)i;
			return 0;
		}
	return ERR_NOTFOUND;
}

bool event_visible(enum event_kind k)
{
	return events[k].visible;
}

bool phase_may(enum case_phase from, enum case_phase to)
{
	static const struct { enum case_phase from, to; } may[] = {
		{ PHASE_SUBMITTED, PHASE_IN_WORK }, { PHASE_SUBMITTED, PHASE_ASKED }, { PHASE_SUBMITTED, PHASE_DECIDED },
		{ PHASE_SUBMITTED, PHASE_WITHDRAWN }, { PHASE_SUBMITTED, PHASE_CLOSED },
		{ PHASE_IN_WORK, PHASE_ASKED }, { PHASE_IN_WORK, PHASE_DECIDED }, { PHASE_IN_WORK, PHASE_WITHDRAWN },
		{ PHASE_IN_WORK, PHASE_CLOSED },
		{ PHASE_ASKED, PHASE_IN_WORK }, { PHASE_ASKED, PHASE_DECIDED }, { PHASE_ASKED, PHASE_WITHDRAWN }, { PHASE_ASKED, PHASE_CLOSED },
		{ PHASE_DECIDED, PHASE_IN_WORK }, { PHASE_DECIDED, PHASE_KNOWN }, { PHASE_DECIDED, PHASE_WITHDRAWN },
		{ PHASE_KNOWN, PHASE_CLOSED },
		{ PHASE_CLOSED, PHASE_IN_WORK }, { PHASE_CLOSED, PHASE_ARCHIVED }, { PHASE_CLOSED, PHASE_DESTROYED },
		{ PHASE_WITHDRAWN, PHASE_CLOSED }, { PHASE_WITHDRAWN, PHASE_DESTROYED }, { PHASE_ARCHIVED, PHASE_DESTROYED },
	};

	if (from == to)
		return true;
	for (size_t i = 0; i < sizeof may / sizeof *may; i++)
		if (may[i].from == from && may[i].to == to)
			return true;
	return false;
}

/* ---- handles and references ---- */

str handle_make(struct arena *a, tenant_id t)
{
	uint8_t raw[18];

	raw[0] = (uint8_t)(t.v >> 8);
	raw[1] = (uint8_t)t.v;
	rand_bytes(raw + 2, 16);
	return b64url(a, str_n(raw, sizeof raw));
}

int handle_parse(struct arena *a, str handle, tenant_id *ret_tenant)
{
	str raw;

	if (handle.n != HANDLE_CHARS || b64url_decode(a, handle, &raw) < 0 || raw.n != 18)
		return ERR_NOTFOUND;
	ret_tenant->v = (uint8_t)raw.p[0] << 8 | (uint8_t)raw.p[1];
	return ret_tenant->v ? 0 : ERR_NOTFOUND;
}

struct digest handle_hash(str handle)
{
	return sha256(handle);
}

str reference_make(struct arena *a, struct date today)
{
	uint8_t raw[5];
	str code;

	rand_bytes(raw, sizeof raw);
	code = b32(a, str_n(raw, sizeof raw));
	return str_fmt(a, "S%02d-%.4s-%.4s", today.year % 100, code.p, code.p + 4);
}

str reference_normal(struct arena *a, str typed)
{
	struct buf b = buf_new(a, 16);

	for (size_t i = 0; i < typed.n && b.n < 12; i++) {
		char c = typed.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (c == 'O')
			c = '0';
		if (c == 'I' || c == 'L')
			c = '1';
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
			buf_putc(&b, c);
		else if (c != '-' && c != ' ')
			return STR_EMPTY;
	}
	str s = buf_str(&b);
	if (s.n == 11 && s.p[0] == 'S')
		return str_fmt(a, "S%.2s-%.4s-%.4s", s.p + 1, s.p + 3, s.p + 7);
	if (s.n == 8) /* without the year: the caller searches by suffix */
		return str_fmt(a, "%.4s-%.4s", s.p, s.p + 4);
	return STR_EMPTY;
}

/* ---- sealing ---- */

#define ROW_FORMAT 2 /* first byte of what is bound to a row; before, only tenant, case and purpose were bound, and no such byte stood there */

static str seal_aad(struct arena *a, tenant_id t, case_id id, const char *purpose, int64_t row)
{
	struct buf b = buf_new(a, 64);

	buf_int(&b, t.v);
	buf_putc(&b, '/');
	buf_int(&b, id.v);
	buf_putc(&b, '/');
	buf_put(&b, str_c(purpose));
	if (row) {
		buf_putc(&b, '/');
		buf_int(&b, row);
	}
	return buf_str(&b);
}

str case_seal(struct arena *a, const struct key *k, tenant_id t, case_id id, const char *purpose, int64_t row, str plain)
{
	struct buf b;
	str body = seal(a, k, seal_aad(a, t, id, purpose, row), plain);

	if (!row)
		return body;
	b = buf_new(a, body.n + 1);
	buf_putc(&b, ROW_FORMAT);
	buf_put(&b, body);
	return buf_str(&b);
}

int case_unseal(struct arena *a, const struct key *k, tenant_id t, case_id id, const char *purpose, int64_t row, str sealed, str *ret)
{
	/* the random first byte of an older one may look the same; what it was sealed for tells them apart, whichever is tried first */
	if (row && sealed.n && sealed.p[0] == ROW_FORMAT &&
		!unseal(a, k, seal_aad(a, t, id, purpose, row), str_sub(sealed, 1, sealed.n), ret))
		return 0;
	return unseal(a, k, seal_aad(a, t, id, purpose, 0), sealed, ret);
}

/* Number and kind of an event may be settled inside the unit only, when it is sealed already: its instant stands before. */
str event_seal(struct arena *a, const struct key *k, tenant_id t, case_id id, const struct event *e, str plain)
{
	return case_seal(a, k, t, id, "event", e->at.us, plain);
}

int event_unseal(struct arena *a, const struct key *k, tenant_id t, case_id id, const struct event *e, str *ret)
{
	return case_unseal(a, k, t, id, "event", e->at.us, e->sealed, ret);
}

/* ---- the chain ---- */

static void put_be64(uint8_t *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
}

struct digest event_hash(const struct digest *previous, tenant_id t, case_id id, const struct event *e)
{
	uint8_t fixed[32 + 7 * 8];

	memcpy(fixed, previous->b, 32);
	put_be64(fixed + 32, t.v);
	put_be64(fixed + 40, id.v);
	put_be64(fixed + 48, e->seq);
	put_be64(fixed + 56, e->at.us);
	put_be64(fixed + 64, (int64_t)e->kind);
	put_be64(fixed + 72, (int64_t)e->actor);
	put_be64(fixed + 80, e->actor_id);
	return sha256_2(str_n(fixed, sizeof fixed), e->sealed);
}

/* ---- name search ---- */

static int64_t token_of(const struct key *k, char kind, str word)
{
	char text[64];
	size_t n = word.n < sizeof text - 1 ? word.n : sizeof text - 1;
	struct digest d;

	text[0] = kind;
	memcpy(text + 1, word.p, n);
	d = hmac_sha256(k, str_n(text, n + 1));
	return (int64_t)((uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 | (uint32_t)d.b[2] << 8 | d.b[3]);
}

static void add_once(int64_t *list, size_t *n, int64_t v)
{
	for (size_t i = 0; i < *n; i++)
		if (list[i] == v)
			return;
	list[(*n)++] = v;
}

#define NAME_WORDS_MAX 12

size_t name_tokens(struct arena *a, const struct key *names, str name, int64_t **ret)
{
	int64_t *list = ARENA_ARRAY(a, int64_t, NAME_WORDS_MAX * 2);
	str rest = utf8_fold_plain(a, name), word;
	size_t n = 0, words = 0;

	while (words < NAME_WORDS_MAX && str_split(&rest, ' ', &word)) {
		if (!word.n)
			continue;
		words++;
		add_once(list, &n, token_of(names, 'w', word));
		str sound = utf8_cologne(a, word);
		if (sound.n)
			add_once(list, &n, token_of(names, 's', sound));
	}
	*ret = list;
	return n;
}

size_t name_query_tokens(struct arena *a, const struct key *names, str typed, int64_t **ret_words, int64_t **ret_sounds, size_t *ret_n_sounds)
{
	str rest = utf8_fold_plain(a, typed), word;
	size_t n = 0;

	*ret_words = ARENA_ARRAY(a, int64_t, NAME_WORDS_MAX);
	*ret_sounds = ARENA_ARRAY(a, int64_t, NAME_WORDS_MAX);
	*ret_n_sounds = 0;
	while (n < NAME_WORDS_MAX && str_split(&rest, ' ', &word)) {
		if (!word.n)
			continue;
		str sound = utf8_cologne(a, word);
		(*ret_words)[n++] = token_of(names, 'w', word);
		if (sound.n)
			(*ret_sounds)[(*ret_n_sounds)++] = token_of(names, 's', sound);
	}
	return n;
}

bool name_matches(struct arena *a, str name, str typed)
{
	str want = utf8_fold_plain(a, typed), w;

	while (str_split(&want, ' ', &w)) {
		str have = utf8_fold_plain(a, name), part;
		bool found = !w.n;
		str sound = utf8_cologne(a, w);

		while (!found && str_split(&have, ' ', &part))
			found = str_eq(part, w) || (sound.n > 1 && str_eq(utf8_cologne(a, part), sound));
		if (!found)
			return false;
	}
	return true;
}
