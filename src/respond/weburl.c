/* RFC 3986, as much of it as such addresses need. */
#include "respond/weburl.h"

#include <stdio.h>

static const struct scheme {
	const char *plain, *tls;
	uint16_t port, port_tls;
	bool path, upgrades;
	const char *why_neither, *why_clear;
} scheme[] = {
#define X(NAME, p, n, t, n_tls, has_path, by_itself)                             \
	[WARD_WEBURL_##NAME] = {p "://", t "://", n, n_tls, has_path, by_itself, \
		"it begins with neither " t ":// nor " p "://",                  \
		p "://"                                                          \
		  " can be read on its way; it is for 127.0.0.1 and [::1] alone"},
	WARD_WEBURL_LIST(X)
#undef X
};

static bool is_host(struct ward_str s, bool v6)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    c == '-' || c == '.' || (v6 && c == ':')))
			return false;
	}
	return s.len && s.len < WARD_WEBURL_HOST;
}

/* "HOST", "HOST:PORT", "[V6]:PORT" */
static bool host(struct ward_str s, uint16_t usual, struct ward_weburl *u)
{
	struct ward_str port = s, name;
	uint64_t n = usual;
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
	u->usual = n == usual;
	return true;
}

/* An address, and no name that somebody may have lead elsewhere. */
static bool is_here(const char *name)
{
	struct ward_str h = ward_str_z(name);

	if (ward_str_eqz(h, "::1"))
		return true;
	for (size_t i = 0; i < h.len; i++)
		if (h.p[i] != '.' && (h.p[i] < '0' || h.p[i] > '9'))
			return false;
	return ward_str_starts(h, WARD_STR("127."));
}

static bool read_path(struct ward_str path, struct ward_weburl *u)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] >= 0x7f || path.p[i] == '#')
			return false;
	int n = snprintf(u->path, sizeof(u->path), "%s%.*s",
		path.len && path.p[0] == '/' ? "" : "/", WARD_STR_ARG(path));

	return n >= 0 && (size_t)n < sizeof(u->path);
}

enum ward_err ward_weburl_read_as(enum ward_weburl_scheme kind, struct ward_str text,
	struct ward_weburl *ret, const char **ret_why)
{
	const struct scheme *s = &scheme[kind];
	struct ward_weburl u = {.tls = ward_str_starts(text, ward_str_z(s->tls))};
	struct ward_str rest = ward_str_sub(text, strlen(u.tls ? s->tls : s->plain), text.len);
	size_t end = 0;

	*ret_why = s->why_neither;
	if (!u.tls && !ward_str_starts(text, ward_str_z(s->plain)))
		return WARD_ERR_MALFORMED;
	while (end < rest.len && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	*ret_why = "it has no usable host and port (secrets stand in secret_file)";
	if (!host(ward_str_sub(rest, 0, end), u.tls ? s->port_tls : s->port, &u))
		return WARD_ERR_MALFORMED;
	u.here = is_here(u.host);
	*ret_why = s->why_clear;
	if (!u.tls && !u.here && !s->upgrades)
		return WARD_ERR_MALFORMED;
	rest = ward_str_sub(rest, end, rest.len);
	*ret_why = s->path ? "its path is too long, or has blanks, a '#' or characters beyond "
			     "ASCII in it"
			   : "something follows its host and port";
	if (s->path ? !read_path(rest, &u) : rest.len > 0)
		return WARD_ERR_MALFORMED;
	*ret = u;
	return WARD_OK;
}

enum ward_err ward_weburl_read(struct ward_str text, struct ward_weburl *ret, const char **ret_why)
{
	return ward_weburl_read_as(WARD_WEBURL_HTTP, text, ret, ret_why);
}

void ward_weburl_authority(const struct ward_weburl *u, struct ward_wr *w)
{
	bool v6 = strchr(u->host, ':') != NULL;

	ward_wr_printf(w, "%s%s%s", v6 ? "[" : "", u->host, v6 ? "]" : "");
	if (!u->usual)
		ward_wr_printf(w, ":%u", (unsigned)u->port);
}
