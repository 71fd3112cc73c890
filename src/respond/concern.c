#include "respond/concern.h"

#include "respond/also.h"

static bool has(const struct ward_str *list, size_t n, struct ward_str s)
{
	bool has = false;

	for (size_t i = 0; i < n && !has; i++)
		has = ward_str_eq(list[i], s);
	return has;
}

void respond_concern_threats(
	const struct ward_respond *r, struct incident *in, const struct ward_record *rec)
{
	for (size_t k = 0; k < r->o.n_listener; k++) {
		const struct ward_listener *l = &r->o.listener[k];

		for (size_t i = 0; i < rec->n_on_asset; i++)
			if (has(l->threat, l->n_threat, rec->on_threat[i]))
				in->about |= 1u << k;
	}
}

/* One of these services is said to be at least possibly hit. */
static bool is_at_stake(const struct ward_listener *l, const struct incident *in)
{
	bool is = false;

	for (size_t i = 0; i < in->n_care && !is; i++)
		is = in->care[i].alive && respond_tier(&in->care[i]) >= WARD_LIKELY_POSSIBLE &&
		     has(l->service, l->n_service, in->care[i].asset);
	return is;
}

bool respond_concerns(const struct ward_respond *r, size_t k, const struct incident *in)
{
	const struct ward_listener *l = &r->o.listener[k];

	return in->level >= l->level && (in->domain & l->kinds) && in->at >> k & 1 &&
	       (!l->n_threat || in->about >> k & 1) && (!l->n_service || is_at_stake(l, in));
}

bool respond_concerned_by(const struct ward_listener *l, const struct also *a)
{
	unsigned kinds = ward_str_eqz(a->domain, "cyber")      ? WARD_KIND_CYBER
			 : ward_str_eqz(a->domain, "physical") ? WARD_KIND_PHYSICAL
							       : UINT32_MAX;

	return (l->kinds & kinds) && (!l->n_threat || has(l->threat, l->n_threat, a->threat));
}
