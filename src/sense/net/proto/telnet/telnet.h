/* Telnet's bytes told apart (RFC 854, RFC 855): data, commands and sub-negotiations. One byte at a
 * time, so that it does not matter how the stream is cut. Pure. */
#ifndef WARD_SENSE_NET_TELNET_TELNET_H
#define WARD_SENSE_NET_TELNET_TELNET_H

#include "base/slice.h"

/* X(IDENT, "name") */
#define WARD_TELNET_REASON_LIST(X)              \
	X(COMMAND, "net.telnet.reject.command") \
	X(LENGTH, "net.telnet.reject.subnegotiation.length")

enum ward_telnet_reason {
#define X(IDENT, name) WARD_TELNET_##IDENT,
	WARD_TELNET_REASON_LIST(X)
#undef X
		WARD_TELNET_REASON_N,
};

enum {
	WARD_TELNET_SE = 240,
	WARD_TELNET_SB = 250,
	WARD_TELNET_WILL = 251,
	WARD_TELNET_WONT = 252,
	WARD_TELNET_DO = 253,
	WARD_TELNET_DONT = 254,
	WARD_TELNET_IAC = 255,
	WARD_TELNET_TERMINAL_TYPE = 24, /* RFC 1091 */
	WARD_TELNET_ENCRYPT = 38,       /* RFC 2946 */
	WARD_TELNET_OPTIONS = 64,       /* told by name */
	WARD_TELNET_SUB_MAX = 2048,
	WARD_TELNET_SUB_KEPT = 64,
};

enum ward_telnet_what {
	WARD_TELNET_NOTHING,
	WARD_TELNET_DATA,        /* the byte itself */
	WARD_TELNET_NEGOTIATION, /* command and option are set */
	WARD_TELNET_SUB,         /* option and sub are set */
	WARD_TELNET_BAD,         /* reason is set; the byte is dealt with */
};

/* One direction; zero at first. */
struct ward_telnet {
	uint8_t state, command, option, n_sub;
	uint16_t sub_len;
	uint8_t sub[WARD_TELNET_SUB_KEPT]; /* its first bytes, without the option */
	enum ward_telnet_reason reason;
};

enum ward_telnet_what ward_telnet_step(struct ward_telnet *t, uint8_t c);
/* Lives forever; NULL: not in the list. */
const char *ward_telnet_option_name(unsigned option);

#endif
