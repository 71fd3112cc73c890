/* What commands share that are asked about an incident: its options, the hospital, the engine. */
#ifndef WARD_CLI_INCIDENT_H
#define WARD_CLI_INCIDENT_H

#include "cli/cli.h"
#include "impact/impact.h"
#include "recover/works.h"
#include "words/words.h"

enum { WARD_CLI_SEEDS = 256, WARD_CLI_WITH = 256 };

/* DIR --asset X --threat Y --at T --with C --lang L --content D, as given. */
struct ward_cli_incident {
	const char *dir, *content, *lang, *at;
	const char *asset[WARD_CLI_SEEDS], *threat[WARD_CLI_SEEDS];
	const char *last; /* the asset named last */
	size_t n;
	const char *with[WARD_CLI_WITH];
	size_t n_with;
	bool later; /* the command takes changes that act later */
};
/* Takes argv[*i] if it is one of them, with its value. */
int ward_cli_incident_take(const struct ward_cmd *cmd, int argc, char **argv, int *i,
	struct ward_cli_incident *o, bool *ret_taken);
/* Is all there that must be? */
int ward_cli_incident_complete(const struct ward_cmd *cmd, const struct ward_cli_incident *o);

/* All that lives as long as the command. */
struct ward_cli_case {
	struct ward_diag diag;
	struct ward_limits lim;
	const char *dir, *content;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_engine *e;
	struct ward_lang *lang;
	struct ward_seed_threat seed[WARD_CLI_SEEDS];
	struct ward_change change[WARD_CLI_WITH];
	ward_ns from[WARD_CLI_WITH]; /* when each acts; no sooner than `at` */
	ward_ns at;
	struct ward_wr w;
};
void ward_cli_case_init(struct ward_cli_case *c);
void ward_cli_case_fini(struct ward_cli_case *c);
/* Model, rules, engine, language (programs get one only where they ask for it), time zone. */
int ward_cli_case_load(const struct ward_cmd *cmd, const struct ward_cli_incident *o, bool json,
	struct ward_cli_case *c);
/* How things come back. */
int ward_cli_case_works(
	const struct ward_cmd *cmd, struct ward_cli_case *c, struct ward_works **ret);
/* Seeds, changes and when it began. */
int ward_cli_case_resolve(
	const struct ward_cmd *cmd, const struct ward_cli_incident *o, struct ward_cli_case *c);
/* What a propagation failed by. */
int ward_cli_case_fail(const struct ward_cmd *cmd, enum ward_err err);

/* "2", for every kind of team, or "it=3". */
int ward_cli_teams(const struct ward_cmd *cmd, const struct ward_works *works, const char *value,
	uint32_t ret[WARD_TEAMS_MAX]);
/* A time, or a length of time after `from`. */
int ward_cli_moment(const struct ward_cmd *cmd, const char *option, const char *value, ward_ns from,
	ward_ns *ret);

#endif
