/* What runs, and what lacks something that the hospital's country demands. */
#include "processing/duty.h"
#include "processing/priv.h"

bool ward_processing_personal(const struct ward_source *s)
{
	return s->personal_data || ward_str_eqz(s->kind, "video");
}

/* ---- what it has: the entry's word, else the ready-made one's, else the source's own ---- */

/* Which entry says it: the hospital's, the ready-made one that it names, the one of its kind. */
struct ward_str ward_proc_purpose(const struct ward_proc_verdict *v)
{
	const struct ward_proc_entry *ready = v->like ? v->like : v->ready;

	if (v->entry && v->entry->purpose.len)
		return v->entry->purpose;
	if (v->source && v->source->purpose.len)
		return v->source->purpose;
	return ready ? ready->purpose : WARD_STR("");
}

#define LIST_OF(name, member)                                                       \
	const struct ward_proc_list *name(const struct ward_proc_verdict *v)        \
	{                                                                           \
		static const struct ward_proc_list none = {.n = 0};                 \
		const struct ward_proc_entry *ready = v->like ? v->like : v->ready; \
                                                                                    \
		if (v->entry && v->entry->member.n)                                 \
			return &v->entry->member;                                   \
		return ready ? &ready->member : &none;                              \
	}

LIST_OF(ward_proc_basis, basis)
LIST_OF(ward_proc_data, data)
LIST_OF(ward_proc_people, people)
LIST_OF(ward_proc_measures, measures)

/* Data of a special category, and no letter of GDPR 9(2) beside that of 6(1). */
static bool lacks_ground(const struct ward_processing *p, const struct ward_proc_verdict *v)
{
	const struct ward_proc_list *data = ward_proc_data(v), *basis = ward_proc_basis(v);
	bool special = false;

	for (size_t i = 0; i < data->n; i++)
		special |= proc_has(&p->special, data->at[i]);
	for (size_t i = 0; i < basis->n; i++)
		if (ward_str_starts(basis->at[i], WARD_STR("A9-2-")))
			return false;
	return special;
}

static bool lacks(const struct ward_processing *p, const struct ward_proc_verdict *v,
	enum ward_proc_need need, ward_ns now)
{
	const struct ward_proc_entry *e = v->entry;

	switch (need) {
	case WARD_PROC_NEED_ENTRY:
		return !e;
	case WARD_PROC_NEED_PURPOSE:
		return !ward_proc_purpose(v).len;
	case WARD_PROC_NEED_BASIS:
		return !ward_proc_basis(v)->n;
	case WARD_PROC_NEED_DATA:
		return !ward_proc_data(v)->n;
	case WARD_PROC_NEED_PEOPLE:
		return !ward_proc_people(v)->n;
	case WARD_PROC_NEED_RETENTION:
		return v->kept <= 0;
	case WARD_PROC_NEED_AGREEMENT:
		return !v->agreement || v->agreement->from > now;
	case WARD_PROC_NEED_ASSESSMENT:
		return !e || !e->assessment.len;
	case WARD_PROC_NEED_REASON:
		return !e || !e->reason.len;
	case WARD_PROC_NEED_PERMIT:
		return !e || !e->permit.len;
	case WARD_PROC_NEED_GROUND:
		return lacks_ground(p, v);
	case WARD_PROC_NEED_CONTRACT: /* add_contracts */
	case WARD_PROC_NEED_N:
		break;
	}
	return false;
}

static bool applies(
	const struct ward_proc_demand *d, const struct ward_proc_verdict *v, ward_ns now)
{
	if (now < d->from || now >= d->until)
		return false;
	return !d->of.n || (v->ready && proc_has(&d->of, v->ready->id)) ||
	       (v->entry && proc_has(&d->of, v->entry->like));
}

static void add_gap(struct ward_proc_verdict *v, const struct ward_proc_demand *d,
	enum ward_proc_need need, struct ward_str of)
{
	for (size_t i = 0; i < v->n_gap; i++)
		if (v->gap[i].need == need && ward_str_eq(v->gap[i].of, of))
			return;
	if (v->n_gap < WARD_PROC_GAPS)
		v->gap[v->n_gap++] = (struct ward_proc_gap){d, need, of};
}

const struct ward_proc_agreement *proc_in_force(
	const struct ward_processing *p, struct ward_str processor, ward_ns now)
{
	const struct ward_proc_processor *r = ward_proc_processor(p, processor);
	const struct ward_proc_agreement *g = r ? ward_proc_contract(p, r) : NULL;

	return g && g->from <= now ? g : NULL;
}

/* Of each processor that the entry names. One whose contract ended is no gap: judge_end. */
static void add_contracts(const struct ward_processing *p, struct ward_proc_verdict *v,
	const struct ward_proc_demand *d, ward_ns now)
{
	for (size_t i = 0; v->entry && i < v->entry->processors.n; i++)
		if (!proc_in_force(p, v->entry->processors.at[i], now))
			add_gap(v, d, WARD_PROC_NEED_CONTRACT, v->entry->processors.at[i]);
}

static void add_gaps(const struct ward_processing *p, struct ward_proc_verdict *v,
	const struct ward_proc_demand *d, ward_ns now)
{
	for (unsigned k = 0; k < WARD_PROC_NEED_N; k++)
		if (d->needs & 1u << k && lacks(p, v, (enum ward_proc_need)k, now))
			add_gap(v, d, (enum ward_proc_need)k, WARD_STR(""));
	if (d->needs & 1u << WARD_PROC_NEED_CONTRACT)
		add_contracts(p, v, d, now);
}

void proc_gaps(const struct ward_processing *p, struct ward_proc_verdict *v, ward_ns now)
{
	for (size_t i = 0; i < p->n_demand; i++)
		if (!p->demand[i].most && !p->demand[i].least && applies(&p->demand[i], v, now))
			add_gaps(p, v, &p->demand[i], now);
}

/* Of a country that says how long, the Union's own times do not count. */
static bool is_national(const struct ward_proc_demand *d)
{
	return !ward_str_eqz(d->jurisdiction, "EU");
}

/* The shortest time that is long enough is the one by which it is kept; it has its conditions. */
static void judge_time(const struct ward_processing *p, struct ward_proc_verdict *v, ward_ns now)
{
	const struct ward_proc_demand *fits = NULL, *longest = NULL;
	bool national = false;

	for (size_t i = 0; i < p->n_demand; i++)
		national |= p->demand[i].most && is_national(&p->demand[i]) &&
			    applies(&p->demand[i], v, now);
	for (size_t i = 0; i < p->n_demand; i++) {
		const struct ward_proc_demand *d = &p->demand[i];

		if (!d->most || !applies(d, v, now) || (national && !is_national(d)))
			continue;
		longest = !longest || d->most > longest->most ? d : longest;
		if (d->most >= v->kept && (!fits || d->most < fits->most))
			fits = d;
	}
	if (fits) {
		add_gaps(p, v, fits, now);
	} else if (longest) {
		v->most = longest;
		v->state = WARD_PROC_TOO_LONG;
	}
}

const struct ward_proc_demand *ward_processing_least(
	const struct ward_processing *p, struct ward_str like, struct ward_str rows, ward_ns now)
{
	const struct ward_proc_demand *ret = NULL;

	for (size_t i = 0; i < p->n_demand; i++) {
		const struct ward_proc_demand *d = &p->demand[i];

		if (d->least && now >= d->from && now < d->until &&
			(proc_has(&d->of, like) || proc_has(&d->rows, rows)) &&
			(!ret || d->least > ret->least))
			ret = d;
	}
	return ret;
}

const struct ward_proc_entry *ward_processing_entry(
	const struct ward_processing *p, struct ward_str source)
{
	for (size_t i = 0; i < p->n_entry; i++)
		if (proc_has(&p->entry[i].sources, source))
			return &p->entry[i];
	return NULL;
}

static bool is_demanded(const struct ward_processing *p, const struct ward_proc_verdict *v,
	enum ward_proc_need need, ward_ns now)
{
	for (size_t i = 0; i < p->n_demand; i++)
		if (p->demand[i].needs & 1u << need && applies(&p->demand[i], v, now))
			return true;
	return false;
}

/* The country's word on agreements that ended then, else the Union's; none: nothing is given. */
static ward_ns grace_of(const struct ward_processing *p, ward_ns ended)
{
	const struct ward_proc_demand *ret = NULL;

	for (size_t i = 0; i < p->n_grace; i++) {
		const struct ward_proc_demand *g = &p->grace[i];

		if (ended >= g->from && ended < g->until &&
			(!ret || !ward_str_eqz(g->jurisdiction, "EU")))
			ret = g;
	}
	return ret ? ret->most : 0;
}

static enum ward_proc_state state_at_end(const struct ward_processing *p,
	const struct ward_proc_agreement *g, bool demanded, ward_ns now)
{
	ward_ns left, last;

	if (g->until == WARD_NS_NEVER || !ward_sub(g->until, now, &left))
		return WARD_PROC_RUNS;
	if (left > 0)
		return left <= WARD_PROC_SOON_DAYS * PROC_DAY ? WARD_PROC_ENDING : WARD_PROC_RUNS;
	if (demanded && ward_add(g->until, grace_of(p, g->until - 1), &last) && now >= last)
		return WARD_PROC_EXPIRED;
	return WARD_PROC_ENDED;
}

/* The worst of all that it rests on counts; of those as bad, what ended first. */
static void judge_end_of(const struct ward_processing *p, struct ward_proc_verdict *v,
	const struct ward_proc_agreement *g, enum ward_proc_need need, ward_ns now)
{
	enum ward_proc_state is = state_at_end(p, g, is_demanded(p, v, need, now), now);

	if (is == WARD_PROC_RUNS || is < v->state ||
		(is == v->state && v->ended && v->ended->until <= g->until))
		return;
	v->state = is;
	v->ended = g;
}

static void judge_end(const struct ward_processing *p, struct ward_proc_verdict *v, ward_ns now)
{
	if (v->agreement)
		judge_end_of(p, v, v->agreement, WARD_PROC_NEED_AGREEMENT, now);
	for (size_t i = 0; v->entry && i < v->entry->processors.n; i++) {
		const struct ward_proc_agreement *g =
			proc_in_force(p, v->entry->processors.at[i], now);

		if (g)
			judge_end_of(p, v, g, WARD_PROC_NEED_CONTRACT, now);
	}
}

/* Does it rest on that agreement, or on a contract of that id? */
static bool rests_on(
	const struct ward_processing *p, const struct ward_proc_verdict *v, struct ward_str id)
{
	if (v->agreement && ward_str_eq(id, v->agreement->id))
		return true;
	for (size_t i = 0; v->entry && i < v->entry->processors.n; i++) {
		const struct ward_proc_processor *r =
			ward_proc_processor(p, v->entry->processors.at[i]);

		if (r && ward_str_eq(id, r->contract))
			return true;
	}
	return false;
}

/* The last word on it, or on what it rests on. */
static const struct ward_proc_said *last_word(
	const struct ward_processing *p, const struct ward_proc_verdict *v)
{
	for (size_t i = p->n_said; i-- > 0;) {
		const struct ward_proc_said *s = &p->said[i];

		if (s->say != WARD_PROC_RENEW &&
			(ward_str_eq(s->of, v->id) || rests_on(p, v, s->of)))
			return s;
	}
	return NULL;
}

static void judge(const struct ward_processing *p, struct ward_proc_verdict *v, ward_ns now)
{
	const struct ward_proc_said *said;

	v->agreement = v->entry ? proc_agreement(p, v->entry->agreement) : NULL;
	if (v->entry && v->entry->retention > v->kept)
		v->kept = v->entry->retention;
	v->state = WARD_PROC_RUNS;
	judge_time(p, v, now);
	proc_gaps(p, v, now);
	if (v->state != WARD_PROC_TOO_LONG && v->n_gap)
		v->state = WARD_PROC_LACKS;
	if (v->state == WARD_PROC_RUNS)
		judge_end(p, v, now);
	said = last_word(p, v);
	if (said && said->say == WARD_PROC_STOP) {
		v->said = said;
		v->state = WARD_PROC_STOPPED;
	}
}

void proc_judge_entry(const struct ward_processing *p, const struct ward_proc_entry *e, ward_ns now,
	struct ward_proc_verdict *ret)
{
	const struct ward_proc_entry *like = proc_ready(p, e->like);

	*ret = (struct ward_proc_verdict){.id = e->id,
		.name = e->id,
		.entry = e,
		.ready = like,
		.like = like,
		.analytic = WARD_ANALYTIC_N,
		.agreement = proc_agreement(p, e->agreement),
		.kept = 1, /* what it is about says how long */
		.state = WARD_PROC_RUNS};
	proc_gaps(p, ret, now);
	ret->kept = e->retention;
	if (ret->n_gap)
		ret->state = WARD_PROC_LACKS;
}

bool ward_processing_judge_entry(const struct ward_processing *p, const struct ward_proc_entry *e,
	ward_ns now, struct ward_proc_verdict *ret)
{
	if (e->sources.n || e->analytics.n || !(e->rules.n || e->to.n || e->roles.n || e->rows.n))
		return false;
	proc_judge_entry(p, e, now, ret);
	return true;
}

static const struct ward_proc_entry *entry_about(const struct ward_processing *p,
	struct ward_str id, const struct ward_proc_list *(*of)(const struct ward_proc_entry *))
{
	for (size_t i = 0; i < p->n_entry; i++)
		if (proc_has(of(&p->entry[i]), id))
			return &p->entry[i];
	return NULL;
}

static const struct ward_proc_list *sources_of(const struct ward_proc_entry *e)
{
	return &e->sources;
}

static const struct ward_proc_list *analytics_of(const struct ward_proc_entry *e)
{
	return &e->analytics;
}

static struct ward_str class_of(const struct ward_model *m, uint32_t node)
{
	return ward_ontology_class(ward_model_ontology(m), ward_model_node(m, node)->class)->id;
}

/* A camera is one whatever it watches; else what it watches says more than how it speaks. */
static const struct ward_proc_entry *ready_of(
	const struct ward_processing *p, const struct ward_model *m, const struct ward_source *s)
{
	if (s->recorded_for) /* of a recorder: what it keeps are pictures */
		return proc_ready_of_kind(p, WARD_STR("video"));
	for (size_t i = 0; i < p->n_ready && !ward_str_eqz(s->kind, "video"); i++)
		for (size_t k = 0; k < s->n_watches; k++)
			if (proc_has(&p->ready[i].watches, class_of(m, s->watches[k])))
				return &p->ready[i];
	return proc_ready_of_kind(p, s->kind);
}

/* The hospital's entry that was made for such a thing; NULL: there is none. */
static const struct ward_proc_entry *meant_for(
	const struct ward_processing *p, const struct ward_proc_verdict *v)
{
	for (size_t i = 0; v->ready && i < p->n_entry; i++)
		if (ward_str_eq(p->entry[i].like, v->ready->id))
			return &p->entry[i];
	return NULL;
}

static void put(const struct ward_processing *p, struct ward_proc_verdict *v, ward_ns now,
	struct ward_proc_verdict *ret, size_t n, size_t *ret_n)
{
	v->like = v->entry ? proc_ready(p, v->entry->like) : NULL;
	v->meant = v->entry ? NULL : meant_for(p, v);
	judge(p, v, now);
	if (*ret_n < n)
		ret[*ret_n] = *v;
	++*ret_n;
}

size_t ward_processing_judge(const struct ward_processing *p, const struct ward_model *m,
	ward_ns now, struct ward_proc_verdict *ret, size_t n)
{
	const struct ward_hospital *h = ward_model_hospital(m);
	const bool wanted[WARD_ANALYTIC_N] = {[WARD_ANALYTIC_PERSONS] = h->staff_agreement.len > 0,
		[WARD_ANALYTIC_CLIPS] = h->clips_key.len > 0};
	size_t n_source, n_all = 0;
	const struct ward_source *s = ward_model_sources(m, &n_source);

	for (size_t i = 0; i < n_source; i++) {
		struct ward_proc_verdict v = {.id = s[i].id,
			.name = s[i].name,
			.source = &s[i],
			.analytic = WARD_ANALYTIC_N,
			.entry = entry_about(p, s[i].id, sources_of),
			.ready = ready_of(p, m, &s[i]),
			.kept = s[i].retention > s[i].recorded_for ? s[i].retention
								   : s[i].recorded_for};

		if (ward_processing_personal(&s[i]))
			put(p, &v, now, ret, n, &n_all);
	}
	for (unsigned k = 0; k < WARD_ANALYTIC_N; k++) {
		struct ward_str id = ward_str_z(ward_analytic_name((enum ward_analytic)k));
		struct ward_proc_verdict v = {.id = id,
			.name = ward_str_z(ward_analytic_says((enum ward_analytic)k)),
			.analytic = (enum ward_analytic)k,
			.entry = entry_about(p, id, analytics_of),
			.ready = proc_ready_of_analytic(p, id),
			.kept = k == WARD_ANALYTIC_CLIPS ? h->clips_keep : 0};

		if (wanted[k])
			put(p, &v, now, ret, n, &n_all);
	}
	return n_all;
}
