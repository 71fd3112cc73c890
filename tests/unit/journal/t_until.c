/* A copy that is made a later one by pieces is byte for byte the copy of that later moment,
 * whatever was written, erased, dropped or crashed between; and what is cut at a moment has what
 * was committed by then, of that what was not erased since, and can be gone on with. */
#include "journal/erase.h"
#include "journal/until.h"

#include "simdisk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SEGMENT = 8192, SEEDS = 40, LINKS = 7, RECORDS = 4096, PIECES = 64 };

struct world {
	struct sim_disk disk, copy, cut;
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_journal *j;
	struct ward_wr file;
	uint64_t n; /* records */
	/* of each, by its number less 1 */
	struct known {
		uint64_t commit;
		ward_ns time;
		bool erased;
	} is[RECORDS];
	uint64_t n_commit;
	/* what the copy has */
	struct ward_journal_seg seg[PIECES];
	struct ward_journal_had had;
};

static void up(struct world *w)
{
	ward_journal_close(w->j);
	w->j = NULL;
	assert_int_equal(
		ward_journal_open(&w->opt, &w->disk.io, &w->clock.clock, ward_mem_heap(), &w->j),
		WARD_OK);
}

static void begin(struct world *w, uint64_t seed)
{
	struct ward_limits limits;

	sim_init(&w->disk, seed);
	sim_init(&w->copy, seed + 1);
	ward_clock_fake_init(&w->clock, 1000 * WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&w->opt, &limits);
	w->opt.segment_bytes = SEGMENT;
	w->opt.total_bytes = 24 * SEGMENT;
	w->opt.source_bytes = w->opt.total_bytes;
	w->opt.seed = seed;
	w->opt.lane[WARD_LANE_TELEMETRY].max_bytes = 3 * SEGMENT;
	w->file = ward_wr_grow(ward_mem_heap(), 1 << 20);
	up(w);
}

static void end(struct world *w)
{
	ward_journal_close(w->j);
	sim_fini(&w->disk);
	sim_fini(&w->copy);
	ward_wr_fini(&w->file);
	*w = (struct world){.n = 0};
}

/* One commit over some lanes; its records hold their own sequence. */
static void commit(struct world *w, unsigned lanes, size_t bytes)
{
	uint8_t data[2048] = {0};
	uint64_t before = w->n;

	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		uint64_t seq = w->n + 1;
		struct ward_record r = {
			.lane = (enum ward_lane)i, .type = WARD_RECORD_EVENT, .source = 1};

		if (!(lanes & 1u << i))
			continue;
		memcpy(data, &seq, sizeof(seq));
		r.data = ward_slice_of(data, bytes);
		if (ward_journal_append(w->j, &r, 1, &seq) == WARD_ERR_FULL)
			continue;
		assert_true(seq == w->n + 1 && w->n < RECORDS);
		w->is[w->n++] = (struct known){w->n_commit + 1, w->clock.at, false};
	}
	assert_int_equal(ward_journal_commit(w->j), WARD_OK);
	w->n_commit += w->n > before;
	if (w->n % 8 == 0) /* what everybody has read may go for want of room */
		assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), w->n), WARD_OK);
}

static bool every_third(void *ctx, const struct ward_record *r)
{
	struct world *w = ctx;
	bool goes = r->seq % 3 == 0;

	if (goes)
		w->is[r->seq - 1].erased = true;
	return goes;
}

/* One sealed segment of the evidence. */
static void erase_some(struct world *w)
{
	struct ward_journal_erase *e = NULL;
	struct ward_journal_erased is;
	struct ward_journal_sealed s;
	enum ward_err err;

	assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), w->n), WARD_OK);
	if (!ward_journal_sealed(w->j, WARD_LANE_EVIDENCE, 0, &s))
		return;
	assert_int_equal(
		ward_journal_erase_begin(w->j, WARD_LANE_EVIDENCE, s.index, every_third, w, &e),
		WARD_OK);
	while ((err = ward_journal_erase_step(e, 4096, &is)) == WARD_ERR_AGAIN)
		;
	assert_int_equal(err, WARD_OK);
	ward_journal_erase_end(e);
}

static void something(struct world *w)
{
	uint64_t what = sim_random(&w->disk) % 40, r = sim_random(&w->disk);

	w->clock.at += (ward_ns)(r % 5) * WARD_NS_PER_S;
	if (what == 0)
		w->clock.at -= 30 * WARD_NS_PER_S; /* somebody set it */
	else if (what == 1)
		erase_some(w);
	else if (what == 2)
		up(w);
	else if (what == 3)
		assert_int_equal(ward_journal_ack(w->j, WARD_STR("brain"), w->n), WARD_OK);
	else
		commit(w, (unsigned)(r >> 8) % 15 + 1, 8 + (size_t)(r >> 16) % 500);
}

static void forget(struct sim_disk *d, const char *name)
{
	assert_int_equal(d->io.unlink(d->io.ctx, name), WARD_OK);
}

/* What a whole copy of now has is what the grown one has: each segment, and no other. */
static void is_same(struct world *w, size_t n)
{
	struct ward_journal_copy *c = NULL;
	char name[WARD_JOURNAL_FILE_NAME];
	size_t k = 0;

	assert_int_equal(ward_journal_copy_begin(&w->disk.io, ward_mem_heap(), &c), WARD_OK);
	while (ward_journal_copy_next(c, name, &w->file) == WARD_OK) {
		struct sim_file *f = sim_find(&w->copy, name);

		if (strcmp(name, "readers") == 0)
			continue;
		assert_non_null(f);
		assert_int_equal(f->len, w->file.len);
		assert_memory_equal(f->cache, w->file.p, f->len);
		k++;
	}
	ward_journal_copy_end(c);
	assert_int_equal(k, n);
	assert_int_equal(w->copy.now.n, n);
}

/* The copy is made that of now; gives the bytes that were needed for it. */
static uint64_t grow(struct world *w)
{
	struct ward_journal_piece piece[PIECES];
	struct ward_journal_copy *c = NULL;
	uint64_t bytes = 0;
	size_t n = 0;
	enum ward_err err;

	assert_int_equal(ward_journal_copy_begin(&w->disk.io, ward_mem_heap(), &c), WARD_OK);
	while ((err = ward_journal_copy_more(c, &w->had, &piece[n], &w->file)) == WARD_OK) {
		bytes += w->file.len;
		assert_int_equal(ward_journal_grow(&w->copy.io, &piece[n], ward_wr_slice(&w->file)),
			WARD_OK);
		assert_true(++n < PIECES);
	}
	assert_int_equal(err, WARD_ERR_CLOSED);
	assert_int_equal(ward_journal_keep_only(&w->copy.io, ward_mem_heap(), piece, n), WARD_OK);
	for (size_t i = 0; i < n; i++)
		w->seg[i] = piece[i].seg;
	w->had = (struct ward_journal_had){w->seg, n, ward_journal_copy_commit(c)};
	ward_journal_copy_end(c);
	is_same(w, n);
	return bytes;
}

static void copy_disk(struct sim_disk *from, struct sim_disk *to)
{
	while (to->now.n)
		forget(to, to->now.at[0].name);
	for (size_t i = 0; i < from->now.n; i++) {
		struct sim_file *f = sim_find(from, from->now.at[i].name);

		sim_put(to, from->now.at[i].name, f->cache, f->len);
	}
}

/* Opened as the journal's process does: no damage, the records that there are to be, and more. */
static void is_cut(struct world *w, const struct ward_journal_until *u)
{
	struct ward_journal_cursor *c;
	struct ward_journal_stats st;
	struct ward_journal *j;
	struct ward_record r;
	struct ward_journal_options o = w->opt;
	uint64_t seq = 0, last = 0;
	enum ward_err err;

	o.total_bytes = o.source_bytes = 80 * SEGMENT; /* there is room for more */
	assert_int_equal(
		ward_journal_open(&o, &w->cut.io, &w->clock.clock, ward_mem_heap(), &j), WARD_OK);
	ward_journal_stats(j, &st);
	assert_int_equal(st.n_damage, 0);
	assert_int_equal(ward_journal_next(j), u->last + 1);
	assert_int_equal(ward_journal_cursor_open(j, 0, &c), WARD_OK);
	while ((err = ward_journal_next_record(c, &r)) == WARD_OK) {
		const struct known *k = &w->is[r.seq - 1];

		assert_true(r.seq > last && k->commit <= u->commit && r.time == k->time);
		assert_int_equal(r.type == WARD_RECORD_ERASED, k->erased);
		memcpy(&seq, r.data.p, sizeof(seq));
		assert_int_equal(seq, k->erased ? 0 : r.seq);
		last = r.seq;
	}
	assert_int_equal(err, WARD_ERR_AGAIN);
	assert_int_equal(ward_journal_cursor_lost(c), 0);
	ward_journal_cursor_close(c);
	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		r = (struct ward_record){.lane = (enum ward_lane)i,
			.type = 1,
			.source = 1,
			.data = ward_slice_of("12345678", 8)};
		assert_int_equal(ward_journal_append(j, &r, 1, &seq), WARD_OK);
		assert_int_equal(seq, u->last + 1 + i);
	}
	assert_int_equal(ward_journal_commit(j), WARD_OK);
	ward_journal_close(j);
	assert_int_equal(
		ward_journal_open(&o, &w->cut.io, &w->clock.clock, ward_mem_heap(), &j), WARD_OK);
	ward_journal_stats(j, &st);
	assert_int_equal(st.n_damage, 0);
	assert_int_equal(ward_journal_next(j), u->last + 1 + WARD_LANE_N);
	ward_journal_close(j);
}

/* By the model: the last commit from `since` on whose time is not after it. */
static struct ward_journal_until expected(const struct world *w, uint64_t since, ward_ns time)
{
	struct ward_journal_until u = {.commit = 0};
	uint64_t before = 0;

	for (uint64_t i = 0; i < w->n; i++)
		if (w->is[i].commit >= since && w->is[i].time <= time)
			u = (struct ward_journal_until){w->is[i].commit, w->is[i].time, i + 1, 0};
	for (uint64_t i = 0; i < u.last; i++) {
		u.n_later += w->is[i].commit >= since && w->is[i].time > time &&
			     w->is[i].commit != before;
		before = w->is[i].commit;
	}
	return u;
}

static bool back_to(struct world *w, uint64_t since, ward_ns time)
{
	struct ward_journal_until u = expected(w, since, time), got = {.commit = 0};
	enum ward_err err;

	copy_disk(&w->copy, &w->cut);
	err = ward_journal_find(&w->cut.io, ward_mem_heap(), since, time, &got);
	if (err == WARD_ERR_NOT_FOUND) /* or retention took it */
		return false;
	assert_int_equal(err, WARD_OK);
	assert_true(got.commit <= u.commit);
	if (got.commit == u.commit) {
		assert_true(got.time == u.time && got.last == u.last);
		assert_true(got.n_later <= u.n_later);
	}
	assert_int_equal(ward_journal_cut(&w->cut.io, ward_mem_heap(), &got), WARD_OK);
	is_cut(w, &got);
	return true;
}

static void t_chain(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint64_t n_cut = 0;

	(void)state;
	assert_non_null(w);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		uint64_t since;

		begin(w, seed);
		sim_init(&w->cut, seed);
		for (unsigned i = 0; i < 30; i++)
			something(w);
		commit(w, 15, 10);
		(void)grow(w);
		since = w->had.commit;
		for (unsigned k = 0; k < LINKS; k++) {
			for (uint64_t i = sim_random(&w->disk) % 40; i; i--)
				something(w);
			(void)grow(w);
		}
		for (unsigned k = 0; k < 12; k++)
			n_cut += back_to(w, since,
				w->is[sim_random(&w->disk) % w->n].time +
					(ward_ns)(sim_random(&w->disk) % 2));
		sim_fini(&w->cut);
		end(w);
	}
	assert_true(n_cut > 8 * SEEDS); /* the others were before the copy */

	free(w);
}

/* Nothing new costs nothing; something small, little. */
static void t_small(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	(void)state;
	begin(w, 3);
	for (unsigned i = 0; i < 60; i++)
		commit(w, 3, 400);
	assert_true(grow(w) > 30000);
	assert_true(grow(w) < 2000); /* the last commit once more: it may have been half there */
	commit(w, 1, 100);
	assert_true(grow(w) < 2500);
	end(w);
	free(w);
}

/* A number that was given in a commit that a crash took away, and then again: what the former copy
 * had of the first goes. */
static void t_given_again(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct sim_file *f;
	uint8_t *before;

	(void)state;
	begin(w, 5);
	for (unsigned i = 0; i < 5; i++)
		commit(w, 3, 200);
	f = sim_find(&w->disk, "derived-00000000.seg");
	before = malloc(f->len);
	memcpy(before, f->cache, f->len);
	commit(w, 3, 200);
	memcpy(f->cache, before, f->len); /* only one lane has it */
	(void)grow(w);
	assert_int_equal(w->had.commit, 6);
	ward_journal_close(w->j);
	w->j = NULL;
	memcpy(f->disk, before, f->len < f->disk_len ? f->len : f->disk_len);
	up(w);
	assert_int_equal(ward_journal_next(w->j), 11);
	w->n = 10;
	w->n_commit = 5;
	commit(w, 1, 300);
	commit(w, 2, 300);
	(void)grow(w);
	free(before);
	end(w);
	free(w);
}

static void t_refused(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ward_journal_piece p = {.seg = {WARD_LANE_EVIDENCE, 0, 0, 0}}, q;
	struct ward_slice some = ward_slice_of("12345678", 8);

	(void)state;
	begin(w, 9);
	for (unsigned i = 0; i < 30; i++)
		commit(w, 1, 400);
	(void)grow(w);
	p.seg = w->seg[0];
	p.from = 5000;
	assert_int_equal(ward_journal_grow(&w->copy.io, &p, some), WARD_OK);
	for (unsigned i = 0; i < 7; i++) {
		q = p;
		if (i == 0)
			q.seg.tag++; /* another file than it goes on from */
		else if (i == 1)
			q.seg.index = 77; /* there is none */
		else if (i == 2)
			q.from = 100; /* within the header */
		else if (i == 3)
			q.from = q.seg.len - 4; /* more than the file has room for */
		else if (i == 4)
			q.seg.len = UINT64_MAX;
		else if (i == 5)
			q.seg.lane = WARD_LANE_N;
		else
			q.seg.len += 8;
		assert_int_equal(ward_journal_grow(&w->copy.io, &q, some),
			i < 2 || i == 6 ? WARD_ERR_CORRUPT : WARD_ERR_MALFORMED);
	}
	assert_int_equal(w->copy.n_open, 0);
	end(w);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_chain), cmocka_unit_test(t_small),
		cmocka_unit_test(t_given_again), cmocka_unit_test(t_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
