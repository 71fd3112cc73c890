#include "respond/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)
#define NASTY "a\"\\'<&>\r\n\x01%+= {to}\xc3\xa9"

static void values(struct ward_str v[WARD_SLOT_N])
{
	for (size_t i = 0; i < WARD_SLOT_N; i++)
		v[i] = WARD_STR(NASTY);
}

/* Values in their place, escaped by where they stand, and never looked at again. */
static void test_fill(void **state)
{
	static const struct {
		enum ward_template_as as;
		const char *t, *wanted;
	} all[] = {
		{WARD_AS_URL, "/x?t={text}&{}{ text}{",
			"/x?t=a%22%5C%27%3C%26%3E%0D%0A%01%25%2B%3D%20%7Bto%7D%C3%A9&{}{ text}{"},
		{WARD_AS_JSON, "{\"t\":\"{text}\"}",
			"{\"t\":\"a\\\"\\\\'<&>\\u000d\\n\\u0001%+= {to}\xc3\xa9\"}"},
		{WARD_AS_XML, "<t>{text}</t>",
			"<t>a&quot;\\&apos;&lt;&amp;&gt;\n%+= {to}\xc3\xa9</t>"},
		{WARD_AS_FIELD, "A: {secret}", "A: a\"\\'<&>   %+= {to}\xc3\xa9"},
		{WARD_AS_PLAIN, "{id}", NASTY}};
	struct ward_str v[WARD_SLOT_N];
	char buf[512];

	(void)state;
	values(v);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_template_fill(ward_str_z(all[i].t), all[i].as, v, &w);
		assert_false(ward_wr_bad(&w));
		assert_true(ward_str_eqz(ward_wr_text(&w), all[i].wanted));
	}
}

static void test_wrong(void **state)
{
#define POST WARD_STR("POST")
#define JSON WARD_STR("application/json")
#define NO WARD_STR("")
	const struct {
		struct ward_template t;
		const char *path, *what;
	} all[] = {{{POST, {NO}, JSON, WARD_STR("{\"a\":\"{text}\"}"), false}, "/", NULL},
		{{WARD_STR("GET"), {NO}, JSON, NO, false}, "/?t={message}", NULL},
		{{POST, {NO}, JSON, WARD_STR("{\"a\":{text}}"), false}, "/", "no JSON once"},
		{{POST, {NO}, JSON, WARD_STR("{\"a\":\"{to}\"}"), false}, "/",
			"nothing holds the message"},
		{{POST, {NO}, JSON, WARD_STR("\"{text}\""), false}, "/{secret}", "in the address"},
		{{POST, {NO}, JSON, WARD_STR("\"{text}\""), false}, "/{nr}", "is no slot"},
		{{POST, {NO}, WARD_STR("image/png"), WARD_STR("{text}"), false}, "/",
			"'content_type'"},
		{{POST, {NO}, WARD_STR("text/plain\r\nA: b"), WARD_STR("{text}"), false}, "/",
			"'content_type'"},
		{{WARD_STR("PUT"), {NO}, JSON, NO, false}, "/{text}", "'body' is missing"},
		{{WARD_STR("GET"), {NO}, JSON, WARD_STR("\"a\""), false}, "/{text}",
			"GET has no body"},
		{{WARD_STR("get"), {NO}, JSON, NO, false}, "/{text}", "'method'"},
		{{POST, {WARD_STR("no field")}, JSON, WARD_STR("\"{text}\""), false}, "/",
			"no field of"},
		{{POST, {WARD_STR("A b: c")}, JSON, WARD_STR("\"{text}\""), false}, "/",
			"no field of"},
		{{POST, {WARD_STR("A: b\r\nC: d")}, JSON, WARD_STR("\"{text}\""), false}, "/",
			"no printable"},
		{{POST, {WARD_STR("HOST: b")}, JSON, WARD_STR("\"{text}\""), false}, "/",
			"written anyway"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_template_slot slot;
		const char *why = ward_template_wrong(&all[i].t, ward_str_z(all[i].path), &slot);

		assert_int_equal(why != NULL, all[i].what != NULL);
		if (why)
			assert_non_null(strstr(why, all[i].what));
		if (slot.is[0])
			assert_string_equal(slot.is, "{nr}");
		if (why) /* with its mend */
			assert_true(slot.is[0] ? strstr(slot.may, "{text}") != NULL
					       : strchr(why, '\n') != NULL);
	}
}

static void test_request(void **state)
{
	const struct ward_template t = {WARD_STR("PUT"), {WARD_STR("X-Key: {secret}")},
		WARD_STR("text/plain; charset=utf-8"), WARD_STR("{message}!"), false};
	struct ward_str v[WARD_SLOT_N];
	struct ward_weburl url;
	const char *why;

	(void)state;
	values(v);
	v[WARD_SLOT_MESSAGE] = WARD_STR("one\ntwo");
	v[WARD_SLOT_SECRET] = WARD_STR("key");
	v[WARD_SLOT_ID] = WARD_STR("7");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);

	assert_int_equal(
		ward_weburl_read(WARD_STR("https://[::2]:8443/a/{id}"), &url, &why), WARD_OK);
	ward_template_write(&t, &url, v, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"PUT /a/7 HTTP/1.1\r\nHost: [::2]:8443\r\nUser-Agent: Ward\r\nConnection: close\r\n"
		"Idempotency-Key: \"7\"\r\nX-Key: key\r\nContent-Type: text/plain; "
		"charset=utf-8\r\n"
		"Content-Length: 8\r\n\r\none\ntwo!"));
	ward_wr_fini(&w);
	w = ward_wr_grow(ward_mem_heap(), 16); /* it says so when there is no room */
	ward_template_write(&t, &url, v, &w);
	assert_true(ward_wr_bad(&w));
	ward_wr_fini(&w);
}

static void test_xml(void **state)
{
	struct ward_str v[WARD_SLOT_N];
	char buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	values(v);
	v[WARD_SLOT_TEXT] = WARD_STR("a\xef\xbf\xbf\xef\xbf\xbd\x0c\xef\xbf\xbe"
				     "b");
	ward_template_fill(WARD_STR("<{text}>"), WARD_AS_XML, v, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "<a\xef\xbf\xbd"
						   "b>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_fill), T(test_wrong), T(test_request), T(test_xml)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
