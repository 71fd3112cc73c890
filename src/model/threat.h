/* The closed dictionary of threats, cyber and physical in one list: content/threats.yml.
 *
 * Read-only after loading. A code's part before its first dot is its family ("bms.command" is of
 * family "bms"). */
#ifndef WARD_MODEL_THREAT_H
#define WARD_MODEL_THREAT_H

#include "base/diag.h"
#include "base/hash.h"
#include "base/limit.h"

enum ward_domain { WARD_DOMAIN_CYBER, WARD_DOMAIN_PHYSICAL, WARD_DOMAIN_BOTH };
/* What of an asset a threat harms. */
enum ward_need {
	WARD_NEED_AVAILABILITY,
	WARD_NEED_INTEGRITY,
	WARD_NEED_CONFIDENTIALITY,
	WARD_NEED_TRACEABILITY,
	WARD_NEED_SAFETY,
	WARD_NEED_N,
};
const char *ward_need_name(enum ward_need n);
const char *ward_domain_name(enum ward_domain d);

struct ward_threat {
	struct ward_str code; /* ours, stable */
	struct ward_str name; /* for people */
	enum ward_domain domain;
	enum ward_need need;
	bool act;                /* somebody does it; else it happens, or follows of something */
	struct ward_str *attack; /* MITRE ATT&CK technique ids: "T0855" */
	size_t n_attack;
	struct ward_str *on;   /* ids of the classes whose things can have it, and those below */
	size_t n_on;           /* 0: every class */
	uint32_t line;         /* of its entry */
	struct ward_str idmef; /* IDMEFv2 draft-08 category */
	struct ward_str step_role, step_text; /* the first thing to do and whose it is */
};

struct ward_threats;

/* CONFIG when there was an error-level finding (nothing is given), IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_threats_load(const char *path, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_threats **ret);
/* The same from memory; file names it in findings. */
WARD_MUST_CHECK enum ward_err ward_threats_parse(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_threats **ret);
void ward_threats_free(struct ward_threats *t);
uint32_t ward_threats_n(const struct ward_threats *t);
const struct ward_threat *ward_threats_at(const struct ward_threats *t, uint32_t i);
/* WARD_NONE when there is none. O(1). */
uint32_t ward_threats_find(const struct ward_threats *t, struct ward_str code);
/* The first threat that lists this ATT&CK technique ("T0855"; a sub-technique falls back to its
 * technique), or WARD_NONE. O(1). */
uint32_t ward_threats_by_attack(const struct ward_threats *t, struct ward_str technique);

#endif
