#include "sense/video/rtsp.h"

#include "base/rd.h"
#include "sense/video/rtsp_auth.h"

#include <stdio.h>

enum {
	HEAD_MAX = 16384,
	BODY_MAX = 65535,
	OUT_BYTES = 8192,
	TIMEOUT_S = 60, /* RFC 2326 12.37 */
	TIMEOUT_MAX_S = 3600,
	INTERLEAVED = '$',
	RTP_CHANNEL = 0,
	RTCP_CHANNEL = 1,
};

/* What was asked last; each leads to the next when it is answered well. */
enum step { DESCRIBE, SETUP, PLAY, PLAYING };

static const char too_long[] = "a request to it would be too long";
static const char *const method[] = {[DESCRIBE] = "DESCRIBE", [SETUP] = "SETUP", [PLAY] = "PLAY"};

struct ward_rtsp {
	struct ward_rtsp_opts opts;
	enum step step;
	uint32_t cseq, waits_for; /* of the request that is open */
	struct ward_rtsp_challenge challenge;
	uint32_t n_authorized;    /* requests with this challenge's nonce */
	unsigned n_refused;       /* answers 401 to the open request */
	const char *aside;        /* while it plays: what was asked last */
	char base[WARD_RTSP_URL]; /* of the whole stream */
	char media[WARD_RTSP_URL];
	char session[WARD_RTSP_TOKEN];
	ward_ns timeout;
	bool described; /* sdp waits for the sink */
	struct ward_wr sdp;
	struct ward_wr out;
	size_t sent;
	size_t off, len; /* in buf: what is not dealt with yet */
	char why[WARD_RTSP_WHY];
	uint8_t buf[WARD_RTSP_BUFFER];
	uint8_t sdp_bytes[WARD_SDP_MAX], out_bytes[OUT_BYTES];
};

struct answer {
	uint64_t status, cseq, length;
	struct ward_str session, base;
	struct ward_rtsp_challenge challenge;
	struct ward_slice body;
};

static enum ward_err fail(struct ward_rtsp *r, enum ward_err err, const char *why)
{
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
	return err;
}

static bool plain(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"')
			return false;
	return true;
}

static void ask(struct ward_rtsp *r, const char *verb, const char *uri)
{
	const struct ward_rtsp_url *u = r->opts.url;
	struct ward_wr *w = &r->out;

	ward_wr_printf(w, "%s %s RTSP/1.0\r\nCSeq: %u\r\nUser-Agent: Ward\r\n", verb, uri,
		(unsigned)++r->cseq);
	if (r->challenge.scheme != WARD_RTSP_OPEN) {
		struct ward_rtsp_request q = {
			verb, uri, u->user, u->password, ++r->n_authorized, r->opts.random};

		ward_wr_z(w, "Authorization: ");
		if (ward_rtsp_authorize(&r->challenge, &q, w) != WARD_OK)
			w->bad = true;
		ward_wr_z(w, "\r\n");
	}
	if (r->session[0])
		ward_wr_printf(w, "Session: %s\r\n", r->session);
	if (strcmp(verb, method[DESCRIBE]) == 0)
		ward_wr_z(w, "Accept: application/sdp\r\n");
	if (strcmp(verb, method[SETUP]) == 0)
		ward_wr_z(w, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
	ward_wr_z(w, "\r\n");
}

static void ask_step(struct ward_rtsp *r)
{
	const char *uri = r->step == SETUP ? r->media : r->base[0] ? r->base : r->opts.url->request;

	ask(r, method[r->step], uri);
	r->waits_for = r->cseq;
}

enum ward_err ward_rtsp_new(const struct ward_rtsp_opts *opts, struct ward_rtsp **ret)
{
	struct ward_rtsp *r = ward_mem_alloc(opts->mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	r->opts = *opts;
	r->sdp = ward_wr_fixed(r->sdp_bytes, sizeof(r->sdp_bytes));
	r->out = ward_wr_fixed(r->out_bytes, sizeof(r->out_bytes));
	r->timeout = TIMEOUT_S * WARD_NS_PER_S;
	ask_step(r);
	*ret = r;
	return WARD_OK;
}

void ward_rtsp_free(struct ward_rtsp *r)
{
	if (!r)
		return;
	ward_wipe(r->out_bytes, sizeof(r->out_bytes)); /* Basic goes through here */
	ward_mem_free(r->opts.mem, r, sizeof(*r));
}

uint8_t *ward_rtsp_room(struct ward_rtsp *r, size_t *ret_cap)
{
	memmove(r->buf, r->buf + r->off, r->len - r->off);
	r->len -= r->off;
	r->off = 0;
	*ret_cap = sizeof(r->buf) - r->len;
	return r->buf + r->len;
}

const char *ward_rtsp_why(const struct ward_rtsp *r)
{
	return r->why;
}

struct ward_slice ward_rtsp_due(const struct ward_rtsp *r)
{
	return ward_slice_of(r->out_bytes + r->sent, r->out.len - r->sent);
}

void ward_rtsp_sent(struct ward_rtsp *r, size_t n)
{
	r->sent += n;
	if (r->sent < r->out.len)
		return;
	ward_wipe(r->out_bytes, r->out.len);
	ward_wr_reset(&r->out);
	r->sent = 0;
}

ward_ns ward_rtsp_alive_every(const struct ward_rtsp *r)
{
	return r->step == PLAYING ? r->timeout / 2 : 0;
}

/* Only into an empty buffer: a server that takes nothing gets no more of them. */
static void ask_aside(struct ward_rtsp *r, const char *verb)
{
	if (r->step != PLAYING || r->out.len)
		return;
	r->aside = verb;
	ask(r, verb, r->base);
}

void ward_rtsp_alive(struct ward_rtsp *r)
{
	r->n_refused = 0;
	ask_aside(r, "OPTIONS");
}

void ward_rtsp_bye(struct ward_rtsp *r)
{
	r->n_refused = 0;
	ask_aside(r, "TEARDOWN");
}

static void header(struct answer *a, struct ward_str line)
{
	struct ward_str name = ward_str_trim(ward_str_cut(&line, ':')), v = ward_str_trim(line);

	if (ward_str_ieq(name, WARD_STR("CSeq")))
		(void)ward_str_u64(v, &a->cseq); /* stays 0, which nothing waits for */
	else if (ward_str_ieq(name, WARD_STR("Content-Length"))) {
		if (!ward_str_u64(v, &a->length))
			a->length = UINT64_MAX;
	} else if (ward_str_ieq(name, WARD_STR("Content-Base")))
		a->base = v;
	else if (ward_str_ieq(name, WARD_STR("Session")))
		a->session = v;
	else if (ward_str_ieq(name, WARD_STR("WWW-Authenticate")))
		ward_rtsp_challenged(&a->challenge, v);
}

/* "id;timeout=60" */
static enum ward_err take_session(struct ward_rtsp *r, struct ward_str v)
{
	struct ward_str id = ward_str_trim(ward_str_cut(&v, ';'));
	uint64_t s;

	if (!id.len || id.len >= sizeof(r->session) || !plain(id))
		return fail(r, WARD_ERR_MALFORMED, "its session has no usable name");
	memcpy(r->session, id.p, id.len);
	r->session[id.len] = 0;
	while (v.p) {
		struct ward_str value = ward_str_trim(ward_str_cut(&v, ';'));
		struct ward_str name = ward_str_cut(&value, '=');

		if (ward_str_ieq(name, WARD_STR("timeout")) && ward_str_u64(value, &s) && s >= 2 &&
			s <= TIMEOUT_MAX_S)
			r->timeout = (ward_ns)s * WARD_NS_PER_S;
	}
	return WARD_OK;
}

/* RFC 2326 C.1.1: whole, or beneath the base. */
static bool resolve(char to[WARD_RTSP_URL], struct ward_str base, struct ward_str control)
{
	bool whole = ward_str_starts(control, WARD_STR("rtsp://")) ||
		     ward_str_starts(control, WARD_STR("rtsps://"));
	const char *slash = base.len && base.p[base.len - 1] == '/' ? "" : "/";
	int n;

	if (!control.len || ward_str_eqz(control, "*"))
		n = snprintf(to, WARD_RTSP_URL, "%.*s", WARD_STR_ARG(base));
	else if (whole)
		n = snprintf(to, WARD_RTSP_URL, "%.*s", WARD_STR_ARG(control));
	else
		n = snprintf(to, WARD_RTSP_URL, "%.*s%s%.*s", WARD_STR_ARG(base), slash,
			WARD_STR_ARG(control));
	return n > 0 && n < WARD_RTSP_URL && plain(ward_str_z(to));
}

static enum ward_err undescribed(struct ward_rtsp *r, enum ward_err err)
{
	bool metadata = r->opts.track == WARD_SDP_METADATA;

	if (err == WARD_ERR_UNSUPPORTED)
		return fail(r, err,
			metadata ? "its metadata are compressed (gzip or EXI), which is not read: "
				   "set the compression of its metadata to none"
				 : "its pictures have a coding that is not decoded");
	return fail(r, err,
		metadata ? "it describes no stream of metadata: put metadata into its media profile"
			 : "it describes no stream of pictures");
}

static enum ward_err described(struct ward_rtsp *r, const struct answer *a)
{
	struct ward_str base = a->base.len ? a->base : ward_str_z(r->opts.url->request);
	struct ward_sdp sdp;
	enum ward_err err;

	ward_wr_reset(&r->sdp);
	err = ward_sdp_pick(ward_slice_text(a->body), r->opts.track, &r->sdp, &sdp);
	if (err)
		return undescribed(r, err);
	if (!resolve(r->base, base, sdp.session) ||
		!resolve(r->media, sdp.session.len ? ward_str_z(r->base) : base, sdp.media))
		return fail(r, WARD_ERR_MALFORMED, "its description names no usable address");
	r->described = true;
	return WARD_OK;
}

/* Can it be answered, and may it? The password goes out in clear only over TLS. */
static bool answerable(const struct ward_rtsp *r, const struct ward_rtsp_challenge *c)
{
	return r->opts.url->user[0] && c->scheme != WARD_RTSP_OPEN &&
	       (c->scheme != WARD_RTSP_BASIC || r->opts.url->tls);
}

/* Asks once more, by another challenge. */
static void accept_challenge(struct ward_rtsp *r, const struct ward_rtsp_challenge *c)
{
	r->challenge = *c;
	r->n_authorized = 0;
	if (r->step == PLAYING)
		ask_aside(r, r->aside);
	else
		ask_step(r);
}

static enum ward_err refused(struct ward_rtsp *r, const struct answer *a)
{
	const struct ward_rtsp_challenge *c = &a->challenge;

	if (a->status != 401)
		return a->status == 404 ? fail(r, WARD_ERR_NOT_FOUND, "it has no such stream (404)")
		       : a->status / 100 == 3
			       ? fail(r, WARD_ERR_UNSUPPORTED, "it sends to another address")
			       : fail(r, WARD_ERR_FOREIGN, "it refuses");
	if (!r->opts.url->user[0])
		return fail(r, WARD_ERR_DENIED, "it wants a user and a password");
	if (c->scheme == WARD_RTSP_OPEN)
		return fail(
			r, WARD_ERR_UNSUPPORTED, "it wants an authentication that is not known");
	if (c->scheme == WARD_RTSP_BASIC && !r->opts.url->tls)
		return fail(r, WARD_ERR_DENIED,
			"it wants the password in clear (Basic): use rtsps://, or Digest");
	/* a nonce that has aged is no wrong password */
	if (++r->n_refused > 1 && !(c->stale && r->n_refused == 2))
		return fail(r, WARD_ERR_DENIED, "user or password are wrong");
	accept_challenge(r, c);
	return WARD_OK;
}

/* Of what was asked while it plays. Only that the session is over ends the stream; a nonce that has
 * aged is answered by the new one, once, since a sign of life that is refused is none. */
static enum ward_err answered_aside(struct ward_rtsp *r, const struct answer *a)
{
	if (a->status == 454)
		return fail(r, WARD_ERR_FOREIGN, "it has ended the session");
	if (a->status != 401 || a->cseq != r->cseq || !r->aside || r->n_refused ||
		!answerable(r, &a->challenge))
		return WARD_OK;
	r->n_refused++;
	accept_challenge(r, &a->challenge);
	return r->out.bad ? fail(r, WARD_ERR_LIMIT, too_long) : WARD_OK;
}

static enum ward_err answered(struct ward_rtsp *r, const struct answer *a)
{
	enum ward_err err = WARD_OK;

	if (a->cseq != r->waits_for || r->step == PLAYING)
		return answered_aside(r, a);
	if (a->status / 100 == 1)
		return WARD_OK;
	if (a->status / 100 != 2)
		return refused(r, a);
	r->n_refused = 0;
	if (r->step == DESCRIBE)
		err = described(r, a);
	else if (r->step == SETUP)
		err = take_session(r, a->session);
	if (err)
		return err;
	r->step++;
	if (r->step != PLAYING)
		ask_step(r);
	return r->out.bad ? fail(r, WARD_ERR_LIMIT, too_long) : WARD_OK;
}

/* One message of text at the buffer's begin; *ret_len 0: it is not all there. */
static enum ward_err text(struct ward_rtsp *r, size_t *ret_len)
{
	struct ward_str all = {(const char *)r->buf + r->off, r->len - r->off}, rest;
	size_t end = ward_str_find(all, WARD_STR("\r\n\r\n"));
	struct answer a = {0};

	*ret_len = 0;
	if (end == SIZE_MAX || end > HEAD_MAX)
		return all.len > HEAD_MAX
			       ? fail(r, WARD_ERR_LIMIT, "its answer has no end, or is no RTSP")
			       : WARD_OK;
	rest = ward_str_sub(all, 0, end);
	struct ward_str first = ward_str_trim(ward_str_cut(&rest, '\n'));
	struct ward_str version = ward_str_cut(&first, ' ');

	while (rest.p)
		header(&a, ward_str_cut(&rest, '\n'));
	if (a.length > BODY_MAX)
		return fail(r, WARD_ERR_LIMIT, "its answer is too long");
	if (all.len < end + 4 + a.length)
		return WARD_OK;
	*ret_len = end + 4 + (size_t)a.length;
	if (!ward_str_starts(version, WARD_STR("RTSP/"))) {
		/* a request of the server (RFC 2326 10): nothing of it is needed */
		if (!ward_str_ends(first, WARD_STR(" RTSP/1.0")))
			return fail(r, WARD_ERR_FOREIGN, "what answers is no RTSP");
		ward_count_name(r->opts.counters, "camera.requests_ignored", 1);
		return WARD_OK;
	}
	if (!ward_str_u64(ward_str_cut(&first, ' '), &a.status))
		return fail(r, WARD_ERR_MALFORMED, "its answer has no status");
	a.body = ward_str_bytes(ward_str_sub(all, end + 4, (size_t)a.length));
	return answered(r, &a);
}

/* RFC 3550 6.4.1: the sender's wall clock, in seconds since 1900 and their binary fraction. */
static enum ward_err report(struct ward_rtsp *r, struct ward_slice rtcp)
{
	struct ward_rd d = ward_rd_slice(rtcp);
	uint8_t version = ward_rd_u8(&d) >> 6, type = ward_rd_u8(&d);
	uint64_t s, part;

	ward_rd_skip(&d, 6);
	s = ward_rd_be32(&d);
	part = ward_rd_be32(&d);
	/* 0: a camera that knows no time of day */
	if (ward_rd_bad(&d) || version != 2 || type != 200 || s < 2208988800U)
		return WARD_OK;
	return r->opts.sink.clock(
		r->opts.sink.ctx, (ward_ns)(s - 2208988800U) * WARD_NS_PER_S +
					  (ward_ns)(part * (uint64_t)WARD_NS_PER_S >> 32));
}

static enum ward_err frame(struct ward_rtsp *r, size_t *ret_len)
{
	struct ward_rd d = ward_rd_from(r->buf + r->off, r->len - r->off);
	uint8_t channel;
	size_t len;

	*ret_len = 0;
	ward_rd_skip(&d, 1);
	channel = ward_rd_u8(&d);
	len = ward_rd_be16(&d);
	struct ward_slice body = ward_rd_bytes(&d, len);

	if (ward_rd_bad(&d))
		return WARD_OK;
	*ret_len = 4 + len;
	if (channel == RTP_CHANNEL && r->step >= PLAY) {
		/* RFC 3550 5.1 */
		if (len >= 12 && body.p[0] >> 6 == 2)
			return r->opts.sink.packet(r->opts.sink.ctx, body);
	} else if (channel == RTCP_CHANNEL) {
		return report(r, body);
	}
	ward_count_name(r->opts.counters, "camera.frames_ignored", 1);
	return WARD_OK;
}

enum ward_err ward_rtsp_go(struct ward_rtsp *r, size_t n)
{
	enum ward_err err = WARD_OK;
	size_t taken = 1;

	WARD_ASSERT(n <= sizeof(r->buf) - r->len);
	r->len += n;
	while (!err && taken) {
		if (r->described) {
			err = r->opts.sink.stream(r->opts.sink.ctx, ward_wr_slice(&r->sdp));
			if (err)
				break;
			r->described = false;
		}
		if (r->off == r->len)
			break;
		uint8_t first = r->buf[r->off];

		taken = 1;
		if (first == INTERLEAVED)
			err = frame(r, &taken);
		else if (first != '\r' && first != '\n') /* which may part messages */
			err = text(r, &taken);
		if (!err)
			r->off += taken;
	}
	return err;
}
