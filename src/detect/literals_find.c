#include "detect/literals_impl.h"

static bool seen(const struct ward_literal_hits *hits, uint32_t i)
{
	return (hits->seen[i / 64] >> i % 64 & 1) != 0;
}

static void hit(struct ward_literal_hits *hits, uint32_t i)
{
	hits->seen[i / 64] |= (uint64_t)1 << i % 64;
	hits->hit[hits->n++] = i;
}

static void look_up(const struct ward_literals *set, const struct whole *w, uint64_t h,
	struct ward_str s, struct ward_literal_hits *hits)
{
	for (size_t at = h & (w->n_slot - 1); w->slot[at]; at = (at + 1) & (w->n_slot - 1)) {
		uint32_t i = w->slot[at] - 1;

		if (w->hash[at] == h && set->literal[i].text.len == s.len && !seen(hits, i) &&
			equal(set->literal[i].text.p, s.p, s.len))
			hit(hits, i);
	}
}

static void find_whole(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	const struct whole *w = &set->whole[WARD_LITERAL_WHOLE];
	size_t k = 0;

	while (k < w->n_len && w->len[k] < s.len)
		k++;
	if (k == w->n_len || w->len[k] != s.len)
		return;
	hits->steps += s.len;
	look_up(set, w, hash_whole(s), s, hits);
}

static void find_start(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	const struct whole *w = &set->whole[WARD_LITERAL_START];
	uint64_t h = HASH_START;
	size_t done = 0, most = s.len;

	/* Hardly any text begins as one of the long ones do. */
	if (set->starts.n_slot && s.len >= EDGE &&
		!set->starts.slot[edge_slot(&set->starts, edge_at(s.p))].n)
		most = EDGE - 1;
	for (size_t k = 0; k < w->n_len && w->len[k] <= most; k++) {
		for (; done < w->len[k]; done++)
			h = hash_more(h, s.p[done]);
		look_up(set, w, hash_end(h), ward_str_sub(s, 0, done), hits);
	}
	hits->steps += done;
}

static void find_end(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	const struct whole *w = &set->whole[WARD_LITERAL_END];
	uint64_t h = HASH_START;
	size_t done = 0;

	for (size_t k = 0; k < w->n_len && w->len[k] <= s.len; k++) {
		for (; done < w->len[k]; done++)
			h = hash_more(h, s.p[s.len - 1 - done]);
		look_up(set, w, hash_end(h), ward_str_sub(s, s.len - done, done), hits);
	}
	hits->steps += done;
}

static void find_long_end(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	const struct edges *e = &set->ends;

	if (s.len < EDGE)
		return;
	const struct edge *x = &e->slot[edge_slot(e, edge_at(s.p + s.len - EDGE))];

	for (uint32_t k = x->first; k < x->first + x->n; k++) {
		const struct ward_str text = set->literal[e->literal[k]].text;

		hits->steps++;
		if (text.len <= s.len && equal(text.p, s.p + s.len - text.len, text.len))
			hit(hits, e->literal[k]);
	}
}

/* The literals that have this run, where the text has it. */
static void try_runs(const struct ward_literals *set, const struct run *r, const struct run *end,
	struct ward_str s, size_t at, uint32_t value, struct ward_literal_hits *hits)
{
	for (; r < end; r++) {
		const struct ward_str text = set->literal[r->literal].text;

		hits->steps++;
		if (r->value != value || r->off > at || s.len - (at - r->off) < text.len ||
			seen(hits, r->literal))
			continue;
		if (equal(text.p, s.p + at - r->off, text.len))
			hit(hits, r->literal);
	}
}

static WARD_ALWAYS_INLINE void try_place(const struct ward_literals *set, struct ward_str s,
	size_t at, struct ward_literal_hits *hits)
{
	const struct sieve *v = &set->sieve;
	uint32_t run = run_at(s.p + at), h = run_hash(run, v->bits);

	if (v->bit[h / 64] >> h % 64 & 1)
		try_runs(set, v->run + v->first[h / SPREAD], v->run + v->first[h / SPREAD + 1], s,
			at, run, hits);
}

static WARD_ALWAYS_INLINE void try_pair(const struct ward_literals *set, struct ward_str s,
	size_t at, struct ward_literal_hits *hits)
{
	const struct shorts *sh = &set->shorts;
	uint32_t v = pair_at(s.p + at), b = short_bucket(v);

	if (sh->bit[v / 64] >> v % 64 & 1)
		try_runs(set, sh->run + sh->first[b], sh->run + sh->first[b + 1], s, at, v, hits);
}

/* The places that a filter finds, if a run of n bytes fits there. */
static void find_packed(const struct ward_literals *set, const struct ward_packed *f, size_t n,
	struct ward_str s, struct ward_literal_hits *hits)
{
	uint32_t place[WARD_PACKED_OUT] WARD_UNSET;
	size_t off = 0;

	while (off < s.len) {
		size_t n_place = ward_packed_find(f, s, &off, place);

		for (size_t i = 0; i < n_place && place[i] + n <= s.len; i++) {
			if (n == RUN)
				try_place(set, s, place[i], hits);
			else
				try_pair(set, s, place[i], hits);
		}
		hits->steps += n_place;
	}
	hits->steps += s.len / 8;
}

static void find_sieve(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	const struct sieve *v = &set->sieve;
	const size_t step = v->step;

	if (s.len < RUN)
		return;
	if (v->packed) {
		find_packed(set, v->packed, RUN, s, hits);
		return;
	}
	for (size_t at = 0; at <= s.len - RUN; at += step)
		try_place(set, s, at, hits);
	hits->steps += s.len / step;
}

static void find_shorts(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	if (set->shorts.packed) {
		find_packed(set, set->shorts.packed, 2, s, hits);
		return;
	}
	for (size_t at = 0; at + 1 < s.len; at++)
		try_pair(set, s, at, hits);
	hits->steps += s.len;
}

static void find_singles(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	for (size_t k = 0; k < set->shorts.n_single; k++) {
		uint32_t i = set->shorts.single[k];
		char c = set->literal[i].text.p[0];
		bool letter = c >= 'a' && c <= 'z';

		hits->steps += s.len;
		if (!seen(hits, i) &&
			(memchr(s.p, c, s.len) || (letter && memchr(s.p, c - 32, s.len))))
			hit(hits, i);
	}
}

void ward_literals_find(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits)
{
	if (s.len < set->shortest)
		return;
	if (set->whole[WARD_LITERAL_WHOLE].n_len)
		find_whole(set, s, hits);
	if (set->whole[WARD_LITERAL_START].n_len)
		find_start(set, s, hits);
	if (set->whole[WARD_LITERAL_END].n_len)
		find_end(set, s, hits);
	if (set->ends.n_slot)
		find_long_end(set, s, hits);
	if (set->sieve.n_run)
		find_sieve(set, s, hits);
	if (set->shorts.n)
		find_shorts(set, s, hits);
	if (set->shorts.n_single)
		find_singles(set, s, hits);
}

bool ward_literals_any(const struct ward_literals *set, struct ward_str s)
{
	uint32_t hit[WARD_LITERALS_ANY_MAX];
	uint64_t seen[WARD_LITERALS_ANY_MAX / 64] = {0};
	struct ward_literal_hits hits = {hit, 0, seen, 0};

	WARD_ASSERT(set->n <= WARD_LITERALS_ANY_MAX);
	ward_literals_find(set, s, &hits);
	return hits.n > 0;
}

void ward_literal_hits_clear(struct ward_literal_hits *hits)
{
	for (size_t i = 0; i < hits->n; i++)
		hits->seen[hits->hit[i] / 64] = 0;
	hits->n = 0;
}
