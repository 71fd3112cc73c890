#include "reckon/priv.h"

#include "model/files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, TRIAL_MAX = 1 << 26, TEXT_MAX = 1 << 30 };

/* ---- what is read ---- */

static bool join(char ret[PATH_BYTES], const char *dir, const char *file)
{
	int n = snprintf(ret, PATH_BYTES, "%s/%s", dir, file);

	return n > 0 && n < PATH_BYTES;
}

/* The model once more, with one file behind all others: what `score` tries answers on. */
static enum ward_err load_trial(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	struct ward_model_files d;
	enum ward_err err =
		ward_model_files_read(o->dir, o->content, o->lim, &r->files, o->diag, &d);

	if (err)
		return err;
	struct ward_model_file *file = ward_arena_array(&r->files, d.n + 1, sizeof(*file));

	if (!file)
		return WARD_ERR_NOMEM;
	memcpy(file, d.file, d.n * sizeof(*file));
	ward_score_trial(r->m, &r->trial_file);
	/* '~' comes after all that the name of a file of a directory begins with */
	file[d.n] = (struct ward_model_file){
		WARD_STR("~score.yml"), WARD_STR("~score.yml"), ward_wr_slice(&r->trial_file)};
	return ward_model_load_files(file, d.n + 1, d.content, o->lim, o->mem, o->diag, &r->trial);
}

static enum ward_err load_engines(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	char dir[PATH_BYTES];

	if (!join(dir, o->content, "propagation"))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_rules_load(dir, r->m, o->lim, o->mem, o->diag, &r->rules);

	if (!err)
		err = ward_engine_new(r->m, r->rules, o->lim, o->mem, &r->e);
	if (!err)
		err = load_trial(r);
	if (!err)
		err = ward_rules_load(dir, r->trial, o->lim, o->mem, o->diag, &r->trial_rules);
	return err ? err : ward_engine_new(r->trial, r->trial_rules, o->lim, o->mem, &r->trial_e);
}

/* By which doors and lifts it is left: what is never locked. */
static enum ward_err load_ways(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	enum ward_err err =
		ward_evac_load(o->content, o->dir, r->m, o->lim, o->mem, o->diag, &r->evac);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	return ward_evac_escape(r->evac, &r->escape);
}

static enum ward_err load_attack(struct ward_reckon *r)
{
	static const char *const none[WARD_FACTS_N] = {NULL};
	const struct ward_reckon_opts *o = &r->o;
	char attack[PATH_BYTES], own[PATH_BYTES];

	if (!join(attack, o->content, "attack") || !join(own, o->dir, "attack"))
		return WARD_ERR_LIMIT;
	enum ward_err err =
		ward_attack_load(attack, own, r->m, o->lim, o->mem, o->diag, &r->attack);

	return err ? err : ward_facts_load(own, none, r->m, o->lim, o->mem, o->diag, &r->facts);
}

/* What the hospital's directory has of vulnerabilities, as `ward risk` reads it without options. */
static enum ward_err load_advices(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	enum ward_err err = ward_abouts_init(&r->abouts, r->m, o->lim, o->mem);

	for (unsigned f = 0; f < WARD_FACTS_POLICY && !err; f++) {
		char file[64], path[PATH_BYTES];
		struct ward_arena a;
		struct ward_slice text;

		(void)snprintf(
			file, sizeof(file), "attack/%s", ward_facts_name((enum ward_facts_file)f));
		if (!join(path, o->dir, file) || access(path, F_OK) != 0)
			continue;
		ward_arena_init(&a, o->mem, TEXT_MAX);
		err = ward_conf_read(&a, o->lim, path, o->diag, &text);
		if (!err)
			err = ward_advices_read(&r->advices, ward_str_z(file), text, o->diag);
		ward_arena_fini(&a);
	}
	return err;
}

enum ward_err ward_reckon_new(const struct ward_reckon_opts *o, struct ward_reckon **ret)
{
	struct ward_reckon *r = ward_mem_alloc(o->mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct ward_reckon){.o = *o, .seen_at = INT64_MIN};
	ward_arena_init(&r->files, o->mem, ward_limit(o->lim, WARD_LIMIT_MODEL_BYTES));
	ward_advices_init(&r->advices, o->mem, o->lim);
	r->trial_file = ward_wr_grow(o->mem, TRIAL_MAX);
	r->out = ward_wr_grow(o->mem, WARD_RECKON_ANSWER);
	r->o.dir = ward_arena_str(&r->files, ward_str_z(o->dir)).p; /* which answers leave out */
	r->o.content = ward_arena_str(&r->files, ward_str_z(o->content)).p;
	if (!r->o.dir || !r->o.content) {
		ward_reckon_free(r);
		return WARD_ERR_NOMEM;
	}
	enum ward_err err = ward_model_load(o->dir, o->content, o->lim, o->mem, o->diag, &r->m);

	if (!err && o->stop)
		o->stop(o->stop_ctx, r->m);
	if (!err)
		err = load_engines(r);
	if (!err)
		err = load_ways(r);
	if (!err)
		err = load_attack(r);
	if (!err)
		err = load_advices(r);
	if (!err)
		err = reckon_load_hosts(r);
	if (!err)
		err = reckon_load_normal(r);
	if (!err)
		err = reckon_load_rules(r);
	if (!err)
		err = ward_reckon_works(o->dir, o->content, r->m, o->lim, o->mem, &r->works);
	if (err)
		ward_reckon_free(r);
	else
		*ret = r;
	return err;
}

void ward_reckon_free(struct ward_reckon *r)
{
	if (!r)
		return;
	reckon_free_rules(r);
	reckon_free_normal(r);
	reckon_free_hosts(r);
	ward_works_free(r->works);
	ward_risks_fini(&r->risks);
	ward_engine_free(r->e);
	ward_engine_free(r->trial_e);
	ward_facts_fini(&r->facts);
	ward_attack_free(r->attack);
	ward_evac_free(r->evac);
	ward_abouts_fini(&r->abouts);
	ward_advices_fini(&r->advices);
	ward_rules_free(r->rules);
	ward_rules_free(r->trial_rules);
	ward_model_free(r->trial);
	ward_model_free(r->m);
	ward_wr_fini(&r->trial_file);
	ward_wr_fini(&r->out);
	ward_arena_fini(&r->files);
	ward_mem_free(r->o.mem, r, sizeof(*r));
}

/* ---- a question ---- */

enum ward_err reckon_no(
	struct reckon_job *job, enum ward_err err, const char *english, struct ward_str id)
{
	struct ward_wr w = ward_wr_fixed(job->r->why, sizeof(job->r->why) - 1);

	WARD_SAY(&w, job->lang, english, {"id", id});
	job->r->why[ward_wr_bad(&w) ? 0 : w.len] = 0; /* an id and a text fit */
	return err;
}

bool reckon_next(struct ward_str *list, struct ward_str *ret)
{
	while (list->p && list->len) {
		*ret = ward_str_trim(ward_str_cut(list, ','));
		if (ret->len)
			return true;
	}
	return false;
}

static struct ward_lang *lang_of(struct ward_lang *const *lang, size_t n, struct ward_str code)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(ward_lang_code(lang[i]), code))
			return lang[i];
	return NULL;
}

static enum ward_err back(struct reckon_job *job)
{
	const struct ward_reckon *r = job->r;
	const struct ward_recover_world w = {r->m, r->rules, r->works, r->e};
	const char *why = NULL;
	enum ward_err err = ward_reckon_back(&w, job->ask, r->o.mem, &job->j, &why);

	return err && why ? reckon_no(job, err, why, WARD_STR("")) : err;
}

struct ward_reckoned ward_reckon_answer(struct ward_reckon *r, const struct ward_reckon_ask *ask)
{
	static enum ward_err (*const answer[WARD_RECKON_N])(struct reckon_job *) = {
		[WARD_RECKON_PATHS] = reckon_paths,
		[WARD_RECKON_WHAT_IF] = reckon_what_if,
		[WARD_RECKON_SCORE] = reckon_score,
		[WARD_RECKON_RISK] = reckon_risk,
		[WARD_RECKON_HOSTS] = reckon_hosts,
		[WARD_RECKON_HOST] = reckon_host,
		[WARD_RECKON_NORMAL] = reckon_normal,
		[WARD_RECKON_RISKS] = reckon_risks,
		[WARD_RECKON_RULE] = reckon_rule,
		[WARD_RECKON_RULES] = reckon_rules,
		[WARD_RECKON_BACK] = back,
	};
	struct reckon_job job = {.r = r,
		.ask = ask,
		.lang = lang_of(r->o.lang, r->o.n_lang, ask->lang),
		.rule_lang = lang_of(r->o.rule_lang, r->o.n_rule_lang, ask->lang),
		.j = ward_json_on(&r->out)};

	ward_wr_reset(&r->out);
	r->why[0] = 0;
	enum ward_err err = answer[ask->what](&job);

	if (!err && ward_wr_bad(&r->out))
		err = reckon_no(&job, WARD_ERR_LIMIT,
			WARD_TEXT("the answer is too long: ask for less"), WARD_STR(""));
	if (err)
		return (struct ward_reckoned){
			err, r->why[0] ? ward_str_z(r->why) : ward_str_z(ward_err_text(err)), 0};
	return (struct ward_reckoned){WARD_OK, ward_wr_text(&r->out), 0};
}
