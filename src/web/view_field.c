/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/view_form.h"

static enum field_look look_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_LONGTEXT:
		return LOOK_AREA;
	case FIELD_DATE:
		return LOOK_DATE;
	case FIELD_MONTH:
		return LOOK_MONTH;
	case FIELD_DATETIME:
		return LOOK_DATETIME;
	case FIELD_REGISTER:
		return LOOK_REGISTER;
	case FIELD_BOOL:
		return LOOK_RADIO;
	case FIELD_CHOICE:
		return f->search ? LOOK_SEARCH : f->select ? LOOK_SELECT : LOOK_RADIO;
	case FIELD_COUNTRY:
		return LOOK_SEARCH;
	case FIELD_SEVERAL:
		return LOOK_SEVERAL;
	case FIELD_FILE:
		return LOOK_FILE;
	case FIELD_CONSENT:
		return LOOK_CONSENT;
	case FIELD_INFO:
		return LOOK_INFO;
	case FIELD_CALC:
		return LOOK_CALC;
	default:
		return LOOK_TEXT;
	}
}

/* What the definition leaves open: keyboard, filling in by the browser, width. IBAN and tax id have no token: "off". */
static void input_of(struct field_view *v, enum field_type type)
{
	switch (type) {
	case FIELD_NAME:
		v->no_spellcheck = true;
		break;
	case FIELD_INTEGER:
		v->inputmode = S("numeric");
		v->width = 10;
		break;
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		v->inputmode = S("decimal");
		v->width = 10;
		break;
	case FIELD_TIME:
		v->width = 5;
		break;
	case FIELD_POSTCODE:
		v->inputmode = S("numeric");
		v->autocomplete = S("postal-code");
		v->width = 5;
		v->max_length = 10; /* blanks and a "D-" before it may be typed */
		break;
	case FIELD_EMAIL:
		v->input_type = S("email");
		v->autocomplete = S("email");
		v->no_spellcheck = true;
		break;
	case FIELD_PHONE:
		v->input_type = S("tel");
		v->autocomplete = S("tel");
		v->width = 20;
		break;
	case FIELD_IBAN:
		v->autocomplete = S("off");
		v->no_spellcheck = true;
		v->max_length = 60;
		break;
	case FIELD_TAXID:
		v->inputmode = S("numeric");
		v->autocomplete = S("off");
		v->width = 20;
		break;
	case FIELD_VIN:
		v->autocomplete = S("off");
		v->no_spellcheck = true;
		v->width = 20;
		v->max_length = 30; /* with blanks and hyphens between */
		break;
	case FIELD_PLATE:
		v->autocomplete = S("off");
		v->no_spellcheck = true;
		v->width = 10;
		break;
	case FIELD_COUNTRY:
		v->autocomplete = S("country-name");
		v->width = 20;
		break;
	default:
		break;
	}
}

static str accept_of(uint32_t accept)
{
	static const str list[8] = {
		[ACCEPT_PDF] = STR_INIT(".pdf"),
		[ACCEPT_JPEG] = STR_INIT(".jpg,.jpeg"),
		[ACCEPT_PNG] = STR_INIT(".png"),
		[ACCEPT_PDF | ACCEPT_JPEG] = STR_INIT(".pdf,.jpg,.jpeg"),
		[ACCEPT_PDF | ACCEPT_PNG] = STR_INIT(".pdf,.png"),
		[ACCEPT_JPEG | ACCEPT_PNG] = STR_INIT(".jpg,.jpeg,.png"),
		[ACCEPT_PDF | ACCEPT_JPEG | ACCEPT_PNG] = STR_INIT(".pdf,.jpg,.jpeg,.png"),
	};

	return list[accept & 7];
}

void field_view_init(struct field_view *v, const struct field *f)
{
	*v = (struct field_view){
		.look = look_of(f),
		.key = f->key,
		.optional = f->optional,
		.input_type = S("text"),
	};
	input_of(v, f->type);
	if (f->width)
		v->width = f->width;
	if (f->autocomplete.n)
		v->autocomplete = f->autocomplete;
	if (f->max_length > 0 && v->max_length == 0)
		v->max_length = f->max_length;
	if (v->look == LOOK_AREA)
		v->rows = f->max_length > 0 && f->max_length <= 200 ? 3 : 6;
	if (v->look == LOOK_FILE)
		v->accept = accept_of(f->accept);
	/* the state of an application form must not be filled in by the browser with something else */
	if (v->look == LOOK_RADIO || v->look == LOOK_SEVERAL || v->look == LOOK_CONSENT)
		v->autocomplete = STR_EMPTY;
}
