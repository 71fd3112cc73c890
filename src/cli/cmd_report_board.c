/* `ward report board`: one page a month for whoever governs the hospital. */
#include "cli/proven.h"
#include "proof/board.h"
#include "reckon/reckon.h"

/* What `reckon` says to that, as a tree in the arena; NULL: it says nothing, and less is told. */
static const struct ward_conf *ask(
	struct ward_cli_proven *x, struct ward_reckon *r, const struct ward_reckon_ask *ask)
{
	const struct ward_reckoned said = ward_reckon_answer(r, ask);
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	if (said.err)
		return NULL;
	struct ward_str own = ward_arena_str(&x->is.arena, said.text);

	ward_diag_init(&diag, ward_mem_heap());
	if (!own.p || ward_conf_json(&x->is.arena, &x->is.in.lim, WARD_STR("reckoned"), 1,
			      ward_str_bytes(own), &diag, &c) != WARD_OK)
		c = NULL;
	ward_diag_fini(&diag);
	return c;
}

static void lend(struct ward_cli_proven *x, struct ward_board *b)
{
	struct ward_cli_recorded *in = &x->is.in;
	const struct ward_reckon_opts o = {.dir = in->dir,
		.content = in->content_dir,
		.lim = &in->lim,
		.mem = ward_mem_heap(),
		.lang = &in->lang,
		.n_lang = in->lang ? 1 : 0,
		.diag = &in->diag};
	const struct ward_str lang = in->lang ? ward_lang_code(in->lang) : WARD_STR("");
	struct ward_reckon *r = NULL;

	if (ward_reckon_new(&o, &r) == WARD_OK) {
		const struct ward_conf *risks = ask(x, r,
			&(struct ward_reckon_ask){.what = WARD_RECKON_RISKS,
				.limit = WARD_BOARD_RISKS,
				.lang = lang});
		const struct ward_conf *paths = ask(x, r,
			&(struct ward_reckon_ask){.what = WARD_RECKON_PATHS,
				.budget = WARD_RECKON_WHATEVER,
				.lang = lang});

		ward_board_lend(b, risks, paths);
	}
	ward_reckon_free(r);
}

static int tell(struct ward_cli_proven *x)
{
	struct ward_board b = {.t = ward_cli_proven_tell(x), .processing = x->ask.setup.processing};
	struct ward_doc d;

	lend(x, &b);
	if (strcmp(x->format, "json") == 0) {
		struct ward_json j = ward_json_on(&x->is.w);

		ward_json_obj(&j);
		ward_board_json(&b, &j);
		ward_json_obj_end(&j);
		ward_wr_ch(&x->is.w, '\n');
		return ward_cli_reported_out(&x->is);
	}
	ward_doc_init(&d, ward_lang_code(b.t.lang));
	ward_board_tell(&b, &d);
	int code = ward_cli_proven_put(x, &d, true);

	ward_doc_fini(&d);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct ward_cli_proven x;

	ward_cli_proven_init(&x, cmd);
	return ward_cli_proven_run(&x, argc, argv, "--month", &x.month, tell);
}

const struct ward_cmd ward_cmd_report_board = {
	.name = "report board",
	.summary = "one page a month for the board: what happened, what it must decide",
	.help = "usage: ward report board DIR [FILE…] [--month YYYY-MM] [--format FORMAT]\n"
		"                         [--out FILE] [--at TIME] [--exercise] [--lang CODE]\n"
		"                         [--state DIR] [--content DIR]\n\n"
		"What the board must decide; incidents, harm to care, how quick they were seen "
		"and\n"
		"decided, what the law waits for, looks at recordings and names asked for, "
		"against\n"
		"the month before; the worst risks and the cheapest measures (docs/evidence.md).\n"
		"A PDF of it has one page.\n\n"
		"  --month YYYY-MM  of that month (default: this one)\n"
		"  --format FORMAT  md: Markdown (default), pdf, json: for "
		"programs\n" WARD_CLI_REPORTED_OPTIONS
		"Exit: 0 done, 1 a record has problems (reported), 2 wrong usage, 3 could not "
		"run.\n",
	.run = run,
};
