/* A journal made anew of numbered records: equal to what was put in, also where numbers are
 * missing; gone on with; and nothing of it when it is not whole. */
#include "journal/refill.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192, N = 600 };

struct world {
	struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_record rec[N];
	uint8_t data[N][64];
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ward_limits limits;
	uint64_t seq = 0;

	assert_non_null(w);
	sim_init(&w->disk, 7);
	ward_clock_fake_init(&w->clock, 5000 * WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&w->opt, &limits);
	w->opt.segment_bytes = SEGMENT;
	w->opt.total_bytes = 64 * SEGMENT;
	w->opt.seed = 1;
	for (size_t i = 0; i < N; i++) {
		seq += i % 97 == 13 ? 50u : i % 31 == 7 ? 2u : 1u; /* what retention left */
		(void)snprintf((char *)w->data[i], sizeof(w->data[i]), "record %zu", i);
		w->rec[i] = (struct ward_record){.seq = seq + 40,
			.time = (ward_ns)(1000 + i / 3) * WARD_NS_PER_S,
			.lane = (enum ward_lane)(i % WARD_LANE_N),
			.type = i % 50 == 9 ? WARD_RECORD_ERASED : WARD_RECORD_EVENT,
			.source = (uint32_t)(i % 7),
			.data = ward_slice_of(w->data[i], i % 50 == 9 ? 0 : 20 + i % 40)};
	}
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->disk.n_open, 0);
	sim_fini(&w->disk);
	free(w);
	return 0;
}

static enum ward_err fill(struct world *w, struct ward_refilled *ret)
{
	struct ward_refill *r = NULL;
	enum ward_err err = ward_refill_begin(&w->opt, &w->disk.io, ward_mem_heap(), &r);

	for (size_t i = 0; i < N && !err; i++)
		err = ward_refill_put(r, &w->rec[i]);
	if (!err)
		err = ward_refill_end(r, ret);
	ward_refill_close(r);
	return err;
}

static void holds(struct world *w, struct ward_journal *j, size_t from)
{
	struct ward_journal_cursor *c;
	struct ward_record r;

	assert_int_equal(ward_journal_cursor_open(j, w->rec[from].seq, &c), WARD_OK);
	for (size_t i = from; i < N; i++) {
		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, w->rec[i].seq);
		assert_int_equal(r.time, w->rec[i].time);
		assert_int_equal(r.lane, w->rec[i].lane);
		assert_int_equal(r.type, w->rec[i].type);
		assert_int_equal(r.source, w->rec[i].source);
		assert_int_equal(r.data.len, w->rec[i].data.len);
		assert_memory_equal(r.data.p, w->rec[i].data.p, r.data.len);
	}
	ward_journal_cursor_close(c);
}

static void the_same_after_power_was_cut(void **state)
{
	struct world *w = *state;
	struct ward_refilled done;
	struct ward_journal *j;
	struct ward_journal_stats st;
	uint64_t seq;

	assert_int_equal(fill(w, &done), WARD_OK);
	assert_int_equal(done.n, N);
	assert_int_equal(done.first, w->rec[0].seq);
	assert_int_equal(done.last, w->rec[N - 1].seq);
	assert_int_equal(done.n_gone, done.last - N);
	assert_int_equal(done.last_time, w->rec[N - 1].time);
	sim_crash(&w->disk);
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &j),
		WARD_OK);
	ward_journal_stats(j, &st);
	assert_int_equal(st.n_damage + st.n_torn, 0);
	holds(w, j, 0);
	holds(w, j, N / 2);
	/* the next one has the next number, and is read behind the others */
	struct ward_record r = {.lane = WARD_LANE_CONTROL, .type = WARD_RECORD_TICK, .source = 15};
	struct ward_journal_cursor *c;

	assert_int_equal(ward_journal_append(j, &r, 1, &seq), WARD_OK);
	assert_int_equal(seq, done.last + 1);
	assert_int_equal(ward_journal_commit(j), WARD_OK);
	assert_int_equal(ward_journal_cursor_open(j, done.last, &c), WARD_OK);
	assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
	assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
	assert_int_equal(r.seq, done.last + 1);
	assert_int_equal(ward_journal_next_record(c, &r), WARD_ERR_AGAIN);
	ward_journal_cursor_close(c);
	ward_journal_close(j);
}

/* A reader that had done with all before a gap goes on behind it. */
static void from_within_a_gap(void **state)
{
	struct world *w = *state;
	struct ward_refilled done;
	struct ward_journal *j;

	assert_int_equal(fill(w, &done), WARD_OK);
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &j),
		WARD_OK);
	for (size_t i = 1; i < N; i++) {
		struct ward_journal_cursor *c;
		struct ward_record r;

		if (w->rec[i].seq == w->rec[i - 1].seq + 1)
			continue;
		assert_int_equal(ward_journal_cursor_open(j, w->rec[i - 1].seq, &c), WARD_OK);
		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, w->rec[i].seq);
		assert_int_equal(ward_journal_cursor_lost(c), 0);
		ward_journal_cursor_close(c);
	}
	ward_journal_close(j);
}

static void numbers_that_do_not_rise(void **state)
{
	struct world *w = *state;
	struct ward_refill *r;
	struct ward_record again = w->rec[0], nowhere = w->rec[1];

	nowhere.lane = WARD_LANE_N;
	assert_int_equal(ward_refill_begin(&w->opt, &w->disk.io, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(ward_refill_put(r, &w->rec[0]), WARD_OK);
	assert_int_equal(ward_refill_put(r, &again), WARD_ERR_MALFORMED);
	again.seq = 0;
	assert_int_equal(ward_refill_put(r, &again), WARD_ERR_MALFORMED);
	assert_int_equal(ward_refill_put(r, &nowhere), WARD_ERR_MALFORMED);
	ward_refill_close(r);
}

static void not_over_another(void **state)
{
	struct world *w = *state;
	struct ward_refilled done;

	assert_int_equal(fill(w, &done), WARD_OK);
	assert_int_equal(fill(w, &done), WARD_ERR_STATE);
}

/* Each call of the disk fails once: never OK with something missing. */
static void a_disk_that_fails(void **state)
{
	struct world *w = *state;
	struct ward_refilled done;
	uint64_t calls;

	assert_int_equal(fill(w, &done), WARD_OK);
	calls = w->disk.n_call;
	for (uint64_t at = 1; at <= calls; at += 1 + at / 20) {
		struct ward_journal *j;

		sim_fini(&w->disk);
		sim_init(&w->disk, at);
		w->disk.fail_at = at;
		if (fill(w, &done))
			continue;
		sim_crash(&w->disk);
		assert_int_equal(ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock,
					 ward_mem_heap(), &j),
			WARD_OK);
		holds(w, j, 0);
		ward_journal_close(j);
	}
	sim_fini(&w->disk);
	sim_init(&w->disk, 3);
	w->disk.full = true;
	assert_int_equal(fill(w, &done), WARD_ERR_FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_after_power_was_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(from_within_a_gap, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_that_do_not_rise, setup, teardown),
		cmocka_unit_test_setup_teardown(not_over_another, setup, teardown),
		cmocka_unit_test_setup_teardown(a_disk_that_fails, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
