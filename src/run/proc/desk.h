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

enum peer { JOURNAL, RESPOND, PLAYBOOK, ACT, CONFIG, PHOTO, CLIPS, PEERS, VIDEO /* one of many */ };

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

struct desk {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct desk_people *people;
	int listener, login, peer[PEERS];
	struct desk_cameras cameras;
	struct desk_reveals reveals;
	uint32_t next_id;
	struct connection conn[SEATS];
	struct ward_id lately[DESK_LATELY]; /* reports of who is signed in, on record: a ring */
	uint64_t n_lately;
	struct ward_batch batch;
	uint8_t buf[WARD_MSG_MAX], record[WARD_WIRE_RECORD_MAX];
};

#endif
