/* Which rights each profile gives, and which profiles people without `console:` have by their
 * roles: content/rights.yml (docs/sign-in.md), checked. Faces what whoever may write there wrote.
 */
#ifndef WARD_DESK_PROFILES_H
#define WARD_DESK_PROFILES_H

#include "desk/people.h"
#include "desk/rights.h"

#define WARD_RIGHTS_FILE "rights.yml"

enum { WARD_PROFILE_ROLES = 256 };

struct ward_profiles {
	struct ward_arena arena;
	uint64_t right[WARD_PROFILE_N]; /* WARD_RIGHT_BIT */
	struct ward_profile_role {
		struct ward_str role; /* id */
		uint32_t profiles;    /* WARD_PROFILE_BIT */
	} * role;
	size_t n_role;
};

/* Each profile must be there. CONFIG: with findings; NOMEM. Free either way. */
WARD_MUST_CHECK enum ward_err ward_profiles_read(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_profiles *ret);
/* The same of the content's folder. IO as well. */
WARD_MUST_CHECK enum ward_err ward_profiles_load(const char *content, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_profiles *ret);
void ward_profiles_free(struct ward_profiles *p);

/* What this person of that hospital may. */
uint64_t ward_profiles_rights(
	const struct ward_profiles *p, const struct ward_model *m, const struct ward_person *who);

#endif
