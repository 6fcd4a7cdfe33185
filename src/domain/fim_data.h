/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A submission of an imported form in the official terms: FIM JSON (names are FIM ids, groups nest, what may be there several times is an
 * array, codes are texts) and XML (the same elements, in the order of the schema). Source of the conventions: docs/importing-fim.md.
 *
 *	if (form->fim_schema.n)
 *		fim_data_json(&b, journey);
 */
#pragma once
#include "domain/form.h"

void fim_data_json(struct buf *b, const struct journey *j);
void fim_data_xml(struct buf *b, const struct journey *j);
/* Address of the JSON schema, as submissions name it. */
str fim_schema_uri(struct arena *a, const struct form *f);
