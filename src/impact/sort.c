#include "impact/engine.h"

/* Below FEW, moving neighbours is cheaper than counting; below SOME, small digits are. */
enum { FEW = 48, SOME = 4096, DIGIT = 11, DIGIT_SOME = 8, DIGITS = 1 << DIGIT };

enum ward_err ward_room(
	const struct ward_mem *mem, void *items, size_t n, size_t *cap, size_t size, size_t max)
{
	size_t want = n + n / 8 + 16, bytes;
	void *old, *grown;

	if (n <= *cap)
		return WARD_OK;
	if (n > max)
		return WARD_ERR_LIMIT;
	want = want < max ? want : max;
	if (!ward_mul(want, size, &bytes))
		return WARD_ERR_NOMEM;
	/* items is the address of a pointer of any object type; all have one representation. */
	memcpy(&old, items, sizeof(old));
	grown = ward_mem_resize(mem, old, *cap * size, bytes);
	if (!grown)
		return WARD_ERR_NOMEM;
	memcpy(items, &grown, sizeof(grown));
	*cap = want;
	return WARD_OK;
}

enum ward_err ward_list_grow(const struct ward_engine *e, struct list *l)
{
	return ward_room(e->mem, &l->p, l->n + 1, &l->cap, sizeof(*l->p), SIZE_MAX / 8);
}

enum ward_err ward_label_room(struct ward_engine *e, size_t n, size_t max)
{
	enum ward_err err = WARD_OK;

	for (unsigned m = 0; !err && m < METRIC_N; m++) {
		err = ward_room(e->mem, &e->keys[m], n, &e->cap_key[m], sizeof(*e->keys[m]), max);
		if (!err)
			err = ward_room(e->mem, &e->label[m], n, &e->cap_label[m],
				sizeof(*e->label[m]), max);
	}
	return err;
}

enum ward_err ward_scratch(struct ward_engine *e, size_t bytes, void **ret)
{
	enum ward_err err = ward_scratch_more(e, bytes);

	e->near.live = false;
	*ret = e->item;
	return err;
}

enum ward_err ward_scratch_more(struct ward_engine *e, size_t bytes)
{
	size_t n = (bytes + sizeof(*e->item) - 1) / sizeof(*e->item);

	e->n_item = 0;
	if (n <= e->cap_item)
		return WARD_OK;
	struct ward_impact *grown = ward_mem_resize(
		e->mem, e->item, e->cap_item * sizeof(*e->item), n * sizeof(*e->item));

	if (!grown)
		return WARD_ERR_NOMEM;
	e->cap_item = n;
	e->item = grown;
	return WARD_OK;
}

/* The places of digits by how many there are of each before. */
static void starts(uint32_t *count, size_t n)
{
	uint32_t sum = 0;

	for (size_t d = 0; d < n; d++) {
		uint32_t c = count[d];

		count[d] = sum;
		sum += c;
	}
}

static bool sorted(const uint32_t *a, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (a[i] < a[i - 1])
			return false;
	return true;
}

static void insert(uint32_t *a, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t v = a[i];
		size_t k = i;

		for (; k && a[k - 1] > v; k--)
			a[k] = a[k - 1];
		a[k] = v;
	}
}

/* By digits from the lowest, leaving out those in which all are equal; to[n] is for use. */
static void by_digits(uint32_t *a, uint32_t *to, size_t n)
{
	uint32_t count[DIGITS], differ = 0, *from = a;
	unsigned digit = n < SOME ? DIGIT_SOME : DIGIT, mask = (1u << digit) - 1;

	for (size_t i = 1; i < n; i++)
		differ |= a[i] ^ a[0];
	for (unsigned shift = 0; shift < 32; shift += digit) {
		if (!(differ >> shift & mask))
			continue;
		memset(count, 0, (mask + 1) * sizeof(*count));
		for (size_t i = 0; i < n; i++)
			count[from[i] >> shift & mask]++;
		starts(count, mask + 1);
		for (size_t i = 0; i < n; i++)
			to[count[from[i] >> shift & mask]++] = from[i];
		uint32_t *swap = from;

		from = to;
		to = swap;
	}
	if (from != a)
		memcpy(a, from, n * sizeof(*a));
}

enum ward_err ward_sort_numbers(struct ward_engine *e, uint32_t *a, size_t n)
{
	if (sorted(a, n))
		return WARD_OK;
	if (n <= FEW) {
		insert(a, n);
		return WARD_OK;
	}
	enum ward_err err =
		ward_room(e->mem, &e->sort, n, &e->cap_sort, sizeof(*e->sort), SIZE_MAX / 8);

	if (!err)
		by_digits(a, e->sort, n);
	return err;
}

/* from[n] into to[n] by one digit of the key. */
static void by_digit(const struct radix_item *from, struct radix_item *to, size_t n, unsigned shift)
{
	uint32_t count[DIGITS] = {0};

	for (size_t i = 0; i < n; i++)
		count[from[i].key >> shift & (DIGITS - 1)]++;
	starts(count, DIGITS);
	for (size_t i = 0; i < n; i++)
		to[count[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

enum ward_err ward_sort_reached(struct ward_engine *e, enum metric m, struct list *ret)
{
	uint64_t differ = 0;
	size_t n = e->queue.n;
	void *mem;

	ret->n = 0;
	if (!n)
		return WARD_OK;
	/* The reached states in their own order: the key's order is stable on it. */
	enum ward_err err = ward_sort_numbers(e, e->queue.p, n);

	for (size_t i = 0; !err && i < n; i++)
		err = ward_list_put(e, ret, e->queue.p[i]);
	if (!err)
		err = ward_scratch(e, 2 * n * sizeof(struct radix_item), &mem);
	if (err)
		return err;
	struct radix_item *from = mem, *to = from + n;

	for (size_t i = 0; i < n; i++) {
		uint32_t s = e->queue.p[i];

		from[i].key = (uint64_t)ward_key(e, m, s) ^ (uint64_t)1 << 63;
		from[i].state = s;
		differ |= from[i].key ^ from[0].key;
	}
	for (unsigned shift = 0; shift < 64; shift += DIGIT) {
		if (!(differ >> shift & (DIGITS - 1)))
			continue;
		struct radix_item *swap = from;

		by_digit(from, to, n, shift);
		from = to;
		to = swap;
	}
	for (size_t i = 0; i < n; i++)
		ret->p[i] = e->number[from[i].state];
	return WARD_OK;
}
