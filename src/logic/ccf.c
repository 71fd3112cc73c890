/* Common cause failures as basic events of their own: NUREG/CR-5485, NUREG/CR-4780. */
#include "logic/tree.h"

size_t ward_ccf_factors(enum ward_ccf_model m, size_t n)
{
	return m == WARD_CCF_BETA ? 1 : m == WARD_CCF_MGL ? n - 1 : n;
}

/* n <= WARD_CCF_MEMBERS_MAX: exact. */
static double choose(size_t n, size_t k)
{
	double c = 1;

	for (size_t i = 1; i <= k; i++)
		c = c * (double)(n - k + i) / (double)i;
	return c;
}

/* The k-th: 1 member fails surely, the next with beta, the next with gamma …, and then no more. */
static double mgl(const double *factor, size_t n, size_t k)
{
	double share = 1;

	for (size_t i = 2; i <= k; i++)
		share *= factor[i - 2];
	return k < n ? share * (1 - factor[k - 1]) : share;
}

void ward_ccf_split(enum ward_ccf_model m, double q, const double *factor, size_t n, double *ret)
{
	double total = 0;

	WARD_ASSERT(n >= 2 && n <= WARD_CCF_MEMBERS_MAX);
	for (size_t k = 1; m == WARD_CCF_ALPHA && k <= n; k++)
		total += (double)k * factor[k - 1];
	for (size_t k = 1; k <= n; k++) {
		double sets = choose(n - 1, k - 1); /* of k, that have a given member */

		switch (m) {
		case WARD_CCF_BETA:
			ret[k - 1] = k == 1 ? q * (1 - factor[0]) : k == n ? q * factor[0] : 0;
			break;
		case WARD_CCF_MGL:
			ret[k - 1] = q * mgl(factor, n, k) / sets;
			break;
		case WARD_CCF_ALPHA:
			ret[k - 1] = total > 0 ? q * (double)k * factor[k - 1] / total / sets : 0;
			break;
		case WARD_CCF_PHI:
			ret[k - 1] = q * factor[k - 1];
			break;
		case WARD_CCF_N:
			break;
		}
	}
}

enum ward_err ward_ccf_expand(
	struct ward_tree *t, const double *split, size_t n, uint32_t *event, uint32_t *member)
{
	uint32_t own[1 << (WARD_CCF_MEMBERS_MAX - 1)];
	enum ward_err err = WARD_OK;

	WARD_ASSERT(n >= 2 && n <= WARD_CCF_MEMBERS_MAX);
	event[0] = WARD_NONE;
	for (uint32_t set = 1; !err && set < 1u << n; set++) {
		double p = split[__builtin_popcount(set) - 1];

		event[set] = WARD_NONE;
		if (p > 0)
			err = ward_tree_event(t, p, &event[set]);
	}
	for (size_t i = 0; !err && i < n; i++) {
		size_t n_own = 0;

		for (uint32_t set = 1; set < 1u << n; set++)
			if ((set >> i & 1) && event[set] != WARD_NONE)
				own[n_own++] = event[set];
		err = n_own ? ward_tree_gate(t, WARD_GATE_OR, own, n_own, &member[i])
			    : ward_tree_const(t, false, &member[i]);
	}
	return err;
}
