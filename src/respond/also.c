#include "respond/also.h"

#include "respond/concern.h"
#include "respond/plan.h"

_Static_assert(ALSO_TEXTS * sizeof(struct ward_str) == sizeof(struct also), "texts alone");

void respond_also_texts(struct also *a, struct ward_str *ret[ALSO_TEXTS])
{
	struct ward_str *const all[] = {&a->threat, &a->domain, &a->title, &a->on, &a->where,
		&a->role, &a->reach, &a->step};

	_Static_assert(WARD_ARRAY_LEN(all) == ALSO_TEXTS, "all of them");
	memcpy(ret, all, sizeof(all));
}

void respond_also_free(const struct ward_respond *r, struct incident *in)
{
	ward_mem_free(r->o.mem, in->also, in->n_also * sizeof(*in->also));
	ward_mem_free(r->o.mem, in->also_texts.p, in->also_texts.len);
	in->also = NULL;
	in->n_also = 0;
	in->also_texts = (struct texts){NULL, 0};
}

bool respond_also_room(const struct ward_respond *r, struct incident *in, size_t n)
{
	respond_also_free(r, in);
	in->also = n ? ward_mem_alloc(r->o.mem, n * sizeof(*in->also)) : NULL;
	in->n_also = in->also ? n : 0;
	return in->also || !n;
}

bool respond_also_keep(struct ward_respond *r, struct incident *in)
{
	struct ward_str *all[ALSO_MAX * ALSO_TEXTS];

	for (size_t i = 0; i < in->n_also; i++)
		respond_also_texts(&in->also[i], &all[i * ALSO_TEXTS]);
	return !in->n_also || respond_keep_texts(r, &in->also_texts, all, in->n_also * ALSO_TEXTS);
}

bool respond_also_take(struct ward_respond *r, struct incident *in, const struct ward_record *rec)
{
	size_t n = rec->n_critical < ALSO_MAX ? rec->n_critical : ALSO_MAX;

	if (!respond_also_room(r, in, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct ward_record_critical *c = &rec->critical[i];

		in->also[i] = (struct also){c->threat, c->domain, c->title, c->on, c->where,
			c->role, c->reach, c->text};
	}
	return respond_also_keep(r, in);
}

const struct also *respond_also_new(
	const struct ward_respond *r, size_t k, const struct incident *in)
{
	const struct also *best = NULL;

	/* an incident that became critical before is of one kind at least */
	if (in->phase != PHASE_OPEN || in->n_also < 2 || in->n_also <= in->told[k].critical ||
		!(r->steps >> k & 1))
		return NULL;
	for (size_t i = 0; i < in->n_also; i++)
		if (respond_concerned_by(&r->o.listener[k], &in->also[i]) &&
			respond_plans_news(r, k, in, i))
			best = &in->also[i];
	return best;
}
