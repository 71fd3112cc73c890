/* Inside crisis: items out of rows. */
#ifndef WARD_CRISIS_PRIV_H
#define WARD_CRISIS_PRIV_H

#include "crisis/crisis.h"

/* A row of a decision, with its args. */
struct crisis_row {
	enum ward_decision_kind kind;
	struct ward_id id, about; /* about: what its subject names; zeros: nothing */
	ward_ns at;
	struct ward_str person, role, text;
	const struct ward_conf *args; /* NULL: it has none */
};

/* NULL: there is no memory. */
struct ward_crisis_item *crisis_item_new(const struct ward_mem *mem, const struct crisis_row *row);
void crisis_item_free(const struct ward_mem *mem, struct ward_crisis_item *i);
/* A task's end, by whom and how. NOMEM: as it was. */
WARD_MUST_CHECK enum ward_err crisis_item_end(const struct ward_mem *mem,
	struct ward_crisis_item *i, const struct crisis_row *row, enum ward_crisis_state s);
/* What somebody who was called says. LIMIT, NOMEM: as it was. */
WARD_MUST_CHECK enum ward_err crisis_item_answer(const struct ward_mem *mem,
	struct ward_crisis_item *i, const struct crisis_row *row, uint32_t minutes);

/* From 1; 0: it is none. */
unsigned crisis_level(struct ward_str s);
/* WARD_CRISIS_STATE_N: it is none that ends a task. Nothing said is done. */
enum ward_crisis_state crisis_outcome(struct ward_str s);
/* False: that is no number of minutes. Nothing said is 0. */
bool crisis_minutes(struct ward_str s, uint32_t *ret);

#endif
