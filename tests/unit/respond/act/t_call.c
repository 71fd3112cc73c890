/* What a system is asked for by HTTP, byte for byte, and what its answer means. */
#include "respond/act/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define C2 "application/openc2+json;version=1.0"

static const struct ward_id id = {{0xab, 1}};

static enum ward_err write(const char *body, struct ward_wr *w)
{
	struct ward_arena arena;
	struct ward_limits lim;
	struct ward_weburl url;
	struct ward_call c;
	const char *why;

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_weburl_read(WARD_STR("https://a.example:8443"), &url, &why), WARD_OK);
	enum ward_err err = ward_call_read(&arena, &lim, ward_str_z(body), &c);

	if (!err)
		ward_call_write(&c, &url, id, WARD_STR("a-long-long-secret"), w);
	ward_arena_fini(&arena);
	return err;
}

static void t_written(void **state)
{
	static const struct {
		const char *body, *bytes;
	} all[] = {{"{\"run\":\"POST /q/x?a=b\",\"content\":\"{\\\"a\\\": 1}\",\"type\":"
		    "\"application/json\",\"header\":\"Authorization: Bearer {secret}\"}",
			   "POST /q/x?a=b HTTP/1.1\r\nHost: a.example:8443\r\nUser-Agent: Ward\r\n"
			   "Connection: close\r\nAccept: application/json\r\nIdempotency-Key: "
			   "\"ab010000-0000-0000-0000-000000000000\"\r\nAuthorization: Bearer "
			   "a-long-long-secret\r\nContent-Type: application/json\r\n"
			   "Content-Length: 8\r\n\r\n{\"a\": 1}"},
		{"{\"run\":\"DELETE /q/x\",\"type\":\"application/json\",\"header\":\"K: "
		 "{secret},{secret}\"}",
			"DELETE /q/x HTTP/1.1\r\nHost: a.example:8443\r\nUser-Agent: Ward\r\n"
			"Connection: close\r\nAccept: application/json\r\nIdempotency-Key: "
			"\"ab010000-0000-0000-0000-000000000000\"\r\nK: a-long-long-secret,"
			"a-long-long-secret\r\nContent-Length: 0\r\n\r\n"},
		{"{\"run\":\"POST /c\",\"content\":\"{}\",\"type\":\"" C2 "\",\"header\":\"K: "
		 "{secret}\"}",
			"POST /c HTTP/1.1\r\nHost: a.example:8443\r\nUser-Agent: Ward\r\n"
			"Connection: close\r\nAccept: " C2 "\r\nIdempotency-Key: "
			"\"ab010000-0000-0000-0000-000000000000\"\r\nX-Request-ID: "
			"ab010000-0000-0000-0000-000000000000\r\nK: a-long-long-secret\r\n"
			"Content-Type: " C2 "\r\nContent-Length: 2\r\n\r\n{}"}};
	static const char *const bad[] = {
		"{\"run\":\"POST /a\\r\\n\\r\\nX\",\"type\":\"application/json\",\"header\":\"K: "
		"{secret}\"}",
		"", "{}", "{\"run\":\"POST /a\"}",
		"{\"run\":\"POST /a\\r\\nX: y\",\"type\":\"application/json\",\"header\":\"K: "
		"{secret}\"}",
		"{\"run\":\"POST https://b/a\",\"type\":\"application/json\",\"header\":\"K: "
		"{secret}\"}",
		"{\"run\":\"POST /a\",\"type\":\"text/plain\",\"header\":\"K: {secret}\"}",
		"{\"run\":\"POST /a\",\"type\":\"application/json\",\"header\":\"K: "
		"{secret}\\r\\nX: y\"}"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

		assert_int_equal(write(all[i].body, &w), WARD_OK);
		if (!ward_str_eqz(ward_wr_text(&w), all[i].bytes))
			fail_msg("%.*s", WARD_STR_ARG(ward_wr_text(&w)));
		ward_wr_fini(&w);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

		if (write(bad[i], &w) != WARD_ERR_MALFORMED)
			fail_msg("%s", bad[i]);
		ward_wr_fini(&w);
	}
}

/* OpenC2 Language Specification 1.0, 3.3.2.2. */
static void t_openc2(void **state)
{
	static const struct {
		const char *answer;
		enum ward_sent what;
		const char *why;
	} all[] = {{"{\"status\":200}", WARD_SENT_DELIVERED, ""},
		{"{\"headers\":{},\"body\":{\"openc2\":{\"response\":{\"status\":200,\"results\":"
		 "{}}}}}",
			WARD_SENT_DELIVERED, ""},
		{"{\"status\":102}", WARD_SENT_FAILED, "OpenC2 status 102"},
		{"{\"status\":400,\"status_text\":\"no such\\ndevice\"}", WARD_SENT_REFUSED,
			"OpenC2 status 400: no such?device"},
		{"{\"status\":401}", WARD_SENT_REFUSED, "OpenC2 status 401"},
		{"{\"status\":403}", WARD_SENT_REFUSED, "OpenC2 status 403"},
		{"{\"status\":404}", WARD_SENT_REFUSED, "OpenC2 status 404"},
		{"{\"status\":500}", WARD_SENT_FAILED, "OpenC2 status 500"},
		{"{\"status\":501}", WARD_SENT_REFUSED, "OpenC2 status 501"},
		{"{\"status\":503}", WARD_SENT_FAILED, "OpenC2 status 503"},
		{"{\"status\":20}", WARD_SENT_FAILED, "its answer holds no status of OpenC2"},
		{"{\"status\":-200}", WARD_SENT_FAILED, "its answer holds no status of OpenC2"},
		{"{\"body\":{\"openc2\":{\"response\":{}}},\"status\":200}", WARD_SENT_FAILED,
			"its answer holds no status of OpenC2"},
		{"<html>", WARD_SENT_FAILED, "its answer holds no status of OpenC2"},
		{"", WARD_SENT_FAILED, "its answer holds no status of OpenC2"}};
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_outcome o = {.what = WARD_SENT_DELIVERED, .status = 200};

		ward_call_judge(
			&lim, ward_mem_heap(), ward_str_bytes(ward_str_z(all[i].answer)), &o);
		if (o.what != all[i].what || strcmp(o.why, all[i].why) != 0)
			fail_msg("%s: %s", all[i].answer, o.why);
	}
}

static void t_line(void **state)
{
	static const struct {
		const char *text, *method, *origin, *path; /* NULL: it is none */
	} all[] = {{"POST /a", "POST", "", "a"}, {" GET  get HTTP1.1 ", "GET", "", "get"},
		{"PUT https://h:1/a?b=//c HTTP/1.1", "PUT", "https://h:1", "a?b=//c"},
		{"DELETE https://h", "DELETE", "https://h", ""}, {"PATCH /", "PATCH", "", ""},
		{"POST", NULL, "", ""}, {"TRACE /a", NULL, "", ""}, {"POST /a b", NULL, "", ""},
		{"POST /a HTTP/1.1 x", NULL, "", ""}, {"", NULL, "", ""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_call_line l;
		bool is = ward_call_line(ward_str_z(all[i].text), &l);

		if (is != (all[i].method != NULL) ||
			(is && (!ward_str_eqz(l.method, all[i].method) ||
				       !ward_str_eqz(l.origin, all[i].origin) ||
				       !ward_str_eqz(l.path, all[i].path))))
			fail_msg("%s", all[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_written), cmocka_unit_test(t_openc2), cmocka_unit_test(t_line)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
