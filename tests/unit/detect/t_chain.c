/* Correlations beyond counting: numbers, what did not come, what is near, chains of correlations.
 */
#include "dt.h"

#include "base/rd.h"
#include "model/model.h"

#define BASE                                                   \
	"title: A\nid: a\nname: ra\nlogsource: {product: t}\n" \
	"detection: {s: {k: a}, condition: s}\n---\n"          \
	"title: B\nid: b\nname: rb\nlogsource: {product: t}\n" \
	"detection: {s: {k: b}, condition: s}\n---\n"
#define ONE(type, cond)                                                         \
	BASE "title: N\nid: n\ncorrelation:\n  type: " type "\n  rules: [ra]\n" \
	     "  group-by: [u]\n  timespan: 10s\n  condition: " cond "\n"

/* Events of group p with these numbers, a second apart. */
static void numbers(struct dt *t, const char *const *n, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char f[96];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"p\",\"n\":%s}", n[i]);
		dt_event(t, "x", (double)i, f);
	}
}

static void finish(struct dt *t)
{
	assert_int_equal(ward_detector_tick(t->det, WARD_NS_NEVER, dt_sink, t), WARD_OK);
}

static void sum(void **state)
{
	static const char *const n[] = {"400", "\"599.5\"", "\"x\"", "0.5", "1"};
	static struct dt t;

	(void)state;
	dt_start(&t, ONE("value_sum", "{field: n, gt: 1000}"));
	numbers(&t, n, 4);
	assert_int_equal(t.n_said, 0); /* 1000 is not more than 1000 */
	assert_int_equal(ward_detector_stats(t.det).n_ungrouped, 1);
	dt_event(&t, "x", 4, "{\"k\":\"a\",\"u\":\"p\",\"n\":[0.001, 7]}");
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].n_evidence, 4);
	dt_end(&t);
	/* an upper bound is judged at the end */
	dt_start(&t, ONE("value_sum", "{field: n, gte: 1, lt: 1001}"));
	numbers(&t, n, 4);
	assert_int_equal(t.n_said, 0);
	finish(&t);
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
}

/* A sum may fall again: the window is taken back. */
static void sum_falls(void **state)
{
	static const char *const n[] = {"5", "6", "-4"};
	static struct dt t;

	(void)state;
	dt_start(&t, ONE("value_sum", "{field: n, gte: 10}"));
	numbers(&t, n, 3);
	assert_int_equal(t.n_said, 2);
	assert_true(t.said[1].withdrawn);
	dt_end(&t);
}

static void average(void **state)
{
	static const char *const n[] = {"1", "2", "2.002"};
	static struct dt t;

	(void)state;
	dt_start(&t, ONE("value_avg", "{field: n, gt: 1.667}"));
	numbers(&t, n, 3);
	assert_int_equal(t.n_said, 0);
	finish(&t);
	assert_int_equal(t.n_said, 1); /* 1.6673… */
	dt_end(&t);
	dt_start(&t, ONE("value_avg", "{field: n, gt: 1.668}"));
	numbers(&t, n, 3);
	finish(&t);
	assert_int_equal(t.n_said, 0);
	dt_end(&t);
}

static void percentiles(void **state)
{
	static const char *const n[] = {"9", "1", "5", "7", "100"};
	static struct dt t;

	(void)state;
	dt_start(&t, ONE("value_percentile", "{field: n, percentile: 50, eq: 7}"));
	numbers(&t, n, 5);
	finish(&t);
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
	dt_start(&t, ONE("value_percentile", "{field: n, percentile: 80, gte: 9.001}"));
	numbers(&t, n, 5);
	finish(&t);
	assert_int_equal(t.n_said, 0); /* the fourth of five is 9 */
	dt_end(&t);
	/* the specification's own example: values that are rare */
	dt_start(&t, ONE("value_percentile", "{field: image, lte: 20}"));
	for (int i = 0; i < 10; i++) {
		char f[96];

		(void)snprintf(f, sizeof(f), "{\"k\":\"a\",\"u\":\"p\",\"image\":\"%s\"}",
			i == 3 || i == 6 ? "odd.exe" : "usual.exe");
		dt_event(&t, "x", i * 0.5, f);
	}
	finish(&t);
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].n_evidence, 2);
	dt_end(&t);
}

static void not_so_many(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, ONE("event_count", "{neq: 2}"));
	for (int i = 0; i < 3; i++)
		dt_event(&t, "x", i, "{\"k\":\"a\",\"u\":\"three\"}");
	for (int i = 0; i < 2; i++)
		dt_event(&t, "x", 3 + i, "{\"k\":\"a\",\"u\":\"two\"}");
	assert_int_equal(t.n_said, 0);
	finish(&t);
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=three");
	dt_end(&t);
}

/* temporal: how many of the rules, with an upper bound too. */
static void some_of(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, BASE "title: N\nid: n\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
			  "  group-by: [u]\n  timespan: 10s\n  condition: {eq: 1}\n");
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"one\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"u\":\"one\"}");
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"both\"}");
	dt_event(&t, "x", 2, "{\"k\":\"b\",\"u\":\"both\"}");
	finish(&t);
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=one");
	dt_end(&t);
}

#define ABSENT                                                                     \
	BASE "title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra]\n" \
	     "  group-by: [u]\n  timespan: 10s\n  condition: {gte: 1}\nward: {without: [rb]}\n"

/* What did not come is known when it can't come any more. */
static void absence(void **state)
{
	static struct dt t;
	ward_ns end = (1700000000 + 10 + 120) * WARD_NS_PER_S;

	(void)state;
	dt_start(&t, ABSENT);
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"alone\"}");
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"answered\"}");
	dt_event(&t, "x", 9, "{\"k\":\"b\",\"u\":\"answered\"}");
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"late answer\"}");
	dt_event(&t, "x", 11, "{\"k\":\"b\",\"u\":\"late answer\"}");
	dt_event(&t, "x", 0, "{\"k\":\"b\",\"u\":\"before\"}");
	dt_event(&t, "x", 0.5, "{\"k\":\"a\",\"u\":\"before\"}");
	/* the second one is not answered, and has a window of its own */
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"twice\"}");
	dt_event(&t, "x", 5, "{\"k\":\"b\",\"u\":\"twice\"}");
	dt_event(&t, "x", 6, "{\"k\":\"a\",\"u\":\"twice\"}");
	assert_int_equal(ward_detector_tick(t.det, end, dt_sink, &t), WARD_OK);
	assert_int_equal(t.n_said, 0); /* one could still come late */
	assert_int_equal(ward_detector_tick(t.det, end + 2 * WARD_NS_PER_S, dt_sink, &t), WARD_OK);
	assert_int_equal(t.n_said, 3);
	finish(&t);
	assert_int_equal(t.n_said, 4);
	size_t seen = 0;

	for (size_t i = 0; i < 4; i++)
		seen += !strcmp(t.said[i].match, "u=alone") ||
			!strcmp(t.said[i].match, "u=late answer") ||
			!strcmp(t.said[i].match, "u=before") || !strcmp(t.said[i].match, "u=twice");
	assert_int_equal(seen, 4);
	dt_end(&t);
}

#define NOT_AFTER                                                                  \
	BASE "title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra]\n" \
	     "  group-by: [u]\n  timespan: 2s\n  condition: {gte: 1}\n"            \
	     "ward: {not_after: {rules: [rb], within: 10s}}\n"

/* What nothing came before is told at once; what it did is not, nor when that is long over. */
static void not_after(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, NOT_AFTER);
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"alone\"}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=alone");
	dt_event(&t, "x", 0, "{\"k\":\"b\",\"u\":\"p\"}");
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event(&t, "x", 10, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 1);
	dt_event(&t, "x", 10.1, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 2);
	dt_event(&t, "x", 3, "{\"k\":\"a\",\"u\":\"at once\"}");
	dt_event(&t, "x", 3, "{\"k\":\"b\",\"u\":\"at once\"}");
	assert_int_equal(t.n_said, 4);
	assert_true(t.said[3].withdrawn);
	t.n_said = 2;
	/* what comes behind is no evidence, and ends what it was evidence of */
	dt_event(&t, "x", 10.2, "{\"k\":\"b\",\"u\":\"p\"}");
	dt_event(&t, "x", 10.3, "{\"k\":\"a\",\"u\":\"p\"}");
	for (int i = 11; i < 400; i++)
		assert_int_equal(
			ward_detector_tick(t.det, (1700000000 + i) * WARD_NS_PER_S, dt_sink, &t),
			WARD_OK);
	finish(&t);
	assert_int_equal(t.n_said, 2);
	assert_string_equal(t.said[1].match, "u=p");
	assert_int_equal(t.said[1].n_evidence, 1);
	dt_end(&t);
}

/* One that comes late takes back what it explains. */
static void not_after_late(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, NOT_AFTER);
	dt_event(&t, "x", 8, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event(&t, "x", 13, "{\"k\":\"a\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 2);
	dt_event(&t, "x", 1, "{\"k\":\"b\",\"u\":\"p\"}");
	assert_int_equal(t.n_said, 3);
	assert_true(t.said[2].withdrawn);
	assert_true(ward_id_eq(t.said[2].id, t.said[0].id));
	finish(&t);
	assert_int_equal(t.n_said, 3);
	dt_end(&t);
}

/* Saved and restored at every event: the same words. */
static void not_after_saved(void **state)
{
	static struct dt t;

	(void)state;
	for (int cut = 0; cut < 7; cut++) {
		dt_start(&t, NOT_AFTER);
		for (int i = 0; i < 7; i++) {
			struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

			ward_detector_save(t.det, &w);
			if (i == cut) {
				struct ward_rd r = ward_rd_from(w.p, w.len);

				ward_detector_free(t.det);
				dt_detector(&t);
				assert_int_equal(
					ward_detector_load(t.det, &r, NULL, NULL), WARD_OK);
			}
			ward_wr_fini(&w);
			/* the last one has nothing before it */
			dt_event(&t, "x", 60 * (i / 2) + 9 * (i % 2),
				i == 0 || i == 2 || i == 4 ? "{\"k\":\"b\",\"u\":\"p\"}"
							   : "{\"k\":\"a\",\"u\":\"p\"}");
		}
		finish(&t);
		assert_int_equal(t.n_said, 1);
		dt_end(&t);
	}
}

/* The specification's example: many failures, then a success, of one user. */
#define SPEC                                                                              \
	"title: Then\nid: then\nlevel: high\ncorrelation:\n  type: temporal_ordered\n"    \
	"  rules: [many, ok]\n  group-by: [User]\n  timespan: 10m\n---\n"                 \
	"title: Many\nname: many\ncorrelation:\n  type: event_count\n  rules: [failed]\n" \
	"  group-by: [%s]\n  timespan: 10m\n  condition: {gte: 3}\n---\n"                 \
	"title: Failed\nname: failed\nlogsource: {product: t}\n"                          \
	"detection: {s: {EventID: [529, 4625]}, condition: s}\n---\n"                     \
	"title: Success\nname: ok\nlogsource: {product: t}\n"                             \
	"detection: {s: {EventID: [528, 4624]}, condition: s}\n"

static void login(struct dt *t, double at, int id, const char *user, const char *computer)
{
	char f[128];

	(void)snprintf(f, sizeof(f), "{\"EventID\":%d,\"User\":\"%s\",\"Computer\":\"%s\"}", id,
		user, computer);
	dt_event(t, "x", at, f);
}

static void chain_by(const char *inner)
{
	static struct dt t;
	char rules[2048];

	(void)snprintf(rules, sizeof(rules), SPEC, inner);
	dt_start(&t, rules);
	login(&t, 0, 4624, "eve", "pc1"); /* a success before */
	login(&t, 1, 4625, "eve", "pc1");
	login(&t, 2, 4625, "eve", "pc1");
	login(&t, 3, 4624, "eve", "pc1"); /* not many yet */
	login(&t, 4, 4625, "eve", "pc1");
	assert_int_equal(t.n_said, 0); /* many alone says nothing: it is not generated */
	login(&t, 5, 4624, "bob", "pc1");
	assert_int_equal(t.n_said, 0);
	login(&t, 6, 4624, "eve", "pc2");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].rule, "then");
	assert_string_equal(t.said[0].match, "User=eve");
	assert_int_equal(t.said[0].n_evidence, 4); /* the events, not the correlation */
	assert_true(t.said[0].first == (1700000000 + 1) * WARD_NS_PER_S);
	finish(&t);
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
}

static void chain(void **state)
{
	(void)state;
	chain_by("User");
	chain_by("Computer"); /* "the correlation rule only uses its own group-by" */
}

/* An earlier failure comes late: many was met earlier, so an earlier success counts. */
static void chain_late(void **state)
{
	static struct dt t;
	char rules[2048];

	(void)state;
	(void)snprintf(rules, sizeof(rules), SPEC, "User");
	dt_start(&t, rules);
	login(&t, 11, 4625, "eve", "pc1");
	login(&t, 12, 4625, "eve", "pc1");
	login(&t, 13, 4624, "eve", "pc1");
	login(&t, 14, 4625, "eve", "pc1");
	assert_int_equal(t.n_said, 0);
	dt_event_at(&t, "x", 10, 15, 99, "{\"EventID\":529,\"User\":\"eve\"}");
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
}

/* What is judged late still comes in time for those above it. */
static void chain_above_absence(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, BASE "title: N\nid: n\nname: rn\ncorrelation:\n  type: event_count\n"
			  "  rules: [ra]\n  group-by: [u]\n  timespan: 10s\n  condition: {gte: 1}\n"
			  "ward: {without: [rb]}\n---\n"
			  "title: M\nid: m\ncorrelation:\n  type: value_count\n  rules: [rn]\n"
			  "  group-by: [site]\n  timespan: 30s\n"
			  "  condition: {field: u, gte: 2}\n");
	dt_event(&t, "x", 0, "{\"k\":\"a\",\"u\":\"p\",\"site\":\"s\"}");
	dt_event(&t, "x", 20, "{\"k\":\"a\",\"u\":\"q\",\"site\":\"s\"}");
	dt_event(&t, "x", 21, "{\"k\":\"a\",\"u\":\"r\",\"site\":\"s\"}");
	dt_event(&t, "x", 22, "{\"k\":\"b\",\"u\":\"r\"}");
	for (int i = 30; i < 400; i++)
		assert_int_equal(
			ward_detector_tick(t.det, (1700000000 + i) * WARD_NS_PER_S, dt_sink, &t),
			WARD_OK);
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].rule, "m");
	assert_int_equal(t.said[0].n_evidence, 2);
	dt_end(&t);
}

/* Saved and restored at every event: the same words, also of chains. Every prefix fails cleanly. */
static void saved(void **state)
{
	static struct dt t;
	static const char *const inner[] = {"User", "Computer"};
	char rules[2048];

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		(void)snprintf(rules, sizeof(rules), SPEC, inner[k]);
		for (int cut = 0; cut < 6; cut++) {
			dt_start(&t, rules);
			for (int i = 0; i < 6; i++) {
				struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

				ward_detector_save(t.det, &w);
				if (i == cut) {
					ward_detector_free(t.det);
					dt_detector(&t);
				}
				for (size_t len = 0; len < w.len && i == cut; len++) {
					struct ward_rd part = ward_rd_from(w.p, len);

					assert_int_not_equal(
						ward_detector_load(t.det, &part, NULL, NULL),
						WARD_OK);
				}
				struct ward_rd r = ward_rd_from(w.p, w.len);

				if (i == cut)
					assert_int_equal(
						ward_detector_load(t.det, &r, NULL, NULL), WARD_OK);
				ward_wr_fini(&w);
				login(&t, i, i == 5 ? 4624 : 4625, "eve", "pc1");
			}
			finish(&t);
			assert_int_equal(t.n_said, 1);
			assert_int_equal(t.said[0].n_evidence, 4); /* three made it many */
			dt_end(&t);
		}
	}
}

/* ---- near ---- */

static const char ontology[] = "classes:\n  - {id: site, name: Site}\n"
			       "  - {id: building, name: Building}\n  - {id: floor, name: Floor}\n"
			       "  - {id: zone, name: Zone}\n  - {id: role, name: Role}\n"
			       "  - {id: room, name: Room}\n  - {id: door, name: Door}\n"
			       "  - {id: device, name: Device}\n  - {id: network, name: Network}\n"
			       "  - {id: software, name: S}\n  - {id: data, name: D}\n"
			       "  - {id: supply, name: S}\n  - {id: service, name: S}\n"
			       "  - {id: room.outside, name: O}\n";
static const char threats[] = "threats:\n  - {code: outage, name: Outage, domain: both,\n"
			      "     need: availability, idmef: A.B,\n"
			      "     first_step: {role: engineer, text: Look.}}\n";
static const char house[] =
	"hospital: {id: h, name: T, city: C, country: IT, timezone: Europe/Rome}\n"
	"sites: [{id: s, name: S}]\nbuildings: [{id: b, name: B, site: s}]\n"
	"floors: [{id: f, name: F, building: b, level: 0}]\n"
	"rooms:\n  - {id: r1, name: R, floor: f, class: room.outside}\n"
	"  - {id: r2, name: R, floor: f, class: room}\n  - {id: r3, name: R, floor: f, class: "
	"room}\n"
	"doors:\n  - {id: d1, from: r1, to: r2}\n  - {id: d2, from: r2, to: r3}\n"
	"roles: [{id: engineer, name: E}]\n"
	"assets: [{id: cam, name: C, class: device, room: r3}]\n";

static struct ward_model *make_house(void)
{
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_model *m = NULL;
	const struct ward_model_file file = {
		S("h.yml"), S("h.yml"), ward_str_bytes(ward_str_z(house))};
	const struct ward_model_file content[] = {
		{S("ontology.yml"), S("ontology.yml"), ward_str_bytes(ward_str_z(ontology))},
		{S("threats.yml"), S("threats.yml"), ward_str_bytes(ward_str_z(threats))}};

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_model_load_files(&file, 1, content, &lim, ward_mem_heap(), &d, &m);

	if (err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 65536);

		ward_diag_write_text(&d, &w);
		fail_msg("%.*s", (int)w.len, (const char *)w.p);
	}
	ward_diag_fini(&d);
	return m;
}

#define NEAR(hops)                                                                  \
	BASE "title: N\nid: n\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n" \
	     "  group-by: [u]\n  timespan: 10s\nward: {near: {hops: " hops "}}\n"

static void near(void **state)
{
	static struct dt t;
	struct ward_model *m = make_house();

	(void)state;
	dt_model = m;
	dt_start(&t, NEAR("2"));
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"p\",\"ward.room\":\"r1\"}");
	dt_event(&t, "x", 2, "{\"k\":\"b\",\"u\":\"p\",\"ward.asset\":\"cam\"}"); /* in r3: 4 */
	dt_event(&t, "x", 2, "{\"k\":\"b\",\"u\":\"p\"}"); /* nobody knows where */
	assert_int_equal(ward_detector_stats(t.det).n_ungrouped, 1);
	assert_int_equal(t.n_said, 0);
	dt_event(&t, "x", 3, "{\"k\":\"b\",\"u\":\"q\",\"ward.room\":\"r2\"}"); /* another's */
	assert_int_equal(t.n_said, 0);
	dt_event(&t, "x", 4, "{\"k\":\"b\",\"u\":\"p\",\"ward.room\":\"r2\"}");
	assert_int_equal(t.n_said, 1); /* once, though each is in the groups of both */
	assert_string_equal(t.said[0].match, "u=p;ward.near=r1");
	assert_int_equal(t.said[0].n_evidence, 2);
	finish(&t);
	assert_int_equal(t.n_said, 1);
	dt_end(&t);
	dt_start(&t, NEAR("1")); /* to the door only */
	dt_event(&t, "x", 1, "{\"k\":\"b\",\"u\":\"p\",\"ward.room\":\"r2\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"u\":\"p\",\"ward.room\":\"r1\"}");
	assert_int_equal(t.n_said, 0);
	dt_event(&t, "x", 3, "{\"k\":\"a\",\"u\":\"p\",\"ward.door\":\"d2\"}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].match, "u=p;ward.near=r2");
	dt_end(&t);
	dt_model = NULL;
	ward_model_free(m);
}

/* Loads, matches and saves with this memory; false when it gave none. */
static bool run_with(const struct ward_mem *mem, struct dt *t, const char *rules)
{
	static const char lists[] = "lists:\n  L: [eve, 'b*']\n";
	const struct ward_rule_text r = {"r", ward_str_bytes(ward_str_z(rules))},
				    p = {"p", ward_str_bytes(ward_str_z(dt_pipeline))},
				    l = {"l", ward_str_bytes(ward_str_z(lists))};
	const struct ward_ruleset_texts texts = {.rules = &r,
		.n_rules = 1,
		.pipelines = &p,
		.n_pipelines = 1,
		.lists = &l,
		.n_lists = 1};
	struct ward_ruleset *rs = NULL;
	struct ward_detector *det = NULL;
	enum ward_err err = ward_ruleset_parse(&texts, &t->lim, mem, &t->diag, &rs);

	if (!err)
		err = ward_detector_new(rs, &t->names, NULL, &t->lim, NULL, mem, &det);
	for (int i = 0; i < 9 && !err; i++) {
		struct ward_event e;
		char f[128];

		(void)snprintf(f, sizeof(f),
			"{\"EventID\":%d,\"User\":\"eve\",\"Computer\":\"%d\"}",
			i == 5 ? 4624 : 4625, i % 2);
		ward_arena_reset(&t->arena);
		assert_int_equal(
			ward_json_read_event(&t->reader, ward_str_z(f), &t->arena, &e), WARD_OK);
		e.class = ward_name(&t->names, S("x"));
		e.time = e.seen = (1700000000 + (i == 8 ? 0 : i)) * WARD_NS_PER_S;
		e.id = ward_event_id(S("test"), 1, (uint64_t)i, 0);
		err = ward_detector_event(det, &e, dt_sink, t);
	}
	if (!err)
		err = ward_detector_tick(det, WARD_NS_NEVER, dt_sink, t);
	ward_detector_free(det);
	ward_ruleset_free(rs);
	/* A writer does not say whether it hit memory or its bound. */
	assert_true(err == WARD_OK || err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT);
	return !err;
}

/* Whichever allocation fails: it is told, and nothing leaks. */
static void no_memory(void **state)
{
	static struct dt t;
	char rules[4096];
	bool done = false;

	(void)state;
	(void)snprintf(rules, sizeof(rules),
		SPEC
		"---\ntitle: No answer\ncorrelation: {type: event_count, rules: [failed],\n"
		"  timespan: 1s, condition: {gte: 1}, group-by: [User]}\nward: {without: [ok]}\n"
		"---\ntitle: Few\ncorrelation: {type: value_percentile, rules: [failed],\n"
		"  timespan: 9s, condition: {field: Computer, lt: 90}, group-by: [User]}\n"
		"---\ntitle: F\nlogsource: {product: t}\n"
		"filter: {rules: [ok], s: {User|windash|expand: '-%%L%%'}, condition: not s}\n",
		"Computer");
	dt_load(&t, "");
	t.reader.foreign = true;
	for (uint64_t n = 1; !done; n++) {
		struct ward_mem_failing f;

		ward_mem_failing_init(&f, n);
		t.n_said = 0;
		done = run_with(&f.mem, &t, rules) && f.n_call < n;
	}
	assert_true(t.n_said > 2);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(sum), T(sum_falls), T(average), T(percentiles),
		T(not_so_many), T(some_of), T(absence), T(not_after), T(not_after_late),
		T(not_after_saved), T(chain), T(chain_late), T(chain_above_absence), T(saved),
		T(near), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
