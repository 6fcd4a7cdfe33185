/* SPDX-License-Identifier: EUPL-1.2 */
#include "usecase/letters.h"

#include "wire/md.h"
#include "wire/pdf.h"
#include "usecase/work.h"

/* ---- name and address ---- */

static str shown(const struct casefile *f, uint16_t field, uint16_t row)
{
	const struct field *x = &f->definition->form->field[field];
	str corrected = work_correction(f, x->id, row);

	return corrected.n ? corrected : definition_display(f->ctx->arena, f->definition, S("de"), x, journey_value(f->journey, field, row));
}

static bool begins_line(str id)
{
	return str_has_suffix(id, S("plz")) || str_has_suffix(id, S(".plz_ausland"));
}

static void end_line(struct arena *a, struct buf *b, str line[6], size_t *n)
{
	if (b->n && *n < 6)
		line[(*n)++] = str_dup(a, buf_str(b));
	buf_reset(b);
}

size_t applicant_address(const struct casefile *f, str line[6])
{
	const struct form *form = f->definition->form;
	struct buf b = buf_new(f->ctx->arena, 64);
	size_t n = 0;

	buf_put(&b, f->name);
	end_line(f->ctx->arena, &b, line, &n);
	for (size_t i = 0; i < form->address_fields; i++) {
		const struct field *x = &form->field[form->address_field[i]];
		const struct value *v = journey_value(f->journey, x->index, x->group >= 0 ? 1 : 0);

		if (!v || !v->present || (x->type == FIELD_COUNTRY && str_eq(v->canonical, S("DE"))))
			continue;
		if (begins_line(x->id) || x->type == FIELD_COUNTRY)
			end_line(f->ctx->arena, &b, line, &n);
		if (b.n)
			buf_putc(&b, ' ');
		buf_put(&b, shown(f, x->index, v->row));
	}
	end_line(f->ctx->arena, &b, line, &n);
	return n;
}

/* ---- the template ---- */

struct fill {
	struct casefile *f;
	const struct case_letter *letter;
	const struct letter_print *print;
	const struct group *group;	/* inside {{#each}} */
	uint16_t row;
};

static void put_escaped(struct buf *b, str text)
{
	buf_put(b, md_escape(b->arena, text));
}

/* Several paragraphs of plain text: each line by itself, blank lines stay. */
static void put_paragraphs(struct buf *b, str text)
{
	str rest = text, line;
	bool first = true;

	while (str_split(&rest, '\n', &line)) {
		if (!first)
			buf_put(b, str_trim(line).n ? S("  \n") : S("\n"));
		put_escaped(b, str_trim(line));
		first = false;
	}
}

static str remedy_text(const struct fill *x)
{
	const struct authority *a = x->f->authority;
	struct text_values v = { .place = x->f->place ? x->f->place->name : STR_EMPTY, .authority = x->print->authority, .seat = a ? a->seat : STR_EMPTY };
	str key = str_fmt(x->f->ctx->arena, "decision.remedy.%.*s", STR_FMT(x->letter->row.template_id));

	return definition_expand(x->f->ctx->arena, x->f->definition, S("de"), definition_text(x->f->definition, S("de"), key), &v);
}

static str fee_text(const struct fill *x)
{
	const struct journey *j = x->f->journey;
	int64_t cents = x->letter->fee_cents >= 0 ? x->letter->fee_cents : j->fee_known ? j->fee_cents : 0;

	return money_format(x->f->ctx->arena, cents, S("de"));
}

static str param_text(const struct fill *x, str id)
{
	struct text_values none = { 0 };

	return definition_expand(x->f->ctx->arena, x->f->definition, S("de"), str_fmt(x->f->ctx->arena, "{param.%.*s}", STR_FMT(id)), &none);
}

static str address_text(const struct fill *x)
{
	struct buf b = buf_new(x->f->ctx->arena, 128);

	for (size_t i = 1; i < 6 && x->print->recipient[i].n; i++) {
		if (b.n)
			buf_put(&b, S(", "));
		buf_put(&b, x->print->recipient[i]);
	}
	return buf_str(&b);
}

static str date_text(struct arena *a, struct date d)
{
	return str_fmt(a, "%02d.%02d.%04d", d.day, d.month, d.year);
}

/* The row of a field's group around the row at hand. */
static uint16_t row_for(const struct fill *x, int16_t group)
{
	const struct form *form = x->f->definition->form;

	return x->group ? form_row_up(form, (int16_t)(x->group - form->group), x->row, group) : 0;
}

static void put_value(struct buf *b, const struct fill *x, str name)
{
	const struct letter_print *p = x->print;
	const struct field *field;

	if (str_eq(name, S("reason")))
		put_paragraphs(b, x->letter->reason);
	else if (str_eq(name, S("remedy")))
		put_escaped(b, remedy_text(x));
	else if (str_eq(name, S("reference")))
		put_escaped(b, p->reference);
	else if (str_eq(name, S("date")))
		put_escaped(b, date_text(b->arena, p->date));
	else if (str_eq(name, S("authority")))
		put_escaped(b, p->authority);
	else if (str_eq(name, S("applicant.name")))
		put_escaped(b, p->recipient[0]);
	else if (str_eq(name, S("applicant.address")))
		put_escaped(b, address_text(x));
	else if (str_eq(name, S("fee.total")))
		put_escaped(b, fee_text(x));
	else if (str_eq(name, S("clerk.name")))
		put_escaped(b, p->clerk);
	else if (str_eq(name, S("place")))
		put_escaped(b, x->f->place ? x->f->place->name : STR_EMPTY);
	else if (str_eq(name, S("service")))
		put_escaped(b, definition_text(x->f->definition, S("de"), S("title")));
	else if (str_eq(name, S("row")))
		buf_int(b, form_row_local(x->f->definition->form, x->group ? (int16_t)(x->group - x->f->definition->form->group) : -1, x->row));
	else if (str_has_prefix(name, S("param:")))
		put_escaped(b, param_text(x, str_sub(name, 6, name.n)));
	else if (str_has_prefix(name, S("field:")) && (field = form_field(x->f->definition->form, str_sub(name, 6, name.n))))
		put_escaped(b, shown(x->f, field->index, row_for(x, field->group)));
}

/* Where the "{{/each}}" stands that closes; those of inner ones are passed over. */
static ptrdiff_t end_of_each(str text)
{
	size_t at = 0;
	ptrdiff_t open, close;

	for (;;) {
		str rest = str_sub(text, at, text.n);

		close = str_find(rest, S("{{/each}}"));
		open = str_find(rest, S("{{#each "));
		if (close < 0)
			return -1;
		if (open < 0 || open > close)
			return (ptrdiff_t)at + close;
		open += 8;
		close = end_of_each(str_sub(rest, (size_t)open, rest.n));
		if (close < 0)
			return -1;
		at += (size_t)(open + close) + 9;
	}
}

static void put_template(struct buf *b, struct fill *x, str text);

static void put_rows(struct buf *b, struct fill *x, const struct group *group, str inside)
{
	const struct form *form = x->f->definition->form;
	const struct group *outer = x->group;
	uint16_t outer_row = x->row, g = group ? (uint16_t)(group - form->group) : 0, n, first;

	if (!group || (group->parent >= 0 && (!outer || group->parent != (int16_t)(outer - form->group))))
		return;
	n = journey_rows(x->f->journey, g, group->parent < 0 ? 0 : outer_row);
	first = journey_first_row(x->f->journey, g, group->parent < 0 ? 0 : outer_row);
	x->group = group;
	for (uint16_t i = 0; i < n; i++) {
		x->row = (uint16_t)(first + i);
		put_template(b, x, inside);
	}
	x->group = outer;
	x->row = outer_row;
}

/* Text with {{…}}: "{{#each g}}…{{/each}}" repeats its inside for each row. The checker of packages has seen that all is closed and known. */
static void put_template(struct buf *b, struct fill *x, str text)
{
	ptrdiff_t open, close, end;

	while ((open = str_find(text, S("{{"))) >= 0) {
		str name, inside;

		buf_put(b, str_sub(text, 0, (size_t)open));
		text = str_sub(text, (size_t)open + 2, text.n);
		close = str_find(text, S("}}"));
		if (close < 0)
			return;
		name = str_trim(str_sub(text, 0, (size_t)close));
		text = str_sub(text, (size_t)close + 2, text.n);
		if (!str_has_prefix(name, S("#each "))) {
			put_value(b, x, name);
			continue;
		}
		end = end_of_each(text);
		if (end < 0)
			return;
		inside = str_sub(text, text.n && text.p[0] == '\n', (size_t)end);
		put_rows(b, x, form_group(x->f->definition->form, str_trim(str_sub(name, 6, name.n))), inside);
		text = str_sub(text, (size_t)end + 9, text.n);
	}
	buf_put(b, text);
}

/* Sender, date, reference and address open each template for those who read it; the letter's own head carries them. */
static bool is_head(str line)
{
	static const str head[] = {
		STR_INIT("{{authority}}"), STR_INIT("{{date}}"), STR_INIT("Aktenzeichen: {{reference}}"), STR_INIT("{{applicant.name}}"),
		STR_INIT("{{applicant.address}}"), STR_INIT("{{reference}}"),
	};

	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		if (str_eq(line, head[i]))
			return true;
	return !line.n;
}

static str without_head(str text, str *ret_title)
{
	str rest = text, line;

	*ret_title = STR_EMPTY;
	while (rest.n) {
		str before = rest;

		if (!str_split(&rest, '\n', &line))
			break;
		line = str_trim(line);
		if (!ret_title->n && str_has_prefix(line, S("# ")))
			*ret_title = str_trim(str_sub(line, 2, line.n));
		else if (!is_head(line))
			return before;
	}
	return rest;
}

/* A list line that is only a label ("- Neuer Name: ") says nothing: its answer was not asked for or not given. */
static str without_bare_labels(struct arena *a, str text)
{
	struct buf b = buf_new(a, text.n + 1);
	str rest = text, line;

	while (str_split(&rest, '\n', &line)) {
		if (str_has_prefix(line, S("- ")) && str_has_suffix(str_trim(line), S(":")))
			continue;
		buf_put(&b, line);
		buf_putc(&b, '\n');
	}
	return buf_str(&b);
}

/* ---- all that the letter needs ---- */

int letter_prepare(struct casefile *f, const struct case_letter *l, struct letter_print **ret)
{
	struct ctx *c = f->ctx;
	struct letter_print *p = ARENA_NEW(c->arena, struct letter_print);
	struct fill x = { .f = f, .letter = l, .print = p };
	struct buf b = buf_new(c->arena, 4096);
	str text = definition_document(f->definition, l->row.template_id), title;

	if (!text.n)
		return ERR_NOTFOUND;
	TRY(casefile_journey(f));
	TRY(casefile_events(f)); /* remarks beside answers */
	TRY(tenant_settings_get(c, f->row.tenant, &p->settings));
	TRY(clerk_name(c, f->row.tenant, l->row.clerk, &p->clerk));
	p->arena = c->arena;
	p->office = f->authority;
	p->authority = f->authority ? f->authority->name : STR_EMPTY;
	p->reference = f->row.reference;
	p->date = l->row.sent_at.us ? civil_from_instant(l->row.sent_at).date : c->today;
	p->now = c->now;
	p->demo = c->house->conf.demo;
	(void)applicant_address(f, p->recipient);
	p->check_code = l->check_code;
	if (l->check_code.n)
		p->check_url = str_fmt(c->arena, "%.*s/bescheid-pruefen/%.*s", STR_FMT(c->house->origin), STR_FMT(l->check_code));
	text = without_head(text, &title);
	put_template(&b, &x, text);
	p->title = l->title.n ? l->title : title;
	p->body = without_bare_labels(c->arena, buf_str(&b));
	*ret = p;
	return 0;
}

int letter_paragraphs(const struct letter_print *p, const str **ret, size_t *ret_n)
{
	struct buf b = buf_new(p->arena, p->body.n + 64);
	size_t n = 0, cap = 1;
	ptrdiff_t at;
	str *list, rest;

	TRY(md_text(&b, p->body));
	rest = buf_str(&b);
	for (size_t i = 1; i < rest.n; i++)
		cap += rest.p[i] == '\n' && rest.p[i - 1] == '\n';
	list = ARENA_ARRAY(p->arena, str, cap);
	while (rest.n && n < cap) {
		at = str_find(rest, S("\n\n"));
		list[n] = str_trim(at < 0 ? rest : str_sub(rest, 0, (size_t)at));
		n += list[n].n > 0;
		rest = at < 0 ? STR_EMPTY : str_sub(rest, (size_t)at + 2, rest.n);
	}
	*ret = list;
	*ret_n = n;
	return 0;
}

/* ---- the PDF ---- */

str letter_code_show(struct arena *a, str code)
{
	struct buf b = buf_new(a, 48);

	for (size_t i = 0; i < code.n; i++) {
		if (i && i % 4 == 0)
			buf_putc(&b, '-');
		buf_putc(&b, code.p[i]);
	}
	return buf_str(&b);
}

static str first_of(str a, str b)
{
	return a.n ? a : b;
}

static struct pdf_letter letter_head(const struct letter_print *p)
{
	const struct tenant_settings *s = &p->settings;
	str street = first_of(s->contact.street, p->office ? p->office->street : STR_EMPTY);
	str postcode = first_of(s->contact.postcode, p->office ? p->office->postcode : STR_EMPTY);
	str town = first_of(s->contact.town, p->office ? p->office->seat : STR_EMPTY);
	struct pdf_letter l = { .letterhead = { p->authority }, .subject = p->title };
	size_t n = 0;

	l.sender_line = street.n ? str_fmt(p->arena, "%.*s, %.*s, %.*s %.*s", STR_FMT(p->authority), STR_FMT(street), STR_FMT(postcode), STR_FMT(town))
				 : str_fmt(p->arena, "%.*s, %.*s %.*s", STR_FMT(p->authority), STR_FMT(postcode), STR_FMT(town));
	l.letterhead[1] = street;
	l.letterhead[2] = str_trim(str_fmt(p->arena, "%.*s %.*s", STR_FMT(postcode), STR_FMT(town)));
	for (size_t i = 0; i < 6; i++)
		l.recipient[i] = p->recipient[i];
	l.info[n].label = S("Aktenzeichen");
	l.info[n++].value = p->reference;
	if (p->clerk.n) {
		l.info[n].label = S("Bearbeitet von");
		l.info[n++].value = p->clerk;
	}
	if (s->contact.phone.n) {
		l.info[n].label = S("Telefon");
		l.info[n++].value = s->contact.phone;
	}
	if (s->contact.email.n) {
		l.info[n].label = S("E-Mail");
		l.info[n++].value = s->contact.email;
	}
	l.info[n].label = S("Datum");
	l.info[n].value = date_text(p->arena, p->date);
	return l;
}

int letter_pdf(const struct letter_print *p, str *ret)
{
	struct pdf_doc *d = pdf_doc_new(p->arena, S("de"), p->title);
	struct pdf_letter head = letter_head(p);

	pdf_author(d, p->authority);
	pdf_created(d, p->now);
	pdf_footer(d, str_fmt(p->arena, "%.*s, Aktenzeichen %.*s", STR_FMT(p->authority), STR_FMT(p->reference)));
	if (!p->check_code.n)
		pdf_watermark(d, text_get(LANG_DE, TX_OFFICE_LETTER_DRAFT));
	else if (p->demo)
		pdf_watermark(d, text_get(LANG_DE, TX_OFFICE_LETTER_DEMO));
	pdf_letter(d, &head);
	TRY(md_pdf(p->arena, d, p->body));
	if (p->check_code.n) {
		struct text_arg url = TEXT_ARG("url", p->check_url), code = TEXT_ARG("code", letter_code_show(p->arena, p->check_code));
		str line_1 = text_format_str(p->arena, LANG_DE, TX_OFFICE_LETTER_CHECK, &url, 1);
		str line_2 = text_format_str(p->arena, LANG_DE, TX_OFFICE_LETTER_CODE, &code, 1);

		pdf_space(d, 6);
		pdf_qr(d, p->check_url, 26, text_get(LANG_DE, TX_OFFICE_LETTER_QR), str_fmt(p->arena, "%.*s\n%.*s", STR_FMT(line_1), STR_FMT(line_2)));
	}
	return pdf_write(p->arena, d, ret);
}
