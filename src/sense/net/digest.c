#include "sense/net/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

static EVP_MD_CTX *md5, *sha256;

bool ward_digest_start(void)
{
	if (md5 && sha256)
		return true;
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return false;
	md5 = EVP_MD_CTX_new();
	sha256 = EVP_MD_CTX_new();
	return md5 && sha256 && EVP_DigestInit_ex(md5, EVP_md5(), NULL) == 1 &&
	       EVP_DigestInit_ex(sha256, EVP_sha256(), NULL) == 1;
}

static bool digest(EVP_MD_CTX *ctx, struct ward_slice s, uint8_t *ret)
{
	return ctx && EVP_DigestInit_ex(ctx, NULL, NULL) == 1 &&
	       EVP_DigestUpdate(ctx, s.p, s.len) == 1 && EVP_DigestFinal_ex(ctx, ret, NULL) == 1;
}

bool ward_digest_md5(struct ward_slice s, uint8_t ret[WARD_MD5_BYTES])
{
	return digest(md5, s, ret);
}

bool ward_digest_sha256(struct ward_slice s, uint8_t ret[WARD_SHA256_BYTES])
{
	return digest(sha256, s, ret);
}

enum { KINDS = 3 };

struct ward_hashes {
	EVP_MD_CTX *ctx[KINDS]; /* NULL: not made */
};

static const EVP_MD *kind(size_t i)
{
	return i == 0 ? EVP_sha256() : i == 1 ? EVP_sha1() : EVP_md5();
}

struct ward_hashes *ward_hashes_new(unsigned kinds)
{
	struct ward_hashes *h = OPENSSL_zalloc(sizeof(*h));

	for (size_t i = 0; h && i < KINDS; i++) {
		if (!(kinds >> i & 1))
			continue;
		h->ctx[i] = EVP_MD_CTX_new();
		/* Its state is allocated with the first begin: now, and never later. */
		if (h->ctx[i] && EVP_DigestInit_ex(h->ctx[i], kind(i), NULL) == 1)
			continue;
		ward_hashes_free(h);
		return NULL;
	}
	return h;
}

void ward_hashes_free(struct ward_hashes *h)
{
	for (size_t i = 0; h && i < KINDS; i++)
		EVP_MD_CTX_free(h->ctx[i]);
	OPENSSL_free(h);
}

bool ward_hashes_begin(struct ward_hashes *h)
{
	for (size_t i = 0; i < KINDS; i++)
		if (h->ctx[i] && EVP_DigestInit_ex(h->ctx[i], NULL, NULL) != 1)
			return false;
	return true;
}

bool ward_hashes_add(struct ward_hashes *h, struct ward_slice s)
{
	for (size_t i = 0; i < KINDS; i++)
		if (h->ctx[i] && EVP_DigestUpdate(h->ctx[i], s.p, s.len) != 1)
			return false;
	return true;
}

bool ward_hashes_end(struct ward_hashes *h, struct ward_sums *ret)
{
	uint8_t *to[KINDS] = {ret->sha256, ret->sha1, ret->md5};

	for (size_t i = 0; i < KINDS; i++)
		if (h->ctx[i] && EVP_DigestFinal_ex(h->ctx[i], to[i], NULL) != 1)
			return false;
	return true;
}
