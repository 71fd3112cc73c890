/* What answers a person: a folder of files with their sums, and the letter, for `ward person …`. */
#ifndef WARD_CLI_PERSON_FOLDER_H
#define WARD_CLI_PERSON_FOLDER_H

#include "cli/person.h"

/* What the letter needs beside the request. */
struct ward_cli_letter {
	struct ward_processing reg;
	struct ward_proc_verdict v[WARD_NOTICE_THINGS];
	size_t n;
	struct ward_lang *lang;
	ward_ns now;
	const struct ward_subject_found *found;   /* NULL: nothing was looked for */
	const struct ward_subject_erased *erased; /* NULL: nothing was erased */
};
/* After ward_cli_person_open. code: of the language, or NULL. An exit code; what is wrong was said.
 */
int ward_cli_letter_open(struct ward_cli_person *p, const char *code, struct ward_cli_letter *ret);
void ward_cli_letter_close(struct ward_cli_letter *l);
/* Into a fresh document, to be given back by the caller. */
void ward_cli_letter_doc(
	const struct ward_cli_person *p, const struct ward_cli_letter *l, struct ward_doc *doc);

struct ward_cli_folder {
	const struct ward_cmd *cmd;
	const char *path;
	struct ward_wr sums;
};
/* Makes it; it must not be there. An exit code, as above; all of them. */
int ward_cli_folder_begin(struct ward_cli_folder *f, const struct ward_cmd *cmd, const char *path);
int ward_cli_folder_put(struct ward_cli_folder *f, const char *name, struct ward_slice bytes);
/* letter.md, and letter.pdf where there are fonts. */
int ward_cli_folder_letter(struct ward_cli_folder *f, const struct ward_cli_person *p,
	const struct ward_cli_letter *l);
/* SHA256SUMS, and its digest. */
int ward_cli_folder_end(struct ward_cli_folder *f, char ret_digest[65]);
void ward_cli_folder_fini(struct ward_cli_folder *f);

#endif
