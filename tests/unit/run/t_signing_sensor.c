/* Sensors elsewhere on a clock that the test sets: a code is good once and for an hour, a
 * certificate for three months and until it is removed, the next one from when it is shown; all of
 * it is on record, and what the disk has no room for did not happen. */
#include "run/signing_priv.h"
#include "signing.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY (24 * 3600 * S)

struct house {
	struct desk *k;
	struct ward_signing_sensors sensors;
	char folder[64];
};

static void remove_in(const char *folder, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
}

static void open_house(struct house *h)
{
	const struct ward_str name[] = {WARD_STR("localhost")};
	struct ward_authority_in in = {.folder = h->folder,
		.hospital = WARD_STR("Ospedale"),
		.name = name,
		.n_name = 1,
		.now = noon};
	char why[WARD_AUTHORITY_WHY], path[128];
	bool made;
	int fd;

	(void)snprintf(h->folder, sizeof(h->folder), "/tmp/ward-sensor-XXXXXX");
	assert_non_null(mkdtemp(h->folder));
	assert_int_equal(ward_authority_ready(&in, &made, why), WARD_OK);
	assert_int_equal(ward_authority_hand(h->folder, &fd), WARD_OK);
	/* each process that is started anew reads it again */
	assert_int_equal(ward_voucher_new(fd, &h->sensors.voucher), WARD_OK);
	ward_voucher_free(h->sensors.voucher);
	assert_int_equal(ward_voucher_new(fd, &h->sensors.voucher), WARD_OK);
	(void)close(fd);
	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_SERVER, h->folder);
	assert_int_equal(ward_authority_print(path, h->sensors.server), WARD_OK);
	assert_int_equal(ward_authority_print("/dev/null", h->sensors.server), WARD_ERR_CONFIG);
	assert_int_equal(ward_authority_print(path, h->sensors.server), WARD_OK);
	h->sensors.id[h->sensors.n++] = WARD_STR("annex");
	h->sensors.id[h->sensors.n++] = WARD_STR("plant.room_2");
	h->k = begin();
	h->k->g->o.sensors = &h->sensors;
}

static void close_house(struct house *h)
{
	end(h->k);
	ward_voucher_free(h->sensors.voucher);
	remove_in(h->folder, "authority.pem");
	remove_in(h->folder, WARD_AUTHORITY_CA);
	remove_in(h->folder, WARD_AUTHORITY_SERVER);
	assert_int_equal(rmdir(h->folder), 0);
}

static enum ward_err at_machine(struct house *h, enum ward_sign_what what, const char *id)
{
	ask(h->k, (struct ward_sign){.what = what, .person = ward_str_z(id)}, true);
	return h->k->ret.err;
}

static struct ward_ship_code code_for(struct house *h, const char *id)
{
	char text[64];
	struct ward_ship_code c;

	assert_int_equal(at_machine(h, WARD_SIGN_SENSOR_ADD, id), WARD_OK);
	json_text(h->k, "code", text, sizeof(text));
	assert_true(ward_ship_code_read(ward_str_z(text), &c));
	assert_memory_equal(c.print, h->sensors.server, sizeof(c.print));
	return c;
}

static void hex(const uint8_t *p, size_t n, char *ret)
{
	struct ward_wr w = ward_wr_fixed(ret, 2 * n);

	ward_wr_hex(&w, ward_slice_of(p, n));
	ret[2 * n] = 0;
}

static EVP_PKEY *new_key(uint8_t ret[WARD_SHIP_KEY])
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	size_t n = 0;

	assert_non_null(key);
	assert_int_equal(EVP_PKEY_get_octet_string_param(
				 key, OSSL_PKEY_PARAM_PUB_KEY, ret, WARD_SHIP_KEY, &n),
		1);
	assert_int_equal(n, WARD_SHIP_KEY);
	return key;
}

/* With a code, or with the certificate of that print. */
static enum ward_err asks_for_one(struct house *h, const struct ward_ship_code *c,
	const uint8_t print[WARD_SIGN_TOKEN], const uint8_t key[WARD_SHIP_KEY])
{
	struct ward_sign s = {.what = WARD_SIGN_SENSOR_KEY};
	char key_text[2 * WARD_SHIP_KEY + 1], proof_text[2 * WARD_SHIP_PROOF + 1];
	uint8_t proof[WARD_SHIP_PROOF];

	hex(key, WARD_SHIP_KEY, key_text);
	s.old = ward_str_z(key_text);
	if (c) {
		ward_ship_code_prove(c, key, proof);
		hex(proof, sizeof(proof), proof_text);
		s.code = ward_str_z(proof_text);
	} else {
		memcpy(s.token, print, sizeof(s.token));
	}
	return says(h->k, s);
}

/* The certificate that was given: it is for the key, by the authority, until then. */
static void look_at(struct house *h, EVP_PKEY *key, ward_ns until, uint8_t ret[WARD_SIGN_TOKEN])
{
	static const char begins[] = "\"certificate\":\"";
	char text[8192], ca[8192];
	size_t at = ward_str_find(h->k->ret.json, ward_str_z(begins)) + sizeof(begins) - 1, n = 0;
	struct ward_str json = h->k->ret.json;
	time_t last = (time_t)(until / S) - 1;
	unsigned len;

	for (; json.p[at] != '"'; at++) { /* the one escape that PEM needs */
		bool line = json.p[at] == '\\' && json.p[at + 1] == 'n';

		text[n++] = line ? '\n' : json.p[at];
		at += line;
	}
	struct ward_wr w = ward_wr_fixed(ca, sizeof(ca));

	assert_int_equal(ward_voucher_ca(h->sensors.voucher, &w), WARD_OK);
	BIO *b = BIO_new_mem_buf(text, (int)n), *by = BIO_new_mem_buf(ca, (int)w.len);
	X509 *cert = PEM_read_bio_X509(b, NULL, NULL, NULL),
	     *authority = PEM_read_bio_X509(by, NULL, NULL, NULL);

	assert_non_null(cert);
	assert_non_null(authority);
	assert_int_equal(X509_check_private_key(cert, key), 1);
	assert_int_equal(X509_verify(cert, X509_get0_pubkey(authority)), 1);
	assert_int_equal(X509_cmp_time(X509_get0_notAfter(cert), &last), 1);
	last += 2;
	assert_int_equal(X509_cmp_time(X509_get0_notAfter(cert), &last), -1);
	assert_int_equal(X509_digest(cert, EVP_sha256(), ret, &len), 1);
	X509_free(cert);
	X509_free(authority);
	(void)BIO_free(b);
	(void)BIO_free(by);
}

static enum ward_err shows(struct house *h, const uint8_t print[WARD_SIGN_TOKEN])
{
	struct ward_sign s = {.what = WARD_SIGN_SENSOR_IS};

	memcpy(s.token, print, sizeof(s.token));
	return says(h->k, s);
}

static void is_taken_in_once(void **state)
{
	struct house h = {.k = NULL};
	uint8_t key[WARD_SHIP_KEY], other[WARD_SHIP_KEY], print[WARD_SIGN_TOKEN];
	static const uint8_t none[WARD_SIGN_TOKEN];
	char text[64];

	(void)state;
	open_house(&h);
	EVP_PKEY *mine = new_key(key), *theirs = new_key(other);
	struct ward_ship_code c = code_for(&h, "annex"), wrong = c;

	assert_int_equal(h.k->told[WARD_TOLD_SENSOR_CODE], 1);
	assert_true(ward_str_eqz(h.k->last.on, "annex") && ward_str_eqz(h.k->last.by, "machine"));
	wrong.secret[0] ^= 1;
	assert_int_equal(asks_for_one(&h, &wrong, NULL, key), WARD_ERR_DENIED);
	assert_int_equal(h.k->told[WARD_TOLD_SENSOR_REFUSED], 1);
	wrong = c;
	wrong.print[0] ^= 1; /* as another server's code */
	assert_int_equal(asks_for_one(&h, &wrong, NULL, key), WARD_ERR_DENIED);
	/* before somebody has proved a code no certificate of nobody counts */
	assert_int_equal(shows(&h, none), WARD_ERR_DENIED);
	assert_int_equal(asks_for_one(&h, NULL, none, key), WARD_ERR_DENIED);
	h.k->disk_is_full = true;
	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_ERR_IO);
	assert_int_equal(h.k->told[WARD_TOLD_SENSOR_ENROLLED], 0); /* it was not */
	h.k->disk_is_full = false;
	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_OK);
	assert_int_equal(h.k->told[WARD_TOLD_SENSOR_ENROLLED], 1);
	json_text(h.k, "sensor", text, sizeof(text));
	assert_string_equal(text, "annex");
	look_at(&h, mine, noon + 90 * DAY - 3600 * S, print);
	assert_int_equal(shows(&h, print), WARD_OK);
	json_text(h.k, "sensor", text, sizeof(text));
	assert_string_equal(text, "annex");
	assert_int_equal(asks_for_one(&h, &c, NULL, other), WARD_ERR_DENIED);
	assert_int_equal(shows(&h, print), WARD_OK);
	/* a point that is none */
	c = code_for(&h, "plant.room_2");
	memset(other, 4, sizeof(other));
	assert_int_equal(asks_for_one(&h, &c, NULL, other), WARD_ERR_MALFORMED);
	h.k->clock.at += 3600 * S;
	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_ERR_DENIED);
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSOR_ADD, "nobody"), WARD_ERR_NOT_FOUND);
	assert_int_equal(says(h.k, (struct ward_sign){.what = WARD_SIGN_SENSOR_ADD,
					   .person = WARD_STR("annex")}),
		WARD_ERR_CLOSED); /* from outside */
	assert_int_equal(says(h.k, (struct ward_sign){.what = WARD_SIGN_SENSORS}), WARD_ERR_CLOSED);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(theirs);
	close_house(&h);
}

static void goes_on_until_it_is_removed(void **state)
{
	struct house h = {.k = NULL};
	uint8_t key[WARD_SHIP_KEY], first[WARD_SIGN_TOKEN], second[WARD_SIGN_TOKEN],
		third[WARD_SIGN_TOKEN];
	struct ward_wr file = ward_wr_grow(ward_mem_heap(), 1 << 16);
	size_t bad, line;
	char state_is[32];

	(void)state;
	open_house(&h);
	EVP_PKEY *mine = new_key(key);
	struct ward_ship_code c = code_for(&h, "annex");

	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_OK);
	look_at(&h, mine, noon + 90 * DAY - 3600 * S, first);
	h.k->clock.at += 60 * DAY;
	assert_int_equal(asks_for_one(&h, NULL, first, key), WARD_OK);
	assert_int_equal(h.k->told[WARD_TOLD_SENSOR_RENEWED], 1);
	look_at(&h, mine, noon + 150 * DAY - 3600 * S, second);
	assert_memory_not_equal(first, second, sizeof(first));
	assert_int_equal(shows(&h, first), WARD_OK); /* it may not have got the answer */
	/* what the file says is the same, with both of them */
	ward_accounts_write(&h.k->accounts, &file);
	h.k->accounts.n_x = 0;
	assert_int_equal(
		ward_accounts_read(&h.k->accounts, ward_wr_slice(&file), &h.k->lim, &bad, &line),
		WARD_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(h.k->accounts.n_x, 1);
	assert_int_equal(shows(&h, second), WARD_OK);
	assert_int_equal(shows(&h, first), WARD_ERR_DENIED);
	assert_int_equal(asks_for_one(&h, NULL, first, key), WARD_ERR_DENIED);
	/* a new machine in its place */
	c = code_for(&h, "annex");
	assert_int_equal(shows(&h, second), WARD_OK);
	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_OK);
	look_at(&h, mine, noon + 150 * DAY - 3600 * S, third);
	assert_int_equal(shows(&h, second), WARD_ERR_DENIED);
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSORS, ""), WARD_OK);
	json_text(h.k, "state", state_is, sizeof(state_is));
	assert_string_equal(state_is, "good");
	/* over: nothing but a code helps */
	h.k->clock.at += 90 * DAY;
	assert_int_equal(shows(&h, third), WARD_ERR_DENIED);
	assert_int_equal(asks_for_one(&h, NULL, third, key), WARD_ERR_DENIED);
	h.k->clock.at -= DAY;
	assert_int_equal(shows(&h, third), WARD_OK);
	h.k->disk_is_full = true;
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSOR_END, "annex"), WARD_ERR_IO);
	assert_int_equal(shows(&h, third), WARD_OK);
	h.k->disk_is_full = false;
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSOR_END, "annex"), WARD_OK);
	assert_int_equal(h.k->told[WARD_TOLD_SENSOR_ENDED], 1);
	assert_int_equal(shows(&h, third), WARD_ERR_DENIED);
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSOR_END, "annex"), WARD_ERR_NOT_FOUND);
	EVP_PKEY_free(mine);
	ward_wr_fini(&file);
	close_house(&h);
}

/* sources.yml has it no more: it sends nothing, and is listed so that somebody removes it. */
static void needs_its_source(void **state)
{
	struct house h = {.k = NULL};
	uint8_t key[WARD_SHIP_KEY], print[WARD_SIGN_TOKEN];
	char state_is[32];

	(void)state;
	open_house(&h);
	EVP_PKEY *mine = new_key(key);
	struct ward_ship_code c = code_for(&h, "annex");

	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_OK);
	look_at(&h, mine, noon + 90 * DAY - 3600 * S, print);
	h.sensors.id[0] = WARD_STR("other");
	assert_int_equal(shows(&h, print), WARD_ERR_DENIED);
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSORS, ""), WARD_OK);
	json_text(h.k, "state", state_is, sizeof(state_is));
	assert_string_equal(state_is, "no-source");
	h.k->g->o.sensors = NULL;
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSOR_ADD, "annex"), WARD_ERR_STATE);
	assert_int_equal(asks_for_one(&h, &c, NULL, key), WARD_ERR_DENIED);
	assert_int_equal(at_machine(&h, WARD_SIGN_SENSOR_END, "annex"), WARD_OK);
	EVP_PKEY_free(mine);
	close_house(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_taken_in_once),
		cmocka_unit_test(goes_on_until_it_is_removed),
		cmocka_unit_test(needs_its_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
