#include "sense/video/rtsp_auth.h"

#include "base/mem.h"

#include <openssl/evp.h>
#include <stdio.h>

enum { SECRET_MAX = 2048, HEX_MAX = 2 * EVP_MAX_MD_SIZE + 1 };

/* The value of a parameter, quoted or not; rest moves behind it. A quoted one keeps its
 * backslashes: it goes back as it came. */
static struct ward_str value_of(struct ward_str *rest)
{
	struct ward_str v = *rest;
	size_t i = 0;

	if (!v.len || v.p[0] != '"') {
		while (i < v.len && v.p[i] != ',')
			i++;
		*rest = ward_str_sub(v, i, v.len);
		return ward_str_trim(ward_str_sub(v, 0, i));
	}
	for (i = 1; i < v.len && v.p[i] != '"'; i++)
		i += v.p[i] == '\\';
	*rest = ward_str_sub(v, i + 1, v.len);
	return ward_str_sub(v, 1, i < v.len ? i - 1 : v.len);
}

static bool copy(char *to, struct ward_str s)
{
	if (s.len >= WARD_RTSP_TOKEN)
		return false;
	memcpy(to, s.p ? s.p : "", s.len);
	to[s.len] = 0;
	return true;
}

/* One of "auth,auth-int" is auth. */
static bool has_auth(struct ward_str words)
{
	while (words.p)
		if (ward_str_ieq(ward_str_trim(ward_str_cut(&words, ',')), WARD_STR("auth")))
			return true;
	return false;
}

static bool digest(struct ward_str rest, struct ward_rtsp_challenge *c)
{
	bool fits = true;

	*c = (struct ward_rtsp_challenge){.scheme = WARD_RTSP_DIGEST_MD5};
	while (rest.len) {
		struct ward_str name = ward_str_trim(ward_str_cut(&rest, '='));

		while (name.len && name.p[0] == ',')
			name = ward_str_trim(ward_str_sub(name, 1, name.len));
		if (!rest.p)
			break;
		struct ward_str v = value_of(&rest);

		if (ward_str_ieq(name, WARD_STR("realm")))
			fits = fits && copy(c->realm, v);
		else if (ward_str_ieq(name, WARD_STR("nonce")))
			fits = fits && copy(c->nonce, v);
		else if (ward_str_ieq(name, WARD_STR("opaque")))
			fits = fits && copy(c->opaque, v);
		else if (ward_str_ieq(name, WARD_STR("stale")))
			c->stale = ward_str_ieq(v, WARD_STR("true"));
		else if (ward_str_ieq(name, WARD_STR("qop")))
			c->qop = has_auth(v);
		else if (!ward_str_ieq(name, WARD_STR("algorithm")))
			continue;
		else if (ward_str_ieq(v, WARD_STR("SHA-256")))
			c->scheme = WARD_RTSP_DIGEST_SHA256;
		else
			fits = fits && ward_str_ieq(v, WARD_STR("MD5"));
	}
	return fits && c->nonce[0];
}

void ward_rtsp_challenged(struct ward_rtsp_challenge *c, struct ward_str value)
{
	struct ward_rtsp_challenge new = {.scheme = WARD_RTSP_BASIC};
	struct ward_str rest = ward_str_trim(value), scheme = ward_str_cut(&rest, ' ');

	if (ward_str_ieq(scheme, WARD_STR("digest"))) {
		if (!digest(rest, &new))
			return;
	} else if (!ward_str_ieq(scheme, WARD_STR("basic"))) {
		return;
	}
	if (new.scheme > c->scheme)
		*c = new;
}

/* hex(H(text)), and text is wiped: it may hold a secret. */
static bool hash(const char *name, char *text, int len, char ret[HEX_MAX])
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n = 0;
	bool ok = len > 0 && len < SECRET_MAX &&
		  EVP_Q_digest(NULL, name, NULL, text, (size_t)len, sum, &n) == 1;

	ward_wipe(text, SECRET_MAX);
	for (size_t i = 0; ok && i < n; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", (unsigned)sum[i]);
	return ok;
}

static enum ward_err basic(const struct ward_rtsp_request *q, struct ward_wr *out)
{
	char text[SECRET_MAX], code[SECRET_MAX * 2];
	int n = snprintf(text, sizeof(text), "%s:%s", q->user, q->password);

	if (n < 0 || n >= (int)sizeof(text))
		return WARD_ERR_LIMIT;
	(void)EVP_EncodeBlock((uint8_t *)code, (const uint8_t *)text, n);
	ward_wr_printf(out, "Basic %s", code);
	ward_wipe(text, sizeof(text));
	ward_wipe(code, sizeof(code));
	return ward_wr_bad(out) ? WARD_ERR_LIMIT : WARD_OK;
}

/* RFC 7616 3.4.1; without qop as RFC 2069 had it, which cameras still ask for. */
enum ward_err ward_rtsp_authorize(
	const struct ward_rtsp_challenge *c, const struct ward_rtsp_request *q, struct ward_wr *out)
{
	bool sha = c->scheme == WARD_RTSP_DIGEST_SHA256;
	const char *name = sha ? "SHA256" : "MD5";
	char text[SECRET_MAX], who[HEX_MAX], what[HEX_MAX], all[HEX_MAX], own[32], count[16];

	WARD_ASSERT(c->scheme != WARD_RTSP_OPEN);
	if (c->scheme == WARD_RTSP_BASIC)
		return basic(q, out);
	(void)snprintf(own, sizeof(own), "%016llx", (unsigned long long)q->own);
	(void)snprintf(count, sizeof(count), "%08x", (unsigned)q->count);
	if (!hash(name, text,
		    snprintf(text, sizeof(text), "%s:%s:%s", q->user, c->realm, q->password),
		    who) ||
		!hash(name, text, snprintf(text, sizeof(text), "%s:%s", q->method, q->uri), what))
		return WARD_ERR_IO;
	int n = c->qop ? snprintf(text, sizeof(text), "%s:%s:%s:%s:auth:%s", who, c->nonce, count,
				 own, what)
		       : snprintf(text, sizeof(text), "%s:%s:%s", who, c->nonce, what);
	bool ok = hash(name, text, n, all);

	ward_wipe(who, sizeof(who));
	if (!ok)
		return WARD_ERR_IO;
	ward_wr_printf(out,
		"Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
		"response=\"%s\", algorithm=%s",
		q->user, c->realm, c->nonce, q->uri, all, sha ? "SHA-256" : "MD5");
	if (c->qop)
		ward_wr_printf(out, ", qop=auth, nc=%s, cnonce=\"%s\"", count, own);
	if (c->opaque[0])
		ward_wr_printf(out, ", opaque=\"%s\"", c->opaque);
	return ward_wr_bad(out) ? WARD_ERR_LIMIT : WARD_OK;
}
