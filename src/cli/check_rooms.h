/* What `ward check` asks of each room: whether its part of a hospital directory, and of the content
 * it is used with, is right. */
#ifndef WARD_CLI_CHECK_ROOMS_H
#define WARD_CLI_CHECK_ROOMS_H

#include "model/model.h"

/* Reads all of both. Findings go to d; lim is as the directory says, from its defaults. *m gets the
 * model, to be freed by the caller; NULL stays where none could be built. False: a room could not
 * look (no such file, unreadable, no memory). */
WARD_MUST_CHECK bool ward_cli_check_rooms(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);

#endif
