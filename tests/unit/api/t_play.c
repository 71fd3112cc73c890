/* A play as its board says it: for who leads it, in their language; to nobody else, and of a board
 * that is none nothing is told that was not there. argv[1]: rows of the attack on Turin's cooling.
 */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define PLAY "/api/v1/exercise"
#define MESSAGES PLAY "/messages"

static struct room room;
static const char *rows; /* of the attack on cooling */

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

static void test_told(void **state)
{
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	c = room_json(&room);
	EQ(word(c, "scenario"), "cooling");
	EQ(word(c, "paused"), "true");
	EQ(word(c, "played_ms"), "-1");
	assert_int_equal(ward_conf_get(c, "next_ms")->kind, WARD_CONF_NULL);
	EQ(word(child(c, "steps", 0), "fate"), "waits");
	EQ(word(child(child(c, "steps", 0), "signs", 0), "on"), "Unit");
	EQ(word(child(child(c, "steps", 0), "signs", 0), "visible"), "true");
	assert_int_equal(number(child(child(c, "steps", 0), "signs", 0), "after_ms"), 2000);
	EQ(word(c, "response"), "Mend it");
	assert_int_equal(ward_conf_get(child(c, "expected", 0), "after_ms")->kind, WARD_CONF_NULL);
	assert_int_equal(number(child(c, "injects", 0), "brought"), 2);
	EQ(word(child(child(c, "injects", 0), "text", 0), "text"), "X");
	EQ(word(child(c, "branches", 0), "met"), "true");
	EQ(word(child(c, "told", 0), "acknowledged"), "true");
	EQ(word(child(c, "told", 0), "policy"), "true");
	assert_int_equal(number(child(c, "played", 0), "approves_ms"), 5000);
	assert_int_equal(number(child(c, "played", 0), "begins_ms"), 240000);
	assert_int_equal(ward_conf_get(child(c, "played", 0), "refuses_ms")->kind, WARD_CONF_NULL);
	EQ(word(child(c, "log", 0), "what"), "pause");
	EQ(word(child(child(c, "messages", 0), "to", 1), "text"), "Q");
	EQ(word(child(child(c, "messages", 0), "seen", 0), "by"), "a");
	assert_true(length(c, "roles") > 5);
	EQ(word(ward_conf_get(c, "words"), "pause"), "Pause");
	EQ(word(ward_conf_get(c, "words"), "resume"), "Let it go on");
}

static void test_refused(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {
		.person = room_all.person, .rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	const struct ward_api_who leads = {
		.person = room_all.person, .rights = room.profiles.right[WARD_PROFILE_TRAINER]};
	const struct ward_api_who plays = {.person = room_all.person,
		.rights = room.profiles.right[WARD_PROFILE_CRISIS_MANAGER] |
			  room.profiles.right[WARD_PROFILE_ADMINISTRATOR]};

	(void)state;
	assert_int_equal(room_ask(&room, &leads, "GET", PLAY, "fr"), 200);
	assert_int_equal(room_ask(&room, &plays, "GET", PLAY, "en"), 403);
	assert_int_equal(room_ask(&room, &here, "GET", PLAY, "en"), 403);
	/* whatever stands there: what is no text and no number is told as none */
	ward_api_board(room.api, WARD_API_BOARD_PLAY,
		WARD_STR("{\"title\":[],\"played_ms\":99999999999999999999,\"steps\":{\"a\":1},"
			 "\"injects\":[1,{\"text\":3}],\"log\":null}"));
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	EQ(word(room_json(&room), "title"), "");
	assert_int_equal(ward_conf_get(room_json(&room), "played_ms")->kind, WARD_CONF_NULL);
	assert_int_equal(length(room_json(&room), "steps"), 0);
	assert_int_equal(length(room_json(&room), "injects"), 2);
}

static const struct ward_conf *called(const struct ward_conf *list, const char *id)
{
	const struct ward_conf *x = list ? list->child : NULL;

	while (x && !ward_str_eqz(word(x, "id"), id))
		x = x->next;
	return x;
}

/* At the end what decisions were worth, which may be less than nothing. */
static void test_worth(void **state)
{
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	c = ward_conf_get(room_json(&room), "worth");
	assert_int_equal(number(c, "without_ms"), 7);
	EQ(word(child(c, "decisions", 0), "policy"), "true");
	EQ(word(child(c, "decisions", 0), "saved_ms"), "-5");
	EQ(word(child(child(c, "decisions", 0), "prevented", 0), "note"), "Off");
	assert_int_equal(
		ward_conf_get(child(c, "services", 0), "played_at_ms")->kind, WARD_CONF_NULL);
	/* whatever stands there */
	ward_api_board(room.api, WARD_API_BOARD_PLAY,
		WARD_STR("{\"steps\":[{\"signs\":[4,{\"threat\":[]}]}],\"expected\":{},\"worth\":{"
			 "\"decisions\":[[],{\"prevented\":7}],\"services\":null}}"));
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	assert_int_equal(length(child(room_json(&room), "steps", 0), "signs"), 2);
	c = ward_conf_get(room_json(&room), "worth");
	assert_int_equal(length(c, "decisions"), 2);
	assert_int_equal(length(c, "services"), 0);
	ward_api_board(room.api, WARD_API_BOARD_PLAY, WARD_STR("{\"worth\":3}"));
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	assert_int_equal(ward_conf_get(room_json(&room), "worth")->kind, WARD_CONF_NULL);
}

/* What is true stands beside what Ward says of it, of the attack on cooling: the unit has a sign,
 * the theatres are forecast though they stand, and of the oxygen and the pharmacy Ward says
 * nothing. No player sees it. */
static void test_truth(void **state)
{
	const struct ward_conf *truth, *things, *services;

	(void)state;
	room_end(&room);
	room_begin(&room, rows);
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	truth = ward_conf_get(room_json(&room), "truth");
	things = ward_conf_get(truth, "things");
	services = ward_conf_get(truth, "services");
	EQ(word(called(things, "ahu-05"), "is"), "stopped");
	EQ(word(ward_conf_get(called(things, "ahu-05"), "ward"), "sign"), "true");
	EQ(word(ward_conf_get(called(things, "ahu-05"), "ward"), "incident"), ROOM_INCIDENT);
	EQ(word(called(things, "oxygen"), "ends_ms"), "60000");
	assert_int_equal(ward_conf_get(called(things, "oxygen"), "ward")->kind, WARD_CONF_NULL);
	EQ(word(called(services, "pharmacy"), "since_ms"), "5");
	assert_int_equal(ward_conf_get(called(services, "pharmacy"), "ward")->kind, WARD_CONF_NULL);
	assert_int_equal(
		ward_conf_get(called(services, "theatres"), "since_ms")->kind, WARD_CONF_NULL);
	assert_int_equal(
		word(ward_conf_get(called(services, "theatres"), "ward"), "expected").len, 20);
	assert_null(called(services, "maternity"));
	/* whatever stands there; and where nobody reckons */
	ward_api_board(room.api, WARD_API_BOARD_PLAY,
		WARD_STR("{\"truth\":{\"things\":[1,{\"id\":[],\"ends_ms\":-4}],\"services\":7}}"));
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	truth = ward_conf_get(room_json(&room), "truth");
	assert_int_equal(length(truth, "things"), 2);
	assert_int_equal(ward_conf_get(child(truth, "things", 1), "ends_ms")->kind, WARD_CONF_NULL);
	assert_non_null(called(ward_conf_get(truth, "services"), "theatres"));
	ward_api_board(room.api, WARD_API_BOARD_PLAY, WARD_STR("{\"truth\":[]}"));
	assert_int_equal(room_ask(&room, &room_all, "GET", PLAY, "en"), 200);
	assert_int_equal(ward_conf_get(room_json(&room), "truth")->kind, WARD_CONF_NULL);
}

/* Players see what is for their roles and for everybody, and of nobody else who has it. */
static void test_messages(void **state)
{
	static const struct ward_str guard[] = {{"security-guard", 14}, {"pharmacist", 10}};
	struct ward_api_who a = {.person = WARD_STR("a"), .role = guard, .n_role = 1};
	struct ward_api_who b = {.person = WARD_STR("b")};
	const struct ward_api_who leads = {
		.person = room_all.person, .rights = room.profiles.right[WARD_PROFILE_TRAINER]};

	(void)state;
	assert_int_equal(room_ask(&room, &a, "GET", MESSAGES, "en"), 200);
	assert_int_equal(length(room_json(&room), "messages"), 2);
	EQ(word(child(room_json(&room), "messages", 0), "text"), "G");
	EQ(word(child(room_json(&room), "messages", 0), "seen"), "true");
	EQ(word(child(room_json(&room), "messages", 1), "text"), "E");
	EQ(word(child(room_json(&room), "messages", 1), "seen"), "false");
	/* of one who has two roles each of their texts is to be read */
	a.n_role = 2; /* in another language: what a person was answered is kept while nothing
			 changes */
	assert_int_equal(room_ask(&room, &a, "GET", MESSAGES, "fr"), 200);
	assert_int_equal(length(room_json(&room), "messages"), 3);
	EQ(word(child(room_json(&room), "messages", 0), "seen"), "true");
	EQ(word(child(room_json(&room), "messages", 1), "text"), "Q");
	EQ(word(child(room_json(&room), "messages", 1), "seen"), "false");
	a.n_role = 1;
	/* the same rights, and not the same person: nothing of it is kept for another */
	assert_int_equal(room_ask(&room, &b, "GET", MESSAGES, "en"), 200);
	assert_int_equal(length(room_json(&room), "messages"), 1);
	EQ(word(child(room_json(&room), "messages", 0), "text"), "E");
	b.role = guard;
	b.n_role = 1;
	b.person = WARD_STR("c");
	assert_int_equal(room_ask(&room, &b, "GET", MESSAGES, "en"), 200);
	EQ(word(child(room_json(&room), "messages", 0), "seen"), "false");
	assert_int_equal(room_ask(&room, &leads, "GET", MESSAGES, "en"), 200);
	assert_int_equal(length(room_json(&room), "messages"), 0);
	assert_int_equal(room_ask(&room, NULL, "GET", MESSAGES, "en"), 401);
	assert_int_equal(ward_api_play_news(room.api), 6);
	/* it is over: there is nothing more to read */
	ward_api_board(room.api, WARD_API_BOARD_PLAY,
		WARD_STR("{\"ended\":true,\"news\":3,\"messages\":[{\"id\":\"x\",\"to\":[{\"role\":"
			 "\"\"}]}]}"));
	assert_int_equal(ward_api_play_news(room.api), 7);
	assert_int_equal(room_ask(&room, &a, "GET", MESSAGES, "en"), 200);
	assert_int_equal(length(room_json(&room), "messages"), 0);
	/* whatever stands there */
	ward_api_board(room.api, WARD_API_BOARD_PLAY,
		WARD_STR("{\"news\":-1,\"messages\":[1,{\"to\":7},{\"to\":[8],\"seen\":{}}]}"));
	assert_int_equal(ward_api_play_news(room.api), 0);
	assert_int_equal(room_ask(&room, &a, "GET", MESSAGES, "fr"), 200);
	assert_int_equal(length(room_json(&room), "messages"), 1);
	EQ(word(child(room_json(&room), "messages", 0), "text"), "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_told, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_messages, begin, end),
		cmocka_unit_test_setup_teardown(test_worth, begin, end),
		cmocka_unit_test_setup_teardown(test_truth, begin, end)};

	assert_int_equal(argc, 2);
	rows = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
