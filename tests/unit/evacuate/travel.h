/* How fast people move in the tests: round numbers, so that examples are worked by hand. */
#ifndef WARD_TESTS_EVACUATE_TRAVEL_H
#define WARD_TESTS_EVACUATE_TRAVEL_H

#include "../model/lab.h"
#include "evacuate/plan.h"

static const char travel[] =
	"walking: {group: 2, staff: 1, prepare: 10s, speed: 1000, floor: 20s, door: 1s, stairs: "
	"2s,\n"
	"  stairs_staff: 1, stairs_prepare: 0s, width: 800, stairs_width: 800, area: 100}\n"
	"wheelchair: {group: 1, staff: 1, prepare: 20s, speed: 1000, floor: 10s, door: 2s,\n"
	"  stairs: 5s, stairs_staff: 2, stairs_prepare: 10s, width: 900, stairs_width: 900,\n"
	"  area: 200}\n"
	"bed: {group: 1, staff: 2, prepare: 20s, speed: 1000, floor: 10s, door: 5s, stairs: 8s,\n"
	"  stairs_staff: 4, stairs_prepare: 15s, width: 1100, stairs_width: 1100, area: 300}\n"
	"ventilated: {group: 1, staff: 4, prepare: 60s, speed: 500, floor: 20s, door: 6s,\n"
	"  stairs: 10s, stairs_staff: 6, stairs_prepare: 30s, width: 1100, stairs_width: 1200,\n"
	"  area: 400}\n"
	"react: 30s\nhand_over: 10s\nstaff_speed: 1000\nstaff_floor: 10s\nlift_load: 10s\n"
	"lift_floor: 5s\nlane: 1100\nbottle: 30min\nholds: 60min\n"
	"threats:\n"
	"  fire: {available: 100s, lifts: false, smoke_holds: false}\n"
	"  smoke: {available: 200s, lifts: false, smoke_holds: true}\n"
	"  gas: {available: 50s, lifts: true, smoke_holds: true}\n";

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
