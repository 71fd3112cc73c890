/* The live system of one hospital: its process table, links, sockets and folders.
 *
 * Everything that needs a privilege is opened here, by the supervisor, before any process runs:
 * capture rings and listeners, which stay open over restarts of their sensors. With a scenario the
 * whole runs in namespaces of its own, whose networks are the hospital's. */
#ifndef WARD_RUN_LIVE_H
#define WARD_RUN_LIVE_H

#include "base/log.h"
#include "exercise/scenario.h"
#include "words/words.h"

enum { WARD_LIVE_WHY = 4096 + 256 };

/* In the state's folder once a scenario was played into it. */
#define WARD_PLAYED_FILE "played"
/* There, too: what was done in plays (exercise/course.h). */
#define WARD_LEAD_LOG "exercise.jsonl"

/* What does not run, since something is missing that the law wants (processing/processing.h). The
 * model has it marked so, too. */
struct ward_live_stopped {
	const char *id, *why; /* a sentence in the story's language */
};

struct ward_live_options {
	const char *dir, *content; /* hospital directory, content directory: absolute paths */
	const char *libexec;       /* folder of the processes' programs */
	const char *state;         /* folder of what is kept; exists */
	const char *scenario;      /* folder of the scenario that is played, or NULL */
	const char *ground;        /* ground.h: what a reload of the rules must not change */
	const struct ward_scenario *played; /* the same, loaded; NULL without one */
	const char *captures;               /* folder for what played tools are heard to do; NULL */
	const char *speed;                  /* of play, in percent, as text; NULL: as written */
	const char *life; /* seed of the ordinary life beside what is played; NULL: there is none */
	const struct ward_policy *policy; /* roles that nobody plays; NULL: there are none */
	bool lead;                        /* play waits for a trainer, who begins and ends it */
	const char *console;              /* where it is served; NULL: as usual; "off" */
	const char *console_dir;          /* its pages; NULL: those beside the content */
	const struct ward_limits *lim;    /* of the hospital */
	struct ward_lang *lang;           /* of the story, NULL: English; borrowed */
	const struct ward_live_stopped *stopped;
	size_t n_stopped;
	const struct ward_processing *processing; /* whose agreements end; NULL: none */
	bool json, colour;
	uint64_t version; /* of the directory, as it was read (revision); 0: not known */
	const char *ward; /* our own program: what checks a directory that is proposed */
	struct ward_log *log;
	const struct ward_clock *clock;
};

/* How it ended. */
struct ward_live_anew {
	bool is;     /* to be run anew, with the directory as it is now */
	int console; /* the console's socket, for the next life (WARD_LIVE_HELD); -1: there is none
		      */
};
/* The variable of the environment that names the socket: browsers that come meanwhile wait, and a
 * played hospital, which is in a network of its own by then, stays where it was reached. */
#define WARD_LIVE_HELD "WARD_CONSOLE_SOCKET"

/* The variable that names a link (SOCK_SEQPACKET) for the journal's process, with that of the
 * machine beside this one: without its word nothing is acknowledged (run/proc/standby.c). */
#define WARD_LIVE_STANDBY "WARD_STANDBY_LINK"
/* The formats that are written then (base/formats.h). */
#define WARD_LIVE_FORMATS "WARD_STANDBY_FORMATS"

/* ret_anew->is: it ended since the hospital's directory was changed. Runs until SIGTERM, SIGINT or
 * its terminal hangs up, then stops everything in order; a SIGHUP that is sent has the rules read
 * anew. On an error nothing is left running and ret_why (WARD_LIVE_WHY bytes) says what and the
 * mend: DENIED, CONFIG (a source that cannot be served), IO, NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_live_run(const struct ward_live_options *o,
	const struct ward_model *m, char *ret_why, struct ward_live_anew *ret_anew);

#endif
