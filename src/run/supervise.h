/* The supervisor: starts processes, keeps their descriptors over restarts, starts them again.
 *
 * It parses nothing from outside. Links between processes are socket pairs whose both ends it
 * holds, so that messages wait while a process is restarted. A process that ends is started again
 * at once; one that keeps ending is started after a growing pause (100 ms doubling to 10 s, back
 * to none after a minute of life). Single-threaded; uses SIGCHLD, SIGTERM, SIGINT, SIGHUP. */
#ifndef WARD_RUN_SUPERVISE_H
#define WARD_RUN_SUPERVISE_H

#include "base/log.h"
#include "base/mem.h"

#include <sys/types.h>

enum { WARD_PROCESSES_MAX = 360, WARD_PROCESS_ARGS = 256 };

struct ward_supervisor;

/* How a process came to its end, for whoever wants to record it. */
struct ward_exit_report {
	const char *name;
	int status;         /* as of waitpid(2) */
	uint64_t n_restart; /* this one included */
	ward_ns pause;      /* before it is started again */
	bool done;          /* it was to run once, and is not started again */
};
typedef void (*ward_exit_fn)(void *ctx, const struct ward_exit_report *r);

/* libexec is the folder of the programs; their standard error is the log's descriptor. Borrows
 * everything. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_supervisor_new(const char *libexec, struct ward_log *log,
	const struct ward_clock *clock, const struct ward_mem *mem, ward_exit_fn on_exit, void *ctx,
	struct ward_supervisor **ret);
void ward_supervisor_free(struct ward_supervisor *s);

/* A process of the table; *ret is its number. Processes are started in this order and stopped in
 * the reverse one, those of one program together. once: it may end with success, and is then not
 * started again. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_supervisor_add(
	struct ward_supervisor *s, const char *name, uid_t uid, bool once, size_t *ret);
/* It runs this program of the folder instead of the one of its own name, which it is told as
 * "name=NAME". Borrows program. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_supervisor_program(
	struct ward_supervisor *s, size_t process, const char *program);
/* Gives it one more argument "key=value" (copied). LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_supervisor_set(
	struct ward_supervisor *s, size_t process, const char *key, const char *value);
/* Gives it a descriptor under "fd.NAME", in each of its lives. The supervisor owns fd from now on.
 * LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_supervisor_hand(
	struct ward_supervisor *s, size_t process, const char *name, int fd);
/* Links two: a gets "fd.<name of b>", b gets "fd.<name of a>". IO, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_supervisor_link(struct ward_supervisor *s, size_t a, size_t b);
/* Links process a with the supervisor itself; *ret is this side. IO, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_supervisor_link_self(
	struct ward_supervisor *s, size_t a, int *ret);

/* While it runs, calls fn(ctx) each time that fd can be read; fn must not block. One fd only.
 * Borrows fd and ctx. */
void ward_supervisor_listen(struct ward_supervisor *s, int fd, void (*fn)(void *ctx), void *ctx);

/* While it runs, calls fn(ctx) at once and then each `every` of the monotonic clock; fn must not
 * block for long. One only. Borrows ctx. */
void ward_supervisor_each(
	struct ward_supervisor *s, ward_ns every, void (*fn)(void *ctx), void *ctx);

/* The file that this process was handed under `name` is its trial's too, to be read only. IO,
 * NOT_FOUND. */
WARD_MUST_CHECK enum ward_err ward_supervisor_shows(
	struct ward_supervisor *s, size_t process, const char *name);

/* When somebody sends SIGHUP (a terminal that hangs up ends all, as SIGTERM does), this process's
 * program runs once more beside it, with "trial=1", without its descriptors but for those of
 * ward_supervisor_shows, its standard output on our standard error. Ends that well, the process is
 * asked to end and is started at once, which counts as no restart; else it goes on as it is. told,
 * which may be NULL, hears which. Borrows ctx. */
void ward_supervisor_reloads(
	struct ward_supervisor *s, size_t process, void (*told)(void *ctx, bool taken), void *ctx);
/* Where those rules are known for a page: ends and is started at once when they are taken. */
void ward_supervisor_follows(struct ward_supervisor *s, size_t process);

/* As a SIGHUP that is sent. */
void ward_supervisor_reload(struct ward_supervisor *s);
/* As SIGTERM: all are stopped once the loop comes round. */
void ward_supervisor_stop(struct ward_supervisor *s);
/* Did a signal ask to end, at first or while all were being stopped already? */
bool ward_supervisor_signalled(const struct ward_supervisor *s);

/* It keeps our standard output; the others get /dev/null. */
void ward_supervisor_terminal(struct ward_supervisor *s, size_t process);

/* Starts all, watches until SIGTERM, SIGINT or a terminal's SIGHUP, or until a process that was
 * added with `ends_all` ended well; then stops all: SIGTERM in reverse order, those of one program
 * together, each with two seconds to end, then SIGKILL. IO. */
WARD_MUST_CHECK enum ward_err ward_supervisor_run(struct ward_supervisor *s);
/* The end of this process is the end of all. */
void ward_supervisor_ends_all(struct ward_supervisor *s, size_t process);
/* A process as it is now. False: there are fewer. */
struct ward_process_state {
	const char *name;
	bool runs, done; /* done: it was to run once, and did */
	ward_ns since;   /* monotonic: its start; 0: not yet */
	uint64_t n_restart;
};
bool ward_supervisor_at(
	const struct ward_supervisor *s, size_t process, struct ward_process_state *ret);
pid_t ward_supervisor_pid(const struct ward_supervisor *s, size_t process);

#endif
