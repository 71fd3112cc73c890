/* `ward search`: what its ways of looking (query, indicators, rules) share, and the ways. */
#ifndef WARD_CLI_HUNT_H
#define WARD_CLI_HUNT_H

#include "cli/cli.h"
#include "enrich/enrich.h"
#include "search/indicator.h"
#include "search/line.h"
#include "search/query.h"
#include "search/search.h"

enum { WARD_HUNT_PATHS_MAX = 64 };

struct ward_hunt_alarms;

struct ward_hunt {
	const struct ward_cmd *cmd;
	const char *content;
	const char *rules[WARD_HUNT_PATHS_MAX];
	size_t n_rules;
	const char *hospital, *indicators;
	bool json, summary;
	uint64_t limit; /* hits; 0: all */
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_model *model;
	struct ward_enrich enrich;
	struct ward_query query;
	struct ward_indicators *list;    /* while ward_hunt_indicators runs */
	struct ward_hunt_alarms *alarms; /* while ward_hunt_rules runs */
	struct ward_search_opts opts;
	struct ward_search_stats stats;
	struct ward_line_opts line;
	struct ward_wr out;
	uint64_t n_hit;
	bool failed;   /* output could not be written */
	bool progress; /* standard error is a terminal */
	ward_ns begun, shown;
};

/* Each runs the pass and prints what it finds: an exit code; what went wrong was said. */
int ward_hunt_query(struct ward_hunt *h);
int ward_hunt_indicators(struct ward_hunt *h);
int ward_hunt_rules(struct ward_hunt *h);

/* The pass with h->opts; WARD_EXIT_DONE, or WARD_EXIT_RUN, said. */
int ward_hunt_pass(struct ward_hunt *h);
/* A hit stands in h->out: writes it soon, the first ones at once. *ret_enough at the limit. */
void ward_hunt_hit(struct ward_hunt *h, bool *ret_enough);
/* Writes what waits. */
void ward_hunt_flush(struct ward_hunt *h);
/* Findings in h->diag to standard error. */
void ward_hunt_findings(struct ward_hunt *h);

#endif
