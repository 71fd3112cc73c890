/* Whether a database acknowledges only what is durable on enough machines, by what its server says
 * of itself. Pure. The server's texts are outside bytes. */
#ifndef WARD_QUORUM_SOUND_H
#define WARD_QUORUM_SOUND_H

#include "base/err.h"
#include "base/slice.h"

/* Why a server is refused, in the order in which it is asked. */
enum ward_quorum_fault {
	WARD_QUORUM_SOUND,
	WARD_QUORUM_FOLLOWER,    /* it takes no records: another leads */
	WARD_QUORUM_READ_ONLY,   /* nor does one that is told to take none */
	WARD_QUORUM_OLD,         /* just started, it does not ask its standbys */
	WARD_QUORUM_FSYNC,       /* fsync = off */
	WARD_QUORUM_PAGES,       /* full_page_writes = off */
	WARD_QUORUM_RETRY,       /* data_sync_retry = on */
	WARD_QUORUM_COMMIT,      /* synchronous_commit below on */
	WARD_QUORUM_ALONE,       /* no synchronous standby */
	WARD_QUORUM_ANYBODY,     /* whoever connects counts as a standby */
	WARD_QUORUM_MINORITY,    /* fewer are asked than make a majority */
	WARD_QUORUM_TWINS,       /* several standbys bear one name */
	WARD_QUORUM_UNLOGGED,    /* a table of ours is emptied by a crash */
	WARD_QUORUM_UNENCRYPTED, /* over a network without TLS */
	WARD_QUORUM_FAULTS,
};

struct ward_quorum_settings {
	unsigned version; /* as server_version_num: 150018 */
	bool follower, read_only, fsync, full_page_writes, data_sync_retry;
	struct ward_str synchronous_commit, synchronous_standby_names;
	uint64_t n_unlogged; /* tables of the schema */
	uint64_t n_twins;    /* synchronous standbys that share a name with another; 0 also where
				it may not be seen */
	bool encrypted;      /* by TLS, or nobody can listen in between */
};

/* What synchronous_standby_names asks for (PostgreSQL 20.6.2): n standbys out of `listed`. */
struct ward_quorum_names {
	unsigned n, listed;
	bool any;     /* ANY n: whichever; else the first n that are there */
	bool anybody; /* '*' is among them */
};
/* MALFORMED: not of that form. The empty text asks for none. */
WARD_MUST_CHECK enum ward_err ward_quorum_names_read(
	struct ward_str text, struct ward_quorum_names *ret);

/* alone: no standby is asked for (one machine, for measurements). */
enum ward_quorum_fault ward_quorum_sound(const struct ward_quorum_settings *s, bool alone);

/* Texts for people: what is wrong, what could be lost, what to do. */
struct ward_quorum_words {
	const char *name; /* short and stable, "fsync", for logs */
	const char *what, *lost, *mend;
};
/* f < WARD_QUORUM_FAULTS; lives forever. */
const struct ward_quorum_words *ward_quorum_words(enum ward_quorum_fault f);

#endif
