/* Private to the room: values out of files that people write, with a finding where one is wrong. */
#ifndef WARD_PROCESSING_READ_H
#define WARD_PROCESSING_READ_H

#include "processing/priv.h"

struct proc_reader {
	struct ward_processing *p;
	struct ward_diag *diag;
	struct ward_arena *arena;
	enum ward_err *err;           /* NOMEM */
	const struct ward_conf *file; /* its map */
	struct ward_str jurisdiction;
	bool content;
};

/* what has the slot {name}. */
static inline void proc_bad(const struct proc_reader *x, const struct ward_conf *at,
	const char *what, struct ward_str name, const char *mend)
{
	ward_conf_bad(at, what, name, mend, x->diag);
}

/* An id, which stands in decisions and on screens; false: a finding was added. */
bool proc_read_id(const struct proc_reader *x, const struct ward_conf *c, struct ward_str *ret);
/* The texts of a list, or of one text; none where the key is not there. */
void proc_read_list(const struct proc_reader *x, const struct ward_conf *c, const char *key,
	struct ward_proc_list *ret);
/* The begin of that day; NEVER where there is none. */
ward_ns proc_read_day(
	const struct proc_reader *x, const struct ward_conf *c, const char *key, bool required);
/* The end of that day. */
ward_ns proc_behind(ward_ns day);
/* More than 0; 0 where there is none. */
ward_ns proc_read_span(const struct proc_reader *x, const struct ward_conf *c, const char *key);

/* One of `agreements`, of `processors` (read_party.c). */
void proc_read_agreement(const struct proc_reader *x, const struct ward_conf *c);
void proc_read_processor(const struct proc_reader *x, const struct ward_conf *c);

#endif
