/* SMTP's commands, and what of a message's headers is read: pure functions, texts borrow the bytes.
 * RFC 5321, RFC 4954, RFC 3030. */
#ifndef WARD_SENSE_NET_SMTP_SMTP_H
#define WARD_SENSE_NET_SMTP_SMTP_H

#include "base/slice.h"

#define WARD_SMTP_REASON_LIST(X)                      \
	X(LINE_LENGTH, "net.smtp.reject.line.length") \
	X(COMMAND, "net.smtp.reject.command")         \
	X(ADDRESS, "net.smtp.reject.address")         \
	X(CHUNK, "net.smtp.reject.chunk")             \
	X(RESPONSE, "net.smtp.reject.auth")           \
	X(REPLY, "net.smtp.reject.reply")

enum ward_smtp_reason {
#define X(IDENT, name) WARD_SMTP_##IDENT,
	WARD_SMTP_REASON_LIST(X)
#undef X
		WARD_SMTP_REASON_N,
};

enum ward_smtp_kind {
	WARD_SMTP_HELLO,
	WARD_SMTP_MAIL,
	WARD_SMTP_RCPT,
	WARD_SMTP_DATA,
	WARD_SMTP_BDAT,
	WARD_SMTP_AUTH,
	WARD_SMTP_STARTTLS,
	WARD_SMTP_RSET,
	WARD_SMTP_PLAIN,
	WARD_SMTP_OTHER, /* not in the list */
};

struct ward_smtp_command {
	const char *name; /* lives forever */
	enum ward_smtp_kind kind;
	struct ward_str argument;
};

enum ward_smtp_mechanism {
	WARD_SMTP_MECHANISM_OTHER,
	WARD_SMTP_MECHANISM_PLAIN,    /* RFC 4616 */
	WARD_SMTP_MECHANISM_LOGIN,    /* user, then password */
	WARD_SMTP_MECHANISM_CRAM_MD5, /* RFC 2195 */
	WARD_SMTP_MECHANISM_XOAUTH2,
	WARD_SMTP_MECHANISM_NTLM,
	WARD_SMTP_MECHANISM_N,
};

/* line: without its end. False: it begins with no word of four letters or more. */
WARD_MUST_CHECK bool ward_smtp_command(struct ward_str line, struct ward_smtp_command *c);
/* The domain of FROM:<…> or TO:<…>, empty when it has none. False: no such path. */
WARD_MUST_CHECK bool ward_smtp_domain(struct ward_str argument, struct ward_str *ret);
/* BDAT's. */
WARD_MUST_CHECK bool ward_smtp_chunk(struct ward_str argument, uint64_t *ret_bytes, bool *ret_last);
enum ward_smtp_mechanism ward_smtp_mechanism(struct ward_str name);
/* Lives forever; NULL for OTHER. */
const char *ward_smtp_mechanism_name(enum ward_smtp_mechanism m);
/* Who shows themselves in a decoded response. Empty: not in this one. */
struct ward_slice ward_smtp_identity(enum ward_smtp_mechanism m, struct ward_slice response);
/* The name of a file in a line of a part's headers (RFC 2183 2.3, RFC 2045 5.1), or an empty text.
 */
struct ward_str ward_smtp_file_name(struct ward_str line);

#endif
