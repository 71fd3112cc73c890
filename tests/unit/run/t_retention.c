/* What each source gave goes when the hospital said, while what others gave beside it stays. */
#include "run/retention.h"

#include "../journal/simdisk.h"

#include "event/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SEGMENT = 64 << 10, HOUR = 3600 };

struct lab {
	struct sim_disk sim;
	struct ward_clock_fake clock;
	struct ward_journal_options o;
	struct ward_journal *j;
	struct ward_retention r;
	struct ward_counters counters;
	struct ward_names names;
	struct ward_arena arena;
	uint64_t last;
	uint64_t n_told, n_records; /* deletions, and records that went by them */
	uint64_t of_camera, segments;
	uint64_t intended;   /* what a killed life intended */
	uint64_t remembered; /* as the last one told it … */
	uint64_t n_older;    /* … and how often one told less than the one before */
	bool deaf;           /* nobody can be told now */
	bool without_camera; /* in sources.yml */
};

static bool tell(void *ctx, const struct ward_deletion *d)
{
	struct lab *l = ctx;

	if (l->deaf)
		return false;
	assert_true(d->n > 0 && d->from <= d->to && d->first <= d->last && d->rule.len);
	l->n_told++;
	assert_true(d->remembered < l->r.version); /* it stands there before it is told */
	l->n_older += d->remembered < l->remembered;
	l->remembered = d->remembered;
	if (ward_str_eqz(d->what, "segment")) {
		l->segments++;
		return true;
	}
	assert_true(ward_str_eqz(d->what, "records"));
	if (ward_str_find(d->rule, WARD_STR("intended")) != SIZE_MAX) {
		l->intended += d->n;
		return true;
	}
	l->n_records += d->n;
	if (ward_str_eqz(d->of, "camera"))
		l->of_camera += d->n;
	return true;
}

static void open(struct lab *l)
{
	ward_retention_init(&l->r, ward_mem_heap(), &l->clock.clock);
	l->r.counters = &l->counters;
	l->r.io = &l->sim.io;
	l->r.tell = tell;
	l->r.tell_ctx = l;
	if (!l->without_camera)
		assert_int_equal(ward_retention_add(&l->r, WARD_STR("86400 camera")), WARD_OK);
	assert_int_equal(ward_retention_add(&l->r, WARD_STR("259200 doors")), WARD_OK);
	assert_int_equal(ward_retention_add(&l->r, WARD_STR("259200 badges")), WARD_OK);
	assert_int_equal(ward_retention_add(&l->r, WARD_STR("0 plant")), WARD_OK);
	assert_int_equal(ward_retention_add(&l->r, WARD_STR("157766400 access")), WARD_OK);
	assert_int_equal(ward_retention_recall(&l->r), WARD_OK);
	l->o.dropped = ward_retention_dropped;
	l->o.dropped_ctx = &l->r;
	ward_retention_options(&l->r, &l->o);
	assert_int_equal(
		ward_journal_open(&l->o, &l->sim.io, &l->clock.clock, ward_mem_heap(), &l->j),
		WARD_OK);
	l->r.j = l->j;
}

static void close_all(struct lab *l)
{
	ward_retention_fini(&l->r);
	ward_journal_close(l->j);
}

static int setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct ward_limits lim;

	assert_non_null(l);
	sim_init(&l->sim, 3);
	ward_clock_fake_init(&l->clock, 1000 * WARD_NS_PER_S);
	ward_counters_init(&l->counters);
	ward_limits_default(&lim);
	ward_journal_options_default(&l->o, &lim);
	l->o.segment_bytes = SEGMENT;
	l->o.total_bytes = l->o.source_bytes = 90 * SEGMENT;
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &lim), WARD_OK);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	open(l);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	struct lab *l = *state;

	close_all(l);
	assert_int_equal(l->sim.n_open, 0);
	assert_int_equal(l->n_older, 0);
	sim_fini(&l->sim);
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
	free(l);
	return 0;
}

static void put(struct lab *l, const char *source, enum ward_lane lane)
{
	uint8_t bytes[512];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_event e;

	ward_event_init(&e, &l->arena);
	e.source = ward_name(&l->names, ward_str_z(source));
	e.class = ward_name(&l->names, WARD_STR("door.opened"));
	assert_int_equal(ward_event_set(&e, ward_name(&l->names, WARD_STR("said")),
				 ward_value_str(ward_str_z(source))),
		WARD_OK);
	ward_event_encode(&e, &l->names, &w);
	struct ward_record r = {.lane = lane, .type = WARD_RECORD_EVENT, .data = ward_wr_slice(&w)};

	assert_int_equal(ward_journal_append(l->j, &r, 1, &l->last), WARD_OK);
	assert_int_equal(ward_journal_commit(l->j), WARD_OK);
}

/* An hour, as the process has it: what comes, acknowledged; maintenance and turns. */
static void hour(struct lab *l, bool comes)
{
	static const char *const source[] = {"camera", "doors", "plant", "badges"};

	for (size_t i = 0; comes && i < WARD_ARRAY_LEN(source); i++)
		put(l, source[i], i % 2 ? WARD_LANE_TELEMETRY : WARD_LANE_EVIDENCE);
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("brain"), l->last), WARD_OK);
	l->clock.at += (ward_ns)HOUR * WARD_NS_PER_S;
	assert_int_equal(ward_journal_maintain(l->j), WARD_OK);
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(ward_retention_turn(&l->r), WARD_OK);
		l->clock.at += WARD_NS_PER_S;
	}
}

/* The file of what is remembered. */
static size_t read_back(struct lab *l, uint8_t *ret, size_t cap)
{
	const struct ward_io *io = &l->sim.io;
	size_t n = 0;
	int fd;

	assert_int_equal(io->open(io->ctx, WARD_RETENTION_FILE, WARD_IO_READ, &fd), WARD_OK);
	assert_int_equal(io->pread(io->ctx, fd, ret, cap, 0, &n), WARD_OK);
	io->close(io->ctx, fd);
	return n;
}

static void write_over(struct lab *l, const uint8_t *bytes, size_t n)
{
	const struct ward_io *io = &l->sim.io;
	int fd;

	assert_int_equal(io->open(io->ctx, WARD_RETENTION_FILE, WARD_IO_CREATE, &fd), WARD_OK);
	assert_int_equal(io->pwrite(io->ctx, fd, bytes, n, 0), WARD_OK);
	io->close(io->ctx, fd);
}

/* How old the oldest of a source is, in hours; 0: there is none. */
static unsigned oldest(struct lab *l, const char *source)
{
	struct ward_journal_cursor *c;
	struct ward_record r;
	unsigned ret = 0;
	enum ward_err err;

	assert_int_equal(ward_journal_cursor_open(l->j, 0, &c), WARD_OK);
	while ((err = ward_journal_next_record(c, &r)) == WARD_OK) {
		struct ward_event_head head;

		if (r.type != WARD_RECORD_EVENT)
			continue;
		assert_int_equal(ward_event_head(r.data, &head), WARD_OK);
		if (!ret && ward_str_eqz(head.source, source))
			ret = (unsigned)((l->clock.at - r.time) / WARD_NS_PER_S / HOUR);
	}
	assert_int_equal(err, WARD_ERR_AGAIN);
	assert_int_equal(ward_journal_cursor_lost(c), 0);
	ward_journal_cursor_close(c);
	return ret;
}

/* Each source's goes when it is over, and not before; what has no retention stays. */
static void goes_in_time(void **state)
{
	struct lab *l = *state;

	for (unsigned i = 0; i < 24; i++)
		hour(l, true);
	assert_true(oldest(l, "camera") >= 24);
	for (unsigned i = 24; i < 110; i++) {
		hour(l, true);
		assert_in_range(oldest(l, "camera"), 23, 28); /* a day, and an eighth of it */
		assert_true(oldest(l, "plant") >= i);
		if (i > 72)
			assert_in_range(oldest(l, "doors"), 71, 77);
		else
			assert_true(oldest(l, "doors") >= i);
	}
	assert_in_range(oldest(l, "badges"), 71, 77);
	assert_true(ward_counter_get(&l->counters, "journal.erased") > 80);
	/* each that went was told, by whom and how many */
	assert_int_equal(l->n_records, ward_counter_get(&l->counters, "journal.erased"));
	assert_in_range(l->of_camera, 80, 90);
	/* a new life knows what was looked through, and goes on */
	const uint64_t n_told = l->n_told;

	close_all(l);
	open(l);
	assert_true(l->r.n_done > 8);
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(ward_retention_turn(&l->r), WARD_OK);
		l->clock.at += WARD_NS_PER_S;
	}
	assert_int_equal(l->n_told, n_told);
	for (unsigned i = 0; i < 30; i++)
		hour(l, false);
	assert_int_equal(oldest(l, "camera"), 0);
	for (unsigned i = 0; i < 80; i++)
		hour(l, false);
	assert_int_equal(oldest(l, "doors"), 0);
	assert_int_equal(oldest(l, "badges"), 0);
	assert_true(oldest(l, "plant") > 200);
}

/* What somebody has still to read stays until then. */
static void waits_for_readers(void **state)
{
	struct lab *l = *state;

	put(l, "camera", WARD_LANE_EVIDENCE);
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("slow"), 0), WARD_OK);
	for (unsigned i = 0; i < 48; i++)
		hour(l, false);
	assert_true(oldest(l, "camera") >= 48);
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("slow"), l->last), WARD_OK);
	hour(l, false);
	assert_int_equal(oldest(l, "camera"), 0);
}

/* What is held stays while it is held, whatever its retention; then it goes. Another source's
 * beside it goes in its time. */
static void holds(void **state)
{
	struct lab *l = *state;
	struct ward_hold h = {.scope = WARD_HOLD_SOURCE,
		.subject = "camera",
		.from = INT64_MIN,
		.to = INT64_MAX,
		.until = INT64_MAX,
		.id.b[0] = 1};

	for (unsigned i = 0; i < 6; i++)
		hour(l, true);
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	for (unsigned i = 0; i < 48; i++)
		hour(l, false);
	close_all(l); /* a new life knows of it */
	open(l);
	for (unsigned i = 0; i < 48; i++)
		hour(l, false);
	assert_true(oldest(l, "camera") >= 96);
	assert_int_equal(oldest(l, "doors"), 0);
	assert_int_equal(l->of_camera, 0);
	assert_true(ward_counter_get(&l->counters, "journal.held") > 0);
	assert_int_equal(ward_retention_release(&l->r, h.id), WARD_OK);
	hour(l, false);
	assert_int_equal(oldest(l, "camera"), 0);
	assert_int_equal(l->of_camera, 6);
	/* one that ends by itself */
	put(l, "camera", WARD_LANE_EVIDENCE);
	h.until = l->clock.at + 40 * (ward_ns)HOUR * WARD_NS_PER_S;
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	for (unsigned i = 0; i < 36; i++)
		hour(l, false);
	assert_true(oldest(l, "camera") >= 36);
	for (unsigned i = 0; i < 6; i++)
		hour(l, false);
	assert_int_equal(oldest(l, "camera"), 0);
}

/* What a source gave that is no longer in sources.yml goes when it was over. */
static void left(void **state)
{
	struct lab *l = *state;

	for (unsigned i = 0; i < 12; i++)
		hour(l, true);
	close_all(l);
	l->without_camera = true;
	for (unsigned life = 0; life < 3; life++) {
		open(l);
		for (unsigned i = 0; i < 8; i++)
			hour(l, false);
		if (life < 2)
			close_all(l);
	}
	for (unsigned i = 0; i < 12; i++)
		hour(l, false);
	assert_int_equal(oldest(l, "camera"), 0);
	assert_true(oldest(l, "doors") > 24);
	assert_int_equal(l->of_camera, 12);
}

/* Killed before it was told: it is told in the next life, and once. */
static void is_told(void **state)
{
	struct lab *l = *state;

	for (unsigned i = 0; i < 6; i++)
		hour(l, true);
	l->deaf = true;
	for (unsigned i = 0; i < 30; i++)
		hour(l, false);
	assert_int_equal(l->n_told, 0);
	assert_true(l->r.n_due > 0); /* and nothing more is erased until it is */
	close_all(l);
	l->deaf = false;
	open(l);
	for (unsigned i = 0; i < 12; i++)
		hour(l, false);
	assert_int_equal(l->of_camera, 6);
	assert_int_equal(oldest(l, "camera"), 0);
}

/* Access logs of five years beside footage of a day: after more than four years they can be read,
 * while the footage is long gone; after five they go, too. */
static void years(void **state)
{
	const unsigned year = 365 * 24;
	struct lab *l = *state;

	put(l, "access", WARD_LANE_EVIDENCE);
	put(l, "camera", WARD_LANE_EVIDENCE);
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("brain"), l->last), WARD_OK);
	for (unsigned month = 1; month <= 63; month++) {
		l->clock.at += 30 * 24 * (ward_ns)HOUR * WARD_NS_PER_S;
		assert_int_equal(ward_journal_maintain(l->j), WARD_OK);
		for (unsigned i = 0; i < 10; i++) {
			assert_int_equal(ward_retention_turn(&l->r), WARD_OK);
			l->clock.at += 30 * WARD_NS_PER_S;
		}
		if (month == 55)
			assert_true(oldest(l, "access") > 4 * year);
		if (month == 2)
			assert_int_equal(oldest(l, "camera"), 0);
	}
	assert_int_equal(oldest(l, "access"), 0);
	assert_int_equal(l->n_records, 2);
}

static void leave_order(struct lab *l, const char *text)
{
	const struct ward_io *io = &l->sim.io;
	int fd;

	assert_int_equal(io->open(io->ctx, WARD_ORDER_FILE, WARD_IO_CREATE, &fd), WARD_OK);
	assert_int_equal(io->pwrite(io->ctx, fd, text, strlen(text), 0), WARD_OK);
	assert_int_equal(io->fdatasync(io->ctx, fd), WARD_OK);
	io->close(io->ctx, fd);
	assert_int_equal(io->sync_dir(io->ctx), WARD_OK);
}

static bool order_waits(struct lab *l)
{
	int fd;

	if (l->sim.io.open(l->sim.io.ctx, WARD_ORDER_FILE, WARD_IO_READ, &fd) != WARD_OK)
		return false;
	l->sim.io.close(l->sim.io.ctx, fd);
	return true;
}

static void turns(struct lab *l, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(ward_retention_turn(&l->r), WARD_OK);
		l->clock.at += WARD_NS_PER_S;
	}
}

/* What an order names goes at once, the newest too, and what is beside it stays; what is held
 * stays, and a reader that has not done with it is waited for. */
static void goes_by_order(void **state)
{
	struct lab *l = *state;
	const struct ward_hold h = {.scope = WARD_HOLD_SOURCE,
		.subject = "doors",
		.from = INT64_MIN,
		.to = INT64_MAX,
		.until = INT64_MAX,
		.id.b[0] = 1};
	char text[256];

	for (unsigned i = 0; i < 5; i++)
		hour(l, true);
	const uint64_t first = l->last - 3; /* of the last four: camera, doors, plant, badges */

	put(l, "visitors", WARD_LANE_EVIDENCE); /* is in no list, as one that left sources.yml */
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("brain"), l->last), WARD_OK);
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("slow"), first), WARD_OK);
	(void)snprintf(text, sizeof(text),
		"ward erasing 1\nrequest 01020300-0000-0000-0000-000000000000\nrecord %llu\nrecord "
		"%llu\nrecord %llu\nrecord %llu\nrecord 9999\n",
		(unsigned long long)first, (unsigned long long)first + 1,
		(unsigned long long)first + 2, (unsigned long long)l->last);
	leave_order(l, text);
	turns(l, 60);
	assert_true(order_waits(l));
	close_all(l); /* killed meanwhile */
	open(l);
	turns(l, 60);
	assert_true(order_waits(l));
	assert_int_equal(ward_journal_ack(l->j, WARD_STR("slow"), l->last), WARD_OK);
	turns(l, 60);
	assert_false(order_waits(l));
	assert_int_equal(
		l->n_records, 3); /* of the camera, of what has no retention, of a stranger */
	assert_int_equal(l->of_camera, 1);
	assert_int_equal(ward_counter_get(&l->counters, "journal.order_held"), 1);
	assert_int_equal(oldest(l, "camera"), 5);
	assert_int_equal(oldest(l, "badges"), 5);
	assert_int_equal(oldest(l, "visitors"), 0);
	turns(l, 60); /* and once */
	assert_int_equal(l->n_records, 3);
}

/* What is no order erases nothing, and ends nothing. */
static void no_order(void **state)
{
	struct lab *l = *state;

	hour(l, true);
	leave_order(l, "ward erasing 1\nrequest 7\nrecord 1\n");
	turns(l, 20);
	assert_false(order_waits(l));
	assert_int_equal(l->n_records, 0);
	assert_int_equal(ward_counter_get(&l->counters, "journal.order_unreadable"), 1);
}

/* Until what is to go is written down, and the power goes then. */
static void until_intended(struct lab *l)
{
	for (unsigned i = 0; i < 6; i++)
		hour(l, true);
	for (unsigned i = 0; i < 40 && !l->r.counted; i++) {
		l->clock.at += (ward_ns)HOUR * WARD_NS_PER_S;
		assert_int_equal(ward_journal_maintain(l->j), WARD_OK);
		for (unsigned k = 0; k < 60 && !l->r.counted; k++) {
			assert_int_equal(ward_retention_turn(&l->r), WARD_OK);
			l->clock.at += WARD_NS_PER_S;
		}
	}
	assert_true(l->r.counted && l->r.erase && l->r.n_due);
	assert_true(oldest(l, "camera") > 0);
	close_all(l);
}

/* Killed between what it intended and what it did: told as that, and, once done, as done. */
static void killed_between(void **state)
{
	struct lab *l = *state;

	until_intended(l);
	open(l);
	for (unsigned i = 0; i < 12; i++)
		hour(l, false);
	assert_true(l->intended > 0);
	assert_int_equal(l->of_camera, 6);
	assert_int_equal(oldest(l, "camera"), 0);
}

/* Killed before it was erased, and then the segment goes for want of room: that is told, and no
 * deletion by the length, which was none. */
static void went_for_room(void **state)
{
	struct lab *l = *state;
	bool dropped = false;

	until_intended(l);
	l->o.lane[WARD_LANE_EVIDENCE].max_bytes = 2 * SEGMENT;
	open(l);
	for (unsigned i = 0; i < 5000 && !dropped; i++) {
		put(l, "doors", WARD_LANE_EVIDENCE);
		assert_int_equal(ward_journal_ack(l->j, WARD_STR("brain"), l->last), WARD_OK);
		for (size_t k = 0; k < l->r.n_due; k++)
			dropped = dropped || ward_str_eqz(l->r.due[k].d.what, "segment");
	}
	assert_true(dropped && !l->n_told);
	for (unsigned i = 0; i < 4; i++)
		hour(l, false);
	assert_true(l->segments > 0 && l->intended > 0);
	assert_int_equal(l->of_camera, 0);
	assert_int_equal(oldest(l, "camera"), 0);
}

/* What was told as done, each deletion once. */
struct deeds {
	struct ward_id id[64];
	uint64_t n, records;
};
static struct deeds deeds;

static bool note(void *ctx, const struct ward_deletion *d)
{
	(void)ctx;
	if (ward_str_find(d->rule, WARD_STR("intended")) != SIZE_MAX ||
		!ward_str_eqz(d->of, "camera"))
		return true;
	for (size_t i = 0; i < deeds.n; i++)
		if (ward_id_eq(deeds.id[i], d->id))
			return true;
	assert_true(deeds.n < WARD_ARRAY_LEN(deeds.id));
	deeds.id[deeds.n++] = d->id;
	deeds.records += d->n;
	return true;
}

/* The power goes at each call of the disk while it erases: in the end all that went is told as
 * done, and nothing twice. */
static void killed_anywhere(void **state)
{
	struct lab *l = *state;
	bool was = true;

	for (uint64_t at = 1; was; at++) {
		teardown(state);
		setup(state);
		l = *state;
		deeds = (struct deeds){.n = 0};
		for (unsigned i = 0; i < 6; i++)
			hour(l, true);
		l->clock.at += (ward_ns)30 * HOUR * WARD_NS_PER_S;
		assert_int_equal(ward_journal_maintain(l->j), WARD_OK);
		l->r.tell = note;
		l->sim.crash_at = l->sim.n_call + at;
		for (unsigned i = 0; i < 60; i++) {
			if (ward_retention_turn(&l->r) != WARD_OK)
				break;
			l->clock.at += WARD_NS_PER_S;
		}
		was = l->sim.n_call >= l->sim.crash_at;
		l->sim.crash_at = 0;
		close_all(l);
		sim_crash(&l->sim);
		open(l);
		l->r.tell = note;
		for (unsigned i = 0; i < 12; i++)
			hour(l, false);
		assert_int_equal(oldest(l, "camera"), 0);
		assert_int_equal(deeds.records, 6);
	}
}

/* More sources in one segment than anything is prepared for: each is told, none is forgotten. */
static void many_sources(void **state)
{
	enum { SOURCES = 600 };
	static char said[SOURCES][32];
	struct lab *l = *state;

	close_all(l);
	open(l);
	for (unsigned i = 0; i < SOURCES; i++) {
		(void)snprintf(said[i], sizeof(said[i]), "86400 s-%u", i);
		assert_int_equal(ward_retention_add(&l->r, ward_str_z(said[i])), WARD_OK);
	}
	for (unsigned i = 0; i < SOURCES; i++)
		put(l, strchr(said[i], 's'), WARD_LANE_EVIDENCE);
	for (unsigned i = 0; i < 40; i++)
		hour(l, false);
	assert_int_equal(l->n_records, SOURCES);
	assert_int_equal(l->n_told, SOURCES);
	assert_int_equal(ward_counter_get(&l->counters, "journal.erased_untold"), 0);
}

/* For want of room whole segments go: that is told, and said loudly where they were held. */
static void want_of_room(void **state)
{
	struct lab *l = *state;
	const struct ward_hold h = {
		.scope = WARD_HOLD_ALL, .from = INT64_MIN, .to = INT64_MAX, .until = INT64_MAX};

	close_all(l);
	l->o.lane[WARD_LANE_EVIDENCE].max_bytes = 4 * SEGMENT;
	open(l);
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	for (unsigned i = 0; i < 40; i++)
		hour(l, true);
	assert_true(l->segments > 2);
	assert_true(ward_counter_get(&l->counters, "journal.held_dropped") > 2);
}

/* A byte that somebody changed of what is remembered, or an end that is cut off, is found, here and
 * by who verifies; what can be read of it counts all the same. */
static void changed(void **state)
{
	struct lab *l = *state;
	struct ward_hold h = {.subject = "doors", .scope = WARD_HOLD_SOURCE, .to = INT64_MAX};
	uint8_t file[4096];
	size_t n;

	h.until = l->clock.at + 86400 * WARD_NS_PER_S;
	h.id.b[0] = 7;
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	close_all(l);
	open(l);
	assert_int_equal(ward_counter_get(&l->counters, "journal.retention_changed"), 0);
	n = read_back(l, file, sizeof(file));
	assert_true(n > 66 && ward_retention_whole((struct ward_str){(char *)file, n}));
	for (size_t i = 0; i < n; i++) {
		file[i] ^= 1;
		assert_false(ward_retention_whole((struct ward_str){(char *)file, n}));
		file[i] ^= 1;
		assert_false(i && ward_retention_whole((struct ward_str){(char *)file, i}));
	}
	close_all(l);
	file[0] ^= 1; /* of the first source, which sources.yml has anyway */
	write_over(l, file, n);
	open(l);
	assert_int_equal(ward_counter_get(&l->counters, "journal.retention_changed"), 1);
	assert_int_equal(l->r.holds.n, 1);
}

static size_t shown(struct lab *l, const char *text)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_json j = ward_json_on(&w);
	size_t n = 0, at;

	ward_retention_show(&l->r, &j);
	for (struct ward_str s = ward_wr_text(&w);
		(at = ward_str_find(s, ward_str_z(text))) < s.len; n++)
		s = ward_str_sub(s, at + 1, s.len);
	ward_wr_fini(&w);
	return n;
}

/* One that ended is shown for a month, so that it is told, whoever was not there when it ended, as
 * this process; it holds nothing any more. One that people ended is not. */
static void ended(void **state)
{
	struct lab *l = *state;
	struct ward_hold h = {.subject = "camera", .scope = WARD_HOLD_SOURCE, .to = INT64_MAX};

	h.until = l->clock.at + 30 * (ward_ns)HOUR * WARD_NS_PER_S;
	h.id.b[0] = 1;
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	h.id.b[0] = 2;
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	h.id.b[0] = 3;
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	assert_int_equal(ward_retention_release(&l->r, h.id), WARD_OK);
	hour(l, true);
	assert_int_equal(shown(l, "\"of\":\"camera\""), 2);
	close_all(l);
	l->clock.at = h.until + 1; /* nobody was there */
	open(l);
	assert_int_equal(shown(l, "\"of\":\"camera\""), 2);
	for (unsigned i = 0; i < 60; i++)
		hour(l, false);
	assert_int_equal(l->r.holds.n, 0);
	assert_int_equal(oldest(l, "camera"), 0);
	assert_int_equal(shown(l, "\"of\":\"camera\""), 2);
	h.id.b[0] = 2;
	assert_int_equal(ward_retention_release(&l->r, h.id), WARD_OK);
	close_all(l);
	open(l);
	hour(l, false);
	assert_int_equal(shown(l, "\"of\":\"camera\""), 1);
	l->clock.at += 31 * 24 * (ward_ns)HOUR * WARD_NS_PER_S;
	hour(l, false);
	assert_int_equal(shown(l, "\"of\":\"camera\""), 0);
}

/* An older copy of what is remembered that was put back: what is told from then on says less than
 * what was told before, so the ledger shows it for good; and what lasted of holds is seen. */
static void older_copy(void **state)
{
	struct lab *l = *state;
	struct ward_hold h = {.scope = WARD_HOLD_SOURCE, .subject = "plant", .to = INT64_MAX};
	struct ward_holds holds = {.n = 0};
	static uint8_t file[1 << 16], now[1 << 16];
	size_t n = read_back(l, file, sizeof(file)), n_now;
	uint64_t version;

	h.until = INT64_MAX;
	h.id.b[0] = 9;
	assert_int_equal(ward_retention_hold(&l->r, &h), WARD_OK);
	for (unsigned i = 0; i < 40; i++)
		hour(l, true);
	assert_true(l->n_told > 0 && l->remembered > 1 && !l->n_older);
	n_now = read_back(l, now, sizeof(now));
	version = ward_retention_read((struct ward_str){(char *)now, n_now}, &holds);
	assert_true(version == l->r.version && version > l->remembered && holds.n == 1);
	assert_true(ward_id_eq(holds.h[0].id, h.id));
	close_all(l);
	write_over(l, file, n);
	holds.n = 0;
	version = ward_retention_read((struct ward_str){(char *)file, n}, &holds);
	assert_true(version && version <= l->remembered && holds.n == 0);
	open(l);
	assert_int_equal(l->r.holds.n, 0);
	for (unsigned i = 0; i < 40 && !l->n_older; i++)
		hour(l, true);
	assert_int_equal(l->n_older, 1);
	l->n_older = 0;
}

static void refuses(void **state)
{
	static const char *const bad[] = {"", "86400", "86400 ", "x doors", "-1 doors"};
	struct ward_retention r;
	struct ward_clock_fake clock;

	(void)state;
	ward_clock_fake_init(&clock, 0);
	ward_retention_init(&r, ward_mem_heap(), &clock.clock);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_retention_add(&r, ward_str_z(bad[i])), WARD_ERR_MALFORMED);
	assert_int_equal(ward_retention_add(&r, WARD_STR("99999999999999 doors")), WARD_OK);
	ward_retention_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_in_time, setup, teardown),
		cmocka_unit_test_setup_teardown(waits_for_readers, setup, teardown),
		cmocka_unit_test_setup_teardown(holds, setup, teardown),
		cmocka_unit_test_setup_teardown(left, setup, teardown),
		cmocka_unit_test_setup_teardown(is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(years, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_by_order, setup, teardown),
		cmocka_unit_test_setup_teardown(no_order, setup, teardown),
		cmocka_unit_test_setup_teardown(killed_between, setup, teardown),
		cmocka_unit_test_setup_teardown(went_for_room, setup, teardown),
		cmocka_unit_test_setup_teardown(killed_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(many_sources, setup, teardown),
		cmocka_unit_test_setup_teardown(want_of_room, setup, teardown),
		cmocka_unit_test_setup_teardown(changed, setup, teardown),
		cmocka_unit_test_setup_teardown(ended, setup, teardown),
		cmocka_unit_test_setup_teardown(older_copy, setup, teardown),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
