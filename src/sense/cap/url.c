#include "sense/cap/url.h"

#include <stdio.h>
#include <string.h>

static bool is_host(struct ward_str s, bool v6)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    c == '-' || c == '.' || c == '_' || (v6 && c == ':')))
			return false;
	}
	return s.len && s.len < sizeof(((struct ward_cap_url *)NULL)->host);
}

/* "HOST", "HOST:PORT", "[V6]:PORT" */
static bool host(struct ward_str s, struct ward_cap_url *u)
{
	bool v6 = s.len && s.p[0] == '[';
	struct ward_str port = v6 ? ward_str_sub(s, 1, s.len) : s;
	struct ward_str name = ward_str_cut(&port, v6 ? ']' : ':');
	uint64_t n = 443;

	if (v6 && (!port.p || (port.len && port.p[0] != ':')))
		return false;
	if (v6)
		port = port.len ? ward_str_sub(port, 1, port.len) : (struct ward_str){NULL, 0};
	if (!is_host(name, v6) || (port.p && (!ward_str_u64(port, &n) || !n || n > UINT16_MAX)))
		return false;
	memset(u->host, 0, sizeof(u->host));
	for (size_t i = 0; i < name.len; i++) /* names are alike in any case */
		u->host[i] =
			(char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] | 0x20 : name.p[i]);
	u->port = (uint16_t)n;
	return true;
}

bool ward_cap_url_path(struct ward_str path, struct ward_cap_url *ret)
{
	size_t end = ward_str_find(path, WARD_STR("#"));

	path = end == SIZE_MAX ? path : ward_str_sub(path, 0, end);
	if (!path.len)
		path = WARD_STR("/");
	if (path.p[0] != '/' || path.len >= sizeof(ret->path))
		return false;
	/* it goes into the first line of a request */
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '"' || path.p[i] == '\\')
			return false;
	memset(ret->path, 0, sizeof(ret->path));
	memcpy(ret->path, path.p, path.len);
	return true;
}

enum ward_err ward_cap_url_read(
	struct ward_str text, struct ward_cap_url *ret, const char **ret_why)
{
	struct ward_cap_url u = {.port = 443};
	struct ward_str rest = ward_str_sub(text, 8, text.len);
	size_t slash = 0;

	*ret_why =
		"it does not begin with https://, so that anybody on the way could forge warnings";
	if (!ward_str_starts(text, WARD_STR("https://")))
		return WARD_ERR_MALFORMED;
	while (slash < rest.len && rest.p[slash] != '/')
		slash++;
	*ret_why = "it has no usable host and port (a user can't stand there)";
	if (!host(ward_str_sub(rest, 0, slash), &u))
		return WARD_ERR_MALFORMED;
	*ret_why = "its path is too long, or has blanks or quotes in it";
	if (!ward_cap_url_path(ward_str_sub(rest, slash, rest.len), &u))
		return WARD_ERR_MALFORMED;
	*ret = u;
	return WARD_OK;
}
