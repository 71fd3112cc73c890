/* Where warnings are fetched: "https://HOST[:PORT]/PATH". Pure. */
#ifndef WARD_SENSE_CAP_URL_H
#define WARD_SENSE_CAP_URL_H

#include "base/err.h"
#include "base/slice.h"

struct ward_cap_url {
	char host[256];
	uint16_t port;
	char path[1024]; /* with the query */
};

/* MALFORMED: *ret_why, static. */
WARD_MUST_CHECK enum ward_err ward_cap_url_read(
	struct ward_str text, struct ward_cap_url *ret, const char **ret_why);
/* A path alone goes into ret->path; false when it is none, or too long. */
WARD_MUST_CHECK bool ward_cap_url_path(struct ward_str path, struct ward_cap_url *ret);

#endif
