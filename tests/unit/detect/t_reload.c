/* Other rules over the state of a checkpoint: a window goes on where everything that it hangs on is
 * the same, and begins anew, by name, where anything of that changed. */
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
	size_t n;
};

static void note(void *ctx, struct ward_str rule)
{
	struct lost *l = ctx;

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
		{BASE CORR("c1", "r1", "C", "5m"), BASE CORR("c1", "r1", "C", "6m"), "c1"},
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

/* Value lists and pipelines are under all rules. */
static void t_ground(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct lost lost = {.n = 0};

	(void)state;
	dt_start(&t, BASE CORR("c1", "r1", "C", "5m"));
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"host\":\"h\"}");
	ward_detector_save(t.det, &w);
	dt_lists = "lists: {admins: [x]}\n";
	dt_start(&u, BASE CORR("c1", "r1", "C", "5m"));
	dt_lists = NULL;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_detector_load(u.det, &r, note, &lost), WARD_OK);
	assert_int_equal(lost.n, 1);
	ward_wr_fini(&w);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_kept), T(t_anew), T(t_deep), T(t_ground)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
