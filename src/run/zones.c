#include "run/zones.h"

#include "base/diag.h"
#include "model/looks.h"
#include "sense/video/plan_json.h"

#include <limits.h>
#include <stdio.h>

enum { ARENA_BYTES = 16 << 20 };

static void first(const struct ward_diag *d, enum ward_err err, struct ward_wr *why)
{
	if (d->n)
		ward_wr_printf(why, "%.*s:%u: %.*s; %.*s", WARD_STR_ARG(d->item[0].file),
			d->item[0].line, WARD_STR_ARG(d->item[0].what),
			WARD_STR_ARG(d->item[0].mend));
	else if (err)
		ward_wr_z(why, ward_err_text(err));
}

enum ward_err ward_zones_read(const char *dir, const struct ward_model *m,
	const struct ward_source *s, const struct ward_limits *lim, struct ward_wr *json,
	struct ward_wr *why)
{
	static struct ward_plan plan;
	struct ward_json j = ward_json_on(json);
	struct ward_arena arena;
	struct ward_slice text;
	struct ward_diag diag;
	char path[PATH_MAX];
	bool whole = s->zones.len && s->zones.p[0] == '/';
	int len = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(s->zones));
	enum ward_err err = len < 0 || len >= PATH_MAX ? WARD_ERR_LIMIT : WARD_OK;

	ward_plan_default(&plan);
	ward_arena_init(&arena, ward_mem_heap(), ARENA_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	if (!err && s->zones.len)
		err = ward_conf_read(&arena, lim, path, &diag, &text);
	if (!err && s->zones.len)
		err = ward_plan_read(&arena, lim, s->zones, text, &diag, &plan);
	plan.patient_room = plan.patient_room || ward_model_patient_room(m, s) != WARD_NONE;
	ward_diag_sort(&diag);
	first(&diag, err, why);
	ward_plan_json(&plan, &j);
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
	return err == WARD_ERR_NOMEM || ward_wr_bad(json) || ward_wr_bad(why) ? WARD_ERR_NOMEM
									      : WARD_OK;
}
