/* Courses in stages: what goes away takes its own time, each time that it falls. */
#include "house.h"

#include "recover/stage.h"

/* Care needs both, and takes an hour to be itself again. */
static const char two[] =
	"assets:\n"
	"  - {id: aa, name: A, class: device, room: hall}\n"
	"  - {id: bb, name: B, class: device, room: hall}\n"
	"services:\n"
	"  - {id: care, name: Care, class: service.care, rooms: [hall], weight: 2, recovery: 1h,\n"
	"     requires: [{name: a, of: [aa]}, {name: b, of: [bb]}]}\n";

struct course {
	struct house h;
	struct ward_arena arena;
	struct ward_stage s;
	struct ward_impacts all;
	uint32_t outage;
};

static void open_course(struct course *c)
{
	house_open(&c->h, two);
	house_strike(&c->h, "aa", "outage");
	c->outage = c->h.seed[0].threat;
	ward_arena_init(&c->arena, ward_mem_heap(), 1 << 20);
	c->s = (struct ward_stage){
		.m = c->h.lab.m, .works = c->h.works, .e = c->h.e, .seed = c->h.seed, .n_seed = 1};
	assert_int_equal(ward_stage_init(&c->s, &c->arena), WARD_OK);
	assert_int_equal(ward_engine_what_if(c->h.e, c->h.seed, 1, NULL, 0, &c->all), WARD_OK);
}

static void close_course(struct course *c)
{
	ward_arena_fini(&c->arena);
	house_close(&c->h);
}

static void go(struct course *c, ward_ns at, enum ward_change_kind kind, const char *id)
{
	struct ward_change change = {.kind = kind,
		.asset = lab_node(&c->h.lab, id),
		.threat = kind == WARD_CHANGE_THREAT ? c->outage : WARD_NONE,
		.at = at,
		.lo_micro = 1000000,
		.hi_micro = 1000000};

	assert_int_equal(ward_stage_keep(&c->s, &c->all, at), WARD_OK);
	if (kind != WARD_CHANGE_N)
		assert_int_equal(ward_stage_put(&c->s, change), WARD_OK);
	assert_int_equal(ward_stage_go(&c->s, at), WARD_OK);
	assert_int_equal(ward_engine_result(c->h.e, &c->all), WARD_OK);
}

static void let_go(struct course *c, ward_ns at)
{
	assert_int_equal(ward_stage_next(&c->s, at - MIN), at);
	go(c, at, WARD_CHANGE_N, "care");
}

static bool is_down(const struct course *c, ward_ns at)
{
	struct ward_brief b;

	return ward_engine_brief(c->h.e, lab_node(&c->h.lab, "care"), c->outage, &b) &&
	       b.expected <= at;
}

static void falls_twice(void **state)
{
	struct course c;

	(void)state;
	open_course(&c);
	assert_true(is_down(&c, 0));
	go(&c, 60 * MIN, WARD_CHANGE_REPAIRED, "aa");
	assert_true(is_down(&c, 60 * MIN));
	let_go(&c, 120 * MIN);
	assert_false(is_down(&c, 120 * MIN));
	go(&c, 180 * MIN, WARD_CHANGE_THREAT, "bb");
	assert_true(is_down(&c, 180 * MIN));
	go(&c, 240 * MIN, WARD_CHANGE_REPAIRED, "bb");
	assert_true(is_down(&c, 240 * MIN)); /* its hour again */
	let_go(&c, 300 * MIN);
	assert_false(is_down(&c, 300 * MIN));
	assert_int_equal(ward_stage_next(&c.s, 300 * MIN), WARD_NS_NEVER);
	close_course(&c);
}

/* While it is held the other falls, and is back later: it is back with that. */
static void falls_while_held(void **state)
{
	struct course c;

	(void)state;
	open_course(&c);
	go(&c, 60 * MIN, WARD_CHANGE_REPAIRED, "aa");
	go(&c, 90 * MIN, WARD_CHANGE_THREAT, "bb");
	let_go(&c, 120 * MIN);
	assert_true(is_down(&c, 120 * MIN));
	go(&c, 180 * MIN, WARD_CHANGE_REPAIRED, "bb");
	assert_false(is_down(&c, 180 * MIN));
	assert_int_equal(ward_stage_next(&c.s, 180 * MIN), WARD_NS_NEVER);
	close_course(&c);
}

/* What is as likely without it is not put beside its causes, so its upper end stays; what is less
 * is put, the first of a chain first: what follows is there again as it was. */
static void upper_ends(void **state)
{
	static const char chain[] = "assets:\n"
				    "  - {id: aa, name: A, class: device, room: hall}\n"
				    "  - {id: bb, name: B, class: device, room: hall}\n"
				    "  - {id: cc, name: C, class: device, room: hall}\n"
				    "  - {id: dd, name: D, class: device, room: hall}\n"
				    "relations: [{from: aa, relation: supplies, to: bb}, {from: "
				    "bb, relation: supplies, to: "
				    "cc}]\n";
	struct course c = {.outage = 0};
	uint32_t command;

	(void)state;
	house_open(&c.h, chain);
	house_strike(&c.h, "aa", "bms.command");
	command = c.h.seed[0].threat;
	ward_arena_init(&c.arena, ward_mem_heap(), 1 << 20);
	c.s = (struct ward_stage){
		.m = c.h.lab.m, .works = c.h.works, .e = c.h.e, .seed = c.h.seed, .n_seed = 1};
	assert_int_equal(ward_stage_init(&c.s, &c.arena), WARD_OK);
	assert_int_equal(ward_engine_what_if(c.h.e, c.h.seed, 1, NULL, 0, &c.all), WARD_OK);
	for (unsigned i = 0; i < 2; i++) {
		go(&c, (60 + 60 * i) * MIN, WARD_CHANGE_REPAIRED, i ? "aa" : "dd");
		assert_int_equal(
			ward_engine_upper(c.h.e, lab_node(&c.h.lab, "bb"), command), 900000);
		assert_int_equal(
			ward_engine_upper(c.h.e, lab_node(&c.h.lab, "cc"), command), 810000);
	}
	assert_int_equal(ward_engine_upper(c.h.e, lab_node(&c.h.lab, "aa"), command), 0);
	close_course(&c);
}

/* The fire is put out: what it destroyed by then stays so, and what was only fed by that waits. */
static void what_is_destroyed_stays(void **state)
{
	struct course c = {0};
	struct ward_brief brief;

	(void)state;
	house_open(&c.h, "rooms: [{id: attic, name: A, class: room, floor: f, zone: z-in}]\n"
			 "doors: [{id: d0, name: D0, class: door, from: hall, to: attic}]\n"
			 "assets:\n"
			 "  - {id: aa, name: A, class: device, room: attic}\n"
			 "  - {id: bb, name: B, class: device, room: hall}\n"
			 "relations: [{from: aa, relation: powers, to: bb}]\n");
	house_strike(&c.h, "attic", "fire.fire");
	c.outage = ward_threats_find(ward_model_threats(c.h.lab.m), WARD_STR("outage"));
	ward_arena_init(&c.arena, ward_mem_heap(), 1 << 20);
	c.s = (struct ward_stage){
		.m = c.h.lab.m, .works = c.h.works, .e = c.h.e, .seed = c.h.seed, .n_seed = 1};
	assert_int_equal(ward_stage_init(&c.s, &c.arena), WARD_OK);
	assert_int_equal(ward_engine_what_if(c.h.e, c.h.seed, 1, NULL, 0, &c.all), WARD_OK);
	go(&c, 10 * MIN, WARD_CHANGE_REPAIRED, "attic");
	assert_true(ward_engine_brief(c.h.e, lab_node(&c.h.lab, "aa"), c.outage, &brief));
	assert_true(ward_engine_brief(c.h.e, lab_node(&c.h.lab, "bb"), c.outage, &brief));
	go(&c, 70 * MIN, WARD_CHANGE_REPAIRED, "aa");
	assert_false(ward_engine_brief(c.h.e, lab_node(&c.h.lab, "aa"), c.outage, &brief));
	assert_false(ward_engine_brief(c.h.e, lab_node(&c.h.lab, "bb"), c.outage, &brief));
	close_course(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_destroyed_stays),
		cmocka_unit_test(falls_twice),
		cmocka_unit_test(falls_while_held),
		cmocka_unit_test(upper_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
