/* What `login` puts on record: events of accounts, to the journal's control lane.
 *
 * Whoever does something waits until it is durable, but for no more than a second: a journal that
 * is full or away keeps nobody out, and what is to be told waits here. Failed attempts beyond some
 * each minute are told as a number. */
#ifndef WARD_RUN_PROC_LOGIN_RECORD_H
#define WARD_RUN_PROC_LOGIN_RECORD_H

#include "run/process.h"
#include "run/signing.h"
#include "run/wire.h"
#include "event/event.h"

enum { LOGIN_TOLD_MAX = 256, LOGIN_FAILED_MAX = 20 /* a minute, one by one */ };

struct login_record {
	struct ward_process *p;
	struct ward_limits *lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_ask journal;
	ward_ns not_before; /* monotonic: it was full, or away */
	struct login_told {
		struct ward_id id;
		ward_ns at;
		enum ward_told what;
		char person[WARD_PERSON_ID + 1], by[WARD_PERSON_ID + 1];
		char on[WARD_SIGN_SHAPE + 1];
		const char *from;
		uint64_t n; /* attempts; 0: one */
	} told[LOGIN_TOLD_MAX];
	size_t n;
	ward_ns minute; /* monotonic: began */
	uint64_t n_failed;
	struct ward_batch batch;
	uint8_t bytes[4096];
};

/* The journal's descriptor must block. Ends the process when there is no memory. */
void login_record_open(
	struct login_record *r, struct ward_process *p, struct ward_limits *lim, int journal);
/* Tells it, and waits a moment for it to be durable. */
void login_record_tell(struct login_record *r, const struct ward_account_told *t);
/* Tells what waits, and how many attempts failed beyond those that were told. Each second. */
void login_record_tidy(struct login_record *r);

#endif
