/* SPDX-License-Identifier: EUPL-1.2 */
/* View structs of the clerks' pages (host amt.*). The page area is AREA_CLERK. All in German only. */
#pragma once
#include "web/view_account.h"

/* view_clerk_signin */
struct clerk_signin_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view email, password;
	struct passkey_view passkey;
	str forgot_href;
};

/* view_clerk_setup: one-time set-up link: first only a button, then password or passkey */
struct clerk_setup_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	str name, authority, token;
	str login;		/* what is typed to sign in: "k.beispiel@dresden" */
	bool button_only;	/* GET of the link (P12) */
	struct field_view password;
	struct passkey_view passkey;
};

/* view_inbox */
struct inbox_tab_view {
	str text, href;
	int count;		/* -1: none shown */
	bool current;
};
enum sort_state { SORT_NO, SORT_UP, SORT_DOWN };
struct inbox_column_view {
	str text, href;		/* href empty: not sortable */
	enum sort_state sort;
};
struct inbox_row_view {
	str id;			/* value of the tick */
	str reference, href;
	str service, applicant;
	str received, due;
	bool late, soon;	/* of due */
	str state;
	enum notice_kind state_kind;
	str clerk;
	bool is_new;
};
struct inbox_view {
	struct page_view page;
	struct post_view post;	/* take the ticked ones: aktion=uebernehmen, fall=<id>... */
	const struct inbox_tab_view *tab;
	size_t tabs;
	struct {
		str action;
		const struct pair *hidden;	/* the view is kept */
		size_t hiddens;
		struct field_view q, service, state, clerk;
		bool active;
		str clear_href;
	} filter;
	str caption;		/* "Alle offenen Vorgänge, 1 bis 20 von 38" */
	struct inbox_column_view col_reference, col_service, col_received, col_due, col_state;
	const struct inbox_row_view *row;
	size_t rows;
	str previous_href, next_href;
	int page_number, page_count;
	str empty;		/* what to say without rows */
};

/* view_clerk_case: a case on one page */
struct action_view {
	str text, href;		/* href: a page; empty: the button posts aktion=value */
	str value;
	str key;		/* accesskey, one lower case letter; empty: none */
	str key_shown;		/* the same in upper case */
	bool primary;
};
struct fact_row_view {
	str label, value, href;
	str check;		/* mark beside the value: "gültig" */
	bool check_warns;
	bool changed;		/* corrected by a clerk */
};
struct fact_group_view {
	str title;
	const struct fact_row_view *row;
	size_t rows;
};
struct note_view {
	str text, who, when;
};
struct delivery_view {		/* a line of the hand-over ledger */
	str destination, service, reference, case_href;
	str state;
	enum notice_kind kind;
	str tries, last, next, error;
	struct post_view resend;	/* csrf empty: no button */
	str id;
};
struct clerk_case_view {
	struct page_view page;
	struct post_view post;
	str inbox_href, previous_href, next_href, position;	/* "3 von 38" */
	str service, reference, badge;
	enum notice_kind badge_kind;
	const struct point_view *meta;	/* "Person", "Frist" ... */
	size_t metas;
	str due;
	bool due_late;
	str standin;			/* who covers: "Sie vertreten M. Keil" */
	const struct action_view *action;
	size_t actions;
	const struct action_view *more;	/* folded */
	size_t mores;
	const struct fact_group_view *group;
	size_t groups;
	str hints;			/* "1 Hinweis"; empty: none */
	const struct file_view *file;
	size_t files;
	str files_info;
	const struct message_view *message;
	size_t messages;
	const struct note_view *note;
	size_t notes;
	struct field_view new_note;
	const struct moment_view *moment;
	size_t moments;
	str log_href;
	const struct delivery_view *delivery;
	size_t deliveries;
	struct {
		bool there;
		str title, state, href;	/* draft of a decision, or the decision made */
	} decision;
	struct {
		bool due;
		str amount, state;
		bool can_mark;		/* button "bezahlt" */
	} payment;
	struct errors_view errors;
};

/* view_preview: an attachment page by page, as bitmaps */
struct preview_view {
	struct page_view page;
	str back_href;
	struct file_view file;
	str image_href;			/* empty: text says why not */
	int width, height;
	str alt;
	int page_number, page_count;
	str previous_href, next_href;
	str download_href;
	str why_not;
};

/* view_ask: question to the applicant */
struct ask_view {
	struct page_view page;
	struct post_view post;
	str back_href;
	str service, reference, applicant;
	struct errors_view errors;
	struct field_view block;	/* text block, LOOK_SELECT; options 0: none */
	struct field_view text, due;
	str by;				/* how the person is told: "per E-Mail mit Link" */
};

/* view_decide: decision editor. POST: aktion=vorschau|speichern|erlassen|freigeben. */
struct decide_view {
	struct page_view page;
	struct post_view post;
	str back_href;
	str service, reference, applicant;
	struct errors_view errors;
	bool choose;			/* first step: which template */
	struct field_view template_field;
	const struct field_view *field;	/* what the template asks for */
	size_t fields;
	const str *letter;		/* the letter as it stands, paragraph by paragraph */
	size_t letters;
	str letter_title;
	str preview_href;		/* PDF */
	str remedy;
	str delivery;			/* how it is made known */
	bool four_eyes;			/* a second person has to release it */
	bool waiting;			/* it waits for that */
	bool may_release;
	str drafted_by;
	struct field_view return_reason;
	str version;
};

/* view_hand_over, view_followup, view_close_case share this: one small form about one case */
struct case_form_view {
	struct page_view page;
	struct post_view post;
	str back_href;
	str service, reference, applicant;
	str title, text;
	struct errors_view errors;
	const struct field_view *field;
	size_t fields;
	str button;
	bool danger;
};

/* view_substitute: who stands in for whom */
struct substitute_row_view {
	str absent, by, from, until, id;
};
struct substitute_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	const struct substitute_row_view *row;
	size_t rows;
	const struct field_view *field;
	size_t fields;
};

/* view_clerks: people of the authority */
struct clerk_row_view {
	str id, name, email, role, state, last;
	bool active;
	str href;
	str role_key;			/* the choice of another role: rolle-<id> */
	const struct option_view *role_option;
	size_t role_options;		/* 0: role as text */
};
struct clerks_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	const struct clerk_row_view *row;
	size_t rows;
	const struct field_view *field;	/* new person */
	size_t fields;
	str setup_link;			/* shown once after creating */
	str setup_for;
};

/* view_destinations: where cases are handed over to */
struct destination_row_view {
	str id, service, url, state, last;
	enum notice_kind kind;
	struct post_view post;		/* aktion=pruefen|abschalten|anschalten|schluessel */
	bool active;
};
struct destinations_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	const struct destination_row_view *row;
	size_t rows;
	const struct field_view *field;
	size_t fields;
	str secret, credential;		/* shown once */
	str docs_href;
};

/* view_ledger: all deliveries */
struct ledger_view {
	struct page_view page;
	const struct inbox_tab_view *tab;
	size_t tabs;
	const struct delivery_view *row;
	size_t rows;
	str previous_href, next_href;
	str empty;
};

/* view_log: the event chain of a case, whole */
struct log_row_view {
	str number, when, who, what, hash;
};
struct log_view {
	struct page_view page;
	str back_href, service, reference;
	const struct log_row_view *row;
	size_t rows;
	bool unbroken;
	str head;
};

/* view_settings_tenant: parameters of the town */
struct tenant_settings_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	const struct field_view *field;
	size_t fields;
};
