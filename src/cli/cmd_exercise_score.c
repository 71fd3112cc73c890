#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/playbooks.h"
#include "cli/scored.h"
#include "debrief/write.h"
#include "report/pdf.h"
#include "report/plain.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OUT_MAX = 256 << 20 };

struct score {
	const struct ward_cmd *cmd;
	const char *dir, *content, *lang_option, *out;
	enum format { TEXT, JSON, MARKDOWN, PDF } format;
	char hospital[PATH_MAX];
	struct ward_cli_playbooks playbooks; /* with the language */
	struct ward_playbooks can_begin;
	struct ward_doc doc;
	struct ward_wr w;
	size_t n, n_held;
};

static int option(struct score *s, const char *name, const char *value)
{
	static const char *const format[] = {"text", "json", "markdown", "pdf"};

	if (strcmp(name, "--content") == 0) {
		s->content = value;
	} else if (strcmp(name, "--lang") == 0) {
		s->lang_option = value;
	} else if (strcmp(name, "--out") == 0) {
		s->out = value;
	} else {
		for (unsigned i = 0; i < WARD_ARRAY_LEN(format); i++)
			if (strcmp(value, format[i]) == 0) {
				s->format = (enum format)i;
				return WARD_EXIT_DONE;
			}
		return ward_cli_usage(
			s->cmd, "--format %s: it is text, json, markdown or pdf", value);
	}
	return WARD_EXIT_DONE;
}

static int parse(struct score *s, int argc, char **argv)
{
	static const char *const known[] = {"--content", "--lang", "--out", "--format"};
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		bool is = false;

		for (size_t k = 0; k < WARD_ARRAY_LEN(known); k++)
			is |= strcmp(argv[i], known[k]) == 0;
		if (is && i + 1 == argc)
			return ward_cli_usage(s->cmd, "%s needs a value", argv[i]);
		if (is) {
			code = option(s, argv[i], argv[i + 1]);
			i++;
		} else if (argv[i][0] == '-') {
			return ward_cli_usage(s->cmd, "'%s' is not an option", argv[i]);
		} else if (s->dir) {
			return ward_cli_usage(s->cmd, "one hospital or scenario at a time");
		} else {
			s->dir = argv[i];
		}
	}
	if (code)
		return code;
	return s->dir ? WARD_EXIT_DONE
		      : ward_cli_usage(s->cmd, "give HOSPITAL or HOSPITAL/scenarios/NAME");
}

static bool has(const char *dir, const char *file)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, file);

	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* The hospital that was named, or in which the scenario lies. */
static int find_hospital(struct score *s, bool *ret_one)
{
	*ret_one = has(s->dir, "scenario.yml");
	if (!realpath(s->dir, s->hospital)) {
		(void)ward_cli_fail(s->cmd, "'%s': %s", s->dir, strerror(errno));
		return WARD_EXIT_USAGE;
	}
	for (int i = 0; *ret_one && i < 2; i++) {
		char *slash = strrchr(s->hospital, '/');

		if (slash)
			*slash = 0;
	}
	if (has(s->hospital, "hospital.yml"))
		return WARD_EXIT_DONE;
	(void)ward_cli_fail(s->cmd,
		"'%s' is neither a hospital's directory nor a folder in its scenarios: give "
		"HOSPITAL or HOSPITAL/scenarios/NAME",
		s->dir);
	return WARD_EXIT_USAGE;
}

static void put(struct score *s, const struct ward_debrief_score *score, bool one)
{
	s->n++;
	s->n_held += score->held;
	if (s->format == JSON) {
		ward_debrief_json(score, &s->w);
		ward_wr_ch(&s->w, '\n');
	} else if (one) {
		ward_debrief_tell(score, s->playbooks.lang, &s->doc);
	} else {
		if (s->n == 1)
			ward_debrief_tell_head(s->playbooks.lang, &s->doc);
		ward_debrief_tell_row(score, s->playbooks.lang, &s->doc);
	}
}

static int score_one(struct score *s, const char *scenario, bool one)
{
	struct ward_cli_scored *x = calloc(1, sizeof(*x));

	if (!x)
		return ward_cli_fail(s->cmd, "out of memory");
	x->cmd = s->cmd;
	x->hospital = s->hospital;
	x->scenario = scenario;
	x->content_option = s->content;
	x->playbooks = &s->can_begin;
	int code = ward_cli_scored_run(x);

	if (!code)
		put(s, x->score, one);
	ward_cli_scored_fini(x);
	free(x);
	return code;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int score_all(struct score *s)
{
	char folder[PATH_MAX + 16], path[PATH_MAX + 300];
	struct dirent **entry;
	int code = WARD_EXIT_DONE;

	(void)snprintf(folder, sizeof(folder), "%s/scenarios", s->hospital);
	int n = scandir(folder, &entry, visible, alphasort);

	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		if (!code && has(path, "scenario.yml"))
			code = score_one(s, path, false);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (code || s->n)
		return code;
	(void)ward_cli_fail(
		s->cmd, "'%s' has no scenarios: docs/scenarios.md says how they are made", s->dir);
	return WARD_EXIT_USAGE;
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 100;
}

static enum ward_err render(struct score *s)
{
	const struct ward_pdf_how how = {.lang = s->playbooks.lang,
		.made = 0,
		.foot = ward_model_hospital(s->playbooks.m)->name};

	if (s->format == PDF)
		return ward_doc_pdf(&s->doc, &how, &s->w);
	if (s->format == MARKDOWN)
		ward_doc_markdown(&s->doc, &s->w);
	else if (s->format == TEXT)
		ward_doc_plain(&s->doc, columns(), !s->out && ward_cli_colour(stdout), &s->w);
	return s->doc.err;
}

static int put_out(struct score *s)
{
	enum ward_err err = render(s);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(s->cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	if (err || ward_wr_bad(&s->w))
		return ward_cli_fail(s->cmd, "%s", ward_err_text(err ? err : WARD_ERR_NOMEM));
	if (!s->out)
		return ward_cli_put(&s->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	FILE *f = fopen(s->out, "we");
	bool wrote = f && ward_cli_put(&s->w, f);

	if (f && fclose(f) != 0)
		wrote = false;
	return wrote ? WARD_EXIT_DONE
		     : ward_cli_fail(s->cmd, "cannot write '%s': %s", s->out, strerror(errno));
}

static int score(struct score *s)
{
	bool one;
	int code = find_hospital(s, &one);

	if (code)
		return code;
	s->playbooks = (struct ward_cli_playbooks){.cmd = s->cmd,
		.dir = s->hospital,
		.content = s->content,
		.lang_option = s->lang_option};
	code = ward_cli_playbooks_load(&s->playbooks);
	if (code)
		return code;
	s->can_begin = (struct ward_playbooks){.item = s->playbooks.item, .n = s->playbooks.n};
	ward_doc_init(&s->doc, ward_lang_code(s->playbooks.lang));
	code = one ? score_one(s, s->dir, true) : score_all(s);
	if (!code)
		code = put_out(s);
	ward_doc_fini(&s->doc);
	return code ? code : s->n_held == s->n ? WARD_EXIT_DONE : WARD_EXIT_INPUT;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct score *s = calloc(1, sizeof(*s));
	int code;

	if (!s)
		return ward_cli_fail(cmd, "out of memory");
	s->cmd = cmd;
	s->w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = parse(s, argc, argv);
	if (!code)
		code = score(s);
	if (s->playbooks.cmd)
		ward_cli_playbooks_fini(&s->playbooks);
	ward_wr_fini(&s->w);
	free(s);
	return code;
}

const struct ward_cmd ward_cmd_exercise_score = {
	.name = "exercise score",
	.summary = "how well a scenario is seen, by the truth that it says",
	.help = "usage: ward exercise score [--format FORMAT] [--lang CODE] [--out FILE]\n"
		"                           [--content DIR] HOSPITAL[/scenarios/NAME]\n\n"
		"Puts the scenario's recording through the whole pipeline, as `ward replay` does, "
		"and\n"
		"holds what was told against the truth that the scenario says (docs/scenarios.md): "
		"of\n"
		"each step whether it was seen, by what and how soon; whether the signs became "
		"one\n"
		"incident without strangers in it; the care that was forecast against the care "
		"that\n"
		"is lost; who was told and when; and what falls short, with the reason. Of a "
		"hospital\n"
		"a table over all its scenarios (docs/scoring.md).\n\n"
		"  --format FORMAT  text (default), json, markdown or pdf\n"
		"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                   hospital's languages)\n"
		"  --out FILE       there instead of standard output\n"
		"  --content DIR    rules, threats and words (default: beside the program)\n\n"
		"Exit codes: 0 all that the truth asks for is held, 1 something falls short, 2 "
		"wrong\n"
		"usage, or hospital or scenario have problems (reported), 3 could not run.\n",
	.run = run,
};
