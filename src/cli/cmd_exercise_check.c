#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/playbooks.h"
#include "cli/rerun.h"
#include "cli/scenarios.h"
#include "exercise/act.h"
#include "exercise/record.h"
#include "range/range.h"
#include "respond/playbook/folder.h"
#include "sense/field/field.h"

#include <limits.h>

enum { OUT_MAX = 16 << 20 };

struct check {
	struct ward_cli_scenarios of;
	const char *content, *code;
	struct ward_cli_rerun rerun; /* the hospital and its rules */
	struct ward_cli_playbooks playbooks;
	struct ward_diag diag;
	/* of the message that is tried */
	const struct ward_scenario *s;
	const struct ward_step *step;
	bool physics; /* the hospital's were looked at */
	size_t n, n_step, n_truth;
};

static bool is_playbook(const struct check *x, struct ward_str word)
{
	for (size_t i = 0; i < x->playbooks.n; i++)
		if (ward_str_eq(ward_playbook_word(x->playbooks.item[i]), word))
			return true;
	return false;
}

/* Rules and playbooks that the truth names, and that are not there. */
static void check_expect(struct check *x, const struct ward_expect *e)
{
	for (size_t i = 0; i < e->n_rule; i++)
		if (ward_ruleset_find(x->rerun.ruleset, e->rule[i]) == WARD_NONE)
			ward_diag_addf(&x->diag, WARD_DIAG_ERROR, x->s->file, 0,
				WARD_TEXT("`expect` names a rule that is not loaded: "
					  "'%.*s'\ngive the `id` of a rule of content "
					  "or of the hospital's rules/"),
				WARD_STR_ARG(e->rule[i]));
	for (size_t i = 0; i < e->n_playbook; i++)
		if (!is_playbook(x, e->playbook[i]))
			ward_diag_addf(&x->diag, WARD_DIAG_ERROR, x->s->file, 0,
				WARD_TEXT("`expect` names a playbook that is not there: "
					  "'%.*s'\ngive one that `ward playbook list` "
					  "shows"),
				WARD_STR_ARG(e->playbook[i]));
}

/* … and that of what a trainer may bring in, and playbooks that branches wait for. */
static void check_names(struct check *x)
{
	const struct ward_lead *l = &x->s->lead;

	check_expect(x, &x->s->expect);
	for (size_t i = 0; i < l->n_inject; i++)
		if (l->inject[i].expect)
			check_expect(x, l->inject[i].expect);
	for (size_t i = 0; i < l->n_branch; i++)
		if (l->branch[i].decided == WARD_LEAD_PLAYBOOK && !is_playbook(x, l->branch[i].of))
			ward_diag_addf(&x->diag, WARD_DIAG_ERROR, x->s->file, l->branch[i].line,
				WARD_TEXT("`when` names a playbook that is not there: "
					  "'%.*s'\ngive one that `ward playbook list` "
					  "shows"),
				WARD_STR_ARG(l->branch[i].of));
}

/* What the field sensor says of a message that it refuses is an event. */
static enum ward_err on_event(void *ctx, const struct ward_event *e)
{
	struct check *x = ctx;
	uint32_t reason = ward_name(&x->rerun.names, WARD_STR("reason"));

	if (ward_str_eqz(ward_name_text(&x->rerun.names, e->class), "field.refused"))
		ward_diag_addf(&x->diag, WARD_DIAG_ERROR, x->s->file, x->step->line,
			WARD_TEXT("the sensor's message is refused by Ward: '%.*s'\nwrite the "
				  "payload as docs/mqtt.md says for its kind"),
			WARD_STR_ARG(ward_event_str(e, reason)));
	return WARD_OK;
}

/* Messages over MQTT, those that can be brought in too, through the sensor that would hear them. */
static enum ward_err check_messages(struct check *x)
{
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &x->rerun.lim,
		.names = &x->rerun.names,
		.counters = &x->rerun.counters,
		.sink = {on_event, x}};
	struct ward_wr payload = ward_wr_grow(o.mem, WARD_ACT_TEXT_MAX);
	struct ward_field_sensor *field;
	char boot[WARD_ACT_BOOT];
	struct ward_str text = ward_act_boot(x->s, x->s->start, boot);
	enum ward_err err = ward_field_new(&o, &field);

	for (size_t i = 0; i < x->s->lead.n_step && !err; i++) {
		char name[WARD_ACT_TOPIC_MAX];
		struct ward_wr topic = ward_wr_fixed(name, sizeof(name));

		x->step = &x->s->step[i];
		if (x->step->act != WARD_ACT_MQTT)
			continue;
		ward_wr_reset(&payload);
		ward_act_topic(x->s, x->step, &topic);
		ward_act_payload(x->step, text, ward_record_time(x->s, x->step), &payload);
		err = ward_field_message(field, ward_wr_text(&topic), ward_wr_slice(&payload),
			ward_record_arrival(x->s, x->step));
	}
	ward_wr_fini(&payload);
	if (field)
		ward_field_free(field);
	return err;
}

/* Whoever lets the physics say what care suffers needs a hospital that they can read. Once. */
static enum ward_err check_physics(struct check *x)
{
	struct ward_range *r = NULL;
	enum ward_err err = WARD_OK;

	if (x->s->expect.reckon_care && !x->physics) {
		err = ward_range_load(x->of.hospital, &x->rerun.lim, ward_mem_heap(), &x->diag, &r);
		x->physics = true;
	}
	ward_range_free(r);
	return err == WARD_ERR_CONFIG ? WARD_OK : err; /* it is among the findings */
}

static void check_program(struct check *x, uint32_t line, const char *program, const char *package)
{
	char path[PATH_MAX];
	struct ward_str rest = ward_str_z(program), word = ward_str_cut(&rest, ' ');

	if (ward_str_starts(word, WARD_STR("{content}")) ||
		ward_stage_find(word, path, sizeof(path)))
		return;
	ward_diag_addf(&x->diag, WARD_DIAG_NOTE, x->s->file, line,
		WARD_TEXT("'%s' is not on this machine: here the step is sent as it was captured"
			  "\ninstall the package %s"),
		program, package);
}

/* Programs of others that the story runs where it is played live. */
static void check_programs(struct check *x)
{
	for (size_t i = 0; i < x->s->n_stand; i++)
		if (x->s->stand[i].serves)
			check_program(x, x->s->stand[i].line, x->s->stand[i].serves->program,
				x->s->stand[i].serves->package);
	for (size_t i = 0; i < x->s->lead.n_step; i++)
		if (x->s->step[i].act == WARD_ACT_TOOL)
			check_program(x, x->s->step[i].line, x->s->step[i].tool.run->program,
				x->s->step[i].tool.run->package);
}

static int check_one(void *ctx, const char *dir)
{
	struct check *x = ctx;
	WARD_AUTO(ward_scenario_freep) struct ward_scenario *s = NULL;
	const struct ward_scenario_in in = {
		x->rerun.model, &x->rerun.lim, ward_mem_heap(), &x->diag, x->rerun.points};
	enum ward_err err = ward_scenario_load(dir, &in, &s);

	x->n++;
	if (err == WARD_ERR_CONFIG)
		return WARD_EXIT_DONE; /* it is among the findings */
	if (!err) {
		x->s = s;
		check_names(x);
		check_programs(x);
		err = check_physics(x);
		if (!err)
			err = check_messages(x);
	}
	if (err)
		return ward_cli_fail(x->of.cmd, "'%s': %s", dir, ward_err_text(err));
	for (size_t i = 0; i < s->n_step; i++)
		x->n_truth += s->step[i].truth != NULL;
	x->n_step += s->n_step;
	return WARD_EXIT_DONE;
}

static int parse(struct check *x, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--content") == 0 ? &x->content
				     : strcmp(argv[i], "--lang") == 0  ? &x->code
								       : NULL;

		if (value && i + 1 == argc)
			return ward_cli_usage(x->of.cmd, "%s needs a value", argv[i]);
		if (value) {
			*value = argv[++i];
		} else if (argv[i][0] == '-') {
			return ward_cli_usage(x->of.cmd, "'%s' is not an option", argv[i]);
		} else if (x->of.dir) {
			return ward_cli_usage(x->of.cmd, "one hospital or scenario at a time");
		} else {
			x->of.dir = argv[i];
		}
	}
	return x->of.dir ? WARD_EXIT_DONE
			 : ward_cli_usage(x->of.cmd, "give HOSPITAL or HOSPITAL/scenarios/NAME");
}

static int load(struct check *x)
{
	x->rerun.dir = x->of.hospital;
	x->rerun.content_option = x->content;
	int code = ward_cli_rerun_load(&x->rerun);

	if (code)
		return x->rerun.diag.n_error ? WARD_EXIT_INPUT : code;
	x->playbooks = (struct ward_cli_playbooks){.cmd = x->of.cmd,
		.dir = x->of.hospital,
		.content = x->content,
		.lang_option = x->code};
	return ward_cli_playbooks_load(&x->playbooks);
}

static int tell(struct check *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_lang *l = x->playbooks.lang;

	ward_diag_sort(&x->diag);
	for (size_t i = 0; i < x->diag.n; i++)
		ward_cli_write_finding(&w, &x->diag.item[i], ward_cli_colour(stdout), l);
	ward_say_n(&w, l, x->n, WARD_TEXT_ONE("{n} scenario"), WARD_TEXT("{n} scenarios"));
	ward_wr_z(&w, ", ");
	ward_say_n(&w, l, x->n_step, WARD_TEXT_ONE("{n} step"), WARD_TEXT("{n} steps"));
	ward_wr_z(&w, ", ");
	ward_say_n(&w, l, x->n_truth, WARD_TEXT_ONE("{n} of them with a truth"),
		WARD_TEXT("{n} of them with a truth"));
	ward_say_colon(&w, l);
	ward_say_n(&w, l, x->diag.n_error, WARD_TEXT_ONE("{n} error"), WARD_TEXT("{n} errors"));
	ward_wr_z(&w, ", ");
	ward_say_n(
		&w, l, x->diag.n_warning, WARD_TEXT_ONE("{n} warning"), WARD_TEXT("{n} warnings"));
	ward_wr_ch(&w, '\n');
	bool put = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return !put ? WARD_EXIT_RUN : x->diag.n_error ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct check x;

	x = (struct check){.of = {.cmd = cmd}};
	ward_cli_rerun_init(&x.rerun, cmd);
	ward_diag_init(&x.diag, ward_mem_heap());
	int code = parse(&x, argc, argv);

	if (!code)
		code = ward_cli_scenarios_find(&x.of);
	if (!code)
		code = load(&x);
	if (!code)
		code = ward_cli_scenarios_each(&x.of, check_one, &x);
	if (!code)
		code = tell(&x);
	if (x.playbooks.cmd)
		ward_cli_playbooks_fini(&x.playbooks);
	ward_cli_rerun_fini(&x.rerun);
	ward_diag_fini(&x.diag);
	return code;
}

const struct ward_cmd ward_cmd_exercise_check = {
	.name = "exercise check",
	.summary = "is a scenario whole, and can what it says be played and scored?",
	.help = "usage: ward exercise check [--content DIR] [--lang CODE] "
		"HOSPITAL[/scenarios/NAME]\n\n"
		"Says of one scenario, or of all of a hospital, what is wrong with it, with file, "
		"line\n"
		"and mend (docs/scenarios.md): what `ward check` says of it; rules and playbooks "
		"that\n"
		"its truth names and that are not there; messages over MQTT that Ward would "
		"refuse;\n"
		"and, as notes and warnings, steps that no sensor of the hospital could notice.\n\n"
		"  --content DIR  rules, threats and playbooks (default: beside the program)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages)\n\n"
		"Exit codes: 0 no error, 1 errors (reported), 2 wrong usage, 3 could not run.\n",
	.run = run,
};
