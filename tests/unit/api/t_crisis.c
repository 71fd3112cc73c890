/* The crisis cell as the API tells it, and to whom. argv[1]: rows of the attack on Turin's cooling.
 */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CRISIS "/api/v1/crisis"

static struct room room;

static void tells_the_cell(void **state)
{
	const struct ward_conf *c, *x;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", CRISIS, "en"), 200);
	c = room_json(&room);
	assert_int_equal(number(c, "level"), 2);
	EQ(word(c, "level_name"), "stato di preallarme"); /* as it stands on the country's plans */
	assert_int_equal(length(c, "levels"), 3);
	EQ(word(ward_conf_get(c, "lead"), "id"), "crisis-manager");
	assert_int_equal(length(c, "log"), 2);
	x = child(c, "log", 1);
	EQ(word(x, "why"), "theatres get too warm within the hour");
	assert_int_equal(length(x, "alternatives"), 2);
	EQ(word(ward_conf_get(x, "person"), "name"), "Giulia Ferrero");
	EQ(word(ward_conf_get(x, "incident"), "id"), ROOM_INCIDENT);
	x = child(c, "tasks", 0);
	EQ(word(x, "state"), "open");
	EQ(word(x, "late"), "true"); /* it is 03:10 */
	EQ(word(ward_conf_get(x, "owner"), "id"), "facility-engineer");
	x = child(c, "tasks", 1);
	EQ(word(x, "state"), "done");
	EQ(word(ward_conf_get(x, "owner"), "name"), "Paola Moretti");
	EQ(word(ward_conf_get(x, "ended"), "text"), "two hours of stock are warm");
	x = child(c, "recalls", 0);
	assert_int_equal(number(x, "called"), 2);
	assert_int_equal(number(x, "come"), 1);
	assert_true(ward_str_starts(
		word(child(x, "answers", 0), "there"), WARD_STR("2026-03-12T03:41:00")));
	assert_int_equal(length(c, "reviews"), 1);
	assert_true(holds(c, "may", "stand-down"));
}

/* Of each role what it does first, and who has it. */
static void has_cards(void **state)
{
	const struct ward_conf *c, *card = NULL;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", CRISIS, "it"), 200);
	c = room_json(&room);
	for (size_t i = 0; i < length(c, "cards"); i++)
		if (ward_str_eqz(word(ward_conf_get(child(c, "cards", i), "role"), "id"),
			    "security-guard"))
			card = child(c, "cards", i);
	assert_non_null(card);
	EQ(word(card, "title"), "Guardia giurata di turno");
	assert_true(word(card, "first").len > 0);
	EQ(word(child(card, "deputies", 0), "id"), "m-gallo");
}

/* Names are for who leads; of an incident elsewhere nothing is told. */
static void keeps_to_rights(void **state)
{
	static const struct ward_str none[] = {{"no-such", 7}};
	const struct ward_api_who
		guard = {.rights = room.profiles.right[WARD_PROFILE_GUARD]},
		staff = {.rights = room.profiles.right[WARD_PROFILE_STAFF]},
		law = {.rights = room.profiles.right[WARD_PROFILE_DATA_PROTECTION_OFFICER]},
		elsewhere = {.rights = room.profiles.right[WARD_PROFILE_GUARD],
			.place = none,
			.n_place = 1};
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(room_ask(&room, &guard, "GET", CRISIS, "en"), 200);
	c = room_json(&room);
	assert_false(says(&room, "Ferrero"));
	assert_false(says(&room, "s-rinaldi"));
	assert_int_equal(length(c, "log"), 2);
	assert_true(holds(c, "may", "task-done"));
	assert_false(holds(c, "may", "activate"));
	assert_int_equal(room_ask(&room, &staff, "GET", CRISIS, "en"), 200);
	c = room_json(&room);
	assert_null(ward_conf_get(c, "log"));
	assert_int_equal(length(c, "tasks"), 1); /* the other one is about an incident */
	assert_int_equal(room_ask(&room, &law, "GET", CRISIS, "en"), 200);
	c = room_json(&room);
	assert_null(ward_conf_get(c, "tasks"));
	assert_int_equal(number(c, "level"), 2);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", CRISIS, "en"), 200);
	c = room_json(&room);
	assert_int_equal(length(c, "log"), 1);
	assert_int_equal(length(c, "tasks"), 1);
}

/* Whoever sees incidents hears of what the cell decides, wherever they are. */
static void tells_of_changes(void **state)
{
	static const struct ward_str none[] = {{"no-such", 7}};
	const struct ward_api_who elsewhere = {
		.rights = WARD_RIGHTS_ALL, .place = none, .n_place = 1};
	uint64_t last = room.row;

	(void)state;
	room_add(&room,
		"{\"kind\":\"decision\",\"id\":\"c0000000-0000-8000-8000-000000000009\","
		"\"revision\":1,\"time\":\"2026-03-12T03:08:00Z\",\"what\":\"stand-down\","
		"\"subject\":\"crisis\",\"person\":\"g-ferrero\",\"role\":\"crisis-manager\","
		"\"text\":\"over\",\"taken\":true}");
	ward_wr_reset(&room.w);
	assert_int_equal(ward_api_feed(room.api, &elsewhere, last, 10, &room.w, &last), 1);
	assert_true(says(&room, "\"decision\""));
	assert_int_equal(room_ask(&room, &room_all, "GET", CRISIS, "en"), 200);
	assert_int_equal(number(room_json(&room), "level"), 0);
	assert_false(holds(room_json(&room), "may", "stand-down"));
}

#define REPORT "/api/v1/crisis/situation-report"

/* All parts, as data and as lines. */
static void reports_the_situation(void **state)
{
	const struct ward_conf *c, *plan, *x;
	struct ward_str text;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", REPORT, "en"), 200);
	c = room_json(&room);
	EQ(word(c, "recovery_is"), "current");
	assert_int_equal(number(c, "incidents_total"), 1);
	EQ(word(child(c, "incidents", 0), "id"), ROOM_INCIDENT);
	/* the theatres alone: what else hangs on their cooling has others to go to */
	assert_int_equal(length(c, "care"), 1);
	EQ(word(child(c, "care", 0), "service"), "theatres");
	assert_int_equal(length(c, "decided"), 1);
	assert_int_equal(length(c, "tasks"), 2);
	EQ(word(child(c, "open", 0), "what"), "take");
	plan = ward_conf_get(c, "recovery");
	EQ(word(ward_conf_get(child(plan, "works", 0), "on"), "id"), "ahu-05");
	assert_true(number(plan, "works_total") >= length(plan, "works"));
	x = child(plan, "services", 0);
	EQ(word(ward_conf_get(x, "service"), "id"), "theatres");
	assert_int_equal(number(plan, "took_ms"), 0); /* a room has no clock */
	text = word(c, "text");
	assert_true(ward_str_find(text, WARD_STR("stato di preallarme")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("LATE: Run the air handling")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("1 come, the first at")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("Air-handling unit 05")) != SIZE_MAX);
	if (getenv("WARD_SHOW"))
		printf("%.*s\n", WARD_STR_ARG(text));
}

static unsigned ask_alone(const char *lang)
{
	const struct ward_api_ask ask = {.method = WARD_STR("GET"),
		.path = WARD_STR(REPORT),
		.lang = ward_str_z(lang),
		.who = &room_all,
		.now = room.now};

	ward_wr_reset(&room.w);
	ward_api_answer(room.api, &ask, &room.w, &room.answer);
	return room.answer.status;
}

static void said(enum ward_err err, const char *text, ward_ns took)
{
	char question[WARD_RECKON_QUESTION];
	size_t n = room.answer.question.len;
	const struct ward_reckoned d = {err, ward_str_z(text), took};

	assert_true(n > 0);
	memcpy(question, room.answer.question.p, n);
	assert_int_equal(ward_api_reckoned(room.api, (struct ward_str){question, n}, &d), WARD_OK);
}

/* Nobody waits for an order: the report is there at once, with the last one and its age. */
static void waits_for_no_plan(void **state)
{
	static const char plan[] =
		"{\"works\":[{\"on\":\"ahu-05\",\"text\":\"t\",\"team\":\"m\",\"number\":1,"
		"\"begin\":"
		"\"2026-03-12T03:10:00Z\",\"end\":\"2026-03-12T04:10:00Z\",\"medical\":false,"
		"\"gives\":[\"theatres\",\"nothing\"]},{\"on\":\"nothing\"},7],\"works_total\":9,"
		"\"services\":[{\"service\":\"theatres\",\"down\":\"2026-03-12T03:10:00Z\","
		"\"back\":"
		"\"2026-03-12T04:10:00Z\",\"bears_seconds\":60}]}";
	const struct ward_conf *c;

	(void)state;
	room_add_incident(&room, 2, "high", "suspected");
	assert_int_equal(ask_alone("en"), 200);
	EQ(word(room_json(&room), "recovery_is"), "older");
	assert_true(says(&room, "since is not in it"));
	/* it is asked once; what does not come is asked for again */
	struct ward_str first = ward_arena_str(&room.arena, room.answer.question);

	assert_int_equal(ask_alone("nl"), 200);
	assert_int_equal(room.answer.question.len, 0);
	ward_api_unreckoned(room.api, first);
	room.now += 60 * WARD_NS_PER_S;
	assert_int_equal(ask_alone("en"), 200);
	EQ(word(room_json(&room), "recovery_is"), "older");
	said(WARD_OK, plan, 10 * WARD_NS_PER_S);
	assert_int_equal(ask_alone("en"), 200);
	c = room_json(&room);
	EQ(word(c, "recovery_is"), "current");
	c = ward_conf_get(c, "recovery");
	assert_int_equal(length(c, "works"), 1);
	assert_int_equal(length(child(c, "works", 0), "gives_back"), 1);
	assert_int_equal(number(c, "works_total"), 9);
	assert_int_equal(number(c, "took_ms"), 10000);
	assert_true(says(&room, "LONGER than it can be"));
	/* what took ten seconds is not asked again within two hundred */
	room_add_incident(&room, 3, "high", "suspected");
	room.now += 120 * WARD_NS_PER_S;
	assert_int_equal(ask_alone("en"), 200);
	assert_int_equal(room.answer.question.len, 0);
	assert_true(says(&room, "2 min ago; what happened since"));
	room.now += 120 * WARD_NS_PER_S;
	assert_int_equal(ask_alone("en"), 200);
	said(WARD_ERR_LIMIT, "too many", 0);
	assert_int_equal(ask_alone("en"), 200);
	EQ(word(room_json(&room), "recovery_is"), "failed");
	assert_true(says(&room, "it could not be planned: too many"));
	room_add_incident(&room, 4, "high", "suspected");
	assert_int_equal(ask_alone("en"), 200);
	EQ(word(room_json(&room), "recovery_is"), "computing");
	said(WARD_OK, "[", 0); /* what it says is not trusted */
	assert_int_equal(ward_counter_get(&room.counters, "api.plans_unread"), 1);
	assert_int_equal(ask_alone("en"), 200);
	EQ(word(room_json(&room), "recovery_is"), "computing");
}

/* The order of recovery is of all that is open: who sees a part of it only has none. */
static void keeps_the_plan(void **state)
{
	static const struct ward_str none[] = {{"no-such", 7}};
	const struct ward_api_who elsewhere = {
		.rights = WARD_RIGHTS_ALL, .place = none, .n_place = 1};
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(room_ask(&room, &elsewhere, "GET", REPORT, "en"), 200);
	c = room_json(&room);
	assert_int_equal(ward_conf_get(c, "recovery")->kind, WARD_CONF_NULL);
	assert_int_equal(number(c, "incidents_total"), 0);
	assert_int_equal(length(c, "care"), 0);
	assert_false(says(&room, ROOM_INCIDENT));
	assert_false(says(&room, "Air-handling"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tells_the_cell),
		cmocka_unit_test(has_cards), cmocka_unit_test(keeps_to_rights),
		cmocka_unit_test(reports_the_situation), cmocka_unit_test(keeps_the_plan),
		cmocka_unit_test(tells_of_changes), cmocka_unit_test(waits_for_no_plan)};

	if (argc != 2)
		return 2;
	room_begin(&room, argv[1]);
	room_add_crisis(&room);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	room_end(&room);
	return failed;
}
