/* What is known of the hospital: how complete its directory is, and how much risk a device is. */
#include "reckon/priv.h"

enum { QUESTIONS = 20 };

enum ward_err reckon_score(struct reckon_job *job)
{
	struct ward_reckon *r = job->r;
	struct ward_score *s = ward_mem_alloc(r->o.mem, sizeof(*s)); /* large for the stack */

	if (!s)
		return WARD_ERR_NOMEM;
	const struct ward_score_world world = {
		r->m, r->trial, r->trial_e, r->evac, r->o.mem, job->ask->now};
	enum ward_err err = ward_score_make(&world, s);

	if (!err)
		ward_score_write_page(s, r->m, QUESTIONS, job->lang, &job->j);
	ward_mem_free(r->o.mem, s, sizeof(*s));
	return err;
}

enum ward_err reckon_risk(struct reckon_job *job)
{
	struct ward_reckon *r = job->r;
	uint32_t node = ward_model_find(r->m, job->ask->subject);
	const struct ward_risk_world world = {.m = r->m,
		.e = r->e,
		.facts = &r->facts,
		.advices = &r->advices,
		.abouts = &r->abouts,
		.look = WARD_RISK_LOOK,
		.only = &node};
	struct ward_risks risks;

	if (node == WARD_NONE)
		return reckon_no(job, WARD_ERR_NOT_FOUND, WARD_TEXT("the hospital has no '{id}'"),
			job->ask->subject);
	enum ward_err err = ward_risks_find(&world, r->o.mem, &risks);

	ward_json_obj(&job->j);
	ward_json_key(&job->j, "risk");
	if (!err && risks.n_device)
		ward_risks_write_page(&risks, 0, job->lang, &job->j);
	else
		ward_json_null(&job->j); /* it is none of the devices that this is computed for */
	ward_json_obj_end(&job->j);
	ward_risks_fini(&risks);
	return err;
}
