/* TAXII 2.1: 1.6 (requests), 3.4 (filters), 3.5 (pages), 5.1, 5.4. */
#include "exchange/taxii_client.h"

#include "base/id.h"
#include "conf/conf.h"
#include "exchange/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUNDLE_HEAD = 8192,
	NEXT_MAX = 1024,
	TIME_MAX = 40,
	FIELD_MAX = 2048,
	PAGE = 1000,
	TREE_BYTES = 512 << 20,
};

static const char type[] = "application/taxii+json";

struct indicator {
	struct ward_id key; /* of its id */
	unsigned collection;
	char *json;
	size_t len;
};

struct collection {
	struct ward_id id;
	char since[TIME_MAX]; /* when the last of it was added, as the server said; empty: never got
			       */
	bool changed;         /* something of it is not handed on */
};

struct ward_taxii_client {
	struct ward_taxii_client_opts o;
	struct ward_httppoll *poll;
	struct ward_wr bundle;
	char root[WARD_TAXII_PATH_MAX]; /* "/…/", before "collections/" */
	char authorization[FIELD_MAX];
	bool only; /* the address is one collection */
	struct collection collection[WARD_TAXII_COLLECTIONS];
	size_t n_collection, at; /* at: being got; n_collection: the list is next */
	bool listing;
	char next[NEXT_MAX], until[TIME_MAX]; /* of the page to come; of the pages so far */
	unsigned n_page;
	struct indicator *indicator;
	size_t n_indicator, cap_indicator, bytes;
	struct ward_tab place; /* of each, by its key */
};

/* ---- the address ---- */

/* Cuts "/…/collections/ID/" into root and collection; what is neither is an API root. */
static bool read_path(struct ward_taxii_client *c, struct ward_str path)
{
	struct ward_str mark = WARD_STR("/collections/");
	size_t cut = ward_str_find(path, mark), end = ward_str_find(path, WARD_STR("?"));

	path = ward_str_sub(path, 0, end);
	struct ward_str rest =
		cut == SIZE_MAX ? WARD_STR("") : ward_str_sub(path, cut + mark.len, SIZE_MAX);
	struct ward_str id = ward_str_cut(&rest, '/');
	struct ward_str root = ward_str_sub(path, 0, cut);

	if (id.len && !ward_id_parse(id, &c->collection[0].id))
		return false;
	c->only = id.len > 0;
	c->n_collection = c->only;
	while (root.len && root.p[root.len - 1] == '/')
		root.len--;
	int n = snprintf(c->root, sizeof(c->root), "%.*s/", WARD_STR_ARG(root));

	return n > 0 && (size_t)n < sizeof(c->root);
}

static void put_base64(struct ward_wr *w, struct ward_slice s)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		uint32_t v = (uint32_t)s.p[i] << 16 | (left > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) |
			     (left > 2 ? s.p[i + 2] : 0u);

		ward_wr_ch(w, digit[v >> 18]);
		ward_wr_ch(w, digit[v >> 12 & 63]);
		ward_wr_ch(w, left > 1 ? digit[v >> 6 & 63] : '=');
		ward_wr_ch(w, left > 2 ? digit[v & 63] : '=');
	}
}

/* RFC 7617, RFC 6750 */
static bool authorize(struct ward_taxii_client *c)
{
	uint8_t pair[FIELD_MAX / 2];
	struct ward_wr p = ward_wr_fixed(pair, sizeof(pair)),
		       w = ward_wr_fixed(c->authorization, FIELD_MAX - 1);
	bool ok = true;

	for (size_t i = 0; i < c->o.secret.len; i++)
		ok = ok && c->o.secret.p[i] > ' ' && c->o.secret.p[i] <= '~';
	if (c->o.user.len) {
		ward_wr_str(&p, c->o.user);
		ward_wr_ch(&p, ':');
		ward_wr_str(&p, c->o.secret);
		ward_wr_z(&w, "Basic ");
		put_base64(&w, ward_wr_slice(&p));
	} else {
		ward_wr_z(&w, "Bearer ");
		ward_wr_str(&w, c->o.secret);
	}
	ok = ok && !ward_wr_bad(&p) && !ward_wr_bad(&w);
	c->authorization[c->o.secret.len ? w.len : 0] = 0;
	ward_wipe(pair, sizeof(pair));
	return ok && ward_str_find(c->o.user, WARD_STR(":")) == SIZE_MAX;
}

static void forget(struct ward_taxii_client *c, struct indicator *i)
{
	ward_mem_free(c->o.mem, i->json, i->len);
	c->bytes -= i->len;
	i->json = NULL;
	i->len = 0;
}

/* ---- asking ---- */

static void put_escaped(struct ward_wr *w, const char *s)
{
	for (; *s; s++) {
		unsigned char b = (unsigned char)*s;

		if ((b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
			strchr("-._~", b))
			ward_wr_ch(w, *s);
		else
			ward_wr_printf(w, "%%%02X", b);
	}
}

static void put_target(struct ward_taxii_client *c, struct ward_wr *w)
{
	const struct collection *of = &c->collection[c->at];

	ward_wr_z(w, c->root);
	ward_wr_z(w, "collections/");
	if (c->listing)
		return;
	ward_id_write(w, of->id);
	ward_wr_printf(w, "/objects/?limit=%d&match%%5Btype%%5D=indicator", PAGE);
	if (of->since[0]) {
		ward_wr_z(w, "&added_after=");
		put_escaped(w, of->since);
	}
	if (c->next[0]) {
		ward_wr_z(w, "&next=");
		put_escaped(w, c->next);
	}
}

/* What has a version is none of it: pages are got by time. */
static bool target(void *ctx, struct ward_wr *w)
{
	put_target(ctx, w);
	return false;
}

/* ---- what became of it ---- */

static void begin_anew(struct ward_taxii_client *c)
{
	c->at = 0;
	c->listing = !c->only;
	c->next[0] = c->until[0] = 0;
	c->n_page = 0;
}

static enum ward_err failed(struct ward_taxii_client *c, ward_ns mono, const char *why)
{
	begin_anew(c);
	return ward_httppoll_failed(c->poll, mono, why);
}

static enum ward_err lost(void *ctx, const char *why, bool sent, ward_ns mono)
{
	(void)sent;
	return failed(ctx, mono, why);
}

static int by_key(const void *a, const void *b)
{
	const struct indicator *l = a, *r = b;

	return ward_id_cmp(l->key, r->key);
}

static enum ward_err note_place(struct ward_taxii_client *c, uint32_t i)
{
	void *at;
	enum ward_err err = ward_tab_put(&c->place, &c->indicator[i].key, &at, NULL);

	if (!err)
		memcpy(at, &i, sizeof(i));
	return err;
}

static struct indicator *find(const struct ward_taxii_client *c, struct ward_id key)
{
	const void *at = ward_tab_find(&c->place, &key);
	uint32_t i;

	if (!at)
		return NULL;
	memcpy(&i, at, sizeof(i));
	return &c->indicator[i];
}

/* All of the collection, in an order that is always the same. */
static enum ward_err hand_on(struct ward_taxii_client *c, unsigned k)
{
	char id[WARD_ID_TEXT];
	bool first = true;
	enum ward_err err = WARD_OK;

	c->collection[k].changed = false;
	ward_id_text(c->collection[k].id, id);
	if (c->n_indicator)
		qsort(c->indicator, c->n_indicator, sizeof(*c->indicator), by_key);
	for (uint32_t i = 0; i < c->n_indicator && !err; i++)
		err = note_place(c, i);
	if (err)
		return err;
	ward_wr_reset(&c->bundle);
	ward_wr_printf(&c->bundle, "{\"type\":\"bundle\",\"id\":\"bundle--%s\",\"objects\":[", id);
	for (size_t i = 0; i < c->n_indicator; i++) {
		const struct indicator *it = &c->indicator[i];

		if (it->collection != k)
			continue;
		ward_wr_z(&c->bundle, first ? "\n" : ",\n");
		ward_wr_bytes(&c->bundle, it->json, it->len);
		first = false;
	}
	ward_wr_z(&c->bundle, "]}\n");
	return ward_wr_bad(&c->bundle)
		       ? WARD_ERR_NOMEM
		       : c->o.got(c->o.ctx, ward_str_z(id), ward_wr_text(&c->bundle));
}

/* On to the next collection, and after the last one to the next time. */
static enum ward_err collection_done(struct ward_taxii_client *c, ward_ns mono)
{
	struct collection *of = &c->collection[c->at];
	bool fresh = !of->since[0];
	enum ward_err err = WARD_OK;

	if (c->until[0])
		memcpy(of->since, c->until, sizeof(of->since));
	if (of->changed || fresh)
		err = hand_on(c, (unsigned)c->at);
	c->next[0] = c->until[0] = 0;
	c->n_page = 0;
	if (err || ++c->at < c->n_collection)
		return err;
	begin_anew(c);
	ward_httppoll_good(c->poll, mono);
	return WARD_OK;
}

/* ---- pages ---- */

/* In its last version: objects come by when they were added, so a later one stands. */
static enum ward_err keep(struct ward_taxii_client *c, struct ward_str json)
{
	struct ward_str id = ward_span_member(json, "id");
	struct ward_idgen g;

	if (!ward_str_eqz(ward_span_member(json, "type"), "indicator")) {
		ward_count_name(c->o.counters, "taxii.other", 1);
		return WARD_OK;
	}
	ward_idgen_init(&g, "taxii.indicator");
	ward_idgen_u64(&g, c->at);
	ward_idgen_str(&g, id);
	struct ward_id key = ward_idgen_final(&g);

	struct indicator *it = find(c, key);

	if (it && it->len == json.len && memcmp(it->json, json.p, json.len) == 0)
		return WARD_OK;
	if (c->bytes + json.len > WARD_TAXII_KEPT)
		return WARD_ERR_LIMIT;
	if (!it) {
		enum ward_err err = ward_mem_more(c->o.mem, &c->indicator, c->n_indicator,
			&c->cap_indicator, sizeof(*c->indicator), WARD_TAXII_INDICATORS);

		if (err)
			return err;
		it = &c->indicator[c->n_indicator++];
		*it = (struct indicator){.key = key, .collection = (unsigned)c->at};
		err = note_place(c, (uint32_t)c->n_indicator - 1);
		if (err)
			return err;
	}
	forget(c, it);
	it->json = ward_mem_alloc(c->o.mem, json.len);
	if (!it->json)
		return WARD_ERR_NOMEM;
	memcpy(it->json, json.p, json.len);
	it->len = json.len;
	c->bytes += json.len;
	c->collection[c->at].changed = true;
	ward_count_name(c->o.counters, "taxii.indicators", 1);
	return WARD_OK;
}

/* A text of the server's that goes back into a request. */
static bool take_text(struct ward_str s, char *to, size_t cap)
{
	if (!s.len || s.len >= cap)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '\\')
			return false;
	memcpy(to, s.p, s.len);
	to[s.len] = 0;
	return true;
}

static enum ward_err page(struct ward_taxii_client *c, struct ward_str text, ward_ns mono)
{
	struct ward_str rest = ward_span_member(text, "objects"), json;
	struct ward_str next = ward_span_member(text, "next"),
			last = ward_httppoll_field(c->poll, "x-taxii-date-added-last");
	bool more = ward_str_eqz(ward_span_member(text, "more"), "true");
	enum ward_err err = WARD_OK;

	rest = ward_str_sub(rest, 1, SIZE_MAX); /* within its bracket */
	while (!err && (json = ward_span_next(&rest)).len)
		err = keep(c, json);
	if (err == WARD_ERR_LIMIT)
		return failed(c, mono, "it has more indicators than there is room for");
	if (err)
		return err;
	if (last.len && !take_text(last, c->until, sizeof(c->until)))
		return failed(c, mono, "it says no time for what was added last");
	if (!more)
		return collection_done(c, mono);
	if (++c->n_page == WARD_TAXII_PAGES)
		return failed(c, mono, "it has more pages than are read");
	if (next.len && ward_str_eqz(next, c->next))
		return failed(c, mono, "it gives the same page again");
	if (next.len && !take_text(next, c->next, sizeof(c->next)))
		return failed(c, mono, "the name of its next page is of no use");
	if (!next.len) { /* 3.5: on by time */
		if (!last.len || strcmp(c->until, c->collection[c->at].since) == 0)
			return failed(c, mono, "it has more, and does not say how to get it");
		memcpy(c->collection[c->at].since, c->until, sizeof(c->until));
	}
	return WARD_OK;
}

static enum ward_err list(struct ward_taxii_client *c, struct ward_str text, ward_ns mono)
{
	struct ward_str rest = ward_span_member(text, "collections"), json;
	struct collection found[WARD_TAXII_COLLECTIONS] = {{.changed = false}};
	size_t n = 0;

	rest = ward_str_sub(rest, 1, SIZE_MAX);
	while ((json = ward_span_next(&rest)).len) {
		struct ward_id id;

		if (!ward_str_eqz(ward_span_member(json, "can_read"), "true") ||
			!ward_id_parse(ward_span_member(json, "id"), &id))
			continue;
		if (n == WARD_TAXII_COLLECTIONS)
			return failed(c, mono, "it has more than 16 collections: name one of them");
		found[n++].id = id;
	}
	if (!n)
		return failed(c, mono, "it has no collection that may be read with this secret");
	for (size_t i = 0; i < n; i++)
		if (i >= c->n_collection || !ward_id_eq(found[i].id, c->collection[i].id)) {
			/* others than before: all of them are got anew */
			for (size_t k = 0; k < c->n_indicator; k++)
				forget(c, &c->indicator[k]);
			c->n_indicator = 0;
			ward_tab_fini(&c->place);
			ward_tab_init(&c->place, c->o.mem, sizeof(struct ward_id), sizeof(uint32_t),
				WARD_TAXII_INDICATORS + 1);
			memcpy(c->collection, found, sizeof(found));
			break;
		}
	c->n_collection = n;
	c->listing = false;
	return WARD_OK;
}

/* ---- answers ---- */

static const char *refused(unsigned status)
{
	return status == 401 || status == 403 ? "it does not take the user or the secret"
	       : status == 404 ? "nothing is at this address: write its API root, or a collection"
			       : NULL;
}

/* Is it JSON, an object? */
static bool whole(struct ward_taxii_client *c, struct ward_slice body)
{
	const struct ward_conf *tree;
	struct ward_limits lim = *c->o.lim;
	struct ward_arena a;
	struct ward_diag d;

	lim.v[WARD_LIMIT_CONF_BYTES] = WARD_TAXII_BODY;
	ward_arena_init(&a, c->o.mem, TREE_BYTES);
	ward_diag_init(&d, c->o.mem);
	bool ok = ward_conf_json(&a, &lim, WARD_STR("taxii"), 1, body, &d, &tree) == WARD_OK &&
		  tree->kind == WARD_CONF_MAP;

	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return ok;
}

static enum ward_err answer(void *ctx, const struct ward_httppoll_answer *a, ward_ns mono)
{
	struct ward_taxii_client *c = ctx;
	struct ward_str kind = ward_httppoll_field(c->poll, "content-type");

	if (!ward_str_ieq(ward_str_sub(kind, 0, sizeof(type) - 1), ward_str_z(type)))
		return failed(c, mono, "it does not speak TAXII 2.1: see its media type");
	if (!whole(c, a->body))
		return failed(c, mono, "its answer is no JSON object, or too deep");
	return c->listing ? list(c, ward_slice_text(a->body), mono)
			  : page(c, ward_slice_text(a->body), mono);
}

/* ---- the client ---- */

enum ward_err ward_taxii_client_new(
	const struct ward_taxii_client_opts *o, struct ward_taxii_client **ret)
{
	struct ward_taxii_client *c = ward_mem_alloc(o->mem, sizeof(*c));
	const struct ward_httppoll_opts http = {.mem = o->mem,
		.counters = o->counters,
		.requests = "taxii.requests",
		.failures = "taxii.failed",
		.host = o->host,
		.port = o->port,
		.accept = "application/taxii+json;version=2.1",
		.authorization = c ? c->authorization : NULL,
		.body_max = WARD_TAXII_BODY,
		.every = o->every,
		.answer_max = 30 * WARD_NS_PER_S,
		.random = o->random,
		.ask = {target, answer, lost, refused, c}};

	if (!c)
		return WARD_ERR_NOMEM;
	c->o = *o;
	c->bundle = ward_wr_grow(o->mem, WARD_TAXII_KEPT + BUNDLE_HEAD + WARD_TAXII_INDICATORS);
	ward_tab_init(&c->place, o->mem, sizeof(struct ward_id), sizeof(uint32_t),
		WARD_TAXII_INDICATORS + 1);
	enum ward_err err = ward_httppoll_new(&http, &c->poll);

	if (!err && (!read_path(c, o->path) || !authorize(c)))
		err = WARD_ERR_CONFIG;
	if (err) {
		ward_taxii_client_free(c);
		return err;
	}
	c->listing = !c->only;
	*ret = c;
	return WARD_OK;
}

void ward_taxii_client_free(struct ward_taxii_client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_indicator; i++)
		forget(c, &c->indicator[i]);
	ward_mem_free(c->o.mem, c->indicator, c->cap_indicator * sizeof(*c->indicator));
	ward_tab_fini(&c->place);
	ward_httppoll_free(c->poll);
	ward_wr_fini(&c->bundle);
	ward_wipe(c->authorization, sizeof(c->authorization));
	ward_mem_free(c->o.mem, c, sizeof(*c));
}

struct ward_httppoll *ward_taxii_client_poll(const struct ward_taxii_client *c)
{
	return c->poll;
}
