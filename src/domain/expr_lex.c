/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens of expressions, and where a mistake stands. */
#include <stdarg.h>
#include <stdio.h>

#include "domain/expr_impl.h"

void expr_fail(struct parser *p, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (p->failed)
		return;
	p->failed = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	finding_add(p->findings, FINDING_ERROR, str_c(p->place ? p->place->file : ""), p->place ? p->place->line : 0,
		    p->place ? p->place->col + (uint32_t)p->from : 0, S("expression"), "%s, in: %.*s", text,
		    STR_FMT(str_sub(p->source, 0, 200)));
}

static bool name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && ((c >= '0' && c <= '9') || c == '.'));
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static void lex_text(struct parser *p)
{
	struct buf b = buf_new(p->arena, 16);

	for (p->at++;; p->at++) {
		if (p->at >= p->source.n) {
			p->token = T_BAD;
			expr_fail(p, "text without closing quote");
			return;
		}
		if (p->source.p[p->at] == '\'') {
			if (p->at + 1 >= p->source.n || p->source.p[p->at + 1] != '\'')
				break;
			p->at++;
		}
		buf_putc(&b, p->source.p[p->at]);
	}
	p->at++;
	p->token = T_TEXT;
	p->value = (struct expr_value){ .type = EXPR_TEXT, .text = buf_str(&b) };
}

static void lex_number(struct parser *p)
{
	str s = str_sub(p->source, p->at, p->source.n);
	size_t n = 0;

	while (n < s.n && (digit(s.p[n]) || s.p[n] == '.'))
		n++;
	if (n == 4 && s.n >= 10 && s.p[4] == '-' && digit(s.p[5]) && digit(s.p[6]) && s.p[7] == '-') {
		p->value = (struct expr_value){ .type = EXPR_DATE };
		p->token = T_DATE;
		p->at += 10;
		if (date_parse_iso(str_sub(s, 0, 10), &p->value.date) < 0)
			expr_fail(p, "no such date: %.10s", s.p);
		return;
	}
	p->value = (struct expr_value){ .type = EXPR_NUMBER };
	p->token = T_NUMBER;
	p->at += n;
	if (decimal_parse(str_sub(s, 0, n), &p->value.number) < 0)
		expr_fail(p, "not a number: %.*s", STR_FMT(str_sub(s, 0, n)));
}

void expr_next(struct parser *p)
{
	static const str two[] = { STR_INIT("=="), STR_INIT("!="), STR_INIT("<="), STR_INIT(">=") };
	size_t i;
	char c;

	while (p->at < p->source.n && strchr(" \t\r\n", p->source.p[p->at]) && p->source.p[p->at])
		p->at++;
	p->from = p->at;
	if (p->failed || p->at >= p->source.n) {
		p->token = p->failed ? T_BAD : T_END;
		return;
	}
	c = p->source.p[p->at];
	if (c == '\'') {
		lex_text(p);
		return;
	}
	if (digit(c)) {
		lex_number(p);
		return;
	}
	if (name_char(c, true)) {
		while (p->at < p->source.n && name_char(p->source.p[p->at], false))
			p->at++;
		p->token = T_NAME;
		p->word = str_sub(p->source, p->from, p->at);
		return;
	}
	p->token = T_OP;
	for (i = 0; i < 4; i++)
		if (str_has_prefix(str_sub(p->source, p->at, p->source.n), two[i])) {
			p->at += 2;
			p->word = two[i];
			return;
		}
	p->word = str_sub(p->source, p->at, p->at + 1);
	p->at++;
	if (!c || !strchr("<>+-*/(),", c))
		expr_fail(p, c == '=' ? "one '=': to compare write '=='" : "unexpected character");
}
