/* Inside plan: where nodes and edges of a graph lie. */
#ifndef WARD_PLAN_GRAPH_LAYERS_H
#define WARD_PLAN_GRAPH_LAYERS_H

#include "plan/graph.h"

enum { GRAPH_EDGES = 4 * WARD_GRAPH_NODES };

/* In layers, from left to right (Sugiyama, Tagawa, Toda 1981): edges that would close a circle are
 * left aside; a node's layer is the longest way to it; what crosses layers gets a joint in each;
 * the order in layers is the one with the fewest crossings among some by barycentres; places are
 * those nearest to the neighbours' means that keep the order and the gaps (isotonic regression, by
 * pooling neighbours that are out of order). NOMEM. */
WARD_MUST_CHECK enum ward_err graph_lay(struct ward_graph *g, struct ward_arena *a);

#endif
