#include "event/json.h"
#include "sense/log/log.h"
#include "sense/log/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_log_patterns *p;
	char out[4096], findings[8192];
};

static struct lab *begin(void)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(
		ward_log_patterns_new(&l->names, &l->lim, ward_mem_heap(), &l->p), WARD_OK);
	return l;
}

static void end(struct lab *l)
{
	ward_log_patterns_free(l->p);
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
	ward_diag_fini(&l->diag);
	free(l);
}

static enum ward_err load(struct lab *l, const char *text)
{
	return ward_log_patterns_parse(
		l->p, WARD_STR("f.yml"), ward_str_bytes(ward_str_z(text)), &l->diag);
}

static const char *findings(struct lab *l)
{
	struct ward_wr w = ward_wr_fixed(l->findings, sizeof(l->findings) - 1);

	ward_diag_sort(&l->diag);
	ward_diag_write_text(&l->diag, &w);
	l->findings[w.len] = 0;
	return l->findings;
}

/* The class and the fields as "class field=value …", or "" when no pattern fits. */
static const char *line(struct lab *l, const char *app, const char *text)
{
	struct ward_wr w = ward_wr_fixed(l->out, sizeof(l->out) - 1);
	struct ward_event e;
	ward_ns time = 0;
	bool fits;

	ward_arena_reset(&l->arena);
	ward_event_init(&e, &l->arena);
	assert_int_equal(
		ward_log_patterns_line(l->p, ward_str_z(app), ward_str_z(text), &e, &time, &fits),
		WARD_OK);
	if (fits)
		ward_wr_str(&w, ward_name_text(&l->names, e.class));
	for (size_t i = 0; fits && i < e.n_field; i++) {
		const struct ward_value *v = &e.field[i].v;

		if (e.field[i].name == WARD_FIELD_LOG_PATTERN)
			continue;
		ward_wr_printf(
			&w, " %.*s=", WARD_STR_ARG(ward_name_text(&l->names, e.field[i].name)));
		if (v->kind == WARD_VALUE_INT)
			ward_wr_printf(&w, "%lld", (long long)v->i);
		else if (v->kind == WARD_VALUE_BOOL)
			ward_wr_z(&w, v->b ? "true" : "false");
		else
			ward_wr_str(&w, v->s);
	}
	if (fits && time)
		ward_wr_printf(&w, " @%lld", (long long)(time / WARD_NS_PER_S));
	l->out[w.len] = 0;
	return l->out;
}

#define HEAD "name: s\nclass: log.x\npatterns:\n"
#define ONE(shape) \
	HEAD "- id: a\n  line: '" shape "'\n  tests: [{not: zzz}, {line: q, fields: {}}]\n"

/* A shape against lines; "" where it must not match. The test beside it fails: that is no matter
 * here, what is right is in the set nevertheless. */
static const struct {
	const char *shape, *text, *want;
} shapes[] = {
	{"a {f:word} b", "a x b", "log.x f=x"},
	{"a {f:word} b", "a x y b", ""},
	{"a {f:word}, b", "a x, b", "log.x f=x"},
	{"a {f:text} b", "a x y b", "log.x f=x y"},
	{"a {f:text} b", "a x b y b", ""},
	{"a {f:long} b", "a x b y b", "log.x f=x b y"},
	{"a {f:rest}", "a", ""},
	{"a{f:rest}", "a", "log.x"},
	{"a {f:int}", "a -7", "log.x f=-7"},
	{"a {f:int}", "a -", "log.x"},
	{"a {f:int}", "a x", ""},
	{"a {f:int}", "a 007", "log.x f=007"},
	{"a {f:num}", "a 1.50", "log.x f=1.50"},
	{"a {src_ip:ip}", "a 192.0.2.7", "log.x src_ip=192.0.2.7"},
	{"a {src_ip:ip}", "a 192.0.2.256", ""},
	{"a {src_ip:ip}", "a 192.0.2.7.example.net", ""},
	{"a {src_ip:ip}.", "a 192.0.2.7.", "log.x src_ip=192.0.2.7"},
	{"a {src_ip:ip}:{src_port:port}", "a 192.0.2.7:80", "log.x src_ip=192.0.2.7 src_port=80"},
	{"a {src_ip:ip}", "a 2001:db8::7", "log.x src_ip=2001:db8::7"},
	{"a {src_ip:ip}", "a ::ffff:192.0.2.7", "log.x src_ip=192.0.2.7"},
	{"a {src_ip:ip}", "a fe80::1%eth0", "log.x src_ip=fe80::1"},
	{"a {src_ip:ip}: x", "a 2001:db8::7: x", "log.x src_ip=2001:db8::7"},
	{"a {src_ip:host}", "a pc.example.net", "log.x src_host=pc.example.net"},
	{"a {src_ip:host}", "a 192.0.2.7", "log.x src_ip=192.0.2.7"},
	{"a {src_ip:host}", "a 5.36.59.76.pool.example.net",
		"log.x src_host=5.36.59.76.pool.example.net"},
	{"a {src_mac:mac}", "a AA-BB-cc-dd-ee-ff", "log.x src_mac=aa:bb:cc:dd:ee:ff"},
	{"a {src_mac:mac}", "a 0011.2233.4455", "log.x src_mac=00:11:22:33:44:55"},
	{"a {src_mac:mac}", "a 00:11:22:33:44", ""},
	{"a {src_port:port}", "a 65535", "log.x src_port=65535"},
	{"a {src_port:port}", "a 65536", ""},
	{"a {proto:proto}", "a 6", "log.x proto=tcp"},
	{"a {proto:proto}", "a UDP", "log.x proto=udp"},
	{"a {proto:proto}", "a 47", "log.x proto=47"},
	{"a {f:quoted} b", "a \"x \\\"y\\\" z\" b", "log.x f=x \"y\" z"},
	{"a {f:quoted}", "a \"x", ""},
	{"{sp}a{sp}{f:word}", "   a\t x", "log.x f=x"},
	{"a {{b}} {f:word}", "a {b}} x", "log.x f=x"},
	{"{time:time} {f:word}", "2026-01-15 10:11:12,5 x", "log.x f=x @1768471872"},
	{"{time:time} {f:word}", "15/Jan/2026:11:11:12 +0100 x", "log.x f=x @1768471872"},
	{"{time:time} {f:word}", "Thu Jan 15 10:11:12 2026 x", "log.x f=x @1768471872"},
	{"{time:time} {f:word}", "Thu Jan  5 10:11:12 2026 x", "log.x f=x @1767607872"},
	{"{time:time} {f:word}", "2026-01-15T10:11:12Z x", "log.x f=x @1768471872"},
	{"{time:time} {f:word}", "1768471872.5 x", "log.x f=x @1768471872"},
	{"{time:time} {f:word}", "2026-13-15 10:11:12 x", ""},
	{"{time:time} {f:word}", "yesterday x", ""},
};

static void shapes_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(shapes); i++) {
		struct lab *l = begin();
		char text[512];

		(void)snprintf(text, sizeof(text), ONE("%s"), shapes[i].shape);
		assert_int_equal(load(l, text), WARD_ERR_CONFIG);
		assert_non_null(strstr(findings(l), "does not match"));
		if (strcmp(line(l, "", shapes[i].text), shapes[i].want) != 0)
			fail_msg("%s on %s: %s", shapes[i].shape, shapes[i].text, l->out);
		end(l);
	}
}

/* What is wrong is told with its line and a mend, and the rest is loaded. */
static const struct {
	const char *text, *line, *what;
} wrong[] = {
	{"name: s\n", "f.yml:1:", "needs 'patterns'"},
	{HEAD "- line: x\n  tests: []\n", "f.yml:4:", "'id' is missing"},
	{HEAD "- id: a\n  line: 'x {f:nothing}'\n  tests: []\n", "f.yml:5:", "no such type"},
	{HEAD "- id: a\n  line: 'x {f:word'\n  tests: []\n", "f.yml:5:", "without '}'"},
	{HEAD "- id: a\n  line: 'x {a:text}{b:text}'\n  tests: []\n", "f.yml:5:", "followed by"},
	{HEAD "- id: a\n  line: 'x {rest} y'\n  tests: []\n", "f.yml:5:", "nothing may follow"},
	{HEAD "- id: a\n  line: 'x {ward.zone:word}'\n  tests: []\n",
		"f.yml:5:", "no pattern may give"},
	{HEAD "- id: a\n  line: 'x {message:word}'\n  tests: []\n",
		"f.yml:5:", "no pattern may give"},
	{HEAD "- id: a\n  line: 'x {login_user:word}'\n  tests: []\n",
		"f.yml:5:", "may name a person"},
	{HEAD "- id: a\n  line: 'x {card_number:word}'\n  tests: []\n",
		"f.yml:5:", "may name a person"},
	{HEAD "- id: a\n  line: 'x {src:host}'\n  tests: []\n", "f.yml:5:", "must end in _ip"},
	{HEAD "- id: a\n  line: x\n  class: net.flow\n  tests: []\n",
		"f.yml:6:", "may give this class"},
	{HEAD "- id: a\n  line: x\n  class: ward.loss\n  tests: []\n",
		"f.yml:6:", "may give this class"},
	{HEAD "- id: a\n  line: x\n  colour: red\n  tests: []\n", "f.yml:6:", "colour"},
	{HEAD "- id: a\n  line: x\n", "f.yml:4:", "without tests"},
	{HEAD "- id: a\n  line: x\n  tests: [{not: y}]\n", "f.yml:6:", "no test has a line"},
	{HEAD "- id: a\n  line: 'x {f:word}'\n  tests: [{line: x y, fields: {f: z}}]\n",
		"f.yml:6:", "the field's value is 'y'"},
	{HEAD "- id: a\n  line: 'x {f:word}'\n  tests: [{line: x y, fields: {}}]\n",
		"f.yml:6:", "does not name the field 'f'"},
	{HEAD "- id: a\n  line: x\n  tests: [{line: x, fields: {g: 1}}]\n",
		"f.yml:6:", "no field 'g'"},
	{HEAD "- id: a\n  line: x\n  tests: [{line: x}, {not: x}]\n", "f.yml:6:", "must not match"},
	{HEAD "- id: a\n  line: x\n  tests: [{line: x, class: log.y}]\n",
		"f.yml:6:", "class is 'log.x'"},
	{HEAD "- id: a\n  line: x\n  tests: [{line: x}]\n- id: b\n  line: x\n  tests: [{line: "
	      "x}]\n",
		"f.yml:9:", "another pattern's"},
	{HEAD "- id: a\n  line: 'x {csv}'\n  separator: ab\n  tests: []\n",
		"f.yml:4:", "one character"},
	{HEAD "- id: a\n  line: x\n  cases: [{class: log.y}]\n  tests: []\n",
		"f.yml:6:", "needs 'when'"},
};

static void wrong_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		struct lab *l = begin();

		assert_int_equal(load(l, wrong[i].text), WARD_ERR_CONFIG);
		if (!strstr(findings(l), wrong[i].what) || !strstr(l->findings, wrong[i].line) ||
			!strstr(l->findings, "mend:"))
			fail_msg("%s\ngave %s", wrong[i].text, l->findings);
		end(l);
	}
}

static void many_loose_are_refused(void **state)
{
	struct lab *l = begin();
	char *text = malloc(65536);
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	n += (size_t)snprintf(text, 65536, HEAD "- id: a\n  tests: [{line: x}]\n  line:\n");
	for (int i = 0; i < 70; i++)
		n += (size_t)snprintf(text + n, 65536 - n, "  - '{f:word} x%d'\n", i);
	assert_int_equal(load(l, text), WARD_ERR_CONFIG);
	assert_non_null(strstr(findings(l), "begin with a value"));
	free(text);
	end(l);
}

static const char source[] =
	"name: s\napp: [prog, 'fix*']\nclass: log.x\n"
	"fields: {u: user, n: 'n:int', r: outcome, p: 'src_port:port'}\n"
	"values: {outcome: {'0': ok, '*': failed}, n: {7: seven}}\n"
	"set: {service: prog}\n"
	"cases:\n- {when: {outcome: failed, user: '*'}, class: host.login, set: {login.outcome: "
	"failed}}\n"
	"patterns:\n"
	"- id: pairs\n  line: 'R {kv}'\n  tests:\n"
	"  - {line: R u=a r=0, fields: {user: a, outcome: ok}}\n"
	"- id: general\n  line: 'Login {rest}'\n  tests: [{line: Login x}]\n"
	"- id: special\n  line: 'Login failed for {user:rest}'\n  set: {service: other}\n  tests:\n"
	"  - {line: Login failed for b, fields: {user: b}}\n";

static void pairs_become_fields(void **state)
{
	struct lab *l = begin();

	(void)state;
	if (load(l, source) != WARD_OK)
		fail_msg("%s", findings(l));
	assert_string_equal(
		line(l, "prog", "R u=a r=0 unknown=x"), "log.x user=a outcome=ok service=prog");
	assert_string_equal(line(l, "PROG", "R u=a r=5"),
		"host.login user=a outcome=failed login.outcome=failed service=prog");
	assert_string_equal(
		line(l, "prog", "R r=5 n=x p=70000"), "log.x outcome=failed service=prog");
	assert_string_equal(
		line(l, "prog", "R n=7 p=80"), "log.x n=seven src_port=80 service=prog");
	/* The longest literal decides, whatever stands first. */
	assert_string_equal(line(l, "prog", "Login failed for b"), "log.x user=b service=other");
	assert_string_equal(line(l, "fixture", "Login x"), "log.x service=prog");
	assert_string_equal(line(l, "program", "Login x"), "");
	assert_string_equal(line(l, "", "Login x"), "");
	assert_int_equal(ward_log_patterns_n(l->p), 3);
	assert_int_equal(ward_log_patterns_tests(l->p), 3);
	end(l);
}

static void later_comes_first(void **state)
{
	struct lab *l = begin();

	(void)state;
	assert_int_equal(load(l, source), WARD_OK);
	assert_int_equal(load(l, "name: own\napp: prog\nclass: log.own\npatterns:\n- id: a\n"
				 "  line: 'Login failed for {target_user:rest}'\n  tests:\n"
				 "  - {line: Login failed for b, fields: {target_user: b}}\n"),
		WARD_OK);
	assert_string_equal(line(l, "prog", "Login failed for b"), "log.own target_user=b");
	end(l);
}

/* Each allocation fails once: the set says so and is still whole. */
static void survives_no_memory(void **state)
{
	(void)state;
	for (uint64_t at = 1; at < 200; at++) {
		struct ward_mem_failing mem;
		struct ward_limits lim;
		struct ward_names names;
		struct ward_diag diag;
		struct ward_log_patterns *p = NULL;

		ward_mem_failing_init(&mem, at);
		ward_limits_default(&lim);
		ward_diag_init(&diag, ward_mem_heap());
		assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
		enum ward_err err = ward_log_patterns_new(&names, &lim, &mem.mem, &p);

		if (!err)
			err = ward_log_patterns_parse(
				p, WARD_STR("f.yml"), ward_str_bytes(ward_str_z(source)), &diag);
		ward_log_patterns_free(p);
		ward_names_fini(&names);
		ward_diag_fini(&diag);
		if (!err)
			return;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	fail_msg("never succeeded");
}

static void shipped_pass_their_tests(void **state)
{
	struct lab *l = begin();
	const char *root = getenv("WARD_SOURCE_ROOT");
	char dir[4096];

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/content/log-patterns", root ? root : ".");
	if (ward_log_patterns_load(l->p, dir, &l->diag) != WARD_OK)
		fail_msg("%s: %s", dir, findings(l));
	assert_true(ward_log_patterns_n(l->p) > 200);
	assert_true(ward_log_patterns_tests(l->p) >= ward_log_patterns_n(l->p));
	/* A name that holds what follows names: the address is the one that sshd wrote. */
	assert_string_equal(line(l, "sshd",
				    "Failed password for invalid user a from 10.0.0.1 port 1 ssh2 "
				    "from 198.51.100.9 port 42 ssh2"),
		"host.login login.method=password user=a from 10.0.0.1 port 1 ssh2 "
		"src_ip=198.51.100.9 src_port=42 login.outcome=failed reason=unknown_user "
		"service=ssh");
	assert_int_equal(
		ward_log_patterns_load(l->p, "/no/such/directory", &l->diag), WARD_ERR_NOT_FOUND);
	end(l);
}

static const char *root_of(const char *folder)
{
	static char dir[4096];
	const char *root = getenv("WARD_SOURCE_ROOT");

	(void)snprintf(dir, sizeof(dir), "%s/%s", root ? root : ".", folder);
	return dir;
}

static void set(struct lab *l, struct ward_event *e, const char *name, const char *value)
{
	if (value)
		assert_int_equal(ward_event_set(e, ward_name(&l->names, ward_str_z(name)),
					 ward_value_str(ward_str_z(value))),
			WARD_OK);
}

/* A call to pagers: what a pattern takes of its words, and its other fields in `when`. */
static void calls_count_too(void **state)
{
	static const struct {
		const char *message, *type, *class, *state;
	} row[] = {{"BMA FEUER Melder 3", "standard", "fire.alarm", "alarm"},
		{"BMA FEUER Melder 3", "reset", "fire.alarm", "normal"},
		{"Panic alarm desk 2", "reset", "call.duress", "normal"},
		{"BABY ALARM exit 2 tag 117", "standard", "call.newborn", "exit"},
		{"BABY ALARM exit 2 tag 117", "reset", "call.newborn", "normal"},
		{"DWAALALARM hoofdingang", "reset", "call.wander", "normal"},
		{"Zimmer 12 Ruf", "standard", "call.page", ""},
		{NULL, "standard", "call.page", ""}};
	struct lab *l = begin();

	(void)state;
	assert_int_equal(
		ward_log_patterns_load(l->p, root_of("content/log-patterns"), &l->diag), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_event e;

		ward_arena_reset(&l->arena);
		ward_event_init(&e, &l->arena);
		e.time = 7;
		e.class = ward_name(&l->names, WARD_STR("call.page"));
		set(l, &e, "app", "espa");
		set(l, &e, "message", row[i].message);
		set(l, &e, "espa.type", row[i].type);
		assert_int_equal(ward_log_patterns_call(l->p, &e), WARD_OK);
		if (!ward_str_eqz(ward_name_text(&l->names, e.class), row[i].class) ||
			!ward_str_eqz(ward_event_str(&e, WARD_FIELD_STATE), row[i].state) ||
			e.time != 7)
			fail_msg("row %zu", i);
	}
	end(l);
}

/* Topics of ONVIF: the table knows those that matter, tells changes from states, and leaves what is
 * unknown to be seen as such. */
static void topics_are_known(void **state)
{
	static const struct {
		const char *topic, *operation, *value, *class, *state;
	} row[] = {
		{"Door/State/DoorPhysicalState", "Changed", "Open", "door.opened", ""},
		{"Door/State/DoorPhysicalState", "Changed", "Closed", "door.closed", ""},
		{"Door/State/DoorPhysicalState", "Initialized", "Open", "log.device", ""},
		{"Door/State/DoorAlarm", "Initialized", "DoorForcedOpen", "door.forced", ""},
		{"Door/State/DoorAlarm", "Changed", "DoorOpenTooLong", "door.held", ""},
		{"Door/State/DoorAlarm", "Changed", "Normal", "log.device", ""},
		{"Door/State/DoorTamper", "Changed", "TamperDetected", "door.tamper", "on"},
		{"Door/State/DoorTamper", "Changed", "NotInTamper", "door.tamper", "off"},
		{"Door/State/DoorTamper", "Initialized", "NotInTamper", "log.device", ""},
		{"Door/State/DoorFault", "Changed", "FaultDetected", "door.fault", "on"},
		{"AccessControl/AccessGranted/Credential", NULL, NULL, "door.granted", ""},
		{"AccessControl/Denied/Credential", NULL, NULL, "door.denied", ""},
		{"AccessControl/AccessNotTaken/Anonymous", NULL, NULL, "door.not_taken", ""},
		{"AccessControl/AccessTaken/Credential", NULL, NULL, "log.device", ""},
		{"AccessControl/Duress", NULL, NULL, "call.duress", "alarm"},
		{"VideoSource/SignalLoss", "Changed", "true", "video.tamper", "on"},
		{"VideoSource/SignalLoss", "Initialized", "false", "log.device", ""},
		{"VideoSource/ImageTooBlurry/ImagingService", "Changed", "1",
			"video.tamper.defocused", "on"},
		{"VideoSource/ImageTooDark/AnalyticsService", "Changed", "true",
			"video.tamper.black", "on"},
		{"VideoSource/GlobalSceneChange/ImagingService", "Changed", "true",
			"video.tamper.moved", "on"},
		{"VideoSource/MotionAlarm", "Changed", "true", "log.device", ""},
		{"RuleEngine/LineDetector/Crossed", NULL, NULL, "video.line_crossed", ""},
		{"RuleEngine/LoiteringDetector/ObjectIsLoitering", NULL, NULL, "video.loiter", ""},
		{"RuleEngine/ObjectAbandoned", NULL, NULL, "video.object_left", ""},
		{"RuleEngine/CellMotionDetector/Motion", "Changed", NULL, "log.device", ""},
		{"Device/Sensor/Temperature/High", "Changed", "true", "env.temperature", "high"},
		{"Device/HardwareFailure/StorageFailure", "Changed", NULL, "log.device", ""},
		{"Device/SecurityPolicy/AuthFailed", NULL, NULL, "host.login", ""},
		{"Device/Trigger/DigitalInput", "Changed", NULL, "log.device", ""},
		{"acme:Coffee/Ready", "Changed", "true", "log.onvif", ""},
	};
	struct lab *l = begin();

	(void)state;
	assert_int_equal(
		ward_log_patterns_load(l->p, root_of("content/log-patterns"), &l->diag), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_event e;
		ward_ns time;
		bool known;

		ward_arena_reset(&l->arena);
		ward_event_init(&e, &l->arena);
		set(l, &e, "onvif.topic", row[i].topic);
		set(l, &e, "onvif.operation", row[i].operation);
		set(l, &e, "onvif.State", row[i].value);
		assert_int_equal(ward_log_patterns_json(l->p, &e, &time, &known), WARD_OK);
		if (!known || !ward_str_eqz(ward_name_text(&l->names, e.class), row[i].class) ||
			!ward_str_eqz(ward_event_str(&e, WARD_FIELD_STATE), row[i].state))
			fail_msg("%s: %.*s %.*s", row[i].topic,
				WARD_STR_ARG(ward_name_text(&l->names, e.class)),
				WARD_STR_ARG(ward_event_str(&e, WARD_FIELD_STATE)));
	}
	end(l);
}

/* The same for a JSON record. */
static const char *record(struct lab *l, const char *text)
{
	struct ward_wr w = ward_wr_fixed(l->out, sizeof(l->out) - 1);
	struct ward_json_reader r;
	struct ward_event e;
	ward_ns time;
	bool fits;

	ward_arena_reset(&l->arena);
	assert_int_equal(ward_json_reader_init(&r, &l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(ward_json_read_event(&r, ward_str_z(text), &l->arena, &e), WARD_OK);
	assert_int_equal(ward_log_patterns_json(l->p, &e, &time, &fits), WARD_OK);
	for (size_t i = 0; fits && i < e.n_field; i++) {
		const struct ward_value *v = &e.field[i].v;

		if (e.field[i].name == WARD_FIELD_LOG_PATTERN)
			continue;
		ward_wr_printf(
			&w, "%.*s=", WARD_STR_ARG(ward_name_text(&l->names, e.field[i].name)));
		if (v->kind == WARD_VALUE_INT)
			ward_wr_printf(&w, "%lld ", (long long)v->i);
		else if (v->kind == WARD_VALUE_LIST)
			ward_wr_printf(&w, "[%zu] ", (size_t)v->n);
		else
			ward_wr_printf(&w, "%.*s ", WARD_STR_ARG(v->s));
	}
	if (fits && time)
		ward_wr_printf(&w, "@%lld", (long long)(time / WARD_NS_PER_S));
	ward_json_reader_fini(&r);
	l->out[w.len] = 0;
	return l->out;
}

/* Members of JSON: dropped, first of a list, times, a field for another, ranges. */
static void members_become_fields(void **state)
{
	struct lab *l = begin();
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"{\"k\":1,\"a\":5}", "k=1 sev=5 level=mid "},
		{"{\"k\":1,\"a\":\"3.9\"}", "k=1 sev=3.9 level=low "},
		{"{\"k\":1,\"a\":7.5}", "k=1 sev=7.5 level=7.5 "},
		{"{\"k\":1,\"a\":\"bad\"}", "k=1 sev=bad level=top "},
		{"{\"k\":1,\"a\":null}", "k=1 "},
		{"{\"k\":1,\"secret\":\"x\",\"other\":\"y\"}", "k=1 other=y "},
		{"{\"k\":1,\"b\":[\"h1\",\"h2\"]}", "k=1 hosts=[2] host=h1 "},
		{"{\"k\":1,\"b\":\"h1\"}", "k=1 hosts=h1 host=h1 "},
		{"{\"k\":1,\"b\":[\"\",\"a@b\",\"h2\"]}", "k=1 hosts=[3] host=h2 "},
		/* an account that stands where a host's name should stays nowhere */
		{"{\"k\":1,\"c\":\"rossi@x\"}", "k=1 "},
		{"{\"k\":1,\"c\":\"ws-1\"}", "k=1 hosts=ws-1 host=ws-1 "},
		{"{\"k\":1,\"d\":[\"-\",\"10.0.0.1\",\"10.0.0.2\"]}", "k=1 src_ip=10.0.0.1 "},
		{"{\"k\":1,\"t\":1768471200000}", "k=1 made=2026-01-15T10:00:00Z @1768471200"},
		{"{\"k\":1,\"t\":\"2026-01-15T11:00:00.5+01:00\"}",
			"k=1 made=2026-01-15T10:00:00.5Z @1768471200"},
		{"{\"k\":1,\"t\":0}", "k=1 t=0 "},
		{"{\"k\":1,\"t\":\"2026-01-15T10:00:00Z\",\"u\":\"2026-01-15T10:00:01Z\"}",
			"k=1 made=2026-01-15T10:00:00Z changed=2026-01-15T10:00:01Z @1768471201"},
		{"{\"k\":1,\"who\":[\"rossi\",\"conti\"],\"whom\":\"greco\"}", "k=1 user=rossi "},
		{"{\"a\":5}", ""},
	};

	(void)state;
	(void)load(l,
		"name: s\nclass: log.x\n"
		"fields: {a: sev, b: hosts, c: 'hosts:hostname', d: 'src_ip:ip', t: 'made:time',\n"
		"  u: 'changed:time', who: 'user:long', whom: user, secret: '-'}\n"
		"also: {sev: level, hosts: 'host:hostname'}\n"
		"time: [changed, made]\n"
		"values: {level: {'0..3': low, '4..6': mid, bad: top}}\n"
		"patterns:\n- id: a\n  json: [k]\n"
		"  tests: [{line: '{\"k\":1}', fields: {}}]\n");
	assert_string_equal(findings(l), "");
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++)
		assert_string_equal(record(l, cases[i].in), cases[i].want);
	end(l);
}

static void wrong_members(void **state)
{
	struct lab *l = begin();

	(void)state;
	assert_int_equal(load(l, "name: s\nclass: log.x\nalso: [a]\ntime: [ward.x]\n"
				 "fields: {a: 'x:clock'}\npatterns:\n- id: a\n  json: [k]\n"
				 "  tests: [{line: '{\"k\":1}', fields: {}}]\n"),
		WARD_ERR_CONFIG);
	assert_non_null(strstr(findings(l), "f.yml:3: error: 'also' must be a map"));
	assert_non_null(
		strstr(l->findings, "f.yml:4: error: no pattern may give the field 'ward.x'"));
	assert_non_null(
		strstr(l->findings, "f.yml:5: error: there is no such type of a value: 'clock'"));
	end(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_match),
		cmocka_unit_test(wrong_is_told),
		cmocka_unit_test(many_loose_are_refused),
		cmocka_unit_test(pairs_become_fields),
		cmocka_unit_test(members_become_fields),
		cmocka_unit_test(wrong_members),
		cmocka_unit_test(later_comes_first),
		cmocka_unit_test(survives_no_memory),
		cmocka_unit_test(shipped_pass_their_tests),
		cmocka_unit_test(calls_count_too),
		cmocka_unit_test(topics_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
