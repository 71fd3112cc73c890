/* A permit as a row of the store: what the brain goes by from there on. */
#include "model/permit/permit.h"

static const char all[] = "all";

static void put(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
}

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_nodes(struct ward_json *j, const struct ward_model *m, const char *key,
	const uint32_t *node, size_t n)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(j, ward_model_node(m, node[i])->id);
	ward_json_arr_end(j);
}

void ward_permit_to_row(
	const struct ward_permit *p, const struct ward_model *m, struct ward_json *j)
{
	put(j, "permit", p->id);
	put(j, "who", p->who);
	put(j, "why", p->why);
	put(j, "by", p->by);
	put(j, "ended_by", p->ended_by);
	put_time(j, "from", p->from);
	put_time(j, "until", p->until);
	put_time(j, "ended", p->ended);
	put_time(j, "made", p->made);
	ward_json_key(j, "badge");
	ward_json_bool(j, p->badge.len != 0);
	ward_json_key(j, "decided");
	ward_json_bool(j, p->decided);
	put_nodes(j, m, "place", p->place, p->n_place);
	put_nodes(j, m, "asset", p->asset, p->n_asset);
	ward_json_key(j, "effect");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_threat; i++)
		ward_json_str(j, ward_threats_at(ward_model_threats(m), p->threat[i])->code);
	ward_json_arr_end(j);
}

void ward_permit_to_reset_row(struct ward_json *j)
{
	ward_json_key(j, all);
	ward_json_bool(j, true);
}

static bool is_true(const struct ward_conf *row, const char *key)
{
	return ward_str_eqz(ward_conf_word(row, key), "true");
}

bool ward_permit_is_reset_row(const struct ward_conf *row)
{
	return is_true(row, all);
}

static uint32_t index_of(const struct ward_model *m, bool threat, struct ward_str s)
{
	return threat ? ward_threats_find(ward_model_threats(m), s) : ward_model_find(m, s);
}

/* MALFORMED: too many, or one that the hospital does not have. */
static enum ward_err get_list(const struct ward_conf *list, const struct ward_model *m, bool threat,
	struct ward_arena *a, uint32_t **ret, size_t *ret_n)
{
	size_t n = list && list->kind == WARD_CONF_SEQ ? list->n_child : 0, i = 0;
	uint32_t *to = ward_arena_array(a, n, sizeof(*to));

	if (n > WARD_PERMIT_LIST_MAX)
		return WARD_ERR_MALFORMED;
	if (!to)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *x = n ? list->child : NULL; x; x = x->next) {
		uint32_t is =
			x->kind == WARD_CONF_SCALAR ? index_of(m, threat, x->text) : WARD_NONE;

		if (is == WARD_NONE)
			return WARD_ERR_MALFORMED;
		to[i++] = is;
	}
	*ret = to;
	*ret_n = n;
	return WARD_OK;
}

static bool get_time(const struct ward_conf *row, const char *key, bool required, ward_ns *ret)
{
	struct ward_str s = ward_conf_word(row, key);

	*ret = WARD_NS_NEVER;
	return s.len ? ward_time_parse(s, ret) == WARD_OK : !required;
}

enum ward_err ward_permit_of_row(const struct ward_conf *row, const struct ward_model *m,
	struct ward_arena *a, struct ward_permit *ret)
{
	struct ward_permit p = {.id = ward_conf_word(row, "permit"),
		.who = ward_conf_word(row, "who"),
		.why = ward_conf_word(row, "why"),
		.by = ward_conf_word(row, "by"),
		.ended_by = ward_conf_word(row, "ended_by"),
		.badge = is_true(row, "badge") ? WARD_STR("p-") : WARD_STR(""),
		.decided = is_true(row, "decided")};
	enum ward_err err;

	if (!p.id.len || !p.who.len || !get_time(row, "from", true, &p.from) ||
		!get_time(row, "until", true, &p.until) ||
		!get_time(row, "ended", false, &p.ended) ||
		!get_time(row, "made", false, &p.made) || p.until < p.from)
		return WARD_ERR_MALFORMED;
	err = get_list(ward_conf_get(row, "place"), m, false, a, &p.place, &p.n_place);
	if (!err)
		err = get_list(ward_conf_get(row, "asset"), m, false, a, &p.asset, &p.n_asset);
	if (!err)
		err = get_list(ward_conf_get(row, "effect"), m, true, a, &p.threat, &p.n_threat);
	if (!err && (!(p.n_place + p.n_asset) || !p.n_threat))
		err = WARD_ERR_MALFORMED;
	if (!err)
		*ret = p;
	return err;
}
