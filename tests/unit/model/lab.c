#include "lab.h"

const char lab_ontology[] =
	"classes:\n"
	"  - {id: site, name: Site}\n  - {id: building, name: Building}\n"
	"  - {id: floor, name: Floor}\n  - {id: zone, name: Zone}\n  - {id: role, name: Role}\n"
	"  - {id: room, name: Room}\n  - {id: room.theatre, name: Theatre}\n"
	"  - {id: room.theatre.hybrid, name: Hybrid theatre}\n"
	"  - {id: room.outside, name: Outside}\n  - {id: room.entrance, name: Entrance}\n"
	"  - {id: door, name: Door}\n  - {id: door.fire, name: Fire door}\n"
	"  - {id: network, name: Network}\n  - {id: network.bms, name: BMS network}\n"
	"  - {id: device, name: Device}\n  - {id: device.ahu, name: Air handling unit}\n"
	"  - {id: device.reader, name: Reader}\n  - {id: software, name: Software}\n"
	"  - {id: data, name: Data}\n  - {id: supply, name: Supply}\n"
	"  - {id: service, name: Service}\n  - {id: service.care, name: Care}\n";

const char lab_threats[] =
	"threats:\n"
	"  - {code: outage, name: Outage, domain: both, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: bms.command, name: Command, domain: cyber, need: integrity, attack: [T0855,\n"
	"     T1059.001], idmef: A.B, first_step: {role: engineer, text: Look.}}\n"
	"  - {code: bms.discovery, name: Discovery, domain: cyber, need: confidentiality,\n"
	"     attack: [T0855, T1059], idmef: A.B, first_step: {role: engineer, text: Look.}}\n"
	"  - {code: power.loss, name: Dark, domain: physical, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: fire.fire, name: Fire, domain: physical, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: fire.cut-off, name: Cut off, domain: physical, need: availability, idmef: "
	"A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n";

const char lab_base[] =
	"hospital: {id: h, name: Test, city: Turin, country: IT, timezone: Europe/Rome,\n"
	"  synthetic: true, languages: [it]}\n"
	"sites: [{id: s, name: Site}]\n"
	"buildings: [{id: b, name: House, site: s}]\n"
	"floors: [{id: f, name: Ground, building: b, level: -1}]\n"
	"zones:\n  - {id: z-in, name: Inside, kind: clinical}\n"
	"  - {id: z-out, name: Out, kind: public}\n"
	"rooms:\n"
	"  - {id: yard, name: Yard, floor: f, class: room.outside, zone: z-out}\n"
	"  - {id: hall, name: Hall, floor: f, class: room.entrance, zone: z-out}\n"
	"  - {id: or-1, name: Theatre, floor: f, class: room.theatre.hybrid, zone: z-in}\n"
	"doors:\n"
	"  - {id: d-1, from: yard, to: hall, keys: \"door:D1 reader:R9\"}\n"
	"  - {id: d-2, from: hall, to: or-1, class: door.fire, one_way: true}\n"
	"networks:\n"
	"  - {id: n-bms, name: BMS, class: network.bms, cidr: [10.1.0.0/16, 'fd00::/64'],\n"
	"     vlan: 40, iface: bms0}\n"
	"  - {id: n-deep, name: Deep, class: network.bms, cidr: 10.1.2.0/24}\n"
	"roles: [{id: engineer, name: Engineer, reach: \"call 12\"}]\n"
	"assets:\n"
	"  - {id: ahu-1, name: AHU 1, class: device.ahu, room: hall, network: n-bms,\n"
	"     ip: 10.1.0.5 fd00::5, mac: \"00:1B:63:84:45:E6\", keys: \"bacnet:1001 "
	"host:AHU-One\",\n"
	"     vendor: V, model: M, criticality: 4}\n"
	"  - {id: ahu-2, name: AHU 2, class: device.ahu, room: hall, network: n-deep,\n"
	"     ip: 10.1.2.7}\n"
	"  - {id: reader-1, name: Reader, class: device.reader, room: hall, keys: reader:R-1}\n"
	"services:\n"
	"  - {id: surgery, name: Surgery, class: service.care, rooms: [or-1], beds: 4, staff: 12,\n"
	"     patients: 3, criticality: 5, weight: 2.5, role: engineer, requires: [\n"
	"     {name: air, need: 1, of: [ahu-1, ahu-2], buffer: 10min}, {of: [or-1]}]}\n"
	"relations:\n"
	"  - {from: ahu-1, relation: cools, to: or-1}\n"
	"  - {from: ahu-2, relation: cools, to: or-1}\n"
	"  - {from: reader-1, relation: monitors, to: d-2}\n"
	"  - {from: surgery, relation: requires, to: engineer}\n"
	"protections:\n"
	"  - {id: p-1, on: ahu-1, against: bms.*, degree: 0.25, scope: firewall}\n"
	"  - {id: p-2, on: ahu-1, against: outage, degree: 1}\n"
	"buffers: [{on: or-1, kind: thermal, lasts: 15min}]\n"
	"sources:\n"
	"  - {id: src-net, name: BMS traffic, kind: net, where: iface:bms0, watches: [n-bms],\n"
	"     purpose: security of building automation, skew: 5s}\n"
	"  - {id: src-door, name: Doors, kind: mqtt, where: 'mqtt-listen:[::1]:1883', topic: "
	"door/#,\n"
	"     watches: [d-1], purpose: security, personal_data: true, legal_basis: Art. 6(1)(e),\n"
	"     retention: 30d}\n";

static struct ward_model_file file_of(const char *name, const char *text)
{
	return (struct ward_model_file){
		ward_str_z(name), ward_str_z(name), ward_str_bytes(ward_str_z(text))};
}

static enum ward_err load(struct lab *l, const struct ward_mem *mem, const char *base,
	const char *name, struct ward_slice bytes)
{
	struct ward_model_file file[] = {file_of("base.yml", base ? base : lab_base),
		{ward_str_z(name), ward_str_z(name), bytes}};
	struct ward_model_file content[] = {
		file_of("ontology.yml", lab_ontology), file_of("threats.yml", lab_threats)};

	*l = (struct lab){.m = NULL};
	ward_limits_default(&l->lim);
	ward_diag_init(&l->d, ward_mem_heap());
	return ward_model_load_files(
		file, WARD_ARRAY_LEN(file), content, &l->lim, mem, &l->d, &l->m);
}

enum ward_err lab_load(struct lab *l, const struct ward_mem *mem, const char *base,
	const char *name, const char *text)
{
	return load(l, mem, base, name, ward_str_bytes(ward_str_z(text)));
}

enum ward_err lab_load_bytes(struct lab *l, const char *name, struct ward_slice bytes)
{
	return load(l, ward_mem_heap(), NULL, name, bytes);
}

enum ward_err lab_load_content(struct lab *l, const char *ontology, const char *threats)
{
	struct ward_model_file file = file_of("base.yml", lab_base);
	struct ward_model_file content[] = {
		file_of("ontology.yml", ontology ? ontology : lab_ontology),
		file_of("threats.yml", threats ? threats : lab_threats)};

	return ward_model_load_files(&file, 1, content, &l->lim, ward_mem_heap(), &l->d, &l->m);
}

void lab_free(struct lab *l)
{
	ward_model_free(l->m);
	ward_diag_fini(&l->d);
}

uint32_t lab_node(const struct lab *l, const char *id)
{
	uint32_t i = ward_model_find(l->m, ward_str_z(id));

	WARD_ASSERT(i != WARD_NONE);
	return i;
}
