#include "http/poll.h"

#include <stdio.h>
#include <string.h>

enum { REQUEST_MAX = 8192, TAG_MAX = 256, WHY_MAX = 256 };

static const ward_ns wait_first = 30 * WARD_NS_PER_S, wait_max = 3600 * WARD_NS_PER_S;

struct ward_httppoll {
	struct ward_httppoll_opts o;
	struct ward_httpmsg *http;
	struct ward_wr request;
	uint8_t request_bytes[REQUEST_MAX];
	size_t sent;
	bool waiting;                         /* for an answer */
	bool whole;                           /* … to what the address itself has */
	ward_ns asked, due;                   /* monotonic */
	char tag[TAG_MAX], modified[TAG_MAX]; /* of the address's last answer; empty: not said */
	unsigned n_failed;
	uint64_t n_asked, n_good;
	char why[WHY_MAX];
};

enum ward_err ward_httppoll_new(const struct ward_httppoll_opts *o, struct ward_httppoll **ret)
{
	const struct ward_httpmsg_opts http = {.mem = o->mem, .body_max = o->body_max};
	struct ward_httppoll *p = ward_mem_alloc(o->mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_httppoll){.o = *o};
	p->request = ward_wr_fixed(p->request_bytes, sizeof(p->request_bytes));
	if (ward_httpmsg_new(&http, &p->http) != WARD_OK) {
		ward_httppoll_free(p);
		return WARD_ERR_NOMEM;
	}
	*ret = p;
	return WARD_OK;
}

void ward_httppoll_free(struct ward_httppoll *p)
{
	if (!p)
		return;
	ward_httpmsg_free(p->http);
	ward_wipe(p->request_bytes, sizeof(p->request_bytes)); /* a secret may be in it */
	ward_mem_free(p->o.mem, p, sizeof(*p));
}

bool ward_httppoll_busy(const struct ward_httppoll *p)
{
	return p->waiting;
}

ward_ns ward_httppoll_next(const struct ward_httppoll *p)
{
	return p->due;
}

bool ward_httppoll_overdue(const struct ward_httppoll *p, ward_ns mono)
{
	return p->waiting && mono - p->asked > p->o.answer_max;
}

const char *ward_httppoll_why(const struct ward_httppoll *p)
{
	return p->why;
}

uint64_t ward_httppoll_good_count(const struct ward_httppoll *p)
{
	return p->n_good;
}

struct ward_str ward_httppoll_field(const struct ward_httppoll *p, const char *name)
{
	return ward_httpmsg_field(p->http, name, 0);
}

/* ---- asking ---- */

static enum ward_err ask(struct ward_httppoll *p, ward_ns mono)
{
	bool v6 = ward_str_find(p->o.host, WARD_STR(":")) != SIZE_MAX;
	struct ward_wr *w = &p->request;

	ward_wr_reset(w);
	ward_wr_z(w, "GET ");
	p->whole = p->o.ask.target(p->o.ask.ctx, w);
	ward_wr_printf(w, " HTTP/1.1\r\nHost: %s%.*s%s:%u\r\nUser-Agent: ward\r\nAccept: %s\r\n",
		v6 ? "[" : "", WARD_STR_ARG(p->o.host), v6 ? "]" : "", (unsigned)p->o.port,
		p->o.accept);
	if (p->o.authorization && p->o.authorization[0])
		ward_wr_printf(w, "Authorization: %s\r\n", p->o.authorization);
	if (p->whole && p->tag[0])
		ward_wr_printf(w, "If-None-Match: %s\r\n", p->tag);
	if (p->whole && p->modified[0])
		ward_wr_printf(w, "If-Modified-Since: %s\r\n", p->modified);
	ward_wr_z(w, "\r\n");
	if (ward_wr_bad(w))
		return WARD_ERR_NOMEM; /* all parts are bounded below that */
	ward_httpmsg_begin(p->http);
	p->sent = 0;
	p->asked = mono;
	p->waiting = true;
	p->n_asked++;
	ward_count_name(p->o.counters, p->o.requests, 1);
	return WARD_OK;
}

enum ward_err ward_httppoll_due(struct ward_httppoll *p, ward_ns mono, struct ward_slice *ret)
{
	enum ward_err err = !p->waiting && mono >= p->due ? ask(p, mono) : WARD_OK;

	*ret = (struct ward_slice){NULL, 0};
	if (!err && p->waiting && p->sent < p->request.len)
		*ret = ward_slice_of(p->request.p + p->sent, p->request.len - p->sent);
	return err;
}

void ward_httppoll_sent(struct ward_httppoll *p, size_t n)
{
	WARD_ASSERT(n <= p->request.len - p->sent);
	p->sent += n;
}

/* ---- what became of it ---- */

/* A tenth earlier or later. */
static ward_ns about(const struct ward_httppoll *p, ward_ns length)
{
	uint64_t dice = ward_siphash(p->o.random, &p->n_asked, sizeof(p->n_asked)) % 201;

	return length / 10 * 9 + length / 1000 * (ward_ns)dice;
}

void ward_httppoll_good(struct ward_httppoll *p, ward_ns mono)
{
	p->due = mono + about(p, p->o.every);
	p->n_failed = 0;
	p->n_good++;
}

void ward_httppoll_say(struct ward_httppoll *p, const char *why)
{
	(void)snprintf(p->why, sizeof(p->why), "%s", why);
	for (char *c = p->why; *c; c++) /* it is shown */
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
}

void ward_httppoll_forget(struct ward_httppoll *p)
{
	p->tag[0] = p->modified[0] = 0;
}

enum ward_err ward_httppoll_failed(struct ward_httppoll *p, ward_ns mono, const char *why)
{
	ward_ns wait = wait_first;

	ward_httppoll_say(p, why);
	for (unsigned i = 0; i < p->n_failed && wait < wait_max; i++)
		wait *= 2;
	p->n_failed++;
	p->waiting = false;
	ward_httppoll_forget(p);
	p->due = mono + about(p, wait < wait_max ? wait : wait_max);
	ward_count_name(p->o.counters, p->o.failures, 1);
	return WARD_ERR_FOREIGN;
}

static enum ward_err lost(struct ward_httppoll *p, const char *why, ward_ns mono)
{
	bool sent = p->sent > 0;

	p->waiting = false;
	p->due = mono;
	return p->o.ask.lost(p->o.ask.ctx, why, sent, mono);
}

/* ---- answers ---- */

/* A field of the answer that goes back with the next request. */
static void keep_field(const struct ward_httppoll *p, const char *name, char to[TAG_MAX])
{
	struct ward_str v = ward_httpmsg_field(p->http, name, 0);

	to[0] = 0;
	if (!v.len || v.len >= TAG_MAX)
		return;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] < ' ' || v.p[i] > '~')
			return;
	memcpy(to, v.p, v.len);
	to[v.len] = 0;
}

static enum ward_err refused(struct ward_httppoll *p, unsigned status, ward_ns mono)
{
	struct ward_str to = ward_httpmsg_field(p->http, "location", 0);
	const char *is = p->o.ask.refused ? p->o.ask.refused(status) : NULL;
	char why[WHY_MAX];

	if (status / 100 == 3 && status != 304)
		(void)snprintf(why, sizeof(why),
			"it sends to another address, %.*s (%u): write that one, if it is right",
			to.len > 120 ? 120 : (int)to.len, to.p ? to.p : "", status);
	else
		(void)snprintf(why, sizeof(why), "%s (%u)", is ? is : "it refuses", status);
	return lost(p, why, mono);
}

static enum ward_err answered(
	struct ward_httppoll *p, const struct ward_httpmsg_whole *m, ward_ns mono)
{
	struct ward_str coding = ward_httpmsg_field(p->http, "content-encoding", 0);
	const struct ward_httppoll_answer a = {.body = m->body,
		.same = m->status == 304 && p->whole && (p->tag[0] || p->modified[0])};
	bool keep = p->whole && !a.same;

	if (m->status != 200 && !a.same)
		return refused(p, m->status, mono);
	if (coding.len && !ward_str_ieq(coding, WARD_STR("identity")))
		return lost(p, "its answer is compressed, which nobody asked for", mono);
	p->waiting = false;
	p->due = mono;
	if (keep) {
		keep_field(p, "etag", p->tag);
		keep_field(p, "last-modified", p->modified);
	}
	return p->o.ask.answer(p->o.ask.ctx, &a, mono);
}

enum ward_err ward_httppoll_bytes(struct ward_httppoll *p, struct ward_slice bytes, ward_ns mono)
{
	struct ward_httpmsg_whole m;
	size_t used = 0;

	if (!p->waiting) { /* nobody asked */
		ward_count_name(p->o.counters, "http.unasked", 1);
		return WARD_ERR_CLOSED;
	}
	enum ward_err err = ward_httpmsg_take(p->http, bytes, &used, &m);

	if (err == WARD_ERR_MORE)
		return WARD_OK;
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || (p->o.strict && used < bytes.len)) {
		err = lost(
			p, err ? ward_httpmsg_why(p->http) : "it says more than was asked", mono);
		return err ? err : WARD_ERR_CLOSED;
	}
	err = answered(p, &m, mono);
	/* nothing is asked soon: the connection is not kept for that */
	return !err && (!m.keep || used < bytes.len || p->due > mono) ? WARD_ERR_CLOSED : err;
}

enum ward_err ward_httppoll_ended(struct ward_httppoll *p, ward_ns mono, const char *why)
{
	struct ward_httpmsg_whole m;

	if (!p->waiting)
		return WARD_OK;
	if (!why && ward_httppoll_overdue(p, mono))
		why = "it does not answer in time";
	if (!why) {
		enum ward_err err = ward_httpmsg_end(p->http, &m);

		if (!err)
			return answered(p, &m, mono);
		if (err == WARD_ERR_NOMEM)
			return err;
		why = "it ended the connection";
	}
	return lost(p, why, mono);
}
