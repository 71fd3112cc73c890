#include "paths/attack_read.h"

#include "conf/dir.h"

#include <stdlib.h>

enum { BYTES_MAX = 256 << 20, NEAR_BUDGET = 1000000 };

const char *ward_attack_skill_name(enum ward_attack_skill s)
{
	static const char *const name[] = {"low", "medium", "high"};

	return s < WARD_SKILL_N ? name[s] : "unknown";
}

bool ward_attack_fits(const struct ward_attack_class *c, const struct ward_model *m, uint32_t node)
{
	const struct ward_node *n = ward_model_node(m, node);

	if (c->class != WARD_NONE && !ward_model_is(m, node, c->class))
		return false;
	for (size_t i = 0; i < c->n_except; i++)
		if (ward_model_is(m, node, c->except[i]))
			return false;
	if (!c->zones)
		return true;
	return n->zone != WARD_NONE && c->zones >> ward_model_node(m, n->zone)->zone_kind & 1;
}

static void each(struct ward_attack_reader *l, const char *key,
	void (*read)(struct ward_attack_reader *, const struct ward_conf *))
{
	for (size_t f = 0; f < l->n_file; f++) {
		for (const struct ward_conf *doc = l->file[f]->child; doc; doc = doc->next) {
			const struct ward_conf *list = ward_conf_get(doc, key);

			if (!list)
				continue;
			if (list->kind != WARD_CONF_SEQ)
				ward_attack_bad(l, list, WARD_TEXT("no list:"), ward_str_z(key),
					WARD_TEXT("write a list of maps"));
			for (const struct ward_conf *c = list->kind == WARD_CONF_SEQ ? list->child
										     : NULL;
				c; c = c->next) {
				if (c->kind == WARD_CONF_MAP)
					read(l, c);
				else
					ward_attack_bad(l, c, WARD_TEXT("not a map in"),
						ward_str_z(key),
						WARD_TEXT("write {id: …, text: …}"));
			}
		}
	}
}

static void add_text(struct ward_attack_reader *l, struct ward_str file, struct ward_slice bytes)
{
	static const char *const known[] = {"states", "steps", "measures", NULL};
	const struct ward_conf *docs;

	if (l->n_file == WARD_ATTACK_FILES) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("more than %d files of attack steps\njoin some of them"),
			WARD_ATTACK_FILES);
		return;
	}
	enum ward_err err = ward_conf_yaml(&l->scratch, l->lim, file, bytes, l->diag, &docs);

	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (err)
		return;
	for (const struct ward_conf *doc = docs->child; doc; doc = doc->next) {
		if (doc->kind == WARD_CONF_MAP)
			ward_conf_only(doc, known, l->diag);
		else if (doc->kind != WARD_CONF_NULL)
			ward_attack_bad(l, doc, WARD_TEXT("not a map:"), file,
				WARD_TEXT("write states:, steps: and measures:"));
	}
	l->file[l->n_file++] = docs;
}

/* Orders by id, which must be unique: the numbers then depend on no order of files. */
static int state_cmp(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_attack_state *)a)->id,
		((const struct ward_attack_state *)b)->id);
}
static int step_cmp(const void *a, const void *b)
{
	return ward_str_cmp(
		((const struct ward_attack_step *)a)->id, ((const struct ward_attack_step *)b)->id);
}
static int measure_cmp(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_attack_measure *)a)->id,
		((const struct ward_attack_measure *)b)->id);
}

static void twice(struct ward_attack_reader *l, const char *what, struct ward_str a,
	struct ward_str b, struct ward_str file, uint32_t line)
{
	if (ward_str_eq(a, b))
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, line,
			WARD_TEXT("the %s '%.*s' is there twice\nuse another id"), what,
			WARD_STR_ARG(b));
}

static enum ward_err finish(struct ward_attack_reader *l, size_t before)
{
	struct ward_attack *a = l->a;

	each(l, "states", ward_attack_read_state);
	if (a->n_state)
		qsort(a->state, a->n_state, sizeof(*a->state), state_cmp);
	for (size_t i = 1; i < a->n_state; i++)
		twice(l, "state", a->state[i - 1].id, a->state[i].id, a->state[i].file,
			a->state[i].line);
	each(l, "steps", ward_attack_read_step);
	if (a->n_step)
		qsort(a->step, a->n_step, sizeof(*a->step), step_cmp);
	for (size_t i = 1; i < a->n_step; i++)
		twice(l, "step", a->step[i - 1].id, a->step[i].id, a->step[i].file,
			a->step[i].line);
	each(l, "measures", ward_attack_read_measure);
	if (a->n_measure)
		qsort(a->measure, a->n_measure, sizeof(*a->measure), measure_cmp);
	for (size_t i = 1; i < a->n_measure; i++)
		twice(l, "measure", a->measure[i - 1].id, a->measure[i].id, a->measure[i].file,
			a->measure[i].line);
	if (l->nomem)
		return WARD_ERR_NOMEM;
	return l->diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

static void add_file(void *ctx, struct ward_str path, struct ward_slice bytes)
{
	add_text(ctx, path, bytes);
}

static void add_dir(struct ward_attack_reader *l, const char *dir, bool required)
{
	const struct ward_conf_dir d = {l->lim, l->diag, &l->scratch, add_file, l};

	l->nomem = l->nomem || ward_conf_dir(&d, dir, required) != WARD_OK;
}

static enum ward_err begin(struct ward_attack_reader *l, const struct ward_mem *mem)
{
	l->a = ward_mem_alloc(mem, sizeof(*l->a));
	if (!l->a)
		return WARD_ERR_NOMEM;
	l->a->mem = mem;
	l->near_budget = NEAR_BUDGET;
	ward_arena_init(&l->a->arena, mem, BYTES_MAX);
	ward_arena_init(&l->scratch, mem, BYTES_MAX);
	return WARD_OK;
}

static enum ward_err give(struct ward_attack_reader *l, enum ward_err err, struct ward_attack **ret)
{
	ward_arena_fini(&l->scratch);
	if (err)
		ward_attack_free(l->a);
	else
		*ret = l->a;
	return err;
}

enum ward_err ward_attack_load(const char *content, const char *hospital,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_attack **ret)
{
	struct ward_attack_reader l = {.m = m, .lim = lim, .diag = diag};
	size_t before = diag->n_error;
	enum ward_err err = begin(&l, mem);

	if (err)
		return err;
	add_dir(&l, content, true);
	if (hospital)
		add_dir(&l, hospital, false);
	return give(&l, finish(&l, before), ret);
}

enum ward_err ward_attack_parse(const struct ward_attack_text *text, size_t n,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_attack **ret)
{
	struct ward_attack_reader l = {.m = m, .lim = lim, .diag = diag};
	size_t before = diag->n_error;
	enum ward_err err = begin(&l, mem);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		add_text(&l, text[i].file, text[i].bytes);
	return give(&l, finish(&l, before), ret);
}

void ward_attack_free(struct ward_attack *a)
{
	if (!a)
		return;
	const struct ward_mem *mem = a->mem;

	ward_mem_free(mem, a->state, a->cap_state * sizeof(*a->state));
	ward_mem_free(mem, a->step, a->cap_step * sizeof(*a->step));
	ward_mem_free(mem, a->measure, a->cap_measure * sizeof(*a->measure));
	ward_arena_fini(&a->arena);
	ward_mem_free(mem, a, sizeof(*a));
}
