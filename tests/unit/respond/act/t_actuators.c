#include "lab.h"
#include "respond/act/call.h"
#include "respond/act/called.h"
#include "respond/playbook/playbook.h"

#define LAB_SWITCH                                                                         \
	"actuators:\n  - id: a0\n    snmp: sw-a0\n    user: ward\n    security: sha-aes\n" \
	"    uplinks: [Gi48, ifIndex 49]\n    secret_file: s\n    can:\n"

static void t_good(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t,
		    LAB_SYSTEMS
		    "      - {id: ticket, does: tell, on: ahu-03, roles: [it-on-call],\n"
		    "         repeat: same-key, persons: 2}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.n_ability, 6);
	assert_int_equal(x.ability[1].repeat, WARD_REPEAT_ONCE);
	assert_true(x.ability[0].undo && !x.ability[5].undo && x.ability[5].two);
	assert_int_equal(ward_ability_find(&x, WARD_STR("sw/bms")), 1);
	assert_int_equal(ward_ability_find(&x, WARD_STR("bms")), SIZE_MAX);
	/* a port before a network */
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_ISOLATE, turin_node(&t, "ahu-03"), false), 0);
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_ISOLATE, turin_node(&t, "net-bms"), false), 1);
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_LOCK, turin_node(&t, "ahu-03"), false),
		SIZE_MAX);
	ward_actuators_free(&x);
	turin_free(&t);
}

/* What is played needs no secret, and is asked in exercises alone. */
static void t_played(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t,
		    "actuators:\n  - id: sw\n    played: the switches\n    can:\n"
		    "      - {id: port, does: isolate, on: ahu-03, roles: it-on-call,\n"
		    "         repeat: same-key, lasts: 1h}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.a[0].way, WARD_ACT_WAY_PLAYED);
	assert_true(x.a[0].exercise && !x.a[0].secret_file.len);
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_ISOLATE, turin_node(&t, "ahu-03"), false),
		SIZE_MAX);
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_ISOLATE, turin_node(&t, "ahu-03"), true), 0);
	ward_actuators_free(&x);
	assert_int_equal(
		turin_systems(&t,
			"actuators:\n  - id: sw\n    played: the switches\n"
			"    exercise: false\n    can:\n"
			"      - {id: port, does: isolate, on: ahu-03, roles: it-on-call,\n"
			"         repeat: same-key, lasts: 1h}\n",
			&x),
		WARD_ERR_CONFIG);
	ward_actuators_free(&x);
	turin_free(&t);
}

/* What is asked by RADIUS: of whose session, what is set, and what when it is taken back. */
static void t_radius(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t,
		    "actuators:\n  - id: nac\n    radius: nac.hospital.example\n    nas: "
		    "sw-a0\n"
		    "    secret_file: s\n    can:\n"
		    "      - {id: vlan, does: isolate, on: [ws-a0-office-1, ahu-03], roles: "
		    "it-on-call,\n"
		    "         repeat: same-key, lasts: 1h, set: vlan 999, set_back: vlan 20}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.a[0].way, WARD_ACT_WAY_RADIUS);
	assert_true(ward_str_eqz(x.a[0].where, "nac.hospital.example:3799"));
	assert_true(ward_str_eqz(x.a[0].nas, "sw-a0"));
	assert_true(ward_str_eqz(x.ability[0].run, "vlan 999"));
	assert_true(ward_str_eqz(x.ability[0].back, "vlan 20"));
	ward_actuators_free(&x);
	turin_free(&t);
}

/* What is set of whose port, once by its name and once by its index. */
static void t_snmp(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t, "actuators:\n" LAB_SNMP, &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.a[0].way, WARD_ACT_WAY_SNMP);
	assert_true(ward_str_eqz(x.a[0].where, "127.0.0.1:161"));
	assert_true(ward_str_eqz(x.a[0].uplinks, "Gi1/0/48"));
	assert_int_equal(x.ability[0].on[0], turin_node(&t, "ws-a0-office-1"));
	assert_true(ward_str_eqz(x.ability[0].port[0], "Gi1/0/7"));
	assert_true(ward_str_eqz(x.ability[0].back, "up") && x.ability[0].undo);
	assert_true(ward_str_eqz(x.ability[1].port[0], "ifIndex 12"));
	assert_true(ward_str_eqz(x.ability[1].run, "vlan 999"));
	assert_true(ward_str_eqz(x.ability[1].back, "vlan 20"));
	ward_actuators_free(&x);
	/* two on a port, which both entries say */
	if (turin_systems(&t,
		    LAB_SWITCH
		    "      - {id: a, does: isolate, ports: {ahu-01: 1, ahu-02: 1}, set: shutdown,\n"
		    "         cuts: [ahu-01, ahu-02], roles: it-on-call, repeat: never, lasts: "
		    "1h}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	ward_actuators_free(&x);
	turin_free(&t);
}

static void t_ssh(void **state)
{
	static const struct {
		const char *host, *where;
	} all[] = {{"fw", "fw:22"}, {"fw:2222", "fw:2222"}, {"'[fd00::1]'", "[fd00::1]:22"},
		{"'[fd00::1]:2'", "[fd00::1]:2"}};
	struct turin t;
	struct ward_actuators x;
	char text[512];

	(void)state;
	turin_load(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		(void)snprintf(text, sizeof(text),
			"actuators:\n  - {id: a, ssh: %s, user: u, host_key: k, secret_file: s,\n"
			"     can: [{id: t, does: tell, on: ahu-01, roles: it-on-call, repeat: "
			"never, run: 'say {thing}'}]}\n",
			all[i].host);
		if (turin_systems(&t, text, &x) != WARD_OK)
			fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
		assert_int_equal(x.a[0].way, WARD_ACT_WAY_SSH);
		assert_true(ward_str_eqz(x.a[0].where, all[i].where));
		assert_false(x.ability[0].undo);
		ward_actuators_free(&x);
	}
	turin_free(&t);
}

/* Which ability a playbook's command is. */
static size_t called(
	struct turin *t, const struct ward_actuators *x, const char *json, const char *thing)
{
	struct ward_arena arena;
	const struct ward_conf *c;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_conf_json(&arena, &t->lim, WARD_STR("c"), 1,
				 ward_str_bytes(ward_str_z(json)), &t->d, &c),
		WARD_OK);
	size_t at = ward_ability_called(
		x, t->m, &t->lim, c, thing ? turin_node(t, thing) : WARD_NONE, false);

	ward_arena_fini(&arena);
	return at;
}

#define HTTP(call, content)                                                                     \
	"{\"command\":\"http-api\",\"systems\":[\"x\",\"switches.hospital.example\"],\"call\":" \
	"\"" call "\",\"content\":\"" content "\"}"
#define WHO(a, b) "{\\\"who\\\":[\\\"" a "\\\",\\\"" b "\\\"],\\\"vlan\\\":999}"
#define C2(more)                                                            \
	"{\"command\":\"openc2-http\",\"systems\":[\"c2\"]," more           \
	"\"content\":\"{\\\"target\\\":{\\\"device\\\":{\\\"device_id\\\":" \
	"\\\"ws-a0-office-1\\\"}},\\\"action\\\":\\\"contain\\\"}\"}"
#define ANY WARD_CALLED_ANY
#define WS "ws-a0-office-1"
#define IP "10.20.0.72"

static void t_called(void **state)
{
	static const struct {
		const char *json, *thing;
		size_t at;
	} all[] = {{HTTP("POST /v1/quarantine/" WS "?why=ward", WHO(WS, IP)), WS, 1},
		{HTTP("POST v1/quarantine/" WS "?why=ward HTTP/1.1", WHO(WS, IP)), NULL, 1},
		{HTTP("POST https://Switches.hospital.example:443/v1/quarantine/" WS "?why=ward",
			 WHO(WS, IP)),
			WS, 1},
		{HTTP("POST /v1/quarantine/" ANY "?why=ward", WHO(ANY, ANY)), NULL, 1},
		{HTTP("POST /v1/" ANY "?why=ward", WHO("ws-" ANY "-1", "10." ANY)), WS, 1},
		{HTTP("POST /off", ""), WS, 0}, {HTTP("POST /off", ""), NULL, 0},
		{C2("\"call\":\"POST /.well-known/openc2\","), WS, 2},
		{C2("\"call\":\"POST /.well-known/openc2\",\"headers\":[\"content-type: "
		    "application/openc2+json; Version=1.0\",\"Host: c2.hospital.example\"],"),
			WS, 2},
		/* another thing, method, path, host, content, field, system; more or less of it */
		{HTTP("POST /v1/quarantine/" WS "?why=ward", WHO(WS, IP)), "ahu-03", SIZE_MAX},
		{HTTP("PUT /v1/quarantine/" WS "?why=ward", WHO(WS, IP)), WS, SIZE_MAX},
		{HTTP("POST /v1/quarantine/" WS, WHO(WS, IP)), WS, SIZE_MAX},
		{HTTP("POST /v1/quarantine/" WS "?why=ward&all=1", WHO(WS, IP)), WS, SIZE_MAX},
		{HTTP("POST /v1/" ANY "quarantine/" WS "?why=ward", WHO(WS, IP)), WS, SIZE_MAX},
		{HTTP("POST " ANY, WHO(WS, IP)), WS, SIZE_MAX}, /* '?' and '=' are no value */
		{HTTP("POST https://other.hospital.example/v1/quarantine/" WS "?why=ward",
			 WHO(WS, IP)),
			WS, SIZE_MAX},
		{HTTP("POST https://switches.hospital.example:444/v1/quarantine/" WS "?why=ward",
			 WHO(WS, IP)),
			WS, SIZE_MAX},
		{HTTP("POST /v1/quarantine/" WS "?why=ward", WHO(WS, "10.20.0.5")), WS, SIZE_MAX},
		{HTTP("POST /v1/quarantine/" WS "?why=ward", WHO(WS, IP " ")), WS, SIZE_MAX},
		{HTTP("POST /v1/quarantine/" WS "?why=ward", ""), WS, SIZE_MAX},
		{HTTP("POST /v1/quarantine/" WS "?why=ward", "[]"), WS, SIZE_MAX},
		{HTTP("POST /off", "{}"), WS, SIZE_MAX}, {HTTP("", ""), WS, SIZE_MAX},
		{C2("\"call\":\"POST /.well-known/openc2\",\"headers\":[\"X-More: 1\"],"), WS,
			SIZE_MAX},
		{C2("\"call\":\"POST /.well-known/openc2\",\"headers\":[\"Accept: text/plain\"],"),
			WS, SIZE_MAX},
		{"{\"command\":\"http-api\",\"systems\":[\"c2\"],\"call\":\"POST /off\"}", WS,
			SIZE_MAX},
		{"{\"command\":\"http-api\",\"call\":\"POST /off\"}", WS, SIZE_MAX},
		{"{\"command\":\"bash\",\"systems\":[\"api\"],\"call\":\"POST /off\"}", WS,
			SIZE_MAX},
		{"{}", WS, SIZE_MAX}};
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t, LAB_CALLS, &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.a[0].way, WARD_ACT_WAY_HTTP);
	assert_true(ward_str_eqz(x.a[0].header, "Authorization: Bearer {secret}"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (called(&t, &x, all[i].json, all[i].thing) != all[i].at)
			fail_msg("%zu: %s", i, all[i].json);
	ward_actuators_free(&x);
	/* by SSH, the command that is run */
	assert_int_equal(turin_systems(&t, LAB_SSH("ws-a0-office-1"), &x), WARD_OK);
	assert_int_equal(called(&t, &x,
				 "{\"command\":\"bash\",\"systems\":[\"fw.hospital.example\"],"
				 "\"call\":\"nft add element inet ward off { " IP " }\"}",
				 WS),
		0);
	assert_int_equal(called(&t, &x,
				 "{\"command\":\"bash\",\"systems\":[\"fw\"],"
				 "\"call\":\"nft add element inet ward off { " IP " }; reboot\"}",
				 WS),
		SIZE_MAX);
	ward_actuators_free(&x);
	turin_free(&t);
}

struct hospital {
	struct turin *t;
	struct ward_actuators x;
};

static bool may(void *ctx, struct ward_str command, uint32_t node)
{
	struct hospital *h = ctx;
	char json[4096];

	(void)snprintf(json, sizeof(json), "%.*s", WARD_STR_ARG(command));
	assert_int_equal(node, turin_node(h->t, WS));
	return called(h->t, &h->x, json, WS) == 0;
}

/* An official example, with parts replaced: pairs of what stands there, and what in its place.
 * NULL: there are none. */
static struct ward_playbook *official_with(
	struct turin *t, const char *name, const char *const *part, size_t n)
{
	const char *data = getenv("WARD_SHARED_DATA");
	char path[4096], text[16384];
	struct ward_playbook *p = NULL;

	(void)snprintf(path, sizeof(path), "%s/standards/cacao/examples-soarca/%s",
		data ? data : "", name);
	FILE *f = fopen(path, "r");

	if (!f)
		return NULL;
	size_t len = fread(text, 1, sizeof(text) - 4096, f);

	assert_int_equal(fclose(f), 0);
	text[len] = 0;
	for (size_t i = 0; i < n; i += 2) {
		char *at = strstr(text, part[i]);
		size_t old = strlen(part[i]), new = strlen(part[i + 1]);

		assert_non_null(at);
		assert_true(len + new < sizeof(text));
		memmove(at + new, at + old, strlen(at + old) + 1);
		memcpy(at, part[i + 1], new);
		len = strlen(text);
	}
	assert_int_equal(ward_playbook_read(ward_str_bytes(ward_str_z(text)), WARD_STR("p"),
				 &t->lim, ward_mem_heap(), &t->d, &p),
		WARD_OK);
	return p;
}

static bool is_told(const struct turin *t, const char *what)
{
	for (size_t i = 0; i < t->d.n; i++)
		if (ward_str_find(t->d.item[i].what, ward_str_z(what)) != SIZE_MAX)
			return true;
	return false;
}

/* By itself it names neither what is acted on nor who does it by hand; with both it calls. */
static void http_example(struct hospital *h, struct ward_playbook *p)
{
	static const char *const whole[] = {"\"httpbin\",",
		"\"httpbin\", \"agent_target_extensions\": {\"" WARD_PLAYBOOK_EXTENSION
		"\": {\"thing\": \"" WS "\"}},",
		"\"name\": \"get\",",
		"\"name\": \"get\", \"step_extensions\": {\"" WARD_PLAYBOOK_EXTENSION
		"\": {\"confirm\": \"it-on-call\"}},"};
	const struct ward_playbook_world world = {.m = h->t->m, .may = may, .ctx = h};

	assert_int_equal(ward_playbook_check(p, &world, &h->t->d), WARD_ERR_CONFIG);
	assert_true(is_told(h->t, "nobody is named who does it where no system may"));
	assert_true(is_told(h->t, "done to one thing, and none is named"));
	p = official_with(h->t, "http-playbook.json", whole, WARD_ARRAY_LEN(whole));
	ward_diag_fini(&h->t->d);
	ward_diag_init(&h->t->d, ward_mem_heap());
	assert_int_equal(ward_playbook_check(p, &world, &h->t->d), WARD_OK);
	ward_playbook_free(p);
}

/* SOARCA's examples: the one calls a system; the other's message would not be answered. */
static void t_official(void **state)
{
	static const char *const openc2[] = {"\"type\": \"openc2\"", "\"type\": \"openc2-http\""};
	static const char systems[] =
		"actuators:\n  - id: api\n    http-api: https://httpbin.org\n    secret_file: s\n"
		"    can: [{id: get, does: tell, on: " WS ", roles: it-on-call, repeat: same-key,\n"
		"      run: GET /get}]\n";
	struct turin t;
	struct hospital h = {.t = &t};

	(void)state;
	turin_load(&t);
	assert_int_equal(turin_systems(&t, systems, &h.x), WARD_OK);
	struct ward_playbook *p = official_with(&t, "http-playbook.json", NULL, 0);

	if (!p) {
		ward_actuators_free(&h.x);
		turin_free(&t);
		print_message("skipped: no official examples in $WARD_SHARED_DATA\n");
		skip();
		return;
	}
	http_example(&h, p);
	ward_playbook_free(p);
	p = official_with(&t, "openc2-playbook.json", openc2, WARD_ARRAY_LEN(openc2));
	for (size_t i = 0; i < p->n_step; i++)
		if (p->step[i].n_command)
			assert_non_null(strstr(
				ward_call_wrong(WARD_STR("POST /post"), p->step[i].command->content,
					true, &t.lim, ward_mem_heap()),
				"would not say"));
	ward_playbook_free(p);
	ward_actuators_free(&h.x);
	turin_free(&t);
}

struct mistake {
	const char *text, *what;
	bool planless;
};

/* Each mistake is found in its line, with its mend. */
static void find_each(const struct mistake *all, size_t n)
{
	struct turin t;

	turin_load(&t);
	for (size_t i = 0; i < n; i++) {
		struct ward_actuators x;
		bool found = false;

		ward_diag_fini(&t.d);
		ward_diag_init(&t.d, ward_mem_heap());
		t.plan.known = !all[i].planless;
		assert_int_equal(turin_systems(&t, all[i].text, &x), WARD_ERR_CONFIG);
		for (size_t k = 0; k < t.d.n; k++)
			found = found || (t.d.item[k].line && t.d.item[k].mend.len &&
						 ward_str_find(t.d.item[k].what,
							 ward_str_z(all[i].what)) != SIZE_MAX);
		if (!found)
			fail_msg("not told: %s", all[i].what);
		ward_actuators_free(&x);
	}
	turin_free(&t);
}

#define CAN LAB_SYSTEM "      - {id: x, roles: it-on-call, repeat: never, "

static void t_mistakes(void **state)
{
	static const struct mistake all[] = {{"actuators: {}\n", "no list of systems", false},
		{"actuators:\n  - id: a\n    webhook: ftp://x/\n    secret_file: s\n    can: []\n",
			"no address of a system", false},
		{LAB_SYSTEM "      []\n", "can do nothing", false},
		{CAN "does: isolate, on: monitor-01, lasts: 1h}\n", "never acted on", false},
		{CAN "does: lock, on: door-au-server, lasts: 1h}\n", "no plan says", true},
		{CAN "does: lock, on: door-au-stairs, lasts: 1h}\n", "way of escape", false},
		{CAN "does: release, on: door-au-stairs, lasts: 1h}\n", "never locked", false},
		{CAN "does: lock, on: ahu-01, lasts: 1h}\n", "is no door", false},
		{CAN "does: isolate, on: au-server, lasts: 1h}\n", "is on no network", false},
		{CAN "does: isolate, on: ahu-01}\n", "lasts", false},
		{CAN "does: isolate, on: ahu-01, lasts: 0s}\n", "stand for good", false},
		{CAN "does: isolate, on: ahu-01, lasts: 25h}\n", "longer than a day", false},
		{CAN "does: isolate, on: ahu-01, undo: false}\n", "has to be undone", false},
		{CAN "does: tell, on: ahu-01, lasts: 1h}\n", "has no end", false},
		{CAN "does: burn, on: ahu-01, lasts: 1h}\n", "nothing that a system does", false},
		{CAN "does: isolate, on: nobody, lasts: 1h}\n", "nothing of the hospital", false},
		{CAN "does: isolate, on: [], lasts: 1h}\n", "acts on nothing", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, repeat: never}\n",
			"nobody may approve", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, repeat: x, roles: ahu-01}\n",
			"is no role", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, repeat: x, roles: "
			    "it-on-call}\n",
			"no way to repeat", false},
		{CAN "does: isolate, on: ahu-01, hosts: true, lasts: 1h}\n", "is no network",
			false},
		{CAN "does: isolate, on: net-bms, cuts: net-bms, hosts: true, lasts: 1h}\n",
			"cut off alone", false},
		{CAN "does: tell, on: net-bms, hosts: true}\n", "are isolated", false},
		{LAB_SSH_ON("net-bms, hosts: true", "fw", "free {mac}", "{address}"),
			"nobody knows the IP", false},
		{CAN "does: tell, on: ahu-01, wrong: 1}\n", "wrong", false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

#define CALL_TO(where, more)                                                             \
	"actuators:\n  - id: sw\n    " where "\n    secret_file: s\n" more               \
	"    can:\n      - {id: x, roles: it-on-call, repeat: same-key, does: isolate, " \
	"on: ahu-03, lasts: 1h, "
#define CALL CALL_TO("http-api: https://a.example", "")
#define OPENC2 CALL_TO("openc2-http: https://a.example", "")

static void t_mistakes_of_calls(void **state)
{
	static const struct mistake all[] = {
		{CALL_TO("http-api: http://a.example", "") "}\n", "no address of a system", false},
		{CALL_TO("http-api: https://a.example/v1", "") "}\n", "it has a path", false},
		{CALL_TO("http-api: https://a.example", "    header: 'X-Key: a'\n") "}\n",
			"shows the secret", false},
		{CALL_TO("http-api: https://a.example", "    header: 'Host: {secret}'\n") "}\n",
			"writes that field itself", false},
		{CALL_TO("http-api: https://a.example", "    header: 'A B: {secret}'\n") "}\n",
			"no field of a request", false},
		{CALL_TO("http-api: https://a.example", "    user: u\n") "}\n", "user", false},
		{CALL "undo: POST /b}\n", "run", false},
		{CALL "run: POST /a}\n", "has to be undone", false},
		{CALL "run: POST /a, undo: TRACE /b}\n", "no call", false},
		{CALL "run: 'POST https://a.example/b', undo: POST /b}\n", "no call", false},
		{CALL "run: POST /a/../b, undo: POST /b}\n", "lead elsewhere", false},
		{CALL "run: POST /a//b, undo: POST /b}\n", "lead elsewhere", false},
		{CALL "run: 'POST /a/..;b=1/c', undo: POST /b}\n", "lead elsewhere", false},
		{CALL "run: 'POST /a/..?b=1', undo: POST /b}\n", "lead elsewhere", false},
		{CALL "run: POST /a%2eb, undo: POST /b}\n", "lead elsewhere", false},
		{CALL "run: 'GET /a', content: '{}', undo: POST /b}\n", "GET has no content",
			false},
		{CALL "run: POST /a, content: 'a', undo: POST /b}\n", "no JSON", false},
		{CALL "run: POST /a, content: '\"{nothing}\"', undo: POST /b}\n", "no slot", false},
		{CALL "run: POST /a, undo: POST /b, undo_content: '{'}\n", "no JSON", false},
		{CALL "run: POST /a, look: x, undo: POST /b}\n", "look", false},
		{OPENC2 "run: POST /a, undo: POST /b, undo_content: '{}'}\n", "no JSON", false},
		{OPENC2 "run: PUT /a, undo: POST /b}\n", "asked for by POST", false},
		{OPENC2 "run: POST /a, undo: POST /b, content: '{\"action\":\"deny\"}'}\n",
			"no command of OpenC2", false},
		{OPENC2 "run: POST /a, undo: POST /b, content: '{\"action\":\"deny\",\"target\":"
			"{\"device\":{}},\"args\":{\"response_requested\":\"ack\"}}'}\n",
			"would not say", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, roles: it-on-call, repeat: "
			    "never, content: '{}'}\n",
			"content", false},
		{"actuators:\n  - id: sw\n    http-api: https://a.example\n    secret_file: s\n"
		 "    can: [{id: x, does: tell, on: ahu-01, roles: it-on-call, repeat: never,\n"
		 "      run: POST /a, undo_content: '{}'}]\n",
			"nothing sends it", false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

#define RADIUS                                                                    \
	"actuators:\n  - id: sw\n    radius: 10.0.0.1:3799\n    secret_file: s\n" \
	"    can:\n      - {id: x, roles: it-on-call, repeat: same-key, "
#define SSH(where)                                                              \
	"actuators:\n  - id: sw\n    " where "\n    user: u\n    host_key: k\n" \
	"    secret_file: s\n    can:\n"
#define SSH_CAN "      - {id: x, does: isolate, roles: it-on-call, repeat: never, "

static void t_mistakes_of_ways(void **state)
{
	static const struct mistake all[] = {
		{CAN "does: isolate, on: ahu-01, lasts: 1h, set: vlan 9}\n", "set", false},
		{RADIUS "does: isolate, on: ahu-03, lasts: 1h, set: vlan 9}\n", "set_back", false},
		{RADIUS "does: isolate, on: ahu-03, lasts: 1h, set: port 9, set_back: vlan 4}\n",
			"nothing to set", false},
		{RADIUS "does: isolate, on: ahu-03, lasts: 1h, set: vlan a;b, set_back: vlan 4}\n",
			"nothing to set", false},
		{RADIUS "does: tell, on: ahu-03, set: vlan 9, set_back: vlan 4}\n",
			"and nothing else", false},
		{RADIUS "does: isolate, on: net-bms, lasts: 1h, set: vlan 9, set_back: vlan 4}\n",
			"no MAC address", false},
		{RADIUS "does: isolate, undo: false, on: ahu-03, set: vlan 9, set_back: vlan 4}\n",
			"has to be undone", false},
		{"actuators:\n  - {id: a, radius: 'a b', secret_file: s, can: []}\n", "is no host",
			false},
		{"actuators:\n  - {id: a, radius: nac, user: u, secret_file: s, can: []}\n", "user",
			false},
		{"actuators:\n  - {id: a, radius: nac, webhook: 'http://x/', secret_file: s, "
		 "can: []}\n",
			"at once", false},
		{CAN "does: tell, on: ahu-01, run: x}\n", "run", false},
		{SSH("ssh: a/b\n    webhook: https://a/") "      []\n", "at once", false},
		{SSH("ssh: a:0") "      []\n", "is no host", false},
		{SSH("ssh: '[::1'") "      []\n", "is no host", false},
		{SSH("ssh: a\n    certificate: x") "      []\n", "certificate", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x}\n", "run", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, run: x}\n", "has to be undone",
			false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: 'x {ip}'}\n",
			"no slot", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: 'x {name}'}\n",
			"can't stand in a command", false},
		{SSH("ssh: a") SSH_CAN "on: net-bms, lasts: 1h, undo: x, run: 'x {address}'}\n",
			"no address", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: \"a\\nb\"}\n",
			"control characters", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: 'caf\xc3\xa9'}\n",
			"can be printed", false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

#define PORT LAB_SWITCH "      - {id: x, roles: it-on-call, repeat: same-key, "
#define SHUT PORT "does: isolate, lasts: 1h, set: shutdown, "
#define SWITCH(keys) \
	"actuators:\n  - {id: a, snmp: sw, secret_file: s, user: u, can: [], " keys "}\n"

static void t_mistakes_of_ports(void **state)
{
	static const struct mistake all[] = {
		{SWITCH("security: v2c, uplinks: []"), "can be read by all", false},
		{SWITCH("security: md5-des, uplinks: []"), "bad value", false},
		{SWITCH("uplinks: []"), "security", false},
		{SWITCH("security: sha-aes"), "lead to other switches", false},
		{SWITCH("security: sha-aes, uplinks: Gi48"), "lead to other switches", false},
		{SWITCH("security: sha-aes, uplinks: ['']"), "is no port", false},
		{SWITCH("security: sha-aes, uplinks: [], nas: x"), "nas", false},
		{SHUT "on: ahu-01, ports: {ahu-02: 1}}\n", "'ports' beside 'on'", false},
		{SHUT "on: switch-it-a0}\n", "hangs on a port alone", false},
		{SHUT "on: net-bms}\n", "hangs on a port alone", false},
		{SHUT "on: monitor-01}\n", "never acted on", false},
		{SHUT "on: boiler-1}\n", "MAC address", false},
		{SHUT "on: ahu-01, hosts: true}\n", "is no network", false},
		{SHUT "on: []}\n", "acts on nothing", false},
		{SHUT "ports: ahu-01}\n", "which port is not said", false},
		{SHUT "ports: {}}\n", "acts on nothing", false},
		{SHUT "ports: {nobody: 1}}\n", "nothing of the hospital", false},
		{SHUT "ports: {ahu-01: [1]}}\n", "is no port", false},
		{SHUT "ports: {ahu-01: ifIndex 0}}\n", "is no port", false},
		{SHUT "ports: {ahu-01: \"a\\tb\"}}\n", "is no port", false},
		{SHUT "ports: {monitor-01: 1}}\n", "never acted on", false},
		{SHUT "ports: {net-bms: 1}}\n", "hangs on a port alone", false},
		{SHUT "ports: {switch-it-a0: 1}}\n", "hangs on a port alone", false},
		{SHUT "ports: {ahu-01: Gi48}}\n", "is an uplink", false},
		{SHUT "ports: {ahu-01: ifIndex 49}}\n", "is an uplink", false},
		{SHUT "ports: {ahu-01: 1, ahu-02: 1}}\n", "hang on one port", false},
		{SHUT "ports: {ahu-01: 1, ahu-02: 1}, cuts: ahu-02}\n", "hang on one port", false},
		{SHUT "ports: {ahu-01: 1}}\n      - {id: y, roles: it-on-call, repeat: never, "
		      "does: "
		      "isolate, lasts: 1h, set: shutdown, ports: {ahu-02: 1}, cuts: ahu-01}\n",
			"hang on one port", false},
		{SHUT "ports: {ahu-01: 1}, set_back: up}\n", "opened again", false},
		{SHUT "ports: {ahu-01: 1}, undo: false}\n", "has to be undone", false},
		{PORT "does: isolate, lasts: 1h, set: up, ports: {ahu-01: 1}}\n",
			"nothing to set of a port", false},
		{PORT "does: isolate, lasts: 1h, set: vlan 4095, ports: {ahu-01: 1}}\n",
			"nothing to set of a port", false},
		{PORT "does: isolate, lasts: 1h, set: vlan 9, ports: {ahu-01: 1}}\n", "set_back",
			false},
		{PORT "does: isolate, lasts: 1h, set: vlan 9, set_back: vlan 9, ports: {ahu-01: "
		      "1}}\n",
			"no other VLAN", false},
		{PORT "does: tell, set: shutdown, ports: {ahu-01: 1}}\n", "and nothing else",
			false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_good), cmocka_unit_test(t_played),
		cmocka_unit_test(t_radius), cmocka_unit_test(t_snmp), cmocka_unit_test(t_ssh),
		cmocka_unit_test(t_mistakes), cmocka_unit_test(t_mistakes_of_ways),
		cmocka_unit_test(t_mistakes_of_ports), cmocka_unit_test(t_called),
		cmocka_unit_test(t_official), cmocka_unit_test(t_mistakes_of_calls)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
