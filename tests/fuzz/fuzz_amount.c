/* SPDX-License-Identifier: EUPL-1.2 */
/* Typed dates and amounts: what is understood is written in one way, and that is understood as the same. */
#include "base/date.h"
#include "base/decimal.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(4096);
	str in = str_n(data, size);
	struct date d, d2;
	struct decimal v, v2;
	int64_t cents;

	if (!date_parse_german(in, &d)) {
		FUZZ_CHECK(date_valid(d));
		FUZZ_CHECK(!date_parse_iso(date_iso(a, d), &d2) && !date_cmp(d, d2));
		FUZZ_CHECK(!date_cmp(date_from_days(date_days(d)), d));
	}
	if (!decimal_parse_german(in, &v)) {
		FUZZ_CHECK(!decimal_parse(decimal_str(a, v), &v2) && !decimal_cmp(v, v2));
		FUZZ_CHECK(!decimal_parse_german(decimal_format(a, v, S("de")), &v2) && !decimal_cmp(v, v2));
		if (!decimal_to_cents(v, ROUND_HALF_UP, &cents))
			money_format(a, cents, S("de"));
	}
	arena_free(a);
	return 0;
}
