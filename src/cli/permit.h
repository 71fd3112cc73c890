/* A hospital as a command loads it, with its zone and its file of works permits: for `ward permit
 * …` and `ward law`; and what the commands of permits share. */
#ifndef WARD_CLI_PERMIT_H
#define WARD_CLI_PERMIT_H

#include "cli/cli.h"
#include "model/permit/file.h"

#include <limits.h>

struct ward_cli_hospital {
	const struct ward_cmd *cmd;
	const char *dir, *content;
	const char *lang_option; /* of findings; NULL: none */
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena; /* of what is read and made */
	struct ward_model *model;
	struct ward_permit_in in;
	char path[PATH_MAX];
	int lock;               /* the folder, locked against other writers; -1 */
	struct ward_slice text; /* the file as it is; empty when there is none */
};

/* An exit code, and it was said. The hospital is loaded, its zone is that of this process. lock:
 * the file is read under a lock that fini gives back. */
int ward_cli_hospital_open(struct ward_cli_hospital *x, bool lock);
void ward_cli_hospital_fini(struct ward_cli_hospital *x);
/* Findings to standard error. */
void ward_cli_hospital_findings(struct ward_cli_hospital *x);

/* Checks a new text and puts it in the file's place, whole or not at all. An exit code, and it was
 * said: also the findings of lines `from` and later (1: all). */
int ward_cli_permit_write(struct ward_cli_hospital *x, struct ward_slice text);
/* One permit in words: two lines. */
void ward_cli_permit_say(const struct ward_cli_hospital *x, const struct ward_permit *p,
	ward_ns now, struct ward_wr *w);

#endif
