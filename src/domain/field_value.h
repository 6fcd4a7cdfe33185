/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One typed value: what a person types in a field of each type -> canonical value, or what is wrong with it.
 * Pure; limits that are expressions (min, max) are checked by the journey, all others here.
 *
 *	struct value v = { .field = f->index };
 *	if (field_parse(a, f, S("1.234,5"), &v, &p) == 0) -> v.canonical "1234.50" for money
 */
#pragma once
#include "domain/form.h"

#define VALUE_OK (-1)

/* What is wrong beyond the kind: the number that the text names; of several inputs: which (see struct problem). */
struct value_problem {
	enum problem_kind kind;
	int32_t limit;
};

/*
 * raw is trimmed, valid UTF-8, and may be empty. Sets present, valid, canonical, number, date of ret.
 * Returns VALUE_OK or the kind of problem (also in ret_problem). An empty value is a problem (REQUIRED) unless the field is optional.
 */
int field_parse(struct arena *a, const struct field *f, str raw, struct value *ret, struct value_problem *ret_problem);

/* A canonical value as somebody would have typed it: what is taken over from elsewhere is put into the inputs so ("1985-03-27" -> "27|3|1985"). */
str field_typed(struct arena *a, const struct field *f, str canonical);

/* A parameter's text in the form a person writes it ("60,00") -> canonical ("60.00"). ERR_PARSE. */
MUST_USE int param_parse(struct arena *a, enum field_type type, str raw, str *ret_canonical);

/* ISO 13616 with the registered lengths, mod 97. iban: upper case without blanks. */
bool iban_valid(str iban);
/* Steuer-ID, section 139b AO: 11 digits, ISO 7064 mod 11,10, one digit twice or three times. */
bool taxid_valid(str digits);
/* Letters and marks of names, DIN 91379:2022-08 data type A (groups bll, bnlreq, dc). */
bool name_chars_valid(str s);
