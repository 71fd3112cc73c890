#include "sip/message.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>

enum { SUMMED = 2048, ADDRESS_TEXT = 64, LINES_MAX = 256 };

/* The next line begins as one that is folded into this one. */
static bool goes_on(struct ward_str all, size_t end)
{
	char next = end + 1 < all.len ? all.p[end + 1] : '\0';

	return next == ' ' || next == '\t';
}

/* The line in front, with those that are folded into it (7.3.1). */
static struct ward_str take_line(struct ward_str *rest)
{
	struct ward_str all = *rest, line;
	bool said = false; /* an empty line has no others */
	size_t end = 0;

	while (end < all.len && (all.p[end] != '\n' || (said && goes_on(all, end)))) {
		said = said || ward_str_trim(ward_str_sub(all, end, 1)).len;
		end++;
	}
	line = ward_str_sub(all, 0, end);
	*rest = ward_str_sub(all, end + 1, all.len);
	return ward_str_trim(line);
}

/* ---- parts of a value ---- */

/* Where a value's next `sep` is that stands in no quotes and no angle brackets; its length: none.
 */
static size_t find_outside(struct ward_str s, char sep)
{
	bool quoted = false, angle = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '<' || c == '>'))
			angle = c == '<';
		else if (!quoted && !angle && c == sep)
			return i;
	}
	return s.len;
}

struct ward_str ward_sip_parameter(struct ward_str value, const char *name)
{
	size_t at = find_outside(value, ';');

	while (at < value.len) {
		struct ward_str rest = ward_str_sub(value, at + 1, value.len);
		size_t end = find_outside(rest, ';');
		struct ward_str part = ward_str_sub(rest, 0, end);
		struct ward_str key = ward_str_trim(ward_str_cut(&part, '='));

		if (ward_str_ieq(key, ward_str_z(name)))
			return part.p ? ward_str_trim(part) : WARD_STR("");
		value = rest;
		at = end;
	}
	return WARD_STR("");
}

struct ward_str ward_sip_uri(struct ward_str value)
{
	bool quoted = false;

	for (size_t i = 0; i < value.len; i++) {
		if (quoted && value.p[i] == '\\')
			i++;
		else if (value.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && value.p[i] == '<') {
			struct ward_str in = ward_str_sub(value, i + 1, value.len);

			return ward_str_sub(in, 0, ward_str_find(in, WARD_STR(">")));
		}
	}
	return ward_str_trim(ward_str_sub(value, 0, find_outside(value, ';')));
}

static bool is_blank(char c)
{
	return (c >= 0 && c <= ' ') || c == 0x7f;
}

/* Without what stands for nothing at its ends (25.1: no value holds control characters), so that it
 * is still a value when an answer repeats it with blanks for them. */
static struct ward_str bare(struct ward_str s)
{
	size_t from = 0, to = s.len;

	while (from < to && is_blank(s.p[from]))
		from++;
	while (to > from && is_blank(s.p[to - 1]))
		to--;
	return ward_str_sub(s, from, to - from);
}

/* Each value of a list: "<a>, <b>". False: there are more than fit. */
static bool take_list(struct ward_str value, struct ward_str *to, size_t *n, size_t max)
{
	while (value.len) {
		size_t end = find_outside(value, ',');
		struct ward_str one = bare(ward_str_sub(value, 0, end));

		if (one.len && *n == max)
			return false;
		if (one.len)
			to[(*n)++] = one;
		value = ward_str_sub(value, end + 1, value.len);
	}
	return true;
}

/* ---- challenges ---- */

static bool has_word(struct ward_str list, const char *word)
{
	while (list.p && list.len)
		if (ward_str_ieq(ward_str_trim(ward_str_cut(&list, ',')), ward_str_z(word)))
			return true;
	return false;
}

/* What holds ends of lines is as if it were not there. */
static struct ward_str unquoted(struct ward_str s)
{
	s = ward_str_trim(s);
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] >= 0 && s.p[i] < ' ') || s.p[i] == 0x7f)
			return WARD_STR("");
	return s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"' ? ward_str_sub(s, 1, s.len - 2)
								    : s;
}

/* "name=value" of a list, in front; false: there is none any more. */
static bool take_pair(struct ward_str *rest, struct ward_str *key, struct ward_str *value)
{
	size_t end = find_outside(*rest, ',');
	struct ward_str v = ward_str_sub(*rest, 0, end);

	if (!rest->len)
		return false;
	*key = ward_str_trim(ward_str_cut(&v, '='));
	*rest = ward_str_sub(*rest, end + 1, rest->len);
	*value = v.p ? unquoted(v) : WARD_STR("");
	return true;
}

/* What follows "Digest"; p == NULL: it is something else. */
static struct ward_str behind_digest(struct ward_str value)
{
	const size_t n = sizeof("Digest");

	if (value.len < n || (value.p[n - 1] != ' ' && value.p[n - 1] != '\t') ||
		!ward_str_ieq(ward_str_sub(value, 0, n - 1), WARD_STR("Digest")))
		return (struct ward_str){NULL, 0};
	return ward_str_sub(value, n, value.len);
}

/* RFC 3261 22.4, RFC 8760 2; one that asks for what Ward can't is left out. */
static void take_challenge(struct ward_str value, bool proxy, struct ward_sip_message *m)
{
	struct ward_sip_challenge c = {.proxy = proxy, .algorithm = WARD_STR("")};
	struct ward_str rest = behind_digest(value), qop = {NULL, 0}, key, v;

	while (take_pair(&rest, &key, &v)) {
		if (ward_str_ieq(key, WARD_STR("realm")))
			c.realm = v;
		else if (ward_str_ieq(key, WARD_STR("nonce")))
			c.nonce = v;
		else if (ward_str_ieq(key, WARD_STR("opaque")))
			c.opaque = v;
		else if (ward_str_ieq(key, WARD_STR("algorithm")))
			c.algorithm = v;
		else if (ward_str_ieq(key, WARD_STR("qop")))
			qop = v;
		else if (ward_str_ieq(key, WARD_STR("stale")))
			c.stale = ward_str_ieq(v, WARD_STR("true"));
	}
	c.sha = ward_str_ieq(c.algorithm, WARD_STR("SHA-256"));
	c.qop = has_word(qop, "auth");
	bool known = c.sha || !c.algorithm.len || ward_str_ieq(c.algorithm, WARD_STR("MD5"));

	if (known && c.nonce.len && (c.qop || !qop.len) && m->n_challenge < WARD_SIP_CHALLENGES)
		m->challenge[m->n_challenge++] = c;
}

/* ---- messages ---- */

static bool take_cseq(struct ward_str value, struct ward_sip_message *m)
{
	struct ward_str rest = value, number = ward_str_cut(&rest, ' ');
	uint64_t n;

	if (!rest.p || !ward_str_u64(ward_str_trim(number), &n) || n >= 1ull << 31)
		return false;
	m->cseq = (uint32_t)n;
	m->cseq_method = bare(rest);
	return true;
}

static bool is(struct ward_str name, const char *full, const char *compact)
{
	return ward_str_ieq(name, ward_str_z(full)) || ward_str_ieq(name, ward_str_z(compact));
}

/* What of a value there may be several lines, or none, and the first counts. */
static void take_other(struct ward_str name, struct ward_str value, struct ward_sip_message *m)
{
	const struct {
		const char *full, *compact;
		struct ward_str *to;
	} once[] = {{"Contact", "m", &m->contact}, {"Expires", "Expires", &m->expires},
		{"User-Agent", "User-Agent", &m->user_agent}, {"Subject", "s", &m->subject},
		{"Geolocation", "Geolocation", &m->geolocation},
		{"P-Asserted-Identity", "P-Asserted-Identity", &m->asserted}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(once); i++)
		if (is(name, once[i].full, once[i].compact) && !once[i].to->len)
			*once[i].to = value;
	if (ward_str_ieq(name, WARD_STR("Authorization")) && !m->authorization.len)
		m->authorization = behind_digest(value);
	if (ward_str_ieq(name, WARD_STR("Proxy-Authorization")) && !m->proxy_authorization.len)
		m->proxy_authorization = behind_digest(value);
}

/* 20.14: over UDP what is behind it is no part of the message; 18.3: less was cut on its way. */
static enum ward_err take_body(struct ward_str rest, uint64_t length, struct ward_sip_message *m)
{
	if (length != UINT64_MAX && length > rest.len)
		return WARD_ERR_MALFORMED;
	m->body = length == UINT64_MAX ? rest : ward_str_sub(rest, 0, (size_t)length);
	return WARD_OK;
}

static enum ward_err take_field(
	struct ward_str line, struct ward_sip_message *m, uint64_t *ret_length)
{
	struct ward_str value = line, name = ward_str_trim(ward_str_cut(&value, ':'));
	bool ok = true;

	if (!value.p)
		return WARD_ERR_MALFORMED;
	value = bare(value);
	if (is(name, "Via", "v"))
		ok = take_list(value, m->via, &m->n_via, WARD_SIP_VIAS);
	else if (is(name, "Record-Route", "Record-Route"))
		ok = take_list(value, m->route, &m->n_route, WARD_SIP_ROUTES);
	else if (is(name, "From", "f"))
		m->from = value;
	else if (is(name, "To", "t"))
		m->to = value;
	else if (is(name, "Call-ID", "i"))
		m->call_id = value;
	else if (is(name, "Require", "Require"))
		ok = take_list(value, m->require, &m->n_require, WARD_SIP_REQUIRES);
	else if (is(name, "Content-Length", "l"))
		return ward_str_u64(value, ret_length) ? WARD_OK : WARD_ERR_MALFORMED;
	else if (is(name, "Content-Type", "c"))
		m->content_type = value;
	else if (is(name, "Retry-After", "Retry-After"))
		m->retry_after = value;
	else if (is(name, "CSeq", "CSeq"))
		return take_cseq(value, m) ? WARD_OK : WARD_ERR_MALFORMED;
	else if (is(name, "WWW-Authenticate", "Proxy-Authenticate"))
		take_challenge(value, ward_str_ieq(name, WARD_STR("Proxy-Authenticate")), m);
	else
		take_other(name, value, m);
	return ok ? WARD_OK : WARD_ERR_LIMIT;
}

static bool take_first(struct ward_str line, struct ward_sip_message *m)
{
	struct ward_str rest = line, one = ward_str_cut(&rest, ' ');
	struct ward_str two = rest.p ? ward_str_cut(&rest, ' ') : WARD_STR("");
	uint64_t status;

	if (ward_str_ieq(one, WARD_STR("SIP/2.0"))) {
		if (!ward_str_u64(two, &status) || status < 100 || status > 699)
			return false;
		m->status = (unsigned)status;
		return true;
	}
	m->method = one;
	m->uri = two;
	return one.len && two.len && rest.p && ward_str_ieq(rest, WARD_STR("SIP/2.0"));
}

/* A head is text. */
static bool has_nul(struct ward_str s)
{
	return s.len && memchr(s.p, 0, s.len);
}

/* all: what does not fit, or is no field, is an error. */
static enum ward_err read_message(
	struct ward_slice datagram, bool all, struct ward_sip_message *ret)
{
	struct ward_sip_message *m = ret;
	struct ward_str rest = ward_slice_text(datagram);
	uint64_t length = UINT64_MAX;
	enum ward_err err = WARD_OK;
	size_t n = 0;

	*m = (struct ward_sip_message){.status = 0};
	while (rest.len && (rest.p[0] == '\r' || rest.p[0] == '\n')) /* 7.5 */
		rest = ward_str_sub(rest, 1, rest.len);
	struct ward_str first = take_line(&rest);

	if (has_nul(first) || !take_first(first, m))
		return WARD_ERR_MALFORMED;
	for (struct ward_str line = take_line(&rest); line.len; line = take_line(&rest)) {
		enum ward_err bad = WARD_ERR_LIMIT;

		if (n++ < LINES_MAX || !all)
			bad = has_nul(line) ? WARD_ERR_MALFORMED : take_field(line, m, &length);
		if (bad == WARD_ERR_LIMIT && all)
			return bad;
		if (bad != WARD_ERR_LIMIT && all)
			err = err ? err : bad; /* the others are read: an answer repeats them */
	}
	if (err)
		return err;
	if (!m->n_via || !m->from.len || !m->to.len || !m->call_id.len || !m->cseq_method.len)
		return WARD_ERR_MALFORMED;
	err = take_body(rest, length, m);
	return all ? err : WARD_OK; /* what is cut has its head all the same */
}

enum ward_err ward_sip_message_read(struct ward_slice datagram, struct ward_sip_message *ret)
{
	*ret = (struct ward_sip_message){.status = 0};
	if (datagram.len > WARD_SIP_DATAGRAM)
		return WARD_ERR_LIMIT;
	if (datagram.len && memchr(datagram.p, 0, datagram.len))
		return WARD_ERR_MALFORMED; /* it is text, all of it that Ward takes */
	return read_message(datagram, true, ret);
}

enum ward_err ward_sip_message_hear(struct ward_slice datagram, struct ward_sip_message *ret)
{
	return read_message(datagram, false, ret);
}

/* ---- session descriptions ---- */

struct audio {
	struct ward_str address; /* of the session, then of the audio */
	struct ward_str formats;
	uint64_t port;
	int state; /* 0 before, 1 in, 2 behind it */
	uint8_t keys;
};

static void take_connection(struct ward_str v, struct audio *a)
{
	struct ward_str net = ward_str_cut(&v, ' '),
			type = v.p ? ward_str_cut(&v, ' ') : WARD_STR("");

	if (ward_str_eqz(net, "IN") && (ward_str_eqz(type, "IP4") || ward_str_eqz(type, "IP6")) &&
		v.p)
		a->address = ward_str_trim(v);
}

static void take_media(struct ward_str v, struct audio *a)
{
	struct ward_str kind = ward_str_cut(&v, ' '),
			port = v.p ? ward_str_cut(&v, ' ') : WARD_STR(""),
			proto = v.p ? ward_str_cut(&v, ' ') : WARD_STR("");

	a->state = a->state ? 2 : 0;
	if (a->state || !ward_str_eqz(kind, "audio") || !ward_str_eqz(proto, "RTP/AVP") || !v.p ||
		!ward_str_u64(port, &a->port))
		return;
	a->state = 1;
	a->formats = ward_str_trim(v);
}

static bool has_format(struct ward_str formats, uint64_t wanted)
{
	uint64_t n;

	while (formats.p && formats.len)
		if (ward_str_u64(ward_str_cut(&formats, ' '), &n) && n == wanted)
			return true;
	return false;
}

/* "rtpmap:101 telephone-event/8000" */
static void take_attribute(struct ward_str v, struct audio *a)
{
	struct ward_str number = v, name;
	uint64_t n;

	if (a->state != 1 || !ward_str_starts(v, WARD_STR("rtpmap:")))
		return;
	name = ward_str_sub(v, sizeof("rtpmap:") - 1, v.len);
	number = ward_str_cut(&name, ' ');
	if (name.p && ward_str_ieq(ward_str_trim(name), WARD_STR("telephone-event/8000")) &&
		ward_str_u64(number, &n) && n >= 96 && n <= 127 && has_format(a->formats, n))
		a->keys = (uint8_t)n;
}

static bool take_address(struct ward_str text, struct ward_sip_media *m)
{
	char z[ADDRESS_TEXT];

	if (!text.len || text.len >= sizeof(z))
		return false;
	memcpy(z, text.p, text.len);
	z[text.len] = '\0';
	m->v6 = inet_pton(AF_INET, z, m->address) != 1;
	return !m->v6 || inet_pton(AF_INET6, z, m->address) == 1;
}

enum ward_err ward_sip_media_read(struct ward_str sdp, struct ward_sip_media *ret)
{
	struct ward_sip_media m = {.v6 = false};
	struct audio a = {.state = 0};
	uint64_t n;

	while (sdp.p && sdp.len) {
		struct ward_str v = ward_str_trim(ward_str_cut(&sdp, '\n'));
		char what = v.len > 1 && v.p[1] == '=' ? v.p[0] : '\0';

		v = ward_str_sub(v, 2, v.len);
		if (what == 'c' && a.state != 2)
			take_connection(v, &a);
		else if (what == 'm')
			take_media(v, &a);
		else if (what == 'a')
			take_attribute(v, &a);
	}
	if (!a.state || a.port > UINT16_MAX || !take_address(a.address, &m))
		return WARD_ERR_MALFORMED;
	m.port = (uint16_t)a.port;
	m.keys = a.keys;
	for (struct ward_str f = a.formats; m.port && f.p && f.len;)
		if (ward_str_u64(ward_str_cut(&f, ' '), &n) && (n == 0 || n == 8)) {
			m.alaw = n == 8;
			*ret = m;
			return WARD_OK;
		}
	return WARD_ERR_UNSUPPORTED;
}

/* ---- login ---- */

/* H of the parts, joined by ':', in hex. */
static bool sum(bool sha, const struct ward_str *part, size_t n, char ret[WARD_SIP_DIGEST + 1])
{
	uint8_t text[SUMMED], digest[EVP_MAX_MD_SIZE];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text)),
		       hex = ward_wr_fixed(ret, WARD_SIP_DIGEST);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		ward_wr_z(&w, i ? ":" : "");
		ward_wr_str(&w, part[i]);
	}
	bool ok = !ward_wr_bad(&w) &&
		  EVP_Q_digest(NULL, sha ? "SHA256" : "MD5", NULL, text, w.len, digest, &len) == 1;

	if (ok)
		ward_wr_hex(&hex, ward_slice_of(digest, len));
	ret[hex.len] = '\0';
	OPENSSL_cleanse(text, sizeof(text));
	return ok && !ward_wr_bad(&hex);
}

bool ward_sip_prepare(void)
{
	const struct ward_str nothing = WARD_STR("");
	char hex[WARD_SIP_DIGEST + 1];

	/* the machine's configuration of the library is not for what outsiders send */
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 &&
	       sum(true, &nothing, 1, hex) && sum(false, &nothing, 1, hex);
}

enum ward_err ward_sip_credentials_read(struct ward_str value, struct ward_sip_credentials *ret)
{
	struct ward_sip_credentials c = {.nc = 0};
	struct ward_str rest = value, key, v, algorithm = {NULL, 0}, qop = {NULL, 0},
			nc = {NULL, 0};
	const struct {
		const char *name;
		struct ward_str *to;
	} known[] = {{"username", &c.user}, {"realm", &c.realm}, {"nonce", &c.nonce},
		{"uri", &c.uri}, {"response", &c.response}, {"cnonce", &c.cnonce}, {"qop", &qop},
		{"algorithm", &algorithm}, {"nc", &nc}};
	uint8_t count[4];

	while (take_pair(&rest, &key, &v))
		for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
			if (ward_str_ieq(key, ward_str_z(known[i].name)))
				*known[i].to = v;
	if (!c.user.len || !c.nonce.len || !c.uri.len || !c.response.len)
		return WARD_ERR_MALFORMED;
	c.sha = ward_str_ieq(algorithm, WARD_STR("SHA-256"));
	if (!c.sha && algorithm.len && !ward_str_ieq(algorithm, WARD_STR("MD5")))
		return WARD_ERR_UNSUPPORTED;
	if (qop.len && !ward_str_ieq(qop, WARD_STR("auth")))
		return WARD_ERR_UNSUPPORTED;
	if (qop.len) { /* RFC 7616 3.4: eight hex digits */
		if (!c.cnonce.len || !ward_str_unhex(nc, count, sizeof(count)))
			return WARD_ERR_MALFORMED;
		for (size_t i = 0; i < sizeof(count); i++)
			c.nc = c.nc << 8 | count[i];
		if (!c.nc)
			return WARD_ERR_MALFORMED;
	}
	*ret = c;
	return WARD_OK;
}

bool ward_sip_credentials_prove(
	const struct ward_sip_credentials *c, struct ward_str method, struct ward_str password)
{
	char a1[WARD_SIP_DIGEST + 1], a2[WARD_SIP_DIGEST + 1], all[WARD_SIP_DIGEST + 1], nc[16];
	const struct ward_str who[] = {c->user, c->realm, password}, what[] = {method, c->uri};

	(void)snprintf(nc, sizeof(nc), "%08llx", (unsigned long long)c->nc);
	if (!sum(c->sha, who, 3, a1) || !sum(c->sha, what, 2, a2))
		return false;
	const struct ward_str with[] = {ward_str_z(a1), c->nonce, ward_str_z(nc), c->cnonce,
		WARD_STR("auth"), ward_str_z(a2)},
			      without[] = {ward_str_z(a1), c->nonce, ward_str_z(a2)};
	bool ok = c->nc ? sum(c->sha, with, 6, all) : sum(c->sha, without, 3, all);

	OPENSSL_cleanse(a1, sizeof(a1));
	ok = ok && c->response.len == strlen(all) &&
	     CRYPTO_memcmp(c->response.p, all, c->response.len) == 0;
	OPENSSL_cleanse(all, sizeof(all));
	return ok;
}

enum ward_err ward_sip_authorize(
	struct ward_wr *w, const struct ward_sip_challenge *c, const struct ward_sip_login *l)
{
	char a1[WARD_SIP_DIGEST + 1], a2[WARD_SIP_DIGEST + 1], all[WARD_SIP_DIGEST + 1];
	const struct ward_str who[] = {l->user, c->realm, l->password},
			      what[] = {l->method, l->uri};

	if (!sum(c->sha, who, 3, a1) || !sum(c->sha, what, 2, a2))
		return WARD_ERR_UNSUPPORTED;
	const struct ward_str with[] = {ward_str_z(a1), c->nonce, WARD_STR("00000001"), l->cnonce,
		WARD_STR("auth"), ward_str_z(a2)},
			      without[] = {ward_str_z(a1), c->nonce, ward_str_z(a2)};
	bool ok = c->qop ? sum(c->sha, with, 6, all) : sum(c->sha, without, 3, all);

	OPENSSL_cleanse(a1, sizeof(a1));
	if (!ok)
		return WARD_ERR_UNSUPPORTED;
	ward_wr_printf(w,
		"Digest username=\"%.*s\", realm=\"%.*s\", nonce=\"%.*s\", uri=\"%.*s\", "
		"response=\"%s\"",
		WARD_STR_ARG(l->user), WARD_STR_ARG(c->realm), WARD_STR_ARG(c->nonce),
		WARD_STR_ARG(l->uri), all);
	if (c->algorithm.len)
		ward_wr_printf(w, ", algorithm=%s", c->sha ? "SHA-256" : "MD5");
	if (c->opaque.len)
		ward_wr_printf(w, ", opaque=\"%.*s\"", WARD_STR_ARG(c->opaque));
	if (c->qop)
		ward_wr_printf(
			w, ", qop=auth, nc=00000001, cnonce=\"%.*s\"", WARD_STR_ARG(l->cnonce));
	return ward_wr_bad(w) ? WARD_ERR_LIMIT : WARD_OK;
}
