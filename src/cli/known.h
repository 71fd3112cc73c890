/* What is said before any forecast of the threats that a person named: can those things have them,
 * and is anything known of where they lead. */
#ifndef WARD_CLI_KNOWN_H
#define WARD_CLI_KNOWN_H

#include "cli/cli.h"
#include "impact/known.h"
#include "words/words.h"

/* The asset of that id; else what has it in id or name is named, or the nearest. */
int ward_cli_asset(
	const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str id, uint32_t *ret);
/* The threat of that code, likewise. */
int ward_cli_threat(const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str code,
	uint32_t *ret);
/* Can a thing of its class have that threat? If not, all that it can have are listed. */
int ward_cli_fits(
	const struct ward_cmd *cmd, const struct ward_model *m, uint32_t asset, uint32_t threat);

struct ward_cli_known {
	const struct ward_seed_threat *seed;
	size_t n;
	const struct ward_rules *r;
	const struct ward_model *m;
	struct ward_lang *lang;
	const char *dir; /* of the hospital */
};
/* Of how many of the threats nobody has said where they lead. */
size_t ward_cli_known_n(const struct ward_cli_known *k);
/* A line for each threat of which that is so, or which ends where it is, and why; and where the
 * way out of a fire is asked. */
void ward_cli_known_text(const struct ward_cli_known *k, struct ward_wr *w);
/* The same as {"kind":"known",…}, one object a line, of those that don't go on. */
void ward_cli_known_json(const struct ward_cli_known *k, struct ward_wr *w);

#endif
