/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by package_blocks*.c: the blocks of a services folder while one package uses them. */
#pragma once
#include "domain/package_blocks.h"

struct blocks {
	struct arena *arena;
	str dir;		/* of the package; the blocks lie beside it */
	struct findings *f;
	struct node *package_texts;
	struct node *loaded;	/* MAP block -> its root */
	struct node *used;	/* MAP use -> MAP field -> id: what "same as" may name */
	struct node *used_block;	/* MAP use -> block */
	struct node *texts;	/* MAP language -> MAP flat key -> text, of all blocks; NULL: not read yet */
};

/* The block by its name, read and checked once; NULL with a finding (at its own line, or at `at`). */
const struct node *blocks_get(struct blocks *b, str id, const struct node *at);
/* Fills b->texts, once. */
void blocks_read_texts(struct blocks *b);
/* A text that stands at a place of somebody's file. */
struct node *blocks_text_at(struct blocks *b, str s, const struct node *place);
bool blocks_in_list(const struct node *list, str s);
