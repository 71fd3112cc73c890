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

enum ward_err ward_list_put(const struct ward_engine *e, struct list *l, uint32_t v)
{
	if (l->n == l->cap) {
		enum ward_err err =
			ward_room(e->mem, &l->p, l->n + 1, &l->cap, sizeof(*l->p), SIZE_MAX / 8);

		if (err)
			return err;
	}
	l->p[l->n++] = v;
	return WARD_OK;
}

static enum ward_err room(struct ward_engine *e, size_t n)
{
	for (int i = 0; i < 2; i++) {
		enum ward_err err = ward_room(e->mem, &e->sort[i], n, &e->cap_sort[i],
			sizeof(*e->sort[i]), SIZE_MAX / sizeof(*e->sort[i]));

		if (err)
			return err;
	}
	return WARD_OK;
}

/* sort[0][n] into sort[1] by one digit of the key, then both change places. */
static void by_digit(struct ward_engine *e, size_t n, unsigned shift, unsigned digits)
{
	uint32_t count[DIGITS], sum = 0;
	struct radix_item *from = e->sort[0], *to = e->sort[1];
	size_t cap = e->cap_sort[0];

	memset(count, 0, digits * sizeof(*count));
	for (size_t i = 0; i < n; i++)
		count[from[i].key >> shift & (digits - 1)]++;
	for (size_t d = 0; d < digits; d++) {
		uint32_t c = count[d];

		count[d] = sum;
		sum += c;
	}
	for (size_t i = 0; i < n; i++)
		to[count[from[i].key >> shift & (digits - 1)]++] = from[i];
	e->sort[0] = to;
	e->sort[1] = from;
	e->cap_sort[0] = e->cap_sort[1];
	e->cap_sort[1] = cap;
}

/* sort[0][n] by key, equal ones in the order that they have; through sort[1], digit by digit from
 * the lowest, leaving out digits in which all are equal. `differ`: the bits in which keys differ.
 */
static void by_key(struct ward_engine *e, size_t n, uint64_t differ)
{
	unsigned digit = n < SOME ? DIGIT_SOME : DIGIT;

	for (unsigned shift = 0; shift < 64; shift += digit)
		if (differ >> shift & ((1u << digit) - 1))
			by_digit(e, n, shift, 1u << digit);
}

static bool sorted(const uint32_t *a, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (a[i] < a[i - 1])
			return false;
	return true;
}

enum ward_err ward_sort_numbers(struct ward_engine *e, uint32_t *a, size_t n)
{
	uint64_t differ = 0;

	if (sorted(a, n))
		return WARD_OK;
	for (size_t i = 1; n <= FEW && i < n; i++) {
		uint32_t v = a[i];
		size_t k = i;

		for (; k && a[k - 1] > v; k--)
			a[k] = a[k - 1];
		a[k] = v;
	}
	if (n <= FEW)
		return WARD_OK;
	enum ward_err err = room(e, n);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		e->sort[0][i].key = a[i];
		differ |= a[i] ^ a[0];
	}
	by_key(e, n, differ);
	for (size_t i = 0; i < n; i++)
		a[i] = (uint32_t)e->sort[0][i].key;
	return WARD_OK;
}

enum ward_err ward_sort_reached(struct ward_engine *e, enum metric m, struct list *ret)
{
	uint64_t differ = 0, first = 0;
	size_t n = e->queue.n;
	enum ward_err err = room(e, n);

	ret->n = 0;
	/* The reached states in their own order: the key's order is stable on it. */
	if (!err)
		err = ward_sort_numbers(e, e->queue.p, n);
	for (size_t i = 0; !err && i < n; i++) {
		uint32_t s = e->queue.p[i];
		uint64_t key = (uint64_t)ward_label(e, m, s)->key ^ (uint64_t)1 << 63;

		first = i ? first : key;
		differ |= key ^ first;
		e->sort[0][i] = (struct radix_item){key, s};
		err = ward_list_put(e, ret, s);
	}
	if (err)
		return err;
	by_key(e, n, differ);
	for (size_t i = 0; i < n; i++)
		ret->p[i] = e->sort[0][i].state;
	return WARD_OK;
}
