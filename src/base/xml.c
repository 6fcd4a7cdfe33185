/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/xml.h"

static void must(bool holds, const char *why)
{
	if (!holds)
		err_die(why);
}

static bool name_char(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
		return true;
	return !first && ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':');
}

static bool is_name(str s)
{
	bool good = s.n > 0;

	for (size_t i = 0; good && i < s.n; i++)
		good = name_char(s.p[i], i == 0);
	return good;
}

static void escape(struct buf *b, str s, bool attribute)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char *as = NULL;

		if (c == '&')
			as = "&amp;";
		else if (c == '<')
			as = "&lt;";
		else if (c == '>')
			as = "&gt;";
		else if (c == '"' && attribute)
			as = "&quot;";
		else if (c == '\r')
			as = "&#13;";
		else if (c == '\n' && attribute)
			as = "&#10;";
		else if (c == '\t' && attribute)
			as = "&#9;";
		else if (c < 0x20 && c != '\n' && c != '\t')
			as = "";
		if (!as)
			continue;
		buf_put(b, str_sub(s, from, i));
		buf_put(b, str_c(as));
		from = i + 1;
	}
	buf_put(b, str_sub(s, from, s.n));
}

static void end_tag(struct xml *x)
{
	if (x->tag_open)
		buf_putc(x->b, '>');
	x->tag_open = false;
}

static void line(struct xml *x)
{
	if (!x->indent)
		return;
	buf_putc(x->b, '\n');
	for (unsigned i = 0; i < x->depth; i++)
		buf_putc(x->b, '\t');
}

void xml_begin(struct xml *x, struct buf *b, bool indent)
{
	*x = (struct xml){ .b = b, .indent = indent };
	buf_put(b, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
}

void xml_end(struct xml *x)
{
	must(x->depth == 0, "xml_end: an element is open");
	buf_putc(x->b, '\n');
}

void xml_open(struct xml *x, str name)
{
	must(x->depth < XML_MAX_DEPTH, "xml_open: too deep");
	must(is_name(name), "xml_open: no name");
	must(!x->has_text, "xml_open: element beside text");
	end_tag(x);
	line(x);
	buf_putc(x->b, '<');
	buf_put(x->b, name);
	if (x->depth)
		x->holds[x->depth - 1] = true;
	x->holds[x->depth] = false;
	x->name[x->depth++] = name;
	x->tag_open = true;
}

void xml_attr(struct xml *x, str name, str value)
{
	must(x->tag_open, "xml_attr: not right after xml_open");
	must(is_name(name), "xml_attr: no name");
	buf_putc(x->b, ' ');
	buf_put(x->b, name);
	buf_put(x->b, S("=\""));
	escape(x->b, value, true);
	buf_putc(x->b, '"');
}

void xml_text(struct xml *x, str text)
{
	must(x->depth > 0 && !x->holds[x->depth - 1], "xml_text: beside elements");
	end_tag(x);
	escape(x->b, text, false);
	x->has_text = true;
}

void xml_close(struct xml *x)
{
	must(x->depth > 0, "xml_close: nothing is open");
	x->depth--;
	if (x->tag_open) {
		buf_put(x->b, S("/>"));
	} else {
		if (x->holds[x->depth])
			line(x);
		buf_put(x->b, S("</"));
		buf_put(x->b, x->name[x->depth]);
		buf_putc(x->b, '>');
	}
	x->tag_open = x->has_text = false;
}

void xml_leaf(struct xml *x, str name, str text)
{
	xml_open(x, name);
	if (text.n)
		xml_text(x, text);
	xml_close(x);
}
