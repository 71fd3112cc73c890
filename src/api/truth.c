/* What is true in a played hospital, as the board of the process `play` says it, beside what Ward
 * says of the same: for who leads the play alone. The board is outside bytes. */
#include "api/priv.h"

#include "story/likely.h"

enum { TRUTH_ROWS = 64 };

struct pair {
	struct api_request *r;
	struct api_incident **in; /* open, most harm first */
	size_t n_in;
	uint32_t told[TRUTH_ROWS]; /* services that the truth has */
	size_t n_told;
};

/* A member that is a whole number of milliseconds, or null. */
static void put_ms(struct ward_json *j, const struct ward_conf *c, const char *key)
{
	struct ward_str is = ward_conf_word(c, key);
	uint64_t n;

	if (ward_str_u64(is, &n) && n <= INT64_MAX)
		ward_json_put_i64(j, key, (int64_t)n);
	else
		ward_json_put_null(j, key);
}

/* The first open incident with a sign on it, or that is forecast to reach it, and the soonest such
 * forecast; NULL: none has. */
static const struct api_incident *says(
	const struct pair *p, uint32_t node, bool *ret_sign, const struct api_forecast **ret)
{
	const struct api_incident *found = NULL;

	*ret_sign = false;
	*ret = NULL;
	for (size_t i = 0; i < p->n_in && node != WARD_NONE; i++)
		for (size_t k = 0; k < p->in[i]->part.n; k++) {
			const struct api_kept *kept = p->in[i]->part.at[k];
			bool sign = kept->kind == WARD_ROW_DETECTION && kept->node == node;
			bool comes = kept->kind == WARD_ROW_IMPACT && kept->f.node == node &&
				     !kept->f.withdrawn && kept->f.lo >= API_POSSIBLE;

			if (!sign && !comes)
				continue;
			found = found ? found : p->in[i];
			*ret_sign |= sign;
			if (comes && (!*ret || kept->f.expected < (*ret)->expected))
				*ret = &kept->f;
		}
	return found;
}

static void put_says(struct pair *p, uint32_t node)
{
	const struct api_forecast *f;
	struct ward_json *j = &p->r->j;
	bool sign;
	const struct api_incident *in = says(p, node, &sign, &f);

	ward_json_key(j, "ward");
	if (!in) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_id(j, "incident", in->id);
	ward_json_put_bool(j, "sign", sign);
	ward_json_put_time_or_null(j, "expected", f ? f->expected : WARD_NS_NEVER);
	ward_json_put_str(j, "likely",
		f ? ward_str_z(ward_likely_name(ward_likely(f->lo, f->hi))) : WARD_STR(""));
	ward_json_obj_end(j);
}

static void put_things(struct pair *p, const struct ward_conf *c)
{
	struct ward_json *j = &p->r->j;
	size_t n = 0;

	ward_json_key(j, "things");
	ward_json_arr(j);
	for (const struct ward_conf *x = api_board_list(c, "things"); x && n < TRUTH_ROWS;
		x = x->next, n++) {
		ward_json_obj(j);
		ward_json_put_str(j, "id", ward_conf_word(x, "id"));
		ward_json_put_str(j, "name", ward_conf_word(x, "name"));
		ward_json_put_str(j, "is", ward_conf_word(x, "is"));
		ward_json_put_str(j, "store", ward_conf_word(x, "store"));
		put_ms(j, x, "percent");
		put_ms(j, x, "ends_ms");
		put_says(p, ward_model_find(p->r->a->o.model, ward_conf_word(x, "id")));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_service(
	struct pair *p, const struct ward_conf *x, struct ward_str id, struct ward_str name)
{
	struct ward_json *j = &p->r->j;

	ward_json_obj(j);
	ward_json_put_str(j, "id", id);
	ward_json_put_str(j, "name", name);
	put_ms(j, x, "since_ms");
	put_ms(j, x, "falls_ms");
	put_ms(j, x, "back_ms");
	put_says(p, ward_model_find(p->r->a->o.model, id));
	ward_json_obj_end(j);
}

static bool is_told(const struct pair *p, uint32_t node)
{
	for (size_t i = 0; i < p->n_told; i++)
		if (p->told[i] == node)
			return true;
	return false;
}

/* Also those that Ward forecasts, and that stand. */
static void put_services(struct pair *p, const struct ward_conf *c)
{
	const struct ward_model *m = p->r->a->o.model;
	struct ward_json *j = &p->r->j;

	ward_json_key(j, "services");
	ward_json_arr(j);
	for (const struct ward_conf *x = api_board_list(c, "services"); x && p->n_told < TRUTH_ROWS;
		x = x->next) {
		struct ward_str id = ward_conf_word(x, "id");

		p->told[p->n_told++] = ward_model_find(m, id);
		put_service(p, x, id, ward_conf_word(x, "name"));
	}
	for (uint32_t i = 0, n = 0; i < ward_model_n(m) && n < TRUTH_ROWS; i++) {
		const struct ward_node *node = ward_model_node(m, i);
		const struct api_forecast *f;
		bool sign;

		if (node->kind != WARD_NODE_SERVICE || is_told(p, i) || !says(p, i, &sign, &f))
			continue;
		put_service(p, NULL, node->id, node->name);
		n++;
	}
	ward_json_arr_end(j);
}

void api_truth(struct api_request *r, const struct ward_conf *board)
{
	const struct ward_conf *c = ward_conf_get(board, "truth");
	struct pair p = {.r = r};

	ward_json_key(&r->j, "truth");
	if (!c || c->kind != WARD_CONF_MAP) {
		ward_json_null(&r->j);
		return;
	}
	p.n_in = api_open(r, &p.in);
	ward_json_obj(&r->j);
	put_ms(&r->j, c, "story_ms");
	put_ms(&r->j, c, "things_n");
	put_things(&p, c);
	put_services(&p, c);
	ward_json_obj_end(&r->j);
}
