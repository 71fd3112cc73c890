/* Looking into a journal whose writer goes on. */
#include "journal/look.h"

#include "../journal/simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SEGMENT = 8192, RECORD = 900 };

struct world {
	struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_journal *j;
	struct ward_look *l;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ward_limits limits;

	assert_non_null(w);
	sim_init(&w->disk, 7);
	ward_clock_fake_init(&w->clock, WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&w->opt, &limits);
	w->opt.segment_bytes = SEGMENT;
	w->opt.total_bytes = w->opt.source_bytes = 40 * SEGMENT;
	w->opt.seed = 1;
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &w->j),
		WARD_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	ward_look_close(w->l);
	ward_journal_close(w->j);
	assert_int_equal(w->disk.n_open, 0);
	sim_fini(&w->disk);
	free(w);
	return 0;
}

/* n commits of three records, in two lanes. */
static void put(struct world *w, size_t n)
{
	static const uint8_t bytes[RECORD];
	struct ward_record r[3] = {{.lane = WARD_LANE_TELEMETRY}, {.lane = WARD_LANE_EVIDENCE},
		{.lane = WARD_LANE_TELEMETRY}};
	uint64_t seq;

	for (size_t i = 0; i < 3; i++)
		r[i].data = ward_slice_of(bytes, RECORD);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ward_journal_append(w->j, r, 3, &seq), WARD_OK);
		assert_int_equal(ward_journal_commit(w->j), WARD_OK);
	}
}

static void begin(struct world *w, bool newest_first)
{
	ward_look_close(w->l);
	w->l = NULL;
	assert_int_equal(ward_look_open(&w->disk.io, ward_mem_heap(), &w->l), WARD_OK);
	ward_look_start(w->l, newest_first, (struct ward_look_watch){NULL, NULL, NULL});
}

static void both_ways(void **state)
{
	struct world *w = *state;
	struct ward_record r;

	put(w, 20);
	begin(w, false);
	for (uint64_t seq = 1; seq <= 60; seq++) {
		assert_int_equal(ward_look_next(w->l, &r), WARD_OK);
		assert_int_equal(r.seq, seq);
		assert_int_equal(r.data.len, RECORD);
	}
	assert_int_equal(ward_look_next(w->l, &r), WARD_ERR_CLOSED);
	begin(w, true);
	for (uint64_t seq = 60; seq; seq--) {
		assert_int_equal(ward_look_next(w->l, &r), WARD_OK);
		assert_int_equal(r.seq, seq);
	}
	assert_int_equal(ward_look_next(w->l, &r), WARD_ERR_CLOSED);
	struct ward_look_stats s = ward_look_stats(w->l);

	assert_int_equal(s.n_damaged + s.n_gone + s.n_passed, 0);
	assert_int_equal(s.bytes, s.bytes_done);
	assert_true(s.n_segment > 4);
}

/* The writer commits between any two steps: nothing that was there is missed, nothing is damage. */
static void while_written(void **state)
{
	struct world *w = *state;
	struct ward_record r;
	uint64_t want = 1;
	enum ward_err err;

	put(w, 5);
	begin(w, false);
	while ((err = ward_look_next(w->l, &r)) == WARD_OK) {
		/* of what came later some may be there, in order */
		assert_true(want <= 15 ? r.seq == want : r.seq >= want);
		want = r.seq + 1;
		if (want % 2 && want < 30)
			put(w, 1);
	}
	assert_int_equal(err, WARD_ERR_CLOSED);
	assert_true(want > 15);
	assert_int_equal(ward_look_stats(w->l).n_damaged, 0);
	begin(w, true);
	assert_int_equal(ward_look_next(w->l, &r), WARD_OK);
	uint64_t newest = r.seq;

	put(w, 6);
	while ((err = ward_look_next(w->l, &r)) == WARD_OK)
		assert_int_equal(r.seq, --newest);
	assert_int_equal(newest, 1);
	assert_int_equal(ward_look_stats(w->l).n_damaged, 0);
}

static void damage(void **state)
{
	struct world *w = *state;
	struct ward_record r;
	size_t n = 0;

	put(w, 20);
	struct sim_file *f = sim_find(&w->disk, "telemetry-00000001.seg");

	assert_non_null(f);
	f->cache[4096 + 300] ^= 1;
	begin(w, true);
	while (ward_look_next(w->l, &r) == WARD_OK)
		n++;
	assert_int_equal(ward_look_stats(w->l).n_damaged, 1);
	assert_int_equal(n, 58); /* the block had two records */
	f->cache[20] ^= 1;       /* the header */
	begin(w, false);
	for (n = 0; ward_look_next(w->l, &r) == WARD_OK;)
		n++;
	assert_int_equal(ward_look_stats(w->l).n_damaged, 1);
	assert_true(n < 58);
}

/* The newest block is torn: its writer is at it. */
static void torn(void **state)
{
	struct world *w = *state;
	struct ward_record r;
	size_t n = 0;

	put(w, 1);
	struct sim_file *f = sim_find(&w->disk, "telemetry-00000000.seg");

	assert_non_null(f);
	f->cache[4096 + 1500] ^= 1;
	begin(w, true);
	while (ward_look_next(w->l, &r) == WARD_OK)
		n++;
	assert_int_equal(n, 1);
	assert_int_equal(ward_look_stats(w->l).n_damaged, 0);
}

static void retired(void **state)
{
	struct world *w = *state;
	struct ward_record r;
	size_t n = 0;

	put(w, 20);
	begin(w, false);
	assert_int_equal(ward_look_next(w->l, &r), WARD_OK);
	assert_int_equal(w->disk.io.unlink(w->disk.io.ctx, "telemetry-00000003.seg"), WARD_OK);
	while (ward_look_next(w->l, &r) == WARD_OK)
		n++;
	assert_int_equal(ward_look_stats(w->l).n_gone, 1);
	assert_int_equal(ward_look_stats(w->l).n_damaged, 0);
	assert_true(n < 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(while_written, setup, teardown),
		cmocka_unit_test_setup_teardown(damage, setup, teardown),
		cmocka_unit_test_setup_teardown(torn, setup, teardown),
		cmocka_unit_test_setup_teardown(retired, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
