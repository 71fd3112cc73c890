/* A journal whose first segments are of version 1 and whose later ones of version 2: one journal.
 */
#include "base/formats.h"
#include "journal/format.h"
#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192, EACH = 60 };

static struct ward_journal *open_in(
	struct sim_disk *disk, struct ward_clock_fake *clock, uint32_t formats)
{
	struct ward_journal_options o;
	struct ward_limits limits;
	struct ward_journal *j;

	ward_limits_default(&limits);
	ward_journal_options_default(&o, &limits);
	assert_int_equal(o.formats, 2);
	o.segment_bytes = SEGMENT;
	o.seed = 7;
	o.formats = formats;
	assert_int_equal(
		ward_journal_open(&o, &disk->io, &clock->clock, ward_mem_heap(), &j), WARD_OK);
	return j;
}

/* Of 200 to 260 bytes each, two to a commit, one commit left open at a time. */
static void add(struct ward_journal *j, uint64_t from, uint64_t n)
{
	for (uint64_t i = from; i < from + n; i++) {
		char text[300];
		uint64_t seq;
		int len = snprintf(text, sizeof(text), "%0*d", (int)(200 + i % 61), (int)i);
		struct ward_record r = {.lane = WARD_LANE_EVIDENCE,
			.type = WARD_RECORD_EVENT,
			.source = 3,
			.data = ward_slice_of(text, (size_t)len)};
		enum ward_err err = ward_journal_append(j, &r, 1, &seq);

		if (err == WARD_ERR_AGAIN) {
			assert_int_equal(ward_journal_commit(j), WARD_OK);
			err = ward_journal_append(j, &r, 1, &seq);
		}
		assert_int_equal(err, WARD_OK);
		assert_int_equal(seq, i);
		if (i % 2)
			assert_int_equal(ward_journal_commit(j), WARD_OK);
	}
	assert_int_equal(ward_journal_commit(j), WARD_OK);
}

static void all_are_there(struct ward_journal *j, uint64_t n)
{
	struct ward_journal_cursor *c;
	struct ward_record r;
	char text[300];

	assert_int_equal(ward_journal_next(j), n + 1);
	assert_int_equal(ward_journal_cursor_open(j, 0, &c), WARD_OK);
	for (uint64_t i = 1; i <= n; i++) {
		int len = snprintf(text, sizeof(text), "%0*d", (int)(200 + i % 61), (int)i);

		assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, i);
		assert_int_equal(r.data.len, len);
		assert_memory_equal(r.data.p, text, (size_t)len);
	}
	assert_int_equal(ward_journal_next_record(c, &r), WARD_ERR_AGAIN);
	ward_journal_cursor_close(c);
}

/* That of the newest segment. */
static unsigned version(const struct ward_journal *j, struct sim_disk *disk)
{
	struct ward_journal_stats st;
	char name[64];

	ward_journal_stats(j, &st);
	(void)snprintf(name, sizeof(name), "evidence-%08llx.seg",
		(unsigned long long)st.n_segment[WARD_LANE_EVIDENCE] - 1);
	assert_non_null(sim_find(disk, name));
	return sim_find(disk, name)->cache[8];
}

static void what_was_begun_in_one_form_goes_on_in_the_other(void **state)
{
	static struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal *j;

	(void)state;
	sim_init(&disk, 1);
	ward_clock_fake_init(&clock, 1234567890 * WARD_NS_PER_S);
	j = open_in(&disk, &clock, 1);
	add(j, 1, EACH);
	assert_int_equal(version(j, &disk), 1);
	ward_journal_close(j);

	j = open_in(&disk, &clock, 2);
	all_are_there(j, EACH);
	add(j, EACH + 1, EACH);
	all_are_there(j, 2 * EACH);
	assert_int_equal(version(j, &disk), 2);
	ward_journal_close(j);

	/* and back in the first, as a machine does that leads in the earlier formats again */
	j = open_in(&disk, &clock, 1);
	add(j, 2 * EACH + 1, EACH);
	all_are_there(j, 3 * EACH);
	assert_int_equal(version(j, &disk), 1);
	ward_journal_close(j);
	j = open_in(&disk, &clock, 2);
	all_are_there(j, 3 * EACH);
	ward_journal_close(j);
	sim_fini(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_begun_in_one_form_goes_on_in_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
