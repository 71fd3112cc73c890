/* Inside care: the fold's parts over one question. */
#ifndef WARD_CARE_FOLD_H
#define WARD_CARE_FOLD_H

#include "care/seen.h"

struct fold {
	const struct ward_care_ask *ask;
	struct ward_arena *a;
	struct seen seen;
	const struct ward_care_entry **entry; /* by place */
	size_t n_entry;
	const struct ward_care_move *move; /* by service, then by time */
	size_t n_move;
	uint32_t medical, care, emergency; /* classes of the ontology, or WARD_NONE */
};

/* The entries of a place: the first, and how many. O(log entries). */
const struct ward_care_entry *const *ward_care_entries_of(
	const struct fold *f, uint32_t where, size_t *ret_n);
/* The newest entry that is good at t and says that field of that place (of beds: for that type, of
 * which the ward's own goes without saying), or NULL. Of two made at once the later in the order of
 * their values. O(entries of the place). */
const struct ward_care_entry *ward_care_entered(
	const struct fold *f, uint32_t where, enum ward_care_field field, ward_ns t);
const struct ward_care_entry *ward_care_entered_beds(const struct fold *f, uint32_t where,
	enum ward_bed_type type, enum ward_care_field field, ward_ns t);

/* A ward's state at t. */
struct ward_care_value ward_care_state_at(const struct fold *f, uint32_t node, ward_ns t);
/* Since when the ward is known to be in a worse state than this one: the latest news of it, or
 * INT64_MIN. */
ward_ns ward_care_news(const struct fold *f, uint32_t node, int64_t than, ward_ns t);
/* Both sides of a field together: the worse is the larger. news: the latest of what makes the
 * computed side worse than the entry. */
struct ward_care_value ward_care_reconcile(int64_t computed, const struct ward_care_entry *e,
	enum ward_care_field field, ward_ns news);

/* beds.c: all of a ward's beds; its state is known. */
void ward_care_beds(const struct fold *f, struct ward_care_ward *w);
/* site.c: the sites; all wards are known. */
WARD_MUST_CHECK enum ward_err ward_care_sites(const struct fold *f, struct ward_availability *c);
/* history.c */
WARD_MUST_CHECK enum ward_err ward_care_history(const struct fold *f, struct ward_care_ward *w);

#endif
