/* Events of ordered profiles are seen in the order of their time, whatever the order they come in.
 */
#include "lab.h"

#include "detect/baseline/priv.h"

static struct bl_lab l;

static const char profiles[] =
	"baselines:\n"
	"  - id: o\n"
	"    title: Ordered\n"
	"    class: t\n"
	"    key: k\n"
	"    ordered: true\n"
	"    min_events: 3\n"
	"    learn: [{id: v, kind: set, of: v, says: has}, {id: rate, kind: rate, says: is}]\n"
	"  - id: u\n"
	"    title: Not\n"
	"    class: t\n"
	"    key: k\n"
	"    min_events: 3\n"
	"    learn: [{id: v, kind: set, of: v, says: has}]\n";

static void event(const char *key, int v, double seconds)
{
	char json[100];

	(void)snprintf(json, sizeof(json), "{\"k\":\"%s\",\"v\":%d,\"x\":\"not kept\"}", key, v);
	bl_class(&l, "t", seconds / 3600, json);
}

static uint64_t seen(const char *profile, const char *key)
{
	for (size_t i = 0; i < l.ps->n; i++) {
		if (!ward_str_eqz(l.ps->p[i].id, profile))
			continue;
		struct ward_bl_key *k =
			ward_bl_key_find(l.b, ward_bl_key_id(&l.ps->p[i], ward_str_z(key)));

		return k ? k->count : 0;
	}
	return 0;
}

static void t_waits(void **state)
{
	(void)state;
	bl_open_with(&l, WARD_BL_LIVE, profiles, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
	assert_int_equal(l.ps->ordered, 1);
	event("a", 1, 0);
	event("a", 1, 59);
	assert_int_equal(seen("o", "a"), 0);
	assert_int_equal(seen("u", "a"), 2);
	event("a", 1, 60);
	assert_int_equal(seen("o", "a"), 1);
	/* A clock that goes on does as well. */
	assert_int_equal(
		ward_baseline_tick(l.b, bl_monday + 119 * WARD_NS_PER_S, bl_sink, &l), WARD_OK);
	assert_int_equal(seen("o", "a"), 2);
	/* Later than a minute: at once, and counted. */
	event("a", 1, 30);
	assert_int_equal(seen("o", "a"), 3);
	assert_true(ward_baseline_stats(l.b).n_late >= 1);
	bl_flush(&l);
	assert_int_equal(seen("o", "a"), 4);
	assert_int_equal(l.b->n_held, 0);
	bl_close(&l);
}

/* What waits is saved, and goes on waiting. */
static void t_saved(void **state)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       two = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	bl_open_with(&l, WARD_BL_LIVE, profiles, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
	for (int i = 0; i < 50; i++)
		event(i % 2 ? "a" : "b", i % 5, 100 + (i * 37) % 50);
	assert_int_equal(l.b->n_held, 50);
	(void)bl_saved(&l, &one);
	/* Only what the profiles look at. */
	assert_true(ward_str_find(ward_wr_text(&one), S("6e6f74206b657074")) == SIZE_MAX);
	bl_mode(&l, WARD_BL_LIVE);
	assert_int_equal(ward_baseline_load(l.b, ward_wr_slice(&one), NULL), WARD_OK);
	(void)bl_saved(&l, &two);
	assert_true(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
	bl_flush(&l);
	assert_int_equal(seen("o", "a") + seen("o", "b"), 50);
	bl_close(&l);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

/* Too many: the first are judged before their turn, and counted. */
static void t_limit(void **state)
{
	(void)state;
	bl_open_with(&l, WARD_BL_LIVE, profiles, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
	l.lim.v[WARD_LIMIT_BASELINE_HELD] = 16;
	for (int i = 0; i < 100; i++)
		event("a", i % 3, 1000 - i / 100.0);
	assert_true(l.b->n_held <= 16);
	assert_true(ward_baseline_stats(l.b).n_hurried > 0);
	bl_flush(&l);
	assert_int_equal(seen("o", "a"), 100);
	bl_close(&l);
}

static void t_bad(void **state)
{
	static const char *const bad[] = {"", "0", "zz", "00", "0100"};
	char text[200];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		bl_open_with(
			&l, WARD_BL_LIVE, profiles, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
		(void)snprintf(text, sizeof(text),
			"{\"kind\":\"baseline\",\"version\":2}\n{\"kind\":\"baseline.held\","
			"\"time\":\"2026-01-05T00:00:00Z\",\"event\":\"%s\"}\n",
			bad[i]);
		assert_int_equal(ward_baseline_load(l.b, ward_str_bytes(ward_str_z(text)), NULL),
			WARD_ERR_MALFORMED);
		bl_close(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_waits), T(t_saved), T(t_limit), T(t_bad)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
