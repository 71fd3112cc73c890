#include "respond/sip_address.h"

#include "base/diag.h"

enum { USUAL_PORT = 5060 };

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool all_of(struct ward_str s, const char *beside)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.p[i]) && !(s.p[i] && strchr(beside, s.p[i])))
			return false;
	return s.len != 0;
}

bool ward_sip_is_user(struct ward_str s)
{
	return s.len <= WARD_SIP_ADDRESS_USER && all_of(s, "+-_.*");
}

static bool no(const char **ret_why, const char *why)
{
	*ret_why = why;
	return false;
}

bool ward_sip_address_read(struct ward_str at, struct ward_sip_address *ret, const char **ret_why)
{
	struct ward_str rest =
		ward_str_starts(at, WARD_STR("sip:")) ? ward_str_sub(at, 4, at.len) : at;
	struct ward_sip_address a = {.port = USUAL_PORT};
	uint64_t port = USUAL_PORT;

	if (ward_str_starts(at, WARD_STR("sips:")))
		return no(ret_why, WARD_TEXT("Ward calls by UDP, without TLS"));
	a.user = ward_str_cut(&rest, '@');
	if (!rest.p)
		return no(ret_why, WARD_TEXT("it has no '@'"));
	if (!ward_sip_is_user(a.user))
		return no(ret_why, WARD_TEXT("what stands before the '@' is no number or name"));
	a.authority = rest;
	if (rest.len && rest.p[0] == '[') {
		a.host = ward_str_cut(&rest, ']');
		a.host = ward_str_sub(a.host, 1, a.host.len);
		if (!rest.p || !all_of(a.host, ":.") || (rest.len && rest.p[0] != ':'))
			return no(ret_why, WARD_TEXT("its host is none"));
		rest = rest.len ? ward_str_sub(rest, 1, rest.len) : (struct ward_str){NULL, 0};
	} else {
		a.host = ward_str_cut(&rest, ':');
		if (!all_of(a.host, ".-"))
			return no(ret_why, WARD_TEXT("its host is none"));
	}
	if (a.host.len > WARD_SIP_ADDRESS_HOST)
		return no(ret_why, WARD_TEXT("its host is too long"));
	if (rest.p && (!ward_str_u64(rest, &port) || !port || port > UINT16_MAX))
		return no(ret_why, WARD_TEXT("its port is none"));
	a.port = (uint16_t)port;
	*ret = a;
	return true;
}
