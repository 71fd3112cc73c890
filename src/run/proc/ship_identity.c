#include "run/proc/ship_identity.h"

#include "base/fd.h"
#include "base/json.h"
#include "run/proc/api_body.h"
#include "run/proc/camera_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, BODY_BYTES = 512, TEXT_BYTES = 64 << 10, CODE_BYTES = 256 };

static const ward_ns hour = 3600 * WARD_NS_PER_S;

static enum ward_err because(struct ship_identity *x, enum ward_err err, const char *why)
{
	(void)snprintf(x->why, sizeof(x->why), "%s", why);
	ERR_clear_error();
	return err;
}

static bool path_of(const struct ship_identity *x, const char *name, char ret[PATH_BYTES])
{
	int n = snprintf(ret, PATH_BYTES, "%s/%s", x->dir, name);

	return n > 0 && n < PATH_BYTES;
}

/* What was said of whom to trust afterwards, which the cage would not let us read. */
static void read_ca(struct ship_identity *x)
{
	const char *path = ward_process_setting(x->p, "certificate");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	uint8_t *to = ward_wr_room(&x->ca, TEXT_BYTES);
	ssize_t n = fd >= 0 && to ? read(fd, to, TEXT_BYTES) : -1;

	if (fd >= 0)
		(void)close(fd);
	if (path && (n <= 0 || n == TEXT_BYTES))
		ward_process_die(x->p, "the file of whom to trust can't be read", WARD_ERR_CONFIG);
	x->ca.len = n > 0 ? (size_t)n : 0;
}

void ship_identity_open(struct ship_identity *x, struct ward_process *p, struct ship_link *link)
{
	char text[CODE_BYTES];

	*x = (struct ship_identity){
		.p = p, .link = link, .ca = ward_wr_grow(ward_mem_heap(), TEXT_BYTES)};
	ward_process_secret(p, "code", text, sizeof(text));
	x->by_code = text[0] != 0;
	if (x->by_code && !ward_ship_code_read(ward_str_z(text), &x->code))
		ward_process_die(
			p, "the code is none, or a letter of it is wrong", WARD_ERR_CONFIG);
	if (x->by_code && link->client)
		camera_tls_client_pin(link->client, x->code.print, sizeof(x->code.print));
	ward_wipe(text, sizeof(text));
	if (x->by_code)
		read_ca(x);
}

/* ---- what is here ---- */

static bool time_of(const ASN1_TIME *t, ward_ns *ret)
{
	struct tm tm;
	time_t at = ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : -1;

	*ret = (ward_ns)at * WARD_NS_PER_S;
	return at >= 0 && at < INT64_MAX / WARD_NS_PER_S;
}

static enum ward_err note(struct ship_identity *x, X509 *cert)
{
	ward_ns from, until;

	if (!time_of(X509_get0_notBefore(cert), &from) ||
		!time_of(X509_get0_notAfter(cert), &until) || until <= from)
		return because(x, WARD_ERR_CONFIG, "the certificate's times are none");
	x->from = from;
	x->until = until;
	return WARD_OK;
}

enum ward_err ship_identity_load(struct ship_identity *x, const char *dir)
{
	char path[PATH_BYTES];

	x->dir = dir;
	if (!path_of(x, SHIP_IDENTITY_FILE, path))
		return because(x, WARD_ERR_CONFIG, "the spool's path is too long");
	FILE *f = x->by_code ? NULL : fopen(path, "re"); /* by a code it is somebody new */

	if (!f)
		return WARD_OK;
	X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
	enum ward_err err = cert ? note(x, cert)
				 : because(x, WARD_ERR_CONFIG, "sensor.pem holds no certificate");

	X509_free(cert);
	(void)fclose(f); /* it was only read */
	if (!err && ship_link_show(x->link, path) != WARD_OK)
		err = because(x, WARD_ERR_CONFIG, x->link->why);
	return err;
}

void ship_identity_close(struct ship_identity *x)
{
	EVP_PKEY_free(x->key);
	ward_wr_fini(&x->ca);
	ward_wipe(x, sizeof(*x));
}

/* ---- another one ---- */

bool ship_identity_due(const struct ship_identity *x)
{
	return x->until && ward_clock_mono(x->p->clock) >= x->not_before &&
	       ward_clock_now(x->p->clock) >= x->until - (x->until - x->from) / 3;
}

void ship_identity_again(struct ship_identity *x)
{
	x->not_before = ward_clock_mono(x->p->clock) + hour;
}

static void hex(struct ward_json *j, const char *key, const uint8_t *p, size_t len)
{
	char text[2 * WARD_SHIP_KEY];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, ward_slice_of(p, len));
	ward_json_put_str(j, key, ward_wr_text(&w));
}

void ship_identity_ask(struct ship_identity *x)
{
	uint8_t point[WARD_SHIP_KEY], proof[WARD_SHIP_PROOF];
	char body[BODY_BYTES];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_json j = ward_json_on(&w);
	size_t n = 0;

	EVP_PKEY_free(x->key);
	x->key = EVP_EC_gen("P-256");
	if (!x->key ||
		EVP_PKEY_get_octet_string_param(
			x->key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n) != 1 ||
		n != sizeof(point))
		ward_process_die(x->p, "no key can be made", WARD_ERR_NOMEM);
	ward_json_obj(&j);
	hex(&j, "key", point, sizeof(point));
	if (x->by_code) {
		ward_ship_code_prove(&x->code, point, proof);
		hex(&j, "proof", proof, sizeof(proof));
	}
	ward_json_obj_end(&j);
	WARD_ASSERT(!ward_wr_bad(&w));
	ship_link_post(x->link, &(struct ship_post){"/api/v1/sensor/certificate",
					"application/json", ward_wr_text(&w)});
}

/* ---- what was answered ---- */

/* In place of what was there, whole or not at all. */
static bool put_file(const struct ship_identity *x, const char *name, struct ward_slice bytes)
{
	char path[PATH_BYTES], beside[PATH_BYTES + 8];

	if (!path_of(x, name, path))
		return false;
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, bytes) && fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok && rename(beside, path) == 0;
}

static bool remove_file(const struct ship_identity *x, const char *name)
{
	char path[PATH_BYTES];

	return path_of(x, name, path) && (unlink(path) == 0 || errno == ENOENT);
}

static bool sync_folder(const struct ship_identity *x)
{
	int fd = open(x->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

static X509 *read_pem(struct ward_str pem)
{
	BIO *b = pem.len && pem.len < TEXT_BYTES ? BIO_new_mem_buf(pem.p, (int)pem.len) : NULL;
	X509 *cert = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;

	(void)BIO_free(b);
	return cert;
}

/* Certificate and key, as PEM. */
static bool put_pair(const struct ship_identity *x, X509 *cert)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *p = NULL;
	bool ok = b && PEM_write_bio_X509(b, cert) == 1 &&
		  PEM_write_bio_PrivateKey(b, x->key, NULL, NULL, 0, NULL, NULL) == 1;
	long n = ok ? BIO_get_mem_data(b, &p) : 0;

	ok = n > 0 && put_file(x, SHIP_IDENTITY_FILE, ward_slice_of(p, (size_t)n));
	if (n > 0)
		ward_wipe(p, (size_t)n);
	(void)BIO_free(b);
	return ok;
}

/* Whom to trust from now on: as was said; else the authority, where it has made the server's
 * certificate; else the hospital has another one, which this machine trusts, and what an enrolment
 * before left must not stand in its way. And where it is. */
static bool put_server(const struct ship_identity *x, struct ward_str pem)
{
	X509 *ca = read_pem(pem), *peer = camera_tls_client_peer(x->link->client);
	const char *url = ward_process_setting(x->p, "url");
	EVP_PKEY *key = ca ? X509_get0_pubkey(ca) : NULL;
	bool ok = ca && url;

	if (ok && x->ca.len)
		ok = put_file(x, "ca.pem", ward_wr_slice(&x->ca));
	else if (ok && peer && key && X509_verify(peer, key) == 1)
		ok = put_file(x, "ca.pem", ward_str_bytes(pem));
	else if (ok)
		ok = remove_file(x, "ca.pem");
	X509_free(ca);
	return ok && put_file(x, "to", ward_str_bytes(ward_str_z(url)));
}

static enum ward_err keep(struct ship_identity *x, const struct serve_body *b)
{
	X509 *cert = read_pem(serve_body_text(b, "certificate"));
	char path[PATH_BYTES];
	enum ward_err err = WARD_OK;

	if (!cert || X509_check_private_key(cert, x->key) != 1)
		err = because(x, WARD_ERR_MALFORMED, "it gave no certificate for our key");
	if (!err)
		err = note(x, cert);
	if (!err && x->by_code && !put_server(x, serve_body_text(b, "ca")))
		err = because(x, WARD_ERR_IO, "whom to trust can't be written to the spool");
	if (!err && (!put_pair(x, cert) || !sync_folder(x)))
		err = because(x, WARD_ERR_IO, "the certificate can't be written to the spool");
	X509_free(cert);
	if (!err &&
		(!path_of(x, SHIP_IDENTITY_FILE, path) || ship_link_show(x->link, path) != WARD_OK))
		err = because(x, WARD_ERR_CONFIG, x->link->why);
	return err;
}

enum ward_err ship_identity_take(struct ship_identity *x)
{
	struct ward_wr scratch = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	uint8_t *room = ward_wr_room(&scratch, x->link->said.len + 1);
	struct ward_wr texts = ward_wr_fixed(room, x->link->said.len + 1);
	struct serve_body b;
	const char *wrong = room ? serve_body_read(x->link->said, &texts, &b) : "out of memory";
	enum ward_err err =
		wrong ? because(x, WARD_ERR_MALFORMED, "what it answers is no JSON object")
		      : keep(x, &b);

	ward_wr_fini(&scratch);
	EVP_PKEY_free(x->key);
	x->key = NULL;
	return err;
}
