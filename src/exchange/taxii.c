/* TAXII 2.1: 1.6 (requests), 3 (data types, filters), 4 (discovery, root), 5 (collections). */
#include "exchange/taxii.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIST_MAX = 64, VALUE_BYTES = 512, PAGE_BYTES = 4 << 20 };

#define STIX_TYPE "application/stix+json;version=2.1"

/* What a query asks for. */
struct query {
	int64_t after; /* added_after, microseconds; INT64_MIN: all */
	uint64_t limit;
	int64_t next; /* what is behind this one, by time … */
	struct ward_str next_id;
	struct ward_str id[LIST_MAX], type[LIST_MAX], version[LIST_MAX], spec[LIST_MAX];
	size_t n_id, n_type, n_version, n_spec;
	struct ward_wr text; /* of values with escapes */
};

struct turn {
	const struct ward_taxii_reader *r;
	struct query q;
	struct ward_str query;
	struct ward_json j;
	struct ward_taxii_answer *ret;
};

/* ---- errors ---- */

static void refuse(
	struct turn *t, unsigned status, const char *word, const char *title, const char *mend)
{
	char code[8];

	(void)snprintf(code, sizeof(code), "%u", status);
	*t->ret = (struct ward_taxii_answer){.status = status, .word = word};
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "title");
	ward_json_z(&t->j, title);
	ward_json_key(&t->j, "description");
	ward_json_z(&t->j, mend);
	ward_json_key(&t->j, "http_status");
	ward_json_z(&t->j, code);
	ward_json_obj_end(&t->j);
}

static void not_found(struct turn *t)
{
	refuse(t, 404, "Not Found", "there is nothing here for you", "begin at " WARD_TAXII_PATH);
}

static bool bad_query(struct turn *t, const char *title, const char *mend)
{
	refuse(t, 400, "Bad Request", title, mend);
	return false;
}

/* ---- queries ---- */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* RFC 3986 2.1; a plus is no blank here, times are written with it. False: malformed. */
static bool unescape(struct query *q, struct ward_str *s)
{
	size_t from = q->text.len;

	for (size_t i = 0; i < s->len; i++) {
		if (s->p[i] != '%') {
			ward_wr_ch(&q->text, s->p[i]);
			continue;
		}
		int a = i + 2 < s->len ? hex(s->p[i + 1]) : -1, b = a < 0 ? -1 : hex(s->p[i + 2]);

		if (b < 0)
			return false;
		ward_wr_ch(&q->text, (char)(a * 16 + b));
		i += 2;
	}
	*s = (struct ward_str){(const char *)q->text.p + from, q->text.len - from};
	return !ward_wr_bad(&q->text);
}

static bool list(struct turn *t, struct ward_str s, struct ward_str *to, size_t *n)
{
	while (s.p) {
		if (*n == LIST_MAX)
			return bad_query(t, "there are more than 64 values", "ask several times");
		to[(*n)++] = ward_str_cut(&s, ',');
	}
	return true;
}

static bool floor_us(struct ward_str s, int64_t *ret)
{
	ward_ns ns;

	if (ward_time_parse(s, &ns) != WARD_OK)
		return false;
	*ret = ns / 1000 - (ns % 1000 < 0);
	return true;
}

/* "MICROSECONDS.ID", as written below. */
static bool read_next(struct query *q, struct ward_str v)
{
	q->next_id = v;

	struct ward_str time = ward_str_cut(&q->next_id, '.');

	return q->next_id.p && ward_str_i64(time, &q->next);
}

static bool parameter(struct turn *t, struct ward_str name, struct ward_str v)
{
	struct query *q = &t->q;

	if (ward_str_eqz(name, "added_after"))
		return floor_us(v, &q->after) || bad_query(t, "added_after is no time",
							 "write it as 2026-03-12T02:36:42.000000Z");
	if (ward_str_eqz(name, "limit"))
		return (ward_str_u64(v, &q->limit) && q->limit) ||
		       bad_query(t, "limit is no number above 0", "write limit=100");
	if (ward_str_eqz(name, "next"))
		return read_next(q, v) ||
		       bad_query(t, "next is none that was given here", "begin without it");
	if (ward_str_eqz(name, "match[id]"))
		return list(t, v, q->id, &q->n_id);
	if (ward_str_eqz(name, "match[type]"))
		return list(t, v, q->type, &q->n_type);
	if (ward_str_eqz(name, "match[version]"))
		return list(t, v, q->version, &q->n_version);
	if (ward_str_eqz(name, "match[spec_version]"))
		return list(t, v, q->spec, &q->n_spec);
	return true; /* 3.4: what is not known is passed over */
}

static bool read_query(struct turn *t)
{
	struct ward_str rest = t->query;

	t->q.after = t->q.next = INT64_MIN;
	t->q.limit = WARD_TAXII_PAGE;
	while (rest.len) {
		struct ward_str value = ward_str_cut(&rest, '&'), name = ward_str_cut(&value, '=');

		if (!name.len)
			continue;
		if (!value.p)
			value = WARD_STR("");
		if (!unescape(&t->q, &name) || !unescape(&t->q, &value))
			return bad_query(t, "the query has a broken escape, or is too long",
				"write % as %25");
		if (!parameter(t, name, value))
			return false;
	}
	if (t->q.limit > WARD_TAXII_PAGE_MAX)
		t->q.limit = WARD_TAXII_PAGE_MAX;
	return true;
}

static bool among(struct ward_str s, const struct ward_str *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(s, of[i]))
			return true;
	return !n;
}

/* 3.4.1: of each object the last version is there, so it is the first and all of them, too. */
static bool version_wanted(const struct query *q, const struct ward_offer_object *o)
{
	int64_t is = o->added;

	if (!q->n_version)
		return true;
	if (o->version.len && !floor_us(o->version, &is))
		return false;
	for (size_t i = 0; i < q->n_version; i++) {
		struct ward_str v = q->version[i];
		int64_t at;

		if (ward_str_eqz(v, "last") || ward_str_eqz(v, "first") || ward_str_eqz(v, "all") ||
			(floor_us(v, &at) && at == is))
			return true;
	}
	return false;
}

static bool wanted(const struct query *q, const struct ward_offer_object *o)
{
	return o->added > q->after && among(o->id, q->id, q->n_id) &&
	       among(o->type, q->type, q->n_type) && among(WARD_STR("2.1"), q->spec, q->n_spec) &&
	       version_wanted(q, o) &&
	       (q->next == INT64_MIN || o->added > q->next ||
		       (o->added == q->next && ward_str_cmp(o->id, q->next_id) > 0));
}

/* ---- answers ---- */

void ward_taxii_time(int64_t us, struct ward_wr *w)
{
	int year, month, day;
	int64_t second, part = us % 1000000;

	if (part < 0)
		part += 1000000;
	ward_time_split((us - part) * 1000, &year, &month, &day, &second);
	ward_wr_printf(w, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day,
		(int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60), (int)part);
}

static void put_time(struct ward_json *j, int64_t us)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_taxii_time(us, &w);
	ward_json_str(j, ward_wr_text(&w));
}

static void put_version(struct ward_json *j, const struct ward_offer_object *o)
{
	if (o->version.len)
		ward_json_str(j, o->version);
	else
		put_time(j, o->added);
}

enum what { OBJECTS, MANIFEST, VERSIONS };

static void put_one(struct turn *t, enum what what, const struct ward_offer_object *o)
{
	if (what == OBJECTS) {
		ward_json_raw(&t->j, o->json);
		return;
	}
	if (what == VERSIONS) {
		put_version(&t->j, o);
		return;
	}
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "id");
	ward_json_str(&t->j, o->id);
	ward_json_key(&t->j, "date_added");
	put_time(&t->j, o->added);
	ward_json_key(&t->j, "version");
	put_version(&t->j, o);
	ward_json_key(&t->j, "media_type");
	ward_json_z(&t->j, STIX_TYPE);
	ward_json_obj_end(&t->j);
}

static void put_next(struct turn *t, const struct ward_offer_object *o)
{
	char text[VALUE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_i64(&w, o->added);
	ward_wr_ch(&w, '.');
	ward_wr_str(&w, o->id);
	ward_json_key(&t->j, "more");
	ward_json_bool(&t->j, true);
	ward_json_key(&t->j, "next");
	ward_json_str(&t->j, ward_wr_text(&w));
}

/* 5.4 to 5.8: one page, by the time at which it was added; a server may give less than asked. */
static void page(struct turn *t, enum what what)
{
	const struct ward_offer_object *all, *last = NULL;
	size_t n, i = 0;
	uint64_t given = 0;

	if (!read_query(t))
		return;
	all = ward_offer_objects(t->r->offer, &n);
	*t->ret = (struct ward_taxii_answer){.status = 200, .word = "OK"};
	ward_json_obj(&t->j);
	for (; i < n && given < t->q.limit && t->j.w->len < PAGE_BYTES; i++) {
		if (!wanted(&t->q, &all[i]))
			continue;
		if (!given++) {
			ward_json_key(&t->j, what == VERSIONS ? "versions" : "objects");
			ward_json_arr(&t->j);
			t->ret->first = all[i].added;
		}
		put_one(t, what, &all[i]);
		last = &all[i];
	}
	if (last) {
		ward_json_arr_end(&t->j);
		t->ret->has = true;
		t->ret->last = last->added;
	}
	while (i < n && !wanted(&t->q, &all[i]))
		i++;
	if (i < n && last)
		put_next(t, last);
	ward_json_obj_end(&t->j);
}

static void put_collection(struct turn *t)
{
	char id[WARD_ID_TEXT];

	ward_id_text(t->r->collection, id);
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "id");
	ward_json_z(&t->j, id);
	ward_json_key(&t->j, "title");
	ward_json_str(&t->j, t->r->title);
	ward_json_key(&t->j, "description");
	ward_json_z(&t->j, "incidents as far as they may be told to this reader");
	ward_json_key(&t->j, "can_read");
	ward_json_bool(&t->j, true);
	ward_json_key(&t->j, "can_write");
	ward_json_bool(&t->j, false);
	ward_json_key(&t->j, "media_types");
	ward_json_arr(&t->j);
	ward_json_z(&t->j, STIX_TYPE);
	ward_json_arr_end(&t->j);
	ward_json_obj_end(&t->j);
}

static void collections(struct turn *t)
{
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "collections");
	ward_json_arr(&t->j);
	put_collection(t);
	ward_json_arr_end(&t->j);
	ward_json_obj_end(&t->j);
}

static void put_url(struct turn *t)
{
	char text[VALUE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_str(&w, ward_str_sub(t->r->base, 0, VALUE_BYTES / 2));
	ward_wr_z(&w, WARD_TAXII_ROOT);
	ward_json_str(&t->j, ward_wr_text(&w));
}

/* 4.1 */
static void discovery(struct turn *t)
{
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "title");
	ward_json_str(&t->j, t->r->hospital);
	ward_json_key(&t->j, "default");
	put_url(t);
	ward_json_key(&t->j, "api_roots");
	ward_json_arr(&t->j);
	put_url(t);
	ward_json_arr_end(&t->j);
	ward_json_obj_end(&t->j);
}

/* 4.2. Nothing is taken, so nothing is too long: 1 is the least that the standard lets be said. */
static void root(struct turn *t)
{
	ward_json_obj(&t->j);
	ward_json_key(&t->j, "title");
	ward_json_str(&t->j, t->r->hospital);
	ward_json_key(&t->j, "versions");
	ward_json_arr(&t->j);
	ward_json_z(&t->j, WARD_TAXII_TYPE);
	ward_json_arr_end(&t->j);
	ward_json_key(&t->j, "max_content_length");
	ward_json_u64(&t->j, 1);
	ward_json_obj_end(&t->j);
}

/* ---- paths ---- */

bool ward_taxii_is(struct ward_str target)
{
	return ward_str_starts(target, WARD_STR(WARD_TAXII_PATH)) ||
	       ward_str_eqz(target, "/taxii2");
}

struct ward_id ward_taxii_collection(const struct ward_model *m, struct ward_str reader)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "taxii.collection");
	ward_idgen_str(&g, ward_model_hospital(m)->id);
	ward_idgen_str(&g, reader);
	return ward_idgen_final(&g);
}

/* 1.6.8.1: the media type that is spoken here is among those that are asked for. */
static bool acceptable(struct ward_str accept)
{
	struct ward_str rest = accept;

	if (!ward_str_trim(accept).len)
		return true;
	while (rest.p) {
		struct ward_str one = ward_str_cut(&rest, ','), p = one, version = {NULL, 0};
		struct ward_str type = ward_str_trim(ward_str_cut(&p, ';'));

		while (p.p) {
			struct ward_str v = ward_str_trim(ward_str_cut(&p, ';')),
					name = ward_str_trim(ward_str_cut(&v, '='));

			if (ward_str_ieq(name, WARD_STR("version")))
				version = v.p ? ward_str_trim(v) : WARD_STR("");
		}
		if ((ward_str_ieq(type, WARD_STR("application/taxii+json")) &&
			    (!version.p || ward_str_eqz(version, "2.1"))) ||
			ward_str_eqz(type, "*/*") || ward_str_ieq(type, WARD_STR("application/*")))
			return true;
	}
	return false;
}

/* What is beneath a collection; rest is behind its id. */
static void collection(struct turn *t, struct ward_str rest)
{
	struct ward_str what = ward_str_cut(&rest, '/'), id;

	if (!what.len) {
		put_collection(t);
		return;
	}
	if (ward_str_eqz(what, "manifest") && !rest.len) {
		page(t, MANIFEST);
		return;
	}
	if (!ward_str_eqz(what, "objects")) {
		not_found(t);
		return;
	}
	id = ward_str_cut(&rest, '/');
	if (!id.len) {
		page(t, OBJECTS);
		return;
	}
	const struct ward_offer_object *all;
	size_t n, i = 0;

	all = ward_offer_objects(t->r->offer, &n);
	while (i < n && !ward_str_eq(all[i].id, id))
		i++;
	if (i == n ||
		(rest.len && !ward_str_eqz(rest, "versions/") && !ward_str_eqz(rest, "versions"))) {
		not_found(t);
		return;
	}
	t->q.id[t->q.n_id++] = id;
	page(t, rest.len ? VERSIONS : OBJECTS);
}

static void beneath_root(struct turn *t, struct ward_str rest)
{
	struct ward_str what = ward_str_cut(&rest, '/'), own;
	struct ward_id id;

	if (!what.len) {
		root(t);
		return;
	}
	if (!ward_str_eqz(what, "collections")) {
		not_found(t); /* also status: nothing is written here, so nothing has one */
		return;
	}
	own = ward_str_cut(&rest, '/');
	if (!own.len)
		collections(t);
	else if (ward_id_parse(own, &id) && ward_id_eq(id, t->r->collection))
		collection(t, rest);
	else
		not_found(t);
}

static void route(struct turn *t, struct ward_str path)
{
	if (ward_str_eqz(path, WARD_TAXII_PATH) || ward_str_eqz(path, "/taxii2"))
		discovery(t);
	else if (ward_str_starts(path, WARD_STR(WARD_TAXII_ROOT)))
		beneath_root(t, ward_str_sub(path, strlen(WARD_TAXII_ROOT), SIZE_MAX));
	else
		not_found(t);
}

enum ward_err ward_taxii_answer(const struct ward_taxii_reader *r, const struct ward_taxii_ask *ask,
	struct ward_taxii_answer *ret, struct ward_wr *body)
{
	struct ward_str query = ask->target, path = ward_str_cut(&query, '?');
	struct turn *t = calloc(1, sizeof(*t));

	if (!t)
		return WARD_ERR_NOMEM;
	*t = (struct turn){.r = r, .query = query, .j = ward_json_on(body), .ret = ret};
	t->q.text = ward_wr_grow(ward_mem_heap(), 1 << 16);
	uint8_t *room = ward_wr_room(&t->q.text, ask->target.len + 1); /* so that it never moves */

	ward_wr_reset(&t->q.text);
	*ret = (struct ward_taxii_answer){.status = 200, .word = "OK"};
	if (!room)
		refuse(t, 414, "URI Too Long", "the address is too long", "ask for less at once");
	else if (ward_str_eqz(ask->method, "POST") || ward_str_eqz(ask->method, "DELETE"))
		refuse(t, 403, "Forbidden", "nothing is taken or removed here",
			"ask with GET; indicators come in by a source of kind taxii");
	else if (!ward_str_eqz(ask->method, "GET"))
		refuse(t, 405, "Method Not Allowed", "this is read only", "ask with GET");
	else if (!acceptable(ask->accept))
		refuse(t, 406, "Not Acceptable", "only " WARD_TAXII_TYPE " is spoken here",
			"send Accept: " WARD_TAXII_TYPE);
	else
		route(t, path);
	bool bad = ward_wr_bad(body);

	ward_wr_fini(&t->q.text);
	free(t);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}
