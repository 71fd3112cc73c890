/* SSH as it is read off the wire before its keys are in use: pure functions, texts borrow the
 * bytes. RFC 4253. */
#ifndef WARD_SENSE_NET_SSH_SSH_H
#define WARD_SENSE_NET_SSH_SSH_H

#include "base/wr.h"

/* Reasons why a stream is wrong: X(IDENT, "name"). */
#define WARD_SSH_REASON_LIST(X)                            \
	X(VERSION_LENGTH, "net.ssh.reject.version.length") \
	X(VERSION, "net.ssh.reject.version")               \
	X(PACKET_LENGTH, "net.ssh.reject.packet.length")   \
	X(PACKET_PADDING, "net.ssh.reject.packet.padding") \
	X(KEXINIT, "net.ssh.reject.kexinit")               \
	X(DISCONNECT, "net.ssh.reject.disconnect")

enum ward_ssh_reason {
#define X(IDENT, name) WARD_SSH_##IDENT,
	WARD_SSH_REASON_LIST(X)
#undef X
		WARD_SSH_REASON_N,
};

enum {
	WARD_SSH_VERSION_MAX = 255, /* 4.2, with CR and LF */
	WARD_SSH_HASSH = 33,        /* hex digits and NUL */
	WARD_SSH_SHA256 = 44,       /* base64 without padding, and NUL */
};

/* 4.2: SSH-protoversion-softwareversion SP comments */
struct ward_ssh_version {
	struct ward_str proto, software, comments;
};

/* The lists of 7.1, in their order. */
enum ward_ssh_list {
	WARD_SSH_KEX,
	WARD_SSH_HOST_KEY,
	WARD_SSH_CIPHER_TO_SERVER,
	WARD_SSH_CIPHER_TO_CLIENT,
	WARD_SSH_MAC_TO_SERVER,
	WARD_SSH_MAC_TO_CLIENT,
	WARD_SSH_COMPRESSION_TO_SERVER,
	WARD_SSH_COMPRESSION_TO_CLIENT,
	WARD_SSH_LANGUAGE_TO_SERVER,
	WARD_SSH_LANGUAGE_TO_CLIENT,
	WARD_SSH_LIST_N,
};

struct ward_ssh_kexinit {
	struct ward_str list[WARD_SSH_LIST_N]; /* printable ASCII */
};

struct ward_ssh_key {
	struct ward_str type;
	unsigned bits; /* of the modulus of RSA and DSA; 0: of another kind */
	char sha256[WARD_SSH_SHA256];
};

/* Does it begin as a version does: SSH-digit.digit? */
bool ward_ssh_is_version(struct ward_slice s);
/* line: without its end. False: no printable ASCII, or no software. */
WARD_MUST_CHECK bool ward_ssh_version(struct ward_str line, struct ward_ssh_version *v);
/* body: what follows the message number. */
WARD_MUST_CHECK bool ward_ssh_kexinit(struct ward_slice body, struct ward_ssh_kexinit *k);
/* The client's first name that is in the server's list (7.1), or an empty text. */
struct ward_str ward_ssh_choose(struct ward_str client, struct ward_str server);
bool ward_ssh_has(struct ward_str list, const char *name);
/* The cipher authenticates by itself, so that no MAC is used: RFC 5647, OpenSSH PROTOCOL 1.6. */
bool ward_ssh_is_aead(struct ward_str cipher);
/* What HASSH, or HASSHServer, is the MD5 of: four lists with semicolons between. */
void ward_ssh_hassh_text(const struct ward_ssh_kexinit *k, bool server, struct ward_wr *w);
WARD_MUST_CHECK bool ward_ssh_hassh(const struct ward_wr *text, char ret[WARD_SSH_HASSH]);
/* The host key in the body of a reply to a key exchange (8, RFC 5656 4, RFC 4419 3). False: there
 * is none. */
WARD_MUST_CHECK bool ward_ssh_host_key(struct ward_slice body, struct ward_ssh_key *k);
/* 11.1; NULL: not in the list. Lives forever. */
const char *ward_ssh_disconnect_name(uint32_t reason);

#endif
