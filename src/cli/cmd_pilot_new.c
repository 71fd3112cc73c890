/* `ward pilot new`: the files of a hospital's own pilot, to be filled in. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/made.h"
#include "cli/pilot.h"
#include "pilot/form.h"

enum { FILE_BYTES = 64 << 10 };

static struct ward_wr *next(struct ward_make_files *f, const char *name)
{
	f->file[f->n].name = ward_str_z(name);
	f->file[f->n].text = ward_wr_grow(f->mem, FILE_BYTES);
	return &f->file[f->n++].text;
}

static int make(struct ward_cli_pilot *x, const char *dir)
{
	struct ward_make_files f = {.mem = ward_mem_heap()};
	int code = WARD_EXIT_DONE;

	ward_pilot_blank_about(next(&f, "pilot.yml"));
	for (unsigned i = 0; i < WARD_PILOT_TABLES; i++) {
		enum ward_pilot_table_id id = (enum ward_pilot_table_id)i;

		ward_pilot_blank(id, true, x->lang, next(&f, ward_pilot_schema(id)->file));
	}
	for (size_t i = 0; i < f.n && !code; i++)
		if (ward_wr_bad(&f.file[i].text))
			code = ward_cli_fail(x->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	if (!code)
		code = ward_cli_made(x->cmd, dir, &f);
	ward_make_files_fini(&f);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_pilot x;
	const char *dir = NULL;

	ward_cli_pilot_init(&x, cmd);
	const struct ward_cli_opt opt[] = {
		{"--lang", &x.lang_option, NULL}, {"--content", &x.content, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &dir, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (!code && !dir)
		code = ward_cli_usage(cmd, "which directory shall it be?");
	if (!code)
		code = ward_cli_pilot_begin(&x, "json");
	if (!code)
		code = make(&x, dir);
	ward_cli_pilot_fini(&x);
	return code;
}

const struct ward_cmd ward_cmd_pilot_new = {
	.name = "pilot new",
	.summary = "the files of a hospital's own pilot, to be filled in",
	.help = "usage: ward pilot new DIR [--lang CODE] [--content DIR]\n\n"
		"Writes pilot.yml (phases, roles with their limits, aims, stop criteria: to be\n"
		"filled in and signed before anything is connected) and an empty table for each "
		"of\n"
		"what is measured, with a comment for each column (docs/pilot-report.md). DIR "
		"must\n"
		"not be there, or be empty.\n\n"
		"  --lang CODE      en, fr, it, nl: of the comments (default: $WARD_LANG, else "
		"en)\n"
		"  --content DIR    words (else $WARD_CONTENT, else the built-in place)\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
