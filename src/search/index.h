/* What a segment of the journal can hold at all: a small file beside it, so that a search passes
 * over segments that can't hold its needle.
 *
 * A Bloom filter (Bloom 1970) over the terms of all its events (term.h), and the least and greatest
 * time of an event. An index says "no" or "perhaps", never "yes"; one that is missing, damaged, of
 * another segment or of another version says nothing, and the segment is read. Written by a search
 * that has read a whole sealed segment; the file is renamed into place and not synced, since its
 * checksum tells what a crash left. README.md has its bytes. */
#ifndef WARD_SEARCH_INDEX_H
#define WARD_SEARCH_INDEX_H

#include "journal/look.h"
#include "search/term.h"

enum {
	WARD_INDEX_TERMS_MAX = 1 << 21,  /* of one segment; with more the filter is left out */
	WARD_INDEX_FILTER_MAX = 4 << 20, /* bytes; a power of two */
	WARD_INDEX_NAME = 48,
};

/* While a segment is read. */
struct ward_index_maker {
	struct ward_tab terms; /* hashes */
	bool full;             /* too many terms */
	bool begun;
	uint64_t n_event;
	ward_ns first, last;
};

/* Borrows mem. */
void ward_index_maker_init(struct ward_index_maker *m, const struct ward_mem *mem);
void ward_index_maker_fini(struct ward_index_maker *m);
/* Without memory for its terms the filter is left out. */
void ward_index_maker_add(
	struct ward_index_maker *m, const struct ward_event *e, const struct ward_names *names);
/* The file's bytes; w fails by its own limit or memory only. */
void ward_index_write(
	const struct ward_index_maker *m, const struct ward_look_seg *s, struct ward_wr *w);

/* An index that was read. */
struct ward_index {
	uint64_t n_event;
	ward_ns first, last;      /* of the events' times; first > last without events */
	struct ward_slice filter; /* empty: any term may be there. Borrows the file's bytes */
};

/* FOREIGN: no index, or another segment's. VERSION, CORRUPT, MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_index_read(
	struct ward_slice file, const struct ward_look_seg *s, struct ward_index *ret);
/* False: no event of the segment has a term of that hash. */
bool ward_index_may_hold(const struct ward_index *ix, uint64_t hash);

/* "telemetry-0000002a.idx" */
void ward_index_name(char ret[WARD_INDEX_NAME], const struct ward_look_seg *s);
/* Reads the index of s from the folder into w, which it resets; as ward_index_read, and NOT_FOUND,
 * IO, LIMIT (too long for one). */
WARD_MUST_CHECK enum ward_err ward_index_load(const struct ward_io *io,
	const struct ward_look_seg *s, struct ward_wr *w, struct ward_index *ret);
/* Writes it to a name of this process (who) and renames it. On failure there is none, or the one
 * before. */
WARD_MUST_CHECK enum ward_err ward_index_save(const struct ward_io *io,
	const struct ward_look_seg *s, struct ward_slice bytes, uint32_t who);
/* Removes index files of segments that the journal has no more, and what a killed search left. */
void ward_index_prune(const struct ward_io *io, const struct ward_look *l);

#endif
