#include "base/clock.h"
#include "base/fd.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/paths.h"
#include "cli/playbooks.h"
#include "cli/scenarios.h"
#include "cli/scored_played.h"
#include "debrief/past.h"
#include "debrief/write.h"
#include "pilot/tell.h"
#include "report/pdf.h"
#include "report/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OUT_MAX = 256 << 20 };

struct score {
	const struct ward_cmd *cmd;
	const char *content, *lang_option, *out, *keep, *of, *forms, *policy, *played, *life, *json;
	enum format { TEXT, JSON, MARKDOWN, PDF } format;
	struct ward_cli_scenarios at;
	enum ward_cli_without without;
	bool timed, unsaved;
	ward_ns answered;
	struct ward_cli_playbooks playbooks; /* with the language */
	struct ward_playbooks can_begin;
	struct ward_doc doc;
	struct ward_wr w, kept,
		beside; /* the document; what is kept; the scores as JSON, beside it */
	size_t n, n_held;
	char seed[WARD_CLI_LIFE_DRAWN];
};

/* The place of a word in a list; n: it is not there. */
static unsigned word_of(const char *const *list, unsigned n, const char *word)
{
	unsigned i = 0;

	while (i < n && strcmp(list[i], word) != 0)
		i++;
	return i;
}

static const char *const without[WARD_WITHOUT_N] = {
	"nothing", "cyber", "physical", "place", "impact"};

static int option(struct score *s, const char *name, const char *value)
{
	static const char *const format[] = {"text", "json", "markdown", "pdf"};
	unsigned f = word_of(format, WARD_ARRAY_LEN(format), value);
	unsigned w = word_of(without, WARD_WITHOUT_N, value);

	if (strcmp(name, "--content") == 0)
		s->content = value;
	else if (strcmp(name, "--lang") == 0)
		s->lang_option = value;
	else if (strcmp(name, "--out") == 0)
		s->out = value;
	else if (strcmp(name, "--keep") == 0)
		s->keep = value;
	else if (strcmp(name, "--of") == 0)
		s->of = value;
	else if (strcmp(name, "--forms") == 0)
		s->forms = value;
	else if (strcmp(name, "--policy") == 0)
		s->policy = value;
	else if (strcmp(name, "--played") == 0)
		s->played = value;
	else if (strcmp(name, "--life") == 0)
		s->life = value;
	else if (strcmp(name, "--json") == 0)
		s->json = value;
	else if (strcmp(name, "--answered") == 0) {
		if (ward_duration_parse(ward_str_z(value), &s->answered) != WARD_OK)
			return ward_cli_usage(
				s->cmd, "--answered %s: it is a time, such as 2min", value);
	} else if (strcmp(name, "--format") == 0 && f < WARD_ARRAY_LEN(format))
		s->format = (enum format)f;
	else if (strcmp(name, "--without") == 0 && w < WARD_WITHOUT_N)
		s->without = (enum ward_cli_without)w;
	else
		return ward_cli_usage(s->cmd, "%s %s: it is %s", name, value,
			strcmp(name, "--format") == 0
				? "text, json, markdown or pdf"
				: "cyber, physical, place, impact or nothing");
	return WARD_EXIT_DONE;
}

static int parse(struct score *s, int argc, char **argv)
{
	static const char *const known[] = {"--content", "--lang", "--out", "--format", "--without",
		"--keep", "--of", "--answered", "--forms", "--policy", "--played", "--life",
		"--json"};
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
		} else if (strcmp(argv[i], "--timed") == 0) {
			s->timed = true;
		} else if (strcmp(argv[i], "--unsaved") == 0) {
			s->unsaved = true;
		} else if (argv[i][0] == '-') {
			return ward_cli_usage(s->cmd, "'%s' is not an option", argv[i]);
		} else if (s->at.dir) {
			return ward_cli_usage(s->cmd, "one hospital or scenario at a time");
		} else {
			s->at.dir = argv[i];
		}
	}
	if (code)
		return code;
	if (s->policy && s->answered != WARD_NS_NEVER)
		return ward_cli_usage(s->cmd, "--answered or --policy: the policy says it by role");
	if (s->played && (s->policy || s->answered != WARD_NS_NEVER || s->without || s->life))
		return ward_cli_usage(s->cmd, "--played: what was done is on record; leave "
					      "--answered, --policy, --life and --without out");
	if (s->life) {
		code = ward_cli_life_seed(s->cmd, &s->life, s->seed);
		if (code)
			return code;
	}
	return s->at.dir ? WARD_EXIT_DONE
			 : ward_cli_usage(s->cmd, "give HOSPITAL or HOSPITAL/scenarios/NAME");
}

static void keep(struct score *s, const struct ward_debrief_score *score)
{
	enum { NAMED = 6 /* bytes of the hash, as `ward check` shows it */ };
	uint8_t hash[32];
	char model[32];
	struct ward_wr version = ward_wr_fixed(model, sizeof(model));

	ward_model_hash(score->scenario->model, hash);
	ward_wr_hex(&version, ward_slice_of(hash, NAMED));
	const struct ward_debrief_stamp stamp = {.time = ward_clock_now(ward_clock_system()),
		.of = ward_str_z(s->of ? s->of : ""),
		.ward = WARD_STR(WARD_VERSION),
		.model = ward_wr_text(&version),
		.without = ward_str_z(without[s->without])};

	ward_debrief_keep(score, &stamp, &s->kept);
	ward_wr_ch(&s->kept, '\n');
}

/* What was kept of all, behind what the file has, at once. */
static int put_kept(struct score *s)
{
	int fd = open(s->keep, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	bool wrote = fd >= 0 && !ward_wr_bad(&s->kept) &&
		     ward_fd_write(fd, ward_wr_slice(&s->kept)) && fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		wrote = false;
	return wrote ? WARD_EXIT_DONE
		     : ward_cli_fail(s->cmd, "cannot write '%s': %s", s->keep, strerror(errno));
}

static void put(struct score *s, const struct ward_debrief_score *score)
{
	s->n++;
	s->n_held += score->held;
	if (s->keep)
		keep(s, score);
	if (s->json) {
		ward_debrief_json(score, &s->beside);
		ward_wr_ch(&s->beside, '\n');
	}
	if (s->format == JSON) {
		ward_debrief_json(score, &s->w);
		ward_wr_ch(&s->w, '\n');
	} else if (s->at.one) {
		ward_debrief_tell(score, s->playbooks.lang, &s->doc);
	} else {
		if (s->n == 1)
			ward_debrief_tell_head(s->playbooks.lang, &s->doc);
		ward_debrief_tell_row(score, s->playbooks.lang, &s->doc);
	}
}

static int score_one(void *ctx, const char *scenario)
{
	struct score *s = ctx;
	struct ward_cli_scored *x = calloc(1, sizeof(*x));

	if (!x)
		return ward_cli_fail(s->cmd, "out of memory");
	x->cmd = s->cmd;
	x->without = s->without;
	x->answered = s->answered;
	x->policy = s->policy;
	x->played = s->played;
	x->life = s->life;
	x->timed = s->timed;
	x->unsaved = s->unsaved;
	x->hospital = s->at.hospital;
	x->scenario = scenario;
	x->alone = s->at.one;
	x->content_option = s->content;
	x->playbooks = &s->can_begin;
	int code = ward_cli_scored_run(x);

	if (!code)
		put(s, x->score);
	if (!code && s->played && s->format != JSON)
		ward_cli_scored_played_tell(x, s->playbooks.lang, &s->doc);
	ward_cli_scored_fini(x);
	free(x);
	return code;
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

static int put_file(struct score *s, const char *path, struct ward_wr *w)
{
	FILE *f = fopen(path, "we");
	bool wrote = f && !ward_wr_bad(w) && ward_cli_put(w, f);

	if (f && fclose(f) != 0)
		wrote = false;
	return wrote ? WARD_EXIT_DONE
		     : ward_cli_fail(s->cmd, "cannot write '%s': %s", path, strerror(errno));
}

static int put_out(struct score *s)
{
	enum ward_err err = render(s);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(s->cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	if (err || ward_wr_bad(&s->w))
		return ward_cli_fail(s->cmd, "%s", ward_err_text(err ? err : WARD_ERR_NOMEM));
	return s->out                        ? put_file(s, s->out, &s->w)
	       : ward_cli_put(&s->w, stdout) ? WARD_EXIT_DONE
					     : WARD_EXIT_RUN;
}

/* What staff said afterwards, behind the score. */
static int put_forms(struct score *s)
{
	struct ward_pilot p;
	struct ward_pilot_report r;
	struct ward_diag diag;

	ward_pilot_init(&p, ward_mem_heap());
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_pilot_load_forms(&p, s->forms, &s->playbooks.lim, &diag);
	int code = WARD_EXIT_DONE;

	if (!err)
		err = ward_pilot_reckon(&p, ward_mem_heap(), &r);
	if (!err)
		ward_pilot_tell_forms(&r, s->playbooks.lang, &s->doc);
	else
		code = ward_cli_report_in(s->cmd, err, s->forms, &diag, s->playbooks.lang, &s->w);
	ward_diag_fini(&diag);
	ward_pilot_fini(&p);
	return code == WARD_EXIT_INPUT ? WARD_EXIT_USAGE : code;
}

static int score(struct score *s)
{
	int code = ward_cli_scenarios_find(&s->at);

	if (code)
		return code;
	if (s->played && !s->at.one)
		return ward_cli_usage(s->cmd, "--played goes with one scenario");
	if (s->forms && (!s->at.one || s->format == JSON))
		return ward_cli_usage(s->cmd, "--forms goes with one scenario's document");
	s->playbooks = (struct ward_cli_playbooks){.cmd = s->cmd,
		.dir = s->at.hospital,
		.content = s->content,
		.lang_option = s->lang_option};
	code = ward_cli_playbooks_load(&s->playbooks);
	if (code)
		return code;
	s->can_begin = (struct ward_playbooks){.item = s->playbooks.item, .n = s->playbooks.n};
	ward_doc_init(&s->doc, ward_lang_code(s->playbooks.lang));
	code = ward_cli_scenarios_each(&s->at, score_one, s);
	if (!code && s->forms)
		code = put_forms(s);
	if (!code)
		code = put_out(s);
	if (!code && s->json)
		code = put_file(s, s->json, &s->beside);
	if (!code && s->keep)
		code = put_kept(s);
	ward_doc_fini(&s->doc);
	return code ? code : s->n_held == s->n ? WARD_EXIT_DONE : WARD_EXIT_INPUT;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct score *s = calloc(1, sizeof(*s));
	int code;

	if (!s)
		return ward_cli_fail(cmd, "out of memory");
	s->cmd = s->at.cmd = cmd;
	s->answered = WARD_NS_NEVER;
	s->w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	s->kept = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	s->beside = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = parse(s, argc, argv);
	if (!code)
		code = score(s);
	if (s->playbooks.cmd)
		ward_cli_playbooks_fini(&s->playbooks);
	ward_wr_fini(&s->w);
	ward_wr_fini(&s->kept);
	ward_wr_fini(&s->beside);
	free(s);
	return code;
}

const struct ward_cmd ward_cmd_exercise_score = {
	.name = "exercise score",
	.summary = "how well a scenario is seen, by the truth that it says",
	.help = "usage: ward exercise score [--format FORMAT] [--lang CODE] [--out FILE]\n"
		"                           [--without PART] [--answered TIME | --policy FILE]\n"
		"                           [--keep FILE [--of TEXT]] [--forms DIR] [--played "
		"STATE]\n"
		"                           [--life SEED] [--timed] [--unsaved] [--json FILE]\n"
		"                           [--content DIR] "
		"HOSPITAL[/scenarios/NAME]\n\n"
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
		"  --without PART   as if Ward lacked it: cyber or physical (what such sources "
		"say),\n"
		"                   place (linking by neighbourhood), impact (forecasts and "
		"linking by\n"
		"                   cause)\n"
		"  --answered TIME  whoever is asked to acknowledge does so that long after the "
		"message;\n"
		"                   without it nobody answers, and ladders are climbed to their "
		"end\n"
		"  --policy FILE    roles played by policy instead: what each does, and how long "
		"after\n"
		"                   the message (docs/scoring.md)\n"
		"  --keep FILE      append the marks of each scenario to this file, for\n"
		"                   `ward exercise history`\n"
		"  --of TEXT        what was scored, kept with them: a commit\n"
		"  --forms DIR      of one scenario: what staff said afterwards, from sus.csv and\n"
		"                   tlx.csv there (`ward pilot form`), at the end of the document\n"
		"  --played STATE   of one scenario: its last play with this state folder instead "
		"of "
		"the\n"
		"                   recording, with what people decided and how it was led\n"
		"                   (docs/exercise.md)\n"
		"  --life SEED      with ordinary life beside the recording (docs/exercise.md); "
		"'-' "
		"draws\n"
		"                   a seed, and tells it\n"
		"  --timed          measure here how long a forecast of the story's incident "
		"takes, to\n"
		"                   set it beside what was published; differs from run to run\n"
		"  --unsaved        do not reckon what it saves to be told: a fifth less time, "
		"for\n"
		"                   who looks at the marks alone\n"
		"  --json FILE      the scores as JSON there, too, beside the document\n"
		"  --content DIR    rules, threats and words (default: beside the program)\n\n"
		"Exit codes: 0 all that the truth asks for is held, 1 something falls short, 2 "
		"wrong\n"
		"usage, or hospital or scenario have problems (reported), 3 could not run.\n",
	.run = run,
};
