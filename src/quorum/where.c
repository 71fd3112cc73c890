#include "quorum/where.h"

#include "base/diag.h"

enum { HOST_MAX = 253 /* RFC 1035 2.3.4 */ };

static bool is_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '_' || c == '-' || c == '.'))
			return false;
	}
	return s.len > 0 && s.len < WARD_QUORUM_TEXT;
}

static bool is_host(struct ward_str s, bool bracketed)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool hex =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		bool ok = bracketed ? hex || c == ':' || c == '.'
				    : hex || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
					      c == '-' || c == '.';

		if (!ok)
			return false;
	}
	return s.len > 0 && s.len <= HOST_MAX;
}

static bool is_local(struct ward_str host)
{
	return ward_str_eqz(host, "localhost") || ward_str_eqz(host, "::1") ||
	       (ward_str_starts(host, WARD_STR("127.")) && host.p[host.len - 1] >= '0' &&
		       host.p[host.len - 1] <= '9');
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT */
static const char *read_host(struct ward_str part, struct ward_str *ret_host, uint16_t *ret_port)
{
	bool bracketed = ward_str_starts(part, WARD_STR("["));
	uint64_t port = WARD_QUORUM_PORT;
	struct ward_str rest = part;

	if (bracketed) {
		rest.p++;
		rest.len--;
		*ret_host = ward_str_cut(&rest, ']');
		if (!rest.p || (rest.len && rest.p[0] != ':'))
			return WARD_TEXT(
				"a host of 'journal' has no ']', or goes on behind it\nwrite it "
				"as [2001:db8::1]:5432");
		if (rest.len)
			(void)ward_str_cut(&rest, ':');
		else
			rest = (struct ward_str){NULL, 0};
	} else {
		*ret_host = ward_str_cut(&rest, ':');
	}
	if (!is_host(*ret_host, bracketed))
		return WARD_TEXT("a host of 'journal' is no name or address\nwrite "
				 "postgresql://USER@HOST,HOST,HOST/DATABASE, and IPv6 addresses in "
				 "brackets");
	if (rest.p && (!ward_str_u64(rest, &port) || port == 0 || port > UINT16_MAX))
		return WARD_TEXT("a port of 'journal' is none\nwrite a number from 1 to 65535, or "
				 "leave it out: 5432");
	*ret_port = (uint16_t)port;
	return NULL;
}

static const char *read_hosts(struct ward_str hosts, struct ward_quorum_where *w)
{
	w->local = true;
	for (struct ward_str rest = hosts; rest.p;) {
		struct ward_str part = ward_str_cut(&rest, ',');
		uint16_t port;
		const char *why;

		if (w->n_host == WARD_QUORUM_HOSTS)
			return WARD_TEXT("'journal' has too many hosts\nname the machines that may "
					 "lead, at most seven");
		why = read_host(part, &w->host[w->n_host], &port);
		if (why)
			return why;
		if (w->n_host && port != w->port)
			return WARD_TEXT("the hosts of 'journal' have several ports\nlet the "
					 "database listen on the same port everywhere: the process "
					 "may connect to no other");
		w->port = port;
		w->local = w->local && is_local(w->host[w->n_host]);
		w->n_host++;
	}
	return NULL;
}

static const char *read_all(struct ward_str text, struct ward_quorum_where *w)
{
	static const struct ward_str scheme = {"postgresql://", sizeof("postgresql://") - 1};
	struct ward_str hosts;

	if (!ward_str_starts(text, scheme))
		return WARD_TEXT("'journal' does not begin with postgresql://\nwrite "
				 "postgresql://USER@HOST,HOST,HOST/DATABASE, or leave it out: the "
				 "journal is on this machine's disk alone then");
	text = ward_str_sub(text, scheme.len, text.len);
	if (ward_str_find(text, WARD_STR("?")) != SIZE_MAX)
		return WARD_TEXT("'journal' has options\nleave out all behind the '?': what a "
				 "session needs Ward asks for itself");
	if (ward_str_find(text, WARD_STR("@")) == SIZE_MAX)
		return WARD_TEXT("'journal' names no user\nwrite "
				 "postgresql://USER@HOST,HOST,HOST/DATABASE");
	w->user = ward_str_cut(&text, '@');
	if (ward_str_find(w->user, WARD_STR(":")) != SIZE_MAX)
		return WARD_TEXT(
			"a password stands in 'journal', which many may read\nwrite it into "
			"a file, and name that as 'journal_password_file'");
	hosts = ward_str_cut(&text, '/');
	w->database = text;
	if (!is_name(w->user) || !text.p || !is_name(text))
		return WARD_TEXT(
			"user or database of 'journal' are missing, or no plain names\nwrite "
			"postgresql://USER@HOST,HOST,HOST/DATABASE, with letters, digits, "
			"'-', '_' and '.'");
	return read_hosts(hosts, w);
}

enum ward_err ward_quorum_where_read(
	struct ward_str text, struct ward_quorum_where *ret, const char **ret_why)
{
	struct ward_quorum_where w = {.n_host = 0};
	const char *why = read_all(text, &w);

	if (why) {
		*ret_why = why;
		return WARD_ERR_CONFIG;
	}
	*ret = w;
	return WARD_OK;
}
