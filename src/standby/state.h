/* What one of two machines says of itself and the pair, each second, as one line of JSON
 * (STATE/standby/state.json, docs/standby.md): for `ward standby status`, and for the Ward that it
 * runs, which tells people (watch.h).
 *
 * Written by the process `standby`, which faces the network: who reads it takes it as outside
 * bytes. */
#ifndef WARD_STANDBY_STATE_H
#define WARD_STANDBY_STATE_H

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "standby/frame.h"
#include "standby/took.h"

enum ward_standby_role {
	WARD_STANDBY_FOLLOWS, /* also while nobody leads */
	WARD_STANDBY_LEADS,
	WARD_STANDBY_ENDS,  /* leads no more; waits for the end of Ward */
	WARD_STANDBY_HANDS, /* the same, to hand over what is left */
	WARD_STANDBY_ROLES,
};

/* How who leads acknowledges. */
enum ward_standby_mode {
	WARD_STANDBY_MODELESS, /* it does not lead */
	WARD_STANDBY_ALONE,    /* by its own disk */
	WARD_STANDBY_PAIRING,  /* by both; the witness does not know yet */
	WARD_STANDBY_PAIR,     /* by both; the other may take over */
	WARD_STANDBY_MODES,
};

enum { WARD_STANDBY_STATE_MAX = 2048 };

/* Times are of the wall clock, in ns; 0: none. */
struct ward_standby_state {
	char node[WARD_STANDBY_NAME], peer[WARD_STANDBY_NAME]; /* "": not met since the start */
	enum ward_standby_role role;
	enum ward_standby_mode mode;
	enum ward_took_how how; /* how it came to lead this epoch … */
	ward_ns led;            /* … and when */
	uint64_t epoch;
	uint64_t next, confirmed; /* records: ours end before; the other has all before */
	uint64_t lag;             /* records that the other lacks */
	bool connected, witness;  /* the other, the witness is there */
	ward_ns alone_since;      /* of who leads: not in mode PAIR since; 0: it is */
	ward_ns witness_since;    /* not reached since; 0: it is */
	uint64_t aside;           /* records of ours that were set aside since the start */
	uint64_t diverged;      /* records that the other had, and we had not, since we lead … */
	ward_ns diverged_at;    /* … the last of them */
	bool carried;           /* the one that follows has a copy of all else … */
	uint64_t carried_lag_s; /* … of so many seconds ago */
	ward_ns since, told;    /* the mode or role is so since; this was said */
	uint64_t ends;          /* of Ward that nobody asked for, since the start */
	uint64_t formats;       /* that what is kept is written in (base/formats.h) */
	uint64_t formats_most;  /* that this Ward can … */
	uint64_t peer_formats;  /* … and that of the other; 0: not met since the start */
	uint64_t tell_after_s;  /* people are told of what is wrong for so long */
};

/* "", "alone", "pairing", "pair"; lives forever. */
const char *ward_standby_mode_name(enum ward_standby_mode mode);
/* One object, without a line's end. */
void ward_standby_state_write(const struct ward_standby_state *s, struct ward_json *j);
/* MALFORMED: it is none of ours (a member is missing, or is not what it must be). LIMIT: longer
 * than WARD_STANDBY_STATE_MAX. NOMEM. Members that we do not know are passed over. */
WARD_MUST_CHECK enum ward_err ward_standby_state_read(
	struct ward_str text, const struct ward_mem *mem, struct ward_standby_state *ret);

#endif
