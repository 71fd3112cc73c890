/* Legal holds of a journal that was cut at a moment. What its process remembers of them is as of an
 * increment before; what people decided since stands in records up to the moment. */
#ifndef WARD_CLI_RESTORE_HOLDS_H
#define WARD_CLI_RESTORE_HOLDS_H

#include "base/err.h"

#include <stdint.h>

/* For struct ward_restore_options. Goes through the records behind number `after`, and writes the
 * journal's file `retention` anew where one of them begins or ends a hold. */
WARD_MUST_CHECK enum ward_err ward_cli_restore_holds(
	void *ctx, const char *journal, uint64_t after);

#endif
