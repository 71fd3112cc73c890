/* Models as large as a limit allows, made to harm: a million relations on one node end in a bounded
 * run, a circle of thousands of supplies that falls bit by bit in a limit that is named. And: no
 * order of seeds, nor of the lines of files, changes a byte. In memory, on the build as shipped. */
#include "impact/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HUB = 125000, SMALL = 10000, CIRCLE = 12000, SEEDS = 64, EACH = 8 };

static const char ontology[] =
	"classes:\n"
	"  - {id: site, name: S}\n  - {id: building, name: B}\n  - {id: floor, name: F}\n"
	"  - {id: zone, name: Z}\n  - {id: role, name: R}\n  - {id: room, name: R}\n"
	"  - {id: room.outside, name: O}\n  - {id: door, name: D}\n  - {id: network, name: N}\n"
	"  - {id: device, name: D}\n  - {id: software, name: S}\n  - {id: data, name: D}\n"
	"  - {id: supply, name: S}\n  - {id: service, name: S}\n";
static const char threats[] =
	"threats:\n"
	"  - {code: outage, name: Outage, domain: both, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: malware.worm, name: Worm, domain: cyber, need: integrity, attack: [T0855],\n"
	"     idmef: A.B, first_step: {role: engineer, text: Look.}}\n";
static const char base[] =
	"hospital: {id: h, name: T, city: T, country: IT, timezone: Europe/Rome, synthetic: true}\n"
	"sites: [{id: s, name: S}]\nbuildings: [{id: b, name: B, site: s}]\n"
	"floors: [{id: f, name: F, building: b, level: 0}]\n"
	"rooms: [{id: yard, name: Y, floor: f, class: room.outside}, {id: r, name: R, floor: f,\n"
	"  class: room}]\n"
	"doors: [{id: d, from: yard, to: r}]\nroles: [{id: engineer, name: E, reach: call}]\n";
static const char rules[] =
	"rules:\n"
	"  - {id: power, when: {threat: outage}, relation: powers, gives: outage, mode: supply,\n"
	"     why: w, likelihood: 0.9, delay: {earliest: 1min, expected: 2min}}\n"
	"  - {id: worm, when: {threat: malware.worm}, relation: supplies, gives: malware.worm,\n"
	"     why: w, likelihood: 0.5}\n"
	"  - {id: back, when: {threat: malware.worm}, relation: supplies, direction: in,\n"
	"     gives: malware.worm, why: w, likelihood: 0.5}\n";

struct large {
	struct ward_wr assets, relations;
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_engine *e;
};

static struct ward_model_file file_of(const char *name, struct ward_slice text)
{
	return (struct ward_model_file){ward_str_z(name), ward_str_z(name), text};
}

static void begin(struct large *l)
{
	static const enum ward_limit most[] = {WARD_LIMIT_MODEL_NODES, WARD_LIMIT_MODEL_RELATIONS,
		WARD_LIMIT_MODEL_BYTES, WARD_LIMIT_CONF_BYTES, WARD_LIMIT_CONF_NODES,
		WARD_LIMIT_IMPACT_STATES, WARD_LIMIT_IMPACT_EDGES};

	*l = (struct large){.assets = ward_wr_grow(ward_mem_heap(), 1 << 28),
		.relations = ward_wr_grow(ward_mem_heap(), 1 << 28)};
	ward_limits_default(&l->lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(most); i++)
		l->lim.v[most[i]] = ward_limit_info(most[i])->max;
	ward_diag_init(&l->d, ward_mem_heap());
	ward_wr_z(&l->assets, "id,name,class,room\n");
	ward_wr_z(&l->relations, "from,relation,to\n");
}

static void load(struct large *l)
{
	const struct ward_model_file file[] = {file_of("assets.csv", ward_wr_slice(&l->assets)),
		file_of("hospital.yml", ward_str_bytes(ward_str_z(base))),
		file_of("relations.csv", ward_wr_slice(&l->relations))};
	const struct ward_model_file content[2] = {
		file_of("ontology.yml", ward_str_bytes(ward_str_z(ontology))),
		file_of("threats.yml", ward_str_bytes(ward_str_z(threats)))};
	struct ward_propagation_text text = {WARD_STR("r.yml"), ward_str_bytes(ward_str_z(rules))};
	const struct ward_mem *mem = ward_mem_heap();

	assert_int_equal(
		ward_model_load_files(file, 3, content, &l->lim, mem, &l->d, &l->m), WARD_OK);
	assert_int_equal(ward_rules_parse(&text, l->m, &l->lim, mem, &l->d, &l->r), WARD_OK);
	assert_int_equal(ward_engine_new(l->m, l->r, &l->lim, mem, &l->e), WARD_OK);
}

static void end(struct large *l)
{
	ward_engine_free(l->e);
	ward_rules_free(l->r);
	ward_model_free(l->m);
	ward_diag_fini(&l->d);
	ward_wr_fini(&l->assets);
	ward_wr_fini(&l->relations);
}

static struct ward_seed_threat seed_on(const struct large *l, unsigned i, const char *threat)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "n%u", i);
	return (struct ward_seed_threat){ward_model_find(l->m, ward_str_z(id)),
		ward_threats_find(ward_model_threats(l->m), ward_str_z(threat)), i, 900000 - i,
		1000000};
}

/* A line with one number in it. */
static void put(struct large *l, const char *line, unsigned i)
{
	const char *at = strstr(line, "%u");

	ward_wr_str(&l->relations, (struct ward_str){line, (size_t)(at - line)});
	ward_wr_u64(&l->relations, i);
	ward_wr_z(&l->relations, at + 2);
}

/* EACH relations of each of n things with one. */
static void hub(struct large *l, unsigned n, bool backwards)
{
	static const char *const relation[EACH] = {"n%u,powers,hub\n", "n%u,supplies,hub\n",
		"n%u,controls,hub\n", "n%u,monitors,hub\n", "hub,supplies,n%u\n",
		"hub,controls,n%u\n", "hub,monitors,n%u\n", "hub,cools,n%u\n"};

	begin(l);
	ward_wr_z(&l->assets, "hub,H,device,\n");
	for (unsigned k = 0; k < n; k++) {
		unsigned i = backwards ? n - 1 - k : k;

		ward_wr_printf(&l->assets, "n%u,N,device,r\n", i);
		for (unsigned r = 0; r < EACH; r++)
			put(l, relation[backwards ? EACH - 1 - r : r], i);
	}
	load(l);
}

/* What is said of each asset by its id: numbers of nodes follow the files' order. */
static void told(struct large *l, unsigned n, bool backwards, struct ward_wr *w)
{
	struct ward_seed_threat seed[SEEDS];
	struct ward_impacts all;

	for (unsigned k = 0; k < SEEDS; k++)
		seed[backwards ? SEEDS - 1 - k : k] =
			seed_on(l, 3 * k, k % 2 ? "outage" : "malware.worm");
	assert_int_equal(ward_engine_run(l->e, WARD_IMPACT_FULL, seed, SEEDS, &all), WARD_OK);
	assert_int_equal(all.n, n + 1 + SEEDS / 2);
	for (size_t i = 0; i < all.n; i += i < 500 ? 1 : 97)
		ward_impact_write_json(&all, i, l->r, l->m, NULL, w);
}

static void a_million_relations_on_one_node(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 28);
	struct large l;

	(void)state;
	hub(&l, HUB, false);
	told(&l, HUB, false, &w);
	struct ward_seed_threat seed = seed_on(&l, 5, "outage");
	struct ward_change c = {.kind = WARD_CHANGE_THREAT,
		.asset = seed.asset,
		.threat = seed.threat,
		.lo_micro = 1000000,
		.hi_micro = 1000000};

	assert_int_equal(ward_engine_update(l.e, &c, 1), WARD_OK);
	end(&l);
	ward_wr_fini(&w);
}

static void no_order_changes_a_byte(void **state)
{
	struct ward_wr w[2];
	struct large l;

	(void)state;
	for (int k = 0; k < 2; k++) {
		w[k] = ward_wr_grow(ward_mem_heap(), 1 << 28);
		hub(&l, SMALL, k);
		told(&l, SMALL, k, &w[k]);
		end(&l);
	}
	assert_true(w[0].len > 0);
	assert_true(ward_str_eq(ward_wr_text(&w[0]), ward_wr_text(&w[1])));
	ward_wr_fini(&w[0]);
	ward_wr_fini(&w[1]);
}

/* A circle of supplies, fed at one place or nowhere. */
static void circle(struct large *l, bool fed)
{
	begin(l);
	for (unsigned i = 0; i < CIRCLE; i++) {
		ward_wr_printf(&l->assets, "n%u,N,device,r\n", i);
		ward_wr_printf(&l->relations, "n%u,powers,n%u\n", i, (i + 1) % CIRCLE);
	}
	if (fed) {
		ward_wr_z(&l->assets, "source,S,device,r\n");
		ward_wr_z(&l->relations, "source,powers,n0\n");
	}
	load(l);
}

static void a_circle_too_long(void **state)
{
	struct ward_impacts all;
	struct large l;

	(void)state;
	circle(&l, true);
	struct ward_seed_threat seed[] = {seed_on(&l, 7, "outage"), seed_on(&l, 7, "malware.worm")};

	assert_int_equal(ward_engine_run(l.e, WARD_IMPACT_FULL, &seed[0], 1, &all), WARD_ERR_LIMIT);
	assert_int_equal(ward_engine_run(l.e, WARD_IMPACT_FULL, &seed[1], 1, &all), WARD_OK);
	assert_int_equal(all.n, 1);
	end(&l);
}

/* Without a live source before, no loop has to be watched: one falls after the other. */
static void a_circle_that_nothing_feeds(void **state)
{
	struct ward_impacts all;
	struct large l;

	(void)state;
	circle(&l, false);
	struct ward_seed_threat seed = seed_on(&l, 7, "outage");

	assert_int_equal(ward_engine_run(l.e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
	assert_int_equal(all.n, CIRCLE);
	for (size_t i = 0; i < all.n; i++)
		assert_false(all.item[i].loop);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_million_relations_on_one_node),
		cmocka_unit_test(no_order_changes_a_byte), cmocka_unit_test(a_circle_too_long),
		cmocka_unit_test(a_circle_that_nothing_feeds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
