/* Who asks: answers to an RTSP server's challenge (RFC 7616 Digest with SHA-256 or MD5, RFC 7617
 * Basic). Sees untrusted text; pure but for OpenSSL's hashes. */
#ifndef WARD_SENSE_VIDEO_RTSP_AUTH_H
#define WARD_SENSE_VIDEO_RTSP_AUTH_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum { WARD_RTSP_TOKEN = 256 };

/* From the weakest to what is preferred. */
enum ward_rtsp_scheme {
	WARD_RTSP_OPEN, /* nobody asked */
	WARD_RTSP_BASIC,
	WARD_RTSP_DIGEST_MD5,
	WARD_RTSP_DIGEST_SHA256,
};

struct ward_rtsp_challenge {
	enum ward_rtsp_scheme scheme;
	char realm[WARD_RTSP_TOKEN], nonce[WARD_RTSP_TOKEN], opaque[WARD_RTSP_TOKEN];
	bool qop, stale;
};

struct ward_rtsp_request {
	const char *method, *uri;
	const char *user, *password;
	uint32_t count; /* of this nonce, from 1 */
	uint64_t own;   /* random: our own nonce */
};

/* Takes a WWW-Authenticate's value into c if it is of a better scheme than c has. */
void ward_rtsp_challenged(struct ward_rtsp_challenge *c, struct ward_str value);
/* Writes the value of Authorization for c->scheme, which is not OPEN. IO: OpenSSL has no such
 * hash; LIMIT: out has no room. */
WARD_MUST_CHECK enum ward_err ward_rtsp_authorize(const struct ward_rtsp_challenge *c,
	const struct ward_rtsp_request *q, struct ward_wr *out);

#endif
