/* The cage that each process enters before it reads its first outside byte.
 *
 * In order: resource limits, Landlock, own uid and gid, no_new_privs, parent-death signal, seccomp.
 * A step that fails is fatal (WARD_ERR_SANDBOX), but for Landlock, whose level depends on the
 * kernel and is reported, and for the uid when the supervisor has only one to give (it says so). */
#ifndef WARD_RUN_SANDBOX_H
#define WARD_RUN_SANDBOX_H

#include "base/err.h"

#include <sys/types.h>

/* What a process may still ask of the kernel: the common calls of an event loop, and besides: */
enum ward_cage {
	WARD_CAGE_PLAIN = 0,          /* descriptors that it holds: read, write, send, recv, poll */
	WARD_CAGE_FILES = 1 << 0,     /* open, rename, unlink … beneath its Landlock folders */
	WARD_CAGE_LISTEN = 1 << 1,    /* accept on listeners that it was given */
	WARD_CAGE_SERVE = 1 << 8,     /* the same, and send what is said at once or together */
	WARD_CAGE_TERMINAL = 1 << 2,  /* ioctl on a terminal */
	WARD_CAGE_CONNECT = 1 << 5,   /* make TCP sockets, and connect them to one port */
	WARD_CAGE_DATAGRAM = 1 << 10, /* with CONNECT: UDP sockets instead */
	WARD_CAGE_SELECT = 1 << 6, /* wait by select(2): what a library does that knows no poll */
	WARD_CAGE_TREE = 1 << 9,   /* with FILES: links, folders removed, all synced */
	WARD_CAGE_FOLLOW = 1 << 4, /* open for reading beneath its Landlock folders, list them */
	/* Orders cells and waits for them (run/inspect.h); connects to a socket of this machine
	 * that has a path; hears of changes in folders. With FOLLOW. */
	WARD_CAGE_CELLS = 1 << 12,
	/* Makes cells: ward_sandbox_fork. With BLIND, which is what a cell is left with once it has
	 * given up what is the maker's (ward_sandbox_give_up). */
	WARD_CAGE_MAKER = 1 << 13,
	/* What opens a file finds none (ENOENT), and is not killed: libraries that look for tables
	 * beside what they are given. No capabilities are left, also of root. */
	WARD_CAGE_BLIND = 1 << 11,
	/* Lets a program of this machine run that reads files, computes, and writes to pipes that
	 * it was given: everything but the network, files to be written, other processes, and what
	 * changes the system. With CONNECT it may connect. No capabilities are left, also of root.
	 * Which files it reads is bound when that is known (run/child.h). */
	WARD_CAGE_PROGRAM = 1 << 7,
	/* Stands for the outside world, in play's own namespaces: user id, limits and the parent's
	 * death as for all, but neither Landlock nor seccomp. */
	WARD_CAGE_OUTSIDE = 1 << 3,
};

enum { WARD_SANDBOX_READING = 16 };

struct ward_sandbox_filter;

struct ward_sandbox {
	unsigned cage; /* of enum ward_cage */
	uid_t uid;     /* 0: keep (the supervisor has but one) */
	gid_t gid;
	const char *folder[4]; /* may be read and written; NULL ends the list */
	/* May be read only; NULL ends the list. With one, and where Landlock confines it to them,
	 * the process keeps the right to read what its uid may not (CAP_DAC_READ_SEARCH): logs
	 * belong to their writers. */
	const char *reading[WARD_SANDBOX_READING];
	uint16_t port; /* CONNECT: the one, as far as Landlock can bind it to it */
	size_t n_descriptor_max;
	size_t memory_max_bytes;
	bool trace; /* tests: a forbidden call gives EPERM instead of killing the process */
};

/* The one fork that MAKER allows: the child is one of the caller's parent. It begins with what the
 * caller has, also its threads: there must be but one. -1: errno is set. */
pid_t ward_sandbox_fork(void);
/* What takes from a process of MAKER that it may do more than one of BLIND: made once, then entered
 * by each that was forked, for good. SANDBOX: errno is set; NOMEM. False: errno is set. */
WARD_MUST_CHECK enum ward_err ward_sandbox_give_up_new(struct ward_sandbox_filter **ret);
WARD_MUST_CHECK bool ward_sandbox_give_up(struct ward_sandbox_filter *f);
/* NULL is allowed. */
void ward_sandbox_filter_free(struct ward_sandbox_filter *f);

/* Enters it, for good. *ret_landlock is the ABI that is enforced, 0 for none. On SANDBOX *ret_step
 * names the step and errno is set; the process must then end. */
WARD_MUST_CHECK enum ward_err ward_sandbox_enter(
	const struct ward_sandbox *s, int *ret_landlock, const char **ret_step);

#endif
