#include "run/dial.h"
#include "run/proc/camera_tls.h"
#include "run/proc/directory.h"

#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16 << 10, WAIT_MS = 200 };

static ward_ns mono(const struct directory *k)
{
	return ward_clock_mono(k->p.clock);
}

/* OpenSSL reads its configuration with its first use, and the time zone with the first certificate:
 * that must be before the cage. */
void directory_line_prepare(struct directory *k)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;
	char why[CAMERA_TLS_WHY] = "out of memory";
	struct ward_dial to = {.port = k->conf.at.port};

	k->sock = -1;
	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&k->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	if (EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(&k->p, "OpenSSL has no SHA-256", WARD_ERR_UNSUPPORTED);
	(void)snprintf(k->host, sizeof(k->host), "%.*s", WARD_STR_ARG(k->conf.at.host));
	if (camera_tls_client_new(k->host, ward_process_setting(&k->p, "certificate"), why,
		    &k->client) != WARD_OK)
		ward_process_die(&k->p, why, WARD_ERR_CONFIG);
	memcpy(to.host, k->host, strlen(k->host));
	ward_dial_start(&k->p, &to, &k->dialer);
}

void directory_line_close(struct directory *k)
{
	camera_tls_free(k->tls);
	k->tls = NULL;
	if (k->sock >= 0)
		(void)close(k->sock);
	k->sock = -1;
}

/* Waits for a descriptor, until the question is given up. False: it is. */
static bool wait_for(struct directory *k, int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	while (!ward_process_stopping() && mono(k) < k->until) {
		int n = poll(&p, 1, WAIT_MS);

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
	}
	return false;
}

enum ward_err directory_line_open(struct directory *k)
{
	enum ward_err err = WARD_ERR_AGAIN;

	directory_line_close(k);
	/* what a question that was given up had asked for may still come */
	while (ward_dial_take(k->dialer, &k->sock) == WARD_OK)
		directory_line_close(k);
	if (ward_dial_ask(k->dialer) != WARD_OK)
		ward_process_die(&k->p, "the dialer is gone", WARD_ERR_CLOSED);
	while (err == WARD_ERR_AGAIN) {
		if (!wait_for(k, k->dialer, POLLIN))
			return directory_lost(k, WARD_TEXT("it can't be reached in time"));
		err = ward_dial_take(k->dialer, &k->sock);
	}
	if (err == WARD_ERR_DENIED)
		return directory_lost(k, WARD_TEXT("it refuses connections"));
	if (err == WARD_ERR_NOT_FOUND)
		return directory_lost(k, WARD_TEXT("it can't be reached"));
	if (err)
		ward_process_die(&k->p, "the dialer is gone", err);
	if (camera_tls_new(k->client, k->sock, &k->tls) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	k->n_answer = 0;
	return WARD_OK;
}

/* What TLS says went wrong. False: it waits for the peer. */
static bool is_over(ssize_t n)
{
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static enum ward_err say(struct directory *k)
{
	size_t sent = 0;

	while (sent < k->out.len) {
		const char *why = NULL;
		size_t left = k->out.len - sent;
		ssize_t n = camera_tls_write(
			k->tls, k->out.p + sent, left < CHUNK ? left : CHUNK, &why);

		if (n > 0)
			sent += (size_t)n;
		else if (is_over(n))
			return directory_lost(k, why ? why : WARD_TEXT("it ended the connection"));
		else if (!wait_for(k, k->sock, camera_tls_events(k->tls)))
			return directory_lost(k, WARD_TEXT("it takes nothing in time"));
	}
	return WARD_OK;
}

enum ward_err directory_line_say(struct directory *k)
{
	enum ward_err err = ward_wr_bad(&k->out)
				    ? directory_no(k, WARD_TEXT("the request is too long"))
				    : say(k);

	if (k->out.p)
		ward_wipe(k->out.p, k->out.cap);
	ward_wr_reset(&k->out);
	return err;
}

enum ward_err directory_line_hear(struct directory *k)
{
	if (k->n_answer == sizeof(k->answer))
		return directory_lost(k, WARD_TEXT("its answer is too long"));
	for (;;) {
		const char *why = NULL;
		ssize_t n = camera_tls_read(
			k->tls, k->answer + k->n_answer, sizeof(k->answer) - k->n_answer, &why);

		if (n > 0) {
			k->n_answer += (size_t)n;
			return WARD_OK;
		}
		if (n == 0)
			return WARD_ERR_CLOSED;
		if (is_over(n))
			return directory_lost(k, why ? why : WARD_TEXT("it ended the connection"));
		if (!wait_for(k, k->sock, camera_tls_events(k->tls)))
			return directory_lost(k, WARD_TEXT("it does not answer in time"));
	}
}
