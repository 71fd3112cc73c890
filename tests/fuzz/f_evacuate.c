/* evacuation.yml of the hospital (first byte even) or of the content (odd), on a small hospital:
 * what loads is planned for every compartment, and everybody in it must have one fate. */
#include "fuzz.h"

#include "../unit/evacuate/travel.h"
#include "evacuate/say.h"

static const char house[] =
	"plan: P\nreviewed: 2026-01-01\nbrigade: {arrives: 1min}\n"
	"shifts: [{id: day, from: '00:00', to: '00:00'}]\n"
	"compartments: [{id: a, places: [r-1]}, {id: b, places: [g], area: 9}, {id: c, places: "
	"[f],\n"
	"  area: 9}]\n"
	"doors: [{id: x, between: [a, b], width: 1200, metres: 9}]\n"
	"stairs: [{id: s, stops: [a, b, c], width: 1200, metres: 9}]\n"
	"lifts: [{id: l, kind: fire-fighting, stops: [b, c], bed: true, metres: 3}]\n"
	"wards: [{service: w-1, at: a, walking: 3, wheelchair: 1, bed: 1, ventilated: 1, staff: "
	"6}]\n";

static struct lab l;

static void plan(const struct ward_evac *e, uint32_t at, enum ward_evac_threat threat)
{
	const struct ward_evac_ask ask = {
		.room = WARD_NONE, .at = at, .threat = threat, .staff = -1};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	uint32_t building = lab_node(&l, "b");
	struct ward_evac_plan p;
	int64_t all = 0, told = 0;
	enum ward_err err = ward_evac_make(e, &ask, ward_mem_heap(), &p);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
	for (size_t i = 0; !err && i < e->n_ward; i++)
		if (p.phase[e->ward[i].at] <= WARD_EVAC_NEXT)
			all += ward_evac_patients(&e->ward[i]);
	for (size_t i = 0; !err && i < p.n_move; i++)
		told += p.move[i].n;
	WARD_ASSERT(all == told);
	if (!err) {
		const struct ward_evac_say o = {e, &ask, &p, NULL, &out};

		WARD_ASSERT(p.bound <= p.out && p.late <= p.moved);
		ward_evac_write_text(&o);
		ward_evac_write_json(&o);
		ward_evac_write_sheet(&o, &building, 1);
		WARD_ASSERT(!ward_wr_bad(&out) && ward_utf8_valid(ward_wr_slice(&out), NULL));
	}
	ward_wr_fini(&out);
	ward_evac_plan_fini(&p);
}

static bool small(const struct ward_evac *e)
{
	int64_t patients = 0;

	for (size_t i = 0; i < e->n_ward; i++)
		patients += ward_evac_patients(&e->ward[i]);
	return e->n_compartment < 8 && e->n_way < 8 && patients < 64;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_evac_text file[] = {
		{WARD_STR("travel.yml"), ward_str_bytes(ward_str_z(travel))},
		{WARD_STR("evacuation.yml"), ward_str_bytes(ward_str_z(house))}};
	struct ward_evac *e = NULL;
	struct ward_diag d;

	if (!l.m) {
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
		l.lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	}
	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	file[data[0] % 2 ? 0 : 1].bytes = ward_slice_of(copy, len - 1);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err =
		ward_evac_parse(&file[0], &file[1], l.m, &l.lim, ward_mem_heap(), &d, &e);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (e != NULL) && (err == WARD_OK) == (d.n_error == 0));
	for (uint32_t i = 0; e && small(e) && i < e->n_compartment && i < 2; i++)
		plan(e, i, (enum ward_evac_threat)(data[0] / 2 % WARD_EVAC_THREAT_N));
	free(copy);
	ward_evac_free(e);
	ward_diag_fini(&d);
	return 0;
}
