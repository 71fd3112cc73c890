/* What a fire detector that goes off alone is worth in forecasts, and what makes it sure. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int setup(void **state)
{
	*state = lab_new();
	return 0;
}

static int teardown(void **state)
{
	lab_free(*state);
	return 0;
}

struct sign {
	unsigned at;                             /* seconds, below an hour */
	const char *class, *key, *value, *state; /* NULL: "alarm" */
};

/* One event, so many seconds after three o'clock. */
static void tell(struct lab *l, struct ward_brain *b, const struct sign *s)
{
	char line[512];

	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-0000000000%02u\",\"time\":\""
		"2026-03-19T03:%02u:%02uZ\",\"source\":\"s\",\"class\":\"%s\",\"fields\":{\"%s\":"
		"\"%s\",\"state\":\"%s\"}}",
		s->at % 97 + 1, s->at / 60, s->at % 60, s->class, s->key, s->value,
		s->state ? s->state : "alarm");
	struct record r = lab_line(l, line);

	lab_feed(l, b, &r);
}

/* What these signs lead to in the end. */
static void forecast_of(struct lab *l, const struct sign *sign, size_t n, struct rows *ret)
{
	struct ward_brain *b;
	struct rows out;

	rows_init(&out);
	b = lab_brain(l, &out);
	for (size_t i = 0; i < n; i++)
		tell(l, b, &sign[i]);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	ward_brain_free(b);
	rows_final(&out, ret);
	rows_fini(&out);
}

static void forecast(struct lab *l, const char *const *sensor, size_t n, struct rows *ret)
{
	struct sign sign[4];

	assert_true(n <= 4);
	for (size_t i = 0; i < n; i++)
		sign[i] = (struct sign){(unsigned)i, "fire.alarm", "sensor", sensor[i], NULL};
	forecast_of(l, sign, n, ret);
}

/* The ends of that impact's likelihood, the surest of all incidents'; 0: it is not told. */
static void ends(const struct rows *r, const char *asset, double *ret_lo, double *ret_hi)
{
	char name[96];

	(void)snprintf(name, sizeof(name), "\"asset\":\"%s\"", asset);
	*ret_lo = *ret_hi = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct ward_str json = r->row[i].json;
		size_t at = ward_str_find(json, WARD_STR("\"likelihood\":["));
		double lo, hi;

		if (r->row[i].kind != WARD_OUTPUT_IMPACT ||
			ward_str_find(json, ward_str_z(name)) > 400 || at == SIZE_MAX)
			continue;
		char *end;

		lo = strtod(json.p + at + strlen("\"likelihood\":["), &end);
		hi = strtod(end + 1, NULL);
		*ret_lo = lo > *ret_lo ? lo : *ret_lo;
		*ret_hi = hi > *ret_hi ? hi : *ret_hi;
	}
}

static bool is_told(const struct rows *r, enum ward_output_kind kind, const char *what)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->row[i].kind == kind &&
			ward_str_find(r->row[i].json, ward_str_z(what)) != SIZE_MAX)
			return true;
	return false;
}

/* It is an incident of the highest level at once; care hangs on whether it is a fire. */
static void test_alone(void **state)
{
	static const char *const sensor[] = {"f-c0-lab-1"};
	struct rows r;
	double lo, hi;

	forecast(*state, sensor, 1, &r);
	assert_true(is_told(&r, WARD_OUTPUT_INCIDENT, "\"level\":\"critical\""));
	assert_true(is_told(&r, WARD_OUTPUT_INCIDENT, "\"threat\":\"fire.fire\""));
	ends(&r, "laboratory", &lo, &hi);
	assert_true(lo > 0 && lo <= 0.02 && hi > 0.02 && hi <= 0.15); /* worlds that are sampled */
	rows_fini(&r);
}

/* A second one in the building makes both sure, in either order; that the building burns says no
 * more of where. */
static void test_two(void **state)
{
	static const char *const order[2][2] = {
		{"f-c0-lab-1", "f-c0-corridor-services"}, {"f-c0-corridor-services", "f-c0-lab-1"}};

	for (size_t i = 0; i < 2; i++) {
		struct rows r;
		double lo, hi;

		forecast(*state, order[i], 2, &r);
		assert_true(is_told(&r, WARD_OUTPUT_DETECTION, "Two fire detectors"));
		ends(&r, "laboratory", &lo, &hi);
		assert_true(lo >= 0.5 && hi > 0.9);
		assert_false(is_told(&r, WARD_OUTPUT_IMPACT, "fire-somewhere-smokes-parts"));
		rows_fini(&r);
	}
}

/* One in another building says nothing of this one. */
static void test_elsewhere(void **state)
{
	static const char *const sensor[] = {"f-c0-lab-1", "f-bu-plant"};
	struct rows r;
	double lo, hi;

	forecast(*state, sensor, 2, &r);
	ends(&r, "laboratory", &lo, &hi);
	assert_true(lo > 0 && lo <= 0.02 && hi <= 0.15);
	rows_fini(&r);
}

/* Until somebody looked, the first step says how surely one detector is taken for a fire. */
static void test_said(void **state)
{
	static const char *const sensor[] = {"f-c0-lab-1", "f-c0-corridor-services"};

	for (size_t n = 1; n <= 2; n++) {
		struct rows r;
		const char *text = n == 1 ? "with 2 to 10 % until somebody has looked.\""
					  : "Ward only informs.\"";

		forecast(*state, sensor, n, &r);
		assert_true(is_told(&r, WARD_OUTPUT_INCIDENT, text));
		assert_int_equal(
			is_told(&r, WARD_OUTPUT_INCIDENT, "One detector alone tells it"), n == 1);
		rows_fini(&r);
	}
}

/* Fire is slow: another detector of the incident confirms after any time, also longer than the rule
 * that counts two goes back. */
static void test_late(void **state)
{
	static const struct sign sign[] = {
		{0, "fire.alarm", "sensor", "f-c0-lab-1", NULL},
		{11 * 60, "fire.alarm", "sensor", "f-c0-corridor-services", NULL},
	};
	struct rows r;
	double lo, hi;

	forecast_of(*state, sign, 2, &r);
	assert_false(is_told(&r, WARD_OUTPUT_DETECTION, "Two fire detectors"));
	ends(&r, "laboratory", &lo, &hi);
	assert_true(lo >= 0.5 && hi > 0.9);
	rows_fini(&r);
}

/* The same one again says nothing new. */
static void test_same(void **state)
{
	static const struct sign sign[] = {
		{0, "fire.alarm", "sensor", "f-c0-lab-1", NULL},
		{11 * 60, "fire.alarm", "sensor", "f-c0-lab-1", NULL},
	};
	struct rows r;
	double lo, hi;

	forecast_of(*state, sign, WARD_ARRAY_LEN(sign), &r);
	assert_false(is_told(&r, WARD_OUTPUT_DETECTION, "fire detectors in one"));
	ends(&r, "laboratory", &lo, &hi);
	assert_true(lo > 0 && lo <= 0.02 && hi <= 0.15);
	rows_fini(&r);
}

/* What a fire has beside itself makes it sure in that room and close by, and says nothing from
 * afar. */
static void test_beside(void **state)
{
	static const struct {
		const char *class, *sensor;
		bool sure;
	} row[] = {{"env.temperature", "t-c0-lab-1", true}, {"env.temperature", "t-c0-lab-2", true},
		{"env.temperature", "t-a1-theatre-1", false}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		const struct sign sign[] = {
			{0, "fire.alarm", "sensor", "f-c0-lab-1", NULL},
			{60, row[i].class, "sensor", row[i].sensor, "high"},
		};
		struct rows r;
		double lo, hi;

		forecast_of(*state, sign, 2, &r);
		ends(&r, "laboratory", &lo, &hi);
		assert_int_equal(lo >= 0.5 && hi > 0.9, row[i].sure);
		rows_fini(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_alone), cmocka_unit_test(test_two),
		cmocka_unit_test(test_elsewhere), cmocka_unit_test(test_said),
		cmocka_unit_test(test_late), cmocka_unit_test(test_same),
		cmocka_unit_test(test_beside)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
