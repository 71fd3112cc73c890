/* The only file that gives outside bytes to libcrypto's X.509 parser. */
#include "sense/net/digest.h"
#include "sense/net/text.h"
#include "sense/net/proto/tls/tls.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

enum {
	SERIAL_MAX = 64, /* bytes; RFC 5280 4.1.2.2 says 20 */
	SAN_MAX = 255,
	/* RFC 2253 escapes what is not printable ASCII, too. */
	NAME_FLAGS = XN_FLAG_RFC2253,
};

static void x509_freep(X509 **x)
{
	X509_free(*x);
}

static void bio_freep(BIO **b)
{
	(void)BIO_free(*b);
}

static void sans_freep(GENERAL_NAMES **g)
{
	GENERAL_NAMES_free(*g);
}

/* What was written since `from`. */
static struct ward_str since(const struct ward_wr *w, size_t from)
{
	return (struct ward_str){(const char *)w->p + from, w->len - from};
}

static bool put_name(struct ward_wr *w, const X509_NAME *name, struct ward_str *ret)
{
	WARD_AUTO(bio_freep) BIO *b = BIO_new(BIO_s_mem());
	char *p = NULL;
	size_t from = w->len;

	if (!b || X509_NAME_print_ex(b, name, 0, NAME_FLAGS) < 0)
		return false;
	long len = BIO_get_mem_data(b, &p);

	if (len > 0)
		ward_text_ascii(w, ward_slice_of(p, (size_t)len), WARD_TLS_CERT_TEXT);
	*ret = since(w, from);
	return true;
}

static void put_serial(struct ward_wr *w, const X509 *x, struct ward_str *ret)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	int len = serial ? ASN1_STRING_length(serial) : 0;
	size_t from = w->len;

	if (len <= 0)
		return;
	ward_wr_hex(w, ward_slice_of(ASN1_STRING_get0_data(serial),
			       len < SERIAL_MAX ? (size_t)len : SERIAL_MAX));
	*ret = since(w, from);
}

static bool put_sha256(struct ward_wr *w, struct ward_slice der, struct ward_str *ret)
{
	uint8_t sum[WARD_SHA256_BYTES];
	size_t from = w->len;

	if (!ward_digest_sha256(der, sum))
		return false;
	ward_wr_hex(w, ward_slice_of(sum, sizeof(sum)));
	*ret = since(w, from);
	return true;
}

/* A year that does not fit (9999 is common) is as good as never. */
static bool read_time(const ASN1_TIME *t, ward_ns *ret)
{
	struct tm tm = {0};
	enum ward_err err;

	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	err = ward_time_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		(tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec, 0, ret);
	if (err != WARD_OK)
		*ret = tm.tm_year > 200 ? WARD_NS_NEVER : 0;
	return true;
}

static struct ward_slice content(const ASN1_STRING *s)
{
	int len = s ? ASN1_STRING_length(s) : 0;

	return ward_slice_of(len > 0 ? ASN1_STRING_get0_data(s) : NULL, len > 0 ? (size_t)len : 0);
}

/* RFC 5280 4.2.1.6: names, addresses and mail boxes; other kinds are counted only. */
static bool put_san(struct ward_wr *w, const GENERAL_NAME *g)
{
	struct ward_slice s;

	switch (g->type) {
	case GEN_DNS:
		s = content(g->d.dNSName);
		break;
	case GEN_EMAIL:
		s = content(g->d.rfc822Name);
		break;
	case GEN_URI:
		s = content(g->d.uniformResourceIdentifier);
		break;
	case GEN_IPADD:
		s = content(g->d.iPAddress);
		for (size_t i = 0; s.len == 4 && i < 4; i++) {
			if (i)
				ward_wr_ch(w, '.');
			ward_wr_u64(w, s.p[i]);
		}
		for (size_t i = 0; s.len == 16 && i < 16; i += 2) {
			if (i)
				ward_wr_ch(w, ':');
			ward_wr_hex(w, ward_slice_of(s.p + i, 2));
		}
		return s.len == 4 || s.len == 16;
	default:
		return false;
	}
	ward_text_ascii(w, s, SAN_MAX);
	return s.len > 0;
}

static void put_sans(struct ward_wr *w, const X509 *x, struct ward_tls_cert *c)
{
	WARD_AUTO(sans_freep)
	GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; all && i < sk_GENERAL_NAME_num(all); i++) {
		size_t from = w->len;

		c->n_san_seen++;
		if (c->n_san < WARD_TLS_SANS && put_san(w, sk_GENERAL_NAME_value(all, i)))
			c->san[c->n_san++] = since(w, from);
	}
}

bool ward_tls_cert_read(struct ward_slice der, struct ward_wr *text, struct ward_tls_cert *c)
{
	const uint8_t *p = der.p;

	memset(c, 0, sizeof(*c));
	if (!der.len || der.len > WARD_TLS_CERT_DER)
		return false;
	WARD_AUTO(x509_freep) X509 *x = d2i_X509(NULL, &p, (long)der.len);

	if (!x || !put_name(text, X509_get_subject_name(x), &c->subject) ||
		!put_name(text, X509_get_issuer_name(x), &c->issuer) ||
		!put_sha256(text, der, &c->sha256))
		return false;
	put_serial(text, x, &c->serial);
	c->has_times = read_time(X509_get0_notBefore(x), &c->not_before) &&
		       read_time(X509_get0_notAfter(x), &c->not_after);
	c->self_signed = X509_self_signed(x, 0) == 1;
	put_sans(text, x, c);
	return !ward_wr_bad(text);
}

const struct ward_tls_cert *ward_tls_cert_find(struct ward_tls_certs *known, struct ward_slice der)
{
	uint8_t sum[WARD_SHA256_BYTES];

	if (!ward_digest_sha256(der, sum))
		return NULL;
	size_t i = sum[0] % WARD_TLS_CERTS;

	if (memcmp(known->slot[i].sha256, sum, sizeof(sum)) != 0) {
		struct ward_wr text =
			ward_wr_fixed(known->slot[i].text, sizeof(known->slot[i].text));

		memset(known->slot[i].sha256, 0, sizeof(sum));
		if (!ward_tls_cert_read(der, &text, &known->slot[i].cert))
			return NULL; /* not remembered: it may be for want of memory */
		memcpy(known->slot[i].sha256, sum, sizeof(sum));
	}
	return &known->slot[i].cert;
}
