/* Events and flows of an incident, and what a camera found in its picture: read from the journal by
 * the process `recall`. Whoever reads an incident's says why first, by a decision (LOOK) that stays
 * on record; it is good for half an hour. */
#include "api/priv.h"

#include "model/addr.h"
#include "recall/ask.h"

enum { EVENTS_MAX = 1 << 12, WHO_MAX = 64, ADDRESS_TEXT = 46 };

static const ward_ns good_for = 1800 * WARD_NS_PER_S;
static const ward_ns day = 86400 * WARD_NS_PER_S;
/* Clocks of senders are wrong by so much, and flows go before and after. */
static const ward_ns skew = 26 * 3600 * WARD_NS_PER_S, around = 600 * WARD_NS_PER_S;

/* Is it on record why this person reads of this incident? */
static bool said_why(const struct api_request *r, const struct api_incident *in)
{
	const struct api_looks *l = &r->a->looks[API_RING_ACTS];
	char id[WARD_ID_TEXT];

	ward_id_text(in->id, id);
	for (uint64_t i = l->n; i && l->n - i < API_LOOKS; i--) {
		const struct api_look *x = &l->at[(i - 1) % API_LOOKS];

		if (x->kind == API_LOOK_READ && x->time > r->ask->now - good_for &&
			ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_LOOK)) &&
			ward_str_eqz(x->on, id) && ward_str_eq(x->who, r->ask->who->person))
			return true;
	}
	return false;
}

/* The incident, if it may be read of now; NULL: it was refused. */
static struct api_incident *open_to(struct api_request *r)
{
	struct api_incident *in = api_asked(r);

	if (!in || said_why(r, in))
		return in;
	api_refuse(r, 403,
		WARD_TEXT("say why first: a decision 'look' of this incident with the reason, "
			  "which stays "
			  "on record; it is good for half an hour"));
	return NULL;
}

/* What `recall` says to it, as the members of an object; empty: it was refused, or is asked. */
static struct ward_str past(struct api_request *r, const struct ward_recall_ask *ask)
{
	struct ward_wr w = ward_wr_fixed(r->a->question, sizeof(r->a->question));
	struct ward_str said = WARD_STR("");

	ward_recall_put(&w, ask);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = api_reckon_bytes(r, ward_wr_text(&w), &said);

	if (err == WARD_ERR_AGAIN)
		return WARD_STR("");
	if (err) {
		api_reckon_refuse(r, err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO : err, said);
		return WARD_STR("");
	}
	return said;
}

static ward_ns less(ward_ns t, ward_ns by)
{
	ward_ns v;

	return ward_sub(t, by, &v) ? v : 0;
}

static ward_ns more(ward_ns t, ward_ns by)
{
	ward_ns v;

	return ward_add(t, by, &v) ? v : INT64_MAX;
}

/* As of the minute: asked again, it is the same question. */
static ward_ns now(const struct api_request *r)
{
	return (ward_ns)api_minute(r) * 60 * WARD_NS_PER_S;
}

/* ---- events ---- */

struct ids {
	struct ward_id *id;
	size_t n;
	bool cut;
};

/* Of its signs, the first ones first; each once. */
static bool ids_of(struct api_request *r, const struct api_incident *in, struct ids *ret)
{
	*ret = (struct ids){.id = ward_arena_array(&r->a->scratch, EVENTS_MAX, sizeof(*ret->id))};
	if (!ret->id)
		return false;
	for (size_t i = 0; i < in->part.n; i++) {
		const struct api_kept *k = in->part.at[i];
		const struct ward_conf *list =
			k->kind == WARD_ROW_DETECTION
				? ward_conf_get(api_row_of(r, k->json), "evidence")
				: NULL;

		for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
			struct ward_id id;
			size_t at = 0;

			if (x->kind != WARD_CONF_SCALAR || !ward_id_parse(x->text, &id))
				continue;
			while (at < ret->n && !ward_id_eq(ret->id[at], id))
				at++;
			if (at == EVENTS_MAX)
				ret->cut = true;
			else if (at == ret->n)
				ret->id[ret->n++] = id;
		}
	}
	return !r->w->bad;
}

void api_events(struct api_request *r)
{
	const struct api_incident *in = open_to(r);
	uint64_t skip = 0;
	struct ids all;

	if (!in)
		return;
	if (r->param[API_SKIP].p && !ward_str_u64(r->param[API_SKIP], &skip)) {
		api_refuse(r, 400, WARD_TEXT("'skip' is a number of events"));
		return;
	}
	if (!ids_of(r, in, &all)) {
		r->w->bad = true;
		return;
	}
	size_t from = skip < all.n ? (size_t)skip : all.n,
	       n = all.n - from < WARD_RECALL_IDS ? all.n - from : WARD_RECALL_IDS;
	const struct ward_recall_ask ask = {.what = WARD_RECALL_EVENTS,
		.from = less(in->first, skew),
		.to = more(in->seen, skew),
		.ids = ward_slice_of(all.id[from].b, n * sizeof(struct ward_id)),
		.who = WARD_STR(""),
		.source = WARD_STR("")};
	struct ward_str said = past(r, &ask);

	if (!said.len)
		return;
	ward_json_obj(&r->j);
	ward_json_put_u64(&r->j, "total", all.n);
	ward_json_put_bool(&r->j, "more_than_total", all.cut);
	if (from + n < all.n)
		ward_json_put_u64(&r->j, "next", from + n);
	else
		ward_json_put_null(&r->j, "next");
	ward_json_key(&r->j, "found");
	ward_json_raw(&r->j, said);
	ward_json_obj_end(&r->j);
}

/* ---- flows ---- */

static void add_address(struct ward_wr *w, struct ward_str text)
{
	struct ward_str have = ward_wr_text(w);
	struct ward_addr a;
	char canon[ADDRESS_TEXT];

	if (!ward_addr_parse(text, &a))
		return;
	struct ward_str is = ward_addr_text(&a, canon);

	while (have.p)
		if (ward_str_eq(ward_str_cut(&have, ','), is))
			return;
	if (w->len + is.len + 1 > WARD_RECALL_WHO)
		return;
	if (w->len)
		ward_wr_ch(w, ',');
	ward_wr_str(w, is);
}

static void add_node(struct ward_wr *w, const struct ward_model *m, uint32_t node)
{
	struct ward_str ip = ward_model_key(m, node, WARD_KEY_IP);
	char text[ADDRESS_TEXT];
	struct ward_addr a;

	if (ip.len != sizeof(a.b))
		return;
	memcpy(a.b, ip.p, sizeof(a.b));
	add_address(w, ward_addr_text(&a, text));
}

static void put_flows(struct api_request *r, const struct ward_recall_ask *ask)
{
	struct ward_str said = past(r, ask);

	if (!said.len)
		return;
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(&r->j, "from", ask->from);
	ward_json_put_time_or_null(&r->j, "to", ask->to);
	ward_json_key(&r->j, "addresses");
	ward_json_arr(&r->j);
	for (struct ward_str list = ask->who; list.p && list.len;)
		ward_json_str(&r->j, ward_str_cut(&list, ','));
	ward_json_arr_end(&r->j);
	ward_json_key(&r->j, "found");
	ward_json_raw(&r->j, said);
	ward_json_obj_end(&r->j);
}

void api_flows(struct api_request *r)
{
	const struct api_incident *in = open_to(r);
	char text[WARD_RECALL_WHO];
	struct ward_wr who = ward_wr_fixed(text, sizeof(text));

	if (!in)
		return;
	for (size_t i = 0; i < in->n_node && i < WHO_MAX; i++)
		add_node(&who, r->a->o.model, in->node[i]);
	for (size_t i = 0; i < in->part.n; i++)
		if (in->part.at[i]->kind == WARD_ROW_DETECTION)
			add_address(&who, api_word(api_row_of(r, in->part.at[i]->json), "subject"));
	const struct ward_recall_ask ask = {.what = WARD_RECALL_FLOWS,
		.from = less(in->first, around),
		.to = more(in->seen, around),
		.minute = api_minute(r),
		.who = ward_wr_text(&who),
		.source = WARD_STR("")};
	put_flows(r, &ask);
}

/* With whom a thing talked in a day. */
void api_peers(struct api_request *r)
{
	uint32_t node = api_thing(r);
	char text[WARD_RECALL_WHO];
	struct ward_wr who = ward_wr_fixed(text, sizeof(text));

	if (node == WARD_NONE)
		return;
	add_node(&who, r->a->o.model, node);
	const struct ward_recall_ask ask = {.what = WARD_RECALL_FLOWS,
		.from = less(now(r), day),
		.to = more(now(r), around),
		.minute = api_minute(r),
		.who = ward_wr_text(&who),
		.source = WARD_STR("")};

	put_flows(r, &ask);
}

/* ---- a camera ---- */

void api_camera_boxes(struct api_request *r)
{
	const struct ward_source *s = api_camera_source(r);

	if (!s)
		return;
	const struct ward_recall_ask ask = {.what = WARD_RECALL_BOXES,
		.from = less(now(r), day),
		.to = more(now(r), day),
		.minute = api_minute(r),
		.who = WARD_STR(""),
		.source = ward_str_sub(s->id, 0, WARD_RECALL_SOURCE)};
	struct ward_str said = past(r, &ask);

	if (said.len)
		ward_json_raw(&r->j, said);
}
