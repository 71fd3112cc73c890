/* A play that `ward run` made, in the place of a recording: what was on record of it, and what its
 * log says of who led it, for `ward exercise score --played`. */
#ifndef WARD_CLI_SCORED_PLAYED_H
#define WARD_CLI_SCORED_PLAYED_H

#include "cli/scored.h"
#include "exercise/course.h"
#include "report/doc.h"
#include "words/words.h"

/* Reads x->played, the state folder: the story of x becomes what was played of it, when it was,
 * pauses left out; the debrief has what was told then, and what was decided. An exit code; it was
 * said. */
int ward_cli_scored_played(struct ward_cli_scored *x);
/* Once its care is known: what decisions were worth, into the debrief. The same. */
int ward_cli_scored_played_worth(struct ward_cli_scored *x);
/* Behind the score: what was brought in, which branches were taken, what was noted, and how long it
 * stood still. */
void ward_cli_scored_played_tell(
	const struct ward_cli_scored *x, struct ward_lang *lang, struct ward_doc *d);

#endif
