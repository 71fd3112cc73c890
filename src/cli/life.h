/* Ordinary life beside a story, as an option asks for it. */
#ifndef WARD_CLI_LIFE_H
#define WARD_CLI_LIFE_H

#include "cli/cli.h"
#include "base/counter.h"
#include "event/event.h"
#include "exercise/life.h"

enum { WARD_CLI_LIFE_DRAWN = 20 };

/* Is *seed one, of 1 to WARD_LIFE_SEED printable bytes? "-" becomes one that is drawn, in `drawn`,
 * and told on standard error. WARD_EXIT_USAGE, WARD_EXIT_RUN: it was said. */
int ward_cli_life_seed(
	const struct ward_cmd *cmd, const char **seed, char drawn[WARD_CLI_LIFE_DRAWN]);

/* What the field sensor makes of the MQTT messages of a scenario and of life beside it, NULL:
 * without, as JSON lines. Silence is not told: a story leaves out the heartbeats between its steps.
 * LIMIT, NOMEM. */
struct ward_cli_hearing {
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_counters *counters;
};
WARD_MUST_CHECK enum ward_err ward_cli_record_sensors(const struct ward_scenario *c,
	const struct ward_scenario *life, const struct ward_cli_hearing *h, struct ward_wr *w);

/* Life alone as recorded input, in a folder of its own that is removed with it. */
enum { WARD_CLI_LIFE_FILES = 3, WARD_CLI_LIFE_PATH = 512 };
struct ward_cli_life {
	char dir[WARD_CLI_LIFE_PATH];
	char path[WARD_CLI_LIFE_FILES][WARD_CLI_LIFE_PATH];
	size_t n;
};
/* Of the story's recorded length. An exit code; what is wrong was said. Remove in any case. */
int ward_cli_life_write(
	const struct ward_cmd *cmd, const struct ward_life_in *in, struct ward_cli_life *ret);
void ward_cli_life_remove(struct ward_cli_life *x);

#endif
