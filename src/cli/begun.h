/* Which playbooks roles that a policy plays would have begun, of those that messages named, for
 * `ward exercise score --policy`: by the code by which a play begins them. Runs are begun and go no
 * further: what they would ask, nobody is there to do. */
#ifndef WARD_CLI_BEGUN_H
#define WARD_CLI_BEGUN_H

#include "exercise/policy.h"
#include "respond/recipients.h"
#include "respond/playbook/playbook.h"

struct ward_cli_begun; /* opaque: it holds runs */

struct ward_cli_begun_in { /* borrowed */
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_policy *policy;
	const struct ward_recipients *recipients;
	const struct ward_playbooks *playbooks; /* that people can begin; NULL: none */
};

struct ward_cli_began {
	const struct ward_recipient *by;
	const struct ward_playbook *playbook;
	ward_ns at;
};

/* *ret is NULL where nobody begins any, and the calls below then do nothing. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_begun_new(
	const struct ward_cli_begun_in *in, struct ward_cli_begun **ret);
void ward_cli_begun_free(struct ward_cli_begun *b);
/* The row that queues a message. NOMEM; LIMIT: too much waits to be begun. */
WARD_MUST_CHECK enum ward_err ward_cli_begun_told(
	struct ward_cli_begun *b, struct ward_str row, ward_ns now);
/* A row of an incident, once all that is due before it was asked for. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_begun_incident(struct ward_cli_begun *b, struct ward_id id,
	uint32_t revision, struct ward_str json, ward_ns now);
/* What was begun by then, once. False: nothing more. */
bool ward_cli_begun_next(struct ward_cli_begun *b, ward_ns now, struct ward_cli_began *ret);

#endif
