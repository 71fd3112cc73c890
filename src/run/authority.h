/* The hospital's own certificate authority, by which browsers and phones know Ward's console.
 *
 * Made once in a folder of the supervisor: authority.pem (key and certificate, ten years, P-256),
 * ca.pem (the same certificate, for whoever installs it), server.pem (key and certificate of the
 * console, 396 days). The authority may only vouch for the names that it was made with, for names
 * that end in .local, .internal, .lan or .home.arpa, and for addresses that are not routed on the
 * Internet, so that a stolen one is of no use elsewhere. Reads no byte from outside. */
#ifndef WARD_RUN_AUTHORITY_H
#define WARD_RUN_AUTHORITY_H

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum { WARD_AUTHORITY_NAMES = 64, WARD_AUTHORITY_WHY = 512, WARD_AUTHORITY_NAME_MAX = 253 };

#define WARD_AUTHORITY_CA "ca.pem"
#define WARD_AUTHORITY_SERVER "server.pem"

struct ward_authority_in {
	const char *folder;          /* exists, and is ours alone */
	struct ward_str hospital;    /* its name */
	const struct ward_str *name; /* hosts and numeric addresses of the console; n_name */
	size_t n_name;
	ward_ns now;
};

/* A host's name or a numeric address, as a certificate may name it. */
bool ward_authority_name(struct ward_str name);

/* Sees that the three files are there and fit: makes what is missing, and the server's anew when it
 * has less than 30 days left, is of other names or of another authority. *ret_made: ca.pem is new,
 * and has to be installed again. CONFIG: the authority may not vouch for one of the names, or is
 * over, or its file is none; IO, NOMEM. ret_why (WARD_AUTHORITY_WHY bytes) says it, with the mend.
 */
WARD_MUST_CHECK enum ward_err ward_authority_ready(
	const struct ward_authority_in *in, bool *ret_made, char *ret_why);

/* A certificate of a program that asks the API (docs/machines.md), by the authority that is in the
 * folder, with its key in one file that is made, and is its owner's alone. *ret_print: SHA-256 of
 * the certificate. CONFIG: there is no authority in the folder, or the file is there already; IO,
 * NOMEM: ret_why says it, as above. */
WARD_MUST_CHECK enum ward_err ward_authority_machine(const struct ward_authority_in *in,
	struct ward_str id, const char *file, uint8_t ret_print[32], char *ret_why);

/* SHA-256 of the first certificate (DER) of a PEM file. CONFIG: there is none. */
WARD_MUST_CHECK enum ward_err ward_authority_print(const char *file, uint8_t ret_print[32]);

/* The authority's key and certificate, as a descriptor for a process that vouches for others and
 * may not look into the folder. IO. */
WARD_MUST_CHECK enum ward_err ward_authority_hand(const char *folder, int *ret_fd);

/* Who vouches by it; ward_authority_hand's descriptor, which is read from its beginning. CONFIG,
 * NOMEM. Before the cage: OpenSSL reads its configuration with its first use. */
struct ward_voucher;
WARD_MUST_CHECK enum ward_err ward_voucher_new(int fd, struct ward_voucher **ret);
void ward_voucher_free(struct ward_voucher *v);

enum { WARD_VOUCH_KEY = 65 };
struct ward_vouch_in {
	struct ward_str id;
	uint8_t key[WARD_VOUCH_KEY]; /* public: a point of P-256, uncompressed (SEC 1 2.3.3) */
	ward_ns now;
	int days;
};
/* A certificate for a sensor, which has the key (clientAuth): PEM onto ret_pem, and the SHA-256 of
 * it (DER). MALFORMED: the point is none of the curve. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_vouch(const struct ward_voucher *v,
	const struct ward_vouch_in *in, struct ward_wr *ret_pem, uint8_t ret_print[32]);
/* The authority's own certificate, PEM. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_voucher_ca(
	const struct ward_voucher *v, struct ward_wr *ret_pem);

#endif
