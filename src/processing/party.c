#include "processing/party.h"

#include "processing/priv.h"

const struct ward_proc_agreement *proc_agreement(
	const struct ward_processing *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n_agreement; i++)
		if (ward_str_eq(p->agreement[i].id, id))
			return &p->agreement[i];
	return NULL;
}

const struct ward_proc_processor *ward_proc_processor(
	const struct ward_processing *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n_processor; i++)
		if (ward_str_eq(p->processor[i].id, id))
			return &p->processor[i];
	return NULL;
}

const struct ward_proc_agreement *ward_proc_contract(
	const struct ward_processing *p, const struct ward_proc_processor *r)
{
	return proc_agreement(p, r->contract);
}

bool ward_proc_is_contract(const struct ward_processing *p, const struct ward_proc_agreement *g)
{
	for (size_t i = 0; i < p->n_processor; i++)
		if (ward_str_eq(p->processor[i].contract, g->id))
			return true;
	return false;
}

struct ward_str ward_proc_ref(const struct ward_proc_agreement *g)
{
	return g->renewed.len ? g->renewed : g->ref.len ? g->ref : g->id;
}

bool ward_proc_inside(const struct ward_processing *p, const struct ward_proc_processor *r)
{
	return !r->country.len || !p->area.n || proc_has(&p->area, r->country);
}
