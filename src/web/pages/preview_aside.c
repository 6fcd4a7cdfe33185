/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/utf8.h"
#include "domain/form_graph.h"
#include "web/pages/preview_aside.h"

#define BOX_PAD 10
#define BOX_CHARS(w) ((size_t)(((w) - 2 * BOX_PAD) / 8))	/* 15px text, about 7.6 a character */

static str at_text(struct req *rq, str file, uint32_t line, uint32_t col)
{
	size_t i = file.n;
	int slashes = 0;

	/* the folder is known: what is in it, such as texts/de.yaml */
	while (i > 0 && (file.p[i - 1] != '/' || !slashes++))
		i--;
	if (i && !str_has_prefix(str_sub(file, i, file.n), S("texts/")) && !str_has_prefix(str_sub(file, i, file.n), S("documents/")) &&
	    !str_has_prefix(str_sub(file, i, file.n), S("lists/")) && !str_has_prefix(str_sub(file, i, file.n), S("blocks/")))
		while (i < file.n && file.p[i++] != '/')
			;
	file = str_sub(file, i, file.n);
	if (!line)
		return file;
	return col ? str_fmt(rq->arena, "%.*s:%u:%u", STR_FMT(file), line, col) : str_fmt(rq->arena, "%.*s:%u", STR_FMT(file), line);
}

static size_t findings_of(struct req *rq, const struct findings *f, const struct preview_finding_view **ret)
{
	struct preview_finding_view *v = ARENA_ARRAY(rq->arena, struct preview_finding_view, f->n + 1);

	for (size_t i = 0; i < f->n; i++)
		v[i] = (struct preview_finding_view){ f->v[i].severity == FINDING_ERROR, at_text(rq, f->v[i].file, f->v[i].line, f->v[i].col), f->v[i].text,
						      f->v[i].code };
	*ret = v;
	return f->n;
}

struct author_view *preview_plain(struct req *rq)
{
	struct author_view *v = ARENA_NEW(rq->arena, struct author_view);
	struct preview_state s;

	preview_state(rq->house->preview, rq->arena, &s);
	v->id = s.id;
	v->generation = s.generation;
	v->broken = s.broken;
	v->served = s.served;
	v->home_href = S("/vorschau");
	v->reload_href = rq->method == METHOD_POST ? S("/vorschau") : rq->path;
	v->findings = findings_of(rq, &s.findings, &v->finding);
	v->errors = s.findings.errors;
	v->warnings = s.findings.warnings;
	return v;
}

/* ---- the picture ---- */

static str page_title(struct req *rq, const struct draft *d, const struct page *p, uint16_t row)
{
	str t = STR_EMPTY;

	if (!p)
		return TX(rq, TX_PREVIEW_CHECK);
	if (p->group_list)
		t = draft_text3(rq, d, "group.", d->definition->form->group[p->group].id, ".title", row);
	if (!t.n)
		t = draft_text3(rq, d, "page.", p->id, ".title", row);
	if (!t.n && p->fields)
		t = draft_text3(rq, d, "field.", d->definition->form->field[p->field[0]].id, ".label", row);
	return t.n ? t : p->id;
}

static str state_text(struct req *rq, const struct graph_box *b)
{
	static const enum text_id text[] = { TX_PREVIEW_STATE_AWAY, TX_PREVIEW_STATE_AHEAD, TX_PREVIEW_STATE_OPEN, TX_PREVIEW_STATE_DONE };
	str s = TX(rq, text[b->state]);

	return b->here ? TXF(rq, TX_PREVIEW_STATE_HERE, TEXT_ARG("state", s)) : s;
}

static str box_kind(const struct graph_box *b)
{
	static const char *const kind[][2] = {
		{ "s-graph__box--away", "s-graph__box--away s-graph__box--here" },
		{ "s-graph__box--ahead", "s-graph__box--ahead s-graph__box--here" },
		{ "s-graph__box--open", "s-graph__box--open s-graph__box--here" },
		{ "s-graph__box--done", "s-graph__box--done s-graph__box--here" },
	};

	return str_c(kind[b->state][b->here]);
}

static str box_href(struct req *rq, const struct draft *d, const struct graph_box *b)
{
	if (!b->may_show || !d->handle.n)
		return STR_EMPTY;
	return draft_href(rq, d, b->page ? visit_path(rq->arena, d, &(struct visit){ .page = b->page->index, .row = b->row }) : S("pruefen"));
}

/* "hund-name, 1–5", on the path several times: "hund-name, 2-mal" */
static str box_note(struct req *rq, const struct form *f, const struct graph_box *b)
{
	const struct group *g;

	if (!b->page)
		return STR_EMPTY;
	if (b->page->group_list) {
		g = &f->group[b->page->group];
		return str_fmt(rq->arena, "%.*s, %d–%d", STR_FMT(b->page->id), g->min, g->max);
	}
	if (b->rows > 1)
		return str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(b->page->id), STR_FMT(TXF(rq, TX_PREVIEW_ROWS, TEXT_INT("n", b->rows))));
	return b->page->id;
}

static void put_boxes(struct req *rq, const struct draft *d, const struct form_graph *g, struct preview_graph_view *v)
{
	struct preview_box_view *box = ARENA_ARRAY(rq->arena, struct preview_box_view, g->boxes + 1);
	struct preview_item_view *item = ARENA_ARRAY(rq->arena, struct preview_item_view, g->boxes + 1);
	const struct form *f = d->definition->form;

	for (size_t i = 0; i < g->boxes; i++) {
		const struct graph_box *b = &g->box[i];
		str title = page_title(rq, d, b->page, b->row), href = box_href(rq, d, b), cut = utf8_truncate(title, BOX_CHARS(b->w));

		if (cut.n < title.n)
			cut = str_fmt(rq->arena, "%.*s…", STR_FMT(str_trim(utf8_truncate(title, BOX_CHARS(b->w) - 1))));
		box[i] = (struct preview_box_view){ .title = cut, .full = title, .note = box_note(rq, f, b), .state = state_text(rq, b), .href = href,
						    .kind = box_kind(b), .here = b->here, .x = b->x, .y = b->y, .w = b->w, .h = b->h,
						    .text_x = b->x + BOX_PAD, .text_y = b->y + (b->page ? 21 : 30), .note_y = b->y + 40 };
		item[i] = (struct preview_item_view){ title, b->page ? b->page->id : S("pruefen"),
						      b->page ? form_graph_condition(rq->arena, f, b->page) : STR_EMPTY, box[i].state, href, b->here };
	}
	v->box = box;
	v->item = item;
	v->boxes = v->items = g->boxes;
}

static bool at_check(const struct req *rq)
{
	return str_eq(str_c(rq->route->path), S("/antrag/{}/pruefen"));
}

static void put_graph(struct req *rq, const struct draft *d, const struct page *here, uint16_t row, struct preview_graph_view *v)
{
	const struct form_graph *g = form_graph(rq->arena, d->definition->form, d->journey, here, row, at_check(rq));
	struct preview_line_view *line = ARENA_ARRAY(rq->arena, struct preview_line_view, g->lines + 1);
	struct preview_note_view *note = ARENA_ARRAY(rq->arena, struct preview_note_view, g->notes + 1);

	for (size_t i = 0; i < g->lines; i++)
		line[i] = (struct preview_line_view){ g->line[i].path, g->line[i].taken, g->line[i].arrow };
	for (size_t i = 0; i < g->notes; i++)
		note[i] = (struct preview_note_view){ g->note[i].line[0], g->note[i].line[1], g->note[i].text, g->note[i].x, g->note[i].y, g->note[i].taken };
	*v = (struct preview_graph_view){ .width = GRAPH_WIDTH, .height = g->height, .line = line, .lines = g->lines, .note = note, .notes = g->notes };
	put_boxes(rq, d, g, v);
}

/* ---- why ---- */

static str trace_what(struct req *rq, const struct draft *d, const struct trace *t)
{
	str what, row = t->page ? form_row_path(rq->arena, d->definition->form, t->page->per, t->row) : STR_EMPTY;

	switch (t->kind) {
	case TRACE_PAGE:
		what = TXF(rq, TX_PREVIEW_PAGE, TEXT_ARG("id", t->page->id));
		break;
	case TRACE_FIELD:
		what = TXF(rq, TX_PREVIEW_FIELD, TEXT_ARG("id", t->field->id));
		break;
	case TRACE_OPTION:
		what = TXF(rq, TX_PREVIEW_OPTION, TEXT_ARG("option", t->option), TEXT_ARG("id", t->field->id));
		break;
	case TRACE_RULE:
		what = TXF(rq, TX_PREVIEW_RULE, TEXT_ARG("id", t->rule->id));
		break;
	default:
		what = TXF(rq, TX_PREVIEW_FEE, TEXT_ARG("id", t->fee));
	}
	if (!row.n)
		return what;
	return str_fmt(rq->arena, "%.*s, %.*s", STR_FMT(what), STR_FMT(TXF(rq, TX_PREVIEW_ROW, TEXT_ARG("row", row))));
}

static str trace_verdict(struct req *rq, const struct trace *t)
{
	if (t->kind == TRACE_FEE)
		return t->value.n ? t->value : TX(rq, TX_PREVIEW_FEE_UNKNOWN);
	if (t->kind == TRACE_RULE)
		return TX(rq, t->verdict == TRACE_YES ? TX_PREVIEW_HOLDS : t->verdict == TRACE_NO ? TX_PREVIEW_BROKEN_RULE : TX_PREVIEW_WAITS);
	return TX(rq, t->verdict == TRACE_YES ? TX_PREVIEW_SHOWN : TX_PREVIEW_NOT_SHOWN);
}

static void put_trace(struct req *rq, const struct draft *d, const struct trace *t, struct preview_trace_view *v)
{
	struct preview_read_view *read = ARENA_ARRAY(rq->arena, struct preview_read_view, t->reads + 1);

	for (size_t i = 0; i < t->reads; i++) {
		read[i] = (struct preview_read_view){ t->read[i].name, t->read[i].value, !t->read[i].value.n };
		if (read[i].none)
			read[i].value = TX(rq, t->read[i].reachable ? TX_PREVIEW_EMPTY : TX_PREVIEW_NOT_ASKED);
	}
	*v = (struct preview_trace_view){ .what = trace_what(rq, d, t), .expression = t->expr->source, .verdict = trace_verdict(rq, t),
					  .read = read, .reads = t->reads };
	v->kind = t->verdict == TRACE_YES ? S("s-trace__yes") : t->kind == TRACE_RULE && t->verdict == TRACE_NO ? S("s-trace__wrong") : S("s-trace__no");
}

static void put_traces(struct req *rq, const struct draft *d, const struct page *here, uint16_t row, struct author_view *v)
{
	const struct trace *t;
	size_t n = form_trace(rq->arena, d->journey, &d->context, here, row, &t);
	struct preview_trace_view *mine = ARENA_ARRAY(rq->arena, struct preview_trace_view, n + 1);
	struct preview_trace_view *other = ARENA_ARRAY(rq->arena, struct preview_trace_view, n + 1);

	for (size_t i = 0; i < n; i++)
		put_trace(rq, d, &t[i], t[i].here ? &mine[v->heres++] : &other[v->others++]);
	v->here = mine;
	v->other = other;
}

struct author_view *preview_column(struct req *rq, const struct draft *d, const struct page *here, uint16_t row)
{
	struct author_view *v = preview_plain(rq);

	put_graph(rq, d, here, row, &v->graph);
	put_traces(rq, d, here, row, v);
	if (!d->handle.n)
		return v;
	if (rq->method == METHOD_POST)
		v->reload_href = draft_href(rq, d, here ? visit_path(rq->arena, d, &(struct visit){ .page = here->index, .row = row }) : S("pruefen"));
	if (!d->submitted)
		v->record = page_post(rq, str_fmt(rq->arena, "/vorschau/fall/%.*s", STR_FMT(d->handle)), false);
	v->recorded = req_query(rq, S("aufgenommen")).n > 0;
	return v;
}
