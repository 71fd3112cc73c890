/* Contents of files that come in pieces, several at once, each put together in memory that has no
 * name and is written by nobody once it is whole (memfd_create(2), sealed).
 *
 * Nothing of it is ever on a disk: what is not taken, or whose descriptor is closed, is gone with
 * its pages. Files larger than file.bytes, those for which file.waiting has no room, and more than
 * WARD_GATHER_OPEN at once are given up, and counted. Sees untrusted bytes, which it only copies.
 * Single-threaded. */
#ifndef WARD_RUN_GATHER_H
#define WARD_RUN_GATHER_H

#include "base/counter.h"
#include "base/limit.h"
#include "base/slice.h"

enum { WARD_GATHER_OPEN = 256 };

struct ward_gather {
	struct ward_gathered {
		uint64_t number; /* 0: free */
		int fd;          /* -1: nothing yet */
		uint64_t size;
		const char *why; /* it is given up; NULL: it is not */
		bool torn;       /* what follows is behind a hole */
		uint64_t begun;  /* in which order */
		bool stays;      /* a person's: it makes room for no other */
	} file[WARD_GATHER_OPEN];
	uint64_t file_max, all_max;
	uint64_t n_begun;
	uint64_t all; /* bytes, also of what was taken and not given back */
};

void ward_gather_init(struct ward_gather *g, const struct ward_limits *lim);
/* Closes all. */
void ward_gather_fini(struct ward_gather *g);

/* A file comes; number is not 0. One that came under this number, or when there is no place the
 * one that began first, is forgotten; none that `stays`, of which whoever begins them has a bound
 * below WARD_GATHER_OPEN. Those that do not stay have seven eighths of file.waiting together. */
void ward_gather_begin(struct ward_gather *g, uint64_t number, bool stays);
/* So many bytes more may wait of files that stay, or do not. */
uint64_t ward_gather_room(const struct ward_gather *g, bool stays);
/* Its next bytes. What does not follow on is behind a hole: nothing more of it is kept. */
void ward_gather_bytes(
	struct ward_gather *g, uint64_t number, uint64_t off, struct ward_slice bytes);

/* What became of it; it is forgotten here. */
struct ward_gather_whole {
	int fd;          /* the caller's, sealed; -1: there is nothing, or it was given up */
	uint64_t size;   /* to be given back when fd is closed */
	const char *why; /* it was given up; lives forever. NULL: it was not */
};
struct ward_gather_whole ward_gather_end(struct ward_gather *g, uint64_t number);
void ward_gather_give_back(struct ward_gather *g, struct ward_gather_whole *w);

#endif
