/* What is played, and how fast. */
#include "run/proc/play.h"

enum { SPEED_MAX = 100000 };

static const char *need(struct player *pl, const char *key)
{
	const char *v = ward_process_setting(&pl->p, key);

	if (!v)
		ward_process_die(&pl->p, key, WARD_ERR_CONFIG);
	return v;
}

static uint64_t number(struct player *pl, const char *key, const char *text)
{
	uint64_t v;

	if (!ward_str_u64(ward_str_z(text), &v) || v > INT64_MAX)
		ward_process_die(&pl->p, key, WARD_ERR_CONFIG);
	return v;
}

void play_load(struct player *pl)
{
	struct ward_diag d;
	const char *dir = need(pl, "hospital"), *content = need(pl, "content");
	const char *scenario = need(pl, "scenario");
	const char *speed = ward_process_setting(&pl->p, "speed");
	const char *begin = ward_process_setting(&pl->p, "begin");
	const char *life = ward_process_setting(&pl->p, "life");
	struct ward_scenario_in in = {.lim = &pl->lim, .mem = ward_mem_heap(), .diag = &d};
	enum ward_err err;

	pl->sets = ward_process_fd(&pl->p, "sets");
	pl->gone = ward_process_fd(&pl->p, "gone");
	pl->begin = begin ? (ward_ns)number(pl, "begin", begin) : WARD_NS_NEVER;
	pl->speed = speed ? number(pl, "speed", speed) : 100;
	if (!pl->speed || pl->speed > SPEED_MAX)
		ward_process_die(&pl->p, "speed", WARD_ERR_CONFIG);
	ward_diag_init(&d, in.mem);
	ward_limits_default(&pl->lim);
	err = ward_model_limits(dir, in.mem, &d, &pl->lim);
	if (!err)
		err = ward_model_load(dir, content, &pl->lim, in.mem, &d, &pl->model);
	in.m = pl->model;
	if (!err)
		err = ward_scenario_load(scenario, &in, &pl->scenario);
	if (!err && life)
		err = play_life_load(pl, &in, life);
	for (size_t i = 0; i < d.n; i++)
		if (d.item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(&pl->p.log, ERROR, "play.finding",
				WARD_KV_S("file", d.item[i].file),
				WARD_KV_U("line", d.item[i].line),
				WARD_KV_S("what", d.item[i].what));
	ward_diag_fini(&d);
	if (!err)
		err = ward_course_new(in.mem, pl->scenario, &pl->course);
	if (!err)
		err = play_seen_begin(pl);
	if (err)
		ward_process_die(&pl->p, "cannot load the scenario", err);
	if (!life)
		play_truth_load(pl, dir);
}
