#include "sense/net/proto/ssh/ssh.h"

#include "base/rd.h"
#include "sense/net/digest.h"

enum { COOKIE = 16, KEY_TYPE_MAX = 64 };

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool ward_ssh_is_version(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_slice head = ward_rd_bytes(&r, 4);
	uint8_t major = ward_rd_u8(&r), dot = ward_rd_u8(&r), minor = ward_rd_u8(&r);

	return !ward_rd_bad(&r) && memcmp(head.p, "SSH-", 4) == 0 && digit(major) && dot == '.' &&
	       digit(minor);
}

static bool printable(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

bool ward_ssh_version(struct ward_str line, struct ward_ssh_version *v)
{
	if (!ward_ssh_is_version(ward_str_bytes(line)) || !printable(line))
		return false;
	struct ward_str rest = ward_str_sub(line, 4, line.len);

	v->proto = ward_str_cut(&rest, '-');
	if (!rest.p)
		return false;
	v->software = ward_str_cut(&rest, ' ');
	v->comments = rest.p ? ward_str_trim(rest) : WARD_STR("");
	return v->software.len > 0;
}

/* RFC 4251 5: a 32-bit length and as many bytes. */
static struct ward_slice string(struct ward_rd *r)
{
	return ward_rd_bytes(r, ward_rd_be32(r));
}

bool ward_ssh_kexinit(struct ward_slice body, struct ward_ssh_kexinit *k)
{
	struct ward_rd r = ward_rd_slice(body);
	bool text = true;

	ward_rd_skip(&r, COOKIE);
	for (size_t i = 0; i < WARD_SSH_LIST_N; i++) {
		k->list[i] = ward_slice_text(string(&r));
		text &= printable(k->list[i]);
	}
	ward_rd_skip(&r, 1 + 4); /* first_kex_packet_follows, reserved */
	return !ward_rd_bad(&r) && text;
}

bool ward_ssh_has(struct ward_str list, const char *name)
{
	for (struct ward_str rest = list; rest.p;)
		if (ward_str_eqz(ward_str_cut(&rest, ','), name))
			return true;
	return false;
}

static bool has(struct ward_str list, struct ward_str name)
{
	for (struct ward_str rest = list; rest.p;)
		if (ward_str_eq(ward_str_cut(&rest, ','), name))
			return true;
	return false;
}

struct ward_str ward_ssh_choose(struct ward_str client, struct ward_str server)
{
	for (struct ward_str rest = client; rest.p;) {
		struct ward_str name = ward_str_cut(&rest, ',');

		if (name.len && has(server, name))
			return name;
	}
	return WARD_STR("");
}

bool ward_ssh_is_aead(struct ward_str cipher)
{
	return ward_str_starts(cipher, WARD_STR("AEAD_")) ||
	       ward_str_starts(cipher, WARD_STR("chacha20-poly1305")) ||
	       ward_str_find(cipher, WARD_STR("-gcm")) != SIZE_MAX;
}

void ward_ssh_hassh_text(const struct ward_ssh_kexinit *k, bool server, struct ward_wr *w)
{
	static const enum ward_ssh_list list[] = {
		WARD_SSH_CIPHER_TO_SERVER, WARD_SSH_MAC_TO_SERVER, WARD_SSH_COMPRESSION_TO_SERVER};

	ward_wr_str(w, k->list[WARD_SSH_KEX]);
	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++) {
		ward_wr_ch(w, ';');
		ward_wr_str(w, k->list[list[i] + server]);
	}
}

bool ward_ssh_hassh(const struct ward_wr *text, char ret[WARD_SSH_HASSH])
{
	uint8_t sum[WARD_MD5_BYTES];
	struct ward_wr w = ward_wr_fixed(ret, WARD_SSH_HASSH - 1);

	if (ward_wr_bad(text) || !ward_digest_md5(ward_wr_slice(text), sum))
		return false;
	ward_wr_hex(&w, ward_slice_of(sum, sizeof(sum)));
	ret[w.len] = 0;
	return true;
}

/* RFC 4648 4, without padding. 32 bytes give 43 characters. */
static void base64(const uint8_t sum[WARD_SHA256_BYTES], char ret[WARD_SSH_SHA256])
{
	static const char sign[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned n_bit = 0;
	size_t n = 0;

	for (size_t i = 0; i < WARD_SHA256_BYTES; i++) {
		bits = bits << 8 | sum[i];
		for (n_bit += 8; n_bit >= 6; n_bit -= 6)
			ret[n++] = sign[bits >> (n_bit - 6) & 63];
	}
	ret[n++] = sign[bits << (6 - n_bit) & 63];
	ret[n] = 0;
	_Static_assert((WARD_SHA256_BYTES * 8 + 5) / 6 + 1 == WARD_SSH_SHA256, "fills ret");
}

/* Of a positive mpint (RFC 4251 5). */
static unsigned bits_of(struct ward_slice mpint)
{
	size_t i = 0;
	unsigned n = 0;

	while (i < mpint.len && mpint.p[i] == 0)
		i++;
	if (i == mpint.len)
		return 0;
	for (uint8_t top = mpint.p[i]; top; top >>= 1)
		n++;
	return n + (unsigned)(mpint.len - i - 1) * 8;
}

bool ward_ssh_host_key(struct ward_slice body, struct ward_ssh_key *k)
{
	struct ward_rd r = ward_rd_slice(body);
	struct ward_slice blob = string(&r);
	struct ward_rd key = ward_rd_slice(blob);
	uint8_t sum[WARD_SHA256_BYTES];

	k->type = ward_slice_text(string(&key));
	if (ward_rd_bad(&r) || ward_rd_bad(&key) || !k->type.len || k->type.len > KEY_TYPE_MAX ||
		!printable(k->type) || !ward_digest_sha256(blob, sum))
		return false;
	base64(sum, k->sha256);
	/* RFC 4253 6.6: e, n of RSA; p of DSA. */
	struct ward_slice first = string(&key), second = string(&key);
	bool rsa = ward_str_eqz(k->type, "ssh-rsa"), dsa = ward_str_eqz(k->type, "ssh-dss");

	k->bits = 0;
	if (!ward_rd_bad(&key) && (rsa || dsa))
		k->bits = bits_of(rsa ? second : first);
	return true;
}

const char *ward_ssh_disconnect_name(uint32_t reason)
{
	static const char *const name[] = {NULL, "host-not-allowed-to-connect", "protocol-error",
		"key-exchange-failed", "reserved", "mac-error", "compression-error",
		"service-not-available", "protocol-version-not-supported",
		"host-key-not-verifiable", "connection-lost", "by-application",
		"too-many-connections", "auth-cancelled-by-user", "no-more-auth-methods-available",
		"illegal-user-name"};

	return reason < WARD_ARRAY_LEN(name) ? name[reason] : NULL;
}
