#include "../model/lab.h"
#include "fuse/fuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 8 };

static const ward_ns minute = 60 * WARD_NS_PER_S;

struct fix {
	struct lab lab;
	struct ward_fuser *f;
	struct ward_fuse_options o;
	uint32_t hall, yard, theatre, ahu1, ahu2, net;
	uint32_t cause_a, cause_b; /* the one pair of nodes that the test's rules know */
};

static uint32_t cause(void *ctx, uint32_t a, uint32_t ta, uint32_t b, uint32_t tb)
{
	const struct fix *x = ctx;

	(void)ta;
	(void)tb;
	return a == x->cause_a && b == x->cause_b ? 2 : 0;
}

static struct ward_fuser *fuser(struct fix *x)
{
	struct ward_fuser *f = NULL;

	assert_int_equal(
		ward_fuser_new(x->lab.m, &x->o, cause, x, &x->lab.lim, ward_mem_heap(), NULL, &f),
		WARD_OK);
	return f;
}

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	ward_fuse_options_default(&x->o);
	x->hall = lab_node(&x->lab, "hall");
	x->yard = lab_node(&x->lab, "yard");
	x->theatre = lab_node(&x->lab, "or-1");
	x->ahu1 = lab_node(&x->lab, "ahu-1");
	x->ahu2 = lab_node(&x->lab, "ahu-2");
	x->net = lab_node(&x->lab, "n-bms");
	x->cause_a = x->cause_b = WARD_NONE;
	x->f = fuser(x);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_fuser_free(x->f);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static struct ward_detection detection(unsigned n, uint32_t asset, uint32_t place, ward_ns at)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "test");
	ward_idgen_u64(&g, n);
	return (struct ward_detection){.id = ward_idgen_final(&g),
		.revision = 1,
		.rule = WARD_STR("rule"),
		.title = WARD_STR("Title"),
		.level = WARD_LEVEL_HIGH,
		.threat = 1,
		.asset = asset,
		.place = place,
		.first = at,
		.last = at};
}

static void permitted(struct ward_detection *d, bool expected)
{
	d->permit = (struct ward_permitted){.id = WARD_STR("w-1"),
		.who = WARD_STR("Firm"),
		.until = 2 * 60 * minute,
		.expected = expected,
		.why = expected ? WARD_STR("") : WARD_STR("place"),
		.because = expected ? WARD_STR("") : WARD_STR("it is for Hall")};
}

static void give(struct ward_fuser *f, struct ward_detection d)
{
	assert_int_equal(ward_fuser_detection(f, &d), WARD_OK);
}

/* The next changed incident; NULL when there is none. */
static const struct ward_incident *told(struct ward_fuser *f)
{
	const struct ward_incident *in;

	assert_int_equal(ward_fuser_told(f, 0, &in), WARD_OK);
	return in;
}

static size_t drain(struct ward_fuser *f)
{
	size_t n = 0;

	while (told(f))
		n++;
	return n;
}

static void one_opens(void **state)
{
	struct fix *x = *state;
	const struct ward_incident *in;

	give(x->f, detection(1, x->ahu1, WARD_NONE, 0));
	in = told(x->f);
	assert_non_null(in);
	assert_int_equal(in->revision, 1);
	assert_int_equal(in->n_member, 1);
	assert_int_equal(in->member[0].by, WARD_JOIN_FIRST);
	assert_int_equal(in->n_threat, 1);
	assert_int_equal(in->threat[0].asset, x->ahu1);
	assert_int_equal(in->threat[0].lo_micro, 600000);
	assert_null(told(x->f));
	give(x->f, detection(1, x->ahu1, WARD_NONE, 0)); /* the same revision again */
	assert_null(told(x->f));
}

static void low_waits_for_a_better_one(void **state)
{
	struct fix *x = *state;
	struct ward_detection low = detection(1, x->ahu1, WARD_NONE, 0);
	const struct ward_incident *in;

	low.level = WARD_LEVEL_INFORMATIONAL;
	give(x->f, low);
	low = detection(2, x->ahu1, WARD_NONE, minute);
	low.level = WARD_LEVEL_LOW;
	give(x->f, low);
	assert_null(told(x->f));
	give(x->f, detection(3, x->ahu1, WARD_NONE, 2 * minute));
	in = told(x->f);
	assert_int_equal(in->n_member, 2); /* the informational one is not looked at */
	assert_int_equal(in->member[1].by, WARD_JOIN_ASSET);
	assert_int_equal(in->member[1].with, 0);
}

static void joins(void **state)
{
	struct fix *x = *state;
	struct ward_detection d;

	/* place: the hall is next to the yard (a door between: two steps) */
	give(x->f, detection(1, WARD_NONE, x->yard, 0));
	give(x->f, detection(2, x->ahu1, x->hall, minute));
	assert_int_equal(told(x->f)->n_member, 2);
	assert_null(told(x->f));
	/* too late for the place, no other tie: an incident of its own */
	give(x->f, detection(3, x->ahu2, x->hall, 60 * minute));
	assert_int_equal(told(x->f)->n_member, 1);
	/* actor: brings both together */
	d = detection(4, WARD_NONE, WARD_NONE, 2 * minute);
	d.actor = WARD_STR("p-x");
	give(x->f, d);
	drain(x->f);
	d = detection(5, x->ahu2, WARD_NONE, 61 * minute);
	d.actor = WARD_STR("p-x");
	give(x->f, d);
	assert_int_equal(told(x->f)->n_member, 3);
	assert_int_equal(ward_fuser_n(x->f), 2);
}

static void cause_joins_in_time_order_only(void **state)
{
	struct fix *x = *state;
	const struct ward_incident *in;

	x->cause_a = x->net;
	x->cause_b = x->ahu2;
	give(x->f, detection(1, x->net, WARD_NONE, 0));
	give(x->f, detection(2, x->ahu2, WARD_NONE, 3 * 60 * minute));
	in = told(x->f);
	assert_int_equal(in->n_member, 2);
	assert_int_equal(in->member[1].by, WARD_JOIN_CAUSE);
	assert_int_equal(in->member[1].hops, 2);
	assert_null(told(x->f));
	ward_fuser_free(x->f);
	x->f = fuser(x);
	give(x->f, detection(1, x->net, WARD_NONE, 3 * 60 * minute)); /* the effect came first */
	give(x->f, detection(2, x->ahu2, WARD_NONE, 0));
	assert_int_equal(drain(x->f), 2);
}

static void hybrid(void **state)
{
	struct fix *x = *state;
	struct ward_detection d = detection(1, x->ahu1, WARD_NONE, 0);

	give(x->f, d);
	assert_int_equal(told(x->f)->kind, WARD_INCIDENT_CYBER);
	d = detection(2, x->ahu1, WARD_NONE, minute);
	d.threat = WARD_NONE; /* says nothing about the domain but that it is no physical one */
	give(x->f, d);
	assert_int_equal(told(x->f)->kind, WARD_INCIDENT_CYBER);
}

/* What fails in a place is physical as long as nothing says otherwise. */
static void plant(void **state)
{
	struct fix *x = *state;
	struct ward_detection d = detection(1, x->hall, WARD_NONE, 0);

	d.threat = ward_threats_find(ward_model_threats(x->lab.m), WARD_STR("outage"));
	give(x->f, d);
	assert_int_equal(told(x->f)->kind, WARD_INCIDENT_PHYSICAL);
	d = detection(2, x->hall, WARD_NONE, minute); /* a command */
	give(x->f, d);
	assert_int_equal(told(x->f)->kind, WARD_INCIDENT_CYBER);
}

static void withdrawal_dismisses(void **state)
{
	struct fix *x = *state;
	struct ward_detection d = detection(1, x->ahu1, WARD_NONE, minute);
	const struct ward_incident *in;
	struct ward_id id;

	give(x->f, d);
	in = told(x->f);
	id = in->id;
	const struct ward_incident before = *in;

	d.revision = 2;
	d.withdrawn = true;
	give(x->f, d);
	in = told(x->f);
	assert_int_equal(in->state, WARD_INCIDENT_DISMISSED);
	assert_int_equal(in->revision, 2);
	assert_true(ward_id_eq(in->id, id));
	assert_int_equal(in->n_member, 0);
	/* of what it was told stands */
	assert_int_equal(in->level, before.level);
	assert_int_equal(in->kind, before.kind);
	assert_true(in->first == minute && in->first == before.first && in->last == before.last);
	assert_int_equal(ward_fuser_n(x->f), 0);
	give(x->f, d); /* withdrawn and unknown: nothing */
	assert_null(told(x->f));
}

/* Also of an incident that was loaded. */
static void withdrawal_after_load(void **state)
{
	struct fix *x = *state;
	struct ward_detection d = detection(1, x->ahu1, WARD_NONE, minute);
	struct ward_wr bytes = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_fuser *f = fuser(x);

	give(x->f, d);
	assert_non_null(told(x->f));
	ward_fuser_save(x->f, &bytes);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&bytes));

	assert_int_equal(ward_fuser_load(f, &r), WARD_OK);
	d.revision = 2;
	d.withdrawn = true;
	give(f, d);
	const struct ward_incident *in = told(f);

	assert_int_equal(in->state, WARD_INCIDENT_DISMISSED);
	assert_int_equal(in->level, d.level);
	assert_true(in->first == minute);
	ward_fuser_free(f);
	ward_wr_fini(&bytes);
}

/* A correlation tells a story of events that others rest on: however far apart, it is one. */
static void one_event(void **state)
{
	struct fix *x = *state;
	struct ward_id door = {{1}}, export = {{2}}, later = {{3}};
	struct ward_part part[2] = {
		{.n = 1, .event = &door, .n_event = 1}, {.n = 1, .event = &export, .n_event = 1}};
	struct ward_detection forced = detection(1, x->yard, WARD_NONE, 0);
	struct ward_detection fire = detection(2, x->theatre, WARD_NONE, 200 * minute);
	struct ward_detection story = detection(3, x->net, WARD_NONE, 0);
	struct ward_wr bytes = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_fuser *f = fuser(x);
	const struct ward_incident *in;

	forced.evidence = &door;
	forced.n_evidence = 1;
	fire.evidence = &later;
	fire.n_evidence = 1;
	story.last = 100 * minute;
	story.part = part;
	story.n_part = 2;
	give(x->f, forced);
	give(x->f, fire);
	assert_int_equal(drain(x->f), 2);
	give(x->f, story);
	in = told(x->f);
	assert_int_equal(in->n_member, 2);
	assert_int_equal(in->member[1].by, WARD_JOIN_EVENT);
	assert_null(told(x->f));
	/* it is known after a restart, and gone with the event */
	ward_fuser_save(x->f, &bytes);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&bytes));

	assert_int_equal(ward_fuser_load(f, &r), WARD_OK);
	part[0].event = &later;
	story.revision = 2;
	give(f, story);
	size_t n = 0;

	for (; (in = told(f)) != NULL; n += in->n_member)
		assert_int_not_equal(in->member[in->n_member - 1].by, WARD_JOIN_CAUSE);
	assert_int_equal(n, 3); /* the door alone, and the story with what came later */
	ward_fuser_free(f);
	ward_wr_fini(&bytes);
}

/* What the fuzzer begins with is a checkpoint of today: of another version it would all be refused.
 */
static void seed_is_of_today(void **state)
{
	struct fix *x = *state;
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[4096];
	uint8_t buf[4096];

	if (!root)
		skip();
	for (unsigned i = 1; i <= 10; i++) {
		(void)snprintf(
			path, sizeof(path), "%s/tests/fuzz/seeds/fuser_load/state-%u", root, i);
		FILE *f = fopen(path, "re");

		assert_non_null(f);
		size_t n = fread(buf, 1, sizeof(buf), f);

		assert_int_equal(fclose(f), 0);
		struct ward_rd r = ward_rd_slice(ward_slice_of(buf, n));

		assert_int_equal(ward_fuser_load(x->f, &r), WARD_OK);
	}
}

static void withdrawal_splits(void **state)
{
	struct fix *x = *state;
	struct ward_detection bridge = detection(2, x->ahu1, WARD_NONE, minute);
	size_t members = 0;

	bridge.actor = WARD_STR("p-x");
	struct ward_detection far = detection(3, x->ahu2, x->theatre, 80 * minute);

	far.actor = WARD_STR("p-x");
	give(x->f, detection(1, x->ahu1, WARD_NONE, 0));
	give(x->f, bridge);
	give(x->f, far);
	assert_int_equal(told(x->f)->n_member, 3);
	bridge.revision = 2;
	bridge.withdrawn = true;
	give(x->f, bridge);
	for (const struct ward_incident *in = told(x->f); in; in = told(x->f))
		members += in->n_member;
	assert_int_equal(members, 2);
	assert_int_equal(ward_fuser_n(x->f), 2);
}

static void late_first_renames(void **state)
{
	struct fix *x = *state;
	struct ward_id before;
	const struct ward_incident *in;

	give(x->f, detection(1, x->ahu1, WARD_NONE, 10 * minute));
	before = told(x->f)->id;
	give(x->f, detection(2, x->ahu1, WARD_NONE, 0));
	in = told(x->f);
	assert_false(ward_id_eq(in->id, before));
	assert_int_equal(in->n_superseded, 1);
	assert_true(ward_id_eq(in->superseded[0], before));
}

/* What an incident says at last, without what tells its history. */
static void final_text(struct fix *x, struct ward_fuser *f, struct ward_wr *w)
{
	drain(f);
	for (size_t i = 0; i < ward_fuser_n(f); i++) {
		const struct ward_incident *in;
		struct ward_incident copy;

		assert_int_equal(ward_fuser_at(f, i, &in), WARD_OK);
		copy = *in;
		copy.revision = 0;
		copy.n_superseded = 0;
		ward_incident_write_json(&copy, x->lab.m, w);
		ward_wr_ch(w, '\n');
	}
	assert_false(ward_wr_bad(w));
}

static void scene(struct fix *x, struct ward_detection d[N])
{
	x->cause_a = x->net;
	x->cause_b = x->ahu2;
	d[0] = detection(1, WARD_NONE, x->yard, 0);
	d[1] = detection(2, WARD_NONE, x->hall, 5 * minute);
	d[2] = detection(3, x->net, WARD_NONE, 6 * minute);
	d[3] = detection(4, x->ahu2, WARD_NONE, 50 * minute);
	d[4] = detection(5, x->ahu1, WARD_NONE, 6 * minute);
	d[5] = detection(6, x->theatre, WARD_NONE, 49 * 60 * minute);
	d[6] = detection(7, x->ahu1, WARD_NONE, 6 * minute);
	d[6].level = WARD_LEVEL_LOW;
	d[7] = detection(8, x->ahu2, WARD_NONE, 51 * minute);
	d[7].actor = WARD_STR("p-y");
	permitted(&d[0], true);
	permitted(&d[7], true);
	permitted(&d[4], false);
}

static void any_order_gives_the_same(void **state)
{
	struct fix *x = *state;
	struct ward_wr want = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_wr got = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint64_t random = 88172645463325252u;

	for (int round = 0; round < 2000; round++) {
		struct ward_fuser *f = fuser(x);
		struct ward_detection d[N];

		scene(x, d);
		for (size_t i = N - 1; round && i > 0; i--) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			size_t k = random % (i + 1);
			struct ward_detection t = d[i];

			d[i] = d[k];
			d[k] = t;
		}
		for (size_t i = 0; i < N; i++) {
			give(f, d[i]);
			if (random >> i & 1)
				drain(f);
		}
		ward_wr_reset(&got);
		final_text(x, f, round ? &got : &want);
		ward_fuser_free(f);
		if (round)
			assert_true(ward_str_eq(ward_wr_text(&got), ward_wr_text(&want)));
	}
	ward_wr_fini(&want);
	ward_wr_fini(&got);
}

static void save_load(void **state)
{
	struct fix *x = *state;
	struct ward_detection d[N];

	scene(x, d);
	for (size_t cut = 0; cut <= N; cut++) {
		struct ward_wr bytes = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_wr two = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_fuser *a = fuser(x), *b = fuser(x);

		for (size_t i = 0; i < cut; i++)
			give(a, d[i]);
		drain(a);
		ward_fuser_save(a, &bytes);
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&bytes));

		assert_int_equal(ward_fuser_load(b, &r), WARD_OK);
		assert_int_equal(ward_rd_left(&r), 0);
		assert_null(told(b));
		for (size_t i = cut; i < N; i++) {
			give(a, d[i]);
			give(b, d[i]);
		}
		final_text(x, a, &one);
		final_text(x, b, &two);
		assert_true(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
		for (size_t len = 0; len < bytes.len; len++) { /* every prefix fails cleanly */
			uint8_t *exact = malloc(len ? len : 1);

			memcpy(exact, bytes.p, len);
			r = ward_rd_from(exact, len);
			enum ward_err err = ward_fuser_load(b, &r);

			assert_int_equal(err, WARD_ERR_MALFORMED);
			assert_int_equal(ward_fuser_n(b), 0);
			free(exact);
		}
		ward_fuser_free(a);
		ward_fuser_free(b);
		ward_wr_fini(&bytes);
		ward_wr_fini(&one);
		ward_wr_fini(&two);
	}
}

/* Whatever its level, and however often it comes. */
static void expected_opens_nothing(void **state)
{
	struct fix *x = *state;

	for (unsigned i = 0; i < 3; i++) {
		struct ward_detection d = detection(i, x->ahu1, WARD_NONE, i * minute);

		d.level = WARD_LEVEL_CRITICAL;
		permitted(&d, true);
		give(x->f, d);
	}
	assert_null(told(x->f));
	assert_int_equal(ward_fuser_n(x->f), 0);
}

/* It is there, and neither raises the incident, nor names it, nor is a threat of it. */
static void expected_stands_beside(void **state)
{
	struct fix *x = *state;
	struct ward_detection works = detection(1, x->ahu1, WARD_NONE, 0);
	struct ward_detection real = detection(2, x->ahu1, WARD_NONE, 5 * minute);
	struct ward_detection after = detection(3, x->ahu1, WARD_NONE, 9 * minute);
	const struct ward_incident *in;
	struct ward_id id;

	works.level = after.level = WARD_LEVEL_CRITICAL;
	real.level = WARD_LEVEL_MEDIUM;
	real.threat = 2;
	permitted(&works, true);
	permitted(&after, true);
	permitted(&real, false);
	give(x->f, works);
	give(x->f, real);
	give(x->f, after);
	in = told(x->f);
	assert_non_null(in);
	assert_int_equal(in->level, WARD_LEVEL_MEDIUM);
	assert_int_equal(in->n_member, 2); /* the works are one, twice */
	assert_true(in->permits);
	assert_true(in->member[0].d->permit.expected);
	assert_int_equal(in->member[0].count, 2);
	assert_int_equal(in->first, 5 * minute);
	assert_int_equal(in->last, 5 * minute);
	assert_int_equal(in->n_threat, 1);
	assert_int_equal(in->threat[0].threat, 2);
	id = in->id;

	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_incident_write_json(in, x->lab.m, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"permit\":\"w-1\",\"permit_who\":\"Firm\",\"permit_until\":"
				     "\"1970-01-01T02:00:00Z\",\"expected\":true")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"expected\":false,\"not_expected_because\":\"it is for "
				     "Hall\"")) != SIZE_MAX);
	ward_wr_fini(&w);
	/* the same without works has the same name; and without the real sign it is none */
	struct ward_fuser *alone = fuser(x);

	give(alone, real);
	assert_true(ward_id_eq(told(alone)->id, id));
	ward_fuser_free(alone);
	real.revision = 2;
	real.withdrawn = true;
	give(x->f, real);
	in = told(x->f);
	assert_non_null(in);
	assert_int_equal(in->state, WARD_INCIDENT_DISMISSED);
}

/* The same sign within and after the permit is two, of which one counts. */
static void expected_and_not_are_two(void **state)
{
	struct fix *x = *state;
	struct ward_detection within = detection(1, x->ahu1, WARD_NONE, 0);
	struct ward_detection after = detection(2, x->ahu1, WARD_NONE, minute);
	const struct ward_incident *in;

	permitted(&within, true);
	permitted(&after, false);
	give(x->f, within);
	assert_null(told(x->f));
	give(x->f, after);
	in = told(x->f);
	assert_non_null(in);
	assert_int_equal(in->n_member, 2);
	assert_int_equal(in->n_threat, 1);
	assert_int_equal(in->threat[0].since, minute);
}

static void old_ones_expire(void **state)
{
	struct fix *x = *state;

	give(x->f, detection(1, x->ahu1, WARD_NONE, 0));
	drain(x->f);
	ward_fuser_expire(x->f, 24 * 60 * minute, NULL, NULL);
	assert_int_equal(ward_fuser_n(x->f), 1);
	ward_fuser_expire(x->f, 24 * 60 * minute + 1, NULL, NULL);
	assert_int_equal(ward_fuser_n(x->f), 0);
}

static void limit_gives_up_what_is_no_incident(void **state)
{
	struct fix *x = *state;
	struct ward_detection d;

	ward_fuser_free(x->f);
	x->lab.lim.v[WARD_LIMIT_FUSE_DETECTIONS] = 2;
	x->f = fuser(x);
	d = detection(1, x->ahu1, WARD_NONE, 0);
	d.level = WARD_LEVEL_LOW;
	give(x->f, d);
	give(x->f, detection(2, x->ahu2, WARD_NONE, 100 * minute));
	drain(x->f);
	give(x->f, detection(3, x->ahu2, WARD_NONE, 100 * minute)); /* number 1 goes */
	drain(x->f);
	d = detection(4, x->ahu1, WARD_NONE, 0);
	assert_int_equal(ward_fuser_detection(x->f, &d), WARD_ERR_LIMIT);
	assert_int_equal(ward_fuser_n(x->f), 1);
}

static void no_memory(void **state)
{
	struct fix *x = *state;
	bool done = false;

	for (uint64_t at = 1; !done; at++) {
		struct ward_mem_failing mem;
		struct ward_fuser *f = NULL;
		struct ward_detection d[N];
		enum ward_err err;

		assert_true(at < 100000);
		scene(x, d);
		ward_mem_failing_init(&mem, at);
		err = ward_fuser_new(x->lab.m, &x->o, cause, x, &x->lab.lim, &mem.mem, NULL, &f);
		for (size_t i = 0; !err && i < N; i++) {
			const struct ward_incident *in;

			err = ward_fuser_detection(f, &d[i]);
			if (!err)
				err = ward_fuser_told(f, 0, &in);
		}
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		done = err == WARD_OK;
		ward_fuser_free(f);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {T(one_opens), T(low_waits_for_a_better_one),
		T(joins), T(cause_joins_in_time_order_only), T(hybrid), T(plant),
		T(withdrawal_dismisses), T(withdrawal_splits), T(late_first_renames),
		T(any_order_gives_the_same), T(save_load), T(one_event), T(seed_is_of_today),
		T(withdrawal_after_load), T(expected_opens_nothing), T(expected_stands_beside),
		T(expected_and_not_are_two), T(old_ones_expire),
		T(limit_gives_up_what_is_no_incident), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
