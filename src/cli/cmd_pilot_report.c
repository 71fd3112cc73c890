/* `ward pilot report`: what a hospital's own pilot measured. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/pilot.h"
#include "pilot/tell.h"

/* The findings on standard error; an exit code where there is nothing to go on with. */
static int load(
	struct ward_cli_pilot *x, const char *dir, struct ward_pilot *p, struct ward_diag *diag)
{
	enum ward_err err = ward_pilot_load(p, dir, &x->lim, diag);

	if (err)
		return ward_cli_report_in(x->cmd, err, dir, diag, x->lang, &x->w);
	if (diag->n)
		ward_cli_findings(diag, NULL, x->lang);
	return WARD_EXIT_DONE;
}

static int put(struct ward_cli_pilot *x, const struct ward_pilot_report *r)
{
	struct ward_doc d;

	if (x->format == WARD_CLI_PILOT_DATA) {
		ward_pilot_json(r, &x->w);
		ward_wr_ch(&x->w, '\n');
		return ward_cli_pilot_end(x);
	}
	ward_doc_init(&d, ward_lang_code(x->lang));
	ward_pilot_tell(r, x->lang, &d);
	int code = ward_cli_pilot_put(x, &d, r->p->hospital);

	ward_doc_fini(&d);
	return code;
}

static int report(struct ward_cli_pilot *x, const char *dir)
{
	struct ward_pilot p;
	struct ward_pilot_report r;
	struct ward_diag diag;

	ward_pilot_init(&p, ward_mem_heap());
	ward_diag_init(&diag, ward_mem_heap());
	int code = load(x, dir, &p, &diag);

	if (!code && ward_pilot_reckon(&p, ward_mem_heap(), &r) != WARD_OK)
		code = ward_cli_fail(x->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	if (!code)
		code = put(x, &r);
	ward_diag_fini(&diag);
	ward_pilot_fini(&p);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_pilot x;
	const char *dir = NULL;

	ward_cli_pilot_init(&x, cmd);
	const struct ward_cli_opt opt[] = {{"--format", &x.format_option, NULL},
		{"--lang", &x.lang_option, NULL}, {"--out", &x.out, NULL},
		{"--content", &x.content, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &dir, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (!code && !dir)
		code = ward_cli_usage(cmd, "which directory has the pilot?");
	if (!code)
		code = ward_cli_pilot_begin(&x, "json");
	if (!code)
		code = report(&x, dir);
	ward_cli_pilot_fini(&x);
	return code;
}

const struct ward_cmd ward_cmd_pilot_report = {
	.name = "pilot report",
	.summary = "what a hospital's own pilot measured, against its aims",
	.help = "usage: ward pilot report DIR [--format FORMAT] [--lang CODE] [--out FILE]\n"
		"                             [--content DIR]\n\n"
		"Reads what a hospital wrote down over the weeks of its pilot (`ward pilot new`;\n"
		"docs/pilot-report.md), checks it, and says each measure against its aim, with an\n"
		"interval: times in pairs with Ward and with today's tools (sign test, Wilcoxon's\n"
		"signed ranks), care missed and invented, the blind sample, interruptions, "
		"upkeep,\n"
		"usability, task load, complaints, and stop criteria. Where samples are too small\n"
		"to tell, it says so.\n\n"
		"  --format FORMAT  text (default), md, pdf or json\n"
		"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else en)\n"
		"  --out FILE       there instead of standard output; never over a file that is\n"
		"                   there\n"
		"  --content DIR    words (else $WARD_CONTENT, else the built-in place)\n\n"
		"Exit: 0 done, 1 the files have problems (reported), 2 wrong usage, 3 could not "
		"run.\n",
	.run = run,
};
