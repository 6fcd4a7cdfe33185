/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/pdf_finish.h"

#include <math.h>
#include <qpdf/qpdf-c.h>
#include <string.h>

#include "base/buf.h"
#include "base/html.h"
#include "base/late.h"
#include "wire/pdf_canvas.h"

/* Mapped on first use; see base/late.h. */
static struct {
#define F(name) __typeof__(name) *name;
#include "wire/pdf_qpdf.def"
#undef F
} lib;
static const char *const lib_names[] = {
#define F(name) #name,
#include "wire/pdf_qpdf.def"
#undef F
};
LATE_FITS(lib, lib_names);

#define DEPTH_MAX 32
#define PRODUCER "Schalter " SCHALTER_VERSION

struct work {
	struct arena *arena;
	qpdf_data q;
	const struct pdf_finish *f;
	qpdf_oh parents;	/* /Nums of the parent tree */
	size_t figures, tables;
	bool broken;
};

static void work_end(struct work *w)
{
	if (w->q)
		lib.qpdf_cleanup(&w->q);
}

static qpdf_oh text_object(struct work *w, str s)
{
	return lib.qpdf_oh_new_unicode_string(w->q, str_z(w->arena, s));
}

static bool name_is(struct work *w, qpdf_oh o, const char *name)
{
	return lib.qpdf_oh_is_name_and_equals(w->q, o, name);
}

/* --- sRGB as an ICC profile (ICC.1:2010, parametric curve of IEC 61966-2-1): small, so we make it instead of shipping one */

static void be32(struct buf *b, uint32_t v)
{
	const char p[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };

	buf_putn(b, p, 4);
}

static void fixed(struct buf *b, double v)
{
	be32(b, (uint32_t)(int32_t)lround(v * 65536));
}

static void xyz(struct buf *b, double x, double y, double z)
{
	buf_put(b, S("XYZ \0\0\0\0"));
	fixed(b, x);
	fixed(b, y);
	fixed(b, z);
}

static void mluc(struct buf *b, const char *ascii)
{
	size_t n = strlen(ascii);

	buf_put(b, S("mluc\0\0\0\0"));
	be32(b, 1);
	be32(b, 12);
	buf_put(b, S("enUS"));
	be32(b, (uint32_t)(2 * n));
	be32(b, 28);
	for (size_t i = 0; i < n; i++) {
		buf_putc(b, 0);
		buf_putc(b, ascii[i]);
	}
	while (b->n % 4)
		buf_putc(b, 0);
}

static void icc_tag(struct buf *data, size_t offset[], size_t *n)
{
	while (data->n % 4)
		buf_putc(data, 0);
	offset[(*n)++] = data->n;
}

static str icc_srgb(struct arena *a)
{
	static const char name[] = "desccprtwtptchadrXYZgXYZbXYZrTRCgTRCbTRC";
	static const double chad[9] = { 1.04788, 0.02292, -0.05019, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168 };
	static const double curve[5] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045 };
	struct buf d = buf_new(a, 600), b = buf_new(a, 800);
	size_t at[11], n = 0;

	icc_tag(&d, at, &n);
	mluc(&d, "sRGB IEC61966-2.1");
	icc_tag(&d, at, &n);
	mluc(&d, "No copyright, use freely");
	icc_tag(&d, at, &n);
	xyz(&d, 0.9642, 1, 0.8249);
	icc_tag(&d, at, &n);
	buf_put(&d, S("sf32\0\0\0\0"));
	for (int i = 0; i < 9; i++)
		fixed(&d, chad[i]);
	icc_tag(&d, at, &n);
	xyz(&d, 0.43607, 0.22249, 0.01392);
	icc_tag(&d, at, &n);
	xyz(&d, 0.38515, 0.71687, 0.09708);
	icc_tag(&d, at, &n);
	xyz(&d, 0.14307, 0.06061, 0.71410);
	icc_tag(&d, at, &n);
	buf_put(&d, S("para\0\0\0\0\0\3\0\0"));
	for (int i = 0; i < 5; i++)
		fixed(&d, curve[i]);
	at[n] = d.n;

	uint32_t data_at = 128 + 4 + 10 * 12;
	be32(&b, data_at + (uint32_t)d.n);
	be32(&b, 0);
	be32(&b, 0x04200000);
	buf_put(&b, S("mntrRGB XYZ \x07\xea\0\1\0\1\0\0\0\0\0\0acsp"));
	while (b.n < 68)
		buf_putc(&b, 0);
	fixed(&b, 0.9642);
	fixed(&b, 1);
	fixed(&b, 0.8249);
	while (b.n < 128)
		buf_putc(&b, 0);
	be32(&b, 10);
	for (size_t i = 0; i < 10; i++) { /* the three curves are one */
		size_t k = i < 7 ? i : 7;
		buf_putn(&b, name + 4 * i, 4);
		be32(&b, data_at + (uint32_t)at[k]);
		be32(&b, (uint32_t)(at[k + 1] - at[k]));
	}
	buf_put(&b, buf_str(&d));
	return buf_str(&b);
}

/* --- catalogue */

static qpdf_oh stream_of(struct work *w, str data)
{
	qpdf_oh s = lib.qpdf_oh_new_stream(w->q), none = lib.qpdf_oh_new_null(w->q);

	lib.qpdf_oh_replace_stream_data(w->q, s, (const unsigned char *)data.p, data.n, none, none);
	return s;
}

static str xmp(struct work *w)
{
	const struct pdf_finish *f = w->f;
	struct buf b = buf_new(w->arena, 1500);

	buf_put(&b, S("<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
		      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
		      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
		      " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
		      " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n"
		      "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>\n<dc:title><rdf:Alt>"
		      "<rdf:li xml:lang=\"x-default\">"));
	html_text(&b, f->title);
	buf_put(&b, S("</rdf:li></rdf:Alt></dc:title>\n<dc:language><rdf:Bag><rdf:li>"));
	html_text(&b, f->lang);
	buf_put(&b, S("</rdf:li></rdf:Bag></dc:language>\n"));
	if (f->author.n) {
		buf_put(&b, S("<dc:creator><rdf:Seq><rdf:li>"));
		html_text(&b, f->author);
		buf_put(&b, S("</rdf:li></rdf:Seq></dc:creator>\n"));
	}
	buf_put(&b, S("<xmp:CreateDate>"));
	buf_put(&b, instant_iso(w->arena, f->created));
	buf_put(&b, S("</xmp:CreateDate><xmp:ModifyDate>"));
	buf_put(&b, instant_iso(w->arena, f->created));
	buf_put(&b, S("</xmp:ModifyDate>\n<pdf:Producer>" PRODUCER "</pdf:Producer>\n"
		      "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"));
	return buf_str(&b);
}

/* The old-fashioned information dictionary says the same as the XMP, as PDF/A wants it. */
static void put_info(struct work *w)
{
	char iso[INSTANT_ISO_BYTES + 1];
	qpdf_oh info = lib.qpdf_oh_new_dictionary(w->q);

	instant_iso_z(w->f->created, iso);
	str date = str_fmt(w->arena, "D:%.4s%.2s%.2s%.2s%.2s%.2sZ", iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
	lib.qpdf_oh_replace_key(w->q, info, "/Title", text_object(w, w->f->title));
	if (w->f->author.n)
		lib.qpdf_oh_replace_key(w->q, info, "/Author", text_object(w, w->f->author));
	lib.qpdf_oh_replace_key(w->q, info, "/Producer", text_object(w, S(PRODUCER)));
	lib.qpdf_oh_replace_key(w->q, info, "/CreationDate", text_object(w, date));
	lib.qpdf_oh_replace_key(w->q, info, "/ModDate", text_object(w, date));
	lib.qpdf_oh_replace_key(w->q, lib.qpdf_get_trailer(w->q), "/Info", lib.qpdf_make_indirect_object(w->q, info));
}

static void put_catalogue(struct work *w, qpdf_oh root)
{
	qpdf_oh meta = stream_of(w, xmp(w)), icc = stream_of(w, icc_srgb(w->arena));
	qpdf_oh dict = lib.qpdf_oh_get_dict(w->q, meta), intents = lib.qpdf_oh_new_array(w->q);

	lib.qpdf_oh_replace_key(w->q, dict, "/Type", lib.qpdf_oh_new_name(w->q, "/Metadata"));
	lib.qpdf_oh_replace_key(w->q, dict, "/Subtype", lib.qpdf_oh_new_name(w->q, "/XML"));
	lib.qpdf_oh_replace_key(w->q, root, "/Metadata", meta);
	lib.qpdf_oh_replace_key(w->q, lib.qpdf_oh_get_dict(w->q, icc), "/N", lib.qpdf_oh_new_integer(w->q, 3));
	qpdf_oh intent = lib.qpdf_oh_parse(w->q,
		"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) >>");
	lib.qpdf_oh_replace_key(w->q, intent, "/DestOutputProfile", icc);
	lib.qpdf_oh_append_item(w->q, intents, intent);
	lib.qpdf_oh_replace_key(w->q, root, "/OutputIntents", intents);
	lib.qpdf_oh_replace_key(w->q, root, "/Lang", text_object(w, w->f->lang));
	lib.qpdf_oh_replace_key(w->q, root, "/ViewerPreferences", lib.qpdf_oh_parse(w->q, "<< /DisplayDocTitle true >>"));
	put_info(w);
}

/* --- structure */

static qpdf_oh nums_get(struct work *w, int key)
{
	int n = lib.qpdf_oh_get_array_n_items(w->q, w->parents);

	for (int i = 0; i + 1 < n; i += 2) {
		if (lib.qpdf_oh_get_int_value_as_int(w->q, lib.qpdf_oh_get_array_item(w->q, w->parents, i)) == key)
			return lib.qpdf_oh_get_array_item(w->q, w->parents, i + 1);
	}
	return lib.qpdf_oh_new_null(w->q);
}

/* The element of furniture goes; its marked content becomes an artifact (content_artifacts) and has no parent any more. */
static void forget_parent(struct work *w, qpdf_oh e)
{
	qpdf_oh page = lib.qpdf_oh_get_key(w->q, e, "/Pg"), mcid = lib.qpdf_oh_get_key(w->q, e, "/K");

	if (!lib.qpdf_oh_is_dictionary(w->q, page) || !lib.qpdf_oh_is_integer(w->q, mcid))
		return;
	qpdf_oh of_page = nums_get(w, lib.qpdf_oh_get_int_value_as_int(w->q, lib.qpdf_oh_get_key(w->q, page, "/StructParents")));
	int at = lib.qpdf_oh_get_int_value_as_int(w->q, mcid);
	if (lib.qpdf_oh_is_array(w->q, of_page) && at >= 0 && at < lib.qpdf_oh_get_array_n_items(w->q, of_page))
		lib.qpdf_oh_set_array_item(w->q, of_page, at, lib.qpdf_oh_new_null(w->q));
}

static void note_element(struct work *w, qpdf_oh e, const char *parent)
{
	qpdf_oh s = lib.qpdf_oh_get_key(w->q, e, "/S");

	if (name_is(w, s, "/TH")) {
		bool column = strcmp(parent, "/THead") == 0;
		lib.qpdf_oh_replace_key(w->q, e, "/A",
			lib.qpdf_oh_parse(w->q, column ? "<< /O /Table /Scope /Column >>" : "<< /O /Table /Scope /Row >>"));
	} else if (name_is(w, s, "/L")) {
		/* the labels are drawn by us, so a reader need not add its own */
		lib.qpdf_oh_replace_key(w->q, e, "/A", lib.qpdf_oh_parse(w->q, "<< /O /List /ListNumbering /None >>"));
	} else if (name_is(w, s, "/Figure")) {
		if (w->figures < w->f->alts)
			lib.qpdf_oh_replace_key(w->q, e, "/Alt", text_object(w, w->f->alt[w->figures]));
		w->figures++;
	} else if (name_is(w, s, "/Table")) {
		if (w->tables < w->f->summaries && w->f->summary[w->tables].n) {
			qpdf_oh a = lib.qpdf_oh_parse(w->q, "<< /O /Table >>");
			lib.qpdf_oh_replace_key(w->q, a, "/Summary", text_object(w, w->f->summary[w->tables]));
			lib.qpdf_oh_replace_key(w->q, e, "/A", a);
		}
		w->tables++;
	}
}

/* parent: the name of the element above; a row hands on the one above itself, for that says whether it is a header row */
static void walk(struct work *w, qpdf_oh e, const char *parent, int depth)
{
	qpdf_oh kids = lib.qpdf_oh_get_key(w->q, e, "/K"), s = lib.qpdf_oh_get_key(w->q, e, "/S");

	if (depth > DEPTH_MAX) {
		w->broken = true;
		return;
	}
	note_element(w, e, parent);
	const char *name = lib.qpdf_oh_is_name(w->q, s) ? str_z(w->arena, str_c(lib.qpdf_oh_get_name(w->q, s))) : "";
	if (strcmp(name, "/TR") == 0)
		name = parent;
	if (lib.qpdf_oh_is_dictionary(w->q, kids)) {
		if (lib.qpdf_oh_has_key(w->q, kids, "/S"))
			walk(w, kids, name, depth + 1);
		return;
	}
	if (!lib.qpdf_oh_is_array(w->q, kids))
		return;
	for (int i = 0; i < lib.qpdf_oh_get_array_n_items(w->q, kids); i++) {
		qpdf_oh kid = lib.qpdf_oh_get_array_item(w->q, kids, i);
		if (!lib.qpdf_oh_is_dictionary(w->q, kid) || !lib.qpdf_oh_has_key(w->q, kid, "/S"))
			continue;
		if (name_is(w, lib.qpdf_oh_get_key(w->q, kid, "/S"), "/" CANVAS_ARTIFACT_TAG)) {
			forget_parent(w, kid);
			lib.qpdf_oh_erase_item(w->q, kids, i--);
			continue;
		}
		walk(w, kid, name, depth + 1);
	}
}

/* --- pages */

/* "/Private << /MCID n >> BDC" becomes an artifact. cairo writes it in exactly this way; strings are written in hex or parentheses
 * and cannot hold it, because a parenthesis string is at most a few words of one font's bytes and our own text never has this mark. */
static int content_artifacts(struct work *w, qpdf_oh page)
{
	static const str open = STR_INIT("/" CANVAS_ARTIFACT_TAG " << /MCID "), close = STR_INIT(" >> BDC\n");
	unsigned char *AUTO(arena_free_foreign) p = NULL;
	size_t n = 0;

	if (lib.qpdf_oh_get_page_content_data(w->q, page, &p, &n) & QPDF_ERRORS)
		return ERR_IO;
	struct buf b = buf_new(w->arena, n + 64);
	str left = str_n(p, n);
	for (;;) {
		ptrdiff_t at = str_find(left, open);
		ptrdiff_t end = at < 0 ? -1 : str_find(str_sub(left, (size_t)at, left.n), close);
		bool line_start = at == 0 || (at > 0 && left.p[at - 1] == '\n');
		if (end < 0)
			break;
		buf_put(&b, str_sub(left, 0, (size_t)at));
		if (line_start)
			buf_put(&b, S("/Artifact << /Type /Pagination >> BDC\n"));
		else
			buf_put(&b, str_sub(left, (size_t)at, (size_t)(at + end) + close.n));
		left = str_sub(left, (size_t)(at + end) + close.n, left.n);
	}
	buf_put(&b, left);
	lib.qpdf_oh_replace_key(w->q, page, "/Contents", stream_of(w, buf_str(&b)));
	return OK;
}

/* PDF/A: a CIDFontType2 says how its glyphs are numbered; cairo numbers them as they are and leaves it unsaid. */
static void fix_fonts(struct work *w, qpdf_oh page)
{
	qpdf_oh fonts = lib.qpdf_oh_get_key(w->q, lib.qpdf_oh_get_key(w->q, page, "/Resources"), "/Font");

	if (!lib.qpdf_oh_is_dictionary(w->q, fonts))
		return;
	lib.qpdf_oh_begin_dict_key_iter(w->q, fonts);
	while (lib.qpdf_oh_dict_more_keys(w->q)) {
		const char *key = lib.qpdf_oh_dict_next_key(w->q);
		qpdf_oh below = lib.qpdf_oh_get_key(w->q, lib.qpdf_oh_get_key(w->q, fonts, key), "/DescendantFonts");
		if (!lib.qpdf_oh_is_array(w->q, below))
			continue;
		qpdf_oh font = lib.qpdf_oh_get_array_item(w->q, below, 0);
		if (name_is(w, lib.qpdf_oh_get_key(w->q, font, "/Subtype"), "/CIDFontType2"))
			lib.qpdf_oh_replace_key(w->q, font, "/CIDToGIDMap", lib.qpdf_oh_new_name(w->q, "/Identity"));
	}
}

static void fix_images(struct work *w, qpdf_oh page)
{
	qpdf_oh objects = lib.qpdf_oh_get_key(w->q, lib.qpdf_oh_get_key(w->q, page, "/Resources"), "/XObject");

	if (!lib.qpdf_oh_is_dictionary(w->q, objects))
		return;
	lib.qpdf_oh_begin_dict_key_iter(w->q, objects);
	while (lib.qpdf_oh_dict_more_keys(w->q)) {
		qpdf_oh dict = lib.qpdf_oh_get_dict(w->q, lib.qpdf_oh_get_key(w->q, objects, lib.qpdf_oh_dict_next_key(w->q)));
		lib.qpdf_oh_remove_key(w->q, dict, "/Interpolate");
	}
}

static void fix_links(struct work *w, qpdf_oh page)
{
	qpdf_oh annots = lib.qpdf_oh_get_key(w->q, page, "/Annots");

	if (!lib.qpdf_oh_is_array(w->q, annots))
		return;
	for (int i = 0; i < lib.qpdf_oh_get_array_n_items(w->q, annots); i++) {
		qpdf_oh a = lib.qpdf_oh_get_array_item(w->q, annots, i);
		qpdf_oh uri = lib.qpdf_oh_get_key(w->q, lib.qpdf_oh_get_key(w->q, a, "/A"), "/URI");
		lib.qpdf_oh_replace_key(w->q, a, "/F", lib.qpdf_oh_new_integer(w->q, 4)); /* printed, PDF/A 6.3.2 */
		lib.qpdf_oh_replace_key(w->q, a, "/Contents", uri);
	}
}

static int write_out(struct work *w, str *ret)
{
	if (lib.qpdf_init_write_memory(w->q) & QPDF_ERRORS)
		return ERR_IO;
	lib.qpdf_set_object_stream_mode(w->q, qpdf_o_generate);
	lib.qpdf_set_compress_streams(w->q, QPDF_TRUE);
	lib.qpdf_set_deterministic_ID(w->q, QPDF_TRUE);
	if (lib.qpdf_write(w->q) & QPDF_ERRORS)
		return ERR_IO;
	*ret = str_dup(w->arena, str_n(lib.qpdf_get_buffer(w->q), lib.qpdf_get_buffer_length(w->q)));
	return OK;
}

int pdf_finish(struct arena *a, str drawn, const struct pdf_finish *f, str *ret)
{
	TRY(late_load(LATE_QPDF, lib_names, sizeof lib, &lib));
	struct work AUTO(work_end) w = { .arena = a, .q = lib.qpdf_init(), .f = f };
	lib.qpdf_silence_errors(w.q);
	lib.qpdf_set_suppress_warnings(w.q, QPDF_TRUE);
	if (lib.qpdf_read_memory(w.q, "drawn", drawn.p, drawn.n, NULL) & QPDF_ERRORS)
		return ERR_IO;

	qpdf_oh root = lib.qpdf_get_root(w.q), tree = lib.qpdf_oh_get_key(w.q, root, "/StructTreeRoot");
	w.parents = lib.qpdf_oh_get_key(w.q, lib.qpdf_oh_get_key(w.q, tree, "/ParentTree"), "/Nums");
	if (!lib.qpdf_oh_is_dictionary(w.q, tree) || !lib.qpdf_oh_is_array(w.q, w.parents))
		return ERR_INVALID;
	put_catalogue(&w, root);
	walk(&w, tree, "", 0);
	if (w.broken || w.figures != f->alts || w.tables != f->summaries)
		return ERR_INVALID;
	for (int i = 0; i < lib.qpdf_get_num_pages(w.q); i++) {
		qpdf_oh page = lib.qpdf_get_page_n(w.q, (size_t)i);
		lib.qpdf_oh_replace_key(w.q, page, "/Tabs", lib.qpdf_oh_new_name(w.q, "/S"));
		TRY(content_artifacts(&w, page));
		fix_fonts(&w, page);
		fix_images(&w, page);
		fix_links(&w, page);
	}
	return write_out(&w, ret);
}
