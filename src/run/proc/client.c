#include "run/proc/client.h"

#include "run/dial.h"
#include "run/proc/camera_tls.h"

#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16 << 10, READS_MAX = 64, POLL_MS = 500, SILENT_AFTER = 3 };

enum state { IDLE, DIALING, TALKING };

struct client {
	struct client_opts o;
	struct camera_tls_client *client;
	struct camera_tls *tls;
	enum state state;
	int dialer, sock;
	ward_ns good; /* monotonic: the last good answer, or the begin */
	uint64_t n_good;
	bool silent;        /* told */
	const char *reason; /* of the last failure, a word */
};

static ward_ns mono(const struct client *w)
{
	return ward_clock_mono(w->o.p->clock);
}

static void need(const struct client *w, enum ward_err err)
{
	if (err)
		ward_process_die(w->o.p, "out of memory", err);
}

static void hang_up(struct client *w)
{
	camera_tls_free(w->tls);
	w->tls = NULL;
	if (w->sock >= 0)
		(void)close(w->sock);
	w->sock = -1;
	w->state = IDLE;
}

/* The client has been told. */
static void lost(struct client *w, const char *reason)
{
	hang_up(w);
	w->reason = reason;
	WARD_LOG(&w->o.p->log, WARN, w->o.lost, WARD_KV_Z("reason", reason),
		WARD_KV_Z("why", ward_httppoll_why(w->o.poll)),
		WARD_KV_I("again_ms", (ward_httppoll_next(w->o.poll) - mono(w)) / WARD_NS_PER_MS));
}

/* What the client said of bytes, or of their end. */
static void heed(struct client *w, enum ward_err err)
{
	if (err == WARD_ERR_CLOSED)
		hang_up(w);
	else if (err == WARD_ERR_FOREIGN)
		lost(w, "foreign");
	else
		need(w, err);
}

/* why NULL: the server ended it, or its answer is overdue */
static void ended(struct client *w, const char *reason, const char *why)
{
	enum ward_err err = ward_httppoll_ended(w->o.poll, mono(w), why);

	if (err == WARD_ERR_FOREIGN)
		lost(w, reason);
	else if (err)
		need(w, err);
	else
		hang_up(w);
}

static void dialed(struct client *w)
{
	enum ward_err err = ward_dial_take(w->dialer, &w->sock);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err == WARD_ERR_DENIED)
		ended(w, "refused", "it refuses connections");
	else if (err == WARD_ERR_NOT_FOUND)
		ended(w, "unreachable", "it can't be reached");
	else if (err)
		ward_process_die(w->o.p, "the dialer is gone", err);
	if (err)
		return;
	w->state = TALKING;
	need(w, camera_tls_new(w->client, w->sock, &w->tls));
}

static void read_on(struct client *w)
{
	uint8_t buf[CHUNK];

	for (int i = 0; i < READS_MAX && w->state == TALKING; i++) {
		const char *why;
		ssize_t n = camera_tls_read(w->tls, buf, sizeof(buf), &why);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			ended(w, "foreign", n ? why : NULL);
		else
			heed(w, ward_httppoll_bytes(
					w->o.poll, ward_slice_of(buf, (size_t)n), mono(w)));
	}
}

static void write_on(struct client *w, struct ward_slice due)
{
	const char *why;
	ssize_t n = camera_tls_write(w->tls, due.p, due.len, &why);

	if (n > 0)
		ward_httppoll_sent(w->o.poll, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		ended(w, "foreign", why);
}

static void talk(struct client *w, struct ward_slice due)
{
	if (due.len && w->state == IDLE) {
		if (ward_dial_ask(w->dialer) != WARD_OK)
			ward_process_die(w->o.p, "the dialer is gone", WARD_ERR_CLOSED);
		w->state = DIALING;
	}
	if (w->state == DIALING)
		dialed(w);
	if (w->state == TALKING && due.len)
		write_on(w, due);
	if (w->state == TALKING)
		read_on(w);
	if (w->state != IDLE && ward_httppoll_overdue(w->o.poll, mono(w)))
		ended(w, "stalled", NULL);
}

static void judge(struct client *w, ward_ns now)
{
	if (ward_httppoll_good_count(w->o.poll) != w->n_good) {
		w->n_good = ward_httppoll_good_count(w->o.poll);
		if (w->silent)
			w->o.silent(w->o.ctx, NULL, now - w->good);
		w->silent = false;
		w->good = now;
	} else if (!w->silent && now - w->good >= SILENT_AFTER * w->o.every) {
		w->silent = true;
		w->o.silent(w->o.ctx, w->reason, now - w->good);
	}
}

void client_turn(struct client *w)
{
	struct ward_slice due;

	need(w, ward_httppoll_due(w->o.poll, mono(w), &due));
	talk(w, due);
	judge(w, mono(w));
	need(w, ward_httppoll_due(w->o.poll, mono(w), &due));
	short out = due.len ? POLLOUT : 0;
	struct pollfd p[] = {
		{w->sock, w->tls ? (short)(POLLIN | out | camera_tls_events(w->tls)) : 0, 0},
		{w->state == DIALING ? w->dialer : -1, POLLIN, 0}};
	bool at_once = due.len && w->state == IDLE;

	if (poll(p, WARD_ARRAY_LEN(p), at_once ? 0 : POLL_MS) < 0 && errno != EINTR)
		ward_process_die(w->o.p, "poll", WARD_ERR_IO);
}

/* OpenSSL reads its configuration with its first use, and the time zone with the first certificate:
 * that must be before the cage. */
static void prepare(struct client *w)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;
	char why[CAMERA_TLS_WHY] = "out of memory";

	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(w->o.p, "the environment", WARD_ERR_NOMEM);
	tzset();
	if (EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(w->o.p, "OpenSSL has no SHA-256", WARD_ERR_UNSUPPORTED);
	if (camera_tls_client_new(w->o.host, ward_process_setting(w->o.p, "certificate"), why,
		    &w->client) != WARD_OK)
		ward_process_die(w->o.p, why, WARD_ERR_CONFIG);
	const char *show = ward_process_setting(w->o.p, "client_certificate");

	if (show && camera_tls_client_show(w->client, show, show, why) != WARD_OK)
		ward_process_die(w->o.p, why, WARD_ERR_CONFIG);
}

struct client *client_new(const struct client_opts *o)
{
	struct client *w = calloc(1, sizeof(*w));
	struct ward_dial to = {.port = o->port, .secret = o->secret, .len_secret = o->len_secret};

	if (!w || strlen(o->host) >= sizeof(to.host))
		ward_process_die(o->p, "out of memory", WARD_ERR_NOMEM);
	w->o = *o;
	w->sock = -1;
	w->reason = "unreachable";
	prepare(w);
	memcpy(to.host, o->host, strlen(o->host));
	w->good = mono(w);
	ward_dial_start(o->p, &to, &w->dialer);
	return w;
}

void client_free(struct client *w)
{
	if (!w)
		return;
	hang_up(w);
	camera_tls_client_free(w->client);
	free(w);
}
