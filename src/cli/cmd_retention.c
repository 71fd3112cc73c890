/* What is kept, what was erased, what will be, and what must not be: docs/privacy.md. */
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/retention.h"
#include "cli/speak.h"
#include "cli/when.h"
#include "report/pdf.h"
#include "story/zone.h"

#include <stdlib.h>
#include <string.h>

enum { OUT_BYTES = 64 << 20, SHOWN = 40, DAYS_MAX = 3660 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

struct args {
	struct ward_cli_retention r;
	const char *since, *days, *format, *out, *lang_option;
	bool json;
	struct ward_lang *lang;
	struct ward_model *m; /* of the language */
	struct ward_wr w;
};

static int begin(struct args *a)
{
	struct ward_limits lim;

	ward_limits_default(&lim);
	int rc = ward_cli_speak(a->r.cmd, a->r.x.dir, a->lang_option, &lim, &a->m, &a->lang);

	if (!rc && a->since)
		rc = ward_cli_since(a->r.cmd, a->since, a->r.now, &a->r.since);
	return rc;
}

static void end(struct args *a)
{
	ward_cli_retention_close(&a->r);
	ward_wr_fini(&a->w);
	ward_lang_free(a->lang);
	ward_model_free(a->m);
	free(a);
}

static struct args *parse(const struct ward_cmd *cmd, int argc, char **argv, int *rc)
{
	struct args *a = calloc(1, sizeof(*a));

	if (!a) {
		*rc = ward_cli_fail(cmd, "out of memory");
		return NULL;
	}
	const struct ward_cli_opt opt[] = {{"--state", &a->r.at.state_option, NULL},
		{"--since", &a->since, NULL}, {"--days", &a->days, NULL},
		{"--format", &a->format, NULL}, {"--out", &a->out, NULL},
		{"--lang", &a->lang_option, NULL}, {"--content", &a->r.x.content, NULL},
		{"--json", NULL, &a->json}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &a->r.x.dir, NULL, NULL, NULL};

	a->r.cmd = a->r.x.cmd = a->r.at.cmd = cmd;
	a->r.at.lock = a->r.at.door = -1;
	a->r.now = a->r.horizon = ward_clock_now(ward_clock_system());
	a->r.since = a->r.now - 365 * day;
	a->w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	*rc = ward_cli_args(cmd, argc, argv, &args);
	if (!*rc && !a->r.x.dir)
		*rc = ward_cli_usage(cmd, "give the hospital directory");
	a->r.at.hospital = a->r.x.dir;
	if (!*rc)
		*rc = begin(a);
	return a;
}

static int put_out(struct args *a)
{
	if (ward_wr_bad(&a->w))
		return ward_cli_fail(a->r.cmd, "out of memory");
	return ward_cli_put(&a->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* ---- log, list ---- */

static void put_json(struct args *a)
{
	struct ward_json j = ward_json_on(&a->w);

	ward_json_obj(&j);
	ward_retained_write(&a->r.is, a->r.now, WARD_RETAINED_LAST, &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&a->w, '\n');
}

static void put_log(struct args *a)
{
	const struct ward_retained *is = &a->r.is;

	if (!is->n)
		ward_wr_z(&a->w, "Nothing was erased yet.\n");
	for (uint64_t i = 0; i < is->n && i < WARD_RETAINED_LAST; i++) {
		const struct ward_retained_gone *g = &is->at[(is->n - 1 - i) % WARD_RETAINED_LAST];

		if (g->time < a->r.since)
			break;
		ward_cli_put_time(&a->w, g->time);
		ward_wr_printf(
			&a->w, "  %8llu %-8s %-28s ", (unsigned long long)g->n, g->what, g->of);
		ward_cli_put_time(&a->w, g->from);
		ward_wr_z(&a->w, " to ");
		ward_cli_put_time(&a->w, g->to);
		ward_wr_printf(
			&a->w, "  row %llu\n    by %s\n", (unsigned long long)g->row, g->rule);
	}
}

static void put_list(struct args *a)
{
	const struct ward_retained *is = &a->r.is;

	if (!is->n_hold)
		ward_wr_z(&a->w, "Nothing is held.\n");
	for (size_t i = is->n_hold; i-- > 0;) {
		const struct ward_retained_hold *h = &is->hold[i];

		ward_id_write(&a->w, h->h.id);
		ward_wr_printf(&a->w, "  %s  %s %s\n    until ",
			ward_retained_state_name(ward_retained_state(h, a->r.now)),
			ward_hold_scope_name(h->h.scope), h->h.subject);
		ward_cli_put_time(&a->w, h->h.until);
		ward_wr_printf(&a->w, ", answers for it: %s, placed ", h->owner);
		ward_cli_put_time(&a->w, h->at);
		ward_wr_printf(&a->w, " by %s\n    %s\n", h->role, h->why);
	}
}

static int run_ledger(const struct ward_cmd *cmd, int argc, char **argv, void (*put)(struct args *))
{
	int rc;
	struct args *a = parse(cmd, argc, argv, &rc);

	if (!rc)
		rc = ward_cli_retention_ledger(&a->r);
	if (!rc) {
		if (a->json)
			put_json(a);
		else
			put(a);
		rc = put_out(a);
	}
	if (a)
		end(a);
	return rc;
}

static int run_log(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_ledger(cmd, argc, argv, put_log);
}

static int run_list(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_ledger(cmd, argc, argv, put_list);
}

/* ---- plan ---- */

static void put_kept(
	struct args *a, const char *what, const struct ward_cli_kept_rows *k, uint64_t *sum)
{
	if (!k->n)
		return;
	ward_wr_printf(&a->w, "%-28s %-14s %12llu %12llu %12llu\n", what, "",
		(unsigned long long)k->n, (unsigned long long)k->n_held,
		(unsigned long long)k->n_due);
	*sum += k->n_due;
}

static void put_plan(struct args *a)
{
	uint64_t n = 0, rows = 0, clips = 0;

	ward_wr_printf(&a->w, "%-28s %-14s %12s %12s %12s\n", "source", "entry", "kept", "held",
		"would go");
	for (size_t i = 0; i < a->r.n_source; i++) {
		const struct ward_cli_kept_source *s = &a->r.source[i];
		struct ward_str entry = s->v && s->v->entry   ? s->v->entry->id
					: s->v && s->v->ready ? s->v->ready->id
							      : WARD_STR("-");

		ward_wr_printf(&a->w, "%-28s %-14.*s %12llu %12llu %12llu\n", s->id,
			WARD_STR_ARG(entry), (unsigned long long)s->n,
			(unsigned long long)s->n_held, (unsigned long long)s->n_due);
		n += s->n_due;
	}
	ward_wr_printf(&a->w, "\n%-28s %-14s %12s %12s %12s\n", "rows of the ledger, clips", "",
		"kept", "held", "would go");
	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++)
		put_kept(a, ward_row_kind_name((enum ward_row_kind)k), &a->r.rows[k], &rows);
	put_kept(a, "clips and photos", &a->r.clips, &clips);
	ward_wr_printf(&a->w, "\nBy ");
	ward_cli_put_time(&a->w, a->r.horizon);
	ward_wr_printf(&a->w,
		" %llu records, %llu rows and %llu clips would go; rows that an open incident "
		"names stay. Nothing was erased by this.\n",
		(unsigned long long)n, (unsigned long long)rows, (unsigned long long)clips);
}

static int run_plan(const struct ward_cmd *cmd, int argc, char **argv)
{
	int rc;
	struct args *a = parse(cmd, argc, argv, &rc);
	uint64_t days = 7;

	if (!rc && a->days && (!ward_str_u64(ward_str_z(a->days), &days) || days > DAYS_MAX))
		rc = ward_cli_usage(cmd, "--days %s: give a number of days, 3660 at most", a->days);
	if (!rc) {
		a->r.horizon = a->r.now + (ward_ns)days * day;
		rc = ward_cli_retention_all(&a->r);
	}
	if (!rc) {
		struct ward_json j = ward_json_on(&a->w);

		if (a->json)
			ward_cli_retention_json(&a->r, &j);
		else
			put_plan(a);
		if (a->json)
			ward_wr_ch(&a->w, '\n');
		rc = put_out(a);
	}
	if (a)
		end(a);
	return rc;
}

/* ---- report ---- */

static enum ward_err write_report(struct args *a)
{
	const struct ward_pdf_how how = {
		a->lang, a->r.now, ward_model_hospital(a->r.x.model)->name, false};
	struct ward_doc doc;

	if (strcmp(a->format, "json") == 0) {
		struct ward_json j = ward_json_on(&a->w);

		ward_cli_retention_json(&a->r, &j);
		ward_wr_ch(&a->w, '\n');
		return WARD_OK;
	}
	ward_doc_init(&doc, ward_lang_code(a->lang));
	ward_cli_retention_tell(&a->r, a->lang, &doc);
	enum ward_err err = doc.err;

	if (!err && strcmp(a->format, "pdf") == 0)
		err = ward_doc_pdf(&doc, &how, &a->w);
	else if (!err)
		ward_doc_markdown(&doc, &a->w);
	ward_doc_fini(&doc);
	return err;
}

static int run_report(const struct ward_cmd *cmd, int argc, char **argv)
{
	int rc;
	struct args *a = parse(cmd, argc, argv, &rc);

	if (!rc && !a->format)
		a->format = "md";
	if (!rc && strcmp(a->format, "md") != 0 && strcmp(a->format, "pdf") != 0 &&
		strcmp(a->format, "json") != 0)
		rc = ward_cli_usage(cmd, "--format %s: give md, json or pdf", a->format);
	if (!rc)
		rc = ward_cli_retention_all(&a->r);
	if (!rc) {
		enum ward_err err = write_report(a);

		if (err)
			rc = ward_cli_fail(cmd, "%s",
				err == WARD_ERR_NOT_FOUND
					? "the fonts of the PDF are not here: install "
					  "fonts-dejavu-core (Debian)"
					: ward_err_text(err));
	}
	if (!rc)
		rc = a->out ? ward_cli_clip_write(cmd, a->out, ward_wr_slice(&a->w)) : put_out(a);
	if (a)
		end(a);
	return rc;
}

#define STATE "  --state DIR      what 'ward run' keeps (default: as there); it may run\n"
#define EXIT "\nExit: 0 done, 1 the hospital has problems, 2 wrong usage, 3 could not.\n"

const struct ward_cmd ward_cmd_retention_log = {
	.name = "retention log",
	.summary = "what was erased, by which rule, and the row of the ledger that proves it",
	.help = "usage: ward retention log [--since TIME] [--json] [--state DIR] HOSPITAL\n\n"
		"Each deletion, the latest first: when, how many, of which source or kind of "
		"rows, of\nwhich time, by which rule (docs/privacy.md).\n\n"
		"  --since TIME     7d, 09:00, 2026-03-19 (default: a year)\n" STATE EXIT,
	.run = run_log,
};
const struct ward_cmd ward_cmd_retention_list = {
	.name = "retention list",
	.summary = "legal holds: what is held, until when, who answers for it",
	.help = "usage: ward retention list [--json] [--state DIR] HOSPITAL\n\n"
		"What must not be erased for now, and what was held before.\n\n" STATE EXIT,
	.run = run_list,
};
const struct ward_cmd ward_cmd_retention_plan = {
	.name = "retention plan",
	.summary = "what would be erased in the next days; erases nothing",
	.help = "usage: ward retention plan [--days N] [--json] [--state DIR] HOSPITAL\n\n"
		"Reads the journal, the ledger and the clips, and counts of each source, kind of "
		"row\nand of clips how many are kept, held, and over within N days (default: "
		"7).\n\n" STATE EXIT,
	.run = run_plan,
};
const struct ward_cmd ward_cmd_retention_report = {
	.name = "retention report",
	.summary = "what is kept, what was erased with its proof, holds, failures",
	.help = "usage: ward retention report [--format FORMAT] [--out FILE] [--since TIME]\n"
		"                             [--lang CODE] [--state DIR] [--content DIR] "
		"HOSPITAL\n\n"
		"For the data protection officer: of each source and kind of rows what is kept "
		"and\nhow old the oldest is, what was erased since TIME (default: a year), by "
		"which rows\nof the ledger that is proven, holds, and what should be gone and is "
		"not.\n\n"
		"  --format FORMAT  md: Markdown (default), pdf, json\n"
		"  --out FILE       there instead of standard output; never over a file that is "
		"there\n"
		"  --lang CODE      en, fr, it, nl\n" STATE EXIT,
	.run = run_report,
};
