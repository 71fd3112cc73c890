/* The numbers of a month, of the one before, and of twelve. */
#include "proof/priv.h"

#include "base/people.h"

#include <stdlib.h>

enum { SHOWN = 12 };

static const struct proof_month *month_at(const struct ward_proof *p, ward_month is)
{
	const struct proof_month *m = is < 0 ? NULL : &p->month[is % WARD_PROOF_MONTHS];

	return m && m->is == is ? m : NULL;
}

static ward_ns mean(const struct proof_cell *c)
{
	return c->n ? c->sum / (ward_ns)c->n : 0;
}

static void of_rows(const struct ward_proof_ask *ask, struct ward_proof_facts *ret)
{
	const struct ward_proof *p = ask->proof;

	for (size_t f = 0; f < WARD_FACT_N; f++) {
		struct ward_proof_value *v = &ret->value[f];

		v->first = p->first[f];
		v->last = p->last[f];
		if (ward_fact_from((enum ward_fact)f) != WARD_FROM_RECORD)
			continue;
		struct proof_cell all = {.n = 0};

		v->known = p->since != WARD_NS_NEVER;
		for (ward_month i = ask->month - SHOWN; i <= ask->month; i++) {
			const struct proof_month *m = month_at(p, i);

			all.n += m ? m->cell[f].n : 0;
			all.sum += m ? m->cell[f].sum : 0;
			if (m && i == ask->month) {
				v->now = m->cell[f].n;
				v->mean = mean(&m->cell[f]);
				v->most = m->cell[f].most;
			}
			if (m && i == ask->month - 1) {
				v->then = m->cell[f].n;
				v->mean_then = mean(&m->cell[f]);
			}
		}
		v->n = all.n;
		v->mean_all = mean(&all);
	}
	for (ward_month i = 0; i < SHOWN; i++) {
		const struct proof_month *m = month_at(p, ask->month - (SHOWN - 1) + i);

		ret->began[i] = m ? m->cell[WARD_FACT_INCIDENTS].n : 0;
	}
}

/* ---- harm: a service that several incidents hit counts once ---- */

struct span {
	uint32_t node;
	ward_ns from, to;
};

static int by_begin(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static size_t spans(const struct ward_proof_ask *ask, bool likely, struct span *ret)
{
	const struct ward_proof *p = ask->proof;
	size_t n = 0;

	for (size_t i = 0; i < p->n_harm; i++) {
		const struct proof_harm *h = &p->harm[i];
		const struct proof_incident *in = &p->incident[h->incident];
		ward_ns to = h->until < in->over ? h->until : in->over;

		to = to < ask->now ? to : ask->now;
		if (!(likely ? h->likely : h->possible) || in->dismissed || h->from >= to)
			continue;
		ret[n++] = (struct span){h->node, h->from, to};
	}
	if (n)
		qsort(ret, n, sizeof(*ret), by_begin);
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (k && ret[k - 1].node == ret[i].node && ret[i].from <= ret[k - 1].to) {
			ret[k - 1].to = ret[i].to > ret[k - 1].to ? ret[i].to : ret[k - 1].to;
			continue;
		}
		ret[k++] = ret[i];
	}
	return k;
}

static uint64_t minutes(const struct span *s, size_t n, ward_ns from, ward_ns to)
{
	ward_ns sum = 0;

	for (size_t i = 0; i < n; i++) {
		ward_ns a = s[i].from > from ? s[i].from : from, b = s[i].to < to ? s[i].to : to;

		sum += b > a ? b - a : 0;
	}
	return (uint64_t)(sum / (60 * WARD_NS_PER_S));
}

static enum ward_err of_care(const struct ward_proof_ask *ask, struct ward_proof_facts *ret)
{
	size_t cap = ask->proof->n_harm;
	struct span *s = cap ? ward_mem_alloc(ask->proof->mem, cap * sizeof(*s)) : NULL;

	if (cap && !s)
		return WARD_ERR_NOMEM;
	for (int likely = 0; likely < 2 && s; likely++) {
		struct ward_proof_value *v =
			&ret->value[likely ? WARD_FACT_HARM_LIKELY : WARD_FACT_HARM];
		size_t n = spans(ask, likely, s);

		for (ward_month i = 0; i <= SHOWN; i++) {
			ward_month m = ask->month - SHOWN + i;
			uint64_t min = minutes(s, n, ward_month_begin(m), ward_month_begin(m + 1));

			v->n += min;
			v->then = i == SHOWN - 1 ? min : v->then;
			v->now = i == SHOWN ? min : v->now;
			if (!likely && i)
				ret->harm[i - 1] = min;
		}
	}
	ward_mem_free(ask->proof->mem, s, cap * sizeof(*s));
	return WARD_OK;
}

/* ---- clocks of the law ---- */

/* What was said of those that it took up is said of it, too. */
static enum ward_err case_of(
	const struct ward_proof *p, const struct proof_incident *in, struct ward_law_case *ret)
{
	size_t n = p->n_incident < WARD_PROOF_INCIDENTS ? p->n_incident : WARD_PROOF_INCIDENTS;
	enum ward_err err = in->law ? ward_law_join(ret, in->law) : WARD_OK;

	for (size_t i = 0; i < n && !err; i++)
		if (p->incident[i].law && &p->incident[i] != in &&
			ward_id_eq(p->incident[i].into, in->id))
			err = ward_law_join(ret, p->incident[i].law);
	return err;
}

static enum ward_err clocks_of(const struct ward_proof_ask *ask, const struct proof_incident *in,
	struct ward_proof_facts *ret)
{
	struct ward_law_record record = {.event = in->event, .detected = in->told};
	struct ward_law_clock k[WARD_LAW_RULES];
	struct ward_law_case c;

	memcpy(record.seen, in->seen, sizeof(record.seen));
	ward_law_case_init(&c, ask->proof->mem);
	enum ward_err err = case_of(ask->proof, in, &c);
	size_t n = err ? 0 : ward_law_clocks(ask->proof->law, &c, &record, ask->now, k);

	for (size_t i = 0; i < n; i++) {
		ret->due += k[i].state == WARD_LAW_RUNS || k[i].state == WARD_LAW_CHANGED;
		ret->late += k[i].state == WARD_LAW_LATE;
	}
	ward_law_case_fini(&c);
	return err;
}

/* Those that are open, and those of which somebody said that the law asks something. */
static enum ward_err of_law(const struct ward_proof_ask *ask, struct ward_proof_facts *ret)
{
	const struct ward_proof *p = ask->proof;
	const struct ward_id none = {{0}};
	size_t n = p->n_incident < WARD_PROOF_INCIDENTS ? p->n_incident : WARD_PROOF_INCIDENTS;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++) {
		const struct proof_incident *in = &p->incident[i];

		if (in->dismissed || !ward_id_eq(in->into, none))
			continue;
		ret->open += in->over == WARD_NS_NEVER;
		if (p->law && (in->law || in->over == WARD_NS_NEVER))
			err = clocks_of(ask, in, ret);
	}
	return err;
}

/* What five or more did can't be said of one of them. How many they are is what the set-up says; if
 * it does not, no more than did something. */
static void of_people(const struct ward_proof_ask *ask, struct ward_proof_facts *ret)
{
	for (size_t f = 0; f < WARD_FACT_N; f++) {
		struct ward_proof_value *v = &ret->value[f];
		bool rows = ward_fact_from((enum ward_fact)f) == WARD_FROM_RECORD;

		if (!ward_fact_of_people((enum ward_fact)f) || !v->known || !v->n)
			continue;
		v->few = (ask->setup.people_known && !ward_people_told(ask->setup.n_person)) ||
			 ((!rows || !ask->setup.people_known) && !ward_people_told(v->n));
	}
}

bool ward_proof_has(const struct ward_proof_facts *f, enum ward_fact k)
{
	return f->value[k].known && (f->value[k].n > 0 || ward_fact_kind(k) == WARD_FACT_CALM);
}

enum ward_err ward_proof_gather(const struct ward_proof_ask *ask, struct ward_proof_facts *ret)
{
	*ret = (struct ward_proof_facts){.since = ask->proof->since, .left = ask->proof->left};
	of_rows(ask, ret);
	proof_setup(ask, ret->value);
	of_people(ask, ret);
	enum ward_err err = of_care(ask, ret);

	return err ? err : of_law(ask, ret);
}
