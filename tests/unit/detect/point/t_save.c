/* Killed at any event and begun again from what was saved, the same is said as would have been. */
#include "watch_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const char rows[] =
	"id,asset,low,high,confirm,rate,stuck,noise,drift,mean,peer,tolerance,actor,relation\n"
	"a,ahu-1,5,80,20s,60/40s,60s,3,30/100s,50,b,40,30s,\n"
	"b,or-1,5,95,3s,,,,,,,,,if a > 70 then > 40 within 9s\n";

static const char kinds[] = "commands: [net.bacnet.write_property]\npoints: []\n";

static void again(struct plant *p)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       w2 = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_watch_save(p->watch, &w);
	assert_false(ward_wr_bad(&w));
	plant_again(p);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_watch_load(p->watch, &r), WARD_OK);
	ward_watch_save(p->watch, &w2);
	assert_int_equal(w2.len, w.len);
	assert_memory_equal(w2.p, w.p, w.len);
	ward_wr_fini(&w);
	ward_wr_fini(&w2);
}

/* One chain of events; killed before number `at`. */
static void play(struct plant *p, unsigned at)
{
	uint64_t s = 42;

	for (unsigned i = 0; i < 150; i++) {
		char value[24];

		s = s * 6364136223846793005u + 1442695040888963407u;
		if (i == at)
			again(p);
		/* Now wild, now still. */
		(void)snprintf(value, sizeof(value), "value=%u",
			i / 25 % 2 ? 82 + (unsigned)(s >> 60) / 8 : (unsigned)(s >> 40) % 100);
		plant_event(p, i, (int64_t)i * 5000,
			s >> 50 & 15 ? "field.point" : "net.bacnet.write_property",
			s >> 51 & 1 ? "point=a" : "point=b", value, "ward.peer_asset=ahu-1", NULL);
	}
	plant_tick(p, 10000);
}

static void killed(void **state)
{
	struct plant *whole = plant_new(rows, kinds);

	(void)state;
	play(whole, UINT32_MAX);
	assert_true(whole->n_said > 12);
	assert_true(plant_says(whole, "point.stuck a on") && plant_says(whole, "point.drift a") &&
		    plant_says(whole, "point.unexplained"));
	for (unsigned at = 0; at < 150; at++) {
		struct plant *p = plant_new(rows, kinds);

		play(p, at);
		assert_int_equal(p->n_said, whole->n_said);
		for (size_t i = 0; i < p->n_said; i++) {
			assert_string_equal(p->said[i].line, whole->said[i].line);
			assert_true(ward_id_eq(p->said[i].id, whole->said[i].id));
		}
		plant_free(p);
	}
	plant_free(whole);
}

/* A row that says another thing now begins anew; the others go on. */
static void changed(void **state)
{
	struct plant *p = plant_new("id,asset,high,confirm\na,or-1,80,60s\nb,or-1,80,60s\n", ""),
		     *q;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	plant_value(p, 0, "a", "90");
	plant_value(p, 0, "b", "90");
	plant_tick(p, 30);
	ward_watch_save(p->watch, &w);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	q = plant_new("id,asset,high,confirm\nb,or-1,80,60s\na,or-1,85,60s\n", "");
	assert_int_equal(ward_watch_load(q->watch, &r), WARD_OK);
	assert_int_equal(ward_watch_stats(q->watch).n_dropped, 1);
	plant_tick(q, 100);
	assert_int_equal(q->n_said, 1);
	assert_int_equal(plant_says(q, "point.range b high"), 1);
	ward_wr_fini(&w);
	plant_free(p);
	plant_free(q);
}

/* Each prefix is refused, each flipped byte is refused or makes a watch that goes on. */
static void broken(void **state)
{
	struct plant *p = plant_new(rows, kinds);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	plant_value(p, 0, "a", "90");
	plant_value(p, 1, "b", "50");
	plant_event(p, 99, 2000, "net.bacnet.write_property", "ward.peer_asset=ahu-1", NULL);
	plant_tick(p, 12);
	plant_value(p, 8, "a", "91");
	ward_watch_save(p->watch, &w);
	for (size_t n = 0; n < w.len; n++) {
		struct ward_rd r = ward_rd_from(w.p, n);

		plant_again(p);
		assert_int_not_equal(ward_watch_load(p->watch, &r), WARD_OK);
	}
	for (size_t n = 0; n < w.len; n++) {
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

		w.p[n] ^= 0x55;
		plant_again(p);
		if (ward_watch_load(p->watch, &r) == WARD_OK)
			plant_end(p);
		w.p[n] ^= 0x55;
	}
	ward_wr_fini(&w);
	plant_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed), cmocka_unit_test(changed), cmocka_unit_test(broken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
