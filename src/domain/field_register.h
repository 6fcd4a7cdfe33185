/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Entry of a firm, cooperative, partnership or club in a public register: kind, number and court (HGB section 14, HRV section 13).
 *
 *	if (field_register_parse(a, S("HRB|12345|Dresden"), &entry) == 0) -> "HRB 12345, Dresden"
 */
#pragma once
#include "base/buf.h"

/* Handelsregister A and B, Genossenschafts-, Gesellschafts-, Partnerschafts-, Vereinsregister. */
#define FIELD_REGISTER_KINDS "HRA HRB GnR GsR PR VR"

/* From its three inputs "kind|number|court", or in one text "HRB 12345 Dresden". Returns 0, or which inputs are wrong: bits 1 kind, 2 number, 4 court. */
int32_t field_register_parse(struct arena *a, str raw, str *ret_canonical);
