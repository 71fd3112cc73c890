/* "What if" on the command line: changes of the present state in words, and what they change of a
 * forecast. */
#ifndef WARD_CLI_CHANGE_H
#define WARD_CLI_CHANGE_H

#include "cli/course.h"
#include "impact/pivot.h"

/* "down=ASSET", "threat=ASSET:CODE", "repaired=ASSET", "isolated=ASSET", "failed-over=ASSET",
 * "protected=ASSET:CODE:DEGREE", "unprotected=ASSET:CODE", "cut=FROM:RELATION:TO",
 * "buffer=ASSET:KIND:LEFT". at: when it is so, for threats. The exit code; what is wrong is said.
 */
int ward_cli_change(const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str text,
	ward_ns at, struct ward_change *ret);

/* To whom a forecast is told: people in a language (NULL: English), or programs in JSON. */
struct ward_cli_tell {
	const struct ward_model *m;
	struct ward_lang *lang;
	bool json;
	struct ward_wr *w;
};
/* One line per state that is otherwise, services first; or a JSON object each. Borrows all. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_cli_difference(const struct ward_course *before,
	const struct ward_course *with, const struct ward_cli_tell *t);

/* The facts that would change which services are hit, under each what it changes; or a JSON object
 * for each change. */
void ward_cli_pivots(const struct ward_pivots *p, const struct ward_cli_tell *t);

/* How each service that is hit fares in the hours from `at` on: ok, degraded (something else harms
 * it, or it may be down but is not expected to be, or less likely than not), down (from the
 * expected time on, likelier than not). */
struct ward_timeline {
	ward_ns at;
	int64_t hours;
	const struct ward_course *before; /* without changes */
	const struct ward_course *with;   /* with all; NULL: there are none */
	const struct ward_course *single; /* with each of them; NULL: not told one by one */
	const char *const *change;        /* as they were written */
	size_t n_change;
};
void ward_cli_timeline(const struct ward_timeline *l, const struct ward_cli_tell *t);

#endif
