#include "paths/find.h"

enum { MILLION = 1000000 };

static uint64_t with(uint64_t key, struct ward_str s)
{
	return ward_siphash((struct ward_seed){key, s.len}, s.p, s.len);
}

/* By what it is called, so that no order of files changes a draw. */
static uint64_t key_of(const struct ward_find *f, const struct ward_ground_step *s)
{
	const struct ward_model *m = f->w->m;
	bool attack = s->kind == WARD_GROUND_ATTACK;
	uint64_t key = with(s->kind,
		attack ? f->w->attack->step[s->index].id : ward_rules_id(f->w->rules, s->index));

	if (s->to < ward_model_n(m))
		key = with(key, ward_model_node(m, s->to)->id);
	/* a rule of supply has many sources and is one step */
	bool one = attack || !ward_rules_view(f->w->rules, s->index).supply;

	if (one && s->from < ward_model_n(m))
		key = with(key, ward_model_node(m, s->from)->id);
	return s->vuln != WARD_NONE ? with(key, f->w->facts->vuln[s->vuln].cve) : key;
}

static struct ward_sample_step sampled(const struct ward_find *f, size_t i)
{
	const struct ward_ground_step *s = &f->p->ground.step[i];
	struct ward_sample_step to = {
		.mean_ms = (uint64_t)(s->time / WARD_NS_PER_MS),
		.chance_micro = (uint32_t)((s->lo_micro + s->hi_micro) / 2),
		.work = s->kind == WARD_GROUND_ATTACK,
	};

	if (s->kind == WARD_GROUND_ATTACK || s->kind == WARD_GROUND_RULE)
		to.key = key_of(f, s);
	return to;
}

enum ward_err ward_find_times(struct ward_find *f)
{
	const struct ward_aog *g = ward_find_graph(f);
	struct ward_paths *p = f->p;
	struct ward_sample_step *step;

	if (!f->ask->samples)
		return WARD_OK;
	step = ward_mem_alloc(g->mem, (g->n_step + 1) * sizeof(*step));
	struct ward_sample_time *time =
		ward_arena_array(&p->arena, f->ask->n_service, sizeof(*time));
	enum ward_err err = step && time ? WARD_OK : WARD_ERR_NOMEM;

	if (!err) {
		for (size_t i = 0; i < g->n_step; i++)
			step[i] = sampled(f, i);
		p->n_sample = f->ask->samples == WARD_PATHS_USUAL ? ward_sample_usual(g->n_step)
								  : f->ask->samples;
		const struct ward_sample_ask ask = {
			step, f->goal, f->ask->n_service, f->ask->seed, p->n_sample};

		err = ward_sample_times(g, &ask, time);
	}
	if (!err)
		p->time = time;
	ward_mem_free(g->mem, step, (g->n_step + 1) * sizeof(*step));
	return err;
}
