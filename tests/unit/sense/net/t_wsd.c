#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/wsd/xml.h"

#define WSD "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"
#define OLD "http://schemas.xmlsoap.org/ws/2005/04/discovery"
#define BEGIN(space)                                                                               \
	"<?xml version='1.0'?><!-- a > --><s:Envelope "                                            \
	"xmlns:s='http://www.w3.org/2003/05/soap-envelope' "                                       \
	"xmlns:a=\"x\" xmlns:d=\"" space "\" xmlns:m=\"http://standards.ieee.org/downloads/11073/" \
	"11073-20702-2016\" xmlns:dpws='urn:d'>"
#define HEAD(space, action)                                  \
	"<s:Header><a:Action> " space "/" action             \
	" </a:Action><a:MessageID>urn:uuid:77</a:MessageID>" \
	"<a:ReplyTo><a:Address>anonymous</a:Address></a:ReplyTo></s:Header>"
#define ENDPOINT "<a:EndpointReference><a:Address>urn:uuid:1-2</a:Address></a:EndpointReference>"
#define END "</s:Body></s:Envelope>"
#define HELLO                                                                                 \
	BEGIN(WSD)                                                                            \
	HEAD(WSD, "Hello")                                                                    \
	"<s:Body><d:Hello>" ENDPOINT "<d:Types>dpws:Device\n m:MedicalDevice Plain</d:Types>" \
	"<d:Scopes>sdc.ctxt.loc:/loc/CU1%2FBed7?x=1&amp;y "                                   \
	"sdc.ctxt.pat:/DOE/4711 SDC.CTXT.enc:/DOE "                                           \
	"onvif://www.onvif.org/name/Cam</d:Scopes>"                                           \
	"<d:XAddrs>http://10.0.0.9/sdc</d:XAddrs><d:Empty/></d:Hello>" END

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_wsd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static enum ward_verdict feed(const char *text, bool trusted)
{
	proto_lab_again(&lab, &ward_dissect_wsd);
	proto_lab_forget(&lab);
	lab.trusted = trusted;
	return proto_lab_feed(&lab, 0, ward_slice_of(text, strlen(text)), false);
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
	assert_int_equal(feed(HELLO, false), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.wsd.hello\"", 1);
	expect_told("\"wsd.endpoint\":\"urn:uuid:1-2\","
		    "\"wsd.types\":[\"Device\",\"MedicalDevice\",\"Plain\"],"
		    "\"wsd.type_namespaces\":[\"urn:d\","
		    "\"http://standards.ieee.org/downloads/11073/11073-20702-2016\",\"\"],"
		    "\"wsd.scopes\":[\"sdc.ctxt.loc:/loc/CU1%2FBed7?x=1&y\",\"sdc.ctxt.pat\","
		    "\"SDC.CTXT.enc\",\"onvif://www.onvif.org/name/Cam\"],"
		    "\"wsd.addresses\":\"http://10.0.0.9/sdc\"",
		1);
	expect_told("DOE", 0);
	expect_told("4711", 0);
	expect_told("anonymous", 0);
}

static void test_actions(void **state)
{
	static const struct {
		const char *text, *class;
	} rows[] = {
		{BEGIN(WSD) HEAD(WSD, "Bye") "<s:Body>" END, "net.wsd.bye"},
		{"\xef\xbb\xbf" BEGIN(OLD) HEAD(OLD, "Probe") "<s:Body>" END, "net.wsd.probe"},
		{BEGIN(OLD) HEAD(OLD, "ProbeMatches") "<s:Body>" END, "net.wsd.probe_matches"},
		{BEGIN(WSD) HEAD(WSD, "Resolve") "<s:Body>" END, "net.wsd.resolve"},
		{BEGIN(WSD) HEAD(WSD, "ResolveMatches") "<s:Body>" END, "net.wsd.resolve_matches"},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		assert_int_equal(feed(rows[i].text, false), WARD_VERDICT_OK);
		(void)snprintf(text, sizeof(text), "\"class\":\"%s\"", rows[i].class);
		expect_told(text, 1);
	}
}

static void test_reasons(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{"", "net.wsd.reject.xml"},
		{"text", "net.wsd.reject.xml"},
		{"<a>", "net.wsd.reject.envelope"},
		{"<s:Envelope><a></b></s:Envelope>", "net.wsd.reject.xml"},
		{"<!DOCTYPE x><s:Envelope/>", "net.wsd.reject.xml"},
		{"<s:Envelope/><s:Envelope/>", "net.wsd.reject.xml"},
		{"<s:Envelope/>text", "net.wsd.reject.xml"},
		{"<s:Envelope a='>'", "net.wsd.reject.xml"},
		{"<!-- never", "net.wsd.reject.xml"},
		{"<?never", "net.wsd.reject.xml"},
		{"</a>", "net.wsd.reject.xml"},
		{"<>", "net.wsd.reject.xml"},
		{"<s:Envelope/>", "net.wsd.reject.action"},
		{BEGIN(WSD) HEAD(WSD, "Hell") "<s:Body>" END, "net.wsd.reject.action"},
		{BEGIN(WSD) HEAD("urn:x", "Hello") "<s:Body>" END, "net.wsd.reject.action"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		if (rows[i].text[0]) {
			assert_int_equal(feed(rows[i].text, true), WARD_VERDICT_MALFORMED);
			assert_string_equal(ward_dissect_wsd.reason[lab.d.reason], rows[i].reason);
		}
		assert_int_equal(feed(rows[i].text, false),
			rows[i].text[0] ? WARD_VERDICT_FOREIGN : WARD_VERDICT_MORE);
	}
	proto_lab_again(&lab, &ward_dissect_wsd);
	lab.partial = true;
	assert_int_equal(
		proto_lab_feed(&lab, 0, ward_slice_of(HELLO, 300), false), WARD_VERDICT_MORE);
}

static void test_depth(void **state)
{
	struct ward_xml x = {.all = WARD_STR("<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>"
					     "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>")};
	struct ward_xml_piece piece;
	size_t n = 0;

	(void)state;
	while (ward_xml_next(&x, &piece) == WARD_XML_OPEN)
		n++;
	assert_int_equal(n, WARD_XML_DEPTH);
}

static void test_prefixes_end(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(HELLO) - 1; n++) {
		proto_lab_again(&lab, &ward_dissect_wsd);
		assert_int_not_equal(
			proto_lab_feed(&lab, 0, ward_slice_of(HELLO, n), false), WARD_VERDICT_OK);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_prefixes_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
