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
static const char *rows; /* of the attack on cooling */

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
	EQ(word(line, "title"), "Unknown device, then it commands the plant");
	EQ(word(line, "on"), "Air-handling unit 05 (theatres 1 to 4)");
	EQ(word(line, "effect"), "Too warm: Theatre 1 and 3\u00a0more");
	assert_true(ward_str_starts(word(line, "sentence"),
		WARD_STR("Unknown device, then it commands the plant: Air-handling unit 05 ("
			 "theatres 1 to 4) (Plant room A, ")));
	assert_true(ward_str_find(word(line, "sentence"),
			    WARD_STR("). Too warm: Theatre 1 and 3\u00a0more. ")) != SIZE_MAX);
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
	EQ(word(line, "title"), "Dispositivo sconosciuto, poi comanda l’impianto");
	EQ(word(line, "effect"), "Troppo caldo: Theatre 1 e altri 3");
	assert_true(
		ward_str_find(word(line, "sentence"), WARD_STR("Cure a rischio: ")) != SIZE_MAX);
	/* one that is not spoken: English */
	assert_int_equal(room_ask(&room, &room_all, "GET", API "now", "xx"), 200);
	EQ(word(child(room_json(&room), "incidents", 0), "title"),
		"Unknown device, then it commands the plant");
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
		room_add_incident(&r, i, i % 2 ? "high" : "low", i % 10 ? "suspected" : "closed");
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
		room_add_incident(&r, 60 + (unsigned)round++, "critical", "suspected");
		room_add_incident(&r, 1, "medium", "confirmed"); /* a revision */
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
	EQ(word(c, "title"), "Dispositivo sconosciuto, poi comanda l’impianto");
	EQ(word(c, "effect"), "Troppo caldo: Theatre 1 e altri 3");
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

/* What has signs first, then what hangs together with it; nothing of elsewhere. */
static void offers_what_can_be_done(void **state)
{
	const struct ward_conf *items, *x;

	(void)state;
	assert_int_equal(room_ask(&room, &room_all, "GET",
				 API "incidents/" ROOM_INCIDENT "/abilities", "it"),
		200);
	items = ward_conf_get(room_json(&room), "items");
	assert_int_equal(items->n_child, 2);
	x = items->child;
	assert_true(ward_str_eqz(ward_conf_word(x, "ability"), "switches/port"));
	assert_true(ward_str_eqz(ward_conf_word(x, "has_signs"), "true"));
	assert_true(ward_str_eqz(ward_conf_word(ward_conf_get(x, "on"), "id"), "ahu-05"));
	/* as `act` will judge: nothing of care is joined to it, but its loss may touch some */
	assert_true(ward_str_eqz(ward_conf_word(x, "clinical"), "may"));
	assert_true(ward_str_eqz(ward_conf_word(x, "persons"), "1"));
	assert_true(ward_str_eqz(ward_conf_word(x->next, "has_signs"), "false"));
	assert_true(ward_str_eqz(ward_conf_word(ward_conf_get(x->next, "on"), "id"), "bms-laptop"));
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_RUN "/abilities", "it"),
		404);
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
	room_add_incident(&r, 1, "medium", "suspected");
	room_add(&r,
		"{\"kind\":\"acknowledgement\",\"state\":\"on_my_way\",\"id\":"
		"\"" ROOM_MESSAGE "\",\"role\":\"facility-engineer\",\"covers\":[{\"incident\":"
		"\"00000000-0000-8000-8000-000000000001\",\"level\":\"medium\"}]}");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	EQ(word(ward_conf_get(child(room_json(&r), "incidents", 0), "taken"), "role"),
		"Building engineer on call");
	room_add_incident(&r, 1, "high", "suspected");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"taken\":null"));
	room_end(&r);
}

#define DECIDED(id, what, subject, args)                                                        \
	"{\"kind\":\"decision\",\"id\":\"" id "\",\"what\":\"" what "\",\"subject\":\"" subject \
	"\",\"person\":\"x\",\"role\":\"crisis-manager\",\"text\":\"a drill\",\"args\":" args   \
	",\"taken\":true}"
#define ONE "00000000-0000-8000-8000-000000000001"
#define FILTER "f1f1f1f1-f1f1-81f1-81f1-f1f1f1f1f1f1"

/* Somebody is asked to see to it, until anybody takes it. */
static void tells_who_is_asked(void **state)
{
	struct room r;
	const struct ward_conf *c;

	(void)state;
	room_begin(&r, NULL);
	room_add_incident(&r, 1, "medium", "suspected");
	room_add(&r, DECIDED(FILTER, "assign", ONE, "{\"to\":\"it-on-call\"}"));
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	c = ward_conf_get(child(room_json(&r), "incidents", 0), "asked");
	EQ(word(c, "role"), "it-on-call");
	EQ(word(c, "role_name"), "IT on call");
	room_add(&r,
		"{\"kind\":\"acknowledgement\",\"state\":\"acknowledged\",\"id\":\"" ROOM_MESSAGE
		"\",\"role\":\"it-on-call\",\"covers\":[{\"incident\":\"" ONE
		"\",\"level\":\"medium\"}]}");
	assert_int_equal(room_ask(&r, &room_all, "GET", API "now", "en"), 200);
	assert_true(says(&r, "\"asked\":null"));
	room_end(&r);
}

/* What could be held back of an incident, what is, and what was lifted. */
static void tells_what_is_held_back(void **state)
{
	struct room r;
	const struct ward_conf *c;
	const char *unreal = "{\"kind\":\"decision\",\"id\":\"" FILTER
			     "\",\"what\":\"tune\",\"subject\":\"" ROOM_INCIDENT
			     "\",\"args\":{},\"taken\":false}";

	(void)state;
	room_begin(&r, rows);
	assert_int_equal(
		room_ask(&r, &room_all, "GET", API "incidents/" ROOM_INCIDENT "/tuning", "en"),
		200);
	assert_true(length(room_json(&r), "items") > 8);
	c = child(room_json(&r), "items", 0);
	EQ(word(c, "rule"), "fd949a25-1aad-48bc-b4bf-539360d5562a");
	EQ(word(ward_conf_get(c, "on"), "id"), "door-au-corridor-staff");
	EQ(word(c, "signs"), "1");
	EQ(word(c, "of_confirmed"), "0");
	room_add(&r, unreal);
	assert_int_equal(room_ask(&r, &room_all, "GET", API "filters", "en"), 200);
	assert_int_equal(length(room_json(&r), "items"), 0);
	room_add(&r, DECIDED(FILTER, "tune", ROOM_INCIDENT,
			     "{\"rule\":\"fd949a25-1aad-48bc-b4bf-539360d5562a\",\"thing\":"
			     "\"door-au-corridor-staff\",\"until\":\"2026-04-01T00:00:00Z\"}"));
	assert_int_equal(room_ask(&r, &room_all, "GET", API "filters", "en"), 200);
	c = child(room_json(&r), "items", 0);
	EQ(word(c, "title"), "Someone follows through a controlled door");
	EQ(word(c, "role"), "Crisis manager");
	EQ(word(c, "held_back"), "0");
	room_add(&r, DECIDED("f2f2f2f2-f1f1-81f1-81f1-f1f1f1f1f1f1", "lift", FILTER, "{}"));
	assert_int_equal(room_ask(&r, &room_all, "GET", API "filters", "en"), 200);
	assert_int_equal(length(room_json(&r), "items"), 0);
	room_end(&r);
}

/* An incident that another took up is over, and what was told of it is of that one. */
static void goes_with_what_took_it_up(void **state)
{
	struct room r;
	const struct ward_conf *c;

	(void)state;
	room_begin(&r, NULL);
	room_add_incident(&r, 1, "medium", "suspected");
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

/* ---- detections ---- */

/* Page by page the list is all of them, each once, the latest first, whatever comes meanwhile. */
static void turns_pages_of_signs(void **state)
{
	char target[256], id[WARD_ID_TEXT] = "";
	uint64_t n = 0, total = 1, before = 0, last = UINT64_MAX;

	(void)state;
	for (uint64_t skip = 0; skip < total; skip += 7) {
		(void)snprintf(target, sizeof(target), API "detections?limit=7&skip=%llu",
			(unsigned long long)skip);
		if (skip)
			(void)snprintf(target + strlen(target), sizeof(target) - strlen(target),
				"&before=%llu", (unsigned long long)before);
		assert_int_equal(room_ask(&room, &room_all, "GET", target, "en"), 200);
		const struct ward_conf *c = room_json(&room);

		total = number(c, "total");
		before = number(c, "before");
		for (size_t i = 0; i < length(c, "items"); i++) {
			assert_true(number(child(c, "items", i), "row") < last);
			last = number(child(c, "items", i), "row");
			n++;
		}
		(void)snprintf(id, sizeof(id), "%.*s",
			WARD_STR_ARG(word(child(c, "items", 0), "incident")));
	}
	assert_int_equal(n, total);
	assert_true(total > 10);
	(void)snprintf(target, sizeof(target), API "detections?before=%llu&limit=1",
		(unsigned long long)last);
	assert_int_equal(room_ask(&room, &room_all, "GET", target, "en"), 200);
	assert_int_equal(number(room_json(&room), "total"), 1);
	assert_int_equal(number(room_json(&room), "newer"), n - 1);
}

static uint64_t found(const char *query)
{
	char target[256];

	(void)snprintf(target, sizeof(target), API "detections?limit=500&%s", query);
	assert_int_equal(room_ask(&room, &room_all, "GET", target, "en"), 200);
	assert_int_equal(length(room_json(&room), "items"), number(room_json(&room), "total"));
	return number(room_json(&room), "total");
}

static void finds_signs(void **state)
{
	uint64_t all = found(""), high = found("level=high"), there = found("asset=ahu-05");
	char query[128];

	(void)state;
	assert_true(high > 0 && high < all && there > 0 && there < all);
	assert_int_equal(found("level=informational"), all);
	assert_true(found("room=au-plant") >= there && found("room=au-plant") < all);
	assert_true(found("floor=au") >= found("room=au-plant") && found("floor=b4") < all);
	const struct ward_conf *c = NULL;

	(void)found("asset=ahu-05");
	c = child(room_json(&room), "items", 0);
	EQ(word(c, "asset"), "ahu-05");
	assert_true(word(c, "where").len > 0 && word(c, "title").len > 0);
	(void)snprintf(query, sizeof(query), "rule=%.*s", WARD_STR_ARG(word(c, "rule")));
	assert_true(found(query) > 0 && found(query) < all);
	(void)snprintf(query, sizeof(query), "until=%.*s", 20, "2000-01-01T00:00:00Z");
	assert_int_equal(found(query), 0);
	assert_int_equal(found("since=2000-01-01T00:00:00Z"), all);
	assert_int_equal(found("q=no+such+thing"), 0);
	assert_true(found("q=AIR") > 0);
	assert_int_equal(found("rule=none-such"), 0);
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

/* Beds say whence their number is: who came and went by HL7 ADT, and when that was. */
static void tells_counts(void **state)
{
	const struct ward_conf *c, *x = NULL, *beds;

	(void)state;
	room_add(&room,
		"{\"kind\":\"census\",\"id\":\"88888888-1111-8111-8111-111111111111\","
		"\"revision\":1,\"first\":\"2026-03-12T02:10:00Z\",\"last\":"
		"\"2026-03-12T02:10:30Z\",\"asset\":\"surgery-ward\",\"came\":2,\"went\":1}");
	assert_int_equal(room_ask(&room, &room_all, "GET", API "care", "en"), 200);
	c = room_json(&room);
	for (size_t i = 0; i < length(c, "items"); i++)
		if (ward_str_eqz(word(child(c, "items", i), "id"), "surgery-ward"))
			x = child(c, "items", i);
	assert_non_null(x);
	beds = child(x, "beds", 0);
	assert_int_equal(number(beds, "available"), 30 - 27 - 2 + 1);
	assert_int_equal(number(ward_conf_get(beds, "counted"), "came"), 2);
	assert_int_equal(number(ward_conf_get(beds, "counted"), "went"), 1);
	EQ(word(ward_conf_get(beds, "counted"), "last"), "2026-03-12T02:10:30Z");
	assert_int_equal(ward_conf_get(beds, "entered")->kind, WARD_CONF_NULL);
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

/* The mail to who was asked to see to it stands in its story, by the name that people know. */
static void tells_the_mails_of_what_was_asked(void **state)
{
	const struct ward_conf *c;
	size_t before, named = 0;

	(void)state;
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_INCIDENT, "en"), 200);
	before = length(room_json(&room), "steps");
	room_add(&room, "{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000e1\","
			"\"time\":\"2026-03-12T02:40:00Z\",\"what\":\"assign\",\"person\":\"cleo\","
			"\"taken\":true,\"role\":\"crisis-manager\",\"text\":\"go\",\"subject\":"
			"\"" ROOM_INCIDENT "\",\"args\":{\"to\":\"facility-engineer\"}}");
	room_add(&room,
		"{\"kind\":\"delivery\",\"state\":\"queued\",\"id\":"
		"\"00000000-0000-8000-8000-0000000000e2\",\"recipient\":\"engineers\","
		"\"recipient_name\":\"Engineer on call\",\"covers\":[],\"requests\":[{"
		"\"request\":\"00000000-0000-8000-8000-0000000000e1\",\"state\":\"asked\"}],"
		"\"body\":\"{}\"}");
	assert_int_equal(
		room_ask(&room, &room_all, "GET", API "incidents/" ROOM_INCIDENT, "en"), 200);
	c = room_json(&room);
	assert_int_equal(length(c, "steps"), before + 2);
	for (size_t i = 0; i < length(c, "steps"); i++)
		named += ward_str_eqz(word(child(c, "steps", i), "on"), "Engineer on call");
	assert_int_equal(named, 1);
}

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
		cmocka_unit_test(offers_what_can_be_done),
		cmocka_unit_test(tells_what_is_done),
		cmocka_unit_test(tells_who_takes_it),
		cmocka_unit_test(tells_who_is_asked),
		cmocka_unit_test(tells_what_is_held_back),
		cmocka_unit_test(goes_with_what_took_it_up),
		cmocka_unit_test(turns_pages_of_signs),
		cmocka_unit_test(finds_signs),
		cmocka_unit_test(tells_care),
		cmocka_unit_test(tells_counts),
		cmocka_unit_test(tells_things),
		cmocka_unit_test(turns_pages_of_things),
		cmocka_unit_test(tells_the_mails_of_what_was_asked),
	};

	if (argc != 2)
		return 2;
	rows = argv[1];
	return cmocka_run_group_tests(tests, begin, end);
}
