#include "sense/cap/fetch.h"

#include "http/message.h"
#include "sense/cap/de.h"

#include <stdio.h>
#include <string.h>

enum { REQUEST_MAX = 8192, TAG_MAX = 256, WHY_MAX = 256 };

static const ward_ns answer_max = 30 * WARD_NS_PER_S;
static const ward_ns wait_first = 30 * WARD_NS_PER_S, wait_max = 3600 * WARD_NS_PER_S;

struct ward_fetch {
	struct ward_fetch_opts opts;
	struct ward_httpmsg *http;
	struct ward_wr request;
	uint8_t request_bytes[REQUEST_MAX];
	size_t sent;
	struct ward_arena arena;
	struct ward_xmldoc xml;
	bool waiting;                         /* for an answer */
	ward_ns asked, next;                  /* monotonic */
	char tag[TAG_MAX], modified[TAG_MAX]; /* of the address's last answer; empty: not said */
	struct ward_feed feed;                /* the last list */
	size_t left; /* of it are not looked at yet: the one before is next; 0: the address is */
	struct ward_id known[WARD_FEED_ENTRIES]; /* versions that were got, of the list */
	size_t n_known;
	bool put_off;        /* an alert of the list could not be got */
	struct ward_id body; /* of the address's last answer: some say no version of it */
	unsigned n_failed;
	uint64_t n_asked, n_good;
	char why[WHY_MAX];
};

enum ward_err ward_fetch_new(const struct ward_fetch_opts *opts, struct ward_fetch **ret)
{
	struct ward_fetch *f = ward_mem_alloc(opts->mem, sizeof(*f));
	struct ward_httpmsg_opts http = {.mem = opts->mem, .body_max = WARD_XMLDOC_BYTES};

	if (!f)
		return WARD_ERR_NOMEM;
	f->opts = *opts;
	f->request = ward_wr_fixed(f->request_bytes, sizeof(f->request_bytes));
	ward_arena_init(&f->arena, opts->mem, 8 * (size_t)WARD_XMLDOC_BYTES);
	f->xml = (struct ward_xmldoc){.mem = opts->mem, .arena = &f->arena};
	if (ward_httpmsg_new(&http, &f->http) != WARD_OK) {
		ward_fetch_free(f);
		return WARD_ERR_NOMEM;
	}
	*ret = f;
	return WARD_OK;
}

void ward_fetch_free(struct ward_fetch *f)
{
	if (!f)
		return;
	ward_httpmsg_free(f->http);
	ward_xmldoc_fini(&f->xml);
	ward_arena_fini(&f->arena);
	ward_mem_free(f->opts.mem, f, sizeof(*f));
}

const char *ward_fetch_why(const struct ward_fetch *f)
{
	return f->why;
}

uint64_t ward_fetch_good(const struct ward_fetch *f)
{
	return f->n_good;
}

bool ward_fetch_busy(const struct ward_fetch *f)
{
	return f->waiting;
}

ward_ns ward_fetch_next(const struct ward_fetch *f)
{
	return f->next;
}

bool ward_fetch_overdue(const struct ward_fetch *f, ward_ns mono)
{
	return f->waiting && mono - f->asked > answer_max;
}

/* ---- asking ---- */

static const char *path_of(const struct ward_fetch *f)
{
	return f->left ? f->feed.at[f->left - 1].path : f->opts.url->path;
}

/* A tenth earlier or later, so that hospitals don't all ask at once. */
static ward_ns about(const struct ward_fetch *f, ward_ns length)
{
	uint64_t dice = ward_siphash(f->opts.random, &f->n_asked, sizeof(f->n_asked)) % 201;

	return length / 10 * 9 + length / 1000 * (ward_ns)dice;
}

static enum ward_err ask(struct ward_fetch *f, ward_ns mono)
{
	const struct ward_cap_url *u = f->opts.url;
	bool v6 = strchr(u->host, ':') != NULL;

	ward_wr_reset(&f->request);
	ward_wr_printf(&f->request,
		"GET %s HTTP/1.1\r\nHost: %s%s%s:%u\r\nUser-Agent: ward\r\n"
		"Accept: application/cap+xml, application/atom+xml, application/rss+xml, "
		"application/xml, text/xml\r\n",
		path_of(f), v6 ? "[" : "", u->host, v6 ? "]" : "", (unsigned)u->port);
	if (!f->left && f->tag[0])
		ward_wr_printf(&f->request, "If-None-Match: %s\r\n", f->tag);
	if (!f->left && f->modified[0])
		ward_wr_printf(&f->request, "If-Modified-Since: %s\r\n", f->modified);
	ward_wr_z(&f->request, "\r\n");
	if (ward_wr_bad(&f->request))
		return WARD_ERR_NOMEM; /* all parts are bounded below that */
	ward_httpmsg_begin(f->http);
	f->sent = 0;
	f->asked = mono;
	f->waiting = true;
	f->n_asked++;
	ward_count_name(f->opts.counters, "feed.requests", 1);
	return WARD_OK;
}

enum ward_err ward_fetch_due(struct ward_fetch *f, ward_ns mono, struct ward_slice *ret)
{
	enum ward_err err = !f->waiting && mono >= f->next ? ask(f, mono) : WARD_OK;

	*ret = (struct ward_slice){NULL, 0};
	if (!err && f->waiting && f->sent < f->request.len)
		*ret = ward_slice_of(f->request.p + f->sent, f->request.len - f->sent);
	return err;
}

void ward_fetch_sent(struct ward_fetch *f, size_t n)
{
	WARD_ASSERT(n <= f->request.len - f->sent);
	f->sent += n;
}

/* ---- answers ---- */

static void say(struct ward_fetch *f, const char *why)
{
	(void)snprintf(f->why, sizeof(f->why), "%s", why);
	for (char *c = f->why; *c; c++) /* it is shown */
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
}

/* What the address has got with the next answer, whatever it says of its version. */
static void forget_version(struct ward_fetch *f)
{
	f->tag[0] = f->modified[0] = 0;
	f->body = (struct ward_id){{0}};
}

/* Of the address. */
static enum ward_err failed(struct ward_fetch *f, ward_ns mono, const char *why)
{
	ward_ns wait = wait_first;

	say(f, why);
	for (unsigned i = 0; i < f->n_failed && wait < wait_max; i++)
		wait *= 2;
	f->n_failed++;
	f->waiting = false;
	f->left = 0; /* the list is got anew: it may be another by then */
	f->put_off = false;
	forget_version(f);
	f->next = mono + about(f, wait < wait_max ? wait : wait_max);
	ward_count_name(f->opts.counters, "feed.failed", 1);
	return WARD_ERR_FOREIGN;
}

static bool is_known(const struct ward_fetch *f, struct ward_id version)
{
	for (size_t i = 0; i < f->n_known; i++)
		if (ward_id_eq(f->known[i], version))
			return true;
	return false;
}

/* On to the next of the list that is new; at its end to the address, later. */
static enum ward_err go_on(struct ward_fetch *f, ward_ns mono)
{
	char why[WHY_MAX];

	f->waiting = false;
	while (f->left && is_known(f, f->feed.at[f->left - 1].version))
		f->left--;
	f->next = mono;
	if (f->left)
		return WARD_OK;
	if (f->put_off && !f->n_known) {
		(void)snprintf(why, sizeof(why), "nothing of its list can be got: %.200s", f->why);
		return failed(f, mono, why);
	}
	if (f->put_off)
		forget_version(f); /* so that the list comes again, and what was put off with it */
	f->put_off = false;
	f->next = mono + about(f, f->opts.every);
	f->n_failed = 0;
	f->n_good++;
	return WARD_OK;
}

/* What was asked for can't be got. One of the list doesn't hold up those before it, which are
 * newer: it is asked for again with the next list. */
static enum ward_err missed(struct ward_fetch *f, ward_ns mono, const char *why)
{
	if (!f->left)
		return failed(f, mono, why);
	say(f, why);
	f->opts.sink.refuse(f->opts.sink.ctx, ward_str_z(path_of(f)), 0, f->why);
	ward_count_name(f->opts.counters, "feed.put_off", 1);
	f->put_off = true;
	return WARD_OK;
}

/* ... and with it the connection. */
static enum ward_err broken(struct ward_fetch *f, ward_ns mono, const char *why)
{
	enum ward_err err = missed(f, mono, why);

	if (err)
		return err;
	f->left--;
	return go_on(f, mono);
}

/* Only what the list still has is remembered, so there is room for all of it. */
static void forget(struct ward_fetch *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_known; i++)
		for (size_t k = 0; k < f->feed.n; k++)
			if (ward_id_eq(f->known[i], f->feed.at[k].version)) {
				f->known[n++] = f->known[i];
				break;
			}
	f->n_known = n;
}

static void note(struct ward_fetch *f)
{
	struct ward_id version = f->feed.at[f->left - 1].version;

	if (!is_known(f, version) && f->n_known < WARD_FEED_ENTRIES)
		f->known[f->n_known++] = version;
}

/* A field of the answer that goes back with the next request. */
static void keep_field(const struct ward_fetch *f, const char *name, char to[TAG_MAX])
{
	struct ward_str v = ward_httpmsg_field(f->http, name, 0);

	to[0] = 0;
	if (!v.len || v.len >= TAG_MAX)
		return;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] < ' ' || v.p[i] > '~')
			return;
	memcpy(to, v.p, v.len);
	to[v.len] = 0;
}

static enum ward_err list(struct ward_fetch *f, ward_ns mono)
{
	const struct ward_cap_url *u = f->opts.url;
	struct ward_str path = ward_str_z(u->path);

	if (ward_feed_read(&f->xml, ward_str_z(u->host), u->port, &f->feed) != WARD_OK)
		return failed(f, mono, "what it sends is neither an alert nor a list of alerts");
	if (f->feed.more)
		f->opts.sink.refuse(
			f->opts.sink.ctx, path, 0, "entries beyond the first 256 are not read");
	if (f->feed.elsewhere)
		f->opts.sink.refuse(f->opts.sink.ctx, path, 0,
			"entries that lie at another host are not read: give it a source of its "
			"own");
	if (f->feed.odd)
		f->opts.sink.refuse(
			f->opts.sink.ctx, path, 0, "entries without a whole address are not read");
	ward_count_name(f->opts.counters, "feed.entries_left",
		f->feed.more + f->feed.elsewhere + f->feed.odd);
	forget(f);
	f->left = f->feed.n;
	return WARD_OK;
}

/* Is it what the address said the last time? */
static bool is_same(struct ward_fetch *f, struct ward_slice body)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "cap body");
	ward_idgen_bytes(&g, body.p, body.len);
	struct ward_id id = ward_idgen_final(&g);
	bool same = ward_id_eq(id, f->body);

	f->body = id;
	return same;
}

static enum ward_err document(struct ward_fetch *f, struct ward_slice body, ward_ns mono)
{
	struct ward_str path = ward_str_z(path_of(f));
	bool entry = f->left != 0;
	enum ward_err err;

	if (!entry && is_same(f, body)) {
		ward_count_name(f->opts.counters, "feed.unchanged", 1);
		return WARD_OK;
	}
	ward_arena_reset(&f->arena);
	err = ward_xmldoc_read(&f->xml, body);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err && !entry)
		return failed(f, mono, f->xml.why);
	if (err) {
		f->opts.sink.refuse(f->opts.sink.ctx, path, f->xml.line, f->xml.why);
		note(f);
		return WARD_OK;
	}
	if (!entry && !ward_str_eqz(f->xml.elem[0].name, "alert") && !ward_de_is(&f->xml)) {
		err = list(f, mono);
	} else {
		err = f->opts.sink.alert(f->opts.sink.ctx, path, &f->xml);
		if (!err && entry)
			note(f);
	}
	if (!err && !entry) {
		keep_field(f, "etag", f->tag);
		keep_field(f, "last-modified", f->modified);
	}
	return err;
}

/* An answer other than 200. */
static enum ward_err refused(struct ward_fetch *f, unsigned status, ward_ns mono)
{
	struct ward_str to = ward_httpmsg_field(f->http, "location", 0);
	char why[WHY_MAX];

	if (status / 100 == 3 && status != 304)
		(void)snprintf(why, sizeof(why),
			"it sends to another address, %.*s (%u): write that one, if it is right",
			to.len > 120 ? 120 : (int)to.len, to.p ? to.p : "", status);
	else if (status == 401 || status == 403)
		(void)snprintf(
			why, sizeof(why), "it lets nobody in without a password (%u)", status);
	else
		(void)snprintf(why, sizeof(why), "it refuses (%u)", status);
	return missed(f, mono, why);
}

static enum ward_err answered(
	struct ward_fetch *f, const struct ward_httpmsg_whole *m, ward_ns mono)
{
	struct ward_str coding = ward_httpmsg_field(f->http, "content-encoding", 0);
	bool entry = f->left != 0;
	enum ward_err err = WARD_OK;

	if (m->status == 304 && !entry && (f->tag[0] || f->modified[0]))
		ward_count_name(f->opts.counters, "feed.unchanged", 1);
	else if (m->status != 200)
		err = refused(f, m->status, mono);
	else if (coding.len && !ward_str_ieq(coding, WARD_STR("identity")))
		err = missed(f, mono, "its answer is compressed, which nobody asked for");
	else
		err = document(f, m->body, mono);
	if (err)
		return err;
	f->left -= entry;
	return go_on(f, mono);
}

enum ward_err ward_fetch_bytes(struct ward_fetch *f, struct ward_slice bytes, ward_ns mono)
{
	struct ward_httpmsg_whole m;
	size_t used;
	enum ward_err err;

	if (!f->waiting) { /* nobody asked */
		ward_count_name(f->opts.counters, "feed.unasked", 1);
		return WARD_ERR_CLOSED;
	}
	err = ward_httpmsg_take(f->http, bytes, &used, &m);
	if (err == WARD_ERR_MORE)
		return WARD_OK;
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		err = broken(f, mono, ward_httpmsg_why(f->http));
		return err ? err : WARD_ERR_CLOSED;
	}
	err = answered(f, &m, mono);
	/* nothing is asked soon: the connection is not kept for that */
	return !err && (!m.keep || used < bytes.len || f->next > mono) ? WARD_ERR_CLOSED : err;
}

enum ward_err ward_fetch_ended(struct ward_fetch *f, ward_ns mono, const char *why)
{
	struct ward_httpmsg_whole m;

	if (!f->waiting)
		return WARD_OK;
	if (!why && ward_httpmsg_end(f->http, &m) == WARD_OK)
		return answered(f, &m, mono);
	if (!why)
		why = ward_fetch_overdue(f, mono) ? "it does not answer in time"
						  : "it ended the connection";
	/* where nothing could be asked, it is not for what would have been */
	return f->sent ? broken(f, mono, why) : failed(f, mono, why);
}
