/* Who is who from picture to picture: boxes that belong together get one number.
 *
 * Each track predicts where its box is next (constant velocity, alpha-beta filter) and takes the
 * nearest part of the foreground within its gate, the best pair first (greedy; after SORT, Bewley
 * 2016). A track is believed after some pictures, goes on unseen for a while, and longer while it
 * may be behind another one. A pure state machine over blobs and times. */
#ifndef WARD_SENSE_VIDEO_TRACK_H
#define WARD_SENSE_VIDEO_TRACK_H

#include "sense/video/blob.h"

enum { WARD_TRACKS_MAX = 32 };

struct ward_track {
	uint32_t id;           /* from 1, never given again; 0: the place is free */
	struct ward_box box;   /* smoothed; while unseen, where it is expected */
	float vx, vy;          /* pixels a second, of the foot point */
	struct ward_box first; /* where it was first seen */
	float away; /* the farthest from there so far, pixels: by the corner that moved less,
		     * so that growing or joining with another is no way that was gone */
	float tall; /* its usual height, pixels: boxes shrink where legs are hidden */
	ward_ns born, seen; /* first and last picture that showed it */
	unsigned hits;      /* pictures that showed it */
	bool sure;          /* seen often enough to be believed */
	bool now;           /* the last picture showed it */
	bool hidden;        /* unseen, but its place is within another one's box */
	ward_ns burnt;      /* the last picture in which it was flames, as others say; 0: none */
};

struct ward_tracks {
	struct ward_track at[WARD_TRACKS_MAX]; /* a track keeps its place */
	uint32_t n_given;                      /* numbers */
	uint64_t n_refused;                    /* for which there was no place */
	ward_ns time;
};

/* Where feet are: the middle of the lower edge. */
static inline float ward_track_x(const struct ward_track *t)
{
	return (t->box.x0 + t->box.x1) / 2;
}
static inline float ward_track_y(const struct ward_track *t)
{
	return t->box.y1;
}

/* The blobs of a picture of w by h at that time; forgets tracks that are gone. O(tracks * blobs *
 * min(tracks, blobs)). */
void ward_tracks_step(struct ward_tracks *t, const struct ward_blobs *blobs, ward_ns now);
/* Time passed without a picture that tells anything (a change of light): nobody is lost by it. */
void ward_tracks_skip(struct ward_tracks *t, ward_ns now);

#endif
