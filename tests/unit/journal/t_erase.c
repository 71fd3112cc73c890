#include "journal/copy.h"
#include "journal/erase.h"
#include "journal/look.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192, EACH = 20 };

struct world {
	struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_journal *j;
};

static void up(struct world *w)
{
	ward_journal_close(w->j);
	w->j = NULL;
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &w->j),
		WARD_OK);
}

/* A sealed segment of EACH records, by turns what goes ("short…") and what stays ("long…"); and one
 * that is written to. All are read. */
static void fill(struct world *w)
{
	uint64_t seq;

	up(w);
	for (unsigned i = 0; i < EACH; i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "%s-%u", i % 2 ? "long" : "short", i);
		struct ward_record r = {.lane = WARD_LANE_EVIDENCE,
			.type = WARD_RECORD_EVENT,
			.source = i % 2,
			.data = ward_slice_of(text, (size_t)n)};

		assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_OK);
		if (i % 3 == 2)
			assert_int_equal(ward_journal_commit(w->j), WARD_OK);
	}
	assert_int_equal(ward_journal_commit(w->j), WARD_OK);
	w->clock.at += 10 * WARD_NS_PER_S;
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), EACH), WARD_OK);
	assert_int_equal(ward_journal_maintain(w->j), WARD_OK);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ward_limits limits;

	assert_non_null(w);
	sim_init(&w->disk, 7);
	ward_clock_fake_init(&w->clock, 1000 * WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&w->opt, &limits);
	w->opt.segment_bytes = SEGMENT;
	w->opt.total_bytes = 20 * SEGMENT;
	w->opt.source_bytes = w->opt.total_bytes;
	w->opt.seed = 1;
	w->opt.lane[WARD_LANE_EVIDENCE].seal = 10 * WARD_NS_PER_S;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	ward_journal_close(w->j);
	assert_int_equal(w->disk.n_open, 0);
	sim_fini(&w->disk);
	free(w);
	return 0;
}

static bool is_short(void *ctx, const struct ward_record *r)
{
	(void)ctx;
	assert_int_equal(r->type, WARD_RECORD_EVENT);
	return ward_str_starts(ward_slice_text(r->data), WARD_STR("short"));
}

static bool none(void *ctx, const struct ward_record *r)
{
	(void)ctx, (void)r;
	return false;
}

/* All steps, of so many bytes each. */
static enum ward_err erase(
	struct world *w, ward_journal_goes_fn goes, uint64_t bytes, struct ward_journal_erased *ret)
{
	struct ward_journal_erase *e = NULL;
	enum ward_err err = ward_journal_erase_begin(w->j, WARD_LANE_EVIDENCE, 0, goes, NULL, &e);

	if (err)
		return err;
	while ((err = ward_journal_erase_step(e, bytes, ret)) == WARD_ERR_AGAIN)
		;
	ward_journal_erase_end(e);
	return err;
}

/* The records: each number is there once; *ret_erased have no payload any more, the others what
 * they had. */
static void check(struct world *w, size_t *ret_erased)
{
	struct ward_journal_cursor *c;
	struct ward_journal_stats st;
	struct ward_record r;
	uint64_t n = 0;
	enum ward_err err;

	*ret_erased = 0;
	ward_journal_stats(w->j, &st);
	assert_int_equal(st.n_damage, 0);
	assert_int_equal(ward_journal_cursor_open(w->j, 0, &c), WARD_OK);
	while ((err = ward_journal_next_record(c, &r)) == WARD_OK) {
		bool stays = n % 2;

		assert_int_equal(r.seq, ++n);
		if (r.type == WARD_RECORD_ERASED) {
			assert_false(stays);
			++*ret_erased;
			for (size_t i = 0; i < r.data.len; i++)
				assert_int_equal(r.data.p[i], 0);
			continue;
		}
		assert_int_equal(r.type, WARD_RECORD_EVENT);
		assert_true(ward_str_starts(
			ward_slice_text(r.data), stays ? WARD_STR("long-") : WARD_STR("short-")));
	}
	assert_int_equal(err, WARD_ERR_AGAIN);
	assert_int_equal(n, EACH);
	assert_int_equal(ward_journal_cursor_gone(c) + ward_journal_cursor_lost(c), 0);
	ward_journal_cursor_close(c);
}

static bool on_disk(const struct world *w, const char *text)
{
	for (size_t i = 0; i < w->disk.now.n; i++) {
		const struct sim_file *f = &w->disk.file[w->disk.now.at[i].file];

		if (memmem(f->cache, f->len, text, strlen(text)) ||
			memmem(f->disk, f->disk_len, text, strlen(text)))
			return true;
	}
	return false;
}

static void test_erases(void **state)
{
	struct world *w = *state;
	struct ward_journal_erased is;
	struct ward_journal_stats before, after;
	size_t erased;

	fill(w);
	ward_journal_stats(w->j, &before);
	assert_true(on_disk(w, "short"));
	assert_int_equal(erase(w, is_short, 100, &is), WARD_OK);
	assert_true(is.written);
	assert_int_equal(is.n, EACH / 2);
	assert_false(on_disk(w, "short"));
	assert_true(on_disk(w, "long"));
	check(w, &erased);
	assert_int_equal(erased, EACH / 2);
	/* and what the segment did not use is given back */
	ward_journal_stats(w->j, &after);
	assert_true(after.bytes < before.bytes - SEGMENT / 4);
	up(w);
	check(w, &erased);
	assert_int_equal(erased, EACH / 2);
	/* a second time there is nothing to do */
	assert_int_equal(erase(w, is_short, SEGMENT, &is), WARD_OK);
	assert_false(is.written);
	assert_int_equal(is.n, 0);
}

/* Where nothing goes only unused bytes do. */
static void test_trims(void **state)
{
	struct world *w = *state;
	struct ward_journal_erased is;
	size_t erased;

	fill(w);
	assert_int_equal(erase(w, none, SEGMENT, &is), WARD_OK);
	assert_true(is.written);
	assert_int_equal(is.n, 0);
	check(w, &erased);
	assert_int_equal(erased, 0);
	assert_int_equal(erase(w, none, SEGMENT, &is), WARD_OK);
	assert_false(is.written);
}

static void test_refused(void **state)
{
	struct world *w = *state;
	struct ward_journal_sealed s;
	struct ward_journal_erase *e, *second;
	struct ward_journal_erased is;

	fill(w);
	assert_true(ward_journal_sealed(w->j, WARD_LANE_EVIDENCE, 0, &s));
	assert_int_equal(s.index, 0);
	assert_int_equal(s.from, 1000 * WARD_NS_PER_S);
	assert_int_equal(s.to, 1010 * WARD_NS_PER_S);
	assert_true(s.erasable);
	assert_false(ward_journal_sealed(w->j, WARD_LANE_EVIDENCE, 1, &s)); /* written to */
	assert_int_equal(ward_journal_erase_begin(w->j, WARD_LANE_EVIDENCE, 1, none, NULL, &e),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(
		ward_journal_erase_begin(w->j, WARD_LANE_EVIDENCE, 0, is_short, NULL, &e), WARD_OK);
	assert_int_equal(ward_journal_erase_begin(w->j, WARD_LANE_EVIDENCE, 0, none, NULL, &second),
		WARD_ERR_STATE);
	while (!(ward_journal_erase_step(e, 1, &is) == WARD_ERR_AGAIN && is.written && is.n))
		;
	ward_journal_erase_end(e); /* given up half-way */
	assert_true(on_disk(w, "short"));
	/* somebody has not read it */
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("late"), 3), WARD_OK);
	assert_true(ward_journal_sealed(w->j, WARD_LANE_EVIDENCE, 0, &s));
	assert_false(s.erasable);
	assert_int_equal(erase(w, is_short, SEGMENT, &is), WARD_ERR_STATE);
}

/* Who reads meanwhile, in this process or another, misses nothing and sees no damage. */
static void test_readers_go_on(void **state)
{
	struct world *w = *state;
	struct ward_journal_erased is;
	struct ward_journal_cursor *c;
	struct ward_journal_copy *copy;
	struct ward_look *look;
	struct ward_look_stats st;
	struct ward_record r;
	struct ward_wr file = ward_wr_grow(ward_mem_heap(), 1 << 20);
	char name[WARD_JOURNAL_FILE_NAME];
	size_t n = 0;
	enum ward_err err;

	fill(w);
	assert_int_equal(ward_journal_cursor_open(w->j, 0, &c), WARD_OK);
	assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
	assert_int_equal(ward_look_open(&w->disk.io, ward_mem_heap(), &look), WARD_OK);
	ward_look_start(look, false, (struct ward_look_watch){NULL, NULL, NULL});
	assert_int_equal(ward_journal_copy_begin(&w->disk.io, ward_mem_heap(), &copy), WARD_OK);
	assert_int_equal(erase(w, is_short, SEGMENT, &is), WARD_OK);
	for (uint64_t i = 2; i <= EACH; i++) {
		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, i);
	}
	assert_int_equal(ward_journal_next_record(c, &r), WARD_ERR_AGAIN);
	ward_journal_cursor_close(c);
	while ((err = ward_look_next(look, &r)) == WARD_OK)
		n++;
	assert_int_equal(err, WARD_ERR_CLOSED);
	assert_int_equal(n, EACH);
	st = ward_look_stats(look);
	assert_int_equal(st.n_damaged + st.n_gone, 0);
	ward_look_close(look);
	for (n = 0; (err = ward_journal_copy_next(copy, name, &file)) == WARD_OK;)
		n += ward_str_starts(ward_str_z(name), WARD_STR("evidence"));
	assert_int_equal(err, WARD_ERR_CLOSED);
	assert_int_equal(n, 1); /* the newest has nothing */
	ward_journal_copy_end(copy);
	ward_wr_fini(&file);
}

/* A damaged segment stays as it is: it goes whole. */
static void test_damage(void **state)
{
	struct world *w = *state;
	struct ward_journal_erased is;

	fill(w);
	struct sim_file *f = sim_find(&w->disk, "evidence-00000000.seg");

	assert_non_null(f);
	f->cache[4096 + 100] ^= 1;
	f->disk[4096 + 100] ^= 1;
	assert_int_equal(erase(w, is_short, SEGMENT, &is), WARD_ERR_CORRUPT);
	assert_true(on_disk(w, "short-18"));
	assert_null(sim_find(&w->disk, "erase.tmp"));
}

/* Power fails at each call: then all of it went, or nothing. */
static void test_crash(void **state)
{
	bool ended = false;

	(void)state;
	for (uint64_t at = 1; !ended; at++) {
		struct world *w;
		struct ward_journal_erased is;
		size_t erased;
		enum ward_err err;

		setup((void **)&w);
		fill(w);
		w->disk.crash_at = w->disk.n_call + at;
		err = erase(w, is_short, 200, &is);
		ended = err == WARD_OK;
		ward_journal_close(w->j);
		w->j = NULL;
		sim_crash(&w->disk);
		up(w);
		check(w, &erased);
		assert_true(erased == EACH / 2 || (erased == 0 && !ended));
		assert_null(sim_find(&w->disk, "erase.tmp"));
		teardown((void **)&w);
	}
}

/* A call fails: the journal says so, or goes on as if nothing was. */
static void test_fails(void **state)
{
	bool ended = false;

	(void)state;
	for (uint64_t at = 1; !ended; at++) {
		struct world *w;
		struct ward_journal_erased is;
		size_t erased;

		setup((void **)&w);
		fill(w);
		w->disk.fail_at = w->disk.n_call + at;
		ended = erase(w, is_short, 200, &is) == WARD_OK;
		w->disk.fail_at = 0;
		up(w);
		check(w, &erased);
		assert_true(erased == EACH / 2 || (erased == 0 && !ended));
		teardown((void **)&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_erases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trims, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_readers_go_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
