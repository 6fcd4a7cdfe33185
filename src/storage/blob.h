/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Attachments, sealed while they stream in: chunks of 64 KiB, each authenticated with its number and a last-mark, rows of blob_chunk.
 * SQLite: blobs.db with a writer of its own; PostgreSQL: the same database. The blob's own key is random and is returned to the caller,
 * who keeps it sealed under the draft's or case's key. Chunks are durable when blob_finish returns/reports. Nothing plain on disk.
 */
#pragma once
#include "base/crypto.h"
#include "storage/db.h"

struct blobs;
struct blob_writer;
MUST_USE int blobs_open(struct db *db, const char *sqlite_path, struct blobs **ret, str *ret_why);
void blobs_close(struct blobs *b);

/* tenant: whose quota and share it is. */
MUST_USE int blob_begin(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, struct blob_writer **ret);
MUST_USE int blob_write(struct blob_writer *w, str part);	/* ERR_FULL, ERR_LIMIT; may block shortly for back-pressure: not on HTTP threads of SQLite? it queues to the blob writer */
struct blob_info {
	int64_t blob_id, size;
	struct key key;
	struct digest sha256;		/* of the plain bytes */
};
/* Asynchronous end: done(arg, rc) on a storage thread once all chunks are durable. */
MUST_USE int blob_finish(struct blob_writer *w, void (*done)(void *arg, int rc), void *arg, struct blob_info *ret);
MUST_USE int blob_finish_wait(struct blob_writer *w, struct blob_info *ret);
void blob_abort(struct blob_writer *w);
/* Reads chunk by chunk; ERR_NOTFOUND past the end, ERR_CRYPTO when tampered, reordered or cut. */
MUST_USE int blob_read_chunk(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, const struct key *k, int64_t chunk, str *ret, bool *ret_last);
MUST_USE int blob_read_all(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, const struct key *k, size_t max, str *ret);
MUST_USE int blob_delete(struct blobs *b, int32_t tenant, int64_t blob_id);
/* Whole small blobs in one call (letters, PDFs): durable on return. */
MUST_USE int blob_put(struct blobs *b, int32_t tenant, int64_t blob_id, str bytes, struct blob_info *ret);
MUST_USE int blob_quota_used(struct blobs *b, int32_t tenant, int64_t *ret_bytes);
