#include "model/basis.h"

#include "model/load.h"

enum { CRITICAL = 4 };
#define DAY (24 * 3600 * WARD_NS_PER_S)

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
		.key = ward_load_line(l, c, "key", false),
		.by = ward_load_line(l, c, "by", true),
		.ref = ward_load_line(l, c, "ref", false),
		.file = ward_load_keep(l, c->file),
		.line = c->line,
	};
	struct ward_str day;

	(void)r;
	(void)ward_conf_duration(c, "half_life", false, l->diag, &b.half_life);
	(void)ward_conf_bool(c, "assumed", false, l->diag, &b.assumed);
	if (!ward_conf_str(c, "as_of", true, l->diag, &day) || b.node == WARD_NONE)
		return;
	if (!day_or_time(day, &b.as_of)) {
		ward_load_error(l, c,
			WARD_TEXT("'as_of' has the bad value '%.*s'\nwrite a day as 2026-11-26"),
			WARD_STR_ARG(day));
		return;
	}
	if (!b.half_life) {
		b.half_life =
			ward_ontology_half_life(l->m->ontology, l->m->node[b.node].class, b.key);
		b.usual = b.half_life != 0;
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

/* A service of that criticality, or what one requires. */
static bool matters(const struct ward_model *m, uint32_t i)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, i, &n);

	if (m->node[i].kind == WARD_NODE_SERVICE && m->node[i].criticality >= CRITICAL)
		return true;
	for (size_t k = 0; k < n; k++)
		if (r[k].type == WARD_REL_REQUIRES && m->node[r[k].node].criticality >= CRITICAL)
			return true;
	return false;
}

static void old(
	const struct ward_model *m, const struct ward_basis *b, ward_ns now, struct ward_diag *diag)
{
	char text[2][24];
	struct ward_wr days = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr half = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_wr_i64(&days, (now - b->as_of) / DAY);
	ward_wr_i64(&half, b->half_life / DAY);
	const struct ward_diag_slot slot[] = {{"by", b->by}, {"id", m->node[b->node].id},
		{"key", b->key}, {"days", ward_wr_text(&days)}, {"half", ward_wr_text(&half)}};
	const char *what =
		b->usual
			? (b->key.len ? WARD_TEXT("what {by} says of '{id}', {key} is {days} days "
						  "old, "
						  "more than the {half} for which such facts are "
						  "usually "
						  "good")
				      : WARD_TEXT(
						"what {by} says of '{id}' is {days} days old, more "
						"than "
						"the {half} for which such facts are usually good"))
		: b->key.len
			? WARD_TEXT("what {by} says of '{id}', {key} is {days} days old, more than "
				    "its half-life of {half}")
			: WARD_TEXT("what {by} says of '{id}' is {days} days old, more than its "
				    "half-life of {half}");

	ward_diag_say(diag,
		&(struct ward_diag_item){
			.level = matters(m, b->node) ? WARD_DIAG_WARNING : WARD_DIAG_NOTE,
			.file = b->file,
			.line = b->line,
			.what = ward_str_z(what),
			.mend = ward_str_z(
				WARD_TEXT("ask or measure again, and write the day into `as_of`")),
			.slot = slot,
			.n_slot = WARD_ARRAY_LEN(slot)});
}

static void assumed(const struct ward_basis *first, size_t n_assumed, struct ward_diag *diag)
{
	char text[24];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&n, n_assumed);
	const struct ward_diag_slot slot = {"n", ward_wr_text(&n)};

	ward_diag_say(diag, &(struct ward_diag_item){.level = WARD_DIAG_NOTE,
				    .file = first->file,
				    .line = first->line,
				    .what = ward_str_z(WARD_TEXT(
					    "{n} facts are assumed, neither asked nor measured")),
				    .mend = ward_str_z(WARD_TEXT(
					    "ask, correct the cell and remove the row of `facts`")),
				    .slot = &slot,
				    .n_slot = 1});
}

void ward_model_basis_check(const struct ward_model *m, ward_ns now, struct ward_diag *diag)
{
	size_t n_assumed = 0;
	const struct ward_basis *first = NULL;

	for (uint32_t i = 0; i < m->basis_off[m->n]; i++) {
		const struct ward_basis *b = &m->basis[i];

		if (b->assumed && !n_assumed++)
			first = b;
		if (ward_basis_old(b, now))
			old(m, b, now, diag);
	}
	if (first)
		assumed(first, n_assumed, diag);
}
