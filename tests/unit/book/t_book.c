/* The emergency book: what stands in it, of which revision of a record, and what is said where
 * nothing is known. */
#include "../exchange/told.h"
#include "book/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { OUT = 1 << 20 };

#define AT (1773285000 * WARD_NS_PER_S) /* 2026-03-12T03:10:00Z */
#define ROW(n)                                                                                    \
	"\"id\":\"" n n n n n n n n "-" n n n n "-8" n n n "-8" n n n "-" n n n n n n n n n n n n \
	"\""
#define INCIDENT(n, revision, state, more)                                                  \
	"{\"kind\":\"incident\"," ROW(n) ",\"revision\":" revision ",\"state\":\"" state    \
					 "\",\"domain\":\"cyber\",\"level\":\"critical\","  \
					 "\"first\":\"2026-03-12T02:10:00Z\","              \
					 "\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{" \
					 "\"threat\":\"Command\",\"on\":\"Pump " n          \
					 "\"},\"members\":[]" more "}"

/* A unit that stands still stays so: no more is needed, as what requires it falls of itself. */
static const char rules_text[] = "rules:\n"
				 "  - id: command\n"
				 "    when: {threat: bms.command, class: device.ahu}\n"
				 "    relation: self\n"
				 "    gives: outage\n"
				 "    likelihood: [0.3, 0.9]\n"
				 "    delay: {earliest: 0s, expected: 2min}\n"
				 "    why: commanded\n";

struct test {
	struct told told;
	struct ward_rules *rules;
	struct ward_book b;
	struct ward_doc d;
	struct ward_wr w;
};

static void begin(struct test *t)
{
	struct ward_propagation_text text = {
		WARD_STR("rules.yml"), ward_str_bytes(ward_str_z(rules_text))};
	struct lab *l = &t->told.lab;

	*t = (struct test){.w = ward_wr_grow(ward_mem_heap(), OUT)};
	told_begin(&t->told);
	assert_int_equal(
		ward_rules_parse(&text, l->m, &l->lim, ward_mem_heap(), &l->d, &t->rules), WARD_OK);
	t->b = (struct ward_book){.m = l->m, .at = AT, .records_known = true};
	assert_int_equal(
		ward_engine_new(l->m, t->rules, &l->lim, ward_mem_heap(), &t->b.e), WARD_OK);
}

static struct ward_str tell(struct test *t)
{
	t->b.record = t->told.all;
	t->b.n_record = t->told.n;
	ward_doc_init(&t->d, WARD_STR("en"));
	assert_int_equal(ward_book_tell(&t->b, &t->d), WARD_OK);
	ward_wr_reset(&t->w);
	ward_doc_markdown(&t->d, &t->w);
	assert_false(ward_wr_bad(&t->w));
	ward_doc_fini(&t->d);
	return ward_wr_text(&t->w);
}

static void end(struct test *t)
{
	ward_wr_fini(&t->w);
	ward_engine_free(t->b.e);
	ward_rules_free(t->rules);
	told_end(&t->told);
}

static bool has(struct ward_str s, const char *part)
{
	return ward_str_find(s, ward_str_z(part)) != SIZE_MAX;
}

static void tells_the_last_revision(void **state)
{
	struct test t;

	(void)state;
	begin(&t);
	told_add(&t.told, INCIDENT("a", "1", "suspected", ""));
	told_add(&t.told, INCIDENT("a", "2", "recovered", ""));
	told_add(&t.told, INCIDENT("b", "1", "confirmed", ""));
	told_add(&t.told, INCIDENT("c", "1", "suspected", ""));
	told_add(&t.told, INCIDENT("d", "1", "contained",
				  ",\"supersedes\":[\"cccccccc-cccc-8ccc-8ccc-cccccccccccc\"]"));
	struct ward_str s = tell(&t);

	assert_true(has(s, "**CRITICAL · Command: Pump b**"));
	assert_false(has(s, "Pump a")); /* it is over */
	assert_false(has(s, "Pump c")); /* d has taken it up */
	assert_true(has(s, "Pump d"));
	assert_true(has(s, "**HIGH · Command: AHU 1**"));
	assert_true(ward_str_find(s, WARD_STR("Pump b")) < ward_str_find(s, WARD_STR("AHU 1")));
	assert_true(has(s, "To do, Engineer: Look."));
	assert_true(has(s, "Care: Surgery")); /* what the incident is expected to hit */
	end(&t);
}

/* One that is over took up another, whose own last word was that it is open. */
static void what_was_taken_up_stays_so(void **state)
{
	struct test t;

	(void)state;
	begin(&t);
	t.told.n = 0;
	told_add(&t.told, INCIDENT("2", "1", "recovered",
				  ",\"supersedes\":[\"99999999-9999-8999-8999-999999999999\"]"));
	told_add(&t.told, INCIDENT("3", "1", "suspected", ""));
	told_add(&t.told, INCIDENT("9", "1", "suspected", ""));
	struct ward_str s = tell(&t);

	assert_true(has(s, "Pump 3"));
	assert_false(has(s, "Pump 9"));
	end(&t);
}

/* Nobody looked is not: nothing is there. */
static void says_what_it_does_not_know(void **state)
{
	struct test t;

	(void)state;
	begin(&t);
	t.told.n = 0;
	assert_true(has(tell(&t), "None was open"));
	t.b.records_known = false;
	struct ward_str s = tell(&t);

	assert_false(has(s, "None was open"));
	assert_true(has(s, "Nothing on record was read"));
	assert_true(has(s, "does not say how the hospital is left"));
	assert_true(has(s, "There is no playbook"));
	assert_true(has(s, "does not say where (console"));
	end(&t);
}

static void tells_what_care_needs(void **state)
{
	struct test t;

	(void)state;
	begin(&t);
	struct ward_str s = tell(&t);

	assert_true(has(s, "| Engineer | call 12 |  |"));
	assert_true(has(s, "| Surgery | Engineer | not said | not said | 4 beds, 3 patients |"));
	assert_true(has(s, "- air: at least 1 of 2: AHU 1, AHU 2 · goes on without for 10 min"));
	assert_true(has(s, "| 15 min | Theatre | slow to warm up or cool down | House |"));
	end(&t);
}

/* One of two that do the same work takes nothing with it; each thing is tried alone. */
static void tries_each_thing_alone(void **state)
{
	static const char alone[] = "services:\n"
				    "  - {id: laundry, name: Laundry, class: service.care,\n"
				    "     weight: 1, requires: [{of: [ahu-2], buffer: 20min}]}\n";
	struct test t;

	(void)state;
	begin(&t);
	struct ward_str s = tell(&t);

	assert_false(has(s, "If it is lost"));
	assert_true(has(s, "things were tried"));
	lab_free(&t.told.lab);
	ward_engine_free(t.b.e);
	ward_rules_free(t.rules);
	struct lab *l = &t.told.lab;
	struct ward_propagation_text text = {
		WARD_STR("rules.yml"), ward_str_bytes(ward_str_z(rules_text))};

	assert_int_equal(lab_load(l, ward_mem_heap(), NULL, "laundry.yml", alone), WARD_OK);
	assert_int_equal(
		ward_rules_parse(&text, l->m, &l->lim, ward_mem_heap(), &l->d, &t.rules), WARD_OK);
	assert_int_equal(ward_engine_new(l->m, t.rules, &l->lim, ward_mem_heap(), &t.b.e), WARD_OK);
	t.b.m = l->m;
	t.told.n = 0;
	assert_true(has(tell(&t), "| AHU 2 | Hall, House | Laundry | 20 min |"));
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_last_revision),
		cmocka_unit_test(what_was_taken_up_stays_so),
		cmocka_unit_test(says_what_it_does_not_know),
		cmocka_unit_test(tells_what_care_needs),
		cmocka_unit_test(tries_each_thing_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
