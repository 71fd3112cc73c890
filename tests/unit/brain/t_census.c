/* Who came and went by HL7 ADT messages: one row a minute for each service, of nobody, and the same
 * ones when the brain was killed in between. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static const char event[] =
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-%012d\","
	"\"time\":\"2026-03-19T08:%02d:%02dZ\",\"source\":\"net\",\"class\":\"net.hl7.message\","
	"\"fields\":{\"hl7.type\":\"ADT\",\"hl7.trigger\":\"%s\",\"hl7.point_of_care\":\"%s\"%s}}";

static void feed(struct lab *l, struct ward_brain *b, int second, const char *trigger,
	const char *point, const char *more)
{
	char text[512];

	(void)snprintf(text, sizeof(text), event, second + 1, second / 60, second % 60, trigger,
		point, more);
	struct record rec = lab_line(l, text);

	lab_feed(l, b, &rec);
}

static size_t count(const struct rows *r, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->row[i].kind == WARD_OUTPUT_CENSUS &&
		     ward_str_find(r->row[i].json, ward_str_z(text)) != SIZE_MAX;
	return n;
}

static void all(struct lab *l, struct ward_brain *b)
{
	const char prior[] = ",\"hl7.prior_point_of_care\":\"surgery-ward\"";

	feed(l, b, 1, "A01", "intensive-care", "");
	feed(l, b, 2, "A02", "intensive-care", prior);
	feed(l, b, 3, "A03", "surgery-ward", "");
	feed(l, b, 3, "A03", "surgery-ward", ""); /* the same event once more */
	feed(l, b, 4, "A08", "surgery-ward", ""); /* moves nobody */
	feed(l, b, 5, "A01", "a-tent", "");       /* no service has it */
}

static void counts_by_the_minute(void **state)
{
	struct lab *l = lab_new();
	struct rows r;

	(void)state;
	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);

	all(l, b);
	assert_int_equal(count(&r, ""), 0);
	feed(l, b, 61, "A01", "surgery-ward", "");
	assert_int_equal(count(&r, ""), 2);
	assert_int_equal(count(&r, "\"first\":\"2026-03-19T08:00:01Z\",\"last\":\"2026-03-19T08:00:"
				   "02Z\",\"asset\":\"intensive-care\",\"came\":2,\"went\":0}"),
		1);
	assert_int_equal(count(&r, "\"asset\":\"surgery-ward\",\"came\":0,\"went\":2}"), 1);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_int_equal(count(&r, "\"asset\":\"surgery-ward\",\"came\":1,\"went\":0}"), 1);
	assert_int_equal(count(&r, ""), 3);
	ward_brain_free(b);
	rows_fini(&r);
	lab_free(l);
}

/* Ten thousand messages in a minute are one row. */
static void a_flood_is_one_row(void **state)
{
	struct lab *l = lab_new();
	struct rows r;
	char text[512];

	(void)state;
	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);

	for (int i = 0; i < 2000; i++) {
		(void)snprintf(
			text, sizeof(text), event, i + 1, 0, i / 40, "A01", "surgery-ward", "");
		struct record rec = lab_line(l, text);

		lab_feed(l, b, &rec);
	}
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_int_equal(count(&r, ""), 1);
	assert_int_equal(count(&r, "\"came\":2000"), 1);
	ward_brain_free(b);
	rows_fini(&r);
	lab_free(l);
}

/* What waits is in the memory: the rows of a life that ended within the minute are the same. */
static void a_killed_one_tells_the_same(void **state)
{
	struct lab *l = lab_new();
	struct rows whole, both;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	(void)state;
	rows_init(&whole);
	rows_init(&both);
	struct ward_brain *b = lab_brain(l, &whole);

	all(l, b);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	ward_brain_free(b);

	b = lab_brain(l, &both);
	feed(l, b, 1, "A01", "intensive-care", "");
	ward_brain_save(b, &w);
	ward_brain_free(b);
	b = lab_brain(l, &both);
	struct ward_rd rd = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_brain_load(b, &rd), WARD_OK);
	all(l, b);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	ward_brain_free(b);
	assert_int_equal(count(&whole, ""), 2);
	assert_int_equal(count(&both, ""), 2);
	for (size_t i = 0; i < whole.n; i++)
		if (whole.row[i].kind == WARD_OUTPUT_CENSUS) {
			char json[512];

			(void)snprintf(json, sizeof(json), "%.*s", WARD_STR_ARG(whole.row[i].json));
			assert_int_equal(count(&both, json), 1);
		}
	ward_wr_fini(&w);
	rows_fini(&whole);
	rows_fini(&both);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts_by_the_minute),
		cmocka_unit_test(a_flood_is_one_row),
		cmocka_unit_test(a_killed_one_tells_the_same)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
