/* That the register has each to whom something is told (GDPR 30(1)(d)), and nobody else: entries of
 * processing.yml beside recipients.yml, of whose rooms none knows the other. */
#ifndef WARD_CLI_CHECK_TOLD_H
#define WARD_CLI_CHECK_TOLD_H

#include "processing/processing.h"

/* Findings. A hospital that has not written its register is told nothing. NOMEM, IO, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_cli_check_told(const char *hospital, const char *content,
	const struct ward_processing *p, const struct ward_processing_in *of);

#endif
