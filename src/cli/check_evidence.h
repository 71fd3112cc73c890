/* What `ward check` says of the key that incidents' clips are made for. */
#ifndef WARD_CLI_CHECK_EVIDENCE_H
#define WARD_CLI_CHECK_EVIDENCE_H

#include "model/model.h"

/* Whether the file of clips.key is there, holds a public key of `ward clip key`, and not the secret
 * one; whether others may replace it, and whether the secret one lies beside it. Findings go to
 * diag. CONFIG: there were errors; LIMIT: the path is too long. */
WARD_MUST_CHECK enum ward_err ward_cli_check_evidence(
	const char *dir, const struct ward_model *m, struct ward_diag *d);

#endif
