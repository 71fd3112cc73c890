/* Who was told a name alone, who may review it, and when that is late. */
#include "run/proc/desk_review.h"

#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define FIRST "00000001-0000-8000-8000-000000000000"
#define OTHER "00000002-0000-8000-8000-000000000000"

static struct ward_limits lim;
static struct ward_arena scratch;
static struct ward_law law;

static struct ward_id id_of(unsigned n)
{
	char text[WARD_ID_TEXT];
	struct ward_id id;

	(void)snprintf(text, sizeof(text), "%08x-0000-8000-8000-00000000000f", n);
	assert_true(ward_id_parse(ward_str_z(text), &id));
	return id;
}

static struct ward_id incident(const char *text)
{
	struct ward_id id;

	assert_true(ward_id_parse(ward_str_z(text), &id));
	return id;
}

static ward_ns time_of(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static void take(struct desk_reviews *r, unsigned n, const char *at, const char *json)
{
	const struct ward_store_row row = {.kind = WARD_ROW_DECISION,
		.row = n,
		.id = id_of(n),
		.time = time_of(at),
		.json = ward_str_z(json)};

	desk_review_take(r, &row, &lim, &scratch);
	assert_int_equal(r->after, n);
}

#define ROW(what, of, who, args)                                                                \
	"{\"kind\":\"decision\",\"what\":\"" what "\",\"subject\":\"" of "\",\"person\":\"" who \
	"\",\"taken\":true,\"args\":" args "}"

static int setup(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&scratch, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_zone_use(WARD_STR("UTC")), WARD_OK);
	return 0;
}

static void who_asked_does_not_review(void **state)
{
	static struct desk_reviews r;
	struct ward_id of = id_of(1);

	(void)state;
	assert_int_equal(
		desk_review_check(&r, incident(FIRST), NULL, WARD_STR("bo")), WARD_ERR_NOT_FOUND);
	take(&r, 1, "2026-03-06T12:00:00Z",
		ROW("reveal", FIRST, "anna", "{\"emergency\":\"yes\"}"));
	take(&r, 2, "2026-03-06T12:01:00Z", ROW("reveal", FIRST, "bo", "{}")); /* of two */
	assert_int_equal(
		desk_review_check(&r, incident(FIRST), &of, WARD_STR("anna")), WARD_ERR_DENIED);
	assert_int_equal(
		desk_review_check(&r, incident(FIRST), NULL, WARD_STR("anna")), WARD_ERR_DENIED);
	assert_int_equal(desk_review_check(&r, incident(FIRST), &of, WARD_STR("bo")), WARD_OK);
	assert_int_equal(
		desk_review_check(&r, incident(OTHER), &of, WARD_STR("bo")), WARD_ERR_NOT_FOUND);
	of = id_of(2);
	assert_int_equal(
		desk_review_check(&r, incident(FIRST), &of, WARD_STR("bo")), WARD_ERR_NOT_FOUND);
	take(&r, 3, "2026-03-06T12:02:00Z", "{\"what\":");
	assert_int_equal(r.unread, 1);
}

static void late_after_three_working_days(void **state)
{
	static struct desk_reviews r;
	const ward_ns friday = time_of("2026-03-11T12:00:00Z"); /* it is Wednesday then */
	struct desk_review *x;

	(void)state;
	take(&r, 1, "2026-03-06T12:00:00Z",
		ROW("reveal", FIRST, "anna", "{\"emergency\":\"yes\"}"));
	take(&r, 2, "2026-03-06T13:00:00Z",
		ROW("reveal", OTHER, "anna", "{\"emergency\":\"yes\"}"));
	assert_null(desk_review_late(&r, &law, time_of("2026-03-08T12:00:00Z")));
	x = desk_review_late(&r, &law, time_of("2026-03-13T12:00:00Z"));
	assert_non_null(x);
	assert_true(ward_id_eq(x->id, id_of(1)));
	assert_string_equal(x->person, "anna");
	assert_true(x->at < friday);
	x->told = true;
	assert_true(ward_id_eq(
		desk_review_late(&r, &law, time_of("2026-03-13T12:00:00Z"))->id, id_of(2)));
	take(&r, 3, "2026-03-13T12:00:00Z", ROW("reveal-review", OTHER, "bo", "{}"));
	assert_null(desk_review_late(&r, &law, time_of("2026-03-13T12:00:00Z")));
	/* a holiday moves it */
	law.holiday[law.n_holiday++] = (struct ward_holiday){3, 10};
	take(&r, 4, "2026-03-06T12:00:00Z",
		ROW("reveal", FIRST, "anna", "{\"emergency\":\"yes\"}"));
	assert_null(desk_review_late(&r, &law, time_of("2026-03-11T23:00:00Z")));
	assert_non_null(desk_review_late(&r, &law, time_of("2026-03-13T01:00:00Z")));
}

static void the_oldest_is_forgotten(void **state)
{
	static struct desk_reviews r;

	(void)state;
	for (unsigned n = 1; n <= DESK_REVIEWS + 3; n++)
		take(&r, n, "2026-03-06T12:00:00Z",
			ROW("reveal", FIRST, "anna", "{\"emergency\":\"yes\"}"));
	assert_int_equal(r.forgotten, 3);
	struct ward_id of = id_of(1);

	assert_int_equal(
		desk_review_check(&r, incident(FIRST), &of, WARD_STR("bo")), WARD_ERR_NOT_FOUND);
	of = id_of(DESK_REVIEWS + 3);
	assert_int_equal(desk_review_check(&r, incident(FIRST), &of, WARD_STR("bo")), WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(who_asked_does_not_review),
		cmocka_unit_test(late_after_three_working_days),
		cmocka_unit_test(the_oldest_is_forgotten)};

	return cmocka_run_group_tests(tests, setup, NULL);
}
