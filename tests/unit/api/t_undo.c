/* What can be taken back of an incident, long after: a merge, a split, a dismissal of several; and
 * what hinders it. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define API "/api/v1/"
#define ONE "00000000-0000-8000-8000-000000000001"
#define TWO "00000000-0000-8000-8000-000000000002"
#define SIGN1 "11111111-0000-8000-8000-000000000001"
#define SIGN2 "11111111-0000-8000-8000-000000000002"
#define BATCH "99999999-0000-8000-8000-000000000009"
#define AT "2026-03-12T02:10:00Z"

static struct room room;

static int begin(void **state)
{
	(void)state;
	room_begin(&room, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	room_end(&room);
	return 0;
}

static void sign(const char *id, const char *subject)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"id\":\"r\","
		"\"title\":"
		"\"T\",\"level\":\"high\"},\"threat\":\"x\",\"subject\":\"%s\",\"first\":\"" AT
		"\",\"last\":\"" AT "\",\"because\":\"b\",\"evidence\":[]}",
		id, subject);
	room_add(&room, json);
}

/* An incident with up to two signs, which may have taken up another one. */
static void incident(const char *id, unsigned revision, const char *state, const char *const *signs,
	const char *up)
{
	char json[2048];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json) - 1);
	struct ward_str sep = WARD_STR("");

	ward_wr_printf(&w,
		"{\"kind\":\"incident\",\"id\":\"%s\",\"revision\":%u,\"state\":\"%s\",\"domain\":"
		"\"cyber\",\"level\":\"high\",\"first\":\"" AT "\",\"last\":\"" AT
		"\",\"headline\":{\"threat\":\"Command\",\"on\":\"Thing\"},\"members\":[",
		id, revision, state);
	for (; *signs; signs++) {
		ward_wr_str(&w, sep);
		ward_wr_printf(&w,
			"{\"detection\":\"%s\",\"title\":\"T\",\"level\":\"high\",\"time\":\"" AT
			"\",\"last\":\"" AT "\",\"count\":1,\"on\":\"Thing\",\"on_kind\":\"asset\","
			"\"subject\":\"ahu-05\",\"where\":\"\","
			"\"actor\":\"\",\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\","
			"\"hops\":0}",
			*signs);
		sep = WARD_STR(",");
	}
	ward_wr_z(&w, "]");
	if (up)
		ward_wr_printf(&w, ",\"supersedes\":[\"%s\"]", up);
	ward_wr_z(&w, "}");
	assert_false(ward_wr_bad(&w));
	assert_int_equal(room_take(&room, ward_wr_text(&w)), WARD_OK);
}

static void decided(const char *what, const char *subject, const char *args)
{
	static unsigned n;
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"20000000-0000-8000-8000-%012u\",\"revision\":1,"
		"\"what\":\"%s\",\"subject\":\"%s\",\"person\":\"m.rossi\",\"role\":\"guard\","
		"\"text\":\"t\",\"args\":%s,\"taken\":true}",
		++n, what, subject, args);
	room_add(&room, json);
}

static const struct ward_conf *undo_of(const struct ward_api_who *who, const char *id, size_t i)
{
	char target[128];

	(void)snprintf(target, sizeof(target), API "incidents/%s", id);
	assert_int_equal(room_ask(&room, who, "GET", target, "en"), 200);
	return child(room_json(&room), "undo", i);
}

static void a_merge(void **state)
{
	const char *const one[] = {SIGN1, NULL}, *const two[] = {SIGN2, NULL},
			  *const both[] = {SIGN1, SIGN2, NULL};
	const struct ward_api_who looks = {
		.person = WARD_STR("q"), .rights = WARD_RIGHT_BIT(WARD_RIGHT_SEE_INCIDENTS)};
	const struct ward_conf *u, *d;

	(void)state;
	sign(SIGN1, "ahu-05");
	sign(SIGN2, "ahu-05");
	incident(ONE, 1, "suspected", one, NULL);
	incident(TWO, 1, "suspected", two, NULL);
	assert_null(undo_of(&room_all, ONE, 0));
	decided("merge", TWO, "{\"into\":\"" ONE "\"}");
	incident(ONE, 2, "suspected", both, TWO);
	u = undo_of(&room_all, ONE, 0);
	EQ(word(u, "what"), "merge");
	EQ(word(ward_conf_get(u, "with"), "id"), TWO);
	d = child(u, "decisions", 0);
	EQ(word(d, "kind"), "split");
	EQ(word(d, "subject"), ONE);
	assert_true(holds(ward_conf_get(d, "args"), "signs", SIGN2));
	assert_int_equal(length(ward_conf_get(d, "args"), "signs"), 1);
	/* not without the right, and not of what was taken up */
	assert_null(undo_of(&looks, ONE, 0));
	assert_null(undo_of(&room_all, TWO, 0));
	room_add(&room,
		"{\"kind\":\"action\",\"event\":\"propose\",\"state\":\"proposed\",\"id\":"
		"\"aaaaaaaa-aaaa-8aaa-8aaa-aaaaaaaaaaab\",\"incident\":\"" ONE
		"\",\"by\":\"playbook\",\"role\":\"\",\"reason\":\"r\",\"does\":\"isolate\","
		"\"thing\":\"ahu-05\",\"at\":\"" AT "\"}");
	u = undo_of(&room_all, ONE, 0);
	EQ(word(u, "why_not"), "an action was proposed or done since");
	assert_int_equal(length(u, "decisions"), 0);
}

static void a_split(void **state)
{
	const char *const one[] = {SIGN1, NULL}, *const two[] = {SIGN2, NULL},
			  *const both[] = {SIGN1, SIGN2, NULL};
	const struct ward_conf *u;

	(void)state;
	sign(SIGN1, "ahu-05");
	sign(SIGN2, "ahu-05");
	incident(ONE, 1, "suspected", both, NULL);
	decided("split", ONE, "{\"signs\":[\"" SIGN2 "\"]}");
	incident(ONE, 2, "suspected", one, NULL);
	incident(TWO, 1, "suspected", two, NULL);
	u = undo_of(&room_all, ONE, 0);
	EQ(word(u, "what"), "split");
	EQ(word(child(u, "decisions", 0), "kind"), "merge");
	EQ(word(ward_conf_get(child(u, "decisions", 0), "args"), "into"), TWO);
	incident(TWO, 2, "closed", two, NULL);
	EQ(word(undo_of(&room_all, ONE, 0), "why_not"), "the other part is not open any more");
}

static void several_that_were_dismissed(void **state)
{
	const char *const none[] = {NULL};
	const struct ward_conf *u;

	(void)state;
	incident(ONE, 1, "suspected", none, NULL);
	incident(TWO, 1, "suspected", none, NULL);
	decided("dismiss", ONE, "{\"batch\":\"" BATCH "\"}");
	decided("dismiss", TWO, "{\"batch\":\"" BATCH "\"}");
	incident(ONE, 2, "dismissed", none, NULL);
	incident(TWO, 2, "dismissed", none, NULL);
	u = undo_of(&room_all, TWO, 0);
	EQ(word(u, "what"), "dismiss");
	assert_int_equal(length(u, "decisions"), 2);
	EQ(word(child(u, "decisions", 0), "kind"), "reopen");
	EQ(word(child(u, "decisions", 0), "subject"), ONE);
	incident(ONE, 3, "suspected", none, NULL); /* one was reopened by itself */
	assert_int_equal(length(undo_of(&room_all, TWO, 0), "decisions"), 1);
	assert_null(undo_of(&room_all, ONE, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_merge, begin, end),
		cmocka_unit_test_setup_teardown(a_split, begin, end),
		cmocka_unit_test_setup_teardown(several_that_were_dismissed, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
