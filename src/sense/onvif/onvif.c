#include "sense/onvif/onvif.h"

#include "sense/onvif/priv.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { REQUEST_MAX = 32 << 10, FAILED_MAX = 5, LATE_MAX = 2, EVENT_ARENA = 1 << 18, RESULTS_S = 5 };

static const ward_ns answer_max = 10 * WARD_NS_PER_S;
static const ward_ns wait_first = WARD_NS_PER_S, wait_max = 60 * WARD_NS_PER_S;
static const ward_ns poll_first = 2 * WARD_NS_PER_S, poll_max = 30 * WARD_NS_PER_S;

enum ward_err ward_onvif_new(const struct ward_onvif_opts *opts, struct ward_onvif **ret)
{
	struct ward_onvif *o = ward_mem_alloc(opts->mem, sizeof(*o));
	struct ward_httpmsg_opts http = {.mem = opts->mem, .body_max = ONVIF_BODY_MAX};
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n = 0;

	if (!o)
		return WARD_ERR_NOMEM;
	o->opts = *opts;
	o->request = ward_wr_grow(opts->mem, REQUEST_MAX);
	o->body = ward_wr_grow(opts->mem, REQUEST_MAX);
	ward_arena_init(&o->arena, opts->mem, 8 * (size_t)WARD_XMLDOC_BYTES);
	ward_arena_init(&o->event_arena, opts->mem, EVENT_ARENA);
	o->xml = (struct ward_xmldoc){.mem = opts->mem, .arena = &o->arena};
	o->place = (struct ward_onvif_place){.names = opts->names,
		.counters = opts->counters,
		.source = opts->source,
		.camera = opts->camera};
	o->ask = WARD_SOAP_CLOCK;
	enum ward_err err = ward_httpmsg_new(&http, &o->http);

	if (!err && EVP_Q_digest(NULL, "SHA1", NULL, "", 0, sum, &n) != 1)
		err = WARD_ERR_IO;
	if (!err && opts->metadata)
		err = onvif_stream_new(o);
	if (!err && opts->what == WARD_ONVIF_STREAMS) {
		o->profile = ward_mem_alloc(opts->mem, ONVIF_PROFILES * sizeof(*o->profile));
		err = o->profile ? WARD_OK : WARD_ERR_NOMEM;
	}
	if (!err && opts->what == WARD_ONVIF_RECORDINGS) {
		o->recording = ward_mem_alloc(opts->mem, ONVIF_RECORDINGS * sizeof(*o->recording));
		err = o->recording ? WARD_OK : WARD_ERR_NOMEM;
	}
	if (err) {
		ward_onvif_free(o);
		return err;
	}
	*ret = o;
	return WARD_OK;
}

void ward_onvif_free(struct ward_onvif *o)
{
	if (!o)
		return;
	const struct ward_mem *mem = o->opts.mem;

	onvif_stream_free(o);
	ward_httpmsg_free(o->http);
	if (o->request.p)
		ward_wipe(o->request.p, o->request.len);
	ward_wr_fini(&o->request);
	ward_wr_fini(&o->body);
	ward_xmldoc_fini(&o->xml);
	ward_mem_free(mem, o->profile, ONVIF_PROFILES * sizeof(*o->profile));
	ward_mem_free(mem, o->recording, ONVIF_RECORDINGS * sizeof(*o->recording));
	ward_arena_fini(&o->arena);
	ward_arena_fini(&o->event_arena);
	ward_mem_free(mem, o, sizeof(*o));
}

const char *ward_onvif_why(const struct ward_onvif *o)
{
	return o->why;
}

bool ward_onvif_serves(const struct ward_onvif *o)
{
	return o->serves;
}

bool ward_onvif_done(const struct ward_onvif *o)
{
	return o->done;
}

bool ward_onvif_busy(const struct ward_onvif *o)
{
	return o->stream ? !o->done : o->waiting;
}

ward_ns ward_onvif_next(const struct ward_onvif *o)
{
	return o->done ? WARD_NS_NEVER : o->next;
}

bool ward_onvif_clock(const struct ward_onvif *o, ward_ns *ret_ahead)
{
	*ret_ahead = o->ahead;
	return o->clock_known;
}

/* ---- asking ---- */

static bool of_point(enum ward_soap_ask ask)
{
	return ask == WARD_SOAP_PULL || ask == WARD_SOAP_RENEW || ask == WARD_SOAP_UNSUBSCRIBE;
}

static const char *path_of(const struct ward_onvif *o)
{
	switch (o->ask) {
	case WARD_SOAP_PROFILES:
	case WARD_SOAP_PROFILES2:
	case WARD_SOAP_STREAM:
	case WARD_SOAP_STREAM2:
		return o->media;
	case WARD_SOAP_SEARCH:
	case WARD_SOAP_RESULTS:
		return o->search;
	case WARD_SOAP_REPLAY:
		return o->replay;
	case WARD_SOAP_DOORS:
		return o->doors;
	case WARD_SOAP_READERS:
		return o->access;
	case WARD_SOAP_SUBSCRIBE:
		return o->events;
	case WARD_SOAP_PULL:
	case WARD_SOAP_RENEW:
	case WARD_SOAP_UNSUBSCRIBE:
		return o->point.path;
	case WARD_SOAP_CLOCK:
	case WARD_SOAP_SERVICES:
	case WARD_SOAP_CAPABILITIES:
	case WARD_SOAP_N:
		break;
	}
	return o->opts.url->path;
}

static void roll(struct ward_onvif *o, uint8_t ret[16], uint64_t salt)
{
	uint64_t key[2] = {o->n_ask, salt};

	for (size_t i = 0; i < 2; i++, key[1] += 1) {
		uint64_t v = ward_siphash(o->opts.random, key, sizeof(key));

		memcpy(ret + 8 * i, &v, sizeof(v));
	}
}

/* What a request is about. */
static struct ward_str token_of(const struct ward_onvif *o)
{
	const char *token = "";

	if (o->ask == WARD_SOAP_STREAM || o->ask == WARD_SOAP_STREAM2)
		token = o->profile[o->i_profile].token;
	if (o->ask == WARD_SOAP_RESULTS)
		token = o->search_token;
	if (o->ask == WARD_SOAP_REPLAY)
		token = o->recording[o->i_recording].token;
	if (o->ask == WARD_SOAP_DOORS || o->ask == WARD_SOAP_READERS)
		token = o->reference;
	return ward_str_z(token);
}

static enum ward_err envelope(struct ward_onvif *o, ward_ns wall)
{
	struct ward_soap_ref ref[WARD_SOAP_REFS];
	struct ward_soap s = {.ask = o->ask,
		/* the clock is asked for before the time is known that a name goes with; and where
		 * HTTP asks who we are, that is enough */
		.user = o->ask == WARD_SOAP_CLOCK || o->challenge.scheme != WARD_RTSP_OPEN
				? NULL
				: o->opts.user,
		.password = o->opts.password,
		.token = token_of(o),
		.seconds = o->ask == WARD_SOAP_RESULTS ? RESULTS_S
			   : o->ask != WARD_SOAP_PULL  ? ONVIF_LEASE_S
			   : o->short_polls            ? 1
						       : ONVIF_HOLD_S,
		.messages = ONVIF_MESSAGES};

	if (!ward_add(wall, o->ahead, &s.created))
		s.created = wall;
	roll(o, s.nonce, 0);
	roll(o, s.id, 100);
	if (of_point(o->ask)) {
		s.to = ward_str_z(o->point.to);
		for (size_t i = 0; i < o->point.n_ref; i++)
			ref[s.n_ref++] = (struct ward_soap_ref){ward_str_z(o->point.ref_ns[i]),
				ward_str_z(o->point.ref_name[i]), ward_str_z(o->point.ref_text[i])};
		s.ref = ref;
	}
	ward_wr_reset(&o->body);
	return ward_soap_write(&s, &o->body);
}

/* RFC 7616 */
static enum ward_err authorization(struct ward_onvif *o)
{
	uint8_t own[16];
	struct ward_rtsp_request q = {.method = "POST",
		.uri = path_of(o),
		.user = o->opts.user,
		.password = o->opts.password,
		.count = ++o->n_challenge};

	roll(o, own, 200);
	memcpy(&q.own, own, sizeof(q.own));
	ward_wr_z(&o->request, "Authorization: ");
	enum ward_err err = ward_rtsp_authorize(&o->challenge, &q, &o->request);

	ward_wr_z(&o->request, "\r\n");
	return err;
}

static enum ward_err ask(struct ward_onvif *o, ward_ns mono, ward_ns wall)
{
	const struct ward_onvif_url *u = o->opts.url;
	bool v6 = strchr(u->host, ':') != NULL;
	enum ward_err err;

	o->n_ask++;
	err = envelope(o, wall);
	ward_wr_reset(&o->request);
	ward_wr_printf(&o->request,
		"POST %s HTTP/1.1\r\nHost: %s%s%s:%u\r\nUser-Agent: ward\r\n"
		"Content-Type: application/soap+xml; charset=utf-8\r\nContent-Length: %zu\r\n",
		path_of(o), v6 ? "[" : "", u->host, v6 ? "]" : "", (unsigned)u->port, o->body.len);
	if (!err && o->challenge.scheme != WARD_RTSP_OPEN)
		err = authorization(o);
	ward_wr_z(&o->request, "\r\n");
	ward_wr_bytes(&o->request, o->body.p, o->body.len);
	if (err || ward_wr_bad(&o->request) || ward_wr_bad(&o->body))
		return err == WARD_ERR_IO ? err : WARD_ERR_NOMEM;
	ward_httpmsg_begin(o->http);
	o->sent = 0;
	o->asked = mono;
	o->waiting = true;
	ward_count_name(o->opts.counters, "onvif.requests", 1);
	return WARD_OK;
}

/* A pull point is asked on, renewed at the half of its lease, and given up at its end. */
static void choose(struct ward_onvif *o, ward_ns mono)
{
	if (o->ask != WARD_SOAP_PULL)
		return;
	if (mono >= o->point.end)
		o->ask = WARD_SOAP_CLOCK;
	else if (!o->no_renew && mono >= o->point.begin + (o->point.end - o->point.begin) / 2)
		o->ask = WARD_SOAP_RENEW;
}

enum ward_err ward_onvif_due(
	struct ward_onvif *o, ward_ns mono, ward_ns wall, struct ward_slice *ret)
{
	enum ward_err err = WARD_OK;

	if (o->stream)
		return onvif_stream_due(o, mono, wall, ret);
	*ret = (struct ward_slice){NULL, 0};
	if (!o->waiting && !o->done && mono >= o->next) {
		if (!o->leaving)
			choose(o, mono);
		err = ask(o, mono, wall);
	}
	if (!err && o->waiting && o->sent < o->request.len)
		*ret = ward_slice_of(o->request.p + o->sent, o->request.len - o->sent);
	return err;
}

void ward_onvif_sent(struct ward_onvif *o, size_t n)
{
	if (o->stream) {
		onvif_stream_sent(o, n);
		return;
	}
	WARD_ASSERT(n <= o->request.len - o->sent);
	o->sent += n;
}

bool ward_onvif_leave(struct ward_onvif *o)
{
	bool there = of_point(o->ask), idle = !o->waiting;

	if (o->stream) {
		onvif_stream_leave(o);
		return true;
	}
	o->leaving = true;
	o->waiting = false;
	o->next = 0;
	o->done = o->done || !there;
	o->ask = there ? WARD_SOAP_UNSUBSCRIBE : o->ask;
	return idle;
}

bool ward_onvif_overdue(const struct ward_onvif *o, ward_ns mono)
{
	if (o->stream)
		return onvif_stream_overdue(o, mono);
	ward_ns hold = o->ask == WARD_SOAP_PULL ? ONVIF_HOLD_S * WARD_NS_PER_S : 0;

	return o->waiting && mono - o->asked > answer_max + hold;
}

/* ---- answers ---- */

static void say(struct ward_onvif *o, const char *why, struct ward_str more)
{
	if (why != o->why)
		(void)snprintf(o->why, sizeof(o->why), "%s%.*s", why,
			more.len > 80 ? 80 : (int)more.len, more.p ? more.p : "");
	for (char *c = o->why; *c; c++) /* it is shown */
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
}

/* A request failed: again later; after some in a row all of it anew. */
static void failed(struct ward_onvif *o, ward_ns mono, bool anew)
{
	ward_ns wait = wait_first;

	for (unsigned i = 0; i < o->n_failed && wait < wait_max; i++)
		wait *= 2;
	o->next = mono + (wait < wait_max ? wait : wait_max);
	o->n_failed++;
	o->waiting = false;
	o->challenged = false;
	o->serves = false; /* until the next good answer */
	if (o->leaving || (o->opts.what != WARD_ONVIF_EVENTS && o->n_failed >= FAILED_MAX))
		o->done = true;
	if (anew || !of_point(o->ask) || o->n_failed % FAILED_MAX == 0) {
		if (of_point(o->ask))
			ward_count_name(o->opts.counters, "onvif.rebuilt", 1);
		o->ask = WARD_SOAP_CLOCK;
	}
	ward_count_name(o->opts.counters, "onvif.failed", 1);
}

static void succeeded(struct ward_onvif *o, enum ward_soap_ask asked, ward_ns mono)
{
	ward_ns wait = 0;

	o->n_failed = 0;
	o->waiting = false;
	o->challenged = false;
	if (o->short_polls && asked == WARD_SOAP_PULL && o->empty) {
		wait = poll_first;
		for (unsigned i = 1; i < o->empty && wait < poll_max; i++)
			wait *= 2;
		wait = wait < poll_max ? wait : poll_max;
	}
	o->next = mono + wait;
}

/* The last one's text is the most precise: "ter:NotAuthorized". */
static struct ward_str subcode(const struct ward_xmldoc *x, uint32_t fault)
{
	struct ward_str code = {NULL, 0};

	for (uint32_t at = ward_xmldoc_child(x, fault, "Code"); at != WARD_NONE;
		at = ward_xmldoc_child(x, at, "Subcode"))
		code = ward_xmldoc_text(x, at, "Value");
	size_t colon = ward_str_find(code, WARD_STR(":"));

	return colon == SIZE_MAX ? code : ward_str_sub(code, colon + 1, code.len);
}

/* SOAP 1.2 5.4 */
static enum ward_err fault(struct ward_onvif *o, uint32_t at, ward_ns mono)
{
	struct ward_str code = subcode(&o->xml, at);
	enum ward_soap_ask asked = o->ask;
	bool denied =
		ward_str_eqz(code, "NotAuthorized") || ward_str_eqz(code, "FailedAuthentication") ||
		ward_str_eqz(code, "InvalidSecurity") || ward_str_eqz(code, "SenderNotAuthorized");

	if (denied) {
		say(o, "it does not let us in: ", code);
		failed(o, mono, true);
		return WARD_ERR_DENIED;
	}
	if (o->ask == WARD_SOAP_SERVICES) { /* from before there was such a thing */
		o->ask = WARD_SOAP_CAPABILITIES;
		succeeded(o, asked, mono);
		return WARD_OK;
	}
	if (o->ask == WARD_SOAP_CLOCK) {
		o->ask = WARD_SOAP_SERVICES;
		o->ahead = o->place.ahead = 0;
		succeeded(o, asked, mono);
		return WARD_OK;
	}
	if (o->ask == WARD_SOAP_RENEW &&
		(ward_str_eqz(code, "ActionNotSupported") ||
			ward_str_eqz(code, "OptionalActionNotImplemented"))) {
		o->no_renew = true;
		o->ask = WARD_SOAP_PULL;
		succeeded(o, asked, mono);
		return WARD_OK;
	}
	say(o, "it refuses: ", code);
	failed(o, mono, of_point(o->ask));
	return WARD_ERR_FOREIGN;
}

/* It asks who we are: once for each request. */
static enum ward_err challenged(struct ward_onvif *o, ward_ns mono)
{
	struct ward_rtsp_challenge c = {.scheme = WARD_RTSP_OPEN};
	struct ward_str value;

	for (size_t i = 0; (value = ward_httpmsg_field(o->http, "www-authenticate", i)).p; i++)
		ward_rtsp_challenged(&c, value);
	/* our password goes to nobody in the clear */
	bool usable =
		c.scheme > WARD_RTSP_BASIC || (c.scheme == WARD_RTSP_BASIC && o->opts.url->tls);

	if (!o->opts.user || !usable || (o->challenged && !c.stale)) {
		say(o,
			!o->opts.user ? "it asks for a user"
			: !usable     ? "it asks for a password in the clear, or in an unknown way"
				      : "it does not take user and password",
			(struct ward_str){NULL, 0});
		o->challenge.scheme = WARD_RTSP_OPEN;
		failed(o, mono, true);
		return WARD_ERR_DENIED;
	}
	o->challenge = c;
	o->n_challenge = 0;
	o->waiting = false;
	o->challenged = true;
	o->next = mono;
	return WARD_OK;
}

static enum ward_err answered(
	struct ward_onvif *o, const struct ward_httpmsg_whole *m, ward_ns mono, ward_ns wall)
{
	enum ward_err err;

	if (m->status == 401)
		return challenged(o, mono);
	ward_arena_reset(&o->arena);
	err = ward_xmldoc_read(&o->xml, m->body);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		char status[32];

		(void)snprintf(status, sizeof(status), " (status %u)", m->status);
		say(o, m->status == 200 ? o->xml.why : "it answers without SOAP",
			ward_str_z(status));
		failed(o, mono, false);
		return m->status == 403 ? WARD_ERR_DENIED : WARD_ERR_FOREIGN;
	}
	uint32_t at = ward_xmldoc_find(&o->xml, 0, "Fault");
	enum ward_soap_ask asked = o->ask;

	if (at != WARD_NONE)
		return fault(o, at, mono);
	err = onvif_answer(o, mono, wall);
	if (err == WARD_ERR_FOREIGN) {
		say(o, o->why, (struct ward_str){NULL, 0});
		failed(o, mono, false);
	} else if (!err) {
		succeeded(o, asked, mono);
	}
	return err;
}

enum ward_err ward_onvif_bytes(
	struct ward_onvif *o, struct ward_slice bytes, ward_ns mono, ward_ns wall)
{
	struct ward_httpmsg_whole m;
	size_t used;
	enum ward_err err;

	if (o->stream)
		return onvif_stream_bytes(o, bytes, mono, wall);
	if (!o->waiting) { /* nobody asked */
		ward_count_name(o->opts.counters, "onvif.unasked", 1);
		return WARD_ERR_CLOSED;
	}
	err = ward_httpmsg_take(o->http, bytes, &used, &m);
	if (err == WARD_ERR_MORE)
		return WARD_OK;
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		say(o, ward_httpmsg_why(o->http), (struct ward_str){NULL, 0});
		failed(o, mono, false);
		return WARD_ERR_FOREIGN;
	}
	err = answered(o, &m, mono, wall);
	return !err && (!m.keep || used < bytes.len) ? WARD_ERR_CLOSED : err;
}

enum ward_err ward_onvif_ended(struct ward_onvif *o, ward_ns mono, ward_ns wall)
{
	struct ward_httpmsg_whole m;
	enum ward_err err;

	if (o->stream)
		return onvif_stream_ended(o, mono, wall);
	if (!o->waiting)
		return WARD_OK;
	err = ward_httpmsg_end(o->http, &m);
	if (!err) {
		err = answered(o, &m, mono, wall);
		return err == WARD_ERR_CLOSED ? WARD_OK : err;
	}
	say(o,
		ward_onvif_overdue(o, mono) ? "it does not answer in time"
					    : "it ended the connection",
		(struct ward_str){NULL, 0});
	/* what can't hold an answer back, or is behind something that can't, is asked more often */
	if (o->ask == WARD_SOAP_PULL && ++o->n_late >= LATE_MAX && !o->short_polls) {
		o->short_polls = true;
		ward_count_name(o->opts.counters, "onvif.short_polls", 1);
	}
	failed(o, mono, false);
	return WARD_ERR_FOREIGN;
}
