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
static void tell(struct room *r, const struct ward_decision *d, const char *person, unsigned n)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_wr_printf(&w,
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000%02u\","
		"\"revision\":1,\"time\":\"2026-03-12T03:10:00Z\",\"what\":\"%s\",\"subject\":"
		"\"%.*s\",\"person\":\"%s\",\"role\":\"%.*s\",\"text\":\"%.*s\",\"args\":%.*s,"
		"\"taken\":true}",
		n, ward_decision_name(d->kind), WARD_STR_ARG(d->subject), person,
		WARD_STR_ARG(d->role), WARD_STR_ARG(d->text), WARD_STR_ARG(d->args));
	ward_wr_ch(&w, '\0');
	room_add(r, (const char *)w.p);
	ward_wr_fini(&w);
}

static enum ward_err complete(struct room *r, struct ward_decision *d, const char **why)
{
	d->at = r->now;
	return ward_api_watch_complete(r->api, &anna, d, why);
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_handed_over),
		cmocka_unit_test(is_without_an_owner),
		cmocka_unit_test(keeps_to_places),
		cmocka_unit_test(counts_alarms),
	};

	if (argc != 2)
		return 2;
	rows = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
