/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Attachments, sealed while they stream in: chunks of 64 KiB, each authenticated with its number and a last-mark, rows of blob_chunk.
 * SQLite: blobs.db with a writer of its own; PostgreSQL: the same database. The blob's own key is random and is returned to the caller,
 * who keeps it sealed under the draft's or case's key. Chunks are durable when blob_finish reports. Nothing plain on disk.
 *
 *	TRY(blob_begin(blobs, arena, tenant, id_next(clock), &w));
 *	TRY(blob_write(w, part));			// as parts come in
 *	TRY(blob_finish_wait(w, &info));		// now it may be referred to
 *
 * One writer is used by one thread at a time. Its memory, a few hundred KiB, is its own, not the arena's.
 */
#pragma once
#include "base/crypto.h"
#include "storage/db.h"

#define BLOB_CHUNK 65536

struct blobs;
struct blob_writer;
/* db: the main database; only PostgreSQL keeps blobs there, and sqlite_path is NULL then. Migrates its tables. */
MUST_USE int blobs_open(struct db *db, const char *sqlite_path, struct blobs **ret, str *ret_why);
void blobs_close(struct blobs *b);
/* Bytes that one tenant may keep; 0: no limit (default). Over it blob_finish reports ERR_FULL and nothing is kept. */
void blobs_limit(struct blobs *b, int64_t bytes_per_tenant);
bool blobs_readonly(const struct blobs *b);	/* like db_readonly, for the file of the blobs */

/* tenant: whose quota and share it is. The writer lives in the arena until blob_finish has reported or blob_abort returns. */
MUST_USE int blob_begin(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, struct blob_writer **ret);
/* Waits while four chunks are on their way (back-pressure): an HTTP thread asks blob_room first and suspends the connection. */
MUST_USE int blob_write(struct blob_writer *w, str part);	/* ERR_FULL, ERR_READONLY, ERR_BUSY; then only blob_abort */
/* True: n more bytes will not wait. False: room(arg) is called once on a storage thread when it is worth asking again. */
bool blob_room(struct blob_writer *w, size_t n, void (*room)(void *arg), void *arg);
struct blob_info {
	int64_t blob_id, size;
	struct key key;
	struct digest sha256;		/* of the plain bytes */
};
/* Asynchronous end: done(arg, rc) on a storage thread once all chunks are durable, or once it failed and nothing is referred to.
   ret is filled at once. A negative return: done is not called. The writer is gone either way. */
MUST_USE int blob_finish(struct blob_writer *w, void (*done)(void *arg, int rc), void *arg, struct blob_info *ret);
MUST_USE int blob_finish_wait(struct blob_writer *w, struct blob_info *ret);
void blob_abort(struct blob_writer *w);		/* accepts NULL; waits for what is on its way; what was written is deleted later by blobs_sweep */
/* Reads chunk by chunk, from 0; ERR_NOTFOUND past the end or when there is no such blob, ERR_CRYPTO when tampered, reordered or cut. */
MUST_USE int blob_read_chunk(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, const struct key *k, int64_t chunk, str *ret, bool *ret_last);
/* ERR_LIMIT when it is larger than max. */
MUST_USE int blob_read_all(struct blobs *b, struct arena *a, int32_t tenant, int64_t blob_id, const struct key *k, size_t max, str *ret);
MUST_USE int blob_delete(struct blobs *b, int32_t tenant, int64_t blob_id);	/* ok if it is not there */
/* Whole small blobs in one call (letters, PDFs): durable on return. */
MUST_USE int blob_put(struct blobs *b, int32_t tenant, int64_t blob_id, str bytes, struct blob_info *ret);
MUST_USE int blob_quota_used(struct blobs *b, int32_t tenant, int64_t *ret_bytes);
/* Deletes blobs, whole or begun, that the callback says are not referred to and whose id (ids.h) is older than a day. */
MUST_USE int blobs_sweep(struct blobs *b, bool (*in_use)(int32_t tenant, int64_t blob_id, void *arg), void *arg, size_t *ret_removed);
