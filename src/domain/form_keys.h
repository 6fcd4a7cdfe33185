/* SPDX-License-Identifier: EUPL-1.2 */
/* Small checks that all readers of packages share: known keys, ids, numbers. Each adds its finding with file, line, column. */
#pragma once
#include "domain/findings.h"
#include "base/node.h"

void node_error_at(struct findings *f, const struct node *n, str code, const char *fmt, ...) PRINTF_LIKE(4, 5);
void node_warning_at(struct findings *f, const struct node *n, str code, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Every key of the map must be one of the blank-separated words. what: "a page". A node that is no map is an error too. */
bool keys_check(struct findings *f, const struct node *map, const char *what, const char *known);
/* Text of a key that must be there. */
str key_text(struct findings *f, const struct node *map, const char *key, const char *what);
/* Whole number of an optional key in a range. */
int32_t key_int(struct findings *f, const struct node *map, const char *key, int32_t fallback, int32_t min, int32_t max);
bool key_bool(struct findings *f, const struct node *map, const char *key, bool fallback);
/* Index of the text among blank-separated words; -1 with a finding. An absent key gives fallback. */
int key_word(struct findings *f, const struct node *map, const char *key, const char *words, int fallback);
bool word_in(const char *words, str w);
/* Lists of texts; absent: 0. */
size_t key_texts(struct arena *a, struct findings *f, const struct node *map, const char *key, const str **ret);
enum id_style { ID_WORD, ID_FIELD, ID_PAGE, ID_OPTION };	/* a_1; a.b_1; a-1; A-b_1 */
bool id_check(struct findings *f, const struct node *n, str id, enum id_style style, const char *what);
