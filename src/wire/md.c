/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/md.h"

#include <cmark.h>

#define MD_BYTES_MAX (1u << 20)
#define SPANS_MAX 512 /* in one paragraph; what is beyond is joined to the last */

static void node_free(cmark_node **n)
{
	if (*n)
		cmark_node_free(*n);
}

static void iter_free(cmark_iter **it)
{
	if (*it)
		cmark_iter_free(*it);
}

static bool url_ok(str u)
{
	ptrdiff_t colon = str_index(u, ':');

	if (str_has_prefix(u, S("//")) || str_has_prefix(u, S("\\")))
		return false; /* another host without saying so */
	if (colon < 0 || str_contains(str_sub(u, 0, (size_t)colon), S("/")))
		return true;
	str scheme = str_sub(u, 0, (size_t)colon);
	return str_eq_ci(scheme, S("https")) || str_eq_ci(scheme, S("http")) || str_eq_ci(scheme, S("mailto")) ||
	       str_eq_ci(scheme, S("tel"));
}

static void drop_keep_children(cmark_node *n)
{
	for (cmark_node *c; (c = cmark_node_first_child(n));)
		cmark_node_insert_before(n, c);
	cmark_node_unlink(n);
	cmark_node_free(n);
}

/* Parses, and takes out what is never shown: raw HTML, pictures, addresses of unknown kind. */
static int parse_clean(str md, cmark_node **ret)
{
	if (md.n > MD_BYTES_MAX)
		return ERR_LIMIT;
	cmark_node *doc = cmark_parse_document(md.p ? md.p : "", md.n, CMARK_OPT_DEFAULT);
	if (!doc)
		return ERR_NOMEM;

	cmark_iter *AUTO(iter_free) it = cmark_iter_new(doc);
	for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *n = cmark_iter_get_node(it);
		cmark_node_type t = cmark_node_get_type(n);

		if (t == CMARK_NODE_HTML_BLOCK || t == CMARK_NODE_HTML_INLINE || t == CMARK_NODE_CUSTOM_BLOCK ||
			t == CMARK_NODE_CUSTOM_INLINE) {
			cmark_node_unlink(n); /* a leaf, and the iterator has gone past it */
			cmark_node_free(n);
		} else if (t == CMARK_NODE_IMAGE && e == CMARK_EVENT_EXIT) {
			drop_keep_children(n);
		} else if (t == CMARK_NODE_LINK && e == CMARK_EVENT_EXIT && !url_ok(str_c(cmark_node_get_url(n)))) {
			drop_keep_children(n);
		}
	}
	cmark_consolidate_text_nodes(doc);
	*ret = doc;
	return OK;
}

int md_html(struct buf *b, str md, int heading_shift)
{
	cmark_node *AUTO(node_free) doc = NULL;

	TRY(parse_clean(md, &doc));
	for (cmark_node *n = cmark_node_first_child(doc); n; n = cmark_node_next(n)) {
		int level = cmark_node_get_heading_level(n) + heading_shift;
		if (cmark_node_get_type(n) == CMARK_NODE_HEADING)
			cmark_node_set_heading_level(n, level < 1 ? 1 : level > 6 ? 6 : level);
	}
	char *AUTO(arena_free_foreign) html = cmark_render_html(doc, CMARK_OPT_DEFAULT);
	if (!html)
		return ERR_NOMEM;
	buf_put(b, str_c(html));
	return OK;
}

struct spans {
	struct arena *arena;
	struct pdf_span v[SPANS_MAX];
	size_t n;
};

static void span_add(struct spans *s, str text, bool bold, bool italic, str link)
{
	struct pdf_span *last = s->n ? &s->v[s->n - 1] : NULL;
	bool same = last && last->bold == bold && last->italic == italic && str_eq(last->link, link);

	if (same || s->n == SPANS_MAX)
		last->text = str_fmt(s->arena, "%.*s%.*s", STR_FMT(last->text), STR_FMT(text));
	else
		s->v[s->n++] = (struct pdf_span){ str_dup(s->arena, text), bold, italic, link };
}

/* All text inside n, whatever is nested in it. */
static void collect(struct spans *s, cmark_node *n)
{
	cmark_iter *AUTO(iter_free) it = cmark_iter_new(n);
	int bold = 0, italic = 0;
	str link = STR_EMPTY;

	s->n = 0;
	for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *c = cmark_iter_get_node(it);
		int step = e == CMARK_EVENT_ENTER ? 1 : -1;

		switch (cmark_node_get_type(c)) {
		case CMARK_NODE_TEXT:
		case CMARK_NODE_CODE:
		case CMARK_NODE_CODE_BLOCK: span_add(s, str_c(cmark_node_get_literal(c)), bold > 0, italic > 0, link); break;
		case CMARK_NODE_SOFTBREAK: span_add(s, S(" "), bold > 0, italic > 0, link); break;
		case CMARK_NODE_LINEBREAK: span_add(s, S("\n"), bold > 0, italic > 0, link); break;
		case CMARK_NODE_STRONG: bold += step; break;
		case CMARK_NODE_EMPH: italic += step; break;
		case CMARK_NODE_LINK:
			link = step > 0 ? str_dup(s->arena, str_c(cmark_node_get_url(c))) : STR_EMPTY;
			break;
		default: break;
		}
	}
}

/* A relative address leads nowhere in a file that has left the house. */
static void drop_relative_links(struct spans *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_index(s->v[i].link, ':') < 0)
			s->v[i].link = STR_EMPTY;
	}
}

static void put_item(struct arena *a, struct pdf_list *list, cmark_node *item, int depth)
{
	struct spans *s = ARENA_NEW(a, struct spans);

	for (cmark_node *c = cmark_node_first_child(item); c; c = cmark_node_next(c)) {
		if (cmark_node_get_type(c) == CMARK_NODE_LIST) {
			for (cmark_node *k = cmark_node_first_child(c); k && depth < 8; k = cmark_node_next(k))
				put_item(a, list, k, depth + 1);
			continue;
		}
		s->arena = a;
		collect(s, c);
		drop_relative_links(s);
		if (depth && s->n)
			s->v[0].text = str_fmt(a, "\xe2\x80\x93 %.*s", STR_FMT(s->v[0].text));
		pdf_item_spans(list, s->v, s->n);
	}
}

static void put_block(struct arena *a, struct pdf_doc *d, cmark_node *n, int depth)
{
	struct spans *s = ARENA_NEW(a, struct spans);
	struct pdf_list *list;
	int level;

	s->arena = a;
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_HEADING:
		collect(s, n);
		level = cmark_node_get_heading_level(n);
		pdf_heading(d, level > 4 ? 4 : level, s->n ? s->v[0].text : STR_EMPTY);
		break;
	case CMARK_NODE_PARAGRAPH:
	case CMARK_NODE_CODE_BLOCK:
		collect(s, n);
		drop_relative_links(s);
		if (s->n)
			pdf_paragraph_spans(d, s->v, s->n);
		break;
	case CMARK_NODE_LIST:
		list = pdf_list(d, cmark_node_get_list_type(n) == CMARK_ORDERED_LIST);
		for (cmark_node *c = cmark_node_first_child(n); c; c = cmark_node_next(c))
			put_item(a, list, c, 0);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		for (cmark_node *c = cmark_node_first_child(n); c && depth < 8; c = cmark_node_next(c))
			put_block(a, d, c, depth + 1);
		break;
	case CMARK_NODE_THEMATIC_BREAK: pdf_space(d, 4); break;
	default: break;
	}
}

int md_pdf(struct arena *a, struct pdf_doc *d, str md)
{
	cmark_node *AUTO(node_free) doc = NULL;

	TRY(parse_clean(md, &doc));
	for (cmark_node *n = cmark_node_first_child(doc); n; n = cmark_node_next(n))
		put_block(a, d, n, 0);
	return OK;
}

int md_text(struct buf *b, str md)
{
	cmark_node *AUTO(node_free) doc = NULL;

	TRY(parse_clean(md, &doc));
	cmark_iter *AUTO(iter_free) it = cmark_iter_new(doc);
	size_t start = b->n;
	for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *n = cmark_iter_get_node(it);
		cmark_node_type t = cmark_node_get_type(n);

		if (e == CMARK_EVENT_EXIT)
			continue;
		if ((t == CMARK_NODE_PARAGRAPH || t == CMARK_NODE_HEADING || t == CMARK_NODE_CODE_BLOCK) && b->n > start) {
			bool item = t == CMARK_NODE_PARAGRAPH &&
				    cmark_node_get_type(cmark_node_parent(n)) == CMARK_NODE_ITEM;
			buf_put(b, item ? S("\n") : S("\n\n"));
		}
		if (t == CMARK_NODE_PARAGRAPH && cmark_node_get_type(cmark_node_parent(n)) == CMARK_NODE_ITEM)
			buf_put(b, S("- "));
		if (t == CMARK_NODE_TEXT || t == CMARK_NODE_CODE || t == CMARK_NODE_CODE_BLOCK)
			buf_put(b, str_c(cmark_node_get_literal(n)));
		if (t == CMARK_NODE_SOFTBREAK)
			buf_putc(b, ' ');
		if (t == CMARK_NODE_LINEBREAK)
			buf_putc(b, '\n');
	}
	return OK;
}

str md_escape(struct arena *a, str text)
{
	struct buf b = buf_new(a, text.n + 16);
	bool blank = true; /* leading blanks would make code */

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c <= 32 || c == 127) {
			if (!blank)
				buf_putc(&b, ' ');
			blank = true;
			continue;
		}
		blank = false;
		/* every ASCII punctuation character may be escaped (CommonMark 6.1) */
		if (c < 127 && !((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')))
			buf_putc(&b, '\\');
		buf_putc(&b, (char)c);
	}
	return str_trim(buf_str(&b));
}
