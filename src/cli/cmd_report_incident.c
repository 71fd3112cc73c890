/* `ward report incident`: what is on record of one incident, for people. */
#include "cli/commands.h"
#include "cli/recorded.h"
#include "exchange/share.h"
#include "report/pdf.h"
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 30, OUT_BYTES = 256 << 20, LISTED = 8, ID_LEAST = 4 };

struct job {
	struct ward_cli_recorded in;
	const char *id, *format, *out;
	char whole[WARD_ID_TEXT]; /* the id that `id` begins */
	bool no_fonts;
	bool exercise;
	struct ward_arena arena;
	struct ward_report r;
	struct ward_wr w;
};

typedef enum ward_err (*writer)(struct job *j);

static enum ward_err markdown(struct job *j)
{
	struct ward_doc d;

	ward_doc_init(&d, ward_lang_code(j->in.lang));
	ward_report_tell(&j->r, j->in.lang, &d);
	ward_doc_markdown(&d, &j->w);
	enum ward_err err = d.err;

	ward_doc_fini(&d);
	return err;
}

static enum ward_err json(struct job *j)
{
	ward_report_json(&j->r, NULL, &j->w);
	return WARD_OK;
}

static enum ward_err pages(struct job *j, bool wall)
{
	const struct ward_pdf_how how = {j->in.lang, j->r.x.at, ward_str_z(j->whole), wall};
	struct ward_doc d;

	ward_doc_init(&d, ward_lang_code(j->in.lang));
	(wall ? ward_report_sheet : ward_report_tell)(&j->r, j->in.lang, &d);
	enum ward_err err = ward_doc_pdf(&d, &how, &j->w);

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
	ward_report_radio(&j->r, j->in.lang, &j->w);
	return WARD_OK;
}

static const struct {
	const char *name;
	writer write;
} formats[] = {{"md", markdown}, {"json", json}, {"pdf", pdf}, {"sheet", sheet}, {"radio", radio}};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct job *j)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		const struct {
			const char *name, **value;
		} option[] = {{"--format", &j->format}, {"--out", &j->out}};
		bool taken = false;

		for (size_t k = 0; k < WARD_ARRAY_LEN(option) && !taken && !code; k++) {
			if (strcmp(argv[i], option[k].name) != 0)
				continue;
			taken = true;
			if (i + 1 == argc)
				code = ward_cli_usage(cmd, "%s needs a value", argv[i]);
			else
				*option[k].value = argv[++i];
		}
		if (taken)
			continue;
		if (strcmp(argv[i], "--exercise") == 0) {
			j->exercise = true;
			continue;
		}
		if (!j->id && argv[i][0] != '-') {
			j->id = argv[i];
			continue;
		}
		code = ward_cli_recorded_take(&j->in, argc, argv, &i, &taken);
		if (!code && !taken)
			code = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
	}
	return code;
}

/* The incidents that there are, the latest ones. */
static int unknown(struct job *j)
{
	char list[LISTED * (WARD_ID_TEXT + 2) + 8];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));
	struct ward_id named[LISTED];
	size_t n = 0;

	for (size_t i = j->in.n_record; i-- > 0 && n < LISTED;) {
		const struct ward_record *r = &j->in.record[i].is;
		bool before = r->kind != WARD_RECORD_INCIDENT;

		for (size_t k = 0; k < n; k++)
			before |= ward_id_eq(named[k], r->id);
		if (before)
			continue;
		ward_wr_z(&w, n ? ", " : "");
		ward_id_write(&w, r->id);
		named[n++] = r->id;
	}
	ward_diag_addf(&j->in.diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
		"no incident %s is on record\n%s%.*s", j->id,
		n ? "the latest are "
		  : "give the state folder of `ward run` with --state, or a "
		    "FILE of records",
		WARD_STR_ARG(ward_wr_text(&w)));
	return ward_cli_report(j->in.cmd, WARD_ERR_CONFIG, "the incident", &j->in.diag, &j->w);
}

/* The incident whose id begins so. An exit code, and it was said. */
static int find(struct job *j, struct ward_id *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < j->in.n_record; i++) {
		const struct ward_record *r = &j->in.record[i].is;

		if (r->kind != WARD_RECORD_INCIDENT || (n && ward_id_eq(r->id, *ret)))
			continue;
		ward_id_text(r->id, j->whole);
		if (!ward_str_starts(ward_str_z(j->whole), ward_str_z(j->id)))
			continue;
		if (n++)
			return ward_cli_usage(j->in.cmd,
				"more than one incident begins with '%s': give more of its id",
				j->id);
		*ret = r->id;
	}
	if (!n)
		return unknown(j);
	ward_id_text(*ret, j->whole);
	return WARD_EXIT_DONE;
}

static int gather(struct job *j, struct ward_id id)
{
	const struct ward_cli_recorded *in = &j->in;
	struct ward_report_row *row = ward_arena_array(&j->arena, in->n_record, sizeof(*row));
	struct ward_report_ask ask = {.model = in->model,
		.lim = &in->lim,
		.row = row,
		.n_row = in->n_record,
		.id = id,
		.at = in->at,
		.as_then = in->at_text != NULL,
		.exercise = j->exercise || in->played,
		.ledger = {.known = in->ledger.n > 0, .n = in->ledger.n, .time = in->ledger.time}};

	if (!row)
		return ward_cli_fail(in->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	_Static_assert(sizeof(in->ledger.root) == sizeof(ask.ledger.root), "both are SHA-256");
	memcpy(ask.ledger.root, &in->ledger.root, sizeof(ask.ledger.root));
	for (size_t i = 0; i < in->n_record; i++)
		row[i] = (struct ward_report_row){in->record[i].text, &in->record[i].is,
			in->n_file ? 0 : in->record[i].line, in->record[i].time};
	enum ward_err err = ward_report_gather(&ask, &j->arena, &j->r);

	return err ? ward_cli_fail(in->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

/* No person's pseudonym stands on paper, also not within a title: as the table of sharing has it
 * for the hospital's own. */
static int share(struct job *j)
{
	struct ward_shared did = {.mem = ward_mem_heap()};
	const struct ward_share_ask own = {.recipient = WARD_STR("own")};
	struct ward_sharing s;
	enum ward_err err =
		ward_sharing_load(j->in.content_dir, &j->in.lim, &j->arena, &j->in.diag, &s);

	if (!err)
		err = ward_share(&s, &own, &j->r.x, ward_mem_heap(), &j->in.diag, &did);
	ward_shared_fini(&did);
	return err ? ward_cli_report(j->in.cmd, err, "sharing.yml", &j->in.diag, &j->w)
		   : WARD_EXIT_DONE;
}

static int put_out(struct job *j)
{
	if (!j->out)
		return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	FILE *f = fopen(j->out, "wxe");

	if (!f)
		return ward_cli_fail(j->in.cmd, "cannot write '%s': %s", j->out,
			errno == EEXIST ? "it is there already: name another file"
					: strerror(errno));
	bool good = ward_cli_put(&j->w, f);

	if (fclose(f) != 0)
		good = false;
	if (!good)
		(void)unlink(j->out);
	return good ? WARD_EXIT_DONE
		    : ward_cli_fail(j->in.cmd, "cannot write '%s': it was not kept", j->out);
}

static int work(const struct ward_cmd *cmd, struct job *j)
{
	struct ward_id id;
	size_t f = 0;

	if (!j->id)
		return ward_cli_usage(cmd, "which incident? Give its id, then the hospital");
	if (strlen(j->id) < ID_LEAST || strspn(j->id, "0123456789abcdef-") != strlen(j->id))
		return ward_cli_usage(cmd,
			"'%s' is no id of an incident: give it as 'ward incident list' or the "
			"messages do, "
			"or its beginning, of at least %d hex digits",
			j->id, ID_LEAST);
	while (f < WARD_ARRAY_LEN(formats) && j->format && strcmp(j->format, formats[f].name) != 0)
		f++;
	if (f == WARD_ARRAY_LEN(formats))
		return ward_cli_usage(
			cmd, "--format %s: give md, json, pdf, sheet or radio", j->format);
	j->in.everything = true;
	j->in.needs_records = true;
	int code = ward_cli_recorded_load(&j->in, false);

	if (!code)
		code = find(j, &id);
	if (!code)
		code = gather(j, id);
	if (!code)
		code = share(j);
	if (code)
		return code;
	enum ward_err err = formats[f].write(j);

	if (!err && ward_wr_bad(&j->w))
		err = WARD_ERR_NOMEM;
	if (j->no_fonts)
		return ward_cli_fail(cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	return err ? ward_cli_fail(cmd, "%s", ward_err_text(err)) : put_out(j);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.w = ward_wr_grow(ward_mem_heap(), OUT_BYTES)};

	ward_cli_recorded_init(&j.in, cmd);
	ward_arena_init(&j.arena, ward_mem_heap(), ARENA_BYTES);
	int code = parse(cmd, argc, argv, &j);

	if (!code)
		code = work(cmd, &j);
	ward_arena_fini(&j.arena);
	ward_cli_recorded_fini(&j.in);
	ward_wr_fini(&j.w);
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
		"                   over the radio in ten seconds\n"
		"  --out FILE       there instead of standard output; never over a file that is\n"
		"                   there\n"
		"  --at TIME        as was known then: 09:00, \"2026-03-19 09:00\", RFC 3339\n"
		"  --exercise       marked as an exercise\n"
		"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                   hospital's languages)\n"
		"  --state DIR      where `ward run` keeps what it knows (default: as there)\n"
		"  --content DIR    ontology, threats, words (else $WARD_CONTENT, else the "
		"built-in\n"
		"                   place)\n\n"
		"Exit: 0 done, 1 no such incident, or a record has problems (reported), 2 wrong\n"
		"usage, 3 could not run.\n",
	.run = run,
};
