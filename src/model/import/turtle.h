/* Turtle (W3C Recommendation of 2014-02-25): one text to triples, each with its line.
 *
 * Reads untrusted bytes with an explicit, bounded stack. Terms are numbers in one table of texts:
 * an IRI as it is, a blank node as "_:b1" or "_:label", a literal with '"' before its text
 * (language and datatype are not kept). Single-threaded. */
#ifndef WARD_MODEL_IMPORT_TURTLE_H
#define WARD_MODEL_IMPORT_TURTLE_H

#include "base/diag.h"
#include "base/hash.h"
#include "base/limit.h"

enum { WARD_TURTLE_TRIPLES_MAX = 4 << 20, WARD_TURTLE_DEPTH_MAX = 64 };

struct ward_triple {
	uint32_t s, p, o; /* terms */
	uint32_t line;    /* of the object */
};

struct ward_graph {
	const struct ward_mem *mem;
	struct ward_intern term;
	struct ward_triple *triple; /* in the order of the text */
	size_t n, cap;
};

/* Borrows mem. */
void ward_graph_init(
	struct ward_graph *g, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_graph_fini(struct ward_graph *g);

/* Adds the triples of a text. CONFIG with one finding (line and byte) at the first mistake or past
 * a limit: the triples before it are in the graph. NOMEM. O(len). */
WARD_MUST_CHECK enum ward_err ward_turtle_parse(struct ward_graph *g, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag);

#endif
