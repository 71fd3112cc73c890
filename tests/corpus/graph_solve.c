/* AND/OR graphs from standard input, solved: for tests that bring graphs of others.
 *
 * In: "facts N", then "step HEAD COST [NEED …]" (numbered from 0), "goal FACT". Out: "on FACT …",
 * then for each goal "goal FACT COST plan STEP … chokes STEP …", or "goal FACT none". */
#include "paths/aog.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEPS_MAX = 65536, NEEDS_MAX = 64, GOALS_MAX = 4096, MANY = 1 << 20 };

static uint64_t cost[STEPS_MAX];
static uint32_t goals[GOALS_MAX];
static size_t n_goal;

static void must(enum ward_err err)
{
	if (err) {
		fprintf(stderr, "%s\n", ward_err_text(err));
		exit(1);
	}
}

static void take(struct ward_aog *g, char *line)
{
	uint32_t need[NEEDS_MAX], n = 0, i, fact;
	char *at = line, *end;

	if (strncmp(line, "facts ", 6) == 0) {
		for (unsigned long k = strtoul(line + 6, NULL, 10); k; k--)
			must(ward_aog_fact(g, &i));
	} else if (strncmp(line, "goal ", 5) == 0 && n_goal < GOALS_MAX) {
		goals[n_goal++] = (uint32_t)strtoul(line + 5, NULL, 10);
	} else if (strncmp(line, "step ", 5) == 0 && g->n_step < STEPS_MAX) {
		fact = (uint32_t)strtoul(line + 5, &at, 10);
		cost[g->n_step] = strtoull(at, &at, 10);
		for (unsigned long v = strtoul(at, &end, 10); end != at && n < NEEDS_MAX;
			v = strtoul(at, &end, 10)) {
			need[n++] = (uint32_t)v;
			at = end;
		}
		must(ward_aog_step(g, fact, need, n, (uint32_t)g->n_step, &i));
	}
}

static void list(const char *what, const uint32_t *v, size_t n)
{
	printf(" %s", what);
	for (size_t i = 0; i < n; i++)
		printf(" %u", v[i]);
}

int main(void)
{
	struct ward_aog g;
	struct ward_arena a;
	static char line[4096];
	bool any;

	ward_aog_init(&g, ward_mem_heap(), MANY);
	ward_arena_init(&a, ward_mem_heap(), SIZE_MAX / 2);
	while (fgets(line, sizeof(line), stdin))
		take(&g, line);
	must(ward_aog_seal(&g));
	uint8_t *on = calloc(g.n_fact, 1);
	uint64_t *best = calloc(g.n_fact, sizeof(*best));
	uint32_t *by = calloc(g.n_fact, sizeof(*by)), *choke = calloc(g.n_step, sizeof(*choke));

	if (!on || !best || !by || !choke)
		return 1;
	must(ward_aog_reach(&g, NULL, 0, on, &any));
	must(ward_aog_best(&g, cost, false, best, by));
	printf("on");
	for (uint32_t f = 0; f < g.n_fact; f++)
		if (on[f])
			printf(" %u", f);
	printf("\n");
	for (size_t i = 0; i < n_goal; i++) {
		struct ward_aog_plan plan;
		size_t n;

		if (by[goals[i]] == WARD_NONE) {
			printf("goal %u none\n", goals[i]);
			continue;
		}
		must(ward_aog_extract(&g, by, goals[i], &a, &plan));
		must(ward_aog_chokes(&g, &plan, goals[i], choke, &n));
		printf("goal %u %llu", goals[i], (unsigned long long)best[goals[i]]);
		list("plan", plan.step, plan.n);
		list("chokes", choke, n);
		printf("\n");
	}
	free(on);
	free(best);
	free(by);
	free(choke);
	ward_aog_fini(&g);
	ward_arena_fini(&a);
	return 0;
}
