/* A plan.csv on a small hospital (first byte even), of which every plan that comes must hold what
 * plans hold; or impact records (odd), one a line, as a graph in which no node overlaps another. */
#include "fuzz.h"

#include "../unit/plan/plan_facts.h"
#include "plan/graph.h"

static const char house[] =
	"floors: [{id: g, name: First, building: b, level: 0}]\n"
	"rooms:\n  - {id: r-1, name: One, floor: g, class: room}\n"
	"  - {id: r-2, name: Two, floor: g, class: room, zone: z-in}\n"
	"  - {id: r-3, name: Three, floor: g, class: room}\n"
	"  - {id: r-4, name: Four, floor: g, class: room}\n"
	"doors:\n  - {id: d-3, from: r-1, to: r-2}\n  - {id: d-4, from: r-1, to: r-2}\n"
	"  - {id: d-5, from: r-1, to: r-3, one_way: true}\n  - {id: d-6, from: r-3, to: hall}\n"
	"  - {id: d-7, from: r-4, to: r-2}\n"
	"assets:\n  - {id: a-1, name: A1, class: device, room: r-1}\n"
	"  - {id: a-2, name: A2, class: device, room: r-1}\n";

static struct lab l;

static void plan(struct ward_slice text)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_plans *p = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	const struct ward_plan_in in = {l.m, &l.lim, ward_mem_heap(), &d};
	enum ward_err err = ward_plans_parse(&in, WARD_STR("plan.csv"), text, &p);

	WARD_ASSERT(p && (err == WARD_OK) == (d.n_error == 0));
	facts(p, l.m);
	facts_write(p, &w);
	ward_wr_fini(&w);
	ward_plans_free(p);
	ward_diag_fini(&d);
}

static void graph(struct ward_str text)
{
	enum { RECORDS_MAX = 64 };
	struct ward_str record[RECORDS_MAX];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_arena a;
	struct ward_graph g;
	struct ward_graph_in in = {record, 0, l.m, &l.lim};

	while (text.p && in.n < RECORDS_MAX)
		record[in.n++] = ward_str_cut(&text, '\n');
	ward_arena_init(&a, ward_mem_heap(), 1 << 26);
	WARD_ASSERT(ward_graph_make(&in, &a, &g) == WARD_OK);
	for (size_t i = 0; i < g.n_node; i++)
		for (size_t k = 0; k < i; k++)
			WARD_ASSERT(g.node[i].x != g.node[k].x ||
				    g.node[i].y >= g.node[k].y + WARD_GRAPH_HIGH ||
				    g.node[k].y >= g.node[i].y + WARD_GRAPH_HIGH);
	ward_graph_write_json(&g, l.m, NULL, &w);
	WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	ward_arena_fini(&a);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", house) == WARD_OK);
	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	if (data[0] % 2)
		graph((struct ward_str){(const char *)copy, len - 1});
	else
		plan(ward_slice_of(copy, len - 1));
	free(copy);
	return 0;
}
