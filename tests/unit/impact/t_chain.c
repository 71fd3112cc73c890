/* The chain that is told has times of its own: no told cause comes after its effect by them, they
 * are those of the likeliest way, and where another way is sooner that is said. On the pilot. */
#include "../model/lab.h"
#include "impact/write.h"
#include "impact/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct world {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_engine *e;
};

static const char *below(const char *what)
{
	static char path[4][4096];
	static unsigned at;
	const char *root = getenv("WARD_SOURCE_ROOT");

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/%s", root ? root : ".", what);
	return path[at];
}

static void open_pilot(struct world *x)
{
	const struct ward_mem *mem = ward_mem_heap();

	*x = (struct world){0};
	ward_limits_default(&x->lim);
	ward_diag_init(&x->d, mem);
	assert_int_equal(ward_model_load(below("pilots/turin"), below("content"), &x->lim, mem,
				 &x->d, &x->m),
		WARD_OK);
	assert_int_equal(
		ward_rules_load(below("content/propagation"), x->m, &x->lim, mem, &x->d, &x->r),
		WARD_OK);
	assert_int_equal(ward_engine_new(x->m, x->r, &x->lim, mem, &x->e), WARD_OK);
}

static void close_pilot(struct world *x)
{
	ward_engine_free(x->e);
	ward_rules_free(x->r);
	ward_model_free(x->m);
	ward_diag_fini(&x->d);
}

static bool loops(const struct ward_routes *f)
{
	for (size_t i = 0; i < f->route[0].n_step; i++)
		if (f->step[f->route[0].step + i].loop)
			return true;
	return false;
}

/* What is told of one impact; true if another way is sooner. */
static bool look(const struct world *x, const struct ward_impacts *all, size_t i)
{
	const struct ward_impact *it = &all->item[i], *by = &all->item[it->parent];
	char text[8192], json[WARD_IMPACT_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_wr j = ward_wr_fixed(json, sizeof(json));

	assert_true(it->chain_expected >= it->expected);
	assert_true(it->chain_earliest >= it->earliest);
	assert_true(it->chain_expected >= it->chain_earliest);
	assert_true(it->chain_expected >= by->chain_expected);
	assert_true(it->chain_earliest >= by->chain_earliest);
	ward_impact_write_text(all, i, x->m, NULL, &w);
	ward_impact_write_json(all, i, x->r, x->m, NULL, &j);
	assert_false(ward_wr_bad(&w) || ward_wr_bad(&j));
	assert_int_equal(
		ward_str_find(ward_wr_text(&w), WARD_STR("another way is sooner")) != SIZE_MAX,
		ward_impact_has_sooner(it));
	assert_int_equal(ward_str_find(ward_wr_text(&j), WARD_STR("\"by_chain\":{")) != SIZE_MAX,
		it->chain_expected != it->expected || it->chain_earliest != it->earliest);
	return ward_impact_has_sooner(it);
}

static void told_times_are_the_chains(void **state)
{
	static const char *const incident[][2] = {{"esx-1", "malware.ransomware"},
		{"net-bms", "net.unknown-device"}, {"switchgear-emergency", "outage"},
		{"net-it", "net.lateral-movement"}, {"mail", "mail.phishing"},
		{"ahu-05", "bms.command"}, {"a1-theatre-1", "fire.fire"}};
	struct world x;
	size_t sooner = 0, late = 0, ways = 0;

	(void)state;
	open_pilot(&x);
	for (size_t k = 0; k < WARD_ARRAY_LEN(incident); k++) {
		struct ward_seed_threat seed = {ward_model_find(x.m, ward_str_z(incident[k][0])),
			ward_threats_find(ward_model_threats(x.m), ward_str_z(incident[k][1])), 0,
			1000000, 1000000};
		struct ward_impacts all;
		struct ward_router *router;

		if (seed.asset == WARD_NONE || seed.threat == WARD_NONE)
			fail_msg("%s: not in the pilot", incident[k][0]);
		assert_int_equal(ward_engine_run(x.e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
		assert_int_equal(ward_router_new(x.e, &all, &router), WARD_OK);
		for (size_t i = 0; i < all.n; i++) {
			const struct ward_impact *it = &all.item[i];
			const struct ward_routes *f;

			sooner += look(&x, &all, i);
			late += all.item[it->parent].expected > it->expected;
			if (i % 7)
				continue;
			assert_int_equal(ward_router_find(router, i, 1, &f), WARD_OK);
			if (loops(f))
				continue;
			ways++;
			assert_int_equal(f->route[0].expected, it->chain_expected);
			assert_int_equal(f->route[0].earliest, it->chain_earliest);
		}
		ward_router_free(router);
	}
	/* The pilot has such impacts: told causes that the soonest time would put after. */
	assert_true(sooner > 0 && late > 0 && ways > 100);
	close_pilot(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(told_times_are_the_chains)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
