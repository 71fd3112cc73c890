/* What of a hospital does not run, since something is missing that the law wants. */
#ifndef WARD_CLI_IDLE_H
#define WARD_CLI_IDLE_H

#include "cli/cli.h"
#include "model/model.h"
#include "run/live.h"

struct ward_cli_idle {
	struct ward_live_stopped *at;
	size_t n;
	const struct ward_processing *is_register; /* of the arena */
	struct ward_arena arena;
	bool is;
};

struct ward_cli_idle_in {
	const char *content, *hospital;
	const struct ward_limits *lim;
	struct ward_lang *lang;
};
/* Judges the register as of now, marks in the model what does not run, and says on standard error
 * what of the register can't be read. An exit code, and it was said. */
int ward_cli_idle(const struct ward_cmd *cmd, const struct ward_cli_idle_in *in,
	struct ward_model *m, struct ward_cli_idle *ret);
void ward_cli_idle_free(struct ward_cli_idle *x);

#endif
