/* When a live picture was taken: the stream's own clock as long as it keeps pace with ours.
 *
 * A camera's time stamps are even, and may say anything; the time at which packets arrive is ours,
 * and uneven. A picture's time is the stamp's, moved so that it lies within two seconds before the
 * arrival, and never before the picture before it. Pure. */
#ifndef WARD_SENSE_VIDEO_PACE_H
#define WARD_SENSE_VIDEO_PACE_H

#include "base/clock.h"

struct ward_pace {
	bool begun;
	ward_ns shift, last;
	ward_ns bad, wait; /* when a stream could not be decoded last, and how long it rested */
};

/* A new stream: its stamps have nothing to do with those of the last. */
void ward_pace_restart(struct ward_pace *p);
/* stamp counts from anything; seen is when the picture's packets had arrived. */
ward_ns ward_pace_time(struct ward_pace *p, ward_ns stamp, ward_ns seen);
/* The stream can't be decoded: for how long it rests before the next attempt. A second, doubling to
 * a minute, and a second again after two minutes without. */
ward_ns ward_pace_rest(struct ward_pace *p, ward_ns seen);

#endif
