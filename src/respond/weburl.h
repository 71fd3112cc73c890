/* Addresses of whom Ward tells or asks: SCHEME://HOST[:PORT], of HTTP with a path.
 *
 * Pure. Faces what whoever may write into the hospital directory has written. */
#ifndef WARD_RESPOND_WEBURL_H
#define WARD_RESPOND_WEBURL_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum {
	WARD_WEBURL_HOST = 256,
	WARD_WEBURL_PATH = 1024,
};

/* X(NAME, "scheme", port, its scheme in TLS, port in TLS, whether a path may follow, whether the
 * plain one may lead anywhere: the protocol begins TLS by itself and insists on it, or (SYSLOG) it
 * is datagrams, for what may be read on its way) */
#define WARD_WEBURL_LIST(X)                                \
	X(HTTP, "http", 80, "https", 443, true, false)     \
	X(SMTP, "smtp", 25, "smtps", 465, false, true)     \
	X(SMPP, "smpp", 2775, "smpps", 3550, false, false) \
	X(XMPP, "xmpp", 5222, "xmpps", 5223, false, true)  \
	X(MQTT, "mqtt", 1883, "mqtts", 8883, false, false) \
	X(SYSLOG, "udp", 514, "tls", 6514, false, true)
enum ward_weburl_scheme {
#define X(NAME, plain, port, tls, port_tls, path, upgrades) WARD_WEBURL_##NAME,
	WARD_WEBURL_LIST(X)
#undef X
};

struct ward_weburl {
	bool tls;                    /* from the first byte on */
	bool here;                   /* it is this machine itself, by its number */
	bool usual;                  /* the port is the scheme's */
	char host[WARD_WEBURL_HOST]; /* an IPv6 address without its brackets */
	uint16_t port;
	char path[WARD_WEBURL_PATH]; /* "/...", with its query; of schemes with paths */
};

/* https://HOST[:PORT][/PATH]; http:// only to this machine itself (127.0.0.0/8, [::1]), since
 * anybody on the way could read it. MALFORMED: *ret_why says why; static. */
WARD_MUST_CHECK enum ward_err ward_weburl_read(
	struct ward_str text, struct ward_weburl *ret, const char **ret_why);
/* The same of another scheme. Some plain ones may lead anywhere. */
WARD_MUST_CHECK enum ward_err ward_weburl_read_as(enum ward_weburl_scheme scheme,
	struct ward_str text, struct ward_weburl *ret, const char **ret_why);
/* HOST[:PORT], as a Host field has it. */
void ward_weburl_authority(const struct ward_weburl *u, struct ward_wr *w);

#endif
