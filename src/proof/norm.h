/* Norms and duties, by what the record shows of each control: numbers of clauses and titles in our
 * own words, as data (content/evidence/NORM.yml, docs/evidence.md). Whoever reads it needs the
 * norm itself: none of its text stands here, and nothing of it claims that a norm is met.
 *
 * (norms, numbers, statements) → of each control what there is, what is missing, and who answers.
 * Faces files of administrators. Pure but for ward_norms_load. */
#ifndef WARD_PROOF_NORM_H
#define WARD_PROOF_NORM_H

#include "proof/proof.h"
#include "report/doc.h"

enum {
	WARD_NORMS = 8,
	WARD_NORM_CONTROLS = 128, /* of one norm */
	WARD_NORM_SHOWS = 16,     /* numbers that speak for one control */
	WARD_NORM_ADDS = 4,       /* what people add */
	WARD_NORM_ID = 16,
	WARD_NORM_TEXT = 200,
};

/* How far the record speaks for a control. */
enum ward_norm_state {
	WARD_NORM_NOT,     /* not by Ward */
	WARD_NORM_NONE,    /* it could, and there is nothing on record */
	WARD_NORM_PARTLY,  /* something; the rest is the hospital's to show */
	WARD_NORM_COVERED, /* all that is asked for here is on record */
	WARD_NORM_STATE_N,
};
/* "not", "none", "partly", "covered". Lives forever. */
const char *ward_norm_state_name(enum ward_norm_state s);
/* The same for people, in English, a text of the languages. */
const char *ward_norm_state_text(enum ward_norm_state s);

struct ward_norm_control {
	struct ward_str id, title;
	enum ward_fact show[WARD_NORM_SHOWS];
	size_t n_show;
	bool whole; /* with all of these on record nothing else is asked for */
	struct ward_str add[WARD_NORM_ADDS]; /* what Ward can't know */
	size_t n_add;
	struct ward_str who; /* a role; empty: the hospital says */
};

struct ward_norm {
	struct ward_str id, name, mark; /* mark: "confirmed", "secondary", "unconfirmed" */
	struct ward_str like;           /* it has the clauses of that one; empty: its own */
	bool detail;                    /* each control with its numbers; else a line each */
	struct ward_norm_control *control;
	size_t n_control;
};

struct ward_norms {
	struct ward_norm norm[WARD_NORMS];
	size_t n;
};

/* CONTENT/evidence/….yml, those that there are of the ones that Ward knows by name. CONFIG with
 * findings; NOMEM, IO, LIMIT. All lives as long as the arena. */
WARD_MUST_CHECK enum ward_err ward_norms_load(const char *content, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_norms *ret);
/* One file's text, added behind those that *ret has. */
WARD_MUST_CHECK enum ward_err ward_norm_read(struct ward_str file, struct ward_slice text,
	struct ward_arena *a, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_norms *ret);
/* NULL: there is none. */
const struct ward_norm *ward_norm_of(const struct ward_norms *n, struct ward_str id);
/* "nis2/g" → is there such a control? */
bool ward_norm_has(const struct ward_norms *n, struct ward_str subject);

/* What people added to it; NULL: nothing. */
const struct ward_proof_added *ward_norm_added(
	const struct ward_proof *p, const struct ward_norm *n, const struct ward_norm_control *c);
enum ward_norm_state ward_norm_state(const struct ward_norm_control *c,
	const struct ward_proof_facts *f, const struct ward_proof_added *added);

/* ---- told ---- */

struct ward_proof_tell {
	const struct ward_proof *proof;
	const struct ward_proof_facts *facts;
	const struct ward_norms *norms;
	const struct ward_norm *only; /* NULL: all of them */
	const struct ward_model *model;
	struct ward_lang *lang;
	ward_ns at;
	ward_month month;
	bool exercise;
};
/* As a document, and as members of an object ("ward.evidence/1") for programs and pages. */
void ward_evidence_tell(const struct ward_proof_tell *t, struct ward_doc *d);
void ward_evidence_json(const struct ward_proof_tell *t, struct ward_json *j);

#endif
