/* Which answer belongs to which query of a flow. */
#include "sense/net/proto/dns/dns.h"

bool ward_dns_asked(struct ward_dns_flow *f, uint16_t id, ward_ns now)
{
	for (size_t i = 0; i < WARD_DNS_WAITING; i++)
		if (f->wait[i].is && f->wait[i].id == id)
			return true;
	f->wait[f->next].since = now;
	f->wait[f->next].id = id;
	f->wait[f->next].is = true;
	f->next = (uint8_t)((f->next + 1u) % WARD_DNS_WAITING);
	return false;
}

bool ward_dns_answered(struct ward_dns_flow *f, uint16_t id, ward_ns now, ward_ns *ret_waited)
{
	for (size_t i = 0; i < WARD_DNS_WAITING; i++) {
		if (!f->wait[i].is || f->wait[i].id != id)
			continue;
		f->wait[i].is = false;
		*ret_waited = now - f->wait[i].since;
		return true;
	}
	return false;
}
