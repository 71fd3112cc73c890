/* What was heard when a tool ran: a capture file (draft-ietf-opsawg-pcap) of its step, read whole.
 * Faces files that came with a scenario. */
#ifndef WARD_EXERCISE_CAPTURE_H
#define WARD_EXERCISE_CAPTURE_H

#include "exercise/scenario.h"

/* Frames, their bytes, and those of the file, of which nothing is read when it is longer. */
enum {
	WARD_CAPTURE_FRAMES = 20000,
	WARD_CAPTURE_BYTES = 4 << 20,
	WARD_CAPTURE_FILE = 8 << 20,
};

/* Reads DIR/stage/CAPTURE for every step that has one; what is wrong with a file is a finding, one
 * that is not there a warning: then the step sends nothing but where its tool runs. A file that a
 * server of the stage reads and that is not there is a warning too. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_capture_load(
	struct ward_scenario *s, const char *dir, struct ward_diag *diag);

#endif
