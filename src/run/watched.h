/* Files of a watched folder (folder.h), given to be looked at (looker.h): what is known of each
 * before. What is told besides files: a folder that is gone, and is there again, and files that are
 * passed over. */
#ifndef WARD_RUN_WATCHED_H
#define WARD_RUN_WATCHED_H

#include "run/folder.h"
#include "run/looker.h"

enum { WARD_WATCHED_OPEN = 200 }; /* of a folder: files that wait at once, each a descriptor */

struct ward_watched {
	struct ward_folder *folder;
	struct ward_looker *looker;
	struct ward_names *names;
	struct ward_str source, host; /* names */
	const char *path;
	const struct ward_clock *clock;
	struct ward_arena arena;
	uint32_t loss;
	size_t n;                 /* files that wait */
	bool lost, many, refused; /* told */
	enum ward_err err;
};

/* Borrows all. IO (errno), NOMEM. */
struct ward_watched_opts {
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_looker *looker;
	struct ward_str source;
	struct ward_str host; /* whose folder it is, as keys of assets call it; may be empty */
	struct ward_folder_opts folder;
};
WARD_MUST_CHECK enum ward_err ward_watched_open(
	struct ward_watched *w, const struct ward_watched_opts *o);
/* w itself outlives its files in the looker, which count there. */
void ward_watched_close(struct ward_watched *w);
/* Looks, if it is time, and gives what it finds to the looker; losses to the looker's put. What put
 * says; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_watched_turn(struct ward_watched *w);
/* Nothing of it waits. */
bool ward_watched_idle(const struct ward_watched *w);

#endif
