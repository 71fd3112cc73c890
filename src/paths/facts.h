/* What is known of a hospital's weaknesses beside its model: known vulnerabilities of assets, how
 * likely they are used, and which network traffic its firewalls let through.
 *
 * Four optional CSV files (formats: docs/attack-paths.md). They come from scanners, CISA and FIRST,
 * so nothing in them is trusted: a bad line is a located finding. Read-only after loading. */
#ifndef WARD_PATHS_FACTS_H
#define WARD_PATHS_FACTS_H

#include "model/model.h"

struct ward_vuln {
	uint32_t asset;
	struct ward_str cve;
	/* That someone who can reach the asset gets in by it:
	 * KEV (used in attacks already): 0.6 to 0.95, by ransomware groups: 0.7 to 0.95;
	 * EPSS e (used anywhere within 30 days): e to 1 - (1 - e)^12, the chance within a year;
	 * both: the greater ends; neither: 0.02 to 0.2. */
	int64_t lo_micro, hi_micro;
	bool kev, epss;
};

/* Traffic that is let through from a network or asset to another. */
struct ward_reach {
	uint32_t from, to;
	struct ward_str service; /* "*": any */
};

struct ward_facts {
	struct ward_vuln *vuln; /* by (asset, cve), each once */
	size_t n_vuln;
	struct ward_reach *reach; /* by (to, from, service), each once */
	size_t n_reach;
	bool policy; /* given; else every network with addresses reaches every other */
	/* Internal. */
	const struct ward_mem *mem;
	struct ward_arena arena;
	size_t cap_vuln, cap_reach;
};

enum ward_facts_file {
	WARD_FACTS_VULNERABILITIES, /* asset,cve */
	WARD_FACTS_KEV,             /* CISA: cveID, knownRansomwareCampaignUse */
	WARD_FACTS_EPSS,            /* FIRST: cve,epss */
	WARD_FACTS_POLICY,          /* from,to,service,allow */
	WARD_FACTS_N,
};
/* "vulnerabilities.csv", "kev.csv", "epss.csv", "policy.csv". Lives forever. */
const char *ward_facts_name(enum ward_facts_file f);

enum { WARD_FACTS_ROWS = 4 << 20 }; /* of vulnerabilities, and of reaches */

/* file[f].p == NULL: that file is not there. path[f] names it in findings. Borrows for the call.
 * CONFIG when there was an error-level finding, NOMEM. *ret is usable only on OK; end it with
 * ward_facts_fini in any case. */
WARD_MUST_CHECK enum ward_err ward_facts_read(const struct ward_slice file[WARD_FACTS_N],
	const struct ward_str path[WARD_FACTS_N], const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_facts *ret);
/* Reads the files given[f], and, where that is NULL, those of the directory that are there.
 * As ward_facts_read, and IO. */
WARD_MUST_CHECK enum ward_err ward_facts_load(const char *dir,
	const char *const given[WARD_FACTS_N], const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_facts *ret);
/* Traffic that is there though no row says so. service must outlive the facts. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_facts_reach(
	struct ward_facts *f, uint32_t from, uint32_t to, struct ward_str service);
void ward_facts_fini(struct ward_facts *f);
/* Those of one asset, or NULL and 0. O(log n). */
const struct ward_vuln *ward_facts_vulns(const struct ward_facts *f, uint32_t asset, size_t *ret_n);
/* What reaches that thing. O(log n). */
const struct ward_reach *ward_facts_reaching(
	const struct ward_facts *f, uint32_t to, size_t *ret_n);

#endif
