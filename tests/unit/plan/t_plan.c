/* Plans of floors: what a plan.csv may say, and what holds of every plan, drawn or schematic. */
#include "plan_facts.h"

#include "conf/conf.h"
#include "model/make/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char house[] =
	"buildings: [{id: b2, name: Other, site: s}]\n"
	"floors: [{id: g, name: First, building: b, level: 0}, {id: x, name: Other, building: b2,\n"
	"  level: 3}]\n"
	"rooms:\n  - {id: r-1, name: One, floor: g, class: room}\n"
	"  - {id: r-2, name: \"A <name> & more\", floor: g, class: room, zone: z-in}\n"
	"  - {id: r-3, name: Three, floor: g, class: room}\n"
	"  - {id: x-1, name: Elsewhere, floor: x, class: room}\n"
	"doors:\n  - {id: d-3, from: r-1, to: r-2}\n  - {id: d-4, from: r-1, to: r-2}\n"
	"  - {id: d-5, from: r-1, to: r-3, one_way: true}\n  - {id: d-6, from: r-3, to: x-1}\n"
	"assets:\n  - {id: a-1, name: A1, class: device, room: r-1}\n"
	"  - {id: a-2, name: A2, class: device, room: r-1}\n"
	"relations: [{from: hall, relation: leads_to, to: r-1}]\n";

static struct ward_plans *parse(struct lab *l, const char *text, enum ward_err want)
{
	const struct ward_plan_in in = {l->m, &l->lim, ward_mem_heap(), &l->d};
	struct ward_plans *p = NULL;

	assert_int_equal(
		ward_plans_parse(&in, WARD_STR("plan.csv"), ward_str_bytes(ward_str_z(text)), &p),
		want);
	assert_non_null(p);
	facts(p, l->m);
	return p;
}

static struct lab lab(void)
{
	struct lab l;

	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "more.yml", house), WARD_OK);
	return l;
}

static const struct ward_plan *floor_of(
	const struct ward_plans *p, const struct lab *l, const char *id)
{
	const struct ward_plan *f = ward_plans_of(p, lab_node(l, id));

	assert_non_null(f);
	return f;
}

static const struct ward_plan_door *door_of(
	const struct ward_plan *f, const struct lab *l, const char *id)
{
	for (size_t i = 0; i < f->n_door; i++)
		if (f->door[i].node == lab_node(l, id))
			return &f->door[i];
	fail_msg("no door %s", id);
	return NULL;
}

static void a_drawn_floor(void **state)
{
	struct lab l = lab();
	struct ward_plans *p = parse(&l,
		"room,x,y,w,h,polygon\nr-1,10,20,5,4,\nr-2,15,20,2.5,4,\n"
		"r-3,,,,,20:20 24.25:20 24.25:30 30:30 30:32 20:32\n",
		WARD_OK);
	const struct ward_plan *f = floor_of(p, &l, "g");
	const struct ward_plan_door *d3 = door_of(f, &l, "d-3"), *d4 = door_of(f, &l, "d-4"),
				    *d5 = door_of(f, &l, "d-5"), *d6 = door_of(f, &l, "d-6");

	(void)state;
	assert_false(f->schematic);
	assert_true(floor_of(p, &l, "x")->schematic && floor_of(p, &l, "f")->schematic);
	assert_int_equal(f->room[0].at.x, 150); /* the margin of a page */
	assert_int_equal(f->room[0].at.y, 150);
	assert_int_equal(f->width, 2000 + 300);
	assert_int_equal(f->height, 1200 + 300);
	/* two doors on one wall share it in three */
	assert_true(d3->vertical && d4->vertical && !d3->apart);
	assert_int_equal(d3->at.x, 650);
	assert_int_equal(d3->at.y, 150 + 133);
	assert_int_equal(d4->at.y, 150 + 266);
	/* rooms that do not touch: from wall to wall, where they face each other */
	assert_true(d5->apart && d5->vertical);
	assert_int_equal(d5->at.x, 650);
	assert_int_equal(d5->end.x, 1150);
	assert_int_equal(d5->at.y, d5->end.y);
	/* out of the floor, on a free wall */
	assert_true(!d6->apart && facts_on_wall(&f->room[2], d6->at));
	assert_int_equal(f->room[2].n_corner, 6);
	assert_int_equal(f->room[2].n_part, 2);
	assert_int_equal(f->n_thing, 2);
	ward_plans_free(p);
	lab_free(&l);
}

/* The lines of one floor, and what is told of them. */
static void mistakes(void **state)
{
	static const struct {
		const char *text, *says;
	} row[] = {
		{"room,x,y,w,h\nr-9,0,0,1,1\n", "no room 'r-9'"},
		{"room,x,y,w,h\nahu-1,0,0,1,1\n", "no room of a floor but a asset"},
		{"room,x,y,w,h\n,0,0,1,1\n", "room"},
		{"room,x,y,w,h\nr-1,0,0,1,1\nr-1,2,0,1,1\n", "was drawn in line 2"},
		{"room,x,y,w,h\nr-1,0,0,5,5\nr-2,4,4,5,5\n", "lies on room 'r-1' of line 2"},
		{"room,x,y,w,h\nr-1,-1,0,5,5\n", "'x' is '-1'"},
		{"room,x,y,w,h\nr-1,0,0,0,5\n", "'w' is '0'"},
		{"room,x,y,w,h\nr-1,0,0,1.234,5\n", "'w' is '1.234'"},
		{"room,x,y,w,h\nr-1,0,2000.01,1,5\n", "'y' is '2000.01'"},
		{"room,x,y,w,h\nr-1,0,,1,5\n", "'y' is ''"},
		{"room,x,y,w,h\nr-1,1e3,0,1,5\n", "'x' is '1e3'"},
		{"room,x,y,wide,h\nr-1,0,0,1,1\n", "no column 'wide'"},
		{"room,polygon\nr-1,0:0 5:0 5:5\n", "fewer than four"},
		{"room,polygon\nr-1,0:0 5:0 4:5 0:5\n", "no right angle"},
		{"room,polygon\nr-1,0:0 5:0 5:5 0:5 0:3 0:2\n", "no right angle"},
		{"room,polygon\nr-1,0:0 9:0 9:5 4:5 4:-1 0:4\n", "no pair of measures"},
		{"room,polygon\nr-1,0:0 8:0 8:4 2:4 2:2 4:2 4:8 0:8\n", "crosses itself"},
		{"room,polygon\nr-1,0:0 8 8:4 2:4\n", "no pair of measures"},
		{"room,x,polygon\nr-1,3,0:0 8:0 8:4 0:4\n", "both a polygon and 'x'"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct lab l = lab();
		struct ward_plans *p = parse(&l, row[i].text, WARD_ERR_CONFIG);

		if (l.d.n != 1 ||
			ward_str_find(l.d.item[0].what, ward_str_z(row[i].says)) == SIZE_MAX)
			fail_msg("row %zu: %zu findings, the first '%.*s'", i, l.d.n,
				WARD_STR_ARG(l.d.item[0].what));
		assert_true(l.d.item[0].mend.len > 0);
		for (size_t k = 0; k < ward_plans_n(p); k++)
			assert_true(ward_plans_at(p, k)->schematic);
		ward_plans_free(p);
		lab_free(&l);
	}
}

/* A floor of which a room is missing is a schematic, and that is told. */
static void a_floor_in_part(void **state)
{
	struct lab l = lab();
	struct ward_plans *p = parse(&l, "room,x,y,w,h\nr-1,0,0,5,5\nr-2,5,0,5,5\n", WARD_OK);

	(void)state;
	assert_true(floor_of(p, &l, "g")->schematic);
	assert_int_equal(l.d.n_warning, 1);
	assert_true(ward_str_find(l.d.item[0].what, WARD_STR("'r-3' first")) != SIZE_MAX);
	ward_plans_free(p);
	lab_free(&l);
}

static void too_many_corners(void **state)
{
	char text[2048];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct lab l = lab();

	(void)state;
	/* a comb of 33 teeth */
	ward_wr_z(&w, "room,polygon\nr-1,0:9");
	for (unsigned i = 0; i < 33; i++)
		ward_wr_printf(&w, " %u:%u %u:%u", i, i % 2 ? 9u : 0u, i + 1, i % 2 ? 9u : 0u);
	ward_wr_ch(&w, '\n');
	assert_false(ward_wr_bad(&w));
	text[w.len] = 0;
	struct ward_plans *p = parse(&l, text, WARD_ERR_CONFIG);

	assert_true(ward_str_find(l.d.item[0].what, WARD_STR("more than 64 corners")) != SIZE_MAX);
	ward_plans_free(p);
	/* and more parts than there may be */
	ward_diag_fini(&l.d);
	ward_diag_init(&l.d, ward_mem_heap());
	l.lim.v[WARD_LIMIT_PLAN_PARTS] = 2;
	p = parse(&l, "room,x,y,w,h\nr-1,0,0,5,5\nr-2,5,0,5,5\nr-3,10,0,5,5\n", WARD_ERR_CONFIG);
	assert_true(ward_str_find(l.d.item[0].mend, WARD_STR("plan.parts")) != SIZE_MAX);
	ward_plans_free(p);
	lab_free(&l);
}

static void no_memory(void **state)
{
	struct lab l = lab();
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t n = 1; err == WARD_ERR_NOMEM; n++) {
		struct ward_mem_failing f;
		struct ward_plans *p = NULL;

		ward_mem_failing_init(&f, n);
		const struct ward_plan_in in = {l.m, &l.lim, &f.mem, &l.d};

		err = ward_plans_parse(&in, WARD_STR("plan.csv"),
			ward_str_bytes(WARD_STR("room,x,y,w,h\nr-1,0,0,5,5\n")), &p);
		assert_true((err == WARD_ERR_NOMEM) == (p == NULL));
		ward_plans_free(p);
	}
	assert_int_equal(err, WARD_OK);
	lab_free(&l);
}

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return *seed >> 33;
}

/* Content of the sources, and the hospital that is given. */
struct whole {
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_arena a;
	struct ward_model_file content[2];
	struct ward_model *m;
};

static bool whole_start(struct whole *h)
{
	static const char *const name[] = {"ontology.yml", "threats.yml"};
	const char *root = getenv("WARD_SOURCE_ROOT");

	if (!root)
		return false;
	ward_limits_default(&h->lim);
	ward_diag_init(&h->d, ward_mem_heap());
	ward_arena_init(&h->a, ward_mem_heap(), 1 << 26);
	for (size_t i = 0; i < 2; i++) {
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/content/%s", root, name[i]);
		h->content[i].name = h->content[i].path = ward_str_z(name[i]);
		assert_int_equal(
			ward_conf_read(&h->a, &h->lim, path, &h->d, &h->content[i].bytes), WARD_OK);
	}
	return true;
}

static void whole_end(struct whole *h)
{
	ward_model_free(h->m);
	ward_diag_fini(&h->d);
	ward_arena_fini(&h->a);
}

/* One file is all of the hospital; what is odd about it is of no matter here. */
static void load_all(struct whole *h, const struct ward_wr *text)
{
	const struct ward_model_file file = {
		WARD_STR("all.yml"), WARD_STR("all.yml"), ward_wr_slice(text)};
	enum ward_err err =
		ward_model_load_files(&file, 1, h->content, &h->lim, ward_mem_heap(), &h->d, &h->m);

	assert_true(err == WARD_OK || err == WARD_ERR_CONFIG);
	assert_non_null(h->m);
}

static struct ward_wr written(const struct whole *h, struct ward_diag *d)
{
	const struct ward_plan_in in = {h->m, &h->lim, ward_mem_heap(), d};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_plans *p = NULL;

	assert_int_equal(
		ward_plans_parse(&in, WARD_STR("plan.csv"), ward_slice_of(NULL, 0), &p), WARD_OK);
	facts(p, h->m);
	facts_write(p, &w);
	ward_plans_free(p);
	return w;
}

/* Any house: rooms of all sorts, doors between any of them. What holds of plans holds, and the same
 * house has the same plan. */
static void any_house(void **state)
{
	static const char *const class[] = {"room.corridor", "room.ward", "room.stairs",
		"room.lift-lobby", "room.entrance", "room.outside", "room.helipad", "room.waiting",
		"room.technical.server", "room.sanitary"};
	struct whole h = {.m = NULL};
	uint64_t seed = 11;

	(void)state;
	if (!whole_start(&h))
		skip();
	for (unsigned turn = 0; turn < 40; turn++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		uint64_t n = 1 + next(&seed) % 40, floors = 1 + next(&seed) % 3;
		uint64_t doors = next(&seed) % (turn % 2 ? 2 * n : n);

		ward_wr_z(&w, "hospital: {id: h, name: H, city: C, country: IT, timezone: UTC, "
			      "synthetic: true, languages: [it]}\nsites: [{id: s, name: S}]\n"
			      "buildings: [{id: b, name: B, site: s}]\nfloors:\n");
		for (uint64_t i = 0; i < floors; i++)
			ward_wr_printf(&w, "  - {id: f%u, name: F, building: b, level: %u}\n",
				(unsigned)i, (unsigned)i);
		ward_wr_z(&w, "rooms:\n");
		for (uint64_t i = 0; i < n; i++)
			ward_wr_printf(&w, "  - {id: r%u, name: R, floor: f%u, class: %s}\n",
				(unsigned)i, (unsigned)(next(&seed) % floors),
				class[next(&seed) % (turn % 3 ? WARD_ARRAY_LEN(class) : 2)]);
		ward_wr_z(&w, "doors:\n");
		for (uint64_t i = 0; i < doors && n > 1; i++) {
			uint64_t a = next(&seed) % n, b = next(&seed) % n;

			if (turn % 4 == 1)
				b = a ? a - 1 : 1; /* chains */
			ward_wr_printf(&w, "  - {id: d%u, from: r%u, to: r%u}\n", (unsigned)i,
				(unsigned)a, (unsigned)(a == b ? (a + 1) % n : b));
		}
		ward_wr_z(&w, "assets:\n");
		for (uint64_t i = 0; i < n; i++)
			ward_wr_printf(&w,
				"  - {id: a%u, name: A, class: device.building.camera, room: "
				"r%u}\n",
				(unsigned)i, (unsigned)(next(&seed) % n));
		load_all(&h, &w);
		struct ward_wr a = written(&h, &h.d), b = written(&h, &h.d);

		assert_true(ward_str_eq(ward_wr_text(&a), ward_wr_text(&b)));
		ward_wr_fini(&a);
		ward_wr_fini(&b);
		ward_wr_fini(&w);
		ward_model_free(h.m);
		h.m = NULL;
	}
	whole_end(&h);
}

/* Hospitals as `ward model generate` makes them. Of these, doors lie on walls that rooms share. */
static void made_hospitals(void **state)
{
	struct whole h = {.m = NULL};

	(void)state;
	if (!whole_start(&h))
		skip();
	for (unsigned s = 0; s < WARD_MAKE_SHAPES; s++) {
		const struct ward_make_ask ask = {500, 5, (enum ward_make_shape)s};
		struct ward_model_file file[WARD_MAKE_FILES_MAX];
		struct ward_make_files f;

		assert_int_equal(ward_make_hospital(&ask, ward_mem_heap(), &f), WARD_OK);
		for (size_t i = 0; i < f.n; i++)
			file[i] = (struct ward_model_file){
				f.file[i].name, f.file[i].name, ward_wr_slice(&f.file[i].text)};
		assert_int_equal(ward_model_load_files(
					 file, f.n, h.content, &h.lim, ward_mem_heap(), &h.d, &h.m),
			WARD_OK);
		struct ward_wr w = written(&h, &h.d);

		ward_wr_fini(&w);
		ward_model_free(h.m);
		h.m = NULL;
		ward_make_files_fini(&f);
	}
	whole_end(&h);
}

/* Thousands of rooms without a plan: all alone, a star, a chain. */
static void a_huge_floor(void **state)
{
	static const unsigned many[] = {2000, 10000, 2000};
	struct whole h = {.m = NULL};

	(void)state;
	if (!whole_start(&h))
		skip();
	for (unsigned shape = 0; shape < 3; shape++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
		const unsigned rooms = many[shape];

		ward_wr_z(&w, "hospital: {id: h, name: H, city: C, country: IT, timezone: UTC, "
			      "synthetic: true, languages: [it]}\nsites: [{id: s, name: S}]\n"
			      "buildings: [{id: b, name: B, site: s}]\n"
			      "floors: [{id: f, name: F, building: b, level: 0}]\nrooms:\n");
		for (unsigned i = 0; i < rooms; i++)
			ward_wr_printf(
				&w, "  - {id: r%u, name: R, floor: f, class: room.office}\n", i);
		if (shape)
			ward_wr_z(&w, "doors:\n");
		for (unsigned i = 1; i < rooms && shape; i++)
			ward_wr_printf(&w, "  - {id: d%u, from: r%u, to: r%u}\n", i,
				shape == 1 ? 0 : i - 1, i);
		load_all(&h, &w);
		const struct ward_plan_in in = {h.m, &h.lim, ward_mem_heap(), &h.d};
		struct ward_plans *p = NULL;

		assert_int_equal(
			ward_plans_parse(&in, WARD_STR("plan.csv"), ward_slice_of(NULL, 0), &p),
			WARD_OK);
		const struct ward_plan *f = ward_plans_at(p, 0);

		assert_int_equal(f->n_room, rooms);
		facts_doors(f);
		for (size_t i = 0; i < f->n_door; i++)
			assert_false(f->door[i].apart);
		ward_plans_free(p);
		ward_model_free(h.m);
		h.m = NULL;
		ward_wr_fini(&w);
	}
	whole_end(&h);
}

/* The pilots: no finding, and each door lies on a wall that its rooms share, but where a court is
 * reached from two sides. */
static void pilots(void **state)
{
	static const char *const name[] = {"turin", "marseille"};
	const char *root = getenv("WARD_SOURCE_ROOT");

	(void)state;
	if (!root)
		skip();
	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		struct ward_limits lim;
		struct ward_diag d;
		struct ward_model *m = NULL;
		struct ward_plans *p = NULL;
		char dir[512], content[512];
		size_t apart = 0;

		ward_limits_default(&lim);
		ward_diag_init(&d, ward_mem_heap());
		(void)snprintf(dir, sizeof(dir), "%s/pilots/%s", root, name[i]);
		(void)snprintf(content, sizeof(content), "%s/content", root);
		assert_int_equal(
			ward_model_load(dir, content, &lim, ward_mem_heap(), &d, &m), WARD_OK);
		const struct ward_plan_in in = {m, &lim, ward_mem_heap(), &d};
		size_t before = d.n;

		assert_int_equal(ward_plans_load(&in, dir, &p), WARD_OK);
		assert_int_equal(d.n, before);
		facts(p, m);
		for (size_t k = 0; k < ward_plans_n(p); k++)
			for (size_t e = 0; e < ward_plans_at(p, k)->n_door; e++)
				apart += ward_plans_at(p, k)->door[e].apart;
		assert_true(apart == 0);
		ward_plans_free(p);
		ward_model_free(m);
		ward_diag_fini(&d);
	}
}

/* Text of a hospital ends up in the picture escaped. */
static void the_picture(void **state)
{
	struct lab l = lab();
	struct ward_plans *p = parse(&l, "", WARD_OK);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ward_plan_write_svg(p, floor_of(p, &l, "g"), NULL, &w);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("&lt;name&gt;")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("<name>")) == SIZE_MAX);
	ward_wr_reset(&w);
	ward_plans_write_json(p, &w);
	assert_string_equal((ward_wr_u8(&w, 0), (const char *)w.p),
		"{\"buildings\":[{\"id\":\"b\",\"name\":\"House\",\"site\":\"s\",\"floors\":["
		"{\"id\":\"g\",\"name\":\"First\",\"level\":0},"
		"{\"id\":\"f\",\"name\":\"Ground\",\"level\":-1}]},"
		"{\"id\":\"b2\",\"name\":\"Other\",\"site\":\"s\",\"floors\":["
		"{\"id\":\"x\",\"name\":\"Other\",\"level\":3}]}]}");
	ward_wr_fini(&w);
	ward_plans_free(p);
	lab_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drawn_floor),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(a_floor_in_part),
		cmocka_unit_test(too_many_corners),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(any_house),
		cmocka_unit_test(made_hospitals),
		cmocka_unit_test(a_huge_floor),
		cmocka_unit_test(pilots),
		cmocka_unit_test(the_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
