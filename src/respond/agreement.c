/* Agreements with the staff's representatives that end: who can renew them, and who agreed, are
 * told 60, 30 and 7 days before, and when it is over; of a renewed one nothing more is told. Nobody
 * is to answer it. */
#include "respond/remind.h"
#include "respond/request.h"

enum { STEPS = 4, TOLD = 2, TEXT_BYTES = 512 };

static const ward_ns look_every = 60 * WARD_NS_PER_S, day = 86400 * WARD_NS_PER_S;

/* What is to be told of one by now, to each of those who are told. */
struct due {
	const struct ward_respond_agreement *of;
	struct ward_str role[TOLD];
	struct ward_id id[TOLD];
};

/* How many of the moments have come: none, 60, 30, 7 days before, its end. */
static size_t steps_of(const struct ward_respond_agreement *a, ward_ns now)
{
	static const int before[STEPS] = {60, 30, 7, 0};
	size_t n = 0;

	while (n < STEPS && a->until != WARD_NS_NEVER && now >= a->until - before[n] * day)
		n++;
	return n;
}

static struct ward_id id_of(
	const struct ward_respond_agreement *a, size_t step, struct ward_str role)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward agreement ends");
	ward_idgen_str(&g, a->id);
	ward_idgen_u64(&g, (uint64_t)a->until);
	ward_idgen_u64(&g, step);
	ward_idgen_str(&g, role);
	return ward_idgen_final(&g);
}

static size_t all_due(
	const struct ward_respond *r, ward_ns now, struct due ret[WARD_RESPOND_AGREEMENTS])
{
	const struct ward_str role[TOLD] = {
		r->o.law ? respond_law_role(r, 0) : WARD_STR(""), WARD_STR("staff-representative")};
	size_t n = 0;

	for (size_t i = 0; i < r->o.n_agreement; i++) {
		const struct ward_respond_agreement *a = &r->o.agreement[i];
		size_t step = steps_of(a, now);

		if (!step)
			continue;
		ret[n].of = a;
		for (size_t k = 0; k < TOLD; k++) {
			bool is = role[k].len && respond_somebody_has(r, role[k]);

			ret[n].role[k] = is ? role[k] : WARD_STR("");
			ret[n].id[k] = id_of(a, step, role[k]);
		}
		n++;
	}
	return n;
}

static bool is_due(const struct due *d, size_t n, struct ward_id id)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < TOLD; k++)
			if (ward_id_eq(d[i].id[k], id))
				return true;
	return false;
}

/* What was told at an earlier moment, or of one that was renewed, is over; nobody is told so. */
static void forget(struct ward_respond *r, const struct due *d, size_t n)
{
	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if (q->of != REQUEST_OF_AGREEMENT || q->is != REQUEST_ASKED || is_due(d, n, q->id))
			continue;
		q->is = REQUEST_DONE;
		q->told_end = q->told;
	}
}

/* Its id, and with whom. */
static bool keep_name(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)c;
	for (size_t i = 0; i < r->o.n_agreement; i++)
		if (ward_str_eq(r->o.agreement[i].id, q->playbook))
			ward_wr_printf(&w, "%.*s (%.*s)", WARD_STR_ARG(q->playbook),
				WARD_STR_ARG(r->o.agreement[i].with));
	return !ward_wr_bad(&w) &&
	       respond_request_says(r, q, WARD_STR("__text__:value"), "__text__", ward_wr_text(&w));
}

static void tell(struct ward_respond *r, const struct due *d, size_t k)
{
	struct request q = {.id = d->id[k],
		.of = REQUEST_OF_AGREEMENT,
		.due = d->of->until,
		.role = d->role[k],
		.who = WARD_STR(""),
		.playbook = d->of->id,
		.incident = WARD_STR("")};

	if (!d->role[k].len || respond_request_find(r, q.id))
		return;
	if (respond_request_put(r, &q, keep_name, NULL) != WARD_OK)
		respond_count(r, "respond.request_limit");
}

void respond_agreements(struct ward_respond *r, ward_ns now)
{
	struct due d[WARD_RESPOND_AGREEMENTS];

	if (!r->o.n_agreement || r->o.exercise ||
		(r->law.agreements_at && now >= r->law.agreements_at &&
			now - r->law.agreements_at < look_every))
		return;
	r->law.agreements_at = now;
	size_t n = all_due(r, now, d);

	forget(r, d, n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < TOLD; k++)
			tell(r, &d[i], k);
}
