#include "cli/check_zones.h"

#include "model/looks.h"
#include "sense/video/plan.h"

#include <limits.h>
#include <stdio.h>

enum { ARENA_BYTES = 16 << 20 };

static enum ward_err check(const char *dir, const struct ward_model *m, const struct ward_source *s,
	const struct ward_limits *lim, struct ward_diag *d)
{
	static struct ward_plan plan;
	struct ward_arena arena;
	struct ward_slice text;
	char path[PATH_MAX];
	bool whole = s->zones.p[0] == '/';
	int len = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(s->zones));
	enum ward_err err;

	if (len < 0 || len >= PATH_MAX)
		return WARD_ERR_LIMIT;
	ward_arena_init(&arena, ward_mem_heap(), ARENA_BYTES);
	err = ward_conf_read(&arena, lim, path, d, &text);
	if (!err)
		err = ward_plan_read(&arena, lim, ward_str_z(path), text, d, &plan);
	uint32_t room = ward_model_patient_room(m, s);

	if (!err && room != WARD_NONE)
		err = ward_plan_in_patient_room(
			&plan, ward_str_z(path), ward_model_node(m, room)->name, d);
	if (!err && s->keyframes)
		err = ward_plan_of_keyframes(&plan, ward_str_z(path), d);
	ward_arena_fini(&arena);
	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_CONFIG : err; /* it is a finding */
}

enum ward_err ward_cli_check_zones(const char *dir, const struct ward_model *m,
	const struct ward_limits *lim, struct ward_diag *d)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(m, &n);
	enum ward_err all = WARD_OK;

	for (size_t i = 0; i < n; i++) {
		enum ward_err err = s[i].zones.len ? check(dir, m, &s[i], lim, d) : WARD_OK;

		if (err && err != WARD_ERR_CONFIG)
			return err;
		all = err ? err : all;
	}
	return all;
}
