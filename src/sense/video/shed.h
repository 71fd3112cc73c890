/* How much of a camera is analysed, when there is not computing time for all of it.
 *
 * Two things make less of it: the camera's own budget is exceeded, or its pictures come late, since
 * the machine has too much to do. Then one step less, once that lasted ten seconds; one step more
 * after a minute in which there was plenty, or longer each time that it was in vain. Cameras of a
 * higher priority take more lateness, and for longer (ten seconds for each step of priority),
 * before they take less, so those of a lower one make room for them: nobody has to tell one of the
 * others. Pure: no clock, no process. */
#ifndef WARD_SENSE_VIDEO_SHED_H
#define WARD_SENSE_VIDEO_SHED_H

#include "base/clock.h"

enum ward_shed_level {
	WARD_SHED_NONE,
	WARD_SHED_HALF,      /* every other picture is analysed */
	WARD_SHED_REFERENCE, /* and only what other pictures are made of is decoded */
	WARD_SHED_KEYFRAMES, /* only pictures that stand for themselves are */
	WARD_SHED_N,
};

enum { WARD_SHED_PRIORITY_MAX = 3 };

struct ward_shed {
	unsigned budget;   /* percent of a processor; 0: none */
	unsigned priority; /* 1: is the first to take less; to WARD_SHED_PRIORITY_MAX */
	enum ward_shed_level level;
	ward_ns since;             /* less than all; 0: all */
	ward_ns begun;             /* the window that is measured */
	ward_ns used, late;        /* at its begin; the most in it */
	unsigned n_over, n_plenty; /* windows in a row */
	unsigned wait;             /* for as many with plenty; grows by what was in vain */
	unsigned percent;          /* of a processor, in the last whole window */
	bool known, returned;      /* the last change was one step more */
};

/* budget and priority as above; priority 0 is taken for the middle. */
void ward_shed_init(struct ward_shed *s, unsigned budget, unsigned priority);
/* At each picture: the monotonic clock, processor time used so far, and how late the picture is.
 * True when the level is another than before. */
bool ward_shed_step(struct ward_shed *s, ward_ns now, ward_ns used, ward_ns late);
/* What stays: "all", "half", "reference", "keyframes". Lives forever. */
const char *ward_shed_word(enum ward_shed_level level);

#endif
