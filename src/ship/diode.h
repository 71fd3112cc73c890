/* A line that goes one way: event lines as datagrams, of which some may be lost, and nobody can ask
 * for them again.
 *
 * Lines go in groups of whole lines; a group is up to 64 shards and parity (ship/fec.h), a quarter
 * and four more, so that any of as many may be lost, in a burst too: one code over all of a group
 * is as good as several that are interleaved, and better at its ends. What a group says of those
 * before it is how many lines they had, so what is lost is known to the line.
 *
 * Datagram: "WD1" and a NUL; 16 bytes of the session: be64 wall clock of its begin in nanoseconds,
 * 8 random; be64 which datagram of it; then sealed (XChaCha20-Poly1305, RFC 8439 and
 * draft-irtf-cfrg-xchacha-03; nonce: session and number; what is before is authenticated, too):
 * be64 group, be64 lines before it, be64 its time, be32 its bytes, be16 its lines, u8 which shard,
 * whose highest bit says that the session ends with this group, and the shard. 1,228 bytes at most,
 * which any IPv6 link carries whole.
 *
 * The receiver faces untrusted bytes. It takes nothing that the key has not sealed, no shard twice,
 * no older session than the last that it saw, in this life or, where somebody keeps it, in one
 * before, and no group whose time is a day or more off its own clock. One thread each; no sockets
 * here. */
#ifndef WARD_SHIP_DIODE_H
#define WARD_SHIP_DIODE_H

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/slice.h"
#include "ship/fec.h"

enum {
	WARD_DIODE_KEY = 32,
	WARD_DIODE_SHARD = 1152,
	WARD_DIODE_BYTES = WARD_DIODE_SHARD * WARD_FEC_DATA, /* of a group */
	WARD_DIODE_LINES = 1000,
	WARD_DIODE_SESSION = 16,
	WARD_DIODE_HEAD = 4 + WARD_DIODE_SESSION + 8,
	WARD_DIODE_INNER = 8 + 8 + 8 + 4 + 2 + 1,
	WARD_DIODE_TAG = 16,
	WARD_DIODE_DATAGRAM =
		WARD_DIODE_HEAD + WARD_DIODE_INNER + WARD_DIODE_SHARD + WARD_DIODE_TAG,
	WARD_DIODE_WINDOW = 8, /* groups that are put together at once */
};

/* Out of a secret that both sides have, of any length: BLAKE2b. */
void ward_diode_key(struct ward_str secret, uint8_t ret[WARD_DIODE_KEY]);

/* ---- who sends ---- */

struct ward_diode_out;
/* NOMEM. Borrows the clock. */
WARD_MUST_CHECK enum ward_err ward_diode_out_new(const uint8_t key[WARD_DIODE_KEY],
	const struct ward_clock *clock, struct ward_diode_out **ret);
/* Before the first group: the session is later than that one (wall clock), whatever the clock says
 * now. When it begins. */
ward_ns ward_diode_after(struct ward_diode_out *o, ward_ns last);
void ward_diode_out_free(struct ward_diode_out *o);
/* The next group: whole lines, at most WARD_DIODE_BYTES and WARD_DIODE_LINES of them; an empty text
 * says that the line is there. What was not given of the group before is not given any more. */
void ward_diode_put(struct ward_diode_out *o, struct ward_str lines);
/* In place of it, where no lines will follow: an empty group that says so, and how many went before
 * it. Who hears one of them knows all that is lost of the session. */
void ward_diode_finish(struct ward_diode_out *o);
/* Its next datagram; 0: all were given. */
size_t ward_diode_next(struct ward_diode_out *o, uint8_t ret[WARD_DIODE_DATAGRAM]);
/* How many datagrams a group of so many bytes is. */
size_t ward_diode_count(size_t bytes);

/* ---- who gets them ---- */

/* Lines that never came. */
struct ward_diode_gap {
	uint64_t lines;       /* of this session, at least */
	ward_ns since, until; /* of the last group before, and the first behind it; 0: none */
	bool began_anew;      /* what was sent before is not known: we came late, were away, or
			       * the session before was not heard to its end */
};
/* What it goes on from in another life: nothing older is taken. */
struct ward_diode_last {
	uint8_t session[WARD_DIODE_SESSION]; /* all zero: none was heard */
	uint64_t next;                       /* behind the last group of it that was heard */
};
struct ward_diode_in_opts {
	uint8_t key[WARD_DIODE_KEY];
	const struct ward_clock *clock;
	/* Whole lines, in the order of groups as far as they come so. */
	void (*lines)(void *ctx, struct ward_str lines);
	void (*gap)(void *ctx, const struct ward_diode_gap *gap);
	/* Before lines of a later group than ever are given; NULL: nobody keeps it. */
	void (*keep)(void *ctx, const struct ward_diode_last *last);
	void *ctx;
	struct ward_diode_last last; /* of the life before; all zero: this is the first */
};
struct ward_diode_counts {
	uint64_t datagrams, sealed_otherwise, old, twice, wrong_time, malformed;
	uint64_t groups, made_up_for, lost_groups, lost_lines;
	ward_ns heard; /* monotonic: the last that was taken; 0: none */
};
struct ward_diode_in;
/* NOMEM. Borrows what the options name. */
WARD_MUST_CHECK enum ward_err ward_diode_in_new(
	const struct ward_diode_in_opts *o, struct ward_diode_in **ret);
void ward_diode_in_free(struct ward_diode_in *d);
/* One datagram, which is borrowed. What is none is counted. */
void ward_diode_take(struct ward_diode_in *d, struct ward_slice datagram);
void ward_diode_counted(const struct ward_diode_in *d, struct ward_diode_counts *ret);

#endif
