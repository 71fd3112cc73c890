/* Every acknowledged record is found exactly once, in order, after any loss of power: property of
 * the journal over a disk that drops, tears and reorders what was not synced, and fails calls. The
 * same property must be seen to break when the disk does not sync. */
#include "journal/journal.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define TRIALS 300
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRIALS 300
#endif
#endif
#ifndef TRIALS
#define TRIALS 10000
#endif

enum { CRASHES = 10, SEQ_MAX = 8192, GROUP_MAX = 64, SEGMENT = 8192 };

struct expect {
	uint32_t value;
	enum ward_lane lane;
};

struct trial {
	struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_journal *j;
	struct expect known[SEQ_MAX]; /* [seq]: acknowledged */
	uint64_t n_known;             /* the last acknowledged sequence */
	struct expect group[GROUP_MAX];
	size_t n_group;   /* of the group that was being committed */
	uint64_t read_to; /* acknowledged by the reader, durably */
	uint64_t read_try;
	const char *problem;
};

static struct trial trial;

static uint64_t pick(struct trial *t, uint64_t n)
{
	return sim_random(&t->disk) % n;
}

static bool problem(struct trial *t, const char *what)
{
	if (!t->problem)
		t->problem = what;
	return false;
}

static size_t payload(uint32_t value, uint8_t ret[128])
{
	size_t len = 4 + value % 61;

	memset(ret, (int)(value >> 8), len);
	memcpy(ret, &value, 4);
	return len;
}

static bool check_record(struct trial *t, const struct ward_record *r, const struct expect *e)
{
	uint8_t want[128];
	size_t len = payload(e->value, want);

	if (r->lane != e->lane || r->data.len != len || memcmp(r->data.p, want, len) != 0)
		return problem(t, "a record has another's content");
	return true;
}

/* Reads all; false when the disk went away meanwhile or there is a problem. */
static bool verify_records(struct trial *t, struct ward_journal_cursor *c)
{
	uint64_t n = 0;
	struct ward_record r;
	enum ward_err err;

	while ((err = ward_journal_next_record(c, &r)) == WARD_OK) {
		for (n++; n < r.seq; n++)
			if (n > t->n_known || t->known[n].lane != WARD_LANE_TELEMETRY ||
				!t->opt.lane[WARD_LANE_TELEMETRY].max_bytes)
				return problem(t, "a record is missing");
		if (r.seq != n)
			return problem(t, "out of order");
		if (n <= t->n_known && !check_record(t, &r, &t->known[n]))
			return false;
		if (n > t->n_known && n - t->n_known > t->n_group)
			return problem(t, "a record that nobody wrote");
		if (n > t->n_known && !check_record(t, &r, &t->group[n - t->n_known - 1]))
			return false;
	}
	if (err == WARD_ERR_CORRUPT)
		return problem(t, ward_journal_cursor_damage(c)->what);
	if (err != WARD_ERR_AGAIN)
		return false;
	while (n < t->n_known && t->known[n + 1].lane == WARD_LANE_TELEMETRY &&
		t->opt.lane[WARD_LANE_TELEMETRY].max_bytes)
		n++;
	if (n < t->n_known)
		return problem(t, "acknowledged records are missing at the end");
	if (n > t->n_known && n - t->n_known != t->n_group)
		return problem(t, "a part of a commit");
	return true;
}

static bool verify(struct trial *t)
{
	struct ward_journal_stats s;
	struct ward_journal_cursor *c = NULL;
	uint64_t at = 0;

	ward_journal_stats(t->j, &s);
	if (s.n_damage)
		return problem(t, ward_journal_damage(t->j, 0)->what);
	if (ward_journal_position(t->j, WARD_STR("brain"), &at) != WARD_OK)
		at = 0;
	if (at != t->read_to && at != t->read_try)
		return problem(t, "a reader's position is lost");
	t->read_to = at;
	if (ward_journal_cursor_open(t->j, 0, &c) != WARD_OK)
		return problem(t, "no cursor");
	bool ok = verify_records(t, c);

	ward_journal_cursor_close(c);
	/* What a durable open has kept stays, acknowledged or not. */
	for (size_t i = 0; ok && ward_journal_next(t->j) > t->n_known + 1; i++)
		t->known[++t->n_known] = t->group[i];
	if (ok)
		t->n_group = 0;
	return ok;
}

static bool power_off(const struct trial *t)
{
	return t->disk.crash_at && t->disk.n_call >= t->disk.crash_at;
}

/* Opens and verifies, again after a failure that was not the power. */
static bool bring_up(struct trial *t)
{
	for (;;) {
		enum ward_err err = ward_journal_open(
			&t->opt, &t->disk.io, &t->clock.clock, ward_mem_heap(), &t->j);

		if (err == WARD_OK && verify(t))
			return true;
		ward_journal_close(t->j);
		t->j = NULL;
		if (t->problem || power_off(t))
			return false;
	}
}

static void step_append(struct trial *t)
{
	struct ward_record rec[4];
	uint8_t bytes[4][128];
	size_t n = 1 + pick(t, 4);
	uint64_t seq;

	if (t->n_group + n > GROUP_MAX || t->n_known + t->n_group + n >= SEQ_MAX)
		return;
	for (size_t i = 0; i < n; i++) {
		struct expect *e = &t->group[t->n_group + i];

		*e = (struct expect){(uint32_t)sim_random(&t->disk),
			(enum ward_lane)(pick(t, 3) ? pick(t, WARD_LANE_N) : 0)};
		rec[i] = (struct ward_record){
			.lane = e->lane, .type = WARD_RECORD_EVENT, .source = (uint32_t)pick(t, 3)};
		rec[i].data = ward_slice_of(bytes[i], payload(e->value, bytes[i]));
	}
	if (ward_journal_append(t->j, rec, n, &seq) != WARD_OK)
		return;
	if (seq != t->n_known + t->n_group + 1)
		(void)problem(t, "a gap in the sequence");
	t->n_group += n;
}

/* False when the journal must be opened again. */
static bool step_commit(struct trial *t)
{
	if (ward_journal_commit(t->j) != WARD_OK)
		return false;
	for (size_t i = 0; i < t->n_group; i++)
		t->known[++t->n_known] = t->group[i];
	t->n_group = 0;
	return true;
}

static bool step(struct trial *t)
{
	uint64_t what = pick(t, 16);

	t->clock.at += WARD_NS_PER_S;
	if (what < 8) {
		step_append(t);
		return true;
	}
	if (what < 14)
		return step_commit(t);
	if (what == 14)
		return t->n_group || ward_journal_maintain(t->j) == WARD_OK;
	if (t->n_known > t->read_to) {
		t->read_try = t->read_to + 1 + pick(t, t->n_known - t->read_to);
		if (ward_journal_ack(t->j, WARD_STR("brain"), t->read_try) != WARD_OK)
			return false;
		t->read_to = t->read_try;
	}
	return true;
}

static void one_life(struct trial *t)
{
	t->disk.crash_at = t->disk.n_call + 1 + pick(t, 400);
	t->disk.fail_at = pick(t, 3) ? 0 : t->disk.n_call + 1 + pick(t, 300);
	t->disk.flaky = pick(t, 4) ? 0 : 24 + pick(t, 100);
	t->disk.full = pick(t, 8) == 0;
	bool up = bring_up(t);

	for (unsigned i = 0; up && !t->problem && !power_off(t) && i < 300; i++) {
		if (step(t))
			continue;
		ward_journal_close(t->j);
		t->j = NULL;
		up = !power_off(t) && bring_up(t);
	}
	ward_journal_close(t->j);
	t->j = NULL;
	sim_crash(&t->disk);
}

/* NULL, or what is wrong. */
static const char *run_trial(uint64_t seed, bool lie_data, bool lie_dir)
{
	struct trial *t = &trial;
	struct ward_limits limits;

	memset(t, 0, sizeof(*t));
	sim_init(&t->disk, seed);
	ward_clock_fake_init(&t->clock, 1000 * WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&t->opt, &limits);
	t->disk.lie_data = lie_data;
	t->disk.lie_dir = lie_dir;
	t->opt.segment_bytes = SEGMENT;
	t->opt.total_bytes = 60 * SEGMENT;
	t->opt.source_bytes = t->opt.total_bytes;
	t->opt.seed = seed + 1;
	if (seed % 4 == 0)
		t->opt.lane[WARD_LANE_TELEMETRY].max_bytes = 2 * SEGMENT;
	if (seed % 8 == 0)
		t->opt.lane[WARD_LANE_TELEMETRY].retain = 60 * WARD_NS_PER_S;
	for (unsigned i = 0; i < CRASHES && !t->problem; i++)
		one_life(t);
	if (!t->problem && bring_up(t)) {
		ward_journal_close(t->j);
		t->j = NULL;
	}
	sim_fini(&t->disk);
	return t->problem;
}

static void test_acknowledged_survives(void **state)
{
	uint64_t n = 0;

	(void)state;
	for (uint64_t i = 0; i < TRIALS; i++) {
		const char *what = run_trial(i * 1000003, false, false);

		if (what)
			fail_msg("seed %llu: %s", (unsigned long long)(i * 1000003), what);
		n += trial.n_known;
	}
	print_message("%d crashes, %llu records kept\n", TRIALS * CRASHES, (unsigned long long)n);
	assert_true(n > TRIALS * CRASHES);
}

static unsigned count_problems(bool lie_data, bool lie_dir)
{
	unsigned n = 0;

	for (uint64_t i = 0; i < 100; i++)
		n += run_trial(i * 1000003, lie_data, lie_dir) != NULL;
	return n;
}

static void test_without_fdatasync_it_breaks(void **state)
{
	unsigned n = count_problems(true, false);

	(void)state;
	print_message("without fdatasync: %u of 100 trials lose records\n", n);
	assert_true(n >= 50);
}

static void test_without_directory_sync_it_breaks(void **state)
{
	unsigned n = count_problems(false, true);

	(void)state;
	print_message("without directory sync: %u of 100 trials lose records\n", n);
	assert_true(n >= 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acknowledged_survives),
		cmocka_unit_test(test_without_fdatasync_it_breaks),
		cmocka_unit_test(test_without_directory_sync_it_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
