/* ClamAV's daemon over a connection that is open already (clamd(8), INSTREAM). */
#ifndef WARD_SENSE_FILE_CLAM_H
#define WARD_SENSE_FILE_CLAM_H

#include "sense/file/report.h"

/* Says what the connection is for; nothing else can be asked on it then. */
bool ward_clam_begin(int fd);
/* Sends the n >= 1 files and reads the answer, which is of all of them; it waits. More than one go
 * as an archive (ustar, POSIX.1-2001 pax), since a connection takes one question. A name that was
 * found goes to ret_name. FAILED: the daemon gave no verdict (too large for it together, gone, or
 * it said something else). */
enum ward_clam ward_clam_ask(
	int fd, const struct ward_slice *file, size_t n, char ret_name[WARD_INSPECT_TEXT]);
/* An answer, without its end. */
enum ward_clam ward_clam_answer(struct ward_str answer, char ret_name[WARD_INSPECT_TEXT]);

#endif
