#include "api/api.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/kept.h"
#include "cli/speak.h"
#include "conf/conf.h"
#include "reckon/back.h"
#include "run/cell.h"

#include <stdio.h>

enum { ARENA_BYTES = 256 << 20, OUT_BYTES = 256 << 20 };

#define CELL WARD_API_PATH "crisis"
#define REPORT WARD_API_PATH "crisis/situation-report"

/* The picture that the console has, of the same rows. */
struct show {
	const struct ward_cmd *cmd;
	const char *hospital, *state, *lang_option, *content;
	bool json;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_lang *lang;
	struct ward_arena arena;
	struct ward_cell cell;
	struct ward_rules *rules; /* by which the order of recovery is planned */
	struct ward_engine *engine;
	struct ward_works *works;
	struct ward_cli_kept kept;
	struct ward_api *api; /* once it is known whether it is played */
	enum ward_err err;
};

static enum ward_err begin(struct show *s)
{
	const struct ward_api_opts o = {.mem = ward_mem_heap(),
		.model = s->m,
		.lim = &s->lim,
		.lang = &s->lang,
		.n_lang = s->lang != NULL,
		.cell = s->cell.is,
		.exercise = s->kept.played,
		.tells = true,
		.acts = true};

	return s->api ? WARD_OK : ward_api_new(&o, &s->api);
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct show *s = ctx;

	if (!s->err)
		s->err = begin(s);
	if (!s->err)
		s->err = ward_api_take(s->api, row);
}

/* The order of recovery, which the process `reckon` plans for the console. */
static bool plan(struct show *s, struct ward_str question)
{
	const struct ward_recover_world world = {s->m, s->rules, s->works, s->engine};
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct ward_json j = ward_json_on(&text);
	struct ward_rd rd = ward_rd_slice(ward_str_bytes(question));
	struct ward_reckon_ask ask;
	const char *why = NULL;
	enum ward_err err = ward_reckon_get(&rd, &ask);

	if (!err) {
		err = ward_reckon_back(&world, &ask, ward_mem_heap(), &j, &why);
		const struct ward_reckoned said = {err,
			err ? ward_str_z(why ? why : ward_err_text(err)) : ward_wr_text(&text), 0};

		err = ward_api_reckoned(s->api, question, &said);
	}
	ward_wr_fini(&text);
	return err == WARD_OK;
}

/* An answer to who may see all. */
static bool ask(struct show *s, const char *path, struct ward_wr *w)
{
	const struct ward_api_who who = {.person = WARD_STR("-"), .rights = WARD_RIGHTS_ALL};
	const struct ward_api_ask a = {.method = WARD_STR("GET"),
		.path = ward_str_z(path),
		.lang = s->lang ? ward_lang_code(s->lang) : WARD_STR("en"),
		.who = &who,
		.now = ward_clock_now(ward_clock_system())};
	struct ward_api_answer is;
	size_t before = w->len;

	ward_api_answer(s->api, &a, w, &is);
	if (!is.question.len)
		return is.status == 200 && !ward_wr_bad(w);
	/* what the console shows once it is planned */
	if (!plan(s, is.question))
		return false;
	w->len = before;
	ward_api_answer(s->api, &a, w, &is);
	return is.status == 200 && !ward_wr_bad(w);
}

/* Its lines, out of the report. */
static bool put_text(struct show *s, struct ward_wr *w)
{
	struct ward_wr report = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	bool ok =
		ask(s, REPORT, &report) && ward_conf_json(&s->arena, &s->lim, WARD_STR("report"), 1,
						   ward_wr_slice(&report), &diag, &c) == WARD_OK;

	if (ok)
		ward_wr_str(w, ward_conf_word(c, "text"));
	ward_diag_fini(&diag);
	ward_wr_fini(&report);
	return ok;
}

static bool put_json(struct show *s, struct ward_wr *w)
{
	bool ok = ask(s, CELL, w);

	ward_wr_ch(w, '\n');
	ok = ok && ask(s, REPORT, w);
	ward_wr_ch(w, '\n');
	return ok;
}

static enum ward_err load_rules(struct show *s, const char *content)
{
	const struct ward_mem *mem = ward_mem_heap();
	struct ward_diag diag;
	char dir[PATH_MAX];

	(void)snprintf(dir, sizeof(dir), "%.4000s/propagation", content);
	ward_diag_init(&diag, mem);
	enum ward_err err = ward_rules_load(dir, s->m, &s->lim, mem, &diag, &s->rules);

	ward_diag_fini(&diag);
	return err ? err : ward_engine_new(s->m, s->rules, &s->lim, mem, &s->engine);
}

static int load(struct show *s)
{
	const char *content = ward_cli_content(s->cmd, s->content);
	const struct ward_cell_in in = {s->hospital, content, s->m, &s->lim, &s->arena};

	if (!content)
		return WARD_EXIT_RUN;
	enum ward_err err = ward_cell_load(&in, &s->cell);

	if (!err)
		err = load_rules(s, content);
	if (!err)
		err = ward_reckon_works(
			s->hospital, content, s->m, &s->lim, ward_mem_heap(), &s->works);
	return err ? ward_cli_fail(s->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

static int show(struct show *s, struct ward_wr *w)
{
	char state[PATH_MAX];
	int rc = ward_cli_decide_state(s->cmd, s->hospital, s->state, state);

	if (!rc)
		rc = ward_cli_speak(s->cmd, s->hospital, s->lang_option, &s->lim, &s->m, &s->lang);
	if (!rc)
		rc = load(s);
	if (!rc)
		rc = ward_cli_kept(s->cmd, state, WARD_STR(""), on_row, s, &s->kept);
	if (!rc && !s->err)
		s->err = begin(s);
	if (!rc && s->err)
		rc = ward_cli_fail(s->cmd, "%s", ward_err_text(s->err));
	if (!rc && s->kept.played)
		fputs("(played: nothing of it is real)\n", stderr);
	if (!rc && !(s->json ? put_json(s, w) : put_text(s, w)))
		rc = ward_cli_fail(s->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	if (!rc && !ward_cli_put(w, stdout))
		rc = WARD_EXIT_RUN;
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct show s = {.cmd = cmd};
	const struct ward_cli_opt opt[] = {{"--json", NULL, &s.json}, {"--state", &s.state, NULL},
		{"--lang", &s.lang_option, NULL}, {"--content", &s.content, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &s.hospital, NULL, NULL, NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	int rc = ward_cli_args(cmd, argc, argv, &args);

	ward_limits_default(&s.lim);
	ward_arena_init(&s.arena, ward_mem_heap(), ARENA_BYTES);
	if (!rc && !s.hospital)
		rc = ward_cli_usage(cmd, "give the hospital directory");
	if (!rc)
		rc = show(&s, &w);
	ward_api_free(s.api);
	ward_works_free(s.works);
	ward_engine_free(s.engine);
	ward_rules_free(s.rules);
	ward_wr_fini(&w);
	ward_arena_fini(&s.arena);
	ward_lang_free(s.lang);
	ward_model_free(s.m);
	return rc;
}

const struct ward_cmd ward_cmd_crisis = {
	.name = "crisis",
	.summary = "the situation report of the crisis cell: facts, forecast, decisions, tasks",
	.help = "usage: ward crisis [--json] [--lang CODE] [--state DIR] [--content DIR] "
		"HOSPITAL\n\n"
		"The situation as lines to read out or to print: level of alert, what has "
		"happened,\n"
		"what care may be lost and when, what is decided and what is not, who does what, "
		"who\n"
		"was called in, in which order to bring things back (docs/crisis.md). By the user "
		"of\n"
		"'ward run', or root; also while Ward is stopped.\n\n"
		"  --json         the crisis cell, then the report, one object a line\n"
		"  --lang CODE    the language: en, fr, it, nl\n"
		"  --state DIR    what 'ward run' keeps\n"
		"  --content DIR  rules and works (else $WARD_CONTENT, else the built-in place)\n\n"
		"Exit: 0 done, 1 the hospital has problems, 2 usage, 3 could not run.\n",
	.run = run,
};
