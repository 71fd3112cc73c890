#include "model/basis.h"

#include "model/load.h"

/* "2026-11-26", or a moment. */
static bool day_or_time(struct ward_str s, ward_ns *ret)
{
	char buf[32];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, s);
	if (s.len == 10)
		ward_wr_z(&w, "T00:00:00Z");
	return !ward_wr_bad(&w) && ward_time_parse(ward_wr_text(&w), ret) == WARD_OK;
}

void ward_read_basis(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_basis b = {
		.node = ward_load_ref(l, c, "on", true, (1u << WARD_NODE_N) - 1),
		.key = ward_load_text(l, c, "key", false),
		.by = ward_load_text(l, c, "by", true),
		.ref = ward_load_text(l, c, "ref", false),
	};
	struct ward_str day;

	(void)r;
	(void)ward_conf_duration(c, "half_life", false, l->diag, &b.half_life);
	(void)ward_conf_bool(c, "assumed", false, l->diag, &b.assumed);
	if (!ward_conf_str(c, "as_of", true, l->diag, &day) || b.node == WARD_NONE)
		return;
	if (!day_or_time(day, &b.as_of)) {
		ward_load_error(l, c, "'as_of' has the bad value '%.*s'\nwrite a day as 2026-11-26",
			WARD_STR_ARG(day));
		return;
	}
	if (ward_load_ok(l,
		    ward_mem_more(l->mem, &l->basis, l->n_basis, &l->cap_basis, sizeof(*l->basis),
			    ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS)),
		    "model.relations"))
		l->basis[l->n_basis++] = b;
}

const struct ward_basis *ward_model_basis(const struct ward_model *m, uint32_t i, size_t *ret_n)
{
	WARD_ASSERT(i < m->n);
	*ret_n = m->basis_off[i + 1] - m->basis_off[i];
	return m->basis + m->basis_off[i];
}
