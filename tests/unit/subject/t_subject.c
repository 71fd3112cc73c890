/* The register of requests: rows of what people decided, in an order that may be wrong. */
#include "event/json.h"
#include "subject/extract.h"
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

static void say_as(
	const char *what, const char *id, const char *who, const char *args, const char *why)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		"{\"kind\":\"decision\",\"id\":\"" B
		"\",\"time\":\"2026-02-03T10:00:00Z\",\"what\":"
		"\"%s\",\"subject\":\"%s\",\"person\":\"%s\",\"role\":\"crisis-"
		"manager\","
		"\"text\":\"%s\",\"args\":%s,\"taken\":true}",
		what, id, who, why, args);
	take(text);
}

static void say(const char *id, const char *who, const char *args, const char *why)
{
	bool done = strstr(args, "packed") || strstr(args, "erased");

	say_as(done ? "person-done" : "person-answer", id, who, args, why);
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
	/* what was done is another right than what is decided, and neither says the other's */
	say_as("person-done", A, "bianchi", "{\"say\":\"agree\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_NEW);
	assert_int_equal(b.n_void, 3);
	say(A, "", "{\"say\":\"agree\"}", ""); /* somebody who has no name is no second person */
	assert_int_equal(one(A)->state, WARD_SUBJECT_NEW);
	assert_int_equal(b.n_void, 4);
	say(A, "bianchi", "{\"say\":\"agree\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_AGREED);
	say(A, "rossi", "{\"say\":\"extend\"}", "");
	assert_false(one(A)->extended); /* without a reason */
	say(A, "rossi", "{\"say\":\"extend\"}", "many logs");
	assert_true(one(A)->due == at("2026-04-30T00:00:00Z"));
	say(A, "rossi", "{\"say\":\"packed\",\"digest\":\"abc\"}", "");
	assert_int_equal(one(A)->state, WARD_SUBJECT_READY);
	say(A, "rossi", "{\"say\":\"packed\",\"digest\":\"abd\"}", ""); /* once */
	assert_true(ward_str_eqz(one(A)->digest, "abc"));
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

/* Rows without end: what nothing says any more makes room, and what stands is as it was said. */
static void test_endless(void **state)
{
	static char text[1 << 16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)state;
	request(A, "erasure");
	say(A, "rossi", "{\"say\":\"decide\",\"goes\":[\"doors\"],\"stays\":[\"incident 3\"]}",
		"no duty");
	ward_wr_printf(&w,
		"{\"what\":\"assess\",\"time\":\"2026-02-03T10:00:00Z\",\"role\":\"officer\","
		"\"text\":\"low\",\"args\":{\"digest\":\"%064d\",\"kept\":[",
		0);
	for (unsigned i = 0; i < WARD_NOTICE_KEPT; i++)
		ward_wr_printf(&w, "%s\"%500u\"", i ? "," : "", i);
	ward_wr_z(&w, "]}}");
	text[w.len] = '\0';
	for (unsigned i = 0; i < 600; i++) /* 19 MiB of texts */
		take(text);
	assert_int_equal(b.n, 1);
	assert_int_equal(b.n_void, 0);
	assert_true(ward_str_eqz(one(A)->ref, "A-17") && ward_str_eqz(one(A)->text, "no duty"));
	assert_true(ward_str_eqz(one(A)->goes[0], "doors"));
	assert_true(ward_str_eqz(one(A)->stays[0], "incident 3") && !one(A)->second.len);
	assert_int_equal(b.assessed.n_kept, WARD_NOTICE_KEPT);
	assert_true(ward_str_eqz(b.assessed.role, "officer"));
	assert_true(ward_str_ends(b.assessed.kept[63], WARD_STR(" 63")));
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

/* Two people at one door: of what is one's, nothing of the other gets out. */
#define ANNA "p-aaaaaaaaaaaaaaaa"
#define BRUNO "p-bbbbbbbbbbbbbbbb"

static struct ward_names names;
static struct ward_arena arena;

static void add(struct ward_event *e, const char *name, const char *text)
{
	assert_int_equal(ward_event_set(e, ward_name(&names, ward_str_z(name)),
				 ward_value_str(ward_str_z(text))),
		WARD_OK);
}

static void test_two_people(void **state)
{
	static char text[4096];
	const struct ward_subject_who anna = {{WARD_STR(ANNA)}, 1}, bruno = {{WARD_STR(BRUNO)}, 1};
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct ward_json j = ward_json_on(&w);
	uint64_t left = 0;
	struct ward_event e;

	(void)state;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	ward_event_init(&e, &arena);
	e.source = ward_name(&names, WARD_STR("doors"));
	e.class = ward_name(&names, WARD_STR("door.granted"));
	add(&e, "badge", ANNA);
	add(&e, "target_user", "HOSP\\" BRUNO); /* whom it was done to */
	add(&e, "door", "AU-D22");
	add(&e, "command", "let " ANNA " in, says Rossi"); /* free text may hold more */
	add(&e, "x_note", "Bruno waits outside");          /* of a field that nobody knows */
	assert_true(ward_subject_event(&anna, &e, &names, &j, &left));
	text[w.len] = '\0';
	assert_non_null(strstr(text, ANNA));
	assert_non_null(strstr(text, "AU-D22"));
	assert_null(strstr(text, BRUNO));
	assert_null(strstr(text, "Bruno"));
	assert_null(strstr(text, "Rossi"));
	assert_int_equal(left, 3);
	/* it is Bruno's, too, and has nothing of Anna then */
	ward_wr_reset(&w);
	j = ward_json_on(&w);
	assert_true(ward_subject_event(&bruno, &e, &names, &j, &left));
	text[w.len] = '\0';
	assert_null(strstr(text, ANNA));
	ward_names_fini(&names);
	ward_arena_fini(&arena);
}

/* Of rows the members that say what they are; who decided, and free words, are not among them. */
static void test_rows(void **state)
{
	static const char row[] = "{\"kind\":\"decision\",\"what\":\"reveal\",\"person\":\"l-"
				  "conti\",\"role\":\"analyst\","
				  "\"text\":\"is it Bruno?\",\"args\":{\"token\":\"" ANNA
				  "\"},\"room\":\"" BRUNO "\"}";
	static char text[1024];
	const struct ward_subject_who anna = {{WARD_STR(ANNA)}, 1},
				      carla = {{WARD_STR("p-cccccccccccccccc")}, 1};
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct ward_json j = ward_json_on(&w);
	const struct ward_conf *c;
	struct ward_diag d;
	uint64_t left = 0;

	(void)state;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&arena, &lim, WARD_STR("r"), 1,
				 ward_str_bytes(ward_str_z(row)), &d, &c),
		WARD_OK);
	assert_false(ward_subject_row(&carla, ward_str_z(row), c, &j, &left));
	assert_int_equal(w.len, 0);
	assert_true(ward_subject_row(&anna, ward_str_z(row), c, &j, &left));
	text[w.len] = '\0';
	assert_non_null(strstr(text, "reveal"));
	assert_null(strstr(text, "conti"));
	assert_null(strstr(text, "Bruno"));
	assert_null(strstr(text, BRUNO));
	assert_int_equal(left, 4);
	ward_diag_fini(&d);
	ward_arena_fini(&arena);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {T(test_access), T(test_erasure), T(test_void),
		T(test_many), T(test_endless), T(test_assessed), T(test_two_people), T(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
