/* A play as its board says it: for who leads it, in their language; to nobody else, and of a board
 * that is none nothing is told that was not there. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define PLAY "/api/v1/exercise"
#define MESSAGES PLAY "/messages"

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
	assert_int_equal(number(child(c, "injects", 0), "brought"), 2);
	EQ(word(child(child(c, "injects", 0), "text", 0), "text"), "X");
	EQ(word(child(c, "branches", 0), "met"), "true");
	EQ(word(child(c, "told", 0), "acknowledged"), "true");
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

/* Players see what is for their roles and for everybody, and of nobody else who has it. */
static void test_messages(void **state)
{
	static const struct ward_str guard[] = {{"security-guard", 14}};
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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_told, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_messages, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
