#include "run/proc/way.h"

#include "run/dial.h"
#include "run/proc/camera_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16 << 10, READS_MAX = 64, POLL_MS = 500, BODY_BYTES = 160 << 10 };

/* What a body may become in base64, or with each byte escaped. */
enum { OUT_BYTES = 8 * BODY_BYTES };

/* A body as a tree, whatever is in it: a value for every other byte. */
enum { TOLD_BYTES = 128 * BODY_BYTES };

static ward_ns mono(const struct way *w)
{
	return ward_clock_mono(w->p.clock);
}

static void hang_up(struct way *w)
{
	camera_tls_free(w->tls);
	w->tls = NULL;
	if (w->sock >= 0)
		(void)close(w->sock);
	w->sock = -1;
	w->state = WAY_IDLE;
}

static void say(struct way *w)
{
	ward_count_name(&w->p.counters,
		w->outcome.what == WARD_SENT_DELIVERED ? "send.delivered"
		: w->outcome.status                    ? "send.not_taken"
						       : "send.failed",
		1);
	(void)ward_postbox_say(&w->p, w->link, w->id, &w->outcome);
	if (w->outcome.what == WARD_SENT_DELIVERED) {
		w->delivered = w->id;
		w->any_delivered = true;
	}
	hang_up(w);
}

/* Who tells, and was not told that it was delivered, asks again: nobody has a mail twice. Who acts
 * means it. */
static bool is_delivered(const struct way *w)
{
	return !w->acts && w->any_delivered && ward_id_eq(w->id, w->delivered);
}

enum way_next way_over(struct way *w, enum ward_sent what, const char *why)
{
	struct ward_outcome o = {.what = what};
	size_t n = 0;

	for (; why[n] && n + 1 < sizeof(o.why); n++)
		o.why[n] = why[n] >= ' ' && why[n] <= '~' ? why[n] : '?';
	w->outcome = o;
	return WAY_OVER;
}

static void failed(struct way *w, const char *why)
{
	(void)way_over(w, WARD_SENT_FAILED, why);
	say(w);
}

static void late(struct way *w)
{
	bool out = way_time_is_out(&w->time, mono(w));
	char why[64];

	(void)snprintf(why, sizeof(why),
		out ? "it answered not all in %u seconds" : "it did not answer in %u seconds",
		out ? WAY_LETTER_S : w->channel->seconds);
	failed(w, why);
}

void way_answered(struct way *w)
{
	way_time_wait(&w->time, mono(w));
}

bool way_answer(struct way *w, struct ward_httpmsg *answer, struct ward_slice bytes,
	struct ward_slice *ret_body)
{
	struct ward_httpmsg_whole whole;
	size_t used;
	enum ward_err err = bytes.len ? ward_httpmsg_take(answer, bytes, &used, &whole)
				      : ward_httpmsg_end(answer, &whole);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&w->p, "out of memory", err);
	if (err == WARD_ERR_MORE && bytes.len)
		return false;
	*ret_body = ward_slice_of(NULL, 0);
	/* what it did stands in its first line, however much follows */
	if (err == WARD_ERR_LIMIT && ward_httpmsg_headed(answer, &whole))
		err = WARD_OK;
	if (err) {
		(void)way_over(w, WARD_SENT_FAILED,
			err == WARD_ERR_MORE
				? WARD_TEXT("it ended the connection without an answer")
				: ward_httpmsg_why(answer));
		return true;
	}
	*ret_body = whole.body;
	ward_webhook_judge(answer, &whole, ward_clock_now(w->p.clock), &w->outcome);
	return true;
}

/* ---- the message ---- */

static void dial(struct way *w)
{
	if (ward_dial_ask(w->dialer) != WARD_OK)
		ward_process_die(&w->p, "the dialer is gone", WARD_ERR_CLOSED);
	w->state = WAY_DIALING;
}

static void take(struct way *w)
{
	struct ward_letter l;

	if (!ward_postbox_take(&w->p, w->link, w->buf, &l))
		return;
	ward_wr_reset(&w->body);
	ward_wr_str(&w->body, l.body);
	if (ward_wr_bad(&w->body))
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
	w->id = l.id;
	w->again = false;
	way_time_letter(&w->time, mono(w));
	if (is_delivered(w)) {
		(void)way_over(w, WARD_SENT_DELIVERED, "");
		say(w);
		return;
	}
	dial(w);
}

/* ---- the connection ---- */

static void start_tls(struct way *w)
{
	if (camera_tls_new(w->client, w->sock, &w->tls) != WARD_OK)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
	w->writable = w->readable = camera_tls_events(w->tls);
}

/* Bytes sent, or -1 as write(2). */
static ssize_t write_some(struct way *w, const char **ret_why)
{
	const uint8_t *p = w->out.p + w->sent;
	size_t left = w->out.len - w->sent;
	ssize_t n = w->tls ? camera_tls_write(w->tls, p, left, ret_why)
			   : send(w->sock, p, left, MSG_NOSIGNAL);

	w->writable = w->tls && n < 0 ? camera_tls_events(w->tls) : POLLOUT;
	w->sent += n > 0 ? (size_t)n : 0;
	if (w->sent == w->out.len) {
		ward_wr_reset(&w->out);
		w->sent = 0;
	}
	return n;
}

static void heed(struct way *w, enum way_next next)
{
	const char *why;

	if (ward_wr_bad(&w->out)) {
		failed(w, "there is no room for what is to be said to it");
		return;
	}
	if (next == WAY_STARTTLS) {
		ward_wr_reset(&w->out); /* its command was answered, so it was sent */
		w->sent = 0;
		start_tls(w);
		next = w->channel->secured(w);
	}
	if (next == WAY_AGAIN && way_time_is_out(&w->time, mono(w))) {
		late(w);
		return;
	}
	if (next == WAY_AGAIN) {
		hang_up(w);
		w->again = true;
		dial(w);
	}
	if (next != WAY_OVER)
		return;
	if (w->sent < w->out.len)
		(void)write_some(w, &why); /* a goodbye: the outcome does not hang on it */
	say(w);
}

static void dialed(struct way *w)
{
	enum ward_err err = ward_dial_take(w->dialer, &w->sock);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err == WARD_ERR_DENIED || err == WARD_ERR_NOT_FOUND) {
		failed(w, err == WARD_ERR_DENIED ? WARD_TEXT("it refuses connections")
						 : WARD_TEXT("it can't be reached"));
		return;
	}
	if (err)
		ward_process_die(&w->p, "the dialer is gone", err);
	ward_wr_reset(&w->out);
	w->sent = 0;
	w->writable = POLLOUT;
	w->readable = POLLIN;
	w->state = WAY_TALKING;
	if (way_time_is_out(&w->time, mono(w))) {
		late(w);
		return;
	}
	way_time_wait(&w->time, mono(w));
	if (w->url.tls)
		start_tls(w);
	heed(w, w->channel->begin(w));
}

static void write_on(struct way *w)
{
	const char *why = WARD_TEXT("the connection was reset");
	ssize_t n = write_some(w, &why);

	/* who resets may have answered before: that is read first */
	if (n < 0 && errno != EAGAIN && errno != EINTR && errno != EPIPE && errno != ECONNRESET)
		failed(w, why);
	else if (n >= 0 && !w->out.len && w->channel->sent)
		heed(w, w->channel->sent(w));
}

static void read_on(struct way *w)
{
	uint8_t buf[CHUNK];

	for (int i = 0; i < READS_MAX && w->state == WAY_TALKING; i++) {
		const char *why = WARD_TEXT("the connection was reset");
		ssize_t n = w->tls ? camera_tls_read(w->tls, buf, sizeof(buf), &why)
				   : recv(w->sock, buf, sizeof(buf), 0);

		w->readable = w->tls && n < 0 ? camera_tls_events(w->tls) : POLLIN;
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			failed(w, why);
		else
			heed(w, w->channel->take(w, ward_slice_of(buf, (size_t)n)));
	}
}

static void turn(struct way *w)
{
	if (w->state == WAY_IDLE)
		take(w);
	if (w->state == WAY_DIALING)
		dialed(w);
	if (w->state == WAY_TALKING && w->sent < w->out.len)
		write_on(w);
	if (w->state == WAY_TALKING)
		read_on(w);
	if (w->state == WAY_TALKING && way_time_is_late(&w->time, mono(w)))
		late(w);
}

static void wait(struct way *w)
{
	bool talks = w->state == WAY_TALKING;
	short events =
		(short)(POLLIN | w->readable | (talks && w->sent < w->out.len ? w->writable : 0));
	struct pollfd p[] = {{w->state == WAY_IDLE ? w->link : -1, POLLIN, 0},
		{w->state == WAY_DIALING ? w->dialer : -1, POLLIN, 0}, {w->sock, events, 0}};

	if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&w->p, "poll", WARD_ERR_IO);
}

/* ---- settings ---- */

void way_url(struct way *w, enum ward_weburl_scheme scheme)
{
	const char *why = "the recipient's address";
	char url[WARD_RECIPIENT_TEXT + 1];

	ward_process_secret(&w->p, "url", url, sizeof(url));
	if (ward_weburl_read_as(scheme, ward_str_z(url), &w->url, &why) != WARD_OK)
		ward_process_die(&w->p, why, WARD_ERR_CONFIG);
}

bool way_told(struct way *w, struct ward_told *ret)
{
	ward_arena_reset(&w->told);
	enum ward_err err = ward_told_read(&w->told, &w->lim, ward_wr_text(&w->body), ret);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&w->p, "out of memory", err);
	if (err)
		(void)way_over(
			w, WARD_SENT_REFUSED, WARD_TEXT("the message holds no text for people"));
	return !err;
}

/* OpenSSL reads its configuration with its first use, and the time zone with the first certificate:
 * that must be before the cage. */
static void prepare(struct way *w)
{
	char tls_why[CAMERA_TLS_WHY] = "out of memory";
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;

	ward_process_secret(&w->p, "secret_file", w->secret, sizeof(w->secret));
	w->channel->prepare(w);
	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&w->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	if (sodium_init() < 0 || EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(&w->p, "the cryptographic libraries", WARD_ERR_UNSUPPORTED);
	if ((w->url.tls || w->channel->upgrades) &&
		camera_tls_client_new(w->url.host, ward_process_setting(&w->p, "certificate"),
			tls_why, &w->client) != WARD_OK)
		ward_process_die(&w->p, tls_why, WARD_ERR_CONFIG);
	const char *shown = ward_process_setting(&w->p, "client_certificate"),
		   *key = ward_process_setting(&w->p, "client_key");

	if (w->client && shown && key &&
		camera_tls_client_show(w->client, shown, key, tls_why) != WARD_OK)
		ward_process_die(&w->p, tls_why, WARD_ERR_CONFIG);
}

static void open_ways(struct way *w)
{
	struct ward_dial to = {.port = w->url.port,
		.datagram = w->channel->datagram && !w->url.tls,
		.secret = w->secret,
		.len_secret = sizeof(w->secret)};

	w->link = ward_process_fd(&w->p, "act");
	w->acts = w->link != WARD_FD_NONE;
	if (!w->acts)
		w->link = ward_process_need_fd(&w->p, "respond");
	if (fcntl(w->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&w->p, "its link", WARD_ERR_IO);
	_Static_assert(sizeof(to.host) >= sizeof(w->url.host), "a host is copied whole");
	memcpy(to.host, w->url.host, sizeof(w->url.host));
	ward_dial_start(&w->p, &to, &w->dialer);
}

static int end(struct way *w)
{
	hang_up(w);
	camera_tls_client_free(w->client);
	if (w->channel->end)
		w->channel->end(w);
	ward_wipe(w->secret, sizeof(w->secret));
	ward_wr_fini(&w->body);
	ward_wr_fini(&w->out);
	ward_arena_fini(&w->told);
	int status = ward_process_end(&w->p);

	free(w);
	return status;
}

int way_run(const struct way_channel *c, void *of, int argc, char **argv)
{
	struct way *w = calloc(1, sizeof(*w));

	if (!w)
		return WARD_PROCESS_DIED;
	ward_process_begin(&w->p, c->program, argc, argv);
	ward_process_limits(&w->p, &w->lim);
	w->channel = c;
	w->of = of;
	w->sock = -1;
	w->time = (struct way_time){.several = c->several, .answer = c->seconds * WARD_NS_PER_S};
	w->body = ward_wr_grow(ward_mem_heap(), BODY_BYTES);
	w->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	ward_arena_init(&w->told, ward_mem_heap(), TOLD_BYTES);
	prepare(w);
	open_ways(w);
	if (c->ready)
		c->ready(w);
	ward_process_cage(&w->p, WARD_CAGE_PLAIN, NULL);
	if (w->acts)
		ward_postbox_begun(&w->p, w->link);
	while (!ward_process_stopping()) {
		turn(w);
		ward_process_count(&w->p);
		wait(w);
	}
	return end(w);
}
