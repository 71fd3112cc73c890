#include "cli/ways.h"

enum ward_err ward_cli_ways_load(const char *content, const char *dir, const struct ward_model *m,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_cli_ways *ret)
{
	*ret = (struct ward_cli_ways){0};
	enum ward_err err = ward_evac_load(content, dir, m, lim, ward_mem_heap(), diag, &ret->evac);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	return ward_evac_escape(ret->evac, &ret->escape);
}

void ward_cli_ways_fini(struct ward_cli_ways *w)
{
	ward_evac_free(w->evac);
	*w = (struct ward_cli_ways){0};
}
