/* Capture files: pcap read with libpcap (capture.c is the only file that knows it), pcapng by
 * ourselves (pcapng.h).
 *
 * Single-threaded. The file is outside bytes: libpcap parses the headers of a pcap file, all else
 * is ours. Times are kept to the nanosecond. */
#ifndef WARD_SENSE_NET_CAPTURE_H
#define WARD_SENSE_NET_CAPTURE_H

#include "base/mem.h"
#include "sense/input.h"
#include "sense/net/packet.h"

struct ward_capture;

/* Opens a file. IO when it can't be opened, MALFORMED when it is no capture; then ret_why (given,
 * of WARD_CAPTURE_WHY bytes) says it in words. */
enum { WARD_CAPTURE_WHY = 320 };
WARD_MUST_CHECK enum ward_err ward_capture_open(
	const struct ward_mem *mem, const char *path, char *ret_why, struct ward_capture **ret);
/* The same from a pipe: ready is called before each read of fd and returns when there is something
 * to read, or false, when there shall be no more: that is as if the pipe had ended. So its caller
 * can say what it has so far while the other end is silent. fd and ready's ctx are borrowed until
 * close. */
struct ward_capture_pipe {
	int fd;
	bool (*ready)(void *ctx);
	void *ctx;
};
WARD_MUST_CHECK enum ward_err ward_capture_open_pipe(const struct ward_mem *mem,
	const struct ward_capture_pipe *pipe, char *ret_why, struct ward_capture **ret);
/* The same from an input whose first bytes were looked at; bytes is borrowed until close. */
WARD_MUST_CHECK enum ward_err ward_capture_open_input(const struct ward_mem *mem,
	struct ward_input_bytes *bytes, char *ret_why, struct ward_capture **ret);
void ward_capture_close(struct ward_capture *c);
/* The link type's name as libpcap says it ("EN10MB"); lives forever. */
const char *ward_capture_link_name(uint16_t link_type);
/* LINKTYPE of the first interface. */
uint16_t ward_capture_link_type(const struct ward_capture *c);
/* Of the first interface. */
enum ward_link ward_capture_link(const struct ward_capture *c);
/* The next frame, numbered from 0, its bytes valid until the next call. CLOSED at the end; CORRUPT
 * when the file is damaged from here on, with the words in ward_capture_why; IO, NOMEM. seen is
 * time. The packets of a pcapng file may have several link types. */
WARD_MUST_CHECK enum ward_err ward_capture_next(struct ward_capture *c, struct ward_frame *ret);
/* Frames that were lost before they were written, as far as a pcapng file has said until now; a
 * pcap file says nothing of it: 0. */
uint64_t ward_capture_dropped(const struct ward_capture *c);
/* Byte of the (unpacked) file at which the next record begins; after CORRUPT, the damaged one. */
uint64_t ward_capture_offset(const struct ward_capture *c);
const char *ward_capture_why(const struct ward_capture *c);

#endif
