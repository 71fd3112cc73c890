/* Private to the room: reading of files that people write. */
#ifndef WARD_PROCESSING_PRIV_H
#define WARD_PROCESSING_PRIV_H

#include "processing/processing.h"

/* Days are whole, in UTC: nothing begins or ends by itself at their border. */
#define PROC_DAY (86400 * WARD_NS_PER_S)

/* The ready-made entry of that id, or that has sources of that kind; NULL. */
const struct ward_proc_entry *proc_ready(const struct ward_processing *p, struct ward_str id);
const struct ward_proc_entry *proc_ready_of_kind(
	const struct ward_processing *p, struct ward_str kind);
const struct ward_proc_entry *proc_ready_of_analytic(
	const struct ward_processing *p, struct ward_str analytic);
bool proc_has(const struct ward_proc_list *l, struct ward_str s);
/* The agreement of that id, with what was decided of it; NULL. */
const struct ward_proc_agreement *proc_agreement(
	const struct ward_processing *p, struct ward_str id);
/* The contract with that processor if it has begun by now, be it over or not; NULL. */
const struct ward_proc_agreement *proc_in_force(
	const struct ward_processing *p, struct ward_str processor, ward_ns now);
/* Adds what is demanded of it and missing, but for how long it is kept. */
void proc_gaps(const struct ward_processing *p, struct ward_proc_verdict *v, ward_ns now);
/* Of an entry alone, whatever it is about: what it lacks. */
void proc_judge_entry(const struct ward_processing *p, const struct ward_proc_entry *e, ward_ns now,
	struct ward_proc_verdict *ret);
/* The moment behind that day; false: it is none. */
bool proc_day_end(struct ward_str s, ward_ns *ret);
/* "2027-12-31" of a moment; the day that ends there, of an end. */
void proc_put_day(struct ward_wr *w, ward_ns t); /* "2026-03-12", for files */
/* "45d", "72h" */
void proc_put_span(struct ward_wr *w, ward_ns t);

#endif
