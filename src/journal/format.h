/* The bytes of a segment file: its header, blocks and records. Pure functions over bytes.
 *
 * All integers little-endian. What is read here may be torn or rotten: nothing is believed before
 * its checksum and its bounds hold. README.md states the layout byte by byte. */
#ifndef WARD_JOURNAL_FORMAT_H
#define WARD_JOURNAL_FORMAT_H

#include "base/rd.h"
#include "base/wr.h"
#include "journal/journal.h"

enum {
	WARD_SEG_HEAD = 4096,   /* header of a segment */
	WARD_SEG_SOURCES = 256, /* sources told apart in one segment */
	WARD_BLOCK_HEAD = 88,
	WARD_BLOCK_ALIGN = 8,
	WARD_RECORD_HEAD = 16, /* of version 1; what a record counts by, in each */
};

/* Of a segment that is written in these formats (base/formats.h). */
uint16_t ward_seg_version(uint32_t formats);
/* Bytes before a record's payload in a segment of that version. */
size_t ward_record_head(uint16_t version);

/* Sources beyond WARD_SEG_SOURCES in one segment share this one. */
#define WARD_SOURCE_OTHERS UINT32_MAX

/* Bytes that each source has in a segment. */
struct ward_seg_sources {
	uint32_t source[WARD_SEG_SOURCES + 1];
	uint64_t bytes[WARD_SEG_SOURCES + 1];
	size_t n;
	size_t hit; /* where the last one was found */
};

/* The source that the bytes were counted for: source, or the others when the table is full. */
uint32_t ward_seg_sources_add(struct ward_seg_sources *t, uint32_t source, uint64_t bytes);

struct ward_seg_head {
	uint16_t version;
	enum ward_lane lane;
	uint64_t index;       /* 0, 1, 2 … in its lane */
	uint64_t base_seq;    /* no record in it is older */
	uint64_t base_commit; /* no block in it is older */
	ward_ns created;      /* when the segment before it was sealed */
	uint64_t len;         /* of the file */
	uint64_t tag;         /* random, not 0; begins each of its blocks */
};

/* prev: the sources of the segment before it, may be NULL. */
void ward_seg_head_write(const struct ward_seg_head *h, const struct ward_seg_sources *prev,
	uint8_t ret[WARD_SEG_HEAD]);
/* FOREIGN without the magic, CORRUPT by checksum, VERSION, MALFORMED by bounds; ret_prev may be
 * NULL. */
WARD_MUST_CHECK enum ward_err ward_seg_head_read(
	struct ward_slice s, struct ward_seg_head *ret, struct ward_seg_sources *ret_prev);

struct ward_block_head {
	uint64_t tag;
	uint32_t crc;
	uint32_t len; /* of the block with header and padding */
	uint8_t lane, mask;
	uint16_t version;   /* of its segment */
	uint32_t n;         /* records in this block */
	uint64_t commit;    /* 1, 2, 3 … over all lanes */
	uint64_t first_seq; /* of the commit */
	uint32_t n_commit;  /* records of the commit, in all lanes */
	ward_ns time;
	uint64_t end[WARD_LANE_N]; /* where each lane ended before this commit: ward_seg_pos */
};

static inline uint64_t ward_seg_pos(uint64_t index, uint64_t off)
{
	return index << 32 | off;
}

/* Fills in the header at the front of the block b (len bytes, padded), checksum last. */
void ward_block_seal(struct ward_block_head *h, uint8_t *b, size_t len);
/* Bounds only: the checksum needs the whole block. FOREIGN when the tag is another. max: bytes to
 * the end of the segment. */
WARD_MUST_CHECK enum ward_err ward_block_head_read(
	struct ward_slice s, uint64_t tag, uint64_t max, struct ward_block_head *ret);
/* The whole block: checksum, then every record. CORRUPT or MALFORMED. O(len). */
WARD_MUST_CHECK enum ward_err ward_block_check(
	struct ward_slice s, const struct ward_block_head *h);

void ward_block_record_write(
	struct ward_wr *w, const struct ward_record *r, uint32_t delta, uint16_t version);
/* Makes the record that ends at end in the block b an erased one: len bytes of payload are zeros,
 * and of a type that nobody reads. The block is to be sealed anew. */
void ward_block_record_erase(uint8_t *b, size_t end, size_t len);
/* The next record of a block's body; bad cursor on nonsense. */
void ward_block_record_read(
	struct ward_rd *r, const struct ward_block_head *h, struct ward_record *ret);

#endif
