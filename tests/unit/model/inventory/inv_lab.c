#include "inv_lab.h"

#include <stdio.h>

const char inv_lab_rules[] =
	"tables:\n"
	"  maker: {'7': Seven, '8': Eight}\n"
	"rules:\n"
	"  - {id: arp, class: net.arp, tie: {mac: src_mac, ip: src_ip, proof: link}}\n"
	"  - {id: lease, class: net.dhcp.ack, tie: {mac: chaddr, ip: yiaddr, proof: lease}}\n"
	"  - {id: name, class: net.dhcp.request, of: chaddr, when: {host: '*'},\n"
	"     claims: [{name: '${host}', confidence: 80}], why: it says its name}\n"
	"  - {id: reader, class: net.x.reader, claims: [{class: device.reader, confidence: 80}]}\n"
	"  - {id: ahu, class: 'net.x.ahu*', claims: [{class: device.ahu, confidence: 60}]}\n"
	"  - {id: ahu-2, class: net.x.ahu2, claims: [{class: device.ahu, confidence: 50}]}\n"
	"  - {id: device, class: 'net.x.*', claims: [{class: device, confidence: 10}]}\n"
	"  - {id: maker, class: net.x.maker, claims: [{vendor: '${id|maker}', confidence: 75}]}\n"
	"  - {id: soft, class: net.x.soft, of: destination, when: {banner: '*/*'},\n"
	"     unless: {banner: 'no*'}, claims: [{software: '${1}', version: '${2}', confidence: "
	"80}]}\n"
	"  - {id: rows, class: net.x.rows, when: {key: model}, claims: [{model: '${value}',\n"
	"     confidence: 90}]}\n"
	"  - {id: bacnet, class: net.x.iam, claims: [{name: 'bacnet:${id}', confidence: 85}]}\n"
	"placement:\n"
	"  - {kind: switch, confidence: 90, half_life: 30d}\n"
	"  - {kind: login, confidence: 80, half_life: 7d}\n"
	"  - {kind: wifi, confidence: 70, half_life: 10min}\n"
	"  - {kind: announced, confidence: 50, half_life: 30d}\n"
	"  - {kind: directory, confidence: 60, half_life: 365d}\n"
	"mobile: [device.reader]\n";

bool inv_lab_open(struct inv_lab *l, const char *rules)
{
	const char *text = rules ? rules : inv_lab_rules;

	*l = (struct inv_lab){0};
	if (lab_load(&l->hospital, ward_mem_heap(), NULL, NULL, NULL) != WARD_OK)
		return false;
	WARD_ASSERT(ward_names_init(&l->names, ward_mem_heap(), &l->hospital.lim) == WARD_OK);
	WARD_ASSERT(ward_json_reader_init(&l->json, &l->names, ward_mem_heap(), &l->hospital.lim) ==
		    WARD_OK);
	WARD_ASSERT(ward_inv_rules_new(ward_model_ontology(l->hospital.m), &l->names,
			    &l->hospital.lim, ward_mem_heap(), &l->rules) == WARD_OK);
	enum ward_err err = ward_inv_rules_parse(
		WARD_STR("rules.yml"), ward_str_bytes(ward_str_z(text)), l->rules, &l->hospital.d);

	WARD_ASSERT(ward_inventory_new(l->rules, &l->hospital.lim, ward_mem_heap(), &l->inv) ==
		    WARD_OK);
	WARD_ASSERT(ward_places_new(l->hospital.m, l->rules, &l->hospital.lim, ward_mem_heap(),
			    &l->places) == WARD_OK);
	ward_arena_init(&l->arena, ward_mem_heap(), 64 << 20);
	return err == WARD_OK;
}

void inv_lab_close(struct inv_lab *l)
{
	ward_arena_fini(&l->arena);
	ward_places_free(l->places);
	ward_inventory_free(l->inv);
	ward_inv_rules_free(l->rules);
	ward_json_reader_fini(&l->json);
	ward_names_fini(&l->names);
	lab_free(&l->hospital);
}

void inv_lab_event(struct inv_lab *l, const char *class, int second, const char *fields)
{
	struct ward_arena a;
	struct ward_event e;
	char line[4096];
	int n = snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-0000000000%02d\",\"time\":"
		"\"2026-03-01T00:%02d:%02dZ\",\"source\":\"t\",\"class\":\"%s\",\"fields\":{%s}}",
		second % 100, second / 60 % 60, second % 60, class, fields);

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	WARD_ASSERT(n > 0 && (size_t)n < sizeof(line));
	WARD_ASSERT(ward_json_read_event(&l->json, ward_str_z(line), &a, &e) == WARD_OK);
	WARD_ASSERT(ward_inventory_event(l->inv, &e) == WARD_OK);
	WARD_ASSERT(ward_places_event(l->places, &e) == WARD_OK);
	ward_arena_fini(&a);
}

void inv_lab_view(struct inv_lab *l, bool hospital)
{
	ward_arena_reset(&l->arena);
	WARD_ASSERT(ward_inventory_view(l->inv, NULL, hospital ? l->hospital.m : NULL, &l->arena,
			    &l->c, &l->n) == WARD_OK);
}

struct ward_inv_report inv_lab_report(const struct inv_lab *l, bool hospital)
{
	return (struct ward_inv_report){.rules = l->rules,
		.model = hospital ? l->hospital.m : NULL,
		.places = l->places,
		.c = l->c,
		.n = l->n,
		.now = ward_inventory_now(l->inv)};
}

const struct ward_candidate *inv_lab_find(const struct inv_lab *l, const char *address)
{
	struct ward_inv_report r = inv_lab_report(l, true);

	return ward_inv_find(&r, ward_str_z(address));
}
