/* LDAP messages (RFC 4511) as one validated struct.
 *
 * ward_ldap_parse is a pure function over one message of outside bytes: it never recurses,
 * allocates nothing and borrows the message. Its cost is O(bytes). */
#ifndef WARD_SENSE_NET_LDAP_LDAP_H
#define WARD_SENSE_NET_LDAP_LDAP_H

#include "sense/net/ber.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_LDAP_REASON_LIST(X)                \
	X(MESSAGE, "net.ldap.reject.message")   \
	X(ID, "net.ldap.reject.message_id")     \
	X(OP, "net.ldap.reject.operation")      \
	X(BIND, "net.ldap.reject.bind")         \
	X(RESULT, "net.ldap.reject.result")     \
	X(SEARCH, "net.ldap.reject.search")     \
	X(FILTER, "net.ldap.reject.filter")     \
	X(ENTRY, "net.ldap.reject.entry")       \
	X(CHANGE, "net.ldap.reject.change")     \
	X(EXTENDED, "net.ldap.reject.extended") \
	X(CONTROLS, "net.ldap.reject.controls") \
	X(SECURITY_LAYER, "net.ldap.reject.security_layer")

enum ward_ldap_reason {
#define X(IDENT, name) WARD_LDAP_BAD_##IDENT,
	WARD_LDAP_REASON_LIST(X)
#undef X
		WARD_LDAP_REASON_N, /* none */
};

/* protocolOp by identifier octet, 4.2 to 4.13 */
enum ward_ldap_op {
	WARD_LDAP_BIND = WARD_BER_APP_OF(0),
	WARD_LDAP_BIND_RESPONSE = WARD_BER_APP_OF(1),
	WARD_LDAP_UNBIND = WARD_BER_APP(2),
	WARD_LDAP_SEARCH = WARD_BER_APP_OF(3),
	WARD_LDAP_ENTRY = WARD_BER_APP_OF(4),
	WARD_LDAP_SEARCH_DONE = WARD_BER_APP_OF(5),
	WARD_LDAP_MODIFY = WARD_BER_APP_OF(6),
	WARD_LDAP_MODIFY_RESPONSE = WARD_BER_APP_OF(7),
	WARD_LDAP_ADD = WARD_BER_APP_OF(8),
	WARD_LDAP_ADD_RESPONSE = WARD_BER_APP_OF(9),
	WARD_LDAP_DELETE = WARD_BER_APP(10),
	WARD_LDAP_DELETE_RESPONSE = WARD_BER_APP_OF(11),
	WARD_LDAP_MODIFY_DN = WARD_BER_APP_OF(12),
	WARD_LDAP_MODIFY_DN_RESPONSE = WARD_BER_APP_OF(13),
	WARD_LDAP_COMPARE = WARD_BER_APP_OF(14),
	WARD_LDAP_COMPARE_RESPONSE = WARD_BER_APP_OF(15),
	WARD_LDAP_ABANDON = WARD_BER_APP(16),
	WARD_LDAP_REFERENCE = WARD_BER_APP_OF(19),
	WARD_LDAP_EXTENDED = WARD_BER_APP_OF(23),
	WARD_LDAP_EXTENDED_RESPONSE = WARD_BER_APP_OF(24),
	WARD_LDAP_INTERMEDIATE = WARD_BER_APP_OF(25),
};

/* 4.2, and what Microsoft adds for NTLM (MS-ADTS 5.1.1.1.3) */
enum ward_ldap_auth { WARD_LDAP_SIMPLE = 0, WARD_LDAP_SASL = 3, WARD_LDAP_SICILY = 9 };

/* 4.1.9, A.1 */
enum {
	WARD_LDAP_SUCCESS = 0,
	WARD_LDAP_COMPARE_FALSE = 5,
	WARD_LDAP_COMPARE_TRUE = 6,
	WARD_LDAP_REFERRAL = 10,
	WARD_LDAP_SASL_IN_PROGRESS = 14,
	WARD_LDAP_INVALID_CREDENTIALS = 49,
};

#define WARD_LDAP_START_TLS "1.3.6.1.4.1.1466.20037" /* 4.14.1 */

enum { WARD_LDAP_ATTRIBUTES = 32, WARD_LDAP_CONTROLS = 8 };

struct ward_ldap_attribute {
	struct ward_slice name;
	uint8_t change;           /* of a modification: add, delete, replace, increment */
	struct ward_slice values; /* content of the set of values, unchecked */
};

struct ward_ldap {
	int32_t id;
	uint8_t op;           /* enum ward_ldap_op; 0: none was found */
	struct ward_slice dn; /* of bind, search, entry, modify, add, delete, modify-dn, compare */
	/* bind */
	uint8_t version, auth;
	struct ward_slice mechanism;
	struct ward_slice credentials; /* a secret, also of a response: SASL's answer */
	/* search */
	uint8_t scope;
	int32_t size_limit;
	struct ward_slice filter; /* one element, checked */
	/* asked for, given, changed, compared */
	struct ward_ldap_attribute attribute[WARD_LDAP_ATTRIBUTES];
	size_t n_attribute, n_attribute_seen; /* kept, met */
	struct ward_slice new_superior;       /* modify-dn */
	/* a result, of any operation */
	bool has_result;
	int32_t result;
	struct ward_slice diagnostic;
	struct ward_slice oid; /* extended, text */
	int32_t abandoned;
	struct ward_slice control[WARD_LDAP_CONTROLS]; /* types: OIDs in text */
	size_t n_control;
	/* Why and where, when it is malformed. */
	enum ward_ldap_reason reason;
	size_t off;
};

/* The first message of a stream as far as its operation: *ret_size and m->id, m->op. */
enum ward_ber_framing ward_ldap_frame(
	struct ward_slice bytes, struct ward_ldap *m, size_t *ret_size);
/* Fills all of m from one whole message. True when it is valid; false with reason and off, and what
 * stood before that. */
WARD_MUST_CHECK bool ward_ldap_parse(struct ward_slice message, struct ward_ldap *m);
/* The operation that a response answers, or 0. */
uint8_t ward_ldap_answers(uint8_t op);

/* Filters (4.5.1.7) may nest this deep; what is deeper is not told. */
enum { WARD_LDAP_DEPTH = 24, WARD_LDAP_FILTER_TEXT = 250 };
/* Is it a filter, as far as WARD_LDAP_DEPTH? On false *ret_off is where not. */
bool ward_ldap_filter_valid(const struct ward_rd *at, size_t *ret_off);
/* A valid filter as text (RFC 4515), at most WARD_LDAP_FILTER_TEXT bytes. Values can be names of
 * persons: only those are told that name a class, a bit, or what a client says of itself. */
void ward_ldap_filter_text(struct ward_wr *w, struct ward_slice filter);
/* A distinguished name with the values left out that may name a person. At most `most` bytes. */
void ward_ldap_dn_text(struct ward_wr *w, struct ward_slice dn, size_t most);

/* Names; NULL for a number without one. They live forever. */
const char *ward_ldap_op_name(uint8_t op); /* of a request */
const char *ward_ldap_result_name(int32_t result);
const char *ward_ldap_extended_name(struct ward_slice oid);

/* What a domain controller answers to a ping (MS-ADTS 6.3.1.9). */
#define WARD_LDAP_NETLOGON_LIST(X)             \
	X(FOREST, "ldap.dc_forest")            \
	X(DOMAIN, "ldap.dc_domain")            \
	X(HOST, "ldap.dc_host")                \
	X(NB_DOMAIN, "ldap.dc_netbios_domain") \
	X(NB_HOST, "ldap.dc_netbios_host")     \
	X(USER, "ldap.dc_user")                \
	X(DC_SITE, "ldap.dc_site")             \
	X(CLIENT_SITE, "ldap.client_site")

enum ward_ldap_netlogon_name {
#define X(IDENT, name) WARD_LDAP_NL_##IDENT,
	WARD_LDAP_NETLOGON_LIST(X)
#undef X
		WARD_LDAP_NL_N,
};

struct ward_ldap_netlogon {
	uint32_t flags;
	struct ward_str name[WARD_LDAP_NL_N];
};
/* Text goes into w. False: another structure, or damaged. */
bool ward_ldap_netlogon_of(
	struct ward_slice value, struct ward_wr *w, struct ward_ldap_netlogon *ret);

/* RFC 4422 3.7: a buffer of the security layer. Only signed, as far as its first bytes say? */
enum { WARD_LDAP_LAYER_HEAD = 16 };
bool ward_ldap_maybe_signed(struct ward_slice head);
/* What a signed buffer holds; false: it is not one. Of NTLM it may be sealed all the same. */
bool ward_ldap_signed(struct ward_slice buffer, struct ward_slice *ret);

/* The account in an NTLM AUTHENTICATE_MESSAGE anywhere in credentials (MS-NLMP 2.2.1.3), as UTF-8
 * in w. *ret_ntlm: it is NTLM at all. */
void ward_ldap_ntlm(struct ward_slice credentials, struct ward_wr *w, bool *ret_ntlm);

#endif
