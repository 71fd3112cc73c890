/* Inside the reading of recipients.yml: who keeps heads of the ledger (`gets: heads`). */
#ifndef WARD_RESPOND_RECIPIENTS_WITNESS_H
#define WARD_RESPOND_RECIPIENTS_WITNESS_H

#include "respond/recipients.h"

/* Its `every`, and what has no place with it; of all others what only a witness may. Findings go to
 * in->diag. */
void ward_recipients_witness_read(
	const struct ward_recipients_in *in, const struct ward_conf *c, struct ward_recipient *p);

#endif
