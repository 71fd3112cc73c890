/* Repeats are counted where they belong, whatever came when and was taken back since; and records
 * stay small. */
#include "../model/lab.h"
#include "fuse/fuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 1500, N = 24, STEPS = 60, PARTS = 64 };

static const ward_ns minute = 60 * WARD_NS_PER_S, hour = 3600 * WARD_NS_PER_S;

struct fix {
	struct lab lab;
	struct ward_fuse_options o;
	struct ward_fuser *f;
	uint32_t ahu1, ahu2, hall;
	uint64_t random;
};

static struct ward_fuser *fuser(struct fix *x)
{
	struct ward_fuser *f = NULL;

	assert_int_equal(
		ward_fuser_new(x->lab.m, &x->o, NULL, NULL, &x->lab.lim, ward_mem_heap(), NULL, &f),
		WARD_OK);
	return f;
}

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	ward_fuse_options_default(&x->o);
	x->ahu1 = lab_node(&x->lab, "ahu-1");
	x->ahu2 = lab_node(&x->lab, "ahu-2");
	x->hall = lab_node(&x->lab, "hall");
	x->random = 88172645463325252u;
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

static uint32_t draw(struct fix *x, uint32_t n)
{
	x->random ^= x->random << 13;
	x->random ^= x->random >> 7;
	x->random ^= x->random << 17;
	return (uint32_t)(x->random >> 33) % n;
}

static struct ward_detection detection(unsigned n, uint32_t asset, ward_ns at)
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
		.threat_code = WARD_STR("x"),
		.asset = asset,
		.place = WARD_NONE,
		.first = at,
		.last = at};
}

static void give(struct ward_fuser *f, struct ward_detection d)
{
	assert_int_equal(ward_fuser_detection(f, &d), WARD_OK);
}

static const struct ward_incident *told(struct ward_fuser *f, ward_ns now)
{
	const struct ward_incident *in;

	ward_fuser_due(f, now);
	assert_int_equal(ward_fuser_told(f, now, &in), WARD_OK);
	return in;
}

static void counted_and_told_in_time(void **state)
{
	struct fix *x = *state;
	const struct ward_incident *in;

	give(x->f, detection(0, x->ahu1, 0));
	in = told(x->f, 0);
	assert_int_equal(in->revision, 1);
	for (unsigned i = 1; i < 60; i++) {
		give(x->f, detection(i, x->ahu1, i * WARD_NS_PER_S));
		assert_null(told(x->f, i * WARD_NS_PER_S));
	}
	in = told(x->f, minute);
	assert_int_equal(in->revision, 2);
	assert_true(in->raised);
	assert_int_equal(in->n_member, 1);
	assert_int_equal(in->member[0].count, 60);
	assert_true(in->member[0].d->first == 0 && in->member[0].d->last == 59 * WARD_NS_PER_S);
	assert_null(told(x->f, hour)); /* nothing new */
	give(x->f, detection(60, x->ahu1, hour));
	assert_null(told(x->f, minute + 59 * WARD_NS_PER_S)); /* the clock is what counts */
	assert_int_equal(told(x->f, hour)->member[0].count, 61);
	struct ward_detection other = detection(62, x->ahu1, hour);

	other.rule = WARD_STR("other");
	give(x->f, detection(61, x->ahu1, hour));
	assert_null(told(x->f, hour));
	give(x->f, other); /* news takes it along */
	in = told(x->f, hour);
	assert_int_equal(in->n_member, 2);
	assert_int_equal(in->member[0].count, 62);
	give(x->f, detection(63, x->ahu1, hour));
	assert_null(told(x->f, hour + minute)); /* the longer it lasts the less often */
	assert_int_equal(told(x->f, WARD_NS_NEVER)->member[0].count, 63);
}

static void withheld_comes_again(void **state)
{
	struct fix *x = *state;
	const struct ward_incident *in;

	give(x->f, detection(0, x->ahu1, 0));
	assert_non_null(told(x->f, 0));
	ward_fuser_withhold(x->f);
	assert_null(told(x->f, 15 * minute - 1));
	in = told(x->f, 15 * minute);
	assert_non_null(in);
	assert_false(in->raised);
	assert_true(in->settle);
	assert_int_equal(in->revision, 1);
	assert_null(told(x->f, WARD_NS_NEVER));
}

/* The rule, or who did it, or where makes it another member. */
static void what_differs_is_another(void **state)
{
	struct fix *x = *state;
	struct ward_detection d = detection(0, x->ahu1, 0);

	give(x->f, d);
	d = detection(1, x->ahu1, minute);
	d.rule = WARD_STR("other");
	give(x->f, d);
	d = detection(2, x->ahu1, minute);
	d.actor = WARD_STR("p-x");
	give(x->f, d);
	d = detection(3, x->ahu1, minute);
	d.place = x->hall;
	give(x->f, d);
	give(x->f, detection(4, x->ahu1, 24 * hour + minute)); /* near the others, not its like */
	give(x->f, detection(5, x->ahu1, 2 * minute));         /* bridges the two */
	assert_int_equal(told(x->f, 0)->n_member, 4);
}

/* Nobody knows where: what the source calls it, else the rule, makes it one story. */
static void nameless_things(void **state)
{
	struct fix *x = *state;
	struct ward_detection d;

	for (unsigned i = 0; i < 3; i++) {
		d = detection(i, WARD_NONE, i * minute);
		d.subject = WARD_STR("10.9.9.9");
		give(x->f, d);
		d = detection(10 + i, WARD_NONE, i * minute);
		give(x->f, d);
	}
	assert_int_equal(told(x->f, 0)->member[0].count, 3);
	assert_int_equal(told(x->f, 0)->member[0].count, 3);
	assert_null(told(x->f, 0));
}

/* Also those that are known no more one by one. */
static void many_are_counted(void **state)
{
	struct fix *x = *state;
	unsigned at[4 * PARTS];

	for (unsigned i = 0; i < 4 * PARTS; i++) {
		unsigned k = draw(x, i + 1);

		at[i] = at[k];
		at[k] = i;
	}
	for (unsigned i = 0; i < 4 * PARTS; i++)
		give(x->f, detection(at[i], x->ahu1, at[i] * minute));
	const struct ward_incident *in = told(x->f, WARD_NS_NEVER);

	assert_int_equal(in->n_member, 1);
	assert_int_equal(in->member[0].count, 4 * PARTS);
	assert_true(in->first == 0 && in->last == (4 * PARTS - 1) * minute);
	assert_true(ward_id_eq(in->member[0].d->id, detection(0, 0, 0).id));
}

/* ---- against a fuser that saw only what is left, in order ---- */

static void final_text(struct fix *x, struct ward_fuser *f, struct ward_wr *w)
{
	ward_wr_reset(w);
	for (size_t i = 0; i < ward_fuser_n(f); i++) {
		const struct ward_incident *in;
		struct ward_incident copy;

		assert_int_equal(ward_fuser_at(f, i, &in), WARD_OK);
		copy = *in;
		copy.revision = 0;
		copy.n_superseded = 0;
		if (copy.state == WARD_INCIDENT_DISMISSED)
			continue; /* left over from what was taken back */
		ward_incident_write_json(&copy, x->lab.m, w);
		ward_wr_ch(w, '\n');
	}
	assert_false(ward_wr_bad(w));
}

struct history {
	struct ward_detection d[N];
	bool there[N];
	struct ward_tab revision; /* incident id → the last revision told */
};

/* One event, or those of a correlation, out of a few that others may rest on too. */
static void rest(struct fix *x, struct ward_detection *d)
{
	enum { EVENTS = 40, JOINED = 2 };
	static struct ward_id event[EVENTS];
	static struct ward_part part[EVENTS][EVENTS][JOINED];
	uint32_t a = draw(x, EVENTS), b = draw(x, EVENTS);

	for (unsigned i = 0; i < EVENTS; i++)
		event[i].b[0] = (uint8_t)(i + 1);
	d->evidence = &event[a];
	d->n_evidence = 1;
	if (draw(x, 3))
		return;
	part[a][b][0] = (struct ward_part){.n = 1, .event = &event[a], .n_event = 1};
	part[a][b][1] = (struct ward_part){.n = 1, .event = &event[b], .n_event = 1};
	d->part = part[a][b];
	d->n_part = JOINED;
}

static void shape(struct fix *x, struct ward_detection *d, unsigned i)
{
	const uint32_t asset[] = {x->ahu1, x->ahu2, WARD_NONE};
	uint32_t revision = d->revision;

	*d = detection(i, asset[draw(x, 3)], (ward_ns)draw(x, 200) * hour);
	d->revision = revision + 1;
	d->last += (ward_ns)draw(x, 3) * hour;
	d->rule = draw(x, 3) ? WARD_STR("rule") : WARD_STR("other");
	d->actor = draw(x, 3) ? WARD_STR("") : WARD_STR("p-x");
	d->level = draw(x, 4) ? WARD_LEVEL_HIGH : WARD_LEVEL_LOW;
	rest(x, d);
}

static void drain(struct ward_fuser *f, struct history *h)
{
	const struct ward_incident *in;

	while ((in = told(f, WARD_NS_NEVER)) != NULL) {
		uint32_t last;
		void *val;

		assert_int_equal(ward_tab_put(&h->revision, &in->id, &val, NULL), WARD_OK);
		memcpy(&last, val, sizeof(last));
		assert_true(in->revision > last); /* never one number for two contents */
		memcpy(val, &in->revision, sizeof(in->revision));
	}
}

/* A new one, a later revision of one, or one taken back. */
static void step(struct fix *x, struct ward_fuser *f, struct history *h)
{
	unsigned i = draw(x, N);
	struct ward_detection d;

	if (h->there[i] && draw(x, 2)) {
		d = h->d[i];
		d.revision = ++h->d[i].revision;
		d.withdrawn = true;
		h->there[i] = false;
	} else {
		shape(x, &h->d[i], i);
		d = h->d[i];
		h->there[i] = true;
	}
	give(f, d);
}

static struct ward_fuser *reload(struct fix *x, struct ward_fuser *f)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_wr two = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_fuser *g = fuser(x);
	struct ward_rd r;

	ward_fuser_save(f, &one);
	r = ward_rd_slice(ward_wr_slice(&one));
	assert_int_equal(ward_fuser_load(g, &r), WARD_OK);
	ward_fuser_save(g, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.p, two.p, one.len);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
	ward_fuser_free(f);
	return g;
}

static int by_time(const void *va, const void *vb)
{
	const struct ward_detection *a = va, *b = vb;

	return a->first != b->first ? (a->first < b->first ? -1 : 1) : ward_id_cmp(a->id, b->id);
}

static void only_what_is_left_counts(void **state)
{
	struct fix *x = *state;
	struct ward_wr want = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_wr got = ward_wr_grow(ward_mem_heap(), 1 << 20);

	x->lab.lim.v[WARD_LIMIT_FUSE_DETECTIONS] = 1 << 16;
	for (int round = 0; round < ROUNDS; round++) {
		struct ward_fuser *f = fuser(x), *plain = fuser(x);
		struct history h = {.there = {false}};
		struct ward_detection left[N];
		size_t n = 0;

		ward_tab_init(&h.revision, ward_mem_heap(), sizeof(struct ward_id),
			sizeof(uint32_t), 1 << 16);
		for (unsigned i = 0; i < STEPS; i++) {
			step(x, f, &h);
			if (draw(x, 3))
				drain(f, &h);
			if (draw(x, 8) == 0) {
				drain(f, &h);
				f = reload(x, f);
			}
		}
		drain(f, &h);
		for (size_t i = 0; i < N; i++)
			if (h.there[i])
				left[n++] = h.d[i];
		qsort(left, n, sizeof(*left), by_time);
		for (size_t i = 0; i < n; i++)
			give(plain, left[i]);
		ward_tab_fini(&h.revision);
		drain(plain, &h);
		final_text(x, f, &got);
		final_text(x, plain, &want);
		assert_true(ward_str_eq(ward_wr_text(&got), ward_wr_text(&want)));
		ward_tab_fini(&h.revision);
		ward_fuser_free(f);
		ward_fuser_free(plain);
	}
	ward_wr_fini(&want);
	ward_wr_fini(&got);
}

/* ---- bounds ---- */

/* Whoever makes up an address per packet makes a subject each: they are counted, not told one by
 * one. */
static void made_up_subjects(void **state)
{
	struct fix *x = *state;
	const struct ward_incident *in;
	size_t n_told = 0;
	char subject[16];

	for (unsigned i = 0; i < 2000; i++) {
		struct ward_detection d = detection(i, x->ahu1, i * WARD_NS_PER_S / 100);

		(void)snprintf(subject, sizeof(subject), "mac-%u", i);
		d.subject = ward_str_z(subject);
		give(x->f, d);
		n_told += told(x->f, d.first) != NULL;
	}
	assert_in_range(n_told, 1, 70);
	struct ward_detection last = detection(1999, x->ahu1, 20 * WARD_NS_PER_S);

	last.subject = WARD_STR("mac-1999");
	last.revision = 2; /* known by its id, though its subject is not */
	give(x->f, last);
	in = told(x->f, WARD_NS_NEVER);
	assert_in_range(in->n_member, 2, 70);
	uint64_t n = 0;

	for (size_t i = 0; i < in->n_member; i++)
		n += in->member[i].count;
	assert_int_equal(n, 2000);
	last.revision = 3;
	last.withdrawn = true;
	give(x->f, last);
	in = told(x->f, WARD_NS_NEVER);
	n = 0;
	for (size_t i = 0; i < in->n_member; i++)
		n += in->member[i].count;
	assert_int_equal(n, 1999);
}

static size_t occurrences(struct ward_str s, const char *what)
{
	size_t n = 0, at;

	while ((at = ward_str_find(s, ward_str_z(what))) != SIZE_MAX) {
		s = ward_str_sub(s, at + 1, s.len);
		n++;
	}
	return n;
}

static void records_are_bounded(void **state)
{
	struct fix *x = *state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	char title[3][600], rule[16];
	const struct ward_incident *in;

	memset(title[0], 'a', sizeof(title[0]));
	memset(title[1], 1, sizeof(title[1]));    /* six bytes each in JSON */
	memset(title[2], 0xff, sizeof(title[2])); /* no UTF-8: three */
	for (unsigned k = 0; k < 3; k++) {
		struct ward_fuser *f = fuser(x);

		for (unsigned i = 0; i < 400; i++) {
			struct ward_detection d = detection(i, x->ahu1, i * minute);

			(void)snprintf(rule, sizeof(rule), "r%u", i);
			d.rule = ward_str_z(rule);
			d.title = (struct ward_str){title[k], sizeof(title[k])};
			d.subject = (struct ward_str){title[k], 256};
			d.actor = (struct ward_str){title[k], 256};
			d.level = i == 399 ? WARD_LEVEL_CRITICAL : WARD_LEVEL_MEDIUM;
			give(f, d);
		}
		in = told(f, 0);
		ward_wr_reset(&w);
		ward_incident_write_json(in, x->lab.m, &w);
		assert_false(ward_wr_bad(&w));
		assert_in_range(w.len, 1, WARD_INCIDENT_BYTES_MAX);
		assert_in_range(occurrences(ward_wr_text(&w), "\"detection\":"), 1,
			WARD_INCIDENT_MEMBERS_MAX);
		assert_int_equal(occurrences(ward_wr_text(&w), "\"members_total\":400,"), 1);
		/* the highest level, though it is the latest */
		assert_int_equal(occurrences(ward_wr_text(&w), "\"level\":\"critical\""), 2);
		ward_fuser_free(f);
	}
	ward_wr_fini(&w);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {T(counted_and_told_in_time),
		T(withheld_comes_again), T(what_differs_is_another), T(nameless_things),
		T(many_are_counted), T(only_what_is_left_counts), T(records_are_bounded),
		T(made_up_subjects)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
