#include "cli/care.h"
#include "cli/commands.h"
#include "cli/lang.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 256 << 20 };

static int parse(struct ward_cli_recorded *x, int argc, char **argv, bool *json, bool *csv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		bool taken = true;

		if (strcmp(argv[i], "--json") == 0)
			*json = true;
		else if (strcmp(argv[i], "--csv") == 0)
			*csv = true;
		else
			code = ward_cli_recorded_take(x, argc, argv, &i, &taken);
		if (!code && !taken)
			code = ward_cli_usage(x->cmd, "'%s' is not an option", argv[i]);
	}
	if (!code && *json && *csv)
		code = ward_cli_usage(x->cmd, "--json and --csv go one at a time");
	return code;
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int show(struct ward_cli_recorded *x, bool json, bool csv, struct ward_wr *w)
{
	struct ward_availability c = {.at = 0};
	int code = ward_cli_recorded_load(x, json || csv);

	if (code)
		return code;
	enum ward_err err = ward_cli_care(x, &c);

	ward_cli_findings(&x->diag, NULL, x->lang);
	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(x->cmd, "%s", ward_err_text(err));
	if (json)
		ward_care_write_json(&c, x->model, w);
	else if (csv)
		ward_care_write_csv(&c, x->model, w);
	else
		ward_care_write_text(&c, x->model, x->lang, columns(), ward_cli_colour(stdout), w);
	return !ward_cli_put(w, stdout) ? WARD_EXIT_RUN : err ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	struct ward_cli_recorded x = {.cmd = cmd};
	bool json = false, csv = false;

	ward_cli_recorded_init(&x, cmd);
	int code = parse(&x, argc, argv, &json, &csv);

	if (!code)
		code = show(&x, json, csv, &w);
	ward_cli_recorded_fini(&x);
	ward_wr_fini(&w);
	return code;
}

const struct ward_cmd ward_cmd_care = {
	.name = "care",
	.summary =
		"what each ward and service can do for patients, and what takes it away until when",
	.help = "usage: ward care DIR [FILE…] [--at TIME] [--json | --csv] [--lang CODE]\n"
		"                 [--state DIR | --directory-only] [--content DIR]\n\n"
		"Of each ward: its state, its beds, what incidents take of it and when, what "
		"people\n"
		"entered (DIR/care.csv, `ward care set`), and which of both counts, and why\n"
		"(docs/availability.md). FILE: records of `ward replay --json` (-: standard "
		"input);\n"
		"without one what `ward run` has kept (standard error says whence), else the "
		"hospital\n"
		"as its directory describes it.\n\n"
		"  --at TIME       as of when: 09:00, \"2026-03-19 09:00\", RFC 3339 (default: "
		"now;\n"
		"                  of a FILE that ended more than a day ago its last sign)\n"
		"  --json          one object per line: the hospital, its sites, its wards\n"
		"  --csv           one line per ward and type of bed\n"
		"  --lang CODE     en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                  hospital's languages)\n"
		"  --state DIR     where `ward run` keeps what it knows (default: as there)\n"
		"  --directory-only\n"
		"                  no records: the hospital as its directory and care.csv have it\n"
		"  --content DIR   ontology and threats (else $WARD_CONTENT, else the built-in "
		"place)\n\n"
		"Exit: 0 done, 1 the directory, care.csv or a record has problems (reported; lines "
		"of\n"
		"care.csv that are wrong say nothing), 2 wrong usage, 3 could not run.\n",
	.run = run,
};
