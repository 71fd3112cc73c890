#include "cli/incident.h"
#include "cli/known.h"

#include "cli/change.h"
#include "cli/lang.h"
#include "cli/when.h"
#include "story/zone.h"

enum { OUT_MAX = 1 << 30, PATH_BYTES = 4096 };

static int take_value(const struct ward_cmd *cmd, const char *name, const char *value,
	struct ward_cli_incident *o)
{
	if (strcmp(name, "--asset") == 0) {
		o->last = value;
	} else if (strcmp(name, "--at") == 0) {
		o->at = value;
	} else if (strcmp(name, "--lang") == 0) {
		o->lang = value;
	} else if (strcmp(name, "--content") == 0) {
		o->content = value;
	} else if (strcmp(name, "--with") == 0) {
		if (o->n_with == WARD_CLI_WITH)
			return ward_cli_usage(cmd, "more than %d changes", WARD_CLI_WITH);
		o->with[o->n_with++] = value;
	} else if (!o->last) {
		return ward_cli_usage(cmd, "--threat %s comes before any --asset", value);
	} else if (o->n == WARD_CLI_SEEDS) {
		return ward_cli_usage(cmd, "more than %d threats", WARD_CLI_SEEDS);
	} else {
		o->asset[o->n] = o->last;
		o->threat[o->n++] = value;
	}
	return WARD_EXIT_DONE;
}

int ward_cli_incident_take(const struct ward_cmd *cmd, int argc, char **argv, int *i,
	struct ward_cli_incident *o, bool *ret_taken)
{
	static const char *const names[] = {
		"--asset", "--threat", "--at", "--with", "--lang", "--content"};
	const char *name = argv[*i];

	if (name[0] != '-' || !name[1]) {
		*ret_taken = true;
		if (o->dir)
			return ward_cli_usage(cmd, "a second directory '%s'", name);
		o->dir = name;
		return WARD_EXIT_DONE;
	}
	for (size_t k = 0; k < WARD_ARRAY_LEN(names); k++) {
		if (strcmp(name, names[k]) != 0)
			continue;
		*ret_taken = true;
		if (*i + 1 == argc)
			return ward_cli_usage(cmd, "%s needs a value", name);
		if (strncmp(argv[*i + 1], "--", 2) == 0)
			return ward_cli_usage(
				cmd, "%s needs a value, and '%s' is an option", name, argv[*i + 1]);
		++*i;
		return take_value(cmd, name, argv[*i], o);
	}
	return WARD_EXIT_DONE;
}

int ward_cli_incident_complete(const struct ward_cmd *cmd, const struct ward_cli_incident *o)
{
	if (!o->dir)
		return ward_cli_usage(cmd, "the hospital directory is missing");
	if (!o->n)
		return ward_cli_usage(cmd, "give at least one --asset ID --threat ID");
	return WARD_EXIT_DONE;
}

void ward_cli_case_init(struct ward_cli_case *c)
{
	ward_diag_init(&c->diag, ward_mem_heap());
	c->w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
}

void ward_cli_case_fini(struct ward_cli_case *c)
{
	ward_lang_free(c->lang);
	ward_engine_free(c->e);
	ward_rules_free(c->r);
	ward_model_free(c->m);
	ward_wr_fini(&c->w);
	ward_diag_fini(&c->diag);
}

static int below(const struct ward_cmd *cmd, const char *dir, const char *what, char *ret)
{
	int n = snprintf(ret, PATH_BYTES, "%s/%s", dir, what);

	return n < 0 || n >= PATH_BYTES ? ward_cli_fail(cmd, "a path is too long") : WARD_EXIT_DONE;
}

int ward_cli_case_load(const struct ward_cmd *cmd, const struct ward_cli_incident *o, bool json,
	struct ward_cli_case *c)
{
	const struct ward_mem *mem = ward_mem_heap();
	char dir[PATH_BYTES];

	c->dir = o->dir;
	c->content = ward_cli_content(cmd, o->content);
	if (!c->content)
		return WARD_EXIT_RUN;
	int code = below(cmd, c->content, "propagation", dir);

	if (code)
		return code;
	code = ward_cli_hospital(cmd, o->dir);
	if (code)
		return code;
	ward_limits_default(&c->lim);
	enum ward_err err = ward_model_limits(o->dir, mem, &c->diag, &c->lim);

	if (!err)
		err = ward_model_load(o->dir, c->content, &c->lim, mem, &c->diag, &c->m);
	struct ward_cli_lang lang = {o->lang, c->content, WARD_STR("")};

	if (err)
		return ward_cli_report(cmd, err, o->dir, &c->diag, &lang, &c->w);
	err = ward_rules_load(dir, c->m, &c->lim, mem, &c->diag, &c->r);
	if (!err)
		err = ward_engine_new(c->m, c->r, &c->lim, mem, &c->e);
	if (err)
		return ward_cli_report(cmd, err, dir, &c->diag, &lang, &c->w);
	const struct ward_hospital *h = ward_model_hospital(c->m);

	if (ward_zone_use(h->timezone) != WARD_OK)
		fprintf(stderr, "ward %s: no time zone '%.*s' on this system: times are UTC\n",
			cmd->name, WARD_STR_ARG(h->timezone));
	lang.hospital = h->language;

	return json && !o->lang ? WARD_EXIT_DONE : ward_cli_lang(cmd, &lang, &c->lim, &c->lang);
}

int ward_cli_case_works(
	const struct ward_cmd *cmd, struct ward_cli_case *c, struct ward_works **ret)
{
	char dir[PATH_BYTES], own[PATH_BYTES];
	int code = below(cmd, c->content, "recovery", dir);

	if (!code)
		code = below(cmd, c->dir, "recovery", own);
	if (code)
		return code;
	enum ward_err err =
		ward_works_load(dir, own, c->m, &c->lim, ward_mem_heap(), &c->diag, ret);

	return err ? ward_cli_report_in(cmd, err, dir, &c->diag, c->lang, &c->w) : WARD_EXIT_DONE;
}

int ward_cli_moment(const struct ward_cmd *cmd, const char *option, const char *value, ward_ns from,
	ward_ns *ret)
{
	ward_ns span;

	if (ward_duration_parse(ward_str_z(value), &span) == WARD_OK && span >= 0 &&
		ward_add(from, span, ret))
		return WARD_EXIT_DONE;
	if (ward_cli_time(ward_str_z(value), from, ret) && *ret >= 0)
		return WARD_EXIT_DONE;
	return ward_cli_usage(cmd,
		"%s %s is no time since 1970: write 09:00, \"2026-03-19 09:00\", RFC 3339, or "
		"45min for so "
		"long after --at",
		option, value);
}

int ward_cli_teams(const struct ward_cmd *cmd, const struct ward_works *works, const char *value,
	uint32_t ret[WARD_TEAMS_MAX])
{
	struct ward_str rest = ward_str_z(value), kind = ward_str_cut(&rest, '=');
	struct ward_str number = rest.p ? rest : kind;
	bool found = false;
	uint64_t n;

	if (!ward_str_u64(number, &n) || !n || n > WARD_TEAM_NUMBER_MAX)
		return ward_cli_usage(cmd, "--teams %s: write a number from 1 to %d, or TEAM=N",
			value, WARD_TEAM_NUMBER_MAX);
	for (size_t k = 0; k < works->n_team; k++)
		if (!rest.p || ward_str_eq(works->team[k].id, kind)) {
			ret[k] = (uint32_t)n;
			found = true;
		}
	if (!found) {
		char text[1024];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		for (size_t k = 0; k < works->n_team; k++)
			ward_wr_printf(
				&w, "%s%.*s", k ? ", " : "", WARD_STR_ARG(works->team[k].id));
		struct ward_str list = ward_wr_text(&w);

		return ward_cli_usage(cmd, "--teams %s: there is no team '%.*s'; there are: %.*s",
			value, WARD_STR_ARG(kind), WARD_STR_ARG(list));
	}
	return WARD_EXIT_DONE;
}

/* "CHANGE", or "CHANGE@WHEN". */
static int change_of(const struct ward_cmd *cmd, const struct ward_cli_incident *o,
	struct ward_cli_case *c, size_t i)
{
	const char *when = strrchr(o->with[i], '@');
	struct ward_str text = ward_str_z(o->with[i]);
	int code = WARD_EXIT_DONE;

	c->from[i] = c->at;
	if (when) {
		text = ward_str_sub(text, 0, (size_t)(when - o->with[i]));
		when += 1 + (when[1] == '+');
		code = ward_cli_moment(cmd, "--with CHANGE@TIME:", when, c->at, &c->from[i]);
	}
	if (!code && c->from[i] < c->at)
		return ward_cli_usage(
			cmd, "--with %s acts before --at: the threats begin then", o->with[i]);
	if (!code && c->from[i] > c->at && !o->later)
		return ward_cli_usage(cmd,
			"--with %s: a plan is for things as they are; leave out %s, say --done, "
			"--late "
			"or --stopped, or ask ward impact or ward actions",
			o->with[i], strrchr(o->with[i], '@'));
	return code ? code : ward_cli_change(cmd, c->m, text, c->from[i], &c->change[i]);
}

int ward_cli_case_resolve(
	const struct ward_cmd *cmd, const struct ward_cli_incident *o, struct ward_cli_case *c)
{
	ward_ns now = ward_clock_now(ward_clock_system());
	int code = WARD_EXIT_DONE;

	c->at = now - now % WARD_NS_PER_S;
	if (o->at && (!ward_cli_time(ward_str_z(o->at), now, &c->at) || c->at < 0))
		return ward_cli_usage(cmd,
			"--at %s is no time since 1970: write 09:00, \"2026-03-19 09:00\" or RFC "
			"3339",
			o->at);
	for (size_t i = 0; !code && i < o->n; i++) {
		c->seed[i] = (struct ward_seed_threat){
			.since = c->at, .lo_micro = 1000000, .hi_micro = 1000000};
		code = ward_cli_asset(cmd, c->m, ward_str_z(o->asset[i]), &c->seed[i].asset);
		if (!code)
			code = ward_cli_threat(
				cmd, c->m, ward_str_z(o->threat[i]), &c->seed[i].threat);
		if (!code)
			code = ward_cli_fits(cmd, c->m, c->seed[i].asset, c->seed[i].threat);
	}
	for (size_t i = 0; !code && i < o->n_with; i++)
		code = change_of(cmd, o, c, i);
	return code;
}

int ward_cli_case_fail(const struct ward_cmd *cmd, enum ward_err err)
{
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_usage(
			cmd, "a --with names a relation or a buffer that the hospital has not");
	return ward_cli_fail(cmd, "%s", ward_err_text(err));
}
