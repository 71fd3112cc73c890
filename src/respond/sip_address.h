/* Whom a call is for: NUMBER@HOST[:PORT], with or without "sip:" before it. Pure. */
#ifndef WARD_RESPOND_SIP_ADDRESS_H
#define WARD_RESPOND_SIP_ADDRESS_H

#include "base/slice.h"

enum { WARD_SIP_ADDRESS_USER = 64, WARD_SIP_ADDRESS_HOST = 128 };

struct ward_sip_address {
	struct ward_str user;      /* NUMBER: letters, digits and "+-_.*", at most _USER */
	struct ward_str authority; /* HOST[:PORT] */
	struct ward_str host;      /* an IPv6 address without its brackets; at most _HOST */
	uint16_t port;             /* 5060 where none is given */
};
/* Borrows `at`. False: *ret_why says why; static. */
WARD_MUST_CHECK bool ward_sip_address_read(
	struct ward_str at, struct ward_sip_address *ret, const char **ret_why);
/* What may stand before the '@'. */
bool ward_sip_is_user(struct ward_str s);

#endif
