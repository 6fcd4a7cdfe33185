/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/case_store.h"

#include <string.h>

/* The columns of struct case_row, in the order that take_row() reads. */
#define COLUMNS                                                                                                              \
	"tenant_id, case_id, reference, service, ars, substate, definition_hash, key_id, phase, name, clerk_id, owner_account, " \
	"submitted_at, updated_at, due_on, follow_up_on, waiting_since, unread, online_consent, fee_cents, payment_reference, "  \
	"paid_at, version, seq, head, trust, destroyed_at "

static struct digest take_digest(str s)
{
	struct digest d = { { 0 } };

	if (s.n == sizeof d.b)
		memcpy(d.b, s.p, sizeof d.b);
	return d;
}

static void take_row(struct arena *a, const struct rows *r, struct case_row *c)
{
	*c = (struct case_row){
		.tenant.v = (int32_t)row_int(r, 0), .id.v = row_int(r, 1), .reference = str_dup(a, row_str(r, 2)),
		.service = str_dup(a, row_str(r, 3)), .ars = str_dup(a, row_str(r, 4)), .substate = str_dup(a, row_str(r, 5)),
		.definition = take_digest(row_str(r, 6)), .key_id = row_int(r, 7), .phase = (enum case_phase)row_int(r, 8),
		.name_sealed = str_dup(a, row_str(r, 9)), .clerk.v = row_int(r, 10), .owner.v = row_int(r, 11),
		.submitted_at.us = row_int(r, 12), .updated_at.us = row_int(r, 13), .due_on = (int32_t)row_int(r, 14),
		.follow_up_on = (int32_t)row_int(r, 15), .waiting_since.us = row_int(r, 16), .unread = row_int(r, 17),
		.online_consent = row_int(r, 18), .fee_cents = row_int(r, 19), .payment_reference = str_dup(a, row_str(r, 20)),
		.paid_at.us = row_int(r, 21), .version = row_int(r, 22), .seq = row_int(r, 23), .head = take_digest(row_str(r, 24)),
		.trust = (int)row_int(r, 25), .destroyed_at.us = row_int(r, 26),
	};
}

static int one_row(struct rows *r, struct arena *a, struct case_row *ret)
{
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	take_row(a, r, ret);
	return 0;
}

int case_row_by_handle(struct dbc *db, struct arena *a, tenant_id t, const struct digest *handle, struct case_row *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND handle_hash = $2"), VI(t.v), VB(digest_str(handle))));
	return one_row(r, a, ret);
}

int case_row_by_follow(struct dbc *db, struct arena *a, tenant_id t, const struct digest *follow, struct case_row *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND follow_hash = $2"), VI(t.v), VB(digest_str(follow))));
	return one_row(r, a, ret);
}

int case_row_by_reference(struct dbc *db, struct arena *a, tenant_id t, str reference, struct case_row *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND reference = $2"), VI(t.v), VT(reference)));
	return one_row(r, a, ret);
}

int case_row_by_id(struct dbc *db, struct arena *a, tenant_id t, case_id id, struct case_row *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	TRY(db_query(db, &r, SQL("SELECT " COLUMNS "FROM cases WHERE tenant_id = $1 AND case_id = $2"), VI(t.v), VI(id.v)));
	return one_row(r, a, ret);
}

int case_lock(struct dbc *db, struct arena *a, const struct grant *g, int64_t version, struct case_row *ret)
{
	if (!g->made)
		return ERR_DENIED;
	TRY(case_row_by_id(db, a, g->row.tenant, g->row.id, ret));
	if (version >= 0 && ret->version != version)
		return ERR_CONFLICT;
	return ret->destroyed_at.us ? ERR_DESTROYED : 0;
}

static struct val nullable(int64_t v)
{
	return v ? VI(v) : VN_INT();
}

/* The day on which a case wants attention; the inbox sorts by it. */
int32_t case_attend_on(const struct case_row *c)
{
	int32_t due = c->due_on && !c->waiting_since.us ? c->due_on : CASE_NEVER;

	return c->follow_up_on && c->follow_up_on < due ? c->follow_up_on : due;
}

int case_save(struct dbc *db, const struct grant *g, struct case_row *c, instant now)
{
	int64_t changed;

	if (!g->made || c->id.v != g->row.id.v || c->tenant.v != g->row.tenant.v)
		return ERR_DENIED;
	TRY(db_exec_n(db, &changed, SQL("UPDATE cases SET phase = $3, substate = $4, clerk_id = $5, due_on = $6, follow_up_on = $7, waiting_since = $8, "
					"unread = $9, online_consent = $10, fee_cents = $11, payment_reference = $12, paid_at = $13, seq = $14, head = $15, "
					"updated_at = $16, version = version + 1, destroyed_at = $17, owner_account = $18, attend_on = $20 "
					"WHERE tenant_id = $1 AND case_id = $2 AND version = $19"),
		VI(c->tenant.v), VI(c->id.v), VI(c->phase), VT(c->substate), nullable(c->clerk.v), nullable(c->due_on), nullable(c->follow_up_on),
		nullable(c->waiting_since.us), VI(c->unread), VI(c->online_consent), VI(c->fee_cents), VT(c->payment_reference),
		nullable(c->paid_at.us), VI(c->seq), VB(digest_str(&c->head)), VI(now.us), nullable(c->destroyed_at.us), nullable(c->owner.v),
		VI(c->version), VI(case_attend_on(c))));
	if (!changed)
		return ERR_CONFLICT;
	c->version++;
	c->updated_at = now;
	return 0;
}

int case_event_add(struct dbc *db, const struct grant *g, struct case_row *c, struct event *e)
{
	if (!g->made)
		return ERR_DENIED;
	e->seq = c->seq + 1;
	e->hash = event_hash(&c->head, c->tenant, c->id, e);
	TRY(db_exec(db, SQL("INSERT INTO case_event (tenant_id, case_id, seq, at, kind, actor, actor_id, sealed, hash) "
			    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
		VI(c->tenant.v), VI(c->id.v), VI(e->seq), VI(e->at.us), VT(event_name(e->kind)), VI(e->actor), VI(e->actor_id), VB(e->sealed),
		VB(digest_str(&e->hash))));
	c->seq = e->seq;
	c->head = e->hash;
	return 0;
}

/* Arrays that grow while rows come in. */
#define GROW(a, list, n, cap)                                                                        \
	do {                                                                                         \
		if ((n) == (cap)) {                                                                  \
			size_t more_ = (cap) ? (cap) * 2 : 8;                                        \
			void *new_ = arena_alloc((a), arena_mul(more_, sizeof *(list)));             \
			if (n)                                                                       \
				memcpy(new_, (list), (n) * sizeof *(list));                          \
			(list) = new_;                                                               \
			(cap) = more_;                                                               \
		}                                                                                    \
	} while (0)

int case_events(struct dbc *db, struct arena *a, const struct grant *g, struct event **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct event *list = NULL;
	size_t n = 0, cap = 0;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT seq, at, kind, actor, actor_id, sealed, hash FROM case_event WHERE tenant_id = $1 AND case_id = $2 ORDER BY seq"),
		VI(g->row.tenant.v), VI(g->row.id.v)));
	while (rows_next(r)) {
		GROW(a, list, n, cap);
		struct event *e = &list[n++];

		*e = (struct event){ .seq = row_int(r, 0), .at.us = row_int(r, 1), .actor = (enum actor_kind)row_int(r, 3), .actor_id = row_int(r, 4),
				     .sealed = str_dup(a, row_str(r, 5)), .hash = take_digest(row_str(r, 6)) };
		TRY(event_parse(row_str(r, 2), &e->kind));
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int case_chain_verify(struct dbc *db, struct arena *a, const struct grant *g, int64_t *ret_bad)
{
	struct digest head = { { 0 } };
	struct event *e;
	size_t n;

	TRY(case_events(db, a, g, &e, &n));
	for (size_t i = 0; i < n; i++) {
		struct digest d = event_hash(&head, g->row.tenant, g->row.id, &e[i]);

		*ret_bad = (int64_t)i + 1;
		if (e[i].seq != (int64_t)i + 1 || !digest_eq(&d, &e[i].hash))
			return ERR_CRYPTO;
		head = d;
	}
	*ret_bad = 0;
	return digest_eq(&head, &g->row.head) ? 0 : ERR_CRYPTO;
}

int case_content_get(struct dbc *db, struct arena *a, const struct grant *g, str kind, str *ret)
{
	AUTO(rows_done) struct rows *r = NULL;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT sealed FROM case_content WHERE tenant_id = $1 AND case_id = $2 AND kind = $3"),
		VI(g->row.tenant.v), VI(g->row.id.v), VT(kind)));
	if (!rows_next(r))
		return rows_error(r) ? rows_error(r) : ERR_NOTFOUND;
	*ret = str_dup(a, row_str(r, 0));
	return 0;
}

int case_content_put(struct dbc *db, const struct grant *g, str kind, str sealed)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO case_content (tenant_id, case_id, kind, sealed) VALUES ($1, $2, $3, $4) "
			       "ON CONFLICT (tenant_id, case_id, kind) DO UPDATE SET sealed = excluded.sealed"),
		VI(g->row.tenant.v), VI(g->row.id.v), VT(kind), VB(sealed));
}

int case_messages(struct dbc *db, struct arena *a, const struct grant *g, struct message_row **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct message_row *list = NULL;
	size_t n = 0, cap = 0;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT message_id, at, direction, asks, clerk_id, answer_by, answered_at, read_at, sealed FROM message "
				 "WHERE tenant_id = $1 AND case_id = $2 ORDER BY message_id"),
		VI(g->row.tenant.v), VI(g->row.id.v)));
	while (rows_next(r)) {
		GROW(a, list, n, cap);
		list[n++] = (struct message_row){ .id = row_int(r, 0), .at.us = row_int(r, 1), .to_applicant = row_int(r, 2) == 1, .asks = row_int(r, 3),
			.clerk.v = row_int(r, 4), .answer_by = (int32_t)row_int(r, 5), .answered_at.us = row_int(r, 6), .read_at.us = row_int(r, 7),
			.sealed = str_dup(a, row_str(r, 8)) };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int case_message_add(struct dbc *db, const struct grant *g, const struct message_row *m)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO message (tenant_id, case_id, message_id, at, direction, clerk_id, asks, answer_by, sealed) "
			       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(m->id), VI(m->at.us), VI(m->to_applicant ? 1 : 2), nullable(m->clerk.v), VI(m->asks),
		nullable(m->answer_by), VB(m->sealed));
}

int case_messages_answered(struct dbc *db, const struct grant *g, instant at)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("UPDATE message SET answered_at = $3 WHERE tenant_id = $1 AND case_id = $2 AND asks = 1 AND answered_at IS NULL"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(at.us));
}

int case_attachments(struct dbc *db, struct arena *a, const struct grant *g, struct attachment_row **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct attachment_row *list = NULL;
	size_t n = 0, cap = 0;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT attachment_id, blob_tenant, origin, size, at, meta FROM attachment "
				 "WHERE tenant_id = $1 AND case_id = $2 ORDER BY attachment_id"),
		VI(g->row.tenant.v), VI(g->row.id.v)));
	while (rows_next(r)) {
		GROW(a, list, n, cap);
		list[n++] = (struct attachment_row){ .id = row_int(r, 0), .blob_tenant.v = (int32_t)row_int(r, 1), .origin = (int)row_int(r, 2),
			.size = row_int(r, 3), .at.us = row_int(r, 4), .sealed = str_dup(a, row_str(r, 5)) };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int case_attachment_add(struct dbc *db, const struct grant *g, const struct attachment_row *x)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO attachment (tenant_id, case_id, attachment_id, blob_tenant, origin, meta, size, at) "
			       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(x->id), VI(x->blob_tenant.v), VI(x->origin), VB(x->sealed), VI(x->size), VI(x->at.us));
}

int case_notes(struct dbc *db, struct arena *a, const struct grant *g, struct note_row **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct note_row *list = NULL;
	size_t n = 0, cap = 0;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT note_id, clerk_id, at, sealed FROM note WHERE tenant_id = $1 AND case_id = $2 ORDER BY note_id DESC"),
		VI(g->row.tenant.v), VI(g->row.id.v)));
	while (rows_next(r)) {
		GROW(a, list, n, cap);
		list[n++] = (struct note_row){ .id = row_int(r, 0), .clerk.v = row_int(r, 1), .at.us = row_int(r, 2), .sealed = str_dup(a, row_str(r, 3)) };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int case_note_add(struct dbc *db, const struct grant *g, const struct note_row *x)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO note (tenant_id, case_id, note_id, clerk_id, at, sealed) VALUES ($1, $2, $3, $4, $5, $6)"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(x->id), VI(x->clerk.v), VI(x->at.us), VB(x->sealed));
}

int case_letters(struct dbc *db, struct arena *a, const struct grant *g, struct letter_row **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct letter_row *list = NULL;
	size_t n = 0, cap = 0;

	if (!g->made)
		return ERR_DENIED;
	TRY(db_query(db, &r, SQL("SELECT letter_id, kind, template, state, clerk_id, approved_by, sealed, blob_id, check_hash, pdf_hash, created_at, "
				 "sent_at, fetched_at, known_on, post_task FROM letter WHERE tenant_id = $1 AND case_id = $2 ORDER BY letter_id"),
		VI(g->row.tenant.v), VI(g->row.id.v)));
	while (rows_next(r)) {
		GROW(a, list, n, cap);
		list[n++] = (struct letter_row){ .id = row_int(r, 0), .kind = str_dup(a, row_str(r, 1)), .template_id = str_dup(a, row_str(r, 2)),
			.state = (enum letter_state)row_int(r, 3), .clerk.v = row_int(r, 4), .approved_by.v = row_int(r, 5),
			.sealed = str_dup(a, row_str(r, 6)), .blob_id = row_int(r, 7), .check_hash = take_digest(row_str(r, 8)),
			.has_check = !row_is_null(r, 8), .pdf_hash = take_digest(row_str(r, 9)), .created_at.us = row_int(r, 10),
			.sent_at.us = row_int(r, 11), .fetched_at.us = row_int(r, 12), .known_on = (int32_t)row_int(r, 13), .post_task = row_int(r, 14) };
	}
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int case_letter_put(struct dbc *db, const struct grant *g, const struct letter_row *l)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO letter (tenant_id, case_id, letter_id, kind, template, state, clerk_id, approved_by, sealed, blob_id, check_hash, "
			       "pdf_hash, created_at, sent_at, fetched_at, known_on, post_task) "
			       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
			       "ON CONFLICT (tenant_id, case_id, letter_id) DO UPDATE SET template = excluded.template, state = excluded.state, "
			       "clerk_id = excluded.clerk_id, approved_by = excluded.approved_by, sealed = excluded.sealed, blob_id = excluded.blob_id, "
			       "check_hash = excluded.check_hash, pdf_hash = excluded.pdf_hash, sent_at = excluded.sent_at, fetched_at = excluded.fetched_at, "
			       "known_on = excluded.known_on, post_task = excluded.post_task"),
		VI(g->row.tenant.v), VI(g->row.id.v), VI(l->id), VT(l->kind), VT(l->template_id), VI(l->state), VI(l->clerk.v), nullable(l->approved_by.v),
		VB(l->sealed), nullable(l->blob_id), l->has_check ? VB(digest_str(&l->check_hash)) : VN_BLOB(), VB(digest_str(&l->pdf_hash)),
		VI(l->created_at.us), nullable(l->sent_at.us), nullable(l->fetched_at.us), nullable(l->known_on), VI(l->post_task));
}

int letters_unfetched(struct dbc *db, struct arena *a, tenant_id t, int64_t after, int limit, struct letter_ref **ret, size_t *ret_n)
{
	AUTO(rows_done) struct rows *r = NULL;
	struct letter_ref *list = ARENA_ARRAY(a, struct letter_ref, (size_t)limit);
	size_t n = 0;

	TRY(db_query(db, &r, SQL("SELECT case_id, letter_id, sent_at FROM letter WHERE tenant_id = $1 AND state = 3 AND fetched_at IS NULL "
				 "AND kind = 'decision' AND post_task = 0 AND known_on IS NULL AND sent_at IS NOT NULL AND letter_id > $2 "
				 "ORDER BY letter_id LIMIT $3"),
		VI(t.v), VI(after), VI(limit)));
	while (n < (size_t)limit && rows_next(r))
		list[n++] = (struct letter_ref){ .tenant = t, .case_id.v = row_int(r, 0), .letter_id = row_int(r, 1), .sent_at.us = row_int(r, 2) };
	*ret = list;
	*ret_n = n;
	return rows_error(r);
}

int case_insert(struct dbc *db, const struct grant *g, const struct case_new *n)
{
	const struct case_row *c = &n->row;

	if (!g->made || g->row.id.v != c->id.v)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO cases (tenant_id, case_id, reference, handle_hash, follow_hash, owner_account, draft_id, service, ars, "
			       "definition_hash, key_id, phase, substate, name, submitted_at, updated_at, due_on, unread, online_consent, fee_cents, "
			       "payment_reference, version, seq, head, trust, attend_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
			       "$16, $17, 1, $18, $19, $20, 1, $21, $22, $23, $24)"),
		VI(c->tenant.v), VI(c->id.v), VT(c->reference), VB(digest_str(&n->handle)), VB(digest_str(&n->follow)), nullable(c->owner.v),
		VI(n->draft.v), VT(c->service), VT(c->ars), VB(digest_str(&c->definition)), VI(c->key_id), VI(c->phase), VT(c->substate),
		VB(c->name_sealed), VI(c->submitted_at.us), VI(c->submitted_at.us), nullable(c->due_on), VI(c->online_consent), VI(c->fee_cents),
		VT(c->payment_reference), VI(c->seq), VB(digest_str(&c->head)), VI(c->trust), VI(case_attend_on(c)));
}

int case_owner_set(struct dbc *db, const struct grant *g, account_id owner)
{
	if (!g->made || g->who != ACTOR_APPLICANT || g->permission != CASE_ANSWER)
		return ERR_DENIED;
	return db_exec(db, SQL("UPDATE cases SET owner_account = $3 WHERE tenant_id = $1 AND case_id = $2"), VI(g->row.tenant.v), VI(g->row.id.v),
		nullable(owner.v));
}

int case_name_tokens_put(struct dbc *db, const struct grant *g, const int64_t *token, size_t n)
{
	if (!g->made)
		return ERR_DENIED;
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(db, SQL("INSERT INTO name_token (tenant_id, token, case_id) VALUES ($1, $2, $3)"), VI(g->row.tenant.v), VI(token[i]),
			VI(g->row.id.v)));
	return 0;
}

int case_session_allow(struct dbc *db, const struct grant *g, const struct digest *session)
{
	if (!g->made)
		return ERR_DENIED;
	return db_exec(db, SQL("INSERT INTO session_case (tenant_id, session_hash, case_tenant, case_id) VALUES ($1, $2, $3, $4) "
			       "ON CONFLICT (tenant_id, session_hash, case_tenant, case_id) DO NOTHING"),
		VI(TENANT_PORTAL.v), VB(digest_str(session)), VI(g->row.tenant.v), VI(g->row.id.v));
}
