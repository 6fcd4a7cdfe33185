/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole small files, directories, durable replacement. */
#pragma once
#include "base/str.h"

MUST_USE int file_read(struct arena *a, const char *path, size_t max, str *ret);	/* ERR_NOTFOUND, ERR_DENIED, ERR_LIMIT, ERR_IO */
MUST_USE int file_write_durable(const char *path, str content, unsigned mode);		/* temp + fsync + rename + fsync dir; mode is exact; ERR_FULL too */
MUST_USE int dir_list(struct arena *a, const char *path, str **ret, size_t *ret_n);	/* sorted names without . and .. */
MUST_USE int dir_make(const char *path, unsigned mode);					/* one level; ok if it is there, ERR_EXISTS if that is no directory */
bool file_exists(const char *path);
