/* Lines that are one record together: stack traces, and the records of one event of Linux's audit
 * system.
 *
 * Pure; holds a bounded number of lines; sees untrusted bytes. One per stream of lines. */
#ifndef WARD_SENSE_LOG_JOIN_H
#define WARD_SENSE_LOG_JOIN_H

#include "base/limit.h"
#include "base/mem.h"

/* Which lines go on with the record before. Audit records are always put together. */
enum ward_join_mode {
	WARD_JOIN_NONE,
	WARD_JOIN_INDENT, /* those that begin with a blank, a tab or "Caused by:" */
	WARD_JOIN_MASK,   /* those that do not begin as the mask says; '9' stands for any digit */
};

enum { WARD_JOIN_MASK_MAX = 64 };

struct ward_joined {
	struct ward_str text; /* its lines, parted by LF; lives until the next call */
	uint64_t off, line;   /* of its first line */
	bool cut;             /* it had more lines or bytes than log.lines and log.record */
};

struct ward_join;

/* What the word or mask in `multiline` means: "indent", or a mask (see WARD_JOIN_MASK). False for
 * an empty or too long one. */
bool ward_join_mode(struct ward_str text, enum ward_join_mode *ret);
/* text as given to ward_join_mode, or empty for NONE. NOMEM, CONFIG. Borrows mem. */
WARD_MUST_CHECK enum ward_err ward_join_new(const struct ward_mem *mem,
	const struct ward_limits *lim, struct ward_str text, struct ward_join **ret);
void ward_join_free(struct ward_join *j);

/* Takes the next line. True: *ret is a record, of this line or of those before it. */
bool ward_join_line(struct ward_join *j, struct ward_str line, uint64_t off, uint64_t number,
	struct ward_joined *ret);
/* One of the records that wait for more lines, at the end or when none came for a while; false when
 * there is none. */
bool ward_join_rest(struct ward_join *j, struct ward_joined *ret);
/* True when lines are held; *ret_off is the lowest place of one. */
bool ward_join_holds(const struct ward_join *j, uint64_t *ret_off);

#endif
