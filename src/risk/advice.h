/* What makers and authorities say of weaknesses: CSAF 2.0 advisories and VEX, lists of CVEs, CISA's
 * KEV, FIRST's EPSS. They come from outside: nothing in them is trusted, every bad place is a
 * finding with its line. Read-only after reading. */
#ifndef WARD_RISK_ADVICE_H
#define WARD_RISK_ADVICE_H

#include "conf/conf.h"
#include "risk/version.h"

/* What an advisory speaks of. Any text may be empty. */
struct ward_product {
	struct ward_str vendor, name, range, cpe, purl;
	struct ward_str label; /* for people */
	struct ward_str asset; /* of a list that names assets: its id */
	struct ward_str part;  /* a component that may or may not be in it */
};

enum ward_advice_status {
	WARD_ADVICE_AFFECTED,
	WARD_ADVICE_INVESTIGATED, /* nobody knows yet */
	WARD_ADVICE_FIXED,
	WARD_ADVICE_NOT_AFFECTED,
	WARD_ADVICE_N,
};
/* "affected", "under_investigation", "fixed", "not_affected". Lives forever. */
const char *ward_advice_status_name(enum ward_advice_status s);

enum ward_remedy {
	WARD_REMEDY_NONE, /* nothing is said */
	WARD_REMEDY_NO_FIX,
	WARD_REMEDY_WORKAROUND,
	WARD_REMEDY_FIX,
};

/* One vulnerability of one product. */
struct ward_advice {
	uint32_t product;
	uint32_t cve; /* in cves */
	enum ward_advice_status status;
	int64_t cvss_micro; /* of the base score, 0 to 10 million; -1: none */
	char vector;        /* N, A, L, P as in CVSS, 0: not said */
	enum ward_remedy remedy;
	struct ward_str fix, url; /* of the remedy */
	struct ward_str source;   /* the advisory's id, else the file */
	struct ward_str file;
	uint32_t line;
	ward_ns as_of; /* when it was said; INT64_MIN: not known */
};

struct ward_cve {
	int64_t epss_micro; /* -1: not in a list */
	bool kev, ransom;
};

struct ward_advices {
	struct ward_product *product;
	struct ward_advice *advice;
	size_t n_product, n_advice;
	struct ward_intern cves; /* "CVE-2021-44228", or what a maker calls it */
	struct ward_cve *cve;    /* by number in cves */
	/* Internal. */
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_arena arena;
	size_t cap_product, cap_advice, cap_cve;
};

enum { WARD_ADVICE_PRODUCTS = 1 << 18, WARD_ADVICES_MAX = 1 << 20, WARD_ADVICE_CVES = 1 << 20 };

/* Borrows mem and lim. */
void ward_advices_init(
	struct ward_advices *a, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_advices_fini(struct ward_advices *a);
/* Adds what one file says; which kind it is, is seen from its text. Borrows for the call. CONFIG
 * with a located finding (what it said before the bad place may stay), LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_advices_read(struct ward_advices *a, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag);

/* The readers behind it, and what they share. */
WARD_MUST_CHECK enum ward_err ward_advices_csaf(struct ward_advices *a, struct ward_str file,
	const struct ward_conf *doc, struct ward_diag *diag);
WARD_MUST_CHECK enum ward_err ward_advices_table(
	struct ward_advices *a, const struct ward_csv *t, struct ward_diag *diag);
/* Copies the texts. */
WARD_MUST_CHECK enum ward_err ward_advices_product(
	struct ward_advices *a, const struct ward_product *p, uint32_t *ret);
WARD_MUST_CHECK enum ward_err ward_advices_add(struct ward_advices *a, const struct ward_advice *x);
WARD_MUST_CHECK enum ward_err ward_advices_cve(
	struct ward_advices *a, struct ward_str id, uint32_t *ret);
/* "9.8" in millionths; false when it is no number from 0 to 10. */
bool ward_cvss_parse(struct ward_str s, int64_t *ret_micro);
/* The attack vector of "CVSS:3.1/AV:N/…", or 0. */
char ward_cvss_vector(struct ward_str s);

#endif
