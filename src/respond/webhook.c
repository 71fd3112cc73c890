/* RFC 9110 (10.2.3 Retry-After, 15 status), RFC 2104 (HMAC), Idempotency-Key as in
 * draft-ietf-httpapi-idempotency-key-header. */
#include "respond/webhook.h"

#include <sodium.h>
#include <stdio.h>

enum { PORT = 80, PORT_TLS = 443 };

static const ward_ns retry_most = 3600 * WARD_NS_PER_S;

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
static bool host(struct ward_str s, struct ward_weburl *u)
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

/* An address, and no name that somebody may have lead elsewhere. */
static bool is_here(const char *host)
{
	struct ward_str h = ward_str_z(host);

	if (ward_str_eqz(h, "::1"))
		return true;
	for (size_t i = 0; i < h.len; i++)
		if (h.p[i] != '.' && (h.p[i] < '0' || h.p[i] > '9'))
			return false;
	return ward_str_starts(h, WARD_STR("127."));
}

enum ward_err ward_weburl_read(struct ward_str text, struct ward_weburl *ret, const char **ret_why)
{
	struct ward_weburl u = {.tls = ward_str_starts(text, WARD_STR("https://"))};
	struct ward_str rest = ward_str_sub(text, u.tls ? 8 : 7, text.len), path;
	size_t slash = 0;

	*ret_why = "it begins with neither https:// nor http://";
	if (!u.tls && !ward_str_starts(text, WARD_STR("http://")))
		return WARD_ERR_MALFORMED;
	while (slash < rest.len && rest.p[slash] != '/' && rest.p[slash] != '?')
		slash++;
	path = ward_str_sub(rest, slash, rest.len);
	*ret_why = "it has no usable host and port (secrets stand in secret_file)";
	if (!host(ward_str_sub(rest, 0, slash), &u))
		return WARD_ERR_MALFORMED;
	*ret_why = "http:// can be read on its way; it is for 127.0.0.1 and [::1] alone";
	if (!u.tls && !is_here(u.host))
		return WARD_ERR_MALFORMED;
	*ret_why = "its path is too long, or has blanks, a '#' or characters beyond ASCII in it";
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] >= 0x7f || path.p[i] == '#')
			return WARD_ERR_MALFORMED;
	int n = snprintf(u.path, sizeof(u.path), "%s%.*s", path.len && path.p[0] == '/' ? "" : "/",
		WARD_STR_ARG(path));

	if (n < 0 || (size_t)n >= sizeof(u.path))
		return WARD_ERR_MALFORMED;
	*ret = u;
	return WARD_OK;
}

/* Over "SECONDS.BODY": a body that is sent anew at another time has another signature. */
static void sign(const struct ward_webhook_post *post, const char *seconds, struct ward_wr *w)
{
	crypto_auth_hmacsha256_state st;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	struct ward_slice secret = ward_str_bytes(post->secret), body = ward_str_bytes(post->body);

	(void)crypto_auth_hmacsha256_init(&st, secret.p, secret.len); /* they fail at nothing */
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)seconds, strlen(seconds));
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)".", 1);
	(void)crypto_auth_hmacsha256_update(&st, body.p, body.len);
	(void)crypto_auth_hmacsha256_final(&st, mac);
	ward_wr_hex(w, ward_slice_of(mac, sizeof(mac)));
	ward_wipe(&st, sizeof(st));
}

void ward_webhook_write(const struct ward_webhook_post *post, struct ward_wr *w)
{
	const struct ward_weburl *u = post->url;
	bool v6 = strchr(u->host, ':') != NULL, usual = u->port == (u->tls ? PORT_TLS : PORT);
	char id[WARD_ID_TEXT], seconds[24];

	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(post->now / WARD_NS_PER_S));
	ward_id_text(post->message, id);
	ward_wr_printf(w, "POST %s HTTP/1.1\r\nHost: %s%s%s", u->path, v6 ? "[" : "", u->host,
		v6 ? "]" : "");
	if (!usual)
		ward_wr_printf(w, ":%u", (unsigned)u->port);
	ward_wr_printf(w,
		"\r\nUser-Agent: Ward\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
		"Connection: close\r\nIdempotency-Key: \"%s\"\r\nX-Ward-Timestamp: %s\r\n"
		"X-Ward-Signature: sha256=",
		post->body.len, id, seconds);
	sign(post, seconds, w);
	ward_wr_z(w, "\r\n\r\n");
	ward_wr_str(w, post->body);
}

static int month_of(struct ward_str s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (s.len == 3 && memcmp(s.p, names + (ptrdiff_t)i * 3, 3) == 0)
			return i + 1;
	return 0;
}

/* "Wed, 21 Oct 2026 07:28:00 GMT" (RFC 9110 5.6.7); false: it is none. */
static bool http_date(struct ward_str s, ward_ns *ret)
{
	uint64_t day, year, h, m, sec;
	int month = s.len == 29 ? month_of(ward_str_sub(s, 8, 3)) : 0;

	return month && s.p[4] == ' ' && s.p[7] == ' ' && s.p[11] == ' ' && s.p[16] == ' ' &&
	       s.p[19] == ':' && s.p[22] == ':' && ward_str_ends(s, WARD_STR(" GMT")) &&
	       ward_str_u64(ward_str_sub(s, 5, 2), &day) && day >= 1 && day <= 31 &&
	       ward_str_u64(ward_str_sub(s, 12, 4), &year) &&
	       ward_str_u64(ward_str_sub(s, 17, 2), &h) && h < 24 &&
	       ward_str_u64(ward_str_sub(s, 20, 2), &m) && m < 60 &&
	       ward_str_u64(ward_str_sub(s, 23, 2), &sec) && sec <= 60 &&
	       ward_time_civil((int)year, month, (int)day, (int64_t)(h * 3600 + m * 60 + sec), 0,
		       ret) == WARD_OK;
}

/* Seconds or a date; nonsense is as if it were not there. */
static ward_ns retry_after(struct ward_str s, ward_ns now)
{
	ward_ns at, wait = 0;
	uint64_t n;

	s = ward_str_trim(s);
	if (ward_str_u64(s, &n))
		wait = n > (uint64_t)(retry_most / WARD_NS_PER_S) ? retry_most
								  : (ward_ns)n * WARD_NS_PER_S;
	else if (http_date(s, &at) && !ward_sub(at, now, &wait))
		wait = 0;
	return wait < 0 ? 0 : wait > retry_most ? retry_most : wait;
}

void ward_webhook_judge(const struct ward_httpmsg *h, const struct ward_httpmsg_whole *answer,
	ward_ns now, struct ward_outcome *ret)
{
	unsigned s = answer->status;
	bool later = s >= 500 || s == 408 || s == 425 || s == 429;

	*ret = (struct ward_outcome){.status = s,
		.what = s >= 200 && s < 300 ? WARD_SENT_DELIVERED
			: later             ? WARD_SENT_FAILED
					    : WARD_SENT_REFUSED};
	if (later)
		ret->retry_after = retry_after(ward_httpmsg_field(h, "Retry-After", 0), now);
	if (s >= 300 && s < 400)
		(void)snprintf(ret->why, sizeof(ret->why),
			"it answered %u and sends elsewhere: write the new address into "
			"recipients.yml",
			s);
	else if (ret->what != WARD_SENT_DELIVERED)
		(void)snprintf(ret->why, sizeof(ret->why), "it answered %u", s);
}
