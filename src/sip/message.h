/* SIP messages as they come in datagrams (RFC 3261), the session descriptions in them (RFC 4566),
 * and the sum that a login asks for and gives (RFC 3261 22, RFC 8760).
 *
 * Pure. All of it are outside bytes; what is read borrows the datagram. */
#ifndef WARD_SIP_MESSAGE_H
#define WARD_SIP_MESSAGE_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum {
	WARD_SIP_DATAGRAM = 8192, /* bytes of a message that is read */
	WARD_SIP_ROUTES = 8,      /* Record-Route of one message */
	WARD_SIP_VIAS = 8,
	WARD_SIP_CHALLENGES = 4,
	WARD_SIP_REQUIRES = 8,
	WARD_SIP_DIGEST = 64, /* hex digits of a sum, at most */
};

struct ward_sip_challenge {
	bool proxy; /* answered in Proxy-Authorization */
	bool sha;   /* SHA-256, else MD5 */
	bool qop;   /* "auth" */
	bool stale; /* the password was right, the nonce too old */
	struct ward_str realm, nonce, opaque, algorithm; /* as they stand between their quotes */
};

struct ward_sip_message {
	unsigned status; /* of a response; 0: a request */
	struct ward_str method, uri;
	struct ward_str via[WARD_SIP_VIAS], from, to, call_id, contact, content_type, retry_after;
	struct ward_str expires, user_agent, subject, geolocation; /* the first of each; or empty */
	struct ward_str asserted; /* likewise P-Asserted-Identity (RFC 3325): who calls, says who
				     let the call in */
	/* The first Digest, behind that word: for who answers; for a proxy on the way (22.3). */
	struct ward_str authorization, proxy_authorization;
	struct ward_str require[WARD_SIP_REQUIRES];
	size_t n_via, n_require;
	uint32_t cseq;
	struct ward_str cseq_method;
	struct ward_str route[WARD_SIP_ROUTES]; /* values of Record-Route, in order */
	size_t n_route;
	struct ward_sip_challenge challenge[WARD_SIP_CHALLENGES]; /* those that can be answered */
	size_t n_challenge;
	struct ward_str body;
};

/* MALFORMED: it is none, or lacks what each has. LIMIT: more than is taken of one kind. *ret then
 * has what stood before. */
WARD_MUST_CHECK enum ward_err ward_sip_message_read(
	struct ward_slice datagram, struct ward_sip_message *ret);
/* The same for who only listens: what does not fit is left out, the first of each kind are read, of
 * a datagram of any length, and a body may hold any bytes (RFC 3261 7.4). Whoever answers does not
 * refuse a message because of what Ward has no room for; and many pass over lines that are none, so
 * they hide nothing here. MALFORMED as above. */
WARD_MUST_CHECK enum ward_err ward_sip_message_hear(
	struct ward_slice datagram, struct ward_sip_message *ret);
/* How many bytes the message in front of a stream takes, with the line ends before it (RFC
 * 3261 7.5, 18.3). MORE: its head has no end yet; MALFORMED: it has no Content-Length, or none that
 * is a number; LIMIT: it takes more than WARD_SIP_DATAGRAM. */
WARD_MUST_CHECK enum ward_err ward_sip_message_size(struct ward_slice stream, size_t *ret);
/* Could these bytes be the front of a message's first line, or hold it whole (*ret_whole)? The
 * methods are those of the standards (RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903, 6086). */
bool ward_sip_message_begins(struct ward_slice front, bool *ret_whole);
/* The user of an address as it stands there, without what follows ':' or ';' in it:
 * "sip:+33491@host" gives "+33491", "tel:15" gives "15". Empty: it names none. */
struct ward_str ward_sip_user(struct ward_str value);
/* A parameter behind the address of a From, To or Via (";tag=a", ";branch=b"); empty: none. */
struct ward_str ward_sip_parameter(struct ward_str value, const char *name);
/* What stands between '<' and '>', or the address alone. */
struct ward_str ward_sip_uri(struct ward_str value);

/* Where the voice goes, and how. */
struct ward_sip_media {
	bool v6;
	uint8_t address[16]; /* 4 of them without v6 */
	uint16_t port;
	bool alaw;    /* PCMA, else PCMU */
	uint8_t keys; /* payload type of telephone-event; 0: it has none */
};
/* The first audio of an answer. MALFORMED; UNSUPPORTED: no voice that Ward speaks. */
WARD_MUST_CHECK enum ward_err ward_sip_media_read(struct ward_str sdp, struct ward_sip_media *ret);

/* Call once before a cage: the library looks at its files with the first sum. False: it has none of
 * the sums. */
WARD_MUST_CHECK bool ward_sip_prepare(void);

/* What somebody answers to a challenge; texts as they stand between their quotes. */
struct ward_sip_credentials {
	struct ward_str user, realm, nonce, uri, response, cnonce;
	uint64_t nc; /* 0: without qop */
	bool sha;
};
/* `value` is what stands behind "Digest". MALFORMED; UNSUPPORTED: another sum than MD5 and SHA-256,
 * or a qop other than "auth". */
WARD_MUST_CHECK enum ward_err ward_sip_credentials_read(
	struct ward_str value, struct ward_sip_credentials *ret);
/* Do they show that their sender knows the password of `user`? In the same time whatever is wrong.
 */
bool ward_sip_credentials_prove(
	const struct ward_sip_credentials *c, struct ward_str method, struct ward_str password);

struct ward_sip_login {
	struct ward_str user, password;
	struct ward_str method, uri;
	struct ward_str cnonce;
};
/* Writes "Digest username=…". UNSUPPORTED: the library has not that sum, LIMIT: no room. */
WARD_MUST_CHECK enum ward_err ward_sip_authorize(
	struct ward_wr *w, const struct ward_sip_challenge *c, const struct ward_sip_login *l);

#endif
