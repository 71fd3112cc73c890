/* Private to this room: opening and closing the bytes of an input (sense/input.h). */
#ifndef WARD_SENSE_BYTES_H
#define WARD_SENSE_BYTES_H

#include "sense/input.h"

/* Looks at the first bytes, and puts what unpacks and decodes them in their way. Borrows fd until
 * b->own_fd is set, and opts. IO, NOMEM; nothing is then left behind. */
WARD_MUST_CHECK enum ward_err ward_bytes_open(
	struct ward_input_bytes *b, int fd, const struct ward_input_opts *opts);
/* Frees, and closes fd when it is owned. */
void ward_bytes_close(struct ward_input_bytes *b);

#endif
