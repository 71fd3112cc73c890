/* What the files of this room share; not for others. */
#ifndef WARD_JOURNAL_PRIV_H
#define WARD_JOURNAL_PRIV_H

#include "base/hash.h"
#include "journal/format.h"
#include "journal/journal.h"

enum {
	READER_MAX = 64,
	READER_NAME = 32,
	SPARE_MAX = 8,
	SEG_NAME = 40,
	IO_CHUNK = 65536,
};

struct seg {
	struct ward_seg_head h;
	bool bad; /* the header can't be read: only h.lane, index, len hold */
};

struct lane {
	struct seg *seg; /* by index, consecutive but for damage */
	size_t n, cap;
	int fd;       /* of the newest; -1: none */
	uint64_t end; /* committed bytes of the newest */
	struct ward_wr pending;
	uint32_t n_pending;
	struct ward_seg_sources src; /* committed, in the newest */
	bool full;
};

struct source {
	uint64_t bytes, quota;
};

struct reader {
	char name[READER_NAME];
	uint64_t seq;
};

struct ward_journal {
	struct ward_journal_options opt;
	const struct ward_io *io;
	const struct ward_clock *clock;
	const struct ward_mem *mem;
	struct lane lane[WARD_LANE_N];
	uint64_t next_seq, next_commit; /* of the first record after the last commit */
	uint32_t n_pending;
	bool broken;
	bool erasing; /* a segment is written anew */
	struct ward_seed seed;
	uint64_t n_tag;
	uint64_t spare[SPARE_MAX]; /* numbers in their names */
	size_t n_spare;
	uint64_t next_spare;
	struct ward_tab sources; /* uint32_t -> struct source */
	struct reader reader[READER_MAX];
	size_t n_reader;
	struct ward_journal_damage damage[WARD_JOURNAL_DAMAGE_MAX];
	struct ward_journal_stats stats;
	struct ward_wr scratch; /* one block, while recovering */
};

extern const uint8_t ward_journal_zeros[IO_CHUNK];

void ward_journal_hurt(struct ward_journal *j, struct ward_journal_damage d);

/* segment.c */
void ward_seg_name(char ret[SEG_NAME], enum ward_lane lane, uint64_t index);
bool ward_seg_name_parse(struct ward_str s, enum ward_lane *ret_lane, uint64_t *ret_index);
void ward_spare_name(char ret[SEG_NAME], uint64_t number);
bool ward_spare_name_parse(struct ward_str s, uint64_t *ret);
#define WARD_SPARE_TMP "zero.tmp"
#define WARD_ERASE_TMP "erase.tmp"
/* Of a segment's blocks; never given twice. */
uint64_t ward_seg_tag(struct ward_journal *j);
uint64_t ward_lane_bytes(const struct lane *l);
/* A new newest segment for the lane. FULL, IO (j->broken when names are in doubt), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_seg_roll(struct ward_journal *j, enum ward_lane lane);
WARD_MUST_CHECK enum ward_err ward_zero(struct ward_journal *j, int fd, uint64_t from, uint64_t to);
WARD_MUST_CHECK enum ward_err ward_source_of(
	struct ward_journal *j, uint32_t source, struct source **ret);

/* block.c: reading blocks of one segment file */
/* OK: the block at off is whole, in w. FOREIGN: no block of this segment begins there. CORRUPT,
 * MALFORMED: one does, but is damaged. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_block_load(const struct ward_io *io, int fd, const struct seg *s,
	uint64_t off, struct ward_wr *w, struct ward_block_head *ret);
/* The first whole block at or after off (UINT64_MAX: none); *ret_dirty: a byte that is not zero was
 * met on the way. Uses w. */
WARD_MUST_CHECK enum ward_err ward_block_find(const struct ward_io *io, int fd, const struct seg *s,
	uint64_t off, struct ward_wr *w, uint64_t *ret_off, bool *ret_dirty);

/* recover.c */
WARD_MUST_CHECK enum ward_err ward_journal_recover(struct ward_journal *j);

/* position.c */
WARD_MUST_CHECK enum ward_err ward_position_load(struct ward_journal *j);
/* UINT64_MAX without readers. */
uint64_t ward_position_min(const struct ward_journal *j);
uint64_t ward_position_max(const struct ward_journal *j);
#define WARD_POSITION_FILE "readers"
#define WARD_POSITION_TMP "readers.tmp"

static inline bool ward_damage_err(enum ward_err e)
{
	return e == WARD_ERR_FOREIGN || e == WARD_ERR_CORRUPT || e == WARD_ERR_MALFORMED ||
	       e == WARD_ERR_MORE;
}

#endif
