/* What the `ward pilot` commands share: language, and a document put out in a format. */
#ifndef WARD_CLI_PILOT_H
#define WARD_CLI_PILOT_H

#include "cli/cli.h"
#include "report/doc.h"
#include "words/words.h"

enum ward_cli_pilot_format {
	WARD_CLI_PILOT_TEXT,
	WARD_CLI_PILOT_MARKDOWN,
	WARD_CLI_PILOT_PDF,
	WARD_CLI_PILOT_DATA, /* JSON or CSV, whatever the command has */
};

struct ward_cli_pilot {
	const struct ward_cmd *cmd;
	const char *content, *lang_option, *format_option, *out; /* as given; may be NULL */
	enum ward_cli_pilot_format format;
	struct ward_limits lim;
	struct ward_lang *lang;
	struct ward_wr w; /* what is put out */
};

void ward_cli_pilot_init(struct ward_cli_pilot *p, const struct ward_cmd *cmd);
void ward_cli_pilot_fini(struct ward_cli_pilot *p);
/* Format, content and language; data is "json" or "csv". An exit code; what is wrong was said. */
int ward_cli_pilot_begin(struct ward_cli_pilot *p, const char *data);
/* d in the format asked for, which is not data, with foot at each page; then ward_cli_pilot_end. */
int ward_cli_pilot_put(struct ward_cli_pilot *p, const struct ward_doc *d, struct ward_str foot);
/* w, to standard output or to a file that is not there yet. */
int ward_cli_pilot_end(struct ward_cli_pilot *p);

#endif
