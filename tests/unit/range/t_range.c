/* Physics of a small hospital whose outcome can be reckoned by hand, and of Turin. */
#include "range/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>

enum { RUNS = 31 };

static const char *const house[][2] = {
	{"house.yml",
		"rooms:\n"
		"  - {id: hall, class: room.technical.server}\n"
		"  - {id: theatre, class: room.theatre}\n"
		"assets:\n"
		"  - {id: grid, class: supply.power}\n"
		"  - {id: board, class: device.building.distribution}\n"
		"  - {id: ups, class: device.building.ups}\n"
		"  - {id: generator, class: device.building.generator}\n"
		"  - {id: unit, class: device.building.ahu}\n"
		"  - {id: spare, class: device.building.ahu}\n"
		"  - {id: water, class: supply.cooling}\n"
		"  - {id: chiller, class: device.building.chiller}\n"
		"  - {id: pump, class: device.building.pump}\n"
		"  - {id: cabinet, class: device.building.ahu}\n"
		"  - {id: server, class: device.computer.server, room: hall}\n"
		"  - {id: record, class: software.record}\n"
		"  - {id: oxygen, class: supply.gas.oxygen}\n"
		"  - {id: tank, class: device.building.gas-manifold}\n"
		"services:\n"
		"  - {id: surgery, class: service.care.surgery, recovery: 20min, requires: [\n"
		"      {name: rooms, of: [theatre]}, {name: oxygen, of: [oxygen]},\n"
		"      {name: record, of: [record], buffer: 1h}]}\n"
		"  - {id: desk, class: service.support.desk, requires: [\n"
		"      {name: either, any: [server, {all: [oxygen, board]}]}]}\n"
		"  - {id: cold, class: service.support.facility, requires: [{of: [cabinet]}]}\n"
		"  - {id: machines, class: service.support.it, requires: [{of: [hall]}, {of: "
		"[server]}]}\n"},
	{"relations-all.csv", "from,relation,to\n"
			      "grid,powers,board\n"
			      "board,powers,ups\n"
			      "generator,powers,ups\n"
			      "ups,powers,server\n"
			      "server,hosts,record\n"
			      "unit,cools,theatre\n"
			      "chiller,cools,water\n"
			      "pump,supplies,water\n"
			      "water,cools,cabinet\n"
			      "cabinet,cools,hall\n"
			      "tank,supplies,oxygen\n"},
	{"buffers.csv", "on,kind,lasts\n"
			"ups,ups,30min\n"
			"theatre,thermal,10min\n"
			"hall,thermal,10min\n"
			"water,thermal,20min\n"
			"oxygen,tank,2h\n"
			"record,paper,1h\n"},
};

struct lab {
	char dir[64];
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_range *r;
	struct ward_arena a;
	struct ward_range_loss *loss;
	size_t n;
	struct ward_str bad;
};

static void write_file(const struct lab *lab, const char *name, const char *text)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/%s", lab->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void begin(struct lab *lab)
{
	*lab = (struct lab){.dir = "/tmp/ward-range-XXXXXX"};
	assert_non_null(mkdtemp(lab->dir));
	ward_limits_default(&lab->lim);
	ward_diag_init(&lab->diag, ward_mem_heap());
	ward_arena_init(&lab->a, ward_mem_heap(), 64 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(house); i++)
		write_file(lab, house[i][0], house[i][1]);
}

static void end(struct lab *lab)
{
	char path[160];

	for (size_t i = 0; i < WARD_ARRAY_LEN(house); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", lab->dir, house[i][0]);
		(void)unlink(path);
	}
	(void)rmdir(lab->dir);
	ward_range_free(lab->r);
	ward_arena_fini(&lab->a);
	ward_diag_fini(&lab->diag);
}

static void load(struct lab *lab, const char *dir)
{
	enum ward_err err = ward_range_load(dir, &lab->lim, ward_mem_heap(), &lab->diag, &lab->r);

	for (size_t i = 0; i < lab->diag.n; i++)
		printf("# %.*s\n", WARD_STR_ARG(lab->diag.item[i].what));
	assert_int_equal(err, WARD_OK);
}

static enum ward_err run(struct lab *lab, const struct ward_range_act *act, size_t n,
	const struct ward_range_work *work, size_t n_work)
{
	return ward_range_run(lab->r,
		&(struct ward_range_in){.act = act,
			.n_act = n,
			.work = work,
			.n_work = n_work,
			.until = 24 * 3600 * WARD_NS_PER_S,
			.seed = 1,
			.runs = RUNS},
		&lab->a, &lab->loss, &lab->n, &lab->bad);
}

static const struct ward_range_loss *loss_of(const struct lab *lab, const char *service)
{
	for (size_t i = 0; i < lab->n; i++)
		if (ward_str_eqz(lab->loss[i].service, service))
			return &lab->loss[i];
	return NULL;
}

static struct ward_range_act stops(const char *on, int64_t minutes)
{
	return (struct ward_range_act){
		ward_str_z(on), WARD_RANGE_STOPS, minutes * 60 * WARD_NS_PER_S, 0};
}

/* The median lies in these minutes, and the spread is one. */
static void assert_lost(const struct lab *lab, const char *service, int64_t from, int64_t to)
{
	const struct ward_range_loss *l = loss_of(lab, service);

	assert_non_null(l);
	assert_int_equal(l->hit, RUNS);
	assert_in_range(l->at / (60 * WARD_NS_PER_S), from, to);
	assert_true(l->early <= l->at && l->at <= l->late);
}

/* One way from what was done to the service: "unit stopped, theatre warm, surgery without". */
static void assert_cause(const struct lab *lab, const char *service, const char *is)
{
	const struct ward_range_loss *l = loss_of(lab, service);
	char text[256] = "";
	size_t n = 0;

	assert_non_null(l);
	for (size_t i = 0; i < l->n_cause; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s %s", i ? ", " : "",
			WARD_STR_ARG(l->cause[i].id), ward_range_why_name(l->cause[i].why));
	assert_string_equal(text, is);
}

static void test_nothing_happens(void **state)
{
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, NULL, 0, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 0);
	end(&lab);
}

/* Ten minutes until the room is too warm, give or take what rooms differ by. */
static void test_warmth(void **state)
{
	const struct ward_range_act act = stops("unit", 5);
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 1);
	assert_lost(&lab, "surgery", 10, 20);
	assert_true(loss_of(&lab, "surgery")->early < loss_of(&lab, "surgery")->late);
	assert_cause(&lab, "surgery", "unit stopped, theatre warm, surgery without");
	end(&lab);
}

/* Water that is still moved lasts its time; that which nothing moves brings no cold. What it is
 * read to have left is what it has. Among servers it is not the room that is lost but, at twice the
 * rise, what stands in it. */
static void test_cold_water(void **state)
{
	const struct ward_range_act chiller = stops("chiller", 0), pump = stops("pump", 0);
	const struct ward_range_act read[] = {stops("chiller", 0),
		{WARD_STR("water"), WARD_RANGE_HOLDS, 0, 5 * 60 * WARD_NS_PER_S}};
	const struct ward_range_act warm[] = {
		stops("chiller", 0), {WARD_STR("water"), WARD_RANGE_HOLDS, 0, 0}};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, &chiller, 1, NULL, 0), WARD_OK);
	assert_lost(&lab, "cold", 15, 25);
	ward_ns late = loss_of(&lab, "machines")->at;

	assert_int_equal(run(&lab, &pump, 1, NULL, 0), WARD_OK);
	assert_lost(&lab, "cold", 0, 0);
	assert_cause(&lab, "machines",
		"pump stopped, water without, cabinet without, hall warm, "
		"server off, machines without");
	assert_lost(&lab, "machines", 18, 32); /* 10 minutes to the limit, 14 more to twice that */
	assert_true(loss_of(&lab, "machines")->at < late);
	assert_int_equal(run(&lab, read, 2, NULL, 0), WARD_OK);
	assert_lost(&lab, "cold", 4, 6);
	assert_int_equal(run(&lab, warm, 2, NULL, 0), WARD_OK);
	assert_lost(&lab, "cold", 0, 0);
	end(&lab);
}

/* With the mains gone the generator carries the battery; without it the battery ends, then paper
 * and patience do: 30 minutes and twice an hour. */
static void test_power(void **state)
{
	const struct ward_range_act act[] = {stops("grid", 0), stops("generator", 60)};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 0);
	assert_int_equal(run(&lab, act, 2, NULL, 0), WARD_OK);
	assert_lost(&lab, "surgery", 60 + 110, 60 + 190);
	assert_lost(&lab, "desk", 60 + 20, 60 + 40); /* the board is dark since the mains are */
	end(&lab);
}

static void test_held(void **state)
{
	const struct ward_range_act act[] = {stops("grid", 0), stops("generator", 0),
		{WARD_STR("ups"), WARD_RANGE_HOLDS, 0, 5 * 60 * WARD_NS_PER_S}};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, act, 3, NULL, 0), WARD_OK);
	assert_lost(&lab, "desk", 4, 6);
	end(&lab);
}

/* Only what runs out holds, only rooms burn: anything else is named, and nothing is reckoned. */
static void test_what_cannot_be(void **state)
{
	static const struct {
		const char *on;
		enum ward_range_what what;
		bool can;
	} of[] = {{"theatre", WARD_RANGE_HOLDS, false}, {"board", WARD_RANGE_HOLDS, false},
		{"ups", WARD_RANGE_HOLDS, true}, {"oxygen", WARD_RANGE_HOLDS, true},
		{"record", WARD_RANGE_HOLDS, true}, {"water", WARD_RANGE_HOLDS, true},
		{"server", WARD_RANGE_BURNS, false}, {"surgery", WARD_RANGE_FLOODS, false},
		{"theatre", WARD_RANGE_FLOODS, true}, {"theatre", WARD_RANGE_STOPS, true},
		{"nowhere", WARD_RANGE_STARTS, false}};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		const struct ward_range_act act[] = {stops("unit", 5),
			{ward_str_z(of[i].on), of[i].what, 0, 9 * 3600 * WARD_NS_PER_S}};

		assert_int_equal(ward_range_can(lab.r, act[1].on, act[1].what), of[i].can);
		lab.bad = WARD_STR("");
		assert_int_equal(
			run(&lab, act, 2, NULL, 0), of[i].can ? WARD_OK : WARD_ERR_NOT_FOUND);
		if (!of[i].can)
			assert_true(ward_str_eqz(lab.bad, of[i].on));
	}
	end(&lab);
}

/* Whoever works on the board can't start the mains behind it; the generator they can. */
static void test_mains_are_outside(void **state)
{
	const struct ward_range_act act[] = {stops("grid", 0), stops("generator", 0)};
	const struct ward_range_work work[] = {{WARD_STR("board"), 2 * 3600 * WARD_NS_PER_S},
		{WARD_STR("ups"), 3 * 3600 * WARD_NS_PER_S},
		{WARD_STR("grid"), 6 * 3600 * WARD_NS_PER_S}};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, act, 2, NULL, 0), WARD_OK);
	ward_ns never = loss_of(&lab, "surgery")->lost;

	assert_int_equal(run(&lab, act, 2, work, 1), WARD_OK);
	assert_int_equal(loss_of(&lab, "surgery")->lost, never);
	assert_int_equal(run(&lab, act, 2, work, 2), WARD_OK);
	ward_ns with_generator = loss_of(&lab, "desk")->lost;

	assert_true(with_generator < never);
	assert_int_equal(run(&lab, act, 1, work, 2), WARD_OK);
	assert_int_equal(lab.n, 0); /* the generator goes on */
	assert_int_equal(run(&lab, act, 2, &work[2], 1), WARD_OK);
	assert_true(loss_of(&lab, "desk")->lost < never);
	assert_in_range(loss_of(&lab, "desk")->lost / (60 * WARD_NS_PER_S), 310, 345);
	end(&lab);
}

/* Neither replaces the other, whichever is first. */
static void test_two_stores(void **state)
{
	static const char *const rows[] = {"theatre,thermal,10min\ntheatre,tank,2h\n",
		"theatre,tank,2h\ntheatre,thermal,10min\n"};
	struct lab lab;
	char text[160];

	(void)state;
	begin(&lab);
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		(void)snprintf(text, sizeof(text), "on,kind,lasts\nups,ups,30min\n%s", rows[i]);
		write_file(&lab, "buffers.csv", text);
		assert_int_equal(
			ward_range_load(lab.dir, &lab.lim, ward_mem_heap(), &lab.diag, &lab.r),
			WARD_ERR_CONFIG);
		assert_int_equal(lab.diag.n, i + 1);
		assert_int_equal(lab.diag.item[i].line, 4);
		assert_non_null(strstr(lab.diag.item[i].what.p, "'theatre' has another buffer"));
		assert_true(lab.diag.item[i].mend.len > 0);
	}
	end(&lab);
}

/* The tank is shut, the line still has two hours; who opens it again ends the loss, when the
 * theatres are ready. */
static void test_works(void **state)
{
	const struct ward_range_act act = stops("tank", 0);
	const struct ward_range_work work = {WARD_STR("tank"), 6 * 3600 * WARD_NS_PER_S};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_lost(&lab, "surgery", 75, 150);
	ward_ns never = loss_of(&lab, "surgery")->lost;

	assert_int_equal(run(&lab, &act, 1, &work, 1), WARD_OK);
	assert_lost(&lab, "surgery", 75, 150);
	assert_true(loss_of(&lab, "surgery")->lost < never);
	assert_in_range(loss_of(&lab, "surgery")->lost / (60 * WARD_NS_PER_S), 230, 310);
	end(&lab);
}

/* What stands in a room that burns fails within minutes. */
static void test_fire(void **state)
{
	const struct ward_range_act act[] = {
		{WARD_STR("hall"), WARD_RANGE_BURNS, 0, 0}, stops("oxygen", 0)};
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, act, 2, NULL, 0), WARD_OK);
	assert_lost(&lab, "desk", 3, 12);
	assert_cause(&lab, "desk", "server stopped, desk without");
	end(&lab);
}

/* Who works behind a corridor that burns does so no more, whoever has another way does. */
static void test_way_burns(void **state)
{
	static const char text[] = "rooms: [{id: hall}, {id: corridor}, {id: back}, {id: side}, "
				   "{id: yard}, {id: elsewhere}, {id: far}]\n"
				   "doors:\n"
				   "  - {id: d1, from: hall, to: corridor}\n"
				   "  - {id: d2, from: corridor, to: back}\n"
				   "  - {id: d3, from: corridor, to: side}\n"
				   "  - {id: d4, from: elsewhere, to: far}\n"
				   "relations:\n"
				   "  - {from: side, relation: leads_to, to: yard}\n"
				   "  - {from: yard, relation: leads_to, to: hall}\n"
				   "assets: [{id: pump, room: back}]\n"
				   "services:\n"
				   "  - {id: behind, rooms: [back], requires: [{of: [pump]}]}\n"
				   "  - {id: beside, rooms: [side, back]}\n"
				   "  - {id: there, rooms: [corridor]}\n"
				   "  - {id: other, rooms: [elsewhere]}\n"
				   "  - {id: ward, class: service.care.ward, rooms: [side, "
				   "corridor]}\n"
				   "  - {id: porters, class: service.support, rooms: [side, "
				   "corridor]}\n"
				   "  - {id: pumped, requires: [{of: [pump]}]}\n";
	const struct ward_range_act act = {
		WARD_STR("corridor"), WARD_RANGE_BURNS, 60 * WARD_NS_PER_S, 0};
	struct lab lab;

	(void)state;
	begin(&lab);
	assert_int_equal(ward_range_parse(WARD_STR("h.yml"), ward_str_bytes(ward_str_z(text)),
				 &lab.lim, ward_mem_heap(), &lab.diag, &lab.r),
		WARD_OK);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 3);
	assert_lost(&lab, "behind", 1, 1);
	assert_lost(&lab, "there", 1, 1);
	assert_lost(&lab, "ward", 1, 1);
	assert_cause(&lab, "behind", "back cut-off, behind without");
	assert_cause(&lab, "there", "corridor burnt, there without");
	end(&lab);
}

/* A small house in one file. */
static void parse(struct lab *lab)
{
	static const char text[] =
		"rooms: [{id: theatre, class: room.theatre}, {id: bank, class: room.bloodbank}, "
		"{id: bed, class: room.icu}, {id: lab, class: room.lab}, "
		"{id: cellar, class: room.technical.plantroom}]\n"
		"assets:\n"
		"  - {id: board, class: device.building.distribution}\n"
		"  - {id: unit, class: device.building.ahu}\n"
		"  - {id: analyser, class: device.medical.analyser, room: lab}\n"
		"  - {id: pump, class: device.building.pump, room: cellar}\n"
		"  - {id: automat, class: device.building.controller, room: cellar}\n"
		"  - {id: water, class: supply.cooling, room: cellar}\n"
		"relations:\n"
		"  - {from: board, relation: powers, to: theatre}\n"
		"  - {from: unit, relation: cools, to: bank}\n"
		"  - {from: unit, relation: cools, to: bed}\n"
		"  - {from: unit, relation: cools, to: lab}\n"
		"  - {from: pump, relation: supplies, to: water}\n"
		"buffers: [{on: theatre, kind: thermal, lasts: 10min}, "
		"{on: bank, kind: thermal, lasts: 30min}, {on: bed, kind: thermal, lasts: 30min}, "
		"{on: lab, kind: thermal, lasts: 30min}]\n"
		"services:\n"
		"  - {id: surgery, requires: [{of: [theatre]}]}\n"
		"  - {id: blood, requires: [{of: [bank]}]}\n"
		"  - {id: care, requires: [{of: [bed]}]}\n"
		"  - {id: results, requires: [{of: [analyser]}]}\n"
		"  - {id: cold, requires: [{of: [water]}]}\n"
		"  - {id: control, requires: [{of: [automat]}]}\n";

	assert_int_equal(ward_range_parse(WARD_STR("h.yml"), ward_str_bytes(ward_str_z(text)),
				 &lab->lim, ward_mem_heap(), &lab->diag, &lab->r),
		WARD_OK);
}

/* That a room takes its time to get warm does not light it. */
static void test_warm_and_dark(void **state)
{
	const struct ward_range_act act = stops("board", 5);
	struct lab lab;

	(void)state;
	begin(&lab);
	parse(&lab);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 1);
	assert_lost(&lab, "surgery", 5, 5);
	assert_cause(&lab, "surgery", "board stopped, theatre without, surgery without");
	end(&lab);
}

/* Of what the same unit cools only the analyser stops at the limit: patients stay in their beds,
 * and blood in its refrigerators. */
static void test_who_bears_heat(void **state)
{
	const struct ward_range_act act = stops("unit", 0);
	struct lab lab;

	(void)state;
	begin(&lab);
	parse(&lab);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 1);
	assert_lost(&lab, "results", 25, 40);
	assert_cause(&lab, "results", "unit stopped, lab warm, analyser off, results without");
	end(&lab);
}

/* Water stops the pump and not the pipe. Who pumps the cellar out has the cellar, and who works on
 * the pump the pump, and cold. */
static void test_cellar(void **state)
{
	const struct ward_range_act act = {WARD_STR("cellar"), WARD_RANGE_FLOODS, 0, 0};
	const struct ward_range_work work[] = {{WARD_STR("cellar"), 6 * 3600 * WARD_NS_PER_S},
		{WARD_STR("pump"), 8 * 3600 * WARD_NS_PER_S}};
	struct lab lab;

	(void)state;
	begin(&lab);
	parse(&lab);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 2);
	assert_lost(&lab, "cold", 10, 40);
	assert_cause(&lab, "cold", "pump stopped, water without, cold without");
	assert_lost(&lab, "control", 10, 40);
	ward_ns cold = loss_of(&lab, "cold")->lost, control = loss_of(&lab, "control")->lost;

	assert_int_equal(run(&lab, &act, 1, work, 1), WARD_OK);
	assert_int_equal(loss_of(&lab, "cold")->lost, cold);
	assert_int_equal(run(&lab, &act, 1, work, 2), WARD_OK);
	assert_int_equal(loss_of(&lab, "cold")->lost, cold - 16 * 3600 * WARD_NS_PER_S);
	assert_int_equal(loss_of(&lab, "control")->lost, control);
	end(&lab);
}

/* What stops a pipe is a valve, and it is opened where the pipe begins. */
static void test_valve(void **state)
{
	const struct ward_range_act act = stops("water", 10);
	const struct ward_range_work work = {WARD_STR("pump"), 70 * 60 * WARD_NS_PER_S};
	struct lab lab;

	(void)state;
	begin(&lab);
	parse(&lab);
	assert_int_equal(run(&lab, &act, 1, &work, 1), WARD_OK);
	assert_int_equal(lab.n, 1);
	assert_lost(&lab, "cold", 10, 10);
	assert_int_equal(loss_of(&lab, "cold")->lost, 3600 * WARD_NS_PER_S);
	end(&lab);
}

static void test_same_again(void **state)
{
	const struct ward_range_act act = stops("unit", 5);
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	ward_ns at = lab.loss[0].at, late = lab.loss[0].late;

	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.loss[0].at, at);
	assert_int_equal(lab.loss[0].late, late);
	end(&lab);
}

static void test_mistakes(void **state)
{
	const struct ward_range_act act = stops("nothing-of-it", 0);
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_ERR_NOT_FOUND);
	assert_true(ward_str_eqz(lab.bad, "nothing-of-it"));
	ward_range_free(lab.r);
	lab.r = NULL;
	write_file(&lab, "buffers.csv", "on,kind,lasts\nups,ups,long\n");
	assert_int_equal(ward_range_load(lab.dir, &lab.lim, ward_mem_heap(), &lab.diag, &lab.r),
		WARD_ERR_CONFIG);
	assert_int_equal(lab.diag.n, 1);
	assert_int_equal(lab.diag.item[0].line, 2);
	end(&lab);
}

static void test_memory(void **state)
{
	const struct ward_range_act act = stops("unit", 5);
	struct ward_mem_failing f; /* what is loaded goes on borrowing it */
	struct lab lab;

	(void)state;
	begin(&lab);
	for (uint64_t at = 1;; at++) {
		ward_mem_failing_init(&f, at);
		enum ward_err err = ward_range_load(lab.dir, &lab.lim, &f.mem, &lab.diag, &lab.r);

		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
		assert_null(lab.r);
	}
	f.fail_at = 0;
	for (size_t max = 0;; max += 64) {
		struct ward_arena a;

		ward_arena_init(&a, ward_mem_heap(), max);
		enum ward_err err = ward_range_run(lab.r,
			&(struct ward_range_in){.act = &act, .n_act = 1, .runs = 1}, &a, &lab.loss,
			&lab.n, &lab.bad);

		ward_arena_fini(&a);
		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	for (size_t max = 0;; max += 64) {
		struct ward_range_view v;
		struct ward_arena a;

		ward_arena_init(&a, ward_mem_heap(), max);
		enum ward_err err = ward_range_look(lab.r,
			&(struct ward_range_in){.act = &act, .n_act = 1, .until = WARD_NS_PER_S}, 0,
			&a, &v, &lab.bad);

		ward_arena_fini(&a);
		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	end(&lab);
}

/* Four of six theatres are needed, and unit 05 has four: surgery stops, and nothing else does. */
static void test_turin(void **state)
{
	const struct ward_range_act act = stops("ahu-05", 8);
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct lab lab;
	char dir[4096];

	(void)state;
	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	begin(&lab);
	load(&lab, dir);
	assert_int_equal(run(&lab, &act, 1, NULL, 0), WARD_OK);
	assert_int_equal(lab.n, 1);
	assert_lost(&lab, "theatres", 12, 28);
	end(&lab);
}

static const struct ward_range_thing *thing_of(const struct ward_range_view *v, const char *id)
{
	for (size_t i = 0; i < v->n_thing; i++)
		if (ward_str_eqz(v->thing[i].id, id))
			return &v->thing[i];
	return NULL;
}

static const struct ward_range_service *service_of(const struct ward_range_view *v, const char *id)
{
	for (size_t i = 0; i < v->n_service; i++)
		if (ward_str_eqz(v->service[i].id, id))
			return &v->service[i];
	return NULL;
}

static struct ward_range_view look(
	struct lab *lab, const struct ward_range_act *act, size_t n, int64_t minutes)
{
	const struct ward_range_in in = {
		.act = act, .n_act = n, .until = 24 * 3600 * WARD_NS_PER_S};
	struct ward_range_view v;

	assert_int_equal(
		ward_range_look(lab->r, &in, minutes * 60 * WARD_NS_PER_S, &lab->a, &v, &lab->bad),
		WARD_OK);
	return v;
}

/* Half an hour of battery, and an hour of paper behind it, then an hour of patience: seen from
 * before, from between, and from behind; without spread. */
static void test_look(void **state)
{
	const ward_ns min = 60 * WARD_NS_PER_S;
	const struct ward_range_act act[] = {stops("grid", 10), stops("generator", 10),
		{WARD_STR("grid"), WARD_RANGE_STARTS, 300 * min, 0}};
	struct ward_range_view v;
	struct lab lab;

	(void)state;
	begin(&lab);
	load(&lab, lab.dir);
	v = look(&lab, NULL, 0, 60); /* nothing happened */
	assert_int_equal(v.n_thing, 0);
	assert_int_equal(v.n_service, 0);
	v = look(&lab, act, 2, 20);
	assert_int_equal(thing_of(&v, "grid")->is, WARD_RANGE_IS_STOPPED);
	assert_int_equal(v.thing[0].is, WARD_RANGE_IS_STOPPED); /* the worst first */
	assert_int_equal(thing_of(&v, "board")->is, WARD_RANGE_IS_WITHOUT);
	assert_int_equal(thing_of(&v, "ups")->is, WARD_RANGE_IS_STORE);
	assert_in_range(thing_of(&v, "ups")->percent, 55, 75);
	assert_in_range(thing_of(&v, "ups")->ends / min, 36, 44);
	assert_null(thing_of(&v, "server"));
	assert_null(thing_of(&v, "theatre"));
	assert_int_equal(service_of(&v, "desk")->since, WARD_NS_NEVER);
	assert_in_range(service_of(&v, "desk")->falls / min, 36, 44);
	assert_in_range(service_of(&v, "surgery")->falls / min, 140, 170);
	v = look(&lab, act, 3, 60);
	assert_int_equal(thing_of(&v, "ups")->is, WARD_RANGE_IS_WITHOUT);
	assert_int_equal(thing_of(&v, "ups")->percent, 0);
	assert_int_equal(thing_of(&v, "ups")->ends, WARD_NS_NEVER);
	assert_int_equal(thing_of(&v, "server")->is, WARD_RANGE_IS_WITHOUT);
	assert_ptr_equal(thing_of(&v, "server")->store, NULL);
	assert_in_range(service_of(&v, "desk")->since / min, 36, 44);
	assert_int_equal(service_of(&v, "desk")->back / min, 300);
	v = look(&lab, act, 3, 290); /* its time ends before it opens again */
	assert_in_range(service_of(&v, "surgery")->since / min, 140, 170);
	assert_in_range(service_of(&v, "surgery")->back / min, 320, 322);
	const struct ward_range_act warm[] = {
		stops("unit", 5), {WARD_STR("hall"), WARD_RANGE_BURNS, 8 * min, 0}};

	v = look(&lab, warm, 2, 9);
	assert_int_equal(v.thing[0].is, WARD_RANGE_IS_BURNT);
	assert_int_equal(thing_of(&v, "theatre")->is, WARD_RANGE_IS_STORE);
	assert_true(ward_str_eqz(ward_str_z(thing_of(&v, "theatre")->store), "warmth"));
	assert_in_range(thing_of(&v, "theatre")->percent, 30, 80);
	assert_in_range(thing_of(&v, "theatre")->ends / min, 12, 18);
	assert_in_range(service_of(&v, "surgery")->falls / min, 12, 18);
	const struct ward_range_act bad = {WARD_STR("nowhere"), WARD_RANGE_STOPS, 0, 0};
	const struct ward_range_in in = {.act = &bad, .n_act = 1, .until = min};

	assert_int_equal(ward_range_look(lab.r, &in, 0, &lab.a, &v, &lab.bad), WARD_ERR_NOT_FOUND);
	assert_true(ward_str_eqz(lab.bad, "nowhere"));
	end(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_happens),
		cmocka_unit_test(test_warmth),
		cmocka_unit_test(test_cold_water),
		cmocka_unit_test(test_power),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_what_cannot_be),
		cmocka_unit_test(test_mains_are_outside),
		cmocka_unit_test(test_two_stores),
		cmocka_unit_test(test_works),
		cmocka_unit_test(test_fire),
		cmocka_unit_test(test_way_burns),
		cmocka_unit_test(test_warm_and_dark),
		cmocka_unit_test(test_who_bears_heat),
		cmocka_unit_test(test_cellar),
		cmocka_unit_test(test_valve),
		cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_turin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
