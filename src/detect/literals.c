#include "detect/literals_impl.h"

#include <limits.h>
#include <stdlib.h>

static bool has_edge(const struct ward_literal *l, enum ward_literal_place place)
{
	return l->place == place && l->text.len >= EDGE;
}

/* Those of the place that have as many bytes, by these at their end (or start). */
static enum ward_err make_edges(struct ward_arena *a, const struct ward_literals *set,
	enum ward_literal_place place, struct edges *e)
{
	size_t n = 0;
	uint32_t at = 0;

	for (size_t i = 0; i < set->n; i++)
		n += has_edge(&set->literal[i], place);
	if (!n)
		return WARD_OK;
	for (e->n_slot = 4; e->n_slot < 2 * n; e->n_slot *= 2)
		;
	e->slot = ward_arena_array(a, e->n_slot, sizeof(*e->slot));
	e->literal = ward_arena_array(a, n, sizeof(*e->literal));
	if (!e->slot || !e->literal)
		return WARD_ERR_NOMEM;
	/* First how many each key has; then where they stand, dealt out from the end. */
	for (size_t deal = 0; deal < 2; deal++) {
		for (size_t i = 0; i < set->n; i++) {
			const struct ward_str s = set->literal[i].text;

			if (!has_edge(&set->literal[i], place))
				continue;
			uint64_t key =
				edge_at(place == WARD_LITERAL_END ? s.p + s.len - EDGE : s.p);
			struct edge *x = &e->slot[edge_slot(e, key)];

			x->key = key;
			if (deal)
				e->literal[--x->first] = (uint32_t)i;
			else
				x->n++;
		}
		for (size_t k = 0; k < e->n_slot && !deal; k++)
			e->slot[k].first = at += e->slot[k].n;
	}
	return WARD_OK;
}

/* Is it looked up by its length? */
static bool in_whole(const struct ward_literal *l, enum ward_literal_place place)
{
	return l->place == place && !has_edge(l, WARD_LITERAL_END);
}

static enum ward_err make_whole(
	struct ward_arena *a, struct ward_literals *set, enum ward_literal_place place)
{
	struct whole *w = &set->whole[place];
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += in_whole(&set->literal[i], place);
	if (!n)
		return WARD_OK;
	for (w->n_slot = 4; w->n_slot < 2 * n; w->n_slot *= 2)
		;
	w->slot = ward_arena_array(a, w->n_slot, sizeof(*w->slot));
	w->hash = ward_arena_array(a, w->n_slot, sizeof(*w->hash));
	w->len = ward_arena_array(a, n, sizeof(*w->len));
	if (!w->slot || !w->hash || !w->len)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < set->n; i++) {
		struct ward_str s = set->literal[i].text;
		size_t at = w->n_len;

		if (!in_whole(&set->literal[i], place))
			continue;
		uint64_t h = place == WARD_LITERAL_WHOLE ? hash_whole(s)
							 : hash_of(s, place == WARD_LITERAL_END);
		size_t slot = h & (w->n_slot - 1);

		while (w->slot[slot])
			slot = (slot + 1) & (w->n_slot - 1);
		w->slot[slot] = (uint32_t)i + 1;
		w->hash[slot] = h;
		while (at > 0 && w->len[at - 1] > s.len)
			at--;
		if (at > 0 && w->len[at - 1] == s.len)
			continue;
		memmove(&w->len[at + 1], &w->len[at], (w->n_len - at) * sizeof(*w->len));
		w->len[at] = s.len;
		w->n_len++;
	}
	return WARD_OK;
}

static bool in_sieve(const struct ward_literals *set, const struct ward_literal *l)
{
	return l->place == WARD_LITERAL_ANYWHERE && l->text.len >= set->sieve.len_min;
}

static bool in_shorts(const struct ward_literals *set, const struct ward_literal *l)
{
	return l->place == WARD_LITERAL_ANYWHERE && l->text.len > 1 &&
	       l->text.len < set->sieve.len_min;
}

/* A step that is longer leaves more literals that are too short for it. */
static unsigned step_cost(const struct ward_literals *set, size_t step)
{
	size_t n = 0, n_short = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct ward_literal *l = &set->literal[i];

		if (l->place != WARD_LITERAL_ANYWHERE || l->text.len < 2)
			continue;
		n++;
		n_short += l->text.len < RUN + step - 1;
	}
	if (step > STEP_MANY && (n - n_short) * step > STEP_RUNS_MAX)
		return UINT_MAX;
	return (unsigned)(COST_PLACE / step) +
	       (n_short == 0                                               ? 0
		       : n_short <= PACKED_PAIRS_MAX && ward_packed_here() ? COST_PACKED
									   : COST_PAIRS);
}

/* How far apart the places are that the sieve looks at. */
static void choose_step(struct ward_literals *set)
{
	struct sieve *v = &set->sieve;
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += set->literal[i].place == WARD_LITERAL_ANYWHERE && set->literal[i].text.len > 1;
	v->step = 1;
	for (size_t step = 2; step <= STEP_MAX; step++)
		if (step_cost(set, step) < step_cost(set, v->step))
			v->step = step;
	/* The filter needs some set-up, and then is faster than the largest step. */
	if (n <= PACKED_RUNS_MAX && set->long_texts && ward_packed_here())
		v->step = 1;
	v->len_min = RUN + v->step - 1;
}

/* How often runs and pairs stand in the literals: what is frequent there is so in texts, too. */
struct counts {
	uint32_t *run, *pair;
};

enum { COUNT_BITS = 14 };

static void count(const struct ward_literals *set, struct counts *c)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct ward_str s = set->literal[i].text;

		for (size_t off = 0; off + RUN <= s.len; off++)
			c->run[run_hash(run_at(s.p + off), COUNT_BITS)]++;
		for (size_t off = 0; off + 2 <= s.len; off++)
			c->pair[pair_at(s.p + off)]++;
	}
}

/* How often a byte stands in logs: 0 hardly, 2 everywhere. */
static uint32_t frequency(char c)
{
	static const char often[] = "etaoinsrlcdm 0\\", rare[] = "zqxj{}()[]<>@;!$%&'*+=^`|~?#";

	c = (char)lower(c);
	return (uint8_t)c >= 0x80 || memchr(rare, c, sizeof(rare) - 1) ? 0
	       : memchr(often, c, sizeof(often) - 1)                   ? 2
								       : 1;
}

enum { OFTEN = 1 << 10 };

/* Where the `step` runs begin that fewest literals have. */
static size_t rarest_runs(const struct ward_str s, size_t step, const uint32_t *n)
{
	size_t best = 0;
	uint64_t least = UINT64_MAX;

	for (size_t off = 0; off + step + RUN - 1 <= s.len; off++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < step; i++)
			sum += n[run_hash(run_at(s.p + off + i), COUNT_BITS)];
		if (step == 1) /* the filter knows three bytes of it */
			sum += OFTEN * (frequency(s.p[off]) + frequency(s.p[off + 1]) +
					       frequency(s.p[off + 2]));
		if (sum < least) {
			least = sum;
			best = off;
		}
	}
	return best;
}

static uint32_t pair_cost(const char *p, size_t n_byte, const uint32_t *n)
{
	return n[pair_at(p)] +
	       OFTEN * (frequency(p[0]) + frequency(p[1]) + (n_byte > 2 ? frequency(p[2]) : 0));
}

/* Where it begins, with n_byte bytes of the literal from there on. */
static size_t rarest_pair(const struct ward_str s, size_t n_byte, const uint32_t *n)
{
	size_t best = 0;

	for (size_t off = 1; off + n_byte <= s.len; off++)
		if (pair_cost(s.p + off, n_byte, n) < pair_cost(s.p + best, n_byte, n))
			best = off;
	return best;
}

static int by_value(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	uint32_t u = __builtin_bswap32(x->value), v = __builtin_bswap32(y->value);

	return u < v ? -1 : u > v;
}

/* The filter for runs of which it knows n_byte bytes. Neighbours by their first bytes share a
 * bucket. */
static enum ward_err pack(struct ward_arena *a, const struct ward_literals *set, struct run *run,
	size_t n, size_t n_byte, const struct ward_packed **ret)
{
	struct ward_packed *f = ward_arena_alloc(a, sizeof(*f));

	if (!f)
		return WARD_ERR_NOMEM;
	f->n_byte = n_byte;
	qsort(run, n, sizeof(*run), by_value);
	for (size_t i = 0; i < n; i++)
		ward_packed_add(f, set->literal[run[i].literal].text.p + run[i].off,
			(unsigned)(i * WARD_PACKED_BUCKETS / n));
	*ret = f;
	return WARD_OK;
}

static enum ward_err choose_runs(
	struct ward_arena *a, struct ward_literals *set, size_t n, const struct counts *c)
{
	struct sieve *v = &set->sieve;

	v->run = ward_arena_array(a, n * v->step, sizeof(*v->run));
	if (!v->run)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < set->n; i++) {
		const struct ward_str s = set->literal[i].text;

		if (!in_sieve(set, &set->literal[i]))
			continue;
		size_t from = rarest_runs(s, v->step, c->run);

		for (size_t off = from; off < from + v->step; off++)
			v->run[v->n_run++] =
				(struct run){run_at(s.p + off), (uint32_t)i, (uint32_t)off};
	}
	return WARD_OK;
}

static enum ward_err make_sieve(
	struct ward_arena *a, struct ward_literals *set, const struct counts *c)
{
	struct sieve *v = &set->sieve;
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += in_sieve(set, &set->literal[i]);
	if (!n)
		return WARD_OK;
	enum ward_err err = choose_runs(a, set, n, c);

	if (!err && v->step == 1 && n <= PACKED_RUNS_MAX && ward_packed_here())
		err = pack(a, set, v->run, n, 3, &v->packed);
	if (err)
		return err;
	for (v->bits = BITS_MIN; v->bits < BITS_MAX && (size_t)1 << v->bits < 64 * v->n_run;
		v->bits++)
		;
	size_t n_bit = (size_t)1 << v->bits, n_bucket = n_bit / SPREAD;
	struct run *sorted = ward_arena_array(a, v->n_run, sizeof(*sorted));

	v->bit = ward_arena_array(a, n_bit / 64, sizeof(*v->bit));
	v->first = ward_arena_array(a, n_bucket + 2, sizeof(*v->first));
	if (!sorted || !v->bit || !v->first)
		return WARD_ERR_NOMEM;
	/* Counting sort by bucket; first[] is one place ahead until the runs are dealt out. */
	for (size_t i = 0; i < v->n_run; i++) {
		uint32_t h = run_hash(v->run[i].value, v->bits);

		v->bit[h / 64] |= (uint64_t)1 << h % 64;
		v->first[h / SPREAD + 2]++;
	}
	for (size_t i = 2; i < n_bucket + 2; i++)
		v->first[i] += v->first[i - 1];
	for (size_t i = 0; i < v->n_run; i++)
		sorted[v->first[run_hash(v->run[i].value, v->bits) / SPREAD + 1]++] = v->run[i];
	v->run = sorted;
	return WARD_OK;
}

static bool is_single(const struct ward_literal *l)
{
	return l->place == WARD_LITERAL_ANYWHERE && l->text.len == 1;
}

static enum ward_err make_singles(struct ward_arena *a, struct ward_literals *set)
{
	struct shorts *s = &set->shorts;
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += is_single(&set->literal[i]);
	s->single = ward_arena_array(a, n, sizeof(*s->single));
	if (!s->single)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < set->n; i++)
		if (is_single(&set->literal[i]))
			s->single[s->n_single++] = (uint32_t)i;
	return WARD_OK;
}

static enum ward_err make_shorts(
	struct ward_arena *a, struct ward_literals *set, const struct counts *c)
{
	struct shorts *s = &set->shorts;
	size_t n = 0, n_byte = WARD_PACKED_BYTES;

	for (size_t i = 0; i < set->n; i++) {
		if (!in_shorts(set, &set->literal[i]))
			continue;
		s->n++;
		n_byte = set->literal[i].text.len < n_byte ? set->literal[i].text.len : n_byte;
	}
	if (!s->n)
		return WARD_OK;
	if (s->n > PACKED_PAIRS_MAX)
		n_byte = 2; /* without the filter */
	struct run *run = ward_arena_array(a, s->n, sizeof(*run));

	s->bit = ward_arena_array(a, 65536 / 64, sizeof(*s->bit));
	s->first = ward_arena_array(a, SHORT_BUCKETS + 2, sizeof(*s->first));
	s->run = ward_arena_array(a, s->n, sizeof(*s->run));
	if (!run || !s->bit || !s->first || !s->run)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < set->n; i++) {
		const struct ward_str text = set->literal[i].text;

		if (!in_shorts(set, &set->literal[i]))
			continue;
		size_t off = rarest_pair(text, n_byte, c->pair);
		uint32_t v = pair_at(text.p + off);

		run[n++] = (struct run){v, (uint32_t)i, (uint32_t)off};
		s->bit[v / 64] |= (uint64_t)1 << v % 64;
		s->first[short_bucket(v) + 2]++;
	}
	if (n <= PACKED_PAIRS_MAX && ward_packed_here() &&
		pack(a, set, run, n, n_byte, &s->packed) != WARD_OK)
		return WARD_ERR_NOMEM;
	for (size_t i = 2; i < SHORT_BUCKETS + 2; i++)
		s->first[i] += s->first[i - 1];
	for (size_t i = 0; i < n; i++)
		s->run[s->first[short_bucket(run[i].value) + 1]++] = run[i];
	return WARD_OK;
}

/* What stands anywhere, and is longer than a byte. */
static enum ward_err make_anywhere(struct ward_arena *a, struct ward_literals *set)
{
	struct ward_arena tmp;
	struct counts c;

	ward_arena_init(&tmp, a->mem, SIZE_MAX / 2);
	c.run = ward_arena_array(&tmp, 1u << COUNT_BITS, sizeof(*c.run));
	c.pair = ward_arena_array(&tmp, 65536, sizeof(*c.pair));
	enum ward_err err = c.run && c.pair ? WARD_OK : WARD_ERR_NOMEM;

	choose_step(set);
	if (!err) {
		count(set, &c);
		err = make_sieve(a, set, &c);
	}
	if (!err)
		err = make_shorts(a, set, &c);
	ward_arena_fini(&tmp);
	return err;
}

enum ward_err ward_literals_new(struct ward_arena *a, const struct ward_literal *literal, size_t n,
	bool long_texts, const struct ward_literals **ret)
{
	struct ward_literals *set = ward_arena_alloc(a, sizeof(*set));
	enum ward_err err = set ? WARD_OK : WARD_ERR_NOMEM;

	if (err)
		return err;
	set->literal = literal;
	set->n = n;
	set->long_texts = long_texts;
	set->shortest = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		WARD_ASSERT(literal[i].text.len > 0);
		if (literal[i].text.len < set->shortest)
			set->shortest = literal[i].text.len;
	}
	for (unsigned p = WARD_LITERAL_WHOLE; p < WARD_LITERAL_PLACE_N && !err; p++)
		err = make_whole(a, set, (enum ward_literal_place)p);
	if (!err)
		err = make_edges(a, set, WARD_LITERAL_START, &set->starts);
	if (!err)
		err = make_edges(a, set, WARD_LITERAL_END, &set->ends);
	if (!err)
		err = make_anywhere(a, set);
	if (!err)
		err = make_singles(a, set);
	if (!err)
		*ret = set;
	return err;
}
