/* What the process that writes the log says of itself, each second, as one JSON object on its board
 * (run/board.h); and of that what people are to know, each once.
 *
 * Pure. Whoever reads it takes it as outside bytes: the process faces the network. */
#ifndef WARD_QUORUM_STATE_H
#define WARD_QUORUM_STATE_H

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "quorum/sound.h"
#include "quorum/where.h"

enum ward_quorum_stand {
	WARD_QUORUM_BEGINS,  /* it is not known yet, or being compared */
	WARD_QUORUM_WRITES,  /* what is acknowledged is on a majority */
	WARD_QUORUM_REFUSED, /* a server would acknowledge too early */
	WARD_QUORUM_LOST,    /* no server answers */
	WARD_QUORUM_FOREIGN, /* another machine has the log */
	WARD_QUORUM_STRAYS, /* records are on a majority, and the servers' rows are no store of ours
			     */
	WARD_QUORUM_STANDS,
};

enum { WARD_QUORUM_SAID = 160 };

struct ward_quorum_state {
	enum ward_quorum_stand stand;
	enum ward_quorum_fault fault; /* of REFUSED */
	ward_ns since;                /* wall clock: it is so since then */
	uint64_t next, epoch;         /* where the log ends; 0: not known */
	char host[WARD_QUORUM_TEXT];  /* the server that it is, or was tried last */
	char said[WARD_QUORUM_SAID];  /* what that one said, in English */
};

/* What a server or a library said, as text for logs, terminals and JSON: whole characters, as many
 * as cap bytes have room for with the zero; a control character becomes a blank, a byte that is no
 * UTF-8 becomes '?'. */
void ward_quorum_text(struct ward_str said, char *to, size_t cap);
/* "begins", "writes", …; lives forever. */
const char *ward_quorum_stand_name(enum ward_quorum_stand stand);
/* Members, into an object that is open. */
void ward_quorum_state_put(const struct ward_quorum_state *s, struct ward_json *j);
/* One object; members that are not known are passed over, texts that are too long are cut.
 * MALFORMED: it is none of ours. LIMIT: over 4 KiB. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_state_read(
	struct ward_str text, const struct ward_mem *mem, struct ward_quorum_state *ret);

/* Zeroed: nothing was told yet. */
struct ward_quorum_watch {
	enum ward_quorum_stand told;
	enum ward_quorum_fault fault;
};

/* True: it stands so for long enough that people are to know, and was not told. w then knows it:
 * who could not tell it goes on with the w of before. A log that is another's is told at once, what
 * may pass after WARD_QUORUM_TELL_S, as that it is whole after rows that were no store of ours. */
enum { WARD_QUORUM_TELL_S = 30 };
bool ward_quorum_watch(struct ward_quorum_watch *w, const struct ward_quorum_state *s, ward_ns now);

#endif
