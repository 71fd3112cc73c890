/* What is known before a file is looked at. Private to the room. */
#ifndef WARD_SENSE_FILE_INSPECTOR_H
#define WARD_SENSE_FILE_INSPECTOR_H

#include "sense/file/file.h"
#include "sense/file/hashes.h"
#include "sense/file/rules.h"
#include "sense/file/seek.h"

struct ward_inspector {
	struct ward_arena arena;
	struct ward_inspect_weights weights;
	struct ward_hashes allow, block;
	struct ward_file_rules *rules;
	struct ward_scan *scan;                  /* of the rules, for one file after the other */
	struct ward_seek script;                 /* words that scripts are told by */
	struct evp_md_ctx_st *hash[WARD_HASH_N]; /* libcrypto's, each ready for its next bytes */
};

/* Without rules, lists and weights; NULL: no memory. ward_inspector_free. */
struct ward_inspector *ward_inspector_new(void);
/* Once it has its rules: what cells need besides. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_inspector_ready(
	struct ward_inspector *i, const struct ward_limits *lim);

/* weights.yml: `verdicts:` from which sum on, `weights:` of each reason by name; each must be there
 * (in content's), none may be unknown. A second file changes the first. CONFIG: findings were
 * added; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_weights_read(struct ward_inspect_weights *w,
	const struct ward_limits *lim, const char *path, bool all, struct ward_arena *a,
	struct ward_diag *diag);

#endif
