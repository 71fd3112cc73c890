/* RFC 9110 (10.2.3 Retry-After, 15 status), RFC 2104 (HMAC), Idempotency-Key as in
 * draft-ietf-httpapi-idempotency-key-header. */
#include "respond/webhook.h"

#include <sodium.h>
#include <stdio.h>

static const ward_ns retry_most = 3600 * WARD_NS_PER_S;

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
	char id[WARD_ID_TEXT], seconds[24];

	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(post->now / WARD_NS_PER_S));
	ward_id_text(post->message, id);
	ward_wr_printf(w, "POST %s HTTP/1.1\r\nHost: ", u->path);
	ward_weburl_authority(u, w);
	ward_wr_printf(w,
		"\r\nUser-Agent: Ward\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		"Connection: close\r\nIdempotency-Key: \"%s\"\r\nX-Ward-Timestamp: %s\r\n"
		"X-Ward-Signature: sha256=",
		post->type ? post->type : "application/json", post->body.len, id, seconds);
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
			"it answered %u and sends elsewhere: write the new address where this one "
			"stands",
			s);
	else if (ret->what != WARD_SENT_DELIVERED)
		(void)snprintf(ret->why, sizeof(ret->why), "it answered %u", s);
}
