/* Fault trees of the Aralia set: read, and from the tree in memory to the exact probability of the
 * top, and to its minimal cut sets; then the whole program beside SCRAM, which always finds and
 * writes all minimal cut sets (ours are counted). */
#include "bench.h"
#include "files.h"

#include "logic/analyse.h"
#include "logic/mef/mef.h"

#include <stdio.h>

enum { ROUNDS = 11, PEER_ROUNDS = 5, FILE_MAX = 1 << 20 };

struct load {
	struct ward_mef_text text;
	struct ward_mef *m;
	uint32_t top;
	bool cuts;
	size_t nodes;
};

static void analyse(void *ctx)
{
	struct load *l = ctx;
	struct ward_analysis *a = NULL;
	struct ward_cuts c;
	double p = 0;
	enum ward_err err = ward_analysis_new(&l->m->tree, l->top, WARD_ANALYSIS_NODES, &a);

	if (!err)
		err = ward_analysis_probability(a, NULL, &p);
	if (!err && l->cuts)
		err = ward_analysis_cuts(a, &c);
	if (err)
		bench_die("%.*s: %s", WARD_STR_ARG(l->text.file), ward_err_text(err));
	bench_keep(p > 0);
	l->nodes = ward_analysis_size(a).nodes;
	ward_analysis_free(a);
}

static void read_model(void *ctx)
{
	struct load *l = ctx;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	ward_mef_free(l->m);
	l->m = NULL;
	if (ward_mef_read(&l->text, 1, 1, ward_mem_heap(), &d, &l->m) != WARD_OK)
		bench_die("%.*s can't be read", WARD_STR_ARG(l->text.file));
	ward_diag_fini(&d);
}

static void measure(const char *tree)
{
	char path[64], name[64];
	struct bench_path file;
	struct load l = {.m = NULL};

	(void)snprintf(path, sizeof(path), "impact/aralia/%s.xml", tree);
	(void)snprintf(name, sizeof(name), "logic/%s", tree);
	if (!bench_shared(path, &file)) {
		bench_skip(name, "no fault trees in the shared data");
		return;
	}
	struct ward_str bytes = bench_read(file.s, FILE_MAX);

	l.text = (struct ward_mef_text){ward_str_z(path), ward_str_bytes(bytes)};
	read_model(&l);
	for (uint32_t i = 0; i < l.m->n_gate; i++)
		if (!l.m->gate[i].used)
			l.top = l.m->gate[i].gate;
	struct bench b = {name, "tree", 1, ROUNDS, BENCH_CPU};

	bench_alone(&b, (struct bench_side){"probability", analyse, &l, NULL});
	l.cuts = true;
	(void)snprintf(name, sizeof(name), "logic/%s, cut sets", tree);
	bench_alone(&b, (struct bench_side){"probability and cut sets", analyse, &l, NULL});
	bench_note(name, "%zu events, %zu nodes with the cut sets", l.m->tree.n_event, l.nodes);
	(void)snprintf(name, sizeof(name), "logic/%s, read", tree);
	bench_alone(&b, (struct bench_side){"read", read_model, &l, NULL});
	ward_mef_free(l.m);
	bench_free(bytes);
}

static void beside_scram(const char *tree)
{
	char path[64], name[64];
	struct bench_path file, ward = bench_ward();

	(void)snprintf(path, sizeof(path), "impact/aralia/%s.xml", tree);
	(void)snprintf(name, sizeof(name), "logic/%s, whole programs", tree);
	if (!bench_have("scram") || !bench_shared(path, &file)) {
		bench_skip(name, "no scram (a package of tools/packages), or no shared data");
		return;
	}
	const char *const ours[] = {ward.s, "fault-tree", file.s, "--cut-sets", "0", NULL, NULL};
	const char *const theirs[] = {"scram", "--bdd", "--probability", "1", file.s, NULL, NULL};

	bench_pair(&(struct bench){name, "tree", 1, PEER_ROUNDS, BENCH_CPU},
		(struct bench_side){
			"ward fault-tree", bench_programs, (void *)(uintptr_t)ours, NULL},
		(struct bench_side){
			"scram --bdd", bench_programs, (void *)(uintptr_t)theirs, NULL});
}

int main(void)
{
	static const char *const trees[] = {
		"chinese", "baobab1", "isp9601", "isp9604", "edfpa15q", "edfpa15o"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(trees); i++)
		measure(trees[i]);
	for (size_t i = 0; i < 4; i++)
		beside_scram(trees[i]);
	return 0;
}
