/* Private to the process `stage`: the hosts that stand in a play's networks, the servers and tools
 * of others that run there. */
#ifndef WARD_RUN_PROC_STAGE_H
#define WARD_RUN_PROC_STAGE_H

#include "exercise/act.h"
#include "run/netns.h"
#include "run/process.h"

enum { STAGE_PATH = 4096, STAGE_HOSTS = 48, STAGE_BRIDGES = 16, STAGE_RUNS = 64, STAGE_SAID = 400 };

struct stage_bridge {
	const struct ward_source *source;
	char name[16];
};

struct stage_host {
	uint32_t host; /* of the scenario */
	struct ward_netns_host as;
	int ns; /* the namespace */
};

/* A program of others that runs. */
struct stage_run {
	pid_t pid;                    /* 0: none; its end is the end of all that it began */
	const struct ward_peer *peer; /* or a tool's step */
	const struct stage_host *host;
	uint32_t step;
	ward_ns until;        /* monotonic: when it is ended */
	char dir[STAGE_PATH]; /* its own */
	struct stage_capture *capture;
};

/* What the next life is to know of this one. This machine's order. */
struct stage_kept {
	uint32_t lives;
	uint32_t tool[STAGE_RUNS]; /* of each run its step from 1, while a tool runs */
	char dir[64];
};

struct stage {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_model *model;
	struct ward_scenario *scenario;
	const char *folder, *content, *captures; /* captures: where to; NULL */
	uid_t tools;                             /* whose their processes are; 0: of who began */
	char dir[64];                            /* all that is written is here */
	struct stage_bridge bridge[STAGE_BRIDGES];
	size_t n_bridge;
	struct stage_host host[STAGE_HOSTS];
	size_t n_host;
	struct stage_run run[STAGE_RUNS];
	unsigned n_made;      /* folders so far */
	int kept_fd, gone_fd; /* gone_fd: run/stage_gone.h; WARD_FD_NONE */
	struct stage_kept kept;
	ward_ns counted; /* when processes were counted last */
	uint32_t done;   /* requests that were answered already … */
	bool does;       /* … the last one with this */
	int play;
	uint8_t buf[WARD_MSG_MAX];
};

/* stage_hosts.c: bridges, and a namespace for each host that serves or runs a tool; which can't be
 * had is told. */
void stage_build(struct stage *s);
const struct stage_host *stage_host_of(const struct stage *s, uint32_t host);

#define STAGE_SAYS "said" /* what a program says, in its folder */

/* What each program may use: of its folder, which is in memory, and of processes. The kernel counts
 * those of a user with its threads, and none of root's: so they are counted here, too. */
enum {
	STAGE_BYTES = 64 << 20,
	STAGE_FILES = 4096,
	STAGE_PROCESSES = 128,
	STAGE_PROCESSES_ALL = 1024,
};

/* stage_bound.c: from here on folders that nobody else sees can be made; one of them, and its end.
 * False: errno. */
bool stage_bound_begin(void);
bool stage_bound_folder(const char *dir);
void stage_bound_drop(const char *dir);
/* Ends what has too many processes, and says so; looks once a second. */
void stage_bound_look(struct stage *s);

/* stage_start.c: what a program is begun with. */
struct stage_start {
	const char *program;
	const char *const *word; /* NULL behind the last */
	const char *dir, *content, *scenario;
	int ns;    /* its host's */
	bool tool; /* its words are a scenario's */
	const char *const
		*over; /* files of dir that it has in /etc, NULL behind the last; or NULL */
	uid_t uid;     /* a tool's; 0: of who began */
	uint64_t cpu_s;
};
/* The process whose end is the program's, with its code; -1, errno: it does not run. */
pid_t stage_start(const struct stage_start *in);

/* stage_kept.c: tells of tools that ended with a former life, and takes away what is left of it; a
 * tool runs, or does not any more. */
void stage_kept_begin(struct stage *s);
void stage_kept_tool(struct stage *s, const struct stage_run *r, bool runs);
/* stage_bound.c: a folder of programs' folders, and all in it. */
void stage_remove(const char *dir);

/* stage_program.c: false, with what was wrong, when it can't be started, or ended before. */
bool stage_serve(struct stage *s, const struct ward_stand *stand, char ret_why[WARD_NETNS_WHY]);
bool stage_do(struct stage *s, uint32_t step, char ret_why[WARD_NETNS_WHY]);
/* Ends what is over its time, and tells of what ended. */
void stage_look(struct stage *s);
/* Does everything that serves listen? */
bool stage_listens(const struct stage *s);
void stage_end(struct stage *s);

/* stage_relay.c: in a child of its own, never returns: who asks `host` is answered by the played
 * controller. */
void stage_relay(struct stage *s, const struct stage_host *host, const struct ward_controller *k);

/* stage_capture.c: what is heard at a host's port, until it is closed: then the file has its name,
 * and until then one with this behind, so that none is ever half. NULL: errno, or told. */
#define STAGE_PART ".part"
struct stage_capture;
/* That of a capture that is not closed. False: it is too long. */
bool stage_capture_path(const struct stage *s, struct ward_str name, char ret[STAGE_PATH]);
struct stage_capture *stage_capture_open(
	struct stage *s, const struct stage_host *host, struct ward_str name);
void stage_capture_turn(struct stage_capture *c);
/* whole: its tool came to its end. False: errno; nothing of it stays, and what had its name before
 * keeps it. NULL is allowed. */
bool stage_capture_close(struct stage_capture *c, bool whole);

#endif
