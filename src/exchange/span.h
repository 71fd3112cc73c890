/* Where things stand in a JSON text, so that they can be handed on byte for byte. The text was
 * found to be JSON before. Pure. */
#ifndef WARD_EXCHANGE_SPAN_H
#define WARD_EXCHANGE_SPAN_H

#include "base/slice.h"

/* The value of a member of the object, as it stands there; a string without its quotes, its escapes
 * as they are. Empty: there is none. */
struct ward_str ward_span_member(struct ward_str object, const char *key);
/* The next object of an array, cut off *rest, which begins within it; empty: there is none more. */
struct ward_str ward_span_next(struct ward_str *rest);

#endif
