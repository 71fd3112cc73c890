#include "exchange/offer.h"

#include "exchange/span.h"

#include <stdlib.h>

enum {
	ARENA_BYTES = 1 << 30,
	BUNDLE_BYTES = 64 << 20,
};

/* One state of it. */
struct laid {
	struct ward_arena arena;
	struct ward_offer_object *object;
	size_t n_object, cap_object;
	struct ward_offer_alert *alert;
	size_t n_alert, cap_alert;
};

struct ward_offer {
	struct ward_offer_opts o;
	struct laid laid[2];
	unsigned now; /* which of them is shown */
	uint64_t version;
	bool made;
	uint64_t left_out;
	struct ward_wr w;
};

enum ward_err ward_offer_new(const struct ward_offer_opts *o, struct ward_offer **ret)
{
	struct ward_offer *f = ward_mem_alloc(o->mem, sizeof(*f));

	if (!f)
		return WARD_ERR_NOMEM;
	f->o = *o;
	for (size_t i = 0; i < 2; i++)
		ward_arena_init(&f->laid[i].arena, o->mem, ARENA_BYTES);
	f->w = ward_wr_grow(o->mem, BUNDLE_BYTES);
	*ret = f;
	return WARD_OK;
}

void ward_offer_free(struct ward_offer *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < 2; i++) {
		struct laid *l = &f->laid[i];

		ward_mem_free(f->o.mem, l->object, l->cap_object * sizeof(*l->object));
		ward_mem_free(f->o.mem, l->alert, l->cap_alert * sizeof(*l->alert));
		ward_arena_fini(&l->arena);
	}
	ward_wr_fini(&f->w);
	ward_mem_free(f->o.mem, f, sizeof(*f));
}

/* ---- objects out of a bundle that was just written ---- */

static int by_id(const void *a, const void *b)
{
	const struct ward_offer_object *l = a, *r = b;

	return ward_str_cmp(l->id, r->id);
}

static int by_time(const void *a, const void *b)
{
	const struct ward_offer_object *l = a, *r = b;

	return l->added != r->added ? (l->added < r->added ? -1 : 1) : by_id(a, b);
}

/* Objects of several incidents that are the same are one, the first. */
static void once(struct laid *l)
{
	size_t n = 0;

	if (l->n_object)
		qsort(l->object, l->n_object, sizeof(*l->object), by_id);
	for (size_t i = 0; i < l->n_object; i++) {
		struct ward_offer_object *to = &l->object[n ? n - 1 : 0];

		if (!n || by_id(to, &l->object[i]) != 0)
			l->object[n++] = l->object[i];
		else if (l->object[i].added < to->added)
			*to = l->object[i];
	}
	l->n_object = n;
}

/* What was laid out just so keeps its time; what is another version is new. */
static void keep_times(const struct laid *was, struct laid *l, int64_t clock)
{
	struct ward_tab seen;

	ward_tab_init(&seen, ward_mem_heap(), sizeof(struct ward_id), sizeof(size_t),
		WARD_OFFER_OBJECTS + 1);
	for (size_t i = 0; i < was->n_object; i++) {
		struct ward_id id =
			ward_id_keyed((const uint8_t[16]){0}, ward_str_bytes(was->object[i].id));
		void *at;

		if (ward_tab_put(&seen, &id, &at, NULL) != WARD_OK)
			break; /* no memory: it is new once more, which loses nothing */
		memcpy(at, &i, sizeof(i));
	}
	for (size_t i = 0; i < l->n_object; i++) {
		struct ward_offer_object *o = &l->object[i];
		struct ward_id id = ward_id_keyed((const uint8_t[16]){0}, ward_str_bytes(o->id));
		const void *at = ward_tab_find(&seen, &id);
		size_t k;

		if (!at)
			continue;
		memcpy(&k, at, sizeof(k));
		const struct ward_offer_object *old = &was->object[k];

		if (ward_str_eq(old->json, o->json))
			o->added = old->added;
		else if (o->added <= old->added)
			o->added = clock;
	}
	ward_tab_fini(&seen);
}

static enum ward_err take_objects(struct ward_offer *f, struct laid *l, int64_t added)
{
	struct ward_str all = ward_arena_str(&l->arena, ward_wr_text(&f->w)), rest, json;

	if (!all.p)
		return WARD_ERR_NOMEM;
	rest = ward_span_member(all, "objects");
	rest = ward_str_sub(rest, 1, SIZE_MAX); /* within its bracket */
	while ((json = ward_span_next(&rest)).len) {
		enum ward_err err = ward_mem_more(f->o.mem, &l->object, l->n_object, &l->cap_object,
			sizeof(*l->object), WARD_OFFER_OBJECTS);

		if (err)
			return err;
		struct ward_str version = ward_span_member(json, "modified");

		l->object[l->n_object++] = (struct ward_offer_object){
			.id = ward_span_member(json, "id"),
			.type = ward_span_member(json, "type"),
			.version = version.len ? version : ward_span_member(json, "created"),
			.json = json,
			.added = added};
	}
	return WARD_OK;
}

/* ---- alerts ---- */

/* What was signed just so keeps its signature: the same bytes stay the same. */
static enum ward_err sign(struct ward_offer *f, struct ward_offer_alert *a)
{
	const struct laid *was = &f->laid[f->now];

	a->plain = ward_id_keyed((const uint8_t[16]){1}, ward_wr_slice(&f->w));
	if (!f->o.signer)
		return WARD_OK;
	for (size_t i = 0; i < was->n_alert; i++)
		if (ward_id_eq(was->alert[i].plain, a->plain)) {
			ward_wr_reset(&f->w);
			ward_wr_str(&f->w, was->alert[i].xml);
			return WARD_OK;
		}
	return ward_sign(f->o.signer, &f->w);
}

static enum ward_err take_alert(
	struct ward_offer *f, struct laid *l, const struct ward_exchange *one, int64_t added)
{
	const struct ward_exchange_incident *i = &one->incident[0];
	enum ward_err err = ward_mem_more(f->o.mem, &l->alert, l->n_alert, &l->cap_alert,
		sizeof(*l->alert), WARD_OFFER_ALERTS);
	struct ward_offer_alert *a = l->alert ? &l->alert[l->n_alert] : NULL;

	if (err)
		return err;
	*a = (struct ward_offer_alert){.incident = i->id,
		.message = ward_exchange_message_id(one, i, i->revision, "cap"),
		.sent = i->sent,
		.added = added};
	ward_wr_reset(&f->w);
	err = ward_exchange_cap(one, &f->o.how, &f->w);
	if (!err)
		err = sign(f, a);
	a->xml = ward_arena_str(&l->arena, ward_wr_text(&f->w));
	ward_wr_reset(&f->w);
	ward_exchange_headline(one, i, f->o.how.lang[0], &f->w);
	a->title = ward_arena_str(&l->arena, ward_wr_text(&f->w));
	if (!err && (!a->xml.p || !a->title.p))
		err = WARD_ERR_NOMEM;
	l->n_alert += !err;
	return err;
}

static int latest(const void *a, const void *b)
{
	const struct ward_offer_alert *l = a, *r = b;

	return l->added != r->added ? (l->added > r->added ? -1 : 1)
				    : ward_id_cmp(l->incident, r->incident);
}

/* ---- all of it ---- */

static enum ward_err lay_one(struct ward_offer *f, struct laid *l, const struct ward_exchange *x,
	size_t i, int64_t added)
{
	struct ward_exchange one = *x;

	one.incident = &x->incident[i];
	one.n_incident = 1;
	ward_wr_reset(&f->w);
	enum ward_err err = ward_exchange_stix(&one, &f->o.how, &f->w);

	if (!err)
		err = take_objects(f, l, added);
	return err ? err : take_alert(f, l, &one, added);
}

static enum ward_err lay(
	struct ward_offer *f, struct laid *l, struct ward_offer_past *p, ward_ns now)
{
	struct ward_exchange_ask ask = {.model = f->o.model, .at = now, .exercise = f->o.exercise};
	struct ward_exchange x = {.n_incident = 0};
	struct ward_shared did = {.mem = f->o.mem};
	struct ward_diag diag;
	enum ward_err err = ward_offer_past_gather(p, &ask, &l->arena, &x);

	ward_diag_init(&diag, f->o.mem);
	if (!err)
		err = ward_share(f->o.sharing, &f->o.to, &x, f->o.mem, &diag, &did);
	f->left_out = 0;
	for (size_t i = x.n_incident; i-- > 0 && !err;) { /* the latest begun first */
		err = lay_one(f, l, &x, i, ward_offer_past_changed(p, x.incident[i].id));
		if (err == WARD_ERR_LIMIT) {
			f->left_out = i + 1;
			err = WARD_OK;
			break;
		}
	}
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	return err;
}

enum ward_err ward_offer_refresh(struct ward_offer *f, struct ward_offer_past *p, ward_ns now)
{
	struct laid *l = &f->laid[!f->now], *was = &f->laid[f->now];

	if (f->made && f->version == ward_offer_past_version(p))
		return WARD_OK;
	ward_arena_reset(&l->arena);
	l->n_object = l->n_alert = 0;
	enum ward_err err = lay(f, l, p, now);

	if (err)
		return err;
	once(l);
	keep_times(was, l, ward_offer_past_last(p));
	if (l->n_object)
		qsort(l->object, l->n_object, sizeof(*l->object), by_time);
	if (l->n_alert)
		qsort(l->alert, l->n_alert, sizeof(*l->alert), latest);
	f->now = !f->now;
	f->version = ward_offer_past_version(p);
	f->made = true;
	return WARD_OK;
}

const struct ward_offer_object *ward_offer_objects(const struct ward_offer *f, size_t *ret_n)
{
	*ret_n = f->laid[f->now].n_object;
	return f->laid[f->now].object;
}

const struct ward_offer_alert *ward_offer_alerts(const struct ward_offer *f, size_t *ret_n)
{
	*ret_n = f->laid[f->now].n_alert;
	return f->laid[f->now].alert;
}

uint64_t ward_offer_left_out(const struct ward_offer *f)
{
	return f->left_out;
}
