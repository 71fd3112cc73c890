/* Private to the process `desk`: who asked it what, and whom it waits for. */
#ifndef WARD_RUN_PROC_DESK_H
#define WARD_RUN_PROC_DESK_H

#include "event/event.h"
#include "run/photo.h"
#include "run/proc/desk_people.h"
#include "run/proc/desk_reveal.h"
#include "run/proc/desk_still.h"
#include "run/wire.h"

/* Seats of people at the socket, and behind them of decisions that `login` hands in. */
enum {
	CONNECTIONS_MAX = 32,
	SHARE = 4 /* of one user */,
	HANDED_IN = 16,
	SEATS = CONNECTIONS_MAX + HANDED_IN,
	DESK_LATELY = 256
};

enum peer {
	JOURNAL,
	RESPOND,
	PLAYBOOK,
	ACT,
	CONFIG,
	PHOTO,
	CLIPS,
	PLAY,
	PEERS,
	VIDEO /* one of many */
};

struct connection {
	int fd;        /* WARD_FD_NONE: free */
	bool of_login; /* fd is the link with it, which stays; free again once answered */
	const struct desk_person *who;
	uid_t uid;
	ward_ns since; /* the last request, or the connection */
	/* what was handed on, until it is answered */
	bool waits;
	bool gone; /* who asked is; what becomes of their photo is recorded all the same */
	enum peer to;
	uint32_t asked, id; /* of our message to the peer; of the message that asked us */
	ward_ns begun, sent;
	struct ward_wr body; /* of our message */
	bool reports;        /* what waits is a report */
	bool looks;          /* … or the looking at what this camera shows */
	size_t camera;
	struct desk_wish wish;
	struct ward_id decided;  /* of what waits, as it is on record */
	struct ward_id reported; /* the last report that is on record: a photo may follow */
	struct {                 /* what became of its photo, while that is recorded */
		bool tells;
		enum ward_err err;
		struct ward_id of;
		char subject[WARD_DECISION_SUBJECT + 1];
		char id[WARD_ID_TEXT];    /* under which it is kept; empty: it is not */
		char why[WARD_PHOTO_WHY]; /* why not */
	} photo;
};

/* The telling that a review is late: one at a time, until the journal has it. */
struct desk_late {
	ward_ns looked, sent; /* monotonic */
	uint32_t asked;
	struct ward_id of; /* the asking */
	bool waits;
};

struct desk {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct desk_people *people;
	int listener, login, peer[PEERS];
	struct desk_cameras cameras;
	struct desk_reveals reveals;
	struct desk_late late;
	uint32_t next_id;
	struct connection conn[SEATS];
	struct ward_id lately[DESK_LATELY]; /* reports of who is signed in, on record: a ring */
	uint64_t n_lately;
	struct ward_batch batch;
	uint8_t buf[WARD_MSG_MAX], record[WARD_WIRE_RECORD_MAX];
};

/* Answers who asked, and with a reason alone. A connection whose answer can't be sent is let go. */
void desk_answer(struct desk *k, struct connection *c, const struct ward_decided *d);
void desk_refuse(struct desk *k, struct connection *c, enum ward_err err, const char *why);
/* Hands on what stands in `c->body`, or `e` to the journal. False: it has no room. */
void desk_hand_on(struct desk *k, struct connection *c, enum peer to);
bool desk_append(struct desk *k, struct connection *c, struct ward_event *e);
/* The id under which a decision of this person will be a row. */
struct ward_id desk_own_id(const struct connection *c, const struct ward_decision *d);
/* Why this hospital has no such peer. */
const char *desk_absent(enum peer p);

/* Takes a decision of who sits there to whom it concerns. */
void desk_decide(struct desk *k, struct connection *c, struct ward_decision *d);
void desk_hang_up(struct connection *c);

/* Looks now and then whether a review is late, and tells it; is the journal's answer to that? */
void desk_late_look(struct desk *k);
bool desk_late_heard(struct desk *k, struct ward_msg *m);

/* Somebody comes to the socket; says something there; `login` says something for somebody. */
void desk_accept(struct desk *k);
void desk_serve(struct desk *k, struct connection *c);
void desk_hear_login(struct desk *k);

/* A piece of the photo of a report; what became of it; that this is on record. */
void desk_photo_hand_in(struct desk *k, struct connection *c, struct ward_photo_piece *p);
void desk_photo_hear(struct desk *k, struct connection *c, const struct ward_decided *d);
void desk_photo_told(struct desk *k, struct connection *c, const struct ward_decided *recorded);
/* There is none, and why. */
void desk_photo_none(struct desk *k, struct connection *c, enum ward_err err, struct ward_str why);
/* Is what it waits for a photo's? */
bool desk_of_photo(const struct connection *c);
/* Is that a report of somebody who is signed in, which is on record? */
bool desk_was_reported(const struct desk *k, struct ward_id report);

#endif
