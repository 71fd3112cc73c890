#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "model/near.h"
#include "plan/plan.h"

enum { OUT_MAX = 256 << 20 };

struct options {
	const char *floor, *dir, *content, *lang;
	bool json, list;
};

/* All that lives as long as the command. */
struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_diag diag;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_plans *plans;
	struct ward_lang *lang;
	struct ward_wr w;
};

static int load(struct job *j)
{
	const struct ward_mem *mem = ward_mem_heap();
	const char *content = ward_cli_content(j->cmd, j->opt.content);

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&j->lim);
	enum ward_err err = ward_model_limits(j->opt.dir, mem, &j->diag, &j->lim);

	if (!err)
		err = ward_model_load(j->opt.dir, content, &j->lim, mem, &j->diag, &j->m);
	if (!err) {
		const struct ward_plan_in in = {j->m, &j->lim, mem, &j->diag};

		err = ward_plans_load(&in, j->opt.dir, &j->plans);
	}
	struct ward_cli_lang lang = {j->opt.lang, content, WARD_STR("")};

	if (err)
		return ward_cli_report(j->cmd, err, j->opt.dir, &j->diag, &lang, &j->w);
	lang.hospital = ward_model_hospital(j->m)->language;

	return j->opt.json && !j->opt.lang ? WARD_EXIT_DONE
					   : ward_cli_lang(j->cmd, &lang, &j->lim, &j->lang);
}

static int unknown(const struct job *j, struct ward_str id)
{
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(id, &budget);

	for (size_t i = 0; i < ward_plans_n(j->plans); i++)
		ward_near_offer(
			&near, ward_model_node(j->m, ward_plans_at(j->plans, i)->floor)->id);
	return ward_cli_usage(j->cmd, "there is no floor '%.*s'%s%.*s%s", WARD_STR_ARG(id),
		near.best.len ? "; did you mean '" : "; see 'ward plan HOSPITAL'",
		WARD_STR_ARG(near.best), near.best.len ? "'?" : "");
}

static void list(struct job *j)
{
	for (size_t i = 0; i < ward_plans_n(j->plans); i++) {
		const struct ward_plan *f = ward_plans_at(j->plans, i);
		const struct ward_node *node = ward_model_node(j->m, f->floor);

		ward_wr_printf(
			&j->w, "%.*s\t%.*s\t", WARD_STR_ARG(node->id), WARD_STR_ARG(node->name));
		ward_say(
			&j->w, j->lang, f->schematic ? WARD_TEXT("schematic") : WARD_TEXT("drawn"));
		ward_wr_ch(&j->w, '\n');
	}
}

static int work(struct job *j)
{
	int code = load(j);

	if (code)
		return code;
	if (!j->opt.floor && j->opt.json) {
		ward_plans_write_json(j->plans, &j->w);
		ward_wr_ch(&j->w, '\n');
	} else if (!j->opt.floor) {
		list(j);
	} else {
		struct ward_str id = ward_str_z(j->opt.floor);
		const struct ward_plan *f = ward_plans_of(j->plans, ward_model_find(j->m, id));

		if (!f)
			return unknown(j, id);
		if (j->opt.json) {
			ward_plan_write_json(j->plans, f, &j->w);
			ward_wr_ch(&j->w, '\n');
		} else {
			ward_plan_write_svg(j->plans, f, j->lang, &j->w);
		}
	}
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	const struct ward_cli_opt opt[] = {{"--lang", &j.opt.lang, NULL},
		{"--content", &j.opt.content, NULL}, {"--json", NULL, &j.opt.json}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &j.opt.dir, NULL, NULL, NULL};
	/* two words at the front: the floor is the first of them */
	bool floor = argc > 2 && argv[1][0] != '-' && argv[2][0] != '-';
	int code = ward_cli_args(cmd, argc - floor, argv + floor, &args);

	if (code)
		return code;
	j.opt.floor = floor ? argv[1] : NULL;
	if (!j.opt.dir)
		return ward_cli_usage(cmd, "the hospital directory is missing");
	ward_diag_init(&j.diag, ward_mem_heap());
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = work(&j);
	ward_plans_free(j.plans);
	ward_lang_free(j.lang);
	ward_model_free(j.m);
	ward_wr_fini(&j.w);
	ward_diag_fini(&j.diag);
	return code;
}

const struct ward_cmd ward_cmd_plan = {
	.name = "plan",
	.summary = "a floor as a picture: rooms, doors, cameras, readers, devices",
	.help = "usage: ward plan FLOOR HOSPITAL [--json] [--lang CODE]\n"
		"       ward plan HOSPITAL [--json]\n\n"
		"Prints the plan of a floor as SVG, for paper and documents: rooms by their zones, "
		"doors with\n"
		"their numbers in the list below, and what stands where. Measures come from the "
		"hospital's\n"
		"plan.csv (docs/plans.md); a floor that it does not draw is laid out from rooms "
		"and "
		"doors\n"
		"alone, which is right in what leads where and invented in measures, and says so. "
		"Without\n"
		"FLOOR: which floors there are, and whether they are drawn.\n\n"
		"  --json          the same for programs\n"
		"  --lang CODE     en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                  languages)\n"
		"  --content DIR   ontology and threats (else $WARD_CONTENT, else the built-in "
		"place)\n\n"
		"Exit: 0 done, 1 the hospital or its plan.csv has problems (reported), 2 wrong "
		"usage "
		"or an\n"
		"unknown floor (the nearest is named), 3 could not run.\n",
	.run = run,
};
