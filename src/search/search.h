/* One pass over what the journal retains: decodes events, offers each to whoever looks, passes over
 * segments that can't hold what is looked for, and leaves an index of those that it read whole.
 *
 * Reads a journal that another process may be writing (journal/look.h). Every record is bytes of
 * outsiders; one that can't be decoded is counted and left out. Single-threaded. */
#ifndef WARD_SEARCH_SEARCH_H
#define WARD_SEARCH_SEARCH_H

#include "search/index.h"

struct ward_search_stats {
	struct ward_look_stats look;
	uint64_t n_record, n_event; /* read; of these, events within the times */
	uint64_t n_undecodable;     /* events of another version, or no events */
	uint64_t n_indexed;         /* indexes written */
	uint64_t n_index_bad;       /* indexes that could not be read, or not be written */
};

struct ward_search_opts {
	const struct ward_io *journal;
	const struct ward_io *index; /* the folder of indexes; NULL: every segment is read */
	uint32_t who;                /* this process, for names of half-made files */
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_names *names;
	bool newest_first; /* by the journal's sequence, in which events arrived */
	ward_ns from, to;  /* of the events' times, from <= time <= to */
	/* Could a segment be meant? NULL: each. */
	bool (*may)(void *ctx, const struct ward_index *ix);
	/* Could the event of a binary record be meant? Asked before it is decoded, unless an index
	 * is made of it; NULL: each. */
	bool (*stands)(void *ctx, struct ward_slice record);
	/* The event may be changed, and dies with the call. *ret_enough ends the pass. */
	enum ward_err (*event)(void *ctx, struct ward_event *e, bool *ret_enough);
	void (*progress)(void *ctx, const struct ward_search_stats *s); /* now and then; or NULL */
	void *ctx;
};

/* Borrows all of o for the call. *ret is filled in also after an error. NOT_FOUND, DENIED: the
 * journal's folder; IO, NOMEM, or what event() gave. */
WARD_MUST_CHECK enum ward_err ward_search_run(
	const struct ward_search_opts *o, struct ward_search_stats *ret);

#endif
