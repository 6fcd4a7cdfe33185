-- SPDX-License-Identifier: EUPL-1.2
-- One file serves both engines. Tokens: @pk(a, b) primary key, without rowid on SQLite where @clustered stands behind the table;
-- @int 64-bit integer, @text, @bytes, @strict table suffix, @rls(table) row-level security on PostgreSQL.
-- Behind every column: clear (readable), blind (keyed or plain hash), sealed (AES-256-GCM). Instants are microseconds, dates are days since 1970.

CREATE TABLE tenant (
	tenant_id @int NOT NULL,          -- clear; 10000 is the portal, below it authorities
	slug @text NOT NULL UNIQUE,       -- clear
	name @text NOT NULL,              -- clear
	kind @text NOT NULL,              -- clear: portal gemeinde verband kreis
	settings @text NOT NULL,          -- clear: JSON (contact, bank account, colour)
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id)
) @strict;

CREATE TABLE definition (                 -- content-addressed: the exact merged definitions (P2), shared by all tenants
	hash @bytes NOT NULL,             -- clear
	service @text NOT NULL,           -- clear
	version @text NOT NULL,           -- clear
	body @bytes NOT NULL,             -- clear: canonical JSON
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (hash)
) @strict;

CREATE TABLE offer (                      -- a town's own part of a service
	tenant_id @int NOT NULL,
	service @text NOT NULL,           -- clear
	active @int NOT NULL,             -- clear
	params @text NOT NULL,            -- clear: JSON of parameters
	updated_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, service)
) @strict;
@rls(offer)

CREATE TABLE session (
	tenant_id @int NOT NULL,
	session_hash @bytes NOT NULL,     -- blind
	kind @int NOT NULL,               -- clear: 1 citizen, 2 clerk
	subject_id @int NOT NULL,         -- clear: account or clerk; 0 anonymous
	subject_tenant @int NOT NULL,     -- clear: authority of a clerk; the portal for citizens
	trust @int NOT NULL,              -- clear: trust level reached in this session
	standin @int NOT NULL,            -- clear: 1 when a stand-in identity was used
	identity @bytes,                  -- sealed: identity data of the sign-in
	created_at @int NOT NULL,         -- clear
	seen_at @int NOT NULL,            -- clear
	expires_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, session_hash)
) @strict;
@rls(session)
CREATE INDEX session_by_expiry ON session (tenant_id, expires_at);
CREATE INDEX session_by_subject ON session (tenant_id, subject_id) WHERE subject_id <> 0;

CREATE TABLE account (
	tenant_id @int NOT NULL,
	account_id @int NOT NULL,
	email_token @bytes NOT NULL,      -- blind: HMAC of the folded address
	key_id @int NOT NULL,             -- clear
	sealed @bytes NOT NULL,           -- sealed: address, name, language
	password @text,                   -- blind: argon2id
	trust @int NOT NULL,              -- clear
	confirmed_at @int,                -- clear
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, account_id),
	UNIQUE (tenant_id, email_token)
) @strict;
@rls(account)

CREATE TABLE passkey (
	tenant_id @int NOT NULL,
	credential @bytes NOT NULL,       -- clear: credential id
	kind @int NOT NULL,               -- clear: 1 account, 2 clerk
	subject_id @int NOT NULL,         -- clear
	public_key @bytes NOT NULL,       -- clear
	counter @int NOT NULL,            -- clear
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, credential)
) @strict;
@rls(passkey)
CREATE INDEX passkey_by_subject ON passkey (tenant_id, kind, subject_id);

CREATE TABLE one_time (                   -- one-time links and ceremony challenges
	tenant_id @int NOT NULL,
	token_hash @bytes NOT NULL,       -- blind
	kind @text NOT NULL,              -- clear: confirm reset email unknown open clerk_setup clerk_open challenge oidc
	subject_id @int NOT NULL,         -- blind: account, clerk, or cut HMAC of the address; 0 nobody
	payload @bytes,                   -- sealed
	expires_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, token_hash)
) @strict;
@rls(one_time)
CREATE INDEX one_time_by_expiry ON one_time (tenant_id, expires_at);
CREATE INDEX one_time_by_subject ON one_time (tenant_id, kind, subject_id);

CREATE TABLE once (                       -- outcome of a state-changing form, kept 30 days
	tenant_id @int NOT NULL,
	once_hash @bytes NOT NULL,        -- blind: hash of (session or handle, route, token)
	body_hash @bytes NOT NULL,        -- blind
	outcome @bytes NOT NULL,          -- sealed
	at @int NOT NULL,                 -- clear
	PRIMARY KEY (tenant_id, once_hash)
) @strict;
@rls(once)
CREATE INDEX once_by_time ON once (tenant_id, at);

CREATE TABLE draft (
	tenant_id @int NOT NULL,          -- the portal
	draft_id @int NOT NULL,
	handle_hash @bytes NOT NULL,      -- blind
	session_hash @bytes,              -- blind: owner while anonymous
	account_id @int,                  -- clear: owner when signed in
	resume_hash @bytes,               -- blind: keyed hash of the resume code
	service @text NOT NULL,           -- clear
	ars @text NOT NULL,               -- clear: place
	definition_hash @bytes NOT NULL,  -- clear
	key_id @int NOT NULL,             -- clear
	answers @bytes NOT NULL,          -- sealed
	version @int NOT NULL,            -- clear: counts changes
	created_at @int NOT NULL,         -- clear
	updated_at @int NOT NULL,         -- clear
	expires_at @int NOT NULL,         -- clear
	case_tenant @int,                 -- clear: set by submission
	case_id @int,                     -- clear: set by submission
	receipt_page @bytes,              -- sealed: what the confirmation shows again
	PRIMARY KEY (tenant_id, draft_id)
) @strict;
@rls(draft)
CREATE UNIQUE INDEX draft_by_handle ON draft (tenant_id, handle_hash);
CREATE INDEX draft_by_account ON draft (tenant_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX draft_by_session ON draft (tenant_id, session_hash);
CREATE INDEX draft_by_resume ON draft (tenant_id, resume_hash) WHERE resume_hash IS NOT NULL;
-- no index on expires_at: every answered question moves it; the hourly sweep reads the table instead

CREATE TABLE draft_file (
	tenant_id @int NOT NULL,
	draft_id @int NOT NULL,
	file_id @int NOT NULL,            -- also the blob id
	meta @bytes NOT NULL,             -- sealed: name, type, size, blob key, preview ids
	size @int NOT NULL,               -- clear
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, draft_id, file_id)
) @strict;
@rls(draft_file)

CREATE TABLE cases (
	tenant_id @int NOT NULL,          -- the acting authority
	case_id @int NOT NULL,
	reference @text NOT NULL,         -- clear; never authority
	handle_hash @bytes NOT NULL,      -- blind: handle in citizens' addresses
	follow_hash @bytes,               -- blind: secret follow link
	owner_account @int,               -- clear
	draft_id @int NOT NULL,           -- clear: submits once
	service @text NOT NULL,           -- clear
	ars @text NOT NULL,               -- clear
	definition_hash @bytes NOT NULL,  -- clear
	key_id @int NOT NULL,             -- clear
	phase @int NOT NULL,              -- clear: enum case_phase
	substate @text NOT NULL,          -- clear
	name @bytes NOT NULL,             -- sealed: what lists show
	clerk_id @int,                    -- clear
	submitted_at @int NOT NULL,       -- clear
	updated_at @int NOT NULL,         -- clear
	due_on @int,                      -- clear: date
	waiting_since @int,               -- clear: clock stopped while the applicant is asked
	follow_up_on @int,                -- clear: Wiedervorlage
	attend_on @int NOT NULL,          -- clear: the earlier of due date (while the clock runs) and follow-up; 2932896 (9999-12-31): neither
	unread @int NOT NULL,             -- clear: news for the clerk
	online_consent @int NOT NULL,     -- clear: decision may be made known here
	fee_cents @int NOT NULL,          -- clear
	payment_reference @text,          -- clear
	paid_at @int,                     -- clear
	version @int NOT NULL,            -- clear: optimistic lock
	seq @int NOT NULL,                -- clear: last event
	head @bytes NOT NULL,             -- clear: hash of the last event
	trust @int NOT NULL,              -- clear: trust level of the sign-in
	destroyed_at @int,                -- clear: tombstone
	PRIMARY KEY (tenant_id, case_id)
) @strict;
@rls(cases)
CREATE UNIQUE INDEX cases_by_reference ON cases (tenant_id, reference);
CREATE UNIQUE INDEX cases_by_handle ON cases (handle_hash, tenant_id);
CREATE UNIQUE INDEX cases_by_draft ON cases (draft_id, tenant_id);
CREATE INDEX cases_by_follow ON cases (follow_hash);
CREATE INDEX cases_by_owner ON cases (owner_account) WHERE owner_account IS NOT NULL;
-- The inbox walks these, forwards and back, and stops after 20 rows (usecase/inbox.c).
CREATE INDEX cases_open ON cases (tenant_id, submitted_at, case_id) WHERE phase <= 50;
CREATE INDEX cases_attend ON cases (tenant_id, attend_on, submitted_at, case_id) WHERE phase <= 50;
CREATE INDEX cases_by_service ON cases (tenant_id, service, submitted_at, case_id) WHERE phase <= 50;
CREATE INDEX cases_by_phase ON cases (tenant_id, (phase + 0), submitted_at, case_id) WHERE phase <= 50; -- an expression, so that "phase <= 50" alone does not choose it
CREATE INDEX cases_closed ON cases (tenant_id, submitted_at, case_id) WHERE phase >= 60;
CREATE INDEX cases_by_clerk ON cases (tenant_id, clerk_id) WHERE phase <= 50;

CREATE TABLE case_content (
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	kind @text NOT NULL,              -- clear: answers submission receipt links contact identity
	sealed @bytes NOT NULL,           -- sealed
	PRIMARY KEY (tenant_id, case_id, kind)
) @strict;
@rls(case_content)

CREATE TABLE case_event (
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	seq @int NOT NULL,
	at @int NOT NULL,                 -- clear
	kind @text NOT NULL,              -- clear: events.def
	actor @int NOT NULL,              -- clear: 0 system 1 applicant 2 clerk 3 specialist software
	actor_id @int NOT NULL,           -- clear
	sealed @bytes NOT NULL,           -- sealed: details
	hash @bytes NOT NULL,             -- clear: SHA-256(previous hash, fixed fields, sealed bytes)
	PRIMARY KEY (tenant_id, case_id, seq)
) @strict;
@rls(case_event)

CREATE TABLE message (
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	message_id @int NOT NULL,
	at @int NOT NULL,                 -- clear
	direction @int NOT NULL,          -- clear: 1 to the applicant, 2 from the applicant
	clerk_id @int,                    -- clear
	asks @int NOT NULL,               -- clear: 1 waits for an answer
	answer_by @int,                   -- clear: date
	answered_at @int,                 -- clear
	read_at @int,                     -- clear
	sealed @bytes NOT NULL,           -- sealed: text, attachment ids
	PRIMARY KEY (tenant_id, case_id, message_id)
) @strict;
@rls(message)

CREATE TABLE attachment (
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	attachment_id @int NOT NULL,
	blob_tenant @int NOT NULL,        -- clear: under which tenant the chunks lie
	origin @int NOT NULL,             -- clear: 1 application, 2 later by the applicant, 3 clerk
	meta @bytes NOT NULL,             -- sealed: name, type, size, blob key, previews
	size @int NOT NULL,               -- clear
	at @int NOT NULL,                 -- clear
	PRIMARY KEY (tenant_id, case_id, attachment_id)
) @strict;
@rls(attachment)

CREATE TABLE note (
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	note_id @int NOT NULL,
	clerk_id @int NOT NULL,           -- clear
	at @int NOT NULL,                 -- clear
	sealed @bytes NOT NULL,           -- sealed
	PRIMARY KEY (tenant_id, case_id, note_id)
) @strict;
@rls(note)

CREATE TABLE letter (                     -- decisions, notices and the applicant's copy
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	letter_id @int NOT NULL,
	kind @text NOT NULL,              -- clear: decision notice copy
	template @text NOT NULL,          -- clear
	state @int NOT NULL,              -- clear: 1 draft 2 waits for second pair of eyes 3 sent
	clerk_id @int NOT NULL,           -- clear
	approved_by @int,                 -- clear
	sealed @bytes NOT NULL,           -- sealed: text, reasons, blob key
	blob_id @int,                     -- clear: the PDF as made
	check_hash @bytes,                -- blind: code of the public check page
	pdf_hash @bytes,                  -- clear: SHA-256 of the PDF
	created_at @int NOT NULL,         -- clear
	sent_at @int,                     -- clear
	fetched_at @int,                  -- clear: first retrieval
	known_on @int,                    -- clear: date from which it counts as made known
	post_task @int NOT NULL,          -- clear: 1 must be sent by post
	PRIMARY KEY (tenant_id, case_id, letter_id)
) @strict;
@rls(letter)
CREATE INDEX letter_by_check ON letter (check_hash);
CREATE INDEX letter_unfetched ON letter (tenant_id, state, fetched_at);

CREATE TABLE name_token (                 -- search by name: HMAC under a key of the tenant, cut to 32 bits
	tenant_id @int NOT NULL,
	token @int NOT NULL,              -- blind
	case_id @int NOT NULL,
	PRIMARY KEY (tenant_id, token, case_id)
) @strict @clustered;
@rls(name_token)

CREATE TABLE outbox (
	tenant_id @int NOT NULL,
	outbox_id @int NOT NULL,
	kind @text NOT NULL,              -- clear: mail delivery copy_pdf
	case_id @int,                     -- clear
	key_id @int NOT NULL,             -- clear: 0 = purpose key of the tenant
	payload @bytes NOT NULL,          -- sealed
	due_at @int NOT NULL,             -- clear
	lease_until @int NOT NULL,        -- clear
	fence @int NOT NULL,              -- clear
	attempts @int NOT NULL,           -- clear
	state @int NOT NULL,              -- clear: 1 waiting 2 done 3 given up
	error @text NOT NULL,             -- clear: short code
	PRIMARY KEY (tenant_id, outbox_id)
) @strict;
@rls(outbox)
CREATE INDEX outbox_due ON outbox (tenant_id, kind, due_at) WHERE state = 1;
CREATE INDEX outbox_open ON outbox (state, due_at) WHERE state <> 2;
CREATE INDEX outbox_done ON outbox (tenant_id, due_at) WHERE state = 2;
CREATE INDEX outbox_by_case ON outbox (tenant_id, case_id) WHERE case_id IS NOT NULL;

CREATE TABLE destination (                -- where the tenant's specialist software gets cases of a service
	tenant_id @int NOT NULL,
	destination_id @int NOT NULL,
	service @text NOT NULL,           -- clear; '*' for all
	url @text NOT NULL,               -- clear
	secret @bytes NOT NULL,           -- sealed: HMAC secret
	credential_hash @bytes NOT NULL,  -- blind: bearer credential for files and status
	active @int NOT NULL,             -- clear
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, destination_id)
) @strict;
@rls(destination)
CREATE INDEX destination_by_credential ON destination (credential_hash);

CREATE TABLE delivery (                   -- ledger of hand-overs
	tenant_id @int NOT NULL,
	case_id @int NOT NULL,
	delivery_id @int NOT NULL,
	destination_id @int NOT NULL,
	outbox_id @int NOT NULL,
	attempt @int NOT NULL,            -- clear
	at @int NOT NULL,                 -- clear
	status @int NOT NULL,             -- clear: HTTP status or 0
	result @text NOT NULL,            -- clear: started accepted refused redirected lost timeout unreachable forbidden garbage
	answer @bytes,                    -- sealed: remote answer, cut
	PRIMARY KEY (tenant_id, case_id, delivery_id)
) @strict;
@rls(delivery)
CREATE INDEX delivery_by_outbox ON delivery (tenant_id, outbox_id, delivery_id);

CREATE TABLE clerk (
	tenant_id @int NOT NULL,
	clerk_id @int NOT NULL,
	login @text NOT NULL,             -- clear: user name within the tenant
	name @text NOT NULL,              -- clear: shown to colleagues and applicants
	email @text NOT NULL,             -- clear: official address
	role @int NOT NULL,               -- clear: 1 clerk 2 lead 3 administrator
	password @text,                   -- blind: argon2id
	active @int NOT NULL,             -- clear
	absent_from @int,                 -- clear: date
	absent_until @int,                -- clear: date
	substitute_id @int,               -- clear
	created_at @int NOT NULL,         -- clear
	PRIMARY KEY (tenant_id, clerk_id),
	UNIQUE (tenant_id, login)
) @strict;
@rls(clerk)

CREATE TABLE report (                     -- reported barriers
	tenant_id @int NOT NULL,
	report_id @int NOT NULL,
	at @int NOT NULL,                 -- clear
	route @text NOT NULL,             -- clear
	sealed @bytes NOT NULL,           -- sealed: text, address
	PRIMARY KEY (tenant_id, report_id)
) @strict;
@rls(report)

CREATE TABLE day_root (                   -- signed Merkle root of the heads of a day
	tenant_id @int NOT NULL,
	day @int NOT NULL,
	root @bytes NOT NULL,             -- clear
	jws @text NOT NULL,               -- clear
	leaves @int NOT NULL,             -- clear
	PRIMARY KEY (tenant_id, day)
) @strict;
@rls(day_root)

CREATE TABLE session_case (               -- a session that may see a case without an account: it sent it, or showed the follow link
	tenant_id @int NOT NULL,          -- the portal
	session_hash @bytes NOT NULL,     -- blind
	case_tenant @int NOT NULL,        -- clear
	case_id @int NOT NULL,            -- clear
	PRIMARY KEY (tenant_id, session_hash, case_tenant, case_id)
) @strict;
@rls(session_case)
