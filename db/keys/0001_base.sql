-- SPDX-License-Identifier: EUPL-1.2
-- The key store: a database of its own, never in a backup of the content. All key bytes are sealed by the master key.

CREATE TABLE key_slot (
	key_id @int NOT NULL,             -- clear
	wrapped @bytes NOT NULL,          -- sealed: 32 random bytes
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (key_id)
) @strict;

CREATE TABLE tenant_key (
	tenant_id @int NOT NULL,          -- clear
	wrapped @bytes NOT NULL,          -- sealed
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id)
) @strict;

CREATE TABLE destroyed_key (              -- replayed after a restore
	key_id @int NOT NULL,             -- clear
	destroyed_at @int NOT NULL,       -- clear
	PRIMARY KEY (key_id)
) @strict;

CREATE TABLE signing_key (
	kid @text NOT NULL,               -- clear
	public @bytes NOT NULL,           -- clear: x, y
	wrapped @bytes NOT NULL,          -- sealed: d
	since @int NOT NULL,              -- clear
	PRIMARY KEY (kid)
) @strict;

CREATE TABLE key_check (                  -- proves that the master key is the right one before anything is written with it
	one @int NOT NULL,                -- clear: always 1
	sealed @bytes NOT NULL,           -- sealed: a constant
	PRIMARY KEY (one)
) @strict;
