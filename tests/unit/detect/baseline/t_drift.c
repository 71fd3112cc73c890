/* Slow change is followed; who moves the usual by small steps is told of, at every doubling. */
#include "lab.h"

#include "detect/baseline/priv.h"

static struct bl_lab l;

static const char profiles[] =
	"baselines:\n"
	"  - id: d\n"
	"    title: Drift\n"
	"    class: t\n"
	"    key: k\n"
	"    min_events: 10\n"
	"    learn:\n"
	"      - {id: value, kind: range, of: v, says: has}\n"
	"      - {id: size, kind: range, of: s, factor: 3, floor: 10, says: sends}\n"
	"      - {id: rate, kind: rate, factor: 3, floor: 5, says: is}\n";

static void event(const char *field, int v, double hour)
{
	char json[100];

	(void)snprintf(json, sizeof(json), "{\"k\":\"a\",\"%s\":%d}", field, v);
	bl_class(&l, "t", hour, json);
}

static size_t told(const char *rule, int *first)
{
	size_t n = 0;

	for (size_t i = 0; i < l.n_said; i++)
		if (strcmp(l.said[i].rule, rule) == 0) {
			if (!n++)
				*first = atoi(strstr(l.said[i].title, ": ") + 2);
		}
	return n;
}

static void begin(void)
{
	bl_open_with(&l, WARD_BL_LIVE, profiles, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
}

/* 10 to 20 was learned. Each step stays within half of the width that was reached: without a tether
 * nothing would ever be told. Now the width counts up to 20, so beyond 30 + 10 is told. */
static void t_range(void **state)
{
	int first = 0, v = 20;

	(void)state;
	begin();
	for (int day = 0; day < 15; day++)
		for (int i = 0; i < 11; i++)
			event("v", 10 + i, day * 24 + i);
	for (int day = 15; v < 2000; day++, v += (v - 10) / 3)
		event("v", v, day * 24);
	size_t n = told("d/value", &first);

	assert_true(first > 40 && first <= 54);
	assert_true(n >= 5); /* 53, 67, 86 … each quarter of a doubling and more */
	bl_close(&l);
}

/* The same with a factor: 100 was the most, so 300 is beyond; it may be moved to 600. */
static void t_factor(void **state)
{
	int first = 0;

	(void)state;
	begin();
	for (int i = 0; i < 400; i++)
		event("s", 100, i);
	for (int i = 0, v = 250; i < 200; i++) {
		event("s", v, 400 + i * 24);
		if (i % 20 == 19)
			v *= 2;
	}
	assert_true(told("d/size", &first) >= 2);
	assert_true(first > 600 && first <= 1000);
	bl_close(&l);
}

/* Ten an hour at nine o'clock; then each week nearly the double. Four times the busiest hour that
 * was learned is told, whatever came between. */
static void t_rate(void **state)
{
	int first = 0, n = 10;

	(void)state;
	begin();
	for (int day = 0; day < 21; day++)
		for (int i = 0; i < 10; i++)
			event("x", 0, day * 24 + 9 + i / 100.0);
	for (int week = 3; week < 9; week++, n = n * 19 / 10)
		for (int i = 0; i < n; i++)
			event("x", 0, week * 168 + 9 + i / 1000.0);
	assert_true(told("d/rate", &first) >= 1);
	assert_int_equal(first, 41);
	bl_close(&l);
}

/* From ten to eighteen an hour in a year: no news, and in the end 18 is what is usual. */
static void t_followed(void **state)
{
	int first = 0;

	(void)state;
	begin();
	for (int day = 0; day < 2 * 364; day++) {
		int n = 10 + (day < 364 ? day : 364) * 8 / 364;

		for (int i = 0; i < n; i++)
			event("x", 0, day * 24 + 9 + i / 100.0);
	}
	assert_int_equal(told("d/rate", &first), 0);
	struct ward_bl_key *k = ward_bl_key_find(l.b, ward_bl_key_id(&l.ps->p[0], S("a")));
	struct ward_bl_usual u =
		ward_bl_rate(l.b, k, 2, bl_monday + (ward_ns)(728 * 24 + 9) * 3600 * WARD_NS_PER_S);

	/* A bucket is a quarter wide, and all hours of the week pull it down by 4 in some 20. */
	if (u.usual < 14000 || u.usual > 20479)
		fail_msg("usual is %lld", (long long)u.usual);
	bl_close(&l);
}

/* However many numbers come, those kept are bounded, and the bounds of long ago are forgotten. */
static void t_age(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 400; i++)
		event("v", i < 20 ? 15 : 10 + i % 11, i);
	for (int i = 0; i < 100000; i++)
		event("v", 14 + i % 3, 400 + i * 0.01);
	struct ward_bl_key *k = ward_bl_key_find(l.b, ward_bl_key_id(&l.ps->p[0], S("a")));
	struct ward_bl_entry *en = ward_bl_entry_find(l.b, ward_bl_entry_id(k, 0, S("")));

	assert_non_null(en);
	assert_true(en->hist.total < 8192);
	assert_int_equal(en->count, 100400);
	assert_true(en->min >= 12000 && en->max <= 18000);
	assert_true(en->anchored && en->anchor_low == 10000 && en->anchor_high <= 20479);
	bl_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(t_range), T(t_factor), T(t_rate), T(t_followed), T(t_age)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
