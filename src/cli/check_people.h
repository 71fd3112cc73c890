/* What `ward check` asks of the rooms about people: who they are, who is told and on call, and what
 * the law says of what is kept about them. */
#ifndef WARD_CLI_CHECK_PEOPLE_H
#define WARD_CLI_CHECK_PEOPLE_H

#include "model/model.h"

/* Each like the others of `check_rooms.c`: findings go to d; nothing is looked at without a model.
 * CONFIG, or why the room could not look (IO, LIMIT, NOMEM). */
WARD_MUST_CHECK enum ward_err ward_cli_check_people(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_posts(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_directory(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_recipients(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_readers(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_oncall(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_badges(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_identifiers(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_law(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_processing(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);
WARD_MUST_CHECK enum ward_err ward_cli_check_notice(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);

#endif
