/* What `ward check` says of sources in whose name anybody can speak. */
#ifndef WARD_CLI_CHECK_FORGED_H
#define WARD_CLI_CHECK_FORGED_H

#include "model/model.h"

/* A warning for each source that hears whoever sends from other machines (by UDP, by TCP, by TLS
 * without `clients`), and watches who controls the door of a room with a cold store: a badge there
 * explains to content/rules/building/cold_store_warm.yml why it is warm. */
void ward_cli_check_forged(const struct ward_model *m, struct ward_diag *d);

#endif
