/* The risk of e-health devices and building controllers, one by one: criticality x exposure x
 * vulnerability x what protection leaves, each an interval in millionths with its reasons, wider
 * where facts are missing; ranked; and what would lower it. What each factor means and by how much
 * a fact moves it stands in docs/device-risk.md. Pure: the same inputs give the same bytes.
 * Single-threaded. */
#ifndef WARD_RISK_RISK_H
#define WARD_RISK_RISK_H

#include "impact/impact.h"
#include "paths/facts.h"
#include "risk/about.h"
#include "risk/advice.h"

struct ward_interval {
	int64_t lo, hi; /* millionths */
};

enum ward_factor {
	WARD_FACTOR_CRITICALITY,
	WARD_FACTOR_EXPOSURE,
	WARD_FACTOR_VULNERABILITY,
	WARD_FACTOR_PROTECTION, /* what it leaves: 1 is none */
	WARD_FACTOR_N,
};
/* "criticality", "exposure", "vulnerability", "unprotected". Lives forever. */
const char *ward_factor_name(enum ward_factor f);

/* X(NAME, "name for programs", "text with {a} and {b}"). {b} of protections is a scope. */
#define WARD_REASON_LIST(X)                                                                        \
	X(STATED, "stated", "its criticality is stated as {a} of 5")                               \
	X(UNSTATED, "unstated", "no criticality is stated for it")                                 \
	X(HANGS, "hangs", "{a} loses care by it; worst: {b}")                                      \
	X(SPARED, "redundant",                                                                     \
		"{a} hangs on it, and stands while {need} of {of} work: without it {left} are "    \
		"left")                                                                            \
	X(LATER, "later", "{a} falls by it, but only after {after}")                               \
	X(WEIGHTLESS, "weightless", "{a} falls by it, but is given no weight at that time")        \
	X(HELD, "held",                                                                            \
		"{a} hangs on it by the directory's relations, but does not fall when this alone " \
		"fails")                                                                           \
	X(NO_CARE, "no-care", "no relation of the directory leads from it to a care service")      \
	X(NOT_ALL, "not-all", "more hangs on it than was looked at, the nearest first: {of}")      \
	X(OWN_NETWORK, "own-network", "others on {a} reach it")                                    \
	X(LET_IN, "let-in", "traffic from {a} is let through to {b}")                              \
	X(MAYBE_IN, "maybe-in", "no policy says whether {a} reaches it")                           \
	X(OFF_NETWORK, "off-network", "the directory has it on no network")                        \
	X(INTERNET, "internet", "it is reached from the Internet")                                 \
	X(OPEN_SERVICES, "open-services", "it was seen to give {a}")                               \
	X(MANY_PEERS, "many-peers", "it was seen to speak with {a} others")                        \
	X(NOT_SEEN, "not-seen", "nothing says what it was seen to do")                             \
	X(PUBLIC_PLACE, "public-place", "it stands where the public may be: {a}")                  \
	X(CLINICAL_PLACE, "clinical-place", "it stands where patients and visitors come: {a}")     \
	X(NO_PLACE, "no-place", "no room or zone says who may come near it")                       \
	X(FROM_AFAR, "from-afar", "its maker can reach it from afar")                              \
	X(HAS, "has", "{a} affects it, says {b}")                                                  \
	X(MAY_HAVE, "may-have", "{a} may affect it, says {b}; its version or parts are not known") \
	X(INVESTIGATED, "investigated", "{a} is under investigation, says {b}")                    \
	X(NOT_AFFECTED, "not-affected", "{a} does not affect it, says {b}")                        \
	X(FIXED, "fixed", "{a} is fixed in it, says {b}")                                          \
	X(UNTOLD, "untold", "it may have weaknesses of which nobody has told")                     \
	X(NO_ADVICE, "no-advice", "no advisory among those given speaks of it")                    \
	X(NO_NAME, "no-name", "its maker or product is not known, so no advisory can be matched")  \
	X(PROTECTED, "protected", "{a} protects it")                                               \
	X(UNPROTECTED, "unprotected", "no protection in the model is on it")                       \
	X(ANSWERED_YES, "answered-yes", "its maker says: {a}")                                     \
	X(ANSWERED_NO, "answered-no", "its maker does not say: {a}")                               \
	X(NOT_ANSWERED, "not-answered", "its maker's answers (MDS2) are missing")

enum ward_reason_kind {
#define X(NAME, name, text) WARD_REASON_##NAME,
	WARD_REASON_LIST(X)
#undef X
		WARD_REASON_N,
};

struct ward_reason {
	enum ward_factor factor;
	enum ward_reason_kind kind;
	struct ward_str a, b;           /* borrowed from the model or what was read */
	enum ward_answer answer;        /* of ANSWERED_*; else ANSWER_N */
	uint32_t need, of;              /* of SPARED: so many of so many must work; NOT_ALL */
	ward_ns after;                  /* of LATER */
	struct ward_interval v;         /* what it adds by itself, or takes away (protection) */
	bool kev;                       /* CVEs: known to be used in attacks */
	int64_t epss_micro, cvss_micro; /* -1: none */
	struct ward_str source;         /* a file, an advisory; empty: the model */
	uint32_t line;
};

enum ward_treatment_kind {
	WARD_TREAT_PATCH,      /* what an advisory says fixes it */
	WARD_TREAT_WORKAROUND, /* what it says helps until then; by how much is not known */
	WARD_TREAT_SEGMENT,    /* let only its own network reach it */
	WARD_TREAT_PROTECT,    /* something before it that stops half of what comes */
	WARD_TREAT_FACTS,      /* find out what is not known */
	WARD_TREAT_N,
};
/* "patch", "workaround", "segment", "protect", "facts". Lives forever. */
const char *ward_treatment_name(enum ward_treatment_kind k);

struct ward_treatment {
	enum ward_treatment_kind kind;
	struct ward_str text, url;  /* of the advisory, as it says it; or empty */
	struct ward_str source;     /* its id */
	size_t n_cve;               /* that it ends */
	struct ward_interval after; /* the risk with it; of FACTS as it is now */
};

struct ward_device_risk {
	uint32_t asset;
	struct ward_interval factor[WARD_FACTOR_N], risk;
	uint32_t reason, n_reason;       /* in ward_risks.reason, by factor, the weightiest first */
	uint32_t treatment, n_treatment; /* the one that lowers most first */
};

struct ward_risks {
	struct ward_device_risk *device; /* by the middle of the risk, the highest first; then id */
	struct ward_reason *reason;
	struct ward_treatment *treatment;
	size_t n_device, n_reason, n_treatment;
	/* Internal. */
	const struct ward_mem *mem;
	struct ward_arena arena;
	size_t cap_device, cap_reason, cap_treatment;
};

/* What is asked; all borrowed. */
struct ward_risk_world {
	const struct ward_model *m;
	struct ward_engine *e;
	const struct ward_facts *facts; /* what reaches what */
	const struct ward_advices *advices;
	const struct ward_abouts *abouts;
	size_t look; /* so many things that may hang on a device are looked at; 0: WARD_RISK_LOOK */
	const uint32_t *only; /* this node alone, if it is such a device; NULL: all of them */
};

enum { WARD_RISK_ITEMS = 1 << 22, WARD_RISK_LOOK = 1 << 14 };

/* Every asset that is a medical device or a controller of the building's automation or doors.
 * LIMIT, NOMEM; nothing is then given. End with ward_risks_fini in any case.
 * O(devices · (propagations + vulnerabilities + networks)). */
WARD_MUST_CHECK enum ward_err ward_risks_find(
	const struct ward_risk_world *w, const struct ward_mem *mem, struct ward_risks *ret);
void ward_risks_fini(struct ward_risks *r);

/* For people: the first `top` devices with reasons and treatments, then how many there are. */
void ward_risks_write_text(const struct ward_risks *r, const struct ward_risk_world *w, size_t top,
	struct ward_lang *lang, struct ward_wr *to);
/* {"kind":"risk",…} a line for each, then {"kind":"summary",…}. Texts in this language (NULL:
 * English). */
void ward_risks_write_json(const struct ward_risks *r, const struct ward_risk_world *w,
	struct ward_lang *lang, struct ward_wr *to);
/* The ith alone, as one object for a page: each factor in words, with all its reasons. */
void ward_risks_write_page(
	const struct ward_risks *r, size_t i, struct ward_lang *lang, struct ward_json *j);
/* A table: one line for each. */
void ward_risks_write_csv(
	const struct ward_risks *r, const struct ward_risk_world *w, struct ward_wr *to);
/* "CVE-2020-1 affects it, says …", without a full stop. */
void ward_reason_say(const struct ward_reason *x, struct ward_lang *lang, struct ward_wr *to);

#endif
