#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/playbooks.h"

static int report(struct ward_cli_playbooks *x)
{
	bool bad = x->diag.n_error || x->n_bad;

	if (x->json) {
		ward_cli_say_findings(&x->diag, x->lang_option ? x->lang : NULL);
		ward_diag_write_json(&x->diag, &x->w);
	} else {
		ward_cli_write_findings(&x->w, &x->diag, x->lang);
		ward_say(&x->w, x->lang, WARD_TEXT("playbooks:"));
		ward_wr_printf(&x->w, " %zu; ", x->n_asked + x->n_bad);
		ward_say(&x->w, x->lang, WARD_TEXT("errors:"));
		ward_wr_printf(&x->w, " %zu, ", x->diag.n_error);
		ward_say(&x->w, x->lang, WARD_TEXT("warnings:"));
		ward_wr_printf(&x->w, " %zu\n", x->diag.n_warning);
	}
	if (!ward_cli_put(&x->w, stdout))
		return WARD_EXIT_RUN;
	return bad ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_playbooks x = {.cmd = cmd};
	int code = ward_cli_playbooks_args(&x, argc, argv);

	if (code)
		return code;
	code = ward_cli_playbooks_load(&x);
	if (!code)
		code = report(&x);
	ward_cli_playbooks_fini(&x);
	return code;
}

const struct ward_cmd ward_cmd_playbook_check = {
	.name = "playbook check",
	.summary = "whether playbooks (CACAO 2.0) can be followed, here, and what they must not do",
	.help = "usage: ward playbook check [DIR] [--lang CODE] [--json] [--content DIR]\n"
		"                           [FILE…]\n\n"
		"Reads playbooks (files, folders of *.json, names; none: Ward's and those of\n"
		"DIR/playbooks) and holds each against CACAO 2.0, against itself (steps that lead\n"
		"nowhere, go round, join wrongly; variables; time limits) and, with a hospital\n"
		"directory DIR, against its roles, places, medical devices and ways of escape.\n"
		"Every finding with file, line, place in the file and mend (docs/playbooks.md).\n\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                 hospital's languages); with --json English, unless it is given\n"
		"  --content DIR  threats, ontology, playbooks (else $WARD_CONTENT, else the\n"
		"                 built-in place)\n"
		"  --json         one object per line: finding\n\n"
		"Exit: 0 no error, 1 errors, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
