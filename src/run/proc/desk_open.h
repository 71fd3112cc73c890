/* Part of the process `desk`: which incidents are open, and high or critical, as the store's rows
 * say. Bounded; beyond that the one that was told of longest ago is forgotten, and then is none. */
#ifndef WARD_RUN_PROC_DESK_OPEN_H
#define WARD_RUN_PROC_DESK_OPEN_H

#include "base/id.h"
#include "base/limit.h"
#include "base/mem.h"

struct ward_record_reader;

enum { DESK_OPEN = 256 };

struct desk_open {
	struct ward_record_reader *reader;
	struct ward_arena arena;
	struct ward_id at[DESK_OPEN]; /* the latest last */
	size_t n;
	uint64_t forgotten, unread;
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err desk_open_init(struct desk_open *o, const struct ward_limits *lim);
void desk_open_fini(struct desk_open *o);
/* A row of an incident: its latest revision. */
void desk_open_take(struct desk_open *o, struct ward_str json);
bool desk_open_has(const struct desk_open *o, struct ward_id id);

#endif
