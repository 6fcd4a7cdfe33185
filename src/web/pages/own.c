/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/pages/own.h"

#include "usecase/accounts.h"

#define PATH_MOST 300

str own_path(str typed)
{
	if (typed.n < 1 || typed.n > PATH_MOST || typed.p[0] != '/')
		return STR_EMPTY;
	if (typed.n > 1 && (typed.p[1] == '/' || typed.p[1] == '\\'))
		return STR_EMPTY; /* "//evil.example" is another host */
	for (size_t i = 0; i < typed.n; i++)
		if (typed.p[i] <= ' ' || typed.p[i] > '~' || typed.p[i] == '\\' || typed.p[i] == '"' || typed.p[i] == '<')
			return STR_EMPTY;
	return typed;
}

str own_tail(struct req *rq, str back)
{
	return back.n ? str_fmt(rq->arena, "?weiter=%.*s", STR_FMT(url_encode(rq->arena, back))) : STR_EMPTY;
}

str own_origin(struct req *rq)
{
	if (rq->host == HOST_CLERK)
		return rq->house->clerk_origin;
	return str_fmt(rq->arena, "%s://%.*s", rq->house->https ? "https" : "http", STR_FMT(rq->host_name));
}

struct field_view own_email(struct req *rq, str key, str label, str value)
{
	return (struct field_view){ .look = LOOK_TEXT, .key = key, .label = label, .value = value, .input_type = S("email"), .autocomplete = S("username"),
				    .no_spellcheck = true, .max_length = 254 };
}

struct field_view own_password(str key, str label, bool fresh)
{
	return (struct field_view){ .look = LOOK_PASSWORD, .key = key, .label = label, .input_type = S("password"),
				    .autocomplete = fresh ? S("new-password") : S("current-password"), .no_spellcheck = true };
}

void own_error(struct req *rq, struct errors_view *e, struct field_view *f, str text)
{
	struct error_item_view *list = ARENA_ARRAY(rq->arena, struct error_item_view, e->items + 1);

	for (size_t i = 0; i < e->items; i++)
		list[i] = e->item[i];
	list[e->items] = (struct error_item_view){ text, str_fmt(rq->arena, "#%.*s", STR_FMT(f->key)) };
	f->error = text;
	e->item = list;
	e->items++;
}

str own_password_problem(struct req *rq, str password, str email)
{
	switch (password_check(rq->arena, password, email)) {
	case PASSWORD_SHORT:
		return TX(rq, TX_SIGNIN_PASSWORD_SHORT);
	case PASSWORD_LONG:
		return TX(rq, TX_SIGNIN_PASSWORD_LONG);
	case PASSWORD_COMMON:
		return TX(rq, TX_SIGNIN_PASSWORD_COMMON);
	case PASSWORD_FINE:
		break;
	}
	return STR_EMPTY;
}

struct kept own_session_new(struct req *rq)
{
	struct kept k = { .actor = rq->ctx.actor, .token = rq->session_token };

	session_make(rq);
	return k;
}

void own_session_back(struct req *rq, const struct kept *k)
{
	session_forget(rq);
	rq->ctx.actor = k->actor;
	rq->session_token = k->token;
}

/* ---- passkeys ---- */

static str host_of(str origin)
{
	ptrdiff_t at = str_find(origin, S("://"));
	str host = at < 0 ? origin : str_sub(origin, (size_t)at + 3, origin.n);
	ptrdiff_t colon = str_index(host, ':');

	return colon < 0 ? host : str_sub(host, 0, (size_t)colon);
}

struct webauthn_rp own_rp(struct req *rq)
{
	str main = rq->host == HOST_CLERK ? rq->house->clerk_origin : rq->house->origin;

	/* a town's host lies below the portal's: one passkey for all of them */
	return (struct webauthn_rp){ .id = host_of(main), .name = S("Schalter"), .origin = own_origin(rq) };
}

bool own_rp_possible(const struct req *rq)
{
	char first = rq->host_name.n ? rq->host_name.p[0] : '[';

	return !(first >= '0' && first <= '9') && first != '[';
}

int own_passkey(struct req *rq, const struct passkey_owner *o, str name, str action, struct passkey_view *ret)
{
	struct webauthn_rp rp = own_rp(rq);
	str challenge;

	*ret = (struct passkey_view){ .offered = true };
	if (!own_rp_possible(rq)) {
		ret->local_href = str_fmt(rq->arena, "%.*s%.*s", STR_FMT(rq->house->origin), STR_FMT(rq->path));
		return 0;
	}
	TRY(passkey_challenge(&rq->ctx, o, &challenge));
	ret->post = page_post(rq, action, false);
	ret->post.once = challenge; /* it is one: good for one answer */
	if (!o->subject) {
		ret->options = passkey_get_json(rq->arena, &rp, challenge);
		return 0;
	}
	return passkey_create_json(&rq->ctx, &rp, o, challenge, name, &ret->options);
}

int own_gone(struct req *rq, int status, str text, str back_href)
{
	struct error_view v = { .status = status, .text = text, .back_href = back_href };

	v.page = page_frame(rq, STR_EMPTY);
	v.page.lang_href = v.page.path = STR_EMPTY;
	v.page.secret = true;
	return RENDER(rq, status, view_error, &v);
}
