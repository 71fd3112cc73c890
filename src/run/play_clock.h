/* The time of a play, which a trainer may hold: a number in a file in memory, written by the
 * process `play` alone, read by it and by the cameras, controllers and lines that are played beside
 * it.
 *
 * Its lowest bit says whether time is held; the others are, while it is, how long the play has gone
 * by then, else how much later (or, with time left out, earlier) it began than was said. Eight
 * bytes in this machine's order, written at once. Nothing written: it goes from its beginning on.
 *
 * Behind it each step has a byte, which is 1 once a call to pagers was said there: their line makes
 * the call then, and never one that the story left out.
 */
#ifndef WARD_RUN_PLAY_CLOCK_H
#define WARD_RUN_PLAY_CLOCK_H

#include "base/clock.h"
#include "run/process.h"

#include <unistd.h>

static inline int64_t ward_play_clock_is(int fd)
{
	int64_t is = 0;

	return fd != WARD_FD_NONE && pread(fd, &is, sizeof(is), 0) == (ssize_t)sizeof(is) ? is : 0;
}

static inline bool ward_play_held(int fd)
{
	return ward_play_clock_is(fd) & 1;
}

/* How long the play has gone, without the time that it was held; negative before it begins. */
static inline ward_ns ward_play_gone(int fd, ward_ns begin, ward_ns now)
{
	int64_t is = ward_play_clock_is(fd);

	return is & 1 ? (is - 1) / 2 : now - begin - is / 2;
}

/* When it begins if nothing holds it, as the process was told; 0: nothing is played. */
static inline ward_ns ward_play_begin(struct ward_process *p, int fd)
{
	const char *text = fd == WARD_FD_NONE ? "0" : ward_process_setting(p, "begin");
	uint64_t v = 0;

	if (!text || !ward_str_u64(ward_str_z(text), &v) || v > INT64_MAX)
		ward_process_die(p, "begin", WARD_ERR_CONFIG);
	return (ward_ns)v;
}

/* From now on it has gone so long, and goes on or is held. False: it can't be written. */
static inline bool ward_play_clock_set(int fd, ward_ns begin, ward_ns now, ward_ns gone, bool held)
{
	int64_t is = held ? gone * 2 + 1 : (now - begin - gone) * 2;

	return fd == WARD_FD_NONE || pwrite(fd, &is, sizeof(is), 0) == (ssize_t)sizeof(is);
}

/* The story has come to this call, which is made now. False: it can't be written. */
static inline bool ward_play_call(int fd, uint64_t step)
{
	const uint8_t said = 1;

	return fd == WARD_FD_NONE ||
	       pwrite(fd, &said, sizeof(said), (off_t)(sizeof(int64_t) + step)) ==
		       (ssize_t)sizeof(said);
}

/* Without a play beside it, a line calls by its time alone. */
static inline bool ward_play_called(int fd, uint64_t step)
{
	uint8_t said = 0;

	return fd == WARD_FD_NONE ||
	       (pread(fd, &said, sizeof(said), (off_t)(sizeof(int64_t) + step)) ==
			       (ssize_t)sizeof(said) &&
		       said);
}

#endif
