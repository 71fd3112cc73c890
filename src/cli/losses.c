#include "cli/losses.h"

static void tell(const struct ward_cmd *cmd, uint64_t n, const char *what, const char *mend)
{
	if (n)
		fprintf(stderr, "ward %s: %llu %s; %s\n", cmd->name, (unsigned long long)n, what,
			mend);
}

void ward_cli_losses(
	const struct ward_cmd *cmd, const struct ward_detect_stats *s, const char *more)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields), "which fields never came: %s", more);
	tell(cmd, s->n_late,
		"matches not correlated: they came behind others that are more than 120 s newer",
		"give the events in the order of their time (a file that is not is sorted, what "
		"comes by a pipe is not)");
	tell(cmd, s->n_ungrouped,
		"matches not correlated: they have no value for what their correlation groups by "
		"or counts",
		fields);
	tell(cmd, s->n_evicted_event,
		"matches given up for want of room: windows with them may be missed, or be told "
		"as partial",
		"raise the limits detect.window and detect.groups (ward limits), or group by "
		"something else");
	tell(cmd, s->n_evicted_group, "groups of correlations closed early for newer ones",
		"raise the limit detect.groups (ward limits), or group by fewer fields");
	tell(cmd, s->n_untrusted,
		"events correlated by their arrival: their own time is far from it",
		"look at the clocks of their senders");
}
