/* `ward report incident`: what is on record of one incident, for people. */
#include "cli/reported.h"
#include "report/pdf.h"

struct job {
	struct ward_cli_reported is;
	const char *format;
	bool no_fonts;
};

typedef enum ward_err (*writer)(struct job *j);

static enum ward_err markdown(struct job *j)
{
	struct ward_doc d;

	ward_doc_init(&d, ward_lang_code(j->is.in.lang));
	ward_report_tell(&j->is.r, j->is.in.lang, &d);
	ward_doc_markdown(&d, &j->is.w);
	enum ward_err err = d.err;

	ward_doc_fini(&d);
	return err;
}

static enum ward_err json(struct job *j)
{
	ward_report_json(&j->is.r, NULL, &j->is.w);
	return WARD_OK;
}

static enum ward_err pages(struct job *j, bool wall)
{
	const struct ward_pdf_how how = {
		j->is.in.lang, j->is.r.x.at, ward_str_z(j->is.whole), wall};
	struct ward_doc d;

	ward_doc_init(&d, ward_lang_code(j->is.in.lang));
	(wall ? ward_report_sheet : ward_report_tell)(&j->is.r, j->is.in.lang, &d);
	enum ward_err err = ward_doc_pdf(&d, &how, &j->is.w);

	j->no_fonts = err == WARD_ERR_NOT_FOUND;
	ward_doc_fini(&d);
	return err;
}

static enum ward_err pdf(struct job *j)
{
	return pages(j, false);
}

static enum ward_err sheet(struct job *j)
{
	return pages(j, true);
}

static enum ward_err radio(struct job *j)
{
	ward_report_radio(&j->is.r, j->is.in.lang, &j->is.w);
	return WARD_OK;
}

static const struct {
	const char *name;
	writer write;
} formats[] = {{"md", markdown}, {"json", json}, {"pdf", pdf}, {"sheet", sheet}, {"radio", radio}};

static int parse(struct job *j, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++)
		if (!j->is.id && argv[i][0] != '-')
			j->is.id = argv[i];
		else
			code = ward_cli_reported_take(&j->is, &j->format, argc, argv, &i);
	return code;
}

static int work(const struct ward_cmd *cmd, struct job *j)
{
	size_t f = 0;

	if (!j->is.id)
		return ward_cli_usage(cmd, "which incident? Give its id, then the hospital");
	while (f < WARD_ARRAY_LEN(formats) && j->format && strcmp(j->format, formats[f].name) != 0)
		f++;
	if (f == WARD_ARRAY_LEN(formats))
		return ward_cli_usage(
			cmd, "--format %s: give md, json, pdf, sheet or radio", j->format);
	int code = ward_cli_reported_load(&j->is);

	if (code)
		return code;
	enum ward_err err = formats[f].write(j);

	if (!err && ward_wr_bad(&j->is.w))
		err = WARD_ERR_NOMEM;
	if (j->no_fonts)
		return ward_cli_fail(cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	return err ? ward_cli_fail(cmd, "%s", ward_err_text(err)) : ward_cli_reported_out(&j->is);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.no_fonts = false};

	ward_cli_reported_init(&j.is, cmd);
	int code = parse(&j, argc, argv);

	if (!code)
		code = work(cmd, &j);
	ward_cli_reported_fini(&j.is);
	return code;
}

const struct ward_cmd ward_cmd_report_incident = {
	.name = "report incident",
	.summary = "one incident on paper: what happened, what it means for care, what was done",
	.help = "usage: ward report incident ID DIR [FILE…] [--format FORMAT] [--out FILE]\n"
		"                            [--at TIME] [--exercise] [--lang CODE] [--state DIR]\n"
		"                            [--content DIR]\n\n"
		"What is on record of the incident whose id begins with ID (four hex digits or "
		"more)\n"
		"in the hospital DIR: summary, open tasks, timeline, assets and places, care\n"
		"services, messages, actions and playbooks, decisions by role, clips, photos and\n"
		"recordings, and where it can be verified; of what `ward run` has kept, whether "
		"it\n"
		"runs or not, or of the records in FILE (of `ward replay --json`; -: standard\n"
		"input). docs/report.md says more.\n\n"
		"  --format FORMAT  md: Markdown (default), json: for programs, pdf,\n"
		"                   sheet: a PDF of one page for the wall, radio: what to read\n"
		"                   over the radio in ten seconds\n" WARD_CLI_REPORTED_OPTIONS
		"Exit: 0 done, 1 no such incident, or a record has problems (reported), 2 wrong\n"
		"usage, 3 could not run.\n",
	.run = run,
};
