#include "run/signing_priv.h"

#include "respond/act/totp.h"
#include "words/words.h"

#include <sodium.h>

static const ward_ns usual_idle = 15 * 60 * WARD_NS_PER_S,
		     usual_longest = 12 * 3600 * WARD_NS_PER_S;

static const char *const what_name[WARD_TOLD_N] = {
#define X(NAME, name) [WARD_TOLD_##NAME] = name,
	WARD_TOLD_LIST(X)
#undef X
};

const char *ward_told_name(enum ward_told w)
{
	return (unsigned)w < WARD_TOLD_N ? what_name[w] : "none";
}

enum ward_err ward_signing_new(const struct ward_signing_opts *o, struct ward_signing **ret)
{
	struct ward_signing *g = ward_mem_alloc(ward_mem_heap(), sizeof(*g));
	char random[WARD_SIGN_TOKEN];

	if (!g)
		return WARD_ERR_NOMEM;
	*g = (struct ward_signing){.o = *o};
	g->o.idle = o->idle ? o->idle : usual_idle;
	g->o.longest = o->longest ? o->longest : usual_longest;
	g->json = ward_wr_grow(ward_mem_heap(), WARD_SIGN_JSON);
	randombytes_buf(random, sizeof(random));
	enum ward_err err =
		ward_password_hash((struct ward_str){random, sizeof(random)}, g->o.cost, g->nobody);

	if (err)
		ward_signing_free(g);
	else
		*ret = g;
	return err;
}

void ward_signing_free(struct ward_signing *g)
{
	if (!g)
		return;
	ward_wr_fini(&g->json);
	ward_mem_free(ward_mem_heap(), g, sizeof(*g));
}

bool ward_signing_slow(const struct ward_sign *s)
{
	static const bool slow[WARD_SIGN_N] = {[WARD_SIGN_PASSWORD] = true,
		[WARD_SIGN_CODE] = true,
		[WARD_SIGN_SET_PASSWORD] = true,
		[WARD_SIGN_PROVE] = true,
		[WARD_SIGN_SECOND_END] = true,
		[WARD_SIGN_SET_PIN] = true,
		[WARD_SIGN_PIN] = true};

	return slow[s->what];
}

/* ---- signing in ---- */

void signing_wrong(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	const struct ward_session *who = ward_signers_find(g->o.who, s->person);

	signing_was_wrong(g, s);
	signing_record(g, WARD_TOLD_FAILED, who ? who->person : (struct ward_str){0},
		(struct ward_str){0}, s, false);
	signing_refuse(ret, WARD_ERR_DENIED,
		WARD_TEXT("not signed in: the name, the password or the code is wrong. The code of "
			  "your authenticator is needed, too, if you have set one up"));
}

bool signing_second_is(struct ward_signing *g, struct ward_account *a, const struct ward_sign *s)
{
	if (!a->has_second && !a->n_key)
		return true;
	if (s->proof.len)
		return signing_key_answers(g, a, s);
	return a->has_second && ward_totp_check(ward_slice_of(a->second, sizeof(a->second)),
					s->code, signing_now_of(g), a->step, &a->step) == WARD_OK;
}

/* May they be at the post, or is it for other places? Then *ret says so. */
static bool may_be_at(struct ward_signing *g, const struct ward_device *at,
	const struct ward_session *who, struct ward_signed *ret)
{
	struct ward_session is = *who;

	if (!at || signing_limit(g, at, &is))
		return true;
	signing_refuse(ret, WARD_ERR_DENIED,
		WARD_TEXT("this post is for another part of the hospital than yours"));
	return false;
}

static void by_password(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	const struct ward_session *who = ward_signers_find(g->o.who, s->person);
	struct ward_account *a = who ? ward_account_find(g->o.accounts, s->person) : NULL;
	bool can = a && a->password[0] && !a->disabled,
	     ok = ward_password_is(can ? a->password : g->nobody, s->password), directory;
	struct ward_account before;

	if (!ok || !can) {
		signing_wrong(g, s, ret);
		return;
	}
	if (signing_needs_word(g, a, s)) {
		*ret = (struct ward_signed){.err = WARD_ERR_MORE};
		return;
	}
	struct ward_device *at = signing_device_of(g, s->device);

	if (!may_be_at(g, at, who, ret))
		return;
	before = *a;
	if (a->n_key && !s->proof.len && !s->code.len) {
		signing_key_ask(g, a, false, ret);
		return;
	}
	if (!signing_second_is(g, a, s)) {
		signing_wrong(g, s, ret);
		return;
	}
	signing_was_right(g, s);
	if (!signing_counts_here(g, a, s, &directory, ret))
		return;
	signing_make_familiar(a, s->from);
	signing_record(g, WARD_TOLD_SIGNED_IN, who->person, (struct ward_str){0}, s, false);
	if (at)
		signing_present(g, at, who->person, a->has_second || a->n_key);
	signing_begin(g,
		&(struct signing_new){.who = who,
			.at = at,
			.second = a->has_second || a->n_key,
			.proved = true,
			.directory = directory},
		ret);
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

/* Whose code it is; looks at all, so that it takes as long for any. */
static struct ward_account *of_code(struct ward_signing *g, const struct ward_sign *s)
{
	struct ward_accounts *t = g->o.accounts;
	struct ward_account *found = NULL;
	uint8_t hash[WARD_SIGN_TOKEN];
	ward_ns now = signing_now_of(g);

	signing_code_hash(s->code, hash);
	for (size_t i = 0; i < t->n; i++) {
		struct ward_account *a = &t->a[i];
		bool is = sodium_memcmp(a->code, hash, sizeof(hash)) == 0;

		if (is && a->code_until > now && !a->disabled &&
			(!s->person.len || ward_str_eqz(s->person, a->person)))
			found = a;
	}
	return found;
}

/* Takes a password, unless it is refused: *ret says why. */
static bool take_password(struct ward_signing *g, const struct ward_session *who,
	struct ward_account *a, struct ward_str password, struct ward_signed *ret)
{
	const char *why = ward_password_refused(g->o.common, password, who->person, who->name);

	if (why)
		signing_refuse(ret, WARD_ERR_MALFORMED, why);
	else if (ward_password_hash(password, g->o.cost, a->password) != WARD_OK)
		signing_refuse(ret, WARD_ERR_NOMEM,
			WARD_TEXT("this machine has no memory for it; try again in a minute"));
	else
		return true;
	return false;
}

static void by_code(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_account *a = of_code(g, s), before;
	const struct ward_session *who =
		a ? ward_signers_find(g->o.who, ward_str_z(a->person)) : NULL;

	if (!who) {
		signing_wrong(g, s, ret);
		return;
	}
	const struct ward_device *at = signing_device_of(g, s->device);

	if (!may_be_at(g, at, who, ret))
		return;
	before = *a;
	a->password[0] = 0;
	if (s->password.len && !take_password(g, who, a, s->password, ret)) {
		*a = before;
		return;
	}
	a->code_until = 0;
	a->has_second = a->has_begun = false;
	a->step = 0;
	a->n_key = 0;
	ward_wipe(a->pin, sizeof(a->pin));
	ward_wipe(a->code, sizeof(a->code));
	ward_wipe(a->second, sizeof(a->second));
	signing_was_right(g, s);
	signing_make_familiar(a, s->from);
	signing_record(g, WARD_TOLD_MADE, who->person, (struct ward_str){0}, s, false);
	signing_record(g, WARD_TOLD_SIGNED_IN, who->person, (struct ward_str){0}, s, false);
	signing_drop_all_of(g, who->person);
	signing_begin(g,
		&(struct signing_new){
			.who = who, .at = at, .must = !a->password[0], .proved = true},
		ret);
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

/* The old one shows that it is the person, as a one-time code did just now. Whoever has none here,
 * since they sign in at the directory, proves it: else an unlocked screen would give one away. */
static void set_password(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *is, struct ward_signed *ret)
{
	const struct ward_session *who;
	struct ward_signed_in *in = signing_find(g, s->token, &who);
	struct ward_account *a, before;
	struct ward_sign as = *s;
	const struct ward_device *at;
	bool second;

	WARD_ASSERT(in);
	a = ward_account_find(g->o.accounts, who->person);
	as.person = who->person;
	if (a->password[0] && !ward_password_is(a->password, s->old)) {
		signing_was_wrong(g, &as);
		signing_record(g, WARD_TOLD_FAILED, who->person, (struct ward_str){0}, s, false);
		signing_refuse(ret, WARD_ERR_DENIED, WARD_TEXT("the old password is wrong"));
		return;
	}
	if (!a->password[0] && !is->must_set_password && !signing_is_proved(is, ret))
		return;
	before = *a;
	if (!take_password(g, who, a, s->password, ret))
		return;
	second = in->second;
	at = in->device[0] ? ward_device_find(g->o.accounts, ward_str_z(in->device)) : NULL;
	signing_was_right(g, &as);
	signing_record(g, WARD_TOLD_PASSWORD, who->person, (struct ward_str){0}, s, false);
	signing_drop_all_of(g, who->person);
	signing_begin(g,
		&(struct signing_new){.who = who, .at = at, .second = second, .proved = true}, ret);
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

/* ---- who asks ---- */

static void sign_out(struct ward_signing *g, const struct ward_sign *s, struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret)
{
	signing_record(g, WARD_TOLD_SIGNED_OUT, who->person, (struct ward_str){0}, s, false);
	ward_signed_in_drop(g->o.accounts, in);
	*ret = (struct ward_signed){.err = WARD_OK};
	(void)signing_keep(g, NULL, NULL, ret);
}

static void administer(struct ward_signing *g, const struct ward_sign *s, bool local,
	struct ward_str by, struct ward_signed *ret)
{
	const struct ward_session *who = ward_signers_find(g->o.who, s->person);

	if (s->what == WARD_SIGN_DEVICES)
		signing_devices(g, ret);
	else if (s->what == WARD_SIGN_DEVICE_MAKE)
		signing_device_make(g, s, by, ret);
	else if (s->what == WARD_SIGN_DEVICE_END)
		signing_device_end(g, s, by, ret);
	else if (!who)
		signing_refuse(ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("people.yml has nobody of that id; add them, and start Ward "
				  "anew"));
	else if (s->what == WARD_SIGN_ISSUE)
		signing_issue(g, s, local, who, by, ret);
	else
		signing_set_disabled(g, s, local, who, by, ret);
}

/* What is done with one's own account; false: it is something else. */
static bool with_own(struct ward_signing *g, const struct ward_sign *s, struct ward_signed_in *in,
	const struct ward_session *is, struct ward_signed *ret)
{
	const struct ward_session *who = ward_signers_find(g->o.who, is->person);

	if (s->what == WARD_SIGN_PROVE)
		signing_prove(g, s, in, who, ret);
	else if (s->what == WARD_SIGN_SESSIONS)
		signing_sessions(g, in, who, ret);
	else if (s->what == WARD_SIGN_SESSION_END)
		signing_session_end(g, s, who, ret);
	else if (s->what == WARD_SIGN_SECOND_CONFIRM)
		signing_second_confirm(g, s, in, who, ret);
	else if (s->what == WARD_SIGN_SECOND_END)
		signing_second_end(g, s, who, ret);
	else if (s->what != WARD_SIGN_SECOND && s->what != WARD_SIGN_SET_PIN &&
		 s->what != WARD_SIGN_KEY && s->what != WARD_SIGN_KEY_ADD &&
		 s->what != WARD_SIGN_KEY_END)
		return false;
	else if (!signing_is_proved(is, ret) ||
		 (s->what != WARD_SIGN_SET_PIN &&
			 !signing_is_proved_twice(
				 g, in, ward_account_find(g->o.accounts, who->person), ret)))
		return true;
	else if (s->what == WARD_SIGN_SECOND)
		signing_second(g, who, ret);
	else if (s->what == WARD_SIGN_KEY)
		signing_key(g, who, ret);
	else if (s->what == WARD_SIGN_KEY_ADD)
		signing_key_add(g, s, in, who, ret);
	else if (s->what == WARD_SIGN_KEY_END)
		signing_key_end(g, s, who, ret);
	else
		signing_set_pin(g, s, who, ret);
	return true;
}

/* `api` faces the outside: what it says is words of ours, and no text of anybody's. */
static bool is_shape(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == ' ' || s.p[i] == ':' ||
			    s.p[i] == ','))
			return false;
	return s.len && s.len <= WARD_SIGN_SHAPE;
}

static void searched(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret)
{
	const struct ward_account_told t = {.what = WARD_TOLD_SEARCHED,
		.person = who->person,
		.from = signing_kind_of(s->from, false),
		.on = s->code};

	if (!is_shape(s->code)) {
		signing_refuse(ret, WARD_ERR_MALFORMED, WARD_TEXT("these are no words of ours"));
		return;
	}
	g->o.record(g->o.ctx, &t);
	*ret = (struct ward_signed){.err = WARD_OK};
}

/* By somebody who is signed in. */
static void by_session(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	const struct ward_session *who;
	struct ward_signed_in *in = signing_find(g, s->token, &who);
	struct ward_session is;

	if (!in) {
		signing_refuse(
			ret, WARD_ERR_CLOSED, WARD_TEXT("you are signed out; sign in again"));
		return;
	}
	if (s->what != WARD_SIGN_LOOK && s->what != WARD_SIGN_SEARCHED)
		signing_use(g, in);
	signing_fill(g, in, who, &is);
	bool may = is.rights & WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER);

	if (s->what == WARD_SIGN_CHECK || s->what == WARD_SIGN_LOOK)
		*ret = (struct ward_signed){.err = WARD_OK, .has_session = true, .session = is};
	else if (s->what == WARD_SIGN_OUT)
		sign_out(g, s, in, who, ret);
	else if (s->what == WARD_SIGN_SEARCHED)
		searched(g, s, who, ret);
	else if (is.wall)
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("a wall screen shows, and does nothing else"));
	else if (s->what == WARD_SIGN_SET_PASSWORD)
		set_password(g, s, &is, ret);
	else if (is.must_set_password)
		signing_refuse(ret, WARD_ERR_DENIED, WARD_TEXT("set a password first"));
	else if (with_own(g, s, in, &is, ret))
		return;
	else if (s->what == WARD_SIGN_PEOPLE)
		signing_people(g, s->person, may, ret);
	else if (!may)
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("you may not administer accounts; people.yml says who may"));
	else if (s->what == WARD_SIGN_DEVICES || signing_is_proved(&is, ret))
		administer(g, s, false, who->person, ret);
}

static bool is_sign_in(const struct ward_sign *s)
{
	return s->what == WARD_SIGN_PASSWORD || s->what == WARD_SIGN_CODE;
}

/* Whose password is tried, for waits. */
static struct ward_sign with_person(struct ward_signing *g, const struct ward_sign *s)
{
	struct ward_sign as = *s;
	const struct ward_session *who;

	if (!s->person.len && signing_find(g, s->token, &who))
		as.person = who->person;
	return as;
}

void ward_signing_answer(
	struct ward_signing *g, const struct ward_sign *s, bool local, struct ward_signed *ret)
{
	bool slow = !local && ward_signing_slow(s);
	struct ward_sign as = slow && !is_sign_in(s) ? with_person(g, s) : *s;
	ward_ns wait = slow ? signing_wait_of(g, &as) : 0;

	ward_wr_reset(&g->json);
	if (wait) {
		signing_refuse(ret, WARD_ERR_AGAIN,
			WARD_TEXT("too many wrong answers: wait a moment, then try again"));
		ret->wait = wait;
	} else if (local && s->what == WARD_SIGN_PEOPLE) {
		signing_people(g, s->person, true, ret);
	} else if (local && (s->what == WARD_SIGN_ISSUE || s->what == WARD_SIGN_DISABLE ||
				    s->what == WARD_SIGN_ENABLE)) {
		administer(g, s, true, WARD_STR("machine"), ret);
	} else if (local && s->what == WARD_SIGN_SENSORS) {
		signing_sensors(g, ret);
	} else if (local && (s->what == WARD_SIGN_SENSOR_ADD || s->what == WARD_SIGN_SENSOR_END)) {
		(s->what == WARD_SIGN_SENSOR_ADD ? signing_sensor_add : signing_sensor_end)(
			g, s, ret);
	} else if (local) {
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("that is not done at this machine's socket"));
	} else if (is_sign_in(s)) {
		(s->what == WARD_SIGN_PASSWORD ? by_password : by_code)(g, s, ret);
	} else if (s->what == WARD_SIGN_SENSOR_KEY || s->what == WARD_SIGN_SENSOR_IS) {
		(s->what == WARD_SIGN_SENSOR_KEY ? signing_sensor_key : signing_sensor_is)(
			g, s, ret);
	} else if (s->what == WARD_SIGN_PIN) {
		signing_pin(g, s, ret);
	} else if (s->what == WARD_SIGN_DEVICE) {
		signing_device(g, s, ret);
	} else {
		by_session(g, s, ret);
	}
	if (ward_wr_bad(&g->json))
		signing_refuse(ret, WARD_ERR_NOMEM,
			WARD_TEXT("this machine has no memory for it; try again in a minute"));
}

bool ward_signing_first(
	struct ward_signing *g, char ret_code[WARD_SIGN_TEXT], struct ward_str *ret_person)
{
	static const struct ward_sign here;
	const struct ward_session *who = ward_signers_first(g->o.who);
	struct ward_accounts *t = g->o.accounts;
	struct ward_account *a, before;
	struct ward_signed ret;

	for (size_t i = 0; i < t->n; i++)
		if ((t->a[i].password[0] || signing_is_directorys(g, ward_str_z(t->a[i].person))) &&
			!t->a[i].disabled &&
			ward_signers_find(g->o.who, ward_str_z(t->a[i].person)))
			return false;
	a = who ? ward_account_need(t, who->person) : NULL;
	if (!a || a->disabled)
		return false;
	before = *a;
	signing_give_code(g, a, ret_code);
	signing_record(g, WARD_TOLD_CODE, who->person, WARD_STR("machine"), &here, true);
	*ret_person = who->name;
	return signing_keep(g, a, &before, &ret);
}

void ward_signing_tidy(struct ward_signing *g)
{
	size_t before = g->o.accounts->n_s;

	signing_drop_ended(g);
	if ((g->used || g->o.accounts->n_s != before) && g->o.save(g->o.ctx))
		g->used = false;
}
