/* Security keys: a new one and its answers, signed here by a key of our own as a real one does; and
 * what is forged, copied, replayed, of another page, cut short. */
#include "authenticator.h"

static struct ward_webauthn_of of(void)
{
	return (struct ward_webauthn_of){challenge, WARD_STR(ORIGIN), WARD_STR("ward.example")};
}

static enum ward_err answers(
	const struct token *t, const struct ward_webauthn *w, struct ward_webauthn_key *k)
{
	const struct ward_webauthn_of is = of();

	return ward_webauthn_answers(w, &is, &t->lim, k);
}

static void it_answers(void **state)
{
	struct token t = key_new(), other = key_new();
	struct ward_webauthn w = key_made(&t), x;
	const struct ward_webauthn_of is = of();
	struct ward_webauthn_key k, was;

	(void)state;
	assert_int_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	assert_memory_equal(k.id, t.id, sizeof(t.id));
	w = key_answer(&t);
	assert_int_equal(answers(&t, &w, &k), WARD_OK);
	assert_int_equal(k.count, 1);
	was = k;
	assert_int_equal(answers(&t, &w, &k), WARD_ERR_DENIED); /* replayed, or a copy of it */
	w = key_answer(&t);
	for (size_t i = 0; i < w.n_auth; i++) { /* not a bit of it can be changed */
		x = w;
		x.auth[i] ^= 1;
		assert_int_not_equal(answers(&t, &x, &k), WARD_OK);
	}
	x = w;
	x.signature[w.n_signature - 1] ^= 1;
	assert_int_not_equal(answers(&t, &x, &k), WARD_OK);
	x = w;
	x.n_signature = 0;
	assert_int_equal(answers(&t, &x, &k), WARD_ERR_MALFORMED);
	memcpy(other.id, t.id, sizeof(t.id)); /* the id is no secret */
	other.count = 7;
	x = key_answer(&other);
	assert_int_equal(answers(&t, &x, &k), WARD_ERR_DENIED);
	assert_memory_equal(&k, &was, sizeof(k));
	assert_int_equal(answers(&t, &w, &k), WARD_OK);
	EVP_PKEY_free(t.key);
	EVP_PKEY_free(other.key);
}

/* Signed by the real key, and yet of no use: of another page, for another act, untouched. */
static void of_something_else(void **state)
{
	static const struct {
		const char *type, *origin, *host;
		uint8_t flags;
	} all[] = {{"webauthn.create", ORIGIN, "ward.example", 1},
		{"webauthn.get", "https://ward.example", "ward.example", 1},
		{"webauthn.get", "https://evil.example:8443", "ward.example", 1},
		{"webauthn.get", ORIGIN, "evil.example", 1},
		{"webauthn.get", ORIGIN, "ward.example", 0}};
	struct token t = key_new();
	struct ward_webauthn w = key_made(&t);
	struct ward_webauthn_of is = of();
	struct ward_webauthn_key k;
	static const uint8_t another[WARD_WEBAUTHN_CHALLENGE] = {1};

	(void)state;
	assert_int_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		t.count++;
		key_client(&w, all[i].type, all[i].origin);
		key_auth(&t, &w, all[i].host, all[i].flags);
		key_sign(&t, &w);
		assert_int_equal(answers(&t, &w, &k), WARD_ERR_DENIED);
	}
	/* in a frame of another server's page */
	t.count++;
	key_client(&w, "webauthn.get", ORIGIN);
	size_t at = ward_str_find(
		ward_slice_text(ward_slice_of(w.client, w.n_client)), WARD_STR("false"));

	assert_int_not_equal(at, SIZE_MAX);
	memcpy(w.client + at, "true ", 5);
	key_auth(&t, &w, "ward.example", 1);
	key_sign(&t, &w);
	assert_int_equal(answers(&t, &w, &k), WARD_ERR_DENIED);
	is.challenge = another;
	w = key_answer(&t);
	assert_int_equal(ward_webauthn_answers(&w, &is, &t.lim, &k), WARD_ERR_DENIED);
	w = key_made(&t);
	assert_int_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_ERR_DENIED);
	EVP_PKEY_free(t.key);
}

static void cut_short(void **state)
{
	struct token t = key_new();
	struct ward_webauthn whole = key_made(&t), w = whole;
	const struct ward_webauthn_of is = of();
	struct ward_webauthn_key k;

	(void)state;
	for (size_t i = 0; i < whole.n_auth; i++) {
		w = whole;
		w.n_auth = i;
		assert_int_not_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	}
	for (size_t i = 0; i < whole.n_client; i++) {
		w = whole;
		w.n_client = i;
		assert_int_not_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	}
	w = whole;
	w.id[0] ^= 1;
	assert_int_not_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	EVP_PKEY_free(t.key);
}

static void as_json(void **state)
{
	static const char *const wrong[] = {"", "[]", "{", "{}", "{\"id\":\"AQ\"}",
		"{\"id\":\"AQ\",\"client\":\"AQ\",\"auth\":5}",
		"{\"id\":\"AQ==\",\"client\":\"AQ\",\"auth\":\"AQ\"}",
		"{\"id\":\"A+\",\"client\":\"AQ\",\"auth\":\"AQ\"}",
		"{\"id\":\"\",\"client\":\"AQ\",\"auth\":\"AQ\"}",
		"{\"id\":\"AQ\",\"client\":\"AQ\",\"auth\":\"AQ\",\"signature\":\"\"}"};
	struct ward_limits lim;
	struct ward_webauthn w;

	(void)state;
	ward_limits_default(&lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++)
		assert_int_equal(
			ward_webauthn_read(ward_str_z(wrong[i]), &lim, &w), WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_webauthn_read(WARD_STR("{\"id\":\"AQI\",\"client\":\"AQ\",\"auth\":\"_-8\","
					    "\"signature\":\"AQ\"}"),
			&lim, &w),
		WARD_OK);
	assert_int_equal(w.n_id, 2);
	assert_int_equal(w.auth[0], 0xFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(it_answers),
		cmocka_unit_test(of_something_else), cmocka_unit_test(cut_short),
		cmocka_unit_test(as_json)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
