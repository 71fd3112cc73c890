/* A security key beside the password of the hospital's directory server, and keys that are set up
 * and removed. */
#include "signing.h"

#include "authenticator.h"
#include "run/signing_direct.h"

static struct desk *begin_beside_ldap(void)
{
	struct desk *k = test_calloc(1, sizeof(*k));
	struct ward_wr w = ward_wr_fixed(k->text, sizeof(k->text));
	struct ward_directory d = {
		.kind = WARD_DIRECTORY_LDAPS, .name = WARD_STR("AD"), .unconfirmed = 300 * S};

	ward_clock_fake_init(&k->clock, noon);
	ward_limits_default(&k->lim);
	put(&w, "anna", "Anna Bianchi", WARD_RIGHTS_ALL, NULL);
	ward_signers_put_directory(&w, &d);
	assert_int_equal(ward_signers_read(&k->who, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(ward_accounts_init(&k->accounts, ward_mem_heap()), WARD_OK);
	begin_as(k);
	return k;
}

/* What the page was told to have signed. */
static void take_challenge(const struct desk *k)
{
	char text[64];
	size_t n;

	json_text(k, "challenge", text, sizeof(text));
	assert_true(ward_base64url_read(ward_str_z(text), challenge, sizeof(challenge), &n));
	assert_int_equal(n, sizeof(challenge));
}

static struct ward_str proof(const struct ward_webauthn *x, char *text, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(text, cap);
	const struct {
		const char *key;
		const uint8_t *p;
		size_t n;
	} all[] = {{"{\"id\":\"", x->id, x->n_id}, {"\",\"client\":\"", x->client, x->n_client},
		{"\",\"auth\":\"", x->auth, x->n_auth},
		{"\",\"signature\":\"", x->signature, x->n_signature}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].n) {
			ward_wr_z(&w, all[i].key);
			ward_base64url_write(&w, ward_slice_of(all[i].p, all[i].n));
		}
	ward_wr_z(&w, "\"}");
	assert_false(ward_wr_bad(&w));
	return ward_wr_text(&w);
}

static enum ward_err set_up(struct desk *k, const struct token *t, const uint8_t *in)
{
	struct ward_sign s = with(WARD_SIGN_KEY, in);
	struct ward_webauthn w;
	char text[WARD_WEBAUTHN_JSON];

	assert_int_equal(says(k, s), WARD_OK);
	take_challenge(k);
	w = key_made(t);
	s.what = WARD_SIGN_KEY_ADD;
	s.code = WARD_STR("blue");
	s.old = WARD_STR(ORIGIN);
	s.proof = proof(&w, text, sizeof(text));
	return says(k, s);
}

/* The directory server says yes to the password; the answer is what was made of that. */
static enum ward_err signs(struct desk *k, struct ward_str said)
{
	struct ward_sign s = password("anna", "theirs");
	const struct ward_directed yes = {.name = WARD_STR("anna"), .key = WARD_STR("anna")};
	struct ward_direct what;

	s.from[15] = 9;
	s.proof = said;
	s.old = said.len ? WARD_STR(ORIGIN) : WARD_STR("");
	assert_true(ward_signing_asks(k->g, &s, &what));
	assert_true(ward_signing_told(k->g, &s, &yes, &k->ret));
	return k->ret.err;
}

static void beside_a_directory(void **state)
{
	struct desk *k = begin_beside_ldap();
	struct token t = key_new(), other = key_new();
	char text[WARD_WEBAUTHN_JSON];
	uint8_t anna[WARD_SIGN_TOKEN];
	struct ward_webauthn w;

	(void)state;
	assert_int_equal(signs(k, WARD_STR("")), WARD_OK);
	assert_false(k->ret.session.totp);
	take_token(k, anna);
	assert_int_equal(set_up(k, &t, anna), WARD_OK);
	assert_int_equal(signs(k, WARD_STR("")), WARD_ERR_DENIED); /* the password is not enough */
	assert_false(k->ret.has_session);
	take_challenge(k);
	w = key_answer(&other);
	memcpy(w.id, t.id, sizeof(t.id));
	assert_int_equal(signs(k, proof(&w, text, sizeof(text))), WARD_ERR_DENIED);
	w = key_answer(&t); /* to what was used up by it */
	assert_int_equal(signs(k, proof(&w, text, sizeof(text))), WARD_ERR_DENIED);
	assert_int_equal(signs(k, WARD_STR("")), WARD_ERR_DENIED);
	take_challenge(k);
	w = key_answer(&t);
	k->clock.at += 121 * S; /* too late */
	assert_int_equal(signs(k, proof(&w, text, sizeof(text))), WARD_ERR_DENIED);
	k->clock.at += 3600 * S;
	assert_int_equal(signs(k, WARD_STR("")), WARD_ERR_DENIED);
	take_challenge(k);
	w = key_answer(&t);
	assert_int_equal(signs(k, proof(&w, text, sizeof(text))), WARD_OK);
	assert_true(k->ret.session.totp);
	assert_int_equal(signs(k, ward_str_z(text)), WARD_ERR_DENIED); /* again */
	EVP_PKEY_free(t.key);
	EVP_PKEY_free(other.key);
	end(k);
}

/* A key that is lost is removed once: it stands there once, or it would go on counting, and a copy
 * of it would pass by the count of the other entry. */
static void a_key_is_set_up_once(void **state)
{
	struct desk *k = begin_beside_ldap();
	struct token t = key_new();
	uint8_t anna[WARD_SIGN_TOKEN];

	(void)state;
	assert_int_equal(signs(k, WARD_STR("")), WARD_OK);
	take_token(k, anna);
	assert_int_equal(set_up(k, &t, anna), WARD_OK);
	assert_int_equal(set_up(k, &t, anna), WARD_ERR_STATE);
	assert_int_equal(ward_account_find(&k->accounts, WARD_STR("anna"))->n_key, 1);
	EVP_PKEY_free(t.key);
	end(k);
}

static enum ward_err proves(
	struct desk *k, const uint8_t *in, const char *text, const char *code, struct ward_str said)
{
	struct ward_sign s = with(WARD_SIGN_PROVE, in);

	s.password = ward_str_z(text);
	s.code = ward_str_z(code);
	s.proof = said;
	s.old = said.len ? WARD_STR(ORIGIN) : WARD_STR("");
	return says(k, s);
}

/* Whoever found an unlocked screen and knows the password removes no second factor, and sets up
 * none of their own: a factor that the account has proves it. */
static void a_key_is_removed_by_a_second_factor(void **state)
{
	struct desk *k = begin();
	struct token t = key_new();
	char text[WARD_WEBAUTHN_JSON], id[2 * WARD_WEBAUTHN_ID];
	uint8_t anna[WARD_SIGN_TOKEN];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));
	struct ward_webauthn said;

	(void)state;
	enrol(k, "anna", GOOD);
	take_token(k, anna);
	assert_int_equal(set_up(k, &t, anna), WARD_OK);
	k->clock.at += 301 * S;
	struct ward_sign s = with(WARD_SIGN_KEY_END, anna);

	ward_base64url_write(&w, ward_slice_of(t.id, sizeof(t.id)));
	s.code = ward_wr_text(&w);
	assert_int_equal(proves(k, anna, GOOD, "", WARD_STR("")), WARD_OK);
	assert_int_equal(says(k, s), WARD_ERR_DENIED); /* the password is not enough */
	assert_true(ward_str_find(k->ret.json, WARD_STR("\"second_factor\":true")) != SIZE_MAX);
	assert_int_equal(says(k, with(WARD_SIGN_KEY, anna)), WARD_ERR_DENIED);
	assert_int_equal(says(k, with(WARD_SIGN_SECOND, anna)), WARD_ERR_DENIED);
	take_challenge(k);
	assert_int_equal(ward_account_find(&k->accounts, WARD_STR("anna"))->n_key, 1);
	said = key_answer(&t);
	assert_int_equal(proves(k, anna, "", "", proof(&said, text, sizeof(text))), WARD_OK);
	assert_true(k->ret.session.proved);
	assert_int_equal(proves(k, anna, "", "", ward_str_z(text)), WARD_ERR_DENIED); /* again */
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(ward_account_find(&k->accounts, WARD_STR("anna"))->n_key, 0);
	assert_int_equal(says(k, with(WARD_SIGN_KEY, anna)), WARD_OK); /* there is none any more */
	EVP_PKEY_free(t.key);
	end(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(beside_a_directory),
		cmocka_unit_test(a_key_is_set_up_once),
		cmocka_unit_test(a_key_is_removed_by_a_second_factor)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
