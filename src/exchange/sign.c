#include "exchange/sign.h"

#include "base/diag.h"
#include "base/mem.h"

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum {
	P256_HALF = 32,
	RSA_BITS = 2048,
	DIGEST_BYTES = 32,
	PEM_MAX = 1 << 20,
	SIGNATURE_MAX = 2048
};

#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"

struct ward_signer {
	EVP_PKEY *key;
	X509 *cert;
	bool is_ec;
};

/* Nobody is asked for a passphrase. */
static int no_passphrase(char *buf, int size, int writing, void *u)
{
	(void)buf, (void)size, (void)writing, (void)u;
	return -1;
}

/* NULL when it will do. */
static const char *wrong_key(struct ward_signer *s)
{
	char group[32];
	size_t len = 0;

	if (!s->key)
		return WARD_TEXT("holds no private key that can be read\nput the key in, in PEM "
				 "without a passphrase");
	if (!s->cert)
		return WARD_TEXT("holds no certificate\nput the certificate of the key in, in PEM");
	s->is_ec = EVP_PKEY_is_a(s->key, "EC") == 1;
	if (s->is_ec ? EVP_PKEY_get_group_name(s->key, group, sizeof(group), &len) != 1 ||
				strcmp(group, "prime256v1") != 0
		     : EVP_PKEY_is_a(s->key, "RSA") != 1 || EVP_PKEY_get_bits(s->key) < RSA_BITS)
		return WARD_TEXT("holds a key of another kind\ntake an EC key on P-256, or an RSA "
				 "key of 2048 bits at least");
	if (X509_check_private_key(s->cert, s->key) != 1)
		return WARD_TEXT(
			"begins with a certificate of another key\nput the one of this key first");
	return NULL;
}

enum ward_err ward_signer_new(struct ward_slice pem, struct ward_signer **ret, const char **ret_why)
{
	struct ward_signer *s = ward_mem_alloc(ward_mem_heap(), sizeof(*s));
	const void *text = pem.len ? (const void *)pem.p : "";
	BIO *key = pem.len <= PEM_MAX ? BIO_new_mem_buf(text, (int)pem.len) : NULL;
	BIO *cert = key ? BIO_new_mem_buf(text, (int)pem.len) : NULL;
	enum ward_err err = s && cert           ? WARD_OK
			    : pem.len > PEM_MAX ? WARD_ERR_LIMIT
						: WARD_ERR_NOMEM;

	if (!err) {
		s->key = PEM_read_bio_PrivateKey(key, NULL, no_passphrase, NULL);
		s->cert = PEM_read_bio_X509(cert, NULL, no_passphrase, NULL);
		*ret_why = wrong_key(s);
		err = *ret_why ? WARD_ERR_CONFIG : WARD_OK;
	}
	ERR_clear_error(); /* what was not found was said */
	BIO_free(key);
	BIO_free(cert);
	if (!err)
		*ret = ward_steal(s);
	ward_signer_free(s);
	return err;
}

void ward_signer_free(struct ward_signer *s)
{
	if (!s)
		return;
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	ward_mem_free(ward_mem_heap(), s, sizeof(*s));
}

static void base64(struct ward_wr *w, const uint8_t *p, size_t len)
{
	uint8_t *to = ward_wr_room(w, (len + 2) / 3 * 4 + 1); /* and EVP's NUL */

	if (!to)
		return;
	(void)EVP_EncodeBlock(to, p, (int)len);
	w->len--;
}

/* Whole: the name space is declared here, too, so that these bytes are also its canonical form. */
static void signed_info(
	const struct ward_signer *s, const uint8_t digest[DIGEST_BYTES], struct ward_wr *w)
{
	ward_wr_z(w, "<SignedInfo xmlns=\"" DSIG "\"><CanonicalizationMethod "
		     "Algorithm=\"" EXCLUSIVE "\"></CanonicalizationMethod>"
		     "<SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#");
	ward_wr_z(w, s->is_ec ? "ecdsa-sha256" : "rsa-sha256");
	ward_wr_z(w, "\"></SignatureMethod><Reference URI=\"\"><Transforms>"
		     "<Transform Algorithm=\"" DSIG "enveloped-signature\"></Transform>"
		     "<Transform Algorithm=\"" EXCLUSIVE "\"></Transform></Transforms>"
		     "<DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">"
		     "</DigestMethod><DigestValue>");
	base64(w, digest, DIGEST_BYTES);
	ward_wr_z(w, "</DigestValue></Reference></SignedInfo>");
}

/* XMLDSig 1.1, 6.4.3: r and s, each as long as the order, instead of DER. *len: room, then bytes.
 */
static bool flat(const uint8_t *der, size_t der_len, uint8_t *ret, size_t *len)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
	bool good = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, P256_HALF) == P256_HALF &&
		    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + P256_HALF, P256_HALF) == P256_HALF;

	ECDSA_SIG_free(sig);
	*len = 2 * (size_t)P256_HALF;
	return good;
}

static bool signature(const struct ward_signer *s, struct ward_slice of, struct ward_wr *w)
{
	uint8_t raw[SIGNATURE_MAX], out[SIGNATURE_MAX];
	size_t len = sizeof(raw), n = sizeof(out);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, s->key) == 1 &&
		    EVP_DigestSign(ctx, raw, &len, of.p, of.len) == 1;

	EVP_MD_CTX_free(ctx);
	if (good && s->is_ec)
		good = flat(raw, len, out, &n);
	if (good)
		base64(w, s->is_ec ? out : raw, s->is_ec ? n : len);
	return good;
}

static bool certificate(const struct ward_signer *s, struct ward_wr *w)
{
	uint8_t *der = NULL;
	int len = i2d_X509(s->cert, &der);

	if (len > 0)
		base64(w, der, (size_t)len);
	OPENSSL_free(der);
	return len > 0;
}

/* The element Signature, of this document. */
static bool element(const struct ward_signer *s, struct ward_slice doc, struct ward_wr *w)
{
	static const char begin[] = "<Signature xmlns=\"" DSIG "\">";
	uint8_t digest[DIGEST_BYTES];

	if (EVP_Digest(doc.p, doc.len, digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	ward_wr_z(w, begin);
	signed_info(s, digest, w);
	if (ward_wr_bad(w))
		return true; /* the caller sees it */
	const struct ward_slice info = {w->p + sizeof(begin) - 1, w->len - (sizeof(begin) - 1)};
	struct ward_wr value = ward_wr_grow(ward_mem_heap(), 2 * SIGNATURE_MAX);
	bool good = signature(s, info, &value);

	ward_wr_z(w, "<SignatureValue>");
	ward_wr_str(w, ward_wr_text(&value));
	ward_wr_z(w, "</SignatureValue><KeyInfo><X509Data><X509Certificate>");
	good = good && certificate(s, w);
	ward_wr_z(w, "</X509Certificate></X509Data></KeyInfo></Signature>");
	w->bad |= ward_wr_bad(&value);
	ward_wr_fini(&value);
	return good;
}

/* From the root's "<" to its last ">", and where its end tag begins. */
static bool root(struct ward_slice all, struct ward_slice *ret, size_t *ret_end_tag)
{
	struct ward_str text = ward_slice_text(all);
	size_t begin = ward_str_find(text, WARD_STR("?>")), end = text.len;

	if (begin == SIZE_MAX)
		return false;
	while (begin < text.len && text.p[begin] != '<')
		begin++;
	while (end > begin && text.p[end - 1] != '>')
		end--;
	size_t tag = end;

	while (tag > begin && text.p[tag - 1] != '<')
		tag--;
	if (tag <= begin + 1 || text.p[tag] != '/')
		return false;
	*ret = ward_slice_of(all.p + begin, end - begin);
	*ret_end_tag = tag - 1;
	return true;
}

enum ward_err ward_sign(const struct ward_signer *s, struct ward_wr *w)
{
	struct ward_slice doc;
	size_t tag;

	if (ward_wr_bad(w))
		return WARD_ERR_NOMEM;
	if (!root(ward_wr_slice(w), &doc, &tag))
		return WARD_ERR_MALFORMED;
	struct ward_wr made = ward_wr_grow(ward_mem_heap(), PEM_MAX * 2);
	bool good = element(s, doc, &made);
	enum ward_err err = ward_wr_bad(&made) ? WARD_ERR_NOMEM : good ? WARD_OK : WARD_ERR_IO;
	size_t after = w->len - tag;

	if (!err && ward_wr_room(w, made.len)) {
		memmove(w->p + tag + made.len, w->p + tag, after);
		memcpy(w->p + tag, made.p, made.len);
	} else if (!err) {
		err = WARD_ERR_NOMEM;
	}
	ERR_clear_error();
	ward_wr_fini(&made);
	return err;
}
