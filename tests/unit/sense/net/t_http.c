#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/carve/magic.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/http/stream.h"

#define CLASS "\"class\":\"net.http\""
#define GET(uri) "GET " uri " HTTP/1.1\r\nHost: ris.example\r\nUser-Agent: viewer/1\r\n\r\n"
#define OK(fields, body) "HTTP/1.1 200 OK\r\n" fields "\r\n" body

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_http);
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
	proto_lab_again(&lab, &ward_dissect_http);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

static void end(unsigned side)
{
	(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* One request and its answer on a connection of their own. */
static void ask(const char *request, const char *answer)
{
	again();
	(void)feed(0, request);
	(void)feed(1, answer);
}

static void test_transaction(void **state)
{
	(void)state;
	ask("POST /a?b=1 HTTP/1.1\r\nHost: ris.example\r\nUser-Agent: viewer/1\r\n"
	    "Referer: http://u:secret@portal/x\r\nContent-Type: text/plain\r\n"
	    "Cookie: sid=SECRET; theme=SECRET\r\nX-Forwarded-For: 10.9.8.7\r\n"
	    "Content-Length: 5\r\n\r\nhello",
		"HTTP/1.1 201 Created\r\nServer: pacs/2\r\nContent-Type: application/pdf\r\n"
		"Content-Disposition: attachment; filename=\"a;b.pdf\"\r\n"
		"Location: /c\r\nSet-Cookie: id=SECRET; Path=/\r\nContent-Length: "
		"8\r\n\r\n%PDF-1.7");
	expect_told(CLASS, 1);
	expect_told("\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":50000", 1);
	expect_told("\"http.method\":\"POST\",\"uri\":\"/a?b=1\",\"http.host\":\"ris.example\","
		    "\"http.user_agent\":\"viewer/1\",\"http.referrer\":\"http://portal/x\","
		    "\"http.x_forwarded_for\":\"10.9.8.7\",\"http.request_type\":\"text/plain\"",
		1);
	expect_told(
		"\"http.request_headers\":[\"Host\",\"User-Agent\",\"Referer\",\"Content-Type\","
		"\"Cookie\",\"X-Forwarded-For\",\"Content-Length\"],"
		"\"http.cookies\":[\"sid\",\"theme\"],\"http.version\":\"1.1\","
		"\"http.depth\":1,\"http.request_length\":5,\"http.request_bytes\":5",
		1);
	expect_told("\"http.status\":201,\"http.reason\":\"Created\",\"http.server\":\"pacs/2\","
		    "\"http.response_type\":\"application/pdf\",\"http.location\":\"/c\","
		    "\"file.name\":\"a;b.pdf\"",
		1);
	expect_told("\"http.set_cookies\":\"id\",\"http.response_length\":8,"
		    "\"http.response_bytes\":8,\"http.response_mime\":\"application/pdf\","
		    "\"http.outcome\":\"answered\",\"http.latency_ns\":0",
		1);
	expect_told("SECRET", 0);
	expect_told("secret", 0);
}

static void test_bodies(void **state)
{
	static const struct {
		const char *request, *answer, *told;
	} rows[] = {
		{"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", OK("Content-Length: 99\r\n", ""),
			"\"http.response_length\":99,\"http.response_bytes\":0"},
		{GET("/"), "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
			"\"http.status\":304"},
		{GET("/"), "HTTP/1.1 204 No Content\r\n\r\n", "\"http.status\":204"},
		{GET("/"),
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			"\"http.status\":200"},
		{GET("/"),
			OK("Transfer-Encoding: chunked\r\n", "5;x=y\r\nMZ123\r\nA\r\n0123456789\r\n"
							     "0\r\nTrailer: 1\r\n\r\n"),
			"\"http.response_bytes\":15,"
			"\"http.response_mime\":\"application/x-dosexec\""},
		{GET("/"), OK("Transfer-Encoding: chunked\r\n", "1\nx\n0\n\n"),
			"\"http.response_bytes\":1"},
		{GET("/"), OK("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "{}"),
			"\"http.response_bytes\":2"},
		{GET("/"), OK("Content-Length: 0\r\n", ""), "\"http.response_bytes\":0"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		ask(rows[i].request, rows[i].answer);
		expect_told(CLASS, 1);
		expect_told(rows[i].told, 1);
		/* The next one begins where it should. */
		(void)feed(0, "\r\n" GET("/next"));
		(void)feed(1, OK("Content-Length: 0\r\n", ""));
		expect_told("\"uri\":\"/next\"", 1);
		expect_told("\"http.depth\":2", 1);
	}
}

static void test_until_close(void **state)
{
	(void)state;
	ask(GET("/"), "HTTP/1.0 200 OK\r\n\r\n<html>");
	(void)feed(1, "more");
	expect_told(CLASS, 0);
	end(1);
	expect_told("\"http.response_bytes\":10,\"http.response_mime\":\"text/html\","
		    "\"http.outcome\":\"answered\"",
		1);
	expect_told("cut", 0);
	ask(GET("/"), OK("Content-Length: 10\r\n", "half"));
	end(1);
	expect_told("\"http.response_bytes\":4,\"http.response_cut\":true", 1);
	ask("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
		"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
	expect_told("\"http.request_bytes\":3,\"http.request_cut\":true,\"http.status\":413", 1);
	again();
	(void)feed(0, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
	end(0);
	end(1);
	expect_told("\"http.request_cut\":true,\"http.outcome\":\"unanswered\"", 1);
}

static void test_pipelining(void **state)
{
	(void)state;
	again();
	(void)feed(0, GET("/1") GET("/2") GET("/3"));
	(void)feed(1, OK("Content-Length: 0\r\n", "") OK("Content-Length: 0\r\n", ""));
	expect_told("\"http.outcome\":\"answered\"", 2);
	end(0);
	expect_told("unanswered", 0);
	end(1);
	expect_told("\"uri\":\"/3\"", 1);
	expect_told("\"http.outcome\":\"unanswered\"", 1);
	/* More than are kept: told at once, and their answers alone. */
	again();
	for (unsigned i = 0; i < WARD_HTTP_REQUESTS + 2; i++)
		(void)feed(0, GET("/x"));
	expect_told("\"http.outcome\":\"unpaired\"", 2);
	for (unsigned i = 0; i < WARD_HTTP_REQUESTS + 3; i++)
		(void)feed(1, OK("Content-Length: 0\r\n", ""));
	expect_told("\"http.outcome\":\"answered\"", WARD_HTTP_REQUESTS);
	expect_told("\"http.outcome\":\"unpaired\"", 4);
	expect_told("\"http.outcome\":\"unrequested\"", 1);
}

static void test_long_texts(void **state)
{
	static char text[WARD_HTTP_HEAD + 100];

	(void)state;
	again();
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "GET /", 5);
	memcpy(text + 4000, " HTTP/1.1\r\nHost: h\r\n\r\n", 22);
	text[4022] = 0;
	for (unsigned i = 0; i < 3; i++)
		(void)feed(0, text);
	expect_told("\"http.fields_cut\":true,\"http.outcome\":\"unpaired\"", 2);
	end(1);
	expect_told("\"http.outcome\":\"unanswered\"", 1);
	again();
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "GET /", 5);
	assert_int_equal(feed(0, text), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_HTTP_HEAD_LONG), 1);
}

static void test_anomalies(void **state)
{
	static const struct {
		const char *head, *anomaly;
	} rows[] = {
		{"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"content-length-and-transfer-encoding"},
		{"Content-Length: 0\r\nContent-Length: 1\r\n\r\n", "content-lengths-differ"},
		{"Content-Length: 0, 7\r\n\r\n", "content-lengths-differ"},
		{"Content-Length: +1\r\n\r\n", "content-length-invalid"},
		{"Transfer-Encoding: xchunked\r\n\r\n", "transfer-encoding-unknown"},
		{"X: 1\n\r\n", "bare-lf"},
		{"X: 1\r\n y\r\n\r\n", "folded-line"},
		{"X : 1\r\n\r\n", "space-before-colon"},
		{"nothing\r\n\r\n", "line-without-colon"},
		{"(x): 1\r\n\r\n", "field-name-invalid"},
		{"X: a\rb\r\n\r\n", "control-byte"},
		{"Host: other\r\n\r\n", "host-repeated"},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		again();
		(void)snprintf(
			text, sizeof(text), "POST / HTTP/1.1\r\nHost: h\r\n%s", rows[i].head);
		(void)feed(0, text);
		end(1);
		(void)snprintf(text, sizeof(text), "\"http.anomaly\":\"%s\"", rows[i].anomaly);
		expect_told(text, 1);
	}
	ask("GET / HTTP/1.1\r\n\r\n",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
	expect_told("\"http.anomaly\":\"host-missing\"", 1);
	expect_told("\"http.response_anomaly\":\"transfer-encoding-in-1.0\"", 1);
	ask("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", OK("Content-Length: 0\r\n", ""));
	expect_told("\"uri\":\"/a%20b\"", 1);
	expect_told("\"http.anomaly\":\"start-line-spaces\"", 1);
	ask("GET /a HTTP/1.1 \r\nHost: h\r\n\r\n", OK("Content-Length: 0\r\n", ""));
	expect_told("\"uri\":\"/a\"", 1);
	expect_told("\"http.anomaly\":\"start-line-spaces\"", 1);
	/* The same length twice is one. */
	ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\nx",
		OK("Content-Length: 0\r\n", ""));
	expect_told("anomaly", 0);
	expect_told("\"http.request_bytes\":1", 1);
}

static void test_lookups(void **state)
{
	(void)state;
	ask("GET /\x01\xff HTTP/1.1\r\nHost: h\r\nX-Api-Version: ${jndi:ldap://a/b}\r\n"
	    "X-Other: xx${lower:j}\r\n\r\n",
		OK("Content-Length: 0\r\n", ""));
	expect_told(
		"\"http.lookup_header\":\"X-Api-Version\",\"http.lookup\":\"${jndi:ldap://a/b}\"",
		1);
	expect_told("\"http.x_api_version\":\"${jndi:ldap://a/b}\"", 1);
	expect_told("\"uri\":\"/%01%FF\"", 1);
	ask("GET / HTTP/1.1\r\nHost: h\r\nX-Other: xx${lower:j}\r\n\r\n",
		OK("Content-Length: 0\r\n", ""));
	expect_told("\"http.lookup_header\":\"X-Other\",\"http.lookup\":\"${lower:j}\"", 1);
}

static void test_switches(void **state)
{
	(void)state;
	ask("CONNECT db:443 HTTP/1.1\r\nHost: db:443\r\n\r\n", "HTTP/1.1 200 Established\r\n\r\n");
	assert_true(lab.d.handover);
	expect_told("\"uri\":\"db:443\"", 1);
	proto_lab_again(&lab, &ward_dissect_http);
	ask("CONNECT db:443 HTTP/1.1\r\nHost: db:443\r\n\r\n",
		"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
	assert_false(lab.d.handover);
	ask("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
	assert_true(lab.d.handover);
	expect_told("\"http.upgrade\":\"h2c\"", 1);
	expect_told("\"http.upgraded\":\"h2c\"", 1);
	/* BACnet/SC (135-2020 AB.7.1) */
	ask("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Protocol: hub.bsc.bacnet.org\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		"Sec-WebSocket-Protocol: hub.bsc.bacnet.org\r\n\r\n\x82\x01x");
	assert_false(lab.d.handover);
	expect_told("\"http.websocket_protocols\":\"hub.bsc.bacnet.org\"", 1);
	expect_told("\"http.websocket_protocol\":\"hub.bsc.bacnet.org\"", 1);
	end(0);
	end(1);
	expect_told(CLASS, 1);
}

#define AUTH(field) "GET / HTTP/1.1\r\nHost: h\r\n" field "\r\n\r\n"
#define EMPTY(status) "HTTP/1.1 " status " x\r\nContent-Length: 0\r\n\r\n"
/* An AUTHENTICATE_MESSAGE of user "bob" in UTF-16 (MS-NLMP 2.2.1.3). */
#define NTLM                                                                                       \
	"TlRMTVNTUAADAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABgAGAEAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAGIA" \
	"bwBiAA=="

static void test_logins(void **state)
{
	static const struct {
		const char *request, *answer, *told;
	} rows[] = {
		{AUTH("Authorization: Basic Ym9iOlNFQ1JFVA=="), EMPTY("200"),
			"\"user\":\"bob\",\"login.method\":\"basic\",\"login.outcome\":\"ok\","
			"\"login.cleartext\":true"},
		{AUTH("Authorization: Basic Ym9iOlNFQ1JFVA=="), EMPTY("401"),
			"\"login.outcome\":\"failed\""},
		{AUTH("Authorization: Digest username=\"bob\", realm=\"r\", response=\"SECRET\""),
			EMPTY("302"),
			"\"user\":\"bob\",\"login.method\":\"digest\",\"login.outcome\":\"ok\""},
		{AUTH("Proxy-Authorization: Basic Ym9iOlNFQ1JFVA=="), EMPTY("407"),
			"\"user\":\"bob\",\"login.method\":\"basic\",\"login.outcome\":\"failed\""},
		{AUTH("Authorization: Bearer SECRET"), EMPTY("500"),
			"\"login.method\":\"bearer\",\"login.outcome\":\"unknown\","
			"\"login.cleartext\":true"},
		{AUTH("Authorization: NTLM " NTLM), EMPTY("200"),
			"\"user\":\"bob\",\"login.method\":\"ntlm\",\"login.outcome\":\"ok\""},
		{AUTH("Authorization: Negotiate YIGABgkqhkiG9xIBAgIAAA=="), EMPTY("200"),
			"\"login.method\":\"kerberos\",\"login.outcome\":\"ok\""},
		{AUTH("Authorization: Foo SECRET"), EMPTY("403"),
			"\"login.method\":\"other\",\"login.outcome\":\"failed\""},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		ask(rows[i].request, rows[i].answer);
		expect_told("\"class\":\"net.login\"", 1);
		expect_told(rows[i].told, 1);
		expect_told("\"src_ip\":\"10.0.0.1\"", 2);
		expect_told("SECRET", 0);
	}
	/* The first message of NTLM says nothing yet, and so does an empty one. */
	ask(AUTH("Authorization: NTLM TlRMTVNTUAABAAAA"), EMPTY("401"));
	ask(AUTH("Authorization: Basic"), EMPTY("401"));
	expect_told("net.login", 0);
}

static void test_logins_repeat(void **state)
{
	(void)state;
	again();
	for (unsigned i = 0; i < 3; i++) {
		(void)feed(0, AUTH("Authorization: Basic Ym9iOng="));
		(void)feed(1, EMPTY("200"));
	}
	expect_told("net.login", 1);
	for (unsigned i = 0; i < 3; i++) {
		(void)feed(0, AUTH("Authorization: Basic Ym9iOng="));
		(void)feed(1, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"Cam 7\"\r\n"
			      "Content-Length: 0\r\n\r\n");
	}
	expect_told("net.login", 4);
	expect_told("\"http.challenge\":\"Basic\",\"http.realm\":\"Cam 7\"", 3);
	(void)feed(0, AUTH("Authorization: Basic Ym9iOng="));
	end(1);
	expect_told("\"login.outcome\":\"unknown\"", 1);
}

static void test_gaps(void **state)
{
	(void)state;
	ask(GET("/1"), OK("Content-Length: 100\r\n", "x"));
	assert_true(proto_lab_gap(&lab, 1, 98));
	(void)feed(1, "y");
	expect_told("\"http.response_bytes\":100", 1);
	expect_told("cut", 0);
	/* A head among what is lost: the newest request is the one that is answered. */
	(void)feed(0, GET("/2") GET("/3"));
	assert_true(proto_lab_gap(&lab, 1, 5000));
	(void)feed(1, "rest of a body");
	(void)feed(1, OK("Content-Length: 0\r\n", ""));
	expect_told("\"http.outcome\":\"unpaired\"", 1);
	expect_told("\"http.outcome\":\"answered\"", 2);
	(void)feed(0, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
	assert_true(proto_lab_gap(&lab, 0, 10));
	(void)feed(0, "zzz");
	(void)feed(0, GET("/4"));
	(void)feed(1, OK("Content-Length: 0\r\n", "") OK("\r\n", ""));
	expect_told("\"http.request_cut\":true", 1);
	expect_told("\"uri\":\"/4\"", 0);
	assert_true(proto_lab_gap(&lab, 1, 10));
	end(1);
	expect_told("\"uri\":\"/4\"", 1);
	/* What was lost is not what a body begins with. */
	ask(GET("/1"), OK("Content-Length: 100\r\n", ""));
	assert_true(proto_lab_gap(&lab, 1, 98));
	(void)feed(1, "MZ");
	expect_told("mime", 0);
}

static void test_reasons(void **state)
{
	static const struct {
		enum ward_http_reason reason;
		const char *client, *server;
	} rows[] = {
		{WARD_HTTP_START, "GET / HTTP/1.1\r\nHost: h\r\n\r\n\x01", NULL},
		{WARD_HTTP_START, "get / HTTP/1.1\r\n\r\n", NULL},
		{WARD_HTTP_VERSION, "GET / HTTP/7.1\r\n\r\n", NULL},
		{WARD_HTTP_VERSION, NULL, "HTTP/3.1 200 OK\r\n\r\n"},
		{WARD_HTTP_STATUS, NULL, "HTTP/1.1 20x OK\r\n\r\n"},
		{WARD_HTTP_SIDE, "GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", NULL},
		{WARD_HTTP_CHUNK_SIZE, NULL, OK("Transfer-Encoding: chunked\r\n", "xyz\r\n")},
		{WARD_HTTP_CHUNK_SIZE, NULL,
			OK("Transfer-Encoding: chunked\r\n", "1234567890abcdef\r\n")},
		{WARD_HTTP_CHUNK_SIZE, NULL, OK("Transfer-Encoding: chunked\r\n", "\x11\r\n")},
		{WARD_HTTP_CHUNK_END, NULL, OK("Transfer-Encoding: chunked\r\n", "1\r\nab")},
		{WARD_HTTP_CHUNK_END, NULL, OK("Transfer-Encoding: chunked\r\n", "1\r\na\rb")},
	};
	static char line[WARD_HTTP_LINE + 2];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		uint64_t before = proto_lab_reason(&lab, rows[i].reason);

		again();
		assert_int_equal(rows[i].client ? feed(0, rows[i].client) : feed(1, rows[i].server),
			WARD_VERDICT_MALFORMED);
		assert_int_equal(proto_lab_reason(&lab, rows[i].reason), before + 1);
	}
	again();
	memset(line, 'a', sizeof(line) - 1);
	(void)feed(1, OK("Transfer-Encoding: chunked\r\n", "0\r\n"));
	assert_int_equal(feed(1, line), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_HTTP_TRAILER_LONG), 1);
	lab.trusted = false;
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "GET / HTTP/2.0\r\n\r\n"), WARD_VERDICT_FOREIGN);
}

static bool probes(const char *text)
{
	return ward_dissect_http.probe_stream(ward_slice_of(text, strlen(text))) == WARD_PROBE_YES;
}

static void test_probe(void **state)
{
	static const char *const good[] = {"GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n",
		"HTTP/1.0 404\r\n", "GET /a/long/path/that/goes/on", "FOO * HTTP/1.0\n",
		"NOTIFY * HTTP/1.1 \r\n", "POST http://h/x HTTP/1.1\r\nHost",
		"CONNECT a:1 HTTP/1.1\r\n", "HTTP/1.1"};
	static const char *const bad[] = {"", "GET", "GET ", "GET / RTSP/1.0\r\n",
		"OPTIONS sip:a SIP/2.0\r\n", "OPTIONS rtsp://a/b RTSP/1.0\r\n", "HTTP/2.0 200 OK",
		"HTTP/1.1x200", "RTSP/1.0 200 OK\r\n", "PRI * HTTP/2.0\r\n", "GET \x01",
		"get / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "HTTP/1.1 2000", "\r\nGET / HTTP/1.1\r\n"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++)
		if (!probes(good[i]))
			fail_msg("not taken: %s", good[i]);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (probes(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

static void test_mime(void **state)
{
	static const struct {
		const char *bytes, *mime;
	} rows[] = {{"PK\x03\x04", "application/zip"}, {"\xef\xbb\xbf  <?XML", "text/xml"},
		{"{\n  \"a\": 1", "application/json"}, {"#!/bin/sh", "text/x-shellscript"},
		{"MSH|^~", "x-application/hl7-v2+er7"}, {"just text", NULL}, {"", NULL}};
	char dicom[132] = {0};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		const char *mime =
			ward_file_mime(ward_slice_of(rows[i].bytes, strlen(rows[i].bytes)));

		assert_true(rows[i].mime ? mime && strcmp(mime, rows[i].mime) == 0 : !mime);
	}
	memcpy(dicom + 128, "DICM", 4);
	assert_string_equal(ward_file_mime(ward_slice_of(dicom, 132)), "application/dicom");
}

static void test_from_the_middle(void **state)
{
	(void)state;
	/* The flow's first speaker is the server. */
	again();
	(void)feed(0, OK("Content-Length: 0\r\n", ""));
	expect_told("\"http.outcome\":\"unrequested\"", 1);
	expect_told("\"src_ip\":\"10.0.0.2\",\"dst_ip\":\"10.0.0.1\"", 1);
	(void)feed(1, GET("/"));
	(void)feed(0, OK("Content-Length: 0\r\n", ""));
	expect_told("\"http.outcome\":\"answered\"", 1);
	expect_told("\"src_ip\":\"10.0.0.2\",\"dst_ip\":\"10.0.0.1\"", 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transaction),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_until_close),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_anomalies),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_logins_repeat),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_mime),
		cmocka_unit_test(test_from_the_middle),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
