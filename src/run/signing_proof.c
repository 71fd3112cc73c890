#include "run/signing_priv.h"

#include "base/json.h"
#include "respond/act/totp.h"
#include "words/words.h"

#include <sodium.h>

enum {
	PIN_MIN = 6, /* digits */
	PIN_MAX = 12,
	PIN_DIGITS = 3, /* different ones, at least */
	SESSION_ID = 8, /* bytes of a session's hash, which name it to its person */
};

static const char *const prove_it =
	WARD_TEXT("prove that it is you: by your password, or by a code");

bool signing_is_proved(const struct ward_session *is, struct ward_signed *ret)
{
	if (is->proved)
		return true;
	signing_refuse(ret, WARD_ERR_DENIED, prove_it);
	ret->json = WARD_STR(WARD_SIGN_STEP_UP);
	return false;
}

/* Is it the code that the authenticator shows? It is then good no more. */
static bool is_code(const struct ward_signing *g, struct ward_account *a, struct ward_str code)
{
	return a->has_second && ward_totp_check(ward_slice_of(a->second, sizeof(a->second)), code,
					signing_now_of(g), a->step, &a->step) == WARD_OK;
}

static void wrong(struct ward_signing *g, const struct ward_sign *s, const struct ward_session *who,
	const char *why, struct ward_signed *ret)
{
	struct ward_sign as = *s;

	as.person = who->person;
	signing_was_wrong(g, &as);
	signing_record(g, WARD_TOLD_FAILED, who->person, (struct ward_str){0}, s, false);
	signing_refuse(ret, WARD_ERR_DENIED, why);
}

static void right(struct ward_signing *g, const struct ward_sign *s, const struct ward_session *who)
{
	struct ward_sign as = *s;

	as.person = who->person;
	signing_was_right(g, &as);
}

void signing_prove(struct ward_signing *g, const struct ward_sign *s, struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before = *a;

	bool twice = s->code.len || s->proof.len;

	if (!twice && !s->password.len && a->n_key) {
		signing_key_ask(g, a, false, ret);
		return;
	}
	if (s->code.len        ? !is_code(g, a, s->code)
		: s->proof.len ? !signing_key_answers(g, a, s)
			       : !ward_password_is(a->password, s->password)) {
		wrong(g, s, who, WARD_TEXT("that is not right; nothing was done"), ret);
		return;
	}
	right(g, s, who);
	in->proved = signing_now_of(g);
	in->proved_twice = twice ? in->proved : in->proved_twice;
	g->used = true; /* so that it holds on when Ward begins anew */
	*ret = (struct ward_signed){.err = WARD_OK, .has_session = true};
	signing_fill(g, in, who, &ret->session);
	if (twice) /* a code is good once, whatever happens; a key's count goes up */
		(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

void signing_second_end(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before = *a;

	if (!a->has_second) {
		signing_refuse(ret, WARD_ERR_STATE, WARD_TEXT("there is no authenticator"));
	} else if (!is_code(g, a, s->code)) {
		wrong(g, s, who,
			WARD_TEXT("that is not the code that the authenticator shows now; is its "
				  "clock right?"),
			ret);
	} else {
		right(g, s, who);
		a->has_second = a->has_begun = false;
		a->step = 0;
		ward_wipe(a->second, sizeof(a->second));
		signing_record(
			g, WARD_TOLD_SECOND_ENDED, who->person, (struct ward_str){0}, s, false);
		*ret = (struct ward_signed){.err = WARD_OK};
		(void)signing_keep(g, a, &before, ret);
	}
	ward_wipe(&before, sizeof(before));
}

/* ---- sessions ---- */

static void id_of(const struct ward_signed_in *s, struct ward_wr *w)
{
	ward_wr_hex(w, ward_slice_of(s->hash, SESSION_ID));
}

static void put_session(const struct ward_signing *g, const struct ward_signed_in *s, bool here,
	struct ward_json *j)
{
	const struct ward_device *d = ward_device_find(g->o.accounts, ward_str_z(s->device));
	char id[2 * SESSION_ID];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));

	id_of(s, &w);
	ward_json_obj(j);
	ward_json_key(j, "id");
	ward_json_str(j, ward_wr_text(&w));
	ward_json_key(j, "begun");
	ward_json_time(j, s->made);
	ward_json_key(j, "used");
	ward_json_time(j, s->used);
	ward_json_key(j, "here");
	ward_json_bool(j, here);
	ward_json_key(j, "device");
	if (d)
		ward_json_z(j, d->name);
	else
		ward_json_null(j);
	ward_json_obj_end(j);
}

void signing_sessions(struct ward_signing *g, const struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret)
{
	const struct ward_account *a = ward_account_find(g->o.accounts, who->person);
	struct ward_json j = ward_json_on(&g->json);
	const struct ward_accounts *t = g->o.accounts;
	const uint8_t *here = in->hash;

	ward_json_obj(&j);
	ward_json_key(&j, "second_factor");
	ward_json_bool(&j, a->has_second);
	ward_json_key(&j, "pin");
	ward_json_bool(&j, a->pin[0] != 0);
	signing_keys_put(a, &j);
	ward_json_key(&j, "items");
	ward_json_arr(&j);
	for (size_t i = 0; i < t->n_s; i++)
		if (ward_str_eqz(who->person, t->s[i].person))
			put_session(g, &t->s[i],
				memcmp(t->s[i].hash, here, sizeof(t->s[i].hash)) == 0, &j);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

void signing_session_end(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_accounts *t = g->o.accounts;

	for (size_t i = 0; i < t->n_s; i++) {
		char id[2 * SESSION_ID];
		struct ward_wr w = ward_wr_fixed(id, sizeof(id));

		id_of(&t->s[i], &w);
		if (!ward_str_eqz(who->person, t->s[i].person) ||
			!ward_str_eq(s->code, ward_wr_text(&w)))
			continue;
		signing_record(
			g, WARD_TOLD_SIGNED_OUT, who->person, (struct ward_str){0}, s, false);
		ward_signed_in_drop(t, &t->s[i]);
		*ret = (struct ward_signed){.err = WARD_OK};
		(void)signing_keep(g, NULL, NULL, ret);
		return;
	}
	signing_refuse(ret, WARD_ERR_NOT_FOUND, WARD_TEXT("that session is over"));
}

/* ---- the PIN ---- */

/* Why it is refused; NULL: it is taken. */
static const char *pin_refused(struct ward_str pin)
{
	unsigned seen = 0;
	int n = 0;
	bool counts = true;

	if (pin.len < PIN_MIN || pin.len > PIN_MAX)
		return WARD_TEXT("a PIN has 6 to 12 digits");
	for (size_t i = 0; i < pin.len; i++) {
		if (pin.p[i] < '0' || pin.p[i] > '9')
			return WARD_TEXT("a PIN has 6 to 12 digits");
		seen |= 1u << (pin.p[i] - '0');
		counts = counts && (!i || pin.p[i] - pin.p[i - 1] == pin.p[1] - pin.p[0]);
	}
	for (unsigned b = seen; b; b &= b - 1)
		n++;
	return counts || n < PIN_DIGITS
		       ? WARD_TEXT("that PIN is guessed too easily: take other digits")
		       : NULL;
}

void signing_set_pin(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before = *a;
	const char *why = s->password.len ? pin_refused(s->password) : NULL;

	*ret = (struct ward_signed){.err = WARD_OK};
	if (why) {
		signing_refuse(ret, WARD_ERR_MALFORMED, why);
		return;
	}
	ward_wipe(a->pin, sizeof(a->pin));
	if (s->password.len && ward_password_hash(s->password, g->o.cost, a->pin) != WARD_OK) {
		*a = before;
		signing_refuse(ret, WARD_ERR_NOMEM,
			WARD_TEXT("this machine has no memory for it; try again in a minute"));
		return;
	}
	signing_record(g, s->password.len ? WARD_TOLD_PIN : WARD_TOLD_PIN_ENDED, who->person,
		(struct ward_str){0}, s, false);
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}
