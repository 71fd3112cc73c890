/* The journal as the live system opens it, small, on a disk in memory: it goes on for ever. */
#include "run/keep.h"

#include "../journal/simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TOTAL = 4 << 20, SEGMENT = 64 << 10, RECORD = 4096 };

struct disk {
	struct sim_disk sim;
	struct ward_clock_fake clock;
	struct ward_journal *j;
};

static void begin(struct disk *d)
{
	struct ward_journal_options o;
	struct ward_limits lim;

	ward_limits_default(&lim);
	ward_keep_options(&o, &lim);
	for (size_t i = 0; i < WARD_LANE_N; i++)
		o.lane[i].max_bytes = o.lane[i].max_bytes * TOTAL / o.total_bytes;
	o.total_bytes = o.source_bytes = TOTAL;
	o.segment_bytes = SEGMENT;
	sim_init(&d->sim, 1);
	ward_clock_fake_init(&d->clock, WARD_NS_PER_S);
	assert_int_equal(ward_journal_open(&o, &d->sim.io, &d->clock.clock, ward_mem_heap(), &d->j),
		WARD_OK);
	assert_int_equal(ward_journal_ack(d->j, WARD_STR("brain"), 0), WARD_OK);
}

static void end(struct disk *d)
{
	ward_journal_close(d->j);
	sim_fini(&d->sim);
}

static enum ward_err put(struct disk *d, enum ward_lane lane)
{
	static const uint8_t bytes[RECORD];
	struct ward_record r = {.lane = lane, .type = WARD_RECORD_EVENT, .source = 2};
	uint64_t seq;
	enum ward_err err;

	r.data = ward_slice_of(bytes, sizeof(bytes));
	err = ward_journal_append(d->j, &r, 1, &seq);
	if (err == WARD_ERR_AGAIN) {
		assert_int_equal(ward_journal_commit(d->j), WARD_OK);
		err = ward_journal_append(d->j, &r, 1, &seq);
	}
	return err;
}

static void acknowledge(struct disk *d)
{
	assert_int_equal(ward_journal_commit(d->j), WARD_OK);
	assert_int_equal(
		ward_journal_ack(d->j, WARD_STR("brain"), ward_journal_next(d->j) - 1), WARD_OK);
}

/* One source writes three times what there is room for, in each lane, with a reader that keeps up.
 */
static void t_for_ever(void **state)
{
	static struct disk d;
	struct ward_journal_stats st;

	(void)state;
	begin(&d);
	for (size_t i = 0; i < 3 * TOTAL / RECORD; i++) {
		for (unsigned lane = 0; lane < WARD_LANE_N; lane++)
			assert_int_equal(put(&d, (enum ward_lane)lane), WARD_OK);
		if (i % 16 == 0)
			acknowledge(&d);
	}
	ward_journal_stats(d.j, &st);
	assert_true(st.bytes <= TOTAL);
	assert_int_equal(st.n_unread, 0);
	assert_false(st.full);
	end(&d);
}

/* A reader that stands still: evidence waits and is all there, telemetry makes room for itself and
 * does not reach the others' share. */
static void t_stands_still(void **state)
{
	static struct disk d;
	size_t n = 0;

	(void)state;
	begin(&d);
	for (size_t i = 0; i < 2 * TOTAL / RECORD; i++)
		assert_int_equal(put(&d, WARD_LANE_TELEMETRY), WARD_OK);
	while (put(&d, WARD_LANE_EVIDENCE) == WARD_OK)
		n++;
	assert_true(n * RECORD > TOTAL / 10 * 4);
	assert_int_equal(put(&d, WARD_LANE_EVIDENCE), WARD_ERR_FULL);
	assert_int_equal(put(&d, WARD_LANE_CONTROL), WARD_OK);
	assert_int_equal(put(&d, WARD_LANE_TELEMETRY), WARD_OK);
	acknowledge(&d);
	assert_int_equal(put(&d, WARD_LANE_EVIDENCE), WARD_OK);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_for_ever),
		cmocka_unit_test(t_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
