/* SPDX-License-Identifier: EUPL-1.2 */
/* One part of a service changed: both languages side by side, what stands below, what it may hold; checked at once. */
#include "usecase/once.h"
#include "web/pages/author_work.h"

struct change_form {
	struct author_change_view v;
	struct authoring *w;
	str key;			/* as in the address: "text.page.wer.title" */
	struct part_in part[2];
	struct field_view field[2];
	size_t parts;
	const struct authoring_outcome *out;
	struct once *once;
};

static const char *const input[] = { "de", "en" };

static str part_key(struct req *rq, str key, size_t i)
{
	return str_has_prefix(key, S("text.")) ? str_fmt(rq->arena, "text.%s.%.*s", input[i], STR_FMT(str_sub(key, 5, key.n))) : key;
}

/* Texts that only clerks or letters show are German. */
static bool german_only(str key)
{
	return !str_has_prefix(key, S("text.")) || str_has_prefix(key, S("text.param.")) || str_has_prefix(key, S("text.document.")) ||
	       str_has_prefix(key, S("text.decision.")) || str_has_prefix(key, S("text.confirm.")) || str_eq(key, S("text.simple"));
}

static bool long_text(str key, str now)
{
	static const char *const tails[] = { ".hint", ".help", "description", "simple", "fee_note", "short", "contact_hint" };

	if (str_has_prefix(key, S("document.")) || str_has_prefix(key, S("text.next.")) || str_has_prefix(key, S("text.decision.reason")))
		return true;
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (str_has_suffix(key, str_c(tails[i])))
			return true;
	return str_contains(now, S("\n")) || now.n > 90;
}

static struct field_view field_of(struct req *rq, struct change_form *f, size_t i, str value)
{
	bool one = f->parts == 1;
	str label = one ? author_what(rq, f->w->definition, f->key) : TX(rq, i ? TX_AUTHOR_READ_EN : TX_AUTHOR_READ_DE);
	struct field_view x;

	if (!long_text(f->key, value))
		return form_line(str_c(input[i]), label, value);
	x = form_area(str_c(input[i]), label, value, 0);
	x.rows = str_has_prefix(f->key, S("document.")) ? 24 : str_contains(value, S("\n")) ? 10 : 4;
	return x;
}

static void placeholders(struct req *rq, struct change_form *f)
{
	const str *name;
	size_t n = authoring_placeholders(&rq->ctx, f->w, f->part[0].key, &name);
	struct buf b = buf_new(rq->arena, 200);

	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s{%.*s}", i ? " " : "", STR_FMT(name[i]));
	f->v.placeholders = buf_str(&b);
}

static int open_form(struct req *rq, bool posted, struct change_form **ret)
{
	struct change_form *f = ARENA_NEW(rq->arena, struct change_form);
	str kind, lang, name;

	f->key = req_path(rq, 1);
	TRY(authoring_open(&rq->ctx, req_path(rq, 0), &f->w));
	f->parts = german_only(f->key) ? 1 : 2;
	for (size_t i = 0; i < f->parts; i++) {
		struct part_in *p = &f->part[i];

		p->key = part_key(rq, f->key, i);
		if (!part_cut(p->key, &kind, &lang, &name) || str_eq(kind, S("pin")))
			return ERR_NOTFOUND;
		p->mine = posted ? req_form(rq, str_c(input[i])) : authoring_text(&rq->ctx, f->w, p->key);
		p->mark = req_form(rq, str_fmt(rq->arena, "stand-%s", input[i]));
	}
	*ret = f;
	return 0;
}

static void fill(struct req *rq, struct change_form *f)
{
	struct author_change_view *v = &f->v;
	const struct definition *d = f->w->definition;
	struct point_view *below = ARENA_ARRAY(rq->arena, struct point_view, 2);
	struct pair *mark = ARENA_ARRAY(rq->arena, struct pair, 2);

	v->page = author_frame(rq, TXF(rq, TX_AUTHOR_CHANGE_TITLE, TEXT_ARG("what", author_what(rq, d, f->key))));
	v->head = author_head(rq, d, "");
	v->what = author_what(rq, d, f->key);
	v->key = f->key;
	v->post = page_post(rq, rq->path, true);
	v->back_href = str_fmt(rq->arena, "/redaktion/%.*s", STR_FMT(f->w->service));
	v->guarded = part_guarded(d->service, f->key);
	v->locked = f->w->state == AUTHORING_WAITING;
	for (size_t i = 0; i < f->parts; i++) {
		str now = authoring_text(&rq->ctx, f->w, f->part[i].key), under = authoring_below(&rq->ctx, f->w, f->part[i].key);

		if (!f->field[i].key.n)
			f->field[i] = field_of(rq, f, i, f->part[i].mine);
		mark[i] = (struct pair){ str_fmt(rq->arena, "stand-%s", input[i]), authoring_mark(&rq->ctx, now) };
		below[i] = (struct point_view){ i ? TX(rq, TX_AUTHOR_READ_EN) : TX(rq, TX_AUTHOR_READ_DE), under };
		v->own |= !str_eq(now, under);
	}
	v->below = below;
	v->belows = f->parts;
	v->mark = mark;
	v->marks = f->parts;
	v->field = f->field;
	v->fields = f->parts;
	v->letter = str_has_prefix(f->key, S("document."));
	v->preview_href = author_preview_of(rq, d, f->key);
	placeholders(rq, f);
}

int page_author_change(struct req *rq)
{
	struct change_form *f;

	TRY(open_form(rq, false, &f));
	fill(rq, f);
	return RENDER(rq, 200, view_author_change, &f->v);
}

static int show_again(struct req *rq, struct change_form *f, int status)
{
	fill(rq, f);
	f->v.page.errors = f->v.errors.items > 0;
	return RENDER(rq, status, view_author_change, &f->v);
}

static str problem_text(struct req *rq, const struct part_in *p)
{
	static const enum text_id text[] = {
		[PART_OK] = TX_AUTHOR_WRONG_OTHER, [PART_GUARDED] = TX_AUTHOR_WRONG_GUARDED, [PART_UNKNOWN] = TX_AUTHOR_WRONG_UNKNOWN,
		[PART_EMPTY] = TX_AUTHOR_WRONG_EMPTY, [PART_TOO_LONG] = TX_AUTHOR_WRONG_TOO_LONG, [PART_LINES] = TX_AUTHOR_WRONG_LINES,
		[PART_PLACEHOLDER] = TX_AUTHOR_WRONG_PLACEHOLDER, [PART_HTML] = TX_AUTHOR_WRONG_HTML, [PART_VALUE] = TX_AUTHOR_WRONG_VALUE,
		[PART_LETTER] = TX_AUTHOR_WRONG_LETTER, [PART_HELP] = TX_AUTHOR_WRONG_HELP,
	};

	return TXF(rq, text[p->problem], TEXT_ARG("detail", p->detail));
}

static int changed(struct req *rq)
{
	struct change_form *f = rq->data;
	const struct authoring_outcome *o = f->out;

	if (o->result == AUTHORING_DONE)
		return reply_see_fmt(rq, "/redaktion/%.*s/entwurf?erledigt=changed", STR_FMT(f->w->service));
	/* what was typed stays; the marks are those of the newer text, so that sending again is a decision */
	TRY(authoring_open(&rq->ctx, f->w->service, &f->w));
	if (o->result == AUTHORING_CHANGED) {
		f->v.theirs = o->theirs;
		form_error(rq, &f->v.errors, &f->field[o->at], TX(rq, TX_AUTHOR_WRONG_CHANGED));
	} else {
		form_error(rq, &f->v.errors, NULL, TX(rq, TX_AUTHOR_WRONG_LOCKED));
	}
	return show_again(rq, f, 409);
}

int page_author_change_post(struct req *rq)
{
	struct authoring_outcome *out;
	struct change_form *f;
	size_t problems;

	TRY(open_form(rq, true, &f));
	if (str_eq(req_form(rq, S("aktion")), S("zurueck")))
		for (size_t i = 0; i < f->parts; i++)
			f->part[i].mine = authoring_below(&rq->ctx, f->w, f->part[i].key);
	TRY(authoring_check_parts(&rq->ctx, f->w, f->part, f->parts, &problems));
	for (size_t i = 0; i < f->parts; i++) {
		f->field[i] = field_of(rq, f, i, f->part[i].mine);
		if (f->part[i].problem != PART_OK)
			form_error(rq, &f->v.errors, &f->field[i], problem_text(rq, &f->part[i]));
	}
	if (problems)
		return show_again(rq, f, f->part[0].problem == PART_GUARDED ? 403 : 422);
	TRY(once_open(&rq->ctx, S("author_change"), req_form(rq, S("once")), once_body(&rq->form), &f->once));
	TRY(authoring_change(&rq->ctx, f->w, f->part, f->parts, false, &out));
	once_guard(&rq->ctx, f->once);
	f->out = out;
	rq->data = f;
	return req_commit(rq, changed);
}
