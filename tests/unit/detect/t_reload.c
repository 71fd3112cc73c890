/* Other rules over the state of a checkpoint: a window goes on where everything that it hangs on is
 * the same, or changed in its bounds alone, and begins anew, by name, where anything else did. */
#include "dt.h"

#define RULE(id, value)                                                                         \
	"---\ntitle: R\nid: " id "\nlogsource: {product: t}\ndetection:\n  s: {k: " value "}\n" \
	"  condition: s\n"
#define CORR(id, member, title, span)                                                         \
	"---\ntitle: " title "\nid: " id "\ncorrelation: {type: event_count, rules: [" member \
	"],\n"                                                                                \
	"  group-by: [host], timespan: " span ", condition: {gte: 3}}\n"
#define CHAIN                                                                        \
	"---\ntitle: C\nid: chain\ncorrelation: {type: temporal, rules: [c1, r2],\n" \
	"  group-by: [host], timespan: 10m}\n"
#define FILTER(value)                                                                           \
	"---\ntitle: F\nid: f\nlogsource: {product: t}\nfilter: {rules: [r1],\n  x: {u: " value \
	"}, condition: not x}\n"
#define BASE RULE("r1", "a") RULE("r2", "b")

struct lost {
	char rule[8][32];
	size_t n, n_rearmed;
};

static void note(void *ctx, struct ward_str rule, enum ward_window_fate fate)
{
	struct lost *l = ctx;

	l->n_rearmed += fate == WARD_WINDOW_REARMED;
	if (fate == WARD_WINDOW_REARMED)
		return;
	assert_true(l->n < 8);
	(void)snprintf(l->rule[l->n++], sizeof(l->rule[0]), "%.*s", WARD_STR_ARG(rule));
}

/* Two of three events under one set of rules, the third under another; who lost windows. */
static struct dt t, u;

static struct lost reload(const char *before, const char *after)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct lost lost = {.n = 0};

	dt_start(&t, before);
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"host\":\"h\"}");
	dt_event(&t, "x", 1, "{\"k\":\"b\",\"host\":\"h\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"host\":\"h\"}");
	ward_detector_save(t.det, &w);
	dt_start(&u, after);
	u.seq = t.seq;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_detector_load(u.det, &r, note, &lost), WARD_OK);
	assert_int_equal(ward_rd_left(&r), 0);
	dt_event(&t, "x", 3, "{\"k\":\"a\",\"host\":\"h\"}");
	dt_event(&u, "x", 3, "{\"k\":\"a\",\"host\":\"h\"}");
	ward_wr_fini(&w);
	return lost;
}

static const struct dt_said *said(const struct dt *d, const char *rule)
{
	for (size_t i = 0; i < d->n_said; i++)
		if (strcmp(d->said[i].rule, rule) == 0 && d->said[i].n_evidence >= 3)
			return &d->said[i];
	return NULL;
}

static void done(void)
{
	dt_end(&t);
	dt_end(&u);
}

/* The same detection as without a reload: same id, same evidence. */
static void t_kept(void **state)
{
	static const char before[] = BASE CORR("c1", "r1", "Old words", "5m");
	static const char *const after[] = {
		BASE CORR("c1", "r1", "Old words", "5m"),
		BASE CORR("c1", "r1", "New words", "5m"), /* words for people don't count */
		RULE("new", "z") BASE CORR("c0", "r2", "Another", "1m")
			CORR("c1", "r1", "Old words", "5m"), /* nor does what is beside it */
		RULE("r1", "a") CORR("c1", "r1", "Old words", "5m"),
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(after); i++) {
		struct lost lost = reload(before, after[i]);
		const struct dt_said *a = said(&t, "c1"), *b = said(&u, "c1");

		assert_int_equal(lost.n, 0);
		if (!a || !b) {
			fail_msg("case %zu: not told", i);
			return;
		}
		assert_memory_equal(&a->id, &b->id, sizeof(a->id));
		assert_true(a->evidence_sum == b->evidence_sum);
		assert_int_equal(a->revision, b->revision);
		done();
	}
}

/* Anew where the correlation, its rule, a filter on it or a member's member changed; others go on.
 */
static void t_anew(void **state)
{
	static const struct {
		const char *before, *after, *lost;
	} row[] = {
		{BASE CORR("c1", "r1", "C", "5m"), BASE CORR("c1", "r2", "C", "5m"), "c1"},
		{BASE CORR("c1", "r1", "C", "5m"),
			RULE("r1", "[a, c]") RULE("r2", "b") CORR("c1", "r1", "C", "5m"), "c1"},
		{BASE CORR("c1", "r1", "C", "5m"), BASE FILTER("q") CORR("c1", "r1", "C", "5m"),
			"c1"},
		{BASE FILTER("q") CORR("c1", "r1", "C", "5m"),
			BASE FILTER("p") CORR("c1", "r1", "C", "5m"), "c1"},
		{BASE CORR("c1", "r1", "C", "5m"), BASE, "c1"},
		{BASE CORR("c1", "r1", "C", "5m") CHAIN,
			RULE("r1", "a") RULE("r2", "[b, c]") CORR("c1", "r1", "C", "5m") CHAIN,
			"chain"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct lost lost = reload(row[i].before, row[i].after);

		if (lost.n != 1 || strcmp(lost.rule[0], row[i].lost) != 0)
			fail_msg("row %zu: %zu lost, %s", i, lost.n, lost.n ? lost.rule[0] : "");
		if (strcmp(row[i].lost, "c1") == 0) { /* else it speaks through the chain only */
			assert_non_null(said(&t, "c1"));
			assert_null(said(&u, "c1"));
		}
		done();
	}
}

#define COUNT(span, bound)                                                       \
	"---\ntitle: C\nid: c1\ncorrelation: {type: event_count, rules: [r1],\n" \
	"  group-by: [host], timespan: " span ", condition: {" bound "}}\n"

/* What it holds is the same, and is judged by the bounds that it has now. */
static void t_rearmed(void **state)
{
	static const char *const after[] = {
		BASE COUNT("6m", "gte: 3"),
		BASE COUNT("5m", "gte: 2"),
		BASE COUNT("6m", "gt: 2"),
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(after); i++) {
		struct lost lost = reload(BASE COUNT("5m", "gte: 3"), after[i]);

		assert_int_equal(lost.n, 0);
		assert_int_equal(lost.n_rearmed, 1);
		if (!said(&u, "c1"))
			fail_msg("row %zu: not told", i);
		done();
	}
	/* more is asked for, and not there; and by now the first one is too long ago */
	struct lost lost = reload(BASE COUNT("5m", "gte: 3"), BASE COUNT("5m", "gte: 4"));

	assert_int_equal(lost.n_rearmed, 1);
	assert_null(said(&u, "c1"));
	dt_event(&u, "x", 4, "{\"k\":\"a\",\"host\":\"h\"}");
	assert_non_null(said(&u, "c1"));
	done();
	lost = reload(BASE COUNT("5m", "gte: 3"), BASE COUNT("2s", "gte: 3"));
	assert_int_equal(lost.n_rearmed, 1);
	assert_null(said(&u, "c1"));
	done();
	/* what was told stays as it was told: nobody takes an alarm back by a number */
	lost = reload(BASE COUNT("5m", "gte: 2"), BASE COUNT("5m", "gte: 9"));
	assert_int_equal(lost.n, 1);
	assert_int_equal(lost.n_rearmed, 0);
	assert_int_equal(u.n_said, 0);
	done();
}

#define ABSENT(span, without)                                                    \
	"---\ntitle: C\nid: c1\ncorrelation: {type: event_count, rules: [r1],\n" \
	"  group-by: [host], timespan: " span ", condition: {gte: 1}}\n"         \
	"ward: {without: [" without "]}\n"

/* How often the absence of b was told by `second`, of an a at 2 under the rule of before. */
static size_t n_absent(const char *before, const char *after, int64_t second, size_t *ret_rearmed)
{
	struct lost lost = reload(before, after);
	size_t n = 0;

	assert_int_equal(
		ward_detector_tick(u.det, (1700000000 + second) * WARD_NS_PER_S, dt_sink, &u),
		WARD_OK);
	for (size_t i = 0; i < u.n_said; i++)
		n += strcmp(u.said[i].rule, "c1") == 0;
	*ret_rearmed = lost.n_rearmed;
	assert_int_equal(lost.n + lost.n_rearmed, 1);
	done();
	return n;
}

/* A wait that is pending ends by the time that the rule says now, and not with the edit. */
static void t_wait(void **state)
{
	static const char rules[] = BASE RULE("r3", "c") ABSENT("5m", "r3");
	size_t rearmed;

	(void)state;
	assert_int_equal(
		n_absent(rules, BASE RULE("r3", "c") ABSENT("20m", "r3"), 600, &rearmed), 0);
	assert_int_equal(rearmed, 1);
	assert_int_not_equal(
		n_absent(rules, BASE RULE("r3", "c") ABSENT("20m", "r3"), 2000, &rearmed), 0);
	assert_int_not_equal(
		n_absent(rules, BASE RULE("r3", "c") ABSENT("1m", "r3"), 200, &rearmed), 0);
	/* another thing is waited for: what did not come of it nobody knows */
	(void)n_absent(rules, BASE RULE("r3", "d") ABSENT("5m", "r3"), 2000, &rearmed);
	assert_int_equal(rearmed, 0);
}

/* A chain hangs on what its members hang on. */
static void t_deep(void **state)
{
	(void)state;
	struct lost lost = reload(BASE CORR("c1", "r1", "C", "5m") CHAIN,
		RULE("r1", "[a, c]") RULE("r2", "b") CORR("c1", "r1", "C", "5m") CHAIN);

	assert_int_equal(lost.n, 2);
	assert_true(strcmp(lost.rule[0], lost.rule[1]) != 0);
	done();
}

/* How many windows of c1 are lost where the lists of a site change so. */
static size_t n_lost(const char *rules, const char *before, const char *after)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct lost lost = {.n = 0};

	dt_lists = before;
	dt_start(&t, rules);
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"host\":\"h\"}");
	ward_detector_save(t.det, &w);
	dt_lists = after;
	dt_start(&u, rules);
	dt_lists = NULL;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_detector_load(u.det, &r, note, &lost), WARD_OK);
	ward_wr_fini(&w);
	done();
	return lost.n;
}

/* A value list is under the rules that name it, and no others. */
static void t_lists(void **state)
{
	static const char plain[] = BASE CORR("c1", "r1", "C", "5m"),
			  listed[] =
				  "---\ntitle: R\nid: r1\nlogsource: {product: t}\n"
				  "detection:\n  s: {k|expand: '%letters%'}\n  condition: s\n" CORR(
					  "c1", "r1", "C", "5m"),
			  one[] = "lists: {letters: [a], more: [x]}\n",
			  other[] = "lists: {letters: [a], more: [y]}\n",
			  longer[] = "lists: {letters: [a, b], more: [x]}\n",
			  nameless[] = "lists: {letters: [a], more: [x], '': [z]}\n";

	(void)state;
	assert_int_equal(n_lost(plain, NULL, one), 0);
	assert_int_equal(n_lost(plain, one, longer), 0);
	assert_int_equal(n_lost(listed, one, other), 0);
	assert_int_equal(n_lost(listed, one, longer), 1);
	assert_int_equal(n_lost(listed, one, nameless), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(t_kept), T(t_anew), T(t_rearmed), T(t_wait), T(t_deep), T(t_lists)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
