/* Private to the processes: what the words of other systems mean. */
#ifndef WARD_RUN_PROC_PATTERNS_H
#define WARD_RUN_PROC_PATTERNS_H

#include "run/process.h"
#include "sense/log/pattern.h"

/* The log-patterns of the settings "content" and "hospital". What fails its tests or can't be read
 * is told by 'ward check'; the rest serves. Before the cage; ends the process without memory. */
struct ward_log_patterns *process_patterns(
	struct ward_process *p, struct ward_names *names, const struct ward_limits *lim);

#endif
