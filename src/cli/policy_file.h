/* What roles a policy plays, in a live play or of a recording, and which are left to people in the
 * room. A role that begins playbooks is one in which somebody of people.yml may; where nobody has
 * it, by what people in it may. */
#ifndef WARD_CLI_POLICY_FILE_H
#define WARD_CLI_POLICY_FILE_H

#include "exercise/policy.h"
#include "exercise/scenario.h"

struct ward_cli_policy_in {
	const char *file;
	const char *people;                /* "ROLE,ROLE …": they are left to people; or NULL */
	const char *hospital, *content;    /* directories */
	const struct ward_scenario *story; /* that is played; NULL: of more than one */
	const struct ward_limits *lim;
	const struct ward_model *m;
	struct ward_diag *diag;
};
/* CONFIG with findings; IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_policy_read(
	const struct ward_cli_policy_in *in, struct ward_policy *ret);

#endif
