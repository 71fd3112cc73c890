/* From one place to another: through the house on foot, or over the earth. Faster than anybody is,
 * it was not one person. */
#include "detect/baseline/priv.h"

#include "model/origin.h"

enum {
	REASON_MAX = 400,
	WALK_MAX_S = 1200, /* nobody needs longer through a house: such ways are not searched */
	SHARED_MIN = 3, /* so often at two places at once while it was learned: used by several */
	MS_PER_H = 3600000,
};

static const ward_ns ms_ns = WARD_NS_PER_S / 1000;

/* The least time between two places; false when it is not known. Says it in words. */
static bool walk(struct ward_baseline *b, struct ward_str from, struct ward_str to, ward_ns *ret,
	struct ward_wr *why)
{
	const struct ward_model *m = b->cfg.model;
	uint32_t x = b->walk ? ward_model_find(m, from) : WARD_NONE;
	uint32_t y = b->walk ? ward_model_find(m, to) : WARD_NONE;
	uint32_t rooms;
	int64_t ms;

	if (x == WARD_NONE || y == WARD_NONE || !ward_walk_ms(b->walk, x, y, &ms, &rooms))
		return false;
	*ret = ms * ms_ns;
	ward_wr_z(why, "at a run the way takes ");
	ward_bl_put_span(why, *ret);
	ward_wr_printf(why, " (%u room%s between)", rooms, rooms == 1 ? "" : "s");
	return true;
}

static bool travel(const struct ward_baseline *b, const struct ward_bl_dim *d, struct ward_str from,
	struct ward_str to, struct ward_wr *why)
{
	const struct ward_model *m = b->cfg.model;
	const struct ward_origin *x = m ? ward_model_origin(m, from) : NULL;
	const struct ward_origin *y = m ? ward_model_origin(m, to) : NULL;

	if (!x || !y || !x->placed || !y->placed)
		return false;
	ward_wr_printf(why, "%lld km, at %lld km/h ", (long long)ward_origin_km(x, y),
		(long long)d->speed);
	return true;
}

static ward_ns travel_time(const struct ward_baseline *b, const struct ward_bl_dim *d,
	struct ward_str from, struct ward_str to)
{
	/* At most 12742 km: no overflow. */
	return ward_origin_km(
		       ward_model_origin(b->cfg.model, from), ward_model_origin(b->cfg.model, to)) *
	       MS_PER_H / d->speed * ms_ns;
}

static bool least(struct ward_baseline *b, const struct ward_bl_dim *d, struct ward_str from,
	struct ward_str to, ward_ns *ret, struct ward_wr *why)
{
	if (d->kind == WARD_BL_WALK)
		return walk(b, from, to, ret, why);
	if (!travel(b, d, from, to, why))
		return false;
	*ret = travel_time(b, d, from, to);
	ward_bl_put_span(why, *ret);
	return true;
}

static enum ward_err apart(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str pair, const struct ward_bl_words *words)
{
	struct ward_bl_dim_state *d = &l->key->dim[dim];
	struct ward_bl_entry *en = ward_bl_entry_find(b, ward_bl_entry_id(l->key, dim, pair));
	enum ward_err err = WARD_OK;

	if (!l->learning && d->total >= SHARED_MIN) {
		b->stats.n_shared++;
		return WARD_OK;
	}
	if (!l->learning && l->judged)
		return ward_bl_deviate(b, l, dim, pair, NULL, words);
	if (l->frozen)
		return WARD_OK;
	if (!en)
		err = ward_bl_entry_new(b, l->key, dim, pair, &en);
	return err ? err : ward_bl_entry_see(b, l->key, dim, en, 1, b->time, b->time);
}

static enum ward_err compare(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str to, ward_ns span)
{
	const struct ward_bl_dim *d = &l->p->dim[dim];
	const struct ward_bl_dim_state *s = &l->key->dim[dim];
	char pair[2 * WARD_BL_TEXT_MAX + 16], buf[REASON_MAX], own[64], usual[64];
	struct ward_wr wp = ward_wr_fixed(pair, sizeof(pair)), w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr wo = ward_wr_fixed(own, sizeof(own)),
		       wu = ward_wr_fixed(usual, sizeof(usual));
	struct ward_str from = {s->where, s->where_len};
	ward_ns need, allowed;

	if (ward_str_eq(from, to) || !ward_add(span, d->slack, &allowed) ||
		(d->kind == WARD_BL_WALK && allowed >= WALK_MAX_S * WARD_NS_PER_S))
		return WARD_OK;
	ward_bl_put_span(&w, span);
	ward_wr_z(&w, " apart; ");
	if (!least(b, d, from, to, &need, &w) || need <= allowed)
		return WARD_OK;
	ward_wr_str(&wp, from);
	ward_wr_ch(&wp, WARD_BL_PART);
	ward_wr_z(&wp, "then");
	ward_wr_ch(&wp, WARD_BL_PART);
	ward_wr_str(&wp, to);
	if (wp.len > WARD_BL_TEXT_MAX)
		return WARD_OK;
	ward_bl_put_span(&wo, span);
	ward_wr_z(&wu, "at least ");
	ward_bl_put_span(&wu, need);
	const struct ward_bl_words words = {ward_wr_text(&w), ward_wr_text(&wo), ward_wr_text(&wu)};

	return apart(b, l, dim, ward_wr_text(&wp), &words);
}

enum ward_err ward_bl_way(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	struct ward_bl_dim_state *d = &l->key->dim[dim];
	const struct ward_value *untrusted = ward_event_get(b->e, WARD_FIELD_WARD_TIME_UNTRUSTED);
	char text[WARD_BL_TEXT_MAX];
	struct ward_str to;
	ward_ns span;
	enum ward_err err = WARD_OK;

	if (b->time == INT64_MIN || b->time == INT64_MAX ||
		(untrusted && untrusted->kind == WARD_VALUE_BOOL && untrusted->b) ||
		!ward_bl_text(b->e, &l->p->dim[dim].of, 0, text, &to) || !to.len)
		return WARD_OK;
	if (d->where && b->time < d->at) {
		b->stats.n_late++;
		return WARD_OK;
	}
	if (d->where && ward_sub(b->time, d->at, &span))
		err = compare(b, l, dim, to, span);
	return err ? err : ward_bl_stand(b, d, to, b->time);
}
