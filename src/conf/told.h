/* What a process tells of itself: one small JSON object, read as outside bytes by whoever shows it
 * to people. */
#ifndef WARD_CONF_TOLD_H
#define WARD_CONF_TOLD_H

#include "base/clock.h"
#include "conf/conf.h"

struct ward_conf_told {
	const char *name; /* of it, in findings that nobody sees */
	size_t most;      /* bytes */
	/* Takes what it wants; members that it does not know it passes over. False: one is missing,
	 * or is not what it must be. c lives as long as the call. */
	bool (*take)(const struct ward_conf *c, void *ret);
};
/* LIMIT: it is longer. MALFORMED: no JSON, or not taken; ret may have a part of it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_conf_told_read(const struct ward_conf_told *t,
	struct ward_str text, const struct ward_mem *mem, void *ret);

/* Members. False: it is none, or out of range. */
bool ward_conf_told_u64(const struct ward_conf *c, const char *key, uint64_t *ret);
bool ward_conf_told_time(const struct ward_conf *c, const char *key, ward_ns *ret);
/* 0 or 1. */
bool ward_conf_told_flag(const struct ward_conf *c, const char *key, bool *ret);
/* Which of n words a scalar is, which may be empty. */
bool ward_conf_told_word(
	const struct ward_conf *c, const char *key, const char *const *word, size_t n, size_t *ret);

#endif
