/* Content codings of HTTP (RFC 9110 8.4): gzip
 * (RFC 1952), deflate (RFC 1950, or RFC 1951 bare as many servers send it), br (RFC 7932), zstd
 * (RFC 8878; windows of at most 8 MiB, RFC 9659), and chains of them.
 *
 * They are undone in the cell, so that no library for them reads a byte in the process that faces
 * the network. Sees untrusted bytes, by way of zlib, libbrotlidec and libzstd. */
#ifndef WARD_SENSE_FILE_CODING_H
#define WARD_SENSE_FILE_CODING_H

#include "base/wr.h"

enum { WARD_CODINGS_MOST = 8, WARD_CODING_NAME = 32 };

/* How it ended: what was undone before that is there. */
enum ward_undone {
	WARD_UNDONE_ALL,
	WARD_UNDONE_PLAIN, /* a layer is not coded as it is said to be: it is taken as it is */
	/* a layer makes no sense from some byte on, is cut off, or holds what no decoder gives:
	 * bytes behind its end, frames that are skipped */
	WARD_UNDONE_DAMAGED,
	WARD_UNDONE_LARGE,   /* it decodes to more than may be unpacked */
	WARD_UNDONE_UNKNOWN, /* a coding that is not undone here, or more than WARD_CODINGS_MOST */
};

/* What was there before a layer was undone. */
struct ward_came {
	struct ward_slice bytes;
	bool own; /* whoever reads it without the coding's name reads the same (gzip, zstd) */
};

/* Who says a coding may lie, and who fetches it may not undo any: what is undone replaces nothing.
 * A layer that failed is not taken off; what it gave until then stands beside. */
struct ward_uncoded {
	enum ward_undone how;
	char coding[WARD_CODING_NAME]; /* which one it was about, in lower case; may be cut */
	uint64_t at;                   /* DAMAGED: byte of that layer */
	uint64_t unpacked;             /* bytes that all layers gave */
	struct ward_slice bytes;       /* the content: what came where no layer was taken off */
	struct ward_came came[WARD_CODINGS_MOST]; /* before each of them: what came is the first */
	size_t n_came;                            /* layers that were taken off */
	struct ward_slice broken;                 /* DAMAGED, LARGE: what that layer gave */
	struct ward_wr w[WARD_CODINGS_MOST];      /* to be given back by ward_uncode_fini */
};

/* What is to be undone. */
struct ward_coded {
	struct ward_slice bytes; /* live as long as what is made of them is used */
	struct ward_str
		codings; /* a Content-Encoding field: "gzip, br", the last was applied last */
	bool cut; /* not all of it came: a layer that ends early is taken off as far as it goes */
};

/* Takes the codings off. All layers together give at most `most` bytes. Aborts without memory, as
 * the cell's death is told. O(bytes in and out). */
void ward_uncode(const struct ward_coded *in, size_t most, struct ward_uncoded *ret);
void ward_uncode_fini(struct ward_uncoded *u);

#endif
