#include "run/authority.h"

#include "base/wr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define AUTHORITY_FILE "authority.pem"

enum {
	DAY = 24 * 3600,
	AUTHORITY_DAYS = 3652,
	SERVER_DAYS = 396, /* browsers take no more than 398 */
	RENEW_DAYS = 30,
	CN_MAX = 64, /* X.520, ub-common-name */
	PATH_BYTES = 4096,
	LIST_BYTES = 32 << 10,
	VOUCHER_BYTES = 16 << 10,
	NAME_BYTES = WARD_AUTHORITY_NAME_MAX + 1,
};

struct pair {
	EVP_PKEY *key;
	X509 *cert;
};

struct maker {
	const struct ward_authority_in *in;
	struct pair authority, server;
	bool made;
	char *why;
};

static void pair_fini(struct pair *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->cert);
	*p = (struct pair){NULL, NULL};
}

static enum ward_err because(struct maker *m, enum ward_err err, const char *what, const char *mend)
{
	(void)snprintf(m->why, WARD_AUTHORITY_WHY, "%s in '%s'%s%s", what, m->in->folder,
		mend ? ": " : "", mend ? mend : "");
	ERR_clear_error();
	return err;
}

static bool path_of(const struct maker *m, const char *name, char ret[PATH_BYTES])
{
	int n = snprintf(ret, PATH_BYTES, "%s/%s", m->in->folder, name);

	return n > 0 && n < PATH_BYTES;
}

/* ---- names ---- */

static bool is_address(struct ward_str name)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (!name.len || name.len >= sizeof(text))
		return false;
	memcpy(text, name.p, name.len);
	text[name.len] = 0;
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

bool ward_authority_name(struct ward_str name)
{
	struct ward_str rest = name;

	if (is_address(name))
		return true;
	if (!name.len || name.len > WARD_AUTHORITY_NAME_MAX)
		return false;
	while (rest.p) { /* RFC 1123 2.1 */
		struct ward_str label = ward_str_cut(&rest, '.');

		if (!label.len || label.len > 63 || label.p[0] == '-' ||
			label.p[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++) {
			char c = label.p[i];

			if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				    (c >= '0' && c <= '9') || c == '-'))
				return false;
		}
	}
	return true;
}

static void put_name(struct ward_wr *w, const char *before, struct ward_str name)
{
	ward_wr_z(w, before);
	ward_wr_z(w, is_address(name) ? "IP:" : "DNS:");
	ward_wr_str(w, name);
}

/* What X509V3_EXT_conf_nid reads; NULL: no room. */
static const char *list_names(const struct ward_authority_in *in, char ret[LIST_BYTES])
{
	struct ward_wr w = ward_wr_fixed(ret, LIST_BYTES);

	for (size_t i = 0; i < in->n_name; i++)
		put_name(&w, i ? "," : "", in->name[i]);
	ward_wr_u8(&w, 0);
	return ward_wr_bad(&w) ? NULL : ret;
}

static const char *list_permitted(const struct ward_authority_in *in, char ret[LIST_BYTES])
{
	static const char usual[] =
		"critical"
		",permitted;DNS:local,permitted;DNS:internal,permitted;DNS:lan"
		",permitted;DNS:home.arpa,permitted;DNS:localhost"
		",permitted;IP:127.0.0.0/255.0.0.0,permitted;IP:10.0.0.0/255.0.0.0"
		",permitted;IP:172.16.0.0/255.240.0.0,permitted;IP:192.168.0.0/255.255.0.0"
		",permitted;IP:169.254.0.0/255.255.0.0"
		",permitted;IP:::1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF"
		",permitted;IP:FC00::/FE00::,permitted;IP:FE80::/FFC0::";
	struct ward_wr w = ward_wr_fixed(ret, LIST_BYTES);

	ward_wr_z(&w, usual);
	for (size_t i = 0; i < in->n_name; i++) {
		put_name(&w, ",permitted;", in->name[i]);
		if (is_address(in->name[i]))
			ward_wr_z(&w, memchr(in->name[i].p, ':', in->name[i].len)
					      ? "/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF"
					      : "/255.255.255.255");
	}
	ward_wr_u8(&w, 0);
	return ward_wr_bad(&w) ? NULL : ret;
}

/* ---- certificates ---- */

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&ctx);
	X509_EXTENSION *e = value ? X509V3_EXT_conf_nid(NULL, &ctx, nid, value) : NULL;
	bool ok = e && X509_add_ext(cert, e, -1) == 1;

	X509_EXTENSION_free(e);
	return ok;
}

/* As much of a text as the field may hold, cut between characters. */
static bool add_text(X509_NAME *n, int nid, const char *before, struct ward_str text)
{
	char line[CN_MAX + 1];
	struct ward_wr w = ward_wr_fixed(line, CN_MAX);

	ward_wr_z(&w, before);
	for (size_t i = 0, k; i < text.len && !ward_wr_bad(&w); i += k) {
		k = ward_utf8_len((const uint8_t *)text.p + i, text.len - i);
		if (!k)
			break;
		ward_wr_bytes(&w, text.p + i, k);
	}
	line[w.len] = 0;
	return w.len == 0 || X509_NAME_add_entry_by_NID(n, nid, MBSTRING_UTF8,
				     (const unsigned char *)line, (int)w.len, -1, 0) == 1;
}

static bool set_serial(X509 *cert)
{
	uint8_t bytes[16];
	BIGNUM *n = RAND_bytes(bytes, sizeof(bytes)) == 1 ? BN_new() : NULL;

	bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40); /* positive, and of full length */
	bool ok = n && BN_bin2bn(bytes, sizeof(bytes), n) &&
		  BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));

	BN_free(n);
	return ok;
}

static bool set_times(X509 *cert, ward_ns now, int days)
{
	time_t at = (time_t)(now / WARD_NS_PER_S);

	/* an hour of grace for clocks that are behind ours */
	return ASN1_TIME_set(X509_getm_notBefore(cert), at - 3600) &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), at + (time_t)days * DAY - 3600);
}

static bool make_authority(struct maker *m)
{
	char list[LIST_BYTES];
	struct pair *p = &m->authority;

	p->key = EVP_EC_gen("P-256");
	p->cert = X509_new();
	if (!p->key || !p->cert)
		return false;
	X509_NAME *n = X509_get_subject_name(p->cert);

	return X509_set_version(p->cert, X509_VERSION_3) == 1 && set_serial(p->cert) &&
	       set_times(p->cert, m->in->now, AUTHORITY_DAYS) &&
	       add_text(n, NID_organizationName, "", m->in->hospital) &&
	       add_text(n, NID_commonName, "Ward ", m->in->hospital) &&
	       X509_set_issuer_name(p->cert, n) == 1 && X509_set_pubkey(p->cert, p->key) == 1 &&
	       add_extension(
		       p->cert, p->cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	       add_extension(p->cert, p->cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	       add_extension(p->cert, p->cert, NID_subject_key_identifier, "hash") &&
	       add_extension(p->cert, p->cert, NID_name_constraints, list_permitted(m->in, list)) &&
	       X509_sign(p->cert, p->key, EVP_sha256()) > 0;
}

static bool make_server(struct maker *m)
{
	char list[LIST_BYTES];
	struct pair *p = &m->server;
	X509 *by = m->authority.cert;

	p->key = EVP_EC_gen("P-256");
	p->cert = X509_new();
	if (!p->key || !p->cert)
		return false;
	return X509_set_version(p->cert, X509_VERSION_3) == 1 && set_serial(p->cert) &&
	       set_times(p->cert, m->in->now, SERVER_DAYS) &&
	       add_text(X509_get_subject_name(p->cert), NID_commonName, "Ward console",
		       WARD_STR("")) &&
	       X509_set_issuer_name(p->cert, X509_get_subject_name(by)) == 1 &&
	       X509_set_pubkey(p->cert, p->key) == 1 &&
	       add_extension(p->cert, by, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(p->cert, by, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(p->cert, by, NID_ext_key_usage, "serverAuth") &&
	       add_extension(p->cert, by, NID_subject_key_identifier, "hash") &&
	       add_extension(p->cert, by, NID_authority_key_identifier, "keyid:always") &&
	       add_extension(p->cert, by, NID_subject_alt_name, list_names(m->in, list)) &&
	       X509_sign(p->cert, m->authority.key, EVP_sha256()) > 0;
}

/* A certificate of whoever asks with that key. */
static X509 *make_client(const struct pair *authority, EVP_PKEY *key, const char *what,
	struct ward_str id, ward_ns now, int days)
{
	X509 *by = authority->cert, *cert = X509_new();

	if (cert && X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
		set_times(cert, now, days) &&
		add_text(X509_get_subject_name(cert), NID_commonName, what, id) &&
		X509_set_issuer_name(cert, X509_get_subject_name(by)) == 1 &&
		X509_set_pubkey(cert, key) == 1 &&
		add_extension(cert, by, NID_basic_constraints, "critical,CA:FALSE") &&
		add_extension(cert, by, NID_key_usage, "critical,digitalSignature") &&
		add_extension(cert, by, NID_ext_key_usage, "clientAuth") &&
		add_extension(cert, by, NID_subject_key_identifier, "hash") &&
		add_extension(cert, by, NID_authority_key_identifier, "keyid:always") &&
		X509_sign(cert, authority->key, EVP_sha256()) > 0)
		return cert;
	X509_free(cert);
	return NULL;
}

static bool make_machine(struct maker *m, struct ward_str id)
{
	struct pair *p = &m->server;

	p->key = EVP_EC_gen("P-256");
	p->cert = p->key ? make_client(&m->authority, p->key, "Ward machine ", id, m->in->now,
				   SERVER_DAYS)
			 : NULL;
	return p->cert != NULL;
}

/* ---- files ---- */

/* Key (where it has one) and certificate, whole or not at all. */
static enum ward_err keep(struct maker *m, const char *name, const struct pair *p, bool key)
{
	char path[PATH_BYTES], beside[PATH_BYTES + 8];

	if (!path_of(m, name, path))
		return because(m, WARD_ERR_LIMIT, "the path is too long", NULL);
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	(void)unlink(beside);
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool ok = f && (!key || PEM_write_PrivateKey(f, p->key, NULL, NULL, 0, NULL, NULL) == 1) &&
		  PEM_write_X509(f, p->cert) == 1 && fflush(f) == 0 && fsync(fd) == 0;

	if (f)
		ok = fclose(f) == 0 && ok;
	else if (fd >= 0)
		(void)close(fd);
	if (ok && rename(beside, path) == 0)
		return WARD_OK;
	return because(m, WARD_ERR_IO, "a certificate can't be written", strerror(errno));
}

/* NOT_FOUND; CONFIG: it is none, or others may read it. */
static enum ward_err fetch(const struct maker *m, const char *name, struct pair *ret)
{
	char path[PATH_BYTES];
	struct stat st;

	if (!path_of(m, name, path))
		return WARD_ERR_CONFIG;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_CONFIG;
	bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077);
	FILE *f = ours ? fdopen(fd, "r") : NULL;

	if (!f) {
		(void)close(fd);
		return WARD_ERR_CONFIG;
	}
	(void)setvbuf(f, NULL, _IONBF, 0); /* no copy of the key stays */
	ret->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	ret->cert = ret->key ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	(void)fclose(f); /* it was only read */
	if (ret->cert && X509_check_private_key(ret->cert, ret->key) == 1)
		return WARD_OK;
	pair_fini(ret);
	return WARD_ERR_CONFIG;
}

/* ---- whether they fit ---- */

static bool lasts(X509 *cert, ward_ns now, int days)
{
	time_t at = (time_t)(now / WARD_NS_PER_S), later = at + (time_t)days * DAY;

	return X509_cmp_time(X509_get0_notBefore(cert), &at) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(cert), &later) > 0;
}

static bool names(X509 *cert, const struct ward_authority_in *in)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	int n = sk_GENERAL_NAME_num(all);
	bool ok = all && n >= 0 && (size_t)n == in->n_name;
	char text[NAME_BYTES];

	for (size_t i = 0; ok && i < in->n_name; i++) {
		memcpy(text, in->name[i].p, in->name[i].len);
		text[in->name[i].len] = 0;
		ok = is_address(in->name[i])
			     ? X509_check_ip_asc(cert, text, 0) == 1
			     : X509_check_host(cert, text, in->name[i].len,
				       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
	}
	GENERAL_NAMES_free(all);
	return ok;
}

/* As a browser would that has the authority installed: also its constraints. */
static bool vouched(struct maker *m)
{
	X509_STORE *s = X509_STORE_new();
	X509_STORE_CTX *c = X509_STORE_CTX_new();
	bool ok = s && c && X509_STORE_add_cert(s, m->authority.cert) == 1 &&
		  X509_STORE_CTX_init(c, s, m->server.cert, NULL) == 1;

	if (ok) {
		X509_STORE_CTX_set_time(c, 0, (time_t)(m->in->now / WARD_NS_PER_S));
		ok = X509_STORE_CTX_set_purpose(c, X509_PURPOSE_SSL_SERVER) == 1 &&
		     X509_verify_cert(c) == 1;
	}
	X509_STORE_CTX_free(c);
	X509_STORE_free(s);
	return ok;
}

static enum ward_err ready_authority(struct maker *m)
{
	static const char file[] = AUTHORITY_FILE;
	static const char mend[] = "remove authority.pem there, so that another is made, and "
				   "install its ca.pem anew";
	enum ward_err err = fetch(m, file, &m->authority);

	if (err == WARD_ERR_CONFIG)
		return because(m, err,
			"'authority.pem' is no key with its certificate, or others "
			"may read it",
			mend);
	if (!err && !lasts(m->authority.cert, m->in->now, 0))
		return because(m, WARD_ERR_CONFIG,
			"the certificate authority is over, or not yet "
			"valid by this clock",
			mend);
	if (!err && lasts(m->authority.cert, m->in->now, RENEW_DAYS))
		return keep(m, WARD_AUTHORITY_CA, &m->authority, false);
	pair_fini(&m->authority);
	if (!make_authority(m))
		return because(m, WARD_ERR_NOMEM, "no certificate authority can be made", NULL);
	m->made = true;
	err = keep(m, file, &m->authority, true);
	return err ? err : keep(m, WARD_AUTHORITY_CA, &m->authority, false);
}

static enum ward_err ready_server(struct maker *m)
{
	enum ward_err err = fetch(m, WARD_AUTHORITY_SERVER, &m->server);

	if (!err && lasts(m->server.cert, m->in->now, RENEW_DAYS) && names(m->server.cert, m->in) &&
		vouched(m))
		return WARD_OK;
	ERR_clear_error();
	pair_fini(&m->server);
	if (!make_server(m))
		return because(m, WARD_ERR_NOMEM, "no certificate can be made", NULL);
	if (!vouched(m))
		return because(m, WARD_ERR_CONFIG,
			"the certificate authority may not vouch for one of the console's names",
			"remove authority.pem there, so that another is made, and install its "
			"ca.pem anew");
	return keep(m, WARD_AUTHORITY_SERVER, &m->server, true);
}

enum ward_err ward_authority_ready(
	const struct ward_authority_in *in, bool *ret_made, char *ret_why)
{
	struct maker m = {.in = in, .why = ret_why};

	for (size_t i = 0; i < in->n_name; i++)
		if (!ward_authority_name(in->name[i]) || in->n_name > WARD_AUTHORITY_NAMES)
			return because(&m, WARD_ERR_CONFIG,
				"a name of the console is no host's name and no address, or they "
				"are too many",
				NULL);
	enum ward_err err = ready_authority(&m);

	if (!err)
		err = ready_server(&m);
	if (!err)
		*ret_made = m.made;
	pair_fini(&m.authority);
	pair_fini(&m.server);
	return err;
}

/* Nothing that is there is written over: its key may be in use. */
static bool keep_machine(const struct pair *p, const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool ok = f && PEM_write_PrivateKey(f, p->key, NULL, NULL, 0, NULL, NULL) == 1 &&
		  PEM_write_X509(f, p->cert) == 1 && fflush(f) == 0 && fsync(fd) == 0;

	if (f)
		ok = fclose(f) == 0 && ok;
	else if (fd >= 0)
		(void)close(fd);
	return ok;
}

enum ward_err ward_authority_machine(const struct ward_authority_in *in, struct ward_str id,
	const char *file, uint8_t ret_print[32], char *ret_why)
{
	struct maker m = {.in = in, .why = ret_why};
	unsigned n = 0;
	enum ward_err err = fetch(&m, AUTHORITY_FILE, &m.authority);

	if (err)
		err = because(&m, WARD_ERR_CONFIG, "there is no certificate authority",
			"start 'ward run' with its console first, which makes one, and be root or "
			"who runs it");
	else if (!make_machine(&m, id) ||
		 X509_digest(m.server.cert, EVP_sha256(), ret_print, &n) != 1)
		err = because(&m, WARD_ERR_NOMEM, "no certificate can be made", NULL);
	else if (!keep_machine(&m.server, file)) {
		(void)snprintf(ret_why, WARD_AUTHORITY_WHY, "'%s' can't be made: %s", file,
			strerror(errno));
		err = WARD_ERR_IO;
	}
	pair_fini(&m.authority);
	pair_fini(&m.server);
	return err;
}

enum ward_err ward_authority_print(const char *file, uint8_t ret_print[32])
{
	FILE *f = fopen(file, "re");
	X509 *cert = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	unsigned n = 0;
	bool ok = cert && X509_digest(cert, EVP_sha256(), ret_print, &n) == 1;

	X509_free(cert);
	if (f)
		(void)fclose(f); /* it was only read */
	ERR_clear_error();
	return ok ? WARD_OK : WARD_ERR_CONFIG;
}

enum ward_err ward_authority_hand(const char *folder, int *ret_fd)
{
	char why[WARD_AUTHORITY_WHY], path[PATH_BYTES];
	const struct ward_authority_in in = {.folder = folder};
	const struct maker m = {.in = &in, .why = why};
	int fd = path_of(&m, AUTHORITY_FILE, path) ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
						   : -1;

	if (fd < 0)
		return WARD_ERR_IO;
	*ret_fd = fd;
	return WARD_OK;
}

/* ---- for who has its key, and nothing else of it ---- */

struct ward_voucher {
	struct pair authority;
};

enum ward_err ward_voucher_new(int fd, struct ward_voucher **ret)
{
	struct ward_voucher *v = calloc(1, sizeof(*v));
	char text[VOUCHER_BYTES];
	/* who was started before has read it, too: not where that one stopped */
	ssize_t n = pread(fd, text, sizeof(text), 0);
	BIO *b = n > 0 ? BIO_new_mem_buf(text, (int)n) : NULL;

	if (v && b) {
		v->authority.key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
		v->authority.cert = PEM_read_bio_X509(b, NULL, NULL, NULL);
	}
	(void)BIO_free(b);
	ward_wipe(text, sizeof(text));
	ERR_clear_error();
	if (v && v->authority.key && v->authority.cert) {
		*ret = v;
		return WARD_OK;
	}
	ward_voucher_free(v);
	return v ? WARD_ERR_CONFIG : WARD_ERR_NOMEM;
}

void ward_voucher_free(struct ward_voucher *v)
{
	if (v)
		pair_fini(&v->authority);
	free(v);
}

static EVP_PKEY *key_of(const uint8_t *point, size_t len)
{
	EVP_PKEY *ret = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	char group[] = "P-256";
	OSSL_PARAM p[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, len),
		OSSL_PARAM_construct_end()};

	/* a point that is not on the curve is refused */
	if (c && EVP_PKEY_fromdata_init(c) == 1)
		(void)EVP_PKEY_fromdata(c, &ret, EVP_PKEY_PUBLIC_KEY, p);
	EVP_PKEY_CTX_free(c);
	ERR_clear_error();
	return ret;
}

static bool put_pem(X509 *cert, struct ward_wr *w)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *p = NULL;
	bool ok = b && PEM_write_bio_X509(b, cert) == 1;
	long n = ok ? BIO_get_mem_data(b, &p) : 0;

	if (n > 0)
		ward_wr_bytes(w, p, (size_t)n);
	(void)BIO_free(b);
	return n > 0;
}

enum ward_err ward_vouch(const struct ward_voucher *v, const struct ward_vouch_in *in,
	struct ward_wr *ret_pem, uint8_t ret_print[32])
{
	EVP_PKEY *key = key_of(in->key, sizeof(in->key));
	X509 *cert =
		key ? make_client(&v->authority, key, "Ward sensor ", in->id, in->now, in->days)
		    : NULL;
	unsigned n = 0;
	bool ok = cert && X509_digest(cert, EVP_sha256(), ret_print, &n) == 1 &&
		  put_pem(cert, ret_pem);
	enum ward_err err = ok ? WARD_OK : key ? WARD_ERR_NOMEM : WARD_ERR_MALFORMED;

	EVP_PKEY_free(key);
	X509_free(cert);
	ERR_clear_error();
	return err;
}

enum ward_err ward_voucher_ca(const struct ward_voucher *v, struct ward_wr *ret_pem)
{
	return put_pem(v->authority.cert, ret_pem) ? WARD_OK : WARD_ERR_NOMEM;
}
