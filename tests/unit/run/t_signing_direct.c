/* What login makes of what the hospital's directory says, on a clock that the test sets: groups
 * that narrow and never widen, accounts that end, and the directory out of reach. */
#include "run/signing_direct.h"

#include "base/wr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S
#define HERE "correct horse battery staple"

static const ward_ns noon = 1800000000 * S;
static const uint64_t report = WARD_RIGHT_BIT(WARD_RIGHT_REPORT),
		      decide = WARD_RIGHT_BIT(WARD_RIGHT_DECIDE_INCIDENT),
		      administer = WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER);

struct desk {
	struct ward_clock_fake clock;
	struct ward_signers who;
	struct ward_accounts accounts;
	struct ward_signing *g;
	struct ward_signed ret;
	unsigned told[WARD_TOLD_N];
	bool disk_is_full;
	uint8_t text[8192];
};

static bool save(void *ctx)
{
	return !((struct desk *)ctx)->disk_is_full;
}

static void record(void *ctx, const struct ward_account_told *t)
{
	((struct desk *)ctx)->told[t->what]++;
}

static struct ward_session somebody(
	const char *id, const char *role, uint64_t rights, const char *place)
{
	return (struct ward_session){.person = ward_str_z(id),
		.name = ward_str_z(id),
		.language = WARD_STR("it"),
		.role = {ward_str_z(role)},
		.n_role = 1,
		.place = {ward_str_z(place)},
		.n_place = place ? 1 : 0,
		.rights = rights};
}

static void put_group(
	struct ward_wr *w, const char *id, const char *role, uint64_t rights, const char *place)
{
	struct ward_session s = somebody(id, role, rights, place);

	ward_signers_put_group(w, &s);
}

static struct desk *begin(enum ward_directory_kind kind)
{
	struct desk *k = test_calloc(1, sizeof(*k));
	struct ward_wr w = ward_wr_fixed(k->text, sizeof(k->text));
	const struct ward_signers_node node[] = {{WARD_STR("house"), {0}, {0}, {0}},
		{WARD_STR("floor-1"), WARD_STR("house"), {0}, {0}},
		{WARD_STR("room-1"), WARD_STR("floor-1"), {0}, {0}},
		{WARD_STR("floor-2"), WARD_STR("house"), {0}, {0}}};
	struct ward_directory d = {.kind = kind,
		.name = WARD_STR("AD"),
		.unconfirmed = 300 * S,
		.breaker = {WARD_STR("glass")},
		.n_breaker = 1};
	struct ward_session p[] = {somebody("anna", "manager", report | decide | administer, NULL),
		somebody("bo", "guard", report, "floor-1"),
		somebody("glass", "guard", report, NULL)};

	ward_clock_fake_init(&k->clock, noon);
	for (size_t i = 0; i < WARD_ARRAY_LEN(p); i++)
		ward_signers_put_person(&w, &p[i]);
	for (size_t i = 0; i < WARD_ARRAY_LEN(node); i++)
		ward_signers_put_node(&w, &node[i]);
	if (kind) {
		ward_signers_put_directory(&w, &d);
		put_group(&w, "managers", "manager", report | decide, NULL);
		put_group(&w, "night", "manager", report, "floor-2");
		put_group(&w, "guards", "guard", report | decide, "room-1");
		put_group(&w, "far-guards", "guard", report, "floor-2");
		ward_signers_put_name(&w, WARD_STR("b.o@h.example"), WARD_STR("bo"));
	}
	assert_int_equal(ward_signers_read(&k->who, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(ward_accounts_init(&k->accounts, ward_mem_heap()), WARD_OK);
	const struct ward_signing_opts o = {.clock = &k->clock.clock,
		.who = &k->who,
		.accounts = &k->accounts,
		.common = WARD_STR("password\n"),
		.cost = ward_password_least(),
		.idle = 24 * 3600 * S,
		.longest = 48 * 3600 * S,
		.save = save,
		.record = record,
		.ctx = k};

	assert_int_equal(ward_signing_new(&o, &k->g), WARD_OK);
	return k;
}

static void end(struct desk *k)
{
	ward_signing_free(k->g);
	ward_accounts_fini(&k->accounts);
	ward_signers_free(&k->who);
	test_free(k);
}

static struct ward_sign password(const char *person, const char *text)
{
	return (struct ward_sign){.what = WARD_SIGN_PASSWORD,
		.person = ward_str_z(person),
		.password = ward_str_z(text),
		.from = {[15] = 9}};
}

/* The directory says yes, and these groups ("a b"). */
static struct ward_directed yes(const char *name, const char *groups)
{
	struct ward_directed d = {
		.name = ward_str_z(name), .key = ward_str_z(name), .has_groups = true};
	struct ward_str rest = ward_str_z(groups);

	while (rest.len)
		d.group[d.n_group++] = ward_str_cut(&rest, ' ');
	return d;
}

static struct ward_directed no(enum ward_err err)
{
	return (struct ward_directed){.err = err};
}

/* Somebody signs in by a password there; true: it was answered by what the directory said. */
static bool signs(struct desk *k, const char *person, struct ward_directed d)
{
	struct ward_sign s = password(person, "x");
	struct ward_direct what;

	assert_true(ward_signing_asks(k->g, &s, &what));
	assert_int_equal(what.what, WARD_DIRECT_PASSWORD);
	assert_true(ward_signing_may_ask(k->g, &s, &k->ret));
	return ward_signing_told(k->g, &s, &d, &k->ret);
}

static enum ward_err here(struct desk *k, const char *person, const char *text)
{
	struct ward_sign s = password(person, text);

	ward_signing_answer(k->g, &s, false, &k->ret);
	return k->ret.err;
}

/* A password of ours, by a code that a person at the machine made. */
static void give_password(struct desk *k, const char *person)
{
	struct ward_sign s = {.what = WARD_SIGN_ISSUE, .person = ward_str_z(person)};
	char code[16];

	ward_signing_answer(k->g, &s, true, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	size_t at = ward_str_find(k->ret.json, WARD_STR("\"code\":\"")) + 8;

	snprintf(code, sizeof(code), "%.8s", k->ret.json.p + at);
	s = password(person, HERE);
	s.what = WARD_SIGN_CODE;
	s.code = ward_str_z(code);
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
}

static bool is_in(struct desk *k, const uint8_t token[WARD_SIGN_TOKEN], struct ward_session *ret)
{
	return ward_signing_who(k->g, token, ret) == WARD_OK;
}

/* ---- */

static void groups_narrow(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	const struct ward_session *s = &k->ret.session;

	(void)state;
	assert_true(signs(k, "anna", yes("Anna", "managers")));
	assert_int_equal(k->ret.err, WARD_OK);
	assert_int_equal(s->rights, report | decide); /* not administer: no group gives it */
	assert_int_equal(s->n_place, 0);
	/* the first line says the places; another with other places adds nothing */
	assert_true(signs(k, "anna", yes("anna", "night managers")));
	assert_int_equal(s->rights, report | decide);
	assert_int_equal(s->n_place, 0);
	assert_true(signs(k, "anna", yes("anna", "night")));
	assert_int_equal(s->rights, report);
	assert_true(ward_str_eqz(s->place[0], "floor-2"));
	/* by another name; the narrower place; a right that people.yml does not give is none */
	assert_true(signs(k, "b.o@h.example", yes("B.O@h.example", "managers guards")));
	assert_true(ward_str_eqz(s->person, "bo"));
	assert_int_equal(s->rights, report);
	assert_int_equal(s->n_place, 1);
	assert_true(ward_str_eqz(s->place[0], "room-1"));
	/* no place is in both */
	assert_true(signs(k, "bo", yes("bo", "far-guards")));
	assert_int_equal(k->ret.err, WARD_ERR_STATE);
	/* no group, one that is none, one that gives other people's roles */
	for (size_t i = 0; i < 3; i++) {
		assert_true(signs(
			k, "anna", yes("anna", ((const char *[]){"", "others", "guards"})[i])));
		assert_int_equal(k->ret.err, WARD_ERR_STATE);
		assert_false(k->ret.has_session);
	}
	assert_true(signs(k, "who", yes("who", "managers"))); /* not of people.yml */
	assert_int_equal(k->ret.err, WARD_ERR_STATE);
	end(k);
}

static void wrong_passwords_wait(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_sign s = password("anna", "x");
	unsigned n = 0;

	(void)state;
	for (; n < 20 && ward_signing_may_ask(k->g, &s, &k->ret); n++) {
		struct ward_directed d = no(WARD_ERR_DENIED);

		assert_true(ward_signing_told(k->g, &s, &d, &k->ret));
		assert_int_equal(k->ret.err, WARD_ERR_DENIED);
	}
	assert_in_range(n, 5, 6);
	assert_int_equal(k->ret.err, WARD_ERR_AGAIN);
	assert_true(k->ret.wait > 0);
	assert_int_equal(k->told[WARD_TOLD_FAILED], n);
	end(k);
}

static void what_cannot_be_kept_did_not_happen(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);

	(void)state;
	k->disk_is_full = true;
	assert_true(signs(k, "anna", yes("anna", "managers")));
	assert_int_equal(k->ret.err, WARD_ERR_IO);
	assert_false(k->ret.has_session);
	end(k);
}

static void an_account_ends(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_session s;
	struct ward_direct what;
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_directed d;

	(void)state;
	assert_true(signs(k, "anna", yes("anna", "managers")));
	memcpy(token, k->ret.token, sizeof(token));
	ward_ns mono = ward_clock_mono(&k->clock.clock);

	assert_false(ward_signing_due(k->g, mono + 119 * S, &what));
	assert_true(ward_signing_due(k->g, mono + 120 * S, &what));
	assert_int_equal(what.what, WARD_DIRECT_STILL);
	assert_true(ward_str_eqz(what.name, "anna"));
	assert_false(ward_signing_due(k->g, mono + 121 * S, &what)); /* it is asked */
	/* other groups from now on */
	d = yes("anna", "night");
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	assert_true(is_in(k, token, &s));
	assert_int_equal(s.rights, report);
	/* it says nothing of groups: they are as they were */
	d = (struct ward_directed){.name = WARD_STR("anna"), .key = WARD_STR("anna")};
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	assert_true(is_in(k, token, &s));
	assert_int_equal(s.rights, report);
	/* the account ends: so does the session, at once */
	d = no(WARD_ERR_DENIED);
	ward_signing_still(k->g, WARD_STR("somebody else"), &d);
	assert_true(is_in(k, token, &s));
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	assert_false(is_in(k, token, &s));
	assert_int_equal(k->told[WARD_TOLD_ENDED], 1);
	/* no group that gives anything: nobody is signed in to nothing, and `api` is told so */
	for (size_t i = 0; i < 2; i++) {
		assert_true(signs(k, "anna", yes("anna", "managers")));
		memcpy(token, k->ret.token, sizeof(token));
		d = yes("anna", ((const char *[]){"", "guards"})[i]);
		ward_signing_still(k->g, WARD_STR("anna"), &d);
		assert_false(is_in(k, token, &s));
	}
	assert_int_equal(k->told[WARD_TOLD_ENDED], 3);
	assert_false(ward_signing_due(k->g, mono + 3600 * S, &what)); /* nobody is in */
	end(k);
}

/* Whoever is called otherwise there is somebody else here: who they were is asked about no more by
 * a key that says so. */
static void another_name(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_session s;
	uint8_t anna[WARD_SIGN_TOKEN], bo[WARD_SIGN_TOKEN];
	struct ward_directed d = yes("anna", "managers");

	(void)state;
	d.key = WARD_STR("sub-1");
	assert_true(signs(k, "anna", d));
	memcpy(anna, k->ret.token, sizeof(anna));
	d = yes("bo", "guards");
	d.key = WARD_STR("sub-1");
	assert_true(signs(k, "bo", d));
	memcpy(bo, k->ret.token, sizeof(bo));
	ward_signing_still(k->g, WARD_STR("sub-1"), &d);
	assert_false(is_in(k, anna, &s));
	assert_true(is_in(k, bo, &s));
	/* each of them ends with the account */
	d = yes("anna", "managers");
	d.key = WARD_STR("sub-1");
	assert_true(signs(k, "anna", d));
	memcpy(anna, k->ret.token, sizeof(anna));
	d = no(WARD_ERR_DENIED);
	ward_signing_still(k->g, WARD_STR("sub-1"), &d);
	assert_false(is_in(k, anna, &s));
	assert_false(is_in(k, bo, &s));
	end(k);
}

/* The name of somebody belongs to another account now: that is on record, and who had it is out. */
static void another_account(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_session s;
	uint8_t was[WARD_SIGN_TOKEN];
	struct ward_directed d = yes("anna", "managers");

	(void)state;
	d.key = WARD_STR("sub-1");
	assert_true(signs(k, "anna", d));
	memcpy(was, k->ret.token, sizeof(was));
	assert_true(signs(k, "anna", d));
	assert_true(is_in(k, was, &s));
	assert_int_equal(k->told[WARD_TOLD_OTHER], 0);
	d.key = WARD_STR("sub-2");
	assert_true(signs(k, "anna", d));
	assert_int_equal(k->ret.err, WARD_OK);
	assert_true(is_in(k, k->ret.token, &s));
	assert_false(is_in(k, was, &s));
	assert_int_equal(k->told[WARD_TOLD_OTHER], 1);
	end(k);
}

/* What the groups took is no role in which something is decided, whatever people.yml says. */
static void roles_are_narrowed(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_decision d = {.kind = WARD_DECISION_REPORT, .role = WARD_STR("guard")};
	const char *why = "";

	(void)state;
	k->who.p[0].role[0] = WARD_STR("guard"); /* anna is both, and the group gives one */
	k->who.p[0].role[1] = WARD_STR("manager");
	k->who.p[0].n_role = 2;
	assert_true(signs(k, "anna", yes("anna", "managers")));
	assert_int_equal(k->ret.session.n_role, 1);
	struct ward_session s = k->ret.session;

	assert_int_equal(ward_signing_may(k->g, &s, &d, &why), WARD_ERR_DENIED);
	assert_true(strstr(why, "role") != NULL);
	d.role = WARD_STR("manager");
	assert_int_equal(ward_signing_may(k->g, &s, &d, &why), WARD_OK);
	d.role = WARD_STR("?"); /* none is named: that of the session, and not of people.yml */
	assert_int_equal(ward_signing_may(k->g, &s, &d, &why), WARD_OK);
	assert_true(ward_str_eqz(d.role, "manager"));
	end(k);
}

/* A server takes "anna", "anna " and "ánna" for one: each has no tries of its own. */
static void names_that_nobody_has(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_sign s = password("", "x");
	struct ward_directed d = no(WARD_ERR_DENIED);
	char typed[32];
	unsigned n = 0;

	(void)state;
	for (; n < 20; n++) {
		(void)snprintf(typed, sizeof(typed), "anna%*s", (int)n + 1, "");
		s.person = ward_str_z(typed);
		s.from[0] = (uint8_t)(n + 1); /* and from addresses of their own */
		if (!ward_signing_may_ask(k->g, &s, &k->ret))
			break;
		assert_true(ward_signing_told(k->g, &s, &d, &k->ret));
	}
	assert_in_range(n, 5, 6);
	/* who is somebody here waits for nothing of it */
	s.person = WARD_STR("anna");
	assert_true(ward_signing_may_ask(k->g, &s, &k->ret));
	end(k);
}

static void who_cannot_be_asked_about(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_session s;
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_directed d = no(WARD_ERR_STATE);

	(void)state;
	assert_true(signs(k, "anna", yes("anna", "managers")));
	memcpy(token, k->ret.token, sizeof(token));
	k->clock.at += 299 * S;
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	assert_true(is_in(k, token, &s));
	k->clock.at += 1 * S;
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	assert_false(is_in(k, token, &s));
	end(k);
}

static void out_of_reach(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_session s;
	uint8_t anna[WARD_SIGN_TOKEN], bo[WARD_SIGN_TOKEN];
	struct ward_directed d = no(WARD_ERR_AGAIN);

	(void)state;
	give_password(k, "anna");
	give_password(k, "bo");
	give_password(k, "glass");
	assert_true(signs(k, "anna", yes("anna", "managers")));
	memcpy(anna, k->ret.token, sizeof(anna));
	assert_true(signs(k, "bo", yes("bo", "guards")));
	memcpy(bo, k->ret.token, sizeof(bo));
	/* while it can be reached: its password alone, but for break-glass */
	assert_int_equal(here(k, "anna", HERE), WARD_ERR_STATE);
	assert_int_equal(here(k, "anna", "guessed, and wrong"), WARD_ERR_DENIED);
	assert_int_equal(here(k, "glass", HERE), WARD_OK);
	assert_int_equal(k->told[WARD_TOLD_BREAK_GLASS], 1);
	assert_false(ward_signing_asks(k->g, &(struct ward_sign){0}, &(struct ward_direct){0}));
	/* it is gone; bo is on the roster, anna is not */
	ward_signing_roster(k->g, WARD_STR("\nbo\n"));
	assert_false(signs(k, "anna", d)); /* by the password that she has here, then */
	assert_int_equal(k->told[WARD_TOLD_DOWN], 1);
	assert_int_equal(here(k, "anna", HERE), WARD_ERR_STATE);
	assert_int_equal(here(k, "bo", HERE), WARD_OK);
	assert_int_equal(k->told[WARD_TOLD_CACHED], 1);
	assert_true(ward_str_eqz(k->ret.session.place[0], "room-1")); /* by the last groups */
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	assert_true(is_in(k, anna, &s)); /* five minutes for everybody */
	k->clock.at += 300 * S;
	ward_signing_still(k->g, WARD_STR("anna"), &d);
	ward_signing_still(k->g, WARD_STR("bo"), &d);
	assert_false(is_in(k, anna, &s));
	assert_true(is_in(k, bo, &s));
	/* without a roster everybody who was somebody lately */
	ward_signing_roster(k->g, (struct ward_str){NULL, 0});
	assert_int_equal(here(k, "anna", HERE), WARD_OK);
	/* nobody on call is not the same */
	ward_signing_roster(k->g, WARD_STR("\n"));
	assert_int_equal(here(k, "anna", HERE), WARD_ERR_STATE);
	ward_signing_roster(k->g, WARD_STR("\nbo\n"));
	k->clock.at += 12 * 3600 * S;
	ward_signing_still(k->g, WARD_STR("bo"), &d);
	assert_false(is_in(k, bo, &s));
	assert_int_equal(here(k, "bo", HERE), WARD_ERR_STATE);
	assert_int_equal(here(k, "glass", HERE), WARD_OK);
	/* back: nothing but its word counts */
	assert_true(signs(k, "bo", yes("bo", "guards")));
	assert_int_equal(k->told[WARD_TOLD_BACK], 1);
	assert_int_equal(here(k, "bo", HERE), WARD_ERR_STATE);
	end(k);
}

static void accounts_of_ours_alone(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);

	(void)state;
	give_password(k, "anna"); /* the directory has never known her */
	assert_false(signs(k, "anna", no(WARD_ERR_DENIED)));
	assert_int_equal(here(k, "anna", HERE), WARD_OK);
	assert_int_equal(k->ret.session.rights, report | decide | administer);
	end(k);
	k = begin(WARD_DIRECTORY_NONE);
	give_password(k, "anna");
	assert_int_equal(here(k, "anna", HERE), WARD_OK);
	assert_false(ward_signing_asks(
		k->g, &(struct ward_sign){.what = WARD_SIGN_PASSWORD}, &(struct ward_direct){0}));
	end(k);
}

/* Who guesses learns by no trip to the provider whose name it knows: it is asked after the password
 * alone, and not again at once. */
static void the_word_comes_after_the_password(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_OIDC);
	struct ward_account *a = ward_account_need(&k->accounts, WARD_STR("bo"));
	struct ward_sign s = password("bo", HERE);
	struct ward_directed d = no(WARD_ERR_AGAIN);
	struct ward_direct what;

	(void)state;
	give_password(k, "bo");
	memcpy(a->directory, "bo", 3);
	a->good = ward_clock_now(&k->clock.clock);
	assert_int_equal(here(k, "bo", "another pass phrase"), WARD_ERR_DENIED);
	assert_int_equal(here(k, "nobody", HERE), WARD_ERR_DENIED);
	assert_int_equal(here(k, "bo", HERE), WARD_ERR_MORE);
	assert_true(ward_signing_asks(k->g, &s, &what));
	assert_int_equal(what.what, WARD_DIRECT_STILL);
	assert_false(ward_signing_told(k->g, &s, &d, &k->ret)); /* out of reach: it counts */
	assert_int_equal(here(k, "bo", HERE), WARD_OK);
	k->clock.at += 31 * S;
	assert_int_equal(here(k, "bo", HERE), WARD_ERR_MORE);
	/* whose password waits a minute for its turn after the provider was asked is not asked
	 * about again, and again; and of what was said long before they came nothing is made */
	s.since = ward_clock_mono(&k->clock.clock);
	assert_false(ward_signing_told(k->g, &s, &d, &k->ret));
	k->clock.at += 61 * S;
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	s.since = ward_clock_mono(&k->clock.clock);
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_ERR_MORE);
	end(k);
}

static void ways_there_and_back(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_OIDC);
	struct ward_enter e = {.what = WARD_ENTER_BEGIN, .token = {1}}, back;
	struct ward_direct what;
	struct ward_entering was;
	char state_text[WARD_SIGN_TEXT];

	(void)state;
	assert_true(ward_signing_enter(k->g, &e, 0, &what, &k->ret));
	assert_int_equal(what.state.len, 64);
	assert_false(ward_str_eq(what.state, what.nonce));
	assert_false(ward_str_eq(what.nonce, what.verifier));
	memcpy(state_text, what.state.p, sizeof(state_text));
	back = (struct ward_enter){.what = WARD_ENTER_FINISH,
		.token = {1},
		.state = ward_str_z(state_text),
		.code = WARD_STR("code")};
	back.token[0] = 2; /* another browser */
	assert_false(ward_signing_come_back(k->g, &back, 0, &was, &what, &k->ret));
	back.token[0] = 1;
	back.state = WARD_STR("another");
	assert_false(ward_signing_come_back(k->g, &back, 0, &was, &what, &k->ret));
	back.state = ward_str_z(state_text); /* a wrong one uses it up */
	assert_false(ward_signing_come_back(k->g, &back, 0, &was, &what, &k->ret));
	assert_true(ward_signing_enter(k->g, &e, 0, &what, &k->ret));
	memcpy(state_text, what.state.p, sizeof(state_text));
	assert_false(ward_signing_come_back(k->g, &back, 601 * S, &was, &what, &k->ret));
	assert_true(ward_signing_come_back(k->g, &back, 599 * S, &was, &what, &k->ret));
	assert_true(ward_str_eqz(what.secret, "code"));
	assert_false(ward_signing_come_back(k->g, &back, 599 * S, &was, &what, &k->ret));
	struct ward_directed d = yes("anna", "managers");

	d.many = true;
	ward_signing_entered(k->g, &back, &d, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	assert_true(k->ret.session.totp);
	d = no(WARD_ERR_DENIED);
	ward_signing_entered(k->g, &back, &d, &k->ret);
	assert_int_equal(k->ret.err, WARD_ERR_DENIED);
	d = no(WARD_ERR_AGAIN);
	ward_signing_entered(k->g, &back, &d, &k->ret);
	assert_int_equal(k->ret.err, WARD_ERR_IO);
	ward_signing_ways(k->g, &k->ret);
	assert_true(ward_str_eqz(k->ret.json,
		"{\"directory\":{\"kind\":\"oidc\",\"name\":\"AD\",\"reachable\":false}}"));
	/* many browsers of one address that never come back push out each other, and nobody else */
	assert_true(ward_signing_enter(k->g, &e, 0, &what, &k->ret));
	memcpy(state_text, what.state.p, sizeof(state_text));
	e.from[0] = 66;
	for (unsigned i = 0; i < 2 * WARD_SIGNING_ENTERING; i++) {
		e.token[1] = (uint8_t)i;
		e.token[2] = (uint8_t)(i >> 8);
		assert_true(ward_signing_enter(k->g, &e, (ward_ns)i * S / 1000, &what, &k->ret));
	}
	assert_true(ward_signing_come_back(k->g, &back, S, &was, &what, &k->ret));
	end(k);
}

/* A directory server takes "anna " for anna; her second factor is asked for all the same, and the
 * answer holds nothing of those before. */
static void a_name_is_typed_in_many_ways(void **state)
{
	static const char *const typed[] = {"anna", "anna ", " anna", "a.bianchi"};
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_account *a;

	(void)state;
	give_password(k, "anna");
	a = ward_account_find(&k->accounts, WARD_STR("anna"));
	a->has_second = true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(typed); i++) {
		assert_true(signs(k, typed[i], yes("anna", "managers")));
		assert_int_equal(k->ret.err, WARD_ERR_DENIED);
		assert_false(k->ret.has_session);
	}
	assert_int_equal(k->told[WARD_TOLD_FAILED], WARD_ARRAY_LEN(typed));
	k->clock.at += 3600 * S;
	a->has_second = false;
	a->n_key = 1;
	a->key[0].is.n_id = 4;
	for (size_t i = 0; i < WARD_ARRAY_LEN(typed); i++) {
		struct ward_sign s = {.what = WARD_SIGN_ISSUE, .person = WARD_STR("bo")};

		ward_signing_answer(k->g, &s, true, &k->ret);
		assert_int_equal(k->ret.err, WARD_OK);
		assert_true(signs(k, typed[i], yes("anna", "managers")));
		assert_int_equal(k->ret.err, WARD_ERR_DENIED);
		assert_true(ward_str_starts(k->ret.json, WARD_STR("{\"key\":")));
		assert_true(ward_str_find(k->ret.json, WARD_STR("\"code\"")) == SIZE_MAX);
	}
	end(k);
}

/* Whoever finds an unlocked screen of somebody who has no password here gives them none. */
static void a_first_password_is_proved(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	struct ward_sign s = {.what = WARD_SIGN_SET_PASSWORD, .password = WARD_STR(HERE)};

	(void)state;
	assert_true(signs(k, "anna", yes("anna", "managers")));
	memcpy(s.token, k->ret.token, sizeof(s.token));
	k->clock.at += 300 * S;
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_ERR_DENIED);
	assert_true(ward_str_eqz(k->ret.json, WARD_SIGN_STEP_UP));
	assert_true(signs(k, "anna", yes("anna", "managers")));
	memcpy(s.token, k->ret.token, sizeof(s.token));
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	end(k);
}

/* The first code is for a hospital that nobody can sign in to: not for each start of one whose
 * people have no password here. */
static void no_first_code(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_LDAPS);
	char code[WARD_SIGN_TEXT];
	struct ward_str name;

	(void)state;
	assert_true(ward_signing_first(k->g, code, &name));
	assert_true(signs(k, "bo", yes("bo", "guards")));
	assert_false(ward_signing_first(k->g, code, &name));
	end(k);
}

/* At a shared post by the provider: its limits count, as the browser was there when it went. */
static void a_post_by_the_provider(void **state)
{
	struct desk *k = begin(WARD_DIRECTORY_OIDC);
	struct ward_sign s = {
		.what = WARD_SIGN_DEVICE_MAKE, .code = WARD_STR("duty"), .old = WARD_STR("Gate")};
	struct ward_enter e = {.what = WARD_ENTER_BEGIN, .token = {1}};
	struct ward_entering was;
	struct ward_direct what;
	char text[WARD_SIGN_TEXT];
	struct ward_session is;
	uint8_t token[WARD_SIGN_TOKEN];

	(void)state;
	give_password(k, "anna");
	memcpy(s.token, k->ret.token, sizeof(s.token));
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	size_t at = ward_str_find(k->ret.json, WARD_STR("\"link\":\"")) + 8;

	snprintf(text, sizeof(text), "%.64s", k->ret.json.p + at);
	s = (struct ward_sign){.what = WARD_SIGN_DEVICE, .code = ward_str_z(text)};
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	memcpy(e.device, k->ret.device, sizeof(e.device));
	assert_true(ward_signing_enter(k->g, &e, 0, &what, &k->ret));
	snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(what.state));
	e = (struct ward_enter){.what = WARD_ENTER_FINISH,
		.token = {1},
		.state = ward_str_z(text),
		.code = WARD_STR("code")};
	assert_true(ward_signing_come_back(k->g, &e, 0, &was, &what, &k->ret));
	memcpy(e.device, was.device, sizeof(e.device));
	struct ward_directed d = yes("anna", "managers");

	ward_signing_entered(k->g, &e, &d, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	assert_true(k->ret.session.post);
	assert_int_equal(k->accounts.d[0].n_present, 1);
	memcpy(token, k->ret.token, sizeof(token));
	/* bo, who has no password here, comes back by a PIN, with what the directory leaves him */
	d = yes("bo", "guards");
	ward_signing_entered(k->g, &e, &d, &k->ret);
	s = (struct ward_sign){.what = WARD_SIGN_SET_PIN, .password = WARD_STR("480215")};
	memcpy(s.token, k->ret.token, sizeof(s.token));
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	s = (struct ward_sign){
		.what = WARD_SIGN_PIN, .person = WARD_STR("bo"), .password = WARD_STR("480215")};
	memcpy(s.device, was.device, sizeof(s.device));
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_OK);
	assert_true(ward_str_eqz(k->ret.session.place[0], "room-1"));
	d = no(WARD_ERR_DENIED);
	ward_signing_still(k->g, WARD_STR("bo"), &d);
	assert_true(ward_signing_who(k->g, k->ret.token, &is) == WARD_ERR_CLOSED);
	ward_signing_answer(k->g, &s, false, &k->ret);
	assert_int_equal(k->ret.err, WARD_ERR_STATE);
	/* she tries the password that she has here when her account there has ended: that is heard,
	 * too */
	s = password("anna", HERE);
	assert_true(ward_signing_asks(k->g, &s, &what));
	assert_int_equal(what.what, WARD_DIRECT_STILL);
	d = no(WARD_ERR_DENIED);
	assert_false(ward_signing_told(k->g, &s, &d, &k->ret));
	assert_false(is_in(k, token, &is));
	assert_int_equal(k->accounts.d[0].n_present, 0);
	end(k);
}

static void messages(void **state)
{
	uint8_t bytes[4096];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_direct d = {
		.what = WARD_DIRECT_CODE, .secret = WARD_STR("c"), .nonce = WARD_STR("n")};
	struct ward_directed a = yes("anna", "managers night");
	struct ward_enter e = {.what = WARD_ENTER_FINISH,
		.token = {7},
		.device = {[31] = 8},
		.state = WARD_STR("s")};
	size_t end_d, end_a;

	(void)state;
	ward_direct_put(&w, &d);
	end_d = w.len;
	ward_directed_put(&w, &a);
	end_a = w.len;
	ward_enter_put(&w, &e);
	assert_false(ward_wr_bad(&w));
	for (size_t n = 0; n <= w.len; n++) { /* nothing cut is taken */
		struct ward_rd r = ward_rd_from(bytes, n < end_d ? n : end_d);

		assert_int_equal(ward_direct_get(&r, &d) == WARD_OK, n >= end_d);
		r = ward_rd_from(bytes + end_d, n < end_d   ? 0
						: n < end_a ? n - end_d
							    : end_a - end_d);
		assert_int_equal(ward_directed_get(&r, &a) == WARD_OK, n >= end_a);
		r = ward_rd_from(bytes + end_a, n < end_a ? 0 : n - end_a);
		assert_int_equal(ward_enter_get(&r, &e) == WARD_OK, n == w.len);
	}
	assert_true(ward_str_eqz(d.secret, "c"));
	assert_int_equal(a.n_group, 2);
	assert_int_equal(e.token[0], 7);
	assert_int_equal(e.device[31], 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(groups_narrow),
		cmocka_unit_test(wrong_passwords_wait),
		cmocka_unit_test(what_cannot_be_kept_did_not_happen),
		cmocka_unit_test(an_account_ends), cmocka_unit_test(who_cannot_be_asked_about),
		cmocka_unit_test(out_of_reach), cmocka_unit_test(accounts_of_ours_alone),
		cmocka_unit_test(the_word_comes_after_the_password),
		cmocka_unit_test(ways_there_and_back), cmocka_unit_test(messages),
		cmocka_unit_test(a_name_is_typed_in_many_ways), cmocka_unit_test(another_name),
		cmocka_unit_test(another_account), cmocka_unit_test(roles_are_narrowed),
		cmocka_unit_test(names_that_nobody_has),
		cmocka_unit_test(a_first_password_is_proved), cmocka_unit_test(no_first_code),
		cmocka_unit_test(a_post_by_the_provider)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
