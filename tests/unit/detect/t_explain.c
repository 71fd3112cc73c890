/* Why a detection was raised: selection, field, value and what was asked; of correlations the rules
 * and the measure. */
#include "dt.h"

#include "base/rd.h"

static struct ward_wr json;

static void to_json(void *ctx, const struct ward_detection *d)
{
	dt_sink(ctx, d);
	ward_wr_reset(&json);
	ward_detection_write_json(d, NULL, &json);
	ward_wr_u8(&json, 0);
	assert_false(ward_wr_bad(&json));
}

static void event(struct dt *t, double second, const char *fields)
{
	struct ward_event e;

	ward_arena_reset(&t->arena);
	t->reader.foreign = true;
	assert_int_equal(
		ward_json_read_event(&t->reader, ward_str_z(fields), &t->arena, &e), WARD_OK);
	e.class = ward_name(&t->names, S("x"));
	e.time = e.seen = (ward_ns)(second * 1e9) + 1700000000 * WARD_NS_PER_S;
	e.id = ward_event_id(S("test"), 1, ++t->seq, 0);
	assert_int_equal(ward_detector_event(t->det, &e, to_json, t), WARD_OK);
}

static void says(const char *what)
{
	if (!strstr((const char *)json.p, what))
		fail_msg("no %s in %s", what, (const char *)json.p);
}

static void says_not(const char *what)
{
	if (strstr((const char *)json.p, what))
		fail_msg("%s in %s", what, (const char *)json.p);
}

static void start(struct dt *t, const char *rules)
{
	json = ward_wr_grow(ward_mem_heap(), 1 << 20);
	dt_start(t, rules);
}

static void end(struct dt *t)
{
	dt_end(t);
	ward_wr_fini(&json);
}

#define RULE(detection) "title: R\nid: r\nlogsource: {product: t}\ndetection: " detection "\n"

/* Each way to ask, and the event's own value beside it. */
static void asked(void **state)
{
	static const struct {
		const char *detection, *fields, *because;
	} c[] = {{"{s: {A: X}, condition: s}", "{\"A\":\"x\"}", "s: A = \"x\" (is \"X\")"},
		{"{s: {A|contains: [p, cd]}, condition: s}", "{\"A\":\"abcde\"}",
			"s: A = \"abcde\" (contains \"cd\")"},
		{"{s: {A|contains|all: [b, d]}, condition: s}", "{\"A\":\"abcde\"}",
			"s: A = \"abcde\" (contains|all \"b\", \"d\")"},
		{"{s: {A|contains|all: [a, b, c, d, e]}, condition: s}", "{\"A\":\"abcde\"}",
			"s: A = \"abcde\" (contains|all \"a\", \"b\", \"c\" and 2 more)"},
		{"{s: {A|re: 'b.d'}, condition: s}", "{\"A\":\"abcde\"}",
			"s: A = \"abcde\" (re \"b.d\")"},
		{"{s: {A|cidr: 10.0.0.0/8}, condition: s}", "{\"A\":\"10.1.2.3\"}",
			"s: A = \"10.1.2.3\" (cidr \"10.0.0.0/8\")"},
		{"{s: {A|gte: 5}, condition: s}", "{\"A\":7}", "s: A = \"7\" (gte \"5\")"},
		{"{s: {A|neq: y}, condition: s}", "{\"A\":\"x\"}", "s: A = \"x\" (neq \"y\")"},
		{"{s: {A: null}, condition: s}", "{\"B\":1}", "s: A = null (is null)"},
		{"{s: {A|exists: false}, condition: s}", "{\"B\":1}",
			"s: A = null (exists \"false\")"},
		/* what speaks against a match is no reason for it */
		{"{s: {A: x}, f_a: {B: y}, f_b: {C: z}, condition: s and not all of f_*}",
			"{\"A\":\"x\",\"B\":\"y\"}", "s: A = \"x\""},
		{"{s: {A|exists: true}, condition: s}", "{\"A\":1}",
			"s: A = \"1\" (exists \"true\")"},
		{"{s: {A|windash|contains: ' -x'}, condition: s}", "{\"A\":\"run /x\"}",
			"s: A = \"run /x\" (windash|contains \" -x\")"},
		{"{s: {A|fieldref: B}, condition: s}", "{\"A\":\"q\",\"B\":\"q\"}",
			"s: A = \"q\" (fieldref \"B\")"},
		/* of a list the member that it was */
		{"{s: {A: y}, condition: s}", "{\"A\":[\"x\",\"y\",\"z\"]}", "s: A = \"y\""},
		{"{k: [one, two], condition: k}", "{\"A\":\"x\",\"B\":\"says two\"}",
			"k: B = \"says two\" (keyword \"two\")"},
		/* which of several selections; what is not there is no reason */
		{"{a: {A: 1}, b: {B: 2}, not_c: {C: 3}, condition: 1 of them and not not_c}",
			"{\"A\":0,\"B\":2}", "b: B = \"2\""},
		{"{a: {A: 1}, b: {B: 2}, condition: a and b}", "{\"A\":1,\"B\":2}",
			"a: A = \"1\"; b: B = \"2\""},
		/* the map of a list that it was */
		{"{a: [{A: 1}, {A: 2, B: 3}], condition: a}", "{\"A\":2,\"B\":3}",
			"a: A = \"2\"; a: B = \"3\""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		static struct dt t;
		char rule[512];

		(void)snprintf(rule, sizeof(rule),
			"title: R\nid: r\nlogsource: {product: t}\ndetection: %s\n",
			c[i].detection);
		start(&t, rule);
		event(&t, 1, c[i].fields);
		assert_int_equal(t.n_said, 1);
		assert_string_equal(t.said[0].because, c[i].because);
		assert_int_equal(t.said[0].because_more, 0);
		end(&t);
	}
}

/* Author, licence and the tags of ATT&CK go along; other tags do not. */
static void rule_of(void **state)
{
	static struct dt t;

	(void)state;
	start(&t, "title: R\nid: r\nauthor: Ada\nlicense: DRL-1.1\n"
		  "tags: [attack.t1110.001, attack.credential-access, cve.2020-1, tlp.clear]\n"
		  "logsource: {product: t}\ndetection: {s: {A: 1}, condition: s}\n");
	event(&t, 1, "{\"A\":1}");
	says("\"author\":\"Ada\",\"license\":\"DRL-1.1\","
	     "\"tags\":[\"attack.t1110.001\",\"attack.credential-access\"]}");
	says("\"because\":\"s: A = \\\"1\\\"\"");
	says("\"match\":[{\"selection\":\"s\",\"field\":\"A\",\"value\":\"1\","
	     "\"asked\":\"is \\\"1\\\"\"}]");
	says_not("\"rules\"");
	says_not("\"measure\"");
	end(&t);
}

/* A long value is cut at a character, and its length told; many fields are counted. */
static void bounds(void **state)
{
	static struct dt t;
	static char fields[1 << 16], rule[1 << 16];
	size_t n = 0;

	(void)state;
	start(&t, RULE("{s: {A|contains: needle}, condition: s}"));
	n = (size_t)snprintf(fields, sizeof(fields), "{\"A\":\"x");
	for (size_t i = 0; i < 600; i++)
		n += (size_t)snprintf(fields + n, sizeof(fields) - n, "é");
	(void)snprintf(fields + n, sizeof(fields) - n, "needle\"}");
	event(&t, 1, fields);
	says("\"value_bytes\":1207,\"asked\":\"contains \\\"needle\\\"\"");
	assert_true(ward_utf8_valid(ward_slice_of(json.p, json.len), NULL));
	assert_non_null(strstr(t.said[0].because, "é…\" (contains \"needle\")"));
	end(&t);

	n = (size_t)snprintf(rule, sizeof(rule),
		"title: R\nid: r\nlogsource: {product: t}\ndetection:\n  condition: s\n  s:\n");
	for (size_t i = 0; i < 40; i++)
		n += (size_t)snprintf(rule + n, sizeof(rule) - n, "    F%zu: v%zu\n", i, i);
	n = (size_t)snprintf(fields, sizeof(fields), "{");
	for (size_t i = 0; i < 40; i++)
		n += (size_t)snprintf(
			fields + n, sizeof(fields) - n, "%s\"F%zu\":\"v%zu\"", i ? "," : "", i, i);
	(void)snprintf(fields + n, sizeof(fields) - n, "}");
	start(&t, rule);
	event(&t, 1, fields);
	assert_int_equal(t.n_said, 1);
	says("\"match_total\":40");
	says("\"because_more\":");
	assert_true(t.said[0].because_more > 0 && t.said[0].because_more < 40);
	assert_true(strlen(t.said[0].because) <= WARD_DETECTION_BECAUSE_MAX);
	end(&t);
}

#define MEMBERS                                                                  \
	"title: Key taken\nid: a\nname: ra\nauthor: Ada\nlicense: MIT\n"         \
	"logsource: {product: t}\ndetection: {sa: {k: a}, condition: sa}\n---\n" \
	"title: Door open\nid: b\nname: rb\nlogsource: {product: t}\n"           \
	"detection: {sb: {k|startswith: b}, condition: sb}\n---\n"

static void counted(void **state)
{
	static struct dt t;

	(void)state;
	start(&t, MEMBERS "title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
			  "  group-by: [u]\n  timespan: 10m\n  condition: {gte: 3}\n");
	for (int i = 0; i < 3; i++)
		event(&t, i, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].because,
		"event_count = 3 (gte 3) within 10m; “Key taken” × 3; u = \"p\"");
	says("\"measure\":{\"what\":\"event_count\",\"value\":\"3\",\"asked\":\"gte 3\","
	     "\"within_ms\":600000}");
	says("\"rules\":[{\"id\":\"a\",\"title\":\"Key taken\",\"author\":\"Ada\","
	     "\"license\":\"MIT\",\"matches\":3,\"events\":[");
	end(&t);
}

static void measured(void **state)
{
	static const struct {
		const char *type, *condition, *because;
	} c[] = {{"value_count", "{field: n, gte: 3}",
			 "value_count of n = 3 (gte 3) within 10s; “Key taken” × 3; u = \"p\""},
		{"value_sum", "{field: n, gt: 5}",
			"value_sum of n = 7.5 (gt 5) within 10s; “Key taken” × 3; u = \"p\""},
		{"value_avg", "{field: n, gt: 2}",
			"value_avg of n = 2.5 (gt 2) within 10s; “Key taken” × 3; u = \"p\""},
		{"value_percentile", "{field: n, percentile: 50, gt: 1}",
			"value_percentile 50 of n = 2.5 (gt 1) within 10s; “Key taken” × 3; "
			"u = \"p\""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		static struct dt t;
		char rule[2048];

		(void)snprintf(rule, sizeof(rule),
			MEMBERS "title: N\nid: n\ncorrelation:\n  type: %s\n  rules: [ra]\n"
				"  group-by: [u]\n  timespan: 10s\n  condition: %s\n",
			c[i].type, c[i].condition);
		start(&t, rule);
		event(&t, 1, "{\"k\":\"a\",\"u\":\"p\",\"n\":1}");
		event(&t, 2, "{\"k\":\"a\",\"u\":\"p\",\"n\":2.5}");
		event(&t, 3, "{\"k\":\"a\",\"u\":\"p\",\"n\":4}");
		assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, to_json, &t), WARD_OK);
		assert_int_equal(t.n_said, 1);
		assert_string_equal(t.said[0].because, c[i].because);
		end(&t);
	}
}

/* Where several rules must come: why each of them matched, which nobody else tells; also behind a
 * restart. */
static void joined(void **state)
{
	static const char rules[] =
		MEMBERS "title: N\nid: n\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
			"  group-by: [u]\n  timespan: 10s\n";
	static struct dt t;
	struct ward_wr saved = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	start(&t, rules);
	event(&t, 1, "{\"k\":\"bolt\",\"u\":\"p\"}");
	ward_detector_save(t.det, &saved);
	ward_detector_free(t.det);
	dt_detector(&t);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&saved));

	assert_int_equal(ward_detector_load(t.det, &r, NULL, NULL), WARD_OK);
	event(&t, 2, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].because, "“Key taken”, “Door open” within 10s; u = \"p\"");
	says("\"because\":\"sb: k = \\\"bolt\\\" (startswith \\\"b\\\")\"");
	says("\"because\":\"sa: k = \\\"a\\\"\"");
	ward_wr_fini(&saved);
	end(&t);
}

/* What must not come is told with none. */
static void without(void **state)
{
	static struct dt t;

	(void)state;
	start(&t, MEMBERS "title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
			  "  group-by: [u]\n  timespan: 10s\n  condition: {gte: 1}\n"
			  "ward: {without: [rb]}\n");
	event(&t, 1, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, to_json, &t), WARD_OK);
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].because, "event_count = 1 (gte 1) within 10s; "
					       "“Key taken”, “Door open” × 0; u = \"p\"");
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(asked), T(rule_of), T(bounds), T(counted), T(measured), T(joined), T(without)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
