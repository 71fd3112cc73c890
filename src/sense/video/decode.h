/* Pictures out of a video file: libav behind one file, seen through a descriptor that is open.
 *
 * Sees untrusted bytes, and hands them to a large library: it belongs into a process of its own,
 * caged before ward_decoder_open. Opens no file and no socket itself, uses one thread. Every
 * picture comes scaled to what the analysis takes, at the rate that it takes. */
#ifndef WARD_SENSE_VIDEO_DECODE_H
#define WARD_SENSE_VIDEO_DECODE_H

#include "base/counter.h"
#include "base/limit.h"
#include "sense/video/image.h"

enum { WARD_DECODER_WHY = 256 };

struct ward_decoder_opts {
	const struct ward_limits *lim; /* borrowed for its life, as is counters */
	struct ward_counters *counters;
	unsigned fps; /* pictures a second of the video's own time, 1 to 30 */
};

struct ward_decoder;

/* fd is borrowed and must be at its beginning; it may be a pipe. why is filled on failure: FOREIGN
 * when it is no video that libav knows, UNSUPPORTED when it has no picture, or one that is too
 * large or of a codec that is not there; IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_decoder_open(int fd, const struct ward_decoder_opts *opts,
	char why[WARD_DECODER_WHY], struct ward_decoder **ret);
void ward_decoder_close(struct ward_decoder *d);

/* The next picture that is due; borrowed until the next call. Its time begins at 0 with the first
 * picture. Damaged packets are passed over and counted. CLOSED at the end of a whole file; CORRUPT
 * where it ends before it should, or where nothing more can be read: why says where. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_decoder_next(
	struct ward_decoder *d, char why[WARD_DECODER_WHY], struct ward_image *ret);
/* Pictures that the source gave so far, and its own size. */
uint64_t ward_decoder_frames(const struct ward_decoder *d);
void ward_decoder_size(const struct ward_decoder *d, unsigned *ret_w, unsigned *ret_h);

#endif
