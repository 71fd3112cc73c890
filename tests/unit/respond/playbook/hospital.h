/* A hospital with what no playbook acts on: a pump, its network, what controls a door. */
#ifndef WARD_TESTS_PLAYBOOK_HOSPITAL_H
#define WARD_TESTS_PLAYBOOK_HOSPITAL_H

#include "lab.h"
#include "respond/playbook/never.h"

#include "../../model/lab.h"

static const char hospital[] =
	"assets:\n  - {id: pump-1, name: Pump, class: device.medical.infusion, room: or-1,\n"
	"     network: n-care, ip: 10.3.0.77 10.4.0.1 fd03::77, mac: \"00:1B:63:84:45:AA\",\n"
	"     keys: \"serial:SN/7\"}\n"
	"  - {id: lock-1, name: Lock, class: device.reader, room: hall,\n"
	"     keys: door:PU-P03}\n"
	"  - {id: access-1, name: Access, class: device.reader, room: hall}\n"
	"networks: [{id: n-care, name: Care, class: network.bms,\n"
	"  cidr: [10.3.0.0/24, 10.4.0.0/24, 'fd03::/64']}]\n"
	"relations: [{from: lock-1, relation: controls, to: d-2},\n"
	"  {from: access-1, relation: controls, to: lock-1}]\n";
static const char classes[] = "  - {id: device.medical, name: Medical}\n"
			      "  - {id: device.medical.infusion, name: Pump}\n";

static inline char *with_classes(void)
{
	size_t n = strlen(lab_ontology) + sizeof(classes);
	char *p = malloc(n);

	assert_non_null(p);
	(void)snprintf(p, n, "%s%s", lab_ontology, classes);
	return p;
}

/* The hospital of these tests, with what no playbook acts on there. */
static inline struct ward_model *lab_hospital(struct ward_playbook_never **ret)
{
	char *ontology = with_classes();
	const struct ward_model_file content[2] = {
		{WARD_STR("ontology.yml"), WARD_STR("ontology.yml"),
			ward_str_bytes(ward_str_z(ontology))},
		{WARD_STR("threats.yml"), WARD_STR("threats.yml"),
			ward_str_bytes(ward_str_z(lab_threats))}};
	const struct ward_model_file file[2] = {
		{WARD_STR("base.yml"), WARD_STR("base.yml"), ward_str_bytes(ward_str_z(lab_base))},
		{WARD_STR("more.yml"), WARD_STR("more.yml"), ward_str_bytes(ward_str_z(hospital))}};
	const struct ward_escape escape = {.known = true};
	struct ward_model *m = NULL;
	struct pb_lab base;

	pb_init(&base);
	if (ward_model_load_files(file, 2, content, &base.lim, ward_mem_heap(), &base.d, &m))
		fail_msg("%.*s", WARD_STR_ARG(base.d.item[0].what));
	assert_int_equal(ward_playbook_never_new(m, &escape, ward_mem_heap(), ret), WARD_OK);
	pb_fini(&base);
	free(ontology);
	return m;
}

#endif
