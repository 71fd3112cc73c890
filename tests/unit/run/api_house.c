#include "api_house.h"

#include "run/authority.h"
#include "run/rows.h"

#include <arpa/inet.h>
#include <netinet/in.h>
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

struct house h;
uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
char got[GOT];
const char long_text[LONG_TEXT] = "longer(); longer(); longer(); longer(); longer(); longer();";

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

void begin(void)
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
	live_pair(h.reckon);
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
		.fd = {{"store", h.store[0]}, {"login", h.login[0]}, {"listener", h.listener},
			{"reckon", h.reckon[0]}}};
	live_start(&h.api);
	h.ctx = SSL_CTX_new(TLS_client_method());
	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_CA, h.folder);
	assert_int_equal(SSL_CTX_load_verify_locations(h.ctx, path, NULL), 1);
	SSL_CTX_set_verify(h.ctx, SSL_VERIFY_PEER, NULL);
}

void end(void)
{
	SSL_CTX_free(h.ctx);
	assert_int_equal(live_end(&h.api, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h.store[i]);
		close(h.login[i]);
		close(h.reckon[i]);
	}
	close(h.listener);
	live_remove(h.folder);
}

/* ---- the peers ---- */

void store_turn(void)
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

void login_turn(void)
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
		if (s.token[0] == OTHER)
			d.session.person = WARD_STR("s-rinaldi");
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

struct tab open_tab(void)
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

void close_tab(struct tab *t)
{
	SSL_free(t->ssl);
	close(t->fd);
}

void say(struct tab *t, const char *text)
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
void hear(struct tab *t, const char *words)
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
void ask(struct tab *t, const char *what, const char *fields, const char *body)
{
	static char text[8192];

	(void)snprintf(text, sizeof(text),
		"%s HTTP/1.1\r\nHost: localhost:%u\r\n%sContent-Length: %zu\r\n\r\n%s", what,
		(unsigned)h.port, fields, body ? strlen(body) : 0, body ? body : "");
	say(t, text);
	hear(t, NULL);
}

void answers(const char *status, const char *words)
{
	if (!strstr(got, status) || !strstr(got, words))
		fail_msg("'%s' and not '%s%s'", got, status, words);
}

/* Once it has read what the store has. */
struct tab ready(void)
{
	struct tab t = open_tab();

	do
		ask(&t, "GET /health", "", NULL);
	while (strstr(got, " 503 "));
	answers(" 200 ", "{\"status\":\"ok\"}");
	return t;
}
