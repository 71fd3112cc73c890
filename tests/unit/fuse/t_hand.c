/* What people put together and apart: names, what comes later, undone, and the same after a
 * checkpoint at any place. */
#include "../model/lab.h"
#include "fuse/fuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static const ward_ns minute = 60 * WARD_NS_PER_S;

struct fix {
	struct lab lab;
	struct ward_fuse_options o;
};

static void setup(struct fix *x)
{
	memset(x, 0, sizeof(*x));
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	ward_fuse_options_default(&x->o);
}

static struct ward_fuser *fuser(struct fix *x)
{
	struct ward_fuser *f = NULL;

	assert_int_equal(
		ward_fuser_new(x->lab.m, &x->o, NULL, x, &x->lab.lim, ward_mem_heap(), NULL, &f),
		WARD_OK);
	return f;
}

static struct ward_id id_of(const char *domain, unsigned n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, domain);
	ward_idgen_u64(&g, n);
	return ward_idgen_final(&g);
}

/* By an actor, of whom nothing else is known: signs of one actor link, of two they don't. */
static void sign(struct ward_fuser *f, unsigned n, unsigned actor, enum ward_level level)
{
	char rule[16], who[16];

	(void)snprintf(rule, sizeof(rule), "rule-%u", n);
	(void)snprintf(who, sizeof(who), "actor-%u", actor);
	struct ward_detection d = {.id = id_of("sign", n),
		.revision = 1,
		.rule = ward_str_z(rule),
		.title = WARD_STR("Title"),
		.level = level,
		.threat = WARD_NONE,
		.asset = WARD_NONE,
		.place = WARD_NONE,
		.actor = ward_str_z(who),
		.first = n * minute,
		.last = n * minute};

	assert_int_equal(ward_fuser_detection(f, &d), WARD_OK);
}

static struct ward_verdict verdict(unsigned n, enum ward_verdict_kind k)
{
	return (struct ward_verdict){
		k, id_of("decision", n), n * minute, WARD_STR("director"), WARD_STR("so it is")};
}

static void tell_all(struct ward_fuser *f, const struct ward_model *m, struct ward_wr *w)
{
	const struct ward_incident *in;

	do {
		assert_int_equal(ward_fuser_told(f, 0, &in), WARD_OK);
		if (in)
			ward_incident_write_json(in, m, w);
	} while (in);
}

/* The incident that has that sign; NULL: none. */
static const struct ward_incident *with(struct ward_fuser *f, unsigned n)
{
	const struct ward_incident *in;

	for (size_t i = 0; i < ward_fuser_n(f); i++) {
		assert_int_equal(ward_fuser_at(f, i, &in), WARD_OK);
		for (size_t k = 0; k < in->n_member; k++)
			if (ward_id_eq(in->member[k].d->id, id_of("sign", n)))
				return in;
	}
	return NULL;
}

static struct ward_id name_of(struct ward_fuser *f, unsigned n)
{
	const struct ward_incident *in = with(f, n);

	assert_non_null(in);
	return in->id;
}

static struct ward_fuser *two(struct fix *x, struct ward_wr *w)
{
	struct ward_fuser *f = fuser(x);

	sign(f, 1, 1, WARD_LEVEL_HIGH);
	sign(f, 2, 1, WARD_LEVEL_HIGH);
	sign(f, 3, 2, WARD_LEVEL_HIGH);
	tell_all(f, x->lab.m, w);
	assert_int_equal(ward_fuser_n(f), 2);
	return f;
}

static void merged(void **state)
{
	struct fix x;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	setup(&x);
	struct ward_fuser *f = two(&x, &w);
	struct ward_id a = name_of(f, 1), b = name_of(f, 3);
	struct ward_verdict v = verdict(1, WARD_VERDICT_MERGE);

	assert_int_equal(ward_fuser_merge(f, b, a, &v), WARD_OK);
	ward_wr_reset(&w);
	tell_all(f, x.lab.m, &w);
	assert_int_equal(ward_fuser_n(f), 1);
	const struct ward_incident *in = with(f, 3);

	assert_true(ward_id_eq(in->id, a));
	assert_int_equal(in->n_superseded, 1);
	assert_true(ward_id_eq(in->superseded[0], b));
	assert_int_equal(in->verdict->kind, WARD_VERDICT_MERGE);
	assert_int_equal(in->state, WARD_INCIDENT_SUSPECTED);
	assert_true(
		ward_str_find(ward_wr_text(&w), WARD_STR("\"joined_by\":\"people\"")) != SIZE_MAX);
	/* said again, and once more by somebody else */
	assert_int_equal(ward_fuser_merge(f, b, a, &v), WARD_OK);
	v = verdict(2, WARD_VERDICT_MERGE);
	assert_int_equal(ward_fuser_merge(f, b, a, &v), WARD_ERR_STATE);
	assert_int_equal(ward_fuser_merge(f, id_of("none", 1), a, &v), WARD_ERR_NOT_FOUND);
	/* both actors' later signs are of the one */
	sign(f, 4, 1, WARD_LEVEL_HIGH);
	sign(f, 5, 2, WARD_LEVEL_HIGH);
	tell_all(f, x.lab.m, &w);
	assert_true(ward_id_eq(name_of(f, 4), a) && ward_id_eq(name_of(f, 5), a));
	/* undone: what was of the second one is it again, under its name */
	const struct ward_id its[] = {id_of("sign", 3), id_of("sign", 5)};

	v = verdict(3, WARD_VERDICT_SPLIT);
	assert_int_equal(ward_fuser_split(f, a, its, 2, &v), WARD_OK);
	tell_all(f, x.lab.m, &w);
	assert_true(ward_id_eq(name_of(f, 3), b) && ward_id_eq(name_of(f, 5), b));
	assert_true(ward_id_eq(name_of(f, 1), a));
	ward_fuser_free(f);
	ward_wr_fini(&w);
	lab_free(&x.lab);
}

static void split_apart(void **state)
{
	struct fix x;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	setup(&x);
	struct ward_fuser *f = fuser(&x);

	for (unsigned n = 1; n <= 4; n++)
		sign(f, n, 1, n == 4 ? WARD_LEVEL_LOW : WARD_LEVEL_HIGH);
	tell_all(f, x.lab.m, &w);
	struct ward_id a = name_of(f, 1), second = id_of("sign", 2), low = id_of("sign", 4);
	struct ward_verdict v = verdict(1, WARD_VERDICT_SPLIT);

	assert_int_equal(ward_fuser_split(f, a, &low, 1, &v), WARD_ERR_STATE);
	const struct ward_id all[] = {id_of("sign", 1), second, id_of("sign", 3)};

	assert_int_equal(ward_fuser_split(f, a, all, 3, &v), WARD_ERR_STATE);
	assert_int_equal(ward_fuser_split(f, a, &a, 1, &v), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_fuser_split(f, second, &second, 1, &v), WARD_ERR_NOT_FOUND);
	struct ward_verdict confirm = verdict(9, WARD_VERDICT_CONFIRM);

	assert_int_equal(ward_fuser_decide(f, a, &confirm), WARD_OK);
	assert_int_equal(ward_fuser_split(f, a, &second, 1, &v), WARD_OK);
	assert_int_equal(ward_fuser_split(f, a, &second, 1, &v), WARD_OK); /* said again */
	tell_all(f, x.lab.m, &w);
	assert_int_equal(ward_fuser_n(f), 2);
	struct ward_id part = name_of(f, 2);

	assert_true(ward_id_eq(name_of(f, 1), a) && ward_id_eq(name_of(f, 3), a));
	assert_false(ward_id_eq(part, a));
	assert_int_equal(with(f, 2)->state, WARD_INCIDENT_CONFIRMED);
	/* the same said again goes where it was said before; anything new to the earliest link */
	sign(f, 5, 1, WARD_LEVEL_HIGH);
	tell_all(f, x.lab.m, &w);
	assert_int_equal(ward_fuser_n(f), 2);
	assert_true(ward_id_eq(name_of(f, 5), a));
	/* undone */
	v = verdict(2, WARD_VERDICT_MERGE);
	assert_int_equal(ward_fuser_merge(f, a, second, &v), WARD_OK);
	tell_all(f, x.lab.m, &w);
	assert_int_equal(ward_fuser_n(f), 1);
	assert_true(ward_id_eq(name_of(f, 2), a));
	/* what is over is neither put together nor apart */
	v = verdict(3, WARD_VERDICT_CLOSE);
	assert_int_equal(ward_fuser_decide(f, a, &v), WARD_OK);
	v = verdict(4, WARD_VERDICT_SPLIT);
	assert_int_equal(ward_fuser_split(f, a, &second, 1, &v), WARD_ERR_STATE);
	ward_fuser_free(f);
	ward_wr_fini(&w);
	lab_free(&x.lab);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* One thing that happens, by chance: a sign, a withdrawal, a merge, a split. */
static void step(struct ward_fuser *f, unsigned n, uint32_t *seed)
{
	const struct ward_incident *in;
	size_t count = ward_fuser_n(f);
	uint32_t what = next(seed) % 8, a = next(seed), b = next(seed);
	struct ward_verdict v = verdict(n, what == 6 ? WARD_VERDICT_MERGE : WARD_VERDICT_SPLIT);
	enum ward_err err = WARD_OK;

	if (what < 5 || count < 2) {
		sign(f, n, a % 4, b % 5 ? WARD_LEVEL_HIGH : WARD_LEVEL_LOW);
		return;
	}
	assert_int_equal(ward_fuser_at(f, a % count, &in), WARD_OK);
	struct ward_id id = in->id, part = in->member[b % in->n_member].d->id;

	if (what == 5) {
		struct ward_detection d = *in->member[b % in->n_member].d;

		d.revision += 100;
		d.withdrawn = true;
		err = ward_fuser_detection(f, &d);
	} else if (what == 6) {
		assert_int_equal(ward_fuser_at(f, b % count, &in), WARD_OK);
		err = ward_fuser_merge(f, id, in->id, &v);
	} else {
		err = ward_fuser_split(f, id, &part, 1, &v);
	}
	assert_true(err == WARD_OK || err == WARD_ERR_STATE);
}

static struct ward_fuser *reload(struct fix *x, struct ward_fuser *f)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22), again = w;

	ward_fuser_save(f, &w);
	ward_fuser_free(f);
	f = fuser(x);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_fuser_load(f, &r), WARD_OK);
	ward_fuser_save(f, &again);
	assert_int_equal(again.len, w.len);
	assert_memory_equal(again.p, w.p, w.len);
	ward_wr_fini(&w);
	ward_wr_fini(&again);
	return f;
}

/* Whoever is killed and reads on says the same as who lived through it. */
static void killed_anywhere(void **state)
{
	struct fix x;

	(void)state;
	setup(&x);
	for (uint32_t begin = 1; begin <= 60; begin++) {
		struct ward_fuser *lives = fuser(&x), *dies = fuser(&x);
		struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 24), other = one;
		uint32_t seed = begin, chance = begin * 77;

		for (unsigned n = 1; n <= 40; n++) {
			uint32_t same = seed;

			step(lives, n, &seed);
			step(dies, n, &same);
			tell_all(lives, x.lab.m, &one);
			tell_all(dies, x.lab.m, &other);
			if (next(&chance) % 3 == 0)
				dies = reload(&x, dies);
		}
		assert_false(ward_wr_bad(&one));
		assert_int_equal(one.len, other.len);
		assert_memory_equal(one.p, other.p, one.len);
		ward_fuser_free(lives);
		ward_fuser_free(dies);
		ward_wr_fini(&one);
		ward_wr_fini(&other);
	}
	lab_free(&x.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(merged), cmocka_unit_test(split_apart),
		cmocka_unit_test(killed_anywhere)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
