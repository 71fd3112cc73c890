/* Which stream of an ONVIF device a camera is watched by: the body of CHOICE, from the process that
 * asked the device (`onvif`) to the one that speaks with the camera, and on to the one that
 * decodes. Of the address only scheme, port and path are the device's: the host is the hospital's
 * word. */
#ifndef WARD_RUN_CHOICE_H
#define WARD_RUN_CHOICE_H

#include "run/ipc.h"
#include "sense/video/health.h"

enum {
	WARD_CHOICE_PATH = 512,
	WARD_CHOICE_TEXT = 64,
	WARD_CHOICE_BYTES = 1024, /* more than one is written in */
	WARD_CHOICE_SIDE = 9999,  /* pixels, at most */
};

struct ward_choice {
	bool taken;                     /* else the device could not be asked: */
	enum ward_health_reason reason; /* why */
	bool tls;                       /* rtsps */
	uint16_t port;
	char path[WARD_CHOICE_PATH]; /* with its query; begins with '/' or '?', or is empty */
	char profile[WARD_CHOICE_TEXT], encoding[WARD_CHOICE_TEXT]; /* as the device says */
	unsigned width, height;
	unsigned millifps, kbps; /* 0: it does not say */
	unsigned offered;        /* so many streams it has */
	bool suffices;           /* for the analysis; else it is the largest there is */
};

void ward_choice_write(const struct ward_choice *c, struct ward_wr *w);
/* MALFORMED: no such body. */
WARD_MUST_CHECK enum ward_err ward_choice_read(struct ward_rd *r, struct ward_choice *ret);

#endif
