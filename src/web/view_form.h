/* SPDX-License-Identifier: EUPL-1.2 */
/* View structs of a form: question page, list of a repeated group, check page, conflict, save and resume. */
#pragma once
#include "domain/form.h"
#include "web/view_layout.h"

enum field_look {
	LOOK_TEXT,		/* one line */
	LOOK_AREA,		/* several lines */
	LOOK_DATE,		/* three inputs: day, month, year */
	LOOK_MONTH,		/* two inputs: month, year */
	LOOK_DATETIME,		/* four inputs: day, month, year, time */
	LOOK_REGISTER,		/* three inputs: kind of register (options), number, court */
	LOOK_RADIO,		/* one of few */
	LOOK_SELECT,		/* one of many */
	LOOK_SEARCH,		/* one of very many: text input with suggestions */
	LOOK_SEVERAL,		/* ticks */
	LOOK_FILE,		/* files already there, and one to choose */
	LOOK_CONSENT,		/* one tick with a sentence */
	LOOK_INFO,		/* text only */
	LOOK_CALC,		/* a result, shown */
	LOOK_PASSWORD,
	LOOK_MANY,		/* several values, each an input of its own */
	LOOK_LOCKED,		/* what the identity says: shown, not asked */
};

struct option_view {
	str value, text, hint;
	bool checked;
};

struct field_view {
	enum field_look look;
	str key;		/* id and name of the input: "halter-vorname"; dates: key-day key-month key-year */
	str label, hint;
	str example;		/* "Zum Beispiel: 27 3 1985" is made by the date looks themselves when empty */
	str more_title, more_text;	/* folded help below */
	bool optional;
	bool heading;		/* the label is the page's h1: the only field of its page */
	str value;		/* as typed */
	str source;		/* where a value comes from that nobody has typed: "Aus Ihrem Ausweis ..." */
	str none;		/* a tick for who has no such name: its text */
	bool none_ticked;
	str day, month, year, time;	/* date looks, as typed */
	bool bad_day, bad_month, bad_year, bad_time;	/* which part is wrong; none set: all */
	str number, court;	/* LOOK_REGISTER, as typed; the kind is the ticked option */
	bool bad_kind, bad_number, bad_court;
	bool apart;		/* LOOK_SEVERAL: the last option excludes the others and stands apart */
	const struct option_view *option;
	size_t options;
	str error;		/* what to do; empty: fine */
	str input_type;		/* "text", "email", "tel", "password" */
	str inputmode, autocomplete;
	int width;		/* 0 full, 5, 10, 20 characters */
	int max_length;		/* of LOOK_AREA it is also said; 0: none */
	int rows;
	str suffix;		/* "Euro", "m²" */
	bool no_spellcheck;
	const struct file_view *file;
	size_t files;
	str accept;		/* ".pdf,.jpg,.jpeg,.png" */
	bool files_full;	/* the most is reached: no more input */
	bool file_with_form;	/* LOOK_FILE: no upload button of its own, the file goes with the form */
	const struct field_view *part;	/* LOOK_MANY: one a value; their own key is what "weg" posts to take them away */
	size_t parts;
	bool parts_full, removable;	/* no more can be added; may be taken away */
	str upload_action;	/* LOOK_FILE: where the upload button posts to (multipart); empty: the form's own address */
};

/*
 * Sets look, input_type, inputmode, autocomplete, width, rows, max_length, accept, key, optional from the definition.
 * Texts, value, options and files are the caller's.
 */
void field_view_init(struct field_view *v, const struct field *f);

enum step_state { STEP_TODO, STEP_CURRENT, STEP_DONE };
struct step_view {
	str title, href;	/* href only for steps that can be gone back to */
	enum step_state state;
};
struct steps_view {
	str title;		/* the service */
	const struct step_view *step;
	size_t steps;
	int current;		/* 1..steps */
};

/* view_question: one page of a form, with one or few fields. POST: aktion=weiter|speichern|hochladen, entfernen=<file id>. */
struct question_view {
	struct page_view page;
	struct steps_view steps;
	struct post_view post;
	str back_href;
	str over;		/* small line above the title: "2. Hund" */
	str title, intro;
	struct errors_view errors;
	const struct field_view *field;
	size_t fields;
	str preview_answers;	/* an author's preview: what was typed so far travels with the form */
	bool has_files;		/* the form is multipart/form-data */
	bool has_many;		/* there are buttons before the one that goes on */
	bool says_optional;	/* at least one field is optional: said once on top */
	str version;		/* fingerprint of the page as shown (P10) */
	str keep_until;		/* "20. Dezember 2026"; empty: no "save" */
	bool to_check;		/* came from the check page: the button says so */
	str notice;		/* "your answers were carried over" and the like */
	struct link_view elsewhere;	/* the postcode belongs to another place: sentence in note, link there */
	str place, place_href;	/* "Dresden", and where another place can be chosen */
	struct contact_view contact;
};

/* view_group_list: what has been entered so far, and "another one?". POST: noch-einer=ja|nein. */
struct group_row_view {
	str title, summary;
	str change_href, remove_href;	/* remove_href empty: may not be removed */
};
struct group_list_view {
	struct page_view page;
	str preview_answers;
	struct steps_view steps;
	struct post_view post;
	str back_href;
	str title, over, intro;		/* over: the row of the group around it */
	struct errors_view errors;
	const struct group_row_view *row;
	size_t rows;
	struct field_view more;		/* LOOK_RADIO; options 0 when the most is reached */
	str full_note;			/* said then */
	str version;
	str keep_until;
	bool to_check;
	struct contact_view contact;
};

/* view_check: everything once more, then send. POST: aktion=absenden|speichern. */
struct check_row_view {
	str label;
	const str *line;	/* none: "not given" */
	size_t lines;
	const struct file_view *file;
	size_t files;
	str change_href, change_name;	/* what is changed, heard behind the link: "Adresse" */
	bool wrong;		/* incomplete or not valid any more */
};
struct check_section_view {
	str title;
	const struct check_row_view *row;
	size_t rows;
};
struct fee_line_view {
	str text, amount;
};
struct check_view {
	struct page_view page;
	struct steps_view steps;
	struct post_view post;
	str back_href;
	struct errors_view errors;
	const struct check_section_view *section;
	size_t sections;
	const struct fee_line_view *fee;
	size_t fees;
	str fee_total;		/* empty: no fee line at all */
	str fee_note;
	const struct field_view *field;	/* delivery of the decision, consent, e-mail for the status link */
	size_t fields;
	str declaration;	/* what is declared by sending */
	str send_label;		/* "Antrag absenden" */
	str version;
	str keep_until;
	str notice;
	struct link_view elsewhere;
	bool incomplete;	/* something is missing: no send button but a way to the first gap */
	str gap_href;
	struct contact_view contact;
};

/* view_conflict: the page was changed in another tab meanwhile (P10). POST: nehmen=meine|gespeicherte. */
struct conflict_row_view {
	str label, saved, mine;
	bool differs;
};
struct conflict_view {
	struct page_view page;
	struct post_view post;
	str title;
	const struct conflict_row_view *row;
	size_t rows;
	const struct pair *hidden;	/* the typed fields once more, as hidden inputs */
	size_t hiddens;
};

/* view_saved: the draft is kept; how to go on, here or elsewhere. POST: email, to send the code. */
struct saved_view {
	struct page_view page;
	struct post_view post;
	str service;
	str code;		/* resume code, in groups */
	str until;
	str continue_href;
	str resume_url;		/* where the code is typed, to be read out: "schalter.example/fortsetzen" */
	struct field_view email;
	str sent_to;		/* the code was sent there */
	struct errors_view errors;
	bool in_account;	/* signed in: it stands in the account, no code needed */
};

/* view_resume: type the resume code. view_resume_found: after that, before going on. */
struct resume_view {
	struct page_view page;
	struct post_view post;
	struct errors_view errors;
	struct field_view code;
};
