/* SPDX-License-Identifier: EUPL-1.2 */
/* What must not break a promise: a full disk in the middle of a batch, kill -9, a second process, a crowd of one town. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "storage/testing.h"

struct put {
	struct unit u;
	int64_t id;
	size_t size;
	_Atomic int done;		/* how often */
	sem_t *count;
};

static const char schema[] = "CREATE TABLE probe (tenant_id INTEGER NOT NULL, id INTEGER NOT NULL, body BLOB NOT NULL, "
	"PRIMARY KEY (tenant_id, id)) STRICT";

static int make_table(struct dbc *c, void *arg)
{
	return c->ops->script(c, schema);
}

static int put_row(struct dbc *c, void *arg)
{
	static char body[256 << 10];
	struct put *p = arg;

	return db_exec(c, SQL("INSERT INTO probe (tenant_id, id, body) VALUES ($1, $2, $3)"), VI(5), VI(p->id), VB(str_n(body, p->size)));
}

static int put_and_refuse(struct dbc *c, void *arg)
{
	TRY(put_row(c, arg));
	return ERR_DENIED;
}

static int refuse(struct dbc *c, void *arg)
{
	return ERR_CONFLICT;
}

static void count_done(struct unit *u)
{
	struct put *p = u->arg;

	p->done++;
	sem_post(p->count);
}

static void prepare(struct put *p, size_t n, int64_t first, size_t size, sem_t *count)
{
	for (size_t i = 0; i < n; i++) {
		memset(&p[i], 0, sizeof p[i]);
		p[i].u = (struct unit){ .run = put_row, .arg = &p[i], .tenant = { 5, 0 }, .done = count_done };
		p[i].id = first + (int64_t)i;
		p[i].size = size;
		p[i].count = count;
	}
}

/* Hands all over at once; those that were not taken have their answer in rc. Waits for the end of all. */
static void submit_all(struct db *db, struct put *p, size_t n)
{
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		int rc = db_unit_submit(db, &p[i].u);
		if (rc < 0)
			p[i].u.rc = rc;
		else
			taken++;
	}
	for (size_t i = 0; i < taken; i++)
		while (sem_wait(p->count) < 0)
			;
}

static bool is_there(struct db *db, int64_t id)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	assert_ok(db_read(db, 5, 0, &c));
	assert_ok(db_query(c, &r, SQL("SELECT 1 FROM probe WHERE tenant_id = $1 AND id = $2"), VI(5), VI(id)));
	bool there = rows_next(r);
	assert_ok(rows_error(r));
	return there;
}

static void open_probe(struct test_db *t)
{
	test_db_files(t, DB_SQLITE);
	test_db_reopen(t);
	assert_ok(test_unit(t->db, 5, make_table, NULL));
}

static void waiting_units_share_a_commit(void **state)
{
	static struct put p[500];
	struct test_db t;
	struct db_stats s;
	sem_t count;

	open_probe(&t);
	sem_init(&count, 0, 0);
	prepare(p, 500, 0, 100, &count);
	submit_all(t.db, p, 500);
	for (int i = 0; i < 500; i++) {
		assert_ok(p[i].u.rc);
		assert_int_equal(p[i].done, 1);
		assert_true(is_there(t.db, i));
	}
	db_stats(t.db, &s);
	assert_int_equal(s.units, 501);
	assert_true(s.batches < 250);
	sem_destroy(&count);
	test_db_end(&t);
}

static void one_that_fails_takes_no_other_with_it(void **state)
{
	static struct put p[300];
	struct test_db t;
	sem_t count;

	open_probe(&t);
	sem_init(&count, 0, 0);
	prepare(p, 300, 0, 100, &count);
	for (int i = 0; i < 300; i++) {
		if (i % 7 == 3)
			p[i].u.run = put_and_refuse;
		if (i % 7 == 5)
			p[i].u.run = refuse;
		if (i % 50 == 49)
			p[i].id = 0;		/* a duplicate */
	}
	submit_all(t.db, p, 300);
	for (int i = 0; i < 300; i++) {
		int want = i % 7 == 5 ? ERR_CONFLICT : i % 50 == 49 ? ERR_EXISTS : i % 7 == 3 ? ERR_DENIED : 0;
		assert_rc(p[i].u.rc, want);
		assert_int_equal(p[i].done, 1);
		assert_int_equal(is_there(t.db, i), want == 0);
	}
	sem_destroy(&count);
	test_db_end(&t);
}

static int unit_in_unit(struct dbc *c, void *arg)
{
	return test_unit(c->db, 5, refuse, NULL);
}

static void a_unit_that_waits_for_a_unit_is_refused(void **state)
{
	struct test_db t;

	open_probe(&t);
	assert_rc(test_unit(t.db, 5, unit_in_unit, NULL), ERR_INVALID);
	test_db_end(&t);
}

static void a_second_process_is_told(void **state)
{
	struct test_db t;
	struct db *second;
	str why;

	open_probe(&t);
	assert_rc(db_open(&t.options, &second, &why), ERR_BUSY);
	assert_true(str_contains(why, S("another process")));
	db_close(t.db);
	test_db_reopen(&t);
	test_db_end(&t);
}

static void what_is_no_database_is_told(void **state)
{
	struct test_db t;
	str why;

	test_db_files(&t, DB_SQLITE);
	FILE *f = fopen(t.path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is no database\n", f);
	fclose(f);
	assert_rc(db_open(&t.options, &t.db, &why), ERR_IO);
	assert_true(why.n > 0);
	nftw(t.dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void nobody_else_may_read_the_files(void **state)
{
	static const char *const suffix[] = { "", "-wal", "-shm", ".lock" };
	struct test_db t;
	struct stat st;

	open_probe(&t);
	for (size_t i = 0; i < 4; i++) {
		char path[200];
		snprintf(path, sizeof path, "%s%s", t.path, suffix[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	test_db_end(&t);
}

/* ---- fair share ---- */

static int wait_for_gate(struct dbc *c, void *arg)
{
	while (sem_wait(arg) < 0)
		;
	return 0;
}

static void ignore_done(struct unit *u)
{
}

static void a_crowd_of_one_town_does_not_shut_out_another(void **state)
{
	static struct put p[200];
	struct test_db t;
	sem_t gate, count;
	int taken = 0, rc = 0;

	test_db_files(&t, DB_SQLITE);
	t.options.queue_max = 64;
	test_db_reopen(&t);
	assert_ok(test_unit(t.db, 5, make_table, NULL));
	sem_init(&gate, 0, 0);
	sem_init(&count, 0, 0);
	prepare(p, 200, 0, 10, &count);
	struct unit blocker = { .run = wait_for_gate, .arg = &gate, .tenant = { 6, 0 }, .done = ignore_done };
	assert_ok(db_unit_submit(t.db, &blocker));
	usleep(20000);
	for (int i = 0; i < 100 && rc == 0; i++) {
		rc = db_unit_submit(t.db, &p[i].u);
		taken += rc == 0;
	}
	assert_rc(rc, ERR_BUSY);
	assert_true(taken >= 8 && taken < 64);
	p[100].u.tenant[0] = 7;
	assert_ok(db_unit_submit(t.db, &p[100].u));
	/* and the queue has an end for all together */
	for (int i = 101; i < 200; i++) {
		p[i].u.tenant[0] = i;
		rc = db_unit_submit(t.db, &p[i].u);
		if (rc < 0)
			break;
		taken++;
	}
	assert_rc(rc, ERR_BUSY);
	assert_true(taken < 66);
	sem_post(&gate);
	db_close(t.db);		/* finishes what waits */
	int got;
	sem_getvalue(&count, &got);
	assert_int_equal(got, taken + 1);
	test_db_reopen(&t);
	assert_true(is_there(t.db, 0) && is_there(t.db, 100));
	sem_destroy(&gate);
	sem_destroy(&count);
	test_db_end(&t);
}

/* ---- a full disk ---- */

enum { ROUNDS = 40, EACH = 24 };

struct disk {
	const char *dir;
	void (*make_room)(struct disk *d);
	char filler[200];
};

static void lift_limit(struct disk *d)
{
	struct rlimit l;

	getrlimit(RLIMIT_FSIZE, &l);
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_FSIZE, &l);
}

static void delete_filler(struct disk *d)
{
	unlink(d->filler);
}

/* Fills the disk with batches of large and small units, checks, makes room, checks again. Runs in a child: fails by exit status. */
static void fill_disk(struct disk *d)
{
	static struct put p[ROUNDS * EACH];
	struct test_db t = { .engine = DB_SQLITE };
	size_t ok = 0, refused = 0;
	bool seen_readonly = false;
	sem_t count;

	snprintf(t.path, sizeof t.path, "%.120s/main.db", d->dir);
	t.options.sqlite_path = t.path;
	test_db_reopen(&t);
	assert_ok(test_unit(t.db, 5, make_table, NULL));
	sem_init(&count, 0, 0);
	for (int round = 0; round < ROUNDS; round++) {
		struct put *q = &p[round * EACH];
		prepare(q, EACH, round * EACH, 200, &count);
		for (int i = 0; i < EACH; i += 3)
			q[i].size = (size_t)(20 + 11 * i) << 10;
		submit_all(t.db, q, EACH);
		seen_readonly |= db_readonly(t.db);
		for (int i = 0; i < EACH; i++) {
			ok += q[i].u.rc == 0;
			refused += q[i].u.rc < 0;
			if (q[i].u.rc < 0 && q[i].u.rc != ERR_FULL && q[i].u.rc != ERR_IO && q[i].u.rc != ERR_READONLY)
				fail_msg("%s", err_name(q[i].u.rc));
		}
	}
	assert_true(ok > 0 && refused > 0);
	assert_true(seen_readonly);		/* copying the log back may have made room since */
	for (int64_t i = 0; i < ROUNDS * EACH; i++)		/* reading goes on, and tells the truth */
		assert_int_equal(is_there(t.db, i), p[i].u.rc == 0);
	d->make_room(d);
	for (int i = 0; i < 60 && db_readonly(t.db); i++)
		usleep(100000);
	assert_false(db_readonly(t.db));
	struct put again;
	prepare(&again, 1, 100000, 200 << 10, &count);
	submit_all(t.db, &again, 1);
	assert_ok(again.u.rc);
	db_close(t.db);
	test_db_reopen(&t);
	for (int64_t i = 0; i < ROUNDS * EACH; i++)
		assert_int_equal(is_there(t.db, i), p[i].u.rc == 0);
	assert_true(is_there(t.db, 100000));
	db_close(t.db);
}

/* cmocka's asserts jump: in the child they must end in exit, not in the parent's next test */
static int in_child(void (*fn)(struct disk *d), struct disk *d)
{
	int status = -1;

	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		fn(d);
		fflush(NULL);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void limited(struct disk *d)
{
	struct rlimit l;

	getrlimit(RLIMIT_FSIZE, &l);
	l.rlim_cur = 3 << 20;
	setrlimit(RLIMIT_FSIZE, &l);
	fill_disk(d);
}

static void a_file_size_limit_in_the_middle_of_a_batch_loses_nothing(void **state)
{
	struct test_db t;
	struct disk d = { .make_room = lift_limit };

	test_db_files(&t, DB_SQLITE);
	d.dir = t.dir;
	assert_int_equal(in_child(limited, &d), 0);
	nftw(t.dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

enum { NO_NAMESPACE = 77 };

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(NO_NAMESPACE);
	close(fd);
}

/* A disk of its own: a tmpfs of 12 MB, 8 of them taken by a file that is deleted later. */
static void on_small_disk(struct disk *d)
{
	char map[64];
	unsigned uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		_exit(NO_NAMESPACE);
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
	if (mount("none", d->dir, "tmpfs", 0, "size=12m") < 0)
		_exit(NO_NAMESPACE);
	snprintf(d->filler, sizeof d->filler, "%.120s/filler", d->dir);
	int fd = open(d->filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || posix_fallocate(fd, 0, 8 << 20) != 0)
		_exit(NO_NAMESPACE);
	close(fd);
	fill_disk(d);
}

static void a_full_disk_in_the_middle_of_a_batch_loses_nothing(void **state)
{
	struct test_db t;
	struct disk d = { .make_room = delete_filler };

	test_db_files(&t, DB_SQLITE);
	d.dir = t.dir;
	int status = in_child(on_small_disk, &d);
	nftw(t.dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_NAMESPACE) {
		print_message("# skipped: no user namespace with a small tmpfs here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* ---- kill -9 ---- */

static void tell(struct unit *u)
{
	struct put *p = u->arg;
	int64_t id = p->id;

	if (u->rc == 0 && write((int)p->size, &id, sizeof id) < 0)
		_exit(3);
	p->done++;
	sem_post(p->count);
}

static int put_small(struct dbc *c, void *arg)
{
	struct put *p = arg;

	TRY(db_exec(c, SQL("INSERT INTO probe (tenant_id, id, body) VALUES ($1, $2, $3)"), VI(5), VI(p->id * 2), VB(S("first"))));
	return db_exec(c, SQL("INSERT INTO probe (tenant_id, id, body) VALUES ($1, $2, $3)"), VI(5), VI(p->id * 2 + 1), VB(S("second")));
}

/* Writes without end, and tells each acknowledged id. */
static void write_for_ever(struct test_db *t, int fd, int64_t id)
{
	static struct put p[32];
	sem_t count;

	sem_init(&count, 0, 0);
	test_db_reopen(t);
	for (;; id += 32) {
		for (int i = 0; i < 32; i++) {
			memset(&p[i], 0, sizeof p[i]);
			p[i].u = (struct unit){ .run = put_small, .arg = &p[i], .tenant = { 5, 0 }, .done = tell };
			p[i].id = id + i;
			p[i].size = (size_t)fd;
			p[i].count = &count;
		}
		submit_all(t->db, p, 32);
	}
}

static int64_t read_acknowledged(int fd, int64_t *list, int64_t most, int64_t wanted)
{
	int64_t n = 0;

	while (n < most && n < wanted && read(fd, &list[n], sizeof *list) == (ssize_t)sizeof *list)
		n++;
	return n;
}

static int64_t count_rows(struct db *db)
{
	AUTO(db_read_done) struct dbc *c = NULL;
	AUTO(rows_done) struct rows *r = NULL;

	assert_ok(db_read(db, 5, 0, &c));
	assert_ok(db_query(c, &r, SQL("SELECT count(*) FROM probe WHERE tenant_id = $1"), VI(5)));
	assert_true(rows_next(r));
	return row_int(r, 0);
}

static void what_was_acknowledged_survives_kill_9(void **state)
{
	enum { MOST = 200000 };
	static int64_t list[MOST];
	struct test_db t;
	int64_t total = 0;

	open_probe(&t);
	db_close(t.db);
	for (int round = 0; round < 12; round++) {
		int pipes[2];
		assert_int_equal(pipe(pipes), 0);
		fflush(NULL);
		pid_t pid = fork();
		if (pid == 0) {
			close(pipes[0]);
			write_for_ever(&t, pipes[1], (round + 1) * 1000000L);
		}
		close(pipes[1]);
		int64_t n = read_acknowledged(pipes[0], list, MOST, 50 + round * 97);
		kill(pid, SIGKILL);
		n += read_acknowledged(pipes[0], list + n, MOST - n, MOST);
		close(pipes[0]);
		waitpid(pid, NULL, 0);
		assert_true(n > 0);
		test_db_reopen(&t);
		for (int64_t i = 0; i < n; i++)
			assert_true(is_there(t.db, list[i] * 2) && is_there(t.db, list[i] * 2 + 1));
		int64_t rows = count_rows(t.db);
		assert_int_equal(rows % 2, 0);		/* whole units only */
		assert_true(rows >= total + 2 * n);
		total = rows;
		db_close(t.db);
	}
	test_db_reopen(&t);
	test_db_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_units_share_a_commit),
		cmocka_unit_test(one_that_fails_takes_no_other_with_it),
		cmocka_unit_test(a_unit_that_waits_for_a_unit_is_refused),
		cmocka_unit_test(a_second_process_is_told),
		cmocka_unit_test(what_is_no_database_is_told),
		cmocka_unit_test(nobody_else_may_read_the_files),
		cmocka_unit_test(a_crowd_of_one_town_does_not_shut_out_another),
		cmocka_unit_test(a_file_size_limit_in_the_middle_of_a_batch_loses_nothing),
		cmocka_unit_test(a_full_disk_in_the_middle_of_a_batch_loses_nothing),
		cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	};
	return cmocka_run_group_tests_name("storage/sqlite_unit", tests, NULL, NULL);
}
