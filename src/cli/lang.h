/* Which language a command speaks to people. */
#ifndef WARD_CLI_LANG_H
#define WARD_CLI_LANG_H

#include "cli/cli.h"
#include "words/words.h"

struct ward_cli_lang {
	const char *option;       /* --lang, or NULL */
	const char *content;      /* content directory */
	struct ward_str hospital; /* its first language; may be empty */
};

/* The language of --lang, else of $WARD_LANG, else the hospital's if content has it, else English
 * (*ret is NULL). Gives an exit code; what is wrong was said. */
int ward_cli_lang(const struct ward_cmd *cmd, const struct ward_cli_lang *in,
	const struct ward_limits *lim, struct ward_lang **ret);

#endif
