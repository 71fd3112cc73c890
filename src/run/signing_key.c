#include "run/signing_priv.h"

#include "base/json.h"
#include "words/words.h"

#include <sodium.h>

enum { TEXT_BYTES = 2 * WARD_WEBAUTHN_ID };

/* A person looks for their key, and touches it. */
static const ward_ns challenge_good = 120 * WARD_NS_PER_S;

static void put_bytes(struct ward_json *j, const char *key, const uint8_t *p, size_t len)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_base64url_write(&w, ward_slice_of(p, len));
	if (key)
		ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
}

static void challenge(struct ward_signing *g, struct ward_account *a, struct ward_json *j)
{
	randombytes_buf(a->challenge, sizeof(a->challenge));
	a->challenge_until = signing_now_of(g) + challenge_good;
	put_bytes(j, "challenge", a->challenge, sizeof(a->challenge));
	ward_json_key(j, "ids");
	ward_json_arr(j);
	for (size_t i = 0; i < a->n_key; i++)
		put_bytes(j, NULL, a->key[i].is.id, a->key[i].is.n_id);
	ward_json_arr_end(j);
}

void signing_key_ask(
	struct ward_signing *g, struct ward_account *a, bool step_up, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);

	ward_json_obj(&j);
	if (step_up) {
		ward_json_key(&j, "step_up");
		ward_json_bool(&j, true);
		ward_json_key(&j, "second_factor");
		ward_json_bool(&j, true);
	}
	if (a->n_key) {
		ward_json_key(&j, "key");
		ward_json_obj(&j);
		challenge(g, a, &j);
		ward_json_obj_end(&j);
	}
	ward_json_obj_end(&j);
	signing_refuse(ret, WARD_ERR_DENIED,
		!a->n_key ? WARD_TEXT("prove that it is you by the code that your authenticator "
				      "shows")
		: step_up ? WARD_TEXT("prove that it is you by your security key, or by a code")
			  : WARD_TEXT("your security key is needed, too"));
	ret->json = ward_wr_text(&g->json);
}

/* What was said must be of: the page's origin, and the challenge, which is used up. */
static bool asked(struct ward_signing *g, struct ward_account *a, const struct ward_sign *s,
	uint8_t ret_challenge[WARD_WEBAUTHN_CHALLENGE], struct ward_webauthn_of *ret)
{
	static const char scheme[] = "https://";
	bool good = a->challenge_until > signing_now_of(g);
	struct ward_str host = s->old;

	memcpy(ret_challenge, a->challenge, sizeof(a->challenge));
	ward_wipe(a->challenge, sizeof(a->challenge));
	a->challenge_until = 0;
	if (!good || !ward_str_starts(s->old, ward_str_z(scheme)))
		return false;
	host = ward_str_sub(host, sizeof(scheme) - 1, host.len);
	*ret = (struct ward_webauthn_of){
		.challenge = ret_challenge, .origin = s->old, .host = ward_str_cut(&host, ':')};
	return true;
}

bool signing_key_answers(struct ward_signing *g, struct ward_account *a, const struct ward_sign *s)
{
	uint8_t was[WARD_WEBAUTHN_CHALLENGE];
	struct ward_webauthn_of of;
	struct ward_webauthn said;

	if (!asked(g, a, s, was, &of) || ward_webauthn_read(s->proof, g->o.lim, &said) != WARD_OK)
		return false;
	for (size_t i = 0; i < a->n_key; i++)
		if (ward_webauthn_answers(&said, &of, g->o.lim, &a->key[i].is) == WARD_OK)
			return true;
	return false;
}

void signing_key(struct ward_signing *g, const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person);
	struct ward_json j = ward_json_on(&g->json);

	if (a->n_key == WARD_ACCOUNT_KEYS) {
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("four security keys are enough: remove one first"));
		return;
	}
	ward_json_obj(&j);
	challenge(g, a, &j);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

static bool has(const struct ward_account *a, const struct ward_webauthn_key *k)
{
	for (size_t i = 0; i < a->n_key; i++)
		if (a->key[i].is.n_id == k->n_id && memcmp(a->key[i].is.id, k->id, k->n_id) == 0)
			return true;
	return false;
}

void signing_key_add(struct ward_signing *g, const struct ward_sign *s, struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before = *a;
	uint8_t was[WARD_WEBAUTHN_CHALLENGE];
	struct ward_account_key k = {.made = signing_now_of(g)};
	struct ward_webauthn_of of;
	struct ward_webauthn said;

	if (!s->code.len || s->code.len >= sizeof(k.name)) {
		signing_refuse(ret, WARD_ERR_MALFORMED, WARD_TEXT("give the security key a name"));
	} else if (a->n_key == WARD_ACCOUNT_KEYS || !asked(g, a, s, was, &of) ||
		   ward_webauthn_read(s->proof, g->o.lim, &said) != WARD_OK ||
		   ward_webauthn_made(&said, &of, g->o.lim, &k.is) != WARD_OK) {
		signing_refuse(ret, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no answer of a security key to what it was asked; begin "
				  "anew"));
	} else if (has(a, &k.is)) { /* removed once, it would go on counting */
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("this security key is set up already; remove it first"));
	} else {
		memcpy(k.name, s->code.p, s->code.len);
		a->key[a->n_key++] = k;
		in->proved_twice = signing_now_of(g);
		signing_record(g, WARD_TOLD_KEY, who->person, (struct ward_str){0}, s, false);
		*ret = (struct ward_signed){.err = WARD_OK};
		(void)signing_keep(g, a, &before, ret);
	}
	ward_wipe(&before, sizeof(before));
}

void signing_key_end(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before = *a;
	uint8_t id[WARD_WEBAUTHN_ID];
	size_t n = 0, i = 0;

	if (ward_base64url_read(s->code, id, sizeof(id), &n))
		while (i < a->n_key &&
			(a->key[i].is.n_id != n || memcmp(a->key[i].is.id, id, n) != 0))
			i++;
	if (!n || i == a->n_key) {
		signing_refuse(ret, WARD_ERR_NOT_FOUND, WARD_TEXT("there is no such security key"));
		return;
	}
	a->key[i] = a->key[--a->n_key];
	signing_record(g, WARD_TOLD_KEY_ENDED, who->person, (struct ward_str){0}, s, false);
	*ret = (struct ward_signed){.err = WARD_OK};
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

void signing_keys_put(const struct ward_account *a, struct ward_json *j)
{
	ward_json_key(j, "keys");
	ward_json_arr(j);
	for (size_t i = 0; i < a->n_key; i++) {
		ward_json_obj(j);
		put_bytes(j, "id", a->key[i].is.id, a->key[i].is.n_id);
		ward_json_key(j, "name");
		ward_json_z(j, a->key[i].name);
		ward_json_key(j, "made");
		ward_json_time(j, a->key[i].made);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}
