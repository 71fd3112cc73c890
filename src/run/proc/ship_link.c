#include "run/proc/ship_link.h"

#include "run/dial.h"
#include "run/proc/api_body.h"
#include "run/proc/camera_tls.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	OUT_BYTES = 256 << 10,
	ANSWER_BYTES = 64 << 10,
	CHUNK = 16 << 10,
	READS = 64,
	DETAIL_BYTES = 168,
	ANSWER_S = 30
};

static void hang_up(struct ship_link *l)
{
	camera_tls_free(l->tls);
	l->tls = NULL;
	if (l->sock >= 0)
		(void)close(l->sock);
	l->sock = -1;
	l->state = SHIP_IDLE;
	ward_wr_reset(&l->out);
	l->sent = 0;
}

static enum ship_fate because(struct ship_link *l, enum ship_fate fate, const char *why)
{
	size_t n = 0;

	for (; why[n] && n + 1 < sizeof(l->why); n++)
		l->why[n] = why[n] >= ' ' && why[n] <= '~' ? why[n] : '?';
	l->why[n] = 0;
	if (fate == SHIP_FAILED)
		hang_up(l);
	return fate;
}

/* ---- opening ---- */

static void open_tls(struct ship_link *l)
{
	const char *show = ward_process_setting(l->p, "client_certificate"),
		   *key = ward_process_setting(l->p, "client_key");
	char why[CAMERA_TLS_WHY] = "out of memory";
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;

	/* OpenSSL reads its configuration with its first use: that must be before the cage. */
	if (setenv("TZ", "UTC0", 1) != 0 ||
		EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1 ||
		camera_tls_client_new(l->url.host, ward_process_setting(l->p, "certificate"), why,
			&l->client) != WARD_OK)
		ward_process_die(l->p, why, WARD_ERR_CONFIG);
	if (show && camera_tls_client_show(l->client, show, key ? key : show, why) != WARD_OK)
		ward_process_die(l->p, why, WARD_ERR_CONFIG);
}

void ship_link_open(struct ship_link *l, struct ward_process *p)
{
	const struct ward_httpmsg_opts o = {.mem = ward_mem_heap(), .body_max = ANSWER_BYTES};
	const char *url = ward_process_setting(p, "url"), *why = "its address";
	struct ward_dial to = {.port = 0};

	*l = (struct ship_link){
		.p = p, .sock = -1, .out = ward_wr_grow(ward_mem_heap(), OUT_BYTES)};
	if (!url || ward_weburl_read(ward_str_z(url), &l->url, &why) != WARD_OK)
		ward_process_die(p, why, WARD_ERR_CONFIG);
	ward_process_secret(p, "secret_file", l->token, sizeof(l->token));
	if (ward_httpmsg_new(&o, &l->answer) != WARD_OK)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
	if (l->url.tls)
		open_tls(l);
	(void)snprintf(to.host, sizeof(to.host), "%s", l->url.host);
	to.port = l->url.port;
	to.secret = l->token;
	to.len_secret = sizeof(l->token);
	ward_dial_start(p, &to, &l->dialer);
}

void ship_link_close(struct ship_link *l)
{
	hang_up(l);
	camera_tls_client_free(l->client);
	ward_httpmsg_free(l->answer);
	ward_wr_fini(&l->out);
	ward_wipe(l->token, sizeof(l->token));
}

enum ward_err ship_link_show(struct ship_link *l, const char *file)
{
	char why[CAMERA_TLS_WHY] = "";

	if (!l->client)
		return WARD_OK;
	if (l->state == SHIP_OPEN) /* it showed another one */
		hang_up(l);
	enum ward_err err = camera_tls_client_show(l->client, file, file, why);

	if (err)
		(void)because(l, SHIP_DENIED, why);
	return err;
}

/* ---- a batch ---- */

void ship_link_post(struct ship_link *l, const struct ship_post *p)
{
	ward_wr_reset(&l->out);
	l->sent = 0;
	l->said = (struct ward_slice){.len = 0};
	ward_wr_printf(&l->out, "POST %s HTTP/1.1\r\nHost: ", p->target);
	ward_weburl_authority(&l->url, &l->out);
	if (l->token[0])
		ward_wr_printf(&l->out, "\r\nAuthorization: Bearer %s", l->token);
	ward_wr_printf(&l->out, "\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", p->type,
		p->body.len);
	ward_wr_str(&l->out, p->body);
	if (ward_wr_bad(&l->out))
		ward_process_die(l->p, "out of memory", WARD_ERR_NOMEM);
	ward_httpmsg_begin(l->answer);
	l->status = l->wait_s = 0;
	l->why[0] = 0;
	l->began = ward_clock_mono(l->p->clock);
	if (l->state == SHIP_OPEN) {
		l->state = SHIP_TALKING;
		return;
	}
	if (ward_dial_ask(l->dialer) != WARD_OK)
		ward_process_die(l->p, "the dialer is gone", WARD_ERR_CLOSED);
	l->state = SHIP_DIALING;
}

static enum ship_fate dialed(struct ship_link *l)
{
	enum ward_err err = ward_dial_take(l->dialer, &l->sock);

	if (err == WARD_ERR_AGAIN)
		return SHIP_WAITS;
	if (err == WARD_ERR_DENIED || err == WARD_ERR_NOT_FOUND) {
		l->state = SHIP_IDLE;
		return because(l, SHIP_FAILED,
			err == WARD_ERR_DENIED ? "it refuses connections" : "it can't be reached");
	}
	if (err)
		ward_process_die(l->p, "the dialer is gone", err);
	l->state = SHIP_TALKING;
	l->began = ward_clock_mono(l->p->clock);
	l->writable = POLLOUT;
	l->readable = POLLIN;
	if (!l->url.tls)
		return SHIP_WAITS;
	if (camera_tls_new(l->client, l->sock, &l->tls) != WARD_OK)
		ward_process_die(l->p, "out of memory", WARD_ERR_NOMEM);
	l->writable = l->readable = camera_tls_events(l->tls);
	return SHIP_WAITS;
}

static enum ship_fate write_on(struct ship_link *l)
{
	const uint8_t *p = l->out.p + l->sent;
	size_t left = l->out.len - l->sent;
	const char *why = "the connection was reset";
	ssize_t n = l->tls ? camera_tls_write(l->tls, p, left, &why)
			   : send(l->sock, p, left, MSG_NOSIGNAL);

	l->writable = l->tls && n < 0 ? camera_tls_events(l->tls) : POLLOUT;
	l->sent += n > 0 ? (size_t)n : 0;
	/* who resets may have answered before: that is read first */
	if (n < 0 && errno != EAGAIN && errno != EINTR && errno != EPIPE && errno != ECONNRESET)
		return because(l, SHIP_FAILED, why);
	return SHIP_WAITS;
}

/* What a problem (RFC 9457) says is wrong; empty: nothing. */
static void detail_of(struct ward_slice body, char ret[DETAIL_BYTES])
{
	uint8_t text[ANSWER_BYTES];
	struct ward_wr scratch = ward_wr_fixed(text, sizeof(text));
	struct serve_body b;
	struct ward_str said = WARD_STR("");

	if (body.len <= sizeof(text) && !serve_body_read(body, &scratch, &b))
		said = serve_body_text(&b, "detail");
	(void)snprintf(ret, DETAIL_BYTES, "%.*s", (int)(said.len < 160 ? said.len : 160),
		said.len ? said.p : "");
}

static enum ship_fate judge(struct ship_link *l, const struct ward_httpmsg_whole *a)
{
	struct ward_str wait = ward_httpmsg_field(l->answer, "Retry-After", 0);
	char why[sizeof(l->why)], detail[DETAIL_BYTES];
	uint64_t s;

	l->status = a->status;
	if (wait.p && ward_str_u64(wait, &s) && s <= 3600)
		l->wait_s = (unsigned)s;
	if (a->keep)
		l->state = SHIP_OPEN;
	else
		hang_up(l);
	l->said = a->body;
	if (a->status == 202 || a->status == 201)
		return SHIP_ARRIVED;
	detail_of(a->body, detail);
	(void)snprintf(
		why, sizeof(why), "it answers %u%s%s", a->status, detail[0] ? ": " : "", detail);
	if (a->status == 401 || a->status == 403)
		return because(l, SHIP_DENIED, why);
	return because(l, a->status == 400 || a->status == 413 ? SHIP_REFUSED : SHIP_FAILED, why);
}

static enum ship_fate take(struct ship_link *l, struct ward_slice bytes)
{
	struct ward_httpmsg_whole whole;
	size_t used;
	enum ward_err err = bytes.len ? ward_httpmsg_take(l->answer, bytes, &used, &whole)
				      : ward_httpmsg_end(l->answer, &whole);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(l->p, "out of memory", err);
	if (err == WARD_ERR_MORE && bytes.len)
		return SHIP_WAITS;
	if (err)
		return because(l, SHIP_FAILED,
			err == WARD_ERR_MORE ? "it ended the connection without an answer"
					     : ward_httpmsg_why(l->answer));
	return judge(l, &whole);
}

static enum ship_fate read_on(struct ship_link *l)
{
	uint8_t buf[CHUNK];
	enum ship_fate fate = SHIP_WAITS;

	for (int i = 0; i < READS && fate == SHIP_WAITS; i++) {
		const char *why = "the connection was reset";
		ssize_t n = l->tls ? camera_tls_read(l->tls, buf, sizeof(buf), &why)
				   : recv(l->sock, buf, sizeof(buf), 0);

		l->readable = l->tls && n < 0 ? camera_tls_events(l->tls) : POLLIN;
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return SHIP_WAITS;
		if (l->state == SHIP_OPEN) { /* something unasked, goodbye, or an end without one */
			hang_up(l);
			return SHIP_WAITS;
		}
		if (n < 0)
			return because(l, SHIP_FAILED, why);
		fate = take(l, ward_slice_of(buf, (size_t)n));
	}
	return fate;
}

enum ship_fate ship_link_turn(struct ship_link *l)
{
	enum ship_fate fate = SHIP_WAITS;

	if (l->state == SHIP_DIALING)
		fate = dialed(l);
	if (l->state == SHIP_TALKING && l->sent < l->out.len)
		fate = write_on(l);
	if (fate == SHIP_WAITS && (l->state == SHIP_TALKING || l->state == SHIP_OPEN))
		fate = read_on(l);
	if (fate == SHIP_WAITS && l->state == SHIP_TALKING &&
		ward_clock_mono(l->p->clock) - l->began > ANSWER_S * WARD_NS_PER_S)
		fate = because(l, SHIP_FAILED, "it did not answer in 30 seconds");
	return fate;
}

void ship_link_poll(const struct ship_link *l, struct pollfd p[2])
{
	bool talks = l->state == SHIP_TALKING;

	p[0] = (struct pollfd){l->state == SHIP_DIALING ? l->dialer : -1, POLLIN, 0};
	p[1] = (struct pollfd){l->sock,
		(short)(POLLIN | l->readable | (talks && l->sent < l->out.len ? l->writable : 0)),
		0};
}
