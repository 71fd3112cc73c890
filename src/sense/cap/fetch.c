#include "sense/cap/fetch.h"

#include "sense/cap/de.h"

#include <stdio.h>

enum { WHY_MAX = 256 };

struct ward_fetch {
	struct ward_fetch_opts opts;
	struct ward_httppoll *poll;
	struct ward_arena arena;
	struct ward_xmldoc xml;
	struct ward_feed feed; /* the last list */
	size_t left; /* of it are not looked at yet: the one before is next; 0: the address is */
	struct ward_id known[WARD_FEED_ENTRIES]; /* versions that were got, of the list */
	size_t n_known;
	bool put_off;        /* an alert of the list could not be got */
	struct ward_id body; /* of the address's last answer: some say no version of it */
};

static const char *path_of(const struct ward_fetch *f)
{
	return f->left ? f->feed.at[f->left - 1].path : f->opts.url->path;
}

static bool target(void *ctx, struct ward_wr *w)
{
	const struct ward_fetch *f = ctx;

	ward_wr_z(w, path_of(f));
	return !f->left;
}

static const char *refused(unsigned status)
{
	return status == 401 || status == 403 ? "it lets nobody in without a password" : NULL;
}

/* ---- answers ---- */

/* What the address has got with the next answer, whatever it says of its version. */
static void forget_version(struct ward_fetch *f)
{
	ward_httppoll_forget(f->poll);
	f->body = (struct ward_id){{0}};
}

/* Of the address. */
static enum ward_err failed(struct ward_fetch *f, ward_ns mono, const char *why)
{
	f->left = 0; /* the list is got anew: it may be another by then */
	f->put_off = false;
	forget_version(f);
	return ward_httppoll_failed(f->poll, mono, why);
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

	while (f->left && is_known(f, f->feed.at[f->left - 1].version))
		f->left--;
	if (f->left)
		return WARD_OK;
	if (f->put_off && !f->n_known) {
		(void)snprintf(why, sizeof(why), "nothing of its list can be got: %.200s",
			ward_httppoll_why(f->poll));
		return failed(f, mono, why);
	}
	if (f->put_off)
		forget_version(f); /* so that the list comes again, and what was put off with it */
	f->put_off = false;
	ward_httppoll_good(f->poll, mono);
	return WARD_OK;
}

/* What was asked for can't be got. One of the list doesn't hold up those before it, which are
 * newer: it is asked for again with the next list. Where nothing could be asked, it is not for what
 * would have been. */
static enum ward_err lost(void *ctx, const char *why, bool sent, ward_ns mono)
{
	struct ward_fetch *f = ctx;

	if (!f->left || !sent)
		return failed(f, mono, why);
	ward_httppoll_say(f->poll, why);
	f->opts.sink.refuse(
		f->opts.sink.ctx, ward_str_z(path_of(f)), 0, ward_httppoll_why(f->poll));
	ward_count_name(f->opts.counters, "feed.put_off", 1);
	f->put_off = true;
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
	return err;
}

static enum ward_err answer(void *ctx, const struct ward_httppoll_answer *a, ward_ns mono)
{
	struct ward_fetch *f = ctx;
	bool entry = f->left != 0;
	enum ward_err err = WARD_OK;

	if (a->same)
		ward_count_name(f->opts.counters, "feed.unchanged", 1);
	else
		err = document(f, a->body, mono);
	if (err)
		return err;
	f->left -= entry;
	return go_on(f, mono);
}

enum ward_err ward_fetch_new(const struct ward_fetch_opts *opts, struct ward_fetch **ret)
{
	struct ward_fetch *f = ward_mem_alloc(opts->mem, sizeof(*f));
	const struct ward_httppoll_opts o = {.mem = opts->mem,
		.counters = opts->counters,
		.requests = "feed.requests",
		.failures = "feed.failed",
		.host = ward_str_z(opts->url->host),
		.port = opts->url->port,
		.accept = "application/cap+xml, application/atom+xml, application/rss+xml, "
			  "application/xml, text/xml",
		.body_max = WARD_XMLDOC_BYTES,
		.every = opts->every,
		.answer_max = 30 * WARD_NS_PER_S,
		.random = opts->random,
		.ask = {target, answer, lost, refused, f}};

	if (!f)
		return WARD_ERR_NOMEM;
	f->opts = *opts;
	ward_arena_init(&f->arena, opts->mem, 8 * (size_t)WARD_XMLDOC_BYTES);
	f->xml = (struct ward_xmldoc){.mem = opts->mem, .arena = &f->arena};
	if (ward_httppoll_new(&o, &f->poll) != WARD_OK) {
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
	ward_httppoll_free(f->poll);
	ward_xmldoc_fini(&f->xml);
	ward_arena_fini(&f->arena);
	ward_mem_free(f->opts.mem, f, sizeof(*f));
}

struct ward_httppoll *ward_fetch_poll(const struct ward_fetch *f)
{
	return f->poll;
}
