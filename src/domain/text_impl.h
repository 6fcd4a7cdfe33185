/* SPDX-License-Identifier: EUPL-1.2 */
/* The generated tables behind domain/text.h; for text.c only. */
#pragma once
#include "domain/text.h"

struct text_entry {
	str other, other_html;
	str one, one_html;
	bool plural;
};
extern const str text_key_table[TX_COUNT]; /* sorted */
extern const struct text_entry text_table[LANG_COUNT][TX_COUNT];
