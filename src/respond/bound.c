#include "respond/bound.h"

/* The first that is not below. */
static size_t at_least(const struct incident *in, uint32_t place)
{
	size_t lo = 0, hi = in->n_bound;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (in->bound[mid] < place)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool respond_is_in(const struct incident *in, uint32_t place)
{
	size_t i = at_least(in, place);

	return i < in->n_bound && in->bound[i] == place;
}

enum ward_err respond_bound_to(const struct ward_respond *r, struct incident *in, uint32_t place)
{
	size_t i = at_least(in, place);

	if (respond_is_in(in, place))
		return WARD_OK;
	enum ward_err err = ward_mem_more(r->o.mem, &in->bound, in->n_bound, &in->cap_bound,
		sizeof(*in->bound), WARD_RESPOND_BOUNDS);

	if (err == WARD_ERR_LIMIT) { /* who is bound there can't take it */
		respond_count(r, "respond.bounds_left_out");
		return WARD_OK;
	}
	if (err)
		return err;
	memmove(&in->bound[i + 1], &in->bound[i], (in->n_bound - i) * sizeof(*in->bound));
	in->bound[i] = place;
	in->n_bound++;
	return WARD_OK;
}
