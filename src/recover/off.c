/* Taking a struck thing off its networks is for others as if it did not work. Where that alone
 * takes care or a medical device down, or sooner, or likelier than the incident does, it is not for
 * a plan to say: a clinical role has to agree. Asks the engine, after the plan is made of it. */
#include "recover/care.h"
#include "recover/world.h"

enum {
	EFFORT = 1 << 23
}; /* edges that the engine looks at: some 0.7 s; what is beyond counts as if
    * it touched care */

struct look {
	const struct ward_recover_world *w;
	const struct ward_recover_ask *ask;
	struct ward_care care;
	struct ward_care_seen *seen;
	uint32_t outage;
	bool ended;    /* the engine was asked enough */
	size_t effort; /* of it so far */
};

/* Whom it touches that the thing is off its networks from `at` on. */
static enum ward_err touched(
	struct look *l, const struct ward_recover_job *j, ward_ns at, bool keep, uint32_t *ret)
{
	struct ward_seed_threat off = {j->node, l->outage, at, 1000000, 1000000};
	enum ward_err err = WARD_OK;

	*ret = WARD_NONE;
	if (l->ended || l->outage == WARD_NONE)
		return WARD_OK;
	err = ward_care_touched(l->seen, &off, keep, ret);
	l->effort += l->w->e->effort;
	l->ended = err == WARD_ERR_LIMIT || l->effort > EFFORT;
	return err == WARD_ERR_LIMIT ? WARD_OK : err; /* so much comes of it: care is in it */
}

static enum ward_err begin(struct look *l, struct ward_arena *a)
{
	const struct ward_recover_ask *ask = l->ask;
	enum ward_err err = ward_care_find(l->w->m, a, &l->care);

	return err ? err
		   : ward_care_look(l->w->e, l->w->m, ask->seed, ask->n_seed, ask->change,
			     ask->n_change, a, &l->seen);
}

/* Each by itself, begun now: so actions judge it, and both ask the same role. */
static enum ward_err alone(struct look *l, struct ward_recover_job *j)
{
	uint32_t whom;
	enum ward_err err = touched(l, j, l->ask->now, false, &whom);

	j->clinical = l->ended || whom != WARD_NONE || ward_care_asks(&l->care, j->node, true);
	j->word = whom;
	return err;
}

/* Whom the incident leaves no worse off by it, as they are down already, it may still keep down. */
static enum ward_err at_all(struct look *l, struct ward_recover_job *j)
{
	struct ward_seed_threat off = {j->node, l->outage, l->ask->now, 1000000, 1000000};
	enum ward_err err = WARD_OK;

	if (j->word != WARD_NONE || l->ended || l->outage == WARD_NONE)
		return WARD_OK;
	err = ward_care_alone(l->w->e, l->w->m, &off, &j->word);
	l->effort += l->w->e->n_edge;
	l->ended = l->effort > EFFORT;
	j->clinical = j->clinical || j->word != WARD_NONE || err == WARD_ERR_LIMIT;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

/* What may be taken off stays off for those after it: of two that stand in for one another the
 * second is what care cannot spare. */
static enum ward_err together(struct look *l, struct ward_recover_job *j)
{
	ward_ns at = j->struck > l->ask->now ? j->struck : l->ask->now;
	uint32_t whom;
	enum ward_err err = touched(l, j, at, true, &whom);

	j->clinical = l->ended || whom != WARD_NONE;
	j->word = whom;
	return err;
}

enum ward_err ward_recover_off(const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_arena *a, struct ward_recover *p)
{
	struct look l = {.w = w,
		.ask = ask,
		.outage = ward_threats_find(ward_model_threats(w->m), WARD_STR("outage"))};
	struct ward_impacts all;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < p->n_job && !err; i++) {
		struct ward_recover_job *j = &p->job[i];

		j->word = WARD_NONE;
		j->isolate = j->end > j->worked && !j->medical;
		if (!j->isolate)
			continue;
		if (!l.seen)
			err = begin(&l, a);
		if (!err)
			err = alone(&l, j);
	}
	for (size_t i = 0; i < p->n_job && !err; i++)
		if (p->job[i].isolate)
			err = at_all(&l, &p->job[i]);
	if (l.seen && !err)
		err = ward_engine_what_if(
			w->e, ask->seed, ask->n_seed, ask->change, ask->n_change, &all);
	for (size_t i = 0; i < p->n_job && !err; i++)
		if (p->job[i].isolate && !p->job[i].clinical)
			err = together(&l, &p->job[i]);
	for (size_t i = 0; i < p->n_job && !err; i++)
		if (p->job[i].clinical)
			p->job[i].word = ward_care_role(w->works, p->job[i].word);
	return err;
}
