/* Killed at any event and begun again from what was saved, doors say what they would have said. */
#include "door_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void again(struct house *h)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       w2 = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_doors_save(h->doors, &w);
	assert_false(ward_wr_bad(&w));
	house_again(h);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_doors_load(h->doors, &r), WARD_OK);
	ward_doors_save(h->doors, &w2);
	assert_int_equal(w2.len, w.len);
	assert_memory_equal(w2.p, w.p, w.len);
	ward_wr_fini(&w);
	ward_wr_fini(&w2);
}

/* One chain of events; killed before number `at`. */
static void play(struct house *h, unsigned at)
{
	static const char *const class[] = {"door.granted", "door.exit", "door.opened",
		"door.closed", "door.opened", "video.count", "door.granted"};
	uint64_t s = 42;

	for (unsigned i = 0; i < 120; i++) {
		s = s * 6364136223846793005u + 1442695040888963407u;
		if (i == at)
			again(h);
		tell(h, (int64_t)i * 7000 + (int64_t)(s >> 60) * 100,
			class[(s >> 33) % WARD_ARRAY_LEN(class)],
			s >> 50 & 1 ? "door=D-1" : "door=D-2", "direction=in", "persons=1",
			s >> 51 & 1 ? "x=y" : "state=off",
			s >> 50 & 1 ? "ward.door=d-1" : "ward.door=d-2",
			s >> 52 & 1 ? "badge=p-one" : "badge=p-two", NULL);
	}
	tick(h, INT64_MAX);
}

/* A door without a contact: badges and counts agree, it is not heard for a while, and somebody is
 * counted who did not badge. Killed before any of that. */
static void play_counts(struct house *h, unsigned at)
{
	static const char *const class[] = {"door.granted", "video.count"};

	for (unsigned i = 0; i < 14; i++) {
		if (i == at)
			again(h);
		tell(h, (int64_t)(i / 2) * 60000 + i % 2 * 3000,
			i == 10   ? "field.offline"
			: i == 11 ? "door.fault"
			: i == 12 ? "door.granted"
				  : class[i % 2],
			"door=D-1", "direction=in", "persons=1", "ward.door=d-1", "ward.asset=d-1",
			i == 11 ? "state=off" : "badge=p-one", NULL);
	}
	tell(h, 600000, "video.count", "door=D-1", "direction=in", "persons=1", "ward.door=d-1",
		NULL);
	tick(h, INT64_MAX);
}

static void kill_each(void (*what)(struct house *, unsigned), unsigned n, size_t least)
{
	struct house *whole = house_new(NULL);

	what(whole, UINT32_MAX);
	assert_true(whole->n_said >= least);
	for (unsigned at = 0; at < n; at++) {
		struct house *h = house_new(NULL);

		what(h, at);
		assert_int_equal(h->n_said, whole->n_said);
		for (size_t i = 0; i < h->n_said; i++) {
			assert_string_equal(h->said[i], whole->said[i]);
			assert_true(ward_id_eq(h->id[i], whole->id[i]));
		}
		house_free(h);
	}
	house_free(whole);
}

static void t_killed(void **state)
{
	(void)state;
	kill_each(play, 120, 6);
	kill_each(play_counts, 14, 1);
}

/* Each prefix and each flipped byte is refused or makes doors that go on. */
static void t_broken(void **state)
{
	struct house *h = house_new(NULL);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	tell(h, 0, "door.granted", "door=D-1", "ward.door=d-1", "badge=p-one", NULL);
	tell(h, 1000, "door.opened", "door=D-1", NULL);
	tell(h, 30000, "door.tamper", "door=D-2", NULL);
	tell(h, 31000, "door.granted", "door=D-1", "ward.door=d-1", "badge=p-two", NULL);
	ward_doors_save(h->doors, &w);
	for (size_t n = 0; n < w.len; n++) {
		uint8_t *copy = malloc(n ? n : 1);
		struct ward_rd r = ward_rd_from(copy, n);

		assert_non_null(copy);
		memcpy(copy, w.p, n);
		house_again(h);
		assert_int_not_equal(ward_doors_load(h->doors, &r), WARD_OK);
		free(copy);
	}
	h->quiet = true;
	for (size_t n = 0; n < w.len; n++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct ward_rd r = ward_rd_from(w.p, w.len);

			w.p[n] ^= (uint8_t)(1u << bit);
			house_again(h);
			if (ward_doors_load(h->doors, &r) == WARD_OK)
				tick(h, INT64_MAX);
			w.p[n] ^= (uint8_t)(1u << bit);
		}
	ward_wr_fini(&w);
	house_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_killed),
		cmocka_unit_test(t_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
