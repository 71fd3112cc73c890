/* Facts from records: what counts, and what is not there. */
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EQ(s, z) assert_true(ward_str_eqz((s), (z)))

static void last_revision(void **state)
{
	struct told t;

	(void)state;
	told_begin(&t);
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(t.x.n_incident, 1);
	const struct ward_exchange_incident *i = &t.x.incident[0];

	assert_int_equal(i->revision, 2);
	assert_int_equal(i->level, 3);
	assert_int_equal(i->phase, WARD_PHASE_OPEN);
	EQ(i->name.what, "Command");
	EQ(i->name.on, "AHU 1");
	assert_int_equal(i->n_sign, 2);
	const struct ward_exchange_sign *s = &i->sign[0];

	/* what the detection adds to the member */
	EQ(s->rule, "r-1");
	EQ(s->asset, "ahu-1");
	EQ(s->address, "10.1.0.99");
	EQ(s->actor, "p-aaaaaaaaaaaaaaaa");
	assert_non_null(s->threat);
	EQ(s->threat->code, "bms.command");
	assert_int_equal(s->n_technique, 1); /* a tactic is none */
	EQ(s->technique[0], "T0855");
	assert_int_equal(s->count, 2);
	/* without a detection: what the member says; an unknown host is its address alone */
	EQ(i->sign[1].title, "New host");
	EQ(i->sign[1].on, "");
	EQ(i->sign[1].address, "02:77:19:c3:5a:0e");
	assert_null(i->sign[1].threat);
	assert_int_equal(i->n_threat, 1);
	/* at least one in ten by the lower end; the other is counted */
	assert_int_equal(i->n_impact, 1);
	assert_int_equal(i->n_further, 1);
	EQ(i->impact[0].name, "Surgery");
	assert_int_equal(i->impact[0].n_link, 2);
	assert_true(t.x.exercise); /* the hospital is synthetic */
	told_end(&t);
}

static void order_is_nothing(void **state)
{
	struct told t, back;

	(void)state;
	told_begin(&t);
	told_begin(&back);
	for (size_t i = 0; i < back.n; i++)
		back.all[i] = &back.record[back.n - 1 - i];
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(told_gather(&back), WARD_OK);
	assert_int_equal(back.x.n_incident, 1);
	assert_int_equal(back.x.incident[0].revision, t.x.incident[0].revision);
	assert_int_equal(back.x.incident[0].n_impact, t.x.incident[0].n_impact);
	told_end(&t);
	told_end(&back);
}

static void ends(void **state)
{
	static const struct {
		const char *state;
		enum ward_phase phase;
	} row[] = {{"dismissed", WARD_PHASE_DISMISSED}, {"closed", WARD_PHASE_OVER},
		{"recovered", WARD_PHASE_OVER}, {"contained", WARD_PHASE_OPEN}};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(row); k++) {
		struct told t;
		char line[512];

		told_begin(&t);
		(void)snprintf(line, sizeof(line),
			"{\"kind\":\"incident\",\"id\":\"%s\",\"revision\":3,\"state\":\"%s\","
			"\"domain\":\"cyber\",\"level\":\"low\",\"first\":\"2026-03-12T02:10:00Z\","
			"\"last\":\"2026-03-12T03:00:00Z\",\"members\":[]}",
			told_incident, row[k].state);
		told_add(&t, line);
		assert_int_equal(told_gather(&t), WARD_OK);
		assert_int_equal(t.x.incident[0].phase, row[k].phase);
		EQ(t.x.incident[0].name.what, "Command"); /* as before: it has no signs any more */
		EQ(t.x.incident[0].name.on, "AHU 1");
		told_end(&t);
	}
}

#define AT(text) assert_int_equal(ward_time_parse(WARD_STR(text), &at), WARD_OK)
#define DISMISSED                                                                                \
	"{\"kind\":\"incident\",\"id\":\"11111111-1111-8111-8111-111111111111\",\"revision\":3," \
	"\"state\":\"dismissed\",\"domain\":\"cyber\",\"level\":\"informational\","              \
	"\"first\":\"1970-01-01T00:00:00Z\",\"last\":\"1970-01-01T00:00:00Z\",\"members\":[]}"

/* Each revision is later than the one before it, also without a new sign; so is each of a forecast.
 */
static void later_is_later(void **state)
{
	struct told t;
	ward_ns at;

	(void)state;
	told_begin(&t);
	assert_int_equal(told_gather(&t), WARD_OK);
	AT("2026-03-12T02:20:00Z");
	assert_true(t.x.incident[0].sent == at && t.x.incident[0].changed == at);
	told_add(&t, "{\"kind\":\"impact\",\"id\":\"44444444-4444-8444-8444-444444444444\","
		     "\"revision\":2,\"incident\":\"11111111-1111-8111-8111-111111111111\","
		     "\"withdrawn\":true}");
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_true(t.x.incident[0].sent == at);
	assert_true(t.x.incident[0].changed == at + WARD_NS_PER_S);
	told_add(&t, DISMISSED);
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_true(t.x.incident[0].sent == at + WARD_NS_PER_S);
	assert_true(t.x.incident[0].changed == at + 2 * WARD_NS_PER_S);
	/* what is told of it is no worse known than before */
	assert_int_equal(t.x.incident[0].level, 3);
	assert_true(t.x.incident[0].last == at);
	EQ(t.x.incident[0].domain, "hybrid");
	told_end(&t);
}

static void as_then(void **state)
{
	struct told t;
	ward_ns at;

	(void)state;
	told_begin(&t);
	told_add(&t, DISMISSED);
	t.ask.as_then = true;
	AT("2026-03-12T02:09:59Z");
	t.ask.at = at;
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(t.x.n_incident, 0);
	AT("2026-03-12T02:19:59Z");
	t.ask.at = at;
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(t.x.incident[0].revision, 1);
	assert_int_equal(t.x.incident[0].n_impact, 0); /* known with revision 2 */
	AT("2026-03-12T02:20:00Z");
	t.ask.at = at;
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(t.x.incident[0].revision, 3);
	told_end(&t);
}

static void taken_up_and_withdrawn(void **state)
{
	struct told t;

	(void)state;
	told_begin(&t);
	told_add(&t,
		"{\"kind\":\"incident\",\"id\":\"66666666-6666-8666-8666-666666666666\","
		"\"revision\":1,\"state\":\"suspected\",\"domain\":\"cyber\",\"level\":\"low\","
		"\"first\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:00:00Z\","
		"\"members\":[],\"supersedes\":[\"11111111-1111-8111-8111-111111111111\"]}");
	told_add(&t, "{\"kind\":\"impact\",\"id\":\"44444444-4444-8444-8444-444444444444\","
		     "\"revision\":2,\"incident\":\"11111111-1111-8111-8111-111111111111\","
		     "\"withdrawn\":true}");
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(t.x.n_incident, 2);
	EQ(t.x.incident[1].name.what, "Command"); /* by begin */
	assert_int_equal(t.x.incident[1].phase, WARD_PHASE_OVER);
	assert_int_equal(t.x.incident[1].n_impact, 0);
	told_end(&t);
}

static void chosen(void **state)
{
	struct told t;
	struct ward_id id = {{9}};

	(void)state;
	told_begin(&t);
	t.ask.only = &id;
	assert_int_equal(told_gather(&t), WARD_ERR_NOT_FOUND);
	assert_true(ward_id_parse(ward_str_z(told_incident), &id));
	t.ask.told = 7;
	assert_int_equal(told_gather(&t), WARD_ERR_NOT_FOUND);
	t.ask.told = 1;
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_true(t.x.incident[0].told < t.x.incident[0].last);
	told_end(&t);
}

static void uuids(void **state)
{
	/* RFC 9562 A.4: UUIDv5 of "www.example.com" in the name space of DNS */
	const struct ward_id dns = {{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
		0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};
	struct ward_id id;
	char text[WARD_ID_TEXT];

	(void)state;
	assert_int_equal(
		ward_exchange_uuid(&dns, WARD_STR(""), WARD_STR("www.example.com"), &id), WARD_OK);
	ward_id_text(id, text);
	assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

static void markings(void **state)
{
	enum ward_tlp tlp;

	(void)state;
	for (size_t i = 0; i < WARD_TLP_N; i++) {
		assert_true(ward_tlp_parse(ward_tlp_text((enum ward_tlp)i), &tlp));
		assert_int_equal(tlp, i);
		assert_true(ward_tlp_parse(ward_str_z(ward_tlp_name((enum ward_tlp)i)), &tlp));
		assert_int_equal(tlp, i);
	}
	assert_false(ward_tlp_parse(WARD_STR("white"), &tlp));
	assert_false(ward_tlp_parse(WARD_STR("TLP:"), &tlp));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_revision),
		cmocka_unit_test(order_is_nothing),
		cmocka_unit_test(ends),
		cmocka_unit_test(later_is_later),
		cmocka_unit_test(as_then),
		cmocka_unit_test(taken_up_and_withdrawn),
		cmocka_unit_test(chosen),
		cmocka_unit_test(uuids),
		cmocka_unit_test(markings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
