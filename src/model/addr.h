/* Addresses as people write them, as fixed bytes.
 *
 * Internal to the room and pure. An IP address is 16 bytes: IPv4 is kept in its IPv4-mapped form
 * (RFC 4291 2.5.5.2), so that one table holds both families. */
#ifndef WARD_MODEL_ADDR_H
#define WARD_MODEL_ADDR_H

#include "base/slice.h"

struct ward_addr {
	uint8_t b[16];
};

struct ward_cidr {
	struct ward_addr ip;
	uint8_t len; /* of 128: an IPv4 prefix counts 96 more */
};

/* False when s is no address in the forms of inet_pton(3). */
bool ward_addr_parse(struct ward_str s, struct ward_addr *ret);
bool ward_addr_is_v4(const struct ward_addr *ip);
/* The canonical text (IPv4 dotted) into ret, which holds INET6_ADDRSTRLEN (46) bytes. */
struct ward_str ward_addr_text(const struct ward_addr *ip, char ret[46]);
/* aa:bb:cc:dd:ee:ff, also with '-' or as aabb.ccdd.eeff. */
bool ward_addr_mac(struct ward_str s, uint8_t ret[6]);
/* ADDRESS/LENGTH. *ret_host_bits: bits are set after the prefix (*ret is then cut to it). */
bool ward_addr_cidr(struct ward_str s, struct ward_cidr *ret, bool *ret_host_bits);
/* The first len bits of ip, the rest zero. */
struct ward_addr ward_addr_cut(const struct ward_addr *ip, uint8_t len);

#endif
