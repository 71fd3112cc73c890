/* A hospital that is left, for the tests. */
#ifndef WARD_TESTS_EVACUATE_TRAVEL_H
#define WARD_TESTS_EVACUATE_TRAVEL_H

#include "../model/lab.h"
#include "evacuate/plan.h"
#include "travel_text.h"

/* Rooms and services beside those of the lab. */
static const char more[] =
	"floors: [{id: g, name: Up, building: b, level: 0}]\n"
	"rooms:\n"
	"  - {id: r-1, name: One, floor: g, class: room, zone: z-in}\n"
	"  - {id: r-2, name: Two, floor: g, class: room, zone: z-in}\n"
	"  - {id: r-3, name: Three, floor: f, class: room, zone: z-in}\n"
	"relations:\n"
	"  - {from: hall, relation: leads_to, to: r-1}\n"
	"  - {from: r-1, relation: leads_to, to: r-2}\n"
	"  - {from: r-1, relation: leads_to, to: r-3}\n"
	"services:\n"
	"  - {id: w-1, name: Ward 1, class: service.care, rooms: [r-1], beds: 9, patients: 9,\n"
	"     role: engineer, requires: [{of: [r-1]}]}\n"
	"  - {id: w-2, name: Ward 2, class: service.care, rooms: [r-2], requires: [{of: [r-2]}]}\n";

static inline enum ward_err evac_parse(const struct lab *l, const char *text,
	const struct ward_mem *mem, struct ward_diag *d, struct ward_evac **ret)
{
	const struct ward_evac_text file[] = {
		{WARD_STR("travel.yml"), ward_str_bytes(ward_str_z(travel))},
		{WARD_STR("evacuation.yml"), ward_str_bytes(ward_str_z(text))}};

	return ward_evac_parse(&file[0], &file[1], l->m, &l->lim, mem, d, ret);
}

#endif
