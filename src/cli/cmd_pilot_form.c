/* `ward pilot form`: the forms that staff fill in. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/pilot.h"
#include "pilot/form.h"

static int put(struct ward_cli_pilot *x, bool sus, bool weighted)
{
	struct ward_doc d;

	if (x->format == WARD_CLI_PILOT_DATA) {
		ward_pilot_blank(sus ? WARD_PILOT_SUS : WARD_PILOT_TLX, weighted, x->lang, &x->w);
		return ward_cli_pilot_end(x);
	}
	ward_doc_init(&d, ward_lang_code(x->lang));
	ward_pilot_sheet(sus        ? WARD_SHEET_SUS
			 : weighted ? WARD_SHEET_TLX_WEIGHTED
				    : WARD_SHEET_TLX,
		x->lang, &d);
	int code = ward_cli_pilot_put(x, &d, WARD_STR("Ward"));

	ward_doc_fini(&d);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_pilot x;
	const char *form = NULL;
	bool weighted = false;

	ward_cli_pilot_init(&x, cmd);
	const struct ward_cli_opt opt[] = {{"--format", &x.format_option, NULL},
		{"--lang", &x.lang_option, NULL}, {"--out", &x.out, NULL},
		{"--content", &x.content, NULL}, {"--weighted", NULL, &weighted}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &form, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);
	bool sus = form && strcmp(form, "sus") == 0;

	if (!code && !sus && (!form || strcmp(form, "tlx") != 0))
		code = ward_cli_usage(cmd, "which form: sus (usability) or tlx (task load)?");
	if (!code && sus && weighted)
		code = ward_cli_usage(cmd, "--weighted is of tlx");
	if (!code)
		code = ward_cli_pilot_begin(&x, "csv");
	if (!code)
		code = put(&x, sus, weighted);
	ward_cli_pilot_fini(&x);
	return code;
}

const struct ward_cmd ward_cmd_pilot_form = {
	.name = "pilot form",
	.summary = "forms of usability and task load, to print and to fill in",
	.help = "usage: ward pilot form sus|tlx [--weighted] [--format FORMAT] [--lang CODE]\n"
		"                               [--out FILE] [--content DIR]\n\n"
		"A sheet for one person and one occasion: sus, ten statements of usability (after\n"
		"the System Usability Scale, Brooke 1996, in Ward's own words); tlx, six "
		"questions\n"
		"of task load (after NASA-TLX, Hart and Staveland 1988). As csv the table that "
		"those\n"
		"who collect the sheets fill, sus.csv or tlx.csv: `ward pilot report` and `ward\n"
		"exercise score --forms` read it.\n\n"
		"  --weighted       of tlx: also which of each two scales counted more (15 pairs)\n"
		"  --format FORMAT  text (default), md, pdf (to print) or csv (to fill in)\n"
		"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else en)\n"
		"  --out FILE       there instead of standard output; never over a file that is\n"
		"                   there\n"
		"  --content DIR    words (else $WARD_CONTENT, else the built-in place)\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
