/* `ward report sign`, `sign-text`, `dpia`, `ethics`, `register`, `works-council`: what the hospital
 * owes to those of whom it reads something, as documents. */
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/notice.h"
#include "cli/permit.h"
#include "report/pdf.h"

enum { OUT_BYTES = 16 << 20 };

struct job {
	struct ward_cli_hospital x; /* the hospital */
	const char *content, *code, *format, *out, *of, *state;
	enum ward_notice_kind kind;
	ward_ns now;
	struct ward_processing p;
	struct ward_notice_content c;
	struct ward_proc_verdict v[WARD_NOTICE_THINGS];
	struct ward_subject_book book; /* who assessed it */
	struct ward_cli_kept kept;
};

static int parse(struct job *j, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--format") == 0    ? &j->format
				     : strcmp(argv[i], "--out") == 0     ? &j->out
				     : strcmp(argv[i], "--lang") == 0    ? &j->code
				     : strcmp(argv[i], "--state") == 0   ? &j->state
				     : strcmp(argv[i], "--content") == 0 ? &j->x.content
									 : NULL;

		if (value && i + 1 < argc)
			*value = argv[++i];
		else if (value)
			return ward_cli_usage(j->x.cmd, "%s needs a value", argv[i]);
		else if (argv[i][0] == '-')
			return ward_cli_usage(j->x.cmd, "'%s' is not an option", argv[i]);
		else if (!j->x.dir)
			j->x.dir = argv[i];
		else if (!j->of && j->kind != WARD_NOTICE_DPIA && j->kind != WARD_NOTICE_REGISTER &&
			 j->kind != WARD_NOTICE_WORKS)
			j->of = argv[i];
		else
			return ward_cli_usage(j->x.cmd, "one hospital directory, and one thing");
	}
	if (strcmp(j->format, "md") != 0 && strcmp(j->format, "pdf") != 0 &&
		strcmp(j->format, "json") != 0)
		return ward_cli_usage(j->x.cmd, "--format %s: give md, pdf or json", j->format);
	return j->x.dir ? WARD_EXIT_DONE : ward_cli_usage(j->x.cmd, "of which hospital?");
}

static enum ward_err write(
	struct job *j, struct ward_lang *lang, const struct ward_notice *x, struct ward_wr *w)
{
	const struct ward_pdf_how how = {
		lang, j->now, ward_model_hospital(j->x.model)->name, x->kind == WARD_NOTICE_SIGN};

	if (strcmp(j->format, "pdf") == 0)
		return ward_doc_pdf(&x->doc, &how, w);
	if (strcmp(j->format, "md") == 0) {
		ward_doc_markdown(&x->doc, w);
		return WARD_OK;
	}
	struct ward_json json = ward_json_on(w);

	ward_json_obj(&json);
	ward_notice_json(x, &json);
	ward_json_obj_end(&json);
	ward_wr_ch(w, '\n');
	return WARD_OK;
}

static int put(struct job *j, struct ward_wr *w)
{
	if (j->out)
		return ward_cli_clip_write(j->x.cmd, j->out, ward_wr_slice(w));
	return ward_cli_put(w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* What there is, when what was asked for is not. */
static int none(const struct job *j, size_t n)
{
	char list[4096];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; i < j->c.n_note && j->kind == WARD_NOTICE_ETHICS; i++)
		ward_wr_printf(&w, "%s%.*s", i ? ", " : "", WARD_STR_ARG(j->c.note[i].id));
	for (size_t i = 0; i < n && j->kind != WARD_NOTICE_ETHICS; i++)
		if (ward_notice_films(&j->v[i]))
			ward_wr_printf(&w, "%s%.*s", w.len ? ", " : "", WARD_STR_ARG(j->v[i].id));
	if (!w.len)
		return ward_cli_fail(j->x.cmd, "no source of this hospital is a camera");
	return ward_cli_usage(j->x.cmd, "nothing of it is called '%s': there are %.*s%s",
		j->of ? j->of : "", WARD_STR_ARG(ward_wr_text(&w)),
		j->kind == WARD_NOTICE_ETHICS ? "" : ", and the places that they watch");
}

static int show(struct job *j, struct ward_lang *lang)
{
	size_t n = ward_processing_judge(&j->p, j->x.model, j->now, j->v, WARD_NOTICE_THINGS);
	const struct ward_notice_ask ask = {.c = &j->c,
		.p = &j->p,
		.m = j->x.model,
		.lim = &j->x.lim,
		.v = j->v,
		.n = n < WARD_NOTICE_THINGS ? n : WARD_NOTICE_THINGS,
		.lang = lang,
		.now = j->now,
		.of = ward_str_z(j->of ? j->of : ""),
		.was = j->kept.found ? &j->book.assessed : NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct ward_notice x;
	enum ward_err err = ward_notice_make(j->kind, &ask, &x);
	int code = WARD_EXIT_DONE;

	if (err == WARD_ERR_NOT_FOUND)
		code = none(j, ask.n);
	else if (!err && (err = write(j, lang, &x, &w)) == WARD_ERR_NOT_FOUND)
		code = ward_cli_fail(j->x.cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	else if (err || ward_wr_bad(&w))
		code = ward_cli_fail(j->x.cmd, "%s", ward_err_text(err ? err : WARD_ERR_NOMEM));
	if (!code)
		code = put(j, &w);
	for (size_t i = 0; !code && i < x.n_gap; i++)
		(void)fprintf(
			stderr, "ward %s: missing: %.*s\n", j->x.cmd->name, WARD_STR_ARG(x.gap[i]));
	if (!code && x.n_gap)
		code = WARD_EXIT_INPUT;
	ward_notice_fini(&x);
	ward_wr_fini(&w);
	return code;
}

static int work(struct job *j)
{
	const char *content = ward_cli_content(j->x.cmd, j->x.content);
	const struct ward_processing_in in = {
		content, j->x.dir, j->x.model, &j->x.lim, &j->x.arena, &j->x.diag, j->now};
	const struct ward_cli_lang speak = {
		j->code, content, ward_model_hospital(j->x.model)->language};
	struct ward_lang *lang = NULL;
	enum ward_err err = ward_processing_load(&in, &j->p);

	if (!err || err == WARD_ERR_CONFIG)
		err = ward_notice_load(content, &j->x.lim, &j->x.arena, &j->x.diag, &j->c);
	j->x.lang_option = j->code;
	ward_cli_hospital_findings(&j->x);
	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(j->x.cmd, "the register: %s", ward_err_text(err));
	int code = ward_cli_lang(j->x.cmd, &speak, &j->x.lim, &lang);

	if (!code && j->kind == WARD_NOTICE_DPIA)
		code = ward_cli_book(j->x.cmd, j->state, ward_model_hospital(j->x.model)->id,
			&j->book, &j->kept);
	if (!code)
		code = show(j, lang);
	ward_lang_free(lang);
	return code;
}

static int run_kind(const struct ward_cmd *cmd, int argc, char **argv, enum ward_notice_kind kind)
{
	struct job *j = ward_mem_alloc(ward_mem_heap(), sizeof(*j));

	if (!j)
		return ward_cli_fail(cmd, "out of memory");
	memset(j, 0, sizeof(*j));
	j->x.cmd = cmd;
	j->kind = kind;
	j->format = "md";
	j->now = ward_clock_now(ward_clock_system());
	ward_subject_init(&j->book, &j->x.lim);
	int code = parse(j, argc, argv);
	bool opened = !code;

	if (!code)
		code = ward_cli_hospital_open(&j->x, false);
	if (!code)
		code = work(j);
	if (opened)
		ward_cli_hospital_fini(&j->x);
	ward_subject_fini(&j->book);
	ward_mem_free(ward_mem_heap(), j, sizeof(*j));
	return code;
}

static int run_sign(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_kind(cmd, argc, argv, WARD_NOTICE_SIGN);
}

static int run_text(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_kind(cmd, argc, argv, WARD_NOTICE_TEXT);
}

static int run_dpia(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_kind(cmd, argc, argv, WARD_NOTICE_DPIA);
}

static int run_ethics(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_kind(cmd, argc, argv, WARD_NOTICE_ETHICS);
}

static int run_register(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_kind(cmd, argc, argv, WARD_NOTICE_REGISTER);
}

static int run_works(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run_kind(cmd, argc, argv, WARD_NOTICE_WORKS);
}

#define OPTIONS                                                                                \
	"  --format FORMAT  md: Markdown (default), pdf, json\n"                               \
	"  --out FILE       there instead of standard output; never over a file that is\n"     \
	"                   there\n"                                                           \
	"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else the hospital's first)\n" \
	"  --content DIR    instead of the installed content\n"
#define EXITS                                                                                     \
	"\nWhat is missing in the register stands on standard error. Exit: 0 done, 1 something\n" \
	"is missing (the document is written all the same), 2 usage, 3 can't be read.\n"

const struct ward_cmd ward_cmd_report_sign = {
	.name = "report sign",
	.summary = "the sign to hang up at cameras, from the register",
	.help = "usage: ward report sign [OPTION…] DIR [SOURCE|CAMERA|PLACE]\n\n"
		"What somebody has to read before they are filmed (GDPR 13, first layer): what "
		"for,\n"
		"by whom, for how long, their rights, whom to ask; and what the hospital's "
		"country\n"
		"wants. Of all cameras, or of those of a source, a room, a floor, a building. As "
		"a\n"
		"PDF one page of A4 with a pictogram (docs/transparency.md). No legal "
		"advice.\n\n" OPTIONS EXITS,
	.run = run_sign,
};
const struct ward_cmd ward_cmd_report_sign_text = {
	.name = "report sign-text",
	.summary = "the whole text behind the signs at cameras",
	.help = "usage: ward report sign-text [OPTION…] DIR [SOURCE|CAMERA|PLACE]\n\n"
		"What a sign points to (GDPR 13, second layer): data, receivers, rights and to "
		"whom\n"
		"to complain.\n\n" OPTIONS EXITS,
	.run = run_text,
};
const struct ward_cmd ward_cmd_report_dpia = {
	.name = "report dpia",
	.summary = "a draft of the data protection impact assessment",
	.help = "usage: ward report dpia [OPTION…] DIR\n\n"
		"From the register, the configuration and the model (GDPR 35(7)): what is done, "
		"why,\n"
		"risks, measures as they are here, what is missing; and, where Ward runs or ran,\n"
		"who assessed it, and what is other since then (docs/transparency.md).\n\n" OPTIONS
		"  --state DIR      what 'ward run' keeps (default: as there)\n" EXITS,
	.run = run_dpia,
};
const struct ward_cmd ward_cmd_report_ethics = {
	.name = "report ethics",
	.summary = "what each analytic can't do, and how often it was wrong",
	.help = "usage: ward report ethics [OPTION…] DIR [NOTE]\n\n"
		"Of each analytic: what it does, what it can't, what a mistake costs whom, and "
		"the\n"
		"numbers that were measured, by which command and when "
		"(content/ethics).\n\n" OPTIONS EXITS,
	.run = run_ethics,
};
const struct ward_cmd ward_cmd_report_register = {
	.name = "report register",
	.summary = "the record of processing, with the processors",
	.help = "usage: ward report register [OPTION…] DIR\n\n"
		"The hospital's record of processing (GDPR 30): what of people is read here, why, "
		"by\n"
		"which right, for how long, who gets it; each processor with its contract (GDPR "
		"28);\n"
		"what does not run and what it lacks (docs/processing.md). No legal "
		"advice.\n\n" OPTIONS EXITS,
	.run = run_register,
};
const struct ward_cmd ward_cmd_report_works = {
	.name = "report works-council",
	.summary = "what is and is not watched, for the staff's representatives",
	.help = "usage: ward report works-council [OPTION…] DIR\n\n"
		"From the register: what runs and has data of people, for how long, by which\n"
		"agreement; what does not run; what is never done "
		"(docs/processing.md).\n\n" OPTIONS EXITS,
	.run = run_works,
};
