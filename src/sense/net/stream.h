/* TCP streams put together again, one direction at a time.
 *
 * Knows no flows and no dissectors: segments in, bytes in order out through a `ward_stream_user`.
 * Segments that come in order are handed on straight from the packet; only what the user does not
 * take, and what came too early, is copied into chunks of a bounded pool. Sees untrusted bytes;
 * single-threaded; nothing is allocated after start.
 *
 * What an onlooker can't have (a hole) is waited for until the other side acknowledges what lies
 * behind it, or until the side's memory is used up; then the user is told of the gap. Of bytes that
 * are sent twice, those that came first stand. */
#ifndef WARD_SENSE_NET_STREAM_H
#define WARD_SENSE_NET_STREAM_H

#include "base/limit.h"
#include "sense/net/chunk.h"
#include "sense/net/counters.h"

/* The memory of all streams of one sensor. */
struct ward_stream_pool {
	struct ward_chunk_pool chunks; /* a list per side */
	uint64_t *count;               /* WARD_NET_COUNTER_N, borrowed */
};

/* Sequence numbers are counted on in 64 bits, so that they never wrap. */
struct ward_stream_side {
	uint64_t
		next; /* what lies before it was taken, passed over or lost; may be ahead of high */
	uint64_t high;  /* end of what was seen or acknowledged */
	uint64_t acked; /* what lies before it and is not here will not come */
	uint64_t fin;   /* where the stream ends; UINT64_MAX: not known */
	uint64_t need;  /* bytes from next on that the user waits for; 0: any */
	struct ward_chunks held;
	uint32_t first; /* sequence number of its first byte */
	bool started;
	bool synced; /* the place is known since the handshake, without a gap */
	bool closed; /* nothing more is handed to the user */
};

/* All zero: neither side was seen. */
struct ward_stream {
	struct ward_stream_side side[2];
	bool stopped; /* the user wants no more */
};

struct ward_segment {
	unsigned side; /* 0 or 1: who sent it */
	uint32_t seq, ack;
	uint8_t flags; /* WARD_TCP_… */
	bool hasty;    /* a hole before it is not waited for */
	struct ward_slice bytes;
	size_t len; /* on the wire; >= bytes.len */
};

/* What the user does with bytes. */
struct ward_stream_take {
	uint64_t used; /* dealt with; may be more than were given: those that follow are not wanted
			*/
	uint64_t need; /* how many it needs from there on; 0: at least one more than it had */
	bool stop;     /* leave the stream alone for good */
	/* With bytes used: the other side waits for nothing any more, what is held of it is handed
	 * over anew. */
	bool wake;
};

struct ward_stream_user {
	/* Bytes at the side's place; end: nothing follows them. None, when only the end came after
	 * the call before. The slice dies with the call. */
	struct ward_stream_take (*bytes)(
		void *ctx, unsigned side, struct ward_slice bytes, bool end);
	/* So many bytes from the side's place on are lost, with what the user did not take. False:
	 * as stop. */
	bool (*gap)(void *ctx, unsigned side, uint64_t lost);
	/* The pool is empty: takes chunks from another stream. False when there are none. */
	bool (*room)(void *ctx);
	void *ctx;
};

/* Takes lim's net.stream.bytes and net.stream.side. Borrows mem and count. NOMEM leaves it empty.
 */
WARD_MUST_CHECK enum ward_err ward_stream_init(struct ward_stream_pool *p,
	const struct ward_mem *mem, const struct ward_limits *lim, uint64_t *count);
void ward_stream_fini(struct ward_stream_pool *p);
/* The longest message that can be waited for. */
static inline size_t ward_stream_side_bytes(const struct ward_stream_pool *p)
{
	return (size_t)(p->chunks.list_max - 1) * WARD_CHUNK_BYTES;
}

/* The side's first byte has this number, as a handshake said. */
void ward_stream_begin(struct ward_stream *s, unsigned side, uint32_t seq);
/* A side that was not begun begins with its first segment that has bytes. Calls the user with what
 * the acknowledgement settles of the other side, then with the segment's own. O(bytes), plus the
 * chunks of the side when the segment is out of order. False: bytes were not those that are held
 * for the same place. */
bool ward_stream_see(struct ward_stream_pool *p, struct ward_stream *s,
	const struct ward_segment *seg, const struct ward_stream_user *user);
/* Has the segment bytes that are new of its side, whose sender has all that was seen of the other?
 */
bool ward_stream_answers(const struct ward_stream *s, const struct ward_segment *seg);
/* Hands what is held of the side over anew, whatever it waits for. */
void ward_stream_wake(struct ward_stream_pool *p, struct ward_stream *s, unsigned side,
	const struct ward_stream_user *user);
/* Nothing more comes: hands over what is held, side 0 first, across holes. */
void ward_stream_end(
	struct ward_stream_pool *p, struct ward_stream *s, const struct ward_stream_user *user);
/* Gives the chunks back, without a call: as if what they hold had not been captured. */
void ward_stream_shed(struct ward_stream_pool *p, struct ward_stream *s);
static inline bool ward_stream_holds(const struct ward_stream *s)
{
	return s->side[0].held.n || s->side[1].held.n;
}
/* Nothing is left to do. */
static inline bool ward_stream_over(const struct ward_stream *s)
{
	return s->stopped || (s->side[0].closed && s->side[1].closed);
}

#endif
