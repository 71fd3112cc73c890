/* In which order things are brought back, asked of records of incidents: of all of them together,
 * once for each of their revisions. */
#include "crisis/back.h"
#include "run/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 64 << 20 };

#define THREAT(asset, threat)                           \
	"{\"asset\":\"" asset "\",\"threat\":\"" threat \
	"\",\"since\":\"2026-03-12T02:15:10Z\",\"likelihood\":[0.6,0.95]}"

static struct {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_model *m;
	struct ward_cell cell;
} house;

static ward_ns now;

static struct ward_back_incident incident(unsigned n, uint32_t revision, const char *json)
{
	struct ward_back_incident in = {
		.revision = revision, .first = now, .json = ward_str_z(json)};

	in.id.b[0] = (uint8_t)n;
	return in;
}

static bool has(const struct ward_back *b, const char *asset)
{
	uint32_t node = ward_model_find(house.m, ward_str_z(asset));

	return ward_recover_has(&b->plan, node);
}

static void plans_for_all_that_is_open(void **state)
{
	struct ward_back *b = &house.cell.back;
	struct ward_back_incident in[2] = {
		incident(1, 1, "{\"threats\":[" THREAT("ahu-05", "bms.command") "]}"),
		incident(2, 1,
			"{\"threats\":[" THREAT("ahu-05", "bms.command") "," THREAT(
				"au-plant", "access.forced-door") "]}")};

	(void)state;
	assert_int_equal(ward_back_find(b, NULL, 0, now), WARD_OK);
	assert_false(b->known);
	b->took = 0; /* as if it had taken no time: it may be asked again at once */
	assert_int_equal(ward_back_find(b, in, 1, now), WARD_OK);
	assert_true(b->known);
	assert_int_equal(b->n_seed, 1);
	assert_true(has(b, "ahu-05") && !has(b, "au-plant"));
	b->took = 0;
	assert_int_equal(ward_back_find(b, in, 2, now), WARD_OK);
	assert_int_equal(b->n_seed, 2); /* what both say counts once */
	assert_true(has(b, "ahu-05") && has(b, "au-plant"));
}

/* Long records, of as many incidents as a bad night has, keep nobody from a plan. */
static void plans_for_many_long_records(void **state)
{
	struct ward_back *b = &house.cell.back;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_back_incident in[64];

	(void)state;
	ward_wr_z(&w, "{\"members\":[");
	for (unsigned i = 0; i < 5000; i++)
		ward_wr_z(&w, "0,");
	ward_wr_z(&w, "0],\"threats\":[" THREAT("ahu-05", "bms.command") "]}");
	for (unsigned i = 0; i < WARD_ARRAY_LEN(in); i++) {
		in[i] = incident(100 + i, 1, "");
		in[i].json = ward_wr_text(&w);
	}
	b->took = 0;
	assert_int_equal(ward_back_find(b, in, WARD_ARRAY_LEN(in), now), WARD_OK);
	assert_true(b->known && has(b, "ahu-05"));
	ward_wr_fini(&w);
}

/* The same revisions cost nothing; others wait for twenty times what the last plan took. */
static void asks_no_more_than_it_must(void **state)
{
	struct ward_back *b = &house.cell.back;
	struct ward_back_incident in =
		incident(3, 1, "{\"threats\":[" THREAT("ahu-05", "bms.command") "]}");

	(void)state;
	b->took = 0;
	assert_int_equal(ward_back_find(b, &in, 1, now), WARD_OK);
	assert_int_equal(b->at, now);
	assert_int_equal(ward_back_find(b, &in, 1, now + 1), WARD_OK);
	assert_int_equal(b->at, now);
	b->took = 3600 * WARD_NS_PER_S;
	in.revision = 2;
	assert_int_equal(ward_back_find(b, &in, 1, now + 2), WARD_OK);
	assert_int_equal(b->at, now);
	b->took = 0;
	assert_int_equal(ward_back_find(b, &in, 1, now + 3), WARD_OK);
	assert_int_equal(b->at, now + 3);
}

/* Records are not trusted: what can't be of them is left out. */
static void doubts(void **state)
{
	static const char *const bad[] = {"", "[", "{}", "{\"threats\":7}", "{\"threats\":[7,[]]}",
		"{\"threats\":[" THREAT("nothing", "bms.command") "]}",
		"{\"threats\":[" THREAT("ahu-05", "nothing") "]}",
		"{\"threats\":[{\"asset\":\"ahu-05\",\"threat\":\"bms.command\",\"since\":\"soon\"}"
		"]}",
		"{\"threats\":[{\"asset\":\"ahu-05\",\"threat\":\"bms.command\",\"since\":"
		"\"2026-03-12T02:15:10Z\",\"likelihood\":[0.9,0.1]}]}"};
	struct ward_back *b = &house.cell.back;

	(void)state;
	for (unsigned i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_back_incident in = incident(10 + i, 1, bad[i]);

		b->took = 0;
		assert_int_equal(ward_back_find(b, &in, 1, now), WARD_OK);
		assert_false(b->known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plans_for_all_that_is_open),
		cmocka_unit_test(plans_for_many_long_records),
		cmocka_unit_test(asks_no_more_than_it_must), cmocka_unit_test(doubts)};
	const char *root = getenv("WARD_SOURCE_ROOT");
	char turin[4096], content[4096];

	if (!root)
		return 77;
	(void)snprintf(turin, sizeof(turin), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	ward_limits_default(&house.lim);
	ward_diag_init(&house.diag, ward_mem_heap());
	ward_arena_init(&house.arena, ward_mem_heap(), ARENA);
	if (ward_time_parse(WARD_STR("2026-03-12T03:00:00Z"), &now) != WARD_OK ||
		ward_model_load(turin, content, &house.lim, ward_mem_heap(), &house.diag,
			&house.m) != WARD_OK)
		return 1;
	const struct ward_cell_in in = {
		turin, content, house.m, &house.lim, ward_clock_system(), &house.arena};

	if (ward_cell_load(&in, &house.cell) != WARD_OK || !house.cell.is.back)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ward_cell_free(&house.cell);
	ward_model_free(house.m);
	ward_arena_fini(&house.arena);
	ward_diag_fini(&house.diag);
	return failed;
}
