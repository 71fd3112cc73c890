#include "cli/check_controllers.h"

#include "model/point/point.h"
#include "sense/building/poll_source.h"

#include <limits.h>
#include <stdio.h>

static void check_source(const struct ward_source *s, struct ward_diag *d)
{
	const char *why;

	for (size_t i = 0; i < s->n_controllers; i++)
		if (!ward_poll_controller_fits(s->controllers[i], &why))
			ward_diag_addf(d, WARD_DIAG_ERROR, s->file, s->line,
				WARD_TEXT("'%.*s' of source '%.*s' is no controller's address\n%s"),
				WARD_STR_ARG(s->controllers[i]), WARD_STR_ARG(s->id), why);
}

static void check_point(const char *path, const struct ward_model *m,
	const struct ward_bms_point *p, struct ward_diag *d)
{
	const struct ward_source *s = ward_model_source(m, p->source);
	const char *why;

	if (s && !ward_poll_address_fits(s->kind, p->address, &why))
		ward_diag_addf(d, WARD_DIAG_ERROR, ward_str_z(path), p->line,
			WARD_TEXT("source '%.*s' has no address '%.*s'\n%s"), WARD_STR_ARG(s->id),
			WARD_STR_ARG(p->address), why);
}

enum ward_err ward_cli_check_controllers(const char *dir, const char *content,
	const struct ward_model *m, const struct ward_limits *lim, struct ward_diag *d)
{
	size_t n, before = d->n_error;
	const struct ward_source *s = ward_model_sources(m, &n);
	struct ward_diag said; /* by whoever checks points */
	const struct ward_point_in in = {m, lim, ward_mem_heap(), &said};
	struct ward_points *points = NULL;
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/" WARD_POINT_FILE, dir);

	if (len < 0 || len >= PATH_MAX)
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < n; i++)
		check_source(&s[i], d);
	ward_diag_init(&said, ward_mem_heap());
	enum ward_err err = ward_points_load(&in, dir, content, &points);

	for (size_t i = 0; points && i < ward_points_n(points); i++)
		check_point(path, m, ward_points_at(points, i), d);
	ward_points_free(points);
	ward_diag_fini(&said);
	if (err && err != WARD_ERR_CONFIG)
		return err;
	return d->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}
