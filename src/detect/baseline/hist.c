#include "detect/baseline/hist.h"

/* 1, 2, 3 have a bucket each; from 4 on the two bits below the highest one tell the quarter. */
int32_t ward_hist_bucket_of(int64_t v)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	if (u == 0)
		return 0;
	int top = 63 - __builtin_clzll(u);
	int32_t at = u < 4 ? (int32_t)u : (top - 1) * 4 + (int32_t)(u >> (top - 2) & 3);

	return v < 0 ? -at : at;
}

int64_t ward_hist_edge(int32_t bucket)
{
	int32_t at = bucket < 0 ? -bucket : bucket;
	int64_t edge = at;

	if (at >= 4) {
		int top = at / 4 + 1;
		uint64_t last = ((uint64_t)(4 + at % 4 + 1) << (top - 2)) - 1;

		edge = top > 62 || last > INT64_MAX ? INT64_MAX : (int64_t)last;
	}
	return bucket < 0 ? -edge : edge;
}

enum ward_err ward_hist_add(
	const struct ward_mem *mem, struct ward_hist *h, int32_t bucket, uint64_t count)
{
	size_t at = h->n;

	while (at > 0 && h->b[at - 1].bucket >= bucket)
		at--;
	if (at == h->n || h->b[at].bucket != bucket) {
		enum ward_err err = ward_mem_more(
			mem, &h->b, h->n, &h->cap, sizeof(*h->b), 2 * WARD_HIST_BUCKET_MAX + 1);

		if (err)
			return err;
		memmove(&h->b[at + 1], &h->b[at], (h->n - at) * sizeof(*h->b));
		h->b[at] = (struct ward_hist_bucket){bucket, 0};
		h->n++;
	}
	h->b[at].count += count;
	h->total += count;
	return WARD_OK;
}

static void drop_empty(struct ward_hist *h)
{
	size_t n = 0;

	h->total = 0;
	for (size_t i = 0; i < h->n; i++) {
		if (!h->b[i].count)
			continue;
		h->total += h->b[i].count;
		h->b[n++] = h->b[i];
	}
	h->n = n;
}

void ward_hist_take(struct ward_hist *h, int32_t bucket, uint64_t count)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->b[i].bucket == bucket)
			h->b[i].count -= count < h->b[i].count ? count : h->b[i].count;
	drop_empty(h);
}

void ward_hist_halve(struct ward_hist *h)
{
	bool keep = false;

	/* Of buckets with one, every second stays: many of them are not forgotten at once. */
	for (size_t i = 0; i < h->n; i++) {
		bool single = h->b[i].count == 1;

		h->b[i].count = single ? keep : h->b[i].count / 2;
		keep ^= single;
	}
	drop_empty(h);
}

void ward_hist_fini(const struct ward_mem *mem, struct ward_hist *h)
{
	ward_mem_free(mem, h->b, h->cap * sizeof(*h->b));
	*h = (struct ward_hist){.n = 0};
}

int64_t ward_hist_quantile(const struct ward_hist *h, uint64_t zeros, uint64_t per_mille)
{
	uint64_t total = h->total + zeros, seen = 0;
	/* The rank from 1 on, rounded up; counts are far below 2^54. */
	uint64_t rank = (total * per_mille + 999) / 1000;
	bool zeros_in = zeros == 0;

	for (size_t i = 0; i < h->n; i++) {
		if (!zeros_in && h->b[i].bucket >= 0) {
			seen += zeros;
			zeros_in = true;
			if (seen >= rank)
				return 0;
		}
		seen += h->b[i].count;
		if (seen >= rank)
			return ward_hist_edge(h->b[i].bucket);
	}
	return 0;
}

static uint64_t distance(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* Selection by repeated minimum: buckets are few. */
int64_t ward_hist_mad(const struct ward_hist *h, uint64_t zeros, int64_t median)
{
	uint64_t total = h->total + zeros, half = (total + 1) / 2, below = 0, least = 0;
	bool first = true;

	while (below < half) {
		uint64_t next = UINT64_MAX;

		for (size_t i = 0; i <= h->n; i++) {
			uint64_t d =
				distance(i < h->n ? ward_hist_edge(h->b[i].bucket) : 0, median);

			if ((i < h->n || zeros) && (first || d > least) && d < next)
				next = d;
		}
		if (next == UINT64_MAX)
			break;
		for (size_t i = 0; i < h->n; i++)
			if (distance(ward_hist_edge(h->b[i].bucket), median) == next)
				below += h->b[i].count;
		if (distance(0, median) == next)
			below += zeros;
		least = next;
		first = false;
	}
	return least > INT64_MAX ? INT64_MAX : (int64_t)least;
}
