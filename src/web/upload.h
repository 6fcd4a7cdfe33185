/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Uploads: a multipart body streams through the parser into sealed chunks; nothing plain touches the disk, memory stays constant.
 * upload_open() runs before the body: session, permission, ownership of the draft or case and quota are checked by the route's gate.
 * The handler of the route runs after the last byte, with rq->form (text fields) and rq->upload->file[] (durable blobs).
 */
#pragma once
#include "web/req.h"

#define UPLOAD_FILES_MAX 10

struct upload_file {
	str field, name;		/* name: last path part, control characters removed, <= 200 characters */
	int64_t size;
	bool too_large;
	struct blob_info blob;
	str head;			/* first 4 KiB, for a first look at the type */
};
struct upload {
	struct upload_file file[UPLOAD_FILES_MAX];
	size_t files;
	bool too_many, malformed;
	tenant_id tenant;		/* under which tenant the chunks lie */
	int64_t max_bytes;		/* each file */
	struct upload_parser *parser;
	struct blob_writer *writer;
};

/* Checks the gate; makes the reply ready when the body must not be read. */
MUST_USE int upload_open(struct req *rq);
/* True: n more bytes will not wait; false: room(arg) is called when it is worth asking again. */
bool upload_room(struct req *rq, size_t n, void (*room)(void *arg), void *arg);
MUST_USE int upload_feed(struct req *rq, str part);
/* Ends the last file; done when all chunks are durable: calls back on a storage thread. */
MUST_USE int upload_close(struct req *rq, void (*done)(void *arg, int rc), void *arg);
void upload_abort(struct req *rq);
