/* Changes for streams: the last rows, each told to those who may see what it is about. */
#include "api/priv.h"

static bool may_see(const struct ward_api *a, const struct api_scope *s, const struct api_change *c)
{
	for (size_t i = 0; i < c->n_incident; i++) {
		const struct api_incident *in = api_incident(a, c->incident[i]);

		if (in && api_scope_sees(s, in))
			return true;
	}
	/* of runs and actions that are of no incident everybody may know */
	return !c->n_incident && (s->everywhere || c->common || c->kind == WARD_ROW_RUN ||
					 c->kind == WARD_ROW_ACTION || c->kind == WARD_ROW_PERMIT ||
					 c->kind == WARD_ROW_CENSUS);
}

/* Many forecasts come with each revision: of those of one incident in a row the last is enough. */
static bool is_repeated(const struct api_change *c, const struct api_change *next)
{
	return c->kind <= WARD_ROW_IMPACT && next->kind == c->kind && c->n_incident == 1 &&
	       next->n_incident == 1 && ward_id_eq(c->incident[0], next->incident[0]);
}

static void put(const struct ward_api *a, const struct api_scope *s, const struct api_change *c,
	struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	unsigned level = 0;

	ward_wr_z(w, "id: ");
	ward_wr_u64(w, c->row);
	ward_wr_z(w, "\nevent: change\ndata: ");
	ward_json_obj(&j);
	ward_json_put_u64(&j, "row", c->row);
	ward_json_put_str(&j, "kind", ward_str_z(api_row_name(c->kind)));
	ward_json_put_id(&j, "id", c->id);
	ward_json_key(&j, "incidents");
	ward_json_arr(&j);
	for (size_t i = 0; i < c->n_incident; i++) {
		const struct api_incident *in = api_incident(a, c->incident[i]);
		char id[WARD_ID_TEXT];

		if (!in || !api_scope_sees(s, in))
			continue;
		ward_id_text(in->id, id);
		ward_json_z(&j, id);
		level = in->level > level ? in->level : level;
	}
	ward_json_arr_end(&j);
	ward_json_put_str(&j, "level", ward_str_z(api_level_name[level]));
	ward_json_obj_end(&j);
	ward_wr_z(w, "\n\n");
}

static void put_hello(const struct ward_api *a, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_wr_z(w, "event: hello\ndata: ");
	ward_json_obj(&j);
	ward_json_put_u64(&j, "row", a->row);
	ward_json_put_time_or_null(&j, "at", a->row ? a->time : WARD_NS_NEVER);
	ward_json_obj_end(&j);
	ward_wr_z(w, "\n\n");
}

size_t ward_api_feed(struct ward_api *a, const struct ward_api_who *who, uint64_t after,
	size_t most, struct ward_wr *w, uint64_t *ret_last)
{
	uint64_t from = a->n_feed > WARD_API_FEED ? a->n_feed - WARD_API_FEED : 0, i;
	struct api_scope s;
	size_t n = 0;

	*ret_last = after;
	bool all = who && who->rights & WARD_RIGHT_BIT(WARD_RIGHT_SEE_INCIDENTS);

	/* who answers for the law and sees no incidents is told of decisions: of their own, at
	 * least */
	if (!who || !most || (!all && !(who->rights & WARD_RIGHT_BIT(WARD_RIGHT_ANSWER_LAW)))) {
		*ret_last = a->row;
		return 0;
	}
	api_scope_of(a->o.model, who, &s);
	if (after > a->row || (from && after < a->feed[from % WARD_API_FEED].row)) {
		put_hello(a, w);
		*ret_last = a->row;
		return 1;
	}
	/* from the end: a stream lacks a few, of the thousands that are remembered */
	for (i = a->n_feed; i > from && a->feed[(i - 1) % WARD_API_FEED].row > after;)
		i--;
	for (; i < a->n_feed; i++) {
		const struct api_change *c = &a->feed[i % WARD_API_FEED];

		if (n == most)
			return n;
		*ret_last = c->row;
		if ((!all && c->kind != WARD_ROW_DECISION) || !may_see(a, &s, c) ||
			(i + 1 < a->n_feed && is_repeated(c, &a->feed[(i + 1) % WARD_API_FEED])))
			continue;
		put(a, &s, c, w);
		n++;
	}
	*ret_last = a->row;
	return n;
}
