/* The sandbox: which attack paths are left with these measures, and which care is lost without
 * those things. */
#include "reckon/priv.h"

#include "impact/impact.h"

enum { MILLION = 1000000, LOSSES = 64 };

static uint32_t find_measure(const struct ward_attack *a, struct ward_str id)
{
	uint32_t i = 0;

	while (i < a->n_measure && !ward_str_eq(a->measure[i].id, id))
		i++;
	return i < a->n_measure ? i : WARD_NONE;
}

/* "badge-and-pin@door-4"; "@attacker" is what is laid on nothing in particular. */
static enum ward_err find_given(struct reckon_job *job, struct ward_paths_given *ret, size_t *ret_n)
{
	struct ward_str list = job->ask->measures, one;

	*ret_n = 0;
	while (reckon_next(&list, &one)) {
		struct ward_str on = one, id = ward_str_cut(&on, '@');
		uint32_t measure = find_measure(job->r->attack, id);
		uint32_t node = on.p && ward_str_eqz(on, "attacker")
					? ward_model_n(job->r->m)
					: ward_model_find(job->r->m, on);

		if (measure == WARD_NONE || node == WARD_NONE)
			return reckon_no(job, WARD_ERR_NOT_FOUND,
				"there is no measure '%.*s': write MEASURE@THING, as the answer of "
				"paths has them",
				WARD_STR_ARG(one));
		if (*ret_n == WARD_RECKON_MOST)
			return reckon_no(job, WARD_ERR_LIMIT, "more than %d measures",
				(int)WARD_RECKON_MOST);
		ret[(*ret_n)++] = (struct ward_paths_given){measure, node};
	}
	return WARD_OK;
}

static enum ward_err find_failing(
	struct reckon_job *job, struct ward_seed_threat *ret, size_t *ret_n)
{
	const struct ward_model *m = job->r->m;
	uint32_t outage = ward_threats_find(ward_model_threats(m), WARD_STR("outage"));
	struct ward_str list = job->ask->fails, one;

	*ret_n = 0;
	while (reckon_next(&list, &one)) {
		uint32_t node = ward_model_find(m, one);

		if (node == WARD_NONE || outage == WARD_NONE)
			return reckon_no(job, WARD_ERR_NOT_FOUND, "the hospital has no '%.*s'",
				WARD_STR_ARG(one));
		if (*ret_n == WARD_RECKON_MOST)
			return reckon_no(
				job, WARD_ERR_LIMIT, "more than %d things", (int)WARD_RECKON_MOST);
		ret[(*ret_n)++] = (struct ward_seed_threat){node, outage, 0, MILLION, MILLION};
	}
	return WARD_OK;
}

static void put_named(struct ward_json *j, const struct ward_model *m, uint32_t node)
{
	ward_json_key(j, "id");
	ward_json_str(j, ward_model_node(m, node)->id);
	ward_json_key(j, "name");
	ward_json_str(j, ward_model_node(m, node)->name);
}

static void put_loss(struct reckon_job *job, const struct ward_impacts *all, size_t i)
{
	const struct ward_impact *it = &all->item[i];
	struct ward_wr text = ward_wr_grow(job->r->o.mem, 1 << 16);
	struct ward_json *j = &job->j;

	ward_impact_write_text(all, i, job->r->m, job->lang, &text);
	ward_json_obj(j);
	put_named(j, job->r->m, it->asset);
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, it->lo_micro);
	ward_json_micro(j, it->hi_micro);
	ward_json_arr_end(j);
	ward_json_key(j, "seconds");
	ward_json_i64(j, it->expected / WARD_NS_PER_S);
	ward_json_key(j, "loss_per_min");
	ward_json_micro(j, it->loss_micro);
	ward_json_key(j, "text");
	ward_json_str(j, ward_str_trim(ward_wr_text(&text)));
	ward_json_obj_end(j);
	ward_wr_fini(&text);
}

static bool is_loss(const struct ward_model *m, const struct ward_impact *it)
{
	return ward_model_node(m, it->asset)->kind == WARD_NODE_SERVICE &&
	       it->need == WARD_NEED_AVAILABILITY && it->rule != WARD_IMPACT_SEED;
}

/* Care that is lost, the most in the first four hours first. */
static void put_losses(struct reckon_job *job, const struct ward_impacts *all)
{
	const struct ward_model *m = job->r->m;
	size_t best[LOSSES], n = 0, total = 0, things = 0;
	int64_t worth[LOSSES];

	for (size_t i = 0; i < all->n; i++) {
		size_t at = n;

		things += all->item[i].rule != WARD_IMPACT_SEED &&
			  ward_model_node(m, all->item[i].asset)->kind == WARD_NODE_ASSET;
		if (!is_loss(m, &all->item[i]))
			continue;
		int64_t is = ward_impact_priority(all, i, m);

		total++;
		for (; at > 0 && worth[at - 1] < is; at--)
			if (at < LOSSES) {
				best[at] = best[at - 1];
				worth[at] = worth[at - 1];
			}
		if (at < LOSSES) {
			best[at] = i;
			worth[at] = is;
		}
		n += n < LOSSES;
	}
	ward_json_key(&job->j, "losses");
	ward_json_arr(&job->j);
	for (size_t i = 0; i < n; i++)
		put_loss(job, all, best[i]);
	ward_json_arr_end(&job->j);
	ward_json_key(&job->j, "more");
	ward_json_u64(&job->j, total - n);
	ward_json_key(&job->j, "reached");
	ward_json_u64(&job->j, things);
}

static enum ward_err fail(struct reckon_job *job)
{
	struct ward_seed_threat seed[WARD_RECKON_MOST];
	struct ward_impacts all = {.n = 0};
	size_t n;
	enum ward_err err = find_failing(job, seed, &n);

	if (!err && n)
		err = ward_engine_run(job->r->e, WARD_IMPACT_FULL, seed, n, &all);
	if (err)
		return err;
	ward_json_key(&job->j, "fails");
	ward_json_arr(&job->j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(&job->j);
		put_named(&job->j, job->r->m, seed[i].asset);
		ward_json_obj_end(&job->j);
	}
	ward_json_arr_end(&job->j);
	put_losses(job, &all);
	return WARD_OK;
}

enum ward_err reckon_what_if(struct reckon_job *job)
{
	struct ward_paths_given given[WARD_RECKON_MOST];
	size_t n;
	enum ward_err err = find_given(job, given, &n);

	ward_json_obj(&job->j);
	if (!err)
		err = fail(job);
	/* things alone need no search for paths */
	if (!err && (n || !job->ask->fails.len || job->ask->subject.len))
		err = reckon_find_paths(job, given, n);
	ward_json_obj_end(&job->j);
	return err;
}
