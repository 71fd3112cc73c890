/* What correlation lost, in a sentence each on standard error, with the mend. */
#ifndef WARD_CLI_LOSSES_H
#define WARD_CLI_LOSSES_H

#include "cli/cli.h"
#include "detect/detect.h"

/* Nothing when nothing was lost. more: the command that says which fields never came. */
void ward_cli_losses(
	const struct ward_cmd *cmd, const struct ward_detect_stats *s, const char *more);

#endif
