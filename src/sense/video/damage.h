/* Is what a camera sends a stream that can be decoded? Judged by what the stream is, never by when
 * it was read or by how much of it was decoded.
 *
 * Damaged: packets came for ten seconds, and no picture of them; at the begin of a stream, which
 * may be entered in the midst of what hangs on a key picture, for a minute, unless some fail to be
 * decoded. Well again: pictures came for five seconds, of a decoder that knows nothing of the
 * damage. Time counts only while packets come: a machine with too much to do reads none for long,
 * then many at once, and no stream is worse for it. Pictures are those that were decoded, whether
 * they were analysed or shed; where only key pictures are decoded, they are waited for three times
 * as long as they were apart before. Pure: times are handed in.
 */
#ifndef WARD_SENSE_VIDEO_DAMAGE_H
#define WARD_SENSE_VIDEO_DAMAGE_H

#include "base/clock.h"

/* Of the decoder, before it gets the packet. */
struct ward_damage_decoder {
	uint64_t n_picture, n_failed; /* since it began */
	bool keyed;                   /* it is given only what stands for itself */
};

enum ward_damage_news {
	WARD_DAMAGE_SAME,
	WARD_DAMAGE_ON,
	WARD_DAMAGE_OFF,
	WARD_DAMAGE_ANEW, /* the decoder is to begin anew, with this packet: it was given noise */
};

/* Zeroed: nothing came yet. Times are of packets that came: a gap adds a second at most. */
struct ward_damage {
	bool damaged, begun, keyed;
	bool seen_any;      /* a picture of this stream */
	ward_ns seen;       /* the last packet */
	ward_ns bare;       /* since the last picture */
	bool runs;          /* while damaged: pictures come, */
	ward_ns well;       /* for so long */
	ward_ns age;        /* of the decoder */
	uint64_t n_picture; /* its own, as known */
	ward_ns apart;      /* key pictures, at most, while only they are decoded; */
	unsigned n_key;     /* of so many */
};

/* Another stream begins. */
void ward_damage_stream(struct ward_damage *d);
/* A decoder begins, in the midst of it. */
void ward_damage_begin(struct ward_damage *d);
/* A packet came, at a time that never goes back. */
enum ward_damage_news ward_damage_packet(
	struct ward_damage *d, ward_ns seen, const struct ward_damage_decoder *of);
/* It can't be decoded at all. True: that is news. */
bool ward_damage_useless(struct ward_damage *d);

#endif
