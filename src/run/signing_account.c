#include "run/signing_priv.h"

#include "base/json.h"
#include "respond/act/totp.h"
#include "words/words.h"

#include <sodium.h>

enum { CODE_LETTERS = 8, JSON_ROOM = 4096 };

/* No I, L, O, U, V: they are read as others, or heard as others. */
static const char letters[] = "ABCDEFGHJKMNPQRSTWXYZ";

static const ward_ns code_good = 24 * 3600 * WARD_NS_PER_S;

/* Capitals, without blanks and dashes. */
void signing_code_hash(struct ward_str code, uint8_t ret[WARD_SIGN_TOKEN])
{
	char plain[CODE_LETTERS + 1];
	size_t n = 0;

	for (size_t i = 0; i < code.len && n < sizeof(plain); i++)
		if (code.p[i] != ' ' && code.p[i] != '-')
			plain[n++] = code.p[i] >= 'a' && code.p[i] <= 'z'
					     ? (char)(code.p[i] - 'a' + 'A')
					     : code.p[i];
	signing_hash_of("ward code", plain, n, ret);
	ward_wipe(plain, sizeof(plain));
}

static void new_code(char ret[WARD_SIGN_TEXT])
{
	for (size_t i = 0; i < CODE_LETTERS; i++)
		ret[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	ret[CODE_LETTERS] = 0;
}

void signing_give_code(struct ward_signing *g, struct ward_account *a, char ret[WARD_SIGN_TEXT])
{
	new_code(ret);
	signing_code_hash(ward_str_z(ret), a->code);
	a->code_until =
		signing_now_of(g) / WARD_NS_PER_S * WARD_NS_PER_S + code_good; /* told to people */
}

void signing_issue(struct ward_signing *g, const struct ward_sign *s, bool local,
	const struct ward_session *who, struct ward_str by, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_need(g->o.accounts, who->person), before;
	struct ward_json j = ward_json_on(&g->json);
	char code[WARD_SIGN_TEXT];

	if (!a) {
		signing_refuse(ret, WARD_ERR_LIMIT, WARD_TEXT("there are too many accounts"));
		return;
	}
	if (a->disabled) {
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("the account is disabled; enable it, then make a code"));
		return;
	}
	before = *a;
	signing_give_code(g, a, code);
	signing_record(g, WARD_TOLD_CODE, who->person, by, s, local);
	*ret = (struct ward_signed){.err = WARD_OK};
	if (signing_keep(g, a, &before, ret)) {
		ward_json_obj(&j);
		ward_json_key(&j, "code");
		ward_json_z(&j, code);
		ward_json_key(&j, "expires");
		ward_json_time(&j, a->code_until);
		ward_json_obj_end(&j);
		ret->json = ward_wr_text(&g->json);
	}
	ward_wipe(code, sizeof(code));
	ward_wipe(&before, sizeof(before));
}

void signing_set_disabled(struct ward_signing *g, const struct ward_sign *s, bool local,
	const struct ward_session *who, struct ward_str by, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before;
	bool to = s->what == WARD_SIGN_DISABLE;

	if (!a) {
		signing_refuse(ret, WARD_ERR_STATE, WARD_TEXT("the person has no account"));
		return;
	}
	if (to && ward_str_eq(by, who->person)) {
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("nobody disables their own account; somebody else who may "
				  "administer can"));
		return;
	}
	before = *a;
	a->disabled = to;
	signing_record(g, to ? WARD_TOLD_DISABLED : WARD_TOLD_ENABLED, who->person, by, s, local);
	if (to) {
		a->code_until = 0;
		signing_drop_all_of(g, who->person);
	}
	*ret = (struct ward_signed){.err = WARD_OK};
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

static const char *state_of(const struct ward_account *a)
{
	return !a || (!a->password[0] && !a->disabled) ? "none"
	       : a->disabled                           ? "disabled"
						       : "active";
}

static void put_person(const struct ward_signing *g, const struct ward_session *p, bool accounts,
	struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_key(j, "id");
	ward_json_str(j, p->person);
	ward_json_key(j, "name");
	ward_json_str(j, p->name);
	ward_json_key(j, "roles");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_role; i++)
		ward_json_str(j, p->role[i]);
	ward_json_arr_end(j);
	if (accounts) {
		ward_json_key(j, "account");
		ward_json_z(j, state_of(ward_account_find(g->o.accounts, p->person)));
	}
	ward_json_obj_end(j);
}

/* As many as there is room for, behind that person; "next" is where to go on. */
void signing_people(
	struct ward_signing *g, struct ward_str after, bool accounts, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);
	bool begun = !after.len;
	const struct ward_session *last = NULL, *next = NULL;

	ward_json_obj(&j);
	ward_json_key(&j, "items");
	ward_json_arr(&j);
	for (size_t i = 0; i < g->o.who->n && !next; i++) {
		const struct ward_session *p = &g->o.who->p[i];

		if (begun && g->json.len + JSON_ROOM > WARD_SIGN_JSON)
			next = last;
		else if (begun)
			put_person(g, p, accounts, &j);
		begun = begun || ward_str_eq(p->person, after);
		last = p;
	}
	ward_json_arr_end(&j);
	if (next) {
		ward_json_key(&j, "next");
		ward_json_str(&j, next->person);
	}
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

void signing_second(struct ward_signing *g, const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person);
	struct ward_json j = ward_json_on(&g->json);
	char text[2 * WARD_ACCOUNT_SECRET], uri[256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text)), u = ward_wr_fixed(uri, sizeof(uri));

	if (a->has_second) { /* who finds an unlocked screen has no code of theirs */
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("there is an authenticator already: remove it first, by its "
				  "code"));
		return;
	}
	randombytes_buf(a->begun, sizeof(a->begun));
	a->has_begun = true;
	ward_base32_write(&w, ward_slice_of(a->begun, sizeof(a->begun)));
	ward_wr_printf(&u,
		"otpauth://totp/Ward:%s?secret=%.*s&issuer=Ward&algorithm=SHA1&digits=%d&period=30",
		a->person, WARD_STR_ARG(ward_wr_text(&w)), (int)WARD_TOTP_DIGITS);
	ward_json_obj(&j);
	ward_json_key(&j, "secret");
	ward_json_str(&j, ward_wr_text(&w));
	ward_json_key(&j, "uri");
	ward_json_str(&j, ward_wr_text(&u));
	ward_wr_ch(&u, 0);
	if (!ward_wr_bad(&u))
		signing_qr(uri, &j);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
	ward_wipe(text, sizeof(text));
	ward_wipe(uri, sizeof(uri));
}

void signing_second_confirm(struct ward_signing *g, const struct ward_sign *s,
	struct ward_signed_in *in, const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_account *a = ward_account_find(g->o.accounts, who->person), before = *a;
	uint64_t step;

	if (!a->has_begun) {
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("no authenticator was begun with; ask for its secret first"));
	} else if (ward_totp_check(ward_slice_of(a->begun, sizeof(a->begun)), s->code,
			   signing_now_of(g), 0, &step) != WARD_OK) {
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("that is not the code that the authenticator shows now; is its "
				  "clock right?"));
	} else {
		memcpy(a->second, a->begun, sizeof(a->second));
		a->step = step;
		a->has_second = true;
		a->has_begun = false;
		signing_record(g, WARD_TOLD_SECOND, who->person, (struct ward_str){0}, s, false);
		in->second = true;
		in->proved_twice = signing_now_of(g);
		*ret = (struct ward_signed){.err = WARD_OK, .has_session = true};
		signing_fill(g, in, who, &ret->session);
		(void)signing_keep(g, a, &before, ret);
	}
	ward_wipe(&before, sizeof(before));
}
