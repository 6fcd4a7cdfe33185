/* SPDX-License-Identifier: EUPL-1.2 */
/* View structs of the citizen's pages, but for the form (view_form.h) and the account (view_account.h). */
#pragma once
#include "web/view_form.h"

enum online_view { ONLINE_FULL, ONLINE_PARTLY, ONLINE_NO };

struct service_tile_view {
	str title, text, href;
	enum online_view online;
	str authority, cost, duration;	/* search results only */
};
struct topic_view {
	str title, href;
	enum icon icon;
};
struct draft_tile_view {
	str title, href, until, note;	/* note: "Schritt 3 von 6" */
};

/* The place as typed or known; every page with a search shows it. */
struct place_field_view {
	str value;		/* "01454 Radeberg" or what was typed */
	str error;
};

/* view_start */
struct start_view {
	struct page_view page;
	str q;
	struct place_field_view place;
	const struct link_view *quick;		/* frequent searches */
	size_t quicks;
	const struct service_tile_view *tile;	/* frequent services */
	size_t tiles;
	const struct topic_view *topic;
	size_t topics;
	const struct draft_tile_view *draft;	/* begun in this browser */
	size_t drafts;
	struct contact_view contact;
};

/* view_place: which place is meant? Every choice is a link. */
struct place_choice_view {
	str value;		/* with place_view.post: the choice is a button that posts "ort"=value */
	str name, note, href;	/* "Königstein", "Landkreis Sächsische Schweiz-Osterzgebirge" */
};
struct place_view {
	struct page_view page;
	str typed;
	struct post_view post;	/* a draft moves to the place: choices post; csrf empty: they are links */
	const struct place_choice_view *choice;	/* none: not found */
	size_t choices;
	bool similar;		/* nothing fits exactly, these are similar */
	str action;		/* where another place can be typed (GET, field "ort") */
	const struct pair *hidden;	/* carried along: q and the like */
	size_t hiddens;
	str service;		/* the service this is asked for; may be empty */
};

/* view_search: results; view_topic: the services of one topic (q empty, title set) */
struct search_view {
	struct page_view page;
	str q;
	struct place_field_view place;
	str title;		/* topics: the topic; search: empty */
	const struct service_tile_view *result;
	size_t results;
	str instead;		/* nothing for q, results are for this spelling */
	const struct topic_view *topic;	/* shown when nothing was found */
	size_t topics;
	struct contact_view contact;
};

/* view_service */
struct point_view {
	str title, text;
};
struct service_view {
	struct page_view page;
	const struct link_view *crumb;
	size_t crumbs;
	str title, lead;
	str place;		/* "Radeberg"; empty: not known yet, the page asks */
	str place_href;		/* choose another place */
	struct place_field_view place_field;
	enum online_view online;
	str online_note;
	str authority, authority_note;
	str doubt;		/* responsibility rests on an unconfirmed fact: this sentence */
	str cost, cost_note;
	str duration, duration_note;
	str needs, needs_note;
	str signin, signin_note;
	str start_href, start_label;
	struct post_view start;	/* begins the draft: the start button posts; csrf empty: start_href is a link */
	str identify_href;	/* the service needs identity: who shows it first finds much filled in */
	str resume_href;
	struct draft_tile_view draft;	/* begun here already; title empty: none */
	str off_reason;		/* this town does not offer it online */
	const struct point_view *way;		/* what happens, in order */
	size_t ways;
	const struct point_view *document;
	size_t documents;
	str documents_note;
	const str *good;			/* good to know */
	size_t goods;
	struct html_safe body;			/* longer text of the package; may be empty */
	struct html_safe simple;		/* the service in Leichte Sprache, German; may be empty */
	const struct link_view *law;
	size_t laws;
	str remedy;
	struct contact_view contact;
	const struct link_view *related;
	size_t relateds;
	str schema_href, privacy_href;
	str reviewed;		/* "Stand: 3. November 2026" */
};

/* view_signin_needed: the service needs an account or a trust level */
struct signin_needed_view {
	struct page_view page;
	str service;
	str why;
	str signin_href, register_href;	/* own account; empty: does not suffice */
	str identity_href, identity_name;	/* identity service; empty: none */
	str identity_note;
	str back_href;
};

/* A moment of the case, newest first. */
enum moment_state { MOMENT_DONE, MOMENT_NOW, MOMENT_LATER };
struct moment_view {
	enum moment_state state;
	str title, text, when;
	str who;		/* clerks' timeline only */
};
struct next_view {
	str when, text;
	bool done;
};

/* view_sent: confirmation */
struct sent_view {
	struct page_view page;
	str title, summary;	/* "Ihre Anmeldung ist angekommen", "Hund anmelden. Gesendet am ..." */
	str reference;
	bool repeated;		/* was sent before: this is the first confirmation */
	bool repeated_differs;	/* and the second sending had other answers, which were not taken */
	const struct next_view *next;
	size_t nexts;
	str follow_url;		/* secret link in full, to keep; empty: in the account */
	str status_href;
	str copy_href;		/* PDF */
	str receipt_href;	/* signed receipt (JWS) */
	str receipt_check_href;
	str email;		/* where news go; empty: nowhere */
	str payment_href, payment_amount;
};

struct message_view {
	str from, when, text;
	bool mine;
	const struct file_view *file;
	size_t files;
};

/* A decision in the citizen's hands. */
enum decision_outcome { DECISION_GRANTED, DECISION_PARTLY, DECISION_REFUSED };
struct decision_box_view {
	bool there;
	enum decision_outcome outcome;
	str title, date;
	str text;		/* in plain words */
	struct post_view post;	/* fetching is recorded: a POST; csrf empty: a link (fetched before) */
	str href;
	str info;		/* "PDF, 118 kB" */
	str fetched;		/* "Abgerufen am ..." */
	str remedy;		/* not content? */
	str by_post;		/* it comes by post instead: sentence */
};

/* view_status: a case as its applicant sees it */
struct status_view {
	struct page_view page;
	str back_href, back_label;
	str service, reference;
	str title, lead;	/* the state in plain words, then what comes next and by when */
	str badge;
	enum notice_kind badge_kind;
	struct {
		bool open;
		str text, from, due, href;
	} question;
	struct decision_box_view decision;
	struct {
		bool due, decided;	/* decided: the decision set it */
		str amount, until, href;
	} payment;
	const struct moment_view *moment;
	size_t moments;
	const struct message_view *message;
	size_t messages;
	struct post_view reply;		/* csrf empty: no messages any more */
	struct field_view reply_text, reply_file;
	struct errors_view errors;
	str authority;
	struct contact_view contact;
	str delivery;		/* "online" or "per Post" */
	str delivery_href;	/* change; empty: not possible */
	str copy_href, receipt_href, answers_href;
	str withdraw_href;	/* empty: not possible any more */
	str add_href;		/* add a document; empty: no */
	str again_href, again_label;	/* related: "Hund abmelden" */
};

/* view_answer: answer a clerk's question. POST: aktion=senden|hochladen, entfernen=<file id>. */
struct answer_view {
	struct page_view page;
	struct post_view post;
	str back_href;
	str service, reference;
	str from, asked, due;
	str question;		/* empty: a document is added of one's own accord */
	struct errors_view errors;
	struct field_view text, file;
	str version;
};

/* view_follow: GET of a secret link: only a button (P12) */
struct follow_view {
	struct page_view page;
	struct post_view post;
	str title, text, button;
};

/* view_payment */
struct payment_view {
	struct page_view page;
	str back_href;
	str service, case_reference;
	str amount, until;
	str recipient, iban, bic, bank;
	str purpose;		/* Verwendungszweck */
	str qr_path;		/* SVG path data of the GiroCode on a grid of qr_size modules */
	int qr_size;
	bool paid;
	str paid_on;
	str pdf_href;
	const struct fee_line_view *fee;
	size_t fees;
};

/* view_answers: what was sent, to read */
struct answers_view {
	struct page_view page;
	str back_href;
	str service, reference, sent;
	const struct check_section_view *section;
	size_t sections;
};

/* --- legal pages --- */
struct imprint_view {		/* view_imprint */
	struct page_view page;
	struct contact_view contact;
	str authority, represented_by, supervision, vat_id;
	str operator_name, operator_address, operator_email;
};
struct privacy_view {		/* view_privacy: Art. 13 DSGVO, for one service or the counter as such */
	struct page_view page;
	str authority;
	struct contact_view contact, officer;	/* controller, data protection officer */
	str service;
	str purpose, legal_basis, recipients, retention;
	const str *data;	/* which data */
	size_t datas;
	str supervisory_name, supervisory_href;
};
struct accessibility_view {	/* view_accessibility: statement */
	struct page_view page;
	str authority, updated, method;
	bool full;		/* fully / partly conformant */
	const struct point_view *gap;
	size_t gaps;
	struct contact_view contact;
	str report_href;
	str enforcement_name, enforcement_href, law;
};
struct barrier_view {		/* view_barrier: report a barrier; sent: thanks */
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view text, email;
	str about;		/* the page it came from */
	bool sent;
};
struct licence_view {
	str name, version, licence, use, href;
};
struct licences_view {		/* view_licences: sources of the program, its parts and data */
	struct page_view page;
	str version, source_href;
	const struct licence_view *part;
	size_t parts;
	const struct licence_view *data;
	size_t datas;
};
struct help_view {		/* view_help */
	struct page_view page;
	struct contact_view contact;
};

/* --- public checks --- */
enum check_result { CHECK_NONE, CHECK_GOOD, CHECK_BAD };
struct receipt_check_view {	/* view_receipt_check */
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view text, file;
	enum check_result result;
	str authority, reference, time, key_id, why;
	str keys_href;
};
struct decision_check_view {	/* view_decision_check: the QR on a decision leads here */
	struct page_view page;
	str code;
	str error;
	enum check_result result;
	str authority, kind, date, fingerprint;
};
