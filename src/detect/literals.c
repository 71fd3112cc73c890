#include "detect/literals.h"

#include "detect/packed.h"

#include <stdlib.h>

enum {
	PACKED_RUNS_MAX = 64, /* more would make most places look like one of them */
	PACKED_PAIRS_MAX = 32,
	RUN = 4,
	STEP_MAX = 8,   /* without short literals, as far as these are long enough */
	STEP_MANY = 2,  /* with more runs than STEP_RUNS_MAX */
	STEP_SHORT = 4, /* beside short ones, which are looked for at each place anyway */
	STEP_RUNS_MAX = 8192,
	BITS_MIN = 13,
	BITS_MAX = 17,
};

/* One run of a literal. */
struct run {
	uint32_t value;
	uint32_t literal;
	uint32_t off; /* of the run in the literal */
};

/* The longer literals that may stand anywhere, each with all of `step` runs one after the other, so
 * that one of them stands at a place that is looked at. */
struct sieve {
	uint64_t *bit; /* 1 << bits, by hash of a run */
	uint32_t
		*first; /* (1 << bits) / SPREAD + 1: a bucket's runs are first[b] to first[b + 1] */
	struct run *run;
	size_t n_run;
	unsigned bits;
	size_t step;                      /* every step-th place of a text is looked at */
	const struct ward_packed *packed; /* or those that it finds; NULL: it is not used */
	size_t len_min;
};

/* The shorter ones, by one pair of their bytes; and those of one byte. */
struct shorts {
	uint64_t *bit;   /* 65536, by pair */
	uint32_t *first; /* SHORT_BUCKETS + 1 */
	struct run *run; /* value: the pair */
	size_t n;
	const struct ward_packed *packed; /* the same for pairs */
	uint32_t *single;
	size_t n_single;
};

/* Long ones that end a text, by their last eight bytes; and whether one that begins it has the
 * text's first eight. */
enum { EDGE = 8 };
struct edge {
	uint64_t key; /* the bytes; case does not count */
	uint32_t first, n;
};
struct edges {
	struct edge *slot; /* n_slot, a power of two; n == 0: empty */
	size_t n_slot;
	uint32_t *literal; /* those of slot s: first to first + n - 1 */
};

/* Those that are looked up whole: by length, ascending, then by hash. */
struct whole {
	uint32_t *slot; /* n_slot, a power of two; number of the literal + 1 */
	uint64_t *hash; /* by slot */
	size_t n_slot;
	size_t *len; /* n_len, each once, ascending */
	size_t n_len;
};

struct ward_literals {
	const struct ward_literal *literal;
	size_t n;
	struct sieve sieve;
	struct shorts shorts;
	size_t shortest;
	bool long_texts;
	struct whole whole[WARD_LITERAL_PLACE_N];
	struct edges starts, ends;
};

enum {
	SPREAD = 16,
	SHORT_BITS = 8,
	SHORT_BUCKETS = 1 << SHORT_BITS
}; /* SPREAD: bits of the sieve for a bucket */

/* Bytes that differ in ASCII case only become equal; some others do too. */
static uint32_t run_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, RUN);
	return v | 0x20202020u;
}

static uint32_t pair_at(const char *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v | 0x2020u;
}

static uint32_t run_hash(uint32_t v, unsigned bits)
{
	return (v * 0x9e3779b1u) >> (32 - bits);
}

static uint8_t lower(char c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static uint64_t load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* lower() of eight bytes: those of A to Z get the bit of small letters. */
static uint64_t lower8(uint64_t v)
{
	const uint64_t one = 0x0101010101010101u, seven = v & 0x7f * one;
	uint64_t from_a = seven + (0x80 - 'A') * one, beyond_z = seven + (0x80 - 'Z' - 1) * one;

	return v | (from_a & ~beyond_z & ~v & 0x80 * one) >> 2;
}

static bool equal(const char *literal, const char *text, size_t len)
{
	size_t i = 0;

	for (; len - i >= 8; i += 8)
		if (load8(literal + i) != lower8(load8(text + i)))
			return false;
	for (; i < len; i++)
		if ((uint8_t)literal[i] != lower(text[i]))
			return false;
	return true;
}

static uint64_t edge_at(const char *p)
{
	return load8(p) | 0x2020202020202020u;
}

static size_t edge_slot(const struct edges *e, uint64_t key)
{
	size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (e->n_slot - 1);

	while (e->slot[at].n && e->slot[at].key != key)
		at = (at + 1) & (e->n_slot - 1);
	return at;
}

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

/* FNV-1a, then stirred: the texts of rules do not know it, and those of events meet at most one
 * literal of each length that is theirs. */
static uint64_t hash_more(uint64_t h, char c)
{
	return (h ^ lower(c)) * 0x100000001b3u;
}

static uint64_t hash_end(uint64_t h)
{
	return (h ^ h >> 29) * 0x9e3779b97f4a7c15u;
}

enum { HASH_START = 1469598103 };

static uint64_t hash_of(struct ward_str s, bool backward)
{
	uint64_t h = HASH_START;

	for (size_t i = 0; i < s.len; i++)
		h = hash_more(h, s.p[backward ? s.len - 1 - i : i]);
	return hash_end(h);
}

/* Of whole texts: eight bytes at a time. */
static uint64_t hash_whole(struct ward_str s)
{
	uint64_t h = HASH_START ^ s.len, rest = 0;
	size_t off = 0;

	for (; s.len - off >= 8; off += 8) {
		h = (h ^ edge_at(s.p + off)) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (; off < s.len; off++)
		rest = rest << 8 | ((uint8_t)s.p[off] | 0x20u);
	return hash_end(h ^ rest);
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

/* How far apart the places are that the sieve looks at. */
static void choose_step(struct ward_literals *set)
{
	struct sieve *v = &set->sieve;
	size_t n = 0, shortest = SIZE_MAX;

	for (size_t i = 0; i < set->n; i++) {
		const struct ward_literal *l = &set->literal[i];

		if (l->place != WARD_LITERAL_ANYWHERE || l->text.len < 2)
			continue;
		n++;
		shortest = l->text.len < shortest ? l->text.len : shortest;
	}
	/* With literals shorter than a run each place is looked at anyway. */
	if (shortest < RUN)
		v->step = STEP_SHORT;
	else
		v->step = shortest - RUN + 1 < STEP_MAX ? shortest - RUN + 1 : STEP_MAX;
	if (n * v->step > STEP_RUNS_MAX && v->step > STEP_MANY)
		v->step = STEP_MANY;
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

static uint32_t pair_cost(const char *p, const uint32_t *n)
{
	return n[pair_at(p)] + OFTEN * (frequency(p[0]) + frequency(p[1]));
}

static size_t rarest_pair(const struct ward_str s, const uint32_t *n)
{
	size_t best = 0;

	for (size_t off = 1; off + 2 <= s.len; off++)
		if (pair_cost(s.p + off, n) < pair_cost(s.p + best, n))
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

static uint32_t short_bucket(uint32_t pair)
{
	return (pair * 0x9e3779b1u) >> (32 - SHORT_BITS);
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
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		s->n += in_shorts(set, &set->literal[i]);
	if (!s->n)
		return WARD_OK;
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
		size_t off = rarest_pair(text, c->pair);
		uint32_t v = pair_at(text.p + off);

		run[n++] = (struct run){v, (uint32_t)i, (uint32_t)off};
		s->bit[v / 64] |= (uint64_t)1 << v % 64;
		s->first[short_bucket(v) + 2]++;
	}
	if (n <= PACKED_PAIRS_MAX && ward_packed_here() &&
		pack(a, set, run, n, 2, &s->packed) != WARD_OK)
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
	uint32_t place[WARD_PACKED_OUT];
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
