/* What a sensor saw and its hospital does not have yet: event lines, durable, in order, within a
 * quota, until they are said to have arrived.
 *
 * A journal of its own (journal/journal.h) with one reader. What is evidence is never dropped: when
 * there is no room for it, whoever gives it waits. Other events are shed when they would take what
 * is kept for evidence; how many is told by an event `ward.loss` behind them. What waited for
 * longer than `keep` is passed over, and told likewise. One process, one thread. Faces lines of the
 * sensor. */
#ifndef WARD_SHIP_SPOOL_H
#define WARD_SHIP_SPOOL_H

#include "base/clock.h"
#include "base/json.h"
#include "base/limit.h"
#include "base/mem.h"

enum {
	WARD_SHIP_LINE = 64 << 10, /* bytes of one event at most */
	WARD_SHIP_WHY = 192,
};
#define WARD_SHIP_LEAST ((uint64_t)8 << 20) /* bytes of a quota at least */

struct ward_ship_opts {
	const char *dir; /* made when it is not there, mode 0700 */
	uint64_t bytes;  /* of all files */
	ward_ns keep;    /* what waits for longer is passed over */
	const struct ward_mem *mem;
	const struct ward_clock *clock;
};

struct ward_ship_counts {
	uint64_t taken;   /* lines, since it was opened */
	uint64_t waiting; /* sequence numbers that have not arrived */
	uint64_t shed;    /* no room */
	uint64_t late;    /* waited too long */
	uint64_t foreign; /* no event line, or too long */
	uint64_t damaged; /* could not be read back */
};

struct ward_ship;

/* Reads back what is there. AGAIN: another process has it open. CONFIG: the quota is too small.
 * DENIED, IO, VERSION, NOMEM. ret_why: in words. */
WARD_MUST_CHECK enum ward_err ward_ship_open(
	const struct ward_ship_opts *o, char ret_why[WARD_SHIP_WHY], struct ward_ship **ret);
/* What was lost and not told yet is put there first. */
void ward_ship_close(struct ward_ship *s);

/* Takes one line, without its end; durable after the next commit. OK also for one that is shed or
 * foreign (counted). FULL: evidence without room: commit, send, and give it again. IO: what is on
 * the disk is not known: close. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ship_put(struct ward_ship *s, struct ward_str line);
WARD_MUST_CHECK enum ward_err ward_ship_commit(struct ward_ship *s);

/* The next lines that have not arrived, one behind the other, at most `events` and `bytes` of them;
 * the same again until ward_ship_arrived. *ret lives until then. AGAIN: there are none. IO, NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_ship_next(
	struct ward_ship *s, size_t events, size_t bytes, struct ward_str *ret);
/* They have arrived, or are never to be sent: durably. */
WARD_MUST_CHECK enum ward_err ward_ship_arrived(struct ward_ship *s);
/* Lets go of what has arrived, within about an hour. Call it each few seconds. */
WARD_MUST_CHECK enum ward_err ward_ship_maintain(struct ward_ship *s);

void ward_ship_count(const struct ward_ship *s, struct ward_ship_counts *ret);

#endif
