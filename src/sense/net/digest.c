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

/* The context itself: nothing is to be kept beside it. */
static EVP_MD_CTX *context(struct ward_sha256 *h)
{
	return (EVP_MD_CTX *)(void *)h;
}

struct ward_sha256 *ward_sha256_new(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	/* Its state is allocated with the first begin: now, and never later. */
	if (ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1)
		return (struct ward_sha256 *)(void *)ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

void ward_sha256_free(struct ward_sha256 *h)
{
	EVP_MD_CTX_free(context(h));
}

bool ward_sha256_begin(struct ward_sha256 *h)
{
	return EVP_DigestInit_ex(context(h), NULL, NULL) == 1;
}

bool ward_sha256_add(struct ward_sha256 *h, struct ward_slice s)
{
	return EVP_DigestUpdate(context(h), s.p, s.len) == 1;
}

bool ward_sha256_end(struct ward_sha256 *h, uint8_t ret[WARD_SHA256_BYTES])
{
	return EVP_DigestFinal_ex(context(h), ret, NULL) == 1;
}
