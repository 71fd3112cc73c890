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
	ward_ns keep;
};

static void open_again(struct test *t)
{
	const struct ward_ship_opts o = {.dir = t->dir,
		.bytes = WARD_SHIP_LEAST,
		.keep = t->keep,
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

	t = (struct test){.keep = 3600 * WARD_NS_PER_S};
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

/* What came of a cut: events that arrived, each once and in order, and how many are told as lost.
 */
struct arrived {
	unsigned n_door, n_flow, next_door, next_flow;
	uint64_t n_lost;
};

/* The number behind a key; false: it is not there. */
static bool number_of(struct ward_str line, const char *key, uint64_t *ret)
{
	size_t at = ward_str_find(line, ward_str_z(key));

	if (at == SIZE_MAX)
		return false;
	struct ward_str rest = ward_str_sub(line, at + strlen(key), SIZE_MAX);
	size_t n = 0;

	while (n < rest.len && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	return ward_str_u64(ward_str_sub(rest, 0, n), ret);
}

static void take_all(struct test *t, struct arrived *a)
{
	struct ward_str got;

	while (ward_ship_next(t->s, 1000, 90 << 10, &got) == WARD_OK) {
		while (got.len) {
			struct ward_str one = ward_str_cut(&got, '\n');
			bool door = holds(one, "door.held");
			unsigned *next = door ? &a->next_door : &a->next_flow;
			uint64_t n;

			if (holds(one, "ward.loss")) {
				assert_true(number_of(one, "\"lost\":", &n));
				a->n_lost += n;
				continue;
			}
			assert_true(number_of(one, "\"n\":", &n));
			assert_true(n >= *next); /* in order, and none twice */
			*next = (unsigned)n + 1;
			*(door ? &a->n_door : &a->n_flow) += 1;
		}
		assert_int_equal(ward_ship_arrived(t->s), WARD_OK);
	}
}

/* A door each minute and three flows, for so many hours in which nothing is sent; every four hours
 * the machine is started anew. */
static void hours_without_the_other_side(
	struct test *t, unsigned hours, unsigned *n, unsigned *n_flow)
{
	for (unsigned minute = 0; minute < hours * 60; minute++) {
		put(t, "door.held", (*n)++);
		for (int i = 0; i < 3; i++)
			assert_int_equal(
				ward_ship_put(t->s, line("net.flow", (*n_flow)++, 900)), WARD_OK);
		assert_int_equal(ward_ship_commit(t->s), WARD_OK);
		t->clock.at += 60 * WARD_NS_PER_S;
		if (minute % 5 == 0)
			assert_int_equal(ward_ship_maintain(t->s), WARD_OK);
		if (minute % 240 == 239)
			open_again(t);
	}
}

static void keeps_seventy_two_hours(void **state)
{
	struct test *t = *state;
	struct arrived a = {0};
	unsigned n = 0, n_flow = 0;

	t->keep = 72 * 3600 * WARD_NS_PER_S;
	open_again(t);
	hours_without_the_other_side(t, 71, &n, &n_flow);
	take_all(t, &a);
	/* more than the quota: every door, and of the flows those that had room; the rest is told
	 */
	assert_int_equal(a.n_door, n);
	assert_true(a.n_flow > 5000 && a.n_flow < n_flow);
	assert_int_equal(a.n_flow + a.n_lost, n_flow);
	assert_int_equal(counts(t).waiting, 0);
	/* and on from there, as if nothing had been */
	hours_without_the_other_side(t, 1, &n, &n_flow);
	take_all(t, &a);
	assert_int_equal(a.n_door, n);
	assert_int_equal(a.n_flow + a.n_lost, n_flow);

	/* longer than that: what is older is passed over, and told */
	hours_without_the_other_side(t, 80, &n, &n_flow);
	a.n_lost = 0;
	unsigned before = a.n_door;

	take_all(t, &a);
	assert_int_equal(a.next_door, n);
	assert_in_range(n - a.n_door, 8 * 60 - 1, 8 * 60 + 1);
	assert_true(a.n_door - before >= 72 * 60 - 1);
	assert_true(a.n_lost >= 8 * 60 - 1);
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
		EACH(keeps_seventy_two_hours),
		EACH(takes_nothing_but_events),
		EACH(has_one_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
