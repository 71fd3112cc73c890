/* All devices of which a risk can be computed, the highest first: a page of those that are looked
 * for. Computed once, since the hospital stands still. */
#include "reckon/priv.h"

enum { MILLION = 1000000, PER_CENT = MILLION / 100, MOST = 500 };

static enum ward_err find(struct ward_reckon *r)
{
	if (r->risks_known)
		return WARD_OK;
	const struct ward_risk_world world = {.m = r->m,
		.e = r->e,
		.facts = &r->facts,
		.advices = &r->advices,
		.abouts = &r->abouts,
		.look = WARD_RISK_LOOK};
	enum ward_err err = ward_risks_find(&world, r->o.mem, &r->risks);

	if (err) {
		ward_risks_fini(&r->risks);
		r->risks = (struct ward_risks){.n_device = 0};
	}
	r->risks_known = !err;
	return err;
}

bool ward_reckon_ready(struct ward_reckon *r)
{
	/* what fails for want of memory is tried again by who asks */
	return !r->risks_known && find(r) == WARD_OK;
}

static int64_t middle(struct ward_interval v)
{
	return v.lo + (v.hi - v.lo) / 2;
}

static bool is_there(const struct ward_model *m, uint32_t node, uint32_t place)
{
	const struct ward_node *is = ward_model_node(m, place);
	uint32_t room = ward_model_up(m, node, is->kind);

	return room == place;
}

/* Of the names that a person would look for, whatever their case. */
static bool called(const struct ward_node *n, struct ward_str part)
{
	const struct ward_str name[] = {n->id, n->name, n->vendor, n->product};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		for (size_t k = 0; k + part.len <= name[i].len; k++)
			if (ward_str_ieq(ward_str_sub(name[i], k, part.len), part))
				return true;
	return false;
}

/* What is asked for, found in the model. */
struct wanted {
	uint32_t class, place; /* WARD_NONE: any */
};

static enum ward_err look_up(struct reckon_job *job, struct wanted *ret)
{
	const struct ward_model *m = job->r->m;
	const struct ward_reckon_ask *ask = job->ask;

	*ret = (struct wanted){WARD_NONE, WARD_NONE};
	if (ask->class.len) {
		ret->class = ward_ontology_find(ward_model_ontology(m), ask->class);
		if (ret->class == WARD_NONE)
			return reckon_no(job, WARD_ERR_NOT_FOUND,
				WARD_TEXT("there is no class '{id}': see content/ontology.yml"),
				ask->class);
	}
	if (ask->place.len) {
		ret->place = ward_model_find(m, ask->place);
		if (ret->place == WARD_NONE)
			return reckon_no(job, WARD_ERR_NOT_FOUND,
				WARD_TEXT("the hospital has no '{id}'"), ask->place);
	}
	return WARD_OK;
}

static bool is_wanted(const struct reckon_job *job, const struct wanted *w, size_t i)
{
	const struct ward_device_risk *d = &job->r->risks.device[i];
	const struct ward_model *m = job->r->m;
	const struct ward_reckon_ask *ask = job->ask;

	return middle(d->risk) >= (int64_t)ask->least * PER_CENT &&
	       (w->class == WARD_NONE || ward_model_is(m, d->asset, w->class)) &&
	       (w->place == WARD_NONE || is_there(m, d->asset, w->place)) &&
	       (!ask->search.len || called(ward_model_node(m, d->asset), ask->search));
}

enum ward_err reckon_risks(struct reckon_job *job)
{
	const struct ward_reckon_ask *ask = job->ask;
	struct ward_json *j = &job->j;
	struct wanted w;
	uint64_t n = 0, given = 0;
	enum ward_err err = ask->least > 100 ? WARD_ERR_LIMIT : look_up(job, &w);

	if (!err)
		err = find(job->r);
	if (err)
		return err;
	ward_json_obj(j);
	ward_json_key(j, "items");
	ward_json_arr(j);
	for (size_t i = 0; i < job->r->risks.n_device; i++) {
		const struct ward_device_risk *d = &job->r->risks.device[i];

		if (!is_wanted(job, &w, i))
			continue;
		if (n++ < ask->skip || given == ask->limit || given == MOST)
			continue;
		given++;
		ward_json_obj(j);
		ward_json_key(j, "id");
		ward_json_str(j, ward_model_node(job->r->m, d->asset)->id);
		ward_json_key(j, "risk");
		ward_json_arr(j);
		ward_json_micro(j, d->risk.lo);
		ward_json_micro(j, d->risk.hi);
		ward_json_arr_end(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "total");
	ward_json_u64(j, n);
	ward_json_obj_end(j);
	return WARD_OK;
}
