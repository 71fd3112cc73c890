/* `ward report evidence`: what the record shows for duties and norms. */
#include "cli/proven.h"

static int no_norm(const struct ward_cli_proven *x)
{
	char list[256];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; i < x->norms.n; i++) {
		ward_wr_z(&w, i ? ", " : "");
		ward_wr_str(&w, x->norms.norm[i].id);
	}
	return ward_cli_usage(x->is.in.cmd, "no norm '%s' here: there are %.*s", x->norm,
		WARD_STR_ARG(ward_wr_text(&w)));
}

static int tell(struct ward_cli_proven *x)
{
	struct ward_proof_tell t = ward_cli_proven_tell(x);
	struct ward_doc d;

	t.only = x->norm ? ward_norm_of(&x->norms, ward_str_z(x->norm)) : NULL;
	if (x->norm && !t.only)
		return no_norm(x);
	if (strcmp(x->format, "json") == 0) {
		struct ward_json j = ward_json_on(&x->is.w);

		ward_json_obj(&j);
		ward_evidence_json(&t, &j);
		ward_json_obj_end(&j);
		ward_wr_ch(&x->is.w, '\n');
		return ward_cli_reported_out(&x->is);
	}
	ward_doc_init(&d, ward_lang_code(t.lang));
	ward_evidence_tell(&t, &d);
	int code = ward_cli_proven_put(x, &d, false);

	ward_doc_fini(&d);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct ward_cli_proven x;

	ward_cli_proven_init(&x, cmd);
	return ward_cli_proven_run(&x, argc, argv, "--norm", &x.norm, tell);
}

const struct ward_cmd ward_cmd_report_evidence = {
	.name = "report evidence",
	.summary = "what the record shows for the duties of NIS2 and the controls of norms",
	.help = "usage: ward report evidence DIR [FILE…] [--norm NORM] [--format FORMAT]\n"
		"                            [--out FILE] [--at TIME] [--exercise] [--lang CODE]\n"
		"                            [--state DIR] [--content DIR]\n\n"
		"For each measure of NIS2 Article 21(2) and CER 12 to 14, each control of ISO/IEC "
		"27001, ISO\n"
		"27799, NEN 7510, IEC 62443-3-3 and ISO 22301 to which the record says something:\n"
		"the numbers, since when, what is missing, who answers, and what the hospital\n"
		"added (docs/evidence.md). An aid, no certificate and no legal advice.\n\n"
		"  --norm NORM      that one alone: nis2, cer, iso27001, iso27799, nen7510,\n"
		"                   iec62443, iso22301\n"
		"  --format FORMAT  md: Markdown (default), pdf, json: for "
		"programs\n" WARD_CLI_REPORTED_OPTIONS
		"Exit: 0 done, 1 a record has problems (reported), 2 wrong usage, 3 could not "
		"run.\n",
	.run = run,
};
