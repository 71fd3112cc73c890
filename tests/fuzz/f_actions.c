/* Actions as people write them, on a small hospital: what loads is judged against an incident, and
 * what is never proposed is not, whatever was written. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "actions/actions.h"

static const char rules[] =
	"rules:\n"
	"  - {id: a, when: {threat: bms.*}, relation: self, gives: outage, likelihood: 1, why: w}\n"
	"  - {id: b, when: {threat: outage, class: device}, relation: cools, to: {class: room},\n"
	"     gives: outage, mode: supply, buffer: thermal, likelihood: [0.2, 1], why: w}\n";
static const char works_text[] =
	"teams: [{id: it, name: IT, number: 2}, {id: plant, name: P, number: 1}]\n"
	"works:\n"
	"  - {id: any, text: Repair, lasts: 2h, team: plant}\n"
	"  - {id: begin, start: true, text: Start, lasts: 1h, team: plant}\n"
	"returns: [{id: again, threats: [outage], lasts: 10min}]\n";

static struct lab l;
static struct ward_rules *r;
static struct ward_works *works;
static struct ward_engine *e;

static void once(void)
{
	struct ward_propagation_text text = {WARD_STR("r.yml"), ward_str_bytes(ward_str_z(rules))};
	struct ward_content_text w = {WARD_STR("w.yml"), ward_str_bytes(ward_str_z(works_text))};
	const struct ward_mem *mem = ward_mem_heap();

	WARD_ASSERT(lab_load(&l, mem, NULL, "more.yml", "") == WARD_OK);
	l.lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	WARD_ASSERT(ward_rules_parse(&text, l.m, &l.lim, mem, &l.d, &r) == WARD_OK);
	WARD_ASSERT(ward_works_parse(&w, 1, l.m, &l.lim, mem, &l.d, &works) == WARD_OK);
	WARD_ASSERT(ward_engine_new(l.m, r, &l.lim, mem, &e) == WARD_OK);
}

static void judge(const struct ward_action_set *set, bool knows_ways)
{
	const struct ward_threats *t = ward_model_threats(l.m);
	struct ward_actions_world w = {l.m, r, works, set, e};
	struct ward_seed_threat seed[] = {
		{lab_node(&l, "ahu-1"), ward_threats_find(t, WARD_STR("bms.command")), 0, 1000000,
			1000000},
		{lab_node(&l, "ahu-2"), ward_threats_find(t, WARD_STR("bms.discovery")), 0, 500000,
			1000000},
		{lab_node(&l, "d-2"), ward_threats_find(t, WARD_STR("outage")), 60, 1000000,
			1000000}};
	struct ward_actions_ask ask = {.seed = seed,
		.n_seed = WARD_ARRAY_LEN(seed),
		.horizon = (ward_ns)4 * 3600 * WARD_NS_PER_S,
		.budget = 100,
		.knows_ways = knows_ways};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_actions p;
	enum ward_err err = ward_actions_find(&w, &ask, ward_mem_heap(), &p);

	WARD_ASSERT(err == WARD_OK);
	for (size_t i = 0; !err && i < p.n_item; i++)
		WARD_ASSERT(!set->action[p.item[i].action].locks ||
			    (knows_ways && p.item[i].node != lab_node(&l, "d-2")));
	if (!err) {
		WARD_ASSERT(p.best_cost <= ask.budget);
		ward_actions_write_text(&p, &w, &ask, NULL, &out);
		WARD_ASSERT(ward_str_starts(ward_wr_text(&out), WARD_STR("If nothing")));
		ward_actions_write_json(&p, &w, &ask, NULL, &out);
		WARD_ASSERT(!ward_wr_bad(&out) && ward_utf8_valid(ward_wr_slice(&out), NULL));
	}
	ward_wr_fini(&out);
	ward_actions_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_action_set *set = NULL;
	struct ward_diag d;

	if (!l.m)
		once();
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_content_text text = {WARD_STR("a.yml"), ward_slice_of(copy, len)};

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err =
		ward_actions_parse(&text, l.m, works, &l.lim, ward_mem_heap(), &d, &set);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (set != NULL) && (err == WARD_OK) == (d.n_error == 0));
	if (set) {
		judge(set, true);
		judge(set, false);
	}
	free(copy);
	ward_actions_free(set);
	ward_diag_fini(&d);
	return 0;
}
