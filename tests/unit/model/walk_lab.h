/* A house to walk through: a store and a laboratory on two floors joined by stairs, a second
 * laboratory five floors up by lift, a tunnel, and an exit that only leads out. Two places on earth
 * to log in from. */
#ifndef WARD_TESTS_MODEL_WALK_LAB_H
#define WARD_TESTS_MODEL_WALK_LAB_H

#include "model/origin.h"
#include "model/walk.h"

static const char walk_ontology[] =
	"classes:\n"
	"  - {id: site, name: Site}\n  - {id: building, name: Building}\n"
	"  - {id: floor, name: Floor}\n  - {id: zone, name: Zone}\n  - {id: role, name: Role}\n"
	"  - {id: room, name: Room}\n  - {id: room.corridor, name: Corridor}\n"
	"  - {id: room.lift-lobby, name: Lobby}\n  - {id: room.outside, name: Outside}\n"
	"  - {id: room.entrance, name: Entrance}\n  - {id: door, name: Door}\n"
	"  - {id: network, name: Network}\n  - {id: device, name: Device}\n"
	"  - {id: software, name: Software}\n  - {id: data, name: Data}\n"
	"  - {id: supply, name: Supply}\n  - {id: service, name: Service}\n";

static const char walk_threats[] =
	"threats:\n"
	"  - {code: outage, name: Outage, domain: both, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n";

static const char walk_house[] =
	"hospital: {id: h, name: Test, city: Turin, country: IT, timezone: Europe/Rome,\n"
	"  staff_agreement: 'Agreement of 2 March'}\n"
	"sites: [{id: s, name: Site}]\n"
	"buildings: [{id: b, name: House, site: s}, {id: b2, name: Other, site: s}]\n"
	"floors:\n"
	"  - {id: f0, name: Ground, building: b, level: 0}\n"
	"  - {id: f1, name: First, building: b, level: 1}\n"
	"  - {id: f5, name: Fifth, building: b, level: 5}\n"
	"  - {id: g0, name: Other, building: b2, level: 0}\n"
	"roles: [{id: engineer, name: Engineer}]\n"
	"rooms:\n"
	"  - {id: c0, name: C0, floor: f0, class: room.corridor}\n"
	"  - {id: store, name: Store, floor: f0, class: room}\n"
	"  - {id: s0, name: S0, floor: f0, class: room}\n"
	"  - {id: s1, name: S1, floor: f1, class: room}\n"
	"  - {id: c1, name: C1, floor: f1, class: room.corridor}\n"
	"  - {id: lab, name: Lab, floor: f1, class: room}\n"
	"  - {id: l0, name: L0, floor: f0, class: room.lift-lobby}\n"
	"  - {id: l5, name: L5, floor: f5, class: room.lift-lobby}\n"
	"  - {id: lo, name: LO, floor: g0, class: room.lift-lobby}\n"
	"  - {id: c5, name: C5, floor: f5, class: room.corridor}\n"
	"  - {id: lab5, name: Lab 5, floor: f5, class: room}\n"
	"  - {id: tunnel, name: Tunnel, floor: f0, class: room.corridor, metres: 80}\n"
	"  - {id: far, name: Far, floor: g0, class: room}\n"
	"  - {id: yard, name: Yard, floor: f0, class: room.outside}\n"
	"  - {id: island, name: Island, floor: f0, class: room}\n"
	"doors:\n"
	"  - {id: d-store, from: c0, to: store}\n"
	"  - {id: d-s0, from: c0, to: s0}\n"
	"  - {id: stairs, from: s0, to: s1}\n"
	"  - {id: d-s1, from: s1, to: c1}\n"
	"  - {id: d-lab, from: c1, to: lab}\n"
	"  - {id: d-l0, from: c0, to: l0}\n"
	"  - {id: d-l5, from: l5, to: c5}\n"
	"  - {id: d-lab5, from: c5, to: lab5}\n"
	"  - {id: d-tunnel, from: c0, to: tunnel}\n"
	"  - {id: d-far, from: tunnel, to: far}\n"
	"  - {id: d-exit, from: lab, to: yard, one_way: true}\n"
	"origins:\n"
	"  - {id: turin, name: Turin, country: IT, cidr: [192.0.2.0/24, 198.51.100.0/24],\n"
	"     latitude: 45.0703, longitude: 7.6869}\n"
	"  - {id: vpn, name: The VPN's exit, cidr: 198.51.100.128/25}\n"
	"  - {id: sydney, name: Sydney, country: AU, cidr: '2001:db8::/32',\n"
	"     latitude: -33.8688, longitude: 151.2093}\n"
	"  - {id: marseille, name: Marseille, country: FR, cidr: 203.0.113.0/24,\n"
	"     latitude: 43.2965, longitude: 5.3698}\n";

static inline struct ward_model_file walk_file(const char *name, const char *text)
{
	return (struct ward_model_file){
		ward_str_z(name), ward_str_z(name), ward_str_bytes(ward_str_z(text))};
}

/* The house with one file more; CONFIG as ward_model_load_files. */
static inline enum ward_err walk_lab_with(const char *name, const char *text,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_model **ret)
{
	struct ward_model_file file[] = {walk_file("house.yml", walk_house), walk_file(name, text)};
	struct ward_model_file content[] = {
		walk_file("ontology.yml", walk_ontology), walk_file("threats.yml", walk_threats)};
	struct ward_limits lim;

	ward_limits_default(&lim);
	return ward_model_load_files(file, 2, content, &lim, mem, diag, ret);
}

#endif
