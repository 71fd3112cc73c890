/* Groups of correlations: values compare without case, and closing looks at what is due. */
#include "dt.h"

#include "detect/engine.h"

#define COUNT(type, cond)                                   \
	"title: A\nid: a\nlogsource: {product: t}\n"        \
	"detection: {s: {k: a}, condition: s}\n---\n"       \
	"title: N\nid: n\ncorrelation:\n  type: " type "\n" \
	"  rules: [a]\n  group-by: [u]\n  timespan: 10s\n  condition: " cond "\n"

static struct dt t;

static struct ward_id three(const char *a, const char *b, const char *c, const char *shown)
{
	const char *user[] = {a, b, c};
	char text[8192];

	dt_start(&t, COUNT("event_count", "{gte: 3}"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(user); i++) {
		(void)snprintf(text, sizeof(text), "{\"k\":\"a\",\"u\":\"%s\"}", user[i]);
		dt_event(&t, "x", (double)i, text);
	}
	assert_int_equal(t.n_said, 1);
	assert_int_equal(t.said[0].n_evidence, 3);
	assert_string_equal(t.said[0].match, shown);
	struct ward_id id = t.said[0].id;

	dt_end(&t);
	return id;
}

/* One user, however the name is written; shown as it came first, named the same in any case. */
static void t_one_group(void **state)
{
	(void)state;
	struct ward_id id = three("Admin", "admin", "ADMIN", "u=Admin");

	assert_true(ward_id_eq(id, three("aDMIN", "ADMIN", "admin", "u=aDMIN")));
	assert_true(ward_id_eq(id, three("admin", "admin", "admin", "u=admin")));
	(void)three("JÜRGEN", "jürgen", "Jürgen", "u=JÜRGEN");
	(void)three("Ψ", "ψ", "Ψ", "u=Ψ");
}

/* Longer than what is hashed at once, also where a letter is of another length in the other case.
 */
static void t_long(void **state)
{
	char upper[2048], lower[2048], other[2048];
	size_t u = 0, l = 0;

	(void)state;
	for (int i = 0; i < 600; i++) {
		const char *a = i % 7 ? "A" : "\u017f", *b = i % 7 ? "a" : "s";

		memcpy(upper + u, a, strlen(a) + 1);
		u += strlen(a);
		memcpy(lower + l, b, strlen(b) + 1);
		l += strlen(b);
	}
	memcpy(other, lower, l + 1);
	other[l - 1] = 'b';
	dt_start(&t, COUNT("event_count", "{gte: 2}"));
	const char *user[] = {upper, other, lower};
	char text[4096];

	for (size_t i = 0; i < WARD_ARRAY_LEN(user); i++) {
		(void)snprintf(text, sizeof(text), "{\"k\":\"a\",\"u\":\"%s\"}", user[i]);
		dt_event(&t, "x", (double)i, text);
		assert_int_equal(t.n_said, i == 2);
	}
	dt_end(&t);
}

/* Of what is counted, too: Admin and admin are one value. */
static void t_values(void **state)
{
	static const char *const host[] = {"Alpha", "ALPHA", "beta", "Beta", "alpha", "gamma"};
	char text[128];

	(void)state;
	dt_start(&t, COUNT("value_count", "{field: h, gte: 3}"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(host); i++) {
		(void)snprintf(
			text, sizeof(text), "{\"k\":\"a\",\"u\":\"p\",\"h\":\"%s\"}", host[i]);
		dt_event(&t, "x", (double)i, text);
		assert_int_equal(t.n_said, i == 5);
	}
	dt_end(&t);
}

/* A checkpoint goes on with the same group and the same spelling. */
static void t_saved(void **state)
{
	static struct dt u;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	dt_start(&t, COUNT("event_count", "{gte: 3}"));
	dt_event(&t, "x", 1, "{\"k\":\"a\",\"u\":\"Admin\"}");
	dt_event(&t, "x", 2, "{\"k\":\"a\",\"u\":\"admin\"}");
	ward_detector_save(t.det, &w);
	dt_start(&u, COUNT("event_count", "{gte: 3}"));
	u.seq = t.seq;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_detector_load(u.det, &r, NULL, NULL), WARD_OK);
	dt_event(&u, "x", 3, "{\"k\":\"a\",\"u\":\"ADMIN\"}");
	assert_int_equal(u.n_said, 1);
	assert_string_equal(u.said[0].match, "u=Admin");
	ward_wr_fini(&w);
	dt_end(&t);
	dt_end(&u);
}

enum { GROUPS = 5000 };

/* Nothing of the heap is sooner than what it hangs below, and each group is in its place. */
static void is_heap(const struct ward_due *h)
{
	for (size_t i = 0; i < h->n; i++) {
		assert_int_equal(h->group[i]->due_at, i);
		assert_true(i == 0 || h->group[(i - 1) / 2]->due <= h->group[i]->due);
	}
}

/* Of many groups each goes at the first tick behind its end, and the others are not looked at: what
 * is first in the heap is never over. */
static void t_due(void **state)
{
	char text[64];
	const ward_ns lateness = ward_detect_config_default().lateness;

	(void)state;
	dt_start(&t, COUNT("event_count", "{gte: 3}"));
	for (unsigned i = 0; i < GROUPS; i++) {
		(void)snprintf(text, sizeof(text), "{\"k\":\"a\",\"u\":\"u%u\"}", i);
		/* in no order of time, within the lateness */
		dt_event_at(&t, "x", i * 7919u % 50, 50, i + 1, text);
	}
	assert_int_equal(t.det->n_group, GROUPS);
	is_heap(&t.det->due[0]);
	for (int second = 50; second < 200; second++) {
		ward_ns now = (1700000000 + second) * WARD_NS_PER_S;
		size_t left = 0;

		assert_int_equal(ward_detector_tick(t.det, now, dt_sink, &t), WARD_OK);
		for (unsigned i = 0; i < GROUPS; i++)
			left += (ward_ns)(i * 7919u % 50 + 10) * WARD_NS_PER_S +
					1700000000 * WARD_NS_PER_S >=
				now - lateness;
		assert_int_equal(t.det->n_group, left);
		assert_int_equal(t.det->due[0].n, left);
		assert_true(!left || ward_due_first(t.det, 0)->due >= now - lateness);
		if (second % 30 == 0)
			is_heap(&t.det->due[0]);
	}
	assert_int_equal(t.det->n_group, 0);
	dt_end(&t);
}

/* An earlier event that comes late makes the group due sooner. */
static void t_sooner(void **state)
{
	(void)state;
	dt_start(&t, COUNT("event_count", "{lte: 1}"));
	dt_event_at(&t, "x", 50, 50, 1, "{\"k\":\"a\",\"u\":\"p\"}");
	dt_event_at(&t, "x", 20, 51, 2, "{\"k\":\"a\",\"u\":\"P\"}");
	assert_int_equal(ward_detector_tick(t.det, (1700000000 + 150) * WARD_NS_PER_S, dt_sink, &t),
		WARD_OK);
	assert_int_equal(t.n_said, 0);
	assert_int_equal(ward_detector_tick(t.det, (1700000000 + 152) * WARD_NS_PER_S, dt_sink, &t),
		WARD_OK);
	assert_int_equal(t.n_said, 1);
	assert_int_equal(ward_detector_tick(t.det, (1700000000 + 182) * WARD_NS_PER_S, dt_sink, &t),
		WARD_OK);
	assert_int_equal(t.n_said, 2);
	assert_int_equal(t.det->n_group, 0);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_one_group),
		cmocka_unit_test(t_long),
		cmocka_unit_test(t_values),
		cmocka_unit_test(t_saved),
		cmocka_unit_test(t_due),
		cmocka_unit_test(t_sooner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
