/* Inside: a histogram of numbers in buckets that grow with the number: four per power of two, so a
 * quantile is right to a quarter. Only integers; adding in another order, or two histograms
 * together, gives the same. At most 2 * 64 * 4 buckets, kept sparse. */
#ifndef WARD_DETECT_BASELINE_HIST_H
#define WARD_DETECT_BASELINE_HIST_H

#include "base/mem.h"

enum { WARD_HIST_BUCKET_MAX = 256 }; /* buckets are -256 … 256; 0 is zero */

struct ward_hist_bucket {
	int32_t bucket;
	uint64_t count;
};

struct ward_hist {
	struct ward_hist_bucket *b; /* ascending */
	size_t n, cap;
	uint64_t total;
};

int32_t ward_hist_bucket_of(int64_t v);
/* The greatest (away from zero) number of a bucket. */
int64_t ward_hist_edge(int32_t bucket);
/* NOMEM leaves it as it was. */
WARD_MUST_CHECK enum ward_err ward_hist_add(
	const struct ward_mem *mem, struct ward_hist *h, int32_t bucket, uint64_t count);
/* Takes counts away that were added before; buckets without any go. */
void ward_hist_take(struct ward_hist *h, int32_t bucket, uint64_t count);
/* The counts are half of what they were, within one; buckets without any go. */
void ward_hist_halve(struct ward_hist *h);
void ward_hist_fini(const struct ward_mem *mem, struct ward_hist *h);
/* The edge of the bucket in which the number of rank per_mille of all lies, with `zeros` more
 * numbers that are zero. 0 when there is none. */
int64_t ward_hist_quantile(const struct ward_hist *h, uint64_t zeros, uint64_t per_mille);
/* The median distance from `median`, of the same numbers. */
int64_t ward_hist_mad(const struct ward_hist *h, uint64_t zeros, int64_t median);

#endif
