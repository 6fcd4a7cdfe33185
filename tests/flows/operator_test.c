/* SPDX-License-Identifier: EUPL-1.2 */
/* What the operator does: clerks with one-time links, cases that are destroyed, the same commands as on the command line. */
#include "base/file.h"
#include "main/tools.h"
#include "support/sent.h"

static struct run run_in(struct house_test *t)
{
	return (struct run){ .arena = t->arena, .program = t->opening.program, .conf = t->house->conf, .house = t->house, .remote = true,
			     .out = buf_new(t->arena, 1024), .err = buf_new(t->arena, 256) };
}

/* Runs a command as the server does for a tool; its output is in *ret. */
static int tool(struct house_test *t, str *ret, const char *const *word)
{
	struct run r = run_in(t);
	const struct command *c;
	str arg[16];
	size_t n = 0, words;
	bool group;
	int rc;

	for (; word[n]; n++)
		arg[n] = str_c(word[n]);
	c = command_find(arg, n, &words, &group);
	assert_non_null(c);
	rc = command_read(&r, c, arg + words, n - words);
	r.conf = t->house->conf;
	rc = rc ? rc : c->run(&r);
	*ret = str_fmt(t->arena, "%.*s%.*s", STR_FMT(buf_str(&r.out)), STR_FMT(buf_str(&r.err)));
	return rc;
}
#define TOOL(t, ret, ...) tool((t), (ret), (const char *const[]){ __VA_ARGS__, NULL })

static void a_clerk_is_added_listed_switched_off_and_on(struct house_test *t)
{
	str said;

	assert_int_equal(TOOL(t, &said, "clerk", "add", "k.neu", "--tenant", "dresden", "--name", "Kim Neu", "--role", "lead"), 0);
	assert_true(str_contains(said, S("http://amt.localhost/einrichten/")));
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM one_time WHERE kind = 'clerk_setup'")), 1);
	assert_int_equal(TOOL(t, &said, "clerk", "add", "k.neu", "--tenant", "dresden", "--name", "Kim Neu"), 1);
	assert_int_equal(TOOL(t, &said, "clerk", "add", "K Neu", "--tenant", "dresden", "--name", "Kim Neu"), 1);
	assert_int_equal(TOOL(t, &said, "clerk", "link", "k.neu", "--tenant", "dresden"), 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM one_time WHERE kind = 'clerk_setup'")), 1);
	assert_int_equal(TOOL(t, &said, "clerk", "disable", "k.neu", "--tenant", "dresden"), 0);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM one_time WHERE kind = 'clerk_setup'")), 0);
	assert_int_equal(TOOL(t, &said, "clerk", "link", "k.neu", "--tenant", "dresden"), 1);
	assert_int_equal(TOOL(t, &said, "clerk", "list", "--tenant", "dresden"), 0);
	assert_true(str_contains(said, S("switched off")));
	assert_int_equal(TOOL(t, &said, "clerk", "list", "--tenant", "leipzig"), 0);
	assert_false(str_contains(said, S("k.neu")));
}
FLOW_TEST(a_clerk_is_added_listed_switched_off_and_on)

static void the_last_administrator_stays(struct house_test *t)
{
	str said;

	assert_int_equal(TOOL(t, &said, "clerk", "add", "chef", "--tenant", "dresden", "--name", "Chef", "--role", "admin"), 0);
	assert_int_equal(TOOL(t, &said, "clerk", "add", "chef", "--tenant", "leipzig", "--name", "Andere", "--role", "admin"), 0);
	assert_int_equal(TOOL(t, &said, "clerk", "disable", "chef", "--tenant", "dresden"), 1);
	assert_int_equal(TOOL(t, &said, "clerk", "add", "zwei", "--tenant", "dresden", "--name", "Zwei", "--role", "admin"), 0);
	assert_int_equal(TOOL(t, &said, "clerk", "disable", "chef", "--tenant", "dresden"), 0);
	assert_int_equal(TOOL(t, &said, "clerk", "disable", "zwei", "--tenant", "dresden"), 1);
}
FLOW_TEST(the_last_administrator_stays)

static void who_is_switched_off_is_out_at_once(struct house_test *t)
{
	struct browser *b = browser_clerk_named(t, "dresden", ROLE_CLERK, "kim", "Kim Beispiel");
	str said;

	assert_int_equal(browser_get(b, "/"), 200);
	assert_at(b, "/");
	assert_int_equal(TOOL(t, &said, "clerk", "disable", "kim", "--tenant", "dresden"), 0);
	browser_get(b, "/");
	assert_at(b, "/anmelden");
}
FLOW_TEST(who_is_switched_off_is_out_at_once)

static const char *a_case(struct house_test *t, struct browser *b)
{
	return str_z(t->arena, sent_case(t, b, true).reference);
}

static void a_destroyed_case_leaves_a_tombstone_and_nothing_to_read(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost"), *clerk = browser_clerk(t, "leipzig", ROLE_CLERK);
	const char *reference = a_case(t, b);
	str said, status;

	status = str_fmt(t->arena, "%.*s", STR_FMT(b->path));
	assert_int_equal(TOOL(t, &said, "case", "show", reference, "--tenant", "leipzig"), 0);
	assert_true(str_contains(said, S("chain of 1 events verifies")));
	assert_false(str_contains(said, S("Nowak")));
	assert_int_equal(TOOL(t, &said, "case", "show", reference, "--tenant", "dresden"), 1);
	assert_int_equal(TOOL(t, &said, "case", "destroy", reference, "--tenant", "leipzig", "--ground", "erasure"), 1);
	assert_true(str_contains(said, S("--yes")));
	assert_int_equal(TOOL(t, &said, "case", "destroy", reference, "--tenant", "leipzig", "--ground", "erasure", "--yes"), 0);
	assert_int_equal(TOOL(t, &said, "case", "show", reference, "--tenant", "leipzig"), 0);
	assert_true(str_contains(said, S("ground: erasure")));
	assert_true(str_contains(said, S("chain of 2 events verifies")));
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT (SELECT COUNT(*) FROM case_content) + (SELECT COUNT(*) FROM attachment) + "
		"(SELECT COUNT(*) FROM name_token) + (SELECT COUNT(*) FROM draft) + (SELECT COUNT(*) FROM draft_file) + (SELECT COUNT(*) FROM session_case)")), 0);
	browser_get(clerk, str_z(t->arena, str_fmt(t->arena, "/fall/%s", reference)));
	assert_true(clerk->status == 404 || clerk->status == 410);
	if (status.n) {
		browser_get(b, str_z(t->arena, status));
		assert_true(b->status == 404 || b->status == 410);
	}
	/* once more does no harm: a crash between rows and keys is mended so */
	assert_int_equal(TOOL(t, &said, "case", "destroy", reference, "--tenant", "leipzig", "--ground", "erasure", "--yes"), 0);
	assert_int_equal(TOOL(t, &said, "case", "show", reference, "--tenant", "leipzig"), 0);
	assert_true(str_contains(said, S("chain of 2 events verifies")));
}
FLOW_TEST(a_destroyed_case_leaves_a_tombstone_and_nothing_to_read)

/* The list as it lay in the folder of the backup. */
static const char *list_file(struct house_test *t, const char *text)
{
	const char *path = str_z(t->arena, str_fmt(t->arena, "%s/destroyed-keys.txt", t->content.dir));

	assert_ok(file_write_durable(path, str_c(text), 0600));
	return path;
}

static int replay(struct house_test *t, str *ret, const char *path)
{
	struct run r = run_in(t);
	int rc;

	r.remote = false;
	r.arg = ARENA_ARRAY(t->arena, str, 1);
	r.arg[0] = str_c(path);
	r.args = 1;
	rc = tool_keys_replay(&r);
	*ret = str_fmt(t->arena, "%.*s%.*s", STR_FMT(buf_str(&r.out)), STR_FMT(buf_str(&r.err)));
	return rc;
}

/* A backup of content and keys from before the destruction is back: the list from after it ends the key and the case again. */
static void what_was_destroyed_since_the_backup_is_destroyed_again_after_a_restore(struct house_test *t)
{
	const char *reference = a_case(t, browser_new(t, "localhost"));
	int64_t key = house_test_count(t, SQL_ALL_TENANTS("test", "SELECT key_id FROM cases"));
	int32_t tenant = house_test_tenant(t, "leipzig").v;
	struct key k;
	str said;

	assert_int_equal(TOOL(t, &said, "keys", "destroyed"), 0);
	assert_false(str_contains(said, str_fmt(t->arena, "\n%lld\n", (long long)key)));
	assert_int_equal(replay(t, &said, list_file(t, "12\nno number\n")), 1);
	assert_true(str_contains(said, S("line 2")));
	assert_int_equal(TOOL(t, &said, "keys", "replay", list_file(t, "12\n")), 1); /* while it serves */
	assert_ok(keys_get(t->house->keys, tenant, key, &k));
	assert_int_equal(replay(t, &said, list_file(t, str_z(t->arena, str_fmt(t->arena, "# remark\n%lld\n12\n", (long long)key)))), 0);
	assert_true(str_contains(said, S("2 destroyed keys on the list; 1 were back and have ended again; 1 cases became tombstones")));
	assert_rc(keys_get(t->house->keys, tenant, key, &k), ERR_DESTROYED);
	assert_int_equal(TOOL(t, &said, "case", "show", reference, "--tenant", "leipzig"), 0);
	assert_true(str_contains(said, S("ground: restore")));
	assert_true(str_contains(said, S("chain of 2 events verifies")));
	assert_int_equal(TOOL(t, &said, "keys", "destroyed"), 0);
	assert_true(str_contains(said, str_fmt(t->arena, "\n%lld\n", (long long)key)));
	assert_true(str_contains(said, S("\n12\n")));
	assert_int_equal(replay(t, &said, list_file(t, str_z(t->arena, said))), 0);
	assert_true(str_contains(said, S("0 were back")));
}
FLOW_TEST(what_was_destroyed_since_the_backup_is_destroyed_again_after_a_restore)

static void an_operator_switches_a_service_off_and_sets_its_parameters(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	const char *page = "/leipzig/leistung/hundesteuer-anmeldung";
	str said;

	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "param.steuer_erster=96,50"), 0);
	assert_true(str_contains(said, S("param.steuer_erster=96.5")));
	assert_int_equal(browser_get(b, page), 200);
	assert_true(browser_has_field(b, "csrf"));
	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "active=no"), 0);
	assert_true(str_contains(said, S("active=no")));
	browser_get(b, page);
	assert_true(b->status == 404 || !browser_has(b, "/antrag\""));
	assert_int_equal(browser_get(b, "/dresden/leistung/hundesteuer-anmeldung"), 200);
	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "active=yes"), 0);
	assert_true(str_contains(said, S("param.steuer_erster=96.5"))); /* being off does not cost the parameters */
	assert_int_equal(browser_get(b, page), 200);
	assert_true(browser_has(b, "/antrag\""));
	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "param.steuer_erster="), 0);
	assert_true(str_contains(said, S("param.steuer_erster=60")));
	assert_false(str_contains(said, S("(own)")));
	assert_int_equal(TOOL(t, &said, "service", "list", "--tenant", "leipzig"), 0);
	assert_true(str_contains(said, S("geburtsurkunde active=yes")));
}
FLOW_TEST(an_operator_switches_a_service_off_and_sets_its_parameters)

static void what_a_service_cannot_be_set_to_is_said(struct house_test *t)
{
	str said;

	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "param.steuer_erster=viel"), 1);
	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "param.keiner=1"), 1);
	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "leipzig", "active=maybe"), 1);
	assert_int_equal(TOOL(t, &said, "service", "set", "katzensteuer", "--tenant", "leipzig", "active=no"), 1);
	assert_int_equal(TOOL(t, &said, "service", "set", "hundesteuer-anmeldung", "--tenant", "nirgends", "active=no"), 1);
	assert_int_equal(house_test_count(t, SQL_ALL_TENANTS("test", "SELECT COUNT(*) FROM offer")), 0);
}
FLOW_TEST(what_a_service_cannot_be_set_to_is_said)

static int falsify(struct dbc *db, void *arg)
{
	return db_exec(db, SQL_ALL_TENANTS("test", "UPDATE case_event SET at = at + 1"));
}

static void a_changed_event_shows(struct house_test *t)
{
	struct browser *b = browser_new(t, "localhost");
	const char *reference = a_case(t, b);
	struct unit u = { .run = falsify, .tenant = { TENANT_ALL, 0 }, .once = true };
	str said;

	assert_ok(db_unit_run(t->house->db, &u));
	assert_int_equal(TOOL(t, &said, "case", "show", reference, "--tenant", "leipzig"), 1);
	assert_true(str_contains(said, S("BROKEN at event 1")));
}
FLOW_TEST(a_changed_event_shows)

static void a_town_says_what_is_known_of_it(struct house_test *t)
{
	str said;

	assert_int_equal(TOOL(t, &said, "tenant", "set", "leipzig", "contact.phone=0341 1230", "bank.iban=DE02 1203 0000 0000 2020 51"), 0);
	assert_int_equal(TOOL(t, &said, "tenant", "show", "leipzig"), 0);
	assert_true(str_contains(said, S("contact.phone=0341 1230")));
	assert_true(str_contains(said, S("bank.iban=DE02120300000000202051")));
	assert_int_equal(TOOL(t, &said, "tenant", "set", "leipzig", "contact.phone="), 0);
	assert_false(str_contains(said, S("contact.phone")));
	assert_int_equal(TOOL(t, &said, "tenant", "set", "leipzig", "contact.fax=1"), 1);
	assert_int_equal(TOOL(t, &said, "tenant", "set", "nirgends", "contact.phone=1"), 1);
}
FLOW_TEST(a_town_says_what_is_known_of_it)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW_UNIT_TESTS(a_clerk_is_added_listed_switched_off_and_on),
		FLOW_UNIT_TESTS(the_last_administrator_stays),
		FLOW_UNIT_TESTS(who_is_switched_off_is_out_at_once),
		FLOW_UNIT_TESTS(a_destroyed_case_leaves_a_tombstone_and_nothing_to_read),
		FLOW_UNIT_TESTS(a_changed_event_shows),
		FLOW_UNIT_TESTS(a_town_says_what_is_known_of_it),
		FLOW_UNIT_TESTS(what_was_destroyed_since_the_backup_is_destroyed_again_after_a_restore),
		FLOW_UNIT_TESTS(an_operator_switches_a_service_off_and_sets_its_parameters),
		FLOW_UNIT_TESTS(what_a_service_cannot_be_set_to_is_said),
	};

	return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
