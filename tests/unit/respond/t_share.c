#include "lab_incident.h"

static const char row[] =
	"{\"kind\":\"incident\",\"id\":\"00000001-0000-8000-8000-000000000000\",\"revision\":1,"
	"\"state\":\"suspected\",\"domain\":\"hybrid\",\"level\":\"critical\",\"first\":"
	"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{\"threat\":\"t\","
	"\"on\":\"x\"},\"members\":[{\"detection\":\"00000001-1111-8000-8000-000000000000\","
	"\"title\":\"Login of p-aaaaaaaaaaaaaaaa from 10.1.0.99\",\"level\":\"critical\",\"time\":"
	"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"count\":1,\"on\":"
	"\"Pump seven\",\"on_kind\":\"device\",\"subject\":\"r-2\",\"where\":\"Basement three\","
	"\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\",\"hops\":0}],\"first_step\":"
	"{\"role\":\"r\",\"role_name\":\"Engineer on call\",\"reach\":\"extension 2310\",\"text\":"
	"\"Ask p-bbbbbbbbbbbbbbbb, anna@example.org\"}}";

static bool says(const struct lab *l, const char *what)
{
	return lab_says(l, l->n_got - 1, what);
}

/* The message about a real course of things and one incident with an address and persons in it. */
static struct lab *told(const char *to, const char *tlp)
{
	struct lab *l = lab_new(1);
	char path[512], *line = NULL;
	size_t cap = 0;
	ssize_t n;

	l->listener[0].share =
		(struct ward_share_ask){.recipient = ward_str_z(to), .tlp = ward_str_z(tlp)};
	lab_life(l);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/story/data/cooling.jsonl",
		getenv("WARD_SOURCE_ROOT"));
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while ((n = getline(&line, &cap, f)) > 0)
		lab_add(l, NULL, ward_str_trim((struct ward_str){line, (size_t)n}));
	free(line);
	(void)fclose(f);
	lab_add(l, NULL, ward_str_z(row));
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	/* persons are told to nobody; nor are they on the ledger */
	for (size_t i = 0; i < l->n_row; i++) {
		if (!l->row[i].delivery)
			continue;
		assert_null(strstr(l->row[i].json, "p-aaaaaaaaaaaaaaaa"));
		assert_null(strstr(l->row[i].json, "p-bbbbbbbbbbbbbbbb"));
		assert_null(strstr(l->row[i].json, "anna@"));
	}
	assert_true(says(l, "Login of [\u2026] from "));
	return l;
}

static void test_own(void **state)
{
	struct lab *l = told("", "");

	(void)state;
	assert_true(says(l, "\"tlp\":\"TLP:AMBER+STRICT\""));
	assert_true(says(l, "10.1.0.99"));
	assert_true(says(l, "Where: Pump seven \u00b7 Basement three"));
	assert_true(says(l, "To do, Engineer on call (extension 2310): Ask [\u2026], [\u2026]"));
	assert_true(says(l, "Care: Operating theatres"));
	assert_true(says(l, "Camera: Camera two"));
	lab_free(l);
}

/* A team outside knows devices and care, and neither places, steps nor roles. */
static void test_csirt(void **state)
{
	struct lab *l = told("csirt", "green");

	(void)state;
	assert_true(says(l, "\"tlp\":\"TLP:GREEN\""));
	assert_false(says(l, "10.1.0.99"));
	assert_false(says(l, "Basement three"));
	assert_false(says(l, "extension 2310"));
	assert_false(says(l, "To do"));
	assert_true(says(l, "Care: Operating theatres"));
	assert_false(says(l, "Camera two"));
	lab_free(l);
}

/* Whoever may not be told of care is not told that there is nothing. */
static void test_public(void **state)
{
	struct lab *l = told("public", "");

	(void)state;
	assert_true(says(l, "CRITICAL"));
	assert_false(says(l, "Pump seven"));
	assert_false(says(l, "Care:"));
	assert_false(says(l, "\"care_total\""));
	assert_false(says(l, "\"cameras\""));
	lab_free(l);
}

/* Which playbooks answer an incident is told to who may know steps: once, the surest first, in his
 * language, and again when the message was lost. */
static void test_playbooks(void **state)
{
	static const struct ward_str access[] = {{"a.threat", 8}, {"door.forced", 11}},
				     bms[] = {{"bms.command", 11}};
	static const struct ward_respond_playbook playbook[] = {
		{{"bms-takeover", 12}, {"Building automation taken over", 30}, bms, 1},
		{{"intrusion", 9}, {"Intrusion", 9}, access, 2}};
	static const char threats[] =
		",\"threats\":[{\"asset\":\"a\",\"threat\":\"door.forced\",\"likelihood\":[0.9,1]},"
		"{\"asset\":\"b\",\"threat\":\"bms.command\",\"likelihood\":[0.1,0.5]}]";
	struct lab_incident in = {1, 1, 30, 1, "high", "suspected", "cyber", threats};
	struct lab *l = lab_new(2);
	size_t n_named = 0;

	(void)state;
	l->listener[1].share =
		(struct ward_share_ask){.recipient = WARD_STR("csirt"), .tlp = WARD_STR("green")};
	l->playbook = playbook;
	l->n_playbook = 2;
	l->remembers = true;
	l->bad = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 400};
	l->bad_of = 1;
	lab_life(l);
	lab_incident(l, &in);
	lab_settle(l);
	l->bad_of = 0;
	l->now += 3600 * WARD_NS_PER_S;
	lab_settle(l); /* anew, since the first was refused */
	lab_life(l);
	in.revision = 2;
	in.level = "critical";
	lab_incident(l, &in);
	lab_settle(l);
	for (size_t i = 0; i < l->n_got; i++) {
		bool names = strstr(l->got[i].body, "Playbook that answers") != NULL;

		assert_false(names && l->got[i].listener == 1);
		n_named += names;
	}
	assert_int_equal(n_named, 2);
	assert_says(l, 0,
		"Playbook that answers it: Intrusion; ask for intrusion\\nPlaybook that "
		"answers it: Building automation taken over; ask for bms-takeover");
	assert_says(l, 0, "\"playbooks\":[{\"id\":\"intrusion\",\"name\":\"Intrusion\"},");
	assert_false(says(l, "Playbook that answers"));
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_own), cmocka_unit_test(test_csirt),
		cmocka_unit_test(test_public), cmocka_unit_test(test_playbooks)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
