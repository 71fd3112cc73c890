#include "sense/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static const struct ward_input_driver *const drivers[] = {WARD_LOG_DRIVERS, NULL};

#define ZEEK_HEAD                                                                        \
	"#separator "                                                                    \
	"\\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tAA\tTTLs\tanswers\n" \
	"#types\ttime\tstring\taddr\tport\tbool\tvector[interval]\tset[string]\n"

struct got {
	char text[16384]; /* the events, one per line */
	char problems[2048];
	enum ward_input_kind kind;
};

static void problem(void *ctx, const struct ward_input_problem *p)
{
	struct got *g = ctx;
	size_t n = strlen(g->problems);

	snprintf(g->problems + n, sizeof(g->problems) - n, "%llu:%llu %s%s;",
		(unsigned long long)p->line, (unsigned long long)p->off, p->counter,
		p->dropped ? "" : " kept");
}

static int input(const char *text, size_t len)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static struct got read_all(const char *name, const char *text, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	struct got g = {0};
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.reference = 1768435200 * WARD_NS_PER_S, /* 2026-01-15 */
		.problem = problem,
		.ctx = &g};
	struct ward_wr w = ward_wr_fixed(g.text, sizeof(g.text) - 1);
	enum ward_err err;

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_names_init(&names, opts.mem, &lim), WARD_OK);
	assert_int_equal(ward_input_open_fd(&in, input(text, len), ward_str_z(name),
				 WARD_INPUT_UNKNOWN, drivers, &opts),
		WARD_OK);
	g.kind = in.kind;
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
		ward_event_write_json(&e, &names, &w);
		ward_wr_ch(&w, '\n');
	}
	assert_int_equal(err, WARD_ERR_CLOSED);
	ward_input_close(&in);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return g;
}

static const struct {
	const char *file, *in, *want[4];
} cases[] = {
	{"a.json",
		"{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"P\"}},"
		"\"EventID\":{"
		"\"#text\":4625,\"#attributes\":{\"Qualifiers\":0}},\"Channel\":\"Security\"},"
		"\"EventData\":{\"TargetUserName\":\"u\",\"Channel\":\"other\"}}}",
		{"\"class\":\"host.windows\"", "\"fields\":{\"Provider_Name\":\"P\",\"EventID\":"
					       "4625,\"EventID_Qualifiers\":0,"
					       "\"Channel\":\"Security\",\"TargetUserName\":\"u\","
					       "\"Event.EventData.Channel\":\"other\"}"}},
	{"u.json",
		"{\"Event\":{\"System\":{\"EventID\":1102,\"Channel\":\"Security\"},\"UserData\":{"
		"\"LogFileCleared\":{\"SubjectUserName\":\"u\"}}}}",
		{"\"SubjectUserName\":\"u\""}},
	/* What Winlogbeat and Wazuh's agent make of Windows' names is turned back. */
	{"w.json",
		"{\"@timestamp\":\"2026-01-15T10:00:00Z\",\"ecs\":{\"version\":\"8.0.0\"},"
		"\"winlog\":{\"channel\":\"Security\",\"event_id\":\"4625\",\"provider_name\":"
		"\"P\","
		"\"event_data\":{\"TargetUserName\":\"u\",\"param1\":\"x\"}}}",
		{"\"class\":\"host.windows\"",
			"\"Channel\":\"Security\",\"EventID\":\"4625\",\"Provider_Name\":\"P\"",
			"\"TargetUserName\":\"u\",\"param1\":\"x\""}},
	{"z.json",
		"{\"timestamp\":\"2026-01-15T10:00:01.000+0000\",\"data\":{\"win\":{\"system\":{"
		"\"channel\":\"Security\",\"eventID\":\"4625\",\"systemTime\":\"2026-01-15T10:00:"
		"00Z\"},"
		"\"eventdata\":{\"targetUserName\":\"u\",\"param1\":\"x\"}}}}",
		{"\"class\":\"host.windows\"", "\"time\":\"2026-01-15T10:00:00Z\"",
			"\"EventID\":\"4625\"", "\"TargetUserName\":\"u\",\"param1\":\"x\""}},
	{"m.json",
		"{\"EventID\":1,\"Channel\":\"S\",\"UtcTime\":\"2020-10-20 22:33:02.059\","
		"\"@timestamp\":\"2020-10-20T22:40:00Z\"}",
		{"\"time\":\"2020-10-20T22:33:02.059Z\"", "\"class\":\"host.windows\""}},
	{"eve.json",
		"{\"timestamp\":\"2016-06-08T20:01:52.875791+0000\",\"event_type\":\"Fileinfo\"}",
		{"\"time\":\"2016-06-08T20:01:52.875791Z\"",
			"\"class\":\"net.suricata.fileinfo\""}},
	{"conn.log", "{\"ts\":1588317935.857356,\"uid\":\"C\",\"id.orig_h\":\"10.0.1.5\"}",
		{"\"time\":\"2020-05-01T07:25:35.857356Z\"", "\"class\":\"net.zeek.conn\""}},
	/* A connection is a flow, and keeps Zeek's own fields; its time is the end. */
	{"conn.log",
		"{\"ts\":1588317935.857356,\"uid\":\"C\",\"id_orig_h\":\"10.0.1.5\",\"id_orig_p\":"
		"50000,"
		"\"id_resp_h\":\"2001:db8::1\",\"id_resp_p\":443,\"proto\":\"tcp\",\"service\":"
		"\"ssl\","
		"\"duration\":1.5e-3,\"conn_state\":\"S0\",\"orig_pkts\":2,\"orig_ip_bytes\":80,"
		"\"resp_pkts\":0,\"resp_ip_bytes\":0}",
		{"\"time\":\"2020-05-01T07:25:35.858856Z\"",
			"\"class\":\"net.flow\",\"fields\":{\"ts\":1588317935.857356,\"uid\":\"C\"",
			"\"service\":\"tls\"",
			"\"zeek.service\":\"ssl\",\"src_ip\":\"10.0.1.5\",\"dst_ip\":\"2001:db8::"
			"1\","
			"\"src_port\":50000,\"dst_port\":443,\"packets\":2,\"bytes\":80,"
			"\"packets_back\":0,\"bytes_back\":0,\"duration_ns\":1500000,"
			"\"state\":\"syn\",\"flow.format\":\"zeek\"}"}},
	{"conn.log",
		"{\"ts\":1588317935,\"uid\":\"C\",\"id.orig_h\":\"10.0.1.5\",\"id.orig_p\":8,"
		"\"id.resp_h\":\"10.0.1.6\",\"id.resp_p\":0,\"proto\":\"icmp\",\"conn_state\":"
		"\"OTH\"}",
		{"\"icmp.type\":8,\"icmp.code\":0,\"flow.format\":\"zeek\"}"}},
	{"conn.log",
		"{\"ts\":1588317935,\"uid\":\"C\",\"id.orig_h\":\"10.0.1.5\",\"id.resp_h\":\"x\"}",
		{"\"class\":\"net.zeek.conn\""}},
	{"any", ZEEK_HEAD "1588317935.5\tCq\t10.0.1.5\t53\tT\t1,2\t(empty)\n#close\tx\n",
		{"\"time\":\"2020-05-01T07:25:35.5Z\"",
			"\"class\":\"net.zeek.dns\",\"fields\":{\"_path\":\"dns\",\"ts\":"
			"1588317935.5,"
			"\"uid\":\"Cq\",\"id.orig_h\":\"10.0.1.5\",\"id.orig_p\":53,\"AA\":true,"
			"\"TTLs\":[1,2],\"answers\":[]}"}},
	{"z", "{\"_path\":\"../x\",\"ts\":1588317935}", {"\"class\":\"net.zeek.other\""}},
	{"ct.json",
		"{\"eventVersion\":\"1\",\"eventSource\":\"s3\",\"eventName\":\"Get\","
		"\"eventTime\":"
		"\"2022-02-18T17:34:57Z\"}",
		{"\"class\":\"cloud.aws.cloudtrail\"", "\"time\":\"2022-02-18T17:34:57Z\""}},
	{"o.json", "{\"class_uid\":1,\"category_uid\":2,\"time\":1645205697000}",
		{"\"class\":\"log.ocsf\"", "\"time\":\"2022-02-18T17:34:57Z\""}},
	{"e.json", "{\"ecs\":{\"version\":\"8\"}}", {"\"class\":\"log.ecs\""}},
	/* An outsider cannot speak for Ward. */
	{"f.json",
		"{\"ward\":{\"asset\":\"a\"},\"ward.zone\":1,\"foreign.ward.door\":1,\"ward.door\":"
		"2}",
		{"\"fields\":{\"foreign.ward.asset\":\"a\",\"foreign.ward.zone\":1,"
		 "\"foreign.ward.door\":1}"}},
	{"own",
		"{\"kind\":\"event\",\"time\":\"2026-01-01T00:00:00Z\",\"source\":\"s\",\"class\":"
		"\"door.forced\",\"fields\":{\"ward.asset\":\"a\"}}",
		{"\"source\":\"s\",\"class\":\"door.forced\",\"fields\":{\"ward.asset\":\"a\"}"}},
	{"door",
		"<134>1 2026-01-01T00:00:00Z ac1 doors - - [ward@32473 class=\"door.granted\" "
		"door=\"d\" door=\"e\" persons=\"3\" ward.asset=\"x\"][x@1 a=\"1\"]",
		{"\"class\":\"door.granted\"",
			"\"fields\":{\"host\":\"ac1\",\"app\":\"doors\",\"facility\":\"local0\","
			"\"severity\":\"info\",\"door\":[\"d\",\"e\"],\"persons\":3,\"sd.x@1.a\":"
			"\"1\"}"}},
	{"auth.log", "Jan 14 10:00:00 h sshd[7]: x",
		{"\"time\":\"2026-01-14T10:00:00Z\"", "\"class\":\"log.syslog\""}},
	{"plain", "[2020-01-01] text",
		{"\"class\":\"log.plain\"", "\"message\":\"[2020-01-01] text\""}},
};

/* What of Zeek's text form is refused, with its line; what follows is read. */
static void test_zeek_problems(void **state)
{
	static const struct {
		const char *in, *problems;
	} row[] = {
		{"#separator \\x09\n1\t2\n", "2:16 zeek.reject.header;"},
		{"#separator \\x2c\n", "1:0 zeek.reject.header;"},
		{ZEEK_HEAD "1\t2\n", "5:140 zeek.reject.columns;"},
		{ZEEK_HEAD "1\t2\t3\t4\t5\t6\t7\t8\n", "5:140 zeek.reject.columns;"},
		{ZEEK_HEAD "\xff\n1\tC\t1.2.3.4\t-\t-\t-\t-\n", "5:140 zeek.reject.utf8;"},
		{"#separator \\x09\n#fields\ta\t\tb\n", "2:16 zeek.reject.header;"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct got g = read_all("x", row[i].in, strlen(row[i].in));

		assert_int_equal(g.kind, WARD_INPUT_ZEEK);
		assert_string_equal(g.problems, row[i].problems);
		assert_int_equal(strstr(g.text, "net.zeek.dns") != NULL, i == 4);
	}
}

/* More columns than are kept: no header, so no record. */
static void test_zeek_wide(void **state)
{
	char text[4096];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)state;
	ward_wr_z(&w, "#separator \\x09\n#fields");
	for (unsigned i = 0; i < 257; i++)
		ward_wr_printf(&w, "\tf%u", i);
	ward_wr_ch(&w, '\n');
	struct got g = read_all("x", text, w.len);

	assert_string_equal(g.problems, "2:16 zeek.reject.header;");
}

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		struct got g = read_all(cases[i].file, cases[i].in, strlen(cases[i].in));

		for (size_t k = 0; k < 4 && cases[i].want[k]; k++)
			if (!strstr(g.text, cases[i].want[k]))
				fail_msg(
					"%s: no %s in %s", cases[i].file, cases[i].want[k], g.text);
		assert_string_equal(g.problems, "");
	}
}

static void test_problems(void **state)
{
	static const char json[] =
		"{\"a\":1}\nnonsense\n{\"a\":1,\"a\":2}\n{\n\"b\":\n01}\n{\"c\":";
	static const char lines[] = "x\ncaf\xe9\n<134>1 - - - - - [ward@32473 class=\"log.json\"]\n"
				    "<9999>y";
	struct got g = read_all("x", json, strlen(json));

	(void)state;
	/* what is none is told with its place, and kept as text */
	assert_string_equal(g.problems,
		"2:8 json.reject.shape;3:17 json.odd.duplicate kept;6:38 json.reject.number;"
		"7:47 json.reject.end;");
	assert_non_null(
		strstr(g.text, "\"class\":\"log.plain\",\"fields\":{\"message\":\"nonsense\"}"));
	assert_non_null(strstr(g.text, "{\"message\":\"{\\n\\\"b\\\":\\n01}\"}"));
	assert_non_null(strstr(g.text, "{\"message\":\"{\\\"c\\\":\"}"));
	static const char bytes[] = "{\"a\":1}\n{\"b\":\"\xff\"}\n{\"d\":1}";

	g = read_all("x", bytes, sizeof(bytes) - 1);
	assert_string_equal(g.problems, "2:14 json.reject.utf8;");
	assert_non_null(strstr(g.text, "{\\\"b\\\":\\\"\xef\xbf\xbd\\\"}"));
	assert_non_null(strstr(g.text, "\"fields\":{\"d\":1}"));
	g = read_all("x", lines, strlen(lines));
	assert_string_equal(g.problems,
		"2:2 syslog.odd.utf8 kept;3:7 syslog.odd.class kept;4:54 syslog.odd.pri kept;");
}

static void has(const struct got *g, const char *what)
{
	if (!strstr(g->text, what))
		fail_msg("no %s in %s", what, g->text);
}

/* What others stumble over stays a record: told once, and counted. */
static void test_odd_json(void **state)
{
	static const char half[] =
		"{\"a\":\"x\\ud800y\"}\n{\"a\":\"\\udc00\\ud800\\ud83d\\ude00\"}\n"
		"{\"\\ud800k\":[\"\\udfff\"]}\n{\"a\":\"\\ud800\\u0041\"}\n";
	static const char twice[] =
		"{\"a\":1,\"b\":2,\"a\":\"3\"}\n{\"a\":[1,2],\"a\":5,\"a\":[6]}\n"
		"{\"a\":{\"b\":1},\"a.b\":2}\n{\"a\":[{\"x\":1,\"x\":2}]}\n"
		"{\"a\":1,\"a\":[]}\n{\"a\":[1],\"a\":{\"c\":null}}\n";
	static char many[1 << 14];
	size_t n = (size_t)snprintf(many, sizeof(many), "{");
	struct got g = read_all("x", half, strlen(half));

	(void)state;
	assert_string_equal(g.problems, "1:0 json.odd.surrogate kept;");
	has(&g, "\"class\":\"log.json\",\"fields\":{\"a\":\"x\xef\xbf\xbdy\"}");
	has(&g, "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x98\x80\"}");
	has(&g, "{\"\xef\xbf\xbdk\":[\"\xef\xbf\xbd\"]}");
	has(&g, "{\"a\":\"\xef\xbf\xbd"
		"A\"}");

	g = read_all("x", twice, strlen(twice));
	assert_string_equal(g.problems, "1:0 json.odd.duplicate kept;");
	has(&g, "\"fields\":{\"a\":\"3\",\"b\":2}");
	has(&g, "\"fields\":{\"a\":[1,2,6]}");
	has(&g, "\"fields\":{\"a.b\":2}");
	has(&g, "\"fields\":{\"a.x\":[1,2]}");
	has(&g, "\"fields\":{\"a\":[]}");
	has(&g, "\"fields\":{\"a\":[1],\"a.c\":null}");

	for (size_t i = 0; i < 600; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "\"f%zu\":%zu,", i, i);
	(void)snprintf(many + n, sizeof(many) - n, "\"l\":[1,2]}\n{\"f600\":1}\n{\"f1\":2}\n");
	g = read_all("x", many, strlen(many));
	assert_string_equal(g.problems, "1:0 json.odd.fields kept;");
	has(&g, "\"f511\":511,\"ward.overflow\":90}");
	assert_null(strstr(g.text, "\"f512\""));
	has(&g, "\"fields\":{\"f600\":1}");
	has(&g, "\"fields\":{\"f1\":2}");
}

static size_t n_lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

/* Records that an export holds within one value, on one line and on many. */
static void test_exports(void **state)
{
	static const struct {
		const char *in, *problems;
		size_t n;
		const char *want[3];
	} e[] = {{"{\"Records\":[{\"eventName\":\"A\"},{\"eventName\":\"B\"}]}\n{\"c\":1}\n", "", 3,
			 {"{\"eventName\":\"A\"}", "{\"eventName\":\"B\"}", "{\"c\":1}"}},
		{"{\n  \"records\": [\n    {\n      \"a\": \"]}\"\n    },\n    {\"a\": 2}\n  "
		 "]\n}\n",
			"", 2, {"{\"a\":\"]}\"}", "{\"a\":2}"}},
		{"{\"@odata.context\":\"https://g/$m\",\"value\":[{\"id\":1}],"
		 "\"@odata.nextLink\":\"https://n\"}\n{\"b\":1}\n",
			"1:81 json.odd.beside kept;", 2, {"{\"id\":1}", "{\"b\":1}"}},
		{"{\"took\":3,\"timed_out\":false,\"_shards\":{\"total\":1},\"hits\":{\"total\":"
		 "{\"value\":2,\"relation\":\"eq\"},\"max_score\":1.5,\"hits\":[{\"_index\":\"i\","
		 "\"_source\":{\"x\":{\"y\":1}}},{\"_index\":\"i\",\"fields\":{\"z\":[1]}}]}}\n{"
		 "\"b\":1}\n",
			"1:157 json.odd.source kept;", 3,
			{"\"fields\":{\"x.y\":1}", "{\"_index\":\"i\",\"fields.z\":[1]}",
				"{\"b\":1}"}},
		{"{\"Records\":[]}\n{\"b\":1}\n", "", 1, {"{\"b\":1}"}},
		/* no export: what has members of its own, or other values */
		{"{\"value\":[1,2]}\n{\"value\":21.5}\n", "", 2,
			{"{\"value\":[1,2]}", "{\"value\":21.5}"}},
		{"{\"EventID\":1,\"Records\":[{\"a\":1}]}\n", "", 1,
			{"{\"EventID\":1,\"Records.a\":[1]}"}},
		/* nor does a list in front hide what a record says behind it */
		{"{\"resources\":[],\"EventID\":1}\n{\"b\":1}\n", "", 2,
			{"\"EventID\":1", "{\"b\":1}"}},
		{"{\"value\":[{\"a\":1}],\"count\":1,\"EventID\":1}\n", "", 1, {"\"EventID\":1"}},
		{"{\"hits\":{\"hits\":[{\"_source\":{\"a\":1}}],\"total\":1},\"EventID\":1}\n", "",
			1, {"\"EventID\":1"}},
		{"{\"hits\":{\"hits\":[],\"EventID\":1}}\n", "", 1, {"\"hits.EventID\":1"}},
		/* broken ones take nothing along */
		{"{\"Records\":[{\"a\":1}]\n{\"b\":1}\n", "1:20 json.odd.export kept;", 2,
			{"{\"a\":1}", "{\"b\":1}"}},
		{"{\"Records\":[{\"a\":1},\n{\"b\":1}\n", "3:29 json.odd.export kept;", 2,
			{"{\"a\":1}", "{\"b\":1}"}},
		{"{\"Records\":[{\"a\":1},7]}\n{\"b\":1}\n", "1:20 json.reject.shape;", 3,
			{"{\"a\":1}", "{\"message\":\"7]}\"}", "{\"b\":1}"}},
		{"[{\"a\":1},{\"b\":1}]\n", "", 2, {"{\"a\":1}", "{\"b\":1}"}}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(e); i++) {
		struct got g = read_all("x", e[i].in, strlen(e[i].in));

		for (size_t k = 0; k < 3 && e[i].want[k]; k++)
			has(&g, e[i].want[k]);
		assert_int_equal(n_lines(g.text), e[i].n);
		assert_string_equal(g.problems, e[i].problems);
	}
}

/* Messages that are JSON objects. */
static void test_object(void **state)
{
	static const struct {
		const char *in, *problems, *want[4];
	} object[] = {
		{"<13>1 2026-01-15T10:00:00Z h app 7 - - {\"a\":{\"b\":1},\"app\":\"mine\"}\n", "",
			{"\"class\":\"log.json\"", "\"time\":\"2026-01-15T10:00:00Z\"",
				"\"a.b\":1,\"app\":\"mine\",\"host\":\"h\"", "\"procid\":\"7\""}},
		{"<13>Jan 15 10:00:00 h app: @cee: {\"EventID\":4625,\"Channel\":\"Security\","
		 "\"EventTime\":\"2026-01-15 09:59:58\"}\n",
			"",
			{"\"class\":\"host.windows\"", "\"time\":\"2026-01-15T09:59:58Z\"",
				"\"EventID\":4625"}},
		/* nobody who can send a line observes the network */
		{"<13>Jan 15 10:00:00 h z: "
		 "{\"ts\":1768471200,\"uid\":\"C\",\"id.orig_h\":\"10.0.0.1\",\"_path\":\"conn\"}"
		 "\n",
			"", {"\"class\":\"log.json\""}},
		{"<13>Jan 15 10:00:00 h z: {\"ward.asset\":\"x\"}\n", "",
			{"\"foreign.ward.asset\":\"x\""}},
		{"<13>1 - h - - - - {\"a\":1,}\n", "1:25 syslog.odd.json kept;",
			{"\"class\":\"log.syslog\"", "\"message\":\"{\\\"a\\\":1,}\""}},
		{"<13>1 2026-01-15T10:00:09Z h app - - - <Event><System><Provider "
		 "Name='P'/><EventID>7</EventID>"
		 "<TimeCreated "
		 "SystemTime='2026-01-15T10:00:00Z'/><Channel>Security</Channel></System>"
		 "<EventData><Data Name='TargetUserName'>u</Data></EventData></Event>\n",
			"",
			{"\"class\":\"host.windows\"", "\"time\":\"2026-01-15T10:00:00Z\"",
				"\"Provider_Name\":\"P\",\"EventID\":7",
				"\"TargetUserName\":\"u\",\"host\":\"h\""}},
		{"<13>1 - h - - - - <Event><A>1</B></Event>\n", "1:32 syslog.odd.xml kept;",
			{"\"class\":\"log.syslog\"", "<Event><A>1</B></Event>"}},
		{"<13>1 - h - - - - {}\n", "", {"\"message\":\"{}\""}},
		{"<13>1 - h - - - [ward@32473 class=\"door.forced\" door=\"D1\"] {\"a\":1}\n", "",
			{"\"class\":\"door.forced\"", "\"message\":\"{\\\"a\\\":1}\""}},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(object); i++) {
		struct got g = read_all("x", object[i].in, strlen(object[i].in));

		assert_string_equal(g.problems, object[i].problems);
		for (size_t k = 0; k < 4 && object[i].want[k]; k++)
			if (!strstr(g.text, object[i].want[k]))
				fail_msg("no %s in %s", object[i].want[k], g.text);
	}
}

static void test_sniff(void **state)
{
	static const struct {
		const char *p;
		size_t len;
		enum ward_input_kind kind;
	} head[] = {
		{"\xd4\xc3\xb2\xa1xxxx", 8, WARD_INPUT_PCAP},
		{"\x0a\x0d\x0d\x0axxxx", 8, WARD_INPUT_PCAPNG},
		{"ElfFile\0", 8, WARD_INPUT_EVTX},
		{"__CURSOR=s=1", 12, WARD_INPUT_EXPORT},
		{"BZh91AY", 7, WARD_INPUT_UNKNOWN}, /* no NUL, and yet no text */
		{"BZ", 2, WARD_INPUT_LINES},
		{"", 0, WARD_INPUT_LINES},
		{"\xef\xbb\xbf {\n\"a\"", 8, WARD_INPUT_JSON},
		{"{ \"kind\" : \"event\"", 18, WARD_INPUT_EVENTS},
		{"[\n{", 3, WARD_INPUT_JSON},
		{"[Fri", 4, WARD_INPUT_LINES},
		{"{x", 2, WARD_INPUT_LINES},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(head); i++)
		assert_int_equal(
			ward_input_sniff(ward_slice_of(head[i].p, head[i].len)), head[i].kind);
}

/* What is refused says what to do. */
static void test_refusal(void **state)
{
	static const char *const magic[] = {"BZh91AY", "PK\x03\x04"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(magic); i++)
		assert_non_null(strstr(
			ward_input_refusal(ward_str_bytes(ward_str_z(magic[i]))), "first with"));
	assert_non_null(strstr(ward_input_refusal(ward_slice_of("\0", 1)), "binary"));
	assert_non_null(strstr(ward_input_refusal(ward_slice_of("", 0)), "binary"));
}

/* The same file gives the same ids; another beginning gives others. */
static void test_ids(void **state)
{
	struct got a = read_all("x", "one\ntwo\n", 8), b = read_all("x", "one\ntwo\n", 8);
	struct got c = read_all("x", "two\ntwo\n", 8);

	(void)state;
	assert_string_equal(a.text, b.text);
	assert_string_not_equal(a.text, c.text);
}

/* Opening fails whole at each allocation. */
static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t at = 1; at < 200; at++) {
		struct ward_limits lim;
		struct ward_names names;
		struct ward_counters counters;
		struct ward_mem_failing mem;
		struct ward_input in;
		struct ward_input_opts opts = {
			.mem = &mem.mem, .lim = &lim, .names = &names, .counters = &counters};

		ward_limits_default(&lim);
		ward_counters_init(&counters);
		assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
		ward_mem_failing_init(&mem, at);
		int fd = input("{}", 2);
		enum ward_err err = ward_input_open_fd(
			&in, fd, WARD_STR("x"), WARD_INPUT_UNKNOWN, drivers, &opts);

		if (err == WARD_OK)
			ward_input_close(&in);
		else
			close(fd);
		ward_names_fini(&names);
		if (err == WARD_OK)
			return;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	fail();
}

/* A place and its epoch make the id: each life of a process and each file has an epoch of its own,
 * and what is read again under the one before is the same event. */
static void ids_by_epoch(void **state)
{
	static const uint64_t epoch[] = {0, 5, 0, 6, 5};
	static const char *const text[] = {"<13>x: y", "{\"a\":1}"};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(text); k++) {
		struct ward_limits lim;
		struct ward_names names;
		struct ward_counters counters;
		struct ward_arena arena;
		struct ward_input_opts opts = {.mem = ward_mem_heap(),
			.lim = &lim,
			.names = &names,
			.counters = &counters,
			.source = WARD_STR("t")};
		struct ward_input_problem p = {.counter = NULL};
		struct ward_log_sensor *log;
		struct ward_event e;
		struct ward_id id[WARD_ARRAY_LEN(epoch)];

		ward_limits_default(&lim);
		ward_counters_init(&counters);
		ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
		assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
		assert_int_equal(
			ward_log_sensor_new(&opts, k ? WARD_LOG_JSON : WARD_LOG_SYSLOG, &log),
			WARD_OK);
		for (size_t i = 0; i < WARD_ARRAY_LEN(epoch); i++) {
			opts.epoch = epoch[i];
			assert_int_equal(
				ward_log_sensor_record(log, ward_str_z(text[k]), 7, &arena, &e, &p),
				WARD_OK);
			id[i] = e.id;
		}
		assert_true(ward_id_eq(id[0], id[2]) && ward_id_eq(id[1], id[4]));
		assert_false(ward_id_eq(id[0], id[1]) || ward_id_eq(id[1], id[3]) ||
			     ward_id_eq(id[0], id[3]));
		ward_log_sensor_free(log);
		ward_arena_fini(&arena);
		ward_names_fini(&names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_by_epoch),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_zeek_problems),
		cmocka_unit_test(test_zeek_wide),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_odd_json),
		cmocka_unit_test(test_exports),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_sniff),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
