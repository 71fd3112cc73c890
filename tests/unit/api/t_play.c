/* A play as its board says it: for who leads it, in their language; to nobody else, and of a board
 * that is none nothing is told that was not there. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define PLAY "/api/v1/exercise"

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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_told, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
