/* What watches and whether it works, what rules found, who looked: as boards and rows say it.
 * argv[1]: the rows of `ward replay --json` of Turin's cooling. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define API "/api/v1/"
#define S "000000000"

static struct room room; /* of the attack */

static const struct ward_conf *item(const struct ward_conf *c, const char *list, const char *id)
{
	const struct ward_conf *v = ward_conf_get(c, list);

	for (v = v ? v->child : NULL; v && !ward_str_eqz(word(v, "id"), id); v = v->next)
		;
	WARD_ASSERT(v);
	return v;
}

static const struct ward_conf *ask(const char *target)
{
	assert_int_equal(room_ask(&room, &room_all, "GET", target, "en"), 200);
	const struct ward_conf *c = room_json(&room);

	WARD_ASSERT(c);
	return c;
}

static const struct ward_conf *of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	WARD_ASSERT(v);
	return v;
}

static const struct ward_conf *nth(const struct ward_conf *c, const char *key, size_t i)
{
	const struct ward_conf *v = child(c, key, i);

	WARD_ASSERT(v);
	return v;
}

static void board(enum ward_api_board which, const char *json)
{
	ward_api_board(room.api, which, ward_str_z(json));
}

/* Nobody has said anything: nothing is claimed to work. */
static void claims_nothing_unheard(void **state)
{
	const struct ward_conf *c = ask(API "health");

	(void)state;
	EQ(word(item(c, "sources", "doors"), "state"), "unknown");
	assert_int_equal(length(c, "processes"), 0);
}

static void tells_who_is_heard(void **state)
{
	const struct ward_conf *c, *x;

	(void)state;
	/* now is 03:10, the last hour that was counted began at 02:00 */
	board(WARD_API_BOARD_BRAIN,
		"{\"at\":1773284999" S ",\"position\":90,\"sources\":["
		"{\"id\":\"camera-staff-door\",\"last\":1773284000" S ",\"silent\":null,"
		"\"patience\":null,\"trouble\":\"offline\",\"since\":1773284100" S
		",\"why\":\"refused\",\"stream\":{\"profile\":\"sub\",\"width\":640,\"height\":360,"
		"\"millifps\":12500,\"offered\":3,\"suffices\":1},\"events\":3,\"hours\":[],"
		"\"hour\":0},"
		"{\"id\":\"doors\",\"last\":1773281000" S ",\"silent\":1773284600" S
		",\"patience\":3600" S ",\"trouble\":\"\",\"since\":null,\"why\":\"\",\"events\":5,"
		"\"hours\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,3],\"hour\":1773280800" S
		"},{\"id\":\"sensors\",\"last\":1773284998" S ",\"silent\":null,\"trouble\":\"\"},"
		"{\"id\":\"plant\",\"last\":null,\"silent\":null,\"trouble\":\"\"}]}");
	board(WARD_API_BOARD_JOURNAL, "{\"at\":1,\"next\":101,\"bytes\":10,\"bytes_max\":1000,"
				      "\"written\":100,\"for\":86400" S ",\"full\":1}");
	board(WARD_API_BOARD_SUPERVISOR,
		"{\"at\":1,\"disk_free\":5,\"disk\":50,\"store\":2,\"processes\":["
		"{\"name\":\"net\",\"runs\":0,\"done\":0,\"restarts\":4,\"since\":null}]}");
	c = ask(API "health");
	x = item(c, "sources", "camera-staff-door");
	EQ(word(x, "state"), "lost");
	EQ(word(x, "why"), "refused");
	EQ(word(x, "since"), "2026-03-12T02:55:00Z");
	EQ(word(of(x, "stream"), "profile"), "sub");
	EQ(word(of(x, "stream"), "fps"), "12.5");
	assert_int_equal(number(of(x, "stream"), "width"), 640);
	assert_int_equal(number(of(x, "stream"), "offered"), 3);
	EQ(word(of(x, "stream"), "suffices"), "true");
	x = item(c, "sources", "doors");
	EQ(word(x, "state"), "silent");
	assert_int_equal(number(x, "patience_s"), 3600);
	assert_int_equal(length(x, "hours"), 24);
	EQ(nth(x, "hours", 22)->text, "3"); /* an hour went by since */
	EQ(nth(x, "hours", 23)->text, "0");
	EQ(word(item(c, "sources", "sensors"), "state"), "works");
	EQ(word(item(c, "sources", "plant"), "state"), "unheard");
	EQ(word(nth(c, "processes", 0), "state"), "down");
	assert_int_equal(number(of(c, "journal"), "behind"), 10);
	assert_int_equal(number(of(c, "journal"), "days"), 10);
	EQ(word(of(c, "journal"), "full"), "true");
}

/* Who has places is told of what watches something there, and nothing of the machine. */
static void keeps_to_places(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(room_ask(&room, &here, "GET", API "health", "en"), 200);
	c = room_json(&room);
	WARD_ASSERT(c);
	(void)item(c, "sources", "plant");
	assert_false(says(&room, "cold-stores"));
	assert_int_equal(length(c, "processes"), 0);
	assert_int_equal(room_ask(&room, &here, "GET", API "rules", "en"), 403);
	assert_int_equal(room_ask(&room, &here, "GET", API "privacy", "en"), 200);
	assert_int_equal(length(room_json(&room), "decisions"), 0);
}

/* Counted from the directory; interfaces as the supervisor saw them, with the source that listens.
 */
static void tells_how_far_it_is_set_up(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	const struct ward_conf *c, *x;

	(void)state;
	board(WARD_API_BOARD_SUPERVISOR,
		"{\"at\":1,\"began\":1773284000" S ",\"processors\":4,\"interfaces\":["
		"{\"name\":\"bms0\",\"mac\":\"02:00:00:00:00:01\",\"up\":1,\"link\":1,"
		"\"loopback\":0,\"frames\":90,\"per_second\":12},"
		"{\"name\":\"<b>\",\"up\":1,\"link\":0,\"frames\":-4}]}");
	c = ask(API "setup");
	EQ(word(c, "began"), "2026-03-12T02:53:20Z");
	EQ(word(of(c, "hospital"), "timezone"), "Europe/Rome");
	assert_int_equal(number(of(c, "counts"), "floors"), 16);
	assert_int_equal(number(of(c, "counts"), "drawn"), 0);
	assert_true(number(of(c, "counts"), "rooms") > 100);
	x = nth(c, "interfaces", 0);
	EQ(word(x, "source"), "bms-network");
	EQ(word(x, "link"), "true");
	assert_int_equal(number(x, "per_second"), 12);
	x = nth(c, "interfaces", 1);
	EQ(word(x, "source"), "");
	assert_int_equal(number(x, "frames"), 0);
	EQ(word(item(c, "sources", "doors"), "state"), "silent");
	EQ(word(item(c, "zones", "zone-technical-a"), "name"), "Technical area of building A");
	(void)item(c, "networks", "net-bms");
	EQ(word(item(ask(API "model/classes"), "items", "room.corridor"), "name"), "Corridor");
	assert_int_equal(room_ask(&room, &here, "GET", API "setup", "en"), 403);
}

/* A camera with what its file draws, what was found of it, and doors for a line; elsewhere it is
 * not there. */
static void tells_of_cameras(void **state)
{
	static const struct ward_str there[] = {{"au-corridor-staff", 17}},
				     plant[] = {{"au-plant", 8}};
	struct ward_api_who who = {.rights = WARD_RIGHTS_ALL, .place = there, .n_place = 1};
	const char *const one = API "cameras/camera-au-corridor-staff";
	const struct ward_conf *c;

	(void)state;
	c = ask(API "cameras");
	assert_int_equal(length(c, "items"), 1);
	EQ(word(nth(c, "items", 0), "asset"), "camera-au-corridor-staff");
	EQ(word(of(nth(c, "items", 0), "source"), "id"), "camera-staff-door");
	c = ask(one);
	EQ(word(nth(of(c, "plan"), "lines", 0), "id"), "staff-door");
	EQ(word(nth(of(c, "plan"), "lines", 0), "door"), "AU-D22");
	EQ(word(item(c, "doors", "door-au-corridor-staff"), "key"), "AU-D22");
	assert_int_equal(length(c, "found"), 0);
	room_add(&room,
		"{\"kind\":\"detection\",\"id\":\"cccccccc-0000-8000-8000-000000000001\","
		"\"revision\":1,\"rule\":{\"id\":\"r-1\",\"title\":\"Somebody in a watched zone\","
		"\"level\":\"low\"},\"threat\":\"access.tailgating\","
		"\"asset\":\"camera-au-corridor-staff\",\"subject\":\"camera-au-corridor-staff\","
		"\"first\":\"2026-03-12T03:00:00Z\",\"last\":\"2026-03-12T03:00:00Z\"}");
	c = ask(one);
	assert_int_equal(length(c, "found"), 1);
	EQ(word(nth(c, "found", 0), "title"), "Somebody in a watched zone");
	assert_int_equal(room_ask(&room, &who, "GET", one, "en"), 200);
	assert_true(ward_api_camera(room.api, &who, WARD_STR("camera-au-corridor-staff")));
	assert_false(ward_api_camera(room.api, &who, WARD_STR("camera-a0-entrance")));
	assert_int_equal(room_ask(&room, &who, "GET", API "cameras/ahu-05", "en"), 404);
	who.place = plant;
	assert_int_equal(room_ask(&room, &who, "GET", one, "en"), 404);
	assert_false(ward_api_camera(room.api, &who, WARD_STR("camera-au-corridor-staff")));
}

static void bad_boards_change_nothing(void **state)
{
	static const char *const bad[] = {"", "[", "[]", "7", "{\"sources\":", "{} {}"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		for (unsigned b = 0; b < WARD_API_BOARDS; b++)
			board((enum ward_api_board)b, bad[i]);
	/* short as text, and more than there is room for once it is read */
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4 << 20);

	ward_wr_z(&w, "{\"sources\":[");
	for (unsigned i = 0; i < 500000; i++)
		ward_wr_z(&w, "0,");
	ward_wr_z(&w, "0]}");
	ward_api_board(room.api, WARD_API_BOARD_BRAIN, ward_wr_text(&w));
	ward_wr_fini(&w);
	EQ(word(item(ask(API "health"), "sources", "doors"), "state"), "silent");
	board(WARD_API_BOARD_SUPERVISOR, "{\"at\":-1,\"processes\":{\"a\":[]},\"disk\":\"x\"}");
	assert_int_equal(length(ask(API "health"), "processes"), 0);
}

/* The rule that heard the attack has hits; what is dismissed counts for its rules. */
static void tells_what_rules_found(void **state)
{
	const struct ward_conf *c;
	const char *rule = ROOM_RULE;
	(void)state;
	room_add(&room,
		"{\"kind\":\"incident\",\"id\":\"" ROOM_INCIDENT
		"\",\"revision\":9999,\"state\":\"dismissed\",\"domain\":\"cyber\",\"level\":"
		"\"low\",\"first\":\"2026-03-12T02:10:00Z\",\"last\":"
		"\"2026-03-12T02:10:00Z\",\"headline\":{\"threat\":\"C\",\"on\":\"x\"},"
		"\"members\":[]}");
	board(WARD_API_BOARD_RULES, "{\"at\":1773284999" S ",\"rules\":[{\"id\":"
				    "\"fd949a25-1aad-48bc-b4bf-539360d5562a\",\"title\":\"T\","
				    "\"level\":\"low\",\"state\":\"watches\",\"waits\":\"\"},"
				    "{\"id\":\"none\",\"state\":\"refused\",\"reason\":\"x\"}]}");
	c = ask(API "rules");
	assert_int_equal(number(item(c, "items", rule), "hits"), 1);
	assert_int_equal(length(item(c, "items", rule), "days"), 30);
	assert_int_equal(number(item(c, "items", rule), "dismissed"), 1);
	EQ(word(item(c, "items", "none"), "reason"), "x");
	assert_int_equal(number(item(c, "items", "none"), "hits"), 0);
}

/* One rule: what it found, what is held back of it, its words and its examples, which are tried. */
static void tells_of_one_rule(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	const struct ward_conf *c, *about;

	(void)state;
	room_add(&room,
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000d9\","
		"\"revision\":1,\"time\":\"2026-03-12T02:20:00Z\",\"what\":\"tune\",\"subject\":"
		"\"" ROOM_INCIDENT
		"\",\"role\":\"r\",\"text\":\"tests\",\"args\":{\"rule\":\"" ROOM_RULE
		"\",\"thing\":\"ahu-05\",\"until\":\"2036-04-01T00:00:00Z\"},\"taken\":true}");
	c = ask(API "rules/" ROOM_RULE);
	assert_int_equal(number(of(c, "rule"), "hits"), 1);
	EQ(word(nth(c, "held_back", 0), "why"), "tests");
	about = of(c, "about");
	EQ(word(about, "id"), ROOM_RULE);
	EQ(word(about, "file"), "rules/physical/tailgating.yml");
	assert_true(length(about, "words") > 3 && length(about, "tests") > 0);
	assert_true(number(about, "tried") == length(about, "tests"));
	assert_int_equal(number(about, "failed"), 0);
	assert_int_equal(room_ask(&room, &here, "GET", API "rules/" ROOM_RULE, "en"), 403);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "rules/other", "en"), 404);
	/* it watches, and its file is gone */
	c = ask(API "rules/none");
	assert_true(word(c, "trouble").len > 0);
	c = ask(API "rules/tests");
	EQ(word(item(c, "items", ROOM_RULE), "failed"), "0");
}

static void candidate(const char *id, const char *is, const char *why)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000%s\","
		"\"revision\":1,"
		"\"time\":\"2026-03-12T02:20:00Z\",\"what\":\"candidate\",\"subject\":\"10.40.0."
		"177\","
		"\"role\":\"r\",\"text\":\"%s\",\"args\":{\"is\":\"%s\"},\"taken\":true}",
		id, why, is);
	room_add(&room, json);
}

/* Of a host the last word counts. */
static void keeps_who_is_not_asked_about(void **state)
{
	static const struct ward_str plant[] = {{"au-plant", 8}};
	const struct ward_api_who here = {.rights = WARD_RIGHTS_ALL, .place = plant, .n_place = 1};
	const struct ward_conf *c;

	(void)state;
	candidate("e1", "aside", "a visitor's");
	candidate("e2", "aside", "of the fair");
	c = ask(API "candidates/aside");
	assert_int_equal(length(c, "items"), 1);
	EQ(word(nth(c, "items", 0), "key"), "10.40.0.177");
	EQ(word(nth(c, "items", 0), "why"), "of the fair");
	candidate("e3", "open", "it is ours");
	assert_int_equal(length(ask(API "candidates/aside"), "items"), 0);
	assert_int_equal(room_ask(&room, &here, "GET", API "candidates/aside", "en"), 403);
}

/* By risk, a page after the other, each with what else is known of it. */
static void sorts_by_risk(void **state)
{
	const struct ward_conf *c, *v;
	char target[128];
	double last = 1e9;
	size_t n = 0, total;

	(void)state;
	c = ask(API "assets?sort=risk&limit=100");
	total = (size_t)number(c, "total");
	EQ(word(nth(c, "items", 0), "id"), "ct-01");
	assert_true(length(nth(c, "items", 0), "addresses") > 0);
	while (true) {
		for (v = of(c, "items")->child; v; v = v->next, n++) {
			double lo = strtod(nth(v, "risk", 0)->text.p, NULL),
			       hi = strtod(nth(v, "risk", 1)->text.p, NULL);

			assert_true(lo <= hi && (lo + hi) / 2 <= last + 1e-5);
			last = (lo + hi) / 2;
		}
		if (!word(c, "next").len)
			break;
		(void)snprintf(target, sizeof(target), API "assets?sort=risk&limit=100&after=%.*s",
			WARD_STR_ARG(word(c, "next")));
		c = ask(target);
	}
	assert_true(n == total && total > 100);
	c = ask(API "assets?sort=risk&class=device.medical.ct&least=20&q=CT&floor=a0");
	assert_int_equal(number(c, "total"), 1);
	assert_int_equal(number(ask(API "assets?sort=risk&least=100"), "total"), 0);
}

static void tells_who_looked_and_decided(void **state)
{
	const struct ward_conf *c, *x;

	(void)state;
	room_add(&room,
		"{\"kind\":\"clip\",\"act\":\"read\",\"id\":"
		"\"00000000-0000-8000-8000-0000000000c1\",\"incident\":\"" ROOM_INCIDENT
		"\",\"camera\":\"cam-1\",\"who\":\"Anna \\u202eB\",\"why\":\"police asked\"}");
	room_add(&room, "{\"kind\":\"clip\",\"act\":\"written\",\"id\":"
			"\"00000000-0000-8000-8000-0000000000c2\",\"incident\":\"" ROOM_INCIDENT
			"\",\"camera\":\"cam-2\"}");
	c = ask(API "privacy");
	assert_int_equal(length(c, "looks"), 1);
	x = nth(c, "looks", 0);
	EQ(word(x, "person"), "Anna \\u{202e}B");
	EQ(word(x, "on"), "cam-1");
	EQ(word(x, "why"), "police asked");
	EQ(word(x, "incident"), ROOM_INCIDENT);
	x = item(c, "sources", "doors");
	EQ(word(x, "personal_data"), "true");
	assert_int_equal(number(x, "retention_s"), 7 * 86400);
}

static void account(unsigned id, const char *what, const char *person, const char *on)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
		"{\"kind\":\"account\",\"id\":\"00000000-0000-8000-8000-0000000000%02x\","
		"\"revision\":1,\"time\":\"2026-03-12T02:00:00Z\",\"what\":\"%s\","
		"\"person\":\"%s\",\"by\":\"\",\"from\":\"private\",\"on\":\"%s\"}",
		id, what, person, on);
	room_add(&room, text);
}

/* Sign-ins and searches stand beside who looked and who decided; of these what is asked for. */
static void tells_who_signed_in_and_searched(void **state)
{
	const struct ward_conf *c;

	(void)state;
	account(0xd1, "signed-in", "bo", "");
	account(0xd2, "searched", "bo", "detections: q, since");
	account(0xd3, "signed-in", "cleo", "");
	c = ask(API "privacy");
	assert_int_equal(length(c, "accounts"), 2);
	EQ(word(nth(c, "accounts", 0), "person"), "cleo"); /* the latest first */
	EQ(word(nth(c, "accounts", 0), "on"), "private");
	EQ(word(nth(c, "accounts", 0), "on_name"), "from the hospital's network");
	assert_int_equal(length(c, "looks"), 2);
	EQ(word(nth(c, "looks", 0), "on"), "detections: q, since");
	EQ(word(nth(c, "looks", 0), "on_name"), "words, a beginning, in the signs");
	room_add(&room,
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000d4\",\"time\":"
		"\"2026-03-12T02:00:00Z\",\"what\":\"confirm\",\"person\":\"cleo\",\"taken\":true,"
		"\"role\":\"security-guard\",\"text\":\"seen\",\"subject\":\"" ROOM_INCIDENT "\"}");
	c = ask(API "privacy?person=cleo");
	EQ(word(nth(c, "decisions", 0), "role_name"), "Security guard on duty");
	assert_true(ward_str_starts(word(nth(c, "decisions", 0), "on_name"),
		WARD_STR("Unknown device, then it commands the plant: Air-handling")));
	c = ask(API "privacy?person=bo");
	assert_int_equal(length(c, "accounts"), 1);
	assert_int_equal(length(c, "looks"), 1);
	assert_int_equal(length(c, "decisions"), 0);
	c = ask(API "privacy?kind=read");
	assert_int_equal(length(c, "accounts"), 0);
	assert_int_equal(length(c, "looks"), 1);
	EQ(word(nth(c, "looks", 0), "on"), "cam-1");
	assert_int_equal(
		length(ask(API "privacy?kind=account&until=1999-01-01T00:00:00Z"), "accounts"), 0);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "privacy?kind=x", "en"), 400);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "privacy?since=x", "en"), 400);
	for (unsigned i = 0; i < 3000; i++) /* they push nothing else out */
		account(0xe0 + i % 16, "signed-in", "bo", "");
	c = ask(API "privacy");
	assert_int_equal(length(c, "looks"), 2);
	assert_int_equal(number(c, "forgotten"), 3002 - 2048);
}

/* A version of the configuration is told by its number, whoever made it. */
static void tells_who_configured(void **state)
{
	const struct ward_conf *c, *x;

	(void)state;
	room_add(&room, "{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-0000000000f1\","
			"\"revision\":1,\"time\":\"2026-03-12T02:00:00Z\",\"what\":\"configure\","
			"\"subject\":\"configuration\",\"person\":\"by hand\",\"role\":\"unknown\","
			"\"text\":\"changed on the machine\",\"args\":{\"version\":\"3\","
			"\"manifest\":\"00\"},\"taken\":true}");
	c = ask(API "privacy?person=by%20hand");
	assert_int_equal(length(c, "decisions"), 1);
	x = nth(c, "decisions", 0);
	EQ(word(x, "what"), "configure");
	EQ(word(x, "on"), "3");
	EQ(word(x, "role"), "");
	EQ(word(x, "why"), "changed on the machine");
}

/* Who had something done to the hospital is told with what it was done to, in each row of it. */
static void tells_who_acted(void **state)
{
	const struct ward_conf *c, *x;

	(void)state;
	room_add(&room,
		"{\"kind\":\"action\",\"event\":\"propose\",\"state\":\"proposed\","
		"\"id\":\"00000000-0000-8000-8000-0000000000f2\",\"revision\":1,"
		"\"time\":\"2026-03-12T02:00:00Z\",\"person\":\"dora\",\"role\":\"it-on-call\","
		"\"reason\":\"it is steered\",\"thing\":\"ahu-05\"}");
	room_add(&room,
		"{\"kind\":\"action\",\"event\":\"refuse\",\"state\":\"refused\","
		"\"id\":\"00000000-0000-8000-8000-0000000000f2\",\"revision\":2,"
		"\"time\":\"2026-03-12T02:01:00Z\",\"person\":\"emil\",\"role\":\"it-on-call\","
		"\"reason\":\"not now\"}");
	c = ask(API "privacy?kind=decision");
	x = nth(c, "decisions", 0);
	EQ(word(x, "person"), "emil");
	EQ(word(x, "what"), "refuse");
	EQ(word(x, "on"), "ahu-05");
	EQ(word(x, "why"), "not now");
	x = nth(c, "decisions", 1);
	EQ(word(x, "what"), "propose");
	EQ(word(x, "why"), "it is steered");
}

/* A question about the past is known by what it was asked by; the words are not. */
static void says_how_the_past_was_searched(void **state)
{
	static const struct {
		const char *query, *how;
	} all[] = {{"search?q=anna", "search: q"}, {"detections?%71=anna&limit=2", "detections: q"},
		{"detections?until=2026-03-12T02:10:00Z&q=a", "detections: q, until"},
		{"detections?limit=2", ""}, {"assets?q=pump", ""}, {"detections?q=", ""},
		{"privacy?person=anna", "privacy: person"}, {"detections?since=x", ""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char target[128];

		(void)snprintf(target, sizeof(target), API "%s", all[i].query);
		(void)room_ask(&room, &room_all, "GET", target, "en");
		EQ(ward_str_z(room.answer.searched), all[i].how);
		(void)room_ask(&room, &room_all, "GET", target, "en"); /* kept answers, too */
		EQ(ward_str_z(room.answer.searched), all[i].how);
	}
}

static const struct ward_conf *clock_of(const struct ward_conf *x, const char *id)
{
	for (size_t i = 0; i < length(x, "clocks"); i++)
		if (ward_str_eqz(word(nth(x, "clocks", i), "id"), id))
			return nth(x, "clocks", i);
	return NULL;
}

static void say_for_the_law(unsigned n, const char *subject, const char *args)
{
	char row[1600];

	(void)snprintf(row, sizeof(row),
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-000000001%03u\","
		"\"revision\":1,\"time\":\"2026-03-12T02:30:00Z\",\"what\":\"law\","
		"\"subject\":\"%s\",\"person\":\"x\",\"role\":\"dpo\",\"text\":\"why\","
		"\"args\":%s,\"taken\":true}",
		n, subject, args);
	room_add(&room, row);
}

/* Until somebody named says since when the hospital knows no clock of awareness runs. */
static void runs_the_clocks_of_the_law(void **state)
{
	const char *id = "00000000-0000-8000-8000-000000000042";
	const struct ward_conf *x, *k;
	char target[128];

	(void)state;
	room_add_incident(&room, 42, "high", "suspected");
	x = item(ask(API "privacy"), "incidents", id);
	k = clock_of(x, "IT-N24"); /* somebody is in a system, says the record */
	assert_non_null(k);
	EQ(word(k, "state"), "waits");
	EQ(word(k, "is"), "likely");
	EQ(word(k, "due"), "");
	assert_null(clock_of(x, "G33")); /* it hangs on answers */
	say_for_the_law(1, id, "{\"say\":\"aware\",\"time\":\"2026-03-12T02:15:00Z\"}");
	say_for_the_law(2, id, "{\"say\":\"fact\",\"of\":\"personal-data\",\"is\":\"yes\"}");
	say_for_the_law(3, id, "{\"say\":\"fact\",\"of\":\"rumour\",\"is\":\"yes\"}");
	x = item(ask(API "privacy"), "incidents", id);
	EQ(word(clock_of(x, "IT-N24"), "due"), "2026-03-13T02:15:00Z");
	EQ(word(clock_of(x, "G33"), "due"), "2026-03-15T02:15:00Z");

	(void)snprintf(target, sizeof(target), API "incidents/%s/law", id);
	x = ask(target);
	EQ(word(ward_conf_get(x, "aware"), "time"), "2026-03-12T02:15:00Z");
	EQ(word(ward_conf_get(x, "aware"), "role"), "dpo");
	EQ(word(item(x, "facts", "personal-data"), "is"), "yes");
	EQ(word(item(x, "facts", "malicious-access"), "is"), "likely");
	EQ(word(item(x, "clocks", "G33"), "to"), "Garante per la protezione dei dati personali");
	EQ(word(item(x, "clocks", "IT-MD"), "mark"), "secondary");
	/* sent, and the month runs from then */
	say_for_the_law(4, id, "{\"say\":\"sent\",\"of\":\"IT-N72\",\"number\":\"C-7\"}");
	x = ask(target);
	EQ(word(item(x, "clocks", "IT-N72"), "state"), "sent");
	EQ(word(ward_conf_get(item(x, "clocks", "IT-N72"), "said"), "number"), "C-7");
	EQ(word(item(x, "clocks", "IT-N1m"), "due"), "2026-04-12T02:30:00Z");
}

/* All that is open stands in one list by its end, also of what is over; each sign of significance
 * with what it rests on; a sending that failed; what changed since. Whoever answers without seeing
 * incidents hears of decisions, and of nothing else. */
static void lists_what_the_law_wants(void **state)
{
	const char *id = "00000000-0000-8000-8000-000000000044";
	const struct ward_api_who officer = {
		.rights = room.profiles.right[WARD_PROFILE_DATA_PROTECTION_OFFICER]};
	const struct ward_conf *x, *f;
	char target[128];
	uint64_t last;

	(void)state;
	room_add_incident(&room, 44, "high", "suspected");
	assert_int_equal(ward_api_feed(room.api, &officer, room.row - 1, 10, &room.w, &last), 0);
	say_for_the_law(21, id, "{\"say\":\"aware\",\"time\":\"2026-03-12T02:10:00Z\"}");
	assert_int_equal(ward_api_feed(room.api, &officer, room.row - 1, 10, &room.w, &last), 1);
	say_for_the_law(22, id, "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}");
	say_for_the_law(23, id, "{\"say\":\"tried\",\"of\":\"IT-N24\"}");
	(void)snprintf(target, sizeof(target), API "incidents/%s/law", id);
	x = ask(target);
	f = item(x, "facts", "care-long");
	EQ(word(ward_conf_get(f, "measure"), "at_least"), "60");
	EQ(word(f, "mark"), "unconfirmed");
	EQ(word(item(x, "facts", "significant"), "judge"), "true");
	EQ(word(ward_conf_get(item(x, "clocks", "IT-N24"), "tried"), "why"), "why");
	EQ(word(item(x, "clocks", "IT-N24"), "phase"), "warning");
	EQ(word(item(x, "clocks", "IT-N24"), "state"), "runs");
	x = ask(API "clocks");
	assert_true(length(x, "clocks") > 3);
	assert_non_null(ward_conf_get(nth(x, "clocks", 0), "clock"));
	EQ(word(x, "left"), "0");
	say_for_the_law(24, id, "{\"say\":\"sent\",\"of\":\"IT-N24\"}");
	EQ(word(item(ask(target), "clocks", "IT-N24"), "state"), "sent");
}

/* A form is filled from the record; gaps are named, and what is other than when it was sent. */
static void drafts_a_form_of_the_law(void **state)
{
	const char *id = "00000000-0000-8000-8000-000000000043";
	const struct ward_conf *x, *f;
	char target[128], sent[900];

	(void)state;
	room_add_incident(&room, 43, "high", "suspected");
	(void)snprintf(target, sizeof(target), API "incidents/%s/draft?form=it-pre", id);
	x = ask(target);
	EQ(word(x, "@type"), "eu-nis2:EarlyWarningReport");
	EQ(word(x, "exercise"), "true"); /* the room is one */
	EQ(word(item(x, "fields", "hospital"), "text"), "Ospedale Santa Giulia");
	EQ(word(item(x, "fields", "hospital"), "source"), "hospital");
	EQ(word(item(x, "fields", "beyond"), "gap"), "true");
	f = item(x, "fields", "malicious"); /* likely by the record alone is a gap, too */
	EQ(word(f, "guess"), "true");
	EQ(word(f, "gap"), "true");
	say_for_the_law(11, id, "{\"say\":\"field\",\"of\":\"beyond\"}");
	x = ask(target);
	EQ(word(item(x, "fields", "beyond"), "text"), "why");
	EQ(word(item(x, "fields", "beyond"), "gap"), "false");
	EQ(word(item(x, "fields", "beyond"), "source"), "person");
	/* as it is sent, so it is kept; another word since is named */
	(void)snprintf(sent, sizeof(sent),
		"{\"say\":\"sent\",\"of\":\"IT-N24\",\"form\":\"it-pre\",\"lang\":\"en\",\"draft\":"
		"\"%.*s\","
		"\"kept\":[\"beyond 0000000000000000 no\",\"hospital %s x\"]}",
		WARD_STR_ARG(ward_conf_word(x, "draft")), "7f4558489476cc6e");
	say_for_the_law(12, id, sent);
	x = ask(target);
	EQ(word(x, "moved"), "1");
	EQ(word(item(x, "fields", "beyond"), "was"), "no");
	EQ(word(item(x, "fields", "hospital"), "moved"), "false");
	assert_int_equal(
		room_ask(&room, &room_all, "GET",
			API "incidents/00000000-0000-8000-8000-000000000043/draft?form=none", "en"),
		404);
}

/* What was sent is other by the record, though nobody said a word: a task that names it. */
static void tells_what_the_record_says_otherwise(void **state)
{
	static const char id[] = "00000000-0000-8000-8000-000000000047";
	const struct ward_conf *x, *k, *n;
	char target[128], law[128], sent[900];
	struct ward_str line = WARD_STR("");

	(void)state;
	room_add_incident(&room, 47, "high", "suspected");
	(void)snprintf(target, sizeof(target), API "incidents/%s/draft?form=it-pre", id);
	(void)snprintf(law, sizeof(law), API "incidents/%s/law", id);
	x = ask(target);
	for (size_t i = 0; i < length(x, "kept"); i++)
		if (ward_str_starts(nth(x, "kept", i)->text, WARD_STR("title ")))
			line = nth(x, "kept", i)->text;
	assert_true(line.len > 24);
	(void)snprintf(sent, sizeof(sent),
		"{\"say\":\"sent\",\"of\":\"IT-N24\",\"form\":\"it-pre\",\"lang\":\"xx\",\"draft\":"
		"\"%.*s\",\"kept\":[\"%.*s\"]}", /* in whichever language */
		WARD_STR_ARG(word(x, "draft")), WARD_STR_ARG(line));
	say_for_the_law(31, id, sent);
	EQ(word(item(ask(law), "clocks", "IT-N24"), "state"), "sent");
	room_add(&room,
		"{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-000000000047\","
		"\"revision\":2,\"state\":\"confirmed\",\"domain\":\"cyber\",\"level\":\"high\","
		"\"first\":\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:11:00Z\","
		"\"headline\":{\"threat\":\"Command\",\"on\":\"Another\"},\"members\":[]}");
	k = item(ask(law), "clocks", "IT-N24");
	EQ(word(k, "state"), "changed");
	n = nth(ward_conf_get(k, "update"), "changed", 0);
	EQ(word(n, "what"), "What it is");
	assert_true(ward_str_find(word(n, "was"), WARD_STR("Thing 47")) != SIZE_MAX);
	assert_true(ward_str_find(word(n, "now"), WARD_STR("Another")) != SIZE_MAX);
	assert_null(ward_conf_get(ward_conf_get(n, "said"), "at"));
	EQ(word(ask(target), "older"), "false");
}

/* What an earlier version kept is by words that Ward may say otherwise now: that is no change. */
static void tells_what_an_earlier_version_kept(void **state)
{
	static const char id[] = "00000000-0000-8000-8000-000000000048";
	const struct ward_conf *x;
	char target[128], law[128], sent[900];

	(void)state;
	room_add_incident(&room, 48, "high", "suspected");
	(void)snprintf(target, sizeof(target), API "incidents/%s/draft?form=it-pre", id);
	(void)snprintf(law, sizeof(law), API "incidents/%s/law", id);
	x = ask(target);
	(void)snprintf(sent, sizeof(sent),
		"{\"say\":\"sent\",\"of\":\"IT-N24\",\"form\":\"it-pre\",\"lang\":\"en\",\"draft\":"
		"\"%.*s\",\"kept\":[\"title 0123456789abcdef Thing\",\"hospital 7f4558489476cc6e "
		"x\"]}",
		WARD_STR_ARG(word(x, "draft")));
	say_for_the_law(33, id, sent);
	EQ(word(item(ask(law), "clocks", "IT-N24"), "state"), "sent");
	x = ask(target);
	EQ(word(x, "older"), "true");
	EQ(word(x, "moved"), "0");
}

static void revealed(const char *what, const char *id, const char *args)
{
	char text[700];

	(void)snprintf(text, sizeof(text),
		"{\"kind\":\"decision\",\"id\":\"%s\",\"time\":\"2026-03-12T02:00:00Z\","
		"\"what\":\"%s\",\"person\":\"bo\",\"role\":\"security-guard\",\"taken\":true,"
		"\"text\":\"somebody lies there\",\"subject\":\"" ROOM_INCIDENT "\",\"args\":%s}",
		id, what, args);
	room_add(&room, text);
}

/* What one person alone was told waits for a review; what two asked for does not. */
static void tells_what_is_to_be_reviewed(void **state)
{
	static const char alone[] = "00000000-0000-8000-8000-0000000000f1";
	const struct ward_conf *c, *x;

	(void)state;
	revealed("reveal", alone, "{\"token\":\"p-x\",\"emergency\":\"yes\"}");
	revealed("reveal", "00000000-0000-8000-8000-0000000000f2",
		"{\"token\":\"p-y\",\"emergency\":\"yes\"}");
	revealed("reveal", "00000000-0000-8000-8000-0000000000f3", "{\"token\":\"p-z\"}");
	c = ask(API "privacy");
	assert_int_equal(length(c, "reviews"), 2);
	x = nth(c, "reviews", 0);
	EQ(word(x, "id"), alone);
	EQ(word(x, "state"), "open");
	EQ(word(x, "role_name"), "Security guard on duty");
	EQ(word(x, "why"), "somebody lies there");
	revealed("reveal-review", "00000000-0000-8000-8000-0000000000f4",
		"{\"of\":\"00000000-0000-8000-8000-0000000000f1\",\"right\":\"no\"}");
	c = ask(API "privacy");
	x = nth(c, "reviews", 1); /* what is to be done first */
	EQ(word(x, "id"), alone);
	EQ(word(x, "state"), "reviewed");
	EQ(word(x, "right"), "false");
	EQ(word(nth(c, "reviews", 0), "state"), "open");
	room.now += 7 * (ward_ns)86400 * WARD_NS_PER_S;
	EQ(word(nth(ask(API "privacy"), "reviews", 0), "state"), "overdue");
	room.now -= 7 * (ward_ns)86400 * WARD_NS_PER_S;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(claims_nothing_unheard),
		cmocka_unit_test(tells_who_is_heard), cmocka_unit_test(keeps_to_places),
		cmocka_unit_test(tells_how_far_it_is_set_up), cmocka_unit_test(tells_of_cameras),
		cmocka_unit_test(bad_boards_change_nothing),
		cmocka_unit_test(tells_what_rules_found), cmocka_unit_test(tells_of_one_rule),
		cmocka_unit_test(keeps_who_is_not_asked_about), cmocka_unit_test(sorts_by_risk),
		cmocka_unit_test(tells_who_looked_and_decided),
		cmocka_unit_test(tells_who_signed_in_and_searched),
		cmocka_unit_test(tells_who_configured), cmocka_unit_test(tells_who_acted),
		cmocka_unit_test(says_how_the_past_was_searched),
		cmocka_unit_test(runs_the_clocks_of_the_law),
		cmocka_unit_test(lists_what_the_law_wants),
		cmocka_unit_test(drafts_a_form_of_the_law),
		cmocka_unit_test(tells_what_the_record_says_otherwise),
		cmocka_unit_test(tells_what_an_earlier_version_kept),
		cmocka_unit_test(tells_what_is_to_be_reviewed)};

	if (argc != 2)
		return 2;
	room_begin(&room, argv[1]);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	room_end(&room);
	return failed;
}
