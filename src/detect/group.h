/* Inside the room: what a correlation holds of one group: its matches, and what was said of them.
 */
#ifndef WARD_DETECT_GROUP_H
#define WARD_DETECT_GROUP_H

#include "base/clock.h"
#include "base/id.h"
#include "detect/values.h"

/* What one entry of a full group stands for beside its own event (bundle.h). */
struct ward_bundle {
	uint64_t n;      /* events, with its own */
	ward_ns until;   /* the last of them */
	long double sum; /* of their numbers, in thousandths */
	int64_t top;     /* a percentile's numbers: the highest; the entry has the lowest */
};

/* One match that a correlation holds. */
struct ward_entry {
	ward_ns time, first; /* first: of the events that it is made of */
	struct ward_id id;   /* of the event, or of a lower correlation's window */
	uint32_t rule;       /* position among the members */
	uint32_t asset, place;
	uint32_t carry_len;
	uint16_t subject_len, actor_len;
	uint16_t n_id;
	uint16_t why_len;
	bool guest;          /* `near`: is around the centre, no window begins with it */
	char *text;          /* subject, actor, values for those above (chain.c); heap */
	char *why;           /* it matched, on a line (where several rules must come); heap */
	struct ward_id *ids; /* of a lower correlation: n_id events of its window; heap */
	/* Which value (a hash), or which number (int64, thousandths).
	 * value_count: and when the entries beside it have the same one (INT64_MIN and
	 * WARD_NS_NEVER: none). An entry that is gone may still be named by `before`. */
	uint64_t value;
	ward_ns before, after;
	struct ward_bundle *bundle; /* heap; NULL: it stands for its own event alone */
};

static inline uint64_t ward_entry_n(const struct ward_entry *e)
{
	return e->bundle ? e->bundle->n : 1;
}

static inline ward_ns ward_entry_until(const struct ward_entry *e)
{
	return e->bundle ? e->bundle->until : e->time;
}

/* What was last said about a window; kept until nothing can change it. */
struct ward_shown {
	struct ward_id first; /* the window's first event: its name within the group */
	ward_ns start;
	uint32_t revision;
	size_t n;   /* evidence in that revision */
	size_t now; /* and by now */
	bool withdrawn;
	bool stale;    /* an entry of it has gone since */
	bool partial;  /* that revision was judged by a part of the window */
	bool here;     /* while a group is looked at: still a window */
	uint64_t told; /* what those above were told of it, as a hash; 0: nothing */
	ward_ns told_time;
};

struct ward_group_state {
	struct ward_id place; /* in the table */
	uint32_t rule;
	/* Of the group-by fields, as the first event wrote them; behind them the same without case,
	 * by which it is named. One heap block with their text. */
	struct ward_str *value;
	size_t value_bytes;
	struct ward_entry *entry; /* by time, member, id */
	size_t n, cap;
	struct ward_shown *shown;
	size_t n_shown, cap_shown;
	struct ward_tail tail;
	struct ward_values values;
	bool negative;        /* value_sum: one of its numbers is, or was */
	bool bundled;         /* some entry is, or was, a bundle */
	long double most;     /* value_sum: of all its positive numbers */
	ward_ns closed_until; /* windows up to here were closed early */
	uint64_t order;       /* when it was made: the oldest is given up first */
	ward_ns due;          /* due.h: closing has nothing to do with it before */
	size_t due_at;        /* where in the heap */
};

#endif
