/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shared blocks: what nearly every form asks for (a person, an address, a bank account), written once in services/blocks/<id>.yaml with its
 * texts in services/blocks/texts/<language>.yaml. An entry {use: person, as: halter} in a list of pages or fields becomes the block's
 * pages or fields halter.vorname, ...; so the definition holds them itself, and its hash covers them. Format: docs/adding-a-service.md.
 *
 *	blocks_expand(arena, dir, form, texts, &findings);	// before lists are filled in and the form is compiled
 */
#pragma once
#include "base/node.h"
#include "domain/findings.h"

/* Changes form, and adds to texts (MAP language -> MAP full key -> text) what the package does not say itself. Mistakes are findings: those of
   a block at its own line, those of a use at the line of the use. */
void blocks_expand(struct arena *a, str dir, struct node *form, struct node *texts, struct findings *f);

/* decision.remedy of service.yaml names a shared text, remedy.<name> of services/blocks/texts: it becomes decision.remedy.<template> of every
   template for which the package says nothing itself. An unknown name is a finding at its line. */
void blocks_remedy(struct arena *a, str dir, const struct node *service, struct node *texts, struct findings *f);
