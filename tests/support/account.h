/* SPDX-License-Identifier: EUPL-1.2 */
/* For flow tests with accounts: making one by the pages, reading the mails that wait in the outbox, signing in. */
#pragma once
#include "support/house.h"

struct account_mail {
	str kind, to, link, path;	/* path: of the link, without origin */
};
/* A new account with a password, by registering, the link in the mail, and the password page. */
void account_make(struct house_test *t, const char *email, const char *password);
/* A browser that is signed in to a new account. */
struct browser *account_browser(struct house_test *t, const char *email, const char *password);
/* Asks for an account: the mail with the link waits. */
void account_ask(struct browser *b, const char *email);
/* Signs in on the sign-in page; the browser is where that leads to. */
void account_signin_page(struct browser *b, const char *email, const char *password);
str account_cookie(const struct browser *b);
/* "csrf=...&" of the last page and these fields, as a body. */
const char *account_form(struct browser *b, const char *fields);
/* An address that no other test has used: rate limits count apart. */
str account_client(struct house_test *t);
int64_t account_mails(struct house_test *t);
/* back: 0 the newest, 1 the one before */
struct account_mail account_mail_last(struct house_test *t, int64_t back);
/* Waits until what was written behind a request is there. */
void account_settle(struct house_test *t);
