/* Rules of the law that hold for a hospital, and when their clocks would end. */
#include "cli/commands.h"
#include "cli/permit.h"
#include "cli/speak.h"
#include "law/law.h"

#include <inttypes.h>

enum { OUT_BYTES_MAX = 16 << 20 };

struct view {
	struct ward_cli_hospital x; /* the hospital, its zone */
	struct ward_law law;
	ward_ns aware;
	bool json;
};

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	if (t == WARD_NS_NEVER)
		ward_json_null(j);
	else
		ward_json_time(j, t);
}

/* As if all was known, and sent, at that moment; NEVER without one. */
static ward_ns end_of(const struct view *v, const struct ward_law_rule *u)
{
	ward_ns end;

	return v->aware == WARD_NS_NEVER || ward_term_end(&u->due, v->aware, v->law.holiday,
						    v->law.n_holiday, &end) != WARD_OK
		       ? WARD_NS_NEVER
		       : end;
}

static void put_json(const struct view *v, const struct ward_law_rule *u, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "duty");
	ward_json_put_str(&j, "id", u->id);
	ward_json_put_str(&j, "name", u->name);
	ward_json_put_str(&j, "law", u->law);
	ward_json_put_str(&j, "to", u->to);
	ward_json_put_str(&j, "mark", ward_str_z(ward_law_mark_name(u->mark)));
	put_time(&j, "due", end_of(v, u));
	ward_json_key(&j, "when");
	ward_json_arr(&j);
	for (size_t i = 0; i < u->n_when; i++)
		ward_json_str(&j, v->law.fact[u->when[i]].id);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void put_term(const struct ward_term *t, struct ward_wr *w)
{
	static const char *const unit[] = {[WARD_TERM_HOURS] = "h",
		[WARD_TERM_DAYS] = "days",
		[WARD_TERM_WORKING_DAYS] = "working days",
		[WARD_TERM_MONTHS] = "month"};

	if (t->unit == WARD_TERM_NONE)
		ward_wr_z(w, "without undue delay");
	else
		ward_wr_printf(w, "%u %s", t->n, unit[t->unit]);
}

static void put_rule(const struct view *v, const struct ward_law_rule *u, struct ward_wr *w)
{
	static const char *const from[] = {
		"it began", "Ward saw it", "the hospital knows", "sent:", "said to be so:"};
	ward_ns end = end_of(v, u);

	ward_wr_printf(w, "%.*s  %.*s\n  to %.*s, ", WARD_STR_ARG(u->id), WARD_STR_ARG(u->name),
		WARD_STR_ARG(u->to));
	put_term(&u->due, w);
	ward_wr_printf(w, " after %s", from[u->from]);
	if (u->from == WARD_LAW_FROM_SENT)
		ward_wr_printf(w, " %.*s", WARD_STR_ARG(v->law.rule[u->from_of].id));
	if (u->from == WARD_LAW_FROM_FACT)
		ward_wr_printf(w, " %.*s", WARD_STR_ARG(v->law.fact[u->from_of].id));
	if (end != WARD_NS_NEVER) {
		ward_wr_z(w, ": ");
		ward_cli_put_time(w, end);
	}
	ward_wr_printf(w, "\n  %.*s", WARD_STR_ARG(u->law));
	if (u->mark != WARD_LAW_CONFIRMED)
		ward_wr_printf(w, " (%s: verify with counsel)", ward_law_mark_name(u->mark));
	ward_wr_z(w, "\n  when");
	for (size_t i = 0; i < u->n_when; i++)
		ward_wr_printf(
			w, "%s %.*s", i ? "," : "", WARD_STR_ARG(v->law.fact[u->when[i]].id));
	for (size_t i = 0; i < u->n_unless; i++)
		ward_wr_printf(w, "%s %.*s", i ? "," : "; not when",
			WARD_STR_ARG(v->law.fact[u->unless[i]].id));
	ward_wr_z(w, "\n\n");
}

/* From which number on it is so, of what it is made, and who decides. */
static void put_rests(const struct view *v, const struct ward_law_fact *f, struct ward_wr *w)
{
	if (f->measure != WARD_LAW_MEASURE_N) {
		ward_wr_printf(w, "  %-18s   by %s%s%.*s: ", "", ward_law_measure_name(f->measure),
			f->field.len ? " " : "", WARD_STR_ARG(f->field));
		if (f->at_least)
			ward_wr_printf(w, "from %" PRIu64 " on", f->at_least);
		else
			ward_wr_z(w, "no threshold (law.yml, thresholds)");
	}
	if (f->law.len)
		ward_wr_printf(w, "%s%.*s",
			f->measure != WARD_LAW_MEASURE_N ? "; " : "                       ",
			WARD_STR_ARG(f->law));
	if (f->mark > WARD_LAW_CONFIRMED)
		ward_wr_printf(w, " (%s: verify with counsel)",
			ward_law_mark_name((enum ward_law_mark)f->mark));
	ward_wr_z(w, f->law.len || f->measure != WARD_LAW_MEASURE_N ? "\n" : "");
	for (size_t i = 0; i < f->n_any; i++)
		ward_wr_printf(w, "%s%.*s", i ? ", " : "                       of these one: ",
			WARD_STR_ARG(v->law.fact[f->any[i]].id));
	ward_wr_z(w, f->n_any ? f->judge ? "; a person decides\n" : "\n" : "");
}

static void put_facts(const struct view *v, struct ward_wr *w)
{
	ward_wr_z(w, "They hang on:\n");
	for (size_t i = 0; i < v->law.n_fact; i++) {
		const struct ward_law_fact *f = &v->law.fact[i];

		if (!ward_law_is_asked(&v->law, i))
			continue;
		ward_wr_printf(w, "  %-18.*s %.*s\n", WARD_STR_ARG(f->id), WARD_STR_ARG(f->ask));
		put_rests(v, f, w);
	}
	ward_wr_z(w, "\nAn aid for those who answer for it, and no legal advice.\n");
}

static int show(struct view *v, ward_ns now)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	ward_ns at = v->aware == WARD_NS_NEVER ? now : v->aware;

	for (size_t i = 0; i < v->law.n_rule; i++) {
		const struct ward_law_rule *u = &v->law.rule[i];

		if (at < u->in_force || at >= u->until)
			continue;
		if (v->json)
			put_json(v, u, &w);
		else
			put_rule(v, u, &w);
	}
	if (!v->json)
		put_facts(v, &w);
	bool ok = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return ok ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int parse(struct view *v, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(word, "--json") == 0) {
			v->json = true;
		} else if (strcmp(word, "--content") == 0 && value) {
			v->x.content = argv[++i];
		} else if (strcmp(word, "--aware") == 0 && value) {
			if (ward_time_parse(ward_str_z(argv[++i]), &v->aware) != WARD_OK)
				return ward_cli_usage(v->x.cmd,
					"'%s' is no time; write one as 2026-03-12T03:41:00Z",
					value);
		} else if (word[0] == '-') {
			return ward_cli_usage(v->x.cmd, "'%s' is not an option", word);
		} else if (v->x.dir) {
			return ward_cli_usage(v->x.cmd, "one hospital directory at a time");
		} else {
			v->x.dir = word;
		}
	}
	return v->x.dir ? WARD_EXIT_DONE : ward_cli_usage(v->x.cmd, "of which hospital?");
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct view v;
	char dir[PATH_MAX];

	v = (struct view){.x = {.cmd = cmd}, .aware = WARD_NS_NEVER};
	int code = parse(&v, argc, argv);

	if (code)
		return code;
	code = ward_cli_hospital_open(&v.x, false);
	if (!code) {
		const char *content = ward_cli_content(cmd, v.x.content);

		(void)snprintf(dir, sizeof(dir), "%.4000s/law", content);
		enum ward_err err =
			ward_law_load(dir, v.x.dir, ward_model_hospital(v.x.model)->country,
				&v.x.arena, &v.x.lim, &v.x.diag, &v.law);

		ward_cli_hospital_findings(&v.x);
		code = err ? ward_cli_fail(cmd, "the rules of the law: %s", ward_err_text(err))
			   : show(&v, ward_clock_now(ward_clock_system()));
	}
	ward_cli_hospital_fini(&v.x);
	return code;
}

const struct ward_cmd ward_cmd_law = {
	.name = "law",
	.summary = "whom the law wants told of an incident, and by when",
	.help = "usage: ward law [--aware TIME] [--json] [--content DIR] DIR\n\n"
		"The rules that hold for the hospital of this directory: the European Union's, "
		"its\n"
		"country's, and its own of law.yml (docs/law.md). An aid, and no legal advice.\n\n"
		"  --aware TIME   when each clock would end if the hospital knew, or had sent what "
		"a\n"
		"                 clock runs from, at that time (RFC 3339)\n"
		"  --json         one object a line\n"
		"  --content DIR  instead of the installed content\n\n"
		"Exit: 0 done, 2 usage, 3 the directory or the rules can't be read.\n",
	.run = run,
};
