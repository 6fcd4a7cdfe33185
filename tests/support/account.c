/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/account.h"

#include "base/node.h"
#include "usecase/outbox.h"

str account_client(struct house_test *t)
{
	static unsigned count;

	count++;
	return str_fmt(t->arena, "10.%u.%u.%u", count >> 16 & 255, count >> 8 & 255, count & 255);
}

void account_ask(struct browser *b, const char *email)
{
	b->client = account_client(b->test);
	assert_int_equal(browser_get(b, "/konto/neu"), 200);
	browser_post(b, "/konto/neu", "email", email, NULL);
	assert_status(b, 200);
}

struct browser *account_browser(struct house_test *t, const char *email, const char *password)
{
	struct browser *b = browser_new(t, "localhost");

	account_ask(b, email);
	assert_int_equal(browser_get(b, str_z(t->arena, account_mail_last(t, 0).path)), 200);
	browser_post(b, NULL, NULL);
	assert_at(b, "/konto/passwort");
	browser_post(b, NULL, "passwort", password, NULL);
	assert_at(b, "/konto/einstellungen");
	assert_status(b, 200);
	return b;
}

void account_make(struct house_test *t, const char *email, const char *password)
{
	(void)account_browser(t, email, password);
}

void account_signin_page(struct browser *b, const char *email, const char *password)
{
	b->client = account_client(b->test);
	browser_get(b, "/konto/anmelden");
	assert_at(b, "/konto/anmelden");
	browser_post(b, "/konto/anmelden", "email", email, "passwort", password, NULL);
}

str account_cookie(const struct browser *b)
{
	for (size_t i = 0; i < b->cookies.n; i++)
		if (str_has_suffix(b->cookies.v[i].name, S("schalter")))
			return b->cookies.v[i].value;
	return STR_EMPTY;
}

const char *account_form(struct browser *b, const char *fields)
{
	return str_z(b->arena, str_fmt(b->arena, "csrf=%.*s&%s", STR_FMT(browser_field(b, "csrf")), fields));
}

int64_t account_mails(struct house_test *t)
{
	return house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"));
}

struct account_mail account_mail_last(struct house_test *t, int64_t back)
{
	AUTO(db_read_done) struct dbc *db = NULL;
	AUTO(rows_done) struct rows *r = NULL;
	struct ctx c = house_test_ctx(t);
	struct account_mail m;
	struct node_error e;
	struct node *n;
	str json;

	assert_ok(db_read(t->house->db, TENANT_ALL, 0, &db));
	assert_ok(db_query(db, &r, SQL_ALL_TENANTS("test", "SELECT tenant_id, outbox_id, payload FROM outbox WHERE kind = 'mail' ORDER BY outbox_id DESC LIMIT $1"),
		VI(back + 1)));
	for (int64_t i = 0; i <= back; i++)
		assert_true(rows_next(r));
	assert_ok(outbox_unseal(&c, (tenant_id){ (int32_t)row_int(r, 0) }, row_int(r, 1), str_dup(t->arena, row_str(r, 2)), &json));
	assert_ok(node_parse_json(t->arena, json, &n, &e));
	m = (struct account_mail){ .kind = node_text_at(n, S("kind")), .to = node_text_at(n, S("to")), .link = node_text_at(n, S("link")) };
	assert_true(str_has_prefix(m.link, t->house->origin));
	m.path = str_sub(m.link, t->house->origin.n, m.link.n);
	return m;
}

static int nothing(struct dbc *db, void *arg)
{
	return 0;
}

void account_settle(struct house_test *t)
{
	/* units wait in line: when these are done, those before them are; PostgreSQL has several lines */
	for (int i = 0; i < 20; i++) {
		assert_ok(test_unit(t->house->db, TENANT_PORTAL.v, nothing, NULL));
		if (t->engine == DB_POSTGRES)
			usleep(5000);
	}
}
