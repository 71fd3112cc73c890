/* Inside proof: what rows are folded into. */
#ifndef WARD_PROOF_PRIV_H
#define WARD_PROOF_PRIV_H

#include "base/hash.h"
#include "proof/proof.h"

/* A number in a month; of lengths of time the sum and the longest. */
struct proof_cell {
	uint64_t n;
	ward_ns sum, most;
};

struct proof_month {
	ward_month is; /* 0: none */
	struct proof_cell cell[WARD_FACT_N];
};

struct proof_incident {
	struct ward_id id, into; /* into: zeros, or what took it up */
	ward_ns event, told, decided, over;
	unsigned level;
	bool cyber, dismissed, counted_grave;
	bool seen[WARD_LAW_SEEN_N];
	struct ward_law_case *law; /* NULL: nobody said anything; its own */
};

/* A care service that is below its need, as a forecast has it. */
struct proof_harm {
	uint32_t incident, node; /* incident: its number, ever */
	ward_ns from, until;     /* until: it was withdrawn; NEVER */
	bool possible, likely;
};

struct ward_proof {
	const struct ward_mem *mem;
	const struct ward_model *m;
	const struct ward_law *law;
	struct proof_month month[WARD_PROOF_MONTHS]; /* by ward_month modulo */
	ward_ns first[WARD_FACT_N], last[WARD_FACT_N], since;
	struct proof_incident *incident; /* a ring, by number modulo WARD_PROOF_INCIDENTS */
	size_t cap_incident;
	uint32_t n_incident;   /* ever */
	struct ward_tab by_id; /* id → number */
	struct proof_harm *harm;
	size_t n_harm, cap_harm;
	struct ward_tab by_harm; /* id of an impact → index */
	struct ward_tab runs;    /* id of a run that was counted → nothing */
	struct ward_proof_added added[WARD_PROOF_ADDED];
	size_t n_added;
	uint64_t left;
};

/* One more of it, at that time; of a length of time so long. */
void proof_count(struct ward_proof *p, enum ward_fact f, ward_ns time, ward_ns lasted);
struct proof_incident *proof_incident(const struct ward_proof *p, struct ward_id id);
/* setup.c: what stands in directory and register. */
void proof_setup(const struct ward_proof_ask *ask, struct ward_proof_value *ret);

#endif
