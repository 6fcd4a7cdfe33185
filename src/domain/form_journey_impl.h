/* SPDX-License-Identifier: EUPL-1.2 */
/* What a journey keeps for those who ask it. */
#pragma once
#include "domain/form_impl.h"

struct journey_private {
	const struct value **slot;
	const struct visit **at;	/* per page and row */
	struct row_table rows;
	struct journey_context context;
	const struct answers *answers;
};
