/* Inside api: what is expected, and what is held back. */
#ifndef WARD_API_HELD_H
#define WARD_API_HELD_H

#include "api/picture.h"

/* permits.c: the next permit that is in force there or will be within hours, from *at on; NULL:
 * there is no more. */
const struct ward_permit *api_works(
	const struct ward_api *a, const struct api_scope *s, ward_ns now, size_t *at);
/* filters.c: a filter that stands; texts are of its row, or live forever. */
struct api_filter {
	const struct api_kept *row;
	uint32_t node;
	struct ward_str rule, title, until, role, why, incident;
};
/* The next one that stands there, the latest first; *left: how many are left to be looked at. */
bool api_filter_next(struct ward_api *a, const struct api_scope *s, ward_ns now, size_t *left,
	struct api_filter *ret);
/* Each of these, and how many signs it held back since then. False: no memory. */
WARD_MUST_CHECK bool api_filters_held(struct ward_api *a, const struct api_scope *s, ward_ns now,
	ward_ns since, void (*fn)(void *ctx, const struct api_filter *f, uint64_t n), void *ctx);

#endif
