/* What ends on a day: agreements with the staff's representatives, contracts with processors, and
 * legal holds. Those who can
 * renew them, and of an agreement who agreed, are told 60, 30 and 7 days before, of a hold 30, 7
 * and one, and when it is over; of a renewed one nothing more is told. Nobody is to answer it. */
#include "respond/remind.h"
#include "respond/request.h"

enum { STEPS = 4, TOLD = 2, TEXT_BYTES = 512, ALL = WARD_RESPOND_AGREEMENTS + WARD_RESPOND_HOLDS };

static const ward_ns look_every = 60 * WARD_NS_PER_S, day = 86400 * WARD_NS_PER_S;

/* The kinds of what ends, their moments, and what their ids are made of. */
static const struct kind {
	enum request_of of;
	const char *made_of;
	int before[STEPS]; /* days */
	bool staff;        /* the staff's representative is told, too */
} agreements = {REQUEST_OF_AGREEMENT, "ward agreement ends", {60, 30, 7, 0}, true},
  contracts = {REQUEST_OF_AGREEMENT, "ward agreement ends", {60, 30, 7, 0}, false},
  holds = {REQUEST_OF_HOLD, "ward hold ends", {30, 7, 1, 0}, false};

/* One that ends, and to whom what is to be told of it by now. */
struct due {
	const struct kind *kind;
	struct ward_str id, with; /* with: whom, or what is held */
	ward_ns until;
	struct ward_str role[TOLD];
	struct ward_id told[TOLD];
};

static size_t n_holds(const struct ward_respond *r)
{
	return r->o.n_hold && *r->o.n_hold != WARD_RESPOND_HOLDS_UNKNOWN ? *r->o.n_hold : 0;
}

/* How many of the moments have come. */
static size_t steps_of(const struct due *d, ward_ns now)
{
	size_t n = 0;

	while (n < STEPS && d->until != WARD_NS_NEVER && now >= d->until - d->kind->before[n] * day)
		n++;
	return n;
}

static struct ward_id id_of(const struct due *d, size_t step, struct ward_str role)
{
	struct ward_idgen g;

	ward_idgen_init(&g, d->kind->made_of);
	ward_idgen_str(&g, d->id);
	ward_idgen_u64(&g, (uint64_t)d->until);
	ward_idgen_u64(&g, step);
	ward_idgen_str(&g, role);
	return ward_idgen_final(&g);
}

static size_t all_that_end(const struct ward_respond *r, struct due ret[ALL])
{
	size_t n = 0;

	for (size_t i = 0; i < r->o.n_agreement; i++)
		ret[n++] =
			(struct due){.kind = r->o.agreement[i].contract ? &contracts : &agreements,
				.id = r->o.agreement[i].id,
				.with = r->o.agreement[i].with,
				.until = r->o.agreement[i].until};
	for (size_t i = 0; i < n_holds(r); i++)
		ret[n++] = (struct due){.kind = &holds,
			.id = ward_str_z(r->o.hold[i].id),
			.with = ward_str_z(r->o.hold[i].of),
			.until = r->o.hold[i].until};
	return n;
}

/* Those of which something is to be told by now. */
static size_t all_due(const struct ward_respond *r, ward_ns now, struct due ret[ALL])
{
	const struct ward_str role[TOLD] = {
		r->o.law ? respond_law_role(r, 0) : WARD_STR(""), WARD_STR("staff-representative")};
	size_t n = 0, all = all_that_end(r, ret);

	for (size_t i = 0; i < all; i++) {
		struct due d = ret[i];
		size_t step = steps_of(&d, now);

		if (!step)
			continue;
		for (size_t k = 0; k < TOLD; k++) {
			bool is = (!k || d.kind->staff) && role[k].len &&
				  respond_somebody_has(r, role[k]);

			d.role[k] = is ? role[k] : WARD_STR("");
			d.told[k] = id_of(&d, step, role[k]);
		}
		ret[n++] = d;
	}
	return n;
}

static bool is_due(const struct due *d, size_t n, struct ward_id id)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < TOLD; k++)
			if (ward_id_eq(d[i].told[k], id))
				return true;
	return false;
}

/* What was told at an earlier moment, or of one that was renewed or released, is over; nobody is
 * told so. */
static void forget(struct ward_respond *r, const struct due *d, size_t n)
{
	bool unknown = r->o.n_hold && *r->o.n_hold == WARD_RESPOND_HOLDS_UNKNOWN;

	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if ((q->of != REQUEST_OF_AGREEMENT && (q->of != REQUEST_OF_HOLD || unknown)) ||
			q->is != REQUEST_ASKED || is_due(d, n, q->id))
			continue;
		q->is = REQUEST_DONE;
		q->told_end = q->told;
	}
}

/* Its id, and with whom, or what is held. */
static bool keep_name(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)c;
	ward_wr_printf(&w, q->of == REQUEST_OF_HOLD ? "%.*s, %.*s" : "%.*s (%.*s)",
		WARD_STR_ARG(q->playbook), WARD_STR_ARG(q->who));
	return !ward_wr_bad(&w) &&
	       respond_request_says(r, q, WARD_STR("__text__:value"), "__text__", ward_wr_text(&w));
}

static void tell(struct ward_respond *r, const struct due *d, size_t k)
{
	struct request q = {.id = d->told[k],
		.of = d->kind->of,
		.due = d->until,
		.role = d->role[k],
		.who = d->with,
		.playbook = d->id,
		.incident = WARD_STR("")};

	if (!d->role[k].len || respond_request_find(r, q.id))
		return;
	if (respond_request_put(r, &q, keep_name, NULL) != WARD_OK)
		respond_count(r, "respond.request_limit");
}

void respond_ends(struct ward_respond *r, ward_ns now)
{
	struct due d[ALL];

	if ((!r->o.n_agreement && !r->o.n_hold) || r->o.exercise ||
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
