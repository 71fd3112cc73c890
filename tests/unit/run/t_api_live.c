/* The real process of the console in its cage, with this test in the places of store and login, and
 * a browser that sends what it should not. */
#include "live.h"
#include "run/authority.h"
#include "run/rows.h"
#include "run/sign.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { TEXT = 4200, GOT = 1 << 20, PATIENCE_MS = 60000, NO_PASSWORD = 0xEE };

#define BODY "application/json"

struct house {
	char folder[64], arg[8][TEXT];
	int store[2], login[2], listener;
	uint16_t port;
	uint8_t token[WARD_SIGN_TOKEN];
	char cookie[128], csrf[WARD_SIGN_TEXT];
	unsigned n_sign[WARD_SIGN_N], n_decision;
	bool over; /* the session is */
	char decided[256];
	struct live_process api;
	SSL_CTX *ctx;
};

static struct house h;
static uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
static char got[GOT];
static const char long_text[] = "longer(); longer(); longer(); longer(); longer(); longer();";

static void put_file(const char *name, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", h.folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* As console/dist has it. */
static void put_packed(const char *name, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", h.folder, name);
	gzFile f = gzopen(path, "wb9");

	assert_non_null(f);
	assert_int_equal(gzputs(f, text), strlen(text));
	assert_int_equal(gzclose(f), Z_OK);
}

static void put_pages(void)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/www", h.folder);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/www/assets", h.folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put_file("www/index.html", "<!doctype html><title>Ward</title>");
	put_file("www/assets/a-1.js", "plain();");
	put_packed("www/assets/b-2.js.gz", long_text);
	put_file("www/.secret.js", "hidden");
	put_file("secret.js", "hidden");
}

static void begin(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	const struct ward_str name[] = {WARD_STR("localhost"), WARD_STR("127.0.0.1")};
	const char *root = getenv("WARD_SOURCE_ROOT");
	char why[WARD_AUTHORITY_WHY] = "", path[TEXT];
	bool made;

	h = (struct house){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	live_folder(h.folder, sizeof(h.folder));
	const struct ward_authority_in in = {
		h.folder, WARD_STR("Test"), name, 2, ward_clock_now(ward_clock_system())};

	if (ward_authority_ready(&in, &made, why) != WARD_OK)
		fail_msg("%s", why);
	put_pages();
	put_file("token", "a-token-for-metrics\n");
	assert_int_equal(bind(h.listener, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(h.listener, 64), 0);
	assert_int_equal(getsockname(h.listener, (void *)&at, &len), 0);
	h.port = ntohs(at.sin_port);
	live_pair(h.store);
	live_pair(h.login);
	memset(h.token, 7, sizeof(h.token));
	char hex[WARD_SIGN_TEXT];

	ward_sign_text(h.token, hex);
	(void)snprintf(h.cookie, sizeof(h.cookie), "Cookie: a=b; __Host-ward=%s\r\n", hex);
	ward_sign_csrf(h.token, h.csrf);
	(void)snprintf(h.arg[0], TEXT, "hospital=%.4000s/pilots/turin", root);
	(void)snprintf(h.arg[1], TEXT, "content=%.4000s/content", root);
	(void)snprintf(h.arg[2], TEXT, "certificate=%s/" WARD_AUTHORITY_SERVER, h.folder);
	(void)snprintf(h.arg[3], TEXT, "key=%s/" WARD_AUTHORITY_SERVER, h.folder);
	(void)snprintf(h.arg[4], TEXT, "ca=%s/" WARD_AUTHORITY_CA, h.folder);
	(void)snprintf(h.arg[5], TEXT, "console=%s/www", h.folder);
	(void)snprintf(h.arg[6], TEXT, "metrics_token=%s/token", h.folder);
	h.api = (struct live_process){.name = "api",
		.arg = {h.arg[0], h.arg[1], h.arg[2], h.arg[3], h.arg[4], h.arg[5], h.arg[6],
			"host=localhost"},
		.fd = {{"store", h.store[0]}, {"login", h.login[0]}, {"listener", h.listener}}};
	live_start(&h.api);
	h.ctx = SSL_CTX_new(TLS_client_method());
	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_CA, h.folder);
	assert_int_equal(SSL_CTX_load_verify_locations(h.ctx, path, NULL), 1);
	SSL_CTX_set_verify(h.ctx, SSL_VERIFY_PEER, NULL);
}

static void end(void)
{
	SSL_CTX_free(h.ctx);
	assert_int_equal(live_end(&h.api, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h.store[i]);
		close(h.login[i]);
	}
	close(h.listener);
	live_remove(h.folder);
}

/* ---- the peers ---- */

static void store_turn(void)
{
	struct ward_rows_query q;
	struct ward_row_list l;
	struct ward_msg m;

	assert_int_equal(ward_msg_recv(h.store[1], buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_ROWS);
	assert_int_equal(ward_rows_query_get(&m.body, &q), WARD_OK);
	(void)usleep(20000); /* as the store waits for rows */
	ward_row_list_begin(&l, out, 0);
	assert_int_equal(ward_msg_send(h.store[1], WARD_MSG_ROW_LIST, m.id, ward_row_list_body(&l)),
		WARD_OK);
}

static void put_session(struct ward_signed *d, uint64_t rights)
{
	d->has_session = true;
	d->session = (struct ward_session){.person = WARD_STR("g-ferrero"),
		.name = WARD_STR("G. Ferrero"),
		.language = WARD_STR("it"),
		.role = {WARD_STR("crisis-manager")},
		.n_role = 1,
		.rights = rights,
		.expires = ward_clock_now(ward_clock_system()) + 600 * WARD_NS_PER_S};
}

static void decide_turn(struct ward_msg *m)
{
	struct ward_decision d;
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_decided a = {.why = WARD_STR("")};
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	assert_int_equal(ward_sign_decide_get(&m->body, token, &d), WARD_OK);
	assert_memory_equal(token, h.token, sizeof(token));
	assert_true(ward_str_eqz(d.person, "?")); /* the session says who */
	(void)snprintf(h.decided, sizeof(h.decided), "%s %.*s %.*s %.*s",
		ward_decision_name(d.kind), WARD_STR_ARG(d.subject), WARD_STR_ARG(d.text),
		WARD_STR_ARG(d.args));
	h.n_decision++;
	if (ward_str_eqz(d.subject, "unproved"))
		a = (struct ward_decided){
			WARD_ERR_DENIED, WARD_STR("prove it"), WARD_STR(WARD_SIGN_STEP_UP)};
	else if (ward_str_eqz(d.subject, "none"))
		a = (struct ward_decided){
			WARD_ERR_NOT_FOUND, WARD_STR("there is no such incident"), WARD_STR("")};
	else
		a.json = WARD_STR("{\"run\":1}");
	ward_decided_put(&w, &a);
	assert_int_equal(
		ward_msg_send(h.login[1], WARD_MSG_DECIDED, m->id, ward_wr_slice(&w)), WARD_OK);
}

static void login_turn(void)
{
	struct ward_msg m;
	struct ward_sign s;
	struct ward_signed d = {.why = WARD_STR(""), .json = WARD_STR("")};
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	assert_int_equal(ward_msg_recv(h.login[1], buf, &m), WARD_OK);
	if (m.type == WARD_MSG_DECIDE) {
		decide_turn(&m);
		return;
	}
	assert_int_equal(m.type, WARD_MSG_SIGN);
	assert_int_equal(ward_sign_get(&m.body, &s), WARD_OK);
	h.n_sign[s.what]++;
	/* the first byte tells their sessions apart */
	bool known = !h.over && memcmp(s.token + 1, h.token + 1, sizeof(s.token) - 1) == 0;

	if (s.what == WARD_SIGN_PASSWORD && ward_str_eqz(s.password, "slow down")) {
		d.err = WARD_ERR_AGAIN;
		d.wait = 7 * WARD_NS_PER_S;
	} else if (s.what == WARD_SIGN_PASSWORD &&
		   !ward_str_eqz(s.password, "correct \"horse\" batterié")) {
		d.err = WARD_ERR_DENIED;
		d.why = WARD_STR("name or password is wrong");
	} else if (s.what == WARD_SIGN_PASSWORD || (s.what == WARD_SIGN_SET_PASSWORD && known)) {
		memcpy(d.token, h.token, sizeof(d.token));
		put_session(&d, WARD_RIGHTS_ALL & ~WARD_RIGHT_BIT(WARD_RIGHT_METRICS));
	} else if (s.what == WARD_SIGN_DEVICE) {
		bool link = ward_str_eqz(s.code, "once"), key = s.device[0] == 7;

		d.err = link || key ? WARD_OK : WARD_ERR_NOT_FOUND;
		d.json = WARD_STR("{\"kind\":\"post\"}");
		memset(d.device, link ? 7 : 0, sizeof(d.device));
	} else if (s.what == WARD_SIGN_PIN) {
		d.err = s.device[0] == 7 ? WARD_ERR_DENIED : WARD_ERR_STATE;
		d.why = d.err == WARD_ERR_STATE ? WARD_STR("no PIN")
						: WARD_STR("that is not your PIN");
	} else if (!known) {
		d.err = WARD_ERR_CLOSED;
		d.why = WARD_STR("nobody is signed in by this");
	} else if (s.what == WARD_SIGN_CHECK || s.what == WARD_SIGN_LOOK) {
		put_session(&d, WARD_RIGHTS_ALL & ~WARD_RIGHT_BIT(WARD_RIGHT_METRICS));
		d.session.must_set_password = s.token[0] == NO_PASSWORD;
		if (d.session.must_set_password)
			d.session.rights = 0;
	} else if (s.what == WARD_SIGN_OUT) {
		h.over = true;
	} else if (s.what == WARD_SIGN_ISSUE && ward_str_eqz(s.person, "unproved")) {
		d.err = WARD_ERR_DENIED;
		d.why = WARD_STR("prove it");
		d.json = WARD_STR(WARD_SIGN_STEP_UP);
	} else if (s.what == WARD_SIGN_PROVE) {
		put_session(&d, WARD_RIGHTS_ALL);
	} else if (s.what == WARD_SIGN_ISSUE) {
		d.json = WARD_STR("{\"code\":\"ABCD-EFGH\"}");
	}
	ward_signed_put(&w, &d);
	assert_int_equal(
		ward_msg_send(h.login[1], WARD_MSG_SIGNED, m.id, ward_wr_slice(&w)), WARD_OK);
}

/* ---- the browser ---- */

struct tab {
	SSL *ssl;
	int fd;
	size_t n;
};

static struct tab open_tab(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(h.port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct tab t = {SSL_new(h.ctx), socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 0};

	assert_int_equal(connect(t.fd, (const void *)&to, sizeof(to)), 0);
	SSL_set_fd(t.ssl, t.fd);
	assert_int_equal(SSL_set1_host(t.ssl, "localhost"), 1);
	if (SSL_connect(t.ssl) != 1)
		fail_msg("no handshake");
	return t;
}

static void close_tab(struct tab *t)
{
	SSL_free(t->ssl);
	close(t->fd);
}

static void say(struct tab *t, const char *text)
{
	t->n = 0;
	got[0] = 0;
	assert_int_equal(SSL_write(t->ssl, text, (int)strlen(text)), strlen(text));
}

/* n bytes of it came, of which a packed body's may be zero. */
static bool whole(size_t n)
{
	const char *body = strstr(got, "\r\n\r\n"), *length = strstr(got, "Content-Length: ");

	if (!body)
		return false;
	return !length || n - (size_t)(body + 4 - got) >= strtoul(length + 16, NULL, 10);
}

/* Until words came, or (NULL) an answer is whole; the peers have their turns meanwhile. */
static void hear(struct tab *t, const char *words)
{
	while (words ? !strstr(got, words) : !whole(t->n)) {
		struct pollfd p[] = {
			{t->fd, POLLIN, 0}, {h.login[1], POLLIN, 0}, {h.store[1], POLLIN, 0}};

		live_check(&h.api);
		if (!SSL_pending(t->ssl) && poll(p, 3, PATIENCE_MS) <= 0)
			fail_msg("'%s' and not '%s'", got, words ? words : "");
		if (p[1].revents)
			login_turn();
		if (p[2].revents)
			store_turn();
		if (!p[0].revents && !SSL_pending(t->ssl))
			continue;
		int n = SSL_read(t->ssl, got + t->n, (int)(GOT - 1 - t->n));

		if (n <= 0)
			fail_msg("hung up after '%s'", got);
		t->n += (size_t)n;
		got[t->n] = 0;
	}
}

/* METHOD PATH, further fields, and a body, or NULL. */
static void ask(struct tab *t, const char *what, const char *fields, const char *body)
{
	static char text[8192];

	(void)snprintf(text, sizeof(text),
		"%s HTTP/1.1\r\nHost: localhost:%u\r\n%sContent-Length: %zu\r\n\r\n%s", what,
		(unsigned)h.port, fields, body ? strlen(body) : 0, body ? body : "");
	say(t, text);
	hear(t, NULL);
}

static void answers(const char *status, const char *words)
{
	if (!strstr(got, status) || !strstr(got, words))
		fail_msg("'%s' and not '%s%s'", got, status, words);
}

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

/* Once it has read what the store has. */
static struct tab ready(void)
{
	struct tab t = open_tab();

	do
		ask(&t, "GET /health", "", NULL);
	while (strstr(got, " 503 "));
	answers(" 200 ", "{\"status\":\"ok\"}");
	return t;
}

/* ---- */

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
