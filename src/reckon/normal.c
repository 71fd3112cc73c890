/* What is usual of a device, out of what the brain learned. */
#include "reckon/priv.h"

#include <stdio.h>

enum { ROWS = 12, PATH_BYTES = 4096, ROOM_LEFT = 40 << 10 };

enum ward_err reckon_load_normal(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	char dir[PATH_BYTES];
	int n = snprintf(dir, sizeof(dir), "%s/baselines", o->content);

	if (!ward_model_hospital(r->m)->baselines)
		return WARD_OK;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	return ward_bl_profiles_load(
		dir, ward_model_threats(r->m), &r->names, o->lim, o->diag, &r->profiles);
}

void reckon_free_normal(struct ward_reckon *r)
{
	ward_baseline_free(r->normal);
	ward_bl_profiles_free(r->profiles);
}

enum ward_err reckon_remember_normal(struct ward_reckon *r, struct ward_slice bytes)
{
	const struct ward_bl_config cfg = {.mode = WARD_BL_LIVE, .model = r->m};

	ward_baseline_free(r->normal);
	r->normal = NULL;
	if (!r->profiles || !bytes.len)
		return WARD_OK;
	enum ward_err err = ward_baseline_new(r->profiles, &cfg, r->o.mem, &r->normal);

	if (!err)
		err = ward_baseline_load(r->normal, bytes, NULL);
	if (err) {
		ward_baseline_free(r->normal);
		r->normal = NULL;
	}
	return err;
}

static struct ward_str say(void *ctx, struct ward_str english)
{
	struct reckon_job *job = ctx;

	return ward_lang_text(job->lang, english);
}

enum ward_err reckon_normal(struct reckon_job *job)
{
	struct ward_reckon *r = job->r;
	struct ward_json *j = &job->j;
	const struct ward_bl_about ask = {.thing = job->ask->subject,
		.now = r->seen_at,
		.rows = ROWS,
		.bytes = WARD_RECKON_ANSWER - ROOM_LEFT,
		.say = say,
		.ctx = job};

	if (ward_model_find(r->m, job->ask->subject) == WARD_NONE)
		return reckon_no(job, WARD_ERR_NOT_FOUND, WARD_TEXT("the hospital has no '{id}'"),
			job->ask->subject);
	ward_json_obj(j);
	ward_json_key(j, "as_of");
	if (r->seen_at == INT64_MIN)
		ward_json_null(j);
	else
		ward_json_time(j, r->seen_at - r->seen_at % WARD_NS_PER_S);
	ward_json_key(j, "learns");
	ward_json_bool(j, r->profiles != NULL);
	if (r->normal) {
		ward_baseline_about(r->normal, &ask, j);
	} else {
		ward_json_key(j, "usual");
		ward_json_arr(j);
		ward_json_arr_end(j);
		ward_json_key(j, "more");
		ward_json_u64(j, 0);
	}
	ward_json_obj_end(j);
	return WARD_OK;
}
