#include "region/ask.h"

#include "http/message.h"
#include "region/site.h"

#include <stdio.h>

enum { REQUEST_MAX = 1024, TAG_MAX = 128, WHY_MAX = 256 };

static const ward_ns answer_max = 60 * WARD_NS_PER_S;
static const ward_ns wait_first = 30 * WARD_NS_PER_S, wait_max = 3600 * WARD_NS_PER_S;

struct ward_region_ask {
	struct ward_region_ask_opts o;
	struct ward_httpmsg *http;
	struct ward_wr request;
	uint8_t request_bytes[REQUEST_MAX];
	size_t sent;
	char tag[TAG_MAX]; /* of the last answer; empty: not said */
	bool waiting;      /* for an answer */
	ward_ns asked, due;
	unsigned n_failed;
	uint64_t n_asked, n_good;
	char why[WHY_MAX];
};

enum ward_err ward_region_ask_new(
	const struct ward_region_ask_opts *o, struct ward_region_ask **ret)
{
	struct ward_region_ask *a = ward_mem_alloc(o->mem, sizeof(*a));
	const struct ward_httpmsg_opts http = {.mem = o->mem, .body_max = WARD_SITE_BYTES};

	if (!a)
		return WARD_ERR_NOMEM;
	*a = (struct ward_region_ask){.o = *o};
	a->request = ward_wr_fixed(a->request_bytes, sizeof(a->request_bytes));
	if (ward_httpmsg_new(&http, &a->http) != WARD_OK) {
		ward_region_ask_free(a);
		return WARD_ERR_NOMEM;
	}
	*ret = a;
	return WARD_OK;
}

void ward_region_ask_free(struct ward_region_ask *a)
{
	if (!a)
		return;
	ward_httpmsg_free(a->http);
	ward_mem_free(a->o.mem, a, sizeof(*a));
}

const char *ward_region_ask_why(const struct ward_region_ask *a)
{
	return a->why;
}

uint64_t ward_region_ask_good(const struct ward_region_ask *a)
{
	return a->n_good;
}

ward_ns ward_region_ask_next(const struct ward_region_ask *a)
{
	return a->due;
}

bool ward_region_ask_overdue(const struct ward_region_ask *a, ward_ns mono)
{
	return a->waiting && mono - a->asked > answer_max;
}

/* ---- asking ---- */

static enum ward_err ask(struct ward_region_ask *a, ward_ns mono)
{
	bool v6 = ward_str_find(a->o.host, WARD_STR(":")) != SIZE_MAX;
	struct ward_wr *w = &a->request;

	ward_wr_reset(w);
	ward_wr_printf(w,
		"GET " WARD_REGION_PATH_ASKED " HTTP/1.1\r\nHost: %s%.*s%s:%u\r\n"
		"User-Agent: ward\r\nAccept: application/json\r\n",
		v6 ? "[" : "", WARD_STR_ARG(a->o.host), v6 ? "]" : "", (unsigned)a->o.port);
	if (a->tag[0])
		ward_wr_printf(w, "If-None-Match: %s\r\n", a->tag);
	ward_wr_z(w, "\r\n");
	if (ward_wr_bad(w))
		return WARD_ERR_NOMEM; /* all parts are bounded below that */
	ward_httpmsg_begin(a->http);
	a->sent = 0;
	a->asked = mono;
	a->waiting = true;
	a->n_asked++;
	ward_count_name(a->o.counters, "region.asked", 1);
	return WARD_OK;
}

enum ward_err ward_region_ask_due(struct ward_region_ask *a, ward_ns mono, struct ward_slice *ret)
{
	enum ward_err err = !a->waiting && mono >= a->due ? ask(a, mono) : WARD_OK;

	*ret = (struct ward_slice){NULL, 0};
	if (!err && a->waiting && a->sent < a->request.len)
		*ret = ward_slice_of(a->request.p + a->sent, a->request.len - a->sent);
	return err;
}

void ward_region_ask_sent(struct ward_region_ask *a, size_t n)
{
	WARD_ASSERT(n <= a->request.len - a->sent);
	a->sent += n;
}

/* ---- what became of it ---- */

/* A tenth earlier or later, so that not all are asked at once. */
static ward_ns about(const struct ward_region_ask *a, ward_ns length)
{
	uint64_t dice = ward_siphash(a->o.random, &a->n_asked, sizeof(a->n_asked)) % 201;

	return length / 10 * 9 + length / 1000 * (ward_ns)dice;
}

static enum ward_err failed(struct ward_region_ask *a, ward_ns mono, const char *why)
{
	ward_ns wait = wait_first;

	(void)snprintf(a->why, sizeof(a->why), "%s", why);
	for (char *p = a->why; *p; p++) /* it is shown */
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
			*p = '?';
	for (unsigned i = 0; i < a->n_failed && wait < wait_max; i++)
		wait *= 2;
	wait = wait < wait_max ? wait : wait_max;
	a->n_failed++;
	a->waiting = false;
	a->tag[0] = 0;
	a->due = mono + about(a, wait < a->o.every ? a->o.every : wait);
	ward_count_name(a->o.counters, "region.failed", 1);
	return WARD_ERR_FOREIGN;
}

static void keep_tag(struct ward_region_ask *a)
{
	struct ward_str v = ward_httpmsg_field(a->http, "etag", 0);

	a->tag[0] = 0;
	if (!v.len || v.len >= TAG_MAX)
		return;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] < ' ' || v.p[i] > '~')
			return;
	memcpy(a->tag, v.p, v.len);
	a->tag[v.len] = 0;
}

static enum ward_err refused(
	struct ward_region_ask *a, ward_ns mono, const struct ward_httpmsg_whole *m)
{
	char why[WHY_MAX];

	(void)snprintf(why, sizeof(why), "it answers %u%s", m->status,
		m->status == 401   ? ": it does not know this certificate"
		: m->status == 403 ? ": it gives this machine nothing"
		: m->status == 404 ? ": it is a Ward that knows no region, or none"
				   : "");
	return failed(a, mono, why);
}

static enum ward_err answer(
	struct ward_region_ask *a, ward_ns mono, const struct ward_httpmsg_whole *m)
{
	bool again = m->status == 304 && a->tag[0];
	const char *why = "its answer is none";

	if (m->status != 200 && !again)
		return refused(a, mono, m);
	if (!again)
		keep_tag(a);
	enum ward_err err = a->o.got(a->o.ctx, m->body, again, &why);

	if (err == WARD_ERR_CONFIG)
		return failed(a, mono, why);
	if (err)
		return err;
	a->waiting = false;
	a->n_failed = 0;
	a->n_good++;
	a->due = mono + about(a, a->o.every);
	return WARD_ERR_CLOSED; /* until the next time the server would end it anyway */
}

enum ward_err ward_region_ask_bytes(
	struct ward_region_ask *a, struct ward_slice bytes, ward_ns mono)
{
	struct ward_httpmsg_whole m;
	size_t used = 0;

	if (!a->waiting)
		return bytes.len ? failed(a, mono, "it says something that was not asked")
				 : WARD_OK;
	enum ward_err err = ward_httpmsg_take(a->http, bytes, &used, &m);

	if (err == WARD_ERR_MORE)
		return WARD_OK;
	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT)
		return failed(a, mono, ward_httpmsg_why(a->http));
	if (err)
		return err;
	if (used != bytes.len)
		return failed(a, mono, "it says more than was asked");
	return answer(a, mono, &m);
}

enum ward_err ward_region_ask_ended(struct ward_region_ask *a, ward_ns mono, const char *why)
{
	struct ward_httpmsg_whole m;

	if (!a->waiting)
		return WARD_OK;
	if (why)
		return failed(a, mono, why);
	enum ward_err err = ward_httpmsg_end(a->http, &m);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err)
		return failed(a, mono, "it ended the connection in the midst of an answer");
	err = answer(a, mono, &m);
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}
