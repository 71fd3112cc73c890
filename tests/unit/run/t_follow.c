#include "run/follow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A clock that the test drives: a look after a second lists the folder again. */
static ward_ns now = 1000 * WARD_NS_PER_S;

static ward_ns clock_now(void *ctx)
{
	(void)ctx;
	return now;
}

static const struct ward_clock test_clock = {clock_now, clock_now, NULL};

struct lab {
	char dir[64];
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_positions *positions;
	struct ward_follow *f;
	struct ward_follow_opts o;
	int state;
	char got[4096];
	uint64_t epoch;
	bool live;
};

static void put(struct lab *l, const char *name, const char *text, const char *mode)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, name);
	f = fopen(path, mode);
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void move(struct lab *l, const char *from, const char *to)
{
	char a[256], b[256];

	(void)snprintf(a, sizeof(a), "%s/%s", l->dir, from);
	(void)snprintf(b, sizeof(b), "%s/%s", l->dir, to);
	assert_int_equal(rename(a, b), 0);
}

static void open_follow(struct lab *l, const char *pattern)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, pattern);
	assert_int_equal(ward_positions_open(l->positions, l->state), WARD_OK);
	l->o.positions = l->positions;
	assert_int_equal(ward_follow_new(ward_str_z(path), &l->o, &l->f), WARD_OK);
}

static struct lab *lab_new(const char *pattern)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	(void)snprintf(l->dir, sizeof(l->dir), "/tmp/t_follow.XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	l->positions = calloc(1, sizeof(*l->positions));
	l->state = memfd_create("positions", MFD_CLOEXEC);
	assert_true(l->positions && l->state >= 0);
	l->o = (struct ward_follow_opts){.mem = ward_mem_heap(),
		.lim = &l->lim,
		.clock = &test_clock,
		.counters = &l->counters,
		.source = "s"};
	open_follow(l, pattern);
	return l;
}

static void lab_free(struct lab *l)
{
	DIR *d = opendir(l->dir);
	struct dirent *e;

	ward_follow_free(l->f);
	free(l->positions);
	close(l->state);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0); /* but "." and ".." */
	(void)closedir(d);
	assert_int_equal(rmdir(l->dir), 0);
	free(l);
}

/* All records that there are, each in brackets. */
static const char *take(struct lab *l, bool idle)
{
	struct ward_follow_record r;
	size_t n = 0;

	now += 2 * WARD_NS_PER_S;
	ward_follow_look(l->f);
	l->got[0] = 0;
	while (ward_follow_next(l->f, idle, &r) == WARD_OK) {
		n += (size_t)snprintf(
			l->got + n, sizeof(l->got) - n, "[%.*s]", WARD_STR_ARG(r.text));
		l->epoch = r.epoch;
		l->live = r.live;
	}
	return l->got;
}

static void commit(struct lab *l)
{
	assert_int_equal(ward_follow_commit(l->f, true), WARD_OK);
}

static void restart(struct lab *l, const char *pattern)
{
	ward_follow_free(l->f);
	open_follow(l, pattern);
}

static void test_grows(void **state)
{
	struct lab *l = lab_new("*.log");

	(void)state;
	assert_string_equal(take(l, false), "");
	put(l, "a.log", "one\ntwo", "w"); /* appears later; the second line is not yet whole */
	put(l, "a.txt", "no\n", "w");
	assert_string_equal(take(l, false), "[one]");
	assert_false(l->live);
	put(l, "a.log", " more\n", "a");
	put(l, "b.log", "other\n", "w");
	assert_string_equal(take(l, false), "[two more][other]");
	lab_free(l);
}

static void test_rotated(void **state)
{
	struct lab *l = lab_new("a.log");
	uint64_t first;

	(void)state;
	put(l, "a.log", "one\n", "w");
	assert_string_equal(take(l, false), "[one]");
	first = l->epoch;
	commit(l);
	move(l, "a.log", "a.log.1");
	put(l, "a.log.1", "tail\n", "a");
	put(l, "a.log", "new\n", "w");
	(void)take(l, false);
	assert_non_null(strstr(l->got, "[tail]"));
	assert_non_null(strstr(l->got, "[new]"));
	put(l, "a.log.1", "late\nunfinished", "a");
	assert_string_equal(take(l, false), "[late]");
	now += 10 * WARD_NS_PER_S; /* nobody writes to it any more: its last line is one */
	assert_string_equal(take(l, false), "[unfinished]");
	assert_int_equal(l->epoch, first);
	commit(l);
	assert_int_equal(l->positions->n, 1);
	lab_free(l);
}

static void test_truncated(void **state)
{
	struct lab *l = lab_new("a.log");
	uint64_t first;

	(void)state;
	put(l, "a.log", "one\ntwo\n", "w");
	assert_string_equal(take(l, false), "[one][two]");
	first = l->epoch;
	commit(l);
	put(l, "a.log", "x\n", "w"); /* the same inode, shorter */
	assert_string_equal(take(l, false), "[x]");
	assert_int_not_equal(l->epoch, first);
	commit(l);
	put(l, "a.log", "longer than it was\n", "w"); /* longer, but it begins otherwise */
	assert_string_equal(take(l, false), "[longer than it was]");
	lab_free(l);
}

/* Only what was committed is not read again; and it is read again as the same. */
static void test_restart(void **state)
{
	struct lab *l = lab_new("a.log");
	uint64_t epoch;

	(void)state;
	put(l, "a.log", "one\n", "w");
	assert_string_equal(take(l, false), "[one]");
	commit(l);
	put(l, "a.log", "two\n", "a");
	assert_string_equal(take(l, false), "[two]");
	epoch = l->epoch;
	restart(l, "a.log"); /* as if killed */
	assert_string_equal(take(l, false), "[two]");
	assert_int_equal(l->epoch, epoch);
	ward_follow_rewind(l->f);
	assert_string_equal(take(l, false), "[two]");
	commit(l);
	restart(l, "a.log");
	assert_string_equal(take(l, false), "");
	/* rotated while away */
	ward_follow_free(l->f);
	put(l, "a.log", "three\n", "a");
	move(l, "a.log", "a.log.1");
	put(l, "a.log", "four\n", "w");
	open_follow(l, "a.log");
	(void)take(l, false);
	assert_non_null(strstr(l->got, "[three]"));
	assert_non_null(strstr(l->got, "[four]"));
	assert_null(strstr(l->got, "one"));
	lab_free(l);
}

/* Lines that wait for others are not durable. */
static void test_joined(void **state)
{
	struct lab *l = lab_new("a.log");

	(void)state;
	l->o.multiline = WARD_STR("indent");
	restart(l, "a.log");
	put(l, "a.log", "zero\none\n\tat x\n", "w");
	assert_string_equal(take(l, false), "[zero]");
	commit(l);
	restart(l, "a.log");
	assert_string_equal(take(l, false), "");
	assert_string_equal(take(l, true), "[one\n\tat x]");
	lab_free(l);
}

static void test_not_followed(void **state)
{
	struct lab *l = lab_new("*");
	char path[256];

	(void)state;
	put(l, "a.gz", "\x1f\x8b\x08 packed\n", "w");
	(void)snprintf(path, sizeof(path), "%s/link", l->dir);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	(void)snprintf(path, sizeof(path), "%s/pipe", l->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_string_equal(take(l, true), "");
	lab_free(l);
}

static void test_paths(void **state)
{
	char folder[32];
	struct ward_follow *f;
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_follow_opts o = {
		.mem = ward_mem_heap(), .lim = &lim, .clock = &test_clock, .counters = &counters};

	(void)state;
	ward_limits_default(&lim);
	ward_counters_init(&counters);
	assert_int_equal(ward_follow_folder(WARD_STR("/var/log/a*.log"), folder, 32), WARD_OK);
	assert_string_equal(folder, "/var/log/");
	assert_int_equal(ward_follow_folder(WARD_STR("a.log"), folder, 32), WARD_OK);
	assert_string_equal(folder, ".");
	assert_int_equal(ward_follow_folder(WARD_STR("/var/*/a"), folder, 32), WARD_ERR_CONFIG);
	assert_int_equal(ward_follow_folder(WARD_STR("/var/log/"), folder, 32), WARD_ERR_CONFIG);
	assert_int_equal(
		ward_follow_folder(
			WARD_STR("/very/long/path/of/folders/that/does/not/fit/a"), folder, 32),
		WARD_ERR_CONFIG);
	assert_int_equal(
		ward_follow_new(WARD_STR("/no/such/folder/a"), &o, &f), WARD_ERR_NOT_FOUND);
}

/* A torn write leaves the positions before it. */
static void test_torn(void **state)
{
	struct ward_positions *p = calloc(1, sizeof(*p)), *q = calloc(1, sizeof(*q));
	int fd = memfd_create("positions", MFD_CLOEXEC);

	(void)state;
	assert_true(p && q && fd >= 0);
	assert_int_equal(ward_positions_open(p, fd), WARD_OK);
	assert_int_equal(p->n, 0);
	struct ward_position *at = ward_positions_add(p);

	(void)snprintf(at->source, sizeof(at->source), "s");
	at->off = 1;
	assert_int_equal(ward_positions_save(p), WARD_OK);
	p->at[0].off = 2;
	assert_int_equal(ward_positions_save(p), WARD_OK);
	assert_int_equal(ward_positions_open(q, fd), WARD_OK);
	assert_int_equal(q->n, 1);
	assert_int_equal(q->at[0].off, 2);
	/* the second copy, turn 2, stands first in the file */
	assert_int_equal(pwrite(fd, "xxxxxxxxxxxxxxxxxxxx", 20, 44), 20);
	assert_int_equal(ward_positions_open(q, fd), WARD_OK);
	assert_int_equal(q->n, 1);
	assert_int_equal(q->at[0].off, 1);
	assert_int_equal(ftruncate(fd, 3), 0);
	assert_int_equal(ward_positions_open(q, fd), WARD_OK);
	assert_int_equal(q->n, 0);
	for (size_t i = 0; i <= WARD_POSITIONS_MAX; i++)
		ward_positions_add(q)->off = i;
	assert_int_equal(q->n, WARD_POSITIONS_MAX);
	assert_int_equal(q->at[0].off, 1);
	close(fd);
	free(p);
	free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_rotated),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_not_followed),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
