#include "../model/lab.h"
#include "respond/recipients.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

struct fix {
	struct lab lab;
	struct ward_recipients r;
};

static enum ward_err load(struct fix *x, const char *text)
{
	memset(x, 0, sizeof(*x));
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml",
				 "roles:\n- {id: guard, name: Guard}\n"),
		WARD_OK);
	const struct ward_recipients_in in = {
		x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d, NULL};

	return ward_recipients_read(
		&in, WARD_STR("recipients.yml"), ward_str_bytes(ward_str_z(text)), &x->r);
}

static void done(struct fix *x)
{
	ward_recipients_free(&x->r);
	lab_free(&x->lab);
}

static void test_good(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "recipients:\n"
				  "  - id: soc\n    webhook: https://soc.example/w\n"
				  "    secret_file: s\n"
				  "  - {id: fire, name: Fire desk, webhook: 'http://127.0.0.1:1/', "
				  "secret_file: f, certificate: c.pem, language: it, level: low, "
				  "kinds: [physical, hybrid], places: z-in, threats: [outage, "
				  "bms.command], services: surgery, exercise: true, "
				  "roles: [guard], person: anna}\n"),
		WARD_OK);
	assert_int_equal(x.r.n, 2);
	assert_int_equal(x.r.r[0].channel, WARD_CHANNEL_WEBHOOK);
	assert_string_equal(ward_channel_name(x.r.r[0].channel), "webhook");
	assert_string_equal(ward_channel_program(x.r.r[0].channel), "send");
	assert_true(ward_str_eqz(x.r.r[0].name, "soc"));
	assert_int_equal(x.r.r[0].level, 2);
	assert_int_equal(x.r.r[0].kinds, WARD_KINDS);
	assert_int_equal(x.r.r[0].n_place, 0);
	assert_false(x.r.r[0].exercise);
	assert_int_equal(x.r.r[1].level, 1);
	assert_int_equal(x.r.r[1].kinds, WARD_KIND_PHYSICAL | WARD_KIND_HYBRID);
	assert_int_equal(x.r.r[1].n_place, 1);
	assert_int_equal(x.r.r[1].place[0], lab_node(&x.lab, "z-in"));
	assert_true(x.r.r[1].exercise);
	assert_int_equal(x.r.r[0].n_threat + x.r.r[0].n_service, 0);
	assert_int_equal(x.r.r[1].n_threat, 2);
	assert_true(ward_str_eqz(x.r.r[1].threat[1], "bms.command"));
	assert_int_equal(x.r.r[1].n_service, 1);
	assert_true(ward_str_eqz(x.r.r[1].service[0], "surgery"));
	assert_true(x.r.r[1].bounded);
	assert_int_equal(x.r.r[1].n_role, 1);
	assert_int_equal(x.r.r[1].role[0], lab_node(&x.lab, "guard"));
	assert_true(ward_str_eqz(x.r.r[1].person, "anna"));
	done(&x);
}

static void test_available(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(
		load(&x, "recipients:\n"
			 "  - {id: a, webhook: 'https://a/', secret_file: s, sends: have}\n"
			 "  - {id: b, mqtt: 'mqtts://b', sends: saner, every: 1h, "
			 "at_most_each: 20min}\n"
			 "  - {id: c, webhook: 'https://a/', secret_file: s, sends: saner, "
			 "at_most_each: 20min}\n"),
		WARD_OK);
	assert_int_equal(x.r.n, 3);
	assert_int_equal(x.r.r[0].every / WARD_NS_PER_S, 900);
	assert_int_equal(x.r.r[0].at_most_each / WARD_NS_PER_S, 300);
	assert_int_equal(x.r.r[1].every / WARD_NS_PER_S, 3600);
	assert_int_equal(x.r.r[1].at_most_each / WARD_NS_PER_S, 1200);
	assert_int_equal(x.r.r[2].every, x.r.r[2].at_most_each);
	done(&x);
}

#define OK "webhook: 'https://a/', secret_file: s"
#define SIP "sip: '4711@pbx.example'"
#define ESPA "espa: 'serial-server:h:4001'"
#define MQTT "mqtt: 'mqtts://broker'"
#define PEOPLE "from: w@b.c, to: a@b.c"
#define MAIL "mail: 'smtps://a', " PEOPLE
#define SYSLOG "syslog: 'tls://log.example'"
#define SMS "sms: 'https://a/', to: '+391234567'"

struct mistake {
	const char *text, *what;
};

static const struct mistake mistakes[] = {{"recipients: {}\n", "no list of recipients"},
	{"recipients: [x]\n", "no recipient"}, {"recipients:\n- {" OK "}\n", "'id' is missing"},
	{"recipients:\n- {id: A, " OK "}\n", "'A' is no id"},
	{"recipients:\n- {id: a, " OK "}\n- {id: a, " OK "}\n", "there already, in line 2"},
	{"recipients:\n- {id: a, secret_file: s}\n", "no way to it"},
	{"recipients:\n- {id: a, matrix: '', room: '!r:a', secret_file: s}\n", "'matrix' is empty"},
	{"recipients:\n- {id: '', webhook: 'https://a/b', secret_file: s}\n", "'id' is empty"},
	{"recipients:\n- {id: a, webhook: 'http://a/', secret_file: s}\n",
		"'http://a' is no address of a webhook: http:// can be read on its way"},
	{"recipients:\n- {id: a, webhook: 'https://a/'}\n", "'secret_file' is missing"},
	{"recipients:\n- {id: a, " OK ", level: severe}\n", "'severe' is no level"},
	{"recipients:\n- {id: a, " OK ", kinds: [fire]}\n", "'fire' is no kind"},
	{"recipients:\n- {id: a, " OK ", places: [z-inn]}\n", "'z-inn' is no place"},
	{"recipients:\n- {id: a, " OK ", places: [[a]]}\n", "something that is no word"},
	{"recipients:\n- {id: a, " OK ", places: []}\n", "'places' is empty"},
	{"recipients:\n- {id: a, " OK ", threats: [outages]}\n", "'outages' is no threat"},
	{"recipients:\n- {id: a, " OK ", threats: [[outage]]}\n", "is no threat"},
	{"recipients:\n- {id: a, " OK ", threats: []}\n", "'threats' is empty"},
	{"recipients:\n- {id: a, " OK ", services: [or-1]}\n", "'or-1' is no service"},
	{"recipients:\n- {id: a, " OK ", services: {a: b}}\n", "is no service"},
	{"recipients:\n- {id: a, " OK ", sends: saner, services: surgery}\n",
		"'services' chooses among incidents"},
	{"recipients:\n- {id: a, " OK ", gets: heads, threats: outage}\n",
		"'threats' has no place"},
	{"recipients:\n- {id: a, " OK ", language: italian}\n", "no code of a language"},
	{"recipients:\n- {id: a, " OK ", exercise: perhaps}\n", "'exercise'"},
	{"recipients:\n- {id: a, " OK ", colour: red}\n", "colour"},
	{"recipients:\n- {id: a, " OK ", gets: all}\n", "'all' is nothing"},
	{"recipients:\n- {id: a, " OK ", for: 'the police'}\n", "'the police' is nobody"},
	{"recipients:\n- {id: a, " OK ", tlp: pink}\n", "'pink' is no marking"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 1s}\n", "acknowledge in such a time"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5}\n", "'acknowledge'"},
	{"recipients:\n- {id: a, " OK ", then: [b]}\n", "'then' without 'acknowledge'"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5m, then: []}\n", "'then' is empty"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5m, then: [[b]]}\n", "is no word"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5m, then: b}\n",
		"'b', which is no recipient"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5m, then: a}\n", "follows itself"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5m, taken: false}\n",
		"told when somebody else did"},
	{"recipients:\n- {id: a, " OK ", taken: perhaps}\n", "'taken'"},
	{"recipients:\n- {id: a, " OK ", acknowledge: 5m, gets: bookmarks}\n",
		"acknowledges nothing"},
	{"recipients:\n- {id: a, " OK ", test: monday}\n", "no hour of the week"},
	{"recipients:\n- {id: a, " OK ", test: 'mon 24:00'}\n", "no hour of the week"},
	{"recipients:\n- {id: a, " OK ", heartbeat: 1s}\n", "so often"},
	{"recipients:\n- {id: a, " OK ", roles: gard}\n", "'gard' is no role"},
	{"recipients:\n- {id: a, " OK ", roles: [z-in]}\n", "'z-in' is no role"},
	{"recipients:\n- {id: a, " OK ", roles: []}\n", "'roles' is empty"},
	{"recipients:\n- {id: a, " OK ", person: anna}\n", "'person' without 'roles'"},
	{"recipients:\n- {id: a, " OK ", roles: guard, for: csirt}\n", "the hospital's own"},
	{"recipients:\n- {id: a, " OK ", roles: guard, gets: bookmarks}\n", "has no role"},
	{"recipients:\n- {id: a, " MQTT ", roles: guard}\n", "has no role"},
	{"recipients:\n- {id: a, " OK ", sends: cap, roles: guard}\n", "has no role"},
	{"recipients:\n- {id: a, mqtt: 'mqtt://broker'}\n", "mqtt:// can be read on its way"},
	{"recipients:\n- {id: a, " MQTT ", siren: a/+/b}\n", "'siren' is no topic"},
	{"recipients:\n- {id: a, " OK ", sends: pdf}\n",
		"'sends' is no standard in which Ward sends incidents"},
	{"recipients:\n- {id: a, " OK ", sends: cap, gets: messages}\n",
		"'gets' has no place in a standard's messages"},
	{"recipients:\n- {id: a, " OK ", sends: cap, from: \"a,b@c.example\"}\n",
		"'from' is no sender of alerts"},
	{"recipients:\n- {id: a, " OK ", from: a@b.example}\n",
		"'from' is the sender of a standard's messages"},
	{"recipients:\n- {id: a, " MQTT ", sends: cap}\n",
		"'sends' is no standard in which a broker gets anything"},
	{"recipients:\n- {id: a, " MQTT ", sends: have, siren: a/b}\n", "a siren is on or off"},
	{"recipients:\n- {id: a, " OK ", sends: have, level: low}\n",
		"'level' chooses among incidents, and availability tells of none"},
	{"recipients:\n- {id: a, " OK ", sends: saner, places: z-in}\n",
		"'places' chooses among incidents"},
	{"recipients:\n- {id: a, " OK ", sends: have, test: mon 09:00}\n",
		"'test' has no place in a standard's messages"},
	{"recipients:\n- {id: a, " OK ", sends: have, at_most_each: 10s}\n",
		"'at_most_each' floods whoever reads it"},
	{"recipients:\n- {id: a, " OK ", sends: have, at_most_each: 10m, every: 5m}\n",
		"'every' is shorter than 'at_most_each', or longer than a day"},
	{"recipients:\n- {id: a, " OK ", sends: have, every: 2d}\n",
		"'every' is shorter than 'at_most_each', or longer than a day"},
	{"recipients:\n- {id: a, " OK ", sends: cap, every: 15m}\n",
		"'every' says how often availability or heads are sent"},
	{"recipients:\n- {id: a, " OK ", gets: heads, level: low}\n",
		"'level' has no place with `gets: heads`"},
	{"recipients:\n- {id: a, " OK ", gets: heads, every: 1m}\n", "'every' floods the witness"},
	{"recipients:\n- {id: a, " OK ", gets: heads, every: 8d}\n", "'every' floods the witness"},
	{"recipients:\n- {id: a, " SIP ", gets: heads}\n", "which a sip does not"},
	{"recipients:\n- {id: a, " SYSLOG ", secret_file: s}\n", "'secret_file' is of no use here"},
	{"recipients:\n- {id: a, syslog: 'udp://log.example'}\n", "can be read on its way"},
	{"recipients:\n- {id: a, syslog: 'https://log.example'}\n", "neither tls:// nor udp://"},
	{"recipients:\n- {id: a, " OK ", siren: a/b}\n", "'siren' is of no use to a webhook"},
	{"recipients:\n- {id: a, " MQTT ", user: ward}\n", "'user' without 'secret_file'"},
	{"recipients:\n- {id: a, " MQTT ", client_key: k.pem}\n", "or neither"},
	{"recipients:\n- {id: a, mqtt: 'mqtt://127.0.0.1', client_key: k, "
	 "client_certificate: c}\n",
		"shown in TLS alone"},
	{"recipients:\n- {id: a, " MQTT ", gets: bookmarks}\n", "a broker gets topics"},
	{"recipients:\n- {id: a, espa: 'tcp:h:1', call: 1}\n", "neither serial: nor"},
	{"recipients:\n- {id: a, espa: 'serial:/dev/ttyS0'}\n", "'call' is missing"},
	{"recipients:\n- {id: a, " ESPA ", call: 12a}\n", "'call' is no call address"},
	{"recipients:\n- {id: a, " ESPA ", call: 1, station: 2}\n", "'station' is no station"},
	{"recipients:\n- {id: a, " ESPA ", call: 1, baud: 9600}\n", "its own baud and frame"},
	{"recipients:\n- {id: a, " ESPA ", call: 1, secret_file: s}\n",
		"'secret_file' is of no use here"},
	{"recipients:\n- {id: a, " ESPA ", call: 1, heartbeat: 5m}\n", "watched by nobody"},
	{"recipients:\n- {id: a, sip: '4711'}\n", "it has no '@'"},
	{"recipients:\n- {id: a, sip: 'sips:1@h'}\n", "without TLS"},
	{"recipients:\n- {id: a, " SIP ", user: ward}\n", "'user' without 'secret_file'"},
	{"recipients:\n- {id: a, " SIP ", from: 'a b'}\n", "'from' is no number of Ward's own"},
	{"recipients:\n- {id: a, " SIP ", calls_end: maybe}\n", "'calls_end' is no answer"},
	{"recipients:\n- {id: a, " SIP ", certificate: c}\n", "calls go by UDP"},
	{"recipients:\n- {id: a, " SIP ", heartbeat: 5m}\n", "watched by nobody"},
	{"recipients:\n- {id: a, " OK ", calls_end: yes}\n", "'calls_end' is of no use"},
	{"recipients: [\n", ""}};

/* Each mistake is found in its line, with its mend, and makes no recipient. */
static void finds(const struct mistake *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct fix x;
		bool found = false;

		assert_int_equal(load(&x, all[i].text), WARD_ERR_CONFIG);
		for (size_t k = 0; k < x.lab.d.n; k++)
			found = found || (x.lab.d.item[k].line && x.lab.d.item[k].mend.len &&
						 ward_str_find(x.lab.d.item[k].what,
							 ward_str_z(all[i].what)) != SIZE_MAX);
		if (!found)
			fail_msg("not found: %s", all[i].what);
		assert_true(x.r.n <= 1);
		done(&x);
	}
}

static void test_mistakes(void **state)
{
	(void)state;
	finds(mistakes, WARD_ARRAY_LEN(mistakes));
}

static void test_way_mistakes(void **state)
{
	static const struct mistake all[] = {
		{"recipients:\n- {id: a, " OK ", mail: 'smtps://a'}\n", "more than one way to it"},
		{"recipients:\n- {id: a, " OK ", to: a@b.c}\n", "'to' is of no use to a webhook"},
		{"recipients:\n- {id: a, mail: 'imap://a', " PEOPLE "}\n",
			"'imap://a' is no address of a mail server: it begins with neither"},
		{"recipients:\n- {id: a, mail: 'smtps://u:p@a', " PEOPLE "}\n",
			"'smtps://' is no address of a mail server"},
		{"recipients:\n- {id: a, mail: 'smtps://a/b', " PEOPLE "}\n", "follows its host"},
		{"recipients:\n- {id: a, mail: 'smtps://a', from: w@b.c}\n", "'to' is missing"},
		{"recipients:\n- {id: a, mail: 'smtps://a', from: w@b.c, to: anna}\n",
			"'to' is no mail address"},
		{"recipients:\n- {id: a, " MAIL ", user: ward}\n", "'user' without 'secret_file'"},
		{"recipients:\n- {id: a, " MAIL ", secret_file: s}\n",
			"'secret_file' without 'user'"},
		{"recipients:\n- {id: a, " MAIL ", user: \"a\\nb\", secret_file: s}\n",
			"'user' holds ends of lines"},
		{"recipients:\n- {id: a, " MAIL ", heartbeat: 5m}\n", "watched by nobody"},
		{"recipients:\n- {id: a, " MAIL ", gets: bookmarks}\n", "for a machine to read"},
		{"recipients:\n- {id: a, sms: 'https://a/', to: anna, body: '\"{text}\"'}\n",
			"'to' is no number of a phone"},
		{"recipients:\n- {id: a, " SMS "}\n", "'body' is missing"},
		{"recipients:\n- {id: a, " SMS ", body: '\"{text}\"', from: a-very-long-sender}\n",
			"'from' is no sender"},
		{"recipients:\n- {id: a, " SMS ", body: '\"{txt} {text}\"'}\n", "{txt} is no slot"},
		{"recipients:\n- {id: a, " SMS ", body: '\"{text}\"', method: DELETE}\n",
			"'method' is none"},
		{"recipients:\n- {id: a, " SMS ", body: '\"{text} {secret}\"'}\n",
			"{secret} without 'secret_file'"},
		{"recipients:\n- {id: a, " SMS ", body: '\"{text}\"', secret_file: s}\n",
			"nothing holds the secret"},
		{"recipients:\n- {id: a, smpp: 'smpp://a', to: '118', user: u, secret_file: s}\n",
			"smpp:// can be read on its way"},
		{"recipients:\n- {id: a, smpp: 'smpps://a', to: '118', secret_file: s}\n",
			"'user' is missing"},
		{"recipients:\n- {id: a, smpp: 'smpps://a', to: '118', user: sixteen-letters., "
		 "secret_file: s}\n",
			"'user' is no system_id"},
		{"recipients:\n- {id: a, xmpp: 'xmpp://a', to: a@b.c/x, user: w@b.c, secret_file: "
		 "s}\n",
			"'to' is no address of XMPP"},
		{"recipients:\n- {id: a, xmpp: 'xmpp://a', to: a@b.c, user: ward, secret_file: "
		 "s}\n",
			"'user' is no address of XMPP"},
		{"recipients:\n- {id: a, matrix: 'https://a', secret_file: s}\n",
			"'room' is missing"},
		{"recipients:\n- {id: a, matrix: 'https://a/x', room: '!r:a', secret_file: s}\n",
			"follows its host and port"},
		{"recipients:\n- {id: a, matrix: 'https://a', room: '#r:a', secret_file: s}\n",
			"'room' is no id of a room"},
		{"recipients:\n- {id: a, matrix: 'https://a', room: '!r:a'}\n",
			"'secret_file' is missing"},
		{"recipients:\n- {id: a, ticket: 'http://a/', system: glpi, secret_file: s}\n",
			"is no address of a ticket system: http:// can be read"},
		{"recipients:\n- {id: a, ticket: 'https://a/', secret_file: s}\n",
			"'system' is missing"},
		{"recipients:\n- {id: a, ticket: 'https://a/', system: ../x, secret_file: s}\n",
			"'system' is no ticket system"},
		{"recipients:\n- {id: a, ticket: 'https://a/', system: glpi}\n",
			"'secret_file' is missing"},
		{"recipients:\n- {id: a, ticket: 'https://a/', system: glpi, secret_file: s, "
		 "acknowledge: 5m}\n",
			"'acknowledge' has no place in tickets"}};

	(void)state;
	finds(all, WARD_ARRAY_LEN(all));
}

/* Ways to people, with what each needs to know. */
static void test_ways(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "recipients:\n"
				  "- {id: a, " MAIL "}\n"
				  "- {id: b, mail: 'smtp://mail.example:587', " PEOPLE
				  ", user: ward, secret_file: s, test: 'mon 09:00'}\n"
				  "- {id: c, " SMS ", body: '{\"t\": \"{text}\"}', from: Ward}\n"
				  "- {id: d, sms: 'https://a/?t={text}&n={to}', to: '118', "
				  "method: GET}\n"
				  "- {id: e, chat: 'https://a/hook/token', body: '{message}', "
				  "content_type: text/plain, header: 'X-Key: {secret}', "
				  "secret_file: s}\n"
				  "- {id: f, matrix: 'https://a', room: '!r:a', secret_file: s}\n"
				  "- {id: g, ticket: 'https://a', system: glpi, user: u, "
				  "secret_file: s}\n"),
		WARD_OK);
	assert_int_equal(x.r.n, 7);
	assert_true(x.r.r[6].heartbeat == 300 * WARD_NS_PER_S); /* so often it is looked at */
	assert_int_equal(x.r.r[0].channel, WARD_CHANNEL_MAIL);
	assert_string_equal(ward_channel_program(x.r.r[0].channel), "mail");
	assert_true(ward_str_eqz(x.r.r[0].url, "smtps://a"));
	assert_true(ward_str_eqz(x.r.r[0].detail[WARD_DETAIL_FROM], "w@b.c"));
	assert_true(ward_str_eqz(x.r.r[0].detail[WARD_DETAIL_TO], "a@b.c"));
	assert_int_equal(x.r.r[0].secret_file.len, 0);
	assert_true(ward_str_eqz(x.r.r[1].detail[WARD_DETAIL_USER], "ward"));
	done(&x);
}

/* Ladders that nobody could climb. */
static void test_ladders(void **state)
{
#define A "recipients:\n- {id: a, " OK ", acknowledge: 5m, then: "
	static const char *const bad[][2] = {
		{A "[b]}\n- {id: b, " OK ", acknowledge: 5m, then: c}\n- {id: c, " OK
		   ", acknowledge: 5m, then: [b, a]}\n",
			"'b' follows itself"},
		{A "b}\n- {id: b, " OK ", level: high}\n", "leave out `level`"},
		{A "b}\n- {id: b, " OK ", exercise: true}\n", "told of exercises"},
		{A "b}\n- {id: b, " OK ", gets: bookmarks}\n", "answers nobody"}};
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, A "[b, c]}\n- {id: b, " OK ", acknowledge: 10m, then: c}\n"
				    "- {id: c, " OK ", test: 'tue 09:30', heartbeat: 5m}\n"),
		WARD_OK);
	assert_int_equal(x.r.r[0].acknowledge, 300 * WARD_NS_PER_S);
	assert_int_equal(x.r.r[0].after, 0);
	assert_int_equal(x.r.r[1].after, 1);
	assert_int_equal(x.r.r[2].after, 3);
	assert_int_equal(x.r.r[2].test, (24 + 9) * 60 + 30 + 1);
	assert_int_equal(x.r.r[2].heartbeat, 300 * WARD_NS_PER_S);
	done(&x);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		bool found = false;

		assert_int_equal(load(&x, bad[i][0]), WARD_ERR_CONFIG);
		for (size_t k = 0; k < x.lab.d.n; k++)
			found = found ||
				ward_str_find(x.lab.d.item[k].what, ward_str_z(bad[i][1])) !=
					SIZE_MAX ||
				ward_str_find(x.lab.d.item[k].mend, ward_str_z(bad[i][1])) !=
					SIZE_MAX;
		if (!found)
			fail_msg("not found: %s", bad[i][1]);
		done(&x);
	}
#undef A
}

/* A webhook's address mostly holds what lets anybody post there: it is not shown. */
static void test_token(void **state)
{
	static const char *const url[] = {"http://soc.example/hook/s3cret-token",
		"https://soc.example:0/?key=s3cret-token", "https://u:s3cret-token@soc.example/",
		"https://soc.example:x#s3cret-token"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(url); i++) {
		char text[256];
		struct fix x;

		(void)snprintf(text, sizeof(text),
			"recipients:\n- {id: a, webhook: '%s', secret_file: s}\n", url[i]);
		assert_int_equal(load(&x, text), WARD_ERR_CONFIG);
		assert_true(x.lab.d.n > 0);
		for (size_t k = 0; k < x.lab.d.n; k++)
			assert_int_equal(
				ward_str_find(x.lab.d.item[k].what, WARD_STR("s3cret")), SIZE_MAX);
		done(&x);
	}
}

static void test_many(void **state)
{
	char text[4096] = "recipients:\n";
	struct fix x;

	(void)state;
	for (int i = 0; i <= WARD_RECIPIENTS_MAX; i++) {
		size_t n = strlen(text);

		(void)snprintf(text + n, sizeof(text) - n, "- {id: r%d, " OK "}\n", i);
	}
	assert_int_equal(load(&x, text), WARD_ERR_CONFIG);
	assert_int_equal(x.r.n, WARD_RECIPIENTS_MAX);
	done(&x);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

/* A password is as others made it; only an empty one is none. */
static void passwords(const struct ward_recipients_in *in, const char *dir)
{
	struct ward_recipients r;
	char path[96];

	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/s", dir);
		put(path, i ? "pw" : "");
		(void)snprintf(path, sizeof(path), "%s/recipients.yml", dir);
		put(path, "recipients:\n- {id: a, " MAIL ", user: u, secret_file: s}\n");
		assert_int_equal(ward_recipients_load(in, dir, &r), i ? WARD_OK : WARD_ERR_CONFIG);
		ward_recipients_free(&r);
	}
}

static void test_telephone(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "recipients:\n- {id: a, " SIP
				  ", user: ward, secret_file: s, from: 4799, calls_end: yes}\n"),
		WARD_OK);
	assert_int_equal(x.r.r[0].channel, WARD_CHANNEL_SIP);
	assert_true(ward_str_eqz(x.r.r[0].url, "4711@pbx.example"));
	assert_true(ward_str_eqz(x.r.r[0].detail[WARD_DETAIL_FROM], "4799"));
	assert_true(ward_str_eqz(x.r.r[0].detail[WARD_DETAIL_CALLS_END], "yes"));
	done(&x);
}

/* What is played is of exercises alone, and needs nothing. */
static void test_played(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "recipients:\n- {id: a, played: a pager}\n"), WARD_OK);
	assert_int_equal(x.r.r[0].channel, WARD_CHANNEL_PLAYED);
	assert_true(x.r.r[0].exercise && !x.r.r[0].secret_file.len);
	done(&x);
	assert_int_equal(load(&x, "recipients:\n- {id: a, played: a pager, secret_file: s}\n"),
		WARD_ERR_CONFIG);
	done(&x);
}

/* The files that it names; without recipients.yml there is nobody to tell, and nothing wrong. */
/* A ticket system's requests are a file, of the hospital or of Ward: its findings are of there. */
static void ticket_systems(const struct ward_recipients_in *in, const char *dir)
{
	static const char *const system[] = {"glpi", "own", "none", "topdesk"};
	char path[96], own[128];
	struct ward_recipients r;

	(void)snprintf(path, sizeof(path), "%s/recipients.yml", dir);
	(void)snprintf(own, sizeof(own), "%s/tickets", dir);
	assert_int_equal(mkdir(own, 0700), 0);
	(void)snprintf(own, sizeof(own), "%s/tickets/own.yml", dir);
	put(own, "name: Own\nfind: {method: GET, path: x}\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(system); i++) {
		FILE *f = fopen(path, "w");
		size_t n = in->diag->n;

		assert_non_null(f);
		(void)fprintf(f,
			"recipients:\n- {id: a, ticket: 'https://192.0.2.1', system: %s, %s "
			"secret_file: s}\n",
			system[i], i < 3 ? "user: u," : "");
		(void)fclose(f);
		assert_int_equal(ward_recipients_load(in, dir, &r), i ? WARD_ERR_CONFIG : WARD_OK);
		assert_int_equal(in->diag->n > n, i != 0);
		if (i)
			assert_true(ward_str_ends(
				in->diag->item[n].file, i == 1 ? WARD_STR("/tickets/own.yml")
							       : WARD_STR("recipients.yml")));
		ward_recipients_free(&r);
	}
	assert_int_equal(unlink(own), 0);
	(void)snprintf(own, sizeof(own), "%s/tickets", dir);
	assert_int_equal(rmdir(own), 0);
}

/* Somebody has to be told when names and mail are gone; who is played is nobody's way. */
static void test_alone(void **state)
{
	static const struct {
		const char *way;
		bool alone;
	} ways[] = {{"played: a pager", true}, {"espa: 'serial:/dev/ttyS0', call: 1", true},
		{"espa: 'serial-server:192.0.2.7:4001', call: 1", true},
		{"espa: 'serial-server:pagers.example:4001', call: 1", false},
		{"sip: '4711@[2001:db8::7]:5060'", true}, {"sip: '4711@pbx.example'", false},
		{"webhook: 'https://192.0.2.7/at@x/', secret_file: s", true},
		{"webhook: 'https://192.0.2.7.example/', secret_file: s", false},
		{"mail: 'smtps://192.0.2.7', from: a@b.example, to: c@d.example", false}};
	char dir[] = "/tmp/ward-recipients-XXXXXX", path[96], secret[96], text[256], content[512];
	struct fix x;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/recipients.yml", dir);
	(void)snprintf(secret, sizeof(secret), "%s/s", dir);
	(void)snprintf(content, sizeof(content), "%s/content", getenv("WARD_SOURCE_ROOT"));
	put(secret, "0123456789abcdef");
	assert_int_equal(chmod(secret, 0600), 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++) {
		assert_int_equal(load(&x, "recipients: [x]\n"), WARD_ERR_CONFIG);
		ward_recipients_free(&x.r);
		const struct ward_recipients_in in = {
			x.lab.m, &x.lab.lim, ward_mem_heap(), &x.lab.d, content};
		size_t n = x.lab.d.n, warned = 0;

		(void)snprintf(text, sizeof(text), "recipients:\n- {id: a, %s}\n", ways[i].way);
		put(path, text);
		enum ward_err err = ward_recipients_load(&in, dir, &x.r);

		assert_true(!err || err == WARD_ERR_CONFIG); /* nobody may be here who speaks on the
								telephone */
		for (size_t k = n; k < x.lab.d.n; k++)
			warned += x.lab.d.item[k].level == WARD_DIAG_WARNING &&
				  x.lab.d.item[k].line == 2;
		assert_int_equal(x.r.n, 1);
		assert_int_equal(warned, !ways[i].alone);
		done(&x);
	}
	assert_int_equal(unlink(path) | unlink(secret) | rmdir(dir), 0);
}

static void test_files(void **state)
{
	char dir[] = "/tmp/ward-recipients-XXXXXX", path[96], secret[96];
	static const char text[] = "recipients:\n- {id: a, " OK "}\n";
	struct fix x;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/recipients.yml", dir);
	(void)snprintf(secret, sizeof(secret), "%s/s", dir);
	assert_int_equal(load(&x, "recipients: [x]\n"), WARD_ERR_CONFIG);
	ward_recipients_free(&x.r);
	char content[512];

	(void)snprintf(content, sizeof(content), "%s/content", getenv("WARD_SOURCE_ROOT"));
	const struct ward_recipients_in in = {
		x.lab.m, &x.lab.lim, ward_mem_heap(), &x.lab.d, content};

	assert_int_equal(ward_recipients_load(&in, dir, &x.r), WARD_OK);
	assert_int_equal(x.r.n, 0);
	put(path, text);
	for (unsigned step = 0; step < 4; step++) {
		static const mode_t mode[] = {0, 0600, 0640, 0600};

		if (step) {
			int fd = open(secret, O_WRONLY | O_CREAT | O_TRUNC, 0600);

			assert_true(fd >= 0);
			assert_int_equal(write(fd, "0123456789abcdef", step > 1 ? 16 : 15),
				step > 1 ? 16 : 15);
			assert_int_equal(fchmod(fd, mode[step]), 0);
			(void)close(fd);
		}
		assert_int_equal(
			ward_recipients_load(&in, dir, &x.r), step < 3 ? WARD_ERR_CONFIG : WARD_OK);
		assert_int_equal(x.r.n, 1);
		ward_recipients_free(&x.r);
	}
	/* whom sharing.yml does not know, what it does not let out */
	static const char *const share[] = {"for: nobody", "for: public, tlp: red",
		"for: public, gets: bookmarks", "for: csirt, tlp: green"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(share); i++) {
		f = fopen(path, "w");
		assert_non_null(f);
		(void)fprintf(f, "recipients:\n- {id: a, " OK ", %s}\n", share[i]);
		(void)fclose(f);
		assert_int_equal(
			ward_recipients_load(&in, dir, &x.r), i < 3 ? WARD_ERR_CONFIG : WARD_OK);
		assert_true(x.lab.d.item[x.lab.d.n - 1].line == 2);
		assert_true(x.lab.d.item[x.lab.d.n - 1].mend.len > 0);
		ward_recipients_free(&x.r);
	}
	passwords(&in, dir);
	ticket_systems(&in, dir);
	assert_int_equal(unlink(secret), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_good), T(test_available), T(test_mistakes),
		T(test_way_mistakes), T(test_ways), T(test_ladders), T(test_token), T(test_many),
		T(test_telephone), T(test_played), T(test_alone), T(test_files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
