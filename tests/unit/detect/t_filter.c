/* Sigma filters; what is of Sigma 1 and how it is written now; what became of each rule. */
#include "dt.h"

#include "detect/unseen.h"

#define RULES                                                                           \
	"title: A\nid: a\nname: ra\nlogsource: {product: t, service: door}\n"           \
	"detection: {sel: {k: x}, condition: sel or more, more: {k: y}}\n---\n"         \
	"title: B\nid: b\nlogsource: {product: t, service: win}\n"                      \
	"detection: {sel: {k: x}, condition: sel}\n---\n"                               \
	"title: C\nid: c\ncorrelation: {type: event_count, rules: [a], timespan: 5m,\n" \
	"  group-by: [u], condition: {gte: 1}}\ngenerate: true\n"
#define FILTER(source, body) "title: F\nid: f\nlogsource: " source "\nfilter:\n" body "\n"
#define DOOR "{product: t, service: door}"

/* Does rule A say something of this event, with the filter? */
static bool said(const char *rules, const char *fields)
{
	static struct dt t;
	bool ret = false;

	dt_start(&t, rules);
	dt_event(&t, "door.x", 0, fields);
	for (size_t i = 0; i < t.n_said; i++)
		ret |= !strcmp(t.said[i].rule, "a");
	dt_end(&t);
	return ret;
}

static void excepts(void **state)
{
	static const char *const refs[] = {
		"rules: [a]", "rules: [ra]", "rules: ra", "rules: any", "rules: [all]"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(refs); i++) {
		char rules[2048];

		/* the filter's names are its own: both have a "sel" */
		(void)snprintf(rules, sizeof(rules),
			RULES "---\n" FILTER(DOOR,
				"  %s\n  sel: {u|startswith: adm_}\n  condition: not 1 of sel*"),
			refs[i]);
		assert_true(said(rules, "{\"k\":\"x\",\"u\":\"bob\"}"));
		assert_false(said(rules, "{\"k\":\"x\",\"u\":\"adm_1\"}"));
		assert_true(said(rules, "{\"k\":\"y\"}"));
		assert_false(said(rules, "{\"k\":\"y\",\"u\":\"adm_1\"}"));
		assert_false(said(rules, "{\"k\":\"z\"}"));
	}
	/* two filters, and an OR in one: it does not reach into the rule */
	assert_false(said(RULES
		"---\n" FILTER(DOOR, "  rules: [a]\n  s: {u: p}\n  condition: not s or not "
				     "s") "---\ntitle: G\nlogsource: " DOOR
					  "\nfilter: {rules: [a], s: {u: q}, condition: "
					  "not s}\n",
		"{\"k\":\"x\",\"u\":\"q\"}"));
	assert_false(said(RULES "---\n" FILTER(DOOR, "  rules: [a]\n  s: {u: p}\n  v: {u: q}\n"
						     "  condition: not (s or v)"),
		"{\"k\":\"x\",\"u\":\"p\"}"));
}

/* A condition without `not` lets only through what it matches (as pySigma), and is told. */
static void lets_through(void **state)
{
	static struct dt t;

	(void)state;
	dt_load(&t, RULES "---\n" FILTER(DOOR, "  rules: [a]\n  s: {u: p}\n  condition: s"));
	assert_int_equal(t.diag.n_error, 0);
	assert_int_equal(t.diag.n_warning, 1);
	assert_int_equal(ward_ruleset_rule(t.rs, 3).state, WARD_RULE_WARNED);
	assert_string_equal(ward_ruleset_rule(t.rs, 3).reason, "filter lets through");
	assert_true(ward_ruleset_rule(t.rs, 3).filter);
	assert_int_equal(ward_ruleset_rule(t.rs, 0).n_filter, 1);
	assert_int_equal(ward_ruleset_counts(t.rs).n_filter, 1);
	assert_int_equal(ward_ruleset_counts(t.rs).n_unmapped, 0);
	dt_detector(&t);
	dt_event(&t, "door.x", 0, "{\"k\":\"x\",\"u\":\"q\"}");
	assert_int_equal(t.n_said, 0);
	dt_event(&t, "door.x", 0, "{\"k\":\"x\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 2);
	dt_end(&t);
}

static void refused(const char *filter, uint32_t line, const char *what, const char *reason)
{
	static struct dt t;
	char rules[2048];

	(void)snprintf(rules, sizeof(rules), "%s" RULES, filter);
	dt_load(&t, rules);
	struct ward_rule_info f = ward_ruleset_rule(t.rs, 0);

	assert_true(f.refused);
	assert_int_equal(f.state, WARD_RULE_REFUSED);
	assert_string_equal(f.reason, reason);
	assert_int_equal(ward_ruleset_counts(t.rs).n_refused, 1);
	assert_int_equal(ward_ruleset_rule(t.rs, 1).n_filter, 0);
	assert_int_equal(t.diag.item[0].line, line);
	if (ward_str_find(t.diag.item[0].what, ward_str_z(what)) == SIZE_MAX)
		fail_msg("%.*s", WARD_STR_ARG(t.diag.item[0].what));
	assert_true(t.diag.item[0].mend.len > 0);
	dt_end(&t);
}

static void mistakes(void **state)
{
	(void)state;
	refused(FILTER(DOOR, "  s: {u: p}\n  condition: not s") "---\n", 4, "needs 'rules'",
		"filter");
	refused(FILTER(DOOR, "  rules: [a, nobody]\n  s: {u: p}\n  condition: not s") "---\n", 5,
		"'nobody'", "filter reference");
	refused(FILTER(DOOR, "  rules: [c]\n  s: {u: p}\n  condition: not s") "---\n", 5,
		"correlation", "filter reference");
	refused(FILTER(DOOR, "  rules: [a, b]\n  s: {u: p}\n  condition: not s") "---\n", 5,
		"another logsource", "filter reference");
	refused(FILTER(DOOR, "  rules: [f]\n  s: {u: p}\n  condition: not s") "---\n", 5, "'f'",
		"filter reference");
	refused(FILTER(DOOR, "  rules: [a]\n  s: {u: p}") "---\n", 4, "no condition", "condition");
	refused(FILTER(DOOR, "  rules: [a]\n  s: {u: p}\n  condition: not q") "---\n", 7, "'q'",
		"condition");
	refused("title: F\nfilter: {rules: [a], s: {u: p}, condition: not s}\n---\n", 1,
		"logsource", "no logsource");
	refused("title: F\nlogsource: " DOOR "\nfilter: nothing\n---\n", 3, "map", "filter");
}

/* What Sigma 1 counted: the text that is given loads, and finds. */
static void sigma_1(void **state)
{
	static const struct {
		const char *condition, *mend;
	} cases[] = {
		{"s | count() by u > 2", "condition: {gt: 2}"},
		{"s | count(h) by u, v >= 3", "type: value_count, rules: ['a']"},
		{"s | sum(n) by u > 2", "condition: {field: 'n', gt: 2}"},
		{"s | count()>2", "group-by: []"},
		{"s | near other and third and not fourth", "ward: {without: ['fourth']}"},
	};
	static struct dt t, again;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		char rules[2048];

		(void)snprintf(rules, sizeof(rules),
			"title: It's A\nid: a\nlogsource: {product: t}\ndetection:\n  s: {k: a}\n"
			"  timeframe: 5m\n  condition: '%s'\n",
			cases[i].condition);
		dt_load(&t, rules);
		assert_int_equal(t.diag.n_error, 1);
		assert_string_equal(ward_ruleset_rule(t.rs, 0).reason, "aggregation (Sigma 1)");
		struct ward_str mend = t.diag.item[0].mend;
		size_t at = ward_str_find(mend, S("{title:"));

		if (at == SIZE_MAX || ward_str_find(mend, ward_str_z(cases[i].mend)) == SIZE_MAX)
			fail_msg("%.*s", WARD_STR_ARG(mend));
		(void)snprintf(rules, sizeof(rules),
			"title: A\nid: a\nname: s\nlogsource: {product: t}\n"
			"detection: {s: {k: a}, condition: s}\n---\n"
			"title: O\nname: other\nlogsource: {product: t}\n"
			"detection: {s: {k: b}, condition: s}\n---\n"
			"title: T\nname: third\nlogsource: {product: t}\n"
			"detection: {s: {k: b}, condition: s}\n---\n"
			"title: F\nname: fourth\nlogsource: {product: t}\n"
			"detection: {s: {k: c}, condition: s}\n---\n%.*s\n",
			WARD_STR_ARG(ward_str_sub(mend, at, mend.len)));
		dt_start(&again, rules);
		for (int k = 0; k < 4; k++) {
			char f[128];

			(void)snprintf(f, sizeof(f),
				"{\"k\":\"%c\",\"u\":\"p\",\"v\":1,\"h\":\"%d\",\"n\":1}",
				k == 3 ? 'b' : 'a', k);
			dt_event(&again, "x", k * 90, f);
		}
		assert_int_equal(
			ward_detector_tick(again.det, WARD_NS_NEVER, dt_sink, &again), WARD_OK);
		size_t n = 0;

		for (size_t k = 0; k < again.n_said; k++)
			n += !strcmp(again.said[k].rule, "It's A");
		assert_true(n > 0);
		dt_end(&again);
		dt_end(&t);
	}
}

struct waits {
	const struct ward_ruleset *rs;
	char text[512];
};

static void on_unseen(void *ctx, size_t i, struct ward_str field)
{
	struct waits *w = ctx;
	size_t n = strlen(w->text);

	(void)snprintf(w->text + n, sizeof(w->text) - n, "%.*s:%.*s ",
		WARD_STR_ARG(ward_ruleset_rule(w->rs, i).id), WARD_STR_ARG(field));
}

static void in_vain(void **state)
{
	static struct dt t;
	struct waits w = {.text = ""};

	(void)state;
	dt_load(&t, "title: A\nid: a\nlogsource: {product: t, service: door}\n"
		    "detection: {s: {k: x, u: 1}, v: {u: 2, w: 3}, condition: s or v}\n---\n"
		    "title: M\nid: m\nlogsource: {product: t, category: mapped}\n"
		    "detection: {s: {Image: x}, condition: s}\n---\n"
		    "title: W\nid: w\nlogsource: {product: t, service: win}\n"
		    "detection: {s: {k: x}, condition: s}\n---\n"
		    "title: N\nid: n\nlogsource: {product: nobody}\n"
		    "detection: {s: {k: x}, condition: s}\n");
	dt_detector(&t);
	assert_int_equal(ward_ruleset_rule(t.rs, 3).state, WARD_RULE_WARNED);
	assert_string_equal(ward_ruleset_rule(t.rs, 3).reason, "no pipeline");
	w.rs = t.rs;
	dt_event(&t, "door.x", 0, "{\"k\":\"x\"}");
	ward_detector_unseen(t.det, on_unseen, &w);
	assert_string_equal(w.text, "a:u a:w m:Image w: ");
	w.text[0] = 0;
	dt_event(&t, "door.x", 1, "{\"NewName\":\"x\",\"u\":2}");
	ward_detector_unseen(t.det, on_unseen, &w);
	assert_string_equal(w.text, "a:w w: ");
	dt_end(&t);
}

/* What a correlation groups by or counts, as its members call it; told once, in the course of time.
 */
static void in_vain_correlated(void **state)
{
	static struct dt t;
	struct waits w = {.text = ""};
	struct ward_unseen u;
	const ward_ns begin = 1700000000 * WARD_NS_PER_S, hour = 3600 * WARD_NS_PER_S;
	size_t n_source = 0, due = 0;

	(void)state;
	dt_load(&t, "title: A\nid: a\nname: ra\nlogsource: {product: t, service: door}\n"
		    "detection: {s: {k: x}, condition: s}\n---\n"
		    "title: B\nid: b\nname: rb\nlogsource: {product: t, service: door}\n"
		    "detection: {s: {k: y}, condition: s}\n---\n"
		    "title: W\nid: w\nname: rw\nlogsource: {product: t, service: win}\n"
		    "detection: {s: {k: y}, condition: s}\n---\n"
		    "title: C\nid: c\ncorrelation:\n  type: value_count\n  rules: [ra, rb, rw]\n"
		    "  group-by: [g]\n  timespan: 1m\n  condition: {gte: 3, field: f}\n"
		    "  aliases: {g: {ra: g, rb: h, rw: g}}\n");
	dt_detector(&t);
	w.rs = t.rs;
	dt_event(&t, "door.x", 0, "{\"k\":\"x\"}");
	ward_detector_unseen(t.det, on_unseen, &w);
	assert_string_equal(w.text, "w: c:g c:h c:f ");
	w.text[0] = 0;
	dt_event(&t, "door.x", 1, "{\"k\":\"x\",\"g\":1,\"f\":2}");
	ward_detector_unseen(t.det, on_unseen, &w);
	assert_string_equal(w.text, "w: c:h ");
	ward_unseen_init(&u, ward_mem_heap());
	w.text[0] = 0;
	for (ward_ns i = 0; i < 2 * WARD_UNSEEN_EVENTS; i++)
		due += ward_unseen_due(&u, begin + i * (hour / WARD_UNSEEN_EVENTS));
	assert_int_equal(due, 1); /* of two hours, the first passed */
	assert_int_equal(ward_unseen_look(&u, t.det, on_unseen, &w, &n_source), WARD_OK);
	assert_string_equal(w.text, "c:h ");
	assert_int_equal(n_source, 1);
	assert_false(ward_unseen_due(&u, begin + 24 * hour));
	assert_true(ward_unseen_due(&u, begin + 26 * hour));
	assert_int_equal(ward_unseen_look(&u, t.det, on_unseen, &w, &n_source), WARD_OK);
	assert_string_equal(w.text, "c:h ");
	assert_int_equal(n_source, 0);
	ward_unseen_fini(&u);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(excepts), T(lets_through), T(mistakes), T(sigma_1),
		T(in_vain), T(in_vain_correlated)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
