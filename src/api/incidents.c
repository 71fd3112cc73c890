/* The queue of incidents: what is open by harm to care, and all of them, page by page. */
#include "api/priv.h"

#include <stdlib.h>

enum { NOW_MAX = 200 };

/* Puts its line; NOMEM says so by what is not whole. */
static void put_line(struct api_request *r, struct api_incident *in)
{
	if (api_line(r->a, in, r->at) == WARD_OK)
		ward_json_raw(&r->j, in->line[r->at]);
	else
		r->w->bad = true;
}

static int by_harm(const void *va, const void *vb)
{
	const struct api_incident *const *x = va, *const *y = vb;

	if ((*x)->harm != (*y)->harm)
		return (*x)->harm > (*y)->harm ? -1 : 1;
	if ((*x)->level != (*y)->level)
		return (*x)->level > (*y)->level ? -1 : 1;
	if ((*x)->seen != (*y)->seen)
		return (*x)->seen > (*y)->seen ? -1 : 1;
	return ward_id_cmp((*x)->id, (*y)->id);
}

size_t api_open(struct api_request *r, struct api_incident ***ret)
{
	struct ward_api *a = r->a;
	size_t n = 0;

	*ret = ward_arena_array(&a->scratch, a->n_incident, sizeof(struct api_incident *));
	for (size_t i = 0; *ret && i < a->n_incident; i++) {
		struct api_incident *in = a->incident[i];

		if (in->phase == WARD_PHASE_OPEN && api_scope_sees(&r->scope, in) &&
			api_line(a, in, r->at) == WARD_OK)
			(*ret)[n++] = in;
	}
	if (n)
		qsort(*ret, n, sizeof(struct api_incident *), by_harm);
	return n;
}

/* {"floor","open","level"} of each floor on which something is. */
static void put_floors(struct api_request *r, struct api_incident **in, size_t n)
{
	const struct ward_model *m = r->a->o.model;

	ward_json_key(&r->j, "floors");
	ward_json_arr(&r->j);
	for (size_t f = 0; f < r->a->n_floor; f++) {
		uint32_t floor = r->a->floor[f];
		size_t open = 0;
		unsigned level = 0;

		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < in[i]->n_floor; k++) {
				if (in[i]->floor[k] != floor)
					continue;
				open++;
				level = in[i]->level > level ? in[i]->level : level;
			}
		if (!open)
			continue;
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "floor", ward_model_node(m, floor)->id);
		ward_json_put_u64(&r->j, "open", open);
		ward_json_put_str(&r->j, "level", ward_str_z(api_level_name[level]));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_now(struct api_request *r)
{
	struct ward_api *a = r->a;
	struct api_incident **in;
	size_t n = api_open(r, &in);

	ward_json_obj(&r->j);
	ward_json_put_u64(&r->j, "row", a->row);
	ward_json_put_time_or_null(&r->j, "at", a->row ? a->time : WARD_NS_NEVER);
	ward_json_key(&r->j, "incidents");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n && i < NOW_MAX; i++)
		put_line(r, in[i]);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "open_total", n);
	put_floors(r, in, n);
	ward_json_key(&r->j, "waiting");
	ward_json_obj(&r->j);
	ward_json_put_u64(&r->j, "approvals", api_waiting_actions(r));
	ward_json_put_u64(&r->j, "requests", api_waiting_requests(r));
	ward_json_obj_end(&r->j);
	ward_json_put_u64(&r->j, "forgotten", a->forgotten);
	(void)ward_model_sources(a->o.model, &n);
	ward_json_put_bool(&r->j, "watches", n > 0);
	ward_json_obj_end(&r->j);
}

static bool wanted(struct api_request *r, struct api_incident *in, unsigned level, bool all)
{
	return (all || in->phase == WARD_PHASE_OPEN) && in->level >= level &&
	       api_scope_sees(&r->scope, in) &&
	       (!r->param[API_Q].p || api_line_has(r->a, in, r->at, r->param[API_Q]));
}

/* The latest first, by the row with which each began: what comes or changes meanwhile moves no
 * page. */
void api_incidents(struct api_request *r)
{
	struct ward_api *a = r->a;
	bool all = ward_str_eqz(r->param[API_STATE_IS], "all");
	uint64_t before = UINT64_MAX, given = 0, last = 0, total = 0, more = 0;
	unsigned level = 0;

	while (r->param[API_LEVEL].p && !ward_str_eqz(r->param[API_LEVEL], api_level_name[level]))
		level++;
	if (r->param[API_AFTER].p && !ward_str_u64(r->param[API_AFTER], &before)) {
		api_refuse(
			r, 400, WARD_TEXT("'after' is none that was given here: begin without it"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = a->n_incident; i-- > 0;) {
		struct api_incident *in = a->incident[i];

		if (!wanted(r, in, level, all))
			continue;
		total++;
		if (in->first_row >= before)
			continue;
		if (given == r->limit) {
			more++;
			continue;
		}
		put_line(r, in);
		given++;
		last = in->first_row;
	}
	ward_json_arr_end(&r->j);
	ward_json_key(&r->j, "next");
	if (more) {
		char text[24];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_u64(&w, last);
		ward_json_str(&r->j, ward_wr_text(&w));
	} else {
		ward_json_null(&r->j);
	}
	ward_json_put_u64(&r->j, "total", total);
	ward_json_put_u64(&r->j, "forgotten", a->forgotten);
	ward_json_obj_end(&r->j);
}

struct api_incident *api_asked(struct api_request *r)
{
	struct ward_id id;
	struct api_incident *in = ward_id_parse(r->arg, &id) ? api_incident(r->a, id) : NULL;

	if (in && api_scope_sees(&r->scope, in))
		return in;
	api_refuse(r, 404,
		r->a->forgotten ? WARD_TEXT("no such incident is known here; the oldest are no "
					    "longer, see 'ward incident list'")
				: WARD_TEXT("no such incident is known here"));
	return NULL;
}
