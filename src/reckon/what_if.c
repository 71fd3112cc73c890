/* The sandbox: which attack paths are left with these measures, and which care is lost without
 * those things. */
#include "reckon/priv.h"

#include "impact/write.h"

#include <stdlib.h>

enum {
	MILLION = 1000000,
	LOSSES = 64,
	LOSSES_BYTES = WARD_RECKON_ANSWER / 2, /* the other half is for paths */
	SERVICES = 1024,
	SEEDS = 4096
};

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
				WARD_TEXT("there is no measure '{id}': write MEASURE@THING, as the "
					  "answer of paths has them"),
				one);
		if (*ret_n == WARD_RECKON_MOST)
			return reckon_no(job, WARD_ERR_LIMIT,
				WARD_TEXT("too many measures at once: choose some of them"), one);
		ret[(*ret_n)++] = (struct ward_paths_given){measure, node};
	}
	return WARD_OK;
}

/* What fails: of a place all that stands in it. */
struct failing {
	uint32_t node[WARD_RECKON_MOST];
	size_t n;
	struct ward_seed_threat *seed; /* SEEDS */
	size_t n_seed;
};

static bool is_place(enum ward_node_kind k)
{
	return k == WARD_NODE_ROOM || k == WARD_NODE_ZONE || k == WARD_NODE_FLOOR ||
	       k == WARD_NODE_BUILDING || k == WARD_NODE_SITE;
}

/* Does it stand there? Places are nested as deep as there are kinds of them. */
static bool stands_in(const struct ward_model *m, uint32_t node, uint32_t place)
{
	const struct ward_node *n = ward_model_node(m, node);

	for (unsigned depth = 0; depth < WARD_NODE_N && n->parent != WARD_NONE; depth++) {
		if (n->parent == place)
			return true;
		n = ward_model_node(m, n->parent);
	}
	return false;
}

static enum ward_err add_failing(struct reckon_job *job, struct failing *f, uint32_t node)
{
	const struct ward_model *m = job->r->m;
	uint32_t outage = ward_threats_find(ward_model_threats(m), WARD_STR("outage"));
	bool place = is_place(ward_model_node(m, node)->kind);

	f->node[f->n++] = node;
	for (uint32_t i = place ? 0 : node; i < (place ? ward_model_n(m) : node + 1); i++) {
		if (place &&
			(ward_model_node(m, i)->kind != WARD_NODE_ASSET || !stands_in(m, i, node)))
			continue;
		if (f->n_seed == SEEDS)
			return reckon_no(job, WARD_ERR_LIMIT,
				WARD_TEXT("too many things stand there: choose some of them"),
				WARD_STR(""));
		f->seed[f->n_seed++] = (struct ward_seed_threat){i, outage, 0, MILLION, MILLION};
	}
	return WARD_OK;
}

static enum ward_err find_failing(struct reckon_job *job, struct failing *f)
{
	struct ward_str list = job->ask->fails, one;
	enum ward_err err = WARD_OK;

	while (!err && reckon_next(&list, &one)) {
		uint32_t node = ward_model_find(job->r->m, one);

		if (node == WARD_NONE)
			err = reckon_no(job, WARD_ERR_NOT_FOUND,
				WARD_TEXT("the hospital has no '{id}'"), one);
		else if (f->n == WARD_RECKON_MOST)
			err = reckon_no(job, WARD_ERR_LIMIT,
				WARD_TEXT("too many things at once: choose some of them"),
				WARD_STR(""));
		else
			err = add_failing(job, f, node);
	}
	return err;
}

static void put_named(struct ward_json *j, const struct ward_model *m, uint32_t node)
{
	ward_json_key(j, "id");
	ward_json_str(j, ward_model_node(m, node)->id);
	ward_json_key(j, "name");
	ward_json_str(j, ward_model_node(m, node)->name);
}

/* When, how likely, and by which chain of causes. */
static void put_loss(struct reckon_job *job, const struct ward_impacts *all, size_t i)
{
	const struct ward_impact *it = &all->item[i];
	struct ward_wr text = ward_wr_grow(job->r->o.mem, 1 << 16);
	struct ward_json *j = &job->j;

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
	ward_impact_write_when(&text, it->expected, it->earliest, job->lang);
	ward_wr_z(&text, ", ");
	ward_impact_write_likelihood(&text, it, job->lang);
	ward_json_key(j, "text");
	ward_json_str(j, ward_wr_text(&text));
	ward_wr_reset(&text);
	ward_impact_write_reason(all, i, job->r->m, job->lang, &text);
	ward_json_key(j, "why");
	ward_json_str(j, ward_wr_text(&text));
	ward_json_obj_end(j);
	ward_wr_fini(&text);
}

static bool is_loss(const struct ward_model *m, const struct ward_impact *it)
{
	return ward_model_node(m, it->asset)->kind == WARD_NODE_SERVICE &&
	       it->need == WARD_NEED_AVAILABILITY;
}

/* The worst of each service: several things may happen to it. */
static bool is_worse(const struct ward_impacts *all, const struct ward_model *m, size_t i,
	size_t *best, size_t n)
{
	int64_t is = ward_impact_priority(all, i, m);

	for (size_t k = 0; k < n; k++)
		if (all->item[best[k]].asset == all->item[i].asset) {
			if (ward_impact_priority(all, best[k], m) < is)
				best[k] = i;
			return false;
		}
	return true;
}

struct ranked {
	const struct ward_impacts *all;
	const struct ward_model *m;
};

static int worst_first(const void *va, const void *vb, void *ctx)
{
	const struct ranked *r = ctx;
	int64_t a = ward_impact_priority(r->all, *(const size_t *)va, r->m);
	int64_t b = ward_impact_priority(r->all, *(const size_t *)vb, r->m);

	if (a != b)
		return a > b ? -1 : 1;
	return (*(const size_t *)va > *(const size_t *)vb) -
	       (*(const size_t *)va < *(const size_t *)vb);
}

/* Care that is lost, the most in the first four hours first. */
static void put_losses(struct reckon_job *job, const struct ward_impacts *all)
{
	struct ranked ranked = {all, job->r->m};
	size_t best[SERVICES], n = 0, more = 0, things = 0, given = 0;

	for (size_t i = 0; i < all->n; i++) {
		things += all->item[i].rule != WARD_IMPACT_SEED &&
			  ward_model_node(ranked.m, all->item[i].asset)->kind == WARD_NODE_ASSET;
		if (!is_loss(ranked.m, &all->item[i]) || !is_worse(all, ranked.m, i, best, n))
			continue;
		if (n < SERVICES)
			best[n++] = i;
		else
			more++;
	}
	qsort_r(best, n, sizeof(*best), worst_first, &ranked);
	ward_json_key(&job->j, "losses");
	ward_json_arr(&job->j);
	for (; given < n && given < LOSSES && job->j.w->len < LOSSES_BYTES; given++)
		put_loss(job, all, best[given]);
	ward_json_arr_end(&job->j);
	ward_json_key(&job->j, "more");
	ward_json_u64(&job->j, more + (n - given));
	ward_json_key(&job->j, "reached");
	ward_json_u64(&job->j, things);
}

static enum ward_err fail_and_tell(struct reckon_job *job, struct failing *f)
{
	struct ward_impacts all = {.n = 0};
	enum ward_err err = find_failing(job, f);

	if (!err && f->n_seed)
		err = ward_engine_run(job->r->e, WARD_IMPACT_FULL, f->seed, f->n_seed, &all);
	if (err)
		return err;
	ward_json_key(&job->j, "fails");
	ward_json_arr(&job->j);
	for (size_t i = 0; i < f->n; i++) {
		ward_json_obj(&job->j);
		put_named(&job->j, job->r->m, f->node[i]);
		ward_json_obj_end(&job->j);
	}
	ward_json_arr_end(&job->j);
	put_losses(job, &all);
	return WARD_OK;
}

static enum ward_err fail(struct reckon_job *job)
{
	struct failing f = {.n = 0, .seed = ward_mem_alloc(job->r->o.mem, SEEDS * sizeof(*f.seed))};
	enum ward_err err = f.seed ? fail_and_tell(job, &f) : WARD_ERR_NOMEM;

	ward_mem_free(job->r->o.mem, f.seed, SEEDS * sizeof(*f.seed));
	return err;
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
