/* A permit as an event of the journal: what the brain honours, and what an audit finds. */
#include "model/permit/permit.h"

enum field {
	F_ID,
	F_WHO,
	F_WHY,
	F_BADGE,
	F_BY,
	F_ENDED_BY,
	F_TEXT_N,
	F_FROM = F_TEXT_N,
	F_UNTIL,
	F_ENDED,
	F_MADE,
	F_PLACE,
	F_ASSET,
	F_EFFECT,
	F_N,
};

static const char *const name[F_N] = {"permit.id", "permit.who", "permit.why", "permit.badge",
	"permit.by", "permit.ended_by", "permit.from", "permit.until", "permit.ended",
	"permit.made", "permit.place", "permit.asset", "permit.effect"};

static const char all[] = "permit.all", decided[] = "permit.decided";

static uint32_t field(struct ward_names *names, enum field f)
{
	return ward_name(names, ward_str_z(name[f]));
}

static enum ward_err put_text(
	struct ward_event *e, struct ward_names *names, enum field f, struct ward_str s)
{
	return s.len ? ward_event_set(e, field(names, f), ward_value_str(s)) : WARD_OK;
}

static enum ward_err put_time(
	struct ward_event *e, struct ward_names *names, enum field f, ward_ns t)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed((uint8_t *)text, sizeof(text));

	if (t == WARD_NS_NEVER)
		return WARD_OK;
	ward_time_write(&w, t);
	struct ward_str s = ward_arena_str(e->arena, ward_wr_text(&w));

	return s.p ? put_text(e, names, f, s) : WARD_ERR_NOMEM;
}

static struct ward_str word_of(const struct ward_model *m, enum field f, uint32_t i)
{
	return f == F_EFFECT ? ward_threats_at(ward_model_threats(m), i)->code
			     : ward_model_node(m, i)->id;
}

static enum ward_err put_list(struct ward_event *e, struct ward_names *names,
	const struct ward_model *m, enum field f, const uint32_t *list, size_t n)
{
	struct ward_value *item = ward_arena_array(e->arena, n, sizeof(*item));

	if (!item)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		item[i] = ward_value_str(word_of(m, f, list[i]));
	return n ? ward_event_set(e, field(names, f),
			   (struct ward_value){
				   .kind = WARD_VALUE_LIST, .n = (uint32_t)n, .item = item})
		 : WARD_OK;
}

enum ward_err ward_permit_to_event(const struct ward_permit *p, const struct ward_model *m,
	struct ward_names *names, struct ward_event *e)
{
	const struct ward_str text[F_TEXT_N] = {
		p->id, p->who, p->why, p->badge, p->by, p->ended_by};
	const ward_ns time[] = {p->from, p->until, p->ended, p->made};
	enum ward_err err = WARD_OK;

	e->class = ward_name(names, WARD_STR(WARD_PERMIT_CLASS));
	for (unsigned i = 0; !err && i < F_TEXT_N; i++)
		err = put_text(e, names, (enum field)i, text[i]);
	for (unsigned i = 0; !err && i < WARD_ARRAY_LEN(time); i++)
		err = put_time(e, names, (enum field)(F_FROM + i), time[i]);
	if (!err && p->decided)
		err = ward_event_set(
			e, ward_name(names, ward_str_z(decided)), ward_value_bool(true));
	if (!err)
		err = put_list(e, names, m, F_PLACE, p->place, p->n_place);
	if (!err)
		err = put_list(e, names, m, F_ASSET, p->asset, p->n_asset);
	return err ? err : put_list(e, names, m, F_EFFECT, p->threat, p->n_threat);
}

enum ward_err ward_permit_to_reset(struct ward_names *names, struct ward_event *e)
{
	e->class = ward_name(names, WARD_STR(WARD_PERMIT_CLASS));
	return ward_event_set(e, ward_name(names, ward_str_z(all)), ward_value_bool(true));
}

static bool is_true(const struct ward_event *e, struct ward_names *names, const char *which)
{
	const struct ward_value *v = ward_event_get(e, ward_name(names, ward_str_z(which)));

	return v && v->kind == WARD_VALUE_BOOL && v->b;
}

bool ward_permit_is_reset(const struct ward_event *e, struct ward_names *names)
{
	return is_true(e, names, all);
}

static bool get_time(struct ward_str s, bool required, ward_ns *ret)
{
	*ret = WARD_NS_NEVER;
	return s.len ? ward_time_parse(s, ret) == WARD_OK : !required;
}

static bool index_of(
	const struct ward_model *m, enum field f, const struct ward_value *v, uint32_t *ret)
{
	if (v->kind != WARD_VALUE_STR)
		return false;
	*ret = f == F_EFFECT ? ward_threats_find(ward_model_threats(m), v->s)
			     : ward_model_find(m, v->s);
	return *ret != WARD_NONE;
}

static enum ward_err get_list(const struct ward_event *e, struct ward_names *names,
	const struct ward_model *m, enum field f, uint32_t **ret, size_t *ret_n)
{
	const struct ward_value *v = ward_event_get(e, field(names, f));
	size_t n = !v ? 0 : v->kind == WARD_VALUE_LIST ? v->n : 1;
	uint32_t *list = ward_arena_array(e->arena, n, sizeof(*list));

	if (n > WARD_PERMIT_LIST_MAX)
		return WARD_ERR_MALFORMED;
	if (!list)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (!index_of(m, f, v->kind == WARD_VALUE_LIST ? &v->item[i] : v, &list[i]))
			return WARD_ERR_MALFORMED;
	*ret = list;
	*ret_n = n;
	return WARD_OK;
}

enum ward_err ward_permit_of_event(const struct ward_event *e, struct ward_names *names,
	const struct ward_model *m, struct ward_permit *ret)
{
	struct ward_permit p = {.line = 0};
	struct ward_str *text[F_TEXT_N] = {&p.id, &p.who, &p.why, &p.badge, &p.by, &p.ended_by};
	ward_ns *time[] = {&p.from, &p.until, &p.ended, &p.made};
	enum ward_err err;

	for (unsigned i = 0; i < F_TEXT_N; i++) {
		*text[i] = ward_event_str(e, field(names, (enum field)i));
		if (text[i]->len > WARD_PERMIT_TEXT_MAX)
			return WARD_ERR_MALFORMED;
	}
	for (unsigned i = 0; i < WARD_ARRAY_LEN(time); i++)
		if (!get_time(ward_event_str(e, field(names, (enum field)(F_FROM + i))), i < 2,
			    time[i]))
			return WARD_ERR_MALFORMED;
	err = get_list(e, names, m, F_PLACE, &p.place, &p.n_place);
	if (!err)
		err = get_list(e, names, m, F_ASSET, &p.asset, &p.n_asset);
	if (!err)
		err = get_list(e, names, m, F_EFFECT, &p.threat, &p.n_threat);
	if (err)
		return err;
	if (!p.id.len || !p.who.len || !(p.n_place + p.n_asset) || !p.n_threat || p.until < p.from)
		return WARD_ERR_MALFORMED;
	p.decided = is_true(e, names, decided);
	*ret = p;
	return WARD_OK;
}
