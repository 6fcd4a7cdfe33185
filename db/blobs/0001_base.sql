-- SPDX-License-Identifier: EUPL-1.2
-- Sealed attachments in chunks: blobs.db on SQLite, the same database on PostgreSQL.

CREATE TABLE blob (
	tenant_id @int NOT NULL,
	blob_id @int NOT NULL,
	size @int NOT NULL,               -- clear: plain bytes
	chunks @int NOT NULL,             -- clear
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, blob_id)
) @strict @clustered;
@rls(blob)

CREATE TABLE blob_chunk (
	tenant_id @int NOT NULL,
	blob_id @int NOT NULL,
	chunk @int NOT NULL,
	sealed @bytes NOT NULL,           -- sealed: 64 KiB under the blob's own key
	PRIMARY KEY (tenant_id, blob_id, chunk)
) @strict;
@rls(blob_chunk)

CREATE TABLE blob_use (                   -- quota; several rows a tenant, so that uploads at once do not wait for each other
	tenant_id @int NOT NULL,
	part @int NOT NULL,
	bytes @int NOT NULL,              -- clear
	PRIMARY KEY (tenant_id, part)
) @strict @clustered;
@rls(blob_use)
