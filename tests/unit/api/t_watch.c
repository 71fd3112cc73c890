/* The watch of a post as it is asked for: the sheet of a real attack, handed over and accepted.
 * argv[1]: the rows of `ward replay --json` of Turin's cooling. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define API "/api/v1/"

static const char *rows;
static const struct ward_str guard = {"security-guard", 14};
static const struct ward_api_who anna = {.person = {"m-gallo", 7},
	.name = {"Marco Gallo", 11},
	.role = &guard,
	.n_role = 1,
	.rights = WARD_RIGHTS_ALL};

/* What the desk and the brain make of it: a row. */
static void tell_at(struct room *r, const struct ward_decision *d, const char *person, unsigned n,
	const char *time)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_wr_printf(&w,
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000%02u\","
		"\"revision\":1,\"time\":\"%s\",\"what\":\"%s\",\"subject\":"
		"\"%.*s\",\"person\":\"%s\",\"role\":\"%.*s\",\"text\":\"%.*s\",\"args\":%.*s,"
		"\"taken\":true}",
		n, time, ward_decision_name(d->kind), WARD_STR_ARG(d->subject), person,
		WARD_STR_ARG(d->role), WARD_STR_ARG(d->text), WARD_STR_ARG(d->args));
	ward_wr_ch(&w, '\0');
	room_add(r, (const char *)w.p);
	ward_wr_fini(&w);
}

static void tell(struct room *r, const struct ward_decision *d, const char *person, unsigned n)
{
	tell_at(r, d, person, n, "2026-03-12T03:10:00Z");
}

static enum ward_err complete(struct room *r, struct ward_decision *d, const char **why)
{
	d->at = r->now;
	return ward_api_watch_complete(r->api, &anna, d, why);
}

/* A post that somebody does not see by their places is none that they man or write at. */
static void of_other_places(void **state)
{
	static const enum ward_decision_kind kinds[] = {
		WARD_DECISION_LOG, WARD_DECISION_TAKE_OVER, WARD_DECISION_LOG_DONE};
	static const char *const subject[] = {
		"guard-room", "guard-room", "00000000-0000-8000-8000-000000000001"};
	struct ward_str place = WARD_STR("building-a");
	struct ward_api_who there = anna;
	const char *why = NULL;
	struct room r;

	(void)state;
	room_begin(&r, rows);
	room_add_others(&r);
	for (size_t i = 0; i < 2 * WARD_ARRAY_LEN(kinds); i++) {
		bool bound = i >= WARD_ARRAY_LEN(kinds);
		struct ward_decision d = {.kind = kinds[i % WARD_ARRAY_LEN(kinds)],
			.subject = ward_str_z(subject[i % WARD_ARRAY_LEN(kinds)]),
			.text = WARD_STR("key 12"),
			.at = r.now,
			.args = WARD_STR("{\"kind\":\"key\"}")};

		there.place = bound ? &place : NULL;
		there.n_place = bound;
		assert_int_equal(ward_api_watch_complete(r.api, &there, &d, &why),
			bound ? WARD_ERR_STATE : WARD_OK);
		if (!bound && !i)
			tell(&r, &d, "m-gallo", 1);
	}
	assert_non_null(strstr(why, "at your places"));
	room_end(&r);
}

static void is_handed_over(void **state)
{
	struct ward_decision d = {
		.kind = WARD_DECISION_TAKE_OVER, .subject = WARD_STR("guard-room")};
	const char *why = NULL;
	char args[256];
	struct room r;

	(void)state;
	room_begin(&r, rows);
	room_add_others(&r);
	assert_int_equal(complete(&r, &d, &why), WARD_OK);
	EQ(d.role, "security-guard");
	tell(&r, &d, "m-gallo", 1);
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch", "en"), 200);
	EQ(word(ward_conf_get(child(room_json(&r), "items", 0), "manned"), "name"), "Marco Gallo");
	d = (struct ward_decision){.kind = WARD_DECISION_LOG,
		.subject = WARD_STR("guard-room"),
		.text = WARD_STR("key 12 to the plumber"),
		.args = WARD_STR("{\"kind\":\"key\",\"name\":\"Somebody else\"}")};
	assert_int_equal(complete(&r, &d, &why), WARD_OK);
	assert_true(ward_str_find(d.args, WARD_STR("Somebody else")) == SIZE_MAX);
	tell(&r, &d, "m-gallo", 2);
	/* what is handed over is what was shown */
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room/sheet", "it"), 200);
	const struct ward_conf *sheet = ward_conf_get(room_json(&r), "sheet");

	assert_int_equal(length(sheet, "incidents"), 1);
	EQ(word(child(sheet, "incidents", 0), "id"), ROOM_INCIDENT);
	EQ(word(child(sheet, "open", 0), "text"), "key 12 to the plumber");
	d = (struct ward_decision){.kind = WARD_DECISION_HAND_OVER,
		.subject = WARD_STR("guard-room"),
		.args = WARD_STR("{\"sheet\":\"0\"}")};
	assert_int_equal(complete(&r, &d, &why), WARD_ERR_STATE);
	assert_non_null(strstr(why, "look at it again"));
	(void)snprintf(
		args, sizeof(args), "{\"sheet\":\"%.*s\"}", WARD_STR_ARG(word(sheet, "hash")));
	d.args = ward_str_z(args);
	d.role = WARD_STR("");
	assert_int_equal(complete(&r, &d, &why), WARD_OK);
	tell(&r, &d, "m-gallo", 3);
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room", "en"), 200);
	const struct ward_conf *log = room_json(&r), *first = child(log, "entries", 0);

	EQ(word(first, "what"), "hand-over");
	EQ(word(ward_conf_get(first, "sheet"), "intact"), "true");
	assert_int_equal(length(ward_conf_get(first, "sheet"), "incidents"), 1);
	/* somebody else accepts it, by name */
	d = (struct ward_decision){.kind = WARD_DECISION_TAKE_OVER,
		.subject = WARD_STR("00000000-0000-8000-8000-000000000003"),
		.role = WARD_STR("security-guard"),
		.text = WARD_STR(""),
		.args = WARD_STR("{\"name\":\"Bo\"}")};
	tell(&r, &d, "bo", 4);
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room", "en"), 200);
	EQ(word(child(room_json(&r), "entries", 1), "done_by"), "Bo");
	room_end(&r);
}

static void is_without_an_owner(void **state)
{
	struct ward_decision d = {.kind = WARD_DECISION_TAKE_OVER,
		.subject = WARD_STR("guard-room"),
		.role = WARD_STR("security-guard"),
		.text = WARD_STR(""),
		.args = WARD_STR("{}")};
	struct room r;

	(void)state;
	room_begin(&r, rows);
	room_add(&r,
		"{\"kind\":\"acknowledgement\",\"id\":\"00000000-0000-8000-8000-000000000090\","
		"\"role\":\"security-guard\",\"covers\":[{\"incident\":\"" ROOM_INCIDENT
		"\",\"level\":\"critical\"}]}");
	assert_int_equal(room_ask(&r, &anna, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"present\":true"));
	tell(&r, &d, "m-gallo", 1);
	d.kind = WARD_DECISION_HAND_OVER;
	tell(&r, &d, "m-gallo", 2);
	assert_int_equal(room_ask(&r, &anna, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"present\":false"));
	d.kind = WARD_DECISION_TAKE_OVER;
	d.subject = WARD_STR("00000000-0000-8000-8000-000000000002");
	tell(&r, &d, "bo", 3);
	assert_int_equal(room_ask(&r, &anna, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"present\":true"));
	room_end(&r);
}

static void keeps_to_places(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	struct room r;

	(void)state;
	room_begin(&r, NULL);
	assert_int_equal(room_ask(&r, &here, "GET", API "watch", "en"), 200);
	assert_int_equal(length(room_json(&r), "items"), 0);
	assert_int_equal(room_ask(&r, &here, "GET", API "watch/guard-room", "en"), 404);
	assert_int_equal(room_ask(&r, &here, "GET", API "watch/guard-room/sheet", "en"), 404);
	assert_int_equal(room_ask(&r, &here, "GET", API "watch/load", "en"), 403);
	assert_int_equal(room_ask(&r, &room_all, "GET", API "watch/none", "en"), 404);
	room_end(&r);
}

static void counts_alarms(void **state)
{
	struct room r;

	(void)state;
	room_begin(&r, rows);
	assert_int_equal(room_ask(&r, &room_all, "GET", API "watch/load", "it"), 200);
	const struct ward_conf *c = room_json(&r);

	assert_true(number(c, "incidents") >= 1);
	assert_true(length(c, "rules") >= 1);
	assert_int_equal(number(child(c, "rules", 0), "incidents"), 1);
	room_end(&r);
}

#define PERMIT(n, id, more)                                                                \
	"{\"kind\":\"permit\",\"id\":\"00000000-0000-8000-8000-0000000001" n "\","         \
	"\"revision\":1,\"time\":\"2026-03-12T03:00:00Z\",\"permit\":\"" id                \
	"\",\"who\":\"Rossi\",\"why\":\"paint\",\"by\":\"security-guard\",\"badge\":true," \
	"\"decided\":true,\"effect\":[\"fire.smoke\"]," more "}"

/* Works and filters that stand: asked for, on the sheet, ended by who may. */
static void knows_works(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	struct ward_decision d = {.kind = WARD_DECISION_PERMIT_END, .subject = WARD_STR("w-2")};
	uint8_t text[1000];
	struct ward_wr why = ward_wr_fixed(text, sizeof(text));
	struct room r;

	(void)state;
	room_begin(&r, rows);
	d.at = r.now;
	room_add(&r, PERMIT("01", "w-0",
			     "\"from\":\"2026-03-12T01:00:00Z\",\"until\":\"2027-03-12T01:00:00Z\","
			     "\"place\":[\"a1\"],\"asset\":[]"));
	room_add(&r, "{\"kind\":\"permit\",\"id\":\"00000000-0000-8000-8000-000000000102\","
		     "\"revision\":1,\"time\":\"2026-03-12T03:00:00Z\",\"all\":true}");
	room_add(&r, PERMIT("03", "w-1",
			     "\"from\":\"2026-03-01T01:00:00Z\",\"until\":\"2036-03-12T01:00:00Z\","
			     "\"place\":[\"a1\"],\"asset\":[]"));
	room_add(&r, PERMIT("04", "w-2",
			     "\"from\":\"2026-03-01T01:00:00Z\",\"until\":\"2036-03-12T01:00:00Z\","
			     "\"place\":[\"au\"],\"asset\":[]"));
	room_add(&r, PERMIT("05", "w-3", "\"from\":\"2026-03-01T01:00:00Z\",\"place\":[\"a1\"]"));
	assert_int_equal(room_ask(&r, &anna, "GET", API "permits", "fr"), 200);
	const struct ward_conf *all = room_json(&r), *one = child(all, "items", 0);

	assert_int_equal(length(all, "items"), 2);
	EQ(word(one, "id"), "w-1");
	EQ(word(one, "state"), "now");
	EQ(word(one, "badge"), "true");
	EQ(word(child(one, "on", 0), "id"), "a1");
	assert_int_equal(length(one, "floors"), 1);
	EQ(word(child(one, "effects", 0), "id"), "fire.smoke");
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room/sheet", "en"), 200);
	const struct ward_conf *sheet = ward_conf_get(room_json(&r), "sheet");

	assert_int_equal(length(sheet, "works"), 2);
	EQ(word(child(sheet, "works", 0), "who"), "Rossi");
	/* who has a place sees works that it is in, and ends no others */
	assert_int_equal(room_ask(&r, &here, "GET", API "permits", "en"), 200);
	assert_int_equal(length(room_json(&r), "items"), 1);
	assert_int_equal(ward_api_permit_check(r.api, &here, &d, &why), WARD_OK);
	d.subject = WARD_STR("w-1");
	assert_int_equal(ward_api_permit_check(r.api, &here, &d, &why), WARD_ERR_STATE);
	d = (struct ward_decision){.kind = WARD_DECISION_PERMIT,
		.subject = WARD_STR("a1"),
		.at = r.now,
		.args = WARD_STR("{}")};
	assert_int_equal(ward_api_permit_check(r.api, &here, &d, &why), WARD_ERR_DENIED);
	ward_wr_reset(&why);
	assert_int_equal(ward_api_permit_check(r.api, &anna, &d, &why), WARD_ERR_CONFIG);
	assert_true(ward_str_find(ward_wr_text(&why), WARD_STR("who")) != SIZE_MAX);
	room_end(&r);
}

/* A sign that a filter holds back, of that time. */
static void held_sign(struct room *r, unsigned n, const char *time)
{
	char row[1024];

	(void)snprintf(row, sizeof(row),
		"{\"kind\":\"detection\",\"id\":\"00000000-0000-8000-8000-0000000002%02u\","
		"\"revision\":1,\"rule\":{\"id\":\"fd949a25-1aad-48bc-b4bf-539360d5562a\","
		"\"title\":\"Someone follows through a controlled "
		"door\",\"level\":\"medium\"},\"threat\":"
		"\"access.tailgating\",\"asset\":\"door-au-corridor-staff\",\"subject\":"
		"\"door-au-corridor-staff\",\"first\":\"%s\",\"last\":\"%s\"}",
		n, time, time);
	room_add(r, row);
}

static uint64_t held(const struct ward_conf *sheet, size_t i, const char *id, const char *since)
{
	const struct ward_conf *c = child(sheet, "held", i);

	assert_non_null(c);
	EQ(word(c, "id"), id);
	EQ(word(c, "since"), since);
	return number(c, "n");
}

/* Of this watch alone; one more makes no other sheet of it. */
static void counts_what_is_held_back(void **state)
{
	static const char filter[] = "00000000-0000-8000-8000-000000000091";
	struct ward_decision d = {.kind = WARD_DECISION_TAKE_OVER,
		.subject = WARD_STR("guard-room"),
		.role = WARD_STR("security-guard"),
		.text = WARD_STR(""),
		.args = WARD_STR("{}")};
	const char *why = NULL;
	char args[256], since[48] = "";
	struct ward_wr since_w;
	struct room r;

	(void)state;
	room_begin(&r, rows);
	room_add(&r, "{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-000000000091\","
		     "\"revision\":1,\"time\":\"2026-03-12T02:30:00Z\",\"what\":\"tune\","
		     "\"subject\":\"" ROOM_INCIDENT
		     "\",\"role\":\"security-guard\",\"text\":\"a wedge\",\"args\":{\"rule\":"
		     "\"fd949a25-1aad-48bc-b4bf-539360d5562a\",\"thing\":"
		     "\"door-au-corridor-staff\",\"until\":\"2036-04-01T00:00:00Z\"},"
		     "\"taken\":true}");
	held_sign(&r, 1, "2026-03-12T03:00:00Z");
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room/sheet", "en"), 200);
	const struct ward_conf *sheet = ward_conf_get(room_json(&r), "sheet");

	assert_int_equal(length(sheet, "muted"), 1);
	assert_int_equal(length(sheet, "held"), 0); /* nobody's watch */
	since_w = ward_wr_fixed(since, sizeof(since) - 1);
	ward_time_write(&since_w, ROOM_BEGIN + (ward_ns)(r.row + 1) * WARD_NS_PER_MS);
	tell_at(&r, &d, "m-gallo", 1, since);
	held_sign(&r, 2, "2026-03-12T03:20:00Z");
	held_sign(&r, 3, "2026-03-12T03:21:00Z");
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room/sheet", "en"), 200);
	sheet = ward_conf_get(room_json(&r), "sheet");
	assert_int_equal(length(sheet, "held"), 2);
	assert_int_equal(held(sheet, 0, filter, since), 2);
	assert_int_equal(held(sheet, 1, "", since), 2);
	(void)snprintf(
		args, sizeof(args), "{\"sheet\":\"%.*s\"}", WARD_STR_ARG(word(sheet, "hash")));
	held_sign(&r, 4, "2026-03-12T03:22:00Z");
	d = (struct ward_decision){.kind = WARD_DECISION_HAND_OVER,
		.subject = WARD_STR("guard-room"),
		.args = ward_str_z(args)};
	assert_int_equal(complete(&r, &d, &why), WARD_OK);
	tell(&r, &d, "m-gallo", 2);
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room", "en"), 200);
	sheet = ward_conf_get(child(room_json(&r), "entries", 0), "sheet");
	EQ(word(sheet, "intact"), "true");
	assert_int_equal(held(sheet, 0, filter, since), 3);
	room_end(&r);
}

/* What is older than it is kept is gone; who mans the post is not. */
static void forgets_what_is_old(void **state)
{
	struct ward_decision d = {.kind = WARD_DECISION_LOG,
		.subject = WARD_STR("guard-room"),
		.role = WARD_STR("security-guard"),
		.text = WARD_STR("a key is out"),
		.args = WARD_STR("{\"kind\":\"key\"}")};
	const ward_ns day = 86400 * WARD_NS_PER_S;
	struct room r;

	(void)state;
	room_begin(&r, rows);
	tell(&r, &d, "m-gallo", 1);
	d.kind = WARD_DECISION_TAKE_OVER;
	d.args = WARD_STR("{}");
	tell(&r, &d, "m-gallo", 2);
	d = (struct ward_decision){.kind = WARD_DECISION_REVIEW,
		.subject = WARD_STR("crisis"),
		.role = WARD_STR("crisis-manager"),
		.text = WARD_STR("keep the list by the door"),
		.args = WARD_STR("{\"finding\":\"keep\"}")};
	tell(&r, &d, "g-ferrero", 3);
	ward_api_expire(r.api, ROOM_BEGIN + 730 * day); /* an hour early */
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room", "en"), 200);
	assert_int_equal(length(room_json(&r), "entries"), 2);
	assert_int_equal(room_ask(&r, &anna, "GET", API "crisis", "en"), 200);
	assert_int_equal(length(room_json(&r), "reviews"), 1);
	ward_api_expire(r.api, ROOM_BEGIN + 731 * day);
	assert_int_equal(room_ask(&r, &anna, "GET", API "watch/guard-room", "en"), 200);
	assert_int_equal(length(room_json(&r), "entries"), 1);
	EQ(word(ward_conf_get(room_json(&r), "manned"), "person"), "m-gallo");
	assert_int_equal(number(room_json(&r), "forgotten"), 1);
	assert_int_equal(room_ask(&r, &anna, "GET", API "crisis", "en"), 200);
	assert_int_equal(length(room_json(&r), "reviews"), 0);
	room_end(&r);
}

/* Whose owner left is without one who is there, until somebody takes it. */
static void knows_who_left(void **state)
{
	struct room r;
	static const char taken[] =
		"{\"kind\":\"acknowledgement\",\"id\":\"00000000-0000-8000-8000-0000000000%s\","
		"\"role\":\"security-officer\",\"covers\":[{\"incident\":\"" ROOM_INCIDENT
		"\",\"level\":\"critical\"}]}";
	char row[512];

	(void)state;
	room_begin(&r, rows);
	(void)snprintf(row, sizeof(row), taken, "90");
	room_add(&r, row);
	room_add(&r, "{\"kind\":\"left\",\"id\":\"00000000-0000-8000-8000-000000000091\",\"by\":"
		     "\"somebody\",\"incident\":\"" ROOM_INCIDENT "\"}");
	assert_int_equal(room_ask(&r, &anna, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"present\":true"));
	room_add(&r, "{\"kind\":\"left\",\"id\":\"00000000-0000-8000-8000-000000000092\",\"by\":"
		     "\"security-officer\",\"incident\":\"" ROOM_INCIDENT "\"}");
	assert_int_equal(room_ask(&r, &anna, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"present\":false"));
	(void)snprintf(row, sizeof(row), taken, "93");
	room_add(&r, row);
	assert_int_equal(room_ask(&r, &anna, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"present\":true"));
	room_end(&r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_other_places),
		cmocka_unit_test(is_handed_over),
		cmocka_unit_test(is_without_an_owner),
		cmocka_unit_test(keeps_to_places),
		cmocka_unit_test(counts_alarms),
		cmocka_unit_test(knows_works),
		cmocka_unit_test(counts_what_is_held_back),
		cmocka_unit_test(forgets_what_is_old),
		cmocka_unit_test(knows_who_left),
	};

	if (argc != 2)
		return 2;
	rows = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
