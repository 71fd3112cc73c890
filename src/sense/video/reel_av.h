/* Private to the files that know libav: what the decoder puts into a reel, and what is cut out. */
#ifndef WARD_SENSE_VIDEO_REEL_AV_H
#define WARD_SENSE_VIDEO_REEL_AV_H

#include "sense/video/reel.h"

#include <libavcodec/avcodec.h>

/* A new stream: what was there is forgotten. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reel_begin(
	struct ward_reel *r, const AVCodecParameters *codec, AVRational time_base);
/* The next packet of it, before it is decoded: a reference is kept. What can't be kept is counted.
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reel_packet(struct ward_reel *r, const AVPacket *p);
/* A stamp of the stream as time; NOT_FOUND: there is none. */
WARD_MUST_CHECK enum ward_err ward_reel_stamp(int64_t stamp, AVRational time_base, ward_ns *ret);

struct ward_cut {
	AVCodecParameters *codec;
	AVRational time_base;
	AVPacket **packet; /* n_packet, the first stands for itself */
	size_t n_packet;
	struct ward_reel_note *note; /* n_note; those of the span are first to last */
	size_t n_note, first, last;
};

#endif
