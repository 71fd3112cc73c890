/* Whatever side of whatever kind of point has a limit: a value beyond it reaches some rule. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 1 << 16 };

static size_t file(char *into, const char *tail)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", getenv("WARD_SOURCE_ROOT"), tail);
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	size_t n = fread(into, 1, TEXT_MAX - 1, f);

	assert_int_equal(fclose(f), 0);
	into[n] = '\0';
	return n;
}

/* A row of each kind, with both limits. */
static struct ward_points *of_each_kind(struct lab *l)
{
	char *kinds = calloc(1, TEXT_MAX), *rows = calloc(1, TEXT_MAX);
	size_t n_kinds = file(kinds, "content/points.yml");
	struct ward_wr w = ward_wr_fixed(rows, TEXT_MAX);
	const struct ward_point_in in = {NULL, &l->lim, ward_mem_heap(), &l->diag};
	struct ward_points *p = NULL;
	size_t n = 0;

	ward_wr_z(&w, "id,asset,kind,low,high,margin,confirm\nplain,hall,,0,100,1,60s\n");
	for (const char *at = kinds; (at = strstr(at, "{kind: ")); n++) {
		at += sizeof("{kind: ") - 1;
		ward_wr_printf(&w, "k-%zu,hall,%.*s,0,100,1,60s\n", n, (int)strcspn(at, ","), at);
	}
	assert_true(n > 12);
	assert_int_equal(ward_points_parse(&in, ward_str_bytes(ward_wr_text(&w)),
				 ward_str_bytes((struct ward_str){kinds, n_kinds}), &p),
		WARD_OK);
	assert_int_equal(ward_points_n(p), n + 1);
	free(kinds);
	free(rows);
	return p;
}

static size_t detections(struct lab *l, const struct ward_bms_point *p, bool high, size_t n)
{
	struct ward_str class = high ? p->high_class : p->low_class,
			state = high ? p->high_state : p->low_state;
	char line[1024];
	struct rows out;
	size_t found = 0;

	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-%012zx\","
		"\"time\":\"2026-03-03T03:00:00Z\",\"seen\":\"2026-03-03T03:00:00Z\","
		"\"source\":\"points\",\"class\":\"%.*s\",\"fields\":{\"point\":\"%.*s\","
		"\"point.kind\":\"%.*s\",\"value\":1,\"state\":\"%.*s\"}}",
		n, WARD_STR_ARG(class), WARD_STR_ARG(p->id), WARD_STR_ARG(p->kind),
		WARD_STR_ARG(state));
	rows_init(&out);
	struct ward_brain *b = lab_brain(l, &out);
	struct record r = lab_line(l, line);

	lab_feed(l, b, &r);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	for (size_t i = 0; i < out.n; i++) {
		if (out.row[i].kind != WARD_OUTPUT_DETECTION)
			continue;
		found++;
		/* Too much pressure in a pipe, or too little vacuum, is no gas in the air. */
		assert_int_equal(
			ward_str_find(out.row[i].json, WARD_STR("Gas in the air")), SIZE_MAX);
	}
	ward_brain_free(b);
	rows_fini(&out);
	return found;
}

static void each_side_has_a_rule(void **state)
{
	struct lab *l = lab_new();
	struct ward_points *p = of_each_kind(l);

	(void)state;
	for (size_t i = 0; i < ward_points_n(p); i++) {
		const struct ward_bms_point *x = ward_points_at(p, i);

		for (unsigned high = 0; high < 2; high++)
			if (!detections(l, x, high, 2 * i + high))
				fail_msg("no rule hears that %.*s is too %s", WARD_STR_ARG(x->kind),
					high ? "high" : "low");
	}
	ward_points_free(p);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_side_has_a_rule)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
