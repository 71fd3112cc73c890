/* What somebody proposes for the hospital's directory, as `api` is sent it, and as `config` is
 * asked: files, a version to go back to, or a file of another product. It is untrusted; nothing of
 * the texts is understood here. Pure. */
#ifndef WARD_RUN_PROC_API_PROPOSAL_H
#define WARD_RUN_PROC_API_PROPOSAL_H

#include "base/slice.h"
#include "base/wr.h"

/* The question (run/configure.h) of a body in JSON, into w. NULL, or what is wrong, which lives
 * forever; w is then to be thrown away. That w is too short its writer says itself. lang: of who
 * asks; empty: English. */
const char *serve_proposal(struct ward_slice body, struct ward_str lang, struct ward_wr *w);

#endif
