/* Roles that a policy plays begin what a message names first to their recipient: after their time,
 * once, whoever else is told of it, whatever the incident becomes a part of, and nothing once it is
 * over. */
#include "driven.h"
#include "respond/playbook/begin.h"

#define FIRST "5f0c7d7e-0000-8000-8000-000000000000"
#define OTHER "5f0c7d7e-0001-8000-8000-000000000000"

static const ward_ns minute = 60 * WARD_NS_PER_S;

static void plays(struct ward_playbook_begin *p)
{
	*p = (struct ward_playbook_begin){.n_who = 0};
	assert_int_equal(
		ward_playbook_begin_add(p, WARD_STR("it:it-on-call:240000000000")), WARD_OK);
	assert_int_equal(ward_playbook_begin_add(p, WARD_STR("crisis:crisis-manager:600000000000")),
		WARD_OK);
}

static void told(struct bench *b, struct ward_playbook_begin *p, const char *recipient,
	const char *names, ward_ns gone)
{
	char row[512];

	(void)snprintf(row, sizeof(row),
		"{\"kind\":\"delivery\",\"state\":\"queued\",\"recipient\":\"%s\",\"covers\":"
		"[{\"incident\":\"%s\",\"level\":\"high\",\"playbooks\":%s}]}",
		recipient, FIRST, names);
	assert_int_equal(ward_playbook_begin_told(p, &b->l.lim, ward_str_z(row), gone), WARD_OK);
}

static void becomes(
	struct bench *b, struct ward_playbook_begin *p, const char *id, const char *members)
{
	char row[512];
	struct ward_id of;

	assert_true(ward_id_parse(ward_str_z(id), &of));
	(void)snprintf(row, sizeof(row), "{\"kind\":\"incident\",\"id\":\"%s\",%s}", id, members);
	const struct ward_drive_row seen = {
		.id = of, .revision = 2, .time = noon, .json = ward_str_z(row)};

	assert_int_equal(ward_drive_incident(b->d, &seen), WARD_OK);
	assert_int_equal(ward_playbook_begin_incident(p, &b->l.lim, of, ward_str_z(row)), WARD_OK);
}

static bool next(
	struct bench *b, struct ward_playbook_begin *p, ward_ns gone, struct ward_decision *ret)
{
	return ward_playbook_begin_next(p, &b->l.all, b->d, gone, ret);
}

/* By the door of everybody. */
static void take(struct bench *b, const struct ward_decision *of)
{
	struct ward_drive_row row;
	struct ward_decided said;

	if (!ward_drive_decide(b->d, of, noon, &row, &said))
		fail_msg("refused: %.*s", WARD_STR_ARG(said.why));
	assert_int_not_equal(
		ward_str_find(row.json, WARD_STR("\"role\":\"it-on-call\",\"person\":\"policy\"")),
		SIZE_MAX);
	assert_int_not_equal(
		ward_str_find(row.json, WARD_STR("\"playbook_word\":\"bms-takeover\"")), SIZE_MAX);
	keep(b, &row);
}

static void test_begins(void **state)
{
	struct bench *b = *state;
	struct ward_playbook_begin p;
	struct ward_decision of;

	plays(&p);
	told(b, &p, "it", "[\"bms-takeover\",\"ransomware\"]", minute);
	told(b, &p, "crisis", "[\"bms-takeover\"]", minute);
	told(b, &p, "guard", "[\"power\"]", minute); /* whom the policy does not play */
	assert_false(next(b, &p, 5 * minute - 1, &of));
	assert_true(next(b, &p, 5 * minute, &of));
	assert_int_equal(of.kind, WARD_DECISION_START);
	assert_int_equal(of.at, 5 * minute);
	assert_true(ward_str_eqz(of.args, "{\"incident\":\"" FIRST "\"}"));
	assert_true(ward_str_eqz(p.who[p.last].recipient, "it"));
	take(b, &of);
	assert_false(next(b, &p, 60 * minute, &of)); /* the crisis manager finds it begun */
	/* another life hears of it anew */
	plays(&p);
	told(b, &p, "it", "[\"bms-takeover\"]", 0);
	assert_false(next(b, &p, 60 * minute, &of));
	/* what is named later is begun, too */
	told(b, &p, "it", "[\"power\",\"gas\"]", 60 * minute);
	assert_true(next(b, &p, 64 * minute, &of));
	assert_false(next(b, &p, 90 * minute, &of));
}

static void test_parts(void **state)
{
	struct bench *b = *state;
	struct ward_playbook_begin p;
	struct ward_decision of;

	plays(&p);
	told(b, &p, "it", "[\"bms-takeover\"]", 0);
	becomes(b, &p, OTHER, "\"state\":\"suspected\",\"supersedes\":[\"" FIRST "\"]");
	becomes(b, &p, FIRST, "\"state\":\"suspected\",\"supersedes\":[\"" OTHER "\"]"); /* a lie */
	assert_true(next(b, &p, 4 * minute, &of)); /* of that of which it is a part */
	assert_true(ward_str_eqz(of.args, "{\"incident\":\"" OTHER "\"}"));
	take(b, &of);
	told(b, &p, "crisis", "[\"bms-takeover\"]", 0);
	assert_false(next(b, &p, 60 * minute, &of));
	told(b, &p, "it", "[\"power\"]", 0);
	becomes(b, &p, OTHER, "\"state\":\"closed\"");
	assert_false(next(b, &p, 60 * minute, &of)); /* nothing once it is over */
}

static void test_nothing(void **state)
{
	static const char *const bad[] = {"", "it", "it:", "it:role", "it:role:", "it:role:-1",
		":role:1", "it::1", "it:role:99999999999999999999"};
	static const char *const row[] = {"", "{", "[]", "{\"recipient\":\"it\"}",
		"{\"recipient\":\"it\",\"covers\":true}",
		"{\"recipient\":\"it\",\"covers\":[7,{\"playbooks\":[\"gas\"]},{\"incident\":\"x\","
		"\"playbooks\":[\"gas\"]},{\"incident\":\"" FIRST "\",\"playbooks\":true},"
		"{\"incident\":\"" FIRST "\",\"playbooks\":[]}]}"};
	struct bench *b = *state;
	struct ward_playbook_begin p;
	struct ward_decision of;

	plays(&p);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		assert_int_equal(
			ward_playbook_begin_told(&p, &b->l.lim, ward_str_z(row[i]), 0), WARD_OK);
		assert_int_equal(ward_playbook_begin_incident(
					 &p, &b->l.lim, b->incident, ward_str_z(row[i])),
			WARD_OK);
	}
	told(b, &p, "it", "[\"no-such\"]", 0);
	assert_false(next(b, &p, WARD_NS_NEVER, &of));
	assert_int_equal(p.n_waits, 0);
	for (size_t i = 0; i < WARD_PLAYBOOK_BEGIN_WAITS; i++)
		told(b, &p, "it", "[\"gas\"]", 0);
	assert_int_equal(ward_playbook_begin_told(&p, &b->l.lim,
				 WARD_STR("{\"recipient\":\"it\",\"covers\":[{\"incident\":\"" FIRST
					  "\",\"playbooks\":[\"gas\"]}]}"),
				 0),
		WARD_ERR_LIMIT);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(
			ward_playbook_begin_add(&p, ward_str_z(bad[i])), WARD_ERR_MALFORMED);
	while (p.n_who < WARD_PLAYBOOK_BEGIN_WHO)
		assert_int_equal(ward_playbook_begin_add(&p, WARD_STR("r:o:1")), WARD_OK);
	assert_int_equal(ward_playbook_begin_add(&p, WARD_STR("r:o:1")), WARD_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_begins, begin, end),
		cmocka_unit_test_setup_teardown(test_parts, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
