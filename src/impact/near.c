#include "impact/near.h"

enum { NEAR_LEN_MAX = 64 };

void ward_near_init(struct ward_near *n, struct ward_str want)
{
	/* Further than a third of the name is no misspelling but another word. */
	*n = (struct ward_near){want, {NULL, 0}, want.len / 3 + 2};
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein distance with one row. */
static size_t distance(struct ward_str a, struct ward_str b)
{
	size_t row[NEAR_LEN_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diag = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t up = row[j];

			row[j] = least(up + 1, row[j - 1] + 1, diag + (a.p[i - 1] != b.p[j - 1]));
			diag = up;
		}
	}
	return row[b.len];
}

void ward_near_show(struct ward_near *n, struct ward_str name)
{
	if (n->want.len > NEAR_LEN_MAX || name.len > NEAR_LEN_MAX)
		return;
	size_t d = distance(n->want, name);

	if (d > n->distance || (d == n->distance && n->best.p && ward_str_cmp(name, n->best) >= 0))
		return;
	n->best = name;
	n->distance = d;
}
