/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/pattern_impl.h"

#include <string.h>

#include "base/utf8.h"

#define MAX_STEPS 5000
#define MAX_DEPTH 30
#define MAX_COUNT 1000

struct compiler {
	struct arena *arena;
	struct pattern *p;
	str s;
	size_t at;
	int depth, rc;
	uint32_t cap;
	struct pattern_range *open;		/* of the class that is being read */
	size_t opens, opens_cap;
};

/* ---- compiling ---- */

static void fail(struct compiler *c, int rc)
{
	if (!c->rc)
		c->rc = rc;
	c->at = c->s.n;
}

static uint32_t emit(struct compiler *c, enum step_kind kind, uint32_t a, uint32_t b)
{
	struct pattern *p = c->p;

	if (p->steps >= MAX_STEPS) {
		fail(c, ERR_LIMIT);
		return 0;
	}
	if (p->steps == c->cap) {
		uint32_t cap = c->cap ? c->cap * 2 : 64;
		struct pattern_step *v = ARENA_ARRAY(c->arena, struct pattern_step, cap);

		if (p->steps)
			memcpy(v, p->step, p->steps * sizeof *v);
		p->step = v;
		c->cap = cap;
	}
	p->step[p->steps] = (struct pattern_step){ kind, a, b };
	return p->steps++;
}

static void open_add(struct compiler *c, uint32_t from, uint32_t to)
{
	if (c->opens == c->opens_cap) {
		size_t cap = c->opens_cap ? c->opens_cap * 2 : 8;
		struct pattern_range *v = ARENA_ARRAY(c->arena, struct pattern_range, cap);

		if (c->opens)
			memcpy(v, c->open, c->opens * sizeof *v);
		c->open = v;
		c->opens_cap = cap;
	}
	c->open[c->opens++] = (struct pattern_range){ from, to };
}

static void class_emit(struct compiler *c, bool negated)
{
	struct pattern *p = c->p;

	if (p->classes == p->classes_cap) {
		uint32_t cap = p->classes_cap ? p->classes_cap * 2 : 8;
		struct pattern_class *v = ARENA_ARRAY(c->arena, struct pattern_class, cap);

		if (p->classes)
			memcpy(v, p->class, p->classes * sizeof *v);
		p->class = v;
		p->classes_cap = cap;
	}
	p->class[p->classes] = (struct pattern_class){ arena_copy(c->arena, c->open, c->opens * sizeof *c->open), c->opens, negated };
	c->opens = 0;
	emit(c, STEP_CLASS, p->classes++, 0);
}

static bool look(const struct compiler *c, char x)
{
	return c->at < c->s.n && c->s.p[c->at] == x;
}

/* Adds \d and its like; false: no such class. */
static bool named_class(struct compiler *c, char x)
{
	static const struct pattern_range digit[] = { { '0', '9' } }, word[] = { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } },
				  blank[] = { { '\t', '\r' }, { ' ', ' ' }, { 0xa0, 0xa0 } },
				  letter[] = { { 'A', 'Z' }, { 'a', 'z' }, { 0xaa, 0xaa }, { 0xb5, 0xb5 }, { 0xba, 0xba }, { 0xc0, 0xd6 }, { 0xd8, 0xf6 },
					       { 0xf8, 0x2c1 }, { 0x370, 0x373 }, { 0x376, 0x377 }, { 0x37b, 0x37d }, { 0x386, 0x386 }, { 0x388, 0x3ff },
					       { 0x400, 0x481 }, { 0x48a, 0x52f }, { 0x1e00, 0x1fff } };
	const struct pattern_range *v = NULL;
	size_t n = 0;
	bool negated = x == 'D' || x == 'W' || x == 'S';
	uint32_t from = 0;

	if (x == 'd' || x == 'D' || x == 'N')
		v = digit, n = 1;
	else if (x == 'w' || x == 'W')
		v = word, n = 4;
	else if (x == 's' || x == 'S')
		v = blank, n = 3;
	else if (x == 'L')
		v = letter, n = sizeof letter / sizeof *letter;
	for (size_t i = 0; v && i < n; i++) {
		if (!negated) {
			open_add(c, v[i].from, v[i].to);
			continue;
		}
		open_add(c, from, v[i].from - 1);
		from = v[i].to + 1;
	}
	if (v && negated)
		open_add(c, from, 0x10ffff);
	return v != NULL;
}

static uint32_t hex4(struct compiler *c)
{
	uint32_t x = 0;

	for (int i = 0; i < 4; i++, c->at++) {
		char d = c->at < c->s.n ? c->s.p[c->at] : 0;

		if (d >= '0' && d <= '9')
			x = x * 16 + (uint32_t)(d - '0');
		else if ((d | 32) >= 'a' && (d | 32) <= 'f')
			x = x * 16 + (uint32_t)((d | 32) - 'a' + 10);
		else
			fail(c, ERR_PARSE);
	}
	return x;
}

/* Behind a backslash. True: a class was added to the open ranges; else *ret is the letter. */
static bool escaped(struct compiler *c, uint32_t *ret)
{
	char x = c->at < c->s.n ? c->s.p[c->at] : 0;

	*ret = (unsigned char)x;
	c->at++;
	if (x == 'p' && c->at + 2 < c->s.n && c->s.p[c->at] == '{') {
		char first = c->s.p[c->at + 1];
		ptrdiff_t end = str_index(str_sub(c->s, c->at, c->s.n), '}');

		if (end < 0 || !(first == 'L' || first == 'N') || !named_class(c, first))
			fail(c, ERR_PARSE);
		else
			c->at += (size_t)end + 1;
		return true;
	}
	if (x && strchr("dDwWsS", x))
		return named_class(c, x);
	if (x == 'n')
		*ret = '\n';
	else if (x == 't')
		*ret = '\t';
	else if (x == 'r')
		*ret = '\r';
	else if (x == 'u')
		*ret = hex4(c);
	else if (!x || (x >= '0' && x <= '9') || ((x | 32) >= 'a' && (x | 32) <= 'z'))
		fail(c, ERR_PARSE);
	return false;
}

static uint32_t one_letter(struct compiler *c)
{
	return utf8_next(c->s, &c->at);
}

static void read_class(struct compiler *c)
{
	bool negated = look(c, '^'), first = true;
	uint32_t from, to;

	c->opens = 0;
	c->at += negated;
	for (; !c->rc && !(look(c, ']') && !first); first = false) {
		if (c->at >= c->s.n) {
			fail(c, ERR_PARSE);
			return;
		}
		from = one_letter(c);
		if (from == '\\' && escaped(c, &from))
			continue;
		to = from;
		if (look(c, '-') && c->at + 1 < c->s.n && c->s.p[c->at + 1] != ']') {
			c->at++;
			to = one_letter(c);
			if (to == '\\' && escaped(c, &to))
				fail(c, ERR_PARSE);
		}
		if (from > to)
			fail(c, ERR_PARSE);
		open_add(c, from, to);
	}
	c->at++;
	if (!c->rc)
		class_emit(c, negated);
}

static void read_any(struct compiler *c);

static void read_group(struct compiler *c)
{
	if (look(c, '?')) {
		if (c->at + 1 < c->s.n && c->s.p[c->at + 1] == ':')
			c->at += 2;
		else
			fail(c, ERR_PARSE);
	}
	if (++c->depth > MAX_DEPTH)
		fail(c, ERR_LIMIT);
	read_any(c);
	c->depth--;
	if (!look(c, ')'))
		fail(c, ERR_PARSE);
	c->at++;
}

static void read_atom(struct compiler *c)
{
	uint32_t x = one_letter(c);

	if (x == '(') {
		read_group(c);
	} else if (x == '[') {
		read_class(c);
	} else if (x == '.') {
		c->opens = 0;
		open_add(c, '\n', '\n');
		open_add(c, '\r', '\r');
		class_emit(c, true);
	} else if (x == '^') {
		emit(c, STEP_BEGIN, 0, 0);
	} else if (x == '$') {
		emit(c, STEP_END, 0, 0);
	} else if (x == '*' || x == '+' || x == '?' || x == '{' || x == '}' || x == ']') {
		fail(c, ERR_PARSE);
	} else if (x == '\\') {
		c->opens = 0;
		if (escaped(c, &x))
			class_emit(c, false);
		else
			emit(c, STEP_CHAR, x, 0);
	} else {
		emit(c, STEP_CHAR, x, 0);
	}
}

static bool read_number(struct compiler *c, int *ret)
{
	size_t from = c->at;

	*ret = 0;
	for (; c->at < c->s.n && c->s.p[c->at] >= '0' && c->s.p[c->at] <= '9' && *ret <= MAX_COUNT; c->at++)
		*ret = *ret * 10 + (c->s.p[c->at] - '0');
	if (*ret > MAX_COUNT)
		fail(c, ERR_LIMIT);
	return c->at > from;
}

/* How often; *most -1: without end. */
static bool read_count(struct compiler *c, int *least, int *most)
{
	*least = 0;
	*most = -1;
	if (look(c, '*')) {
		c->at++;
	} else if (look(c, '+')) {
		c->at++;
		*least = 1;
	} else if (look(c, '?')) {
		c->at++;
		*most = 1;
	} else if (look(c, '{')) {
		c->at++;
		if (!read_number(c, least))
			fail(c, ERR_PARSE);
		*most = *least;
		if (look(c, ',')) {
			c->at++;
			if (!read_number(c, most))
				*most = -1;
		}
		if (!look(c, '}') || (*most >= 0 && *most < *least))
			fail(c, ERR_PARSE);
		c->at++;
	} else {
		return false;
	}
	if (look(c, '?'))
		c->at++;
	return true;
}

/* Moves steps [from, to) of v, whose ways lead to places in themselves or right behind, by so much. */
static void move(struct pattern_step *v, size_t n, uint32_t by)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].kind == STEP_SPLIT || v[i].kind == STEP_JUMP)
			v[i].a += by;
		if (v[i].kind == STEP_SPLIT)
			v[i].b += by;
	}
}

/* Appends a block of steps that was made to stand at `first`. */
static void block_put(struct compiler *c, const struct pattern_step *block, uint32_t n, uint32_t first)
{
	uint32_t at = c->p->steps;

	for (uint32_t i = 0; i < n && !c->rc; i++)
		emit(c, block[i].kind, block[i].a, block[i].b);
	if (!c->rc)
		move(c->p->step + at, n, at - first);
}

static void repeat(struct compiler *c, uint32_t first, int least, int most)
{
	uint32_t n = c->p->steps - first, split;
	const struct pattern_step *block = arena_copy(c->arena, c->p->step + first, n * sizeof *block);
	int i;

	c->p->steps = first;
	for (i = 0; i < least && !c->rc; i++)
		block_put(c, block, n, first);
	if (most < 0 && !c->rc) {
		split = emit(c, STEP_SPLIT, 0, 0);
		block_put(c, block, n, first);
		emit(c, STEP_JUMP, split, 0);
		if (!c->rc)
			c->p->step[split] = (struct pattern_step){ STEP_SPLIT, split + 1, c->p->steps };
		return;
	}
	for (; i < most && !c->rc; i++) {
		split = emit(c, STEP_SPLIT, 0, 0);
		block_put(c, block, n, first);
		if (!c->rc)
			c->p->step[split] = (struct pattern_step){ STEP_SPLIT, split + 1, c->p->steps };
	}
}

static void read_chain(struct compiler *c)
{
	while (!c->rc && c->at < c->s.n && !look(c, '|') && !look(c, ')')) {
		uint32_t first = c->p->steps;
		int least, most;

		read_atom(c);
		if (!c->rc && read_count(c, &least, &most) && !c->rc)
			repeat(c, first, least, most);
	}
}

/* a|b|c: split -> a jump end; split -> b jump end; c */
static void read_any(struct compiler *c)
{
	uint32_t jumps[64];
	size_t n = 0;

	for (;;) {
		uint32_t first = c->p->steps, size;
		const struct pattern_step *block;

		read_chain(c);
		if (c->rc || !look(c, '|'))
			break;
		size = c->p->steps - first;
		block = arena_copy(c->arena, c->p->step + first, size * sizeof *block);
		c->p->steps = first;
		emit(c, STEP_SPLIT, first + 1, first + size + 2);
		block_put(c, block, size, first);
		if (n == 64) {
			fail(c, ERR_LIMIT);
			return;
		}
		jumps[n++] = emit(c, STEP_JUMP, 0, 0);
		c->at++;
	}
	for (size_t i = 0; !c->rc && i < n; i++)
		c->p->step[jumps[i]].a = c->p->steps;
}

int pattern_compile(struct arena *a, str source, const struct pattern **ret)
{
	struct compiler c = { .arena = a, .p = ARENA_NEW(a, struct pattern), .s = source };

	*ret = NULL;
	if (source.n > 4000 || !utf8_valid(source))
		return source.n > 4000 ? ERR_LIMIT : ERR_PARSE;
	read_any(&c);
	if (!c.rc && c.at < c.s.n)
		c.rc = ERR_PARSE;
	emit(&c, STEP_DONE, 0, 0);
	if (c.rc)
		return c.rc;
	*ret = c.p;
	return 0;
}

bool pattern_is_prose(str source)
{
	for (size_t i = 0; i < source.n; i++)
		if (strchr("[]{}\\*+^$|", source.p[i]))
			return false;
	return true;
}

bool pattern_is_ecma(str source)
{
	for (size_t i = 0; i < source.n; i++) {
		if (source.p[i] != '\\')
			continue;
		i++;
		if (i == source.n || !strchr("dDwWsS.\\/()[]{}+*?^$|tnr", source.p[i]))
			return false;
	}
	return true;
}
