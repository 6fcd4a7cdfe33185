/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Cases: rows, phases, the event chain. Floor 3 knows no context: it gets a connection, a grant and plain values.
 *
 * Every change of a case is an event. Events form a hash chain over sealed bytes: hash = SHA-256(previous hash | fixed fields | sealed);
 * nothing plain is hashed, so a destroyed key leaves a chain that still verifies and tells nothing (P6).
 */
#pragma once
#include "base/crypto.h"
#include "base/date.h"
#include "storage/db.h"
#include "storage/ids.h"

enum case_phase {
#define PHASE(ID, number, name) PHASE_##ID = number,
#include "domain/case_phases.def"
#undef PHASE
};
enum event_kind {
#define EVENT(ID, name, visible) EVENT_##ID,
#include "domain/case_events.def"
#undef EVENT
	EVENT_COUNT
};
enum actor_kind { ACTOR_SYSTEM, ACTOR_APPLICANT, ACTOR_CLERK, ACTOR_SOFTWARE };

str phase_name(enum case_phase p);
bool phase_open(enum case_phase p);		/* the clerk still has to do something: up to and including KNOWN */
str event_name(enum event_kind k);
MUST_USE int event_parse(str name, enum event_kind *ret);
bool event_visible(enum event_kind k);
/* May the case go from one phase to the other? The table is the life of an application. */
bool phase_may(enum case_phase from, enum case_phase to);

struct case_row {
	tenant_id tenant;
	case_id id;
	str reference, service, ars, substate;
	struct digest definition;
	int64_t key_id;
	enum case_phase phase;
	str name_sealed;
	clerk_id clerk;				/* 0: nobody */
	account_id owner;			/* 0: no account */
	instant submitted_at, updated_at;
	int32_t due_on, follow_up_on;		/* days since 1970, 0: none */
	instant waiting_since;			/* us 0: the clock runs */
	bool unread, online_consent;
	int64_t fee_cents;
	str payment_reference;
	instant paid_at;			/* us 0: not paid */
	int64_t version, seq;
	struct digest head;
	int trust;
	instant destroyed_at;
};

#define CASE_NEVER 2932896			/* 9999-12-31 as days since 1970 */
/* The day on which a case wants attention: due date while the clock runs, or an earlier follow-up; CASE_NEVER: neither. */
int32_t case_attend_on(const struct case_row *c);

/* ---- handles: base64url(tenant as 2 bytes, 16 random bytes): 24 characters, carries its tenant ---- */
#define HANDLE_CHARS 24
str handle_make(struct arena *a, tenant_id t);
MUST_USE int handle_parse(struct arena *a, str handle, tenant_id *ret_tenant);	/* ERR_NOTFOUND when malformed */
struct digest handle_hash(str handle);
/* "S26-4F7K-92MD": year and 40 random bits; unique per tenant by index (a collision is retried by the unit). Never authority. */
str reference_make(struct arena *a, struct date today);
/* What a person types: upper case, O=0, I=1, hyphens optional -> stored form; empty when it cannot be one. */
str reference_normal(struct arena *a, str typed);

/*
 * ---- sealing with the case key: aad binds tenant, case, purpose and row, so that sealed bytes cannot be moved, not even inside a case ----
 * row: the id of the row among several of the purpose (message, note, letter, file, delivery); 0 where a case has only one. What was
 * sealed before rows were bound is read, too: it is found out only when it is moved to another case or purpose.
 */
str case_seal(struct arena *a, const struct key *k, tenant_id t, case_id id, const char *purpose, int64_t row, str plain);
MUST_USE int case_unseal(struct arena *a, const struct key *k, tenant_id t, case_id id, const char *purpose, int64_t row, str sealed, str *ret);

/* ---- the chain ---- */
struct event {
	int64_t seq;
	instant at;
	enum event_kind kind;
	enum actor_kind actor;
	int64_t actor_id;
	str sealed;				/* details as JSON: event_seal */
	struct digest hash;
};
/* The details of e, bound to its instant, which must be set. */
str event_seal(struct arena *a, const struct key *k, tenant_id t, case_id id, const struct event *e, str plain);
MUST_USE int event_unseal(struct arena *a, const struct key *k, tenant_id t, case_id id, const struct event *e, str *ret);
struct digest event_hash(const struct digest *previous, tenant_id t, case_id id, const struct event *e);

/* ---- name search: HMAC under the tenant's key "names", cut to 32 bits; words folded, and by sound ---- */
size_t name_tokens(struct arena *a, const struct key *names, str name, int64_t **ret);	/* to store: words + sounds, without doubles */
size_t name_query_tokens(struct arena *a, const struct key *names, str typed, int64_t **ret_words, int64_t **ret_sounds, size_t *ret_n_sounds);
bool name_matches(struct arena *a, str name, str typed);	/* checked after unsealing: 32 bits collide */
