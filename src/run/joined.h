/* Pieces of one resource (RFC 9110 14: answers 206, also of multipart/byteranges) put together to
 * the file that its client has: in any order, from any number of connections.
 *
 * A resource is put together in memory without a name, as gather.h keeps files, from which its
 * bytes are reckoned: half of file.waiting at most for all, so that other files find room. It has
 * ended when all of it is there, when nothing came of it for WARD_JOIN_WAIT_S, when it has more
 * than WARD_JOIN_SPANS holes, is longer than file.bytes, or when WARD_JOIN_OPEN others came since.
 * Nobody knows which client keeps which of bytes that come twice and are not the same: what was
 * there has ended then as it is, and is looked at; beside it begins what it is with the later ones,
 * up to WARD_JOIN_VERSIONS times. Sees untrusted bytes, which it only copies and compares.
 * Single-threaded. */
#ifndef WARD_RUN_JOINED_H
#define WARD_RUN_JOINED_H

#include "event/event.h"
#include "run/gather.h"
#include "sense/net/carve/sink.h"

enum { WARD_JOIN_OPEN = 16, WARD_JOIN_SPANS = 64, WARD_JOIN_WAIT_S = 120, WARD_JOIN_VERSIONS = 8 };

struct ward_join {
	uint64_t resource; /* 0: free */
	uint64_t total;    /* bytes of the whole; 0: not said */
	uint64_t n;        /* pieces */
	uint64_t bytes;    /* that are there */
	int fd;
	unsigned version;  /* so many were before it, of which bytes differ */
	bool differ, over; /* bytes came twice, and otherwise; nothing more of it can be taken */
	ward_ns time;      /* of the last piece, by its event */
	ward_ns heard;     /* by who ticks */
	struct ward_join_span {
		uint64_t from, end;
	} span[WARD_JOIN_SPANS]; /* that are there, in order, none touching the next */
	size_t n_span;
	struct ward_arena arena;
	struct ward_event about; /* the event of the piece that it began with */
};

/* X(IDENT, "field") of a piece's event that are not the whole's. */
#define WARD_JOIN_DROPPED_LIST(X)                              \
	X(CONTENT_RANGE, "http.content_range")                 \
	X(BYTES, "file.bytes")                                 \
	X(ENCODED, "file.encoded_bytes")                       \
	X(SHA256, "file.hash.sha256")                          \
	X(SHA1, "file.hash.sha1")                              \
	X(MD5, "file.hash.md5")                                \
	X(FRONT, "file.front.sha256")                          \
	X(MISSING, "file.missing_bytes")                       \
	X(MISSING_AT, "file.missing_at")                       \
	X(END, "file.end")                                     \
	X(MIME, "file.mime_type")                              \
	X(PROGRAM, "file.program")                             \
	X(DISGUISED, "file.disguised")                         \
	X(WITHIN, "file.within")                               \
	X(DURATION, "duration_ns")                             \
	/* set anew */                                         \
	X(PART, "file.part")                                   \
	X(COMPLETE, "file.complete")                           \
	X(TOTAL, "file.total_bytes")                           \
	X(PIECES, "file.pieces")                               \
	X(DIFFER, "file.pieces_differ")                        \
	/* of which nothing can be undone without the begin */ \
	X(ENCODING, "file.encoding")

enum ward_join_field {
#define X(IDENT, name) WARD_JOIN_##IDENT,
	WARD_JOIN_DROPPED_LIST(X)
#undef X
		WARD_JOIN_FIELD_N,
};

struct ward_joins {
	struct ward_gather *gather;
	struct ward_join join[WARD_JOIN_OPEN];
	uint32_t field[WARD_JOIN_FIELD_N];
	ward_ns now; /* of who ticks; 0: nobody does, and events alone tell the time */
};

/* Borrows gather. */
void ward_joins_init(struct ward_joins *j, struct ward_gather *gather, struct ward_names *names);
/* What is not whole is forgotten. */
void ward_joins_fini(struct ward_joins *j);
/* A piece, with its event (copied). It is taken and *file given back, or (false) left as it was:
 * there is no room for it, or no memory, or it is one version too many. O(bytes of the piece, and
 * of the resource where it differs from what is there). */
WARD_MUST_CHECK bool ward_joins_add(struct ward_joins *j, const struct ward_file_range *range,
	const struct ward_event *told, struct ward_gather_whole *file);
/* The next resource that has ended at this time (of the latest event), all: whether it has or not.
 * Its place is free then: *ret is its content, to be given back to gather; *ret_e lives in arena.
 * Holes are left out. False: there is none. */
WARD_MUST_CHECK bool ward_joins_ended(struct ward_joins *j, ward_ns time, bool all,
	struct ward_arena *arena, struct ward_gather_whole *ret, struct ward_event *ret_e);

#endif
