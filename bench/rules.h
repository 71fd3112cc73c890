/* Rules for the benches. Ends the program when something is wrong. */
#ifndef WARD_BENCH_RULES_H
#define WARD_BENCH_RULES_H

#include "files.h"

#include "detect/detect.h"

/* The rules below these paths, with the pipelines of the content; free with ward_ruleset_free. */
struct ward_ruleset *bench_rules(const char *const *path, size_t n);

/* Where ours and the community's are; path[i] is in file[i]. False: no shared data. */
enum { BENCH_ALL_RULES = 4 };
bool bench_all_rules(struct bench_path file[BENCH_ALL_RULES], const char *path[BENCH_ALL_RULES]);

#endif
