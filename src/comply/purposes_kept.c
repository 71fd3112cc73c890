#include "comply/purposes_kept.h"

size_t ward_purposes_kept_read(struct ward_str text, struct ward_purposes_kept *ret)
{
	size_t bad = 0;

	*ret = (struct ward_purposes_kept){.n = 0};
	while (text.len) {
		struct ward_str line = ward_str_cut(&text, '\n'), number = ward_str_cut(&line, ' ');
		struct ward_purposes one;
		uint64_t day;

		/* a name by the same rule as in identifiers.yml */
		if (ret->n == WARD_PURPOSES_KEPT || !ward_str_u64(number, &day) ||
			day > UINT32_MAX || !ward_purposes_read(line, &one) || one.n != 1 ||
			one.n_source) {
			bad++;
			continue;
		}
		memcpy(ret->of[ret->n].name, one.name[0], sizeof(one.name[0]));
		ret->of[ret->n++].day = day;
	}
	return bad;
}

void ward_purposes_kept_write(const struct ward_purposes_kept *k, struct ward_wr *w)
{
	for (size_t i = 0; i < k->n; i++)
		ward_wr_printf(w, "%llu %s\n", (unsigned long long)k->of[i].day, k->of[i].name);
}

static size_t oldest(const struct ward_purposes_kept *k)
{
	size_t at = 0;

	for (size_t i = 1; i < k->n; i++)
		at = k->of[i].day < k->of[at].day ? i : at;
	return at;
}

/* Where it stands, or is to stand. */
static size_t place_of(struct ward_purposes_kept *k, const char *name, size_t *lost)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->of[i].name, name) == 0)
			return i;
	if (k->n < WARD_PURPOSES_KEPT)
		return k->n++;
	(*lost)++;
	return oldest(k);
}

size_t ward_purposes_kept_note(struct ward_purposes_kept *k, const struct ward_purposes *now,
	uint64_t today, uint64_t keep)
{
	size_t lost = 0, n = 0;

	for (size_t i = 0; i < k->n; i++)
		if (today <= k->of[i].day || today - k->of[i].day <= keep)
			k->of[n++] = k->of[i];
	k->n = n;
	for (size_t i = 0; i < now->n; i++) {
		size_t at = place_of(k, now->name[i], &lost);

		memcpy(k->of[at].name, now->name[i], sizeof(now->name[i]));
		k->of[at].day = today;
	}
	return lost;
}
