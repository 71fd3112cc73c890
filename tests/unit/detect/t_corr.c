#include "dt.h"

#include "base/rd.h"

#define BASE                                                   \
	"title: A\nid: a\nname: ra\nlogsource: {product: t}\n" \
	"detection: {s: {k: a}, condition: s}\n---\n"          \
	"title: B\nid: b\nname: rb\nlogsource: {product: t}\n" \
	"detection: {s: {k: b}, condition: s}\n---\n"          \
	"title: C\nid: c\nname: rc\nlogsource: {product: t}\n" \
	"detection: {s: {k: c}, condition: s}\n---\n"

#define COUNT(cond)                                                                \
	BASE "title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra]\n" \
	     "  group-by: [u]\n  timespan: 10s\n  condition: " cond "\n"

static void count(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 3}"));
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"u\":\"q\"}");
	dt_event(&t, "x", 3, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event(&t, "x", 4, "{\"k\":\"a\"}"); /* without the group's field */
	assert_int_equal(t.n_said, 0);
	assert_int_equal(ward_detector_stats(t.det).n_ungrouped, 1);
	dt_event(&t, "x", 11, "{\"k\":\"a\",\"u\":\"p\"}"); /* the tenth second still counts */
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].rule, "n");
	assert_string_equal(t.said[0].match, "u=p");
	assert_int_equal(t.said[0].n_evidence, 3);
	assert_int_equal(t.said[0].revision, 1);
	/* the same event again changes nothing */
	dt_event_at(&t, "x", 11, 11, t.seq, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 1);
	dt_event(&t, "x", 11.5, "{\"k\":\"a\",\"u\":\"p\"}"); /* beyond the window */
	assert_int_equal(t.n_said, 1);
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
}

/* Revisions: at each doubling, and the rest when the window closes. */
static void revisions(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gt: 1}"));
	for (int i = 0; i < 7; i++)
		dt_event(&t, "x", i, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 2); /* at 2 and at 4 */
	assert_int_equal(t.said[1].n_evidence, 4);
	assert_int_equal(t.said[1].revision, 2);
	assert_true(ward_id_eq(t.said[0].id, t.said[1].id));
	assert_int_equal(ward_detector_tick(t.det, (1700000000 + 129) * WARD_NS_PER_S, dt_sink, &t),
		WARD_OK);
	assert_int_equal(t.n_said, 2); /* could still change: lateness is 120 s */
	assert_int_equal(ward_detector_tick(t.det, (1700000000 + 132) * WARD_NS_PER_S, dt_sink, &t),
		WARD_OK);
	assert_int_equal(t.n_said, 3);
	assert_int_equal(t.said[2].n_evidence, 7);
	dt_event_at(&t, "x", 7, 133, 99, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 3); /* too far from its arrival: goes by that */
	assert_int_equal(ward_detector_stats(t.det).n_untrusted, 1);
	dt_end(&t);
}

/* Where enrichment judged by the source's own skew, that counts and not the default of 60 s. */
static void enrichment_judges_time(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gt: 1}"));
	dt_event_at(&t, "x", 10, 100, 1, "{\"k\":\"a\",\"u\":\"p\",\"ward.time_untrusted\":false}");
	dt_event_at(&t, "x", 101, 101, 2, "{\"k\":\"a\",\"u\":\"p\",\"ward.time_untrusted\":true}");
	dt_event_at(&t, "x", 12, 102, 3, "{\"k\":\"a\",\"u\":\"p\",\"ward.time_untrusted\":false}");
	assert_int_equal(t.n_said, 1); /* those at 10 and 12; the one at 101 is far away */
	assert_true(t.said[0].last == (1700000000 + 12) * WARD_NS_PER_S);
	assert_int_equal(ward_detector_stats(t.det).n_untrusted, 1);
	dt_end(&t);
}

/* Upper bounds are judged when the window is over. */
static void at_most(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 2, lt: 4}"));
	for (int i = 0; i < 3; i++)
		dt_event(&t, "x", i, "{\"k\":\"a\",\"u\":\"two\"}");
	for (int i = 0; i < 5; i++)
		dt_event(&t, "x", 3 + i, "{\"k\":\"a\",\"u\":\"five\"}");
	dt_event(&t, "x", 8, "{\"k\":\"a\",\"u\":\"one\"}");
	assert_int_equal(t.n_said, 0);
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=two");
	assert_int_equal(t.said[0].n_evidence, 3);
	dt_end(&t);
}

#define TEMPORAL(type)                                                              \
	BASE "title: N\nid: n\ncorrelation:\n  type: " type "\n  rules: [ra, rb]\n" \
	     "  group-by: [place]\n  timespan: 1m\n  aliases:\n    place:\n"        \
	     "      ra: place\n      rb: room\n"

static void temporal(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, TEMPORAL("temporal"));
	dt_event(&t, "x", 1, "{\"k\":\"b\",\"room\":\"r1\",\"host\":\"h\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"place\":\"r2\"}");
	assert_int_equal(t.n_said, 0);
	dt_event(&t, "x", 30, "{\"k\":\"a\",\"place\":\"r1\"}");
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].n_evidence, 2);
	assert_string_equal(t.said[0].subject, "h");
	dt_event(&t, "x", 63, "{\"k\":\"b\",\"room\":\"r2\"}"); /* 61 s after its partner */
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
}

static void ordered(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, TEMPORAL("temporal_ordered"));
	dt_event(&t, "x", 1, "{\"k\":\"b\",\"room\":\"r1\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"place\":\"r1\"}");
	assert_int_equal(t.n_said, 0);
	dt_event(&t, "x", 3, "{\"k\":\"b\",\"room\":\"r1\"}");
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].n_evidence, 2);
	/* in one instant, the order of the rules counts */
	dt_event(&t, "x", 4, "{\"k\":\"b\",\"room\":\"r9\"}");
	dt_event(&t, "x", 4, "{\"k\":\"a\",\"place\":\"r9\"}");
	assert_int_equal(t.n_said, 2);
	dt_end(&t);
}

/* A list-valued field puts the event into the group of each member. */
static void lists(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 2}"));
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":[\"s1\",\"s2\"]}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"u\":[\"s2\",\"s3\"]}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=s2");
	dt_end(&t);
}

static void generate(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, BASE "title: N\nid: n\ngenerate: true\ncorrelation:\n  type: event_count\n"
			  "  rules: [ra]\n  timespan: 10s\n  condition: {gte: 2}\n");
	dt_event(&t, "x", 1, "{\"k\":\"a\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\"}");
	assert_int_equal(t.n_said, 3);
	dt_end(&t);
}

/* A late event makes another window of it: the old one is taken back. */
static void late(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 2}"));
	dt_event(&t, "x", 10, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event(&t, "x", 11, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event_at(&t, "x", 5, 12, 50, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 3);
	assert_true(t.said[1].withdrawn);
	assert_true(ward_id_eq(t.said[0].id, t.said[1].id));
	assert_int_equal(t.said[1].revision, 2);
	assert_false(ward_id_eq(t.said[0].id, t.said[2].id));
	assert_int_equal(t.said[2].n_evidence, 3);
	dt_event_at(&t, "x", 141, 141, 51, "{\"k\":\"z\"}");
	dt_event_at(&t, "x", 20, 79, 52, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(ward_detector_stats(t.det).n_late, 1);
	dt_end(&t);
}

static void full_window(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 3}"));
	assert_int_equal(ward_limits_set(&t.lim, S("detect.window"), 16), WARD_OK);
	for (int i = 0; i < 1040; i++)
		dt_event(&t, "x", i * 0.009, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
	assert_int_equal(ward_detector_stats(t.det).n_evicted_event, 0);
	for (size_t i = 0; i < t.n_said; i++)
		assert_true(ward_id_eq(t.said[i].id, t.said[0].id));
	assert_int_equal(t.said[t.n_said - 1].n_all, 1040);
	assert_true(t.said[t.n_said - 1].n_evidence <= 16);
	assert_false(t.said[t.n_said - 1].partial);
	dt_end(&t);
}

/* However much comes: every kind of condition is judged by all of it. `n` is how many events its
 * evidence has; 0: it must not come true. */
static void flood(void **state)
{
	static const struct {
		const char *type, *cond;
		size_t n;
	} rules[] = {
		{"event_count", "{gte: 10, lte: 100000}", 1000},
		{"event_count", "{eq: 1000}", 1000},
		{"event_count", "{neq: 5}", 1000},
		{"event_count", "{neq: 1000}", 0},
		{"event_count", "{gte: 900}", 1000},
		{"event_count", "{gte: 1001}", 0},
		{"event_count", "{lte: 999}", 0},
		{"value_avg", "{gt: 0, field: n}", 1000},
		{"value_avg", "{eq: 3, field: n}", 1000},
		{"value_avg", "{gt: 3, field: n}", 0},
		{"value_sum", "{gt: 2999, field: n}", 1000},
		{"value_sum", "{gt: 3000, field: n}", 0},
		{"value_sum", "{eq: 3000, field: n}", 1000},
		{"value_percentile", "{percentile: 50, eq: 3, field: n}", 1000},
		{"value_percentile", "{percentile: 95, gt: 4.9, field: n}", 1000},
		{"value_percentile", "{percentile: 95, gt: 5, field: n}", 0},
		{"value_percentile", "{gte: 20, field: n}", 1000},
		{"value_percentile", "{gt: 20, field: n}", 0},
		{"value_count", "{gte: 5, field: n}", 1000},
		{"value_count", "{gte: 6, field: n}", 0},
		{"value_count", "{lte: 5, field: n}", 1000},
		{"temporal", "{gte: 2}", 1001},
		{"temporal_ordered", "{gte: 2}", 1001},
	};
	static struct dt t;
	char text[2048];

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(rules); k++) {
		bool two = strncmp(rules[k].type, "temporal", 8) == 0;

		(void)snprintf(text, sizeof(text),
			BASE "title: F\nid: f\ncorrelation:\n  type: %s\n  rules: [ra%s]\n"
			     "  group-by: [u]\n  timespan: 1h\n  condition: %s\n",
			rules[k].type, two ? ", rb" : "", rules[k].cond);
		dt_start(&t, text);
		assert_int_equal(ward_limits_set(&t.lim, S("detect.window"), 64), WARD_OK);
		for (int i = 0; i < 1000; i++) {
			char f[64];

			(void)snprintf(
				f, sizeof(f), "{\"k\":\"a\",\"u\":\"p\",\"n\":%d}", i % 5 + 1);
			dt_event(&t, "x", i * 3, f);
		}
		if (two)
			dt_event(&t, "x", 3001, "{\"k\":\"b\",\"u\":\"p\"}");
		assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
		assert_int_equal(ward_detector_stats(t.det).n_evicted_event, 0);
		assert_int_equal(t.n_said > 0, rules[k].n > 0);
		if (t.n_said) {
			assert_int_equal(t.said[t.n_said - 1].n_all, rules[k].n);
			assert_false(t.said[t.n_said - 1].partial);
			assert_int_equal(t.said[t.n_said - 1].first, 1700000000 * WARD_NS_PER_S);
		}
		dt_end(&t);
	}
}

/* Window after window, in a full group: each has its own events and no other's. */
static void flood_goes_on(void **state)
{
	static const char *const cond[] = {"{eq: 1001}", "{gte: 1001}", "{gte: 20, neq: 5}"};
	static struct dt t;

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(cond); k++) {
		char text[2048];
		size_t n = 0;

		(void)snprintf(text, sizeof(text), COUNT("%s"), cond[k]);
		dt_start(&t, text);
		assert_int_equal(ward_limits_set(&t.lim, S("detect.window"), 256), WARD_OK);
		/* the tenth second still counts: 1001 in each */
		for (int i = 0; i < 20020; i++)
			dt_event(&t, "x", i * 0.01, "{\"k\":\"a\",\"u\":\"p\"}");
		assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
		for (size_t i = 0; i < t.n_said; i++) {
			assert_false(t.said[i].withdrawn);
			n += t.said[i].revision == 1;
			/* where a window begins in a bundle, it may have a sixty-fourth more */
			if (t.said[i].partial)
				assert_true(k == 1 && t.said[i].n_all <= 1001 + 16);
			else if (k != 2 || t.said[i].n_all >= 1000)
				assert_int_equal(t.said[i].n_all, 1001);
		}
		assert_int_equal(ward_detector_stats(t.det).n_evicted_event, 0);
		assert_int_equal(n, k == 1 ? 19 : 20);
		dt_end(&t);
	}
}

/* A window that is cut short is judged by what is known, and says so. */
static void cut_short(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 2, lt: 4}"));
	assert_int_equal(ward_limits_set(&t.lim, S("detect.groups"), 256), WARD_OK);
	ward_detector_free(t.det);
	dt_detector(&t);
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"p\"}");
	for (int i = 0; i < 256; i++) {
		char f[64];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"%d\"}", i);
		dt_event(&t, "x", 2, f);
	}
	assert_int_equal(t.n_said, 1);
	assert_true(t.said[0].partial);
	assert_true(ward_detector_stats(t.det).n_evicted_group > 0);
	dt_end(&t);
}

#define VALUES(cond)                                                               \
	BASE "title: V\nid: v\ncorrelation:\n  type: value_count\n  rules: [ra]\n" \
	     "  group-by: [u]\n  timespan: 16s\n  condition: " cond "\n"

static void values(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, VALUES("{gte: 3, field: d}"));
	for (int i = 0; i < 40; i++) /* two values, however often */
		dt_event(&t, "x", i * 0.25,
			i % 2 ? "{\"k\":\"a\",\"u\":\"p\",\"d\":1}"
			      : "{\"k\":\"a\",\"u\":\"p\",\"d\":2}");
	dt_event(&t, "x", 11, "{\"k\":\"a\",\"u\":\"p\"}"); /* without the counted field */
	dt_event(&t, "x", 11, "{\"k\":\"a\",\"u\":\"q\",\"d\":3}");
	assert_int_equal(t.n_said, 0);
	assert_int_equal(ward_detector_stats(t.det).n_ungrouped, 1);
	dt_event(&t, "x", 12, "{\"k\":\"a\",\"u\":\"p\",\"d\":3}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=p");
	assert_int_equal(t.said[0].n_evidence, 41);
	assert_int_equal(t.said[0].first, 1700000000 * WARD_NS_PER_S);
	dt_event(&t, "x", 200, "{\"k\":\"a\",\"u\":\"p\",\"d\":[7,8,9]}"); /* members of a list */
	assert_int_equal(t.n_said, 2);
	assert_int_equal(t.said[1].n_evidence, 1);
	dt_end(&t);
}

/* A late event that comes before the last one of its value can make a window begin earlier: told
 * with it, not when the window closes. */
static void values_before(void **state)
{
	static const struct {
		double at;
		int value;
	} events[] = {{0.5, 1}, {10, 2}, {12, 4}, {13, 1}, {16.8, 3}};
	static struct dt t;

	(void)state;
	dt_start(&t, VALUES("{gte: 4, field: d}"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(events); i++) {
		char f[64];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"p\",\"d\":%d}", events[i].value);
		dt_event(&t, "x", events[i].at, f);
	}
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].first, (1700000000 + 10) * WARD_NS_PER_S);
	dt_event_at(&t, "x", 16.2, 17, 99, "{\"k\":\"a\",\"u\":\"p\",\"d\":3}");
	assert_int_equal(t.n_said, 3);
	assert_true(t.said[1].withdrawn && ward_id_eq(t.said[1].id, t.said[0].id));
	assert_true(t.said[2].first < t.said[0].first && !t.said[2].withdrawn);
	assert_int_equal(t.said[2].n_evidence, 5);
	dt_end(&t);
}

/* One event more never makes fewer values. */
static void values_exact(void **state)
{
	static struct dt t;

	(void)state;
	for (int more = 0; more < 2; more++) {
		dt_start(&t, BASE "title: V\nid: v\ncorrelation:\n  type: value_count\n"
				  "  rules: [ra]\n  group-by: [u]\n  timespan: 160s\n"
				  "  condition: {gte: 3, field: d}\n");
		if (more)
			dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"p\",\"d\":\"A\"}");
		dt_event(&t, "x", 9, "{\"k\":\"a\",\"u\":\"p\",\"d\":\"A\"}");
		dt_event(&t, "x", 165, "{\"k\":\"a\",\"u\":\"p\",\"d\":\"B\"}");
		dt_event(&t, "x", 168, "{\"k\":\"a\",\"u\":\"p\",\"d\":\"C\"}");
		assert_int_equal(t.n_said, 1);
		assert_int_equal(t.said[0].first, (1700000000 + 9) * WARD_NS_PER_S);
		dt_end(&t);
	}
}

/* A value that slid out of the window no longer counts, and one that came again does. */
static void values_slide(void **state)
{
	static const struct {
		double at;
		int value;
	} events[] = {{0, 1}, {1, 2}, {15, 1}, {18, 3}, {30, 4}, {31, 3}, {32, 1}};
	static struct dt t;
	size_t said = 0;

	(void)state;
	dt_start(&t, VALUES("{gte: 3, field: d}"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(events); i++) {
		char f[64];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"p\",\"d\":%d}", events[i].value);
		dt_event(&t, "x", events[i].at, f);
		if (t.n_said > said)
			assert_true(events[i].at == 30);
		said = t.n_said;
	}
	/* 15 to 31: 1, 3, 4 */
	assert_int_equal(said, 1);
	assert_int_equal(t.said[0].first, (1700000000 + 15) * WARD_NS_PER_S);
	dt_end(&t);
}

static void values_at_most(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, VALUES("{eq: 2, field: [d, e]}"));
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"p\",\"d\":1,\"e\":1}");
	dt_event(&t, "x", 3, "{\"k\":\"a\",\"u\":\"p\",\"d\":1,\"e\":2}");
	dt_event(&t, "x", 5, "{\"k\":\"a\",\"u\":\"p\",\"d\":1,\"e\":1}");
	dt_event(&t, "x", 6, "{\"k\":\"a\",\"u\":\"q\",\"d\":1,\"e\":1}");
	assert_int_equal(t.n_said, 0);
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].n_evidence, 3);
	dt_end(&t);
}

/* More values than a group holds: said once, and the rest is counted. */
static void values_full(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, VALUES("{gte: 10, field: d}"));
	assert_int_equal(ward_limits_set(&t.lim, S("detect.window"), 16), WARD_OK);
	for (int i = 0; i < 1000; i++) {
		char f[64];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"p\",\"d\":%d}", i);
		dt_event(&t, "x", i * 0.001, f);
	}
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
	assert_true(ward_detector_stats(t.det).n_evicted_event > 900);
	assert_int_equal(t.said[t.n_said - 1].n_evidence, 40);
	for (size_t i = 0; i < t.n_said; i++)
		assert_true(ward_id_eq(t.said[i].id, t.said[0].id));
	dt_end(&t);
}

#define EVEN                                                                       \
	BASE "title: E\nid: e\ncorrelation:\n  type: event_count\n  rules: [ra]\n" \
	     "  group-by: [u]\n  timespan: 10m\n  condition: {gte: 5}\n"           \
	     "ward: {jitter_permille: 100}\n"

/* What comes at even intervals, and what only comes often. */
static void even(void **state)
{
	static const double beats[] = {0, 3, 10, 20.2, 29.9, 40, 50, 53, 60};
	static struct dt t;

	(void)state;
	dt_start(&t, EVEN);
	for (size_t i = 0; i < WARD_ARRAY_LEN(beats); i++) {
		dt_event(&t, "x", beats[i], "{\"k\":\"a\",\"u\":\"p\"}");
		assert_int_equal(
			t.n_said, i >= 6); /* 10 to 50: five, none of which is off by a second */
	}
	assert_string_equal(t.said[0].match, "u=p;ward.interval_ms=10000;ward.jitter_permille=30");
	assert_int_equal(t.said[0].n_evidence, 5);
	for (int i = 0; i < 50; i++) /* a burst, and one that slows down */
		dt_event(&t, "x", 700 + i * 0.01, "{\"k\":\"a\",\"u\":\"q\"}");
	for (int i = 0; i < 15; i++)
		dt_event(&t, "x", 701 + i * i, "{\"k\":\"a\",\"u\":\"r\"}");
	assert_int_equal(t.n_said, 2); /* the last word about the first */
	assert_true(ward_id_eq(t.said[1].id, t.said[0].id));
	assert_int_equal(t.said[1].n_evidence, 7);
	dt_end(&t);
}

static void many_groups(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, COUNT("{gte: 2}"));
	assert_int_equal(ward_limits_set(&t.lim, S("detect.groups"), 256), WARD_OK);
	ward_detector_free(t.det);
	dt_detector(&t);
	for (int i = 0; i < 1000; i++) {
		char f[64];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"%d\"}", i);
		dt_event(&t, "x", 1, f);
	}
	assert_true(ward_detector_stats(t.det).n_evicted_group >= 1000 - 256);
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"u\":\"999\"}");
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
}

static void one_more(void *ctx, struct ward_str rule, enum ward_window_fate fate)
{
	(void)rule;
	(void)fate;
	++*(uint64_t *)ctx;
}

/* Saved and restored in the middle: the same words as without. Every prefix fails cleanly. */
static void save_of(const char *rules)
{
	static struct dt t;
	struct dt_said whole[16];
	size_t n_whole;

	for (int cut = -1; cut < 6; cut++) {
		dt_start(&t, rules);
		for (int i = 0; i < 6; i++) {
			if (i == cut) {
				struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
				struct ward_wr again = ward_wr_grow(ward_mem_heap(), 1 << 20);

				ward_detector_save(t.det, &w);
				ward_detector_free(t.det);
				dt_detector(&t);
				for (size_t len = 0; len < w.len; len++) {
					struct ward_rd part = ward_rd_from(w.p, len);

					assert_int_not_equal(
						ward_detector_load(t.det, &part, NULL, NULL),
						WARD_OK);
				}
				struct ward_rd r = ward_rd_from(w.p, w.len);
				uint64_t dropped = 0;

				assert_int_equal(
					ward_detector_load(t.det, &r, one_more, &dropped), WARD_OK);
				assert_int_equal(dropped, 0);
				assert_int_equal(ward_rd_left(&r), 0);
				ward_detector_save(t.det, &again);
				assert_int_equal(again.len, w.len);
				assert_memory_equal(again.p, w.p, w.len);
				ward_wr_fini(&w);
				ward_wr_fini(&again);
			}
			dt_event(&t, "x", i * 3,
				i % 2 ? "{\"k\":\"a\",\"u\":\"p\",\"d\":1,\"host\":\"h\"}"
				      : "{\"k\":\"a\",\"u\":\"p\",\"d\":2,\"host\":\"h\"}");
		}
		assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
		if (cut == -1) {
			n_whole = t.n_said;
			assert_true(n_whole > 1 && n_whole < 16);
			memcpy(whole, t.said, n_whole * sizeof(*whole));
		}
		assert_int_equal(t.n_said, n_whole);
		assert_memory_equal(t.said, whole, n_whole * sizeof(*whole));
		dt_end(&t);
	}
}

static void save(void **state)
{
	(void)state;
	save_of(COUNT("{gte: 2}"));
	save_of(VALUES("{gte: 2, field: d}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(count), T(revisions), T(enrichment_judges_time),
		T(at_most), T(temporal), T(ordered), T(lists), T(generate), T(late), T(full_window),
		T(flood), T(flood_goes_on), T(cut_short), T(values), T(values_slide),
		T(values_before), T(values_exact), T(values_at_most), T(values_full), T(even),
		T(many_groups), T(save)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
