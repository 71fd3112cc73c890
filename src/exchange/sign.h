/* XML signatures (XMLDSig 1.1) on documents that xml/write.h wrote, as CAP 1.2 3.3.4.1 asks for:
 * enveloped, over the whole document, Exclusive XML Canonicalization, SHA-256, with the signer's
 * certificate in it.
 *
 * Keys are EC on P-256 (ECDSA, another signature each time) or RSA of 2048 bits and more (PKCS #1
 * 1.5). Whether the certificate is trusted and in its time is for the recipient to say. */
#ifndef WARD_EXCHANGE_SIGN_H
#define WARD_EXCHANGE_SIGN_H

#include "base/err.h"
#include "base/wr.h"

struct ward_signer;

/* PEM text with a private key that has no passphrase, and its X.509 certificate, in any order; the
 * certificate is the first one of the text. CONFIG: it is not that, and *ret_why (lives forever)
 * says what is wrong and, after a line feed, the mend. LIMIT: over 1
 * MiB. NOMEM. Gives *ret. */
WARD_MUST_CHECK enum ward_err ward_signer_new(
	struct ward_slice pem, struct ward_signer **ret, const char **ret_why);
void ward_signer_free(struct ward_signer *s);

/* Signs the one document in w, which has the name space of its root as default: the signature
 * becomes the root's last child, and no other byte changes. MALFORMED: there is no root in w.
 * NOMEM. IO: the library cannot sign. After an error w is as it was, or bad. */
WARD_MUST_CHECK enum ward_err ward_sign(const struct ward_signer *s, struct ward_wr *w);

#endif
