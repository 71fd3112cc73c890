#include "../lab.h"
#include "model/permit/permit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const ward_ns hour = 3600 * WARD_NS_PER_S;

struct fix {
	struct lab lab;
	struct ward_permits *s;
	uint32_t floor, hall, theatre, ahu1, ahu2, net;
	uint32_t list[3][2];
	struct ward_permit p; /* on the floor "up", 9 to 11 o'clock, expects bms.command */
	struct ward_permit_sign sign;
};

/* A second floor, to be outside of. */
static const char up[] = "floors: [{id: up, name: First floor, building: b, level: 1}]\n"
			 "rooms: [{id: loft, name: Loft, floor: up, class: room}]\n"
			 "doors: [{id: d-9, from: hall, to: loft}]\n";

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", up), WARD_OK);
	assert_int_equal(ward_permits_new(x->lab.m, &x->lab.lim, ward_mem_heap(), &x->s), WARD_OK);
	x->floor = lab_node(&x->lab, "f");
	x->hall = lab_node(&x->lab, "hall");
	x->theatre = lab_node(&x->lab, "or-1");
	x->ahu1 = lab_node(&x->lab, "ahu-1");
	x->ahu2 = lab_node(&x->lab, "ahu-2");
	x->net = lab_node(&x->lab, "n-bms");
	x->list[0][0] = x->floor;
	x->list[2][0] = 1;
	x->p = (struct ward_permit){.id = WARD_STR("w-1"),
		.who = WARD_STR("Firm"),
		.why = WARD_STR("test"),
		.badge = WARD_STR(""),
		.by = WARD_STR(""),
		.ended_by = WARD_STR(""),
		.place = x->list[0],
		.n_place = 1,
		.asset = x->list[1],
		.threat = x->list[2],
		.n_threat = 1,
		.from = 9 * hour,
		.until = 11 * hour,
		.ended = WARD_NS_NEVER,
		.made = WARD_NS_NEVER};
	x->sign = (struct ward_permit_sign){
		x->hall, x->ahu1, 1, WARD_STR("p-me"), 10 * hour, 10 * hour};
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_permits_free(x->s);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static enum ward_permit_miss miss(struct fix *x)
{
	enum ward_permit_miss m;

	assert_int_equal(ward_permits_put(x->s, &x->p, NULL), WARD_OK);
	if (!ward_permit_meets(x->lab.m, &x->p, &x->sign, &m)) {
		assert_null(ward_permits_judge(x->s, &x->sign).permit);
		return WARD_PERMIT_MISS_N;
	}
	struct ward_permit_answer a = ward_permits_judge(x->s, &x->sign);

	assert_non_null(a.permit);
	assert_int_equal(a.miss, m);
	return m;
}

static void covers(void **state)
{
	struct fix *x = *state;

	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->sign.asset = WARD_NONE; /* the place alone */
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->sign.asset = x->ahu1;
	x->sign.place = WARD_NONE; /* the asset's room is on the floor */
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->sign.place = lab_node(&x->lab, "d-2"); /* a door is in the room that it leads to */
	x->sign.asset = WARD_NONE;
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->list[0][0] = lab_node(&x->lab, "z-in"); /* the theatre's zone */
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->list[0][0] = x->net;
	x->sign.place = WARD_NONE;
	x->sign.asset = x->ahu1; /* on that network */
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
}

static void each_miss(void **state)
{
	struct fix *x = *state;
	struct ward_permit_sign was = x->sign;

	x->sign.place = lab_node(&x->lab, "loft");
	x->sign.asset = WARD_NONE;
	assert_int_equal(miss(x), WARD_PERMIT_PLACE);
	x->sign = was;
	x->sign.threat = 2;
	assert_int_equal(miss(x), WARD_PERMIT_EFFECT);
	x->sign.threat = WARD_NONE;
	assert_int_equal(miss(x), WARD_PERMIT_EFFECT);
	x->sign = was;
	x->p.n_asset = 1;
	x->list[1][0] = x->ahu2;
	assert_int_equal(miss(x), WARD_PERMIT_ASSET);
	x->list[1][0] = x->ahu1;
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->p.badge = WARD_STR("p-other");
	assert_int_equal(miss(x), WARD_PERMIT_BADGE);
	x->sign.actor = WARD_STR(""); /* nobody is known: a detector has no badge */
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
}

static void times(void **state)
{
	struct fix *x = *state;

	x->sign.first = x->sign.last = 9 * hour;
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->sign.first = x->sign.last = 11 * hour;
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->sign.last++; /* part of its evidence is outside */
	assert_int_equal(miss(x), WARD_PERMIT_TIME);
	x->sign.first = x->sign.last = 23 * hour;
	assert_int_equal(miss(x), WARD_PERMIT_TIME);
	x->sign.first = x->sign.last = 23 * hour + 1; /* long over: not worth a word */
	assert_int_equal(miss(x), WARD_PERMIT_MISS_N);
	x->sign.first = x->sign.last = 10 * hour;
	x->p.ended = 10 * hour - 1;
	assert_int_equal(miss(x), WARD_PERMIT_TIME);
	x->p.ended = 10 * hour;
	assert_int_equal(miss(x), WARD_PERMIT_COVERS);
	x->sign.first = INT64_MIN;
	x->sign.last = INT64_MAX;
	assert_int_equal(miss(x), WARD_PERMIT_TIME);
}

/* Two that do not hold: it has nothing to do with it. */
static void far_off(void **state)
{
	struct fix *x = *state;

	x->sign.place = lab_node(&x->lab, "loft");
	x->sign.asset = WARD_NONE;
	x->sign.threat = 2;
	assert_int_equal(miss(x), WARD_PERMIT_MISS_N);
}

static void says(void **state)
{
	struct fix *x = *state;
	static const struct {
		enum ward_permit_miss m;
		const char *text;
	} want[] = {{WARD_PERMIT_COVERS, ""}, {WARD_PERMIT_BADGE, "it is for another badge"},
		{WARD_PERMIT_EFFECT, "it does not expect \u201cCommand\u201d"},
		{WARD_PERMIT_ASSET, "it is for AHU 2"}, {WARD_PERMIT_PLACE, "it is for Ground"}};
	char buf[256];

	x->p.n_asset = 1;
	x->list[1][0] = x->ahu2;
	for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_permit_say_miss(x->lab.m, &x->p, &x->sign, want[i].m, &w);
		assert_true(ward_str_eqz(ward_wr_text(&w), want[i].text));
	}
}

static struct ward_permit named(const struct fix *x, const char *id, ward_ns until)
{
	struct ward_permit p = x->p;

	p.id = ward_str_z(id);
	p.until = until;
	return p;
}

/* Of several the answer is one, whatever the order in which they came. */
static void one_of_several(void **state)
{
	static const unsigned order[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
	struct fix *x = *state;

	for (size_t k = 0; k < WARD_ARRAY_LEN(order); k++) {
		const struct ward_permit p[] = {named(x, "a", 11 * hour), named(x, "b", 12 * hour),
			named(x, "c", 12 * hour)};
		struct ward_permit near = named(x, "0", 99 * hour);

		near.badge = WARD_STR("p-other");
		assert_int_equal(ward_permits_put(x->s, &near, NULL), WARD_OK);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(ward_permits_put(x->s, &p[order[k][i]], NULL), WARD_OK);
		struct ward_permit_answer a = ward_permits_judge(x->s, &x->sign);

		assert_int_equal(a.miss, WARD_PERMIT_COVERS);
		assert_true(ward_str_eqz(a.permit->id, "b"));
		ward_permits_expire(x->s, WARD_NS_NEVER - 1);
		assert_int_equal(ward_permits_n(x->s), 0);
	}
}

static void put_and_forget(void **state)
{
	struct fix *x = *state;
	bool news;

	assert_int_equal(ward_permits_put(x->s, &x->p, &news), WARD_OK);
	assert_true(news);
	assert_int_equal(ward_permits_put(x->s, &x->p, &news), WARD_OK);
	assert_false(news);
	x->p.ended = 10 * hour;
	assert_int_equal(ward_permits_put(x->s, &x->p, &news), WARD_OK);
	assert_true(news);
	assert_int_equal(ward_permits_n(x->s), 1);
	assert_int_equal(ward_permits_find(x->s, WARD_STR("w-1"))->ended, 10 * hour);
	assert_null(ward_permits_find(x->s, WARD_STR("w-2")));
	ward_permits_expire(x->s, 34 * hour);
	assert_int_equal(ward_permits_n(x->s), 1);
	ward_permits_expire(x->s, 34 * hour + 1);
	assert_int_equal(ward_permits_n(x->s), 0);
}

static void limit(void **state)
{
	struct fix *x = *state;
	struct ward_permits *s;

	x->lab.lim.v[WARD_LIMIT_MODEL_PERMITS] = 16;
	assert_int_equal(ward_permits_new(x->lab.m, &x->lab.lim, ward_mem_heap(), &s), WARD_OK);
	for (unsigned i = 0; i < 17; i++) {
		char id[8];

		(void)snprintf(id, sizeof(id), "p%u", i);
		struct ward_permit p = named(x, id, 11 * hour);

		assert_int_equal(ward_permits_put(s, &p, NULL), i < 16 ? WARD_OK : WARD_ERR_LIMIT);
	}
	assert_int_equal(ward_permits_n(s), 16);
	ward_permits_free(s);
}

static void as_event(void **state)
{
	struct fix *x = *state;
	struct ward_names names;
	struct ward_arena a;
	struct ward_event e, back;
	struct ward_permit p;
	uint8_t bytes[4096];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	x->p.badge = WARD_STR("p-me");
	x->p.ended = 10 * hour;
	x->p.n_place = 2;
	x->list[0][1] = x->net;
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &x->lab.lim), WARD_OK);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	ward_event_init(&e, &a);
	assert_int_equal(ward_permit_to_event(&x->p, x->lab.m, &names, &e), WARD_OK);
	ward_event_encode(&e, &names, &w);
	assert_int_equal(
		ward_event_decode(ward_wr_slice(&w), &names, &a, &x->lab.lim, &back), WARD_OK);
	assert_true(ward_str_eqz(ward_name_text(&names, back.class), WARD_PERMIT_CLASS));
	assert_int_equal(ward_permit_of_event(&back, &names, x->lab.m, &p), WARD_OK);
	assert_true(ward_permit_same(&p, &x->p));

	static const char *const need[] = {
		"permit.id", "permit.who", "permit.from", "permit.until", "permit.effect"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(need); i++) { /* each that must be there */
		struct ward_event less;

		assert_int_equal(ward_event_copy(&back, &a, &less), WARD_OK);
		assert_int_equal(ward_event_set(&less, ward_name(&names, ward_str_z(need[i])),
					 ward_value_str(WARD_STR(""))),
			WARD_OK);
		assert_int_equal(
			ward_permit_of_event(&less, &names, x->lab.m, &p), WARD_ERR_MALFORMED);
	}
	assert_int_equal(ward_event_set(&back, ward_name(&names, WARD_STR("permit.place")),
				 ward_value_str(WARD_STR("nowhere"))),
		WARD_OK);
	assert_int_equal(ward_permit_of_event(&back, &names, x->lab.m, &p), WARD_ERR_MALFORMED);
	ward_arena_fini(&a);
	ward_names_fini(&names);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(covers), T(each_miss), T(times), T(far_off), T(says),
		T(one_of_several), T(put_and_forget), T(limit), T(as_event)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
