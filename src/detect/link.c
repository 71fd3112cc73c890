/* The references between rules: who is whose member, in which order correlations stand above each
 * other, and what the lower ones keep for the higher ones. */
#include "detect/load.h"

enum { RANK_MAX = WARD_CORR_RANK_MAX, CARRY_MAX = 16 };

uint32_t ward_ruleset_find(const struct ward_ruleset *rs, struct ward_str ref)
{
	const struct ward_ref *id = ward_refs_find(rs, ref, true);
	const struct ward_ref *name = ward_refs_find(rs, ref, false);
	uint32_t by_id = id ? id->rule : WARD_NONE, by_name = name ? name->rule : WARD_NONE;

	return by_id < by_name ? by_id : by_name; /* the first; WARD_NONE is above all */
}

static enum ward_err add_parent(struct ward_ruleset *rs, struct ward_rule *r, uint32_t parent)
{
	uint32_t *p = ward_arena_array(&rs->arena, r->n_parent + 1, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	if (r->n_parent)
		memcpy(p, r->parent, r->n_parent * sizeof(*p));
	p[r->n_parent++] = parent;
	r->parent = p;
	return WARD_OK;
}

static void link_one(struct ward_ruleset *rs, struct ward_rule *r, struct ward_diag *d)
{
	for (size_t k = 0; k < r->corr->n_member; k++) {
		struct ward_str ref = r->corr->ref[k];
		uint32_t line = r->corr->ref_line[k];
		uint32_t at = ward_ruleset_find(rs, ref);

		r->corr->member[k] = at;
		if (at == WARD_NONE) {
			ward_rule_refuse(r, d, line, WARD_TEXT("correlation reference"),
				WARD_TEXT("no loaded rule has the id or name '%.*s'\n"
					  "load its file too, or correct the reference"),
				WARD_STR_ARG(ref));
			continue;
		}
		struct ward_rule *m = rs->rule[at];

		m->member = true;
		/* A rule speaks for itself as soon as one of its correlations generates it, unless
		 * it says that it never does. */
		m->silent =
			m->meaning.part || (!r->corr->generate && (m->n_parent == 0 || m->silent));
		for (size_t i = 0; i < k; i++)
			if (r->corr->member[i] == r->corr->member[k])
				ward_rule_refuse(r, d, line, WARD_TEXT("correlation reference"),
					WARD_TEXT("rule '%.*s' is named twice\nremove one"),
					WARD_STR_ARG(ref));
	}
}

static struct ward_rule *member(const struct ward_ruleset *rs, const struct ward_rule *r, size_t k)
{
	uint32_t m = r->corr->member[k];

	return m == WARD_NONE ? NULL : rs->rule[m];
}

/* Above its members, and later than they; false when that is no news. */
static bool raise(const struct ward_ruleset *rs, struct ward_rule *r)
{
	struct ward_corr *c = r->corr;
	bool news = false;

	for (size_t k = 0; k < c->n_member; k++) {
		const struct ward_rule *m = member(rs, r, k);
		ward_ns delay;

		if (!m || !m->corr)
			continue;
		delay = m->corr->delay + (ward_corr_late(m->corr) ? m->corr->timespan : 0);
		news |= c->rank <= m->corr->rank || c->delay < delay;
		c->rank = c->rank > m->corr->rank ? c->rank : m->corr->rank + 1;
		c->delay = c->delay > delay ? c->delay : delay;
	}
	return news;
}

static void rank(struct ward_ruleset *rs, struct ward_diag *d)
{
	bool news = true;

	for (size_t turn = 0; news && turn <= RANK_MAX; turn++) {
		news = false;
		for (size_t i = 0; i < rs->n_rule; i++)
			if (rs->rule[i]->corr && rs->rule[i]->corr->rank <= RANK_MAX)
				news |= raise(rs, rs->rule[i]);
	}
	for (size_t i = 0; i < rs->n_rule; i++)
		if (rs->rule[i]->corr && rs->rule[i]->corr->rank > RANK_MAX)
			ward_rule_refuse(rs->rule[i], d, rs->rule[i]->line,
				WARD_TEXT("correlation reference"),
				WARD_TEXT("this correlation refers to itself, or stands above more "
					  "than %d "
					  "others\nbreak the circle of references"),
				RANK_MAX);
}

/* Of a refused rule's correlations none can work, nor what stands above them. */
static void refuse_above(struct ward_ruleset *rs, struct ward_diag *d)
{
	for (bool news = true; news;) {
		news = false;
		for (size_t i = 0; i < rs->n_rule; i++) {
			struct ward_rule *r = rs->rule[i];

			for (size_t k = 0; r->corr && !r->refused && k < r->corr->n_member; k++) {
				const struct ward_rule *m = member(rs, r, k);

				if (!m || !m->refused)
					continue;
				news = true;
				ward_rule_refuse(r, d, r->corr->ref_line[k],
					WARD_TEXT("correlation reference"),
					WARD_TEXT("rule '%.*s' was refused\nmend that one first"),
					WARD_STR_ARG(r->corr->ref[k]));
			}
		}
	}
}

static bool among(const uint32_t *slot, size_t n, uint32_t s)
{
	for (size_t i = 0; i < n; i++)
		if (slot[i] == s)
			return true;
	return false;
}

/* A field that the one above asks of the correlation m: of its groups, or carried. */
static enum ward_err carry(struct ward_ruleset *rs, struct ward_rule *above, struct ward_rule *m,
	uint32_t slot, struct ward_diag *d)
{
	struct ward_corr *c = m->corr;

	if (among(c->group.slot, c->group.n, slot) || among(c->carry, c->n_carry, slot))
		return WARD_OK;
	if (c->n_carry == CARRY_MAX) {
		ward_rule_refuse(above, d, above->line, WARD_TEXT("correlation"),
			WARD_TEXT("more than %d fields of '%.*s' are asked for by those above it\n"
				  "group it by these fields"),
			CARRY_MAX, WARD_STR_ARG(m->key));
		return WARD_OK;
	}
	if (!c->carry)
		c->carry = ward_arena_array(&rs->arena, CARRY_MAX, sizeof(*c->carry));
	if (!c->carry)
		return WARD_ERR_NOMEM;
	c->carry[c->n_carry++] = slot;
	return WARD_OK;
}

uint32_t ward_corr_field(const struct ward_corr *c, size_t axis, uint32_t member_at)
{
	for (size_t i = 0; i < c->n_alias; i++)
		if (c->alias[i].group == axis && c->alias[i].rule == member_at)
			return c->alias[i].field;
	return axis < c->group.n ? c->group.slot[axis] : c->counted.slot[axis - c->group.n];
}

/* What r asks of those of its members that are correlations. */
static enum ward_err ask(struct ward_ruleset *rs, struct ward_rule *r, struct ward_diag *d)
{
	const struct ward_corr *c = r->corr;
	enum ward_err err = WARD_OK;

	for (size_t k = 0; k < c->n_member; k++) {
		struct ward_rule *m = member(rs, r, k);

		if (!m || !m->corr)
			continue;
		for (size_t i = 0; i < c->group.n + c->counted.n && !err; i++)
			err = carry(rs, r, m, ward_corr_field(c, i, (uint32_t)k), d);
		for (size_t i = 0; i < c->n_carry && !err; i++)
			err = carry(rs, r, m, c->carry[i], d);
	}
	return err;
}

enum ward_err ward_ruleset_link(struct ward_ruleset *rs, struct ward_diag *d)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < rs->n_rule; i++) {
		struct ward_rule *r = rs->rule[i];

		if (!r->corr)
			continue;
		link_one(rs, r, d);
		for (size_t k = 0; k < r->corr->n_member && !err; k++)
			if (member(rs, r, k))
				err = add_parent(rs, member(rs, r, k), (uint32_t)i);
		if (err)
			return err;
	}
	rank(rs, d);
	refuse_above(rs, d);
	for (unsigned k = RANK_MAX + 1; k-- > 0 && !err;)
		for (size_t i = 0; i < rs->n_rule && !err; i++)
			if (rs->rule[i]->corr && !rs->rule[i]->refused &&
				rs->rule[i]->corr->rank == k)
				err = ask(rs, rs->rule[i], d);
	return err;
}

ward_ns ward_ruleset_span(const struct ward_ruleset *rs)
{
	ward_ns span = 0;

	for (size_t i = 0; i < rs->n_rule; i++) {
		const struct ward_rule *r = rs->rule[i];

		if (r->corr && !r->refused && r->corr->timespan + r->corr->delay > span)
			span = r->corr->timespan + r->corr->delay;
	}
	return span;
}
