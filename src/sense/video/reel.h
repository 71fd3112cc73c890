/* What a camera sent last, as it sent it, in memory: a ring of encoded packets that begins at a
 * picture that stands for itself, and beside it what the analysis knows of each picture that it
 * saw. From it a clip is cut when something happened.
 *
 * Bounded by the stream's time and by bytes; the oldest group of pictures goes first. It belongs to
 * one decoder at a time: another stream begins it anew. Never written anywhere. */
#ifndef WARD_SENSE_VIDEO_REEL_H
#define WARD_SENSE_VIDEO_REEL_H

#include "base/counter.h"
#include "sense/video/veil.h"

struct ward_reel;

struct ward_reel_opts {
	ward_ns span; /* at least so much is kept, as far as bytes allow */
	size_t bytes;
	unsigned fps;                   /* pictures a second that are analysed */
	struct ward_counters *counters; /* borrowed */
};

/* Of a picture that was analysed. */
struct ward_reel_note {
	ward_ns stamp, time; /* the stream's own time, and the analysis' */
	struct ward_veil veil;
	uint32_t masks; /* privacy masks that hid */
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reel_new(const struct ward_reel_opts *o, struct ward_reel **ret);
void ward_reel_free(struct ward_reel *r);
/* Stamps rise; one that does not begins the notes anew. */
void ward_reel_note(struct ward_reel *r, const struct ward_reel_note *n);
/* Bytes and packets that it holds. */
size_t ward_reel_bytes(const struct ward_reel *r);
size_t ward_reel_packets(const struct ward_reel *r);

/* A part of it, that stays when the ring goes on. */
struct ward_cut;

/* The pictures whose time (the analysis') is from `from` to `to`, as far as it has them. NOT_FOUND:
 * none of them. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reel_cut(
	const struct ward_reel *r, ward_ns from, ward_ns to, struct ward_cut **ret);
void ward_cut_free(struct ward_cut *c);

#endif
