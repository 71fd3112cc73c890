#include "sense/file/sieve.h"

#include <yara.h>
#include <yara/ahocorasick.h>

enum {
	BLOCK = 4096, /* bytes that are searched or not as one; even */
	PAIRS = 65536,
	USEFUL_BELOW = PAIRS / 4, /* more pairs than that: most blocks would have one */
	EDGE = 8,                 /* bytes beside a match that its borders are told by */
	MARGIN_MOST = 65536,
};

static void mark(struct ward_sieve *v, unsigned a, unsigned b)
{
	const uint8_t pair[2] = {(uint8_t)a, (uint8_t)b};
	uint16_t n;

	memcpy(&n, pair, sizeof(n));
	v->pair[n >> 3] |= (uint8_t)(1u << (n & 7));
}

/* libyara's automaton: 0 is its root, to which nothing leads; so 0 is also "no way". */
static uint32_t follow(const struct ward_sieve *v, uint32_t state, unsigned byte)
{
	uint32_t t = v->step[state + byte + 1];

	return YR_AC_INVALID_TRANSITION(t, byte + 1) ? 0 : YR_AC_NEXT_STATE(t);
}

/* Pairs are read at even places. Of an atom that begins at one it is its first two bytes, else its
 * second and third; of one that has no third, any byte may follow. */
static void mark_second(struct ward_sieve *v, uint32_t state, unsigned a, unsigned b)
{
	mark(v, a, b);
	for (unsigned c = 0; c < 256; c++)
		if (v->found[state] || follow(v, state, c))
			mark(v, b, c);
}

static void mark_first(struct ward_sieve *v, uint32_t state, unsigned a)
{
	for (unsigned b = 0; b < 256; b++) {
		uint32_t next = follow(v, state, b);

		if (v->found[state]) { /* an atom of one byte */
			mark(v, a, b);
			mark(v, b, a);
		}
		if (next)
			mark_second(v, next, a, b);
	}
}

/* How far a match may reach from an atom of it. What is no plain text reaches as far as libyara
 * follows an expression. Parts of a string with a large gap between them are held against each
 * other by their places in one stretch. */
static size_t reach(const YR_STRING *s)
{
	size_t n = 2 * (size_t)s->length + YR_MAX_ATOM_LENGTH + EDGE; /* in UTF-16 */

	if (!STRING_IS_LITERAL(s))
		n += YR_RE_SCAN_LIMIT;
	if (s->chained_to)
		n += 2 * (size_t)s->chained_to->length + (size_t)s->chain_gap_max;
	return n;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

void ward_sieve_init(struct ward_sieve *v, const struct YR_RULES *rules)
{
	size_t n = 0;

	*v = (struct ward_sieve){.step = rules->ac_transition_table,
		.found = rules->ac_match_table,
		.match = rules->ac_match_pool};
	v->all = v->found[YR_AC_ROOT_STATE] != 0; /* a string without an atom */
	for (unsigned a = 0; a < 256; a++) {
		uint32_t state = follow(v, YR_AC_ROOT_STATE, a);

		if (state)
			mark_first(v, state, a);
	}
	for (size_t i = 0; i < sizeof(v->pair); i++)
		n += (size_t)__builtin_popcount(v->pair[i]);
	v->all |= n >= USEFUL_BELOW;
	for (uint32_t i = 0; i < rules->num_strings; i++)
		v->margin = larger(v->margin, reach(&rules->strings_table[i]));
	v->all |= v->margin > MARGIN_MOST;
}

/* How far matches of the atoms that begin here may reach; 0: none does. */
static size_t atoms_at(const struct ward_sieve *v, struct ward_slice s, size_t at)
{
	uint32_t state = YR_AC_ROOT_STATE;
	size_t n = 0;

	for (size_t i = at; i < s.len && i < at + YR_MAX_ATOM_LENGTH; i++) {
		state = follow(v, state, s.p[i]);
		if (!state)
			break;
		if (!v->found[state])
			continue;
		for (const YR_AC_MATCH *m = &v->match[v->found[state] - 1]; m; m = m->next)
			n = larger(n, reach(m->string));
	}
	return n;
}

static inline unsigned has_pair(const struct ward_sieve *v, const uint8_t *p)
{
	uint16_t n;

	memcpy(&n, p, sizeof(n));
	return (unsigned)v->pair[n >> 3] >> (n & 7) & 1;
}

/* At the pair, or the byte before or behind its first. */
static size_t atoms_near(const struct ward_sieve *v, struct ward_slice s, size_t at)
{
	size_t n = larger(atoms_at(v, s, at), atoms_at(v, s, at + 1));

	return at ? larger(n, atoms_at(v, s, at - 1)) : n;
}

/* The same of atoms that begin in this block, or just before it. */
static size_t atoms_in(const struct ward_sieve *v, struct ward_slice s, size_t from)
{
	size_t end = s.len - from < BLOCK ? s.len : from + BLOCK, i = from, n = 0;

	for (; i + 8 <= end && n < v->margin; i += 8) {
		const uint8_t *p = s.p + i;

		if (!(has_pair(v, p) | has_pair(v, p + 2) | has_pair(v, p + 4) |
			    has_pair(v, p + 6)))
			continue;
		for (size_t k = i; k < i + 8; k += 2)
			if (has_pair(v, s.p + k))
				n = larger(n, atoms_near(v, s, k));
	}
	for (; i < end && n < v->margin; i++) /* what is left of the last block */
		n = larger(n, atoms_near(v, s, i));
	return n;
}

/* libyara takes a stretch for a program by how it begins. */
static bool like_program(uint8_t first)
{
	return first == 'M' || first == 0x7f;
}

/* A block with an atom asks for itself and a margin on both sides; stretches that would touch are
 * one. So all blocks that begin before the end of a stretch are dealt with. What a program begins
 * with is given, too: conditions may ask where it starts. */
bool ward_sieve_next(
	const struct ward_sieve *v, struct ward_slice bytes, size_t *at, struct ward_slice *ret)
{
	size_t block = *at ? (*at / BLOCK + 1) * BLOCK : 0, from, end, margin = 0;

	if (!*at && bytes.len && like_program(*bytes.p))
		margin = v->margin;
	while (!margin && block < bytes.len) {
		margin = atoms_in(v, bytes, block);
		block += margin ? 0 : BLOCK;
	}
	if (!margin)
		return false;
	from = block > margin ? block - margin : 0;
	while (from > *at && like_program(bytes.p[from]))
		from--;
	end = block + BLOCK + margin;
	for (size_t next = block + BLOCK; next < bytes.len && next <= end + v->margin;
		next += BLOCK) {
		margin = atoms_in(v, bytes, next);
		size_t reach = next + BLOCK + margin; /* of a short string less far than before */

		if (margin && next <= end + margin && reach > end)
			end = reach;
	}
	end = end < bytes.len ? end : bytes.len;
	*ret = ward_slice_of(bytes.p + from, end - from);
	*at = end;
	return true;
}
