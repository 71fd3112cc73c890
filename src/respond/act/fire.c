#include "respond/act/fire.h"

/* Of texts in a record the quotes are escaped: so this is no part of any. */
static bool is_fire(struct ward_str json)
{
	return ward_str_find(json, WARD_STR("\"threat\":\"fire.fire\"")) != SIZE_MAX ||
	       ward_str_find(json, WARD_STR("\"threat\":\"fire.smoke\"")) != SIZE_MAX;
}

bool ward_act_fires_take(struct ward_act_fires *f, struct ward_record_reader *r,
	struct ward_arena *scratch, struct ward_str json)
{
	struct ward_record rec;
	size_t i = 0;

	ward_arena_reset(scratch);
	if (ward_record_read(r, json, scratch, &rec) != WARD_OK || rec.kind != WARD_RECORD_INCIDENT)
		return false;
	while (i < f->n && !ward_id_eq(f->id[i], rec.id))
		i++;
	bool open = ward_record_phase(rec.state) == WARD_PHASE_OPEN;
	bool burns = is_fire(json) && open;

	if (open && !rec.n_member) /* of one that was quiet for long only the decision is told */
		return true;
	if (burns && i == WARD_ACT_FIRES)
		f->more = true;
	else if (burns && i == f->n)
		f->id[f->n++] = rec.id;
	else if (!burns && i < f->n)
		f->id[i] = f->id[--f->n];
	return true;
}
