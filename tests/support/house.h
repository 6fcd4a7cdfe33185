/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For flow tests (tests/flows): the whole application in memory. A house of its own in a temporary folder, with all places, services and
 * tenants, on either engine; and browsers that get pages, fill in their forms and follow redirects, as a person without JavaScript does.
 *
 *	static void sends(struct house_test *t)
 *	{
 *		struct browser *b = browser_new(t, "localhost");
 *
 *		assert_int_equal(browser_get(b, "/leipzig/leistung/geburtsurkunde"), 200);
 *		browser_post(b, NULL, NULL);				// the page's only form, as it is
 *		browser_post(b, NULL, "antrag-verhaeltnis", "selbst", NULL);	// with values; the rest as shown
 *		assert_page(b, "Wessen Geburtsurkunde");
 *	}
 *	FLOW_TEST(sends)
 *	... FLOW_UNIT_TESTS(sends) in the list of tests
 */
#pragma once
#include "main/house.h"
#include "storage/testing.h"
#include "web/http.h"

/* ---- the house ---- */

struct house_test {
	struct arena *arena;		/* lives as long as the test */
	struct house_opening opening;
	struct house *house;
	struct clock clock;		/* fixed: 2026-11-23 (a Monday), 10:00 in Berlin, until the test moves it */
	struct test_db content, keys;	/* where the databases are */
	enum db_engine engine;
};
/* Skips the test where PostgreSQL is asked for and there is none. Origin http://localhost, clerks http://amt.localhost. */
void house_test_open(struct house_test *t, enum db_engine engine);
void house_test_close(struct house_test *t);
void house_test_reopen(struct house_test *t);			/* as after a restart of the process */
void house_test_move(struct house_test *t, int64_t seconds);	/* the clock goes on */
/* A context of the system (jobs, tools), in t->arena. */
struct ctx house_test_ctx(struct house_test *t);
tenant_id house_test_tenant(struct house_test *t, const char *slug);
/* One number from the database, as the system sees it: house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM draft")). */
int64_t house_test_count(struct house_test *t, const char *sql);

/* ---- browsers ---- */

struct browser {
	struct house_test *test;
	struct arena *arena;
	str host;
	struct pairs cookies;
	str client;			/* address; "127.0.0.1" */
	/* of the last answer: */
	int status;
	str path, query;		/* where we are */
	str body, location, type;
	struct reply reply;
	struct browser_file {
		str field, name, type, bytes;
	} files[10];
	size_t files_n;
	bool stay;			/* do not follow redirects */
	str origin;			/* Origin header of posts; empty: none */
};
struct browser *browser_new(struct house_test *t, const char *host);
/* GET path (with query), following redirects on the same host. Returns the last status. */
int browser_get(struct browser *b, const char *path);
/*
 * Submits a form of the last page: the one whose action is path, or with NULL the first POST form in <main>. All its fields go as shown
 * (hidden ones, what is typed, ticked and chosen); pairs "name", "value" replace them, the value NULL leaves the field out; the list ends
 * with NULL. The first button goes as on Enter, unless a button is named. Fails the test when there is no such form or field.
 */
int browser_post(struct browser *b, const char *path, ...) __attribute__((sentinel));
/* The same without looking at a form: exactly these fields. */
int browser_post_raw(struct browser *b, const char *path, const char *body);
/* A file for the next browser_post. bytes live until then. */
void browser_file(struct browser *b, const char *field, const char *name, const char *type, str bytes);
/* Any request; fills the answer. */
int browser_send(struct browser *b, const struct web_request *in);
/* Signed in on the clerks' host: a new clerk of the authority with a session. */
struct browser *browser_clerk(struct house_test *t, const char *slug, enum clerk_role role);
struct browser *browser_clerk_named(struct house_test *t, const char *slug, enum clerk_role role, const char *login, const char *name);

/* ---- looking at the page ---- */

bool browser_has(const struct browser *b, const char *text);	/* in the HTML, entities and tags as they are */
str browser_field(struct browser *b, const char *name);		/* value of a field as shown; empty: none */
bool browser_has_field(struct browser *b, const char *name);
str browser_link(struct browser *b, const char *text);		/* href of the first link whose text contains it; empty: none */
str browser_title(struct browser *b);
str browser_header(const struct browser *b, const char *name);	/* first; empty: none */
/* Text of the page without tags, entities decoded, blanks folded. */
str browser_text(struct browser *b);
void browser_fail(const struct browser *b, const char *what, const char *file, int line);

#define assert_page(b, text) ((void)(browser_has((b), (text)) || (browser_fail((b), "page lacks: " text, __FILE__, __LINE__), 0)))
#define assert_no_page(b, text) ((void)(!browser_has((b), (text)) || (browser_fail((b), "page has: " text, __FILE__, __LINE__), 0)))
#define assert_status(b, want) ((void)((b)->status == (want) || (browser_fail((b), "status is not " #want, __FILE__, __LINE__), 0)))
#define assert_at(b, want) ((void)(str_eq((b)->path, str_c(want)) || (browser_fail((b), "not at " want, __FILE__, __LINE__), 0)))

#define assert_at_end(b, want) ((void)(str_has_suffix((b)->path, S(want)) || (browser_fail((b), "path does not end with " want, __FILE__, __LINE__), 0)))

/* A small valid PDF for uploads. */
str house_test_pdf(struct arena *a);

/* ---- tests on both engines ---- */
#define FLOW_TEST(fn)                                        \
	static void fn##_sqlite(void **state)                \
	{                                                    \
		struct house_test t;                         \
		house_test_open(&t, DB_SQLITE);              \
		fn(&t);                                      \
		house_test_close(&t);                        \
	}                                                    \
	static void fn##_postgres(void **state)              \
	{                                                    \
		struct house_test t;                         \
		house_test_open(&t, DB_POSTGRES);            \
		fn(&t);                                      \
		house_test_close(&t);                        \
	}
#define FLOW_UNIT_TESTS(fn) cmocka_unit_test(fn##_sqlite), cmocka_unit_test(fn##_postgres)
