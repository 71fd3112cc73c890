#include "dt.h"

#define HEAD "title: T\nid: x\nlogsource: {product: t, service: door}\n"

/* One rule that must be refused, with its line and words of the finding; a good one beside it must
 * load. */
static void refused(const char *rule, uint32_t line, const char *words, const char *reason)
{
	static struct dt t;
	char text[4096];

	(void)snprintf(text, sizeof(text),
		"%s\n---\ntitle: G\nid: good\nlogsource: {product: t, service: door}\n"
		"detection: {s: {a: 1}, condition: s}\n",
		rule);
	dt_load(&t, text);
	struct ward_ruleset_counts c = ward_ruleset_counts(t.rs);

	assert_int_equal(c.n, 2);
	assert_int_equal(c.n_refused, 1);
	assert_int_equal(c.n_loaded, 1);
	assert_true(t.diag.n_error >= 1);
	assert_true(ward_ruleset_rule(t.rs, 0).refused);
	assert_string_equal(ward_ruleset_rule(t.rs, 0).reason, reason);
	assert_false(ward_ruleset_rule(t.rs, 1).refused);
	const struct ward_diag_item *d = &t.diag.item[0];

	assert_int_equal(d->line, line);
	if (ward_str_find(d->what, ward_str_z(words)) == SIZE_MAX)
		fail_msg("'%.*s' has no '%s'", WARD_STR_ARG(d->what), words);
	assert_true(ward_str_ends(d->file, S("rules.yml")));
	assert_true(d->mend.len > 0);
	dt_end(&t);
}

static void features(void **state)
{
	(void)state;
	refused(HEAD "detection:\n  s:\n    a|contain: x\n  condition: s", 6,
		"no modifier 'contain'", "unknown modifier");
	refused(HEAD "detection:\n  s:\n    a|contains|re: x\n  condition: s", 6, "behind",
		"modifiers that exclude each other");
	refused(HEAD "detection:\n  s:\n    a|re: '(?=x)'\n  condition: s", 6, "character 3",
		"regular expression");
	refused("title: T\naction: global", 1, "Sigma 1", "action (Sigma 1)");
	refused(HEAD "detection:\n  s: {a: 1}\n  timeframe: 5m\n  condition: s", 6, "Sigma 1",
		"timeframe (Sigma 1)");
	refused(HEAD "detection:\n  s: {a: 1}\n  condition: s | count() > 5", 6, "aggregation",
		"aggregation (Sigma 1)");
}

/* A slip of the hand is no key of one's own. */
static void keys(void **state)
{
	static const struct {
		const char *rule;
		uint32_t line;
		const char *word;
	} row[] = {
		{HEAD "levle: high\ndetection: {s: {a: 1}, condition: s}", 4, "'levle'"},
		{HEAD "Level: high\ndetection: {s: {a: 1}, condition: s}", 4, "'Level'"},
		{HEAD "tag: [a]\ndetection: {s: {a: 1}, condition: s}", 4, "'tag'"},
		{"title: T\nlogsource: {product: t, catagory: mapped}\n"
		 "detection: {s: {a: 1}, condition: s}",
			2, "'catagory'"},
		{HEAD "detecton: {s: {a: 1}, condition: s}", 4, "'detecton'"},
	};
	static struct dt t;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++)
		refused(row[i].rule, row[i].line, row[i].word, "unknown key");
	dt_load(&t, HEAD "data: {x: 1}\nscore: 5\nmy_team: blue\n"
			 "detection: {s: {a: 1}, condition: s}\n---\n"
			 "title: U\nlogsource: {product: t, service: door, site: s}\n"
			 "date: 2026-01-01\nscope: [server]\n"
			 "detection: {s: {a: 1}, condition: s}\n");
	assert_int_equal(ward_ruleset_counts(t.rs).n_loaded, 2);
	assert_int_equal(ward_ruleset_counts(t.rs).n_warned, 2);
	assert_int_equal(t.diag.n_warning, 4);
	assert_string_equal(ward_ruleset_rule(t.rs, 0).reason, "unknown key");
	assert_non_null(strstr(t.diag.item[3].what.p, "'site'"));
	dt_end(&t);
}

/* Automata that would be slow for everybody; repetitions of repetitions, and many small ones. */
static void heavy(void **state)
{
	static const char *const bad[] = {"(a{1,1000}){1,1000}", "((a{30}){30}){30}",
		"((((((a{10}){10}){10}){10}){10}){10}){10}", "((x|y){99}){99}", "(.{0,1000}b){9}",
		"[a-z]{1000}[^a-z]{1000}.{1000}\\w{1000}\\d{1000}\\s{1000}a{1000}b{1000}c{1000}"};
	static struct dt t;
	char text[4096];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		(void)snprintf(text, sizeof(text),
			HEAD "detection:\n  s:\n    a|re: '%s'\n  condition: s", bad[i]);
		refused(text, 6, "regular expression", "regular expression");
	}
	/* ten of 900 states in one rule: the one that is too many is named */
	n = (size_t)snprintf(text, sizeof(text), HEAD "detection:\n  s:\n    a|re:\n");
	for (int i = 0; i < 10; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "      - 'x{900}%d'\n", i);
	(void)snprintf(text + n, sizeof(text) - n, "  condition: s");
	refused(text, 16, "detect.regex, 8192", "regular expression");
	/* what the corpus' widest ones are like is fine */
	dt_load(&t, HEAD "detection:\n  s:\n    a|re: ['.{1000,}', '(.){200,}', '(a{9}b){9}']\n"
			 "  condition: s\n");
	assert_int_equal(ward_ruleset_counts(t.rs).n_loaded, 1);
	dt_end(&t);
}

/* What the parser works in is given back: thousands of big ones that come to nothing leave the
 * other rules their memory. */
static void heavy_file(void **state)
{
	static struct dt t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);

	(void)state;
	ward_wr_z(&w, HEAD "detection:\n  s:\n    a|re: '");
	for (int i = 0; i < 6000; i++)
		ward_wr_z(&w, "(a{999}b{999}c{999}d{999}){0}");
	ward_wr_z(&w, "'\n  condition: s\n---\ntitle: G\nid: good\nlogsource: {product: t}\n"
		      "detection: {s: {a: 1}, condition: s}\n");
	ward_wr_u8(&w, 0);
	dt_load(&t, (const char *)w.p);
	assert_int_equal(ward_ruleset_counts(t.rs).n_refused, 1);
	assert_int_equal(ward_ruleset_counts(t.rs).n_loaded, 1);
	assert_int_equal(t.diag.item[0].line, 6);
	ward_wr_fini(&w);
	dt_end(&t);
}

static void mistakes(void **state)
{
	(void)state;
	refused(HEAD "detection:\n  s:\n    a: [x, null]\n  condition: s", 6, "null", "bad value");
	refused(HEAD "detection:\n  s:\n    a|contains|all: x\n  condition: s", 6, "single",
		"bad value");
	refused(HEAD "detection:\n  s:\n    a|cidr: 10.0.0.0/33\n  condition: s", 6, "network",
		"bad value");
	refused(HEAD "detection:\n  s:\n    a|gt: x\n  condition: s", 6, "number", "bad value");
	refused(HEAD "detection:\n  s:\n    a|exists: maybe\n  condition: s", 6, "true or false",
		"bad value");
	refused(HEAD "detection:\n  s:\n    a: []\n  condition: s", 6, "empty", "bad value");
	refused(HEAD "detection:\n  s:\n    a: {b: c}\n  condition: s", 6, "value must be",
		"bad value");
	refused(HEAD "detection:\n  s: {a: 1}\n  condition: q", 6, "'q'", "condition");
	refused(HEAD "detection:\n  s: {a: 1}", 4, "no condition", "condition");
	refused("title: T\ndetection: {s: {a: 1}, condition: s}", 1, "logsource", "no logsource");
	refused("title: T\nlogsource: {product: t}", 1, "either", "no detection");
	refused("id: x\nlogsource: {product: t}\ndetection: {s: {a: 1}, condition: s}", 1, "title",
		"no title");
	refused(HEAD "level: severe\ndetection: {s: {a: 1}, condition: s}", 4, "'severe'", "level");
	refused(HEAD "taxonomy: mine\ndetection: {s: {a: 1}, condition: s}", 4, "'mine'",
		"taxonomy");
	refused(HEAD "ward: {asset: a, thret: x}\ndetection: {s: {a: 1}, condition: s}", 4, "thret",
		"ward map");
}

#define CORR(body) \
	"title: C\nid: c\ncorrelation:\n  rules: [good]\n  group-by: [a]\n  timespan: 5m\n" body

static void correlations(void **state)
{
	(void)state;
	refused(CORR("  type: value_count\n  condition: {gte: 3}"), 8, "field",
		"correlation condition");
	refused(CORR("  type: value_count\n  condition: {gte: 3, field: {b: 1}}"), 8, "field",
		"correlation condition");
	refused(CORR("  type: event_count\n  condition: {gte: 2}\nward: {jitter_permille: 100}"), 9,
		"jitter_permille", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 5}\nward: {jitter_permille: 5000}"),
		9, "1 to 999", "ward map");
	refused(HEAD "ward: {stage: perhaps}\ndetection: {s: {a: 1}, condition: s}", 4, "stage",
		"ward map");
	refused(HEAD "ward: {jitter_permille: 9}\ndetection: {s: {a: 1}, condition: s}", 4,
		"for correlations", "ward map");
	refused(CORR("  type: value_sum\n  condition: {gte: 3}"), 8, "field",
		"correlation condition");
	refused(CORR("  type: value_sum\n  condition: {field: b}"), 8, "compares with nothing",
		"correlation condition");
	refused(CORR("  type: value_avg\n  condition: {gte: 3, field: [b, c]}"), 8, "several",
		"correlation condition");
	refused(CORR("  type: value_avg\n  condition: {gte: 0.0005, field: b}"), 8,
		"needs a number", "correlation");
	refused(CORR("  type: value_avg\n  condition: {gt: 5, lt: 5, field: b}"), 8, "no number",
		"correlation condition");
	refused(CORR("  type: value_percentile\n  condition: {percentile: 0, gt: 5, field: b}"), 8,
		"1 to 100", "correlation condition");
	refused(CORR("  type: value_percentile\n  condition: {gt: 100, field: b}"), 8, "percent",
		"correlation condition");
	refused(CORR("  type: value_count\n  condition: {gte: 4097, field: b}"), 8,
		"different values", "correlation condition");
	refused(CORR("  type: value_sum\n  condition: {percentile: 5, gt: 5, field: b}"), 8,
		"'percentile'", "correlation condition");
	refused(CORR("  type: value_median\n  condition: {gt: 5, field: b}"), 7, "'value_median'",
		"correlation");
	refused(CORR("  type: temporal\n  condition: {gte: 2}"), 8, "at most 1 rules",
		"correlation condition");
	refused(CORR("  type: temporal_ordered\n  condition: {lte: 1}"), 8, "in order",
		"correlation condition");
	refused(CORR("  type: event_count\n  condition: {eq: 3, neq: 3}"), 8, "no count",
		"correlation condition");
}

/* What is ours in a correlation, and its references. */
static void correlations_ours(void **state)
{
	(void)state;
	refused(CORR("  type: event_count\n  condition: {gte: 3}\nward: {near: {hops: 9}}"), 9,
		"hops", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\nward: {near: {hops: 2, via: "
		     "to}}"),
		9, "relation", "ward map");
	refused(CORR("  type: value_sum\n  condition: {gte: 3, field: b}\nward: {near: {hops: 2}}"),
		9, "'near' is for", "ward map");
	refused(CORR("  type: value_sum\n  condition: {gte: 3, field: b}\nward: {without: [x]}"), 9,
		"'without' is for", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\nward: {without: {x: y}}"), 9,
		"'without' takes", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\nward: {without: [none]}"), 9,
		"'none'", "correlation reference");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\nward: {without: [good]}"), 9,
		"twice", "correlation reference");
	refused(CORR("  type: event_count\n  condition: {gte: 1}\nward: {not_after: {within: 5m, "
		     "rules: {}}}"),
		9, "'not_after' takes", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 1}\nward: {not_after: {rules: "
		     "good}}"),
		9, "needs rules, and a time", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 1}\nward: {not_after: {rules: good, "
		     "within: soon}}"),
		9, "needs rules, and a time", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 2}\nward: {not_after: {rules: good, "
		     "within: 5m}}"),
		9, "'not_after' is for", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 1}\nward: {not_after: {rules: good, "
		     "within: 5s}}"),
		9, "no shorter", "ward map");
	refused(HEAD "ward: {not_after: {rules: good, within: 5m}}\n"
		     "detection: {s: {a: 1}, condition: s}",
		4, "for correlations", "ward map");
	refused(HEAD "ward: {without: [good]}\ndetection: {s: {a: 1}, condition: s}", 4,
		"for correlations", "ward map");
	refused(CORR("  type: event_count\n  condition: {gte: 3, field: b}"), 8, "'field'",
		"correlation condition");
	refused(CORR("  type: often\n  condition: {gte: 3}"), 7, "'often'", "correlation");
	refused(CORR("  type: event_count\n  condition: {lt: 1}"), 8, "no count",
		"correlation condition");
	refused(CORR("  type: event_count\n  condition: {gte: 9, lte: 3}"), 8, "no count",
		"correlation condition");
	refused(CORR("  type: event_count"), 3, "condition", "correlation");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\n  within: 3"), 9, "'within'",
		"correlation");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\n  generate: yes"), 9,
		"true or false", "correlation");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\ngenerate: [true]"), 9,
		"true or false", "correlation");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\n  aliases: x"), 9, "a map",
		"correlation aliases");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\n  aliases: {a: {}}"), 9,
		"no field of the rule 'good'", "correlation aliases");
	refused(CORR("  type: event_count\n  condition: {gte: 3}\n  aliases: {q: {good: z}}"), 9,
		"alias 'q'", "correlation aliases");
	refused("title: C\nid: c\ncorrelation: {type: event_count, rules: [none], timespan: 5m,\n"
		"  group-by: [a], condition: {gte: 2}}",
		3, "'none'", "correlation reference");
	refused("title: C\nid: c\ncorrelation: {type: event_count, rules: [good], timespan: 5,\n"
		"  group-by: [a], condition: {gte: 2}}",
		3, "timespan", "correlation");
	refused("title: C\nid: c\ncorrelation: {type: event_count, rules: [c], timespan: 5m,\n"
		"  group-by: [a], condition: {gte: 2}}",
		1, "refers to itself", "correlation reference");
}

/* A circle refuses all who are in it and who stand above it; what is beside it loads. */
static void circle(void **state)
{
	static struct dt t;

	(void)state;
	dt_load(&t,
		"title: G\nname: g\nlogsource: {product: t}\n"
		"detection: {s: {a: 1}, condition: s}\n---\n"
		"title: C\nname: c\ncorrelation: {type: temporal, rules: [g, d], timespan: 5m,\n"
		"  group-by: [a]}\n---\n"
		"title: D\nname: d\ncorrelation: {type: temporal, rules: [e], timespan: 5m,\n"
		"  group-by: [a]}\n---\n"
		"title: E\nname: e\ncorrelation: {type: temporal, rules: [d], timespan: 5m,\n"
		"  group-by: [a]}\n---\n"
		"title: F\nname: f\ncorrelation: {type: temporal, rules: [g], timespan: 5m,\n"
		"  group-by: [a]}\n");
	assert_int_equal(ward_ruleset_counts(t.rs).n_refused, 3);
	assert_string_equal(ward_ruleset_rule(t.rs, 2).reason, "correlation reference");
	assert_true(ward_ruleset_rule(t.rs, 1).refused);
	assert_false(ward_ruleset_rule(t.rs, 4).refused);
	dt_end(&t);
}

static void said_of_rules(void **state)
{
	static struct dt t;

	(void)state;
	dt_load(&t, "title: U\nid: u\nlogsource: {product: nobody}\n"
		    "detection: {s: {a: 1}, condition: s}\n---\n"
		    "title: M\nid: m\nname: member\nlogsource: {product: t}\n"
		    "detection: {s: {a: 1}, condition: s}\n---\n"
		    "title: C\ncorrelation: {type: event_count, rules: [member], timespan: 5m,\n"
		    "  group-by: [a], condition: {gte: 2}}\n---\n"
		    "title: D\nid: M\nlogsource: {product: t}\n"
		    "detection: {s: {a: 1}, condition: s}\n");
	struct ward_ruleset_counts c = ward_ruleset_counts(t.rs);

	assert_int_equal(c.n, 4);
	assert_int_equal(c.n_unmapped, 1);
	assert_int_equal(c.n_corr, 1);
	assert_int_equal(c.n_refused, 1); /* the id again, in capitals */
	assert_true(ward_ruleset_rule(t.rs, 0).unmapped);
	assert_true(ward_ruleset_rule(t.rs, 1).silent);
	assert_string_equal(ward_ruleset_rule(t.rs, 3).reason, "duplicate");
	assert_int_equal(t.diag.n_warning, 1);
	dt_end(&t);
}

/* Among many: by an id without case, by a name with it; of two with one word the first. */
static void found_by_id_and_name(void **state)
{
	enum { RULES = 200 };
	static struct dt t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	for (int i = 0; i < RULES; i++)
		ward_wr_printf(&w,
			"title: T%d\nid: r%d\nname: n%d\nlogsource: {product: t}\n"
			"detection: {s: {a: 1}, condition: s}\n---\n",
			i, i, i);
	ward_wr_z(&w, "title: T\nid: n3\nlogsource: {product: t}\n"
		      "detection: {s: {a: 1}, condition: s}\n");
	ward_wr_ch(&w, 0);
	assert_false(ward_wr_bad(&w));
	dt_load(&t, (const char *)w.p);
	assert_int_equal(ward_ruleset_counts(t.rs).n_refused, 0);
	for (int i = 0; i < RULES; i++) {
		char ref[16];

		(void)snprintf(ref, sizeof(ref), "R%d", i);
		assert_int_equal(ward_ruleset_find(t.rs, ward_str_z(ref)), i);
		(void)snprintf(ref, sizeof(ref), "n%d", i);
		assert_int_equal(ward_ruleset_find(t.rs, ward_str_z(ref)), i);
		(void)snprintf(ref, sizeof(ref), "N%d", i);
		assert_true(
			ward_ruleset_find(t.rs, ward_str_z(ref)) == (i == 3 ? RULES : WARD_NONE));
	}
	assert_true(ward_ruleset_find(t.rs, WARD_STR("")) == WARD_NONE);
	dt_end(&t);
	ward_wr_fini(&w);
}

/* A tag of Ward's that it does not know is warned of, and the rule goes on. */
static void tags_ours(void **state)
{
	static struct dt t;

	(void)state;
	dt_load(&t, HEAD "tags: [attack.t0855, team.blue, ward.broken, ward.unconfirmed,\n"
			 "  ward.confirms,\n  ward.unconfimed]\n"
			 "detection: {s: {a: 1}, condition: s}\n");
	assert_int_equal(ward_ruleset_counts(t.rs).n_loaded, 1);
	assert_int_equal(ward_ruleset_counts(t.rs).n_warned, 1);
	assert_int_equal(t.diag.n_warning, 1);
	assert_int_equal(t.diag.item[0].line, 6);
	assert_non_null(strstr(t.diag.item[0].what.p, "'ward.unconfimed'"));
	dt_end(&t);
}

/* A file that is no YAML and a path that is not there are findings; the rest loads. */
static void bad_files(void **state)
{
	static struct dt t;

	(void)state;
	dt_load(&t, "title: [T\n");
	assert_int_equal(ward_ruleset_counts(t.rs).n, 0);
	assert_true(t.diag.n_error >= 1);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(features), T(keys), T(heavy), T(heavy_file),
		T(mistakes), T(correlations), T(correlations_ours), T(circle), T(said_of_rules),
		T(found_by_id_and_name), T(tags_ours), T(bad_files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
