/* What of a hospital's networks is seen, how, and by whom; and what is not.
 *
 * Pure: events go in, a table comes out. It says "seen" only of who was heard: an address that
 * others merely call is not. One per run, single-threaded; events may come from outsiders. Bounded
 * by coverage.rows; what does not fit is counted and said. */
#ifndef WARD_MODEL_COVERAGE_H
#define WARD_MODEL_COVERAGE_H

#include "event/event.h"
#include "model/model.h"
#include "words/words.h"

struct ward_coverage;

/* Borrows all as long as it lives; model may be NULL: then networks are /24 and /64 prefixes, and
 * nothing can be said of assets. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_coverage_new(const struct ward_mem *mem,
	const struct ward_limits *lim, struct ward_names *names, const struct ward_model *model,
	struct ward_coverage **ret);
/* NULL is allowed. */
void ward_coverage_free(struct ward_coverage *c);
/* Takes net.flow, net.host, net.loss, net.sent and ward.loss; others only show that their source
 * lives. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_coverage_event(
	struct ward_coverage *c, const struct ward_event *e);
/* All of it as bytes, and back into a fresh one. The model may be another by then: assets that are
 * no more are left out. MALFORMED, VERSION, LIMIT, NOMEM: c may then only be freed. */
void ward_coverage_save(const struct ward_coverage *c, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_coverage_load(struct ward_coverage *c, struct ward_slice bytes);
/* For people: sources, then per network what is seen and how many assets are not, with `ids` also
 * which; lang NULL: in English. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_coverage_write_table(
	const struct ward_coverage *c, bool ids, struct ward_lang *lang, struct ward_wr *w);
/* One object per line: kind source, network, protocol, asset. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_coverage_write_json(
	const struct ward_coverage *c, struct ward_wr *w);

#endif
