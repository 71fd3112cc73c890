/* How far a rule has come: by its own word, by the site's, and what is off. */
#include "dt.h"

/* A speaks for itself, B only through C, which counts two of them; D counts C. */
#define RULES(a, c)                                                                          \
	"title: A\nid: a\nlogsource: {product: t, service: door}\n" a                        \
	"detection: {sel: {k: x}, condition: sel}\n---\n"                                    \
	"title: B\nid: b\nname: rb\nlogsource: {product: t, service: door}\n"                \
	"detection: {sel: {k: y}, condition: sel}\n---\n"                                    \
	"title: C\nid: c\n" c "correlation: {type: event_count, rules: [b], timespan: 5m,\n" \
	"  group-by: [u], condition: {gte: 2}}\ngenerate: false\n"
#define STAGES(body) "---\ntitle: Ours\nstages:\n" body "\n"

/* What a rule says of one x and two y: how many detections, all of this stage. */
static size_t says(const char *rules, const char *rule, enum ward_stage stage)
{
	static struct dt t;
	size_t n = 0;

	dt_start(&t, rules);
	dt_event(&t, "door.x", 0, "{\"k\":\"x\"}");
	dt_event(&t, "door.x", 1, "{\"k\":\"y\",\"u\":\"1\"}");
	dt_event(&t, "door.x", 2, "{\"k\":\"y\",\"u\":\"1\"}");
	for (size_t i = 0; i < t.n_said; i++) {
		if (strcmp(t.said[i].rule, rule) != 0)
			continue;
		assert_int_equal(t.said[i].stage, stage);
		n++;
	}
	dt_end(&t);
	return n;
}

static void by_rule(void **state)
{
	(void)state;
	assert_int_equal(says(RULES("", ""), "a", WARD_STAGE_LIVE), 1);
	assert_int_equal(says(RULES("ward: {stage: live}\n", ""), "a", WARD_STAGE_LIVE), 1);
	assert_int_equal(says(RULES("ward: {stage: notice}\n", ""), "a", WARD_STAGE_NOTICE), 1);
	assert_int_equal(says(RULES("ward: {stage: shadow}\n", ""), "a", WARD_STAGE_SHADOW), 1);
	assert_int_equal(says(RULES("ward: {stage: off}\n", ""), "a", WARD_STAGE_LIVE), 0);
	assert_int_equal(says(RULES("", "ward: {stage: shadow}\n"), "c", WARD_STAGE_SHADOW), 1);
	assert_int_equal(says(RULES("", "ward: {stage: off}\n"), "c", WARD_STAGE_LIVE), 0);
}

static void by_site(void **state)
{
	(void)state;
	assert_int_equal(says(RULES("", "") STAGES("  shadow: [a]"), "a", WARD_STAGE_SHADOW), 1);
	assert_int_equal(says(RULES("", "") STAGES("  shadow: a"), "a", WARD_STAGE_SHADOW), 1);
	/* over the rule's own word, both ways */
	assert_int_equal(
		says(RULES("ward: {stage: off}\n", "") STAGES("  live: [a]"), "a", WARD_STAGE_LIVE),
		1);
	assert_int_equal(
		says(RULES("ward: {stage: live}\n", "") STAGES("  off: [a]"), "a", WARD_STAGE_LIVE),
		0);
	/* what is off says nothing itself; the correlation over it goes on */
	assert_int_equal(
		says(RULES("", "") STAGES("  off: [rb]\n  notice: [c]"), "c", WARD_STAGE_NOTICE),
		1);
}

/* A rule that only a correlation hears stays silent when that is off. */
static void nothing_comes_out(void **state)
{
	(void)state;
	assert_int_equal(says(RULES("", "") STAGES("  off: [c]"), "b", WARD_STAGE_LIVE), 0);
}

static void mistakes(void **state)
{
	static const struct {
		const char *text, *what;
		uint32_t line;
	} bad[] = {{STAGES("  shadow: [nobody]"), "no loaded rule has the id or name 'nobody'", 20},
		{STAGES("  shaddow: [a]"), "there is no stage 'shaddow'", 20},
		{STAGES("  off: [a]\n  shadow: [a]"), "rule 'a' has a stage by", 21},
		{STAGES("  off: [[a]]"), "named by its id or name", 20},
		{"---\nstages: [a]\n", "'stages' must be a map", 18},
		{STAGES("  off: [a]\nsatges: 1"), "'satges' means nothing", 21}};
	static struct dt t;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char rules[2048];
		bool found = false;

		(void)snprintf(rules, sizeof(rules), "%s%s", RULES("", ""), bad[i].text);
		dt_load(&t, rules);
		assert_int_equal(ward_ruleset_counts(t.rs).n_refused, 0); /* the rules hold */
		assert_int_equal(ward_ruleset_counts(t.rs).n, 3);         /* it is no rule */
		for (size_t k = 0; k < t.diag.n; k++)
			found |= t.diag.item[k].level == WARD_DIAG_ERROR &&
				 t.diag.item[k].line == bad[i].line && t.diag.item[k].mend.len &&
				 ward_str_find(t.diag.item[k].what, ward_str_z(bad[i].what)) !=
					 SIZE_MAX;
		if (!found)
			fail_msg("%s: not '%s' (%u)", bad[i].text, bad[i].what,
				t.diag.n ? t.diag.item[0].line : 0);
		dt_end(&t);
	}
}

static void counts(void **state)
{
	static struct dt t;
	const struct ward_ruleset_counts *n;
	struct ward_ruleset_counts c;

	(void)state;
	dt_load(&t, RULES("ward: {stage: notice}\n", "") STAGES("  shadow: [c]\n  off: [b]"));
	c = ward_ruleset_counts(t.rs);
	n = &c;
	assert_int_equal(n->n_stage[WARD_STAGE_LIVE], 0);
	assert_int_equal(n->n_stage[WARD_STAGE_NOTICE], 1);
	assert_int_equal(n->n_stage[WARD_STAGE_SHADOW], 1);
	assert_int_equal(n->n_stage[WARD_STAGE_OFF], 1);
	assert_int_equal(n->n_unmapped, 0);
	assert_int_equal(ward_ruleset_rule(t.rs, 2).stage, WARD_STAGE_SHADOW);
	dt_end(&t);
	/* off and waited for by nobody: not tried at all, and not missed */
	dt_load(&t, RULES("", "") STAGES("  off: [a, b, c]"));
	assert_int_equal(ward_ruleset_counts(t.rs).n_stage[WARD_STAGE_OFF], 3);
	assert_int_equal(ward_ruleset_counts(t.rs).n_unmapped, 0);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_rule), cmocka_unit_test(by_site),
		cmocka_unit_test(nothing_comes_out), cmocka_unit_test(mistakes),
		cmocka_unit_test(counts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
