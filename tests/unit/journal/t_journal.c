#include "journal/crc32c.h"
#include "journal/format.h"
#include "journal/journal.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192 };

struct world {
	struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_journal *j;
};

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

static void up(struct world *w)
{
	ward_journal_close(w->j);
	w->j = NULL;
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &w->j),
		WARD_OK);
}

static struct ward_record rec(enum ward_lane lane, uint32_t source, const char *text)
{
	return (struct ward_record){.lane = lane,
		.type = WARD_RECORD_EVENT,
		.source = source,
		.data = ward_str_bytes(ward_str_z(text))};
}

static uint64_t put(struct world *w, enum ward_lane lane, const char *text)
{
	struct ward_record r = rec(lane, 1, text);
	uint64_t seq = 0;

	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_OK);
	return seq;
}

static void commit(struct world *w)
{
	assert_int_equal(ward_journal_commit(w->j), WARD_OK);
}

/* All texts from a sequence on, joined by blanks. */
static const char *texts(struct world *w, uint64_t from)
{
	static char buf[4096];
	struct ward_journal_cursor *c;
	struct ward_record r;
	size_t len = 0;
	enum ward_err err;

	assert_int_equal(ward_journal_cursor_open(w->j, from, &c), WARD_OK);
	while ((err = ward_journal_next_record(c, &r)) == WARD_OK)
		len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%s%.*s", len ? " " : "",
			(int)r.data.len, (const char *)r.data.p);
	assert_int_equal(err, WARD_ERR_AGAIN);
	ward_journal_cursor_close(c);
	buf[len] = 0;
	return buf;
}

static struct ward_journal_stats stats(struct world *w)
{
	struct ward_journal_stats s;

	ward_journal_stats(w->j, &s);
	return s;
}

static void test_crc32c(void **state)
{
	uint8_t b[300];

	(void)state;
	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(i * 7);
	/* RFC 3720 B.4 and the usual check value */
	assert_int_equal(ward_crc32c(0, "123456789", 9), 0xe3069283u);
	assert_int_equal(ward_crc32c_table(0, "123456789", 9), 0xe3069283u);
	for (size_t len = 0; len <= sizeof(b); len++)
		assert_int_equal(ward_crc32c(3, b, len), ward_crc32c_table(3, b, len));
	assert_int_equal(ward_crc32c(ward_crc32c(0, b, 13), b + 13, 50), ward_crc32c(0, b, 63));
}

static void test_order_across_lanes(void **state)
{
	struct world *w = *state;

	up(w);
	assert_int_equal(ward_journal_next(w->j), 1);
	assert_int_equal(put(w, WARD_LANE_TELEMETRY, "a"), 1);
	assert_int_equal(put(w, WARD_LANE_EVIDENCE, "b"), 2);
	assert_string_equal(texts(w, 0), ""); /* nothing before commit */
	commit(w);
	put(w, WARD_LANE_CONTROL, "c");
	put(w, WARD_LANE_TELEMETRY, "d");
	put(w, WARD_LANE_DERIVED, "e");
	commit(w);
	commit(w); /* empty */
	assert_string_equal(texts(w, 0), "a b c d e");
	assert_string_equal(texts(w, 3), "c d e");
	assert_string_equal(texts(w, 6), "");
	up(w);
	assert_int_equal(ward_journal_next(w->j), 6);
	assert_string_equal(texts(w, 2), "b c d e");
	assert_int_equal(stats(w).n_torn + stats(w).n_cut + stats(w).n_damage, 0);
	assert_int_equal(stats(w).n_segment[WARD_LANE_EVIDENCE], 1);
}

static void test_cursor_follows(void **state)
{
	struct world *w = *state;
	struct ward_journal_cursor *c;
	struct ward_record r;
	uint64_t n = 0;

	up(w);
	assert_int_equal(ward_journal_cursor_open(w->j, 0, &c), WARD_OK);
	for (unsigned i = 0; i < 400; i++) {
		put(w, i % 3 ? WARD_LANE_DERIVED : WARD_LANE_CONTROL, "some text of a record");
		commit(w);
		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, ++n);
		assert_int_equal(r.time, w->clock.at);
		assert_int_equal(ward_journal_next_record(c, &r), WARD_ERR_AGAIN);
	}
	assert_true(stats(w).n_segment[WARD_LANE_DERIVED] > 3); /* it has followed into new ones */
	ward_journal_cursor_close(c);
}

static void test_refusals(void **state)
{
	struct world *w = *state;
	static char big[SEGMENT];
	struct ward_record r = rec(WARD_LANE_EVIDENCE, 1, "x");
	uint64_t seq;

	w->opt.record_bytes = 5000;
	up(w);
	r.data = ward_slice_of(big, 5001);
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_LIMIT);
	r.data.len = 4090; /* a record that no segment can hold */
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_LIMIT);
	r.lane = WARD_LANE_N;
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_LIMIT);
	assert_int_equal(stats(w).refused_size, 3);
	r.lane = WARD_LANE_EVIDENCE;
	r.data.len = 3000;
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_OK);
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_AGAIN);
	commit(w);
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_OK);
	assert_int_equal(seq, 2);
	w->opt.read_only = true;
	ward_journal_close(w->j);
	w->j = NULL;
	up(w);
	assert_int_equal(ward_journal_next(w->j), 2); /* the open group is forgotten */
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_STATE);
	assert_int_equal(ward_journal_commit(w->j), WARD_ERR_STATE);
	w->opt.segment_bytes = 8191;
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &w->j),
		WARD_ERR_CONFIG);
}

/* Appends one kilobyte until refused; how many. */
static unsigned fill(struct world *w, enum ward_lane lane, uint32_t source)
{
	static char kilo[1000];
	struct ward_record r = rec(lane, source, "");
	uint64_t seq;
	unsigned n = 0;

	r.data = ward_slice_of(kilo, sizeof(kilo));
	while (ward_journal_append(w->j, &r, 1, &seq) == WARD_OK) {
		commit(w);
		assert_true(++n < 1000);
	}
	return n;
}

static void test_reserve_is_for_evidence(void **state)
{
	struct world *w = *state;

	up(w);
	unsigned telemetry = fill(w, WARD_LANE_TELEMETRY, 1);

	assert_int_equal(telemetry, 14 * 3); /* 70 % of 20 segments, three records in each */
	assert_true(stats(w).full);
	assert_int_equal(stats(w).refused_full[WARD_LANE_TELEMETRY], 1);
	assert_int_equal(fill(w, WARD_LANE_EVIDENCE, 2), 6 * 3);
	assert_int_equal(stats(w).refused_full[WARD_LANE_EVIDENCE], 1);
	assert_int_equal(stats(w).bytes, w->opt.total_bytes);
}

static void test_quota_of_a_source(void **state)
{
	struct world *w = *state;

	w->opt.source_bytes = 10 * 1016;
	w->opt.lane[WARD_LANE_TELEMETRY].max_bytes = 3 * SEGMENT;
	up(w);
	assert_int_equal(fill(w, WARD_LANE_EVIDENCE, 1), 10);
	assert_int_equal(stats(w).refused_source, 1);
	assert_int_equal(fill(w, WARD_LANE_CONTROL, 1), 0); /* over all lanes */
	assert_int_equal(ward_journal_quota(w->j, 2, 2 * 1016), WARD_OK);
	assert_int_equal(fill(w, WARD_LANE_EVIDENCE, 2), 2);
	up(w); /* what each holds is found again */
	assert_int_equal(fill(w, WARD_LANE_EVIDENCE, 1), 0);
	assert_int_equal(fill(w, WARD_LANE_EVIDENCE, 2), 8);
	/* and given back when a segment goes */
	assert_int_equal(ward_journal_quota(w->j, 3, 5 * 1016), WARD_OK);
	assert_int_equal(fill(w, WARD_LANE_TELEMETRY, 3), 5);
	assert_int_equal(ward_journal_quota(w->j, 4, 6 * 1016), WARD_OK);
	assert_int_equal(fill(w, WARD_LANE_TELEMETRY, 4), 6);
	assert_int_equal(stats(w).n_retired, 1);
	assert_int_equal(fill(w, WARD_LANE_TELEMETRY, 3), 5);
}

static void test_many_sources_in_one_segment(void **state)
{
	struct world *w = *state;
	uint64_t seq;

	w->opt.segment_bytes = 65536;
	w->opt.total_bytes = 20 * 65536;
	w->opt.lane[WARD_LANE_TELEMETRY].max_bytes = 2 * 65536;
	up(w);
	for (uint32_t i = 0; i < 6000; i++) {
		struct ward_record r = rec(WARD_LANE_TELEMETRY, i % 600, "0123456789");

		assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_OK);
		commit(w);
	}
	assert_true(stats(w).n_retired > 2);
	up(w);
	assert_int_equal(stats(w).n_damage, 0);
}

static void test_retention(void **state)
{
	struct world *w = *state;

	w->opt.lane[WARD_LANE_EVIDENCE].retain = 80 * WARD_NS_PER_S;
	up(w);
	put(w, WARD_LANE_EVIDENCE, "old");
	commit(w);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), 0), WARD_OK);
	w->clock.at += 10 * WARD_NS_PER_S;
	assert_int_equal(ward_journal_maintain(w->j), WARD_OK); /* sealed: an eighth has gone by */
	assert_int_equal(stats(w).n_segment[WARD_LANE_EVIDENCE], 2);
	put(w, WARD_LANE_EVIDENCE, "new");
	assert_int_equal(ward_journal_maintain(w->j), WARD_ERR_STATE);
	commit(w);
	w->clock.at += 80 * WARD_NS_PER_S;
	assert_int_equal(ward_journal_maintain(w->j), WARD_OK);
	assert_string_equal(texts(w, 0), "old new"); /* held: the reader has not had it */
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), 1), WARD_OK);
	assert_int_equal(ward_journal_maintain(w->j), WARD_OK);
	struct ward_journal_cursor *c;
	struct ward_record r;

	assert_int_equal(ward_journal_cursor_open(w->j, 0, &c), WARD_OK);
	assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
	assert_int_equal(r.seq, 2);
	assert_int_equal(ward_journal_cursor_gone(c), 1);
	assert_int_equal(ward_journal_cursor_lost(c), 0);
	ward_journal_cursor_close(c);
	/* nothing of the dropped record is left in any file */
	for (size_t i = 0; i < w->disk.now.n; i++) {
		const struct sim_file *f = &w->disk.file[w->disk.now.at[i].file];

		assert_null(memmem(f->cache, f->len, "old", 3));
		assert_null(memmem(f->disk, f->len, "old", 3));
	}
	up(w);
	assert_string_equal(texts(w, 0), "new");
}

static void test_readers(void **state)
{
	struct world *w = *state;
	uint64_t at = 99;
	char name[] = "reader-00";

	up(w);
	put(w, WARD_LANE_CONTROL, "a");
	commit(w);
	put(w, WARD_LANE_CONTROL, "b");
	assert_int_equal(ward_journal_position(w->j, WARD_STR("x"), &at), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("Upper"), 1), WARD_ERR_MALFORMED);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR(""), 1), WARD_ERR_MALFORMED);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("x"), 2), WARD_ERR_DENIED);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("x"), 1), WARD_OK);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("x"), 0), WARD_ERR_DENIED);
	for (unsigned i = 0; i < 63; i++) {
		name[7] = (char)('0' + i / 10);
		name[8] = (char)('0' + i % 10);
		assert_int_equal(ward_journal_ack(w->j, ward_str_z(name), 0), WARD_OK);
	}
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("more"), 0), WARD_ERR_LIMIT);
	assert_int_equal(ward_journal_forget(w->j, WARD_STR("reader-07")), WARD_OK);
	assert_int_equal(ward_journal_forget(w->j, WARD_STR("reader-07")), WARD_ERR_NOT_FOUND);
	w->disk.fail_at = w->disk.n_call + 3;
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("more"), 0), WARD_ERR_IO);
	up(w);
	assert_int_equal(ward_journal_position(w->j, WARD_STR("x"), &at), WARD_OK);
	assert_int_equal(at, 1);
	assert_int_equal(ward_journal_position(w->j, WARD_STR("more"), &at), WARD_ERR_NOT_FOUND);
	sim_find(&w->disk, "readers")->cache[20] ^= 1;
	up(w);
	assert_int_equal(stats(w).n_damage, 1);
	assert_int_equal(ward_journal_damage(w->j, 0)->index, UINT64_MAX);
}

static void test_failed_sync_stops_acknowledging(void **state)
{
	struct world *w = *state;
	struct ward_record r = rec(WARD_LANE_EVIDENCE, 1, "x");
	uint64_t seq;

	up(w);
	put(w, WARD_LANE_EVIDENCE, "a");
	commit(w);
	put(w, WARD_LANE_EVIDENCE, "b");
	w->disk.fail_at = w->disk.n_call + 2; /* the fdatasync */
	assert_int_equal(ward_journal_commit(w->j), WARD_ERR_IO);
	assert_int_equal(ward_journal_commit(w->j), WARD_ERR_IO);
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_IO);
	assert_int_equal(ward_journal_ack(w->j, WARD_STR("x"), 1), WARD_ERR_IO);
	assert_int_equal(ward_journal_maintain(w->j), WARD_ERR_IO);
	assert_string_equal(texts(w, 0), "a");
	up(w); /* the cache shows it whole: it is written again, and then counts */
	assert_string_equal(texts(w, 0), "a b");
	ward_journal_close(w->j);
	w->j = NULL;
	sim_crash(&w->disk);
	up(w);
	assert_string_equal(texts(w, 0), "a b");
}

static void test_disk_full(void **state)
{
	struct world *w = *state;
	struct ward_record r = rec(WARD_LANE_EVIDENCE, 1, "x");
	uint64_t seq;

	up(w);
	w->disk.full = true;
	assert_int_equal(ward_journal_append(w->j, &r, 1, &seq), WARD_ERR_FULL);
	assert_true(stats(w).full);
	w->disk.full = false;
	put(w, WARD_LANE_EVIDENCE, "a");
	w->disk.full = true; /* zero-filled segments need no more room */
	commit(w);
	assert_false(stats(w).full);
	assert_string_equal(texts(w, 0), "a");
}

/* A file's cache, copied. */
static uint8_t *copy_of(struct world *w, const char *name)
{
	struct sim_file *f = sim_find(&w->disk, name);
	uint8_t *p = malloc(f->len);

	assert_non_null(p);
	memcpy(p, f->cache, f->len);
	return p;
}

/* A repair whose zeros the disk refused, while the cache shows them: the cut block must not come
 * back beside the next commit of the same number. */
static void test_cut_block_stays_away(void **state)
{
	static const char ev[] = "evidence-00000000.seg", co[] = "control-00000000.seg";
	struct world *w = *state;

	up(w);
	put(w, WARD_LANE_EVIDENCE, "a");
	put(w, WARD_LANE_CONTROL, "b");
	commit(w);
	uint8_t *e1 = copy_of(w, ev), *c1 = copy_of(w, co);

	put(w, WARD_LANE_EVIDENCE, "lost");
	put(w, WARD_LANE_CONTROL, "lost");
	commit(w);
	ward_journal_close(w->j);
	w->j = NULL;
	memcpy(sim_find(&w->disk, ev)->cache, e1, SEGMENT);
	memcpy(sim_find(&w->disk, co)->cache, c1, SEGMENT);
	memcpy(sim_find(&w->disk, co)->disk, c1, SEGMENT);
	free(e1);
	free(c1);
	up(w);
	put(w, WARD_LANE_CONTROL, "c");
	commit(w);
	ward_journal_close(w->j);
	w->j = NULL;
	sim_crash(&w->disk);
	up(w);
	assert_int_equal(stats(w).n_damage, 0);
	assert_string_equal(texts(w, 0), "a b c");
}

/* Fills two segments of one lane and some of another. */
static void history(struct world *w)
{
	char text[40];

	up(w);
	for (unsigned i = 1; i <= 60; i++) {
		snprintf(text, sizeof(text), "record-number-%02u", i);
		put(w, i % 4 ? WARD_LANE_EVIDENCE : WARD_LANE_CONTROL, text);
		commit(w);
	}
	assert_true(stats(w).n_segment[WARD_LANE_EVIDENCE] >= 2);
	ward_journal_close(w->j);
	w->j = NULL;
}

/* Reads all, skipping damage; returns how often it was told of some. */
static unsigned read_over_damage(struct world *w, uint64_t *ret_n, uint64_t *ret_lost)
{
	struct ward_journal_cursor *c;
	struct ward_record r;
	unsigned n_bad = 0;
	enum ward_err err;

	*ret_n = 0;
	assert_int_equal(ward_journal_cursor_open(w->j, 0, &c), WARD_OK);
	while ((err = ward_journal_next_record(c, &r)) != WARD_ERR_AGAIN) {
		if (err == WARD_OK) {
			(*ret_n)++;
			continue;
		}
		assert_int_equal(err, WARD_ERR_CORRUPT);
		assert_int_equal(ward_journal_next_record(c, &r), WARD_ERR_CORRUPT);
		assert_non_null(ward_journal_cursor_damage(c)->what);
		ward_journal_cursor_skip(c);
		assert_true(++n_bad < 10);
	}
	*ret_lost = ward_journal_cursor_lost(c);
	ward_journal_cursor_close(c);
	return n_bad;
}

static void test_damage_in_the_middle(void **state)
{
	struct world *w = *state;
	static const char *const name[] = {"evidence-00000000.seg", "evidence-00000001.seg"};
	uint64_t n, lost;

	for (size_t i = 0; i < 2; i++) {
		history(w);
		struct sim_file *f = sim_find(&w->disk, name[i]);

		f->cache[WARD_SEG_HEAD + 200] ^= 0x40;
		up(w);
		/* only the newest is read at open */
		assert_int_equal(stats(w).n_damage, i);
		assert_true(read_over_damage(w, &n, &lost) >= 1);
		assert_true(lost > 0);
		assert_int_equal(n + lost, 60);
		put(w, WARD_LANE_EVIDENCE, "after");
		commit(w);
		up(w);
		assert_true(read_over_damage(w, &n, &lost) >= 1);
		assert_int_equal(n + lost, 61);
		teardown(state);
		setup(state);
		w = *state;
	}
}

static void test_lost_header_and_segment(void **state)
{
	struct world *w = *state;
	uint64_t n, lost;

	history(w);
	sim_find(&w->disk, "evidence-00000000.seg")->cache[30] ^= 1;
	up(w);
	assert_int_equal(stats(w).n_damage, 1);
	assert_int_equal(read_over_damage(w, &n, &lost), 1);
	assert_int_equal(n + lost, 60);
	ward_journal_close(w->j);
	w->j = NULL;
	assert_int_equal(w->disk.io.unlink(&w->disk, "control-00000000.seg"), WARD_OK);
	up(w);
	assert_true(stats(w).n_damage > 1);
	assert_true(read_over_damage(w, &n, &lost) >= 1);
	assert_int_equal(n + lost, 59); /* the last one was in the lost file: only damage tells */
}

/* The last commit says where each lane ended before: a lane cut short is noticed. */
static void test_lost_tail_is_noticed(void **state)
{
	struct world *w = *state;

	up(w);
	put(w, WARD_LANE_EVIDENCE, "a");
	commit(w);
	put(w, WARD_LANE_CONTROL, "b");
	commit(w);
	ward_journal_close(w->j);
	w->j = NULL;
	memset(sim_find(&w->disk, "evidence-00000000.seg")->cache + WARD_SEG_HEAD, 0, 512);
	up(w);
	assert_int_equal(stats(w).n_damage, 1);
	uint64_t n, lost;

	assert_int_equal(read_over_damage(w, &n, &lost), 1);
	assert_int_equal(n, 1);
	assert_int_equal(lost, 1);
}

/* Fails the Nth allocation of open, append, commit and read until none fails. */
static void test_failing_allocator(void **state)
{
	struct world *w = *state;

	history(w);
	for (uint64_t at = 1; at < 1000; at++) {
		struct ward_mem_failing f;
		struct ward_journal_cursor *c = NULL;
		struct ward_record r = rec(WARD_LANE_DERIVED, 9, "x");
		uint64_t seq;

		ward_mem_failing_init(&f, at);
		enum ward_err err =
			ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, &f.mem, &w->j);

		if (err == WARD_OK)
			err = ward_journal_append(w->j, &r, 1, &seq);
		if (err == WARD_OK)
			err = ward_journal_commit(w->j);
		if (err == WARD_OK)
			err = ward_journal_cursor_open(w->j, 0, &c);
		while (err == WARD_OK)
			err = ward_journal_next_record(c, &r);
		ward_journal_cursor_close(c);
		ward_journal_close(w->j);
		w->j = NULL;
		assert_int_equal(w->disk.n_open, 0);
		if (err == WARD_ERR_AGAIN)
			return;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	fail();
}

static void test_every_prefix_fails_cleanly(void **state)
{
	struct world *w = *state;

	history(w);
	struct sim_file *f = sim_find(&w->disk, "evidence-00000000.seg");
	struct ward_seg_head h;
	struct ward_block_head b;

	for (size_t len = 0; len < WARD_SEG_HEAD; len++) {
		uint8_t *p = malloc(len ? len : 1);

		assert_non_null(p);
		memcpy(p, f->cache, len);
		assert_int_not_equal(ward_seg_head_read(ward_slice_of(p, len), &h, NULL), WARD_OK);
		free(p);
	}
	assert_int_equal(
		ward_seg_head_read(ward_slice_of(f->cache, WARD_SEG_HEAD), &h, NULL), WARD_OK);
	const uint8_t *at = f->cache + WARD_SEG_HEAD;

	for (size_t len = 0; len < WARD_BLOCK_HEAD; len++)
		assert_int_equal(ward_block_head_read(ward_slice_of(at, len), h.tag, 4096, &b),
			WARD_ERR_MORE);
	assert_int_equal(ward_block_head_read(ward_slice_of(at, 4096), h.tag, 4096, &b), WARD_OK);
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(ward_block_check(ward_slice_of(at, len), &b), WARD_OK);
	assert_int_equal(ward_block_check(ward_slice_of(at, b.len), &b), WARD_OK);
	assert_int_equal(ward_block_head_read(ward_slice_of(at, 4096), h.tag ^ 1, 4096, &b),
		WARD_ERR_FOREIGN);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),
		T(test_order_across_lanes),
		T(test_cursor_follows),
		T(test_refusals),
		T(test_reserve_is_for_evidence),
		T(test_quota_of_a_source),
		T(test_many_sources_in_one_segment),
		T(test_retention),
		T(test_readers),
		T(test_failed_sync_stops_acknowledging),
		T(test_disk_full),
		T(test_cut_block_stays_away),
		T(test_damage_in_the_middle),
		T(test_lost_header_and_segment),
		T(test_lost_tail_is_noticed),
		T(test_failing_allocator),
		T(test_every_prefix_fails_cleanly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
