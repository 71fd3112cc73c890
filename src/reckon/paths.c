/* Attack paths to one service, and the best measures for a budget. */
#include "reckon/priv.h"

enum { PLANS = 5, SERVICES = 64, EUROS = 100 };

/* Services by how critical they are, then by id; a full list keeps the first. */
static size_t by_criticality(const struct ward_model *m, uint32_t ret[SERVICES])
{
	size_t n = 0;

	for (uint32_t k = 0; k < ward_model_n(m); k++) {
		const struct ward_node *is = ward_model_node(m, k);
		size_t at = n;

		if (is->kind != WARD_NODE_SERVICE)
			continue;
		for (; at > 0; at--) {
			const struct ward_node *before = ward_model_node(m, ret[at - 1]);

			if (before->criticality > is->criticality ||
				(before->criticality == is->criticality &&
					ward_str_cmp(before->id, is->id) < 0))
				break;
			if (at < SERVICES)
				ret[at] = ret[at - 1];
		}
		if (at < SERVICES)
			ret[at] = k;
		n += n < SERVICES;
	}
	return n;
}

static void put_services(struct reckon_job *job)
{
	const struct ward_model *m = job->r->m;
	uint32_t service[SERVICES];
	size_t n = by_criticality(m, service);

	ward_json_key(&job->j, "services");
	ward_json_arr(&job->j);
	for (size_t i = 0; i < n; i++) {
		const struct ward_node *is = ward_model_node(m, service[i]);

		ward_json_obj(&job->j);
		ward_json_key(&job->j, "id");
		ward_json_str(&job->j, is->id);
		ward_json_key(&job->j, "name");
		ward_json_str(&job->j, is->name);
		ward_json_key(&job->j, "criticality");
		ward_json_u64(&job->j, is->criticality);
		ward_json_obj_end(&job->j);
	}
	ward_json_arr_end(&job->j);
}

static enum ward_err find_service(struct reckon_job *job, uint32_t *ret)
{
	const struct ward_model *m = job->r->m;
	uint32_t service[SERVICES], node = ward_model_find(m, job->ask->subject);

	if (!job->ask->subject.len && by_criticality(m, service))
		node = service[0];
	if (node == WARD_NONE || ward_model_node(m, node)->kind != WARD_NODE_SERVICE)
		return reckon_no(job, WARD_ERR_NOT_FOUND,
			WARD_TEXT("the hospital has no service '{id}'"), job->ask->subject);
	*ret = node;
	return WARD_OK;
}

enum ward_err reckon_find_paths(
	struct reckon_job *job, const struct ward_paths_given *given, size_t n)
{
	struct ward_reckon *r = job->r;
	const struct ward_paths_world world = {
		r->m, r->rules, r->attack, &r->facts, NULL, &r->escape, 0};
	struct ward_paths_ask ask = {.n_service = 1,
		.threat = ward_threats_find(ward_model_threats(r->m), WARD_STR("outage")),
		.k = PLANS,
		.budget = job->ask->budget == WARD_RECKON_WHATEVER ? WARD_AOG_NEVER
								   : job->ask->budget / EUROS,
		.samples = WARD_PATHS_USUAL,
		.seed = 1,
		.given = given,
		.n_given = n,
		.lang = job->lang};
	struct ward_paths paths;
	enum ward_err err = find_service(job, &ask.service[0]);

	if (err)
		return err;
	if (ask.threat == WARD_NONE)
		return reckon_no(job, WARD_ERR_NOT_FOUND,
			WARD_TEXT("content/threats.yml has no 'outage'"), WARD_STR(""));
	err = ward_paths_find(&world, r->e, &ask, r->o.mem, &paths);
	if (!err) {
		ward_json_key(&job->j, "paths");
		ward_paths_write_page(&paths, &world, &ask, &job->j);
	}
	ward_paths_fini(&paths);
	return err;
}

enum ward_err reckon_paths(struct reckon_job *job)
{
	ward_json_obj(&job->j);
	enum ward_err err = reckon_find_paths(job, NULL, 0);

	put_services(job);
	ward_json_obj_end(&job->j);
	return err;
}
