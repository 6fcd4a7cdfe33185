/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Writes a tree as YAML in the manner of people: small maps and lists on one line, longer ones in blocks, texts with lines as blocks.
 * What comes out is in the strict subset that node_parse_yaml() reads, and gives the same tree.
 *
 *	struct buf b = buf_new(a, 1024);
 *	yaml_write(&b, root);
 */
#pragma once
#include "base/node.h"

void yaml_write(struct buf *b, const struct node *n);
/* One text in double quotes, whatever is in it; read again it is the same bytes. */
void yaml_quoted(struct buf *b, str s);
