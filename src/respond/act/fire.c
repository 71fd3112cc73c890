#include "respond/act/fire.h"

/* Of texts in a record the quotes are escaped: so this is no part of any. */
static bool is_fire(struct ward_str json)
{
	return ward_str_find(json, WARD_STR("\"threat\":\"fire.fire\"")) != SIZE_MAX ||
	       ward_str_find(json, WARD_STR("\"threat\":\"fire.smoke\"")) != SIZE_MAX;
}

static bool forget(struct ward_act_fires *f, struct ward_id id)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!ward_id_eq(f->id[i], id))
			continue;
		f->id[i] = f->id[--f->n];
		return true;
	}
	return false;
}

bool ward_act_fires_take(struct ward_act_fires *f, struct ward_record_reader *r,
	struct ward_arena *scratch, struct ward_str json)
{
	struct ward_record rec;

	ward_arena_reset(scratch);
	if (ward_record_read(r, json, scratch, &rec) != WARD_OK || rec.kind != WARD_RECORD_INCIDENT)
		return false;
	/* A record names some of many threats: who makes others must not hide the fire. */
	bool burns = forget(f, rec.id);

	for (size_t i = 0; i < rec.n_superseded; i++)
		burns = forget(f, rec.superseded[i]) || burns;
	if (ward_record_phase(rec.state) != WARD_PHASE_OPEN || !(burns || is_fire(json)))
		return true;
	if (f->n == WARD_ACT_FIRES)
		f->more = true;
	else
		f->id[f->n++] = rec.id;
	return true;
}
