/* The forecast of one incident as a graph: what is hit by what, and what follows from it, in layers
 * from left to right.
 *
 * A node is a thing or service under one threat, an edge the reason by which one gives the next. Of
 * the chains that impact records tell ("kind":"impact"); records are not trusted. Pure: the same
 * records in the same order give the same graph. Lengths are pixels of a screen. */
#ifndef WARD_PLAN_GRAPH_H
#define WARD_PLAN_GRAPH_H

#include "base/diag.h"
#include "base/limit.h"
#include "model/model.h"

enum {
	WARD_GRAPH_NODES = 4096, /* of one graph; further ones are counted and left out */
	WARD_GRAPH_WIDE = 220,   /* of a node */
	WARD_GRAPH_HIGH = 56,
};

struct ward_lang;

struct ward_graph_point {
	int32_t x, y;
};
struct ward_graph_node {
	struct ward_str asset, name, threat, threat_name; /* threat_name in English */
	uint32_t node; /* of the model, or WARD_NONE: it has none of that id */
	bool service, seed;
	bool told; /* a record tells of it: the next three are set */
	ward_ns expected;
	int64_t lo_micro, hi_micro;
	uint32_t layer;
	int32_t x, y; /* its upper left corner */
};
struct ward_graph_edge {
	uint32_t from, to;
	struct ward_str why, group; /* English; group: what of a service has too few left */
	struct ward_graph_point
		*point; /* from the right edge of one to the left edge of the other */
	size_t n_point;
};
struct ward_graph {
	int32_t width, height;
	struct ward_graph_node *node; /* as the records name them first */
	size_t n_node;
	struct ward_graph_edge *edge;
	size_t n_edge;
	size_t n_left;   /* records of which not all had room */
	size_t n_unread; /* that are no impact, or are malformed */
};

struct ward_graph_in {
	const struct ward_str *record; /* JSON, the last revision of each impact; the first ones
					  count most when there is not room for all */
	size_t n;
	const struct ward_model *m;
	const struct ward_limits *lim;
};
/* All that it makes is in the arena; borrows the model. Records of withdrawn impacts give nothing.
 * NOMEM. O(text + layers · (nodes + edges) log nodes). */
WARD_MUST_CHECK enum ward_err ward_graph_make(
	const struct ward_graph_in *in, struct ward_arena *a, struct ward_graph *ret);
/* One object (docs/plans.md), names of threats and reasons in that language (NULL: English). */
void ward_graph_write_json(const struct ward_graph *g, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);

#endif
