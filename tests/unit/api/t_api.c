/* What is answered of a real attack: to whom, in which words, and what is refused. argv[1]: the
 * rows of `ward replay --json` of Turin's cooling. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define API "/api/v1/"

static struct room room; /* of the attack; it only answers */

static struct ward_str word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
}

#define EQ(s, z) assert_true(ward_str_eqz((s), (z)))

static const struct ward_conf *child(const struct ward_conf *c, const char *key, size_t i)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	for (v = v ? v->child : NULL; v && i; i--)
		v = v->next;
	return v;
}

static size_t length(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v ? v->n_child : 0;
}

static bool says(const struct room *r, const char *z)
{
	return ward_str_find(ward_wr_text(&r->w), ward_str_z(z)) != SIZE_MAX;
}

static uint64_t number(const struct ward_conf *c, const char *key)
{
	uint64_t v = UINT64_MAX;

	(void)ward_str_u64(word(c, key), &v);
	return v;
}

static bool holds(const struct ward_conf *c, const char *key, const char *z)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	for (v = v ? v->child : NULL; v; v = v->next)
		if (ward_str_eqz(v->text, z))
			return true;
	return false;
}

/* ---- the queue ---- */

static void tells_what_is_open(void **state)
{
	const struct ward_conf *c, *line;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", API "now", "en"), 200);
	c = room_json(&room);
	assert_int_equal(number(c, "open_total"), 1);
	assert_int_equal(number(c, "row"), room.row);
	line = child(c, "incidents", 0);
	EQ(word(line, "id"), ROOM_INCIDENT);
	EQ(word(line, "level"), "high");
	EQ(word(line, "title"), "Too warm");
	EQ(word(line, "on"), "Theatre 3");
	assert_true(ward_str_starts(word(line, "sentence"), WARD_STR("Too warm: Theatre 3 (")));
	assert_true(ward_str_find(word(line, "sentence"), WARD_STR("Care at risk: ")) != SIZE_MAX);
	assert_true(number(line, "care_total") >= length(line, "care"));
	assert_in_range(length(line, "care"), 1, 5);
	EQ(word(ward_conf_get(line, "first_step"), "role"), "facility-engineer");
	assert_true(holds(line, "nodes", "ahu-05"));
	assert_true(holds(line, "nodes", "au-plant"));
	assert_true(length(line, "floors") > 0);
	EQ(word(line, "exercise"), "true");
	assert_true(length(c, "floors") > 0);
	/* in the reader's language */
	assert_int_equal(room_ask(&room, &room_all, "GET", API "now", "it"), 200);
	line = child(room_json(&room), "incidents", 0);
	EQ(word(line, "title"), "Troppo caldo");
	assert_true(
		ward_str_find(word(line, "sentence"), WARD_STR("Cure a rischio: ")) != SIZE_MAX);
	/* one that is not spoken: English */
	assert_int_equal(room_ask(&room, &room_all, "GET", API "now", "xx"), 200);
	EQ(word(child(room_json(&room), "incidents", 0), "title"), "Too warm");
}

static void keeps_what_is_the_same(void **state)
{
	char etag[40];
	struct ward_api_ask ask = {.method = WARD_STR("GET"),
		.path = WARD_STR(API "now"),
		.who = &room_all,
		.now = room.now};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_api_answer is;

	(void)state;
	ward_api_answer(room.api, &ask, &w, &is);
	assert_int_equal(is.status, 200);
	assert_int_equal(strlen(is.etag), 34);
	memcpy(etag, is.etag, sizeof(etag));
	ward_wr_reset(&w);
	ask.if_none_match = ward_str_z(etag);
	ward_api_answer(room.api, &ask, &w, &is);
	assert_int_equal(is.status, 304);
	assert_int_equal(w.len, 0);
	assert_string_equal(is.etag, etag);
	ask.if_none_match = WARD_STR("\"other\", W/\"another\"");
	ward_api_answer(room.api, &ask, &w, &is);
	assert_int_equal(is.status, 200);
	ward_wr_fini(&w);
}

static void add_incident(struct room *r, unsigned n, const char *level, const char *state)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-%012u\",\"revision\":1,"
		"\"state\":\"%s\",\"domain\":\"cyber\",\"level\":\"%s\",\"first\":"
		"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{"
		"\"threat\":\"Command\",\"on\":\"Thing %u\"},\"members\":[]}",
		n, state, level, n);
	room_add(r, json);
}

/* Pages stay as they are while incidents come and change. */
static void turns_pages(void **state)
{
	struct room r;
	unsigned seen[100] = {0};
	char target[128] = API "incidents?limit=7";
	uint64_t n = 0, round = 0;

	(void)state;
	room_begin(&r, NULL);
	for (unsigned i = 0; i < 50; i++)
		add_incident(&r, i, i % 2 ? "high" : "low", i % 10 ? "suspected" : "closed");
	for (;;) {
		assert_int_equal(room_ask(&r, &room_all, "GET", target, "en"), 200);
		const struct ward_conf *c = room_json(&r);

		for (size_t i = 0; i < length(c, "items"); i++) {
			struct ward_str on = word(child(c, "items", i), "on");
			uint64_t k;

			assert_true(ward_str_u64(ward_str_sub(on, 6, SIZE_MAX), &k));
			seen[k]++;
			n++;
		}
		if (!word(c, "next").len || ward_str_eqz(word(c, "next"), "null"))
			break;
		(void)snprintf(target, sizeof(target), API "incidents?limit=7&after=%.*s",
			WARD_STR_ARG(word(c, "next")));
		add_incident(&r, 60 + (unsigned)round++, "critical", "suspected");
		add_incident(&r, 1, "medium", "confirmed"); /* a revision */
	}
	assert_int_equal(n, 45); /* those that were open; none that came later */
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(seen[i], i % 10 != 0);
	assert_int_equal(
		room_ask(&r, &room_all, "GET", API "incidents?state=all&level=high", "en"), 200);
	assert_int_equal(number(room_json(&r), "total"), 24 + round);
	assert_int_equal(room_ask(&r, &room_all, "GET", API "incidents?q=thing+11", "en"), 200);
	assert_int_equal(number(room_json(&r), "total"), 1);
	room_end(&r);
}

/* ---- one incident ---- */

static void tells_one(void **state)
{
	const struct ward_conf *c;
	static const struct ward_api_who guard = {
		.rights = WARD_RIGHT_BIT(WARD_RIGHT_SEE_INCIDENTS)};

	(void)state;
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_INCIDENT, "it"), 200);
	c = room_json(&room);
	EQ(word(c, "schema"), "ward.report/1");
	EQ(word(c, "title"), "Troppo caldo");
	assert_true(length(c, "signs") >= 10);
	assert_true(length(c, "care") > 0);
	assert_true(length(c, "steps") >= 7);
	EQ(word(ward_conf_get(c, "line"), "id"), ROOM_INCIDENT);
	assert_true(holds(c, "may", "confirm"));
	assert_true(holds(c, "may", "start"));
	assert_false(holds(c, "may", "reopen"));
	assert_true(length(c, "plans") > 0);
	assert_false(says(&room, "p-oofz436jjcfuee6a")); /* no pseudonym of a person */
	assert_int_equal(room_ask(&room, &guard, "GET", API "incidents/" ROOM_INCIDENT, "en"), 200);
	c = room_json(&room);
	assert_int_equal(length(c, "may"), 0);
	EQ(word(child(c, "states", 0), "state"), "suspected");
	assert_int_equal(room_ask(&room, &room_all, "GET", API "incidents/" ROOM_RUN, "en"), 404);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "incidents/x", "en"), 404);
}

static void draws_what_follows(void **state)
{
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_INCIDENT "/graph", "it"),
		200);
	c = room_json(&room);
	assert_true(length(c, "nodes") > 20 && length(c, "edges") > 20);
	assert_true(says(&room, "\"service\":true"));
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_RUN "/graph", "it"), 404);
}

static void tells_what_is_done(void **state)
{
	const struct ward_conf *c, *x;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", API "actions", "en"), 200);
	c = room_json(&room);
	assert_int_equal(length(c, "items"), 1);
	x = child(c, "items", 0);
	EQ(word(x, "id"), ROOM_ACTION);
	EQ(word(x, "incident"), ROOM_INCIDENT);
	EQ(word(ward_conf_get(x, "on"), "id"), "ahu-05");
	EQ(word(x, "state"), "proposed");
	assert_true(holds(x, "may", "approve"));
	EQ(word(x, "reason"), "an unknown host: | [x](http://evil.example) <b>");
	assert_int_equal(room_ask(&room, &room_all, "GET", API "now", "en"), 200);
	EQ(word(ward_conf_get(room_json(&room), "waiting"), "approvals"), "1");
	assert_int_equal(room_ask(&room, &room_all, "GET", API "runs", "en"), 200);
}

/* Somebody takes it, as a row of `respond` says; of one that got worse nobody does. */
static void tells_who_takes_it(void **state)
{
	struct room r;

	(void)state;
	room_begin(&r, NULL);
	add_incident(&r, 1, "medium", "suspected");
	room_add(&r,
		"{\"kind\":\"acknowledgement\",\"state\":\"on_my_way\",\"id\":"
		"\"" ROOM_MESSAGE "\",\"role\":\"facility-engineer\",\"covers\":[{\"incident\":"
		"\"00000000-0000-8000-8000-000000000001\",\"level\":\"medium\"}]}");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	EQ(word(ward_conf_get(child(room_json(&r), "incidents", 0), "taken"), "role"),
		"facility-engineer");
	add_incident(&r, 1, "high", "suspected");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"taken\":null"));
	room_end(&r);
}

/* An incident that another took up is over, and what was told of it is of that one. */
static void goes_with_what_took_it_up(void **state)
{
	struct room r;
	const struct ward_conf *c;

	(void)state;
	room_begin(&r, NULL);
	add_incident(&r, 1, "medium", "suspected");
	room_add(&r, "{\"kind\":\"delivery\",\"state\":\"queued\",\"id\":\"" ROOM_MESSAGE
		     "\",\"recipient\":\"brigade\",\"covers\":[{\"incident\":"
		     "\"00000000-0000-8000-8000-000000000001\",\"change\":\"opened\"}]}");
	room_add(&r, "{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-000000000002\","
		     "\"revision\":1,\"state\":\"suspected\",\"domain\":\"cyber\",\"level\":"
		     "\"high\",\"first\":\"2026-03-12T02:10:00Z\",\"last\":"
		     "\"2026-03-12T02:10:00Z\",\"headline\":{\"threat\":\"Command\",\"on\":\"A\"},"
		     "\"members\":[],\"supersedes\":[\"00000000-0000-8000-8000-000000000001\"],"
		     "\"follows\":\"00000000-0000-8000-8000-000000000003\"}");
	room_add(&r, "{\"kind\":\"delivery\",\"state\":\"sent\",\"id\":\"" ROOM_MESSAGE
		     "\",\"recipient\":\"brigade\"}");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	c = room_json(&r);
	assert_int_equal(number(c, "open_total"), 1);
	EQ(word(child(c, "incidents", 0), "follows"), "00000000-0000-8000-8000-000000000003");
	assert_int_equal(room_ask(&r, &room_all, "GET",
				 API "incidents/00000000-0000-8000-8000-000000000002", "en"),
		200);
	assert_int_equal(length(room_json(&r), "steps"), 2);
	assert_int_equal(room_ask(&r, &room_all, "GET",
				 API "incidents/00000000-0000-8000-8000-000000000001", "en"),
		200);
	c = room_json(&r);
	EQ(word(ward_conf_get(c, "line"), "joined"), "00000000-0000-8000-8000-000000000002");
	assert_int_equal(length(c, "may"), 0);
	room_end(&r);
}

/* ---- care, assets, places ---- */

static void tells_care(void **state)
{
	const struct ward_conf *c, *x = NULL;
	size_t forecasts = 0;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", API "care", "it"), 200);
	c = room_json(&room);
	for (size_t i = 0; i < length(c, "items"); i++) {
		x = child(c, "items", i);
		forecasts += length(x, "forecast");
		if (length(x, "forecast"))
			EQ(word(child(x, "forecast", 0), "incident"), ROOM_INCIDENT);
	}
	assert_true(forecasts > 0);
}

static void tells_things(void **state)
{
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET", API "assets?q=ahu-05", "en"), 200);
	c = child(room_json(&room), "items", 0);
	EQ(word(c, "id"), "ahu-05");
	EQ(word(c, "room"), "au-plant");
	assert_true(word(c, "where").len > 0);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "assets/ahu-05", "en"), 200);
	c = room_json(&room);
	assert_true(length(c, "depends_on") > 0);
	assert_int_equal(length(c, "incidents"), 1);
	assert_true(length(c, "doors") > 0);
	assert_true(length(c, "addresses") > 0);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "assets/au-plant", "en"), 404);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "search?q=THEATRE", "en"), 200);
	assert_true(length(room_json(&room), "items") > 3);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "search", "en"), 400);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "plans", "en"), 200);
	assert_true(length(room_json(&room), "buildings") > 1);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "model", "en"), 200);
	c = room_json(&room);
	assert_true(
		length(c, "roles") > 3 && length(c, "services") > 3 && length(c, "places") > 20);
}

/* All pages of the inventory together are all of it, each once, in its order. */
static void turns_pages_of_things(void **state)
{
	char target[256] = API "assets?limit=100";
	uint64_t n = 0, total = 0;

	(void)state;
	for (;;) {
		assert_int_equal(room_ask(&room, &room_all, "GET", target, "en"), 200);
		const struct ward_conf *c = room_json(&room);

		n += length(c, "items");
		total = number(c, "total");
		if (ward_str_eqz(word(c, "next"), "null") || !word(c, "next").len)
			break;
		(void)snprintf(target, sizeof(target), API "assets?limit=100&after=%.*s",
			WARD_STR_ARG(word(c, "next")));
	}
	assert_int_equal(n, total);
	assert_true(total > 100);
}

/* ---- who may see what ---- */

/* The rights that content/rights.yml gives each profile, on every endpoint: allowed or refused, and
 * nothing in between. */
static void demands_rights(void **state)
{
	struct ward_api_about e;
	char target[256];

	(void)state;
	for (unsigned p = 0; p <= WARD_PROFILE_N; p++)
		for (size_t i = 0; ward_api_at(i, &e); i++) {
			const struct ward_api_who who = {
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
		{"GET", API "assets?class=nothing", "no class 'nothing'", 400},
		{"GET", API "assets?room=nowhere", "has no 'nowhere'", 400},
		{"GET", API "assets?after=nothing", "begin without it", 400}};
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
	add_incident(&r, 1, "high", "suspected");
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
		add_incident(&r, i, "low", i == 3 ? "suspected" : "closed");
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
	for (uint64_t at = 1; at < 400; at += 3) {
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
		cmocka_unit_test(tells_what_is_open),
		cmocka_unit_test(keeps_what_is_the_same),
		cmocka_unit_test(turns_pages),
		cmocka_unit_test(tells_one),
		cmocka_unit_test(draws_what_follows),
		cmocka_unit_test(tells_what_is_done),
		cmocka_unit_test(tells_who_takes_it),
		cmocka_unit_test(goes_with_what_took_it_up),
		cmocka_unit_test(tells_care),
		cmocka_unit_test(tells_things),
		cmocka_unit_test(turns_pages_of_things),
		cmocka_unit_test(demands_rights),
		cmocka_unit_test(keeps_to_places),
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
