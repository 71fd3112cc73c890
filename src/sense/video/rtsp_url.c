#include "sense/video/rtsp_url.h"

#include <stdio.h>

enum { PORT = 554, PORT_TLS = 322 /* RFC 7826 19.2 */ };

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* With %xx as bytes. No quote and no control: it goes into a line of text. */
static bool decode(char to[WARD_RTSP_NAME], struct ward_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++, n++) {
		int c = (unsigned char)s.p[i];

		if (c == '%') {
			int high = i + 2 < s.len ? hex(s.p[i + 1]) : -1;
			int low = i + 2 < s.len ? hex(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = high * 16 + low;
			i += 2;
		}
		if (n + 1 >= WARD_RTSP_NAME || c < ' ' || c == 0x7f || c == '"' || c == '\\')
			return false;
		to[n] = (char)c;
	}
	to[n] = 0;
	return true;
}

/* "HOST", "HOST:PORT", "[V6]:PORT" */
static bool host(struct ward_str s, struct ward_rtsp_url *u)
{
	struct ward_str name = s, port = {0};
	uint64_t n = u->tls ? PORT_TLS : PORT;
	bool v6 = s.len && s.p[0] == '[';

	if (v6) {
		port = ward_str_sub(s, 1, s.len);
		name = ward_str_cut(&port, ']');
		if (!port.p || (port.len && port.p[0] != ':'))
			return false;
		port = port.len ? ward_str_sub(port, 1, port.len) : (struct ward_str){0};
	} else {
		port = s;
		name = ward_str_cut(&port, ':');
	}
	if (port.p && (!ward_str_u64(port, &n) || !n || n > UINT16_MAX))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    c == '-' || c == '.' || c == '_' || (v6 && c == ':')))
			return false;
	}
	u->port = (uint16_t)n;
	return name.len && decode(u->host, name);
}

static bool credentials(struct ward_str s, struct ward_rtsp_url *u)
{
	struct ward_str user = ward_str_cut(&s, ':');

	return decode(u->user, user) && (!s.p || decode(u->password, s)) && u->user[0] &&
	       !strchr(u->user, ':');
}

enum ward_err ward_rtsp_url_read(
	struct ward_str text, struct ward_rtsp_url *ret, const char **ret_why)
{
	struct ward_rtsp_url u = {.tls = ward_str_starts(text, WARD_STR("rtsps://"))};
	struct ward_str rest = ward_str_sub(text, u.tls ? 8 : 7, text.len), path;
	size_t slash = 0, at = SIZE_MAX;

	*ret_why = "it begins with neither rtsp:// nor rtsps://";
	if (!u.tls && !ward_str_starts(text, WARD_STR("rtsp://")))
		return WARD_ERR_MALFORMED;
	/* people don't encode the @ of a password: the last one counts */
	for (slash = 0; slash < rest.len && rest.p[slash] != '/' && rest.p[slash] != '?'; slash++)
		at = rest.p[slash] == '@' ? slash : at;
	path = ward_str_sub(rest, slash, rest.len);
	rest = ward_str_sub(rest, 0, slash);
	*ret_why = "user and password are not well written; write special characters as %xx";
	if (at != SIZE_MAX && !credentials(ward_str_sub(rest, 0, at), &u))
		return WARD_ERR_MALFORMED;
	if (at != SIZE_MAX)
		rest = ward_str_sub(rest, at + 1, rest.len);
	*ret_why = "it has no usable host and port";
	if (!host(rest, &u))
		return WARD_ERR_MALFORMED;
	*ret_why = "its path is too long, or has blanks or quotes in it";
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '"' || path.p[i] == '\\')
			return WARD_ERR_MALFORMED;
	int n = snprintf(u.request, sizeof(u.request), "rtsp%s://%.*s%.*s", u.tls ? "s" : "",
		WARD_STR_ARG(rest), WARD_STR_ARG(path));

	if (n < 0 || n >= (int)sizeof(u.request))
		return WARD_ERR_MALFORMED;
	*ret = u;
	return WARD_OK;
}

void ward_rtsp_url_show(const struct ward_rtsp_url *u, struct ward_wr *w)
{
	bool v6 = strchr(u->host, ':') != NULL;

	ward_wr_printf(w, "rtsp%s://%s%s%s:%u", u->tls ? "s" : "", v6 ? "[" : "", u->host,
		v6 ? "]" : "", (unsigned)u->port);
}
