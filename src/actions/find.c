#include "actions/find.h"

#include <stdlib.h>

enum { MILLION = 1000000, ARENA_MAX = 1 << 30 };

static enum ward_err base(struct find *f, struct ward_impacts *all)
{
	return ward_engine_what_if(
		f->w->e, f->ask->seed, f->ask->n_seed, f->ask->change, f->ask->n_change, all);
}

enum ward_err ward_actions_anew(struct find *f)
{
	struct ward_impacts all;

	ward_stage_forget(&f->stage);
	return base(f, &all);
}

static enum ward_err room(struct find *f)
{
	size_t n = ward_model_n(f->w->m) + 1;

	f->relief = ward_arena_array(f->work, n, sizeof(*f->relief));
	f->chance = ward_arena_array(f->work, n, sizeof(*f->chance));
	f->hung.on = ward_arena_array(f->work, n, sizeof(*f->hung.on));
	f->hung.like = ward_arena_array(f->work, n, sizeof(*f->hung.like));
	if (!f->relief || !f->chance || !f->hung.on || !f->hung.like)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < f->w->works->n_team; k++)
		f->teams[k] = f->ask->teams[k] ? f->ask->teams[k] : f->w->works->team[k].number;
	f->stage = (struct ward_stage){.m = f->w->m,
		.works = f->w->works,
		.e = f->w->e,
		.seed = f->ask->seed,
		.n_seed = f->ask->n_seed,
		.first = f->ask->change,
		.n_first = f->ask->n_change};
	return ward_stage_init(&f->stage, f->work);
}

/* The forecast if nothing is done. */
static enum ward_err keep_base(struct find *f, const struct ward_impacts *all)
{
	struct ward_actions *p = f->p;

	f->base = ward_arena_array(f->work, all->n + 1, sizeof(*f->base));
	if (!f->base)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < all->n; i++)
		f->base[f->n_base++] = all->item[i];
	return ward_impacts_endless(all, f->w->r, f->w->m, &p->arena, &p->endless);
}

static bool beyond(const struct find *f, const struct ward_action *x)
{
	return x->people > f->teams[x->team] || x->cost > f->ask->budget;
}

/* What it avoids, and whom it saves. */
static enum ward_err tell(
	struct find *f, struct ward_actions_item *it, const int64_t *before, uint32_t *saved)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	struct ward_actions *p = f->p;
	uint32_t *own;

	it->gain_micro = p->nothing.care_micro - it->after.care_micro - (int64_t)x->cost * MILLION;
	it->beyond = beyond(f, x);
	for (size_t k = 0; k < p->n_down; k++) {
		uint32_t s = p->down[k].asset;

		if (before[s] * 2 > MILLION && f->chance[s] * 2 <= MILLION)
			saved[it->n_saved++] = s;
	}
	own = ward_arena_array(&p->arena, it->n_saved + 1, sizeof(*own));
	for (uint32_t k = 0; own && k < it->n_saved; k++)
		own[k] = saved[k];
	it->saved = own;
	return own ? WARD_OK : WARD_ERR_NOMEM;
}

static void changes_nothing(struct find *f, struct ward_actions_item *it)
{
	const struct ward_action *x = &f->w->set->action[it->action];

	it->after = f->p->nothing;
	it->after.worst_micro = WARD_ACTIONS_UNKNOWN;
	it->gain_micro = -(int64_t)x->cost * MILLION;
	it->beyond = beyond(f, x);
}

/* What works only with others is not judged alone: behind all others. */
static enum ward_err set_apart(struct find *f)
{
	struct ward_actions *p = f->p;
	struct ward_actions_item *with = ward_arena_array(f->work, p->n_item + 1, sizeof(*with));
	size_t n = 0;

	if (!with)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n_item; i++)
		if (p->item[i].with)
			with[p->n_with++] = p->item[i];
		else
			p->item[n++] = p->item[i];
	for (size_t i = 0; i < p->n_with; i++)
		p->item[n + i] = with[i];
	p->n_item = n;
	return WARD_OK;
}

/* Behind those that are left, if some went. */
static void close_up(struct ward_actions *p, size_t before)
{
	for (size_t i = 0; i < p->n_with && before > p->n_item; i++)
		p->item[p->n_item + i] = p->item[before + i];
}

/* One action alone; LIMIT: its forecast has too many changes. */
static enum ward_err judge_one(
	struct find *f, uint32_t i, const int64_t *before, uint32_t *saved, struct alike *alike)
{
	struct ward_actions_item *it = &f->p->item[i];
	uint32_t like = ward_actions_alike_find(f, alike, it);

	if (ward_actions_still(f, it)) {
		changes_nothing(f, it);
		return WARD_OK;
	}
	if (like != WARD_NONE) {
		const struct ward_actions_item *had = &f->p->item[like];

		it->after = had->after;
		it->saved = had->saved;
		it->n_saved = had->n_saved;
		it->gain_micro = had->gain_micro;
		it->beyond = had->beyond;
		return WARD_OK;
	}
	enum ward_err err = ward_actions_effect(f, &i, 1, &it->after);

	return err ? err : tell(f, it, before, saved);
}

/* Each action alone. What loses more care than doing nothing asks the clinical side too. */
static enum ward_err judge_all(struct find *f, const int64_t *before, struct alike *alike)
{
	struct ward_actions *p = f->p;
	uint32_t *saved = ward_arena_array(f->work, p->n_down + 1, sizeof(*saved));
	enum ward_err err = saved ? WARD_OK : WARD_ERR_NOMEM;
	size_t n = 0, all = p->n_item;

	for (uint32_t i = 0; i < p->n_item && !err; i++) {
		struct ward_actions_item *it = &p->item[i];

		if (ward_actions_spent(f) && !ward_actions_still(f, it) &&
			ward_actions_alike_find(f, alike, it) == WARD_NONE) {
			p->n_more++;
			p->spent = true;
			continue;
		}
		err = judge_one(f, i, before, saved, alike);
		if (err == WARD_ERR_LIMIT) {
			p->n_unjudged++;
			err = WARD_OK;
			continue;
		}
		if (err)
			break;
		if (it->after.care_micro >= p->nothing.care_micro + GRAIN && !it->clinical) {
			it->clinical = true;
			if (!ward_actions_answer(f, it))
				continue;
		}
		p->item[n] = *it;
		err = ward_actions_alike_put(f, alike, it, (uint32_t)n++);
	}
	p->n_item = n;
	close_up(p, all);
	return err;
}

static enum ward_err judge(struct find *f, const int64_t *before)
{
	struct alike alike;

	ward_actions_alike_init(f, &alike);
	enum ward_err err = judge_all(f, before, &alike);

	ward_actions_alike_fini(&alike);
	return err;
}

/* Doing nothing, before any action is looked at. */
static enum ward_err nothing(struct find *f, int64_t **before)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		n += ward_model_node(f->w->m, i)->kind == WARD_NODE_SERVICE;
	f->p->down = ward_arena_array(&f->p->arena, n + 1, sizeof(*f->p->down));
	f->downs = ward_arena_array(f->work, ward_model_n(f->w->m) + 1, sizeof(*f->downs));
	if (!f->p->down || !f->downs)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		f->downs[i] = false;
	f->mark = true;
	enum ward_err err = ward_actions_effect(f, NULL, 0, &f->p->nothing);

	f->mark = false;
	f->downs = NULL;
	*before = ward_arena_array(f->work, ward_model_n(f->w->m) + 1, sizeof(**before));
	if (!*before)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < ward_model_n(f->w->m) && !err; i++)
		(*before)[i] = f->chance[i];
	if (!err)
		err = ward_actions_worst(f, NULL, 0, &f->p->nothing);
	return err ? err : ward_actions_spells(f, NULL, 0, &f->p->nothing_spells);
}

static int by_gain(const void *va, const void *vb, void *ctx)
{
	const struct ward_actions_item *a = va, *b = vb;
	const struct ward_actions_world *w = ctx;

	if (a->gain_micro != b->gain_micro)
		return a->gain_micro > b->gain_micro ? -1 : 1;
	if (a->action != b->action)
		return a->action < b->action ? -1 : 1;
	return ward_str_cmp(ward_model_node(w->m, a->node)->id, ward_model_node(w->m, b->node)->id);
}

/* What is told to people: with half a care unit more or less nothing is changed. */
bool ward_actions_changes(const struct ward_actions *p, const struct ward_actions_item *it)
{
	int64_t less = p->nothing.care_micro - it->after.care_micro;

	return less >= MILLION / 2 || less <= -MILLION / 2 || it->chosen;
}

/* The worst case, of those that people are told of. */
static enum ward_err worst_of_first(struct find *f)
{
	struct ward_actions *p = f->p;
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (uint32_t i = 0; i < p->n_item && !err; i++) {
		if (!ward_actions_changes(p, &p->item[i]) ||
			(n >= WARD_ACTIONS_SHOWN && !p->item[i].chosen))
			continue;
		if (ward_actions_spent(f))
			break;
		n++;
		if (p->item[i].with) {
			p->item[i].after.worst_micro = p->best.worst_micro;
			p->item[i].spells = p->best_spells;
			continue;
		}
		err = ward_actions_worst(f, &i, 1, &p->item[i].after);
		if (!err)
			err = ward_actions_spells(f, &i, 1, &p->item[i].spells);
	}
	return err;
}

/* The effort of the next part. */
static void allow(struct find *f)
{
	f->looks = 0;
	f->most = f->ask->effort ? f->ask->effort : WARD_ACTIONS_EFFORT;
}

static enum ward_err find(struct find *f)
{
	struct ward_impacts all;
	int64_t *before = NULL;
	enum ward_err err = room(f);

	if (!err)
		err = base(f, &all);
	if (!err)
		err = keep_base(f, &all);
	if (!err)
		err = nothing(f, &before);
	if (!err && f->ask->begun) {
		f->ask->begun(f->ask->ctx, f->p);
		f->p->told = true;
	}
	allow(f);
	if (!err)
		err = ward_actions_candidates(f);
	allow(f);
	if (!err)
		err = ward_actions_anew(f);
	if (!err)
		err = set_apart(f);
	if (!err)
		err = judge(f, before);
	if (err)
		return err;
	if (f->p->n_item)
		qsort_r(f->p->item, f->p->n_item, sizeof(*f->p->item), by_gain,
			(void *)(uintptr_t)f->w);
	allow(f);
	err = ward_actions_choose(f);
	allow(f);
	if (!err)
		err = ward_actions_join(f);
	allow(f);
	if (!err)
		err = ward_actions_prepare(f);
	allow(f);
	return err ? err : worst_of_first(f);
}

enum ward_err ward_actions_find(const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, const struct ward_mem *mem, struct ward_actions *ret)
{
	struct ward_arena work;
	struct find f = {.w = w, .ask = ask, .p = ret, .work = &work, .mem = mem, .sides = true};

	*ret = (struct ward_actions){0};
	ward_arena_init(&ret->arena, mem, ARENA_MAX);
	ward_arena_init(&work, mem, ARENA_MAX);
	enum ward_err err = find(&f);

	ward_arena_fini(&work);
	return err;
}

void ward_actions_fini(struct ward_actions *p)
{
	ward_arena_fini(&p->arena);
	*p = (struct ward_actions){0};
}
