#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static int setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	enum ward_err err = lab_load(l, ward_mem_heap(), NULL, "x.yml", "");

	for (size_t i = 0; i < l->d.n; i++)
		print_error("%.*s:%u %.*s\n", WARD_STR_ARG(l->d.item[i].file), l->d.item[i].line,
			WARD_STR_ARG(l->d.item[i].what));
	*state = l;
	return err != WARD_OK || l->d.n != 0;
}

static int teardown(void **state)
{
	lab_free(*state);
	free(*state);
	return 0;
}

static void nodes(void **state)
{
	const struct lab *l = *state;
	const struct ward_model *m = l->m;
	const struct ward_node *ahu = ward_model_node(m, lab_node(l, "ahu-1"));
	const struct ward_node *care = ward_model_node(m, lab_node(l, "surgery"));

	assert_int_equal(ward_model_n(m), 17);
	assert_int_equal(lab_node(l, "s"), 0);
	assert_true(ward_str_eqz(ward_model_hospital(m)->timezone, "Europe/Rome"));
	assert_true(ward_model_hospital(m)->synthetic);
	assert_int_equal(ahu->kind, WARD_NODE_ASSET);
	assert_int_equal(ahu->criticality, 4);
	assert_int_equal(ahu->parent, lab_node(l, "hall"));
	assert_int_equal(ahu->zone, lab_node(l, "z-out"));
	assert_int_equal(ahu->network, lab_node(l, "n-bms"));
	assert_true(ward_str_eqz(ahu->product, "M"));
	assert_int_equal(ahu->line, 22);
	assert_int_equal(care->beds, 4);
	assert_int_equal(care->weight_micro, 2500000);
	assert_int_equal(care->role, lab_node(l, "engineer"));
	assert_int_equal(ward_model_node(m, lab_node(l, "f"))->level, -1);
	assert_int_equal(ward_model_node(m, lab_node(l, "n-bms"))->vlan, 40);
	assert_int_equal(ward_model_node(m, lab_node(l, "z-in"))->zone_kind, WARD_ZONE_CLINICAL);
	assert_true(ward_str_eqz(ward_model_node(m, lab_node(l, "engineer"))->reach, "call 12"));
	assert_true(ward_str_eqz(ward_model_node(m, lab_node(l, "d-1"))->name, "d-1"));
	assert_int_equal(ward_model_node(m, lab_node(l, "d-2"))->zone, lab_node(l, "z-in"));
	assert_int_equal(ward_model_find(m, WARD_STR("nobody")), WARD_NONE);
}

static void climb(void **state)
{
	const struct lab *l = *state;
	uint32_t ahu = lab_node(l, "ahu-1");

	assert_int_equal(ward_model_up(l->m, ahu, WARD_NODE_ASSET), ahu);
	assert_int_equal(ward_model_up(l->m, ahu, WARD_NODE_FLOOR), lab_node(l, "f"));
	assert_int_equal(ward_model_up(l->m, ahu, WARD_NODE_SITE), lab_node(l, "s"));
	assert_int_equal(ward_model_up(l->m, ahu, WARD_NODE_ZONE), WARD_NONE);
	assert_int_equal(
		ward_model_up(l->m, lab_node(l, "d-2"), WARD_NODE_ROOM), lab_node(l, "or-1"));
}

static void classes(void **state)
{
	const struct lab *l = *state;
	const struct ward_ontology *o = ward_model_ontology(l->m);
	uint32_t room = ward_ontology_find(o, WARD_STR("room"));
	uint32_t theatre = ward_ontology_find(o, WARD_STR("room.theatre"));
	uint32_t entrance = ward_ontology_find(o, WARD_STR("room.entrance"));

	assert_true(ward_model_is(l->m, lab_node(l, "or-1"), room));
	assert_true(ward_model_is(l->m, lab_node(l, "or-1"), theatre));
	assert_false(ward_model_is(l->m, lab_node(l, "or-1"), entrance));
	assert_false(ward_model_is(l->m, lab_node(l, "ahu-1"), room));
	for (uint32_t a = 0; a < ward_ontology_n(o); a++)
		for (uint32_t b = 0; b < ward_ontology_n(o); b++) {
			uint32_t up = a;

			while (up != WARD_NONE && up != b)
				up = ward_ontology_class(o, up)->parent;
			assert_int_equal(ward_ontology_is(o, a, b), up == b);
		}
}

static uint32_t key(const struct lab *l, enum ward_key_kind kind, const char *text)
{
	return ward_model_by_key(l->m, kind, ward_str_z(text));
}

static void keys(void **state)
{
	const struct lab *l = *state;
	uint32_t ahu = lab_node(l, "ahu-1");

	assert_int_equal(key(l, WARD_KEY_IP, "10.1.0.5"), ahu);
	assert_int_equal(key(l, WARD_KEY_IP, "::ffff:10.1.0.5"), ahu);
	assert_int_equal(key(l, WARD_KEY_IP, "FD00:0::5"), ahu);
	assert_int_equal(key(l, WARD_KEY_IP, "10.1.0.6"), WARD_NONE);
	assert_int_equal(key(l, WARD_KEY_IP, "10.1.0.5 "), WARD_NONE);
	assert_int_equal(key(l, WARD_KEY_IP, ""), WARD_NONE);
	assert_int_equal(key(l, WARD_KEY_MAC, "00:1b:63:84:45:e6"), ahu);
	assert_int_equal(key(l, WARD_KEY_MAC, "00-1B-63-84-45-E6"), ahu);
	assert_int_equal(key(l, WARD_KEY_MAC, "001b.6384.45e6"), ahu);
	assert_int_equal(key(l, WARD_KEY_MAC, "00:1b:63:84:45"), WARD_NONE);
	assert_int_equal(key(l, WARD_KEY_MAC, "00:1b:63:84:45:zz"), WARD_NONE);
	assert_int_equal(key(l, WARD_KEY_BACNET, "1001"), ahu);
	assert_int_equal(key(l, WARD_KEY_HOST, "ahu-ONE"), ahu);
	assert_int_equal(key(l, WARD_KEY_READER, "R-1"), lab_node(l, "reader-1"));
	assert_int_equal(key(l, WARD_KEY_READER, "R9"), lab_node(l, "d-1"));
	assert_int_equal(key(l, WARD_KEY_DOOR, "D1"), lab_node(l, "d-1"));
	assert_int_equal(key(l, WARD_KEY_CAMERA, "D1"), WARD_NONE);
	assert_int_equal(key(l, WARD_KEY_IFACE, "bms0"), lab_node(l, "n-bms"));
}

static void networks(void **state)
{
	const struct lab *l = *state;

	assert_int_equal(ward_model_network_of(l->m, WARD_STR("10.1.9.9")), lab_node(l, "n-bms"));
	assert_int_equal(ward_model_network_of(l->m, WARD_STR("10.1.2.9")), lab_node(l, "n-deep"));
	assert_int_equal(ward_model_network_of(l->m, WARD_STR("10.2.0.1")), WARD_NONE);
	assert_int_equal(ward_model_network_of(l->m, WARD_STR("fd00::9")), lab_node(l, "n-bms"));
	assert_int_equal(ward_model_network_of(l->m, WARD_STR("fd00:0:0:1::9")), WARD_NONE);
	assert_int_equal(ward_model_network_of(l->m, WARD_STR("nonsense")), WARD_NONE);
}

static void relations(void **state)
{
	const struct lab *l = *state;
	size_t n;
	const struct ward_rel *r = ward_model_out(l->m, lab_node(l, "d-2"), &n);

	assert_int_equal(n, 1); /* one way */
	assert_int_equal(r[0].type, WARD_REL_LEADS_TO);
	assert_int_equal(r[0].node, lab_node(l, "or-1"));
	(void)ward_model_out(l->m, lab_node(l, "d-1"), &n);
	assert_int_equal(n, 2);
	r = ward_model_in(l->m, lab_node(l, "or-1"), &n);
	assert_int_equal(n, 5); /* its floor, a door, two units, surgery */
	assert_int_equal(r[0].type, WARD_REL_CONTAINS);
	assert_int_equal(r[2].type, WARD_REL_COOLS);
	assert_int_equal(r[2].node, lab_node(l, "ahu-1"));
	assert_int_equal(r[3].node, lab_node(l, "ahu-2"));
	assert_int_equal(r[2].group, WARD_NONE);
	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		r = ward_model_out(l->m, i, &n);
		for (size_t k = 1; k < n; k++)
			assert_true(r[k - 1].type < r[k].type ||
				    (r[k - 1].type == r[k].type && r[k - 1].node <= r[k].node));
	}
	assert_int_equal(ward_rel_parse(WARD_STR("cools")), WARD_REL_COOLS);
	assert_int_equal(ward_rel_parse(WARD_STR("cool")), WARD_REL_N);
}

static void groups(void **state)
{
	const struct lab *l = *state;
	uint32_t care = lab_node(l, "surgery");
	size_t n, n_rel;
	const struct ward_group *g = ward_model_groups(l->m, care, &n);
	const struct ward_rel *r = ward_model_out(l->m, care, &n_rel);

	assert_int_equal(n, 3);
	assert_int_equal(ward_model_n_group(l->m), 3);
	assert_int_equal(g[0].need, 1);
	assert_int_equal(g[0].n_member, 2);
	assert_int_equal(g[0].buffer, 600 * WARD_NS_PER_S);
	assert_int_equal(g[1].need, 1);
	assert_int_equal(g[2].member[0], lab_node(l, "engineer"));
	assert_int_equal(n_rel, 4);
	for (size_t k = 0; k < n_rel; k++) {
		const struct ward_group *of = ward_model_group(l->m, r[k].group);
		bool member = false;

		assert_int_equal(of->owner, care);
		for (uint32_t i = 0; i < of->n_member; i++)
			member |= of->member[i] == r[k].node;
		assert_true(member);
	}
	assert_null(ward_model_groups(l->m, 0, &n));
	assert_int_equal(n, 0);
}

static void belongings(void **state)
{
	const struct lab *l = *state;
	size_t n;
	const struct ward_protection *p = ward_model_protections(l->m, lab_node(l, "ahu-1"), &n);
	const struct ward_buffer *b;
	const struct ward_source *s;

	assert_int_equal(n, 3); /* bms.* is two threats */
	assert_int_equal(p[0].degree_micro, 250000);
	assert_true(ward_str_eqz(p[0].scope, "firewall"));
	assert_true(ward_str_eqz(p[2].scope, "p-2"));
	b = ward_model_buffers(l->m, lab_node(l, "or-1"), &n);
	assert_int_equal(n, 1);
	assert_true(ward_str_eqz(b->kind, "thermal"));
	s = ward_model_sources(l->m, &n);
	assert_int_equal(n, 2);
	assert_int_equal(s[0].skew, 5 * WARD_NS_PER_S);
	assert_int_equal(s[1].skew, 60 * WARD_NS_PER_S);
	assert_int_equal(s[1].retention, 30 * 86400 * WARD_NS_PER_S);
	assert_ptr_equal(ward_model_source(l->m, WARD_STR("src-door")), &s[1]);
	assert_null(ward_model_source(l->m, WARD_STR("d-1")));
}

static void threats(void **state)
{
	const struct lab *l = *state;
	const struct ward_threats *t = ward_model_threats(l->m);
	uint32_t command = ward_threats_find(t, WARD_STR("bms.command"));

	assert_int_equal(ward_threats_n(t), 6);
	assert_int_equal(ward_threats_at(t, command)->need, WARD_NEED_INTEGRITY);
	assert_int_equal(ward_threats_by_attack(t, WARD_STR("T0855")), command);
	assert_int_equal(ward_threats_by_attack(t, WARD_STR("T1059.001")), command);
	assert_int_equal(ward_threats_by_attack(t, WARD_STR("T1059.003")),
		ward_threats_find(t, WARD_STR("bms.discovery")));
	assert_int_equal(ward_threats_by_attack(t, WARD_STR("T9999")), WARD_NONE);
}

static void hash(void **state)
{
	const struct lab *l = *state;
	struct lab same, other;
	uint8_t a[32], b[32], c[32];

	assert_int_equal(lab_load(&same, ward_mem_heap(), NULL, "x.yml", ""), WARD_OK);
	assert_int_equal(lab_load(&other, ward_mem_heap(), NULL, "x.yml", "# new\n"), WARD_OK);
	ward_model_hash(l->m, a);
	ward_model_hash(same.m, b);
	ward_model_hash(other.m, c);
	assert_memory_equal(a, b, 32);
	assert_memory_not_equal(a, c, 32);
	lab_free(&same);
	lab_free(&other);
}

/* The networks of an address plan (event/plan.h) have broadcasts, as IPv4 has; IPv6's have none. */
static void networks_of_a_plan_have_broadcasts(void **state)
{
	static const char *const group[] = {"fd12::a01:200", "fd12::a01:2ff", "10.1.255.255"},
				 *const host[] = {"fd12::a01:201", "fd12::a01:3ff", "fd00::ffff",
					 "fd00::", "fd34::ffff:ffff", "10.1.2.3"};
	struct lab l;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "networks.csv",
				 "id,name,class,cidr\n"
				 "n-annex,Annex,network,fd12::10.1.2.0/120\n"
				 "n-all,All of a plan,network,fd34::/96\n"),
		WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(group); i++)
		assert_true(ward_model_is_group_address(l.m, ward_str_z(group[i])));
	for (size_t i = 0; i < WARD_ARRAY_LEN(host); i++)
		assert_false(ward_model_is_group_address(l.m, ward_str_z(host[i])));
	lab_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_of_a_plan_have_broadcasts),
		cmocka_unit_test_setup_teardown(nodes, setup, teardown),
		cmocka_unit_test_setup_teardown(climb, setup, teardown),
		cmocka_unit_test_setup_teardown(classes, setup, teardown),
		cmocka_unit_test_setup_teardown(keys, setup, teardown),
		cmocka_unit_test_setup_teardown(networks, setup, teardown),
		cmocka_unit_test_setup_teardown(relations, setup, teardown),
		cmocka_unit_test_setup_teardown(groups, setup, teardown),
		cmocka_unit_test_setup_teardown(belongings, setup, teardown),
		cmocka_unit_test_setup_teardown(threats, setup, teardown),
		cmocka_unit_test_setup_teardown(hash, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
