/* NTLM (MS-NLMP 2.2): who logs in where, read by every protocol that carries it.
 *
 * ward_ntlm_parse is a pure function over outside bytes and borrows them. A struct
 * ward_ntlm_session is what a carrier keeps of one exchange (zero at first): texts only, no
 * challenge, no response. */
#ifndef WARD_SENSE_NET_NTLM_NTLM_H
#define WARD_SENSE_NET_NTLM_NTLM_H

#include "sense/net/login.h"

enum ward_ntlm_type {
	WARD_NTLM_NEGOTIATE = 1,
	WARD_NTLM_CHALLENGE = 2,
	WARD_NTLM_AUTHENTICATE = 3
};

struct ward_ntlm_version {
	bool is;
	uint8_t major, minor;
	uint16_t build;
};

struct ward_ntlm {
	enum ward_ntlm_type type;
	uint32_t flags;
	bool unicode;
	struct ward_slice domain, user, workstation; /* in OEM bytes unless unicode */
	/* of the target info, always UTF-16LE (2.2.2.1) */
	struct ward_slice nb_computer, nb_domain, dns_computer, dns_domain, dns_tree;
	size_t lm_len, nt_len; /* bytes of the responses */
	struct ward_ntlm_version version;
};

/* The message that begins at "NTLMSSP", somewhere in a token (SPNEGO wraps it); empty: none. */
struct ward_slice ward_ntlm_find(struct ward_slice token);
/* False: not a message of 2.2.1, or one of its fields lies outside. */
WARD_MUST_CHECK bool ward_ntlm_parse(struct ward_slice message, struct ward_ntlm *ret);
/* Does the token hold a Kerberos AP-REQ (RFC 4121 4.1)? */
bool ward_ntlm_is_kerberos(struct ward_slice token);

/* The carrier's names are followed by these in its name_at. */
#define WARD_NTLM_NAME_LIST(X)                              \
	X(CLASS, "net.ntlm")                                \
	X(DOMAIN, "ntlm.domain")                            \
	X(WORKSTATION, "ntlm.workstation")                  \
	X(CLIENT_VERSION, "ntlm.client_version")            \
	X(SERVER_NB, "ntlm.server_nb_computer_name")        \
	X(SERVER_NB_DOMAIN, "ntlm.server_nb_domain_name")   \
	X(SERVER_DNS, "ntlm.server_dns_computer_name")      \
	X(SERVER_DNS_DOMAIN, "ntlm.server_dns_domain_name") \
	X(SERVER_TREE, "ntlm.server_tree_name")             \
	X(SERVER_VERSION, "ntlm.server_version")            \
	X(RESPONSE, "ntlm.response")                        \
	X(ANONYMOUS, "ntlm.anonymous")                      \
	X(FLAGS, "ntlm.flags")                              \
	X(SUCCESS, "ntlm.success")

enum ward_ntlm_name {
#define X(IDENT, name) WARD_NTLM_NAME_##IDENT,
	WARD_NTLM_NAME_LIST(X)
#undef X
		WARD_NTLM_NAME_N,
};

enum { WARD_NTLM_TEXT = 63 };

struct ward_ntlm_text {
	uint8_t len;
	char p[WARD_NTLM_TEXT];
};

struct ward_ntlm_session {
	bool challenged, authenticated, anonymous;
	bool guest, cleartext; /* set by the carrier, for net.login */
	struct ward_ntlm_text user, domain, workstation;
	struct ward_ntlm_text nb_computer, nb_domain, dns_computer, dns_domain, dns_tree;
	struct ward_ntlm_version client, server;
	uint32_t flags;
	uint16_t lm_len, nt_len;
};

/* The i-th name; false after the last. */
bool ward_ntlm_name_at(size_t i, struct ward_wr *w);
/* Takes in what the token holds of NTLM; false: nothing. */
bool ward_ntlm_see(struct ward_ntlm_session *s, struct ward_slice token);
/* net.ntlm and net.login of the side that logs in; name: ids of WARD_NTLM_NAME_LIST. Forgets the
 * client's part. */
void ward_ntlm_tell(const struct ward_dissect *d, const uint32_t *name, struct ward_ntlm_session *s,
	enum ward_login_outcome outcome, bool turned);

#endif
