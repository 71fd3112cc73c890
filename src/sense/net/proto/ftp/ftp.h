/* FTP's commands and what their arguments and replies say of the data connection: pure functions,
 * texts borrow the bytes. RFC 959, RFC 2428. */
#ifndef WARD_SENSE_NET_FTP_FTP_H
#define WARD_SENSE_NET_FTP_FTP_H

#include "base/slice.h"

/* X(IDENT, "name"): one of a client's line, one of a server's. */
#define WARD_FTP_REASON_LIST(X)                      \
	X(LINE_LENGTH, "net.ftp.reject.line.length") \
	X(COMMAND, "net.ftp.reject.command")         \
	X(REPLY, "net.ftp.reject.reply")

enum ward_ftp_reason {
#define X(IDENT, name) WARD_FTP_##IDENT,
	WARD_FTP_REASON_LIST(X)
#undef X
		WARD_FTP_REASON_N,
};

enum ward_ftp_kind {
	WARD_FTP_PLAIN,
	WARD_FTP_FILE, /* the argument is a path */
	WARD_FTP_USER,
	WARD_FTP_PASS,
	WARD_FTP_ACCT,
	WARD_FTP_PORT, /* h1,h2,h3,h4,p1,p2 */
	WARD_FTP_EPRT, /* |protocol|address|port| */
	WARD_FTP_PASV, /* the reply says where */
	WARD_FTP_AUTH, /* RFC 2228, RFC 4217 */
	WARD_FTP_SYST,
	WARD_FTP_OTHER, /* not in the list */
};

/* What a command lets the data connection carry. */
enum ward_ftp_carries { WARD_FTP_NOTHING, WARD_FTP_A_FILE, WARD_FTP_A_PART, WARD_FTP_A_LIST };

struct ward_ftp_command {
	const char *name; /* lives forever */
	enum ward_ftp_kind kind;
	enum ward_ftp_carries carries;
	bool known;
	struct ward_str argument;
};

struct ward_ftp_endpoint {
	struct ward_str address; /* digits, dots, hex and colons; empty: the server's own */
	char text[16];           /* of IPv4, where address lies then */
	uint16_t port;
};

/* line: without its end. False: it begins with no word of at least three letters. */
WARD_MUST_CHECK bool ward_ftp_command(struct ward_str line, struct ward_ftp_command *c);
/* Six numbers of a byte somewhere in the text: of PORT, or of reply 227. */
WARD_MUST_CHECK bool ward_ftp_port(struct ward_str text, struct ward_ftp_endpoint *e);
/* (|protocol|address|port|) somewhere in the text: of EPRT, or of reply 229. */
WARD_MUST_CHECK bool ward_ftp_eprt(struct ward_str text, struct ward_ftp_endpoint *e);

#endif
