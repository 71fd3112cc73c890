/* Clips and photos of an incident, as rows say it: what is kept, erased or none, whose photo it is,
 * and who may look at which. argv[1]: the rows of `ward replay --json` of Turin's cooling. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define API "/api/v1/"
#define CLIP "cccccccc-cccc-8ccc-8ccc-cccccccccccc" /* of tests/golden/report/rows.jsonl */
#define NONE "cccccccc-cccc-8ccc-8ccc-ccccccccccce"
#define PHOTO "dddddddd-dddd-8ddd-8ddd-dddddddddddd"
#define OTHER "dddddddd-dddd-8ddd-8ddd-ddddddddddde"

static struct room room; /* of the attack */

static const struct ward_conf *item(const char *id)
{
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_INCIDENT "/evidence", "en"),
		200);
	const struct ward_conf *v = ward_conf_get(room_json(&room), "items");

	for (v = v ? v->child : NULL; v && !ward_str_eqz(word(v, "id"), id); v = v->next)
		;
	return v;
}

static enum ward_err may(const struct ward_api_who *who, const char *id)
{
	return ward_api_evidence(room.api, who, WARD_STR(ROOM_INCIDENT), ward_str_z(id));
}

static void a_clip_is_kept_until_it_is_erased(void **state)
{
	const struct ward_conf *x = item(CLIP);

	(void)state;
	assert_non_null(x);
	EQ(word(x, "kind"), "clip");
	EQ(word(x, "state"), "kept");
	EQ(word(x, "camera_name"), "cam-plant-a"); /* no source of the pilot */
	EQ(word(x, "expires"), "2026-04-11T02:14:00Z");
	assert_int_equal(may(&room_all, CLIP), WARD_OK);
	room_add(&room, "{\"kind\":\"clip\",\"act\":\"none\",\"id\":\"" NONE
			"\",\"incident\":\"" ROOM_INCIDENT
			"\",\"camera\":\"camera-staff-door\",\"why\":\"no veil\"}");
	x = item(NONE);
	EQ(word(x, "state"), "none");
	EQ(word(x, "why"), "no veil");
	EQ(word(x, "camera_name"), "Camera at the staff door of basement A");
	assert_int_equal(may(&room_all, NONE), WARD_ERR_STATE);
	/* what somebody looked at is as it was */
	room_add(&room, "{\"kind\":\"clip\",\"act\":\"read\",\"id\":\"" CLIP
			"\",\"incident\":\"" ROOM_INCIDENT
			"\",\"camera\":\"cam-plant-a\",\"why\":\"police\",\"who\":\"a\"}");
	EQ(word(item(CLIP), "state"), "kept");
	assert_true(ward_str_eqz(word(item(CLIP), "why"), "") ||
		    ward_str_eqz(word(item(CLIP), "why"), "null"));
	room_add(&room, "{\"kind\":\"clip\",\"act\":\"erased\",\"id\":\"" CLIP
			"\",\"incident\":\"" ROOM_INCIDENT "\",\"camera\":\"cam-plant-a\"}");
	EQ(word(item(CLIP), "state"), "erased");
	EQ(word(item(CLIP), "camera"), "cam-plant-a");
	assert_int_equal(may(&room_all, CLIP), WARD_ERR_STATE);
}

/* A photo names the report, which is an event of one of the incident's signs. */
static void a_photo_is_of_a_report(void **state)
{
	struct ward_str rows = ward_slice_text(room.rows), key = WARD_STR("\"evidence\":[\"");
	size_t at = ward_str_find(rows, key);
	char json[512];

	(void)state;
	assert_true(at != SIZE_MAX);
	struct ward_str event = ward_str_sub(rows, at + key.len, WARD_ID_TEXT - 1);

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"photo\",\"act\":\"written\",\"id\":\"" PHOTO
		"\",\"report\":\"%.*s\",\"bytes\":4711}",
		WARD_STR_ARG(event));
	room_add(&room, json);
	room_add(&room, "{\"kind\":\"photo\",\"act\":\"written\",\"id\":\"" OTHER
			"\",\"report\":\"00000000-0000-8000-8000-0000000000aa\"}");
	assert_non_null(item(PHOTO));
	EQ(word(item(PHOTO), "kind"), "photo");
	EQ(word(item(PHOTO), "bytes"), "4711");
	assert_null(item(OTHER));
	assert_int_equal(may(&room_all, PHOTO), WARD_OK);
	assert_int_equal(may(&room_all, OTHER), WARD_ERR_NOT_FOUND);
}

/* Not without the right, and not where the incident is elsewhere. */
static void who_may_look(void **state)
{
	const struct ward_str b = WARD_STR("building-b");
	const struct ward_api_who blind = {.person = WARD_STR("p"),
					  .rights = WARD_RIGHTS_ALL &
						    ~WARD_RIGHT_BIT(WARD_RIGHT_SEE_EVIDENCE)},
				  elsewhere = {.person = WARD_STR("p"),
					  .rights = WARD_RIGHTS_ALL,
					  .place = &b,
					  .n_place = 1};

	(void)state;
	assert_int_equal(may(&blind, PHOTO), WARD_ERR_DENIED);
	assert_int_equal(may(&elsewhere, PHOTO), WARD_ERR_NOT_FOUND);
	assert_int_equal(room_ask(&room, &elsewhere, "GET",
				 API "incidents/" ROOM_INCIDENT "/evidence", "en"),
		404);
	assert_int_equal(
		ward_api_evidence(room.api, &room_all, WARD_STR("nothing"), WARD_STR(PHOTO)),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(may(&room_all, "nothing"), WARD_ERR_NOT_FOUND);
}

static const char *rows;

static int begin(void **state)
{
	(void)state;
	room_begin(&room, rows);
	room_add_others(&room);
	return 0;
}

static int end(void **state)
{
	(void)state;
	room_end(&room);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_clip_is_kept_until_it_is_erased),
		cmocka_unit_test(a_photo_is_of_a_report), cmocka_unit_test(who_may_look)};

	WARD_ASSERT(argc == 2);
	rows = argv[1];
	return cmocka_run_group_tests(tests, begin, end);
}
