/* Private to this room: how the text of an identity is looked at. */
#ifndef WARD_COMPLY_IDENTITY_H
#define WARD_COMPLY_IDENTITY_H

#include "base/slice.h"

/* Case of ASCII letters makes no difference between identities. */
static inline uint8_t ward_identity_lower(char c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}
/* Where c stands last in s; SIZE_MAX when it does not. */
size_t ward_identity_last(struct ward_str s, char c);
/* An account that every installation has and that names no person. */
bool ward_identity_well_known(struct ward_str who);

#endif
