#include "lab.h"

static const char ontology[] =
	"classes:\n"
	"  - {id: site, name: Site}\n  - {id: building, name: Building}\n"
	"  - {id: floor, name: Floor}\n  - {id: zone, name: Zone}\n  - {id: role, name: Role}\n"
	"  - {id: room, name: Room}\n  - {id: room.outside, name: Outside}\n"
	"  - {id: door, name: Door}\n  - {id: network, name: Network}\n"
	"  - {id: network.guest, name: Guests}\n  - {id: network.it, name: IT}\n"
	"  - {id: network.medical, name: Medical}\n  - {id: device, name: Device}\n"
	"  - {id: device.medical, name: Medical device}\n"
	"  - {id: device.medical.infusion, name: Pump}\n"
	"  - {id: device.building, name: Building}\n"
	"  - {id: device.building.controller, name: Controller}\n"
	"  - {id: software, name: Software}\n  - {id: data, name: Data}\n"
	"  - {id: supply, name: Supply}\n  - {id: service, name: Service}\n"
	"  - {id: service.care, name: Care}\n";

static const char threats[] =
	"threats:\n"
	"  - {code: outage, name: Outage, domain: both, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: malware.ransomware, name: Ransomware, domain: cyber, need: availability,\n"
	"     attack: [T0855], idmef: A.B, first_step: {role: engineer, text: Look.}}\n"
	"  - {code: medical.command, name: Command, domain: cyber, need: integrity, attack: "
	"[T0855],\n"
	"     idmef: A.B, first_step: {role: engineer, text: Look.}}\n";

static const char hospital[] =
	"hospital: {id: h, name: Test, city: Turin, country: IT, timezone: Europe/Rome,\n"
	"  synthetic: true}\n"
	"sites: [{id: s, name: Site}]\n"
	"buildings: [{id: b, name: House, site: s}]\n"
	"floors: [{id: f, name: Ground, building: b, level: 0}]\n"
	"zones: [{id: z, name: Ward area, kind: clinical}]\n"
	"rooms:\n"
	"  - {id: yard, name: Yard, floor: f, class: room.outside}\n"
	"  - {id: bay, name: Bay, floor: f, class: room, zone: z}\n"
	"doors: [{id: d, from: yard, to: bay}]\n"
	"networks:\n"
	"  - {id: n-med, name: Medical network, class: network.medical, cidr: [10.1.0.0/16]}\n"
	"  - {id: n-guest, name: Guest network, class: network.guest, cidr: [10.2.0.0/16]}\n"
	"roles: [{id: engineer, name: Engineer, reach: call 12}]\n"
	"assets:\n"
	"  - {id: pump, name: Pump 1, class: device.medical.infusion, room: bay, network: n-med,\n"
	"     ip: 10.1.0.5, vendor: Vitalia, model: Flow 3, criticality: 4}\n"
	"  - {id: spare, name: Pump 2, class: device.medical.infusion, room: bay,\n"
	"     vendor: Vitalia, model: Flow 3}\n"
	"  - {id: plc, name: Controller, class: device.building.controller, room: bay}\n"
	"services:\n"
	"  - {id: ward, name: Ward 1, class: service.care, rooms: [bay], weight: 2,\n"
	"     role: engineer, requires: [{of: [pump]}]}\n";

static const char rules[] = "rules:\n"
			    "  - {id: stop, when: {threat: malware.ransomware}, relation: self,\n"
			    "     gives: outage, likelihood: [0.5, 1], why: w}\n";

static struct ward_model_file file_of(const char *name, const char *text)
{
	return (struct ward_model_file){
		ward_str_z(name), ward_str_z(name), ward_str_bytes(ward_str_z(text))};
}

static enum ward_err load(
	struct risk_lab *l, const struct ward_mem *mem, const char *more, const char *policy)
{
	const struct ward_model_file file[] = {file_of("a.yml", hospital), file_of("b.yml", more)};
	const struct ward_model_file content[2] = {
		file_of("ontology.yml", ontology), file_of("threats.yml", threats)};
	struct ward_propagation_text r = {WARD_STR("r.yml"), ward_str_bytes(ward_str_z(rules))};
	struct ward_slice facts[WARD_FACTS_N] = {0};
	struct ward_str path[WARD_FACTS_N] = {0};
	enum ward_err err =
		ward_model_load_files(file, *more ? 2 : 1, content, &l->lim, mem, &l->d, &l->m);

	path[WARD_FACTS_POLICY] = WARD_STR("policy.csv");
	if (policy)
		facts[WARD_FACTS_POLICY] = ward_str_bytes(ward_str_z(policy));
	if (!err)
		err = ward_rules_parse(&r, l->m, &l->lim, mem, &l->d, &l->rules);
	if (!err)
		err = ward_facts_read(facts, path, l->m, &l->lim, mem, &l->d, &l->facts);
	if (!err)
		err = ward_abouts_init(&l->abouts, l->m, &l->lim, mem);
	return err ? err : ward_engine_new(l->m, l->rules, &l->lim, mem, &l->e);
}

enum ward_err risk_lab_open(
	struct risk_lab *l, const struct ward_mem *mem, const char *more, const char *policy)
{
	*l = (struct risk_lab){0};
	ward_limits_default(&l->lim);
	l->lim.v[WARD_LIMIT_CONF_NODES] = 1 << 16;
	ward_diag_init(&l->d, ward_mem_heap());
	ward_advices_init(&l->advices, mem, &l->lim);
	enum ward_err err = load(l, mem, more, policy);

	l->w = (struct ward_risk_world){l->m, l->e, &l->facts, &l->advices, &l->abouts, 0, NULL};
	return err;
}

enum ward_err risk_lab_forget(struct risk_lab *l, const struct ward_mem *mem)
{
	ward_abouts_fini(&l->abouts);
	ward_advices_fini(&l->advices);
	ward_diag_fini(&l->d);
	ward_diag_init(&l->d, ward_mem_heap());
	ward_advices_init(&l->advices, mem, &l->lim);
	return ward_abouts_init(&l->abouts, l->m, &l->lim, mem);
}

void risk_lab_close(struct risk_lab *l)
{
	ward_risks_fini(&l->r);
	ward_engine_free(l->e);
	ward_abouts_fini(&l->abouts);
	ward_advices_fini(&l->advices);
	ward_facts_fini(&l->facts);
	ward_rules_free(l->rules);
	ward_model_free(l->m);
	ward_diag_fini(&l->d);
}

enum ward_err risk_lab_find(struct risk_lab *l, const struct ward_mem *mem)
{
	ward_risks_fini(&l->r);
	return ward_risks_find(&l->w, mem, &l->r);
}

const struct ward_device_risk *risk_lab_of(const struct risk_lab *l, const char *asset)
{
	uint32_t i = ward_model_find(l->m, ward_str_z(asset));

	for (size_t k = 0; k < l->r.n_device; k++)
		if (l->r.device[k].asset == i)
			return &l->r.device[k];
	return NULL;
}
