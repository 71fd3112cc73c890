#include "sense/net/proto/fox/fox.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define HELLO                                                                               \
	"fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\nhostName=s:plant\n"            \
	"hostAddress=s:10.0.0.2\napp.name=s:Station\napp.version=s:3.8.111\nvm.name=s:J9\n" \
	"vm.version=s:2.3\nos.name=s:QNX\nos.version=s:6.3.2\nstation.name=s:Ward_7\n"      \
	"lang=s:en\nhostId=s:Qnx-NPM6\nvmUuid=s:11e4d864\nbrandId=s:vykon\n};;\n"
#define CHALLENGE "fox a 1 -1 fox challenge\n{\nmethod=s:digest-md5\nnonce=b:4[\x01\xff\x02]\n};;\n"

static enum ward_fox_framing parse_exact(const char *text, size_t len, struct ward_fox *m)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	enum ward_fox_framing f = ward_fox_parse(ward_slice_of(copy, len), m);

	free(copy);
	return f;
}

static void test_prefixes(void **state)
{
	static const char *const good[] = {HELLO, CHALLENGE, "fox a 0 -1 fox x\n{\n\n};;\n"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		size_t len = strlen(good[i]);
		struct ward_fox m;

		assert_int_equal(parse_exact(good[i], len, &m), WARD_FOX_WHOLE);
		assert_int_equal(m.size, len);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(parse_exact(good[i], cut, &m), WARD_FOX_MORE);
	}
}

static void test_bytes_turned(void **state)
{
	char text[] = HELLO;
	struct ward_fox m;

	(void)state;
	for (size_t at = 0; at < sizeof(text) - 1; at++)
		for (unsigned v = 0; v < 256; v++) {
			char was = text[at];

			text[at] = (char)v;
			if (parse_exact(text, sizeof(text) - 1, &m) == WARD_FOX_NOT)
				assert_true(m.reason < WARD_FOX_REASON_N && m.off < sizeof(text));
			text[at] = was;
		}
}

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_fox);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(void)
{
	proto_lab_again(&lab, &ward_dissect_fox);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_hello(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, HELLO), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.fox.hello\"", 1);
	expect_told("\"fox.command\":\"hello\",\"fox.version\":\"1.0\",\"fox.host_name\":\"plant\","
		    "\"fox.host_address\":\"10.0.0.2\",\"fox.app_name\":\"Station\","
		    "\"fox.app_version\":\"3.8.111\",\"fox.vm_name\":\"J9\","
		    "\"fox.vm_version\":\"2.3\",\"fox.os_name\":\"QNX\","
		    "\"fox.os_version\":\"6.3.2\",\"fox.station_name\":\"Ward_7\","
		    "\"fox.lang\":\"en\",\"fox.host_id\":\"Qnx-NPM6\","
		    "\"fox.vm_uuid\":\"11e4d864\",\"fox.brand_id\":\"vykon\"",
		1);
	assert_int_equal(feed(1, CHALLENGE), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.fox.session\"", 1);
	expect_told("\"fox.command\":\"challenge\",\"fox.method\":\"digest-md5\"", 1);
	expect_told("nonce", 0);
}

/* After the session's begin nothing is read, nor after a gap. */
static void test_rest(void **state)
{
	(void)state;
	again();
	(void)feed(0, HELLO "fox a 2 -1 station read\n{\nx=s:1\n};;\n");
	assert_int_equal(feed(0, HELLO), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.fox.hello\"", 1);
	assert_true(proto_lab_gap(&lab, 1, 10));
	assert_int_equal(feed(1, HELLO), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.fox.hello\"", 1);
}

static void test_reasons(void **state)
{
	static char longest[WARD_FOX_MESSAGE + 64] = "fox a 1 -1 fox hello\n{\n";
	const struct {
		const char *text;
		enum ward_fox_reason reason;
		size_t off;
	} bad[] = {
		{"fix", WARD_FOX_HEAD, 0},
		{"fox a\n", WARD_FOX_HEAD, 0},
		{"fox A 1 -1 fox hello\n", WARD_FOX_HEAD, 0},
		{"fox a x -1 fox hello\n", WARD_FOX_HEAD, 0},
		{"fox a 1 y fox hello\n", WARD_FOX_HEAD, 0},
		{"fox a 1 -1 fox\n", WARD_FOX_HEAD, 0},
		{"fox a 1 -1 fox \n", WARD_FOX_HEAD, 0},
		{"fox a 1 -1 fox h\xff\n", WARD_FOX_HEAD, 0},
		{"fox a 1 -1 fox hello\n[", WARD_FOX_BODY, 21},
		{longest, WARD_FOX_LONG, 21},
	};
	bool met[WARD_FOX_REASON_N] = {false};

	(void)state;
	memset(longest + 23, 'x', sizeof(longest) - 24);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_fox m;

		assert_int_equal(parse_exact(bad[i].text, strlen(bad[i].text), &m), WARD_FOX_NOT);
		assert_int_equal(m.reason, bad[i].reason);
		assert_int_equal(m.off, bad[i].off);
		met[m.reason] = true;
		again();
		assert_int_equal(feed(0, bad[i].text), WARD_VERDICT_MALFORMED);
		assert_int_equal(proto_lab_reason(&lab, m.reason) > 0, 1);
		again();
		lab.trusted = false;
		assert_int_equal(feed(0, bad[i].text), WARD_VERDICT_FOREIGN);
		expect_told("net.", 0);
	}
	for (size_t i = 0; i < WARD_FOX_REASON_N; i++)
		assert_true(met[i]);
	/* a line of head that does not end */
	struct ward_fox m;

	memset(longest + 4, 'x', 200);
	assert_int_equal(parse_exact(longest, 200, &m), WARD_FOX_NOT);
}

static void test_probe(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} first[] = {
		{HELLO, true},
		{"fox a 1 -1 fox hello\n{\nfox.v", true},
		{CHALLENGE, false},
		{"fox a 1 -1 station hello\n{\n", false},
		{"fox jumps over the lazy dog\n", false},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(first); i++)
		assert_int_equal(ward_dissect_fox.probe_stream(
					 ward_slice_of(first[i].text, strlen(first[i].text))),
			ward_probe_of(first[i].is));
	assert_int_equal(ward_dissect_fox.probe_stream(ward_slice_of("fox a 1 -1 fox h", 16)),
		WARD_PROBE_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bytes_turned),
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
