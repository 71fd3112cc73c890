/* Heads and codes of the ledger in whatever a witness keeps them in: what `ward audit head` wrote,
 * a syslog server's file, saved mails, what another system took as JSON (also with its quotes
 * escaped). Bytes of anybody; all else in them is left. Pure. */
#ifndef WARD_AUDIT_FOUND_H
#define WARD_AUDIT_FOUND_H

#include "base/mem.h"
#include "comply/code.h"
#include "comply/head.h"

struct ward_found {
	/* Each tree head, each code, in their order; anything but OK ends it. */
	enum ward_err (*head)(void *ctx, const struct ward_head *h);
	enum ward_err (*code)(void *ctx, const struct ward_code *c);
	void *ctx;
	uint64_t n_head, n_code;
	uint64_t n_bad; /* what begins as a head and is none, a code with a slip in it */
};

/* Counts, and what the callbacks give. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_found_in(
	struct ward_found *f, const struct ward_mem *mem, struct ward_slice bytes);

#endif
