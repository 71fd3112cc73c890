/* Fault trees in the Open-PSA Model Exchange Format (MEF 2.0d), as the field's tools write them.
 *
 * Read: fault trees, components, gates (and, or, atleast, cardinality, not, nand, nor, xor, iff,
 * imply, nested formulas), basic and house events, parameters, common cause groups, and the
 * expressions of which a probability is made; of a distribution its mean counts. Not read: event
 * trees, sequences, substitutions and alignments, each a finding. Files are untrusted bytes. */
#ifndef WARD_LOGIC_MEF_MEF_H
#define WARD_LOGIC_MEF_MEF_H

#include "base/diag.h"
#include "logic/tree.h"

struct ward_mef_text {
	struct ward_str file; /* for findings */
	struct ward_slice bytes;
};

/* A gate that the files define. */
struct ward_mef_gate {
	struct ward_str name; /* with its path where it is private: "t.E1" */
	uint32_t gate;        /* in the tree */
	bool used;            /* by another gate; else it is a top */
};

struct ward_mef {
	struct ward_arena arena; /* of all names */
	struct ward_tree tree;
	struct ward_str *event; /* [tree.n_event]; events of a common cause: "{a, b}" */
	bool *given; /* [tree.n_event] its probability stands in the files; else it is 0 */
	size_t cap_event, cap_given;
	struct ward_mef_gate *gate; /* in the order of the files */
	size_t n_gate, cap_gate;
	size_t n_file;
};

/* One model from all files together: names of one are known in the others. mission_h: what
 * system-mission-time gives, in hours. CONFIG when there were error-level findings, LIMIT, NOMEM.
 * Borrows the text for the call. */
WARD_MUST_CHECK enum ward_err ward_mef_read(const struct ward_mef_text *text, size_t n,
	double mission_h, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_mef **ret);
void ward_mef_free(struct ward_mef *m);

#endif
