/* How fast people move in the tests: round numbers, so that examples are worked by hand. */
#ifndef WARD_TESTS_EVACUATE_TRAVEL_TEXT_H
#define WARD_TESTS_EVACUATE_TRAVEL_TEXT_H

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

#endif
