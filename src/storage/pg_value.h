/* SPDX-License-Identifier: EUPL-1.2 */
/* Values and error states as PostgreSQL sends them (binary format; SQLSTATE, appendix A of its manual). */
#pragma once
#include <stdint.h>

int pg_state_error(const char *state);			/* the code of errors.def; NULL: ERR_DB */
int64_t pg_be64(const char *p);
int64_t pg_integer(const char *p, int len);		/* bigint, integer, smallint, boolean, by length; else 0 */
/* sum() over bigint is numeric: digits to the base 10000, most significant first. Fractions are cut. */
int64_t pg_numeric(const char *p, int len);
int64_t pg_decimal(const char *digits);			/* of a command tag: up to the first character that is none */
