/* Part of the process `desk`: which incidents are open, and high or critical, as the store's rows
 * say, and whose pseudonyms stand in them. Bounded; beyond that the one that was told of longest
 * ago is forgotten, and then is none. */
#ifndef WARD_RUN_PROC_DESK_OPEN_H
#define WARD_RUN_PROC_DESK_OPEN_H

#include "base/id.h"
#include "base/limit.h"
#include "base/mem.h"

struct ward_record_reader;

enum { DESK_OPEN = 256, DESK_OPEN_TOKENS = 64, DESK_TOKEN = 18 };

struct desk_open {
	struct ward_record_reader *reader;
	struct ward_arena arena;
	struct desk_open_incident {
		struct ward_id id;
		char token[DESK_OPEN_TOKENS][DESK_TOKEN];
		size_t n_token;
	} * at; /* DESK_OPEN of them, the latest last */
	size_t n;
	uint64_t forgotten, unread, tokens_forgotten;
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err desk_open_init(struct desk_open *o, const struct ward_limits *lim);
void desk_open_fini(struct desk_open *o);
/* The row of an incident of that id: its latest revision. Of one that can't be read nothing is
 * known any more, so that it is not open. */
void desk_open_take(struct desk_open *o, struct ward_id id, struct ward_str json);
bool desk_open_has(const struct desk_open *o, struct ward_id id);
/* Does somebody of that pseudonym stand in it: as the one who did what a sign tells? */
bool desk_open_names(const struct desk_open *o, struct ward_id id, struct ward_str token);

#endif
