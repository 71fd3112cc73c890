/* What a command that may be given a hospital speaks: its language, and the times of its zone. */
#ifndef WARD_CLI_SPEAK_H
#define WARD_CLI_SPEAK_H

#include "cli/cli.h"
#include "model/model.h"
#include "words/words.h"

/* Loads the hospital of `dir` (NULL: there is none, and times are UTC), sets its zone, and finds
 * the language: --lang, else $WARD_LANG, else the hospital's first, else English (*ret_lang is
 * NULL). An exit code; what is wrong was said. Free both in any case. */
int ward_cli_speak(const struct ward_cmd *cmd, const char *dir, const char *lang_option,
	struct ward_limits *lim, struct ward_model **ret_m, struct ward_lang **ret_lang);
/* "2026-03-12 03:15" of that zone. */
void ward_cli_put_time(struct ward_wr *w, ward_ns t);

#endif
