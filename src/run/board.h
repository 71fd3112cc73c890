/* What a process shows of itself, for who shows it to people: one JSON object in a file in memory
 * that the supervisor holds, written anew at most once a second.
 *
 * One process writes a board, others read it. It is written in place; who reads it half written
 * sees that by the sum before it, and reads it again. Who reads takes it as outside bytes: its
 * writer may have been taken over. Single-threaded. */
#ifndef WARD_RUN_BOARD_H
#define WARD_RUN_BOARD_H

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"

enum { WARD_BOARD_BYTES = 4 << 20 };

struct ward_board {
	int fd; /* borrowed; -1: there is none */
	ward_ns written;
	struct ward_wr w;
	struct ward_json j;
};

/* fd -1: nothing is ever written. */
void ward_board_init(struct ward_board *b, int fd);
void ward_board_fini(struct ward_board *b);
/* NULL: it is not time yet. Else the object's members go there, "at" is written. */
struct ward_json *ward_board_begin(struct ward_board *b, ward_ns now);
/* A board that is too long (then it is false), or can't be written, stays as it was. */
bool ward_board_end(struct ward_board *b);

/* The text. AGAIN: as it was (last), or half written; then w has what must not be used. OK: *last
 * is of this one. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_board_read(int fd, struct ward_id *last, struct ward_wr *w);

/* A member: a time is nanoseconds since 1970, NEVER null. */
void ward_board_ns(struct ward_json *j, const char *key, ward_ns t);

#endif
