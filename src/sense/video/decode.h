/* Pictures out of a video: libav behind one file. It sees a file through a descriptor that is open,
 * and a camera's stream as packets that somebody else received.
 *
 * Sees untrusted bytes, and hands them to a large library: it belongs into a process of its own,
 * caged before ward_decoder_open. Opens no file and no socket itself, uses one thread. Every
 * picture comes scaled to what the analysis takes, at the rate that it takes. */
#ifndef WARD_SENSE_VIDEO_DECODE_H
#define WARD_SENSE_VIDEO_DECODE_H

#include "base/counter.h"
#include "base/limit.h"
#include "sense/video/image.h"
#include "sense/video/shed.h"

enum { WARD_DECODER_WHY = 256 };

struct ward_reel;

struct ward_decoder_opts {
	const struct ward_limits *lim; /* borrowed for its life, as is counters */
	struct ward_counters *counters;
	unsigned fps;              /* pictures a second of the video's own time, 1 to 30 */
	unsigned w, h;             /* of what is given out; 0: as the first picture asks */
	bool keyframes;            /* only pictures that stand for themselves are decoded */
	enum ward_shed_level shed; /* how much less than that */
	struct ward_reel *reel;    /* every packet is kept in it, too; NULL: nothing is */
};

/* Where a stream's RTP packets come from: waits for the next one and copies it to p, which has room
 * for WARD_DECODER_PACKET bytes. Any error is the end of the stream. */
struct ward_decoder_packets {
	enum ward_err (*next)(void *ctx, uint8_t *p, size_t *ret_len);
	void *ctx;
};

enum { WARD_DECODER_PACKET = 65536 };

struct ward_decoder;

/* fd is borrowed and must be at its beginning; it may be a pipe. why is filled on failure: FOREIGN
 * when it is no video that libav knows, UNSUPPORTED when it has no picture, or one that is too
 * large or of a codec that is not there; IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_decoder_open(int fd, const struct ward_decoder_opts *opts,
	char why[WARD_DECODER_WHY], struct ward_decoder **ret);
/* A live stream instead: sdp as sdp.h writes it, packets from elsewhere; both are borrowed, sdp for
 * the call. It waits for no packet yet. Errors as above. */
WARD_MUST_CHECK enum ward_err ward_decoder_open_rtp(struct ward_slice sdp,
	struct ward_decoder_packets packets, const struct ward_decoder_opts *opts,
	char why[WARD_DECODER_WHY], struct ward_decoder **ret);
void ward_decoder_close(struct ward_decoder *d);

/* The next picture that is due; borrowed until the next call. Its time begins at 0 with the first
 * picture. Damaged packets are passed over and counted. CLOSED at the end of a whole file; CORRUPT
 * where it ends before it should, or where nothing more can be read: why says where. IO, NOMEM. Of
 * a stream CLOSED, whatever ended it. */
WARD_MUST_CHECK enum ward_err ward_decoder_next(
	struct ward_decoder *d, char why[WARD_DECODER_WHY], struct ward_image *ret);
/* The last picture once more, in a size in which people look at it (large.h), to be drawn on;
 * borrowed until the next call. UNSUPPORTED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_decoder_large(struct ward_decoder *d, struct ward_canvas *ret);
/* The stream's own time of it, as a reel knows it. NOT_FOUND: it has none. */
WARD_MUST_CHECK enum ward_err ward_decoder_stamp(const struct ward_decoder *d, ward_ns *ret);
/* From the next picture on. */
void ward_decoder_shed(struct ward_decoder *d, enum ward_shed_level shed);
/* Pictures that the source gave so far, and its own size. */
uint64_t ward_decoder_frames(const struct ward_decoder *d);
/* Packets that could not be decoded, so far; of a stream that was entered in the midst not those
 * before it said how. */
uint64_t ward_decoder_failures(const struct ward_decoder *d);
void ward_decoder_size(const struct ward_decoder *d, unsigned *ret_w, unsigned *ret_h);

#endif
