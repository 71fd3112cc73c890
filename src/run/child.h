/* A child that a process starts before its own cage, to do what that cage forbids: it runs a
 * program, or connects. It has one link with its parent, no other descriptor, and a cage of its
 * own: uid, limits, no capabilities, seccomp (WARD_CAGE_PROGRAM). Which files it may read is bound
 * once it knows what it is about to read (ward_child_narrow). */
#ifndef WARD_RUN_CHILD_H
#define WARD_RUN_CHILD_H

#include "run/process.h"

struct ward_child {
	const char *what; /* "the dialer": for the log, when it can't be started */
	unsigned cage;    /* WARD_CAGE_PROGRAM; with CONNECT it may make connections, too */
	size_t n_descriptor_max;
	const char *opens; /* a file that it reads and writes though its cage forbids to open it */
	/* opened: that file, or WARD_FD_NONE. Its end is the child's. */
	void (*live)(struct ward_process *p, int link, int opened, void *ctx);
	void *ctx; /* copied by the fork */
};

/* Ends the process when it can't be started. *ret_link is the parent's end. */
void ward_child_start(struct ward_process *p, const struct ward_child *c, int *ret_link);

/* From here on, for good and for all that it starts, as far as the kernel has Landlock: of all
 * files only these may be read and run (a folder: what lies in it); what is not there is left out.
 * A path that is opened later than now and was replaced meanwhile is out of reach: call it just
 * before. connects: also TCP connections, to port (and to a name server), or 0 for any.
 * False: errno. */
struct ward_child_reach {
	const char *const *path; /* NULL ends each list; at most WARD_CHILD_PATHS in all */
	const char *const *more; /* NULL: none */
	bool connects;
	uint16_t port;
};
enum { WARD_CHILD_PATHS = 48 };
WARD_MUST_CHECK bool ward_child_narrow(const struct ward_child_reach *to);

/* What each program needs to begin, as members of a list; what names are looked up with. */
#define WARD_CHILD_LIBRARIES \
	"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/proc/self"
#define WARD_CHILD_NAMES                                                                           \
	"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", \
		"/etc/services", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager"

#endif
