/* `ward report law`: a form of the law, filled in from what is on record of one incident. */
#include "cli/lang.h"
#include "cli/reported.h"
#include "desk/people.h"
#include "law/draft/draft.h"
#include "recover/care.h"
#include "report/pdf.h"

enum { HIGH = 3, DIR_BYTES = 4096 };

struct job {
	struct ward_cli_reported is;
	const char *form, *format;
	struct ward_law law;
	struct ward_law_case c;
	struct ward_law_record record;
	struct ward_people people;
};

static const struct ward_conf *args_of(
	const struct job *j, const struct ward_cli_record *row, struct ward_arena *a)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	if (ward_conf_json(a, &j->is.in.lim, row->file, row->line, ward_str_bytes(row->text), &diag,
		    &c) != WARD_OK)
		c = NULL;
	ward_diag_fini(&diag);
	return c;
}

/* What people said of it, in the order in which they did. */
static enum ward_err fold(struct job *j)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < j->is.in.n_record && !err; i++) {
		const struct ward_cli_record *row = &j->is.in.record[i];

		if (row->is.kind != WARD_RECORD_OTHER ||
			ward_str_find(row->text, WARD_STR("\"law\"")) == SIZE_MAX)
			continue;
		const struct ward_conf *c = args_of(j, row, &j->is.arena);

		if (!c || !ward_str_eqz(ward_conf_word(c, "what"), "law") ||
			!ward_str_eqz(ward_conf_word(c, "taken"), "true") ||
			!ward_str_eqz(ward_conf_word(c, "subject"), j->is.whole))
			continue;
		err = ward_law_take(&j->c, &j->law, c);
		err = err == WARD_ERR_STATE ? WARD_OK : err; /* of a rule that is no more */
	}
	return err;
}

/* Services that are or will be hit, each once, and minutes since the first was. How many incidents
 * were like it only the console's server counts. */
static void measure(struct job *j)
{
	const struct ward_exchange_incident *in = j->is.r.i;
	ward_ns from = WARD_NS_NEVER, gone;
	uint64_t n = 0;

	for (size_t i = 0; i < in->n_impact; i++) {
		bool before = false;

		for (size_t k = 0; k < i; k++)
			before |= ward_str_eq(in->impact[k].asset, in->impact[i].asset);
		n += !before;
		from = in->impact[i].expected < from ? in->impact[i].expected : from;
	}
	bool hit = ward_sub(j->is.r.x.at, from, &gone) && gone > 0;

	j->record.measured[WARD_LAW_MEASURE_SERVICES] = n;
	j->record.measured[WARD_LAW_MEASURE_MINUTES] =
		hit ? (uint64_t)(gone / (60 * WARD_NS_PER_S)) : 0;
	j->record.counted[WARD_LAW_MEASURE_SERVICES] = true;
	j->record.counted[WARD_LAW_MEASURE_MINUTES] = j->is.r.x.at != WARD_NS_NEVER;
}

static void look(struct job *j)
{
	const struct ward_exchange_incident *in = j->is.r.i;

	j->record = (struct ward_law_record){.event = in->first, .detected = in->first};
	for (size_t i = 0; i < j->is.in.n_record; i++) {
		const struct ward_cli_record *row = &j->is.in.record[i];

		if (row->is.kind != WARD_RECORD_INCIDENT || !ward_id_eq(row->is.id, in->id))
			continue;
		if (row->time != WARD_NS_NEVER)
			j->record.detected = row->time;
		break;
	}
	j->record.seen[WARD_LAW_SEEN_CARE] = in->n_impact > 0;
	measure(j);
	j->record.seen[WARD_LAW_SEEN_ACCESS] =
		!ward_str_eqz(in->domain, "physical") && in->level >= HIGH;
	for (size_t i = 0; i < in->n_sign; i++) {
		uint32_t node = ward_model_find(j->is.in.model, in->sign[i].asset);

		j->record.seen[WARD_LAW_SEEN_DEVICE] |=
			node != WARD_NONE && ward_care_medical(j->is.in.model, node);
	}
}

/* Also where something of it is wrong: `ward check` says what. */
static enum ward_err load_people(struct job *j)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_people_in in = {j->is.in.model, &j->is.in.lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_people_load(&in, j->is.in.dir, &j->people);

	ward_diag_fini(&diag);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static int load(struct job *j)
{
	struct ward_cli_recorded *in = &j->is.in;
	char dir[DIR_BYTES];

	(void)snprintf(dir, sizeof(dir), "%.4000s/law", in->content_dir);
	enum ward_err err = ward_law_load(dir, in->dir, ward_model_hospital(in->model)->country,
		&j->is.arena, &in->lim, &in->diag, &j->law);

	if (err)
		return ward_cli_report_in(
			in->cmd, err, "the rules of the law", &in->diag, in->lang, &j->is.w);
	look(j);
	err = fold(j);
	err = err ? err : load_people(j);
	return err ? ward_cli_fail(in->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

/* Who is in it no more is called by their id. */
static struct ward_str name_of(const void *people, struct ward_str id)
{
	const struct ward_people *p = people;

	for (size_t i = 0; i < p->n; i++)
		if (ward_str_eq(p->p[i].id, id))
			return p->p[i].name;
	return id;
}

static int no_form(const struct job *j)
{
	char list[2048];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; i < j->law.n_form; i++)
		ward_wr_printf(&w, "%s%.*s", i ? ", " : "", WARD_STR_ARG(j->law.form[i].id));
	return ward_cli_usage(j->is.in.cmd, "no form '%s' here: there are %.*s", j->form,
		WARD_STR_ARG(ward_wr_text(&w)));
}

static enum ward_err put(struct job *j, const struct ward_draft *d)
{
	const struct ward_pdf_how how = {
		j->is.in.lang, j->is.r.x.at, ward_str_z(j->is.whole), false};
	struct ward_doc doc;
	enum ward_err err;

	if (strcmp(j->format, "json") == 0) {
		struct ward_json json = ward_json_on(&j->is.w);

		ward_json_obj(&json);
		ward_draft_json(d, &json);
		ward_json_obj_end(&json);
		ward_wr_ch(&j->is.w, '\n');
		return WARD_OK;
	}
	ward_doc_init(&doc, ward_lang_code(j->is.in.lang));
	ward_draft_tell(d, &doc);
	err = doc.err;
	if (!err && strcmp(j->format, "pdf") == 0)
		err = ward_doc_pdf(&doc, &how, &j->is.w);
	else if (!err)
		ward_doc_markdown(&doc, &j->is.w);
	ward_doc_fini(&doc);
	return err;
}

static int work(struct job *j)
{
	const struct ward_cmd *cmd = j->is.in.cmd;
	struct ward_draft d;
	int code;

	if (!j->is.id || !j->form)
		return ward_cli_usage(
			cmd, "which incident, and which form? Give both, then the hospital");
	if (strcmp(j->format, "md") != 0 && strcmp(j->format, "json") != 0 &&
		strcmp(j->format, "pdf") != 0)
		return ward_cli_usage(cmd, "--format %s: give md, json or pdf", j->format);
	code = ward_cli_reported_load(&j->is);
	if (!code)
		code = load(j);
	if (code)
		return code;
	const struct ward_draft_ask ask = {.law = &j->law,
		.form = ward_law_form_of(&j->law, ward_str_z(j->form)),
		.c = &j->c,
		.record = &j->record,
		.report = &j->is.r,
		.lang = j->is.in.lang,
		.exercise = j->is.r.x.exercise,
		.person = name_of,
		.ctx = &j->people};

	if (ask.form == SIZE_MAX)
		return no_form(j);
	enum ward_err err = ward_draft_make(&ask, &j->is.arena, &d);

	if (!err)
		err = put(j, &d);
	if (!err && ward_wr_bad(&j->is.w))
		err = WARD_ERR_NOMEM;
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	return err ? ward_cli_fail(cmd, "%s", ward_err_text(err)) : ward_cli_reported_out(&j->is);
}

static int parse(struct job *j, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++)
		if (!j->is.id && argv[i][0] != '-')
			j->is.id = argv[i];
		else if (!j->form && argv[i][0] != '-')
			j->form = argv[i];
		else
			code = ward_cli_reported_take(&j->is, &j->format, argc, argv, &i);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct job j;

	j = (struct job){.format = "md"};
	ward_cli_reported_init(&j.is, cmd);
	ward_law_case_init(&j.c, ward_mem_heap());
	int code = parse(&j, argc, argv);

	if (!code)
		code = work(&j);
	ward_law_case_fini(&j.c);
	ward_people_free(&j.people);
	ward_cli_reported_fini(&j.is);
	return code;
}

const struct ward_cmd ward_cmd_report_law = {
	.name = "report law",
	.summary = "a form of the law, filled in from what is on record of an incident",
	.help = "usage: ward report law ID FORM DIR [FILE…] [--format FORMAT] [--out FILE]\n"
		"                       [--at TIME] [--exercise] [--lang CODE] [--state DIR]\n"
		"                       [--content DIR]\n\n"
		"The form FORM (docs/law.md; without a known one, those that there are are named)\n"
		"for the incident whose id begins with ID in the hospital DIR: what is missing\n"
		"first, then what stands in each field, by the record, the hospital, or who wrote\n"
		"it. Ward sends nothing of it: people do. An aid, and no legal advice.\n\n"
		"  --format FORMAT  md: Markdown (default), pdf, json: for programs "
		"(JSON-LD)\n" WARD_CLI_REPORTED_OPTIONS
		"Exit: 0 done, 1 no such incident, or a record has problems (reported), 2 wrong\n"
		"usage, 3 could not run.\n",
	.run = run,
};
