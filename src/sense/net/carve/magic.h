/* What a file is by its first bytes, and what its name promises: media types, as the Internet
 * Assigned Numbers Authority or usage names them. Pure functions; what they give lives forever. */
#ifndef WARD_SENSE_NET_CARVE_MAGIC_H
#define WARD_SENSE_NET_CARVE_MAGIC_H

#include "base/slice.h"

/* By the first bytes, of which 256 are enough; NULL: not known. */
const char *ward_file_mime(struct ward_slice first);
/* By the ending of a name or path that is no program's; NULL: not known. */
const char *ward_file_promised(struct ward_str name);
/* A machine would run it. mime: ward_file_mime's, or NULL. */
bool ward_file_is_program(const char *mime);

#endif
