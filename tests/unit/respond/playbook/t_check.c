/* What the schema can't say: each finding is reached, and told with its place. */
#include "lab.h"
#include "respond/playbook/call.h"

#include "hospital.h"
#include "respond/playbook/country.h"

#include <unistd.h>

static const struct {
	const char *from, *to, *says;
} cases[] = {
	{"\"on_completion\": \"" PB_ID("action", "02"),
		"\"on_completion\": \"" PB_ID("action", "77"),
		"/on_completion: no step 'action--00000077"},
	{"\"workflow_start\": \"" PB_ID("start", "01"), "\"workflow_start\": \"" PB_ID("end", "90"),
		"/workflow_start: no start step:"},
	{"\"workflow_exception\": \"" PB_ID("action", "90"),
		"\"workflow_exception\": \"" PB_ID("action", "91"), "/workflow_exception: no step"},
	{"\"default\": \"" PB_ID("end", "10"), "\"default\": \"" PB_ID("end", "77"),
		"/cases: no step"},
	{"\"default\": \"" PB_ID("end", "10") "\"", "\"b\": \"" PB_ID("end", "10") "\"",
		"no case default"},
	{"\"cases\": {\"a\": \"" PB_ID("end", "09") "\", ", "\"cases\": {", ": no way leads to it"},
	{"  \"on_completion\": \"" PB_ID("end", "08"),
		"  \"on_completion\": \"" PB_ID("action", "08"),
		": it goes round without end, by 'action--00000008"},
	{"  \"on_completion\": \"" PB_ID("end", "08"),
		"  \"on_completion\": \"" PB_ID("while-condition", "05"),
		": it goes round without end, by 'while-condition--00000005"},
	{",\n  \"on_completion\": \"" PB_ID("end", "08") "\"", "", ": nothing follows"},
	{"  \"on_completion\": \"" PB_ID("end", "06"),
		"  \"on_completion\": \"" PB_ID("action", "07"),
		"/next_steps: two branches do the same step 'action--00000007"},
	{"  \"on_completion\": \"" PB_ID("end", "06"), "  \"on_completion\": \"" PB_ID("end", "07"),
		"/next_steps: two branches share the end step"},
	{"  \"on_completion\": \"" PB_ID("end", "04"),
		"  \"on_completion\": \"" PB_ID("while-condition", "05"),
		": done in a branch, and again after it: 'while-condition--00000005"},
	{"\"__fire__:value = true\"", "\"__fier__:value = true\"",
		"/condition: no variable '__fier__'"},
	{"\"__fire__:value = true\"", "\"__fire__:value MATCHES 'a'\"",
		"/condition: an operator of STIX patterns that Ward does not evaluate"},
	{"\"switch\": \"__kind__:value\"", "\"switch\": \"kind\"", "/switch: no variable"},
	{"\"command\": \"Call.\"", "\"command\": \"Call __who__:value.\"",
		"/commands: no variable '__who__'"},
	{"\"out_args\": [\"__fire__\", ", "\"out_args\": [\"__fixed__\", ",
		"/out_args: a constant would be written: '__fixed__'"},
	{"\"command\": \"Look again.\"}],",
		"\"command\": \"Look again.\"}], \"step_variables\": {\"__kind__\": {\"type\": "
		"\"string\"},\n"
		"\"__own__\": {\"type\": \"string\"}},",
		""},
	{"\"action\", \"timeout\": 600000,", "\"action\",", ": no timeout"},
	{"\"__place__\"], \"out_args\": [\"__kind__\"]",
		"\"__kind__\"], \"out_args\": [\"__kind__\"]",
		"/in_args: the other playbook has no external variable '__kind__'"},
	{"\"playbook_id\": \"" PB_ID("playbook", "02"),
		"\"playbook_id\": \"" PB_ID("playbook", "03"), "/playbook_id: no such playbook:"},
	{"\"playbook_id\": \"" PB_ID("playbook", "02"),
		"\"playbook_id\": \"" PB_ID("playbook", "01"),
		"/playbook_id: it comes back to itself by"},
	{"\"playbook_id\": \"" PB_ID("playbook", "02"),
		"\"playbook_version\": \"2020-01-01T00:00:00.000Z\", \"playbook_id\": \"" PB_ID(
			"playbook", "02"),
		"/playbook_id: no such playbook:"},
	{"{\"role\": \"engineer\"}", "{\"role\": \"enginer\"}",
		"/agent: no role of this hospital: 'enginer'"},
	{"{\"role\": \"engineer\"}", "{\"role\": \"enginer\"}", "did you mean engineer?"},
	{"{\"confirm\": \"engineer\"}", "{}",
		"/step_extensions: it acts, and nobody is named who does it where no system may"},
	{"\"type\": \"http-api\", \"command\": \"POST /__place__:value\"",
		"\"type\": \"ssh\", \"command\": \"reboot\"",
		"a command that Ward never executes: 'ssh'"},
	{"\"command\": \"POST /__place__:value\"",
		"\"command\": \"POST /\", \"content_b64\": "
		"\"eyJ0YXJnZXQiOiB7ImlwIjogIjEwLjMuMC43NyJ9fQ==\"",
		"/commands: a medical device, what commands one or its network: 'pump-1'"},
	{"\"type\": \"http-api\", \"command\": \"POST /__place__:value\"",
		"\"type\": \"bash\", \"command\": \"ssh root@pump-1 halt\"",
		"/commands: a medical device, what commands one or its network: 'pump-1'"},
	{"https://tickets.example.org/api", "https://10.3.0.77:8443/stop",
		"/agent: a medical device, what commands one or its network: 'pump-1'"},
	{"\"agent\": \"" PB_ID("http-api", "02") "\",",
		"\"agent\": \"" PB_ID("http-api", "02") "\", \"targets\": [\"" PB_ID(
			"group", "01") "\"],",
		""},
	{"\"address\": {", "\"description\": \"lock-1\", \"address\": {",
		"/agent: a door by which people escape, or may escape, what commands one or its "
		"network: 'd-2'"},
	{"\"workflow_start\"",
		"\"markings\": [\"" PB_ID("marking-tlp", "01") "\"], \"workflow_start\"",
		"/markings: no data marking"},
	{"\"modified\": \"2026", "\"modified\": \"2025", "/modified: before it was created:"},
	{"\"workflow_start\"",
		"\"valid_from\": \"2026-01-02T00:00:00Z\",\n"
		"\"valid_until\": \"2026-01-01T00:00:00Z\", \"workflow_start\"",
		"/valid_until: not after valid_from"},
	{"\"workflow_start\"",
		"\"playbook_processing_summary\": {\"if_logic\": true}, \"workflow_start\"",
		"/playbook_processing_summary: the workflow is otherwise than 'while_logic'"},
	{"\"workflow_start\"",
		"\"playbook_extensions\": {\"" PB_EXT
		"\": {\"threats\": [\"no.such\"], \"level\": 4}},\n"
		"\"workflow_start\"",
		"/threats: no threat 'no.such'"},
	{"\"workflow_start\"",
		"\"playbook_extensions\": {\"" PB_EXT "\": {\"threats\": [], \"level\": 4}},\n"
		"\"workflow_start\"",
		"/level: no level from 1 to 3"},
};

static void findings(void **state)
{
	(void)state;
	struct ward_playbook_never *never;
	struct ward_model *m = lab_hospital(&never);

	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		char *text = pb_with(cases[i].from, cases[i].to);
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct pb_lab l;

		pb_init(&l);
		assert_int_equal(pb_read(&l, text), WARD_OK);
		assert_int_equal(pb_read(&l, pb_nested), WARD_OK);
		const struct ward_playbook_world world = {
			.m = m, .t = ward_model_threats(m), .never = never, .others = &l.all};
		enum ward_err err = ward_playbook_check(l.item[0], &world, &l.d);

		ward_diag_write_text(&l.d, &w);
		ward_wr_u8(&w, 0);
		if (!strstr((const char *)w.p, cases[i].says))
			fail_msg("'%s' is not in:\n%s", cases[i].says, (const char *)w.p);
		if (!cases[i].says[0] && w.len > 1)
			fail_msg("%s", (const char *)w.p);
		assert_int_equal(err, l.d.n_error ? WARD_ERR_CONFIG : WARD_OK);
		assert_int_equal(l.item[0]->sound, !l.d.n_error);
		ward_wr_fini(&w);
		free(text);
		pb_fini(&l);
	}
	ward_playbook_never_free(never);
	ward_model_free(m);
}

static const char device[] = "a medical device, what commands one or its network: 'pump-1'",
		  door[] = "a door by which people escape, or may escape, what commands one or its "
			   "network: 'd-2'",
		  host[] = "a host that is not known beforehand:";

/* What the step that acts calls, and what is said of it; NULL: nothing. */
static const struct {
	const char *calls, *says;
} calls[] = {
	{"POST http://__u__:value/off", host},
	{"POST __u__:value/off", host},
	{"POST __u__:value://nac.example/off", host},
	{"POST //__u__:value/off", host},
	{"POST https:__u__:value/off", host},
	{"POST http:/__u__:value/off", host},
	{"POST https:\\\\__u__:value/off", host},
	{"POST http://nac.example:__u__:value/off", host},
	{"POST http://nac%2eexample/off", host},
	{"POST http://nac.example/__u__:value", NULL},
	{"POST http://nac.example/__p__:value", device},
	{"POST http://nac.example/pump-__one__:value", device},
	{"POST http://10.3.0.77./", device},
	{"POST http://167968845/", device},
	{"POST http://0x0a03004d/", device},
	{"POST http://012.3.77/", device},
	{"POST http://nac.example/PUMP-1", device},
	{"POST http://nac.example/pump%2D1", device},
	{"POST http://nac.example/pump%252D1", device},
	{"POST http://nac.example/?d=pump\\u002d1", device},
	{"POST http://pump-1.example.org./", device},
	{"POST http://nac.example/00-1b-63-84-45-aa", device},
	{"POST http://nac.example/001b.6384.45AA", device},
	{"POST http://nac.example/mac:00:1b:63:84:45:aa", device},
	{"POST http://nac.example/?s=SN%2F7", device},
	{"POST http://nac.example/?a=::ffff:10.3.0.77", device},
	{"POST http://[fd03:0::77]:80/", device},
	{"POST http://nac.example/?net=10.3.0.0%2F16", device},
	{"POST http://nac.example/?net=10.4.0.0/24", device},
	{"POST http://nac.example/?net=fd00::/8", device},
	{"POST http://nac.example/?net=10.3.0.128/25", device},
	{"POST http://nac.example/?net=10.3.0.0+255.255.255.0", device},
	{"POST http://nac.example/?net=10.1.0.0/16", NULL},
	{"POST http://nac.example/?net=n-care", device},
	{"POST http://nac.example/?net=n-bms", NULL},
	{"POST http://10.1.0.5/1/state", NULL},
	{"POST http://nac.example/pu-p03", door},
	{"POST http://nac.example/access-1", door},
};

static void acts(void **state)
{
	(void)state;
	static const char vars[] =
		"\"__u__\": {\"type\": \"string\"}, \"__p__\": {\"type\": \"string\", \"value\": "
		"\"pump-1\", \"constant\": true}, \"__one__\": {\"type\": \"string\", \"value\": "
		"\"1\"},\n  \"__fire__\": {";
	struct ward_playbook_never *never;
	struct ward_model *m = lab_hospital(&never);

	for (size_t i = 0; i < WARD_ARRAY_LEN(calls); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		char command[256], more[8192];
		struct pb_lab l;

		pb_init(&l);
		const struct ward_playbook_world world = {
			.m = m, .t = ward_model_threats(m), .never = never, .others = &l.all};
		(void)snprintf(command, sizeof(command), "\"command\": \"%s\"", calls[i].calls);
		char *text = pb_with("\"command\": \"POST /__place__:value\"", command);
		char *at = strstr(text, "\"__fire__\": {");

		(void)snprintf(more, sizeof(more), "%.*s%s%s", (int)(at - text), text, vars,
			at + strlen("\"__fire__\": {"));
		assert_int_equal(pb_read(&l, more), WARD_OK);
		assert_int_equal(pb_read(&l, pb_nested), WARD_OK);
		enum ward_err err = ward_playbook_check(l.item[0], &world, &l.d);

		ward_diag_write_text(&l.d, &w);
		ward_wr_u8(&w, 0);
		if (calls[i].says ? !strstr((const char *)w.p, calls[i].says) : err != WARD_OK)
			fail_msg("%s: '%s' is not in:\n%s", calls[i].calls,
				calls[i].says ? calls[i].says : "nothing", (const char *)w.p);
		ward_wr_fini(&w);
		free(text);
		pb_fini(&l);
	}
	ward_playbook_never_free(never);
	ward_model_free(m);
}

/* What was asked of whoever knows what systems may do; nothing of "no". */
static char asked[3][1024];
static size_t n_asked;

static bool may(void *ctx, struct ward_str command, uint32_t node)
{
	assert_ptr_equal(ctx, asked);
	(void)snprintf(asked[n_asked++ % 3], sizeof(asked[0]), "%s%.*s",
		node == WARD_NONE ? "" : "n-bms ", WARD_STR_ARG(command));
	return ward_str_find(command, WARD_STR("no system")) == SIZE_MAX;
}

static void systems_of(const char *text, struct ward_wr *w)
{
	struct ward_playbook_never *never;
	struct ward_model *m = lab_hospital(&never);
	struct pb_lab l;

	pb_init(&l);
	n_asked = 0;
	assert_int_equal(pb_read(&l, text), WARD_OK);
	const struct ward_playbook_world world = {
		.m = m, .may = may, .ctx = asked, .others = &l.all};
	enum ward_err err = ward_playbook_check(l.item[0], &world, &l.d);

	assert_int_equal(err, l.d.n_error ? WARD_ERR_CONFIG : WARD_OK);
	ward_diag_write_text(&l.d, w);
	ward_wr_u8(w, 0);
	pb_fini(&l);
	ward_playbook_never_free(never);
	ward_model_free(m);
}

/* A command that acts is held against what systems may be asked for, with all that is known of it.
 */
static void systems(void **state)
{
	static const char *const expected[] = {
		"{\"command\":\"http-api\",\"call\":\"POST /v1/quarantine/" WARD_PLAYBOOK_ANY
		" HTTP/1.1\",\"content\":\"{\\\"device\\\": \\\"" WARD_PLAYBOOK_ANY
		"\\\"}\",\"headers\":[\"Content-Type: application/json\"],"
		"\"systems\":[\"Switch API\"]}",
		"{\"command\":\"openc2-http\",\"call\":\"POST /.well-known/openc2\",\"content\":\"{"
		"\\\"action\\\":\\\"contain\\\",\\\"target\\\":{\\\"device\\\":{\\\"device_id\\\":"
		"\\\"" WARD_PLAYBOOK_ANY "\\\"}}}\",\"headers\":[\"Content-Type: "
		"application/openc2+json;version=1.0\"],\"systems\":[\"Endpoints\","
		"\"https://c2.hospital.example:8443\"]}",
		"{\"command\":\"bash\",\"call\":\"ward-off " WARD_PLAYBOOK_ANY
		"\",\"content\":\"\",\"headers\":[],\"systems\":[\"Firewall\","
		"\"fw.hospital.example\"]}"};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	static char text[8192];
	char *more;

	(void)state;
	pb_text_of("calls.json", text, sizeof(text));
	more = pb_in(text, "\"role\": \"it-on-call\"", "\"role\": \"engineer\"");
	systems_of(more, &w);
	assert_string_equal((const char *)w.p, "");
	assert_int_equal(n_asked, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(asked[i], expected[i]);
	/* a thing that is known stands for its variable, and in its place */
	char *known = pb_in(more, "\"thing\": \"__asset__\"", "\"thing\": \"n-bms\"");

	systems_of(known, &w);
	assert_int_equal(strncmp(asked[0], "n-bms {", 7), 0);
	free(known);
	/* nobody may: located, with its mend */
	known = pb_in(more, "ward-off", "no system");
	ward_wr_reset(&w);
	systems_of(known, &w);
	assert_non_null(strstr((const char *)w.p,
		"/commands: no system of actuators.yml may do this: 'no system "
		"__asset__:value'"));
	free(known);
	/* nor what is done to nothing, or what no text can be */
	known = pb_in(more, "{\"thing\": \"__asset__\"}", "{}");
	ward_wr_reset(&w);
	systems_of(known, &w);
	assert_non_null(strstr((const char *)w.p, "is done to one thing, and none is named"));
	free(known);
	known = pb_in(more, "\"content_b64\": \"ey", "\"content_b64\": \"//");
	ward_wr_reset(&w);
	systems_of(known, &w);
	assert_non_null(strstr((const char *)w.p,
		"no system of actuators.yml may do this: 'POST /.well-known/openc2'"));
	free(known);
	free(more);
	ward_wr_fini(&w);
}

struct sheet {
	struct ward_wr w;
};

static void line(void *ctx, const struct ward_playbook_line *l)
{
	struct sheet *s = ctx;

	for (unsigned i = 0; i < l->depth; i++)
		ward_wr_z(&s->w, "\t");
	if (l->number)
		ward_wr_printf(&s->w, "%u. ", l->number);
	ward_wr_str(&s->w, l->text);
	ward_wr_ch(&s->w, '\n');
}

static void sheet(void **state)
{
	(void)state;
	struct sheet s = {ward_wr_grow(ward_mem_heap(), 1 << 16)};
	struct pb_lab l;

	pb_load(&l);
	const struct ward_playbook_sheet how = {.others = &l.all, .line = line, .ctx = &s};

	assert_int_equal(ward_playbook_tell(l.item[0], &how), WARD_OK);
	ward_wr_u8(&s.w, 0);
	assert_string_equal((const char *)s.w.p,
		"1. Engineer: Look at [place].\n"
		"Time limit: 10 min.\n"
		"To answer: Does it burn?\n"
		"To answer: Once more?\n"
		"If nobody does it in time, go on all the same.\n"
		"2. [fire] = true\n"
		"If so:\n"
		"\t3. At the same time:\n"
		"\t\t4. Engineer: Call.\n"
		"\t\tEngineer: Wait.\n"
		"\t\tBegin after 1 min.\n"
		"\t\tTime limit: 10 min.\n"
		"\tAnd at the same time:\n"
		"\t\t5. engineer must agree; then Ward proposes this (http-api), which people "
		"approve: POST /[place]\n"
		"\t\tTime limit: 10 min.\n"
		"6. [again] = 'true'\n"
		"As long as it is so:\n"
		"\t7. Engineer: Look again.\n"
		"\tTime limit: 10 min.\n"
		"\tTo answer: Once more?\n"
		"8. [kind]\n"
		"a:\n"
		"\tNothing more to do.\n"
		"Otherwise:\n"
		"\tNothing more to do.\n"
		"9. Do the playbook: Nested\n"
		"Time limit: 15 min.\n"
		"End.\n"
		"If a step fails and says nothing of it, all else stops and:\n"
		"10. Engineer: Tell everybody.\n"
		"Time limit: 10 min.\n"
		"End.\n");
	ward_wr_fini(&s.w);
	pb_fini(&l);
}

/* The cards that are shipped: three countries, every role that a playbook of ours asks. */
static void countries(void **state)
{
	(void)state;
	static const char *const codes[] = {"FR", "IT", "NL"};
	static const char *const roles[] = {"crisis-manager", "medical-director", "nurse-in-charge",
		"theatre-coordinator", "pharmacist", "biomedical-engineer", "it-on-call",
		"facility-engineer", "security-guard", "fire-officer", "telephone-operator"};
	struct ward_playbook_country c;
	struct ward_arena a;
	char path[4096];
	struct pb_lab l;

	pb_init(&l);
	ward_arena_init(&a, ward_mem_heap(), 1 << 22);
	(void)snprintf(path, sizeof(path), "%s/content/playbooks/countries.yml",
		getenv("WARD_SOURCE_ROOT"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++) {
		assert_int_equal(
			ward_playbook_country(&a, &l.lim, path, ward_str_z(codes[i]), &l.d, &c),
			WARD_OK);
		for (size_t k = 0; k < WARD_PLAYBOOK_LEVELS; k++)
			assert_true(c.level[k].len > 0);
		for (size_t k = 0; k < WARD_ARRAY_LEN(roles); k++)
			assert_non_null(ward_playbook_card(&c, ward_str_z(roles[k])));
	}
	assert_int_equal(ward_playbook_country(&a, &l.lim, path, WARD_STR("XX"), &l.d, &c),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(l.d.n, 0);
	ward_arena_fini(&a);
	pb_fini(&l);
}

/* Every mistake in such a file is told with its line. */
static void country_mistakes(void **state)
{
	(void)state;
	static const char text[] = "countries:\n"
				   "  - {code: IT, levels: [a, b], roles: []}\n"
				   "  - code: FR\n"
				   "    levels: [a, b, c]\n"
				   "    roles:\n"
				   "      - {role: x, title: T, first: F}\n"
				   "      - {role: x, title: T, first: F}\n"
				   "      - {role: y, title: T}\n"
				   "  - {code: NL, levels: [a, b, c], cards: []}\n";
	char path[] = "/tmp/ward-countries-XXXXXX";
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_playbook_country c;
	struct ward_arena a;
	struct pb_lab l;
	int fd = mkstemp(path);

	assert_true(fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
	assert_int_equal(close(fd), 0);
	pb_init(&l);
	ward_arena_init(&a, ward_mem_heap(), 1 << 22);
	assert_int_equal(
		ward_playbook_country(&a, &l.lim, path, WARD_STR("IT"), &l.d, &c), WARD_ERR_CONFIG);
	ward_diag_sort(&l.d);
	ward_diag_write_text(&l.d, &w);
	ward_wr_u8(&w, 0);
	static const char *const says[] = {":2: error: no three levels", ":7: error: a second card",
		":8: error: ", "'first'", ":9: error: ", "'cards'"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(says); i++)
		if (!strstr((const char *)w.p, says[i]))
			fail_msg("'%s' is not in:\n%s", says[i], (const char *)w.p);
	assert_int_equal(unlink(path), 0);
	ward_arena_fini(&a);
	ward_wr_fini(&w);
	pb_fini(&l);
}

/* What is of another kind is never taken for nothing. */
static void country_kinds(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} kinds[] = {
		{"countries: 3\n", ":1: error: no list of countries"},
		{"[]\n", ":1: error: no list of countries"},
		{"countries: {a: b}\n", ":1: error: no list of countries"},
		{"countries:\n  - x\n", ":2: error: a country is no map"},
		{"countries:\n  - {code: IT, levels: {a: b, c: d, e: f}}\n",
			":2: error: no three levels"},
		{"countries:\n  - {code: IT, levels: [a, [b], c]}\n",
			":2: error: a level is no text"},
		{"countries:\n  - {code: IT, levels: [a, b, c], roles: 3}\n",
			":2: error: roles is no list"},
		{"countries:\n  - {code: IT, levels: [a, b, c], roles: [x]}\n",
			":2: error: a card is no map"},
		{"countries: []\n---\na: b\n", ": error: a second document"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++) {
		char path[] = "/tmp/ward-countries-XXXXXX";
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		struct ward_playbook_country c;
		size_t len = strlen(kinds[i].text);
		struct ward_arena a;
		struct pb_lab l;
		int fd = mkstemp(path);

		assert_true(fd >= 0 && write(fd, kinds[i].text, len) == (ssize_t)len);
		assert_int_equal(close(fd), 0);
		pb_init(&l);
		ward_arena_init(&a, ward_mem_heap(), 1 << 22);
		assert_int_equal(ward_playbook_country(&a, &l.lim, path, WARD_STR("IT"), &l.d, &c),
			WARD_ERR_CONFIG);
		ward_diag_write_text(&l.d, &w);
		ward_wr_u8(&w, 0);
		if (!strstr((const char *)w.p, kinds[i].says))
			fail_msg("'%s' is not in:\n%s", kinds[i].says, (const char *)w.p);
		assert_int_equal(unlink(path), 0);
		ward_arena_fini(&a);
		ward_wr_fini(&w);
		pb_fini(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(findings), cmocka_unit_test(systems),
		cmocka_unit_test(acts), cmocka_unit_test(sheet), cmocka_unit_test(countries),
		cmocka_unit_test(country_mistakes), cmocka_unit_test(country_kinds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
