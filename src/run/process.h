/* The common frame of a Ward process: what the supervisor hands it, its log, its stop flag.
 *
 * A process is started as `libexec/ward/NAME key=value …`. Keys that begin with "fd." name open
 * descriptors ("fd.journal=10"); the rest are plain settings. Standard error is the supervisor's
 * and takes log lines. */
#ifndef WARD_RUN_PROCESS_H
#define WARD_RUN_PROCESS_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/limit.h"
#include "base/log.h"
#include "run/ipc.h"
#include "run/sandbox.h"

enum { WARD_PROCESS_SETTINGS = 64, WARD_FD_NONE = -1 };

/* AddressSanitizer reserves more of the address space than any bound leaves: there is none then. */
#if defined(__SANITIZE_ADDRESS__)
#define WARD_PROCESS_UNBOUND true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WARD_PROCESS_UNBOUND true
#endif
#endif
#ifndef WARD_PROCESS_UNBOUND
#define WARD_PROCESS_UNBOUND false
#endif

struct ward_process {
	const char *name;
	int argc;
	char **argv;
	const struct ward_clock *clock;
	struct ward_log log;
	struct ward_counters counters;
	ward_ns told; /* monotonic: when the counters were last written */
	const char *reading[WARD_SANDBOX_READING]; /* n_reading */
	size_t n_reading;
	const char *writing;     /* a second folder that is its own; NULL */
	uint16_t port;           /* the one that it may connect to, with CONNECT */
	size_t memory_max_bytes; /* of address space, in the cage; 0: not bound */
	size_t n_descriptor_max; /* in the cage, as far as the system lets it; 0: 256 */
};

/* Reads the arguments, opens the log, catches SIGTERM and SIGINT. Ends the process with
 * WARD_PROCESS_USAGE when it was not started by a supervisor. */
void ward_process_begin(struct ward_process *p, const char *name, int argc, char **argv);
/* The value of a setting, or NULL. */
const char *ward_process_setting(const struct ward_process *p, const char *key);
/* What is kept is to be written in these formats (base/formats.h): the setting "formats", else the
 * latest. */
uint32_t ward_process_formats(struct ward_process *p);
/* The nth value of a setting that may come several times, or NULL. */
const char *ward_process_nth(const struct ward_process *p, const char *key, size_t n);
/* The first line of the file that a setting names, or that was handed over as the descriptor
 * "fd.KEY", without its end, into cap bytes; an empty text without either. A file that can't be
 * read, or is longer, ends the process. For secrets: arguments can be seen by every user of the
 * machine. Before the sandbox. */
void ward_process_secret(struct ward_process *p, const char *key, char *ret, size_t cap);
/* The uid that the supervisor gave, which it will have in the sandbox; 0: none. Ends the process
 * when it is no number. */
uid_t ward_process_uid(struct ward_process *p);
/* The descriptor "fd.NAME", or WARD_FD_NONE. */
int ward_process_fd(const struct ward_process *p, const char *name);
/* The same, but its absence ends the process. */
int ward_process_need_fd(struct ward_process *p, const char *name);
/* A folder that may be read in the sandbox; it has to live until then. Ends the process when there
 * are too many. */
void ward_process_may_read(struct ward_process *p, const char *folder);
/* A folder that may be written besides the one that the cage is given; it has to live until then.
 */
void ward_process_may_write(struct ward_process *p, const char *folder);
/* Enters the sandbox with the uid that the supervisor gave, or ends the process. */
void ward_process_cage(struct ward_process *p, unsigned cage, const char *folder);
/* The limits of the hospital: "limit=NAME:VALUE" for each that is not the default. Ends the process
 * when the supervisor gave one that there is not. */
void ward_process_limits(struct ward_process *p, struct ward_limits *ret);
/* Says why on the log and ends the process: the supervisor starts it anew. */
WARD_NORETURN void ward_process_die(struct ward_process *p, const char *why, enum ward_err err);
/* Writes all counters to the log once a minute; call it in the process's loop. */
void ward_process_count(struct ward_process *p);
/* Writes them a last time: the process is about to end well. Gives WARD_PROCESS_DONE. */
int ward_process_end(struct ward_process *p);
/* True once SIGTERM or SIGINT came. */
bool ward_process_stopping(void);
/* A random start for request ids, so that answers to a former life are not taken for ours. */
uint32_t ward_process_ids(void);

/* Sensors of which each source has a process of its own, "video-1" on. Cameras have another one
 * beside it, "camera-1" on. */
enum {
	WARD_PROCESS_NAME = 24,
	WARD_CAMERAS_MAX = 64,
	WARD_LINES_MAX = 16,
	WARD_ONVIF_MAX = 40,
	WARD_HOOKS_MAX = 8,
	WARD_FEEDS_MAX = 8,
	WARD_POLLERS_MAX = 32,
	WARD_CALLS_MAX = 8,
	WARD_DIODES_MAX = 8,
	WARD_INGEST_MAX = 16, /* sources of one process */
	WARD_GUESTS_MAX = WARD_CAMERAS_MAX + WARD_LINES_MAX + WARD_ONVIF_MAX + WARD_HOOKS_MAX +
			  WARD_FEEDS_MAX + WARD_POLLERS_MAX + WARD_CALLS_MAX + WARD_DIODES_MAX,
};
/* Puts PROGRAM and i + 1 together. */
void ward_process_numbered(char ret[WARD_PROCESS_NAME], const char *program, size_t i);
/* The name of the ith of all these sensors, in an order that never changes; i < WARD_GUESTS_MAX. */
void ward_process_guest(char ret[WARD_PROCESS_NAME], size_t i);

enum { WARD_PROCESS_DONE = 0, WARD_PROCESS_DIED = 70, WARD_PROCESS_USAGE = 64 };

#endif
