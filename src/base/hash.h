/* Hashing and the two tables.
 *
 * `ward_intern` gives each distinct byte string a dense id (0, 1, 2 …) in order of arrival: the
 * map of names to things, where the things are the caller's own array indexed by id. Nothing is
 * removed. `ward_tab` maps fixed-size keys to fixed-size values and can delete: flows, windows.
 * Both hash with SipHash-1-3 under a seed, since keys come from outside. Single-threaded. */
#ifndef WARD_BASE_HASH_H
#define WARD_BASE_HASH_H

#include "base/mem.h"

struct ward_seed {
	uint64_t k0, k1;
};

/* From the kernel's random source; aborts if it has none. */
struct ward_seed ward_seed_random(void);
uint64_t ward_siphash(struct ward_seed seed, const void *p, size_t len);

#define WARD_NONE UINT32_MAX /* "no such id" wherever dense ids are used */

struct ward_intern {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_seed seed;
	uint32_t *slot; /* n_slot, power of two; id + 1, 0 is empty */
	size_t n_slot;
	struct ward_str *item; /* item[id] */
	uint64_t *hash;
	size_t n, cap, cap_hash, max;
};

/* Borrows mem; at most max strings and max_bytes of text. Allocates nothing yet. */
void ward_intern_init(
	struct ward_intern *t, const struct ward_mem *mem, size_t max, size_t max_bytes);
void ward_intern_fini(struct ward_intern *t);
/* The id of s, new or old. LIMIT or NOMEM leave the table as it was. Copies s. O(len). */
WARD_MUST_CHECK enum ward_err ward_intern_put(
	struct ward_intern *t, struct ward_str s, uint32_t *ret);
/* The id of s, or WARD_NONE. O(len). */
uint32_t ward_intern_find(const struct ward_intern *t, struct ward_str s);
/* Lives as long as the table; NUL-terminated. id must be < t->n. */
static inline struct ward_str ward_intern_at(const struct ward_intern *t, uint32_t id)
{
	WARD_ASSERT(id < t->n);
	return t->item[id];
}

struct ward_tab {
	const struct ward_mem *mem;
	struct ward_seed seed;
	size_t key_len, val_len, stride;
	uint8_t *slot; /* n_slot entries: 8-byte hash (0 is empty), key, value */
	size_t n_slot; /* power of two */
	size_t n, max;
};

/* Keys are compared as bytes: zero any padding. Borrows mem; at most max entries. */
void ward_tab_init(
	struct ward_tab *t, const struct ward_mem *mem, size_t key_len, size_t val_len, size_t max);
void ward_tab_fini(struct ward_tab *t);
/* The value, or NULL. Valid until the next put or del. */
void *ward_tab_find(const struct ward_tab *t, const void *key);
/* The value of key, zeroed when the entry is new (*ret_new, may be NULL). LIMIT or NOMEM leave the
 * table as it was. */
WARD_MUST_CHECK enum ward_err ward_tab_put(
	struct ward_tab *t, const void *key, void **ret, bool *ret_new);
/* True when there was one. */
bool ward_tab_del(struct ward_tab *t, const void *key);
/* Walks all entries: start with *at = 0; false at the end. The order has no meaning: sort before
 * anything that a person or a test compares. Deleting while walking is not allowed. */
bool ward_tab_next(const struct ward_tab *t, size_t *at, const void **ret_key, void **ret_val);

#endif
