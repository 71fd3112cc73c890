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

/* A half of a finding in the language, where its form is known; else as it is in English. */
void ward_cli_say_finding(struct ward_wr *w, const struct ward_diag_item *it,
	struct ward_str english, struct ward_str form, struct ward_lang *lang);
/* As data, too, findings are for people where a language was asked for. Without memory they stay
 * English. */
void ward_cli_say_findings(struct ward_diag *d, struct ward_lang *lang);
/* What people wrote, without what would drive a terminal. */
void ward_cli_plain(struct ward_wr *w, struct ward_str s);
/* One finding and its mend, in two lines. */
void ward_cli_write_finding(
	struct ward_wr *w, const struct ward_diag_item *it, bool colour, struct ward_lang *lang);

/* All of them, sorted, without colour. */
void ward_cli_write_findings(struct ward_wr *w, struct ward_diag *d, struct ward_lang *lang);
/* The findings on standard error, sorted: the first of them, when `ward check` of dir shows all;
 * dir NULL: all. */
void ward_cli_findings(struct ward_diag *diag, const char *dir, struct ward_lang *lang);
/* The same before a language is loaded: in the one that ward_cli_lang finds. */
void ward_cli_findings_in(const struct ward_cmd *cmd, struct ward_diag *diag, const char *dir,
	const struct ward_cli_lang *speak);
/* Why reading `doing` failed, on standard error: the findings where they say it (then the code of
 * bad input), in that language (NULL: English), else err. w is written out. */
int ward_cli_report_in(const struct ward_cmd *cmd, enum ward_err err, const char *doing,
	struct ward_diag *diag, struct ward_lang *lang, struct ward_wr *w);
/* The same before a language is loaded: in the one that ward_cli_lang finds. */
int ward_cli_report(const struct ward_cmd *cmd, enum ward_err err, const char *doing,
	struct ward_diag *diag, const struct ward_cli_lang *speak, struct ward_wr *w);

#endif
