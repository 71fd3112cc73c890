/* What is watched in the picture of a source's cameras, as the process that decodes it reads it. */
#ifndef WARD_RUN_ZONES_H
#define WARD_RUN_ZONES_H

#include "base/limit.h"
#include "base/wr.h"
#include "model/model.h"

/* Of a source of kind video: the zones of its file as JSON (sense/video/plan_json.h), what could be
 * read of them where the file is wrong, and then why (the first finding). NOMEM. */
WARD_MUST_CHECK enum ward_err ward_zones_read(const char *dir, const struct ward_model *m,
	const struct ward_source *s, const struct ward_limits *lim, struct ward_wr *json,
	struct ward_wr *why);

#endif
