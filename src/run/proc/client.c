#include "run/proc/feed_web.h"

#include "run/dial.h"
#include "run/proc/camera_tls.h"

#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16 << 10, READS_MAX = 64, POLL_MS = 500, EVERY_DEFAULT_S = 300, SILENT_AFTER = 3 };

enum state { IDLE, DIALING, TALKING };

struct feed_web {
	struct feed_web_opts o;
	struct ward_cap_url url;
	ward_ns every;
	struct ward_fetch *fetch;
	struct camera_tls_client *client;
	struct camera_tls *tls;
	enum state state;
	int dialer, sock;
	ward_ns good; /* monotonic: the last good answer, or the begin */
	uint64_t n_good;
	bool silent;        /* told */
	const char *reason; /* of the last failure, a word */
};

static ward_ns mono(const struct feed_web *w)
{
	return ward_clock_mono(w->o.p->clock);
}

static void need(const struct feed_web *w, enum ward_err err)
{
	if (err)
		ward_process_die(w->o.p, "out of memory", err);
}

static void hang_up(struct feed_web *w)
{
	camera_tls_free(w->tls);
	w->tls = NULL;
	if (w->sock >= 0)
		(void)close(w->sock);
	w->sock = -1;
	w->state = IDLE;
}

/* The client has been told. */
static void lost(struct feed_web *w, const char *reason)
{
	hang_up(w);
	w->reason = reason;
	WARD_LOG(&w->o.p->log, WARN, "feed.lost", WARD_KV_Z("reason", reason),
		WARD_KV_Z("why", ward_fetch_why(w->fetch)),
		WARD_KV_I("again_ms", (ward_fetch_next(w->fetch) - mono(w)) / WARD_NS_PER_MS));
}

/* What the client said of bytes, or of their end. */
static void heed(struct feed_web *w, enum ward_err err)
{
	if (err == WARD_ERR_CLOSED)
		hang_up(w);
	else if (err == WARD_ERR_FOREIGN)
		lost(w, "foreign");
	else
		need(w, err);
}

/* why NULL: the server ended it */
static void ended(struct feed_web *w, const char *reason, const char *why)
{
	enum ward_err err = ward_fetch_ended(w->fetch, mono(w), why);

	if (err == WARD_ERR_FOREIGN)
		lost(w, reason);
	else if (err)
		need(w, err);
	else
		hang_up(w);
}

static void dialed(struct feed_web *w)
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

static void read_on(struct feed_web *w)
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
			heed(w, ward_fetch_bytes(w->fetch, ward_slice_of(buf, (size_t)n), mono(w)));
	}
}

static void write_on(struct feed_web *w, struct ward_slice due)
{
	const char *why;
	ssize_t n = camera_tls_write(w->tls, due.p, due.len, &why);

	if (n > 0)
		ward_fetch_sent(w->fetch, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		ended(w, "foreign", why);
}

static void talk(struct feed_web *w, struct ward_slice due)
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
	if (w->state != IDLE && ward_fetch_overdue(w->fetch, mono(w)))
		ended(w, "stalled", NULL);
}

static void judge(struct feed_web *w, ward_ns now)
{
	if (ward_fetch_good(w->fetch) != w->n_good) {
		w->n_good = ward_fetch_good(w->fetch);
		if (w->silent)
			w->o.silent(w->o.ctx, NULL, now - w->good);
		w->silent = false;
		w->good = now;
	} else if (!w->silent && now - w->good >= SILENT_AFTER * w->every) {
		w->silent = true;
		w->o.silent(w->o.ctx, w->reason, now - w->good);
	}
}

void feed_web_turn(struct feed_web *w)
{
	struct ward_slice due;

	need(w, ward_fetch_due(w->fetch, mono(w), &due));
	talk(w, due);
	judge(w, mono(w));
	need(w, ward_fetch_due(w->fetch, mono(w), &due));
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
static void prepare(struct feed_web *w)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;
	char why[CAMERA_TLS_WHY] = "out of memory";

	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(w->o.p, "the environment", WARD_ERR_NOMEM);
	tzset();
	if (EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(w->o.p, "OpenSSL has no SHA-256", WARD_ERR_UNSUPPORTED);
	if (camera_tls_client_new(w->url.host, ward_process_setting(w->o.p, "certificate"), why,
		    &w->client) != WARD_OK)
		ward_process_die(w->o.p, why, WARD_ERR_CONFIG);
}

struct feed_web *feed_web_new(const struct feed_web_opts *o)
{
	struct feed_web *w = calloc(1, sizeof(*w));
	const char *url = ward_process_setting(o->p, "url"),
		   *every = ward_process_setting(o->p, "every"), *why = "url";
	int64_t ns = EVERY_DEFAULT_S * WARD_NS_PER_S;

	if (!w)
		ward_process_die(o->p, "out of memory", WARD_ERR_NOMEM);
	w->o = *o;
	w->sock = -1;
	w->reason = "unreachable";
	if (!url || ward_cap_url_read(ward_str_z(url), &w->url, &why) != WARD_OK)
		ward_process_die(o->p, why, WARD_ERR_CONFIG);
	if (every && (!ward_str_i64(ward_str_z(every), &ns) || ns < WARD_NS_PER_S))
		ward_process_die(o->p, "every", WARD_ERR_CONFIG);
	w->every = ns;
	prepare(w);
	const struct ward_fetch_opts f = {.mem = ward_mem_heap(),
		.counters = &o->p->counters,
		.url = &w->url,
		.every = w->every,
		.random = ward_seed_random(),
		.sink = o->sink};
	struct ward_dial to = {.port = w->url.port};

	_Static_assert(sizeof(to.host) >= sizeof(w->url.host), "a host is copied whole");
	memcpy(to.host, w->url.host, sizeof(w->url.host));
	need(w, ward_fetch_new(&f, &w->fetch));
	w->good = mono(w);
	ward_dial_start(o->p, &to, &w->dialer);
	return w;
}

void feed_web_free(struct feed_web *w)
{
	if (!w)
		return;
	hang_up(w);
	ward_fetch_free(w->fetch);
	camera_tls_client_free(w->client);
	free(w);
}
