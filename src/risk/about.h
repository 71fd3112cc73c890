/* What is known of single devices beside the model: version and product names, what the sensors saw
 * of them, what their makers answered (in the manner of MDS2, NEMA HN 1-2019). Files of people and
 * of `ward inventory --json`; every bad place is a finding with its line. Read-only after reading.
 */
#ifndef WARD_RISK_ABOUT_H
#define WARD_RISK_ABOUT_H

#include "conf/conf.h"
#include "model/model.h"

/* What a maker is asked, by the section of the form. */
#define WARD_ANSWER_LIST(X)                             \
	X(MLDP, "malware is detected or kept out")      \
	X(SAHD, "the device is hardened")               \
	X(NAUT, "it checks which machine speaks to it") \
	X(PAUT, "it checks who uses it")                \
	X(CSUP, "security updates can be installed")    \
	X(ALOF, "it logs off who leaves it")            \
	X(TXCF, "it encrypts what it sends")            \
	X(PLOK, "it is locked up")                      \
	X(RMOT, "its maker can reach it from afar")

enum ward_answer {
#define X(NAME, text) WARD_ANSWER_##NAME,
	WARD_ANSWER_LIST(X)
#undef X
		WARD_ANSWER_N,
};
/* "MLDP" …; what it asks, in English. Live forever. */
const char *ward_answer_name(enum ward_answer a);
const char *ward_answer_text(enum ward_answer a);

enum ward_said { WARD_SAID_NOTHING, WARD_SAID_NO, WARD_SAID_YES };

struct ward_about {
	struct ward_str version, cpe, purl; /* empty: not known */
	bool internet;                      /* it is reached from there */
	bool seen;                          /* by sensors: */
	uint32_t peers;
	struct ward_str services; /* that it gives, and that carry no proof of who asks: "telnet,
				     http"; may be empty */
	struct ward_str seen_in;  /* the file that says so */
	enum ward_said answer[WARD_ANSWER_N];
	struct ward_str answered_in;
};

struct ward_abouts {
	struct ward_about *of; /* by node of the model */
	size_t n;
	/* Internal. */
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_arena arena;
	size_t near_budget;
};

/* Nothing is known yet. Borrows all. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_abouts_init(struct ward_abouts *a, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem);
void ward_abouts_fini(struct ward_abouts *a);
/* A table with the column asset and some of version, cpe, purl, internet; or the lines that `ward
 * inventory --json` writes. CONFIG with located findings, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_abouts_devices(struct ward_abouts *a, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag);
/* Answers: a table with question, answer, and asset or vendor and product; or a list of maps in
 * YAML: {vendor, product, answers: {MLDP-1: yes}}. As ward_abouts_devices. */
WARD_MUST_CHECK enum ward_err ward_abouts_answers(struct ward_abouts *a, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag);

#endif
