/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For flow tests that begin where a case has been sent: a birth certificate from the registry office of Leipzig, by the pages; and what a clerk
 * does with it, by the use cases.
 *
 *	struct sent s = sent_case(t, b, true);			// b is on the confirmation; s.path is "/vorgang/<handle>"
 *	struct ctx k = sent_clerk(t, &s, ROLE_LEAD);
 *	sent_asks(&k, &s, "Welcher Vorname?", 14);
 *	sent_decides(&k, &s, "erteilt");
 */
#pragma once
#include "support/house.h"
#include "usecase/casefile.h"

struct sent {
	tenant_id tenant;
	case_id id;
	str reference, handle, follow;
	const char *path;
};
/* online: the decision may be made known here. */
struct sent sent_case(struct house_test *t, struct browser *b, bool online);
/* A clerk of that authority, in a context of its own at the time of the test's clock. */
struct ctx sent_clerk(struct house_test *t, const struct sent *s, enum clerk_role role);
struct casefile *sent_open(struct ctx *clerk, const struct sent *s);
void sent_asks(struct ctx *clerk, const struct sent *s, const char *text, int days);
void sent_posts(struct ctx *clerk, const struct sent *s);	/* the letter went to the post today */
void sent_decides(struct ctx *clerk, const struct sent *s, const char *template_id);
/* As the system sees it now; checks the event chain on the way. */
struct casefile *sent_now(struct house_test *t, const struct sent *s);
size_t sent_events(const struct casefile *f, enum event_kind k);
/* "/vorgang/<handle>" with a tail; the same browser with the same page in another tab (same cookies, form, once-token); where a browser is. */
const char *sent_at(struct house_test *t, const struct sent *s, const char *tail);
struct browser *second_tab(struct house_test *t, const struct browser *b);
#define assert_on(b, want) ((void)(str_eq((b)->path, str_c(want)) || (browser_fail((b), "on another page", __FILE__, __LINE__), 0)))
