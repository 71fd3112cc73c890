/* What commands share that say what follows of records: a hospital directory, files of what `ward
 * replay --json` or a running Ward's JSON lines said, a time and a language. */
#ifndef WARD_CLI_RECORDED_H
#define WARD_CLI_RECORDED_H

#include "care/adt.h"
#include "cli/cli.h"
#include "comply/ledger.h"
#include "model/model.h"
#include "story/record.h"
#include "words/words.h"

enum { WARD_CLI_RECORDED_FILES = 256 };

/* One record, and where it stands. */
struct ward_cli_record {
	struct ward_str file, text; /* text: its JSON */
	uint32_t line;
	struct ward_record is;
	ward_ns time; /* when it was kept; WARD_NS_NEVER of files */
};

struct ward_cli_recorded {
	const struct ward_cmd *cmd;
	/* as given */
	const char *dir, *content, *lang_code, *at_text, *state;
	bool directory_only; /* read no record, not even what is kept */
	bool everything; /* set by the command: keep also records that tell no story, and clips */
	bool needs_records; /* set by the command: without any, and not told so, it fails */
	const char *file[WARD_CLI_RECORDED_FILES]; /* "-": standard input */
	size_t n_file;
	/* loaded */
	const char *content_dir;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena; /* of the records */
	struct ward_model *model;
	struct ward_lang *lang;
	struct ward_care_adt *adt; /* who came and went, by events among the records */
	ward_ns at; /* --at, else now; of files that ended a day ago or more their last sign or
		       event */
	struct ward_cli_record *record; /* detections, incidents and impacts, as they came */
	size_t n_record, cap_record;
	struct ward_tree_head
		ledger; /* of what is kept by a Ward that does not run; n 0: not known */
	bool found;     /* something is kept */
	bool played;    /* they are of a scenario that `ward run --play` played */
};

void ward_cli_recorded_init(struct ward_cli_recorded *x, const struct ward_cmd *cmd);
void ward_cli_recorded_fini(struct ward_cli_recorded *x);
/* Takes argv[*i] if it is --at, --lang, --state or --content with its value, --directory-only, the
 * directory, or a file. An exit code; what is wrong was said. */
int ward_cli_recorded_take(
	struct ward_cli_recorded *x, int argc, char **argv, int *i, bool *ret_taken);
/* The hospital and its zone, as of the clock; no records. An exit code; what is wrong was said. */
int ward_cli_recorded_hospital(struct ward_cli_recorded *x);
/* That, the language (programs get one only where they ask for it), the records:
 * of the files, else those that a running or stopped `ward run` has kept, if there are any; whence
 * they are is said on standard error, since silence would look like "all is well".
 * An exit code; what is wrong was said, and a file with a line that is no record is refused. */
int ward_cli_recorded_load(struct ward_cli_recorded *x, bool for_programs);

#endif
