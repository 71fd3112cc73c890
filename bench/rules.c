#include "rules.h"

#include "bench.h"

struct ward_ruleset *bench_rules(const char *const *path, size_t n)
{
	struct bench_path content = bench_source("content");
	struct ward_ruleset_args args = {.rules = path, .n_rules = n, .content = content.s};
	struct ward_ruleset *rs = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	if (ward_ruleset_load(&args, &lim, ward_mem_heap(), &diag, &rs) != WARD_OK)
		bench_die("the rules of %s can't be loaded", path[0]);
	ward_diag_fini(&diag);
	return rs;
}

bool bench_all_rules(struct bench_path file[BENCH_ALL_RULES], const char *path[BENCH_ALL_RULES])
{
	static const char *const community[] = {
		"sigma/rules", "sigma/rules-emerging-threats", "sigma/rules-threat-hunting"};

	_Static_assert(WARD_ARRAY_LEN(community) + 1 == BENCH_ALL_RULES, "ours, and these");
	file[0] = bench_source("content/rules");
	for (size_t i = 0; i < BENCH_ALL_RULES; i++) {
		if (i && !bench_shared(community[i - 1], &file[i]))
			return false;
		path[i] = file[i].s;
	}
	return true;
}
