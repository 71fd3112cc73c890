/* What of others stands and is done in the networks of a scenario that is played live: servers at
 * the addresses of the hospital's machines, and the tools of who attacks them. Tables, and the
 * texts that are told to them; nothing is started here. Read-only, any thread. */
#ifndef WARD_EXERCISE_STAGE_H
#define WARD_EXERCISE_STAGE_H

#include "base/clock.h"
#include "base/slice.h"
#include "base/wr.h"

enum { WARD_PEER_ARGS = 10, WARD_PEER_FILES = 5, WARD_TOOL_ARGS = 24, WARD_TOOL_ARG_MAX = 255 };

/* No tool may take longer. */
#define WARD_TOOL_LAST (600 * WARD_NS_PER_S)

/* Found on the PATH, or where `program` says when it has a slash. */
struct ward_tool {
	const char *name, *program, *package; /* of Debian */
};

struct ward_peer {
	const char *name, *program, *package;
	bool stream;                         /* where it listens when it is ready: TCP, else UDP */
	uint16_t port;                       /* likewise */
	const char *prepare[WARD_PEER_ARGS]; /* a command that comes before; none: NULL */
	const char *args[WARD_PEER_ARGS];    /* behind its name */
	const char *file[WARD_PEER_FILES];   /* of content/stage: copied into its folder, told */
	const char *over[WARD_PEER_FILES];   /* of those what it has in the place of /etc's */
	const char
		*leases; /* before the addresses that it gives out, where a story says some; NULL */
	const char *needs; /* the scenario's stage/HOST.NEEDS, without which it ends; NULL */
};

/* By the name of scenario.yml; NULL: there is none. Live forever. */
const struct ward_tool *ward_tool_find(struct ward_str name);
const struct ward_peer *ward_peer_find(struct ward_str name);
/* All their names with ", " between. */
void ward_tool_names(struct ward_wr *w);
void ward_peer_names(struct ward_wr *w);

/* Where a program is, of whose command this is the first word: on the PATH of a system, or as it
 * says, when it has a slash. */
bool ward_stage_find(struct ward_str program, char *ret, size_t cap);

/* What the words in braces stand for. */
struct ward_stage_words {
	struct ward_str dir; /* {dir}: a folder of its own */
	struct ward_str ip;  /* {ip}: of the host where it runs */
	struct ward_str host, content,
		scenario; /* {host}: its id; {content}: content/stage; {scenario}: the folder */
};
/* The text with its words in braces written out; other braces stay. */
void ward_stage_say(struct ward_str text, const struct ward_stage_words *words, struct ward_wr *w);

#endif
