/* What the RFB (VNC) dissector keeps of one connection, shared by its files only. RFC 6143 7.1 to
 * 7.3. */
#ifndef WARD_SENSE_NET_RFB_RFB_H
#define WARD_SENSE_NET_RFB_RFB_H

#include "sense/net/dissector.h"
#include "sense/net/login.h"

#define WARD_RFB_REASON_LIST(X)                  \
	X(BAD_VERSION, "net.rfb.reject.version") \
	X(CHOICE, "net.rfb.reject.choice")       \
	X(RESULT, "net.rfb.reject.result")       \
	X(LENGTH, "net.rfb.reject.length")

enum ward_rfb_reason {
#define X(IDENT, name) WARD_RFB_##IDENT,
	WARD_RFB_REASON_LIST(X)
#undef X
		WARD_RFB_REASON_N,
};

enum { WARD_RFB_VERSION = 12, WARD_RFB_TYPES = 16, WARD_RFB_NAME = 128 };

/* 7.1.2, and what IANA has registered since. */
enum ward_rfb_security {
	WARD_RFB_INVALID = 0,
	WARD_RFB_NONE = 1,
	WARD_RFB_VNC = 2,
	WARD_RFB_ARD = 30, /* Apple Remote Desktop */
};

/* Places of either side. */
enum ward_rfb_state {
	WARD_RFB_AT_VERSION,
	WARD_RFB_AT_SECURITY, /* the server's types, the client's choice */
	WARD_RFB_AT_AUTH,     /* a challenge, its response */
	WARD_RFB_AT_RESULT,
	WARD_RFB_AT_REASON, /* why it was refused */
	WARD_RFB_AT_INIT,
	WARD_RFB_OPAQUE,
	WARD_RFB_STATE_N,
};

struct ward_rfb_flow {
	uint8_t state[2]; /* [1]: the server's */
	bool seen[2];     /* its version */
	bool ended[2];
	bool server_is_0; /* side 0 serves: a listening viewer */
	bool told, logged_in;
	bool shared;
	char version[2][WARD_RFB_VERSION - 1]; /* without the newline */
	uint8_t minor;                         /* 3, 7 or 8: as the client chose */
	uint8_t n_type, type[WARD_RFB_TYPES];
	uint8_t chosen; /* 0: none yet */
	uint16_t n_key; /* bytes of a key of Apple's */
	uint16_t width, height;
	uint8_t n_name;
	char name[WARD_RFB_NAME];
};

static inline bool ward_rfb_is_server(const struct ward_dissect *d)
{
	const struct ward_rfb_flow *f = d->flow;

	return d->from_client == f->server_is_0;
}

/* events.c; both come from the client. outcome lives forever. */
bool ward_rfb_name_at(size_t i, struct ward_wr *w);
void ward_rfb_tell(const struct ward_dissect *d, const char *outcome);
void ward_rfb_tell_login(const struct ward_dissect *d, enum ward_login_outcome outcome);

#endif
