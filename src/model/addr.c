#include "model/addr.h"

#include <arpa/inet.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool ward_addr_parse(struct ward_str s, struct ward_addr *ret)
{
	char z[INET6_ADDRSTRLEN];
	struct ward_addr ip;

	if (s.len == 0 || s.len >= sizeof(z) || memchr(s.p, 0, s.len))
		return false;
	memcpy(z, s.p, s.len);
	z[s.len] = 0;
	if (inet_pton(AF_INET, z, ip.b + sizeof(mapped)) == 1)
		memcpy(ip.b, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, z, ip.b) != 1)
		return false;
	*ret = ip;
	return true;
}

bool ward_addr_is_v4(const struct ward_addr *ip)
{
	return memcmp(ip->b, mapped, sizeof(mapped)) == 0;
}

struct ward_str ward_addr_text(const struct ward_addr *ip, char ret[46])
{
	bool v4 = ward_addr_is_v4(ip);
	const void *from = v4 ? ip->b + sizeof(mapped) : ip->b;

	WARD_ASSERT(inet_ntop(v4 ? AF_INET : AF_INET6, from, ret, 46));
	return ward_str_z(ret);
}

bool ward_addr_mac(struct ward_str s, uint8_t ret[6])
{
	char hex[12];
	size_t n = 0, group = s.len == 14 ? 4 : 2; /* aabb.ccdd.eeff has 14 */

	if (s.len != 14 && s.len != 17)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool apart = i % (group + 1) == group;

		if (!apart)
			hex[n++] = s.p[i];
		else if (group == 4 ? s.p[i] != '.' : s.p[i] != ':' && s.p[i] != '-')
			return false;
	}
	return ward_str_unhex((struct ward_str){hex, n}, ret, 6);
}

struct ward_addr ward_addr_cut(const struct ward_addr *ip, uint8_t len)
{
	struct ward_addr cut = {{0}};

	WARD_ASSERT(len <= 128);
	memcpy(cut.b, ip->b, len / 8);
	if (len % 8)
		cut.b[len / 8] = (uint8_t)(ip->b[len / 8] & 0xff << (8 - len % 8));
	return cut;
}

bool ward_addr_cidr(struct ward_str s, struct ward_cidr *ret, bool *ret_host_bits)
{
	struct ward_str rest = s, addr = ward_str_cut(&rest, '/');
	struct ward_addr ip;
	uint64_t len;

	if (!rest.p || !ward_addr_parse(addr, &ip) || !ward_str_u64(rest, &len))
		return false;
	bool v4 = memchr(addr.p, ':', addr.len) == NULL;

	if (len > (v4 ? 32u : 128u))
		return false;
	if (v4)
		len += 96;
	ret->len = (uint8_t)len;
	ret->ip = ward_addr_cut(&ip, ret->len);
	*ret_host_bits = memcmp(ret->ip.b, ip.b, sizeof(ip.b)) != 0;
	return true;
}
