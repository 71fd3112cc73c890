/* In which order things are brought back after all that is open: the room `recover` asked of the
 * threats that came, as the question has them. Texts are those of the content, for who asks to turn
 * into the reader's language: so one plan is for everybody. */
#include "reckon/back.h"

#include "words/words.h"

#include <stdio.h>

enum {
	PATH_BYTES = 8192,
	SEEDS = 512,
	WORKS = 20, /* told of a plan; the others are counted */
	SERVICES = 30,
	LIKELY_MICRO = 500000
};

static const ward_ns latest = 7258118400 * WARD_NS_PER_S; /* 2200; sums of times fit then */

static bool is_time(ward_ns t)
{
	return t >= 0 && t < latest;
}

enum ward_err ward_reckon_works(const char *dir, const char *content, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_works **ret)
{
	char theirs[PATH_BYTES], own[PATH_BYTES];
	struct ward_diag diag;

	*ret = NULL;
	(void)snprintf(theirs, sizeof(theirs), "%.4000s/recovery", content);
	(void)snprintf(own, sizeof(own), "%.4000s/recovery", dir);
	ward_diag_init(&diag, mem);
	enum ward_err err = ward_works_load(theirs, own, m, lim, mem, &diag, ret);

	ward_diag_fini(&diag);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

struct plan {
	const struct ward_recover_world *w;
	const struct ward_reckon_ask *ask;
	struct ward_json *j;
	struct ward_recover is;
};

/* What the hospital has of them, each once. *ret_n of them. */
static enum ward_err read_seeds(struct plan *p, struct ward_seed_threat seed[SEEDS], size_t *ret_n)
{
	const struct ward_model *m = p->w->m;
	struct ward_rd rd = ward_rd_slice(p->ask->seeds);
	struct ward_reckon_seed is;
	size_t n = 0;

	while (ward_rd_left(&rd) && n < SEEDS) {
		enum ward_err err = ward_reckon_seed_get(&rd, &is);

		if (err)
			return err;
		struct ward_seed_threat s = {ward_model_find(m, is.asset),
			ward_threats_find(ward_model_threats(m), is.threat), is.since, is.lo_micro,
			is.hi_micro};
		bool fits = s.asset != WARD_NONE && s.threat != WARD_NONE && is_time(s.since) &&
			    s.lo_micro >= 0 && s.lo_micro <= s.hi_micro && s.hi_micro <= 1000000;

		for (size_t i = 0; i < n && fits; i++)
			fits = seed[i].asset != s.asset || seed[i].threat != s.threat;
		if (fits)
			seed[n++] = s;
	}
	*ret_n = n;
	return WARD_OK;
}

static void put_id(struct plan *p, const char *key, uint32_t node)
{
	ward_json_key(p->j, key);
	ward_json_str(p->j, ward_model_node(p->w->m, node)->id);
}

static void put_time(struct plan *p, const char *key, ward_ns t)
{
	ward_json_key(p->j, key);
	if (t == WARD_NS_NEVER)
		ward_json_null(p->j);
	else
		ward_json_time(p->j, t);
}

static void put_work(struct plan *p, const struct ward_recover_job *x)
{
	struct ward_json *j = p->j;

	ward_json_obj(j);
	put_id(p, "on", x->node);
	ward_json_key(j, "text");
	ward_json_str(j, x->work->text);
	ward_json_key(j, "team");
	ward_json_str(j, p->w->works->team[x->team].name);
	ward_json_key(j, "number");
	ward_json_u64(j, x->number + 1);
	put_time(p, "begin", x->begin);
	put_time(p, "end", x->end);
	ward_json_key(j, "medical");
	ward_json_bool(j, x->medical);
	ward_json_key(j, "gives");
	ward_json_arr(j);
	for (uint32_t i = 0; i < x->n_gives && i < WARD_RECKON_MOST; i++)
		ward_json_str(j, ward_model_node(p->w->m, p->is.give[x->gives + i])->id);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

/* Works first that a service waits for, each in their order. */
static void put_works(struct plan *p)
{
	size_t n = 0;

	ward_json_key(p->j, "works");
	ward_json_arr(p->j);
	for (unsigned waited = 2; waited-- > 0;)
		for (size_t i = 0; i < p->is.n_job && n < WORKS; i++)
			if ((p->is.job[i].n_gives || p->is.job[i].helps) == (waited == 1)) {
				put_work(p, &p->is.job[i]);
				n++;
			}
	ward_json_arr_end(p->j);
	ward_json_key(p->j, "works_total");
	ward_json_u64(p->j, p->is.n_job);
}

static void put_services(struct plan *p)
{
	struct ward_json *j = p->j;
	size_t n = 0;

	ward_json_key(j, "services");
	ward_json_arr(j);
	for (size_t i = 0; i < p->is.n_service && n < SERVICES; i++) {
		const struct ward_recover_service *v = &p->is.service[i];

		if (v->back <= v->down)
			continue;
		n++;
		ward_json_obj(j);
		put_id(p, "service", v->node);
		put_time(p, "down", v->down);
		put_time(p, "back", v->back);
		ward_json_key(j, "bears_seconds");
		if (v->mtpd)
			ward_json_i64(j, v->mtpd / WARD_NS_PER_S);
		else
			ward_json_null(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

enum ward_err ward_reckon_back(const struct ward_recover_world *w,
	const struct ward_reckon_ask *ask, const struct ward_mem *mem, struct ward_json *j,
	const char **ret_why)
{
	struct plan p = {.w = w, .ask = ask, .j = j};
	struct ward_seed_threat seed[SEEDS];
	size_t n = 0;
	enum ward_err err = read_seeds(&p, seed, &n);

	*ret_why = NULL;
	if (!err && !(is_time(ask->now) && is_time(ask->begun)))
		err = WARD_ERR_MALFORMED;
	if (err)
		return err;
	if (!w->works) {
		*ret_why = WARD_TEXT("the files of recovery/ have problems: run ward check");
		return WARD_ERR_CONFIG;
	}
	if (!n) {
		*ret_why = WARD_TEXT("nothing of the hospital is hit that could be brought back");
		return WARD_ERR_NOT_FOUND;
	}
	const struct ward_recover_ask of = {.seed = seed,
		.n_seed = n,
		.at = ask->begun,
		.now = ask->now,
		.stopped = WARD_NS_NEVER,
		.likely_micro = LIKELY_MICRO};

	err = ward_recover_find(w, &of, mem, &p.is);
	if (err == WARD_ERR_LIMIT)
		*ret_why = WARD_TEXT("these are too many works to be put in order");
	if (!err) {
		ward_json_obj(j);
		put_works(&p);
		put_services(&p);
		ward_json_obj_end(j);
	}
	ward_recover_fini(&p.is);
	return err;
}
