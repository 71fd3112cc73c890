/* What a stage has to say, before it is an event: one thing that was seen, with its place. */
#ifndef WARD_SENSE_VIDEO_SIGN_H
#define WARD_SENSE_VIDEO_SIGN_H

#include "event/classes.h"
#include "sense/video/image.h"

/* Of a camera's stream, as its device says. */
struct ward_sign_stream {
	const char *profile, *encoding; /* borrowed for the call */
	unsigned width, height;
	unsigned millifps, kbps; /* 0: not told */
	unsigned offered;        /* so many streams it has */
};

struct ward_sign {
	enum ward_class class;
	ward_ns time;
	uint32_t track;             /* 0: of nobody */
	struct ward_str zone, line; /* of the plan; empty: none */
	struct ward_str door;
	const char *direction; /* "in" or "out"; NULL: none. Texts live forever */
	const char *reason;    /* a word of the class; NULL: none */
	const char *state;     /* "on", or "off" when what lasted is over; NULL: a moment */
	struct ward_box box;   /* in pixels; empty: the whole picture */
	float confidence;      /* 0 to 1: how far over its threshold */
	ward_ns duration;      /* how long it lasts already; 0: a moment */
	ward_ns lag;           /* of a replay, behind what it repeats; 0: not told */
	int64_t persons;       /* counted; 0: not told */
	int64_t suspected;     /* as many of them may be two; 0: not told */
	float speed;           /* metres a second; 0 or less: not told */
	int64_t total;         /* of a line and direction so far; 0: not told */
	float part;            /* of the picture; 0: not told */
	ward_ns clock;         /* ours minus the camera's; 0: not told */
	const struct ward_sign_stream *stream; /* NULL: not told */
};

/* When a picture was taken: in the stream, and by the wall clock. */
struct ward_sight {
	ward_ns time, wall;
};

/* Where signs go; an error is handed on to the caller of the stage. */
struct ward_sign_sink {
	enum ward_err (*put)(void *ctx, const struct ward_sign *s);
	void *ctx;
};

#endif
