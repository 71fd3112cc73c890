/* Works of recovery as people write them, on a small hospital: what loads plans an incident, and
 * the plan keeps its promises. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "recover/recover.h"

static const char rules[] =
	"rules:\n"
	"  - {id: a, when: {threat: bms.*}, relation: self, gives: outage, likelihood: 1, why: w}\n"
	"  - {id: b, when: {threat: outage, class: device}, relation: cools, to: {class: room},\n"
	"     gives: outage, mode: supply, buffer: thermal, likelihood: [0.2, 1], why: w}\n";
static const char more[] =
	"services:\n"
	"  - {id: w, name: W, class: service.care, rooms: [hall], weight: 2, requires: [{of: "
	"[ahu-2]},\n"
	"     {need: 1, of: [reader-1, surgery], buffer: 5min}]}\n";

static struct lab l;
static struct ward_rules *r;
static struct ward_engine *e;

static void once(void)
{
	struct ward_propagation_text text = {WARD_STR("r.yml"), ward_str_bytes(ward_str_z(rules))};

	WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
	l.lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	WARD_ASSERT(ward_rules_parse(&text, l.m, &l.lim, ward_mem_heap(), &l.d, &r) == WARD_OK);
	WARD_ASSERT(ward_engine_new(l.m, r, &l.lim, ward_mem_heap(), &e) == WARD_OK);
}

static void plan(const struct ward_works *works)
{
	const struct ward_threats *t = ward_model_threats(l.m);
	struct ward_recover_world w = {l.m, r, works, e};
	struct ward_seed_threat seed[] = {
		{lab_node(&l, "ahu-1"), ward_threats_find(t, WARD_STR("bms.command")), 0, 1000000,
			1000000},
		{lab_node(&l, "ahu-2"), ward_threats_find(t, WARD_STR("bms.discovery")), 0, 500000,
			1000000},
		{lab_node(&l, "reader-1"), ward_threats_find(t, WARD_STR("outage")), 60, 1000000,
			1000000}};
	struct ward_recover_ask ask = {.seed = seed,
		.n_seed = WARD_ARRAY_LEN(seed),
		.stopped = WARD_NS_NEVER,
		.likely_micro = 300000};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_recover p;

	WARD_ASSERT(ward_recover_find(&w, &ask, ward_mem_heap(), &p) == WARD_OK);
	WARD_ASSERT(p.plan.score_micro <= p.naive.score_micro);
	WARD_ASSERT(p.bound_micro <= p.plan.score_micro);
	for (size_t j = 0; j < p.n_job; j++)
		WARD_ASSERT(p.job[j].begin <= p.job[j].worked && p.job[j].worked <= p.job[j].end);
	for (size_t i = 0; i < p.n_service; i++)
		WARD_ASSERT(p.service[i].down <= p.service[i].back);
	ward_recover_write_text(&p, &w, &ask, NULL, &out);
	ward_recover_write_json(&p, &w, &ask, NULL, &out);
	WARD_ASSERT(!ward_wr_bad(&out) && ward_utf8_valid(ward_wr_slice(&out), NULL));
	ward_wr_fini(&out);
	ward_recover_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_works *works = NULL;
	struct ward_diag d;

	if (!l.m)
		once();
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_content_text text = {WARD_STR("w.yml"), ward_slice_of(copy, len)};

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_works_parse(&text, 1, l.m, &l.lim, ward_mem_heap(), &d, &works);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (works != NULL) && (err == WARD_OK) == (d.n_error == 0));
	if (works)
		plan(works);
	free(copy);
	ward_works_free(works);
	ward_diag_fini(&d);
	return 0;
}
