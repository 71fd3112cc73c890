/* Signatures, checked by an own reading of XMLDSig: what remains without the element is what was
 * signed. tests/e2e/exchange.py has them verified by xmlsec1. */
#include "exchange/sign.h"

#include "xml/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static EVP_PKEY *ec, *other, *curve, *rsa, *small;

static int make_keys(void **state)
{
	(void)state;
	ec = EVP_EC_gen("P-256");
	other = EVP_EC_gen("P-256");
	curve = EVP_EC_gen("P-384");
	rsa = EVP_RSA_gen(2048);
	small = EVP_RSA_gen(1024);
	return ec && other && curve && rsa && small ? 0 : -1;
}

static int free_keys(void **state)
{
	(void)state;
	EVP_PKEY *all[] = {ec, other, curve, rsa, small};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		EVP_PKEY_free(all[i]);
	return 0;
}

static X509 *certificate_of(EVP_PKEY *key)
{
	X509 *x = X509_new();

	assert_true(x && X509_set_pubkey(x, key) == 1 &&
		    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
		    X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
		    X509_gmtime_adj(X509_getm_notAfter(x), 3600) &&
		    X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

/* Either may be NULL. */
static BIO *pem_of(EVP_PKEY *key, EVP_PKEY *certified, const char *passphrase)
{
	BIO *b = BIO_new(BIO_s_mem());

	if (certified) {
		X509 *x = certificate_of(certified);

		assert_int_equal(PEM_write_bio_X509(b, x), 1);
		X509_free(x);
	}
	if (key)
		assert_int_equal(
			PEM_write_bio_PKCS8PrivateKey(b, key, passphrase ? EVP_aes_128_cbc() : NULL,
				NULL, 0, NULL, (void *)(uintptr_t)passphrase),
			1);
	return b;
}

static enum ward_err signer_of(BIO *b, struct ward_signer **ret, const char **why)
{
	char *p = NULL;
	long len = BIO_get_mem_data(b, &p);

	return ward_signer_new(ward_slice_of(p, (size_t)len), ret, why);
}

static void document(struct ward_wr *w)
{
	struct ward_xml x = ward_xml_on(w);

	ward_xml_begin(&x, "alert");
	ward_xml_attr_z(&x, "xmlns", "urn:oasis:names:tc:emergency:cap:1.2");
	ward_xml_elem_z(&x, "headline", "a \"b\" </alert> & <?pi?> > \r\n\tz \xC3\xA9");
	ward_xml_elem_z(&x, "web", "");
	ward_xml_end(&x);
}

/* What stands between two texts, the first of each. */
static struct ward_str between(struct ward_str s, const char *from, const char *to)
{
	size_t at = ward_str_find(s, ward_str_z(from));

	assert_true(at != SIZE_MAX);
	s = (struct ward_str){s.p + at + strlen(from), s.len - at - strlen(from)};
	size_t end = ward_str_find(s, ward_str_z(to));

	assert_true(end != SIZE_MAX);
	return (struct ward_str){s.p, end};
}

static size_t unbase64(struct ward_str s, uint8_t ret[1024])
{
	assert_true(s.len % 4 == 0 && s.len && s.len < 1024);
	int n = EVP_DecodeBlock(ret, (const uint8_t *)s.p, (int)s.len);

	assert_true(n > 0);
	return (size_t)n - (s.p[s.len - 1] == '=') - (s.p[s.len - 2] == '=');
}

static void digest_holds(struct ward_str plain, struct ward_str value)
{
	uint8_t is[32], said[1024];
	size_t at = ward_str_find(plain, WARD_STR("<alert"));

	assert_int_equal(unbase64(value, said), 32);
	assert_int_equal(
		EVP_Digest(plain.p + at, plain.len - at - 1, is, NULL, EVP_sha256(), NULL), 1);
	assert_memory_equal(is, said, 32);
}

static void value_holds(EVP_PKEY *key, struct ward_str info, struct ward_str value)
{
	uint8_t raw[1024], *der = NULL;
	size_t len = unbase64(value, raw);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	if (key == ec) {
		ECDSA_SIG *sig = ECDSA_SIG_new();

		assert_int_equal(len, 64);
		assert_int_equal(ECDSA_SIG_set0(sig, BN_bin2bn(raw, 32, NULL),
					 BN_bin2bn(raw + 32, 32, NULL)),
			1);
		int n = i2d_ECDSA_SIG(sig, &der);

		assert_true(n > 0);
		len = (size_t)n;
		ECDSA_SIG_free(sig);
	}
	assert_int_equal(
		EVP_DigestVerify(ctx, der ? der : raw, len, (const uint8_t *)info.p, info.len), 1);
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
}

static void signs_with(EVP_PKEY *key)
{
	struct ward_wr plain = ward_wr_grow(ward_mem_heap(), 1 << 16), w = plain;
	struct ward_signer *s = NULL;
	const char *why = NULL;
	BIO *pem = pem_of(key, key, NULL);

	document(&plain);
	document(&w);
	assert_int_equal(signer_of(pem, &s, &why), WARD_OK);
	assert_int_equal(ward_sign(s, &w), WARD_OK);
	struct ward_str all = ward_wr_text(&w), before = ward_wr_text(&plain);
	struct ward_str sig = between(all, "<Signature ", "</Signature>");
	size_t at = (size_t)(sig.p - all.p) - strlen("<Signature ");
	size_t after = (size_t)(sig.p - all.p) + sig.len + strlen("</Signature>");

	assert_int_equal(before.len, at + all.len - after);
	assert_memory_equal(before.p, all.p, at);
	assert_memory_equal(before.p + at, all.p + after, all.len - after);
	assert_true(ward_str_eqz((struct ward_str){all.p + after, all.len - after}, "</alert>\n"));
	digest_holds(before, between(sig, "<DigestValue>", "</DigestValue>"));
	struct ward_str info = between(sig, "<SignedInfo", "</SignedInfo>");

	info = (struct ward_str){info.p - strlen("<SignedInfo"),
		info.len + strlen("<SignedInfo") + strlen("</SignedInfo>")};
	value_holds(key, info, between(sig, "<SignatureValue>", "</SignatureValue>"));
	ward_signer_free(s);
	BIO_free(pem);
	ward_wr_fini(&w);
	ward_wr_fini(&plain);
}

static void signs(void **state)
{
	(void)state;
	signs_with(ec);
	signs_with(rsa);
}

static void refused(EVP_PKEY *key, EVP_PKEY *certified, const char *passphrase, const char *says)
{
	struct ward_signer *s = NULL;
	const char *why = NULL;
	BIO *pem = pem_of(key, certified, passphrase);

	assert_int_equal(signer_of(pem, &s, &why), WARD_ERR_CONFIG);
	assert_null(s);
	assert_true(ward_str_find(ward_str_z(why), ward_str_z(says)) != SIZE_MAX);
	BIO_free(pem);
}

static void refuses(void **state)
{
	(void)state;
	refused(NULL, NULL, NULL, "no private key");
	refused(NULL, ec, NULL, "no private key");
	refused(ec, ec, "secret", "without a passphrase");
	refused(ec, NULL, NULL, "no certificate");
	refused(ec, other, NULL, "of another key");
	refused(curve, curve, NULL, "P-256");
	refused(small, small, NULL, "2048 bits");
}

/* No root; no room: then nothing is half there that the caller could not see. */
static void no_document(void **state)
{
	(void)state;
	static const char *const none[] = {"", "alert", "<alert></alert>", "<?xml?>", "<?xml?>\n<",
		"<?xml?><a>", "<?xml?></a>", "<?xml?>\n>"};
	struct ward_signer *s = NULL;
	const char *why = NULL;
	BIO *pem = pem_of(ec, ec, NULL);
	uint8_t room[512];

	assert_int_equal(signer_of(pem, &s, &why), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);

		ward_wr_z(&w, none[i]);
		assert_int_equal(ward_sign(s, &w), WARD_ERR_MALFORMED);
		assert_true(ward_str_eqz(ward_wr_text(&w), none[i]));
		ward_wr_fini(&w);
	}
	struct ward_wr w = ward_wr_fixed(room, sizeof(room));

	document(&w);
	assert_int_equal(ward_sign(s, &w), WARD_ERR_NOMEM);
	assert_true(ward_wr_bad(&w));
	assert_int_equal(ward_sign(s, &w), WARD_ERR_NOMEM);
	ward_signer_free(s);
	BIO_free(pem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs),
		cmocka_unit_test(refuses),
		cmocka_unit_test(no_document),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
