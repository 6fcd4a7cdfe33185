/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keys and blobs that nothing refers to (a draft that has expired, an upload that was broken off) go. What is in use is read in one snapshot;
 * what is younger than a day is never touched (storage/keys.h, blob.h), so nothing that came meanwhile can be hit. If one file's facts cannot
 * be read, no blob is deleted at all: an orphan costs room, a lost attachment costs trust. Jobs only; ret_n: how many went.
 */
#pragma once
#include "usecase/ctx.h"

MUST_USE int sweep_keys(struct house *h, struct arena *a, size_t *ret_n);
MUST_USE int sweep_blobs(struct house *h, struct arena *a, size_t *ret_n);
