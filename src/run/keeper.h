/* The store's side of its messages: who may ask what, transactions in parts, requests that wait.
 *
 * It has no sockets: messages go in, answers come out, so that a test can be every peer. Peers are
 * not trusted; what they may send stands in one table. A COMMIT that comes again (same id as the
 * last one) gets the same answer and is not done again. A part that does not follow the part before
 * gets STATE, and nothing of its transaction stays: after a restart of this process, or of the
 * peer, the peer begins the transaction anew. So it does when its transaction stood still for two
 * seconds, or others had waited for twenty, who then go first. */
#ifndef WARD_RUN_KEEPER_H
#define WARD_RUN_KEEPER_H

#include "run/whole.h"

/* The names of the links, too: ward_keeper_peer. */
enum ward_keeper_peer {
	WARD_KEEPER_BRAIN,
	WARD_KEEPER_TELL,
	WARD_KEEPER_CLIPS,
	WARD_KEEPER_RESPOND,
	WARD_KEEPER_ACT,
	WARD_KEEPER_PLAYBOOK,
	WARD_KEEPER_OFFER,  /* reads, and nothing waits for it */
	WARD_KEEPER_API,    /* reads, and is told at once what is new */
	WARD_KEEPER_RECKON, /* reads the brain's memory */
	WARD_KEEPER_NOTARY, /* reads leaves, not what they are of */
	WARD_KEEPER_DESK,   /* reads which incidents are open, and what was decided */
	WARD_KEEPER_PLAY,   /* reads, as OFFER: what people decided in an exercise */
	WARD_KEEPER_QUORUM, /* takes rows to another machine, whole */
	WARD_KEEPER_PEERS,
	/* whoever came through the door (run/door.h): reads, and nothing waits for it */
	WARD_KEEPER_GUEST = WARD_KEEPER_PEERS
};
/* Lives forever: "brain", "tell", "clips", "respond", "act", "playbook", "offer", "api", "reckon",
 * "notary", "desk", "play", "quorum",
 * "guest".
 */
const char *ward_keeper_peer(enum ward_keeper_peer p);

struct ward_keeper {
	struct ward_store *store;
	const struct ward_clock *clock;
	uint64_t opened; /* rows that there were when the store was opened */
	/* the transaction that is open: the part that must come next */
	bool open;
	uint32_t transaction, next_part;
	ward_ns heard; /* its last part; monotonic, as all that follows */
	bool waits; /* somebody was turned away by it, or by one before without a row between … */
	ward_ns waited; /* … first at this time */
	bool has_ended; /* one was ended for those … */
	ward_ns ended;  /* … then */
	/* the last COMMIT and what was said to it */
	bool has_last;
	uint32_t last_id;
	enum ward_err last_verdict;
	/* of each peer a ROWS that waits for rows, until a time of the monotonic clock */
	struct ward_keeper_wait {
		bool waits;
		uint32_t id;
		struct ward_rows_query q;
		ward_ns until;
	} wait[WARD_KEEPER_PEERS];
	/* the ledger as of the rows that QUORUM was offered last, and of those that it has: where
	 * `held`, the notary is told of these alone, so that nothing is signed that could be lost
	 */
	bool held, has_offered, has_safe;
	struct ward_tree_head offered, safe;
	/* where a guest may have the database copied; NULL: nowhere */
	const char *copy_path;
	struct ward_store_copy *copy; /* NULL: nobody has */
	uint32_t copy_id;             /* of who asked */
	bool copied;                  /* it is there for the guest that asked */
	uint8_t out[WARD_MSG_BODY_MAX];
	uint8_t piece[WARD_PIECE_MAX];
};

struct ward_answer {
	enum ward_msg_type type; /* WARD_MSG_NONE: nothing to send (yet) */
	uint32_t id;
	struct ward_slice body; /* valid until the next call */
	enum ward_err refused;  /* why the message was not as it should be: count it */
	bool ended; /* a transaction of the brain that stood still: the brain begins it anew */
};

/* Borrows all. copy_path may be set after. */
void ward_keeper_init(
	struct ward_keeper *k, struct ward_store *store, const struct ward_clock *clock);
/* Deals with one message; m is used up. Any error is the store's own (or NOMEM): what it holds in
 * memory is of no more use, and the process must begin anew. DENIED and MALFORMED messages are
 * refused, in ret, and change nothing, but that a bad part ends its transaction. */
WARD_MUST_CHECK enum ward_err ward_keeper_message(struct ward_keeper *k, enum ward_keeper_peer p,
	struct ward_msg *m, struct ward_answer *ret);
/* The answer that a peer waits for, once it is due. Errors as above. */
WARD_MUST_CHECK enum ward_err ward_keeper_due(
	struct ward_keeper *k, enum ward_keeper_peer p, struct ward_answer *ret);
/* Goes on with the copy that the guest waits for; ret is its answer once it is done. What fails
 * then is the copy, not the store. */
void ward_keeper_copy(struct ward_keeper *k, struct ward_answer *ret);
/* The guest is gone, and the copy with it. */
void ward_keeper_guest_left(struct ward_keeper *k);
/* How long to sleep at most until ward_keeper_due has to be asked again, in milliseconds. */
int ward_keeper_sleep_ms(const struct ward_keeper *k, int most);

#endif
