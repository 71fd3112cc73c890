/* What is kept for so long, and then erased: rows of logs, from the file as well; the ledger holds.
 */
#include "run/erasing.h"

#include "../store/lab.h"
#include "run/ordering.h"

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

static void put_json(
	struct lab *l, enum ward_row_kind kind, unsigned n, ward_ns at, const char *json)
{
	const struct ward_store_row r = {.kind = kind,
		.revision = 1,
		.time = at,
		.id.b[15] = (uint8_t)n,
		.json = ward_str_z(json)};

	assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
}

static bool of_kind(void *ctx, const struct ward_store_row *r)
{
	size_t *n = ctx;

	n[r->kind]++;
	return true;
}

/* Rows go by an entry's retention; what an open incident names stays, and what is held. */
static void test_rows(void **state)
{
	struct lab *l = *state;
	struct ward_erasing e;
	size_t n[WARD_ROW_KIND_LAST + 1] = {0};

	l->clock.at = 100 * day;
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	/* 21 is named by the open one, 22 by the closed one, 23 by none, 24 by what is held */
	put_json(l, WARD_ROW_DETECTION, 21, 10 * day, "{\"kind\":\"detection\"}");
	put_json(l, WARD_ROW_DETECTION, 22, 10 * day, "{\"kind\":\"detection\"}");
	put_json(l, WARD_ROW_DETECTION, 23, 10 * day, "{\"kind\":\"detection\"}");
	put_json(l, WARD_ROW_DETECTION, 24, 10 * day,
		"{\"kind\":\"detection\",\"source\":\"doors\"}");
	put_json(l, WARD_ROW_DETECTION, 25, 95 * day, "{\"kind\":\"detection\"}");
	put_json(l, WARD_ROW_INCIDENT, 31, 10 * day,
		"{\"kind\":\"incident\",\"state\":\"confirmed\",\"detections\":[\"00000000-0000-"
		"0000-"
		"0000-000000000015\"]}");
	put_json(l, WARD_ROW_INCIDENT, 32, 10 * day,
		"{\"kind\":\"incident\",\"state\":\"closed\",\"detections\":[\"00000000-0000-0000-"
		"0000-000000000016\"]}");
	put_json(l, WARD_ROW_DECISION, 41, 20 * day,
		"{\"kind\":\"decision\",\"what\":\"hold\",\"subject\":\"doors\",\"text\":\"why\","
		"\"taken\":"
		"true,\"args\":{\"scope\":\"source\",\"until\":\"1970-04-20T00:00:00Z\"}}");
	assert_int_equal(ward_store_commit(l->s, 1), WARD_OK);
	ward_erasing_init(&e, l->s, &l->clock.clock, 1000);
	assert_int_equal(ward_erasing_add(&e, WARD_STR("2592000 detection signs")), WARD_OK);
	assert_int_equal(ward_erasing_add(&e, WARD_STR("2592000 incident signs")), WARD_OK);
	assert_int_equal(ward_erasing_add(&e, WARD_STR("2592000 decision signs")), WARD_OK);
	for (unsigned i = 0; i < 6; i++)
		turn(&e, l, 2 * WARD_NS_PER_S);
	assert_int_equal(ward_store_rows(l->s, 0, 1000, of_kind, n), WARD_OK);
	assert_int_equal(n[WARD_ROW_DETECTION], 3); /* 21, 24, 25 */
	assert_int_equal(n[WARD_ROW_INCIDENT], 1);
	assert_int_equal(n[WARD_ROW_DECISION], 1); /* the hold itself, while it lasts */
	assert_int_equal(n[WARD_ROW_DELETION], 2);
	turn(&e, l, 12 * day); /* the hold is over */
	for (unsigned i = 0; i < 6; i++)
		turn(&e, l, 2 * WARD_NS_PER_S);
	memset(n, 0, sizeof(n));
	assert_int_equal(ward_store_rows(l->s, 0, 1000, of_kind, n), WARD_OK);
	assert_int_equal(n[WARD_ROW_DETECTION], 2);
	assert_int_equal(n[WARD_ROW_DECISION], 0);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	ward_erasing_fini(&e);
}

/* A hold that comes while rows are erased keeps those that are left. */
static void test_held_in_between(void **state)
{
	enum { SIGNS = 700 };
	struct lab *l = *state;
	struct ward_erasing e;
	size_t n[WARD_ROW_KIND_LAST + 1] = {0};

	l->clock.at = 100 * day;
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (unsigned i = 0; i < SIGNS; i++) {
		const struct ward_store_row r = {.kind = WARD_ROW_DETECTION,
			.revision = 1,
			.time = 10 * day,
			.id.b = {[14] = (uint8_t)(i >> 8), [15] = (uint8_t)i},
			.json = WARD_STR("{\"kind\":\"detection\"}")};

		assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
	}
	assert_int_equal(ward_store_commit(l->s, 1), WARD_OK);
	ward_erasing_init(&e, l->s, &l->clock.clock, 1000);
	assert_int_equal(ward_erasing_add(&e, WARD_STR("2592000 detection signs")), WARD_OK);
	turn(&e, l, 2 * WARD_NS_PER_S); /* the rule of logs */
	turn(&e, l, 2 * WARD_NS_PER_S);
	assert_int_equal(ward_store_rows(l->s, 0, 1000, of_kind, n), WARD_OK);
	assert_in_range(n[WARD_ROW_DETECTION], 1, SIGNS - 1);
	size_t left = n[WARD_ROW_DETECTION];

	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	put_json(l, WARD_ROW_DECISION, 41, 100 * day,
		"{\"kind\":\"decision\",\"what\":\"hold\",\"subject\":\"all\",\"text\":\"why\","
		"\"taken\":true,\"args\":{\"scope\":\"all\",\"until\":\"1970-07-20T00:00:00Z\"}}");
	assert_int_equal(ward_store_commit(l->s, 2), WARD_OK);
	for (unsigned i = 0; i < 6; i++)
		turn(&e, l, 2 * WARD_NS_PER_S);
	memset(n, 0, sizeof(n));
	assert_int_equal(ward_store_rows(l->s, 0, 1000, of_kind, n), WARD_OK);
	assert_int_equal(n[WARD_ROW_DETECTION], left);
	ward_erasing_fini(&e);
}

/* What a person asked to go goes though its time is not over; what an open incident needs stays. */
static void test_order(void **state)
{
	static const char *const text =
		"ward erasing 1\nrequest 01020300-0000-0000-0000-000000000000\n"
		"row 1 1\nrow 1 2\nrow 1 300\nrow 2 4\nrow 11 5\nrow 200 1\n";
	struct lab *l = *state;
	struct ward_erasing e;
	size_t n[WARD_ROW_KIND_LAST + 1] = {0};
	char path[160], *slash;

	l->clock.at = 100 * day;
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	put_json(l, WARD_ROW_DETECTION, 21, 99 * day, "{\"kind\":\"detection\"}");
	put_json(l, WARD_ROW_DETECTION, 22, 99 * day, "{\"kind\":\"detection\",\"who\":\"p-x\"}");
	put_json(l, WARD_ROW_DETECTION, 23, 99 * day, "{\"kind\":\"detection\"}");
	put_json(l, WARD_ROW_INCIDENT, 31, 99 * day,
		"{\"kind\":\"incident\",\"state\":\"confirmed\",\"detections\":[\"00000000-0000-"
		"0000-0000-000000000015\"]}");
	assert_int_equal(ward_store_commit(l->s, 1), WARD_OK);
	ward_erasing_init(&e, l->s, &l->clock.clock, 1000);
	for (unsigned i = 0; i < 4; i++)
		turn(&e, l, 2 * WARD_NS_PER_S); /* nothing is over: an hour until the next look */
	(void)snprintf(path, sizeof(path), "%s", l->path);
	slash = strrchr(path, '/');
	assert_non_null(slash);
	*slash = '\0';
	e.dir = path;
	(void)snprintf(slash, sizeof(path) - (size_t)(slash - path), "/" WARD_ORDER_FILE);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) > 0 && fclose(f) == 0);
	*slash = '\0';
	for (unsigned i = 0; i < 12; i++)
		turn(&e, l, 2 * WARD_NS_PER_S);
	assert_false(e.ordered || ward_ordering_waits(path));
	assert_int_equal(ward_store_rows(l->s, 0, 1000, of_kind, n), WARD_OK);
	assert_int_equal(n[WARD_ROW_DETECTION], 2); /* 21 is the open one's, 23 nobody's */
	assert_int_equal(n[WARD_ROW_INCIDENT], 1);
	assert_int_equal(n[WARD_ROW_DELETION], 1);
	assert_false(is_in(l->path, "p-x"));
	assert_true(is_in(l->path, "request 01020300-0000-0000-0000-000000000000"));
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	ward_erasing_fini(&e);
}

static void test_rules(void **state)
{
	static const char *const bad[] = {"", "60", "60 account", "60 head signs", "60 deletion x",
		"0 account x", "x account x", "60 what x"};
	struct ward_erasing e;
	struct ward_clock_fake clock;

	(void)state;
	ward_clock_fake_init(&clock, 0);
	ward_erasing_init(&e, NULL, &clock.clock, DAYS);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_erasing_add(&e, ward_str_z(bad[i])), WARD_ERR_MALFORMED);
	for (size_t i = 1; i < WARD_ERASING_RULES; i++)
		assert_int_equal(ward_erasing_add(&e, WARD_STR("60 account x")), WARD_OK);
	assert_int_equal(ward_erasing_add(&e, WARD_STR("60 account x")), WARD_ERR_LIMIT);
	ward_erasing_fini(&e);
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
		cmocka_unit_test_setup_teardown(test_rows, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_held_in_between, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_order, lab_setup, lab_teardown),
		cmocka_unit_test(test_rules),
		cmocka_unit_test_setup_teardown(test_many, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
