/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View structs shared by all pages. A view struct is everything that a template may show: plain texts, numbers, flags, arrays.
 * The page code fills it (memory: the request arena), the compiled template (web/views/NAME.html -> view_NAME) writes it.
 * All str are plain UTF-8, never HTML: the templates escape. An empty str means "not there" and its element is left out.
 * Dates and amounts come formatted. Every view function is void view_x(struct buf *, enum lang, const struct x_view *).
 *
 *	struct start_view v = { .page = { .title = ..., .home = S("/") } };
 *	view_start(&body, LANG_DE, &v);
 */
#pragma once
#include "base/html.h"
#include "domain/text.h"
#include "web/icons.h"

/* An array member and its length are written as a pair: const struct link_view *topic; size_t topics; */
struct link_view {
	str text, href;
	str note;		/* small print behind it */
	bool current;
};

enum page_area { AREA_CITIZEN, AREA_CLERK };
enum page_nav { NAV_NONE, NAV_SERVICES, NAV_MINE, NAV_HELP, NAV_INBOX, NAV_SUBSTITUTE, NAV_DELIVERY, NAV_ADMIN, NAV_PEOPLE = NAV_ADMIN, NAV_DESTINATIONS, NAV_SETTINGS, NAV_AUTHOR };
enum notice_kind { NOTICE_INFO, NOTICE_SUCCESS, NOTICE_WARNING, NOTICE_DANGER };

struct author_view;
/* What is around every page; the first member of every page's view struct, named "page". */
struct page_view {
	str title;		/* of the page itself, without the town */
	bool errors;		/* the form came back with errors: the title begins with "Fehler:" */
	enum page_area area;
	enum page_nav nav;
	str town;		/* "Stadt Radeberg"; empty: the portal of all towns */
	str home;		/* where links of this town begin, without a slash at the end: "/radeberg"; empty on the portal */
	str lang_href;		/* this page in the other language; empty: no switch (answer to a POST, clerks) */
	str path;		/* path of this page for "report a barrier"; empty: none (secret links) */
	bool demo;		/* "this is a demonstration" on every page */
	str standin;		/* name of the invented person of the stand-in identity service: banner on every page */
	bool readonly;		/* the disk is full: reading works, sending does not */
	str user;		/* who is signed in; empty: nobody */
	str office;		/* clerk's authority or role, shown beside the name */
	bool desk;		/* clerk area: works cases */
	bool admin;		/* clerk area: may administrate */
	bool author;		/* clerk area: writes services */
	str preview_href;	/* this is an author's preview: where it leads back to; empty: it is none */
	str csrf;		/* for the sign-out button */
	str signin_href;	/* empty: /konto/anmelden; page code puts the absolute localhost address here on 127.0.0.1 */
	str notice;		/* said once after a redirect: "Gespeichert." */
	enum notice_kind notice_kind;
	str content_lang;	/* "de" when the content (not the frame) is shown in another language than asked for */
	const struct author_view *preview;	/* schalter preview: the author's column beside the page; NULL: none */
	bool secret;		/* page of a one-time link: no referrer, no language switch */
};

/* Hidden fields of every form that changes something. */
struct post_view {
	str action;		/* empty: this page's own address */
	str csrf;
	str once;		/* once-token; empty: none */
};

struct error_item_view {	/* a line of the error summary */
	str text, href;		/* href: "#key" of the first wrong input */
};
struct errors_view {
	const struct error_item_view *item;
	size_t items;
};

/* A file, as listed for citizens and clerks. */
struct file_view {
	str id;			/* value of the remove button */
	str name, info;		/* "Ausweis.pdf", "PDF, 312 kB" */
	str href;		/* empty: not to be opened here */
	str thumb_href;		/* re-encoded small picture; empty: symbol */
	bool picture;
};

struct contact_view {
	str name, street, town;	/* "Steueramt", "Marktplatz 1", "01454 Radeberg" */
	str phone, phone_href;	/* "03528 4500", "tel:+493528450" */
	str hours;
	str email, web, web_href;
};

/* "Really?" without a script: a page with one button. */
struct confirm_view {
	struct page_view page;
	struct post_view post;
	str back_href;
	str title, text, text_2;
	str button, name, value;	/* the button's text and its name=value; name may be empty */
	bool danger;
	str cancel, cancel_href;
	str reason_key, reason_label;	/* an optional text field; empty key: none */
};

/* Errors and dead ends: 400 403 404 405 409 410 413 415 422 429 500 503 and others. */
struct error_view {
	struct page_view page;
	int status;
	str text;		/* replaces the general sentence of this status */
	str request_id;		/* 5xx only: to be named on the phone */
	int retry_seconds;	/* 429, 503; 0: not said */
	str back_href;		/* a place to go on; empty: home */
};

/* A person stands in the wrong town, or an address has moved. */
struct moved_view {
	struct page_view page;
	str title, text;
	str href, label;	/* the right place */
	str stay_href, stay_label;	/* may be empty */
};
