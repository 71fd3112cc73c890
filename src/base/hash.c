#include "base/hash.h"

#include <sys/random.h>

struct ward_seed ward_seed_random(void)
{
	struct ward_seed s;

	WARD_ASSERT(getrandom(&s, sizeof(s), 0) == (ssize_t)sizeof(s));
	return s;
}

static inline uint64_t rotl(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein 2012, with the round counts of common hash tables). */
uint64_t ward_siphash(struct ward_seed seed, const void *p, size_t len)
{
	const uint8_t *b = p;
	uint64_t v[4] = {seed.k0 ^ 0x736f6d6570736575u, seed.k1 ^ 0x646f72616e646f6du,
		seed.k0 ^ 0x6c7967656e657261u, seed.k1 ^ 0x7465646279746573u};
	uint64_t m, last = (uint64_t)len << 56;
	size_t i = 0;

	for (; len - i >= 8; i += 8) {
		memcpy(&m, b + i, 8);
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	for (unsigned shift = 0; i < len; i++, shift += 8)
		last |= (uint64_t)b[i] << shift;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int r = 0; r < 3; r++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void ward_intern_init(
	struct ward_intern *t, const struct ward_mem *mem, size_t max, size_t max_bytes)
{
	WARD_ASSERT(max < WARD_NONE);
	*t = (struct ward_intern){.mem = mem, .seed = ward_seed_random(), .max = max};
	ward_arena_init(&t->arena, mem, max_bytes);
}

void ward_intern_fini(struct ward_intern *t)
{
	ward_mem_free(t->mem, t->slot, t->n_slot * sizeof(*t->slot));
	ward_mem_free(t->mem, t->item, t->cap * sizeof(*t->item));
	ward_mem_free(t->mem, t->hash, t->cap_hash * sizeof(*t->hash));
	ward_arena_fini(&t->arena);
	*t = (struct ward_intern){.mem = t->mem, .max = t->max};
}

/* The slot of s: its own, or the empty one where it would go. */
static size_t intern_slot(const struct ward_intern *t, struct ward_str s, uint64_t h)
{
	size_t i = h & (t->n_slot - 1);

	for (;; i = (i + 1) & (t->n_slot - 1)) {
		uint32_t id = t->slot[i];

		if (id == 0 || (t->hash[id - 1] == h && ward_str_eq(t->item[id - 1], s)))
			return i;
	}
}

static enum ward_err intern_rehash(struct ward_intern *t)
{
	size_t n_slot = t->n_slot ? t->n_slot * 2 : 64;
	uint32_t *slot = ward_mem_alloc(t->mem, n_slot * sizeof(*slot));

	if (!slot)
		return WARD_ERR_NOMEM;
	ward_mem_free(t->mem, t->slot, t->n_slot * sizeof(*t->slot));
	t->slot = slot;
	t->n_slot = n_slot;
	for (size_t id = 0; id < t->n; id++) {
		size_t i = t->hash[id] & (n_slot - 1);

		while (slot[i])
			i = (i + 1) & (n_slot - 1);
		slot[i] = (uint32_t)id + 1;
	}
	return WARD_OK;
}

uint32_t ward_intern_find(const struct ward_intern *t, struct ward_str s)
{
	if (t->n == 0)
		return WARD_NONE;
	uint32_t id = t->slot[intern_slot(t, s, ward_siphash(t->seed, s.p, s.len))];

	return id ? id - 1 : WARD_NONE;
}

enum ward_err ward_intern_put(struct ward_intern *t, struct ward_str s, uint32_t *ret)
{
	uint64_t h = ward_siphash(t->seed, s.p, s.len);
	enum ward_err err;

	if (t->n_slot) {
		uint32_t id = t->slot[intern_slot(t, s, h)];

		if (id) {
			*ret = id - 1;
			return WARD_OK;
		}
	}
	if ((t->n + 1) * 4 > t->n_slot * 3 && (err = intern_rehash(t)) != WARD_OK)
		return err;
	if ((err = ward_mem_more(t->mem, &t->item, t->n, &t->cap, sizeof(*t->item), t->max)) ||
		(err = ward_mem_more(
			 t->mem, &t->hash, t->n, &t->cap_hash, sizeof(*t->hash), t->max)))
		return err;
	size_t left = t->arena.max_bytes - t->arena.used_bytes;
	struct ward_str copy = ward_arena_str(&t->arena, s);

	if (!copy.p) /* the arena rounds its NUL and s up to 16 */
		return (s.len | 15) >= left ? WARD_ERR_LIMIT : WARD_ERR_NOMEM;
	t->item[t->n] = copy;
	t->hash[t->n] = h;
	t->slot[intern_slot(t, s, h)] = (uint32_t)t->n + 1;
	*ret = (uint32_t)t->n++;
	return WARD_OK;
}

void ward_tab_init(
	struct ward_tab *t, const struct ward_mem *mem, size_t key_len, size_t val_len, size_t max)
{
	size_t key_room = (key_len + 7) & ~(size_t)7, val_room = (val_len + 7) & ~(size_t)7;

	WARD_ASSERT(key_len > 0);
	*t = (struct ward_tab){.mem = mem,
		.seed = ward_seed_random(),
		.key_len = key_len,
		.val_len = val_len,
		.stride = 8 + key_room + val_room,
		.max = max};
}

void ward_tab_fini(struct ward_tab *t)
{
	ward_mem_free(t->mem, t->slot, t->n_slot * t->stride);
	t->slot = NULL;
	t->n_slot = t->n = 0;
}

static uint8_t *tab_at(const struct ward_tab *t, size_t i)
{
	return t->slot + i * t->stride;
}

static uint64_t tab_hash_at(const struct ward_tab *t, size_t i)
{
	uint64_t h;

	memcpy(&h, tab_at(t, i), 8);
	return h;
}

static void *tab_val(const struct ward_tab *t, size_t i)
{
	return tab_at(t, i) + 8 + ((t->key_len + 7) & ~(size_t)7);
}

static uint64_t tab_hash(const struct ward_tab *t, const void *key)
{
	uint64_t h = ward_siphash(t->seed, key, t->key_len);

	return h ? h : 1;
}

static size_t tab_slot(const struct ward_tab *t, const void *key, uint64_t h)
{
	size_t i = h & (t->n_slot - 1);

	for (;; i = (i + 1) & (t->n_slot - 1)) {
		uint64_t at = tab_hash_at(t, i);

		if (at == 0 || (at == h && memcmp(tab_at(t, i) + 8, key, t->key_len) == 0))
			return i;
	}
}

void *ward_tab_find(const struct ward_tab *t, const void *key)
{
	if (t->n == 0)
		return NULL;
	size_t i = tab_slot(t, key, tab_hash(t, key));

	return tab_hash_at(t, i) ? tab_val(t, i) : NULL;
}

static enum ward_err tab_rehash(struct ward_tab *t)
{
	struct ward_tab old = *t;
	size_t n_slot = t->n_slot ? t->n_slot * 2 : 16, bytes;

	if (!ward_mul(n_slot, t->stride, &bytes))
		return WARD_ERR_NOMEM;
	uint8_t *slot = ward_mem_alloc(t->mem, bytes);

	if (!slot)
		return WARD_ERR_NOMEM;
	t->slot = slot;
	t->n_slot = n_slot;
	for (size_t i = 0; i < old.n_slot; i++) {
		uint64_t h = tab_hash_at(&old, i);
		size_t j = h & (n_slot - 1);

		if (!h)
			continue;
		while (tab_hash_at(t, j))
			j = (j + 1) & (n_slot - 1);
		memcpy(tab_at(t, j), tab_at(&old, i), t->stride);
	}
	ward_mem_free(t->mem, old.slot, old.n_slot * old.stride);
	return WARD_OK;
}

enum ward_err ward_tab_put(struct ward_tab *t, const void *key, void **ret, bool *ret_new)
{
	uint64_t h = tab_hash(t, key);
	enum ward_err err;
	void *val = ward_tab_find(t, key);

	if (val) {
		*ret = val;
		if (ret_new)
			*ret_new = false;
		return WARD_OK;
	}
	if (t->n >= t->max)
		return WARD_ERR_LIMIT;
	if ((t->n + 1) * 4 > t->n_slot * 3 && (err = tab_rehash(t)) != WARD_OK)
		return err;
	size_t i = tab_slot(t, key, h);

	memcpy(tab_at(t, i), &h, 8);
	memcpy(tab_at(t, i) + 8, key, t->key_len);
	memset(tab_val(t, i), 0, t->stride - 8 - ((t->key_len + 7) & ~(size_t)7));
	t->n++;
	*ret = tab_val(t, i);
	if (ret_new)
		*ret_new = true;
	return WARD_OK;
}

bool ward_tab_del(struct ward_tab *t, const void *key)
{
	if (t->n == 0)
		return false;
	size_t mask = t->n_slot - 1, i = tab_slot(t, key, tab_hash(t, key));

	if (!tab_hash_at(t, i))
		return false;
	/* Backward shift: pull each later entry of the run into the hole if its home allows. */
	for (size_t j = (i + 1) & mask; tab_hash_at(t, j); j = (j + 1) & mask) {
		size_t home = tab_hash_at(t, j) & mask;

		if (((j - home) & mask) >= ((j - i) & mask)) {
			memcpy(tab_at(t, i), tab_at(t, j), t->stride);
			i = j;
		}
	}
	memset(tab_at(t, i), 0, 8);
	t->n--;
	return true;
}

bool ward_tab_next(const struct ward_tab *t, size_t *at, const void **ret_key, void **ret_val)
{
	for (; *at < t->n_slot; (*at)++) {
		if (!tab_hash_at(t, *at))
			continue;
		*ret_key = tab_at(t, *at) + 8;
		*ret_val = tab_val(t, *at);
		(*at)++;
		return true;
	}
	return false;
}
