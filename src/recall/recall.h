/* What the journal still has of an incident or a camera, for a page: its events with their fields,
 * who talked with whom, where in a picture something was found.
 *
 * Reads the journal beside its writer (search/search.h): nothing there is changed. Events were
 * written by outsiders; a person in them is left out, also as a pseudonym. Single-threaded. */
#ifndef WARD_RECALL_RECALL_H
#define WARD_RECALL_RECALL_H

#include "journal/io.h"
#include "model/model.h"
#include "recall/ask.h"

struct ward_recall_opts {
	const struct ward_model *model;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	const struct ward_io *journal;
	const struct ward_io *index; /* of segments; NULL: each is read */
	uint32_t who;                /* this process, for names of half-made files */
};

struct ward_recall;

/* Borrows all of o, which must outlive it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_recall_new(
	const struct ward_recall_opts *o, struct ward_recall **ret);
void ward_recall_free(struct ward_recall *r);
/* The answer's text lives until the next. Its errors: NOT_FOUND (nothing is recorded), IO, NOMEM;
 * then the text says why and the mend. O(what the journal has of those times). */
struct ward_reckoned ward_recall_answer(struct ward_recall *r, const struct ward_recall_ask *ask);

#endif
