/* Which files hold rules, and which their tests. */
#ifndef WARD_DETECT_FILES_H
#define WARD_DETECT_FILES_H

#include "base/diag.h"
#include "base/mem.h"

enum { WARD_RULE_FILES_MAX = 131072 };

/* The paths of all .yml and .yaml files but .test.yml, sorted by byte order within each argument;
 * a file that is named is taken whatever it is called. In the arena. A path that can't be read is a
 * finding. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_rule_files(struct ward_arena *a, const char *const *path,
	size_t n_path, struct ward_diag *d, const char ***ret, size_t *ret_n);
/* The same of the tests: all NAME.test.yml in a directory, and of a file NAME.yml the one beside it
 * if it is there. */
WARD_MUST_CHECK enum ward_err ward_test_files(struct ward_arena *a, const char *const *path,
	size_t n_path, struct ward_diag *d, const char ***ret, size_t *ret_n);

#endif
