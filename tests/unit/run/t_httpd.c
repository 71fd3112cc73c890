/* The server for browsers, by a TLS client of another make (OpenSSL) in the same loop, on a clock
 * that the test moves: its authority, what it refuses, late answers, streams, and who keeps a
 * connection. */
#include "live.h"
#include "run/authority.h"
#include "run/httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT = 512, GOT = 1 << 20, PEM = 16 << 10, TURNS = 2000 };

static const struct ward_httpd_field always[] = {{"X-Strict", "yes"}};

struct house {
	char folder[64], pem[PEM], ca[128];
	uint16_t port;
	struct ward_clock_fake clock;
	struct ward_counters counters;
	struct ward_httpd *h;
	struct ward_httpd_ask *kept; /* of /later */
	struct ward_httpd_stream *stream;
	unsigned n_request, n_gone;
	char refused[TEXT];
};

static void answer(struct ward_httpd_ask *a, unsigned status, struct ward_str body)
{
	const struct ward_httpd_field type = {"Content-Type", "text/plain"};

	assert_int_equal(ward_httpd_answer(a, &(struct ward_httpd_answer){.status = status,
						      .field = &type,
						      .n_field = 1,
						      .body = ward_str_bytes(body)}),
		WARD_OK);
}

static void on_request(void *ctx, struct ward_httpd_ask *a)
{
	struct house *s = ctx;

	s->n_request++;
	if (ward_str_eqz(a->path, "/later")) {
		s->kept = a;
	} else if (ward_str_eqz(a->path, "/stream")) {
		const struct ward_httpd_field type = {"Content-Type", "text/event-stream"};

		assert_int_equal(ward_httpd_stream(a,
					 &(struct ward_httpd_answer){.status = 200,
						 .field = &type,
						 .n_field = 1,
						 .body = ward_str_bytes(WARD_STR("hello\n"))},
					 s, &s->stream),
			WARD_OK);
	} else if (ward_str_eqz(a->path, "/known")) {
		ward_httpd_known(a);
		answer(a, 200, WARD_STR("known"));
	} else {
		char text[TEXT];
		struct ward_str lang = ward_httpd_value(a, "ACCEPT-language");
		int n = snprintf(text, sizeof(text), "%.*s %.*s?%.*s %zu %.*s",
			WARD_STR_ARG(a->method), WARD_STR_ARG(a->path), WARD_STR_ARG(a->query),
			a->body.len, WARD_STR_ARG(lang));

		answer(a, 200, (struct ward_str){text, (size_t)n});
	}
}

static void on_refused(void *ctx, struct ward_httpd_ask *a, unsigned status, const char *why)
{
	struct house *s = ctx;

	(void)snprintf(s->refused, sizeof(s->refused), "%s", why);
	answer(a, status, ward_str_z(why));
}

static void on_gone(void *ctx, void *stream_ctx)
{
	struct house *s = ctx;

	assert_ptr_equal(stream_ctx, s);
	s->n_gone++;
	s->stream = NULL;
}

static void certify(struct house *s)
{
	const struct ward_str name[] = {WARD_STR("localhost"), WARD_STR("127.0.0.1")};
	char path[128], why[WARD_AUTHORITY_WHY] = "";
	bool made = false;

	live_folder(s->folder, sizeof(s->folder));
	const struct ward_authority_in in = {s->folder, WARD_STR("Ospedale di prova"), name, 2,
		ward_clock_now(ward_clock_system())};

	if (ward_authority_ready(&in, &made, why) != WARD_OK)
		fail_msg("%s", why);
	assert_true(made);
	(void)snprintf(s->ca, sizeof(s->ca), "%s/" WARD_AUTHORITY_CA, s->folder);
	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_SERVER, s->folder);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	s->pem[fread(s->pem, 1, sizeof(s->pem) - 1, f)] = 0;
	fclose(f);
}

static void begin(struct house *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	const char *why = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*s = (struct house){.n_gone = 0};
	certify(s);
	ward_clock_fake_init(&s->clock, 1000 * WARD_NS_PER_S);
	ward_counters_init(&s->counters);
	assert_int_equal(bind(fd, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 512), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	const struct ward_httpd_opts o = {.listener = fd,
		.certificate = s->pem,
		.key = s->pem,
		.body_max = 1000,
		.always = always,
		.n_always = 1,
		.pulse = WARD_STR(":\n\n"),
		.request = on_request,
		.refused = on_refused,
		.gone = on_gone,
		.ctx = s,
		.clock = &s->clock.clock,
		.counters = &s->counters};

	if (ward_httpd_new(&o, &s->h, &why) != WARD_OK)
		fail_msg("%s", why);
}

static void end(struct house *s)
{
	ward_httpd_free(s->h);
	live_remove(s->folder);
}

static void turn(struct house *s)
{
	assert_int_equal(ward_httpd_turn(s->h, NULL, 0, 1), WARD_OK);
}

/* ---- the client ---- */

struct client {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
	char *got;
	size_t n;
	bool closed;
};

static int dial(const struct house *s)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(s->port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const void *)&to, sizeof(to)), 0);
	return fd;
}

/* What there is to read; false: the peer has hung up. */
static void hear(struct client *c)
{
	while (!c->closed && c->n + 1 < GOT) {
		ERR_clear_error(); /* of other connections */
		int n = SSL_read(c->ssl, c->got + c->n, (int)(GOT - 1 - c->n));
		int e = SSL_get_error(c->ssl, n);

		if (n > 0) {
			c->n += (size_t)n;
			c->got[c->n] = 0;
			continue;
		}
		c->closed = e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE;
		break;
	}
}

/* False: no handshake at all. */
static bool meet(struct house *s, struct client *c, int most)
{
	*c = (struct client){.ctx = SSL_CTX_new(TLS_client_method()), .fd = dial(s)};
	c->got = calloc(1, GOT);
	assert_non_null(c->ctx);
	if (most < TLS1_2_VERSION)
		SSL_CTX_set_security_level(c->ctx, 0);
	SSL_CTX_set_min_proto_version(
		c->ctx, most < TLS1_2_VERSION ? TLS1_VERSION : TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(c->ctx, most);
	assert_int_equal(SSL_CTX_load_verify_locations(c->ctx, s->ca, NULL), 1);
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	c->ssl = SSL_new(c->ctx);
	assert_int_equal(SSL_set1_host(c->ssl, "localhost"), 1);
	SSL_set_fd(c->ssl, c->fd);
	SSL_set_connect_state(c->ssl);
	assert_int_equal(fcntl(c->fd, F_SETFL, O_NONBLOCK), 0);
	for (int i = 0; i < TURNS; i++) {
		int rc = SSL_do_handshake(c->ssl), e = SSL_get_error(c->ssl, rc);

		if (rc == 1)
			return true;
		if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
			return false;
		turn(s);
	}
	fail_msg("no end of the handshake");
	return false;
}

static void leave(struct client *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	close(c->fd);
	free(c->got);
}

static void say(struct client *c, const char *text)
{
	c->n = 0;
	c->got[0] = 0;
	assert_int_equal(SSL_write(c->ssl, text, (int)strlen(text)), strlen(text));
}

static void expects(struct house *s, struct client *c, const char *words)
{
	for (int i = 0; i < TURNS && !strstr(c->got, words); i++) {
		turn(s);
		hear(c);
		if (c->closed)
			break;
	}
	if (!strstr(c->got, words))
		fail_msg("'%s' and not '%s'", c->got, words);
}

/* After so long at most twice: what was on its way counts from when it was seen. */
static void expects_end(struct house *s, struct client *c, ward_ns after)
{
	for (int i = 0; i < 2 * TURNS && !c->closed; i++) {
		if (i == 0 || i == TURNS / 4)
			s->clock.at += after;
		turn(s);
		hear(c);
	}
	assert_true(c->closed);
}

#define GET(path, fields) "GET " path " HTTP/1.1\r\nHost: localhost\r\n" fields "\r\n"

/* ---- */

static void t_served(void **state)
{
	static struct house s;
	struct client c;

	(void)state;
	begin(&s);
	for (int most = TLS1_2_VERSION; most <= TLS1_3_VERSION; most++) {
		assert_true(meet(&s, &c, most));
		assert_int_equal(SSL_version(c.ssl), most);
		say(&c, GET("/a%20b/c?x=%31", "Accept-Language: it\r\n"));
		expects(&s, &c, "GET /a b/c?x=%31 0 it");
		assert_non_null(strstr(c.got, "HTTP/1.1 200 "));
		assert_non_null(strstr(c.got, "X-Strict: yes"));
		say(&c, "HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
		expects(&s, &c, "\r\n\r\n");
		assert_non_null(strstr(c.got, "Content-Length: 10"));
		assert_null(strstr(c.got, "GET /x"));
		say(&c, "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12345");
		expects(&s, &c, "POST /x? 5 ");
		leave(&c);
	}
	assert_int_equal(s.n_request, 6);
	end(&s);
}

static void t_old_tls(void **state)
{
	static struct house s;
	struct client c;

	(void)state;
	begin(&s);
	assert_false(meet(&s, &c, TLS1_1_VERSION));
	leave(&c);
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	leave(&c);
	end(&s);
}

static void t_refusals(void **state)
{
	static const struct {
		const char *request, *status, *words;
	} row[] = {
		{GET("/../etc/passwd", ""), " 400 ", "leads elsewhere"},
		{GET("/a/%2e%2e/b", ""), " 400 ", "leads elsewhere"},
		{GET("/a/..", ""), " 400 ", "leads elsewhere"},
		{GET("/a%2f..%2fb", ""), " 400 ", "leads elsewhere"},
		{GET("//evil.example/", ""), " 400 ", "leads elsewhere"},
		{GET("/a%5cb", ""), " 400 ", "leads elsewhere"},
		{GET("/a%00b", ""), " 400 ", "leads elsewhere"},
		{GET("/a%zz", ""), " 400 ", "leads elsewhere"},
		{GET("/%ff", ""), " 400 ", "leads elsewhere"},
		{GET("https://localhost/", ""), " 400 ", "leads elsewhere"},
		{GET("/", "Host: other\r\n"), " 400 ", "came twice"},
		{GET("/", "Cookie: a=1\r\nCookie: a=2\r\n"), " 400 ", "came twice"},
		{"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n", " 413 ",
			"too long"},
		{"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
			" 411 ", "how long"},
		{"AMETHODTHATISTOOLONG / HTTP/1.1\r\nHost: localhost\r\n\r\n", " 501 ", "method"},
		{"GET / HTTP/1.1\r\n\r\n", " 400 ", ""},
	};
	static struct house s;
	struct client c;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		assert_true(meet(&s, &c, TLS1_3_VERSION));
		say(&c, row[i].request);
		expects(&s, &c, row[i].status);
		expects(&s, &c, row[i].words);
		leave(&c);
	}
	assert_int_equal(s.n_request, 0);
	end(&s);
}

/* Heads that grow: by one long target, by one long field, by many short ones, without an end. */
static void t_floods(void **state)
{
	static struct house s;
	static char text[128 << 10];
	struct client c;

	(void)state;
	begin(&s);
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	(void)snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\nHost: localhost\r\n\r\n",
		WARD_HTTPD_TARGET_MAX, 0);
	say(&c, text);
	expects(&s, &c, " 414 ");
	leave(&c);

	assert_true(meet(&s, &c, TLS1_3_VERSION));
	(void)snprintf(text, sizeof(text), GET("/", "X-Long: %0*d\r\n"), WARD_HTTPD_HEAD_MAX, 0);
	say(&c, text);
	expects(&s, &c, " 431 ");
	leave(&c);

	assert_true(meet(&s, &c, TLS1_3_VERSION));
	int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: localhost\r\n");

	for (int i = 0; i < WARD_HTTPD_FIELDS_MAX; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "X-%d: 1\r\n", i);
	(void)snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
	say(&c, text);
	expects(&s, &c, " 431 ");
	leave(&c);

	/* more than the library holds: it says so itself, and hangs up */
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	memset(text, 'x', 100 << 10);
	memcpy(text, "GET / HTTP/1.1\r\nX: ", 19);
	text[100 << 10] = 0;
	c.got[0] = 0;
	for (size_t sent = 0; sent < (100 << 10) && !c.closed; sent += 1000) {
		if (SSL_write(c.ssl, text + sent, 1000) <= 0)
			break;
		turn(&s);
		hear(&c);
	}
	expects_end(&s, &c, 0);
	leave(&c);
	assert_int_equal(s.n_request, 0);
	end(&s);
}

static void t_slow(void **state)
{
	static struct house s;
	struct client c, idle;

	(void)state;
	begin(&s);
	int silent = dial(&s); /* no handshake at all */

	assert_true(meet(&s, &idle, TLS1_3_VERSION));
	say(&idle, GET("/", ""));
	expects(&s, &idle, "GET /? 0");
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	say(&c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12");
	turn(&s);
	expects_end(&s, &c, WARD_HTTPD_REQUEST_TIME + 1);
	leave(&c);
	char byte;

	for (int i = 0; i < TURNS && recv(silent, &byte, 1, MSG_DONTWAIT) != 0; i++)
		turn(&s);
	assert_int_equal(recv(silent, &byte, 1, MSG_DONTWAIT), 0);
	close(silent);
	say(&idle, GET("/again", ""));
	expects(&s, &idle, "GET /again? 0");
	expects_end(&s, &idle, WARD_HTTPD_IDLE_TIME + 1);
	leave(&idle);
	assert_int_equal(ward_counter_get(&s.counters, "http.late"), 3);
	end(&s);
}

/* Who waits for an answer holds up nobody, and is not late. */
static void t_later(void **state)
{
	static struct house s;
	struct client c, other;

	(void)state;
	begin(&s);
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	say(&c, GET("/later", ""));
	for (int i = 0; i < TURNS && !s.kept; i++)
		turn(&s);
	assert_non_null(s.kept);
	assert_true(meet(&s, &other, TLS1_3_VERSION));
	say(&other, GET("/now", ""));
	expects(&s, &other, "GET /now? 0");
	s.clock.at += 5 * WARD_HTTPD_IDLE_TIME;
	turn(&s);
	assert_string_equal(c.got, "");
	answer(s.kept, 201, WARD_STR("at last"));
	expects(&s, &c, "at last");
	say(&c, GET("/now", ""));
	expects(&s, &c, "GET /now? 0");
	/* one that hung up meanwhile, and one that gets none */
	s.kept = NULL;
	say(&c, GET("/later", ""));
	for (int i = 0; i < TURNS && !s.kept; i++)
		turn(&s);
	leave(&c);
	turn(&s);
	answer(s.kept, 200, WARD_STR("to nobody"));
	for (int i = 0; i < 5; i++)
		turn(&s);
	s.kept = NULL;
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	say(&c, GET("/later", ""));
	for (int i = 0; i < TURNS && !s.kept; i++)
		turn(&s);
	end(&s);
	leave(&c);
	leave(&other);
}

static void open_stream(struct house *s, struct client *c)
{
	assert_true(meet(s, c, TLS1_3_VERSION));
	say(c, GET("/stream", ""));
	expects(s, c, "hello\n");
	assert_non_null(s->stream);
}

static void t_stream(void **state)
{
	static struct house s;
	struct client c;

	(void)state;
	begin(&s);
	open_stream(&s, &c);
	assert_true(ward_httpd_push(s.stream, ward_str_bytes(WARD_STR("data: 1\n\n"))));
	expects(&s, &c, "data: 1\n\n");
	c.got[0] = 0, c.n = 0;
	s.clock.at += WARD_HTTPD_PULSE;
	expects(&s, &c, ":\n\n");
	s.clock.at += 10 * WARD_HTTPD_IDLE_TIME;
	expects(&s, &c, ":\n\n");
	assert_true(ward_httpd_push(s.stream, ward_str_bytes(WARD_STR("last\n\n"))));
	ward_httpd_finish(s.stream);
	expects(&s, &c, "last\n\n\r\n0\r\n");
	assert_int_equal(s.n_gone, 1);
	say(&c, GET("/next", "")); /* the connection goes on */
	expects(&s, &c, "GET /next? 0");
	leave(&c);

	open_stream(&s, &c); /* whoever hangs up is noticed without a word */
	leave(&c);
	for (int i = 0; i < TURNS && s.n_gone == 1; i++)
		turn(&s);
	assert_int_equal(s.n_gone, 2);

	open_stream(&s, &c); /* whoever doesn't read does not fill the memory */
	static uint8_t much[64 << 10];
	size_t said = 0;

	while (said < (64u << 20) && s.stream &&
		ward_httpd_push(s.stream, ward_slice_of(much, sizeof(much)))) {
		said += sizeof(much);
		assert_true(ward_httpd_waiting(s.stream) <= WARD_HTTPD_QUEUE_MAX);
		turn(&s);
	}
	assert_true(said < (64u << 20));
	for (int i = 0; i < TURNS && s.n_gone == 2; i++)
		turn(&s);
	assert_int_equal(s.n_gone, 3);
	leave(&c);
	end(&s);
}

static void t_many(void **state)
{
	static struct house s;
	static int flood[WARD_HTTPD_SHARE + 20];
	struct client c;
	size_t n_ended = 0;

	(void)state;
	begin(&s);
	assert_true(meet(&s, &c, TLS1_3_VERSION));
	say(&c, GET("/known", ""));
	expects(&s, &c, "known");
	for (size_t i = 0; i < WARD_ARRAY_LEN(flood); i++) {
		flood[i] = dial(&s);
		turn(&s);
		s.clock.at += 1;
	}
	for (int i = 0; i < 50; i++)
		turn(&s);
	for (size_t i = 0; i < WARD_ARRAY_LEN(flood); i++) {
		char byte;

		n_ended += recv(flood[i], &byte, 1, MSG_DONTWAIT) == 0;
		close(flood[i]);
	}
	assert_int_equal(n_ended, 21); /* one seat is that of who is known */
	say(&c, GET("/still", ""));
	expects(&s, &c, "GET /still? 0");
	leave(&c);
	end(&s);
}

/* A certificate without its key, and no certificate. */
static void t_certificate(void **state)
{
	static struct house s;
	const char *why = NULL;

	(void)state;
	certify(&s);
	const struct ward_httpd_opts o = {.listener = dup(0),
		.certificate = s.pem,
		.key = "no key",
		.clock = ward_clock_system(),
		.counters = &s.counters};

	assert_int_equal(ward_httpd_new(&o, &s.h, &why), WARD_ERR_CONFIG);
	assert_non_null(strstr(why, "key"));
	live_remove(s.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_served), cmocka_unit_test(t_old_tls),
		cmocka_unit_test(t_refusals), cmocka_unit_test(t_floods), cmocka_unit_test(t_slow),
		cmocka_unit_test(t_later), cmocka_unit_test(t_stream), cmocka_unit_test(t_many),
		cmocka_unit_test(t_certificate)};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
