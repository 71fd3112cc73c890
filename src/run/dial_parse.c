#include "run/dial.h"

#include <string.h>

bool ward_dial_parse(struct ward_str at, struct ward_dial *ret)
{
	size_t colon = at.len;
	uint64_t port;

	while (colon && at.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || !ward_str_u64(ward_str_sub(at, colon, at.len), &port) || !port ||
		port > UINT16_MAX)
		return false;
	struct ward_str host = ward_str_sub(at, 0, colon - 1);

	if (host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = ward_str_sub(host, 1, host.len - 2);
	if (host.len >= sizeof(ret->host))
		return false;
	*ret = (struct ward_dial){.port = (uint16_t)port};
	memcpy(ret->host, host.p, host.len);
	return true;
}
