/* The process of one recipient, or of one system that acts: it posts what `respond` or `act` hands
 * over, one message at a time and each once, and says what became of it. When to try again is not
 * its business.
 *
 * It speaks HTTP and TLS, caged, with the secret that signs; its sockets are made by a child
 * (dial.h) that reads nothing. What it says of an answer is all that anybody learns of the outside.
 */
#include "run/dial.h"
#include "run/letter.h"
#include "respond/recipients.h"
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

enum { CHUNK = 16 << 10, READS_MAX = 64, POLL_MS = 500, REQUEST_BYTES = 160 << 10 };

/* From the connection to the whole answer. */
static const ward_ns attempt_max = 30 * WARD_NS_PER_S;

enum state { IDLE, DIALING, TALKING };

struct sender {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_weburl url;
	char secret[WARD_SECRET_MAX];
	struct camera_tls_client *client;
	struct camera_tls *tls;
	struct ward_httpmsg *answer;
	int link, dialer, sock;
	bool acts; /* it asks for actions; it is `act` that hands them over */
	enum state state;
	struct ward_id id; /* of the message in hand, whose body is kept */
	struct ward_wr kept, request;
	size_t sent;
	short writable;   /* what to wait for, to write on */
	ward_ns deadline; /* monotonic */
	uint8_t buf[WARD_MSG_MAX];
};

static ward_ns mono(const struct sender *d)
{
	return ward_clock_mono(d->p.clock);
}

static void hang_up(struct sender *d)
{
	camera_tls_free(d->tls);
	d->tls = NULL;
	if (d->sock >= 0)
		(void)close(d->sock);
	d->sock = -1;
	d->state = IDLE;
}

static void say(struct sender *d, const struct ward_outcome *o)
{
	uint8_t body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_outcome_put(&w, d->id, o);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(d->link, WARD_MSG_SENT, 0, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN) /* a full queue: it asks again, by the same id */
		ward_process_die(&d->p, "the supervisor closed a link", err);
	hang_up(d);
}

/* What a former life had in hand may have been done: who acts has to know at once. */
static void say_begun(struct sender *d)
{
	const struct ward_slice nothing = {NULL, 0};
	enum ward_err err = ward_msg_send(d->link, WARD_MSG_AGAIN, 0, nothing);

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
}

/* Words of a library are shortened to what goes into a record. */
static void failed(struct sender *d, const char *why)
{
	struct ward_outcome o = {.what = WARD_SENT_FAILED};
	size_t n = 0;

	for (; why[n] && n + 1 < sizeof(o.why); n++)
		o.why[n] = why[n] >= ' ' && why[n] <= '~' ? why[n] : '?';
	ward_count_name(&d->p.counters, "send.failed", 1);
	say(d, &o);
}

/* ---- the message ---- */

static void take(struct sender *d)
{
	struct ward_msg m;
	struct ward_letter l;
	enum ward_err err = ward_msg_recv(d->link, d->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err)
		err = m.type == WARD_MSG_SEND ? ward_letter_get(&m.body, &l) : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "send.refused", 1);
		return;
	}
	ward_wr_reset(&d->kept);
	ward_wr_str(&d->kept, l.body);
	if (ward_wr_bad(&d->kept))
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	d->id = l.id;
	if (ward_dial_ask(d->dialer) != WARD_OK)
		ward_process_die(&d->p, "the dialer is gone", WARD_ERR_CLOSED);
	d->state = DIALING;
}

/* ---- the connection ---- */

static void dialed(struct sender *d)
{
	enum ward_err err = ward_dial_take(d->dialer, &d->sock);
	struct ward_webhook_post post = {.url = &d->url,
		.message = d->id,
		.secret = ward_str_z(d->secret),
		.body = ward_wr_text(&d->kept),
		.now = ward_clock_now(d->p.clock)};

	if (err == WARD_ERR_AGAIN)
		return;
	if (err == WARD_ERR_DENIED || err == WARD_ERR_NOT_FOUND) {
		failed(d,
			err == WARD_ERR_DENIED ? "it refuses connections" : "it can't be reached");
		return;
	}
	if (err)
		ward_process_die(&d->p, "the dialer is gone", err);
	ward_wr_reset(&d->request);
	ward_webhook_write(&post, &d->request);
	if (ward_wr_bad(&d->request))
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	d->sent = 0;
	d->state = TALKING;
	d->deadline = mono(d) + attempt_max;
	ward_httpmsg_begin(d->answer);
	if (d->url.tls && camera_tls_new(d->client, d->sock, &d->tls) != WARD_OK)
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
}

static void write_on(struct sender *d)
{
	const char *why = "the connection was reset";
	const uint8_t *p = d->request.p + d->sent;
	size_t left = d->request.len - d->sent;
	ssize_t n = d->tls ? camera_tls_write(d->tls, p, left, &why)
			   : send(d->sock, p, left, MSG_NOSIGNAL);

	d->writable = d->tls ? camera_tls_events(d->tls) : POLLOUT;
	if (n > 0)
		d->sent += (size_t)n;
	/* who resets may have answered before: that is read first */
	else if (n < 0 && errno != EAGAIN && errno != EINTR && errno != EPIPE &&
		 errno != ECONNRESET)
		failed(d, why);
}

static void judge(struct sender *d, const struct ward_httpmsg_whole *answer)
{
	struct ward_outcome o;

	ward_webhook_judge(d->answer, answer, ward_clock_now(d->p.clock), &o);
	ward_count_name(&d->p.counters,
		o.what == WARD_SENT_DELIVERED ? "send.delivered" : "send.not_taken", 1);
	say(d, &o);
}

static void heed(struct sender *d, struct ward_slice bytes)
{
	struct ward_httpmsg_whole answer;
	size_t used;
	enum ward_err err = bytes.len ? ward_httpmsg_take(d->answer, bytes, &used, &answer)
				      : ward_httpmsg_end(d->answer, &answer);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&d->p, "out of memory", err);
	if (!err)
		judge(d, &answer);
	else if (err != WARD_ERR_MORE)
		failed(d, ward_httpmsg_why(d->answer));
	else if (!bytes.len)
		failed(d, "it ended the connection without an answer");
}

static void read_on(struct sender *d)
{
	uint8_t buf[CHUNK];

	for (int i = 0; i < READS_MAX && d->state == TALKING; i++) {
		const char *why = "the connection was reset";
		ssize_t n = d->tls ? camera_tls_read(d->tls, buf, sizeof(buf), &why)
				   : recv(d->sock, buf, sizeof(buf), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			failed(d, why);
		else
			heed(d, ward_slice_of(buf, (size_t)n));
	}
}

static void turn(struct sender *d)
{
	if (d->state == IDLE)
		take(d);
	if (d->state == DIALING)
		dialed(d);
	if (d->state == TALKING && d->sent < d->request.len)
		write_on(d);
	if (d->state == TALKING)
		read_on(d);
	if (d->state == TALKING && mono(d) > d->deadline)
		failed(d, "it did not answer in 30 seconds");
}

static void wait(struct sender *d)
{
	short events = (short)(POLLIN | (d->sent < d->request.len ? d->writable : 0));
	struct pollfd p[] = {{d->state == IDLE ? d->link : -1, POLLIN, 0},
		{d->state == DIALING ? d->dialer : -1, POLLIN, 0}, {d->sock, events, 0}};

	if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&d->p, "poll", WARD_ERR_IO);
}

/* ---- settings ---- */

/* OpenSSL reads its configuration with its first use, and the time zone with the first certificate:
 * that must be before the cage. */
static void prepare(struct sender *d)
{
	const char *why = "the recipient's address";
	char url[WARD_RECIPIENT_TEXT + 1], tls_why[CAMERA_TLS_WHY] = "out of memory";
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;

	ward_process_secret(&d->p, "url", url, sizeof(url));
	if (ward_weburl_read(ward_str_z(url), &d->url, &why) != WARD_OK)
		ward_process_die(&d->p, why, WARD_ERR_CONFIG);
	ward_process_secret(&d->p, "secret_file", d->secret, sizeof(d->secret));
	if (strlen(d->secret) < WARD_SECRET_MIN)
		ward_process_die(
			&d->p, "the secret is shorter than 16 characters", WARD_ERR_CONFIG);
	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&d->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	if (sodium_init() < 0 || EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(&d->p, "the cryptographic libraries", WARD_ERR_UNSUPPORTED);
	if (d->url.tls &&
		camera_tls_client_new(d->url.host, ward_process_setting(&d->p, "certificate"),
			tls_why, &d->client) != WARD_OK)
		ward_process_die(&d->p, tls_why, WARD_ERR_CONFIG);
}

static void open_ways(struct sender *d)
{
	struct ward_dial to = {
		.port = d->url.port, .secret = d->secret, .len_secret = sizeof(d->secret)};
	const struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .body_max = WARD_WEBHOOK_ANSWER};

	d->link = ward_process_fd(&d->p, "act");
	d->acts = d->link != WARD_FD_NONE;
	if (!d->acts)
		d->link = ward_process_need_fd(&d->p, "respond");
	if (fcntl(d->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&d->p, "its link", WARD_ERR_IO);
	if (ward_httpmsg_new(&o, &d->answer) != WARD_OK)
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	_Static_assert(sizeof(to.host) >= sizeof(d->url.host), "a host is copied whole");
	memcpy(to.host, d->url.host, sizeof(d->url.host));
	ward_dial_start(&d->p, &to, &d->dialer);
}

int main(int argc, char **argv)
{
	struct sender *d = calloc(1, sizeof(*d));
	int status;

	if (!d)
		return WARD_PROCESS_DIED;
	ward_process_begin(&d->p, "send", argc, argv);
	ward_process_limits(&d->p, &d->lim);
	d->sock = -1;
	d->kept = ward_wr_grow(ward_mem_heap(), REQUEST_BYTES);
	d->request = ward_wr_grow(ward_mem_heap(), REQUEST_BYTES + (4 << 10));
	prepare(d);
	open_ways(d);
	ward_process_cage(&d->p, WARD_CAGE_PLAIN, NULL);
	if (d->acts)
		say_begun(d);
	while (!ward_process_stopping()) {
		turn(d);
		ward_process_count(&d->p);
		wait(d);
	}
	hang_up(d);
	camera_tls_client_free(d->client);
	ward_httpmsg_free(d->answer);
	ward_wipe(d->secret, sizeof(d->secret));
	ward_wr_fini(&d->kept);
	ward_wr_fini(&d->request);
	status = ward_process_end(&d->p);
	free(d);
	return status;
}
