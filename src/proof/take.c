/* Rows into months. */
#include "proof/priv.h"

#include "recover/care.h"
#include "story/likely.h"

enum { HIGH = 3, RUNS_MAX = 65536 };

enum ward_err ward_proof_new(const struct ward_mem *mem, const struct ward_model *m,
	const struct ward_law *law, struct ward_proof **ret)
{
	struct ward_proof *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_proof){.mem = mem, .m = m, .law = law, .since = WARD_NS_NEVER};
	for (size_t i = 0; i < WARD_FACT_N; i++)
		p->first[i] = p->last[i] = WARD_NS_NEVER;
	ward_tab_init(
		&p->by_id, mem, sizeof(struct ward_id), sizeof(uint32_t), WARD_PROOF_INCIDENTS);
	ward_tab_init(&p->by_harm, mem, sizeof(struct ward_id), sizeof(uint32_t), WARD_PROOF_HARMS);
	ward_tab_init(&p->runs, mem, sizeof(struct ward_id), 1, RUNS_MAX);
	*ret = p;
	return WARD_OK;
}

static void drop_law(struct ward_proof *p, struct proof_incident *in)
{
	if (!in->law)
		return;
	ward_law_case_fini(in->law);
	ward_mem_free(p->mem, in->law, sizeof(*in->law));
	in->law = NULL;
}

static void drop_added(struct ward_proof *p, struct ward_proof_added *x)
{
	ward_mem_free(p->mem, (char *)(uintptr_t)x->on.p, x->on.len + x->role.len + x->text.len);
}

void ward_proof_free(struct ward_proof *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_incident && i < WARD_PROOF_INCIDENTS; i++)
		drop_law(p, &p->incident[i]);
	for (size_t i = 0; i < p->n_added; i++)
		drop_added(p, &p->added[i]);
	ward_mem_free(p->mem, p->incident, p->cap_incident * sizeof(*p->incident));
	ward_mem_free(p->mem, p->harm, p->cap_harm * sizeof(*p->harm));
	ward_tab_fini(&p->by_id);
	ward_tab_fini(&p->by_harm);
	ward_tab_fini(&p->runs);
	ward_mem_free(p->mem, p, sizeof(*p));
}

static struct proof_month *month_of(struct ward_proof *p, ward_ns t)
{
	ward_month is = ward_month_of(t);
	struct proof_month *m = &p->month[is % WARD_PROOF_MONTHS];

	if (is < m->is)
		return NULL; /* longer ago than what is kept */
	if (is > m->is)
		*m = (struct proof_month){.is = is};
	return m;
}

void proof_count(struct ward_proof *p, enum ward_fact f, ward_ns time, ward_ns lasted)
{
	struct proof_month *m = time < 0 ? NULL : month_of(p, time);

	if (!m)
		return;
	m->cell[f].n++;
	m->cell[f].sum += lasted;
	if (lasted > m->cell[f].most)
		m->cell[f].most = lasted;
	if (p->first[f] == WARD_NS_NEVER || time < p->first[f])
		p->first[f] = time;
	if (p->last[f] == WARD_NS_NEVER || time > p->last[f])
		p->last[f] = time;
}

static void count(struct ward_proof *p, enum ward_fact f, ward_ns time)
{
	proof_count(p, f, time, 0);
}

/* A length of time; a clock that was set back gives none. */
static void lasted(struct ward_proof *p, enum ward_fact f, ward_ns from, ward_ns to)
{
	if (to >= from)
		proof_count(p, f, to, to - from);
}

/* ---- incidents ---- */

struct proof_incident *proof_incident(const struct ward_proof *p, struct ward_id id)
{
	const void *at = ward_tab_find(&p->by_id, &id);
	uint32_t n;

	if (!at)
		return NULL;
	memcpy(&n, at, sizeof(n));
	return &p->incident[n % WARD_PROOF_INCIDENTS];
}

static enum ward_err new_incident(
	struct ward_proof *p, struct ward_id id, struct proof_incident **ret)
{
	enum ward_err err = WARD_OK;
	void *at;

	if (p->n_incident < WARD_PROOF_INCIDENTS)
		err = ward_mem_more(p->mem, (void *)&p->incident, p->n_incident, &p->cap_incident,
			sizeof(*p->incident), WARD_PROOF_INCIDENTS);
	if (err)
		return WARD_ERR_NOMEM;
	struct proof_incident *in = &p->incident[p->n_incident % WARD_PROOF_INCIDENTS];

	if (p->n_incident >= WARD_PROOF_INCIDENTS) { /* the oldest goes; its months keep it */
		p->left += in->over == WARD_NS_NEVER;
		(void)ward_tab_del(&p->by_id, &in->id);
		drop_law(p, in);
	}
	*in = (struct proof_incident){.id = id, .decided = WARD_NS_NEVER, .over = WARD_NS_NEVER};
	err = ward_tab_put(&p->by_id, &id, &at, NULL);
	if (err)
		return WARD_ERR_NOMEM;
	memcpy(at, &p->n_incident, sizeof(p->n_incident));
	p->n_incident++;
	*ret = in;
	return WARD_OK;
}

static void end_of(
	struct ward_proof *p, struct proof_incident *in, const struct ward_record *r, ward_ns time)
{
	enum ward_phase phase = ward_record_phase(r->state);

	if (phase == WARD_PHASE_OPEN) {
		in->over = WARD_NS_NEVER; /* also reopened */
		in->dismissed = false;
		return;
	}
	if (in->over != WARD_NS_NEVER)
		return;
	in->over = time;
	in->dismissed = phase == WARD_PHASE_DISMISSED;
	count(p, in->dismissed ? WARD_FACT_DISMISSED : WARD_FACT_OVER, time);
	if (!in->dismissed)
		lasted(p, WARD_FACT_END, in->event, time);
}

static void take_up(
	struct ward_proof *p, struct proof_incident *in, const struct ward_record *r, ward_ns time)
{
	for (size_t i = 0; i < r->n_superseded; i++) {
		struct proof_incident *part = proof_incident(p, r->superseded[i]);

		if (!part || part == in)
			continue;
		part->into = in->id;
		part->over = part->over == WARD_NS_NEVER ? time : part->over;
		if (in->decided == WARD_NS_NEVER)
			in->decided = part->decided;
	}
}

static enum ward_err take_incident(struct ward_proof *p, const struct ward_record *r, ward_ns time)
{
	struct proof_incident *in = proof_incident(p, r->id);
	enum ward_err err = in ? WARD_OK : new_incident(p, r->id, &in);

	if (err)
		return err;
	if (!in->told) {
		in->told = time;
		in->event = r->first;
		count(p, WARD_FACT_INCIDENTS, time);
		lasted(p, WARD_FACT_DETECT, r->first, time);
	}
	in->level = r->level;
	in->cyber = !ward_str_eqz(r->domain, "physical");
	in->seen[WARD_LAW_SEEN_ACCESS] = in->cyber && r->level >= HIGH;
	for (size_t i = 0; i < r->n_member; i++) {
		uint32_t node = ward_model_find(p->m, r->member[i].subject);

		in->seen[WARD_LAW_SEEN_DEVICE] |=
			node != WARD_NONE && ward_care_medical(p->m, node);
	}
	if (r->level >= HIGH && !in->counted_grave) {
		in->counted_grave = true;
		count(p, WARD_FACT_GRAVE, time);
	}
	take_up(p, in, r, time);
	end_of(p, in, r, time);
	return WARD_OK;
}

/* ---- care ---- */

static enum ward_err take_harm(struct ward_proof *p, const struct ward_record *r, ward_ns time)
{
	struct proof_incident *in = proof_incident(p, r->incident);
	uint32_t *at = ward_tab_find(&p->by_harm, &r->id), i;
	void *slot;

	if (at && r->withdrawn) {
		memcpy(&i, at, sizeof(i));
		p->harm[i].until = time;
		return WARD_OK;
	}
	if (!r->service || !in || r->withdrawn)
		return WARD_OK;
	enum ward_likely is = ward_likely(r->lo_micro, r->hi_micro);
	struct proof_harm h = {.incident = (uint32_t)(in - p->incident),
		.node = ward_model_find(p->m, r->asset),
		.from = r->expected,
		.until = WARD_NS_NEVER,
		.possible = is >= WARD_LIKELY_POSSIBLE,
		.likely = is >= WARD_LIKELY_LIKELY};

	in->seen[WARD_LAW_SEEN_CARE] |= h.possible;
	in->seen[WARD_LAW_SEEN_DATA] |=
		ward_str_find(r->need, WARD_STR("confidentiality")) != SIZE_MAX;
	if (at) {
		memcpy(&i, at, sizeof(i));
		p->harm[i] = h;
		return WARD_OK;
	}
	enum ward_err err = ward_mem_more(p->mem, (void *)&p->harm, p->n_harm, &p->cap_harm,
		sizeof(*p->harm), WARD_PROOF_HARMS);

	if (!err)
		err = ward_tab_put(&p->by_harm, &r->id, &slot, NULL);
	if (err) {
		p->left += err == WARD_ERR_LIMIT;
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	}
	i = (uint32_t)p->n_harm;
	memcpy(slot, &i, sizeof(i));
	p->harm[p->n_harm++] = h;
	return WARD_OK;
}

enum ward_err ward_proof_record(struct ward_proof *p, const struct ward_record *r, ward_ns time)
{
	if (time == WARD_NS_NEVER)
		time = r->kind == WARD_RECORD_INCIDENT || r->kind == WARD_RECORD_DETECTION ? r->last
											   : 0;
	if (r->kind != WARD_RECORD_OTHER && time > 0 && time < p->since)
		p->since = time;
	if (r->kind == WARD_RECORD_INCIDENT)
		return take_incident(p, r, time);
	if (r->kind == WARD_RECORD_IMPACT)
		return take_harm(p, r, time);
	if (r->kind == WARD_RECORD_DETECTION && r->revision <= 1)
		count(p, WARD_FACT_SIGNS, time);
	return WARD_OK;
}
