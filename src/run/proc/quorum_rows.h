/* The store's rows go to the database as well, by the same connection and claim as records: what
 * Ward concluded and what people decided outlives this machine.
 *
 * The store is asked for what comes after the rows that the database has, which tells it as well
 * that these are there. What a deletion's row says is erased goes from the database before that row
 * comes. Rows of records that the log does not have yet wait for these. Now and then the brain's
 * memory goes, too, so that who goes on need not judge the whole journal anew: a piece each turn,
 * so that no record waits for more of it. Where something is erased since a person asked, the
 * memory that is there goes at once: it may be of that person. Never waits for the store. */
#ifndef WARD_RUN_PROC_QUORUM_ROWS_H
#define WARD_RUN_PROC_QUORUM_ROWS_H

#include "quorum/rows.h"
#include "run/process.h"
#include "run/whole.h"

enum quorum_rows_state {
	QUORUM_ROWS_OFF,      /* nobody has claimed the database */
	QUORUM_ROWS_MATCHING, /* are they a beginning of our store? */
	QUORUM_ROWS_READING,
	QUORUM_ROWS_WAITING, /* until the log has the records that `part` is of */
	QUORUM_ROWS_ERASING, /* asks which rows are erased */
	QUORUM_ROWS_MEMORY,  /* reads the brain's memory */
	QUORUM_ROWS_FOREIGN, /* they are not */
};

struct quorum_rows {
	struct ward_process *p;
	int link;
	enum quorum_rows_state state;
	struct ward_quorum_rows head; /* what the database has */
	struct ward_whole part;       /* what comes next: leaf, which lies in buf */
	struct ward_store_leaf leaf[WARD_ROWS_MAX];
	size_t looked;                       /* of these at deletions */
	struct ward_gone gone;               /* of the one that is looked at */
	struct ward_store_checkpoint memory; /* that comes; seq 0: none */
	struct ward_wr bytes;                /* of it */
	bool sends;                          /* it is whole, and on its way to the database … */
	size_t sent;                         /* … which has so many bytes of it */
	ward_ns memory_at;                   /* monotonic: when it is due again */
	uint64_t memory_seq; /* the database has it as of that record, or wants a later one … */
	bool none;           /* … since it has none */
	bool drops;          /* pieces are there that are to go */
	bool too_large;      /* the brain's is, so the one that is there stays behind: it goes */
	uint32_t id;         /* of what was asked last */
	ward_ns asked_at;    /* monotonic */
	struct ward_limits lim;
	struct ward_arena arena;
	uint8_t buf[WARD_MSG_MAX], answer[WARD_MSG_MAX];
};

/* Takes the process' link "store". Borrows p. */
void quorum_rows_open(struct quorum_rows *r, struct ward_process *p);
void quorum_rows_close(struct quorum_rows *r);
/* After a claim. The errors of ward_quorum_rows_head. */
WARD_MUST_CHECK enum ward_err quorum_rows_begin(struct quorum_rows *r, struct ward_quorum *q);
/* The claim is over. */
void quorum_rows_end(struct quorum_rows *r);
/* Hears what the store says, writes what came, asks again. The errors of ward_quorum_rows_put. */
WARD_MUST_CHECK enum ward_err quorum_rows_turn(struct quorum_rows *r, struct ward_quorum *q);

#endif
