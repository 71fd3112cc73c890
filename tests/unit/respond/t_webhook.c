#include "respond/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

static void test_urls(void **state)
{
	static const char *const bad[] = {"", "soc.example", "ftp://a/", "https://", "https:///x",
		"https://u:p@host/", "https://host:0/", "https://host:65536/", "https://host:x/",
		"https://host/a b", "https://host/\x7f", "https://host/#part",
		"https://h\xc3\xb6st/", "http://host/", "http://127.evil.example/",
		"http://localhost/", "https://[::1", "https://[::1]x/"};
	static const struct {
		const char *text, *host, *path;
		uint16_t port;
		bool tls;
	} good[] = {{"https://soc.example", "soc.example", "/", 443, true},
		{"https://soc.example:8443/a/b?c=d", "soc.example", "/a/b?c=d", 8443, true},
		{"https://soc.example?x", "soc.example", "/?x", 443, true},
		{"https://[2001:db8::1]:8443/x", "2001:db8::1", "/x", 8443, true},
		{"http://127.0.0.1:8080/x", "127.0.0.1", "/x", 8080, false},
		{"http://[::1]/", "::1", "/", 80, false}};
	struct ward_weburl u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		why = NULL;
		assert_int_equal(
			ward_weburl_read(ward_str_z(bad[i]), &u, &why), WARD_ERR_MALFORMED);
		assert_non_null(why);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_int_equal(ward_weburl_read(ward_str_z(good[i].text), &u, &why), WARD_OK);
		assert_string_equal(u.host, good[i].host);
		assert_string_equal(u.path, good[i].path);
		assert_int_equal(u.port, good[i].port);
		assert_int_equal(u.tls, good[i].tls);
	}
}

/* The signature as openssl computes it:
 * printf '1773282000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef */
static void test_request(void **state)
{
	char text[2048];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_weburl u;
	struct ward_webhook_post post = {.url = &u,
		.secret = WARD_STR("0123456789abcdef"),
		.body = WARD_STR("{\"a\":1}"),
		.now = 1773282000 * WARD_NS_PER_S + 999};
	const char *why;

	(void)state;
	assert_int_equal(
		ward_weburl_read(WARD_STR("https://[2001:db8::1]:8443/x?y"), &u, &why), WARD_OK);
	assert_true(ward_id_parse(WARD_STR("00000001-0000-8000-8000-000000000000"), &post.message));
	ward_webhook_write(&post, &w);
	assert_false(ward_wr_bad(&w));
	ward_wr_u8(&w, 0);
	assert_string_equal(text,
		"POST /x?y HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\nUser-Agent: Ward\r\n"
		"Content-Type: application/json\r\nContent-Length: 7\r\nConnection: close\r\n"
		"Idempotency-Key: \"00000001-0000-8000-8000-000000000000\"\r\n"
		"X-Ward-Timestamp: 1773282000\r\nX-Ward-Signature: sha256="
		"af7ac4f0e1dbd82fdab83f8cd14efc9a83c8ccbf165b5b9399e144cde269e3d7\r\n\r\n{\"a\":"
		"1}");
	post.type = "application/cap+xml";
	ward_wr_reset(&w);
	ward_webhook_write(&post, &w);
	ward_wr_u8(&w, 0);
	assert_non_null(strstr(text, "\r\nContent-Type: application/cap+xml\r\n"));
}

static struct ward_outcome judged(const char *answer)
{
	const struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .body_max = WARD_WEBHOOK_ANSWER};
	struct ward_httpmsg_whole whole;
	struct ward_httpmsg *h;
	struct ward_outcome out;
	ward_ns now;
	size_t used;

	assert_int_equal(ward_time_parse(WARD_STR("2026-10-21T07:28:00Z"), &now), WARD_OK);
	assert_int_equal(ward_httpmsg_new(&o, &h), WARD_OK);
	assert_int_equal(ward_httpmsg_take(h, ward_slice_of(answer, strlen(answer)), &used, &whole),
		WARD_OK);
	ward_webhook_judge(h, &whole, now, &out);
	ward_httpmsg_free(h);
	return out;
}

static void test_answers(void **state)
{
	static const struct {
		unsigned status;
		enum ward_sent what;
	} all[] = {{200, WARD_SENT_DELIVERED}, {202, WARD_SENT_DELIVERED},
		{204, WARD_SENT_DELIVERED}, {301, WARD_SENT_REFUSED}, {400, WARD_SENT_REFUSED},
		{401, WARD_SENT_REFUSED}, {408, WARD_SENT_FAILED}, {410, WARD_SENT_REFUSED},
		{425, WARD_SENT_FAILED}, {429, WARD_SENT_FAILED}, {500, WARD_SENT_FAILED},
		{503, WARD_SENT_FAILED}, {599, WARD_SENT_FAILED}};
	static const struct {
		const char *field;
		ward_ns seconds;
	} after[] = {{"120", 120}, {" 7 ", 7}, {"99999999999999999999", 0}, {"86400", 3600},
		{"-1", 0}, {"soon", 0}, {"Wed, 21 Oct 2026 07:30:00 GMT", 120},
		{"Wed, 21 Oct 2026 07:27:00 GMT", 0}, {"Wed, 21 Oct 9999 07:27:00 GMT", 0},
		{"Wed, 21 Okt 2026 07:30:00 GMT", 0}, {"Wed, 99 Oct 2026 07:30:00 GMT", 0}};
	char text[256];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		(void)snprintf(text, sizeof(text), "HTTP/1.1 %u x\r\nContent-Length: 0\r\n\r\n",
			all[i].status);
		struct ward_outcome o = judged(text);

		assert_int_equal(o.what, all[i].what);
		assert_int_equal(o.status, all[i].status);
		assert_int_equal(o.why[0] == 0, o.what == WARD_SENT_DELIVERED);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(after); i++) {
		(void)snprintf(text, sizeof(text),
			"HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n",
			after[i].field);
		assert_int_equal(judged(text).retry_after, after[i].seconds * WARD_NS_PER_S);
	}
	assert_int_equal(
		judged("HTTP/1.1 200 x\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n").retry_after,
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_urls), T(test_request), T(test_answers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
