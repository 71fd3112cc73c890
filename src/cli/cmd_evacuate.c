#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "evacuate/say.h"
#include "model/near.h"

#include <errno.h>

enum { OUT_MAX = 64 << 20, CLOSED_MAX = 64, BUILDINGS = 256 };

struct options {
	const char *dir, *content, *lang, *fire, *threat, *shift, *at, *sheet, *building;
	const char *closed[CLOSED_MAX];
	size_t n_closed;
	int64_t staff;
	bool json;
};

/* All that lives as long as the command. */
struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_diag diag;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_evac *e;
	struct ward_lang *lang;
	struct ward_evac_ask ask;
	struct ward_evac_plan plan;
	bool *closed;
	struct ward_wr w;
};

static int option(const struct ward_cmd *cmd, const char *name, const char *value, void *ctx)
{
	struct options *o = ctx;
	uint64_t n;

	if (strcmp(name, "--closed") == 0) {
		if (o->n_closed == CLOSED_MAX)
			return ward_cli_usage(cmd, "more than %d ways closed", CLOSED_MAX);
		o->closed[o->n_closed++] = value;
		return WARD_EXIT_DONE;
	}
	if (strcmp(name, "--staff") != 0)
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	if (!ward_str_u64(ward_str_z(value), &n) || n > INT32_MAX)
		return ward_cli_usage(cmd, "--staff %s is no number of people", value);
	o->staff = (int64_t)n;
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	o->staff = -1;
	const struct ward_cli_opt opt[] = {{"--fire", &o->fire, NULL},
		{"--threat", &o->threat, NULL}, {"--shift", &o->shift, NULL},
		{"--at", &o->at, NULL}, {"--sheet", &o->sheet, NULL},
		{"--building", &o->building, NULL}, {"--lang", &o->lang, NULL},
		{"--content", &o->content, NULL}, {"--json", NULL, &o->json}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &o->dir, NULL, option, o};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	if (!o->dir)
		return ward_cli_usage(cmd, "the hospital directory is missing");
	if (!o->fire && !o->sheet)
		return ward_cli_usage(cmd, "give --fire ROOM or COMPARTMENT, or --sheet FILE");
	if ((o->staff >= 0) + (o->shift != NULL) + (o->at != NULL) > 1)
		return ward_cli_usage(cmd, "give one of --staff, --shift, --at");
	return WARD_EXIT_DONE;
}

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
	if (!err)
		err = ward_evac_load(content, j->opt.dir, j->m, &j->lim, mem, &j->diag, &j->e);
	if (err == WARD_ERR_NOT_FOUND) {
		(void)ward_cli_fail(j->cmd,
			"%s/" WARD_EVAC_FILE " is not there: Ward does not know how this hospital "
			"is left.\nWrite compartments, doors, stairs, lifts, patients by how they "
			"move, staff by shift,\noxygen shut-offs and the brigade's access: "
			"docs/evacuation.md shows how, and\npilots/turin/" WARD_EVAC_FILE
			" is one. Until then, the hospital's own plan rules.",
			j->opt.dir);
		return WARD_EXIT_INPUT;
	}
	struct ward_cli_lang lang = {j->opt.lang, content, WARD_STR("")};

	if (err)
		return ward_cli_report(j->cmd, err, j->opt.dir, &j->diag, &lang, &j->w);
	lang.hospital = ward_model_hospital(j->m)->language;

	return j->opt.json && !j->opt.lang && !j->opt.sheet
		       ? WARD_EXIT_DONE
		       : ward_cli_lang(j->cmd, &lang, &j->lim, &j->lang);
}

static int unknown(const struct job *j, const char *what, const struct ward_near *near)
{
	return ward_cli_usage(j->cmd, "there is no %s '%.*s'%s%.*s%s", what,
		WARD_STR_ARG(near->want), near->best.len ? "; did you mean '" : "",
		WARD_STR_ARG(near->best), near->best.len ? "'?" : "");
}

static int place(struct job *j)
{
	struct ward_str id = ward_str_z(j->opt.fire);
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(id, &budget);

	j->ask.room = WARD_NONE;
	j->ask.at = ward_evac_find(j->e, id);
	if (j->ask.at != WARD_NONE)
		return WARD_EXIT_DONE;
	uint32_t room = ward_model_find(j->m, id);

	if (room != WARD_NONE && ward_model_node(j->m, room)->kind == WARD_NODE_ROOM) {
		j->ask.room = room;
		j->ask.at = j->e->of[room];
		if (j->ask.at != WARD_NONE)
			return WARD_EXIT_DONE;
		return ward_cli_usage(j->cmd,
			"room '%s' is in no compartment of " WARD_EVAC_FILE
			"; add it to places: of one",
			j->opt.fire);
	}
	for (size_t i = 0; i < j->e->n_compartment; i++)
		ward_near_offer(&near, j->e->compartment[i].id);
	for (uint32_t i = 0; i < ward_model_n(j->m); i++)
		if (ward_model_node(j->m, i)->kind == WARD_NODE_ROOM)
			ward_near_offer(&near, ward_model_node(j->m, i)->id);
	return unknown(j, "room or compartment", &near);
}

static int threat(struct job *j)
{
	j->ask.threat = WARD_EVAC_FIRE;
	if (!j->opt.threat)
		return WARD_EXIT_DONE;
	for (unsigned i = 0; i < WARD_EVAC_THREAT_N; i++)
		if (strcmp(j->opt.threat, ward_evac_threat_name((enum ward_evac_threat)i)) == 0) {
			j->ask.threat = (enum ward_evac_threat)i;
			return WARD_EXIT_DONE;
		}
	return ward_cli_usage(j->cmd, "--threat %s is none of fire, smoke, gas", j->opt.threat);
}

static int people(struct job *j)
{
	struct ward_str rest = ward_str_z(j->opt.at ? j->opt.at : "");
	uint64_t hour, minute;

	if (j->opt.staff > (int64_t)j->e->staff_max - WARD_EVAC_MORE)
		return ward_cli_usage(j->cmd, "--staff %lld is more than %lld",
			(long long)j->opt.staff, (long long)j->e->staff_max - WARD_EVAC_MORE);
	j->ask.staff = j->opt.staff;
	j->ask.shift = ward_evac_shift_at(j->e, SIZE_MAX);
	if (j->opt.at) {
		if (!ward_str_u64(ward_str_cut(&rest, ':'), &hour) ||
			!ward_str_u64(rest, &minute) || hour > 23 || minute > 59)
			return ward_cli_usage(
				j->cmd, "--at %s is no time such as 03:00", j->opt.at);
		j->ask.shift = ward_evac_shift_at(j->e, (size_t)(hour * 60 + minute));
	}
	if (!j->opt.shift)
		return WARD_EXIT_DONE;
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(ward_str_z(j->opt.shift), &budget);

	for (size_t i = 0; i < j->e->n_shift; i++) {
		ward_near_offer(&near, j->e->shift[i].id);
		if (ward_str_eqz(j->e->shift[i].id, j->opt.shift)) {
			j->ask.shift = i;
			return WARD_EXIT_DONE;
		}
	}
	return unknown(j, "shift", &near);
}

static int closed(struct job *j)
{
	size_t budget = SIZE_MAX;

	j->closed = ward_mem_alloc(ward_mem_heap(), j->e->n_way + 1);
	if (!j->closed)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	j->ask.closed = j->closed;
	for (size_t i = 0; i < j->opt.n_closed; i++) {
		struct ward_near near = ward_near_start(ward_str_z(j->opt.closed[i]), &budget);
		size_t k = 0;

		while (k < j->e->n_way && !ward_str_eqz(j->e->way[k].id, j->opt.closed[i]))
			ward_near_offer(&near, j->e->way[k++].id);
		if (k == j->e->n_way)
			return unknown(j, "door, stairs or lift", &near);
		j->closed[k] = true;
	}
	return WARD_EXIT_DONE;
}

static int sheet(struct job *j, const struct ward_evac_say *say)
{
	uint32_t building[BUILDINGS];
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(j->m) && n < BUILDINGS; i++) {
		const struct ward_node *b = ward_model_node(j->m, i);
		bool take = j->opt.building ? ward_str_eqz(b->id, j->opt.building)
			    : say->ask      ? i == j->e->compartment[j->ask.at].building
					    : true;

		if (b->kind == WARD_NODE_BUILDING && take)
			building[n++] = i;
	}
	if (!n) {
		size_t budget = SIZE_MAX;
		struct ward_near near = ward_near_start(
			ward_str_z(j->opt.building ? j->opt.building : "?"), &budget);

		for (uint32_t i = 0; i < ward_model_n(j->m); i++)
			if (ward_model_node(j->m, i)->kind == WARD_NODE_BUILDING)
				ward_near_offer(&near, ward_model_node(j->m, i)->id);
		return unknown(j, "building", &near);
	}
	bool out = strcmp(j->opt.sheet, "-") == 0;
	FILE *f = out ? stdout : fopen(j->opt.sheet, "wb");

	if (!f)
		return ward_cli_fail(j->cmd, "%s: %s", j->opt.sheet, strerror(errno));
	ward_evac_write_sheet(say, building, n);
	bool wrote = ward_cli_put(&j->w, f);

	if (!out && fclose(f) != 0)
		wrote = false;
	return wrote ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int work(struct job *j)
{
	struct ward_evac_say say = {.to = &j->w};
	int code = load(j);

	if (!code && j->opt.fire)
		code = place(j);
	if (!code)
		code = threat(j);
	if (!code)
		code = people(j);
	if (!code)
		code = closed(j);
	if (code)
		return code;
	say.e = j->e;
	say.lang = j->lang;
	if (j->opt.fire) {
		enum ward_err err = ward_evac_make(j->e, &j->ask, ward_mem_heap(), &j->plan);

		if (err == WARD_ERR_LIMIT)
			return ward_cli_fail(j->cmd,
				"too large to plan: over %zu trips or %zu staff, or too many "
				"compartments and ways that are left at once; join some in "
				"evacuation.yml, or raise evacuate.trips or evacuate.staff in "
				"limits.yml",
				j->e->trips_max, j->e->staff_max);
		if (err)
			return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
		say.ask = &j->ask;
		say.plan = &j->plan;
	}
	if (j->opt.sheet)
		code = sheet(j, &say);
	if (code || !j->opt.fire || (j->opt.sheet && strcmp(j->opt.sheet, "-") == 0))
		return code;
	if (j->opt.json)
		ward_evac_write_json(&say);
	else
		ward_evac_write_text(&say);
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_diag_init(&j.diag, ward_mem_heap());
	ward_arena_init(&j.plan.arena, ward_mem_heap(), 0);
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = work(&j);
	ward_evac_plan_fini(&j.plan);
	ward_mem_free(ward_mem_heap(), j.closed, j.e ? j.e->n_way + 1 : 0);
	ward_lang_free(j.lang);
	ward_evac_free(j.e);
	ward_model_free(j.m);
	ward_wr_fini(&j.w);
	ward_diag_fini(&j.diag);
	return code;
}

const struct ward_cmd ward_cmd_evacuate = {
	.name = "evacuate",
	.summary = "who goes where when it burns, in how many minutes, with how many staff",
	.help = "usage: ward evacuate DIR --fire ROOM|COMPARTMENT [--threat fire|smoke|gas]\n"
		"                     [--staff N | --shift ID | --at HH:MM] [--closed ID …]\n"
		"                     [--json] [--sheet FILE.html [--building ID]] [--lang CODE]\n"
		"       ward evacuate DIR --sheet FILE.html [--building ID] [--lang CODE]\n\n"
		"What the hospital's evacuation.yml (docs/evacuation.md) allows: which wards go "
		"into "
		"which\n"
		"compartment (next door first, down only when needed) or stay, in which order, "
		"with "
		"how\n"
		"many staff and in how many minutes; first and loudly, what cannot be done in "
		"time. "
		"Ward\n"
		"proposes: the hospital's own plan and the fire brigade rule. Counts only, no "
		"persons.\n\n"
		"  --fire ID       the room, or the compartment, that must be left\n"
		"  --threat …      fire (default), smoke, or a dangerous gas\n"
		"  --staff N       so many at hand at once, instead of a shift's\n"
		"  --shift ID, --at HH:MM\n"
		"                  whose staff is counted (default: the shift of the fewest)\n"
		"  --closed ID     a door, stairs or a lift that can't be used; more than once\n"
		"  --sheet FILE    one page for the fire brigade for each building, or that of the "
		"fire;\n"
		"                  HTML for A4; - for standard output\n"
		"  --building ID   only that building's page\n"
		"  --lang CODE     en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                  languages); with --json the sheet's\n"
		"  --content DIR   ontology, threats, how fast people move (else $WARD_CONTENT, "
		"else the\n"
		"                  built-in place)\n"
		"  --json          one object per line: unreached, move, stay, way, oxygen, "
		"summary\n\n"
		"Exit: 0 done (also when not all can be brought away in time: read it), 1 the "
		"hospital or\n"
		"evacuation.yml has problems (reported) or there is none, 2 wrong usage or an "
		"unknown id\n"
		"(the nearest is named), 3 could not run.\n",
	.run = run,
};
