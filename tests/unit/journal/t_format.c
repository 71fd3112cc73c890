/* The golden segment of version 1: still read, and still written byte for byte. */
#include "base/formats.h"
#include "journal/format.h"
#include "journal/journal.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192 };

static const char *const text[] = {"door.forced D-12", "", "login failed", "fire.alarm"};

static struct ward_journal *start(struct sim_disk *disk, struct ward_clock_fake *clock)
{
	struct ward_journal_options opt;
	struct ward_limits limits;
	struct ward_journal *j;

	ward_clock_fake_init(clock, 1234567890 * WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&opt, &limits);
	opt.segment_bytes = SEGMENT;
	opt.seed = 20261123;
	assert_int_equal(
		ward_journal_open(&opt, &disk->io, &clock->clock, ward_mem_heap(), &j), WARD_OK);
	return j;
}

static void write_records(struct ward_journal *j)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		uint64_t seq;
		struct ward_record r = {.lane = WARD_LANE_EVIDENCE,
			.type = (uint16_t)(i + 1),
			.source = (uint32_t)(7 * i),
			.data = ward_str_bytes(ward_str_z(text[i]))};

		assert_int_equal(ward_journal_append(j, &r, 1, &seq), WARD_OK);
		if (i != 1)
			assert_int_equal(ward_journal_commit(j), WARD_OK);
	}
}

static void golden(uint8_t ret[SEGMENT])
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[4096];

	assert_non_null(root);
	snprintf(path, sizeof(path), "%s/tests/golden/journal/v1.seg", root);
	if (getenv("WARD_GOLDEN_UPDATE")) {
		struct sim_disk disk;
		struct ward_clock_fake clock;

		sim_init(&disk, 1);
		struct ward_journal *j = start(&disk, &clock);

		write_records(j);
		ward_journal_close(j);
		FILE *out = fopen(path, "wb");

		assert_non_null(out);
		assert_int_equal(
			fwrite(sim_find(&disk, "evidence-00000000.seg")->cache, 1, SEGMENT, out),
			SEGMENT);
		assert_int_equal(fclose(out), 0);
		sim_fini(&disk);
	}
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fread(ret, 1, SEGMENT, f), SEGMENT);
	fclose(f);
}

static void test_still_read(void **state)
{
	static struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal_cursor *c;
	struct ward_record r;
	uint8_t seg[SEGMENT];

	(void)state;
	golden(seg);
	sim_init(&disk, 1);
	sim_put(&disk, "evidence-00000000.seg", seg, sizeof(seg));
	struct ward_journal *j = start(&disk, &clock);

	assert_int_equal(ward_journal_next(j), WARD_ARRAY_LEN(text) + 1);
	assert_int_equal(ward_journal_cursor_open(j, 0, &c), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, i + 1);
		assert_int_equal(r.time, 1234567890 * WARD_NS_PER_S);
		assert_int_equal(r.type, i + 1);
		assert_int_equal(r.source, 7 * i);
		assert_true(ward_str_eqz(ward_slice_text(r.data), text[i]));
	}
	assert_int_equal(ward_journal_next_record(c, &r), WARD_ERR_AGAIN);
	ward_journal_cursor_close(c);
	ward_journal_close(j);
	sim_fini(&disk);
}

static void test_still_written(void **state)
{
	static struct sim_disk disk;
	struct ward_clock_fake clock;
	uint8_t seg[SEGMENT];

	(void)state;
	golden(seg);
	sim_init(&disk, 1);
	struct ward_journal *j = start(&disk, &clock);

	write_records(j);
	ward_journal_close(j);
	assert_memory_equal(sim_find(&disk, "evidence-00000000.seg")->cache, seg, SEGMENT);
	sim_fini(&disk);
}

static void test_header_round_trip(void **state)
{
	struct ward_seg_head h = {.version = 1, .len = SEGMENT, .tag = 1, .base_seq = 1};
	uint8_t b[WARD_SEG_HEAD];
	struct ward_seg_sources src = {0};
	struct ward_seg_sources back;

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		assert_int_equal(ward_seg_sources_add(&src, i, i),
			i < WARD_SEG_SOURCES ? i : WARD_SOURCE_OTHERS);
	ward_seg_head_write(&h, &src, b);
	assert_int_equal(ward_seg_head_read(ward_slice_of(b, sizeof(b)), &h, &back), WARD_OK);
	assert_int_equal(back.n, WARD_SEG_SOURCES + 1);
	assert_memory_equal(back.bytes, src.bytes, sizeof(src.bytes));
	b[8] = 2;
	assert_int_equal(
		ward_seg_head_read(ward_slice_of(b, sizeof(b)), &h, &back), WARD_ERR_CORRUPT);
	/* of a later version, and whole */
	h.version = (uint16_t)(ward_seg_version(ward_formats_most()) + 1);
	ward_seg_head_write(&h, &src, b);
	assert_int_equal(
		ward_seg_head_read(ward_slice_of(b, sizeof(b)), &h, &back), WARD_ERR_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_still_read),
		cmocka_unit_test(test_still_written),
		cmocka_unit_test(test_header_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
