#include "cli/proven.h"

#include "cli/lang.h"
#include "desk/people.h"
#include "report/pdf.h"

enum { DIR_BYTES = 4096, ROW_BYTES = 16 << 20 };

void ward_cli_proven_init(struct ward_cli_proven *x, const struct ward_cmd *cmd)
{
	*x = (struct ward_cli_proven){.format = "md"};
	ward_cli_reported_init(&x->is, cmd);
	x->is.in.everything = true;
}

static void fini(struct ward_cli_proven *x)
{
	ward_proof_free(x->proof);
	ward_cli_reported_fini(&x->is);
}

static int parse(
	struct ward_cli_proven *x, int argc, char **argv, const char *own, const char **ret_own)
{
	const struct ward_cmd *cmd = x->is.in.cmd;
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++)
		if (!own || strcmp(argv[i], own) != 0)
			code = ward_cli_reported_take(&x->is, &x->format, argc, argv, &i);
		else if (i + 1 < argc)
			*ret_own = argv[++i];
		else
			code = ward_cli_usage(cmd, "%s needs a value", argv[i]);
	if (!code && strcmp(x->format, "md") != 0 && strcmp(x->format, "json") != 0 &&
		strcmp(x->format, "pdf") != 0)
		code = ward_cli_usage(cmd, "--format %s: give md, json or pdf", x->format);
	return code;
}

/* One row. A tree of it is for the call. */
static enum ward_err take(
	struct ward_cli_proven *x, const struct ward_cli_record *row, struct ward_arena *a)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	if (row->is.kind == WARD_RECORD_DETECTION || row->is.kind == WARD_RECORD_INCIDENT ||
		row->is.kind == WARD_RECORD_IMPACT)
		return ward_proof_record(x->proof, &row->is, row->time);
	ward_arena_reset(a);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		a, &x->is.in.lim, row->file, row->line, ward_str_bytes(row->text), &diag, &c);

	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_OK;
	return ward_proof_row(x->proof, c, row->time);
}

static enum ward_err fold(struct ward_cli_proven *x)
{
	enum ward_err err = ward_proof_new(ward_mem_heap(), x->is.in.model, &x->law, &x->proof);
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), ROW_BYTES);
	for (size_t i = 0; i < x->is.in.n_record && !err; i++)
		if (!x->is.in.at_text || x->is.in.record[i].time == WARD_NS_NEVER ||
			x->is.in.record[i].time <= x->is.in.at)
			err = take(x, &x->is.in.record[i], &a);
	ward_arena_fini(&a);
	return err;
}

static enum ward_err count_people(struct ward_cli_proven *x)
{
	const struct ward_people_in in = {
		x->is.in.model, &x->is.in.lim, ward_mem_heap(), &x->is.in.diag};
	struct ward_people p = {.n = 0};
	enum ward_err err = ward_people_load(&in, x->is.in.dir, &p);

	x->ask.setup.people_known = !err;
	x->ask.setup.n_person = p.n;
	for (size_t i = 0; i < p.n; i++)
		x->ask.setup.n_factor += p.p[i].totp_file.len > 0;
	ward_people_free(&p);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* The register as it is, also where something of it is wrong: `ward check` says what. */
static enum ward_err load_register(struct ward_cli_proven *x)
{
	const struct ward_processing_in in = {x->is.in.content_dir, x->is.in.dir, x->is.in.model,
		&x->is.in.lim, &x->is.arena, &x->is.in.diag, x->is.in.at};
	enum ward_err err = ward_processing_load(&in, &x->processing);

	if (!err || err == WARD_ERR_CONFIG)
		x->ask.setup.processing = &x->processing;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static int month_of(struct ward_cli_proven *x)
{
	x->ask.month = ward_month_of(x->is.in.at);
	if (!x->month || ward_month_parse(ward_str_z(x->month), &x->ask.month))
		return WARD_EXIT_DONE;
	return ward_cli_usage(x->is.in.cmd, "--month %s is none: write it as 2026-11", x->month);
}

static int load(struct ward_cli_proven *x)
{
	struct ward_cli_recorded *in = &x->is.in;
	char dir[DIR_BYTES];
	int code = ward_cli_recorded_load(in, false);

	if (code)
		return code;
	(void)snprintf(dir, sizeof(dir), "%.4000s/law", in->content_dir);
	enum ward_err err = ward_law_load(dir, in->dir, ward_model_hospital(in->model)->country,
		&x->is.arena, &in->lim, &in->diag, &x->law);

	if (!err)
		err = ward_norms_load(
			in->content_dir, &x->is.arena, &in->lim, &in->diag, &x->norms);
	if (err)
		return ward_cli_report_in(
			in->cmd, err, "law and norms", &in->diag, in->lang, &x->is.w);
	code = month_of(x);
	if (code)
		return code;
	err = load_register(x);
	if (!err)
		err = count_people(x);
	if (!err)
		err = fold(x);
	x->ask.proof = x->proof;
	x->ask.now = in->at;
	if (!err)
		err = ward_proof_gather(&x->ask, &x->facts);
	return err ? ward_cli_fail(in->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

struct ward_proof_tell ward_cli_proven_tell(const struct ward_cli_proven *x)
{
	return (struct ward_proof_tell){.proof = x->proof,
		.facts = &x->facts,
		.norms = &x->norms,
		.model = x->is.in.model,
		.lang = x->is.in.lang,
		.at = x->is.in.at,
		.month = x->ask.month,
		.exercise = ward_model_exercise(x->is.in.model, x->is.exercise || x->is.in.played)};
}

int ward_cli_proven_put(struct ward_cli_proven *x, const struct ward_doc *d, bool one)
{
	const struct ward_cmd *cmd = x->is.in.cmd;
	const struct ward_pdf_how how = {
		x->is.in.lang, x->is.in.at, ward_model_hospital(x->is.in.model)->name, false};
	enum ward_err err = d->err;

	if (!err && strcmp(x->format, "pdf") == 0)
		err = one ? ward_doc_pdf_page(d, &how, &x->is.w) : ward_doc_pdf(d, &how, &x->is.w);
	else if (!err)
		ward_doc_markdown(d, &x->is.w);
	if (!err && ward_wr_bad(&x->is.w))
		err = WARD_ERR_NOMEM;
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	return err ? ward_cli_fail(cmd, "%s", ward_err_text(err)) : ward_cli_reported_out(&x->is);
}

int ward_cli_proven_run(struct ward_cli_proven *x, int argc, char **argv, const char *own,
	const char **ret_own, int (*tell)(struct ward_cli_proven *x))
{
	int code = parse(x, argc, argv, own, ret_own);

	if (!code)
		code = load(x);
	if (!code)
		code = tell(x);
	fini(x);
	return code;
}
