/* An address plan of its own: sites that were planned apart use the same private addresses, and the
 * 10.1.2.3 of one is not that of another.
 *
 * The private IPv4 addresses (RFC 1918 3, RFC 6598 7) of what a site's sensor says are put into an
 * IPv6 prefix of the site's own, which has 96 bits (RFC 6052 2.2): from then on they are other
 * addresses, in the directory, inventory, rules and searches. Addresses of the Internet, of groups
 * and of the link itself stay, since they mean the same everywhere. Pure; what a sensor says is
 * untrusted. */
#ifndef WARD_EVENT_PLAN_H
#define WARD_EVENT_PLAN_H

#include "event/event.h"

struct ward_plan_prefix {
	uint8_t b[12];
};

/* "fd12:3456:789a:2::/96": unique local addresses (RFC 4193), of 96 bits. False: it is none. */
bool ward_plan_prefix_parse(struct ward_str s, struct ward_plan_prefix *ret);
/* Each text of the event that is such an address, in fields that hold addresses: whose name ends
 * with ip, ips, address, addresses, gateway, router or exporter; also in lists. Texts are of the
 * event's arena. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_plan_event(
	const struct ward_plan_prefix *p, const struct ward_names *names, struct ward_event *e);

#endif
