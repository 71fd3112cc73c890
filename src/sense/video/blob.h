/* Connected parts of a mask, as boxes (8 neighbours; union-find over runs of a row). */
#ifndef WARD_SENSE_VIDEO_BLOB_H
#define WARD_SENSE_VIDEO_BLOB_H

#include "sense/video/image.h"

enum { WARD_BLOBS_MAX = 64 };

struct ward_blob {
	struct ward_box box;
	uint32_t area;   /* pixels that are set */
	uint32_t sx, sy; /* sums of their columns and rows; the centre is sx / area, sy / area */
	uint32_t label;  /* what ward_blobs_find left in its labels */
};

struct ward_blobs {
	struct ward_blob at[WARD_BLOBS_MAX]; /* the largest, in the order of their first pixel */
	size_t n;
	size_t n_left_out; /* of min_area and more, for which there was no room */
};

struct ward_blob_finder;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_blob_finder_new(
	const struct ward_mem *mem, unsigned w, unsigned h, struct ward_blob_finder **ret);
void ward_blob_finder_free(struct ward_blob_finder *f);
/* The parts of mask[h][w], which holds 1 or 0, of at least min_area pixels. O(pixels). */
void ward_blobs_find(
	struct ward_blob_finder *f, const uint8_t *mask, uint32_t min_area, struct ward_blobs *ret);
/* Sets area[h][w] to 1 where the blob is, from the last find, else to 0. */
void ward_blob_paint(const struct ward_blob_finder *f, const struct ward_blob *b, uint8_t *area);
/* Joins parts of one person: one above the other, at most gap pixels apart. */
void ward_blobs_join(struct ward_blobs *b, float gap);

#endif
