#include "model/inventory/priv.h"

bool ward_inv_is_host_mac(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return !ward_mac_is_group(mac) && memcmp(mac, none, sizeof(none)) != 0;
}

/* Not unspecified, multicast (RFC 5771, RFC 4291 2.7) or broadcast. Where a network's broadcast
 * address is, only its mask tells. */
bool ward_inv_is_host_ip(const struct ward_addr *ip)
{
	static const uint8_t none[16];

	if (ward_addr_is_v4(ip))
		return ip->b[12] != 0 && ip->b[12] < 224;
	return ip->b[0] != 0xff && memcmp(ip->b, none, sizeof(none)) != 0;
}

bool ward_inv_is_private(const struct ward_addr *ip)
{
	const uint8_t *b = ip->b + 12;

	if (!ward_addr_is_v4(ip))
		return (ip->b[0] & 0xfe) == 0xfc || (ip->b[0] == 0xfe && (ip->b[1] & 0xc0) == 0x80);
	return b[0] == 10 || b[0] == 127 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	       (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254);
}

struct ward_str ward_inv_key_text(const struct ward_inv_key *k, char ret[46])
{
	struct ward_wr w = ward_wr_fixed(ret, 46);

	if (!(k->has & 1))
		return ward_addr_text(&k->ip, ret);
	for (size_t i = 0; i < sizeof(k->mac); i++) {
		if (i)
			ward_wr_ch(&w, ':');
		ward_wr_hex(&w, ward_slice_of(&k->mac[i], 1));
	}
	return ward_wr_text(&w);
}

bool ward_inv_key_parse(struct ward_str s, struct ward_inv_key *ret)
{
	*ret = (struct ward_inv_key){.has = 0};
	if (ward_addr_mac(s, ret->mac))
		ret->has = 1;
	else if (ward_addr_parse(s, &ret->ip))
		ret->has = 2;
	return ret->has != 0;
}
