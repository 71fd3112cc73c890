/* The spool of a sensor elsewhere: in order, over being opened anew, within its quota, with what is
 * lost told. */
#include "ship/spool.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH = 64, LINE = 4096 };

struct test {
	char dir[PATH];
	struct ward_clock_fake clock;
	struct ward_ship *s;
};

static void open_again(struct test *t)
{
	const struct ward_ship_opts o = {.dir = t->dir,
		.bytes = WARD_SHIP_LEAST,
		.keep = 3600 * WARD_NS_PER_S,
		.mem = ward_mem_heap(),
		.clock = &t->clock.clock};
	char why[WARD_SHIP_WHY];

	ward_ship_close(t->s);
	t->s = NULL;
	assert_int_equal(ward_ship_open(&o, why, &t->s), WARD_OK);
}

static int begin(void **state)
{
	static struct test t;

	t = (struct test){.s = NULL};
	ward_clock_fake_init(&t.clock, 1773281400 * WARD_NS_PER_S);
	(void)snprintf(t.dir, sizeof(t.dir), "/tmp/ward-spool-XXXXXX");
	if (!mkdtemp(t.dir))
		return -1;
	open_again(&t);
	*state = &t;
	return 0;
}

static int gone(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int end(void **state)
{
	struct test *t = *state;

	ward_ship_close(t->s);
	return nftw(t->dir, gone, 16, FTW_DEPTH | FTW_PHYS);
}

static struct ward_str line(const char *class, unsigned n, size_t len)
{
	static char text[LINE];
	int at = snprintf(text, sizeof(text),
		"{\"kind\":\"event\",\"time\":\"2026-03-12T02:10:00Z\",\"source\":\"net\","
		"\"class\":\"%s\","
		"\"fields\":{\"n\":%u,\"x\":\"",
		class, n);

	while ((size_t)at + 3 < len && at + 4 < LINE)
		text[at++] = 'x';
	memcpy(text + at, "\"}}", 4);
	return ward_str_z(text);
}

static void put(struct test *t, const char *class, unsigned n)
{
	assert_int_equal(ward_ship_put(t->s, line(class, n, 0)), WARD_OK);
}

static bool holds(struct ward_str lines, const char *part)
{
	return ward_str_find(lines, ward_str_z(part)) != SIZE_MAX;
}

static struct ward_ship_counts counts(const struct test *t)
{
	struct ward_ship_counts n;

	ward_ship_count(t->s, &n);
	return n;
}

static void gives_them_in_order_until_they_arrived(void **state)
{
	struct test *t = *state;
	struct ward_str got, again;

	put(t, "door.held", 1);
	put(t, "net.flow", 2);
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &got), WARD_ERR_AGAIN); /* not committed */
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	put(t, "door.held", 3);
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	assert_int_equal(ward_ship_next(t->s, 2, LINE, &got), WARD_OK);
	assert_true(
		ward_str_find(got, WARD_STR("\"n\":1")) < ward_str_find(got, WARD_STR("\"n\":2")));
	assert_false(holds(got, "\"n\":3"));
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &again), WARD_OK);
	assert_true(ward_str_eq(got, again)); /* not said to have arrived: the same */
	assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	assert_int_equal(counts(t).waiting, 1);
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &got), WARD_OK);
	assert_true(holds(got, "\"n\":3") && !holds(got, "\"n\":2"));
	assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &got), WARD_ERR_AGAIN);
	assert_int_equal(counts(t).waiting, 0);
}

static void is_there_when_opened_anew(void **state)
{
	struct test *t = *state;
	struct ward_str got;

	for (unsigned i = 0; i < 5; i++)
		put(t, "door.held", i);
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	assert_int_equal(ward_ship_next(t->s, 2, LINE, &got), WARD_OK);
	assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	assert_int_equal(ward_ship_next(t->s, 2, LINE, &got), WARD_OK); /* on its way: not known */
	open_again(t);
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &got), WARD_OK);
	assert_true(holds(got, "\"n\":2") && holds(got, "\"n\":4") && !holds(got, "\"n\":1"));
	/* by bytes: what has no room comes with the next, and nothing is left out */
	open_again(t);
	for (unsigned i = 2; i < 5; i++) {
		char want[16];

		(void)snprintf(want, sizeof(want), "\"n\":%u", i);
		assert_int_equal(ward_ship_next(t->s, 10, 150, &got), WARD_OK);
		assert_true(holds(got, want));
		assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	}
}

/* Flows give way to doors; how many were lost is told. */
static void sheds_what_may_be_shed(void **state)
{
	struct test *t = *state;
	struct ward_str got;
	unsigned n = 0, n_door = 0;
	bool told = false;

	while (!counts(t).shed && n < 10000)
		assert_int_equal(ward_ship_put(t->s, line("net.flow", n++, 4000)), WARD_OK);
	assert_true(n > 1000 && n < 2000); /* seven tenths of 8 MiB */
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(ward_ship_put(t->s, line("net.flow", n++, 4000)), WARD_OK);
	assert_int_equal(counts(t).shed, 10);
	while (ward_ship_put(t->s, line("door.held", n_door, 4000)) == WARD_OK)
		n_door++;
	assert_true(n_door > 300);
	assert_int_equal(ward_ship_put(t->s, line("door.held", n_door, 4000)), WARD_ERR_FULL);
	assert_int_equal(counts(t).shed, 10); /* no door is */
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	while (ward_ship_next(t->s, 1000, 90 << 10, &got) == WARD_OK) {
		told |= holds(got, "\"class\":\"ward.loss\"") && holds(got, "\"lost\":10");
		assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	}
	assert_true(told);
	t->clock.at += 120 * WARD_NS_PER_S; /* what arrived is let go of, and there is room again */
	assert_int_equal(ward_ship_maintain(t->s), WARD_OK);
	t->clock.at += 120 * WARD_NS_PER_S;
	assert_int_equal(ward_ship_maintain(t->s), WARD_OK);
	assert_int_equal(ward_ship_put(t->s, line("door.held", n_door, 4000)), WARD_OK);
}

/* Also when nothing comes any more; and while nothing is sent, a trickle costs no more than it is.
 */
static void tells_what_was_shed_at_the_end(void **state)
{
	struct test *t = *state;
	struct ward_str got;
	unsigned n = 0;
	bool told = false;

	for (unsigned i = 0; i < 100; i++) {
		put(t, "net.flow", n++);
		assert_int_equal(ward_ship_commit(t->s), WARD_OK);
		t->clock.at += 6 * WARD_NS_PER_S;
		assert_int_equal(ward_ship_maintain(t->s), WARD_OK);
	}
	while (!counts(t).shed && n < 10000)
		assert_int_equal(ward_ship_put(t->s, line("net.flow", n++, 4000)), WARD_OK);
	assert_true(n > 1100); /* as much as without the trickle */
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	while (ward_ship_next(t->s, 1000, 90 << 10, &got) == WARD_OK) {
		told |= holds(got, "\"class\":\"ward.loss\"") && holds(got, "\"lost\":1,");
		assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	}
	assert_true(told);
}

static void passes_over_what_waited_too_long(void **state)
{
	struct test *t = *state;
	struct ward_str got;

	put(t, "door.held", 1);
	put(t, "door.held", 2);
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	t->clock.at += 3601 * WARD_NS_PER_S;
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &got), WARD_OK);
	assert_true(holds(got, "\"class\":\"ward.loss\"") && holds(got, "\"lost\":2"));
	assert_true(holds(got, "waited in a sensor's spool for too long"));
	assert_false(holds(got, "door.held"));
	assert_int_equal(counts(t).late, 2);
}

static void takes_nothing_but_events(void **state)
{
	static const char *const foreign[] = {"", "x", "{}",
		"{\"kind\":\"incident\",\"class\":\"x\"}", "{\"kind\":\"event\"",
		"{\"kind\":\"event\"}", "{\"kind\":\"event\",\"class\":\"x}",
		"{\"kind\":\"event\",\"class\":\"x\",\"fields\":{\"a\":1}", /* torn, at a bracket */
		"{\"kind\":\"event\",\"class\":\"x\"}}", "{\"kind\":\"event\",\"class\":\"x\"}{}"};
	struct test *t = *state;
	struct ward_str got;

	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		assert_int_equal(ward_ship_put(t->s, ward_str_z(foreign[i])), WARD_OK);
	assert_int_equal(counts(t).foreign, sizeof(foreign) / sizeof(*foreign));
	assert_int_equal(ward_ship_commit(t->s), WARD_OK);
	assert_int_equal(ward_ship_next(t->s, 10, LINE, &got), WARD_ERR_AGAIN);
}

static void has_one_owner(void **state)
{
	struct test *t = *state;
	const struct ward_ship_opts o = {.dir = t->dir,
		.bytes = WARD_SHIP_LEAST,
		.mem = ward_mem_heap(),
		.clock = &t->clock.clock};
	struct ward_ship_opts small = o;
	char why[WARD_SHIP_WHY];
	struct ward_ship *other;

	assert_int_equal(ward_ship_open(&o, why, &other), WARD_ERR_AGAIN);
	assert_non_null(strstr(why, "another process"));
	small.bytes = WARD_SHIP_LEAST - 1;
	assert_int_equal(ward_ship_open(&small, why, &other), WARD_ERR_CONFIG);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		EACH(gives_them_in_order_until_they_arrived),
		EACH(is_there_when_opened_anew),
		EACH(sheds_what_may_be_shed),
		EACH(tells_what_was_shed_at_the_end),
		EACH(passes_over_what_waited_too_long),
		EACH(takes_nothing_but_events),
		EACH(has_one_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
