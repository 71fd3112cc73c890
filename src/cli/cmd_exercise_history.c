#include "cli/commands.h"
#include "cli/lang.h"
#include "conf/conf.h"
#include "debrief/past.h"
#include "report/plain.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { OUT_MAX = 256 << 20, WIDTH = 100 };

struct history {
	const struct ward_cmd *cmd;
	const char *file, *scenario, *content;
	struct ward_cli_lang in;
	enum format { TEXT, JSON, MARKDOWN } format;
	struct ward_limits lim;
	struct ward_lang *lang;
	struct ward_diag diag;
	struct ward_debrief_past *past;
	struct ward_wr w;
};

static int option(struct history *h, const char *name, const char *value)
{
	static const char *const format[] = {"text", "json", "markdown"};

	if (strcmp(name, "--content") == 0)
		h->content = value;
	else if (strcmp(name, "--lang") == 0)
		h->in.option = value;
	else if (strcmp(name, "--scenario") == 0)
		h->scenario = value;
	else if (strcmp(name, "--format") == 0) {
		unsigned i = 0;

		while (i < WARD_ARRAY_LEN(format) && strcmp(format[i], value) != 0)
			i++;
		if (i == WARD_ARRAY_LEN(format))
			return ward_cli_usage(
				h->cmd, "--format %s: it is text, json or markdown", value);
		h->format = (enum format)i;
	} else
		return ward_cli_usage(h->cmd, "'%s' is not an option", name);
	return WARD_EXIT_DONE;
}

static int parse(struct history *h, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		if (argv[i][0] == '-' && i + 1 == argc)
			return ward_cli_usage(h->cmd, "%s needs a value", argv[i]);
		if (argv[i][0] == '-') {
			code = option(h, argv[i], argv[i + 1]);
			i++;
		} else if (h->file) {
			return ward_cli_usage(h->cmd, "one file at a time");
		} else {
			h->file = argv[i];
		}
	}
	if (code)
		return code;
	return h->file ? WARD_EXIT_DONE : ward_cli_usage(h->cmd, "give the file of --keep");
}

/* WARD_EXIT_USAGE: the file has problems, which were said. */
static int load(struct history *h)
{
	struct ward_arena arena;
	struct ward_slice text = {NULL, 0};

	ward_arena_init(&arena, ward_mem_heap(), ward_limit(&h->lim, WARD_LIMIT_CONF_BYTES) + 1);
	enum ward_err err = ward_debrief_past_new(ward_mem_heap(), &h->lim, &h->past);

	if (!err)
		err = ward_conf_read(&arena, &h->lim, h->file, &h->diag, &text);
	if (!err)
		err = ward_debrief_past_read(h->past, ward_str_z(h->file), text, &h->diag);
	ward_arena_fini(&arena);
	if (!err)
		return WARD_EXIT_DONE;
	int code = ward_cli_report_in(h->cmd, err, h->file, &h->diag, h->lang, &h->w);

	return code == WARD_EXIT_INPUT ? WARD_EXIT_USAGE : code;
}

static bool is_asked(const struct history *h, const struct ward_debrief_track *t)
{
	return !h->scenario || ward_str_eqz(t->scenario, h->scenario);
}

static enum ward_err write_all(struct history *h, const struct ward_debrief_track *t, size_t n)
{
	struct winsize size;
	size_t width =
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : WIDTH;
	struct ward_doc doc;

	for (size_t i = 0; i < n && h->format == JSON; i++) {
		if (!is_asked(h, &t[i]))
			continue;
		ward_debrief_past_json(&t[i], &h->w);
		ward_wr_ch(&h->w, '\n');
	}
	if (h->format == JSON)
		return WARD_OK;
	ward_doc_init(&doc, ward_lang_code(h->lang));
	ward_debrief_past_tell(h->past, h->scenario, h->lang, &doc);
	if (h->format == MARKDOWN)
		ward_doc_markdown(&doc, &h->w);
	else
		ward_doc_plain(&doc, width, ward_cli_colour(stdout), &h->w);
	enum ward_err err = doc.err;

	ward_doc_fini(&doc);
	return err;
}

static int tell(struct history *h)
{
	const struct ward_debrief_track *t;
	size_t n = ward_debrief_past_tracks(h->past, &t), asked = 0, worse = 0;

	for (size_t i = 0; i < n; i++) {
		asked += is_asked(h, &t[i]);
		worse += is_asked(h, &t[i]) && ward_debrief_is_worse(&t[i]);
	}
	if (!asked)
		return ward_cli_usage(h->cmd,
			h->scenario ? "'%s' has no run of '%s'" : "'%s' has no run", h->file,
			h->scenario);
	enum ward_err err = write_all(h, t, n);

	if (err || ward_wr_bad(&h->w))
		return ward_cli_fail(h->cmd, "%s", ward_err_text(err ? err : WARD_ERR_NOMEM));
	if (!ward_cli_put(&h->w, stdout))
		return WARD_EXIT_RUN;
	return worse ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct history h = {.cmd = cmd};
	int code = parse(&h, argc, argv);

	ward_limits_default(&h.lim);
	ward_diag_init(&h.diag, ward_mem_heap());
	h.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	if (!code) {
		h.in.content = ward_cli_content(cmd, h.content);
		code = h.in.content ? ward_cli_lang(cmd, &h.in, &h.lim, &h.lang) : WARD_EXIT_RUN;
	}
	if (!code)
		code = load(&h);
	if (!code)
		code = tell(&h);
	ward_debrief_past_free(h.past);
	ward_lang_free(h.lang);
	ward_diag_fini(&h.diag);
	ward_wr_fini(&h.w);
	return code;
}

const struct ward_cmd ward_cmd_exercise_history = {
	.name = "exercise history",
	.summary = "how the scores of scenarios moved, and which got worse",
	.help = "usage: ward exercise history [--scenario ID] [--format FORMAT] [--lang CODE]\n"
		"                             [--content DIR] FILE\n\n"
		"Reads what `ward exercise score --keep FILE` kept, and says of each scenario what "
		"moved\n"
		"since the run before it: which marks are better, and which are worse "
		"(docs/scoring.md).\n"
		"Runs of variants, and those without a part of Ward, are scenarios of their "
		"own.\n\n"
		"  --scenario ID    all runs of this one\n"
		"  --format FORMAT  text (default), json or markdown\n"
		"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else en)\n"
		"  --content DIR    words (default: beside the program)\n\n"
		"Exit codes: 0 nothing is worse, 1 something is, 2 wrong usage, or rows that can't "
		"be\n"
		"read (reported with line and mend), 3 could not run.\n",
	.run = run,
};
