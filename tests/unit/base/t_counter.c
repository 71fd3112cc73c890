#include "unit.h"

#include "base/counter.h"

#include <stdio.h>

static void counts(void **state)
{
	static struct ward_counters c;
	char other[] = "net.packets"; /* the same text elsewhere is the same counter */

	(void)state;
	ward_counters_init(&c);
	assert_int_equal(ward_counter_get(&c, "net.packets"), 0);
	size_t i = ward_counter(&c, "net.packets");

	ward_count(&c, i, 2);
	ward_count_name(&c, other, 3);
	assert_int_equal(ward_counter(&c, other), i);
	assert_int_equal(ward_counter_get(&c, "net.packets"), 5);
	assert_int_equal(c.n, 1);
}

static void as_json(void **state)
{
	static struct ward_counters c;
	char buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_json j = ward_json_on(&w);

	(void)state;
	ward_counters_init(&c);
	ward_count_name(&c, "net.z", 1);
	ward_count_name(&c, "log.lines", 7);
	ward_count_name(&c, "net.a", UINT64_MAX);
	ward_count_name(&c, "net.zero", 0);
	ward_counters_json(&c, "net.", &j);
	assert_text(ward_wr_text(&w), "{\"a\":18446744073709551615,\"z\":1}");
	ward_wr_reset(&w);
	j = ward_json_on(&w);
	ward_counters_json(&c, "", &j);
	assert_text(
		ward_wr_text(&w), "{\"log.lines\":7,\"net.a\":18446744073709551615,\"net.z\":1}");
	ward_wr_reset(&w);
	j = ward_json_on(&w);
	ward_counters_json(&c, "none.", &j);
	assert_text(ward_wr_text(&w), "{}");
}

static void full(void **state)
{
	static struct ward_counters c;
	static char name[WARD_COUNTER_MAX][8];

	(void)state;
	ward_counters_init(&c);
	for (size_t i = 0; i < WARD_COUNTER_MAX; i++) {
		(void)snprintf(name[i], sizeof(name[i]), "c%zu", i);
		assert_int_equal(ward_counter(&c, name[i]), i);
	}
	assert_int_equal(ward_counter(&c, "c511"), 511);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(counts), T(as_json), T(full)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
