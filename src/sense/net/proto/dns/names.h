/* Names of IANA's DNS parameters and of RFC 1002; NULL: not listed. They live forever. */
#ifndef WARD_SENSE_NET_DNS_NAMES_H
#define WARD_SENSE_NET_DNS_NAMES_H

#include "sense/net/proto/dns/dns.h"

const char *ward_dns_type_name(enum ward_dns_kind kind, uint16_t type);
const char *ward_dns_class_name(uint16_t class);
const char *ward_dns_rcode_name(enum ward_dns_kind kind, uint16_t rcode);
const char *ward_dns_opcode_name(enum ward_dns_kind kind, uint8_t opcode);
/* "A", or "TYPE65280" (RFC 3597 5). */
void ward_dns_put_type(struct ward_wr *w, uint16_t type);

#endif
