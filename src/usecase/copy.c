/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/copy.h"

#include <stdatomic.h>

#include "base/decimal.h"
#include "wire/pdf.h"

#define COPY_BYTES_MAX ((size_t)32 << 20)

struct maker {
	struct arena *arena;
	struct casefile *f;
	const struct shown_of *of;
	const struct case_links *links;		/* NULL: not the applicant's own */
	struct pdf_doc *doc;
	enum lang lang;
};
#define SAY(m, id) text_get((m)->lang, (id))
#define SAYF(m, id, ...)                                                                                        \
	({                                                                                                      \
		const struct text_arg sa_[] = { __VA_ARGS__ };                                                  \
		text_format_str((m)->arena, (m)->lang, (id), sa_, sizeof sa_ / sizeof *sa_);                    \
	})

/* ---- the pages ---- */

static str authority_name(const struct maker *m)
{
	return m->f->authority ? m->f->authority->name : STR_EMPTY;
}

static void put_head(struct maker *m)
{
	const struct casefile *f = m->f;
	str service = shown_text(m->arena, m->of, "title", STR_EMPTY, "", 0);
	struct pdf_table *t;

	pdf_heading(m->doc, 1, SAY(m, TX_COPY_TITLE));
	pdf_paragraph(m->doc, SAYF(m, TX_COPY_LEAD, TEXT_ARG("service", service), TEXT_ARG("authority", authority_name(m)),
		TEXT_ARG("time", shown_time(m->arena, m->lang, f->row.submitted_at))));
	t = pdf_pairs(m->doc, SAY(m, TX_COPY_CASE));
	pdf_pair(t, SAY(m, TX_COPY_REFERENCE), f->row.reference);
	pdf_pair(t, SAY(m, TX_COPY_SENT), shown_time(m->arena, m->lang, f->row.submitted_at));
	pdf_pair(t, SAY(m, TX_COPY_AUTHORITY), authority_name(m));
	pdf_pair(t, SAY(m, TX_COPY_VERSION), str_fmt(m->arena, "%.*s, %.16s", STR_FMT(f->definition->service->version), f->definition->hash.p));
}

static str row_text(struct maker *m, const struct shown_row *r)
{
	struct buf b = buf_new(m->arena, 64);

	for (size_t i = 0; i < r->files; i++) {
		if (i)
			buf_put(&b, S(", "));
		buf_put(&b, SAYF(m, TX_COPY_FILE, TEXT_ARG("name", r->file[i]->name), TEXT_ARG("size", shown_size(m->arena, r->file[i]->size))));
	}
	if (r->text.n)
		buf_put(&b, r->text);
	return b.n ? buf_str(&b) : SAY(m, TX_COPY_EMPTY);
}

static void put_answers(struct maker *m)
{
	const struct shown_section *s;
	size_t n = shown_sections(m->arena, m->of, &s);

	for (size_t i = 0; i < n; i++) {
		struct pdf_table *t;

		if (!s[i].rows)
			continue;
		pdf_heading(m->doc, 2, s[i].title);
		t = pdf_pairs(m->doc, s[i].title);
		for (size_t k = 0; k < s[i].rows; k++)
			pdf_pair(t, s[i].row[k].label, row_text(m, &s[i].row[k]));
	}
}

static void put_fees(struct maker *m)
{
	const struct journey *j = m->of->journey;
	const struct shown_fee *fee;
	size_t n = shown_fees(m->arena, m->of, &fee);
	struct pdf_table *t;

	if (!n)
		return;
	pdf_heading(m->doc, 2, SAY(m, TX_COPY_FEES));
	t = pdf_pairs(m->doc, SAY(m, TX_COPY_FEES));
	for (size_t i = 0; i < n; i++)
		pdf_pair(t, fee[i].text, fee[i].known ? money_format(m->arena, fee[i].cents, lang_code(m->lang)) : SAY(m, TX_COPY_OPEN));
	pdf_pair(t, SAY(m, TX_COPY_TOTAL), j->fee_known ? money_format(m->arena, j->fee_cents, lang_code(m->lang)) : SAY(m, TX_COPY_OPEN));
}

static void put_link(struct maker *m, str before, str path)
{
	str url = str_fmt(m->arena, "%.*s%.*s", STR_FMT(m->f->ctx->house->origin), STR_FMT(path));
	struct pdf_span span[2] = { { .text = str_fmt(m->arena, "%.*s\n", STR_FMT(before)) }, { .text = url, .link = url } };

	pdf_paragraph_spans(m->doc, span, 2);
}

static void put_follow(struct maker *m)
{
	pdf_heading(m->doc, 2, SAY(m, TX_COPY_FOLLOW));
	if (m->links->follow.n) {
		put_link(m, SAY(m, TX_COPY_FOLLOW_LINK), str_fmt(m->arena, "/folgen/%.*s", STR_FMT(m->links->follow)));
		pdf_paragraph(m->doc, SAY(m, TX_COPY_FOLLOW_WARN));
	} else {
		put_link(m, SAY(m, TX_COPY_FOLLOW_ACCOUNT), S("/konto"));
	}
	put_link(m, SAY(m, TX_COPY_RECEIPT), S("/quittung-pruefen"));
}

static int make_pdf(struct casefile *f, const struct shown_of *of, const struct case_links *links, str *ret)
{
	struct maker m = { .arena = f->ctx->arena, .f = f, .of = of, .links = links, .lang = of->lang };

	m.doc = pdf_doc_new(m.arena, lang_code(m.lang), SAYF(&m, TX_COPY_LEAD, TEXT_ARG("service", shown_text(m.arena, of, "title", STR_EMPTY, "", 0)),
		TEXT_ARG("authority", authority_name(&m)), TEXT_ARG("time", shown_time(m.arena, m.lang, f->row.submitted_at))));
	pdf_author(m.doc, authority_name(&m));
	pdf_created(m.doc, f->row.submitted_at);
	pdf_footer(m.doc, SAYF(&m, TX_COPY_FOOTER, TEXT_ARG("reference", f->row.reference)));
	pdf_page_label(m.doc, SAY(&m, TX_COPY_PAGE));
	if (f->ctx->house->conf.demo)
		pdf_watermark(m.doc, SAY(&m, TX_COPY_DEMO));
	put_head(&m);
	put_answers(&m);
	put_fees(&m);
	pdf_heading(m.doc, 2, SAY(&m, TX_COPY_DECLARED));
	pdf_paragraph(m.doc, SAYF(&m, TX_PAGES_DECLARATION, TEXT_ARG("authority", authority_name(&m))));
	if (links)
		put_follow(&m);
	return pdf_write(m.arena, m.doc, ret);
}

int application_pdf(struct casefile *f, enum lang l, str *ret)
{
	struct shown_of of = casefile_shown(f, l);

	return make_pdf(f, &of, NULL, ret);
}

/* ---- made once ---- */

static const struct case_letter *kept_copy(const struct casefile *f)
{
	for (size_t i = 0; i < f->letters; i++)
		if (str_eq(f->letter[i].row.kind, S("copy")))
			return &f->letter[i];
	return NULL;
}

int copy_open(struct casefile *f, struct copy **ret)
{
	struct copy *p = ARENA_NEW(f->ctx->arena, struct copy);
	const struct case_letter *kept;
	int rc;

	p->f = f;
	TRY(casefile_letters(f));
	kept = kept_copy(f);
	if (kept) {
		p->kept = true;
		p->letter = *kept;
	} else {
		TRY(casefile_journey(f));
		TRY(casefile_files(f));
		rc = case_links(f->ctx, &f->grant, &p->links);
		if (rc < 0 && rc != ERR_NOTFOUND)
			return rc;
		p->of = casefile_shown(f, f->ctx->lang);
	}
	*ret = p;
	return 0;
}

static int read_kept(struct copy *p)
{
	struct house *h = p->f->ctx->house;

	return blob_read_all(h->blobs, p->f->ctx->arena, p->f->row.tenant.v, p->letter.row.blob_id, &p->letter.blob_key, COPY_BYTES_MAX, &p->bytes);
}

static int make_kept(struct copy *p)
{
	struct casefile *f = p->f;
	struct house *h = f->ctx->house;
	struct letter_row *row = &p->letter.row;
	struct blob_info info;

	TRY(make_pdf(f, &p->of, &p->links, &p->bytes));
	row->id = id_next(h->clock);
	row->blob_id = id_next(h->clock);
	TRY(blob_put(h->blobs, f->row.tenant.v, row->blob_id, p->bytes, &info));
	p->letter.blob_key = info.key;
	p->letter.size = info.size;
	p->letter.fee_cents = -1;
	row->kind = S("copy");
	row->state = LETTER_SENT;
	row->created_at = row->sent_at = f->ctx->now;
	row->pdf_hash = info.sha256;
	row->sealed = casefile_seal(f, "letter", row->id, letter_json(f->ctx->arena, &p->letter));
	p->event = casefile_event(f, EVENT_COPY_MADE, STR_EMPTY);
	return 0;
}

void copy_work(struct copy *p)
{
	p->rc = p->kept ? read_kept(p) : make_kept(p);
}

static int keep_unit(struct dbc *db, void *arg)
{
	struct copy *p = arg;
	struct casefile *f = p->f;
	struct event event = p->event;
	struct letter_row *list;
	struct case_row row;
	size_t n;

	p->other = false;
	TRY(case_lock(db, f->ctx->arena, &f->grant, -1, &row));
	TRY(case_letters(db, f->ctx->arena, &f->grant, &list, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].kind, S("copy"))) {
			p->other = true;
			return 0;
		}
	TRY(case_letter_put(db, &f->grant, &p->letter.row));
	TRY(case_event_add(db, &f->grant, &row, &event));
	return case_save(db, &f->grant, &row, f->ctx->now);
}

int copy_keep(struct copy *p)
{
	if (!p->kept)
		ctx_hand_over(p->f->ctx, keep_unit, p, p->f->row.tenant, true);
	return 0;
}

static void warm_up(void *nothing)
{
	pdf_warm_up();
}

void copy_expected(struct house *h)
{
	static atomic_flag asked = ATOMIC_FLAG_INIT;

	if (h->work && !atomic_flag_test_and_set(&asked))
		IGNORE(pool_submit(h->work, warm_up, NULL)); /* a full pool: then the first document waits for its fonts */
}
