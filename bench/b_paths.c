/* Attack plans through networks of 1,000, 3,000 and 10,000 hosts with 10 known vulnerabilities
 * each, in segments of 100 that all reach each other, and through the pilot hospital: everything
 * that `ward paths` does after loading, against one least fixpoint over the same graph. Growth is
 * the ratio of the rows; memory is in the notes. */
#include "bench.h"
#include "events.h"
#include "files.h"
#include "hospital.h"

#include "conf/conf.h"
#include "paths/paths.h"

#include <stdlib.h>

enum { SEGMENT = 100, VULNS = 10, HEAP_MAX = 1 << 30 };

struct load {
	struct ward_model *m;
	struct ward_rules *rules;
	struct ward_engine *e;
	struct ward_attack *a;
	struct ward_facts facts;
	struct ward_paths_world w;
	struct ward_paths_ask ask;
	struct ward_ground g; /* for the fixpoint */
	uint32_t goal;
	size_t n_plan, n_step, n_fact, n_measure;
	unsigned n_sample;
};

/* What is allocated at once, at most. */
static size_t held, most;

static void *counted(void *ctx, void *p, size_t len_old, size_t len_new)
{
	const struct ward_mem *heap = ctx;

	held += len_new - len_old;
	most = held > most ? held : most;
	return heap->resize(heap->ctx, p, len_old, len_new);
}

static void run(void *ctx)
{
	struct load *l = ctx;
	struct ward_mem heap = *ward_mem_heap(), mem = {counted, &heap};
	struct ward_paths p;

	held = most = 0;
	if (ward_paths_find(&l->w, l->e, &l->ask, &mem, &p) != WARD_OK)
		bench_die("the search for plans");
	l->n_plan = p.n_plan;
	l->n_step = p.ground.g.n_step;
	l->n_fact = p.ground.g.n_fact;
	l->n_measure = p.n_measure;
	l->n_sample = p.n_sample;
	ward_paths_fini(&p);
}

static void fixpoint(void *ctx)
{
	struct load *l = ctx;
	bool on;

	if (ward_aog_reach(&l->g.g, NULL, l->goal, NULL, &on) != WARD_OK)
		bench_die("the fixpoint");
}

static void hosts(struct ward_wr *w, size_t n)
{
	ward_wr_z(w, "hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome}\n"
		     "sites: [{id: s, name: S}]\nbuildings: [{id: b, name: B, site: s}]\n"
		     "floors: [{id: f, name: F, building: b, level: 0}]\n"
		     "zones: [{id: z, name: Z, kind: public}]\n"
		     "rooms: [{id: e, name: E, floor: f, class: room.entrance, zone: z}]\n"
		     "networks:\n");
	for (size_t i = 0; i * SEGMENT < n; i++)
		ward_wr_printf(w,
			"  - {id: n%zu, name: N%zu, class: network.it, cidr: 10.%zu.%zu.0/24}\n", i,
			i, i / 200 + 1, i % 200);
	ward_wr_z(w,
		"assets:\n  - {id: fw, name: FW, class: device.computer.firewall, network: n0}\n");
	for (size_t i = 0; i < n; i++)
		ward_wr_printf(w,
			"  - {id: h%zu, name: H%zu, class: device.computer.server, network: "
			"n%zu}\n",
			i, i, i / SEGMENT);
	/* Care hangs on 2 of 3 hosts of the last segment. */
	ward_wr_printf(w,
		"services:\n  - {id: care, name: Care, class: service.care, weight: 1, requires: "
		"[{need: 2, of: [h%zu, h%zu, h%zu]}]}\n",
		n - 1, n - 2, n - 3);
}

static void weaknesses(struct ward_wr *w, size_t n)
{
	ward_wr_z(w, "asset,cve\nfw,CVE-2020-0001\n");
	for (size_t i = 0; i < n; i++)
		for (size_t v = 0; v < VULNS; v++)
			ward_wr_printf(w, "h%zu,CVE-%zu-%04zu\n", i, 2015 + v, i % 997);
}

static struct ward_model *network(size_t n, struct ward_diag *diag)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), HEAP_MAX);
	struct bench_path path[2] = {
		bench_source("content/ontology.yml"), bench_source("content/threats.yml")};
	struct ward_model_file file = {WARD_STR("h.yml"), WARD_STR("h.yml"), {0}}, content[2];
	struct ward_arena a;
	struct ward_limits lim;
	struct ward_model *m = NULL;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), HEAP_MAX);
	for (size_t i = 0; i < 2; i++) {
		content[i] =
			(struct ward_model_file){ward_str_z(path[i].s), ward_str_z(path[i].s), {0}};
		if (ward_conf_read(&a, &lim, path[i].s, diag, &content[i].bytes) != WARD_OK)
			bench_die("%s can't be read", path[i].s);
	}
	hosts(&w, n);
	file.bytes = ward_wr_slice(&w);
	if (ward_model_load_files(&file, 1, content, &lim, ward_mem_heap(), diag, &m) != WARD_OK)
		bench_die("the network's model");
	ward_arena_fini(&a);
	ward_wr_fini(&w);
	return m;
}

/* Takes m. */
static void measure(const char *name, struct ward_model *m, size_t n_vuln_host, const char *service,
	size_t rounds)
{
	struct bench_path rules = bench_source("content/propagation");
	struct bench_path attack = bench_source("content/attack");
	struct ward_wr csv = ward_wr_grow(ward_mem_heap(), HEAP_MAX);
	struct ward_slice file[WARD_FACTS_N] = {0};
	struct ward_str path[WARD_FACTS_N] = {0};
	const struct ward_mem *mem = ward_mem_heap();
	struct load l = {.m = m};
	struct ward_limits lim;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_diag_init(&d, mem);
	if (n_vuln_host) {
		weaknesses(&csv, n_vuln_host);
		file[WARD_FACTS_VULNERABILITIES] = ward_wr_slice(&csv);
	}
	if (ward_rules_load(rules.s, m, &lim, mem, &d, &l.rules) != WARD_OK ||
		ward_attack_load(attack.s, NULL, m, &lim, mem, &d, &l.a) != WARD_OK ||
		ward_facts_read(file, path, m, &lim, mem, &d, &l.facts) != WARD_OK ||
		ward_engine_new(m, l.rules, &lim, mem, &l.e) != WARD_OK)
		bench_die("the content");
	l.w = (struct ward_paths_world){m, l.rules, l.a, &l.facts, NULL, NULL, 0};
	l.ask = (struct ward_paths_ask){.service = {ward_model_find(m, ward_str_z(service))},
		.n_service = 1,
		.threat = ward_threats_find(ward_model_threats(m), WARD_STR("outage")),
		.k = 5,
		.budget = WARD_AOG_NEVER};
	if (ward_ground_build(&l.w, l.ask.service, 1, l.ask.threat, mem, &l.g, &l.goal) != WARD_OK)
		bench_die("the graph");
	bench_pair(&(struct bench){name, "question", 1, rounds, BENCH_CPU},
		(struct bench_side){"plans and measures", run, &l, NULL},
		(struct bench_side){"one fixpoint", fixpoint, &l, NULL});
	bench_note(name,
		"%zu facts, %zu steps, %zu plans, %zu possible measures; %zu kB of memory at most",
		l.n_fact, l.n_step, l.n_plan, l.n_measure, most / 1024);
	l.ask.samples = WARD_PATHS_USUAL;
	bench_pair(&(struct bench){name, "question", 1, 3, BENCH_CPU},
		(struct bench_side){"the same, with how long it takes", run, &l, NULL},
		(struct bench_side){"one fixpoint", fixpoint, &l, NULL});
	bench_note(name, "%u draws", l.n_sample);
	ward_ground_fini(&l.g);
	ward_engine_free(l.e);
	ward_facts_fini(&l.facts);
	ward_attack_free(l.a);
	ward_rules_free(l.rules);
	ward_diag_fini(&d);
	ward_wr_fini(&csv);
	ward_model_free(m);
}

int main(void)
{
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	measure("paths/turin", bench_pilot(), 0, "theatres", 11);
	measure("paths/1,000 hosts", network(1000, &d), 1000, "care", 5);
	measure("paths/3,000 hosts", network(3000, &d), 3000, "care", 5);
	measure("paths/10,000 hosts", network(10000, &d), 10000, "care", 3);
	measure("paths/10,000 assets", bench_hospital(10000, 1), 0, "service0-0", 3);
	if (getenv("WARD_BENCH_LARGE"))
		measure("paths/100,000 assets", bench_hospital(100000, 1), 0, "service0-0", 3);
	else
		bench_skip("paths/100,000 assets", "WARD_BENCH_LARGE is not set");
	ward_diag_fini(&d);
	return 0;
}
