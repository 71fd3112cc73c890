/* What `ward model new --json` said of a house: its questions or files, as they go on to a page.
 *
 * Lines of JSON, of kind question, file or finding; others are passed over. The command reads what
 * somebody sent in a cage, so what it says counts as theirs. */
#ifndef WARD_RUN_LAID_H
#define WARD_RUN_LAID_H

#include "base/json.h"
#include "base/limit.h"
#include "conf/conf.h"

enum { WARD_LAID_FOUND = 1024 };

struct ward_laid {
	struct ward_arena *arena;
	const struct ward_limits *lim;
	bool (*has)(void *ctx, struct ward_str path); /* the hospital has this file already */
	void *ctx;
	char why[WARD_LAID_FOUND];
	size_t n_why; /* of why: the first finding, and its mend */
	bool there;   /* a file of it is: that is left out */
};

/* The members of an array. What is no line of JSON: as ward_conf_json says. */
WARD_MUST_CHECK enum ward_err ward_laid_read(
	struct ward_laid *l, struct ward_str out, struct ward_json *j);

#endif
