/* Which piece of a resource a body is (RFC 9110 14). Pure over outside bytes. */
#ifndef WARD_SENSE_NET_CARVE_RANGE_H
#define WARD_SENSE_NET_CARVE_RANGE_H

#include "sense/net/carve/sink.h"

/* A Content-Range field (14.4): "bytes 0-499/1234", or with '*' for a length that is not known.
 * Fills from, total and piece of *ret. False: it says none (another unit, "bytes *" with a length
 * alone, ends that can't be); *ret is as it was. O(bytes). */
bool ward_range_read(struct ward_str field, struct ward_file_range *ret);

#endif
