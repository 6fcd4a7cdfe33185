/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8: checked once, at the door; folding for search and comparison. */
#pragma once
#include "base/str.h"

bool utf8_valid(str s);				/* strict: no overlong forms, surrogates, > U+10FFFF; no U+0000 */
/* Decodes one code point at *i of valid UTF-8 and advances *i; 0 at the end. */
uint32_t utf8_next(str s, size_t *i);
/* Writes up to four bytes; returns their number. What is no code point becomes U+FFFD. */
size_t utf8_encode(uint32_t code_point, char to[4]);
size_t utf8_length(str s);			/* code points */
str utf8_truncate(str s, size_t max_code_points);
/*
 * NFC for the Latin letters of DIN 91379 (base letter + combining mark -> composed); other text
 * unchanged.
 */
str utf8_nfc(struct arena *a, str s);
/*
 * Search key: lower case, accents removed, ä->ae ö->oe ü->ue ß->ss, everything that is no letter or
 * digit becomes one blank, trimmed.
 */
str utf8_fold(struct arena *a, str s);
/* Same, but ä->a ö->o ü->u ß->ss: for comparison "without regard to accents". */
str utf8_fold_plain(struct arena *a, str s);
str utf8_lower(struct arena *a, str s);		/* Latin, Greek, Cyrillic simple case */
/* Kölner Phonetik of one word: digits. Source: H. J. Postel 1969. */
str utf8_cologne(struct arena *a, str word);
