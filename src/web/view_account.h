/* SPDX-License-Identifier: EUPL-1.2 */
/* View structs of the citizen's account. */
#pragma once
#include "web/view_citizen.h"

/* What the passkey script needs; the form works on without it: password or e-mail link stand beside. */
struct passkey_view {
	bool offered;
	str options;		/* JSON of the WebAuthn ceremony, put into data-options */
	struct post_view post;	/* takes the answer in the field "passkey" */
	str local_href;		/* on an IP address passkeys do not exist: the same page on localhost */
};

/* view_signin */
struct signin_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view email, password;
	struct passkey_view passkey;
	str register_href, forgot_href;
	str identity_href, identity_name;
	str back_to;		/* hidden: where to go on (own path) */
	str for_what;		/* "Danach geht es weiter mit: Hund anmelden" */
};

/* view_register */
struct register_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view email, password;
	str signin_href, privacy_href, back_to;
};

/* view_mail_sent: "we have sent you a link" (register, forgot password, change of address) */
struct mail_sent_view {
	struct page_view page;
	str title, email, text;
	str again_href;
	str sink_href;		/* demo: where the mail can be read */
};

/* view_password: set a new one (after a one-time link, or in the account) */
struct password_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view old, password;	/* old: key empty = not asked */
	str token;		/* hidden */
	str title, text;
};

/* view_forgot */
struct forgot_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view email;
};

/* view_account: my drafts and my cases */
struct account_case_view {
	str service, reference, authority, href;
	str state, when;
	str badge;
	enum notice_kind badge_kind;
	bool todo;		/* something is to be done by the person */
};
struct account_view {
	struct page_view page;
	const struct draft_tile_view *draft;
	size_t drafts;
	const struct account_case_view *item;
	size_t items;
	str newer_href, older_href;
	str settings_href, code_href, services_href;
};

/* view_settings: e-mail, passkeys, password, end of the account */
struct passkey_row_view {
	str id, name, added, used;
};
struct settings_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	str email, email_pending;
	struct field_view new_email, password;	/* password: key empty: not asked */
	const struct passkey_row_view *key;
	size_t keys;
	struct passkey_view passkey;
	str password_href, close_href;
	str level;		/* trust level reached in this session */
};
