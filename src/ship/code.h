/* The code by which a sensor elsewhere is taken in, once: who the server is, and a secret.
 *
 * People carry it, so it is letters and digits (Crockford's base 32: no I, L, O, U), in nine groups
 * of four with a check. The sensor sends nothing before the server has shown the certificate that
 * the code names, and then no secret either, but a proof of it that is bound to that certificate
 * and to the sensor's own key: whoever relays it to another server, or puts another key in its
 * place, has a proof of nothing. Pure functions; the text is untrusted. */
#ifndef WARD_SHIP_CODE_H
#define WARD_SHIP_CODE_H

#include "base/slice.h"
#include "base/wr.h"

enum {
	WARD_SHIP_CODE_PRINT = 10, /* bytes: the first of the SHA-256 of the server's certificate */
	WARD_SHIP_CODE_SECRET = 10,
	WARD_SHIP_CODE_TEXT = 45, /* with dashes and the NUL */
	WARD_SHIP_KEY = 65,       /* a public key: a point of P-256, uncompressed (SEC 1 2.3.3) */
	WARD_SHIP_PROOF = 32,
};

struct ward_ship_code {
	uint8_t print[WARD_SHIP_CODE_PRINT];
	uint8_t secret[WARD_SHIP_CODE_SECRET];
};

void ward_ship_code_write(const struct ward_ship_code *c, char ret[WARD_SHIP_CODE_TEXT]);
/* As somebody typed it: in any case, with blanks and dashes anywhere; O counts as 0, I and L as 1.
 * False: it is none, or one letter is another than it was. */
bool ward_ship_code_read(struct ward_str text, struct ward_ship_code *ret);
/* That whoever has the key has the code's secret, too: BLAKE2b under a key made of the secret, over
 * what the code names of the server's certificate and the sensor's public key. */
void ward_ship_code_prove(const struct ward_ship_code *c, const uint8_t key[WARD_SHIP_KEY],
	uint8_t ret[WARD_SHIP_PROOF]);

#endif
