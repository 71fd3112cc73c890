/* How far followed files were read, kept over restarts.
 *
 * Two copies in one file, written in turn and each with its sum, so that a torn write leaves the
 * one before. Owned by one process. */
#ifndef WARD_RUN_POSITIONS_H
#define WARD_RUN_POSITIONS_H

#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"

enum { WARD_POSITIONS_MAX = 512, WARD_POSITION_NAME = 256, WARD_POSITION_HEAD = 256 };

struct ward_position {
	char source[64];
	char name[WARD_POSITION_NAME]; /* in the source's folder, when it was last seen */
	uint64_t dev, ino;
	uint64_t epoch; /* part of its events' ids: another one each time it began anew */
	uint64_t off;   /* all before is durable */
	/* By its first bytes, at most WARD_POSITION_HEAD, it is known again; of which only a hash
	 * is kept, since they may name somebody. */
	uint32_t n_head;
	struct ward_id head;
};
/* The hash of the first bytes of the file of that epoch. */
struct ward_id ward_position_head(uint64_t epoch, struct ward_slice bytes);

struct ward_positions {
	int fd; /* borrowed; < 0: kept in memory only */
	uint64_t turn;
	size_t n;
	struct ward_position at[WARD_POSITIONS_MAX];
};

/* Reads fd; nothing that can be read is an empty list. IO. */
WARD_MUST_CHECK enum ward_err ward_positions_open(struct ward_positions *p, int fd);
/* A new entry, zeroed; the one that is there longest goes when all are used. */
struct ward_position *ward_positions_add(struct ward_positions *p);
void ward_positions_drop(struct ward_positions *p, size_t i);
/* Makes them durable. IO. */
WARD_MUST_CHECK enum ward_err ward_positions_save(struct ward_positions *p);

#endif
