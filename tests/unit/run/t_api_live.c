/* The real process of the console in its cage, with this test in the places of store and login, and
 * a browser that sends what it should not. */
#include "api_house.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* The body of what came last, unpacked (RFC 1952). */
static void packed_is(const char *text)
{
	enum { GZIP = 15 + 16 };
	char *length = strstr(got, "Content-Length: "), *body = strstr(got, "\r\n\r\n"),
	     plain[sizeof(long_text)];

	assert_true(length && body);
	z_stream z = {.next_in = (Bytef *)body + 4,
		.avail_in = (uInt)strtoul(length + 16, NULL, 10),
		.next_out = (Bytef *)plain,
		.avail_out = sizeof(plain)};

	assert_int_equal(inflateInit2(&z, GZIP), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, strlen(text));
	assert_memory_equal(plain, text, z.total_out);
	assert_int_equal(inflateEnd(&z), Z_OK);
}

static void t_files(void **state)
{
	static const char *const strict[] = {"Content-Security-Policy: default-src 'self'; ",
		"X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
		"Cross-Origin-Opener-Policy: same-origin", "Permissions-Policy: "};
	char tag[128] = "If-None-Match: ";

	(void)state;
	begin();
	struct tab t = ready();

	ask(&t, "GET /", "", NULL);
	answers(" 200 ", "<title>Ward</title>");
	answers(" 200 ", "Cache-Control: no-cache");
	answers(" 200 ", "text/html");
	for (size_t i = 0; i < WARD_ARRAY_LEN(strict); i++)
		answers(" 200 ", strict[i]);
	ask(&t, "GET /incidents/7f3c", "Accept-Encoding: gzip, br\r\n", NULL);
	answers(" 200 ", "<title>Ward</title>");
	ask(&t, "GET /assets/a-1.js", "", NULL);
	answers(" 200 ", "plain();");
	answers(" 200 ", "immutable");
	const char *etag = strstr(got, "ETag: ");

	assert_non_null(etag);
	(void)snprintf(tag, sizeof(tag), "If-None-Match: %.34s\r\n", etag + 6);
	ask(&t, "GET /assets/a-1.js", "Accept-Encoding: gzip\r\n", NULL);
	answers(" 200 ", "plain();"); /* it is not kept packed */
	ask(&t, "GET /assets/b-2.js", "Accept-Encoding: br, gzip;q=0.5\r\n", NULL);
	answers(" 200 ", "Content-Encoding: gzip");
	answers(" 200 ", "Vary: Accept-Encoding");
	packed_is(long_text);
	ask(&t, "GET /assets/b-2.js", "Accept-Encoding: gzip;q=0, *\r\n", NULL);
	answers(" 200 ", long_text);
	ask(&t, "GET /assets/a-1.js", tag, NULL);
	answers(" 304 ", "ETag");
	static const char *const not_there[] = {"GET /assets/none.js", "GET /.secret.js",
		"GET /secret.js", "GET /assets/", "GET /index.html.gz"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(not_there); i++) {
		ask(&t, not_there[i], "", NULL);
		answers(" 404 ", "application/problem+json");
		assert_null(strstr(got, "hidden"));
	}
	ask(&t, "GET /ca.pem", "", NULL);
	answers(" 200 ", "BEGIN CERTIFICATE");
	assert_null(strstr(got, "PRIVATE"));
	ask(&t, "POST /", "", "{}");
	answers(" 405 ", "Allow: GET, HEAD");
	close_tab(&t);
	t = open_tab();
	say(&t, "GET /%2e%2e/secret.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
	hear(&t, NULL);
	answers(" 400 ", "application/problem+json");
	answers(" 400 ", "Content-Security-Policy");
	close_tab(&t);
	end();
}

/* What is said well, and what is not. */
static void decisions(struct tab *t, const char *with)
{
	static const struct {
		const char *body, *status, *words;
	} row[] = {
		{"{}", " 400 ", "no such kind"},
		{"[]", " 400 ", "not a JSON object"},
		{"{\"kind\":\"confirm\"", " 400 ", "no end"},
		{"{\"kind\":\"confirm\",\"id\":\"x\"}", " 400 ", "UUID"},
		{"{\"kind\":\"confirm\",\"kind\":\"note\"}", " 400 ", "there before"},
		{"{\"kind\":\"confirm\",\"id\":\"7f3c2a10-0000-4000-8000-000000000001\","
		 "\"subject\":\"none\"}",
			" 404 ", "no such incident"},
		{"{\"kind\":\"note\",\"id\":\"7f3c2a10-0000-4000-8000-000000000001\","
		 "\"subject\":\"i1\",\"text\":\"a \\ud83d\\ude00 b\",\"args\":{\"a\":[1,\"}\"]}}",
			" 200 ", "{\"ok\":true,\"answer\":{\"run\":1}}"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ask(t, "POST /api/v1/decisions", with, row[i].body);
		answers(row[i].status, row[i].words);
	}
	assert_string_equal(h.decided, "note i1 a \xf0\x9f\x98\x80 b {\"a\":[1,\"}\"]}");
	assert_int_equal(h.n_decision, 2);
}

/* A proof that is missing is a member of the problem; posts are known by a cookie of their own. */
static void proofs_and_posts(struct tab *t, const char *with)
{
	static const char key[] =
		"0707070707070707070707070707070707070707070707070707070707070707";
	char as[640];
	const char *json = "Content-Type: " BODY "\r\n";

	ask(t, "POST /api/v1/people/unproved/code", with, NULL);
	answers(" 403 ", "\"detail\":\"prove it\",\"step_up\":true}");
	ask(t, "POST /api/v1/decisions", with,
		"{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"kind\":\"cancel\","
		"\"subject\":\"unproved\"}");
	answers(" 403 ", "\"step_up\":true}");
	ask(t, "POST /api/v1/session/proof", with, "{\"password\":\"any\"}");
	answers(" 204 ", "");
	assert_int_equal(h.n_sign[WARD_SIGN_PROVE], 1);
	ask(t, "POST /api/v1/session/device", json, "{}");
	answers(" 404 ", "application/problem+json");
	ask(t, "POST /api/v1/session/pin", json, "{\"person\":\"g-ferrero\",\"pin\":\"480215\"}");
	answers(" 409 ", "no PIN");
	ask(t, "POST /api/v1/session/pin", json, "{\"person\":\"g-ferrero\"}");
	answers(" 400 ", "say pin");
	ask(t, "POST /api/v1/session/device", json, "{\"link\":\"once\"}");
	answers(" 200 ", "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000");
	answers(" 200 ", key);
	(void)snprintf(as, sizeof(as), "%sCookie: __Host-ward-device=%s\r\n", json, key);
	ask(t, "POST /api/v1/session/device", as, "{}");
	answers(" 200 ", "\"kind\":\"post\"");
	ask(t, "POST /api/v1/session/pin", as, "{\"person\":\"g-ferrero\",\"pin\":\"480215\"}");
	answers(" 401 ", "that is not your PIN");
	(void)snprintf(as, sizeof(as), "%sAccept-Language: nl\r\nCookie: __Host-ward-device=%s\r\n",
		json, key);
	ask(t, "POST /api/v1/session/pin", as, "{\"person\":\"g-ferrero\",\"pin\":\"480215\"}");
	answers(" 401 ", "dat is niet uw pincode");
}

static void t_sessions(void **state)
{
	char with[512];
	const char *json = "Content-Type: " BODY "\r\n";

	(void)state;
	begin();
	struct tab t = ready();

	ask(&t, "GET /api/v1/session", "", NULL);
	answers(" 401 ", "\"status\":401");
	ask(&t, "POST /api/v1/session", json, "{\"person\":\"g-ferrero\",\"password\":\"wrong\"}");
	answers(" 401 ", "name or password is wrong");
	ask(&t, "POST /api/v1/session", json,
		"{\"person\":\"g-ferrero\",\"password\":\"slow down\"}");
	answers(" 429 ", "Retry-After: 7");
	ask(&t, "POST /api/v1/session", json,
		"{\"person\":\"g-ferrero\",\"password\":\"correct \\\"horse\\\" batteri\\u00e9\"}");
	answers(" 201 ", "\"person\":{\"id\":\"g-ferrero\",\"name\":\"G. Ferrero\"}");
	answers(" 201 ", "; Path=/; Secure; HttpOnly; SameSite=Strict");
	answers(" 201 ", "\"see.incidents\"");
	answers(" 201 ", h.csrf);
	ask(&t, "GET /api/v1/session", h.cookie, NULL);
	answers(" 200 ", "\"hospital\":{\"id\":\"turin\"");
	assert_int_equal(h.n_sign[WARD_SIGN_CHECK], 0); /* known from signing in */

	/* another life of the process, or another one's cookie, is asked for once */
	ask(&t, "GET /api/v1/session", "Cookie: __Host-ward=00\r\n", NULL);
	answers(" 401 ", "sign in");
	(void)snprintf(with, sizeof(with), "%s%s", h.cookie, json);
	ask(&t, "POST /api/v1/decisions", with, "{}");
	answers(" 403 ", "X-Ward-Token");
	(void)snprintf(with, sizeof(with), "%s%sX-Ward-Token: %064d\r\n", h.cookie, json, 0);
	ask(&t, "POST /api/v1/decisions", with, "{}");
	answers(" 403 ", "X-Ward-Token");
	(void)snprintf(with, sizeof(with),
		"%s%sX-Ward-Token: %s\r\nOrigin: https://evil.example\r\n", h.cookie, json, h.csrf);
	ask(&t, "POST /api/v1/decisions", with, "{}");
	answers(" 403 ", "another server");
	(void)snprintf(with, sizeof(with), "%s%sX-Ward-Token: %s\r\nSec-Fetch-Site: cross-site\r\n",
		h.cookie, json, h.csrf);
	ask(&t, "POST /api/v1/decisions", with, "{}");
	answers(" 403 ", "another server");
	(void)snprintf(with, sizeof(with),
		"%s%sX-Ward-Token: %s\r\nOrigin: https://localhost:%u\r\n", h.cookie, json, h.csrf,
		(unsigned)h.port);
	decisions(&t, with);
	ask(&t, "POST /api/v1/people/a-gallo/code", with, NULL);
	answers(" 201 ", "ABCD-EFGH");
	ask(&t, "GET /api/v1/people/a-gallo/code", h.cookie, NULL);
	answers(" 405 ", "Allow: POST");
	proofs_and_posts(&t, with);
	ask(&t, "GET /api/v1/incidents", h.cookie, NULL);
	answers(" 200 ", "\"items\":[]");
	ask(&t, "GET /api/v1/nothing", h.cookie, NULL);
	answers(" 404 ", "application/problem+json");
	ask(&t, "DELETE /api/v1/session", with, NULL);
	answers(" 204 ", "Max-Age=0");
	ask(&t, "GET /api/v1/incidents", h.cookie, NULL);
	answers(" 401 ", "application/problem+json");
	close_tab(&t);
	end();
}

/* In the person's language, unless another was chosen on the page. */
static void t_language(void **state)
{
	char with[512];

	(void)state;
	begin();
	struct tab t = ready();

	(void)snprintf(with, sizeof(with), "%sAccept-Language: nl-BE,nl;q=0.9\r\n", h.cookie);
	ask(&t, "GET /api/v1/care", with, NULL);
	answers(" 200 ", "non è stato inserito nulla");
	(void)snprintf(with, sizeof(with), "%sAccept-Language: nl\r\n", h.cookie);
	ask(&t, "GET /api/v1/care", with, NULL);
	answers(" 200 ", "er is niets ingevoerd");
	close_tab(&t);
	end();
}

/* Of whoever is not signed in, or of another page: what is refused before anybody is asked. */
static void t_refusals(void **state)
{
	char with[256];

	(void)state;
	begin();
	struct tab t = ready();

	say(&t, "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n");
	hear(&t, NULL);
	answers(" 421 ", "not a name of this server");
	say(&t, "GET /health HTTP/1.1\r\nHost: 10.1.2.3:8443\r\n\r\n");
	hear(&t, NULL);
	answers(" 200 ", "Strict-Transport-Security");
	ask(&t, "GET /metrics", "", NULL);
	answers(" 401 ", "metrics.token");
	ask(&t, "GET /metrics", "Authorization: Bearer a-token-for-metrict\r\n", NULL);
	answers(" 401 ", "");
	ask(&t, "GET /metrics", "Authorization: Bearer a-token-for-metrics\r\n", NULL);
	answers(" 200 ", "ward_api_events_total{name=\"http.requests\"}");
	ask(&t, "GET /metrics", h.cookie, NULL);
	answers(" 403 ", "");
	ask(&t, "POST /api/v1/session", "Content-Type: text/plain\r\n", "{}");
	answers(" 415 ", "JSON");
	ask(&t, "PATCH /api/v1/session", "", "{}");
	answers(" 405 ", "");
	for (int i = 0; i < 40 && !strstr(got, " 429 "); i++)
		ask(&t, "POST /api/v1/session", "Content-Type: application/json\r\n",
			"{\"person\":\"x\",\"password\":\"y\"}");
	answers(" 429 ", "Retry-After: 6");
	assert_true(h.n_sign[WARD_SIGN_PASSWORD] <= 10);
	(void)snprintf(with, sizeof(with),
		"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n"
		"Content-Length: 999999\r\n\r\n");
	say(&t, with);
	hear(&t, NULL);
	answers(" 413 ", "application/problem+json");
	close_tab(&t);
	end();
}

static void t_streams(void **state)
{
	enum { MANY = 9 };
	struct tab tab[MANY];

	(void)state;
	begin();
	struct tab t = ready();
	char request[512];

	ask(&t, "GET /api/v1/events", "", NULL);
	answers(" 401 ", "sign in");
	(void)snprintf(request, sizeof(request),
		"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n%s\r\n", h.cookie);
	for (size_t i = 0; i < MANY; i++) {
		tab[i] = open_tab();
		say(&tab[i], request);
		hear(&tab[i], "event: hello\ndata: {\"row\":0,");
	}
	answers(" 200 ", "text/event-stream");
	/* the oldest made room for the ninth */
	tab[0].n = 0;
	hear(&tab[0], "event: end");
	assert_true(h.n_sign[WARD_SIGN_LOOK] >= 1);
	char with[256];

	(void)snprintf(with, sizeof(with), "%sX-Ward-Token: %s\r\n", h.cookie, h.csrf);
	ask(&t, "DELETE /api/v1/session", with, NULL);
	answers(" 204 ", "");
	for (size_t i = 1; i < MANY; i++) {
		tab[i].n = 0;
		got[0] = 0;
		hear(&tab[i], "event: end");
	}
	for (size_t i = 0; i < MANY; i++)
		close_tab(&tab[i]);
	close_tab(&t);
	end();
}

/* A session by a one-time code sets a password, and sees nothing before. */
static void t_without_a_password(void **state)
{
	static const char *const path[] = {"GET /api/v1/crisis", "GET /api/v1/search?q=pump",
		"GET /api/v1/events", "GET /api/v1/people", "GET /metrics"};
	uint8_t token[WARD_SIGN_TOKEN];
	char cookie[WARD_SIGN_TEXT + 32], hex[WARD_SIGN_TEXT];

	(void)state;
	begin();
	struct tab t = ready();

	memcpy(token, h.token, sizeof(token));
	token[0] = NO_PASSWORD;
	ward_sign_text(token, hex);
	(void)snprintf(cookie, sizeof(cookie), "Cookie: __Host-ward=%s\r\n", hex);
	ask(&t, "GET /api/v1/session", cookie, NULL);
	answers(" 200 ", "\"must_set_password\":true");
	for (size_t i = 0; i < WARD_ARRAY_LEN(path); i++) {
		ask(&t, path[i], cookie, NULL);
		answers(" 403 ", "set a password first");
	}
	close_tab(&t);
	end();
}

/* Whoever signs in again and again has no more streams by it than one may have. */
static void t_streams_of_a_person(void **state)
{
	enum { SESSIONS = 5, EACH = 7, MOST = 32 };
	struct tab tab[SESSIONS * EACH];
	uint8_t token[WARD_SIGN_TOKEN];
	char request[512], hex[WARD_SIGN_TEXT];

	(void)state;
	begin();
	struct tab t = ready();

	memcpy(token, h.token, sizeof(token));
	for (size_t i = 0; i < WARD_ARRAY_LEN(tab); i++) {
		token[0] = (uint8_t)(1 + i / EACH);
		ward_sign_text(token, hex);
		(void)snprintf(request, sizeof(request),
			"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n"
			"Cookie: __Host-ward=%s\r\n\r\n",
			hex);
		tab[i] = open_tab();
		say(&tab[i], request);
		hear(&tab[i], "event: hello");
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(tab) - MOST; i++) {
		tab[i].n = 0;
		got[0] = 0;
		hear(&tab[i], "event: end");
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(tab); i++)
		close_tab(&tab[i]);
	close_tab(&t);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_files), cmocka_unit_test(t_sessions),
		cmocka_unit_test(t_language), cmocka_unit_test(t_refusals),
		cmocka_unit_test(t_streams), cmocka_unit_test(t_streams_of_a_person),
		cmocka_unit_test(t_without_a_password)};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
