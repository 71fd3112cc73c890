#include "sense/onvif/onvif.h"

#include <stdio.h>

enum { PORT = 80, PORT_TLS = 443 };

static bool is_host(struct ward_str s, bool v6)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    c == '-' || c == '.' || c == '_' || (v6 && c == ':')))
			return false;
	}
	return s.len && s.len < WARD_ONVIF_TEXT;
}

/* "HOST", "HOST:PORT", "[V6]:PORT" */
static bool host(struct ward_str s, struct ward_onvif_url *u)
{
	struct ward_str port = s, name;
	uint64_t n = u->tls ? PORT_TLS : PORT;
	bool v6 = s.len && s.p[0] == '[';

	if (v6)
		port = ward_str_sub(s, 1, s.len);
	name = ward_str_cut(&port, v6 ? ']' : ':');
	if (v6) {
		if (!port.p || (port.len && port.p[0] != ':'))
			return false;
		port = port.len ? ward_str_sub(port, 1, port.len) : (struct ward_str){NULL, 0};
	}
	if (!is_host(name, v6) || (port.p && (!ward_str_u64(port, &n) || !n || n > UINT16_MAX)))
		return false;
	(void)snprintf(u->host, sizeof(u->host), "%.*s", WARD_STR_ARG(name));
	u->port = (uint16_t)n;
	return true;
}

enum ward_err ward_onvif_url_read(
	struct ward_str text, struct ward_onvif_url *ret, const char **ret_why)
{
	struct ward_onvif_url u = {.tls = ward_str_starts(text, WARD_STR("onvifs://"))};
	struct ward_str rest = ward_str_sub(text, u.tls ? 9 : 8, text.len), path;
	size_t slash = 0;

	*ret_why = "it begins with neither onvif:// nor onvifs://";
	if (!u.tls && !ward_str_starts(text, WARD_STR("onvif://")))
		return WARD_ERR_MALFORMED;
	while (slash < rest.len && rest.p[slash] != '/')
		slash++;
	path = ward_str_sub(rest, slash, rest.len);
	*ret_why = "it has no usable host and port (a user stands elsewhere)";
	if (!host(ward_str_sub(rest, 0, slash), &u))
		return WARD_ERR_MALFORMED;
	if (path.len <= 1)
		path = WARD_STR("/onvif/device_service");
	*ret_why = "its path is too long, or has blanks or quotes in it";
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '"' || path.p[i] == '\\')
			return WARD_ERR_MALFORMED;
	if (path.len >= sizeof(u.path))
		return WARD_ERR_MALFORMED;
	(void)snprintf(u.path, sizeof(u.path), "%.*s", WARD_STR_ARG(path));
	*ret = u;
	return WARD_OK;
}
