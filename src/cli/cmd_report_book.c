/* `ward report book`: what Ward knows of the hospital, on paper. */
#include "book/book.h"
#include "cli/lang.h"
#include "cli/playbooks.h"
#include "cli/reported.h"
#include "report/pdf.h"
#include "run/console.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, ADDRESSES = 1 + WARD_CONSOLE_NAMES };

struct job {
	struct ward_cli_reported is; /* records, output */
	struct ward_cli_playbooks p; /* playbooks, and the hospital that they are for */
	const char *format;
	bool renew;
	struct ward_people people;
	struct ward_recipients recipients;
	struct ward_rules *rules;
	struct ward_engine *engine;
	struct ward_console console;
	char address[ADDRESSES][WARD_CONSOLE_TEXT];
	struct ward_str address_of[ADDRESSES];
	size_t n_address;
	const struct ward_record **record;
	size_t n_record;
};

static int parse(struct job *j, int argc, char **argv)
{
	const struct ward_cmd *cmd = j->is.in.cmd;
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++)
		if (strcmp(argv[i], "--renew") == 0)
			j->renew = true;
		else
			code = ward_cli_reported_take(&j->is, &j->format, argc, argv, &i);
	if (!code && strcmp(j->format, "md") != 0 && strcmp(j->format, "pdf") != 0)
		code = ward_cli_usage(cmd, "--format %s: give md or pdf", j->format);
	if (!code && j->renew && !j->is.out)
		code = ward_cli_usage(cmd, "--renew: which file? Give --out FILE");
	return code;
}

/* Who is called. What is wrong with a file is what `ward check` says; the rest is told. */
static enum ward_err load_people(struct job *j)
{
	const struct ward_people_in people = {j->p.m, &j->p.lim, ward_mem_heap(), &j->p.diag};
	const struct ward_recipients_in recipients = {
		j->p.m, &j->p.lim, ward_mem_heap(), &j->p.diag, j->p.content};
	const struct ward_console_in console = {
		j->is.in.dir, &j->p.lim, ward_mem_heap(), &j->p.diag};
	enum ward_err err = ward_people_load(&people, j->is.in.dir, &j->people);

	if (!err || err == WARD_ERR_CONFIG)
		err = ward_recipients_load(&recipients, j->is.in.dir, &j->recipients);
	if (!err || err == WARD_ERR_CONFIG)
		err = ward_console_load(&console, &j->console);
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

static void add_address(struct job *j, struct ward_str host, struct ward_str port)
{
	struct ward_wr w = ward_wr_fixed(j->address[j->n_address], WARD_CONSOLE_TEXT);

	ward_wr_z(&w, "https://");
	ward_wr_str(&w, host);
	if (port.len) {
		ward_wr_ch(&w, ':');
		ward_wr_str(&w, port);
	}
	if (!ward_wr_bad(&w))
		j->address_of[j->n_address++] = ward_wr_text(&w);
}

/* How the console is reached: names of the directory, with the port where it is served. */
static void addresses(struct job *j)
{
	struct ward_str where = j->console.where, port = WARD_STR("");
	size_t colon = where.len;

	while (colon > 0 && where.p[colon - 1] != ':')
		colon--;
	if (colon)
		port = ward_str_sub(where, colon, SIZE_MAX);
	for (size_t i = 0; i < j->console.n_name; i++)
		add_address(j, j->console.name[i], port);
	if (!j->n_address && colon > 1)
		add_address(j, ward_str_sub(where, 0, colon - 1), port);
}

static enum ward_err load_rules(struct job *j)
{
	char dir[PATH_BYTES];

	if (snprintf(dir, sizeof(dir), "%s/propagation", j->p.content) >= PATH_BYTES)
		return WARD_ERR_LIMIT;
	enum ward_err err =
		ward_rules_load(dir, j->p.m, &j->p.lim, ward_mem_heap(), &j->p.diag, &j->rules);

	return err ? err
		   : ward_engine_new(j->p.m, j->rules, &j->p.lim, ward_mem_heap(), &j->engine);
}

/* Was it not known then? Records of files say no more than when their incident was last seen. */
static bool is_later(const struct ward_cli_record *r, ward_ns at)
{
	if (r->time != WARD_NS_NEVER)
		return r->time > at;
	return r->is.kind == WARD_RECORD_INCIDENT && r->is.last > at;
}

static int load(struct job *j)
{
	struct ward_cli_recorded *in = &j->is.in;

	in->everything = false;
	int code = ward_cli_recorded_load(in, false);

	if (code)
		return code;
	j->p.dir = in->dir;
	j->p.content = in->content;
	j->p.lang_option = in->lang_code;
	code = ward_cli_playbooks_load(&j->p);
	if (code)
		return code;
	enum ward_err err = load_people(j);

	if (!err)
		err = load_rules(j);
	if (err)
		return ward_cli_report_in(in->cmd, err, in->dir, &j->p.diag, j->p.lang, &j->is.w);
	addresses(j);
	j->record = ward_arena_array(&j->is.arena, in->n_record + 1, sizeof(struct ward_record *));
	if (!j->record)
		return ward_cli_fail(in->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	for (size_t i = 0; i < in->n_record; i++)
		if (!in->at_text || !is_later(&in->record[i], in->at))
			j->record[j->n_record++] = &in->record[i].is;
	return WARD_EXIT_DONE;
}

/* Over the older one: whole, or not at all. */
static int renew(struct job *j)
{
	const struct ward_cmd *cmd = j->is.in.cmd;
	const char *name = j->is.out;
	char beside[PATH_BYTES];

	if (snprintf(beside, sizeof(beside), "%s.new", name) >= PATH_BYTES)
		return ward_cli_fail(cmd, "'%s' is too long a name", name);
	(void)unlink(beside); /* of a run that was cut off */
	j->is.out = beside;
	int code = ward_cli_reported_out(&j->is);

	j->is.out = name;
	if (!code && rename(beside, name) != 0) {
		code = ward_cli_fail(cmd, "cannot put '%s' in place: %s", name, strerror(errno));
		(void)unlink(beside); /* it names people */
	}
	return code;
}

static int put(struct job *j, const struct ward_book *b, struct ward_doc *d)
{
	const struct ward_pdf_how how = {b->lang, b->at, ward_model_hospital(b->m)->name, false};
	enum ward_err err = ward_book_tell(b, d);

	if (!err && strcmp(j->format, "pdf") == 0)
		err = ward_doc_pdf(d, &how, &j->is.w);
	else if (!err)
		ward_doc_markdown(d, &j->is.w);
	if (!err && ward_wr_bad(&j->is.w))
		err = WARD_ERR_NOMEM;
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(j->is.in.cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	if (err)
		return ward_cli_fail(j->is.in.cmd, "%s", ward_err_text(err));
	return j->renew ? renew(j) : ward_cli_reported_out(&j->is);
}

static int tell(struct job *j)
{
	const struct ward_cli_recorded *in = &j->is.in;
	const struct ward_playbooks all = {.item = j->p.item, .n = j->p.n, .never = j->p.never};
	const struct ward_book b = {.m = j->p.m,
		.e = j->engine,
		.people = &j->people,
		.recipients = &j->recipients,
		.evac = j->p.ways.evac,
		.playbooks = &all,
		.country = &j->p.country,
		.record = j->record,
		.n_record = j->n_record,
		.records_known = in->n_file > 0 || in->found,
		.console = j->address_of,
		.n_console = j->n_address,
		.lang = j->p.lang,
		.at = in->at,
		.exercise = ward_model_exercise(j->p.m, j->is.exercise || in->played)};
	struct ward_doc d;

	ward_doc_init(&d, ward_lang_code(j->p.lang));
	int code = put(j, &b, &d);

	ward_doc_fini(&d);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct job j; /* too large for a stack */

	j = (struct job){.format = "md", .p = {.cmd = cmd}};
	ward_cli_reported_init(&j.is, cmd);
	int code = parse(&j, argc, argv);
	bool loaded = !code;

	if (!code)
		code = load(&j);
	if (!code)
		code = tell(&j);
	if (!code && j.p.diag.n_error) { /* what it lacks, it lacks on paper, too */
		ward_cli_findings(&j.p.diag, j.is.in.dir, j.p.lang);
		code = WARD_EXIT_INPUT;
	}
	ward_engine_free(j.engine);
	ward_rules_free(j.rules);
	ward_console_free(&j.console);
	ward_recipients_free(&j.recipients);
	ward_people_free(&j.people);
	if (loaded)
		ward_cli_playbooks_fini(&j.p);
	ward_cli_reported_fini(&j.is);
	return code;
}

const struct ward_cmd ward_cmd_report_book = {
	.name = "report book",
	.summary = "the emergency book: what Ward knows of the hospital, on paper",
	.help = "usage: ward report book DIR [FILE…] [--format FORMAT] [--out FILE] [--renew]\n"
		"                        [--at TIME] [--exercise] [--lang CODE] [--state DIR]\n"
		"                        [--directory-only] [--content DIR]\n\n"
		"For when no screen is lit: what was open, who is called and how, what each care\n"
		"service needs and for how long it can be without, what takes most care with it,\n"
		"where people get out, how Ward is reached when all else is down, and the "
		"playbooks\n"
		"as sheets (docs/emergency-book.md). It names people: keep it locked.\n\n"
		"  --format FORMAT  md: Markdown (default), pdf\n"
		"  --renew          write FILE anew where it is there already, whole or not at "
		"all\n"
		"  --directory-only  read no record: open incidents are left out, and that is "
		"said\n" WARD_CLI_REPORTED_OPTIONS "Exit: 0 done, 1 the directory or a record has "
		"problems (reported), 2 wrong usage,\n"
		"3 could not run.\n",
	.run = run,
};
