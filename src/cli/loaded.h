/* What became of detection rules, in a sentence each on standard error, with the command that says
 * more: for commands that have other things to say. */
#ifndef WARD_CLI_LOADED_H
#define WARD_CLI_LOADED_H

#include "cli/cli.h"
#include "detect/detect.h"

/* How many rules were refused; nothing when none was. hospital: where rules are, too. */
void ward_cli_refused(
	const struct ward_cmd *cmd, const struct ward_ruleset *rs, const char *hospital);

/* Rules that waited in vain: no event of their logsource came, or none with one of their fields. */
struct ward_cli_waiting {
	size_t n_source, n_field;
};
struct ward_cli_waiting ward_cli_waiting(const struct ward_detector *det);
/* How many of how many; nothing when none was, or no event came. more: the command that says
 * which. */
void ward_cli_waited(const struct ward_cmd *cmd, const struct ward_ruleset *rs,
	const struct ward_detector *det, const char *more);

#endif
