/* How far a rule has come: off, shadow, notice, live. Said by the rule's own `ward: {stage: …}`,
 * and over that by the site's documents with `stages:`, which stand beside its rules and filters.
 */
#include "detect/load.h"

enum { REFS_MAX = 16384 };

/* One rule that a `stages:` document names. */
struct ward_stage_ref {
	struct ward_str ref, file;
	uint32_t line;
	enum ward_stage stage;
	uint32_t rule; /* that it names; WARD_NONE: not looked for yet, or none */
};

static const char *const name[] = {"live", "notice", "shadow", "off"};

const char *ward_stage_name(enum ward_stage s)
{
	_Static_assert(WARD_ARRAY_LEN(name) == WARD_STAGE_N, "a name for each");
	WARD_ASSERT((unsigned)s < WARD_STAGE_N);
	return name[s];
}

static bool parse(struct ward_str s, enum ward_stage *ret)
{
	for (unsigned i = 0; i < WARD_STAGE_N; i++)
		if (ward_str_eqz(s, name[i])) {
			*ret = (enum ward_stage)i;
			return true;
		}
	return false;
}

void ward_stage_load(struct ward_rule *r, const struct ward_conf *ours, struct ward_diag *d)
{
	const struct ward_conf *v = ward_conf_get(ours, "stage");

	if (v && (v->kind != WARD_CONF_SCALAR || !parse(v->text, &r->stage)))
		ward_rule_refuse(r, d, v->line, WARD_TEXT("ward map"),
			WARD_TEXT("'stage' has the bad value '%.*s'\nwrite off, shadow, notice or "
				  "live"),
			WARD_STR_ARG(v->text));
}

static enum ward_err add(struct ward_ruleset *rs, const struct ward_conf *v, enum ward_stage stage,
	struct ward_str file, struct ward_diag *d)
{
	struct ward_stage_ref *ref;
	enum ward_err err;

	if (v->kind != WARD_CONF_SCALAR || !v->text.len) {
		ward_diag_addf(d, WARD_DIAG_ERROR, file, v->line,
			WARD_TEXT("a rule is named by its id or name\nwrite text"));
		return WARD_OK;
	}
	err = ward_mem_more(
		rs->mem, &rs->stage, rs->n_stage, &rs->cap_stage, sizeof(*rs->stage), REFS_MAX);
	if (err)
		return err;
	ref = &rs->stage[rs->n_stage];
	*ref = (struct ward_stage_ref){
		ward_arena_str(&rs->arena, v->text), file, v->line, stage, WARD_NONE};
	if (!ref->ref.p)
		return WARD_ERR_NOMEM;
	rs->n_stage++;
	return WARD_OK;
}

enum ward_err ward_stages_load(struct ward_ruleset *rs, const struct ward_conf *doc,
	struct ward_str file, struct ward_diag *d)
{
	static const char *const known[] = {
		"title", "description", "author", "date", "modified", "stages", NULL};
	const struct ward_conf *c = ward_conf_get(doc, "stages");
	enum ward_err err = WARD_OK;

	ward_conf_only(doc, known, d);
	if (c->kind != WARD_CONF_MAP) {
		ward_diag_addf(d, WARD_DIAG_ERROR, file, c->line,
			WARD_TEXT("'stages' must be a map\nwrite a list of rules under off, "
				  "shadow, notice "
				  "or "
				  "live"));
		return WARD_OK;
	}
	for (const struct ward_conf *s = c->child; s && !err; s = s->next) {
		enum ward_stage stage;

		if (!parse(s->key, &stage)) {
			ward_diag_addf(d, WARD_DIAG_ERROR, file, s->line,
				WARD_TEXT("there is no stage '%.*s'\nwrite off, shadow, notice or "
					  "live"),
				WARD_STR_ARG(s->key));
			continue;
		}
		if (s->kind == WARD_CONF_SCALAR)
			err = add(rs, s, stage, file, d);
		for (const struct ward_conf *v = s->kind == WARD_CONF_SEQ ? s->child : NULL;
			v && !err; v = v->next)
			err = add(rs, v, stage, file, d);
	}
	return err;
}

void ward_stages_free(struct ward_ruleset *rs)
{
	ward_mem_free(rs->mem, rs->stage, rs->cap_stage * sizeof(*rs->stage));
}

static void apply_one(struct ward_ruleset *rs, size_t i, struct ward_diag *d)
{
	struct ward_stage_ref *s = &rs->stage[i];
	uint32_t at = ward_ruleset_find(rs, s->ref);

	if (at == WARD_NONE) {
		ward_diag_addf(d, WARD_DIAG_ERROR, s->file, s->line,
			WARD_TEXT("no loaded rule has the id or name '%.*s'\nload its file too, or "
				  "correct "
				  "the "
				  "name"),
			WARD_STR_ARG(s->ref));
		return;
	}
	for (size_t k = 0; k < i; k++) {
		const struct ward_stage_ref *o = &rs->stage[k];

		if (o->rule != at)
			continue;
		ward_diag_addf(d, WARD_DIAG_ERROR, s->file, s->line,
			WARD_TEXT("rule '%.*s' has a stage by %.*s:%u already\nremove one of the "
				  "two"),
			WARD_STR_ARG(s->ref), WARD_STR_ARG(o->file), o->line);
		return;
	}
	s->rule = at;
	rs->rule[at]->stage = s->stage;
}

/* Off, and no correlation waits for it: it need not be tried. */
static bool idle(const struct ward_rule *r)
{
	return r->stage == WARD_STAGE_OFF && r->n_parent == 0;
}

/* Its members feed it no longer; true when it was their parent. */
static bool leave(struct ward_ruleset *rs, uint32_t corr)
{
	bool left = false;

	for (size_t i = 0; i < rs->n_rule; i++) {
		struct ward_rule *r = rs->rule[i];
		size_t n = 0;

		for (size_t k = 0; k < r->n_parent; k++)
			if (r->parent[k] != corr)
				r->parent[n++] = r->parent[k];
		left |= n < r->n_parent;
		r->n_parent = n;
	}
	return left;
}

void ward_stages_apply(struct ward_ruleset *rs, struct ward_diag *d)
{
	bool again = true;

	for (size_t i = 0; i < rs->n_stage; i++)
		apply_one(rs, i, d);
	while (again) { /* at most as often as correlations stand above each other */
		again = false;
		for (size_t i = 0; i < rs->n_rule; i++)
			if (rs->rule[i]->corr && idle(rs->rule[i]))
				again |= leave(rs, (uint32_t)i);
	}
}
