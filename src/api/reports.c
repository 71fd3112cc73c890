/* What people saw, and called for: with the incident that came of it, if one did, and the photos
 * that were handed in. Who sees no incidents sees their own. */
#include "api/priv.h"

enum { SHOWN = 100, BEFORE = 256, SIGNS_MOST = 1024 };

static uint32_t place_of(const struct ward_api *a, const struct ward_conf *c)
{
	return ward_model_find(a->o.model, api_word(c, "subject"));
}

static const struct ward_conf *read_row(struct ward_api *a, struct ward_str json)
{
	const struct ward_conf *c;

	return api_row_read(a, &a->scratch, json, &c) == WARD_OK ? c : NULL;
}

static bool sees(
	const struct ward_api *a, const struct ward_api_who *who, const struct ward_conf *c)
{
	struct api_scope scope;
	uint32_t node = place_of(a, c);

	if (ward_str_eq(api_word(c, "person"), who->person))
		return true;
	if (!(who->rights & WARD_RIGHT_BIT(WARD_RIGHT_SEE_INCIDENTS)))
		return false;
	api_scope_of(a->o.model, who, &scope);
	return scope.everywhere || (node != WARD_NONE && api_scope_has(&scope, node));
}

bool api_sees_report(
	const struct ward_api *a, const struct ward_api_who *who, const struct api_kept *k)
{
	const struct ward_conf *c = read_row((struct ward_api *)(uintptr_t)a, k->json);

	return c && sees(a, who, c);
}

/* The sign that rests on it: the brain tells it about then. */
static const struct api_kept *sign_of(const struct ward_api *a, struct ward_id event, uint64_t row)
{
	size_t lo = 0, hi = a->loose.n;
	char id[WARD_ID_TEXT];

	ward_id_text(event, id);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (a->loose.at[mid]->s.first_row + BEFORE < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t i = lo; i < a->loose.n && i < lo + SIGNS_MOST; i++)
		if (ward_str_find(a->loose.at[i]->json, ward_str_z(id)) != SIZE_MAX)
			return a->loose.at[i];
	return NULL;
}

static void put_text(struct ward_json *j, const char *key, struct ward_str s)
{
	if (s.len)
		ward_json_put_str(j, key, s);
	else
		ward_json_put_null(j, key);
}

struct api_incident *api_sign_incident(
	const struct api_request *r, struct ward_id event, uint64_t row, bool *ret_sign)
{
	const struct api_kept *s = sign_of(r->a, event, row);
	struct api_incident *in = s ? api_incident(r->a, s->of) : NULL;

	for (size_t hop = 0; in && !api_is_zero(in->into) && hop < 16; hop++)
		in = api_incident(r->a, in->into);
	*ret_sign = s;
	return in && api_may(r, WARD_RIGHT_SEE_INCIDENTS) && api_scope_sees(&r->scope, in) ? in
											   : NULL;
}

static void put_sign(struct api_request *r, const struct api_kept *k)
{
	bool is_sign;
	const struct api_incident *in = api_sign_incident(r, k->id, k->row, &is_sign);

	if (in)
		ward_json_put_id(&r->j, "incident", in->id);
	else
		ward_json_put_null(&r->j, "incident");
	ward_json_put_bool(&r->j, "is_sign", is_sign);
}

static void put_report(struct api_request *r, const struct api_kept *k, const struct ward_conf *c)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t node = place_of(r->a, c);
	char text[1024];
	struct ward_wr where = ward_wr_fixed(text, sizeof(text));

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", k->id);
	ward_json_put_time_or_null(&r->j, "at", k->time);
	ward_json_put_str(&r->j, "what", api_word(c, "what"));
	put_text(&r->j, "kind", api_word(ward_conf_get(c, "args"), "report"));
	ward_json_key(&r->j, "on");
	if (node == WARD_NONE) {
		ward_json_null(&r->j);
	} else {
		api_node(&r->j, m, node);
		api_put_where(&where, m, node);
	}
	ward_json_put_str(
		&r->j, "where", ward_wr_bad(&where) ? WARD_STR("") : ward_wr_text(&where));
	ward_json_put_str(&r->j, "text", api_word(c, "text"));
	api_put_role(r, "role", "role_name", api_word(c, "role"));
	ward_json_put_bool(&r->j, "own", ward_str_eq(api_word(c, "person"), r->ask->who->person));
	put_sign(r, k);
	api_put_photos(r, k->id);
	ward_json_obj_end(&r->j);
}

void api_reports(struct api_request *r)
{
	const struct ward_api *a = r->a;
	size_t n = 0;

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = a->report.n; i-- > 0 && n < SHOWN;) {
		const struct ward_conf *c = read_row(r->a, a->report.at[i]->json);

		if (!c || !sees(a, r->ask->who, c))
			continue;
		put_report(r, a->report.at[i], c);
		n++;
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}
