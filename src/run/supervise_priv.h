/* What supervise.c and supervise_exec.c share; not for others. */
#ifndef WARD_RUN_SUPERVISE_PRIV_H
#define WARD_RUN_SUPERVISE_PRIV_H

#include "run/notify.h"
#include "run/supervise.h"

#include <signal.h>

enum {
	FD_FIRST = 10, /* where a child finds its first handed descriptor */
	HANDED_MAX = 160,
	FD_ASIDE = FD_FIRST + HANDED_MAX, /* beyond all of these; few, for a low `ulimit -n` */
	QUEUE_BYTES = 1 << 20,            /* of each link, in each direction */
};

struct child {
	const char *name, *program;
	uid_t uid;
	bool once, ends_all, terminal, done;
	bool planned; /* asked to end, to be started at once */
	bool follows; /* is begun anew when the rules are read anew */
	pid_t pid;    /* 0: not running */
	ward_ns started, start_at, pause;
	uint64_t n_restart;
	const char *arg[WARD_PROCESS_ARGS]; /* "key=value" */
	size_t n_arg;
	struct {
		const char *name;
		int fd;
		int shown; /* the same file, to be read only: the trial's; -1: it has none */
	} handed[HANDED_MAX];
	size_t n_handed;
};

struct ward_supervisor {
	const char *libexec;
	struct ward_log *log;
	const struct ward_clock *clock;
	struct ward_arena arena;
	ward_exit_fn on_exit;
	void *ctx;
	struct child child[WARD_PROCESSES_MAX];
	size_t n;
	int signals; /* signalfd */
	int nothing; /* /dev/null */
	sigset_t mask_before;
	bool stopping, signalled;
	int heard; /* -1: listens to nobody */
	void (*on_heard)(void *ctx);
	void *heard_ctx;
	ward_ns each, each_at; /* how often, and when next */
	void (*on_each)(void *ctx);
	void *each_ctx;
	struct child *reloads; /* NULL: none does */
	void (*told)(void *ctx, bool taken);
	void *told_ctx;
	pid_t trial; /* 0: not running */
	bool trial_again;
	struct ward_notify notify;
	size_t n_told; /* processes that run, as the service manager was told */
};

/* In the child, between fork and exec: only calls that are safe there. Neither returns. */
WARD_NORETURN void ward_supervisor_exec(
	const struct ward_supervisor *s, const struct child *c, const char *path);
WARD_NORETURN void ward_supervisor_exec_trial(
	const struct ward_supervisor *s, const struct child *c, const char *path);

#endif
