/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/xml_read.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdio.h>

#include "base/buf.h"

#define MAX_SIZE ((size_t)64 << 20)
#define MAX_DEPTH 200u
#define MAX_ELEMENTS 5000000u
#define MAX_ATTRIBUTES 64

struct reading {
	xmlParserCtxtPtr parser;
	const struct xml_sink *sink;
	struct buf text;
	unsigned depth, skip;		/* skip: depth inside of what is left out */
	size_t elements;
	int rc;
	struct xml_error *e;
};

static str text_of(const xmlChar *c)
{
	return str_c((const char *)c);
}

static void fail(struct reading *r, int rc, const char *why)
{
	if (r->rc)
		return;
	r->rc = rc;
	r->e->line = (uint32_t)r->parser->input->line;
	(void)snprintf(r->e->text, sizeof r->e->text, "%s", why);
	xmlStopParser(r->parser);
}

static void put_attributes(struct xml_attribute *v, int n, const xmlChar **from)
{
	for (int i = 0; i < n; i++, from += 5)
		v[i] = (struct xml_attribute){ text_of(from[0]), text_of(from[2]), str_n(from[3], (size_t)(from[4] - from[3])) };
}

static void on_open(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces, const xmlChar **ns,
		    int attributes, int defaulted, const xmlChar **attribute)
{
	struct reading *r = arg;
	struct xml_attribute attr[MAX_ATTRIBUTES];
	struct xml_element e = { .name = text_of(name), .ns = text_of(uri), .attr = attr, .depth = r->depth };

	if (r->rc)
		return;
	r->elements++;
	if (r->skip) {
		r->skip++;
		if (r->skip + r->depth > MAX_DEPTH)
			fail(r, ERR_LIMIT, "elements are nested too deeply");
		return;
	}
	if (r->depth >= MAX_DEPTH || attributes > MAX_ATTRIBUTES || r->elements > MAX_ELEMENTS) {
		fail(r, ERR_LIMIT, "more elements, attributes or levels than a sound file has");
		return;
	}
	put_attributes(attr, attributes, attribute);
	e.attrs = (size_t)attributes;
	e.line = (uint32_t)r->parser->input->line;
	buf_reset(&r->text);
	if (r->sink->open(r->sink->arg, &e))
		r->depth++;
	else
		r->skip = 1;
}

static void on_close(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = arg;

	if (r->rc)
		return;
	if (r->skip) {
		r->skip--;
		return;
	}
	r->depth--;
	r->sink->close(r->sink->arg, text_of(name), buf_str(&r->text));
	buf_reset(&r->text);
}

static void on_text(void *arg, const xmlChar *text, int n)
{
	struct reading *r = arg;

	if (!r->skip && n > 0)
		buf_putn(&r->text, text, (size_t)n);
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	fail(arg, ERR_PARSE, "a document type (DTD) is not allowed");
}

static void on_error(void *arg, xmlErrorPtr error)
{
	struct reading *r = arg;
	size_t n;

	if (r->rc || error->level < XML_ERR_ERROR)
		return;
	r->rc = ERR_PARSE;
	r->e->line = (uint32_t)error->line;
	(void)snprintf(r->e->text, sizeof r->e->text, "%s", error->message ? error->message : "malformed XML");
	n = strlen(r->e->text);
	while (n && r->e->text[n - 1] == '\n')
		r->e->text[--n] = 0;
}

static void parser_free(xmlParserCtxtPtr *p)
{
	if (!*p)
		return;
	if ((*p)->myDoc)
		xmlFreeDoc((*p)->myDoc);
	xmlFreeParserCtxt(*p);
}

static void sax_make(xmlSAXHandler *s)
{
	*s = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_open,
		.endElementNs = on_close,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.serror = on_error,
	};
}

int xml_read(struct arena *scratch, str text, const struct xml_sink *sink, struct xml_error *e)
{
	struct reading r = { .sink = sink, .text = buf_new(scratch, 4096), .e = e };
	AUTO(parser_free) xmlParserCtxtPtr p = NULL;

	*e = (struct xml_error){ 0 };
	if (text.n > MAX_SIZE) {
		(void)snprintf(e->text, sizeof e->text, "larger than 64 MiB");
		return ERR_LIMIT;
	}
	if (!text.n) {
		(void)snprintf(e->text, sizeof e->text, "empty");
		return ERR_PARSE;
	}
	p = xmlCreateMemoryParserCtxt(text.p, (int)text.n);
	if (!p)
		err_die("out of memory");
	sax_make(p->sax);
	p->userData = &r;
	r.parser = p;
	/* NOENT only stands for "&amp;" in attributes: entities of one's own need a DTD, which is refused */
	(void)xmlCtxtUseOptions(p, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA);
	/* xmlCtxtUseOptions() puts handlers of its own in their place */
	sax_make(p->sax);
	if (xmlParseDocument(p) != 0 && !r.rc) {
		r.rc = ERR_PARSE;
		(void)snprintf(e->text, sizeof e->text, "malformed XML");
	}
	return r.rc;
}

str xml_attribute(const struct xml_element *e, str name)
{
	for (size_t i = 0; i < e->attrs; i++)
		if (str_eq(e->attr[i].name, name))
			return e->attr[i].value;
	return STR_EMPTY;
}
