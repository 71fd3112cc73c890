/* Filters that people made of what they dismissed: signs like these are on record, and open no
 * incident, until the day that was said. What is critical, and what an incident has already, is
 * never held back. Their part of a checkpoint: varint count, of each 16 bytes id, lv rule, lv
 * thing, be64 until. */
#include "brain/priv.h"

#include "desk/args.h"

static const ward_ns mute_most = (ward_ns)90 * 24 * 3600 * WARD_NS_PER_S;

static struct ward_mute *find(struct ward_brain *b, struct ward_id id)
{
	for (size_t i = 0; i < b->n_mute; i++)
		if (ward_id_eq(b->mute[i].id, id))
			return &b->mute[i];
	return NULL;
}

static void drop(struct ward_brain *b, struct ward_mute *m)
{
	*m = b->mute[--b->n_mute];
}

static void expire(struct ward_brain *b)
{
	for (size_t i = b->n_mute; i-- > 0;)
		if (b->mute[i].until <= b->clock)
			drop(b, &b->mute[i]);
}

static enum ward_err add(struct ward_brain *b, const struct ward_mute *m)
{
	if (b->n_mute == WARD_ARRAY_LEN(b->mute))
		return WARD_ERR_LIMIT;
	b->mute[b->n_mute++] = *m;
	return WARD_OK;
}

bool ward_brain_is_muted(struct ward_brain *b, const struct ward_detection *d)
{
	if (!b->n_mute || d->withdrawn || d->level >= WARD_LEVEL_CRITICAL ||
		ward_fuser_knows(b->fuser, d->id))
		return false;
	for (size_t i = 0; i < b->n_mute; i++) {
		const struct ward_mute *m = &b->mute[i];

		if (d->last < m->until && ward_str_eqz(d->rule, m->rule) &&
			(m->thing == d->asset || (d->asset == WARD_NONE && m->thing == d->place))) {
			ward_count_name(b->c.counters, "brain.muted", 1);
			return true;
		}
	}
	return false;
}

const char *ward_brain_tune(struct ward_brain *b, const struct ward_decision *d,
	struct ward_str args, struct ward_arena *a)
{
	struct ward_mute m = {.id = d->id};
	struct ward_str rule = ward_args_text(args, "rule", b->c.lim, a),
			thing = ward_args_text(args, "thing", b->c.lim, a);
	ward_ns now = d->at, most;

	m.thing = ward_model_find(b->c.model, thing);
	if (!rule.len || rule.len >= sizeof(m.rule))
		return "no rule is named";
	memcpy(m.rule, rule.p, rule.len);
	if (m.thing == WARD_NONE)
		return "the hospital has no such place or thing";
	if (ward_time_parse(ward_args_text(args, "until", b->c.lim, a), &m.until) != WARD_OK ||
		!ward_add(now, mute_most, &most) || m.until <= now || m.until > most)
		return "its end is to be a time within the next 90 days";
	expire(b);
	if (find(b, d->id))
		return NULL;
	return add(b, &m) == WARD_OK ? NULL : "there are 256 filters already; lift one of them";
}

const char *ward_brain_lift(struct ward_brain *b, const struct ward_decision *d)
{
	struct ward_id id;
	struct ward_mute *m = ward_id_parse(d->subject, &id) ? find(b, id) : NULL;

	if (!m)
		return "there is no such filter any more";
	drop(b, m);
	return NULL;
}

void ward_brain_mutes_from(struct ward_brain *to, const struct ward_brain *from)
{
	memcpy(to->mute, from->mute, sizeof(to->mute));
	to->n_mute = from->n_mute;
}

void ward_brain_mutes_save(const struct ward_brain *b, struct ward_wr *w)
{
	ward_wr_varint(w, b->n_mute);
	for (size_t i = 0; i < b->n_mute; i++) {
		const struct ward_mute *m = &b->mute[i];

		ward_wr_bytes(w, m->id.b, sizeof(m->id.b));
		ward_wr_lv(w, ward_str_bytes(ward_str_z(m->rule)));
		ward_wr_lv(w, ward_str_bytes(ward_model_node(b->c.model, m->thing)->id));
		ward_wr_be64(w, (uint64_t)m->until);
	}
}

enum ward_err ward_brain_mutes_load(struct ward_brain *b, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);

	b->n_mute = 0;
	if (ward_rd_bad(r) || n > WARD_ARRAY_LEN(b->mute))
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n; i++) {
		struct ward_mute m = {.until = 0};
		struct ward_slice id = ward_rd_bytes(r, sizeof(m.id.b));
		struct ward_slice rule = ward_rd_lv(r, sizeof(m.rule) - 1);
		struct ward_str thing = ward_slice_text(ward_rd_lv(r, WARD_DECISION_SUBJECT));

		m.until = (ward_ns)ward_rd_be64(r);
		if (ward_rd_bad(r))
			return WARD_ERR_MALFORMED;
		memcpy(m.id.b, id.p, sizeof(m.id.b));
		if (rule.len)
			memcpy(m.rule, rule.p, rule.len);
		m.thing = ward_model_find(b->c.model, thing);
		if (m.thing == WARD_NONE)
			return WARD_ERR_MALFORMED;
		b->mute[b->n_mute++] = m;
	}
	return WARD_OK;
}
