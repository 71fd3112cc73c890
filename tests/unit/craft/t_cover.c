#include "lab.h"

static const char threats_yml[] =
	"threats:\n"
	"  - {code: a.seen, name: Seen, domain: cyber, need: integrity, attack: [T0855], idmef: "
	"X.Y, first_step: {role: r, text: t}}\n"
	"  - {code: a.none, name: None, domain: cyber, need: integrity, attack: [T1499], idmef: "
	"X.Y, first_step: {role: r, text: t}}\n";

static const char pipeline[] = "name: p\nlogsources:\n"
			       "  - {product: t, service: flow, class: net.flow}\n"
			       "  - {product: t, service: net, class: [net.arp, net.firewall]}\n"
			       "  - {product: t, service: door, class: door.*}\n"
			       "  - {product: t, service: own, class: asset.new}\n"
			       "  - {product: t, service: win, when: {Channel: A}}\n";

static const char rules[] =
	"title: F\nname: f\nlogsource: {product: t, service: flow}\n"
	"tags: [attack.t1046]\ndetection: {s: {a: 1}, condition: s}\n---\n"
	"title: D\nname: d\nlogsource: {product: t, service: door}\n"
	"detection: {s: {a: 1}, condition: s}\n---\n"
	"title: W\nname: w\nlogsource: {product: t, service: win}\nward: {threat: a.seen}\n"
	"detection: {s: {a: 1}, condition: s}\n---\n"
	"title: N\nname: n\nlogsource: {product: t, service: net}\n"
	"detection: {s: {a: 1}, condition: s}\n---\n"
	"title: O\nname: o\nlogsource: {product: t, service: own}\n"
	"detection: {s: {a: 1}, condition: s}\n---\n"
	"title: C\nname: c\ntags: [attack.t0855]\n"
	"correlation: {type: temporal, rules: [f, d], timespan: 1m}\nlevel: high\n---\n"
	"title: CC\nname: cc\ntags: [attack.t0855]\n"
	"correlation: {type: temporal, rules: [c, d, o], timespan: 1m}\nlevel: high\n---\n"
	"title: Nowhere\nname: u\nlogsource: {product: none}\ntags: [attack.t1999]\n"
	"detection: {s: {a: 1}, condition: s}\n";

struct lab {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_threats *threats;
	struct ward_ruleset *rs;
	struct ward_craft c;
	struct ward_wr w;
};

static void begin(struct lab *l)
{
	struct ward_rule_text file = {"rules", ward_str_bytes(ward_str_z(rules))};
	struct ward_rule_text pipe = {"pipe", ward_str_bytes(ward_str_z(pipeline))};
	struct ward_ruleset_texts texts = {
		.rules = &file, .n_rules = 1, .pipelines = &pipe, .n_pipelines = 1};

	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	assert_int_equal(
		ward_threats_parse(S("threats.yml"), ward_str_bytes(ward_str_z(threats_yml)),
			&l->lim, ward_mem_heap(), &l->diag, &l->threats),
		WARD_OK);
	texts.threats = l->threats;
	assert_int_equal(
		ward_ruleset_parse(&texts, &l->lim, ward_mem_heap(), &l->diag, &l->rs), WARD_OK);
	assert_int_equal(l->diag.n_error, 0);
	l->c = (struct ward_craft){
		.rs = l->rs, .threats = l->threats, .lim = &l->lim, .diag = &l->diag};
	l->w = ward_wr_grow(ward_mem_heap(), 1 << 20);
}

static void end(struct lab *l)
{
	ward_wr_fini(&l->w);
	ward_ruleset_free(l->rs);
	ward_threats_free(l->threats);
	ward_diag_fini(&l->diag);
}

static void test_sensors(void **state)
{
	static const unsigned want[] = {1u << WARD_CRAFT_NET | 1u << WARD_CRAFT_FLOW,
		1u << WARD_CRAFT_FIELD, 1u << WARD_CRAFT_LOG,
		1u << WARD_CRAFT_NET | 1u << WARD_CRAFT_LOG, 1u << WARD_CRAFT_OWN,
		1u << WARD_CRAFT_NET | 1u << WARD_CRAFT_FLOW | 1u << WARD_CRAFT_FIELD,
		1u << WARD_CRAFT_NET | 1u << WARD_CRAFT_FLOW | 1u << WARD_CRAFT_FIELD |
			1u << WARD_CRAFT_OWN};
	struct lab l;

	(void)state;
	begin(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++) {
		assert_int_equal(ward_craft_sensors(l.rs, i), want[i]);
		assert_true(ward_craft_fed(&l.c, i)); /* no hospital: not asked */
	}
	end(&l);
}

static void test_leaves(void **state)
{
	struct lab l;
	uint32_t leaf[8];
	size_t n = 0;

	(void)state;
	begin(&l);
	ward_craft_leaves(l.rs, 6, leaf, WARD_ARRAY_LEN(leaf), &n);
	assert_int_equal(n, 3); /* each once */
	ward_craft_leaves(l.rs, 6, leaf, 1, &n);
	assert_true(n <= 1);
	ward_craft_leaves(l.rs, 2, leaf, WARD_ARRAY_LEN(leaf), &n);
	assert_int_equal(n, 1);
	assert_int_equal(leaf[0], 2);
	end(&l);
}

/* Only what speaks counts: f, d, o are heard by correlations only, u has no pipeline. */
static void test_json(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	ward_craft_cover_json(&l.c, &l.w);
	lab_has(&l.w,
		"{\"kind\":\"threat\",\"code\":\"a.seen\",\"name\":\"Seen\",\"rules\":[\"w\"");
	lab_has(&l.w, "\"code\":\"a.none\",\"name\":\"None\",\"rules\":[],\"sensors\":[]}");
	lab_has(&l.w, "{\"kind\":\"technique\",\"id\":\"T0855\",\"matrix\":\"ics\"");
	lab_has(&l.w, "\"id\":\"T1499\",\"matrix\":\"enterprise\",\"rules\":[]");
	lab_has_not(&l.w, "T1046");
	lab_has_not(&l.w, "T1999");
	end(&l);
}

static void test_table_and_layer(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	struct ward_text t = lab_text(&l.w);

	ward_craft_cover_text(&l.c, &t);
	lab_has(&l.w, "  a.none                      no rule");
	lab_has(&l.w, "1 of 2 threats of the dictionary have a rule.");
	ward_wr_reset(&l.w);
	ward_craft_cover_navigator(&l.c, true, &l.w);
	lab_has(&l.w, "\"domain\":\"ics-attack\"");
	lab_has(&l.w, "\"techniqueID\":\"T0855\",\"score\":1");
	ward_wr_reset(&l.w);
	ward_craft_cover_navigator(&l.c, false, &l.w);
	lab_has(&l.w, "\"domain\":\"enterprise-attack\",\"techniques\":[]");
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_sensors), T(test_leaves), T(test_json), T(test_table_and_layer)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
