/* What of the hospital does not run, as the supervisor found it at its start (processing): each
 * process that loads the model by itself marks it so. */
#ifndef WARD_RUN_STOPPED_H
#define WARD_RUN_STOPPED_H

#include "model/model.h"
#include "run/process.h"

static inline void ward_stopped_mark(const struct ward_process *p, struct ward_model *m)
{
	const char *id;

	for (size_t i = 0; m && (id = ward_process_nth(p, "stopped", i)) != NULL; i++)
		ward_model_stop(m, ward_str_z(id));
}

#endif
