/* What the record and the set-up show of how the hospital answers for its security: numbers, each
 * with where it comes from, by month; and for which duty or control of a norm each speaks.
 *
 * Rows go in, in their order, and are folded into months; what stands in the directory is counted
 * when it is asked. Nothing is judged beyond what is there: a number that there is none of is
 * missing, and what Ward can't know, people of the hospital add (decisions of kind VOUCH). No
 * person is named, roles are. Months are those of the process's zone (story/zone.h).
 * Rows are not trusted. Single-threaded; bounded, and what there is no room for is counted. */
#ifndef WARD_PROOF_PROOF_H
#define WARD_PROOF_PROOF_H

#include "conf/conf.h"
#include "law/law.h"
#include "model/model.h"
#include "processing/processing.h"
#include "proof/facts.h"
#include "story/record.h"

enum {
	WARD_PROOF_MONTHS = 14,       /* that are kept: twelve whole ones, and this one */
	WARD_PROOF_INCIDENTS = 16384, /* kept at once: the last ones */
	WARD_PROOF_HARMS = 65536,     /* forecasts of care services */
	WARD_PROOF_ADDED = 512,       /* statements of the hospital */
};

/* A month of a year: 12 * year + month - 1. */
typedef int32_t ward_month;
ward_month ward_month_of(ward_ns t);
/* Its first instant. */
ward_ns ward_month_begin(ward_month m);
/* "2026-11". False: it is none. */
bool ward_month_parse(struct ward_str s, ward_month *ret);
void ward_month_write(struct ward_wr *w, ward_month m);

/* What somebody of the hospital added to a control: "nis2/g". */
struct ward_proof_added {
	struct ward_str on, role, text;
	ward_ns at;
};

struct ward_proof;

/* Borrows mem, model and law (NULL: no clocks) for its life. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_proof_new(const struct ward_mem *mem, const struct ward_model *m,
	const struct ward_law *law, struct ward_proof **ret);
void ward_proof_free(struct ward_proof *p);

/* A record of the brain, kept at that time. NOMEM: it is not counted. */
WARD_MUST_CHECK enum ward_err ward_proof_record(
	struct ward_proof *p, const struct ward_record *r, ward_ns time);
/* Any other row, as a tree; by its "kind". NOMEM. */
WARD_MUST_CHECK enum ward_err ward_proof_row(
	struct ward_proof *p, const struct ward_conf *row, ward_ns time);

/* What does not stand in rows. */
struct ward_proof_setup {
	const struct ward_processing *processing; /* NULL: it can't be read */
	bool people_known;
	size_t n_person, n_factor; /* in people.yml; with a one-time code for what they approve */
};

/* A number, as it is asked for. */
struct ward_proof_value {
	bool known;         /* there is something to count it by */
	bool few;           /* of fewer than five people: that it is there is told, and no figure */
	uint64_t n;         /* of twelve months and this one, or as it is now */
	uint64_t of;        /* out of so many; 0: it is no part of something */
	uint64_t now, then; /* of the month that is asked for, and of the one before */
	ward_ns mean, most; /* of lengths of time, of the month that is asked for; else 0 */
	ward_ns mean_then, mean_all;
	ward_ns first, last; /* NEVER: none was */
};

struct ward_proof_ask {
	struct ward_proof *proof;
	struct ward_proof_setup setup;
	ward_ns now;
	ward_month month; /* whose numbers are `now`; the one before are `then` */
};

struct ward_proof_facts {
	struct ward_proof_value value[WARD_FACT_N];
	ward_ns since;      /* of the first row; NEVER: there is none */
	uint64_t left;      /* what there was no room for */
	uint64_t open;      /* incidents that go on */
	uint64_t due, late; /* clocks of the law that run, and that are missed */
	uint64_t harm[12];  /* possible minutes of care, the month that is asked for last */
	uint64_t began[12]; /* incidents, likewise */
};
/* NOMEM. O(incidents * rules + harms log harms). */
WARD_MUST_CHECK enum ward_err ward_proof_gather(
	const struct ward_proof_ask *ask, struct ward_proof_facts *ret);

/* Is there something of it, or is none as well? */
bool ward_proof_has(const struct ward_proof_facts *f, enum ward_fact k);

/* The last word on it; NULL: nobody added anything. Lives until the next row. */
const struct ward_proof_added *ward_proof_added(const struct ward_proof *p, struct ward_str on);

#endif
