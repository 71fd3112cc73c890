/* Copies of a journal that goes on being written: each opens as what a crash when it began would
 * have left. */
#include "journal/copy.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192 };

struct world {
	struct sim_disk disk, copy;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_journal *j;
	struct ward_wr file;
	uint64_t last;     /* committed */
	uint64_t n_commit; /* so far */
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ward_limits limits;

	assert_non_null(w);
	sim_init(&w->disk, 7);
	sim_init(&w->copy, 8);
	ward_clock_fake_init(&w->clock, 1000 * WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&w->opt, &limits);
	w->opt.segment_bytes = SEGMENT;
	w->opt.total_bytes = 24 * SEGMENT;
	w->opt.source_bytes = w->opt.total_bytes;
	w->opt.seed = 1;
	w->opt.lane[WARD_LANE_TELEMETRY].max_bytes = 4 * SEGMENT;
	w->file = ward_wr_grow(ward_mem_heap(), 1 << 20);
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &w->j),
		WARD_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	ward_journal_close(w->j);
	assert_int_equal(w->disk.n_open, 0);
	assert_int_equal(w->copy.n_open, 0);
	sim_fini(&w->disk);
	sim_fini(&w->copy);
	ward_wr_fini(&w->file);
	free(w);
	return 0;
}

/* One commit over some lanes; its records hold their own sequence. */
static void commit(struct world *w, unsigned lanes, size_t bytes)
{
	uint8_t data[2048] = {0};

	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		uint64_t seq = w->last + 1;
		struct ward_record r = {
			.lane = (enum ward_lane)i, .type = WARD_RECORD_EVENT, .source = 1};

		if (!(lanes & 1u << i))
			continue;
		memcpy(data, &seq, sizeof(seq));
		r.data = ward_slice_of(data, bytes);
		assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_OK);
		assert_int_equal(seq, ++w->last);
	}
	assert_int_equal(ward_journal_commit(w->j), WARD_OK);
	w->n_commit++;
}

/* Copies all, with commits before each file; then the source has forgotten some. */
static void copy_all(struct world *w, struct ward_journal_copy *c, unsigned between)
{
	char name[WARD_JOURNAL_FILE_NAME];
	enum ward_err err;

	for (unsigned i = 0; (err = ward_journal_copy_next(c, name, &w->file)) == WARD_OK; i++) {
		struct ward_slice all = ward_wr_slice(&w->file);

		assert_true(w->copy.n_open == 0);
		sim_put(&w->copy, name, all.p, all.len);
		for (unsigned k = 0; k < between; k++)
			commit(w, 1u << ((i + k) % 3), 700);
	}
	assert_int_equal(err, WARD_ERR_CLOSED);
}

/* Opens the copy: whole, nothing lost, the records from `first` or later up to at least `to`. */
static uint64_t copy_has(struct world *w, uint64_t to)
{
	struct ward_journal_cursor *cur;
	struct ward_journal_stats st;
	struct ward_journal *j;
	struct ward_record r;
	uint64_t last = 0, ack = 0;
	enum ward_err err;

	assert_int_equal(
		ward_journal_open(&w->opt, &w->copy.io, &w->clock.clock, ward_mem_heap(), &j),
		WARD_OK);
	ward_journal_stats(j, &st);
	assert_int_equal(st.n_damage, 0);
	if (ward_journal_position(j, WARD_STR("brain"), &ack) == WARD_OK)
		assert_true(ack < ward_journal_next(j));
	assert_int_equal(ward_journal_cursor_open(j, 0, &cur), WARD_OK);
	while ((err = ward_journal_next_record(cur, &r)) == WARD_OK) {
		uint64_t seq;

		memcpy(&seq, r.data.p, sizeof(seq));
		assert_int_equal(seq, r.seq);
		assert_true(r.seq > last);
		last = r.seq;
	}
	assert_int_equal(err, WARD_ERR_AGAIN);
	assert_int_equal(ward_journal_cursor_lost(cur), 0);
	ward_journal_cursor_close(cur);
	assert_true(last >= to);
	/* and it can be written to */
	struct ward_record more = {.lane = WARD_LANE_CONTROL,
		.type = 1,
		.source = 1,
		.data = ward_slice_of("12345678", 8)};

	assert_int_equal(ward_journal_append(j, &more, 1, &ack), WARD_OK);
	assert_int_equal(ack, last + 1);
	assert_int_equal(ward_journal_commit(j), WARD_OK);
	ward_journal_close(j);
	return last;
}

static struct ward_journal_copy *begin(struct world *w)
{
	struct ward_journal_copy *c = NULL;

	assert_int_equal(ward_journal_copy_begin(&w->disk.io, ward_mem_heap(), &c), WARD_OK);
	assert_int_equal(ward_journal_copy_commit(c), w->n_commit);
	return c;
}

static void t_quiet(void **state)
{
	struct world *w = *state;
	struct ward_journal_copy *c = NULL;

	assert_int_equal(
		ward_journal_copy_begin(&w->copy.io, ward_mem_heap(), &c), WARD_ERR_NOT_FOUND);
	for (unsigned i = 0; i < 40; i++)
		commit(w, i % 15 + 1, 100 + i);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), w->last), WARD_OK);
	c = begin(w);
	copy_all(w, c, 0);
	ward_journal_copy_end(c);
	assert_int_equal(copy_has(w, w->last), w->last);
	ward_journal_copy_end(NULL);
}

/* Written to meanwhile, with new segments in each lane and old ones retired. */
static void t_busy(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < 30; i++)
		commit(w, 1u << WARD_LANE_TELEMETRY, 900);
	for (unsigned i = 0; i < 12; i++)
		commit(w, i % 15 + 1, 300);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), w->last - 3), WARD_OK);

	uint64_t last = w->last;
	struct ward_journal_copy *c = begin(w);

	copy_all(w, c, 6);
	ward_journal_copy_end(c);
	assert_true(w->last > last);
	assert_int_equal(copy_has(w, last), last);
}

/* A writer that stands in the middle of a commit: one lane has its block, the other only a part. */
static void t_half_a_commit(void **state)
{
	struct world *w = *state;
	struct sim_file *f;
	size_t end;

	for (unsigned i = 0; i < 5; i++)
		commit(w, 3, 200);
	f = sim_find(&w->disk, "derived-00000000.seg");
	assert_non_null(f);
	for (end = f->len; end && !f->cache[end - 1];)
		end--;

	uint64_t before = w->last;

	commit(w, 3, 200);
	for (size_t k = end + 40; k < f->len; k++)
		f->cache[k] = 0;

	struct ward_journal_copy *c = begin(w);

	copy_all(w, c, 0);
	ward_journal_copy_end(c);
	assert_int_equal(copy_has(w, before), before);
}

/* What is damaged is copied as it is: opening the copy says so, as opening the journal would. */
static void t_damage(void **state)
{
	struct world *w = *state;
	struct ward_journal *j;
	struct sim_file *f;

	for (unsigned i = 0; i < 30; i++)
		commit(w, 1, 900);
	f = sim_find(&w->disk, "evidence-00000001.seg");
	assert_non_null(f);
	f->cache[5000] ^= 1;

	struct ward_journal_copy *c = begin(w);

	copy_all(w, c, 0);
	ward_journal_copy_end(c);
	assert_int_equal(sim_find(&w->copy, "evidence-00000001.seg")->cache[5000], f->cache[5000]);
	assert_int_equal(
		ward_journal_open(&w->opt, &w->copy.io, &w->clock.clock, ward_mem_heap(), &j),
		WARD_OK);
	struct ward_journal_cursor *cur;
	struct ward_record r;
	enum ward_err err;

	assert_int_equal(ward_journal_cursor_open(j, 0, &cur), WARD_OK);
	do
		err = ward_journal_next_record(cur, &r);
	while (err == WARD_OK);
	assert_int_equal(err, WARD_ERR_CORRUPT);
	ward_journal_cursor_close(cur);
	ward_journal_close(j);
}

static void t_no_memory(void **state)
{
	struct world *w = *state;
	char name[WARD_JOURNAL_FILE_NAME];
	unsigned ended = 0;

	commit(w, 15, 100);
	for (uint64_t at = 1; at < 40 && !ended; at++) {
		struct ward_mem_failing m;
		struct ward_journal_copy *c = NULL;
		enum ward_err err;

		ward_mem_failing_init(&m, at);
		err = ward_journal_copy_begin(&w->disk.io, &m.mem, &c);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((c != NULL) == (err == WARD_OK));
		ended = err == WARD_OK;
		if (ended) { /* a file that has no room */
			struct ward_wr small = ward_wr_grow(ward_mem_heap(), 100);

			assert_int_equal(ward_journal_copy_next(c, name, &small), WARD_ERR_NOMEM);
			ward_wr_fini(&small);
		}
		ward_journal_copy_end(c);
	}
	assert_true(ended);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(t_quiet), TEST(t_busy), TEST(t_half_a_commit),
		TEST(t_damage), TEST(t_no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
