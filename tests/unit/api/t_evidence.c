/* Clips, photos and suspicious files of an incident, as rows say it: what is kept, erased or none,
 * whose photo it is, and who may look at which. argv[1]: the rows of `ward replay --json` of
 * Turin's cooling. */
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

#define FILE_OF "ffffffff-ffff-8fff-8fff-fffffffffff1"
#define HOLD "eeeeeeee-eeee-8eee-8eee-eeeeeeeeeee1"
#define HOLD_OVER "eeeeeeee-eeee-8eee-8eee-eeeeeeeeeee2"
#define LONE "ffffffff-ffff-8fff-8fff-fffffffffff2"

static const struct ward_conf *kept_file(const char *id)
{
	const struct ward_conf *v;

	assert_int_equal(room_ask(&room, &room_all, "GET", API "evidence/files", "en"), 200);
	v = ward_conf_get(room_json(&room), "items");
	for (v = v ? v->child : NULL; v && !ward_str_eqz(word(v, "id"), id); v = v->next)
		;
	return v;
}

static void add_file(const char *act, const char *id, struct ward_str event)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"file\",\"act\":\"%s\",\"id\":\"%s\",\"event\":\"%.*s\",\"from\":"
		"\"2026-03-12T02:14:00Z\",\"to\":\"2026-03-12T02:14:00Z\",\"expires\":"
		"\"2026-03-19T02:14:00Z\",\"bytes\":4812}",
		act, id, WARD_STR_ARG(event));
	room_add(&room, json);
}

/* A suspicious file names the event of its verdict: it is of the incident whose sign rests on it.
 * One of none is in the list all the same, for who sees the whole hospital; a hold says until when
 * it stays. */
static void a_file_is_of_an_event(void **state)
{
	const struct ward_str b = WARD_STR("building-b");
	const struct ward_api_who elsewhere = {.person = WARD_STR("p"),
					  .rights = WARD_RIGHTS_ALL,
					  .place = &b,
					  .n_place = 1},
				  blind = {.person = WARD_STR("p"),
					  .rights = WARD_RIGHTS_ALL &
						    ~WARD_RIGHT_BIT(WARD_RIGHT_SEE_EVIDENCE)};
	struct ward_str rows = ward_slice_text(room.rows), key = WARD_STR("\"evidence\":[\"");
	size_t at = ward_str_find(rows, key);
	const struct ward_conf *x;

	(void)state;
	assert_true(at != SIZE_MAX);
	add_file("written", FILE_OF, ward_str_sub(rows, at + key.len, WARD_ID_TEXT - 1));
	add_file("written", LONE, WARD_STR("00000000-0000-8000-8000-0000000000fa"));
	EQ(word(item(FILE_OF), "kind"), "file");
	EQ(word(item(FILE_OF), "state"), "kept");
	assert_null(item(LONE));
	assert_int_equal(may(&room_all, FILE_OF), WARD_OK);
	assert_int_equal(may(&room_all, LONE), WARD_ERR_NOT_FOUND);
	assert_int_equal(
		ward_api_evidence(room.api, &room_all, WARD_STR(""), WARD_STR(LONE)), WARD_OK);
	assert_int_equal(ward_api_evidence(room.api, &elsewhere, WARD_STR(""), WARD_STR(LONE)),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(
		ward_api_evidence(room.api, &blind, WARD_STR(""), WARD_STR(LONE)), WARD_ERR_DENIED);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "evidence/files", "en"), 403);
	assert_int_equal(room_ask(&room, &blind, "GET", API "evidence/files", "en"), 403);
	x = kept_file(LONE);
	assert_non_null(x);
	EQ(word(x, "event"), "00000000-0000-8000-8000-0000000000fa");
	EQ(word(x, "expires"), "2026-03-19T02:14:00Z");
	assert_int_equal(ward_conf_get(x, "held")->kind, WARD_CONF_NULL);
	assert_int_equal(ward_conf_get(x, "incident")->kind, WARD_CONF_NULL);
	assert_int_equal(number(room_json(&room), "total"), 2);
	assert_int_equal(length(room_json(&room), "items"), 2);
	EQ(word(child(room_json(&room), "items", 0), "id"), LONE); /* the latest */
	assert_int_equal(room_ask(&room, &room_all, "GET", API "evidence/files?skip=1", "en"), 200);
	assert_int_equal(length(room_json(&room), "items"), 1);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "evidence/files?skip=x", "en"), 400);
	/* a hold of all holds it as well, until it ends or is released */
	room_add(&room, "{\"kind\":\"decision\",\"id\":\"" HOLD
			"\",\"what\":\"hold\",\"subject\":\"all\",\"person\":\"a\",\"role\":\"r\","
			"\"text\":\"police\",\"args\":{\"scope\":\"all\",\"until\":"
			"\"2026-12-31T23:59:59Z\"},\"taken\":true}");
	EQ(word(kept_file(LONE), "held"), "2026-12-31T23:59:59Z");
	room_add(&room, "{\"kind\":\"decision\",\"id\":\"" HOLD_OVER
			"\",\"what\":\"release-hold\",\"subject\":\"" HOLD
			"\",\"person\":\"a\",\"role\":\"r\",\"text\":\"done\",\"taken\":true}");
	assert_int_equal(ward_conf_get(kept_file(LONE), "held")->kind, WARD_CONF_NULL);
	/* somebody looks at it: it stays as it is; then it is gone */
	add_file("read", LONE, WARD_STR("00000000-0000-8000-8000-0000000000fa"));
	EQ(word(kept_file(LONE), "state"), "kept");
	add_file("erased", LONE, WARD_STR("00000000-0000-8000-8000-0000000000fa"));
	EQ(word(kept_file(LONE), "state"), "erased");
	assert_int_equal(ward_api_evidence(room.api, &room_all, WARD_STR(""), WARD_STR(LONE)),
		WARD_ERR_STATE);
}

/* More rows than are known: those of files that are gone make room, so that what is kept can be
 * got, however many came and went since. Where all are kept, older ones are said not to be listed.
 */
static void kept_beyond_what_is_known(void **state)
{
	const struct ward_str event = WARD_STR("00000000-0000-8000-8000-0000000000fb");
	char id[WARD_ID_TEXT], first[] = "ffffffff-ffff-8fff-8fff-ff0000000000";

	(void)state;
	add_file("written", first, event);
	for (unsigned i = 1; i < 2100; i++) {
		(void)snprintf(id, sizeof(id), "ffffffff-ffff-8fff-8fff-ff000000%04x", i);
		add_file("written", id, event);
		add_file("erased", id, event);
	}
	assert_int_equal(
		ward_api_evidence(room.api, &room_all, WARD_STR(""), ward_str_z(first)), WARD_OK);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "evidence/files", "en"), 200);
	EQ(word(room_json(&room), "older"), "false");
	for (unsigned i = 0x1000; i < 0x1000 + 2049; i++) {
		(void)snprintf(id, sizeof(id), "ffffffff-ffff-8fff-8fff-ff000000%04x", i);
		add_file("written", id, event);
	}
	assert_int_equal(
		ward_api_evidence(room.api, &room_all, WARD_STR(""), ward_str_z(id)), WARD_OK);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "evidence/files", "en"), 200);
	EQ(word(room_json(&room), "older"), "true");
	assert_int_equal(number(room_json(&room), "total"), 2048);
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

#define REPORT "10000000-0000-8000-8000-0000000000dd"
#define HELD "dddddddd-dddd-8ddd-8ddd-dddddddddddf"

/* A report of which nothing came is seen all the same, with its photo; whose it is, by who wrote
 * it. */
static void a_report_of_no_incident(void **state)
{
	const struct ward_str b = WARD_STR("building-b");
	const struct ward_api_who writer = {.person = WARD_STR("a.bruno")},
				  other = {.person = WARD_STR("q")},
				  elsewhere = {.person = WARD_STR("q"),
					  .rights = WARD_RIGHTS_ALL,
					  .place = &b,
					  .n_place = 1};
	const struct ward_conf *x;

	(void)state;
	room_add(&room, "{\"kind\":\"decision\",\"id\":\"" REPORT
			"\",\"revision\":1,\"what\":\"report\",\"subject\":\"au-plant\",\"person\":"
			"\"a.bruno\",\"role\":\"it-on-call\",\"text\":\"it drips\",\"args\":"
			"{\"report\":\"device\"},\"taken\":true}");
	room_add(&room, "{\"kind\":\"photo\",\"act\":\"written\",\"id\":\"" HELD
			"\",\"report\":\"" REPORT "\",\"bytes\":12}");
	assert_int_equal(room_ask(&room, &room_all, "GET", API "reports", "en"), 200);
	x = child(room_json(&room), "items", 0);
	EQ(word(x, "id"), REPORT);
	EQ(word(x, "kind"), "device");
	EQ(word(x, "text"), "it drips");
	EQ(word(x, "own"), "false");
	EQ(word(x, "is_sign"), "false");
	EQ(word(child(x, "photos", 0), "id"), HELD);
	assert_int_equal(
		ward_api_evidence(room.api, &room_all, WARD_STR(""), WARD_STR(HELD)), WARD_OK);
	assert_int_equal(ward_api_evidence(room.api, &elsewhere, WARD_STR(""), WARD_STR(HELD)),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_api_evidence(room.api, &writer, WARD_STR(""), WARD_STR(HELD)),
		WARD_ERR_DENIED);
	assert_int_equal(room_ask(&room, &writer, "GET", API "reports", "en"), 200);
	EQ(word(child(room_json(&room), "items", 0), "own"), "true");
	assert_int_equal(room_ask(&room, &other, "GET", API "reports", "en"), 200);
	assert_int_equal(length(room_json(&room), "items"), 0);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "reports", "en"), 200);
	assert_int_equal(length(room_json(&room), "items"), 0);
}

#define EVENTS API "incidents/" ROOM_INCIDENT "/events"
/* One person alone asks for a name only where an incident is high, and open. */
static void an_emergency_is_of_a_high_incident(void **state)
{
	static const char low[] = "a0000000-0000-8000-8000-0000000000fe";
	struct ward_decision d = {.kind = WARD_DECISION_REVEAL,
		.subject = WARD_STR(ROOM_INCIDENT),
		.args = WARD_STR("{\"token\":\"p-oofz436jjcfuee6a\",\"emergency\":\"yes\"}")};
	char why[512];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why));

	(void)state;
	assert_int_equal(ward_api_reveal_check(room.api, &d, &w), WARD_OK);
	d.subject = ward_str_z(low); /* one that nobody knows */
	assert_int_equal(ward_api_reveal_check(room.api, &d, &w), WARD_ERR_STATE);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("somebody else")) != SIZE_MAX);
	d.args = WARD_STR("{\"token\":\"p-oofz436jjcfuee6a\"}"); /* by two */
	assert_int_equal(ward_api_reveal_check(room.api, &d, &w), WARD_OK);
}

#define FLOWS API "incidents/" ROOM_INCIDENT "/flows"

/* Events and flows only for who said why, and for a while; of a person the pseudonym alone, by
 * which the name can be asked for. */
static void events_after_the_reason(void **state)
{
	const struct ward_api_who other = {.person = WARD_STR("q"), .rights = WARD_RIGHTS_ALL};
	const struct ward_conf *x;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", EVENTS, "en"), 403);
	room_add_look(&room);
	assert_int_equal(room_ask(&room, &other, "GET", EVENTS, "en"), 403);
	assert_int_equal(room_ask(&room, &room_all, "GET", EVENTS, "en"), 200);
	assert_true(room.answer.no_store);
	x = ward_conf_get(room_json(&room), "found");
	for (size_t i = 0; i < length(child(x, "events", 0), "fields"); i++) {
		const struct ward_conf *f = child(child(x, "events", 0), "fields", i);

		if (!ward_str_eqz(word(f, "name"), "user"))
			continue;
		EQ(word(f, "person"), "true");
		assert_int_equal(ward_conf_get(f, "value")->kind, WARD_CONF_NULL);
		EQ(word(f, "token"), "p-oofz436jjcfuee6a");
	}
	EQ(word(child(x, "events", 0), "id"), PAST_EVENT);
	EQ(word(child(x, "events", 0), "class"), "video.count");
	assert_true(number(x, "gone") > 0);
	/* who has not said why gets nothing of what was kept for somebody else */
	assert_int_equal(room_ask(&room, &other, "GET", EVENTS, "en"), 403);
	assert_int_equal(room_ask(&room, &room_all, "GET", EVENTS "?skip=100000", "en"), 200);
	assert_int_equal(length(ward_conf_get(room_json(&room), "found"), "events"), 0);
	assert_int_equal(room_ask(&room, &room_all, "GET", EVENTS "?skip=x", "en"), 400);
	assert_int_equal(room_ask(&room, &room_all, "GET", FLOWS, "en"), 200);
	room.now += 1801 * WARD_NS_PER_S;
	assert_int_equal(room_ask(&room, &room_all, "GET", EVENTS, "en"), 403);
}

/* Boxes of the camera that is asked for, and of none that is elsewhere. */
static void boxes_of_a_camera(void **state)
{
	const struct ward_str b = WARD_STR("building-b");
	const struct ward_api_who elsewhere = {
		.person = WARD_STR("p"), .rights = WARD_RIGHTS_ALL, .place = &b, .n_place = 1};

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET",
				 API "cameras/camera-au-corridor-staff/boxes", "en"),
		200);
	EQ(word(child(room_json(&room), "boxes", 0), "class"), "video.intrusion");
	assert_int_equal(room_ask(&room, &elsewhere, "GET",
				 API "cameras/camera-au-corridor-staff/boxes", "en"),
		404);
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
		cmocka_unit_test(a_photo_is_of_a_report), cmocka_unit_test(a_file_is_of_an_event),
		cmocka_unit_test(who_may_look), cmocka_unit_test(kept_beyond_what_is_known),
		cmocka_unit_test(events_after_the_reason),
		cmocka_unit_test(an_emergency_is_of_a_high_incident),
		cmocka_unit_test(a_report_of_no_incident), cmocka_unit_test(boxes_of_a_camera)};

	WARD_ASSERT(argc == 2);
	rows = argv[1];
	return cmocka_run_group_tests(tests, begin, end);
}
