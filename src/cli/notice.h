/* Requests of persons and the last assessment, out of what `ward run` kept. */
#ifndef WARD_CLI_NOTICE_H
#define WARD_CLI_NOTICE_H

#include "cli/kept.h"
#include "subject/subject.h"

/* ret->found: there is a store; the book has what it says. An exit code; what is wrong was said. */
int ward_cli_book(const struct ward_cmd *cmd, const char *state, struct ward_str hospital,
	struct ward_subject_book *book, struct ward_cli_kept *ret);

#endif
