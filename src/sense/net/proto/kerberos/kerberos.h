/* Kerberos 5 messages (RFC 4120) as one validated struct.
 *
 * ward_kerberos_parse is a pure function over one message of outside bytes: it never recurses,
 * allocates nothing and borrows the message. Its cost is O(bytes). */
#ifndef WARD_SENSE_NET_KERBEROS_KERBEROS_H
#define WARD_SENSE_NET_KERBEROS_KERBEROS_H

#include "sense/net/ber.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_KERBEROS_REASON_LIST(X)              \
	X(LENGTH, "net.kerberos.reject.length")   \
	X(MESSAGE, "net.kerberos.reject.message") \
	X(VERSION, "net.kerberos.reject.version") \
	X(TYPE, "net.kerberos.reject.type")       \
	X(PADATA, "net.kerberos.reject.padata")   \
	X(BODY, "net.kerberos.reject.body")       \
	X(REPLY, "net.kerberos.reject.reply")     \
	X(TICKET, "net.kerberos.reject.ticket")   \
	X(ERROR, "net.kerberos.reject.error")     \
	X(KPASSWD, "net.kerberos.reject.kpasswd")

enum ward_kerberos_reason {
#define X(IDENT, name) WARD_KERBEROS_BAD_##IDENT,
	WARD_KERBEROS_REASON_LIST(X)
#undef X
		WARD_KERBEROS_REASON_N, /* none */
};

/* 7.5.7: application tag and message type in one */
enum ward_kerberos_type {
	WARD_KERBEROS_AS_REQ = 10,
	WARD_KERBEROS_AS_REP = 11,
	WARD_KERBEROS_TGS_REQ = 12,
	WARD_KERBEROS_TGS_REP = 13,
	WARD_KERBEROS_AP_REQ = 14,
	WARD_KERBEROS_AP_REP = 15,
	WARD_KERBEROS_ERROR = 30,
};

enum {
	WARD_KERBEROS_PARTS = 4,
	WARD_KERBEROS_ETYPES = 16,
	WARD_KERBEROS_PADATA = 16,
	WARD_KERBEROS_NETBIOS = 15,
};

/* 7.5.2 and MS-KILE 2.2: the types that are looked into */
enum {
	WARD_KERBEROS_PA_TGS_REQ = 1,
	WARD_KERBEROS_PA_TIMESTAMP = 2,
	WARD_KERBEROS_PA_PK_AS_REQ = 16,
	WARD_KERBEROS_PA_PAC_REQUEST = 128,
	WARD_KERBEROS_PA_FOR_USER = 129,
	WARD_KERBEROS_PA_FOR_X509 = 130,
};

/* Errors that are looked at, 7.5.9 */
enum {
	WARD_KERBEROS_ERR_NAME_EXPIRED = 1,
	WARD_KERBEROS_ERR_CLIENT_UNKNOWN = 6,
	WARD_KERBEROS_ERR_POLICY = 12,
	WARD_KERBEROS_ERR_CLIENT_REVOKED = 18,
	WARD_KERBEROS_ERR_CLIENT_NOT_YET = 21,
	WARD_KERBEROS_ERR_KEY_EXPIRED = 23,
	WARD_KERBEROS_ERR_PREAUTH_FAILED = 24,
};

/* 6.2: name types */
enum { WARD_KERBEROS_NT_PRINCIPAL = 1, WARD_KERBEROS_NT_ENTERPRISE = 10 };

struct ward_kerberos_principal {
	int32_t type;
	struct ward_slice part[WARD_KERBEROS_PARTS];
	size_t n; /* parts met, of which the first are kept; 0: not given */
};

struct ward_kerberos_etype {
	bool is;
	int32_t v;
};

struct ward_kerberos {
	uint8_t type; /* enum ward_kerberos_type; 0: none was found */
	struct ward_slice realm;
	struct ward_kerberos_principal client, service;
	int32_t padata[WARD_KERBEROS_PADATA];
	size_t n_padata;   /* kept */
	bool has_pac, pac; /* a PAC is asked for or refused */
	/* of a request */
	uint32_t options;
	struct ward_slice till;
	uint32_t nonce;
	int32_t etype[WARD_KERBEROS_ETYPES]; /* offered */
	size_t n_etype;
	struct ward_slice netbios;                /* the client's machine */
	struct ward_kerberos_etype preauth_etype; /* of the timestamp */
	/* the ticket that is shown: TGS-REQ, AP-REQ; or given: replies */
	struct ward_kerberos_etype ticket_etype;
	struct ward_kerberos_etype part_etype; /* of the authenticator, or the reply */
	struct ward_kerberos_principal ticket_service;
	int32_t error;
	/* Why and where, when it is malformed. */
	enum ward_kerberos_reason reason;
	size_t off;
};

/* Fills all of m from one whole message. True when it is valid; false with reason and off, and what
 * stood before that. */
WARD_MUST_CHECK bool ward_kerberos_parse(struct ward_slice message, struct ward_kerberos *m);
/* Could these be the first bytes of a message of len bytes? */
bool ward_kerberos_probe(struct ward_slice bytes, size_t len);

/* RFC 3244 2: a change of password. The AP-REQ, AP-REP or error in it; false with reason and off.
 */
bool ward_kerberos_kpasswd(struct ward_slice message, struct ward_kerberos *m);
bool ward_kerberos_kpasswd_probe(struct ward_slice bytes, size_t len);

/* Names; NULL for a number without one. They live forever. */
const char *ward_kerberos_type_name(uint8_t type);
const char *ward_kerberos_error_name(int32_t error);
const char *ward_kerberos_etype_name(int32_t etype);
const char *ward_kerberos_padata_name(int32_t type);
const char *ward_kerberos_option_name(unsigned bit); /* 0 is the highest */

#endif
