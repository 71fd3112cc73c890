/* The real process `radius` in its cage, with this test in the place of `act` and of the system: a
 * UDP socket that looks at each request by libcrypto alone. */
#include "live.h"
#include "run/letter.h"
#include "run/ipc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000, TEXT = 512, SUM = 16, AT = 4, HEADER = 20, ACK = 44, NAK = 45 };

static const char secret[] = "a-shared-secret-of-both";
static const char quarantine[] = "{\"kind\":\"action\",\"does\":\"isolate\",\"run\":\"vlan "
				 "999\",\"mac\":\"02:20:00:00:00:34\"}";

struct house {
	char folder[64], url[TEXT], key[TEXT];
	int act[2], nas;
	struct sockaddr_in from; /* whose request was the last */
	struct live_process p;
	uint8_t n;
};

static void put_file(const struct house *h, const char *name, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", h->folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static struct ward_msg next(struct house *h, uint8_t *buf)
{
	struct pollfd p = {.fd = h->act[1], .events = POLLIN};
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("it says nothing");
	assert_int_equal(ward_msg_recv(h->act[1], buf, &m), WARD_OK);
	return m;
}

static int setup(void **state)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct house *h = calloc(1, sizeof(*h));
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	char text[TEXT];

	assert_non_null(h);
	live_folder(h->folder, sizeof(h->folder));
	h->nas = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(h->nas, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(h->nas, (void *)&at, &len), 0);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u\n", (unsigned)ntohs(at.sin_port));
	put_file(h, "url", text);
	put_file(h, "secret", secret);
	(void)snprintf(h->url, sizeof(h->url), "url=%s/url", h->folder);
	(void)snprintf(h->key, sizeof(h->key), "secret_file=%s/secret", h->folder);
	live_pair(h->act);
	h->p = (struct live_process){
		.name = "radius", .arg = {h->url, h->key, "nas=sw-a0"}, .fd = {{"act", h->act[0]}}};
	live_start(&h->p);
	/* what a former life had in hand may have been done */
	assert_int_equal(next(h, buf).type, WARD_MSG_AGAIN);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;

	(void)live_end(&h->p, SIGTERM);
	close(h->act[0]);
	close(h->act[1]);
	close(h->nas);
	live_remove(h->folder);
	free(h);
	return 0;
}

static void send_letter(struct house *h, const char *body)
{
	uint8_t bytes[1024];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_letter l = {.until = WARD_NS_NEVER, .body = ward_str_z(body)};

	l.id.b[0] = ++h->n;
	ward_letter_put(&w, &l);
	assert_int_equal(ward_msg_send(h->act[1], WARD_MSG_SEND, 0, ward_wr_slice(&w)), WARD_OK);
}

static struct ward_outcome outcome(struct house *h)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m = next(h, buf);
	struct ward_outcome o;
	struct ward_id id;

	assert_int_equal(m.type, WARD_MSG_SENT);
	assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
	assert_int_equal(id.b[0], h->n);
	return o;
}

/* The next request, whose sums are right. */
static size_t request(struct house *h, uint8_t *q, size_t cap)
{
	struct pollfd p = {.fd = h->nas, .events = POLLIN};
	socklen_t len = sizeof(h->from);
	uint8_t zeroed[1024], sum[EVP_MAX_MD_SIZE];
	unsigned n_sum;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("the system is not asked");
	ssize_t got = recvfrom(h->nas, q, cap, 0, (void *)&h->from, &len);

	assert_true(got > HEADER + SUM && (size_t)got <= sizeof(zeroed));
	size_t n = (size_t)got;

	assert_int_equal(q[0], 43);
	assert_int_equal(q[2] << 8 | q[3], n);
	assert_int_equal(q[n - SUM - 2], 80); /* its Message-Authenticator is the last */
	memcpy(zeroed, q, n);
	memset(zeroed + AT, 0, SUM);
	memset(zeroed + n - SUM, 0, SUM);
	assert_non_null(HMAC(EVP_md5(), secret, sizeof(secret) - 1, zeroed, n, sum, &n_sum));
	assert_memory_equal(sum, q + n - SUM, SUM);
	return n;
}

/* An answer with an Error-Cause, sealed by that secret. */
static void answer(struct house *h, const uint8_t *q, uint8_t code, const char *by)
{
	uint8_t a[256] = {code, q[1], 0, HEADER + 6}, sum[EVP_MAX_MD_SIZE];
	static const uint8_t cause[] = {101, 6, 0, 0, 503 >> 8, 503 & 255};
	size_t n = HEADER + sizeof(cause);

	memcpy(a + AT, q + AT, SUM);
	memcpy(a + HEADER, cause, sizeof(cause));
	memcpy(a + n, by, strlen(by));
	assert_int_equal(EVP_Digest(a, n + strlen(by), sum, NULL, EVP_md5(), NULL), 1);
	memcpy(a + AT, sum, SUM);
	assert_int_equal(sendto(h->nas, a, n, 0, (const void *)&h->from, sizeof(h->from)), n);
}

static bool holds(const uint8_t *q, size_t n, const char *text)
{
	return ward_str_find((struct ward_str){(const char *)q, n}, ward_str_z(text)) != SIZE_MAX;
}

static void t_done(void **state)
{
	struct house *h = *state;
	uint8_t q[1024];

	send_letter(h, quarantine);
	size_t n = request(h, q, sizeof(q));

	assert_true(holds(q, n,
		"\x1f\x13"
		"02-20-00-00-00-34"));
	assert_true(holds(q, n,
		"\x51\x05"
		"999"));
	assert_true(holds(q, n, "\x20\x07sw-a0"));
	answer(h, q, ACK, "somebody-else-has-this");
	(void)sendto(h->nas, "?", 1, 0, (const void *)&h->from, sizeof(h->from));
	answer(h, q, NAK, secret); /* the first true word counts */
	struct ward_outcome o = outcome(h);

	assert_int_equal(o.what, WARD_SENT_REFUSED);
	assert_int_equal(o.status, 503);
	assert_string_equal(o.why, "the device has no session there");
	uint8_t before = q[1];

	send_letter(h, quarantine);
	(void)request(h, q, sizeof(q));
	assert_int_not_equal(q[1], before);
	answer(h, q, ACK, secret);
	assert_int_equal(outcome(h).what, WARD_SENT_DELIVERED);
}

/* What is no request is refused, and nothing leaves. */
static void t_nothing(void **state)
{
	struct house *h = *state;
	struct pollfd p = {.fd = h->nas, .events = POLLIN};
	static const uint8_t junk[40] = {1, 2, 3};

	for (int t = 1; t < WARD_MSG_N; t++)
		if (t != WARD_MSG_SEND)
			assert_int_equal(ward_msg_send(h->act[1], (enum ward_msg_type)t, 0,
						 ward_slice_of(junk, sizeof(junk))),
				WARD_OK);
	send_letter(h, "{\"run\":\"vlan 9;reload\",\"mac\":\"02:20:00:00:00:34\"}");
	assert_int_equal(outcome(h).what, WARD_SENT_REFUSED);
	send_letter(h, "junk");
	assert_int_equal(outcome(h).what, WARD_SENT_REFUSED);
	assert_int_equal(poll(&p, 1, 0), 0);
	live_check(&h->p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(t_done, setup, teardown),
		cmocka_unit_test_setup_teardown(t_nothing, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
