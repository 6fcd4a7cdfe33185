/* SPDX-License-Identifier: EUPL-1.2 */
#include "storage/pg_value.h"
#include <endian.h>
#include <string.h>
#include "base/err.h"

static const struct {
	char state[6];		/* whole SQLSTATE, or its class */
	int rc;
} states[] = {
	{ "23505", ERR_EXISTS },
	{ "23", ERR_CONFLICT },
	{ "40", ERR_RETRY },		/* serialisation failure, deadlock */
	{ "55P03", ERR_RETRY },		/* lock not available in time */
	{ "42501", ERR_DENIED },	/* row-level security */
	{ "25006", ERR_READONLY },	/* a standby: the primary is elsewhere now */
	{ "53100", ERR_FULL },
	{ "53", ERR_BUSY },
	{ "54", ERR_LIMIT },
	{ "57014", ERR_TIMEOUT },
	{ "57P", ERR_RETRY },		/* the server goes down */
	{ "58", ERR_IO },
	{ "08", ERR_RETRY },
};

int pg_state_error(const char *state)
{
	for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
			return states[i].rc;
	return ERR_DB;
}

int64_t pg_be64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return (int64_t)be64toh(v);
}

int64_t pg_integer(const char *p, int len)
{
	uint32_t v32;
	uint16_t v16;

	switch (len) {
	case 8:
		return pg_be64(p);
	case 4:
		memcpy(&v32, p, 4);
		return (int32_t)be32toh(v32);
	case 2:
		memcpy(&v16, p, 2);
		return (int16_t)be16toh(v16);
	case 1:
		return *p;
	default:
		return 0;
	}
}

int64_t pg_numeric(const char *p, int len)
{
	uint16_t h[4];
	uint64_t v = 0;

	if (len < 8)
		return 0;
	memcpy(h, p, 8);
	int digits = be16toh(h[0]), weight = (int16_t)be16toh(h[1]);
	for (int i = 0; i <= weight; i++) {
		uint16_t d = 0;
		if (i < digits && 8 + 2 * i + 2 <= len)
			memcpy(&d, p + 8 + 2 * i, 2);
		v = v * 10000 + be16toh(d);
	}
	return be16toh(h[2]) == 0x4000 ? (int64_t)(0 - v) : (int64_t)v;
}

int64_t pg_decimal(const char *digits)
{
	int64_t v = 0;

	while (*digits >= '0' && *digits <= '9')
		v = v * 10 + (*digits++ - '0');
	return v;
}
