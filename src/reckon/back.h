/* In which order things are brought back, as the answer to a question of kind BACK: also for who
 * has loaded what it needs, and asks nobody. */
#ifndef WARD_RECKON_BACK_H
#define WARD_RECKON_BACK_H

#include "base/json.h"
#include "reckon/ask.h"
#include "recover/recover.h"

/* What is done to bring things back: of the content and of the hospital's directory. *ret is NULL
 * where that can't be read, which is no error: `ward check` says why. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reckon_works(const char *dir, const char *content,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_works **ret);
/* Writes the plan (README.md); texts are the content's own. w->works may be NULL: CONFIG; NOT_FOUND
 * (nothing that the hospital has is hit), LIMIT, MALFORMED, NOMEM: *ret_why is an English
 * text (WARD_TEXT) that says why, or NULL. */
WARD_MUST_CHECK enum ward_err ward_reckon_back(const struct ward_recover_world *w,
	const struct ward_reckon_ask *ask, const struct ward_mem *mem, struct ward_json *j,
	const char **ret_why);

#endif
