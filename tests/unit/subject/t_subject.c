/* The register of requests: rows of what people decided, in an order that may be wrong. */
#include "subject/subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { OUT = 1 << 20 };
#define A "11111111-1111-8111-8111-111111111111"
#define B "22222222-2222-8222-8222-222222222222"

static struct ward_limits lim;
static struct ward_subject_book b;

static int begin(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	ward_subject_init(&b, &lim);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_subject_fini(&b);
	return 0;
}

static void take(const char *json)
{
	assert_int_equal(ward_subject_take_json(&b, ward_str_z(json)), WARD_OK);
}

static void request(const char *id, const char *right)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		"{\"kind\":\"decision\",\"id\":\"%s\",\"time\":\"2026-01-31T10:00:00Z\",\"what\":"
		"\"person-request\",\"subject\":\"requests\",\"person\":\"rossi\",\"role\":\"data-"
		"protection-officer\",\"text\":\"by "
		"letter\",\"args\":{\"right\":\"%s\",\"ref\":\"A-"
		"17\",\"received\":\"2026-01-31\",\"identity\":\"passport at the desk\"},\"taken\":"
		"true}",
		id, right);
	take(text);
}

static void say(const char *id, const char *who, const char *args, const char *why)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		"{\"kind\":\"decision\",\"id\":\"" B
		"\",\"time\":\"2026-02-03T10:00:00Z\",\"what\":"
		"\"person-answer\",\"subject\":\"%s\",\"person\":\"%s\",\"role\":\"crisis-"
		"manager\","
		"\"text\":\"%s\",\"args\":%s,\"taken\":true}",
		id, who, why, args);
	take(text);
}

static const struct ward_subject_request *one(const char *id)
{
	struct ward_id of;

	assert_true(ward_id_parse(ward_str_z(id), &of));
	return ward_subject_find(&b, of);
}

static ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static void test_access(void **state)
{
	(void)state;
	request(A, "access");
	assert_int_equal(one(A)->state, WARD_SUBJECT_NEW);
	/* the last day of a shorter month */
	assert_true(one(A)->due == at("2026-02-28T00:00:00Z"));
	say(A, "rossi", "{\"say\":\"agree\"}", ""); /* the same person does not count */
	say(A, "bianchi", "{\"say\":\"packed\",\"digest\":\"d\"}", ""); /* nor does haste */
	assert_int_equal(one(A)->state, WARD_SUBJECT_NEW);
	assert_int_equal(b.n_void, 2);
	say(A, "bianchi", "{\"say\":\"agree\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_AGREED);
	say(A, "rossi", "{\"say\":\"extend\"}", "");
	assert_false(one(A)->extended); /* without a reason */
	say(A, "rossi", "{\"say\":\"extend\"}", "many logs");
	assert_true(one(A)->due == at("2026-04-30T00:00:00Z"));
	say(A, "rossi", "{\"say\":\"packed\",\"digest\":\"abc\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_READY);
	say(A, "rossi", "{\"say\":\"answer\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_ANSWERED);
	assert_true(one(A)->closed == at("2026-02-03T10:00:00Z"));
	say(A, "rossi", "{\"say\":\"refuse\"}", "late");
	assert_int_equal(one(A)->state, WARD_SUBJECT_ANSWERED);
}

static void test_erasure(void **state)
{
	(void)state;
	request(A, "erasure");
	assert_int_equal(one(A)->state, WARD_SUBJECT_DECIDES);
	say(A, "bianchi", "{\"say\":\"agree\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_DECIDES); /* to what? */
	say(A, "rossi",
		"{\"say\":\"decide\",\"goes\":[\"entries of doors\"],\"stays\":[\"incident 3: "
		"law\"]}",
		"no duty to keep them");
	say(A, "bianchi", "{\"say\":\"agree\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_AGREED);
	assert_int_equal(one(A)->n_goes + one(A)->n_stays, 2);
	say(A, "rossi", "{\"say\":\"erased\",\"digest\":\"abc\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_READY);
}

/* What is no request is none, and nobody's id is taken twice. */
static void test_void(void **state)
{
	(void)state;
	request("no id", "access");
	request(A, "forget-me");
	request(A, "access");
	request(A, "erasure");
	take("{\"what\":\"person-answer\",\"subject\":\"" B "\"}");
	take("[");
	take("{\"what\":\"note\",\"taken\":true}");
	assert_int_equal(b.n, 1);
	assert_int_equal(b.n_void, 5);
}

/* Of many the answered ones make room, and are counted. */
static void test_many(void **state)
{
	char id[64];

	(void)state;
	request(A, "access");
	say(A, "rossi", "{\"say\":\"refuse\"}", "excessive");
	for (unsigned i = 0; i < WARD_SUBJECT_REQUESTS; i++) {
		(void)snprintf(id, sizeof(id), "33333333-3333-8333-8333-%012x", i);
		request(id, "access");
	}
	assert_int_equal(b.n, WARD_SUBJECT_REQUESTS);
	assert_int_equal(b.n_forgotten, 1);
	assert_null(one(A));
	assert_non_null(one(id));
}

static void test_assessed(void **state)
{
	char text[1024];

	(void)state;
	assert_true(b.assessed.at == WARD_NS_NEVER);
	(void)snprintf(text, sizeof(text),
		"{\"what\":\"assess\",\"time\":\"2026-02-03T10:00:00Z\",\"role\":\"officer\","
		"\"text\":"
		"\"low\",\"args\":{\"digest\":\"%064d\",\"kept\":[\"cam 0123456789abcdef\"]}}",
		0);
	take(text);
	assert_true(b.assessed.at == at("2026-02-03T10:00:00Z") && b.assessed.n_kept == 1);
	take("{\"what\":\"assess\",\"args\":{\"digest\":\"short\"}}");
	assert_int_equal(b.n_void, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_access), T(test_erasure), T(test_void), T(test_many), T(test_assessed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
