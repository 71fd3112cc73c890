/* Digest logins: RFC 7616, RFC 8760. A nonce is its time and a seal of it, so that asking costs no
 * memory; each is good for five minutes, and each count of it once. */
#include "sense/sip/priv.h"

static const ward_ns nonce_max = 300 * WARD_NS_PER_S;

enum { NONCE = 32 };

static uint64_t seal(const struct ward_uas *u, const struct ward_uas_peer *from, uint64_t at)
{
	uint8_t bytes[24];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_bytes(&w, from->address, sizeof(from->address));
	ward_wr_be64(&w, at);
	return ward_siphash(u->o.seed, bytes, w.len);
}

static void put_nonce(const struct ward_uas *u, const struct ward_uas_peer *from, struct ward_wr *w)
{
	uint8_t bytes[16];
	struct ward_wr b = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_be64(&b, (uint64_t)u->mono);
	ward_wr_be64(&b, seal(u, from, (uint64_t)u->mono));
	ward_wr_hex(w, ward_wr_slice(&b));
}

void uas_challenge(
	struct ward_uas *u, const struct ward_uas_peer *from, bool stale, struct ward_wr *w)
{
	static const char *const algorithm[] = {"SHA-256", "MD5"}; /* the better first */

	for (size_t i = 0; i < WARD_ARRAY_LEN(algorithm); i++) {
		if (i == 0 ? !u->o.sha : !u->o.md5)
			continue;
		ward_wr_z(w, "WWW-Authenticate: Digest realm=\"" WARD_UAS_REALM "\", nonce=\"");
		put_nonce(u, from, w);
		ward_wr_printf(w, "\", qop=\"auth\", algorithm=%s%s\r\n", algorithm[i],
			stale ? ", stale=true" : "");
	}
}

/* Is it a nonce of ours, and not too old? */
static enum uas_login look_at(
	const struct ward_uas *u, const struct ward_uas_peer *from, struct ward_str nonce)
{
	uint8_t b[NONCE / 2];
	uint64_t at = 0, given = 0;

	if (!ward_str_unhex(nonce, b, sizeof(b)))
		return UAS_LOGIN_STALE; /* of an earlier life, or another server's: asked again */
	for (size_t i = 0; i < 8; i++) {
		at = at << 8 | b[i];
		given = given << 8 | b[8 + i];
	}
	if (given != seal(u, from, at) || u->mono - (ward_ns)at > nonce_max)
		return UAS_LOGIN_STALE;
	return UAS_LOGIN_OK;
}

/* A count that was used before is somebody else's, who heard it: RFC 7616 3.4. */
static bool is_fresh(struct ward_uas *u, struct ward_str nonce, uint64_t nc)
{
	uint64_t key = ward_siphash(u->o.seed, nonce.p, nonce.len);

	if (!nc)
		nc = UINT64_MAX; /* without a count it is good for once */
	for (size_t i = 0; i < UAS_NONCES; i++) {
		if (u->nonce[i].key != key || !u->nonce[i].nc)
			continue;
		if (nc <= u->nonce[i].nc)
			return false;
		u->nonce[i].nc = nc;
		return true;
	}
	u->nonce[u->at_nonce].key = key;
	u->nonce[u->at_nonce].nc = nc;
	u->at_nonce = (u->at_nonce + 1) % UAS_NONCES;
	return true;
}

/* The address in the credentials is not compared with the request's: whatever it is, it is asked of
 * Ward alone, and telephone systems on the way change it. */
enum uas_login uas_login(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, struct ward_str number)
{
	struct ward_sip_credentials c;
	struct ward_str user = u->o.user.len ? u->o.user : number;
	enum uas_login found;

	if (!u->o.secret.len)
		return UAS_LOGIN_OK;
	if (!m->authorization.len)
		return UAS_LOGIN_NONE;
	if (ward_sip_credentials_read(m->authorization, &c) != WARD_OK ||
		!(c.sha ? u->o.sha : u->o.md5) || !ward_str_eqz(c.realm, WARD_UAS_REALM) ||
		!ward_str_eq(c.user, user) ||
		!ward_sip_credentials_prove(&c, m->method, u->o.secret))
		return UAS_LOGIN_WRONG;
	found = look_at(u, from, c.nonce);
	return found == UAS_LOGIN_OK && !is_fresh(u, c.nonce, c.nc) ? UAS_LOGIN_STALE : found;
}
