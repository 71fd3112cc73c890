/* What is kept for so long, and then erased: rows of logs, from the file as well; the ledger holds.
 */
#include "run/erasing.h"

#include "../store/lab.h"

#include <string.h>

enum { DAYS = 30 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

static void put(struct lab *l, unsigned n, const char *what, ward_ns at)
{
	char json[256];
	struct ward_store_row r = {
		.kind = WARD_ROW_DECISION, .revision = 1, .time = at, .id.b[15] = (uint8_t)n};

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"what\":\"%s\",\"subject\":\"guard-room\",\"text\":"
		"\"plumber "
		"%u\",\"args\":{\"what\":\"log\"}}",
		what, n);
	r.json = ward_str_z(json);
	assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
}

static bool count(void *ctx, const struct ward_store_row *r)
{
	(void)r;
	++*(size_t *)ctx;
	return true;
}

static size_t rows(struct lab *l)
{
	size_t n = 0;

	assert_int_equal(ward_store_rows(l->s, 0, 10000, count, &n), WARD_OK);
	return n;
}

static bool is_in(const char *path, const char *text)
{
	FILE *f = fopen(path, "rb");
	static char all[8 << 20];
	size_t n = f ? fread(all, 1, sizeof(all), f) : 0;

	if (f)
		(void)fclose(f);
	return memmem(all, n, text, strlen(text)) != NULL;
}

static void turn(struct ward_erasing *e, struct lab *l, ward_ns later)
{
	l->clock.at += later;
	assert_int_equal(ward_erasing_turn(e), WARD_OK);
}

static void test_erases(void **state)
{
	struct lab *l = *state;
	struct ward_erasing e;
	struct ward_tree_head before, after;
	char log[128];

	l->clock.at = 100 * day;
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	put(l, 1, "log", 60 * day);
	put(l, 2, "dismiss", 60 * day); /* of an incident: kept, whatever its args say */
	put(l, 3, "review", 69 * day);
	put(l, 4, "log", 80 * day);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_OK);
	ward_store_head(l->s, &before);
	ward_erasing_init(&e, l->s, &l->clock.clock, DAYS);
	turn(&e, l, 0); /* not yet */
	assert_int_equal(rows(l), 4);
	/* while the brain is at a transaction it waits */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	turn(&e, l, 2 * WARD_NS_PER_S);
	ward_store_rollback(l->s);
	assert_int_equal(rows(l), 4);
	turn(&e, l, 2 * WARD_NS_PER_S);
	assert_int_equal(rows(l), 2 + 1); /* and what proves it */
	(void)snprintf(log, sizeof(log), "%s-wal", l->path);
	assert_false(is_in(l->path, "plumber 1") || is_in(log, "plumber 1"));
	assert_false(is_in(l->path, "plumber 3") || is_in(log, "plumber 3"));
	assert_true(is_in(l->path, "plumber 2") && is_in(l->path, "plumber 4"));
	turn(&e, l, 11 * day); /* the next comes to its end */
	assert_int_equal(rows(l), 1 + 2);
	ward_store_head(l->s, &after);
	assert_int_equal(after.n, before.n + 2);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	ward_erasing_fini(&e);
}

/* More than are looked at in one turn; and what does not come to its end is passed by. */
static void test_many(void **state)
{
	struct lab *l = *state;
	struct ward_erasing e;

	l->clock.at = 100 * day;
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (unsigned i = 0; i < 250; i++)
		put(l, i, i % 5 ? "confirm" : "hand-over", 10 * day);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_OK);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (unsigned i = 0; i < 250; i++) {
		struct ward_store_row r = {.kind = WARD_ROW_DECISION,
			.revision = 2,
			.time = 11 * day,
			.id.b[15] = (uint8_t)i,
			.json = WARD_STR("{\"what\":\"take-over\"}")};

		assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
	}
	assert_int_equal(ward_store_commit(l->s, 2), WARD_OK);
	ward_erasing_init(&e, l->s, &l->clock.clock, DAYS);
	turn(&e, l, 2 * WARD_NS_PER_S);
	assert_int_equal(rows(l), 500 - 50 - 6 + 1);
	turn(&e, l, 2 * WARD_NS_PER_S);
	assert_int_equal(rows(l), 200 + 2);
	assert_int_equal(e.after, 0);
	ward_erasing_fini(&e);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
}

static void test_which(void **state)
{
	(void)state;
	assert_true(ward_erasing_is_log(WARD_STR("{\"what\":\"log-done\"}")));
	assert_false(ward_erasing_is_log(WARD_STR("{\"what\":\"logs\"}")));
	assert_false(ward_erasing_is_log(
		WARD_STR("{\"what\":\"note\",\"text\":\"\\\"what\\\":\\\"log\\\"\"}")));
	assert_false(ward_erasing_is_log(WARD_STR("{\"kind\":\"log\"}")));
	assert_false(ward_erasing_is_log(WARD_STR("\"what\":\"")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test_setup_teardown(test_erases, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_many, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
