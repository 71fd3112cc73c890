/* What two machines that stand by for each other, and their witness, say: frames on one connection.
 *
 * A frame: be32 length of what follows; u8 version (2 of HELLO, WELCOME and
 * BEAT, 1 of all else); u8 type; be16 0; be64 epoch; then the fields
 * of its type, in the order of the struct (table in frame.c): text and bytes with a varint of their
 * length, `data` to the end. Numbers are big-endian. The epoch counts who led: whoever has seen a
 * later one takes nothing of an earlier. Reading is pure; the bytes are outside bytes, also of a
 * peer that has shown its certificate. */
#ifndef WARD_STANDBY_FRAME_H
#define WARD_STANDBY_FRAME_H

#include "base/err.h"
#include "base/rd.h"
#include "base/wr.h"

enum {
	WARD_STANDBY_NAME = 32, /* of a machine or file, with its end; printable, no blank or '/' */
	WARD_STANDBY_FRAME_MAX = 256 << 10, /* with its length */
};

enum ward_standby_type {
	WARD_STANDBY_NONE,
	WARD_STANDBY_HELLO,   /* leader: I lead since `began`, and have all before `next` */
	WARD_STANDBY_WELCOME, /* follower: its own epoch, and all before `next` */
	WARD_STANDBY_RECORDS, /* leader: records that follow, as the journal's process gives them */
	WARD_STANDBY_STORED,  /* follower: all before `next` is on the disk */
	WARD_STANDBY_BEAT,    /* leader: I am there; STORED answers, with this stamp */
	WARD_STANDBY_FENCED,  /* to whoever speaks of an epoch that is over */
	WARD_STANDBY_RESEED,  /* leader: what you have is not ours from `next` on; files follow */
	WARD_STANDBY_FILE,    /* a file of the journal, of `next` bytes */
	WARD_STANDBY_DATA,    /* some of them */
	WARD_STANDBY_SEEDED,  /* that were all; WELCOME answers */
	WARD_STANDBY_OVER,    /* leader: I have ended before `next`; you have all of it: lead */
	WARD_STANDBY_CLAIM,   /* to the witness: `want` */
	WARD_STANDBY_VERDICT, /* the witness: `yes`, and how it is now */
	WARD_STANDBY_TAKE,    /* follower: what it asks of the leader's state (run/carry.h) */
	WARD_STANDBY_GIVE,    /* leader: its answer */
	WARD_STANDBY_TYPES,
};

struct ward_standby_frame {
	enum ward_standby_type type;
	uint64_t epoch;
	struct ward_str node; /* who says so; of a VERDICT, who leads; of a FILE, its name */
	uint64_t next;        /* sequence; of a FILE, bytes; of CLAIM and VERDICT, version */
	uint64_t began;       /* sequence that the epoch began with */
	uint64_t stamp;       /* of the leader's clock, given back as it came */
	uint8_t want;         /* enum ward_witness_want */
	bool yes, alone;
	/* what is kept is written in these (base/formats.h; of a WELCOME 0: who says so can't read
	 * those of the HELLO), and whoever says so reads up to those */
	uint32_t formats, most;
	struct ward_slice data;
};

/* Appends the frame to w. A name that is none, or data that has no room, is our own error. */
void ward_standby_put(struct ward_wr *w, const struct ward_standby_frame *f);
/* Takes one frame off the front of bytes; what it points to lies there. MORE: it is not all there
 * yet. MALFORMED, VERSION: nothing more can be read of this peer. */
WARD_MUST_CHECK enum ward_err ward_standby_get(
	struct ward_slice bytes, size_t *ret_used, struct ward_standby_frame *ret);
/* Is it one of ours: 1 to 31 printable characters without blank and '/', not beginning with '.'? */
bool ward_standby_name_ok(struct ward_str name);
/* Lives forever: "hello" … */
const char *ward_standby_type_name(enum ward_standby_type t);

#endif
