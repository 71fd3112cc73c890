#include "cli/loaded.h"

void ward_cli_refused(
	const struct ward_cmd *cmd, const struct ward_ruleset *rs, const char *hospital)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(rs);

	if (c.n_refused)
		fprintf(stderr,
			"ward %s: %zu of %zu detection rules %s refused and %s not watch; which, "
			"and why: ward rules check --hospital %s\n",
			cmd->name, c.n_refused, c.n, c.n_refused == 1 ? "was" : "were",
			c.n_refused == 1 ? "does" : "do", hospital);
}

struct counting {
	struct ward_cli_waiting n;
	size_t last; /* rule + 1; each has its fields one after the other */
};

static void count(void *ctx, size_t i, struct ward_str field)
{
	struct counting *c = ctx;

	c->n.n_source += field.len == 0;
	c->n.n_field += field.len && c->last != i + 1;
	c->last = i + 1;
}

struct ward_cli_waiting ward_cli_waiting(const struct ward_detector *det)
{
	struct counting c = {.last = 0};

	ward_detector_unseen(det, count, &c);
	return c.n;
}

void ward_cli_waited(const struct ward_cmd *cmd, const struct ward_ruleset *rs,
	const struct ward_detector *det, const char *more)
{
	struct ward_cli_waiting w = ward_cli_waiting(det);

	if (w.n_source + w.n_field && ward_detector_stats(det).n_event)
		fprintf(stderr,
			"ward %s: %zu of %zu detection rules waited in vain: %zu for any event of "
			"their logsource, %zu for a field; which: %s\n",
			cmd->name, w.n_source + w.n_field, ward_ruleset_counts(rs).n_loaded,
			w.n_source, w.n_field, more);
}
