/* Attack steps and measures (first byte 0), or one of the files of facts (1 to 4), on a small
 * hospital: what loads is searched for plans, and all that is told must be within its bounds. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "paths/paths.h"

static const char steps[] =
	"states: [{id: on, text: on}, {id: at, text: at}]\n"
	"steps:\n"
	"  - {id: a, text: '{from} {to} {cve}', to: {class: network}, gives: on, likelihood: 1,\n"
	"     time: 0s, technique: x}\n"
	"  - {id: b, text: b, from: {has: on}, relation: reaches, to: {class: network}, gives: "
	"on,\n"
	"     likelihood: 0.5, time: 1s, technique: x, service: [bacnet]}\n"
	"  - {id: c, text: c, from: {has: on}, relation: connects, to: {class: device},\n"
	"     threat: outage, vulnerability: true, likelihood: [0.1, 0.9], time: 1s, technique: "
	"x}\n"
	"measures: [{id: m, text: m, steps: [b, c], degree: 0.5, cost: 2}]\n";
static const char rules[] = "rules: [{id: r, when: {threat: bms.*}, relation: self, gives: outage, "
			    "likelihood: 1, why: w}]\n";
static const char more[] =
	"services:\n"
	"  - {id: w, name: W, class: service.care, rooms: [hall], requires: [{of: [ahu-2]},\n"
	"     {need: 1, of: [reader-1, hall]}]}\n";

static struct lab l;
static struct ward_rules *r;
static struct ward_engine *e;

static void once(void)
{
	struct ward_propagation_text text = {WARD_STR("r.yml"), ward_str_bytes(WARD_STR(""))};

	WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
	l.lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	text.bytes = ward_str_bytes(ward_str_z(rules));
	WARD_ASSERT(ward_rules_parse(&text, l.m, &l.lim, ward_mem_heap(), &l.d, &r) == WARD_OK);
	WARD_ASSERT(ward_engine_new(l.m, r, &l.lim, ward_mem_heap(), &e) == WARD_OK);
}

static void search(const struct ward_attack *a, const struct ward_facts *f)
{
	struct ward_paths_world w = {l.m, r, a, f, NULL, NULL, 0};
	struct ward_paths_ask ask = {.service = {lab_node(&l, "w"), lab_node(&l, "surgery")},
		.n_service = 2,
		.threat = ward_threats_find(ward_model_threats(l.m), WARD_STR("outage")),
		.k = 4,
		.budget = 10};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_paths p;
	enum ward_err err = ward_paths_find(&w, e, &ask, ward_mem_heap(), &p);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
	for (size_t i = 0; !err && i < p.n_plan; i++)
		WARD_ASSERT(p.plan[i].lo_micro >= 0 && p.plan[i].lo_micro <= p.plan[i].hi_micro &&
			    p.plan[i].hi_micro <= 1000000 && p.plan[i].noticed_micro <= 1000000);
	for (size_t i = 0; !err && i < ask.n_service; i++)
		WARD_ASSERT(p.rest[i].before <= p.rest[i].after);
	if (!err) {
		ward_paths_write_text(&p, &w, &ask, &out);
		ward_paths_write_json(&p, &w, &ask, &out);
		ward_paths_write_ebios(&p, &w, &ask, &out);
		WARD_ASSERT(!ward_wr_bad(&out) && ward_utf8_valid(ward_wr_slice(&out), NULL));
	}
	ward_wr_fini(&out);
	ward_paths_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_slice file[WARD_FACTS_N] = {0};
	struct ward_str path[WARD_FACTS_N] = {0};
	struct ward_attack_text text = {WARD_STR("a.yml"), ward_str_bytes(ward_str_z(steps))};
	struct ward_attack *a = NULL;
	struct ward_facts f;
	struct ward_diag d;

	if (!l.m)
		once();
	if (!len)
		return 0;
	unsigned which = data[0] % (WARD_FACTS_N + 1);
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	if (which == 0)
		text.bytes = ward_slice_of(copy, len - 1);
	else
		file[which - 1] = ward_slice_of(copy, len - 1);
	if (which > 1) {
		file[0] = ward_str_bytes(WARD_STR("asset,cve\nahu-2,CVE-2024-0001\n"));
		path[0] = WARD_STR("v.csv");
	}
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_attack_parse(&text, 1, l.m, &l.lim, ward_mem_heap(), &d, &a);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (a != NULL) && (err == WARD_OK) == (d.n_error == 0));
	err = ward_facts_read(file, path, l.m, &l.lim, ward_mem_heap(), &d, &f);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	if (a && !err)
		search(a, &f);
	free(copy);
	ward_facts_fini(&f);
	ward_attack_free(a);
	ward_diag_fini(&d);
	return 0;
}
