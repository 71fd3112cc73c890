#include "model/near.h"

enum { WORD_MAX = 64 };

static unsigned char fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Optimal string alignment: the three last rows of the usual table are enough. */
size_t ward_near_distance(struct ward_str a, struct ward_str b)
{
	uint8_t row[3][WORD_MAX + 1];

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= a.len; i++) {
		uint8_t *cur = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];

		cur[0] = (uint8_t)i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned differ = fold(a.p[i - 1]) != fold(b.p[j - 1]);
			unsigned best = up[j - 1] + differ;

			if (up[j] + 1u < best)
				best = up[j] + 1u;
			if (cur[j - 1] + 1u < best)
				best = cur[j - 1] + 1u;
			if (i > 1 && j > 1 && fold(a.p[i - 1]) == fold(b.p[j - 2]) &&
				fold(a.p[i - 2]) == fold(b.p[j - 1]) && up2[j - 2] + 1u < best)
				best = up2[j - 2] + 1u;
			cur[j] = (uint8_t)best;
		}
	}
	return row[a.len % 3][b.len];
}

struct ward_near ward_near_start(struct ward_str want, size_t *budget)
{
	/* A third of the letters may be wrong, at least one: more is a guess. */
	size_t most = want.len < 3 ? 1 : want.len / 3;

	return (struct ward_near){want, {NULL, 0}, most + 1, budget};
}

void ward_near_offer(struct ward_near *n, struct ward_str candidate)
{
	size_t longer = candidate.len > n->want.len ? candidate.len : n->want.len;
	size_t differ = longer * 2 - candidate.len - n->want.len;

	if (differ >= n->best_cost || *n->budget == 0)
		return;
	--*n->budget;
	size_t cost = ward_near_distance(n->want, candidate);

	if (cost < n->best_cost) {
		n->best_cost = cost;
		n->best = candidate;
	}
}

void ward_near_unknown(const struct ward_near *n, const struct ward_conf *at, const char *what,
	struct ward_diag *diag)
{
	if (n->best.len)
		ward_diag_addf(diag, WARD_DIAG_ERROR, at->file, at->line,
			WARD_TEXT("no %s '%.*s'\ndid you mean '%.*s'?"), what,
			WARD_STR_ARG(n->want), WARD_STR_ARG(n->best));
	else
		ward_diag_addf(diag, WARD_DIAG_ERROR, at->file, at->line,
			WARD_TEXT("no %s '%.*s'\nuse one that the content defines"), what,
			WARD_STR_ARG(n->want));
}
