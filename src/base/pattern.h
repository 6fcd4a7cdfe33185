/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Patterns for whole texts, as official form schemas and authors write them. Matching takes time in proportion to the text times the pattern,
 * whatever both are: all ways are followed at once (K. Thompson 1968), nothing is tried again.
 *
 * Syntax: letters stand for themselves; . [a-z] [^a-z] \d \D \w \W \s \S \p{L} \p{N}; (a|b) (?:a); * + ? {3} {3,} {3,5}, also with a lazy ?;
 * ^ and $ at the ends; \ before punctuation, \n \t \uXXXX. Back references, look-around and other extensions do not compile.
 *
 *	TRY(pattern_compile(a, S("[0-9]{5}"), &p));	// ERR_PARSE, ERR_LIMIT (more than 5000 steps)
 *	if (pattern_matches(scratch, p, value)) ...
 */
#pragma once
#include "base/str.h"

struct pattern;

MUST_USE int pattern_compile(struct arena *a, str source, const struct pattern **ret);
/* The whole text; valid UTF-8. Immutable pattern, shared between threads. */
bool pattern_matches(struct arena *scratch, const struct pattern *p, str text);
/* A text that it matches, as short as it gets, of about this length when it may be longer; empty: none found. For recorded cases. */
str pattern_example(struct arena *a, const struct pattern *p, size_t least);
/* Holds none of the signs that make a pattern: words for people. */
bool pattern_is_prose(str source);
/* May stand in a JSON Schema as it is (ECMA-262 with the flag u), between ^(?: and )$. */
bool pattern_is_ecma(str source);
