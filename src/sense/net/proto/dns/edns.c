/* The OPT record (RFC 6891) and those options that tell something. */
#include "sense/net/proto/dns/reader.h"

#include <arpa/inet.h>

enum { CLIENT_SUBNET = 8, EXTENDED_ERROR = 15 };

/* RFC 7871 6: only as many address bytes as the prefix needs. */
static bool read_subnet(struct ward_dns_rd *b, struct ward_rd *o)
{
	uint8_t ip[16] = {0};
	uint16_t family = ward_rd_be16(o);
	uint8_t prefix = ward_rd_u8(o);
	size_t max = family == 1 ? 4 : 16, from = b->text->len;
	char text[INET6_ADDRSTRLEN];

	ward_rd_skip(o, 1);
	size_t len = ward_rd_left(o);
	const uint8_t *p = ward_rd_take(o, len);

	if (ward_rd_bad(o) || len > max || prefix > max * 8 || family < 1 || family > 2)
		return ward_dns_fail(b, WARD_DNS_OPT, b->r.off);
	if (len)
		memcpy(ip, p, len);
	if (b->silent || !inet_ntop(family == 1 ? AF_INET : AF_INET6, ip, text, sizeof(text)))
		return true;
	ward_wr_z(b->text, text);
	ward_wr_ch(b->text, '/');
	ward_wr_u64(b->text, prefix);
	b->m->client_subnet = ward_dns_text(b, from);
	return true;
}

bool ward_dns_options(struct ward_dns_rd *b)
{
	struct ward_dns *m = b->m;

	while (ward_rd_left(&b->r)) {
		uint16_t code = ward_rd_be16(&b->r), len = ward_rd_be16(&b->r);
		struct ward_rd o = ward_rd_sub(&b->r, len);

		if (ward_rd_bad(&b->r))
			return ward_dns_fail(b, WARD_DNS_OPT, b->r.off);
		if (m->n_option < WARD_DNS_OPTIONS)
			m->option[m->n_option++] = code;
		/* Some send an empty subnet to say that they want none. */
		if (code == CLIENT_SUBNET && len && !read_subnet(b, &o))
			return false;
		if (code != EXTENDED_ERROR)
			continue;
		m->error = ward_rd_be16(&o);
		m->has_error = !ward_rd_bad(&o);
		if (!m->has_error)
			return ward_dns_fail(b, WARD_DNS_OPT, b->r.off);
	}
	return true;
}
