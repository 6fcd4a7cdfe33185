/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A service package -> the tree of XDatenfelder (wire/xdf.h). Fields of an imported form go back to their places; questions of one's own
 * get ids of the test range (99). What XDatenfelder cannot carry is told as notes.
 *
 *	schema = fim_export(a, package, &findings);
 *	xdf_write(&b, schema, S("1"), S("2026-01-01T00:00:00Z"));
 */
#pragma once
#include "domain/package.h"
#include "wire/xdf.h"

const struct xdf_node *fim_export(struct arena *a, const struct package *p, struct findings *f);
