#include "run/proc/patterns.h"

#include <stdio.h>

struct ward_log_patterns *process_patterns(
	struct ward_process *p, struct ward_names *names, const struct ward_limits *lim)
{
	const char *const root[] = {
		ward_process_setting(p, "content"), ward_process_setting(p, "hospital")};
	struct ward_log_patterns *patterns = NULL;
	struct ward_diag diag;
	enum ward_err err = ward_log_patterns_new(names, lim, ward_mem_heap(), &patterns);

	ward_diag_init(&diag, ward_mem_heap());
	for (size_t i = 0; i < WARD_ARRAY_LEN(root) && !err; i++) {
		char dir[4096];
		int n = root[i] ? snprintf(dir, sizeof(dir), "%s/log-patterns", root[i]) : -1;

		if (n < 0 || (size_t)n >= sizeof(dir))
			continue;
		err = ward_log_patterns_load(patterns, dir, &diag);
		if (err != WARD_ERR_NOMEM)
			err = WARD_OK;
	}
	if (err)
		ward_process_die(p, "out of memory", err);
	if (diag.n_error) {
		ward_count_name(&p->counters, "log.patterns_wrong", diag.n_error);
		WARD_LOG(&p->log, WARN, "log.patterns_wrong", WARD_KV_U("findings", diag.n_error));
	}
	ward_diag_fini(&diag);
	return patterns;
}
