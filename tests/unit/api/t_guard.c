/* Who may see what, what is refused, what outsiders wrote, and what there is no room for. argv[1]:
 * the rows of `ward replay --json` of Turin's cooling. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define API "/api/v1/"

static struct room room; /* of the attack; it only answers */

/* ---- who may see what ---- */

/* The rights that content/rights.yml gives each profile, on every endpoint: allowed or refused, and
 * nothing in between. */
static void demands_rights(void **state)
{
	struct ward_api_about e;
	char target[256];

	(void)state;
	room_add_look(&room); /* of that person it is on record why */
	room_add_request(&room);
	for (unsigned p = 0; p <= WARD_PROFILE_N; p++)
		for (size_t i = 0; ward_api_at(i, &e); i++) {
			const struct ward_api_who who = {.person = room_all.person,
				.rights = p < WARD_PROFILE_N ? room.profiles.right[p] : 0};
			bool open = e.open, may = e.right == WARD_RIGHT_N ||
						  (who.rights & WARD_RIGHT_BIT(e.right));
			unsigned is;

			room_target(e.path, target, sizeof(target));
			is = room_ask(
				&room, p < WARD_PROFILE_N ? &who : NULL, e.method, target, "en");
			if (p == WARD_PROFILE_N && !open)
				assert_int_equal(is, 401);
			else if (!open && !may)
				assert_int_equal(is, 403);
			else
				assert_int_equal(is, 200);
			if (is >= 400)
				assert_string_equal(room.answer.type, WARD_API_PROBLEM);
		}
}

/* Who has places sees what has a sign there, and what is at no known place. */
static void keeps_to_places(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}}, none[] = {{"no-such", 7}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1},
				  elsewhere = {
					  .rights = WARD_RIGHTS_ALL, .place = none, .n_place = 1};

	(void)state;
	assert_int_equal(room_ask(&room, &here, "GET", API "now", "en"), 200);
	assert_int_equal(number(room_json(&room), "open_total"), 1);
	assert_int_equal(room_ask(&room, &here, "GET", API "assets", "en"), 200);
	assert_true(says(&room, "\"ahu-05\""));
	assert_int_equal(room_ask(&room, &here, "GET", API "plans", "en"), 200);
	assert_int_equal(length(room_json(&room), "buildings"), 1);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "now", "en"), 200);
	assert_int_equal(number(room_json(&room), "open_total"), 0);
	assert_false(says(&room, ROOM_INCIDENT));
	assert_int_equal(
		room_ask(&room, &elsewhere, "GET", API "incidents/" ROOM_INCIDENT, "en"), 404);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "actions", "en"), 200);
	assert_false(says(&room, ROOM_ACTION));
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "assets/ahu-05", "en"), 404);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "care", "en"), 200);
	assert_int_equal(length(room_json(&room), "items"), 0);
	assert_int_equal(room_ask(&room, &elsewhere, "GET", API "search?q=ahu-05", "en"), 200);
	assert_false(says(&room, "ahu-05"));
}

/* What is elsewhere is not theirs to decide of either, by whichever id: each kind that names one.
 */
static void decides_at_places(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}}, none[] = {{"no-such", 7}};
	static const char into[] = "{\"into\":\"" ROOM_INCIDENT "\"}";
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1},
				  elsewhere = {.rights = WARD_RIGHTS_ALL,
					  .place = none,
					  .n_place = 1},
				  everywhere = {.rights = WARD_RIGHTS_ALL};
	static const struct {
		enum ward_decision_kind kind;
		const char *subject, *args;
		bool there; /* not known, or of no place: who acts says what is wrong */
	} all[] = {{WARD_DECISION_CONFIRM, ROOM_INCIDENT, "", false},
		{WARD_DECISION_LOOK, ROOM_INCIDENT, "", false},
		{WARD_DECISION_ACKNOWLEDGE, ROOM_INCIDENT, "", false},
		{WARD_DECISION_ON_MY_WAY, ROOM_MESSAGE, "", false},
		{WARD_DECISION_CANCEL, ROOM_RUN, "", false},
		{WARD_DECISION_APPROVE, ROOM_ACTION, "", false},
		{WARD_DECISION_MERGE, "00000000-0000-8000-8000-000000000001", into, false},
		{WARD_DECISION_CONFIRM, "00000000-0000-8000-8000-000000000001", "", true},
		{WARD_DECISION_ACTIVATE, "crisis", "", true},
		{WARD_DECISION_REPORT, "ahu-05", "", true} /* `login` knows where that is */};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		const struct ward_decision d = {.kind = all[i].kind,
			.subject = ward_str_z(all[i].subject),
			.args = ward_str_z(all[i].args)};

		assert_true(ward_api_within(room.api, &here, &d));
		assert_true(ward_api_within(room.api, &everywhere, &d));
		if (ward_api_within(room.api, &elsewhere, &d) != all[i].there)
			fail_msg("%s of %s", ward_decision_name(d.kind), all[i].subject);
	}
}

/* A thing names of other places nothing: neither what needs it, nor who looks at it. */
static void names_nothing_elsewhere(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1},
				  all = {.rights = WARD_RIGHTS_ALL};

	(void)state;
	assert_int_equal(room_ask(&room, &all, "GET", API "assets/ahu-05", "en"), 200);
	assert_true(length(room_json(&room), "services") > 0);
	assert_int_equal(room_ask(&room, &here, "GET", API "assets/ahu-05", "en"), 200);
	assert_int_equal(length(room_json(&room), "services"), 0);
}

/* Each endpoint, of whose answer to who may all of it everywhere something is elsewhere: it names
 * none of that to who has other places. */
static void each_keeps_to_places(void **state)
{
	static const struct ward_str none[] = {{"no-such", 7}};
	static const char *const theirs[] = {ROOM_INCIDENT, ROOM_ACTION, ROOM_RUN, "ahu-05",
		"au-plant", "Plant room A", "Air-handling unit 05"};
	const struct ward_api_who elsewhere = {
		.person = room_all.person, .rights = WARD_RIGHTS_ALL, .place = none, .n_place = 1};
	bool named[WARD_ARRAY_LEN(theirs)] = {false};
	struct ward_api_about e;
	char target[256];

	(void)state;
	for (size_t i = 0; ward_api_at(i, &e); i++) {
		room_target(e.path, target, sizeof(target));
		assert_int_equal(room_ask(&room, &room_all, e.method, target, "en"), 200);
		for (size_t k = 0; k < WARD_ARRAY_LEN(theirs); k++)
			named[k] |= says(&room, theirs[k]);
		unsigned is = room_ask(&room, &elsewhere, e.method, target, "en");

		assert_true(is == 200 || is == 403 || is == 404);
		for (size_t k = 0; k < WARD_ARRAY_LEN(theirs); k++)
			if (says(&room, theirs[k]) && !strstr(target, theirs[k]))
				fail_msg("%s names %s", target, theirs[k]);
	}
	for (size_t k = 0; k < WARD_ARRAY_LEN(theirs); k++)
		assert_true(named[k]);
}

/* The region is given rules of this Ward's by their ids; whatever else found something is counted,
 * also where its name looks like an id: what other products call their rules may be any text. */
static void gives_away_own_rules_only(void **state)
{
	const struct ward_str board[] = {
		WARD_STR("{\"at\":1773284999000000000,\"rules\":[{\"id\":\"" ROOM_RULE
			 "\",\"title\":\"T\",\"level\":\"low\",\"state\":\"watches\"}]}"),
		WARD_STR("{\"at\":1773284999000000000,\"rules\":[{\"id\":\"other\"}]}")};
	const struct ward_conf *in = NULL;
	uint64_t left[2];

	(void)state;
	for (size_t i = 2; i-- > 0;) {
		room.now += 60 * WARD_NS_PER_S; /* what was answered is that of a minute */
		ward_api_board(room.api, WARD_API_BOARD_RULES, board[i]);
		assert_int_equal(room_ask(&room, &room_all, "GET", API "region", "en"), 200);
		in = child(room_json(&room), "incidents", 0);
		assert_int_equal(length(in, "signs"), i == 0);
		assert_true(says(&room, ROOM_RULE) == (i == 0));
		left[i] = number(in, "signs_more");
	}
	assert_int_equal(left[1], left[0] + number(child(in, "signs", 0), "count"));
}

/* ---- what is refused ---- */

static void refuses(void **state)
{
	static const struct {
		const char *method, *target, *says;
		unsigned status;
	} all[] = {{"GET", "/api/v1/", "openapi.json", 404}, {"GET", "/", "openapi.json", 404},
		{"GET", API "incidents/", "openapi.json", 404},
		{"GET", API "incidents/a/b", "openapi.json", 404},
		{"POST", API "now", "asked for with GET", 405},
		{"DELETE", API "incidents/" ROOM_INCIDENT, "asked for with GET", 405},
		{"GET", API "now?x=1", "no parameter 'x' here; there are none", 400},
		{"GET", API "incidents?X=1", "there are: state, level, q, after, limit", 400},
		{"GET", API "incidents?limit=0", "from 1 to 500", 400},
		{"GET", API "incidents?limit=501", "from 1 to 500", 400},
		{"GET", API "incidents?limit=1&limit=1", "given twice", 400},
		{"GET", API "incidents?state=closed", "one of: open, all", 400},
		{"GET", API "incidents?level=HIGH", "one of: informational", 400},
		{"GET", API "incidents?after=x", "begin without it", 400},
		{"GET", API "incidents?q=%", "write % as %25", 400},
		{"GET", API "incidents?q=%ff", "no text", 400},
		{"GET", API "incidents?q=%00", "no text", 400},
		{"GET", API "incidents?%ff=1", "no parameter '?'", 400},
		{"GET", API "detections?asset=nothing", "has no 'nothing'", 400},
		{"GET", API "detections?since=yesterday", "write it as 2026", 400},
		{"GET", API "detections?skip=-1", "'skip' is no number", 400},
		{"GET", API "detections?after=1", "there are: level, q,", 400},
		{"GET", API "assets?class=nothing", "no class 'nothing'", 400},
		{"GET", API "assets?room=nowhere", "has no 'nowhere'", 400},
		{"GET", API "assets?after=nothing", "begin without it", 400},
		{"GET", API "assets?least=3", "add sort=risk", 400},
		{"GET", API "assets?sort=name", "one of: risk", 400},
		{"GET", API "assets?sort=risk&least=101", "from 0 to 100", 400},
		{"GET", API "assets?sort=risk&after=x", "begin without it", 400},
		{"GET", API "assets?sort=risk&room=a&floor=b", "not both", 400},
		{"GET", API "assets?sort=risk&class=nothing", "no class 'nothing'", 400},
		{"GET", API "assets?sort=risk&room=nowhere", "has no 'nowhere'", 400}};
	char deep[4096];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_int_equal(room_ask(&room, &room_all, all[i].method, all[i].target, "en"),
			all[i].status);
		assert_string_equal(room.answer.type, WARD_API_PROBLEM);
		assert_true(room.answer.no_store && !room.answer.etag[0]);
		const struct ward_conf *c = room_json(&room);

		assert_int_equal(number(c, "status"), all[i].status);
		if (ward_str_find(word(c, "detail"), ward_str_z(all[i].says)) == SIZE_MAX)
			fail_msg("%s: %.*s", all[i].target, WARD_STR_ARG(word(c, "detail")));
		char *english = strndup(word(c, "detail").p, word(c, "detail").len);

		/* each in the language of who reads it */
		assert_int_equal(room_ask(&room, &room_all, all[i].method, all[i].target, "it"),
			all[i].status);
		if (ward_str_eqz(word(room_json(&room), "detail"), english))
			fail_msg("%s is in English alone: %s", all[i].target, english);
		free(english);
		if (all[i].status == 405)
			assert_string_equal(room.answer.allow, "GET");
	}
	memset(deep, 'a', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = 0;
	memcpy(deep, API "incidents?q=", strlen(API "incidents?q="));
	assert_int_equal(room_ask(&room, &room_all, "GET", deep, "en"), 414);
	assert_int_equal(room_ask(&room, &room_all, "HEAD", API "now", "en"), 200);
}

/* What outsiders wrote hides nothing and turns no text round, in any answer. */
static void cleans_what_outsiders_wrote(void **state)
{
	static const char *const target[] = {API "now", API "incidents", API "search?q=evil",
		API "incidents/00000000-0000-8000-8000-000000000009"};
	struct room r;

	(void)state;
	room_begin(&r, NULL);
	room_add(&r, "{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-000000000009\","
		     "\"revision\":1,\"state\":\"suspected\",\"domain\":\"cyber\",\"level\":"
		     "\"high\",\"first\":\"2026-03-12T02:10:00Z\",\"last\":"
		     "\"2026-03-12T02:10:00Z\",\"headline\":{\"threat\":\"</script>\","
		     "\"on\":\"evil \\u202e\\u0007\\u200b\\\"\\\\\\r\"},\"members\":[]}");
	for (size_t i = 0; i < WARD_ARRAY_LEN(target); i++) {
		assert_int_equal(room_ask(&r, &room_all, "GET", target[i], "en"), 200);
		(void)room_json(&r);
		assert_false(says(&r, "\xe2\x80\xae") || says(&r, "\xe2\x80\x8b"));
		assert_false(says(&r, "\\u0007") || says(&r, "\\r"));
		assert_true(says(&r, "\\\\u{202e}\\\\u{7}\\\\u{200b}\\\"\\\\\\\\u{d}"));
	}
	room_end(&r);
}

static void leaves_what_it_cannot_read(void **state)
{
	static const char *const bad[] = {"{\"kind\":\"incident\"}", "x", "{\"kind\":\"run\"",
		"{\"kind\":\"action\",\"covers\":3,\"incidents\":{}}", "{\"kind\":\"decision\"}",
		"[]", "{\"kind\":\"impact\",\"id\":1}"};
	struct room r;

	(void)state;
	room_begin(&r, NULL);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(room_take(&r, ward_str_z(bad[i])), WARD_OK);
	assert_true(ward_counter_get(&r.counters, "api.unreadable") >= 3);
	room_add_incident(&r, 1, "high", "suspected");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	assert_int_equal(number(room_json(&r), "open_total"), 1);
	room_end(&r);
}

/* ---- streams ---- */

static void feeds_changes(void **state)
{
	static const struct ward_str none[] = {{"no-such", 7}};
	const struct ward_api_who elsewhere = {.rights = WARD_RIGHTS_ALL,
					  .place = none,
					  .n_place = 1},
				  nothing = {.rights = 0};
	uint64_t last, to;
	size_t n;

	(void)state;
	ward_wr_reset(&room.w);
	n = ward_api_feed(room.api, &room_all, room.row - 4, 100, &room.w, &last);
	assert_true(n >= 3);
	assert_int_equal(last, room.row);
	assert_true(says(&room, "event: change\ndata: {\"row\":"));
	assert_true(
		says(&room, "\"kind\":\"action\",\"id\":\"" ROOM_ACTION
			    "\",\"incidents\":[\"" ROOM_INCIDENT "\"],\"level\":\"high\"}\n\n"));
	/* bit by bit it is the same */
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	for (to = room.row - 4; to < room.row;)
		(void)ward_api_feed(room.api, &room_all, to, 1, &w, &to);
	assert_true(ward_str_eq(ward_wr_text(&w), ward_wr_text(&room.w)));
	ward_wr_reset(&w);
	assert_int_equal(ward_api_feed(room.api, &elsewhere, room.row - 4, 100, &w, &to), 0);
	assert_int_equal(to, room.row);
	assert_int_equal(ward_api_feed(room.api, &nothing, 0, 100, &w, &to), 0);
	assert_int_equal(ward_api_feed(room.api, NULL, 0, 100, &w, &to), 0);
	assert_int_equal(w.len, 0);
	/* of another life of the store */
	assert_int_equal(ward_api_feed(room.api, &room_all, room.row + 5, 100, &w, &to), 1);
	assert_true(ward_str_starts(ward_wr_text(&w), WARD_STR("event: hello\n")));
	ward_wr_fini(&w);
}

/* ---- bounds ---- */

/* What is over and was quiet for longest goes first, and it is said. */
static void forgets_what_is_over(void **state)
{
	struct room r;

	(void)state;
	room_begin(&r, NULL);
	for (unsigned i = 0; i <= WARD_API_INCIDENTS; i++)
		room_add_incident(&r, i, "low", i == 3 ? "suspected" : "closed");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	const struct ward_conf *c = room_json(&r);

	assert_int_equal(number(c, "open_total"), 1);
	assert_true(number(c, "forgotten") >= WARD_API_INCIDENTS / 8);
	assert_int_equal(
		ward_counter_get(&r.counters, "api.incidents_forgotten"), number(c, "forgotten"));
	room_end(&r);
}

/* Without memory a row or an answer is lost, and nothing else. */
static void survives_without_memory(void **state)
{
	static const char *const said[] = {
		"{\"kind\":\"detection\",\"id\":\"22222222-2222-8222-8222-222222222222\",\"rule\":{"
		"\"id\":\"r\",\"title\":\"New "
		"host\",\"level\":\"high\"},\"asset\":\"ahu-05\",\"first\":"
		"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:11:00Z\"}",
		"{\"kind\":\"incident\",\"id\":\"" ROOM_INCIDENT "\",\"revision\":1,\"state\":"
		"\"suspected\",\"domain\":\"cyber\",\"level\":\"high\",\"first\":"
		"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{"
		"\"threat\":\"Too warm\",\"on\":\"Theatre 3\"},\"members\":[]}",
		"{\"kind\":\"action\",\"id\":\"" ROOM_ACTION "\",\"incident\":\"" ROOM_INCIDENT
		"\",\"event\":\"propose\",\"state\":\"proposed\"}"};
	static const char *const path[] = {
		API "now", API "incidents/" ROOM_INCIDENT, API "actions", API "care"};

	(void)state;
	for (uint64_t at = 1; at < 300; at++) {
		struct ward_mem_failing mem;
		struct ward_api_opts o = {.model = room.m, .lim = &room.lim, .n_lang = 0};
		struct ward_api *a = NULL;

		ward_mem_failing_init(&mem, at);
		o.mem = &mem.mem;
		if (ward_api_new(&o, &a) != WARD_OK)
			continue;
		for (size_t i = 0; i < WARD_ARRAY_LEN(said); i++) {
			struct ward_store_row row = {.row = i + 1,
				.kind = (enum ward_row_kind[]){WARD_ROW_DETECTION,
					WARD_ROW_INCIDENT, WARD_ROW_ACTION}[i],
				.id = {{(uint8_t)i}},
				.revision = 1,
				.json = ward_str_z(said[i])};
			enum ward_err err = ward_api_take(a, &row);

			assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		}
		for (size_t i = 0; i < WARD_ARRAY_LEN(path); i++) {
			const struct ward_api_ask ask = {.method = WARD_STR("GET"),
				.path = ward_str_z(path[i]),
				.who = &room_all,
				.now = room.now};
			struct ward_api_answer is;

			ward_wr_reset(&room.w);
			ward_api_answer(a, &ask, &room.w, &is);
			assert_true(is.status == 200 || is.status == 404 || is.status == 503);
		}
		ward_api_free(a);
	}
}

/* ---- the description ---- */

static void is_described(void **state)
{
	const struct ward_conf *paths, *c;
	struct ward_api_about e;
	size_t described = 0, endpoints = 0;

	(void)state;
	assert_int_equal(room_ask(&room, NULL, "GET", API "openapi.json", "en"), 200);
	c = room_json(&room);
	EQ(word(c, "openapi"), "3.1.0");
	paths = ward_conf_get(c, "paths");
	for (size_t i = 0; ward_api_at(i, &e); i++) {
		const struct ward_conf *is = ward_conf_get(ward_conf_get(paths, e.path), "get");

		if (!is)
			fail_msg("%s is not described", e.path);
		EQ(word(is, "summary"), e.summary);
		EQ(word(is, "x-right"), e.open                    ? ""
					: e.right == WARD_RIGHT_N ? "signed in"
								  : ward_right_name(e.right));
		endpoints++;
	}
	/* the others are the process's own, and say so */
	for (c = paths->child; c; c = c->next)
		for (const struct ward_conf *m = c->child; m; m = m->next)
			described += !ward_str_eqz(word(m, "x-by"), "process");
	assert_int_equal(described, endpoints);
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(demands_rights),
		cmocka_unit_test(keeps_to_places),
		cmocka_unit_test(decides_at_places),
		cmocka_unit_test(names_nothing_elsewhere),
		cmocka_unit_test(each_keeps_to_places),
		cmocka_unit_test(gives_away_own_rules_only),
		cmocka_unit_test(refuses),
		cmocka_unit_test(cleans_what_outsiders_wrote),
		cmocka_unit_test(leaves_what_it_cannot_read),
		cmocka_unit_test(feeds_changes),
		cmocka_unit_test(forgets_what_is_over),
		cmocka_unit_test(survives_without_memory),
		cmocka_unit_test(is_described),
	};

	if (argc != 2)
		return 2;
	rows = argv[1];
	return cmocka_run_group_tests(tests, begin, end);
}
