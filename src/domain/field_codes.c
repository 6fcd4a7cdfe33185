/* SPDX-License-Identifier: EUPL-1.2 */
#include "domain/field_codes.h"

#include "base/utf8.h"
#include "domain/field_value.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* ---- names: DIN 91379:2022-08, code points of the groups bll (letters), bnlreq (non-letters N1) and dc (marks) ---- */

bool name_chars_valid(str s)
{
	static const uint16_t range[][2] = {
		{ 0x0020, 0x0020 }, { 0x0027, 0x0027 }, { 0x002c, 0x002e }, { 0x0041, 0x005a }, { 0x0060, 0x007a },
		{ 0x007e, 0x007e }, { 0x00a8, 0x00a8 }, { 0x00b4, 0x00b4 }, { 0x00b7, 0x00b7 }, { 0x00c0, 0x00d6 },
		{ 0x00d8, 0x00f6 }, { 0x00f8, 0x017e }, { 0x0187, 0x0188 }, { 0x018f, 0x018f }, { 0x0197, 0x0197 },
		{ 0x01a0, 0x01a1 }, { 0x01af, 0x01b0 }, { 0x01b7, 0x01b7 }, { 0x01cd, 0x01dc }, { 0x01de, 0x01df },
		{ 0x01e2, 0x01f0 }, { 0x01f4, 0x01f5 }, { 0x01f8, 0x01ff }, { 0x0212, 0x0213 }, { 0x0218, 0x021b },
		{ 0x021e, 0x021f }, { 0x0227, 0x0233 }, { 0x0259, 0x0259 }, { 0x0268, 0x0268 }, { 0x0292, 0x0292 },
		{ 0x02b9, 0x02ba }, { 0x02be, 0x02bf }, { 0x02c8, 0x02c8 }, { 0x02cc, 0x02cc }, { 0x0300, 0x0302 },
		{ 0x0304, 0x0304 }, { 0x0306, 0x0308 }, { 0x030b, 0x030d }, { 0x0310, 0x0310 }, { 0x0315, 0x0315 },
		{ 0x031b, 0x031b }, { 0x0323, 0x0323 }, { 0x0325, 0x0328 }, { 0x0331, 0x0331 }, { 0x035f, 0x035f },
		{ 0x1e02, 0x1e03 }, { 0x1e06, 0x1e07 }, { 0x1e0a, 0x1e11 }, { 0x1e17, 0x1e17 }, { 0x1e1c, 0x1e2b },
		{ 0x1e2f, 0x1e37 }, { 0x1e3a, 0x1e3b }, { 0x1e40, 0x1e49 }, { 0x1e52, 0x1e5b }, { 0x1e5e, 0x1e63 },
		{ 0x1e6a, 0x1e6f }, { 0x1e80, 0x1e87 }, { 0x1e8c, 0x1e97 }, { 0x1e9e, 0x1e9e }, { 0x1ea0, 0x1ef9 },
		{ 0x2019, 0x2019 }, { 0x2021, 0x2021 },
	};
	size_t i = 0;

	while (i < s.n) {
		size_t lo = 0, hi = sizeof range / sizeof *range;
		unsigned char c = (unsigned char)s.p[i];
		uint32_t cp;

		if (letter((char)c) || c == ' ' || c == '-') {
			i++;
			continue;
		}
		cp = utf8_next(s, &i);
		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (cp > range[mid][1])
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo == sizeof range / sizeof *range || cp < range[lo][0])
			return false;
	}
	return true;
}

/* ---- postcode: five digits; no German one begins with 00 ---- */

static int parse_postcode(struct arena *a, str raw, str *ret)
{
	char d[5];
	size_t n = 0, i;

	if (str_has_prefix(raw, S("D-")) || str_has_prefix(raw, S("d-")))
		raw = str_sub(raw, 2, raw.n);
	for (i = 0; i < raw.n; i++) {
		if (raw.p[i] == ' ')
			continue;
		if (!digit(raw.p[i]) || n == sizeof d)
			return ERR_PARSE;
		d[n++] = raw.p[i];
	}
	if (n != sizeof d || (d[0] == '0' && d[1] == '0'))
		return ERR_PARSE;
	*ret = str_dup(a, str_n(d, n));
	return 0;
}

/* ---- e-mail: what mail systems really carry (RFC 5321 lengths, dot-atom, a domain with a dot) ---- */

static bool atom(str s)
{
	size_t i;

	if (s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!letter(c) && !digit(c) && !(c && strchr(".!#$%&'*+/=?^_`{|}~-", c)))
			return false;
		if (c == '.' && s.p[i + 1] == '.')
			return false;
	}
	return true;
}

static bool domain_name(str s)
{
	str label = STR_EMPTY;
	size_t labels = 0, i;

	if (s.n > 253)
		return false;
	while (str_split(&s, '.', &label)) {
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (i = 0; i < label.n; i++)
			if (!letter(label.p[i]) && !digit(label.p[i]) && label.p[i] != '-')
				return false;
		labels++;
	}
	/* the last label is no number: an address is not a host's IP */
	return labels >= 2 && label.n >= 2 && letter(label.p[0]);
}

static int parse_email(struct arena *a, str raw, str *ret)
{
	str local, domain;

	if (raw.n > 254 || !str_cut(raw, '@', &local, &domain))
		return ERR_PARSE;
	if (local.n > 64 || !atom(local) || !domain_name(domain))
		return ERR_PARSE;
	domain = str_lower_ascii(a, domain);
	*ret = str_fmt(a, "%.*s@%.*s", STR_FMT(local), STR_FMT(domain));
	return 0;
}

/* ---- phone: E.164; a number without area code cannot be called ---- */

static int parse_phone(struct arena *a, str raw, str *ret)
{
	struct buf b = buf_new(a, 20);
	char d[20];
	size_t n = 0, from = 0, i = 0;
	bool plus = raw.n && raw.p[0] == '+';

	for (i = plus ? 1 : 0; i < raw.n; i++) {
		char c = raw.p[i];

		/* "+49 (0)351": the zero in brackets is not dialled from abroad */
		if (c == '(' && i + 2 < raw.n && raw.p[i + 1] == '0' && raw.p[i + 2] == ')' && n > 0) {
			i += 2;
			continue;
		}
		if (c == ' ' || c == '-' || c == '/' || c == '(' || c == ')' || c == '.')
			continue;
		if (str_has_prefix(str_sub(raw, i, raw.n), S("\xe2\x80\x93"))) {
			i += 2;
			continue;
		}
		if (!digit(c) || n == sizeof d)
			return ERR_PARSE;
		d[n++] = c;
	}
	buf_putc(&b, '+');
	if (!plus) {
		if (n < 2 || d[0] != '0')
			return ERR_PARSE;
		from = d[1] == '0' ? 2 : 1;
		if (from == 1)
			buf_put(&b, S("49"));
	}
	if (from >= n || d[from] == '0')
		return ERR_PARSE;
	buf_putn(&b, d + from, n - from);
	/* E.164: 15 digits at most; the shortest German numbers with country code have 7 */
	if (b.n < 8 || b.n > 16)
		return ERR_PARSE;
	*ret = buf_str(&b);
	return 0;
}

/* ---- IBAN: ISO 13616; lengths of the SWIFT registry ---- */

static int iban_length(char x, char y)
{
	static const struct {
		char country[3];
		uint8_t length;
	} of[] = {
		{ "AD", 24 }, { "AE", 23 }, { "AL", 28 }, { "AT", 20 }, { "AZ", 28 }, { "BA", 20 }, { "BE", 16 }, { "BG", 22 },
		{ "BH", 22 }, { "BI", 27 }, { "BR", 29 }, { "BY", 28 }, { "CH", 21 }, { "CR", 22 }, { "CY", 28 }, { "CZ", 24 },
		{ "DE", 22 }, { "DJ", 27 }, { "DK", 18 }, { "DO", 28 }, { "EE", 20 }, { "EG", 29 }, { "ES", 24 }, { "FI", 18 },
		{ "FK", 18 }, { "FO", 18 }, { "FR", 27 }, { "GB", 22 }, { "GE", 22 }, { "GI", 23 }, { "GL", 18 }, { "GR", 27 },
		{ "GT", 28 }, { "HR", 21 }, { "HU", 28 }, { "IE", 22 }, { "IL", 23 }, { "IQ", 23 }, { "IS", 26 }, { "IT", 27 },
		{ "JO", 30 }, { "KW", 30 }, { "KZ", 20 }, { "LB", 28 }, { "LC", 32 }, { "LI", 21 }, { "LT", 20 }, { "LU", 20 },
		{ "LV", 21 }, { "LY", 25 }, { "MC", 27 }, { "MD", 24 }, { "ME", 22 }, { "MK", 19 }, { "MN", 20 }, { "MR", 27 },
		{ "MT", 31 }, { "MU", 30 }, { "NI", 28 }, { "NL", 18 }, { "NO", 15 }, { "OM", 23 }, { "PK", 24 }, { "PL", 28 },
		{ "PS", 29 }, { "PT", 25 }, { "QA", 29 }, { "RO", 24 }, { "RS", 22 }, { "RU", 33 }, { "SA", 24 }, { "SC", 31 },
		{ "SD", 18 }, { "SE", 24 }, { "SI", 19 }, { "SK", 24 }, { "SM", 27 }, { "SO", 23 }, { "ST", 25 }, { "SV", 28 },
		{ "TL", 23 }, { "TN", 24 }, { "TR", 26 }, { "UA", 29 }, { "VA", 22 }, { "VG", 24 }, { "XK", 20 }, { "YE", 30 },
	};
	size_t i;

	for (i = 0; i < sizeof of / sizeof *of; i++)
		if (of[i].country[0] == x && of[i].country[1] == y)
			return of[i].length;
	return 0;
}

bool iban_valid(str s)
{
	uint32_t rest = 0;
	size_t i;

	if (s.n < 5 || (int)s.n != iban_length(s.p[0], s.p[1]))
		return false;
	for (i = 0; i < s.n; i++) {
		char c = s.p[(i + 4) % s.n];

		if (digit(c))
			rest = (rest * 10 + (uint32_t)(c - '0')) % 97;
		else if (c >= 'A' && c <= 'Z')
			rest = (rest * 100 + (uint32_t)(c - 'A' + 10)) % 97;
		else
			return false;
	}
	return rest == 1 && digit(s.p[2]) && digit(s.p[3]);
}

static int parse_iban(struct arena *a, str raw, str *ret)
{
	struct buf b = buf_new(a, raw.n + 1);
	size_t i;

	if (raw.n > 60)
		return ERR_PARSE;
	for (i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == ' ' || c == '-' || c == '.')
			continue;
		buf_putc(&b, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
	}
	*ret = buf_str(&b);
	return iban_valid(*ret) ? 0 : ERR_PARSE;
}

/* ---- Steuer-ID ---- */

bool taxid_valid(str s)
{
	int count[10] = { 0 }, twice = 0, thrice = 0, product = 10, i;

	if (s.n != 11 || s.p[0] == '0')
		return false;
	for (i = 0; i < 11; i++)
		if (!digit(s.p[i]))
			return false;
	for (i = 0; i < 10; i++) {
		int sum = (s.p[i] - '0' + product) % 10;

		count[s.p[i] - '0']++;
		product = (sum ? sum : 10) * 2 % 11;
	}
	for (i = 0; i < 10; i++) {
		twice += count[i] == 2;
		thrice += count[i] == 3;
		if (count[i] > 3)
			return false;
	}
	/* of the first ten digits exactly one occurs twice, or (since 2016) three times */
	if (twice + thrice != 1)
		return false;
	return (11 - product) % 10 == s.p[10] - '0';
}

static int parse_taxid(struct arena *a, str raw, str *ret)
{
	struct buf b = buf_new(a, 12);
	size_t i;

	for (i = 0; i < raw.n; i++) {
		if (raw.p[i] == ' ' || raw.p[i] == '/' || raw.p[i] == '-')
			continue;
		buf_putc(&b, raw.p[i]);
		if (b.n > 11)
			return ERR_PARSE;
	}
	*ret = buf_str(&b);
	return taxid_valid(*ret) ? 0 : ERR_PARSE;
}

/* ---- number plate: FZV section 9 and annexes; canonical "DD-AB 123E", authorities "DD-1234" ---- */

struct plate {
	struct buf district, letters, digits;
	char suffix;
	size_t runs;		/* runs of letters */
	bool gap;		/* between letters and digits */
};

static bool plate_letter(struct plate *p, bool new_run, str one)
{
	struct buf *b = p->runs <= 1 ? &p->district : &p->letters;

	if (new_run) {
		p->runs++;
		b = p->runs <= 1 ? &p->district : &p->letters;
	}
	if (p->runs > 2)
		return false;
	buf_put(b, one);
	return true;
}

static bool plate_read(struct plate *p, str s)
{
	bool gap = true;
	size_t i = 0;

	while (i < s.n) {
		uint32_t c = utf8_next(s, &i);

		if (c == ' ' || c == '-' || c == ':' || c == 0xa0 || c == 0x2013) {
			gap = true;
			continue;
		}
		if (c >= 'a' && c <= 'z')
			c -= 32;
		if (c == 0xe4 || c == 0xf6 || c == 0xfc)
			c -= 32;
		if (c >= '0' && c <= '9') {
			if (p->suffix)
				return false;
			p->gap |= gap && !p->digits.n;
			buf_putc(&p->digits, (char)c);
		} else if (p->digits.n) {
			if ((c != 'E' && c != 'H') || p->suffix)
				return false;
			p->suffix = (char)c;
		} else if ((c >= 'A' && c <= 'Z') || c == 0xc4 || c == 0xd6 || c == 0xdc) {
			char one = (char)c;
			str as = c < 0x80 ? str_n(&one, 1)
				 : c == 0xc4 ? S("\xc3\x84") : c == 0xd6 ? S("\xc3\x96") : S("\xc3\x9c");

			if (!plate_letter(p, gap, as))
				return false;
		} else {
			return false;
		}
		gap = false;
	}
	return true;
}

/* Letters typed without a gap: only where no other reading exists (AB12 is A-B 12, five letters are 3 + 2; but AB-12 is an authority's). */
static void plate_split(struct plate *p)
{
	str all = buf_str(&p->district);
	size_t n = utf8_length(all), cut = n == 5 ? 3 : n == 2 && !p->gap ? 1 : 0;

	if (p->runs != 1 || !cut || p->digits.n > 4)
		return;
	buf_put(&p->letters, str_sub(all, utf8_truncate(all, cut).n, all.n));
	p->district.n = utf8_truncate(all, cut).n;
	p->runs = 2;
}

static int parse_plate(struct arena *a, str raw, str *ret)
{
	struct plate p = { buf_new(a, 8), buf_new(a, 8), buf_new(a, 8), 0, 0, false };
	struct buf b = buf_new(a, 16);
	size_t n, district, letters;

	if (raw.n > 24 || !plate_read(&p, raw))
		return ERR_PARSE;
	plate_split(&p);
	district = utf8_length(buf_str(&p.district));
	letters = utf8_length(buf_str(&p.letters));
	n = district + letters + p.digits.n + (p.suffix ? 1 : 0);
	if (district < 1 || district > 3 || p.digits.n < 1 || p.digits.p[0] == '0')
		return ERR_PARSE;
	if (letters == 0 ? p.digits.n > 6 || p.suffix != 0 : letters > 2 || p.digits.n > 4 || n > 8)
		return ERR_PARSE;
	buf_put(&b, buf_str(&p.district));
	buf_putc(&b, '-');
	if (letters) {
		buf_put(&b, buf_str(&p.letters));
		buf_putc(&b, ' ');
	}
	buf_put(&b, buf_str(&p.digits));
	if (p.suffix)
		buf_putc(&b, p.suffix);
	*ret = buf_str(&b);
	return 0;
}

/* ---- VIN: ISO 3779; its letters lack I, O and Q, which look like digits. A check digit is used in North America only ---- */

static int parse_vin(struct arena *a, str raw, str *ret)
{
	struct buf b = buf_new(a, 20);
	size_t i;

	for (i = 0; i < raw.n; i++) {
		char c = raw.p[i] >= 'a' && raw.p[i] <= 'z' ? (char)(raw.p[i] - 32) : raw.p[i];

		if (c == ' ' || c == '-')
			continue;
		if ((!digit(c) && !letter(c)) || c == 'I' || c == 'O' || c == 'Q' || b.n == 17)
			return ERR_PARSE;
		buf_putc(&b, c);
	}
	*ret = buf_str(&b);
	return b.n == 17 ? 0 : ERR_PARSE;
}

int field_code_parse(struct arena *a, enum field_type type, str raw, str *ret)
{
	switch (type) {
	case FIELD_POSTCODE:
		return parse_postcode(a, raw, ret);
	case FIELD_EMAIL:
		return parse_email(a, raw, ret);
	case FIELD_PHONE:
		return parse_phone(a, raw, ret);
	case FIELD_IBAN:
		return parse_iban(a, raw, ret);
	case FIELD_TAXID:
		return parse_taxid(a, raw, ret);
	case FIELD_PLATE:
		return parse_plate(a, raw, ret);
	case FIELD_VIN:
		return parse_vin(a, raw, ret);
	default:
		return ERR_UNSUPPORTED;
	}
}
