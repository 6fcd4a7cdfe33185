-- SPDX-License-Identifier: EUPL-1.2
-- Overlays: what the state (tenant portal) and a town have of their own on top of a package, with editing, four eyes and history
-- (docs/why/060-overlays.md). Nothing here is about a person applying; names of authors are those of staff.

CREATE TABLE package (                    -- content-addressed: packages as shipped, and as the state offers them; shared by all tenants
	hash @bytes NOT NULL,             -- clear
	service @text NOT NULL,           -- clear
	version @text NOT NULL,           -- clear
	body @bytes NOT NULL,             -- clear: canonical JSON
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (hash)
) @strict;

ALTER TABLE offer ADD COLUMN overlay @text;            -- clear: canonical JSON of what is in force; NULL: parameters only, of an earlier program
ALTER TABLE offer ADD COLUMN definition_hash @bytes;   -- clear: what it gives; NULL: not merged yet
ALTER TABLE offer ADD COLUMN upstream_hash @bytes;     -- clear: the package below with which it was merged
ALTER TABLE offer ADD COLUMN package_hash @bytes;      -- clear: the package that it gives; for the state: what towns build on
ALTER TABLE offer ADD COLUMN held @text;               -- clear: why an update below is not taken over: conflict broken; NULL: it is

CREATE TABLE overlay_draft (              -- what authors are working on; one for each service and level
	tenant_id @int NOT NULL,
	service @text NOT NULL,           -- clear
	body @text NOT NULL,              -- clear: the overlay as it will be
	authors @text NOT NULL,           -- clear: clerk ids, blank-separated: none of them may release it
	version @int NOT NULL,            -- clear: optimistic lock
	state @int NOT NULL,              -- clear: 1 being edited 2 waits for release
	asked_by @int,                    -- clear: clerk
	why @text NOT NULL,               -- clear: what the author says about it; when sent back: the reason
	updated_by @int NOT NULL,         -- clear: clerk
	updated_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, service)
) @strict;
@rls(overlay_draft)

CREATE TABLE publication (                -- history of a level's overlay: who, when, what, why; never changed
	tenant_id @int NOT NULL,
	service @text NOT NULL,           -- clear
	number @int NOT NULL,             -- clear: 1..
	at @int NOT NULL,                 -- clear
	kind @text NOT NULL,              -- clear: asked returned published settings update held
	clerk_id @int NOT NULL,           -- clear: who did it; 0: the operator or the program
	author_id @int NOT NULL,          -- clear: who had asked for it; 0: nobody
	why @text NOT NULL,               -- clear
	overlay @text,                    -- clear: what it is about
	definition_hash @bytes,           -- clear: what came into force
	upstream_hash @bytes,             -- clear
	PRIMARY KEY (tenant_id, service, number)
) @strict;
@rls(publication)
