/* What the `ward playbook …` commands share: content, hospital, and the playbooks. */
#ifndef WARD_CLI_PLAYBOOKS_H
#define WARD_CLI_PLAYBOOKS_H

#include "cli/cli.h"
#include "cli/ways.h"
#include "respond/act/actuators.h"
#include "respond/playbook/country.h"
#include "respond/playbook/sheet.h"

enum { WARD_CLI_PLAYBOOKS_PATHS = 256 };

struct ward_cli_playbooks {
	const struct ward_cmd *cmd;
	const char *path[WARD_CLI_PLAYBOOKS_PATHS]; /* files, folders of them, names */
	size_t n_path;
	const char *dir; /* hospital; NULL: none */
	const char *content, *lang_option, *threat;
	bool json;
	/* made by ward_cli_playbooks_load */
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_wr w;
	struct ward_arena arena;
	struct ward_model *m;
	struct ward_threats *t;
	struct ward_cli_ways ways;
	struct ward_playbook_never *never; /* with m */
	struct ward_lang *lang;
	struct ward_playbook **item;
	/* The first n_asked are what was asked for, the others what these can name; bad: could not
	 * be read. */
	size_t n, cap, n_asked, n_bad;
	struct ward_playbook_country country; /* the hospital's; of no code: none is known */
	struct ward_actuators systems;        /* with m, if they are known */
	bool systems_known;
};

/* Takes the words: [DIR] FILE…, where DIR is a hospital directory. An exit code, and it was said.
 */
int ward_cli_playbooks_args(struct ward_cli_playbooks *x, int argc, char **argv);
/* Reads all that is named, else content's and the hospital's, and checks each: findings are in
 * x->diag. An exit code, and it was said. */
int ward_cli_playbooks_load(struct ward_cli_playbooks *x);
void ward_cli_playbooks_fini(struct ward_cli_playbooks *x);

/* What `ward check` says of the hospital's own playbooks, and of the file beside them. CONFIG:
 * findings were added; IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_check_playbooks(const char *dir, const char *content,
	struct ward_model *m, const struct ward_limits *lim, struct ward_diag *d);

#endif
