/* What the HTTP/2 dissector (RFC 9113) keeps of one connection, shared by its files only. */
#ifndef WARD_SENSE_NET_HTTP2_HTTP2_H
#define WARD_SENSE_NET_HTTP2_HTTP2_H

#include "sense/net/proto/http/stream.h"
#include "sense/net/proto/http2/hpack.h"

/* Reasons why a frame is malformed: X(IDENT, "name") */
#define WARD_HTTP2_REASON_LIST(X)                        \
	X(PREFACE, "net.http2.reject.preface")           \
	X(FRAME_LENGTH, "net.http2.reject.frame.length") \
	X(FRAME_STREAM, "net.http2.reject.frame.stream") \
	X(PADDING, "net.http2.reject.padding")           \
	X(CONTINUATION, "net.http2.reject.continuation") \
	X(HEAD_LONG, "net.http2.reject.head.long")       \
	X(HPACK, "net.http2.reject.hpack")

enum ward_http2_reason {
#define X(IDENT, name) WARD_HTTP2_##IDENT,
	WARD_HTTP2_REASON_LIST(X)
#undef X
		WARD_HTTP2_REASON_N,
};

/* RFC 9113 6: X(IDENT, number, least length, most length, about a stream) */
#define WARD_HTTP2_FRAME_LIST(X)              \
	X(DATA, 0, 0, 0xffffff, true)         \
	X(HEADERS, 1, 1, 0xffffff, true)      \
	X(PRIORITY, 2, 5, 5, true)            \
	X(RST_STREAM, 3, 4, 4, true)          \
	X(SETTINGS, 4, 0, 0xffffff, false)    \
	X(PUSH_PROMISE, 5, 4, 0xffffff, true) \
	X(PING, 6, 8, 8, false)               \
	X(GOAWAY, 7, 8, 0xffffff, false)

enum ward_http2_type {
#define X(IDENT, number, least, most, stream) WARD_HTTP2_##IDENT = (number),
	WARD_HTTP2_FRAME_LIST(X)
#undef X
		WARD_HTTP2_WINDOW_UPDATE = 8, /* of a stream or of all */
	WARD_HTTP2_CONT = 9,
};

enum {
	WARD_HTTP2_STREAMS = 8, /* that are open at once and told as one event */
	WARD_HTTP2_ROOM = 6144, /* bytes of their texts */
	WARD_HTTP2_HEAD = 9,
	WARD_HTTP2_BLOCK = 65536,  /* the longest header block with its frames' heads */
	WARD_HTTP2_SETTINGS_N = 8, /* settings kept of a side */
};

struct ward_http2_frame {
	size_t len; /* without the head */
	uint8_t type, flags;
	uint32_t stream;
};

/* False: fewer than WARD_HTTP2_HEAD bytes. */
WARD_MUST_CHECK bool ward_http2_frame(struct ward_slice bytes, struct ward_http2_frame *ret);
/* The fault of a frame's head, or WARD_HTTP2_REASON_N. */
enum ward_http2_reason ward_http2_fault(const struct ward_http2_frame *f);

/* One header block as HTTP/1 has it: fields as lines in text (w), the others beside. */
struct ward_http2_pseudo {
	struct ward_wr text; /* memory of the other texts */
	struct ward_str method, path, authority, status;
};

/* Reads a whole block. False: h is good for nothing any more. */
WARD_MUST_CHECK bool ward_http2_block(struct ward_hpack *h, struct ward_slice block,
	struct ward_wr *lines, struct ward_http2_pseudo *ret);

struct ward_http2_stream {
	uint32_t id;
	bool answered;
	bool has_body[2]; /* of a side: its first bytes were seen */
	struct ward_http_request request;
	struct ward_http_answer answer;
};

struct ward_http2_side {
	bool begun, broken, closed;
	uint8_t n_setting;
	uint16_t setting[WARD_HTTP2_SETTINGS_N];
	uint32_t value[WARD_HTTP2_SETTINGS_N];
	struct ward_hpack hpack;
};

struct ward_http2_flow {
	struct ward_http_talk talk;
	bool told;
	uint32_t n_opened, n_reset, n_stream;
	uint32_t reset, goaway; /* the last error codes, 1 more; 0: none */
	bool goaway_by_client;
	struct ward_http2_side side[2];
	struct ward_http2_stream stream[WARD_HTTP2_STREAMS];
	uint8_t room[WARD_HTTP2_ROOM]; /* of each stream the request's texts, then the answer's */
};

/* event.c */
bool ward_http2_name_at(size_t i, struct ward_wr *w);
/* The connection's one event, once. */
void ward_http2_tell(const struct ward_dissect *d);

#endif
