/* Private to `ship`: who a sensor is to its hospital's Ward. A key that is made here and never
 * leaves the spool's folder, and the certificate that the other side gave for it: at first by a
 * code that somebody carried (ship/code.h), then by the one before it, before that ends.
 *
 * In the folder: sensor.pem (certificate and key), ca.pem (whom to trust), to (the address). What
 * the other side answers is untrusted until it is a certificate for our key. */
#ifndef WARD_RUN_PROC_SHIP_IDENTITY_H
#define WARD_RUN_PROC_SHIP_IDENTITY_H

#include "run/proc/ship_link.h"
#include "ship/code.h"

#include <openssl/types.h>

#define SHIP_IDENTITY_FILE "sensor.pem"

struct ship_identity {
	struct ward_process *p;
	struct ship_link *link;
	const char *dir;
	bool by_code;
	struct ward_ship_code code;
	struct ward_wr
		ca;    /* setting certificate: whom to trust afterwards; empty: nothing was said */
	EVP_PKEY *key; /* for which a certificate was asked */
	ward_ns from, until; /* of the certificate that is here; until 0: there is none */
	ward_ns not_before;  /* monotonic: it was asked for in vain */
	char why[256];
};

/* Before the cage: the code, if one was handed over, by which alone the server is then known, and
 * whom to trust afterwards (setting certificate). Ends the process when either is none. */
void ship_identity_open(struct ship_identity *x, struct ward_process *p, struct ship_link *link);
/* In the cage: the certificate that is in the folder, if there is one, which is shown from now on.
 * CONFIG: x->why. */
WARD_MUST_CHECK enum ward_err ship_identity_load(struct ship_identity *x, const char *dir);
void ship_identity_close(struct ship_identity *x);

/* A third of its life is left, or less, and it was not asked for within the hour. */
bool ship_identity_due(const struct ship_identity *x);
/* Makes a key and asks for its certificate, over the link, where nothing is on its way. */
void ship_identity_ask(struct ship_identity *x);
/* What was answered, once the link says ARRIVED: kept, and shown from now on. MALFORMED: it is no
 * certificate for our key; IO: it can't be kept; CONFIG, NOMEM. x->why. */
WARD_MUST_CHECK enum ward_err ship_identity_take(struct ship_identity *x);
/* It was not given. */
void ship_identity_again(struct ship_identity *x);

#endif
