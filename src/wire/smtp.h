/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * smtp: one plain-text mail, built (MIME, UTF-8, quoted-printable) and handed to a relay. Nothing of it is ever logged.
 *
 *	struct mail m = { .from = S("noreply@amt.example"), .from_name = S("Stadt Musterstadt"), .to = S("a@b.example"),
 *		.subject = S("Bitte bestätigen"), .text = S("..."), .date = now, .message_id = S("1f2e3d@schalter.example") };
 *	TRY(smtp_send(a, &(struct smtp){ .url = S("smtp://127.0.0.1:2525"), .timeout_ms = 10000 }, &m));
 */
#pragma once
#include "base/buf.h"
#include "base/clock.h"

struct mail {
	str from, from_name;
	str to;
	str reply_to;		/* optional */
	str subject, text;	/* UTF-8; lines of text end with \n */
	str message_id;		/* without <>; the same at each try, so that relays can drop doubles */
	instant date;
	str auto_submitted;	/* empty: "auto-generated" (RFC 3834), so that nobody's out-of-office answers */
};
struct smtp {
	str url;		/* smtp://host:port, smtps://host:port */
	str user, password;	/* optional; only ever over TLS */
	bool starttls;		/* required, not tried */
	uint32_t timeout_ms;	/* whole call; 0: 15 s */
};

/* Practical check, not RFC 5322 in full: one @, a dot-atom before it, a host name with a dot (or localhost) behind it, at most 254 bytes.
 * No control characters, so no header can be smuggled in. */
bool mail_address_ok(str address);
/* ERR_INVALID: a bad address, line break in a header field. */
MUST_USE int mail_build(struct buf *b, const struct mail *m);
/* ERR_INVALID as above; ERR_DENIED: refused for good (5xx); ERR_BUSY: refused for now (4xx); ERR_TIMEOUT; ERR_IO: no connection. */
MUST_USE int smtp_send(struct arena *a, const struct smtp *s, const struct mail *m);
