/* Signing in on a clock that the test sets: passwords, codes, the second factor, sessions and their
 * ends, who administers; and what a person who guesses meets. */
#include "signing.h"

static void the_first_one(void **state)
{
	struct desk *k = begin();
	char code[WARD_SIGN_TEXT], spoken[32];
	struct ward_str name;
	uint8_t token[WARD_SIGN_TOKEN], other[WARD_SIGN_TOKEN];

	(void)state;
	assert_true(ward_signing_first(k->g, code, &name));
	assert_true(ward_str_eqz(name, "Anna Bianchi"));
	assert_int_equal(strlen(code), 8);
	assert_null(strpbrk(code, "ILOUV01"));
	assert_int_equal(says(k, password("anna", "")), WARD_ERR_DENIED);
	/* typed as people type, without a password yet: nothing may be done but to set one */
	(void)snprintf(spoken, sizeof(spoken), "%.4s-%c%.3s ", code, code[4] + 32, code + 5);
	assert_int_equal(
		says(k, (struct ward_sign){.what = WARD_SIGN_CODE, .code = ward_str_z(spoken)}),
		WARD_OK);
	assert_true(k->ret.session.must_set_password && !k->ret.session.rights);
	take_token(k, token);
	assert_int_equal(says(k, with(WARD_SIGN_PEOPLE, token)), WARD_ERR_DENIED);
	struct ward_sign s = with(WARD_SIGN_SET_PASSWORD, token);

	s.password = WARD_STR("Welcome2026!");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED);
	s.password = WARD_STR(GOOD);
	assert_int_equal(says(k, s), WARD_OK);
	take_token(k, other);
	assert_int_equal(k->ret.session.rights, WARD_RIGHTS_ALL);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, other)), WARD_OK);
	/* once only, and no other first one */
	assert_int_equal(
		says(k, (struct ward_sign){.what = WARD_SIGN_CODE, .code = ward_str_z(code)}),
		WARD_ERR_DENIED);
	assert_false(ward_signing_first(k->g, code, &name));
	assert_int_equal(says(k, password("anna", GOOD)), WARD_OK);
	assert_int_equal(k->told[WARD_TOLD_MADE], 1);
	assert_int_equal(k->told[WARD_TOLD_SIGNED_IN], 2);
	assert_int_equal(k->told[WARD_TOLD_PASSWORD], 1);
	end(k);
}

static void codes_end(void **state)
{
	struct desk *k = begin();
	char code[64], later[64];
	const struct ward_sign issue = {.what = WARD_SIGN_ISSUE, .person = WARD_STR("bo")};

	(void)state;
	ask(k, issue, true);
	json_text(k, "code", code, sizeof(code));
	assert_true(ward_str_eqz(k->last.by, "machine") && strcmp(k->last.from, "machine") == 0);
	struct ward_sign s = {.what = WARD_SIGN_CODE,
		.code = ward_str_z(code),
		.person = WARD_STR("anna"),
		.password = WARD_STR(GOOD)};

	assert_int_equal(says(k, s), WARD_ERR_DENIED); /* of somebody else */
	s.person = WARD_STR("bo");
	s.password = WARD_STR("short");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED); /* and is good still */
	k->clock.at += 24 * 3600 * S;
	s.password = WARD_STR(GOOD);
	assert_int_equal(says(k, s), WARD_ERR_DENIED);
	ask(k, issue, true);
	json_text(k, "code", later, sizeof(later));
	assert_string_not_equal(code, later);
	s.code = ward_str_z(later);
	assert_int_equal(says(k, s), WARD_OK);
	ask(k, (struct ward_sign){.what = WARD_SIGN_ISSUE, .person = WARD_STR("dora")}, true);
	assert_int_equal(k->ret.err, WARD_ERR_NOT_FOUND);
	end(k);
}

/* Unknown, without an account, disabled, wrong password: the same words; and never a lock. */
static void who_guesses(void **state)
{
	struct desk *k = begin();
	static const char *const who[] = {"anna", "bo", "nobody", "carl"};
	char words[WARD_SIGN_WHY + 1];
	ward_ns last = 0;

	(void)state;
	enrol(k, "anna", GOOD);
	enrol(k, "carl", GOOD);
	ask(k, (struct ward_sign){.what = WARD_SIGN_DISABLE, .person = WARD_STR("carl")}, true);
	for (size_t i = 0; i < WARD_ARRAY_LEN(who); i++) {
		struct ward_sign s = password(who[i], i == 3 ? GOOD : "wrong wrong wrong");

		s.from[15] = (uint8_t)(20 + i);
		s.from[0] = (uint8_t)(20 + i);
		assert_int_equal(says(k, s), WARD_ERR_DENIED);
		if (i)
			assert_true(ward_str_eqz(k->ret.why, words));
		(void)snprintf(words, sizeof(words), "%.*s", WARD_STR_ARG(k->ret.why));
	}
	assert_true(!k->last.person.len || ward_str_eqz(k->last.person, "carl"));
	/* from one address: free ones, then waits that double up to five minutes */
	for (int i = 0; i < 20; i++) {
		struct ward_sign s = password("anna", "wrong wrong wrong");

		s.from[0] = 77;
		enum ward_err err = says(k, s);

		if (err == WARD_ERR_AGAIN) {
			assert_true(k->ret.wait >= last && k->ret.wait <= 300 * S);
			last = k->ret.wait;
			s.password = WARD_STR(GOOD);
			assert_int_equal(says(k, s), WARD_ERR_AGAIN); /* right ones wait, too */
			k->clock.at += last;
			s.password = WARD_STR("wrong wrong wrong");
			err = says(k, s);
		}
		assert_int_equal(err, WARD_ERR_DENIED);
		assert_true(i >= 4 || !last); /* one was from elsewhere */
	}
	assert_int_equal(last, 300 * S);
	/* whoever signed in from an address before is not kept out by others' guesses */
	assert_int_equal(says(k, password("anna", GOOD)), WARD_OK);
	/* a new address waits a minute at most */
	struct ward_sign s = password("anna", GOOD);

	s.from[0] = 99;
	if (says(k, s) == WARD_ERR_AGAIN) {
		assert_true(k->ret.wait <= 60 * S);
		k->clock.at += k->ret.wait;
		assert_int_equal(says(k, s), WARD_OK);
	}
	end(k);
}

/* An address of IPv6 changes each day in its network: whoever signed in there is known there. */
static void known_networks(void **state)
{
	struct desk *k = begin();
	struct ward_sign s = password("anna", GOOD), guess = password("anna", "wrong wrong wrong");

	(void)state;
	enrol(k, "anna", GOOD);
	s.from[0] = guess.from[0] = 0x20;
	s.from[15] = 1;
	assert_int_equal(says(k, s), WARD_OK);
	for (unsigned i = 0; i < 30; i++) { /* from everywhere, as whoever has a network of bots */
		guess.from[0] = (uint8_t)(0x30 + i);
		(void)says(k, guess);
	}
	s.from[0] = 0x21;
	assert_int_equal(says(k, s), WARD_ERR_AGAIN);
	s.from[0] = 0x20;
	s.from[15] = 77;
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(k->accounts.a[0].n_from, 2); /* with that of the code */
	s = password("anna", GOOD);
	s.from[10] = s.from[11] = 0xFF; /* IPv4 is no network */
	s.from[15] = 4;
	assert_int_equal(says(k, s), WARD_ERR_AGAIN);
	end(k);
}

/* Ended by not being used, by half a day, by signing out, by disabling; looking is no use. */
static void sessions_end(void **state)
{
	struct desk *k = begin();
	uint8_t token[WARD_SIGN_TOKEN], other[WARD_SIGN_TOKEN];

	(void)state;
	enrol(k, "anna", GOOD);
	enrol(k, "bo", GOOD);
	take_token(k, token);
	assert_int_equal(k->ret.session.expires, noon + 900 * S);
	assert_true(ward_str_eqz(k->ret.session.place[0], "floor-1"));
	k->clock.at += 800 * S;
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_OK);
	k->clock.at += 800 * S;
	assert_int_equal(says(k, with(WARD_SIGN_LOOK, token)), WARD_OK);
	k->clock.at += 100 * S;
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	take_token(k, token);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	take_token(k, other);
	assert_memory_not_equal(token, other, sizeof(token)); /* each sign-in: a new one */
	for (ward_ns past = 0; past + 800 * S < 12 * 3600 * S; past += 800 * S) {
		k->clock.at += 800 * S;
		assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_OK);
	}
	k->clock.at += 800 * S;
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	take_token(k, token);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	take_token(k, other);
	assert_int_equal(says(k, with(WARD_SIGN_OUT, token)), WARD_OK);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, other)), WARD_OK);
	ask(k, (struct ward_sign){.what = WARD_SIGN_DISABLE, .person = WARD_STR("bo")}, true);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, other)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_ERR_DENIED);
	ask(k, (struct ward_sign){.what = WARD_SIGN_ISSUE, .person = WARD_STR("bo")}, true);
	assert_int_equal(k->ret.err, WARD_ERR_STATE);
	ask(k, (struct ward_sign){.what = WARD_SIGN_ENABLE, .person = WARD_STR("bo")}, true);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, other)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	for (unsigned i = 0; i < 3 * WARD_SESSIONS_OF_ONE; i++)
		assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	assert_int_equal(k->accounts.n_s, WARD_SESSIONS_OF_ONE); /* of the others none is left */
	k->clock.at += 3600 * S;
	ward_signing_tidy(k->g);
	assert_int_equal(k->accounts.n_s, 0);
	end(k);
}

/* A token that somebody else chose is nobody's; changing the password ends the others. */
static void tokens_are_ours(void **state)
{
	struct desk *k = begin();
	uint8_t chosen[WARD_SIGN_TOKEN] = {1, 2, 3}, token[WARD_SIGN_TOKEN];
	struct ward_sign s = password("bo", GOOD);

	(void)state;
	enrol(k, "bo", GOOD);
	memcpy(s.token, chosen, sizeof(chosen));
	assert_int_equal(says(k, s), WARD_OK);
	take_token(k, token);
	assert_memory_not_equal(token, chosen, sizeof(token));
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, chosen)), WARD_ERR_CLOSED);
	for (size_t i = 0; i < k->accounts.n_s; i++) /* what is kept opens nothing */
		assert_int_equal(
			says(k, with(WARD_SIGN_CHECK, k->accounts.s[i].hash)), WARD_ERR_CLOSED);
	s = with(WARD_SIGN_SET_PASSWORD, token);
	s.old = WARD_STR("wrong wrong wrong");
	s.password = WARD_STR(BETTER);
	assert_int_equal(says(k, s), WARD_ERR_DENIED);
	s.old = WARD_STR(GOOD);
	s.password = WARD_STR("bo bo 123 bo");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED);
	s.password = WARD_STR(BETTER);
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(k->accounts.n_s, 1);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_ERR_DENIED);
	assert_int_equal(says(k, password("bo", BETTER)), WARD_OK);
	end(k);
}

static void the_second_factor(void **state)
{
	struct desk *k = begin();
	char secret[64], code[16];
	uint8_t token[WARD_SIGN_TOKEN];

	(void)state;
	enrol(k, "bo", GOOD);
	take_token(k, token);
	struct ward_sign s = with(WARD_SIGN_SECOND_CONFIRM, token);

	assert_int_equal(says(k, s), WARD_ERR_STATE);
	assert_int_equal(says(k, with(WARD_SIGN_SECOND, token)), WARD_OK);
	json_text(k, "secret", secret, sizeof(secret));
	s.code = WARD_STR("000000x");
	assert_int_equal(says(k, s), WARD_ERR_DENIED);
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK); /* it does not count yet */
	assert_false(k->ret.session.totp);
	code_now(k, secret, code);
	s.code = ward_str_z(code);
	assert_int_equal(says(k, s), WARD_OK);
	assert_true(k->ret.session.totp);
	/* another one in its place takes its code: else an unlocked screen would give one away */
	assert_int_equal(says(k, with(WARD_SIGN_SECOND, token)), WARD_ERR_STATE);
	struct ward_sign in = password("bo", GOOD);

	assert_int_equal(says(k, in), WARD_ERR_DENIED);
	in.code = ward_str_z(code);
	assert_int_equal(says(k, in), WARD_ERR_DENIED); /* it was used to confirm */
	k->clock.at += 30 * S;
	code_now(k, secret, code);
	assert_int_equal(says(k, in), WARD_OK);
	assert_true(k->ret.session.totp);
	assert_int_equal(says(k, in), WARD_ERR_DENIED); /* seen over a shoulder: too late */
	/* the telephone is lost: a code from who administers begins anew */
	enrol(k, "bo", BETTER);
	assert_int_equal(says(k, password("bo", BETTER)), WARD_OK);
	assert_false(k->ret.session.totp);
	end(k);
}

static void who_administers(void **state)
{
	struct desk *k = begin();
	uint8_t anna[WARD_SIGN_TOKEN], bo[WARD_SIGN_TOKEN];

	(void)state;
	enrol(k, "anna", GOOD);
	take_token(k, anna);
	enrol(k, "bo", GOOD);
	take_token(k, bo);
	assert_int_equal(says(k, with(WARD_SIGN_PEOPLE, bo)), WARD_OK);
	assert_int_equal(ward_str_find(k->ret.json, WARD_STR("account")), SIZE_MAX);
	assert_int_equal(says(k, with(WARD_SIGN_PEOPLE, anna)), WARD_OK);
	assert_true(ward_str_eqz(k->ret.json,
		"{\"items\":[{\"id\":\"anna\",\"name\":\"Anna Bianchi\",\"roles\":[\"guard\"],"
		"\"account\":\"active\"},{\"id\":\"bo\",\"name\":\"Bo\",\"roles\":[\"guard\"],"
		"\"account\":\"active\"},{\"id\":\"carl\",\"name\":\"Carl\",\"roles\":[\"guard\"],"
		"\"account\":\"none\"}]}"));
	static const enum ward_sign_what all[] = {
		WARD_SIGN_ISSUE, WARD_SIGN_ENABLE, WARD_SIGN_DISABLE};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_sign s = with(all[i], bo);

		s.person = WARD_STR("anna");
		assert_int_equal(says(k, s), WARD_ERR_DENIED);
		memcpy(s.token, anna, sizeof(anna));
		s.person = WARD_STR("bo");
		assert_int_equal(says(k, s), WARD_OK);
	}
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, bo)), WARD_ERR_CLOSED);
	assert_true(ward_str_eqz(k->last.by, "anna") && ward_str_eqz(k->last.person, "bo"));
	struct ward_sign s = with(WARD_SIGN_DISABLE, anna);

	s.person = WARD_STR("anna");
	assert_int_equal(says(k, s), WARD_ERR_STATE);
	s.person = WARD_STR("carl");
	assert_int_equal(says(k, s), WARD_ERR_STATE);
	ask(k, password("anna", GOOD), true); /* at the machine's socket nobody signs in */
	assert_int_equal(k->ret.err, WARD_ERR_DENIED);
	end(k);
}

/* What a session may decide, by right and by place. */
static void by_right_and_place(void **state)
{
	static const struct {
		enum ward_decision_kind kind;
		const char *subject;
		bool may;
	} all[] = {{WARD_DECISION_REPORT, "room-1", true}, {WARD_DECISION_REPORT, "pump", true},
		{WARD_DECISION_REPORT, "floor-1", true}, {WARD_DECISION_REPORT, "room-2", false},
		{WARD_DECISION_REPORT, "house", false}, {WARD_DECISION_REPORT, "no-node", true},
		/* a ward is where its rooms are */
		{WARD_DECISION_REPORT, "ward-both", true}, {WARD_DECISION_REPORT, "ward-2", false},
		{WARD_DECISION_REPORT, "records", false}, {WARD_DECISION_APPROVE, "pump", false}};
	static const struct {
		const char *args;
		bool may;
	} filters[] = {{"{\"thing\":\"pump\"}", true}, {"{\"thing\":\"room-2\"}", false},
		{"{\"thing\":", false}};
	struct desk *k = begin();
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_session who;
	const char *why;

	(void)state;
	enrol(k, "bo", GOOD);
	take_token(k, token);
	assert_int_equal(ward_signing_who(k->g, token, &who), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_decision d = {
			.kind = all[i].kind, .subject = ward_str_z(all[i].subject)};

		assert_int_equal(ward_signing_may(k->g, &who, &d, &why),
			all[i].may ? WARD_OK : WARD_ERR_DENIED);
	}
	who.rights |= WARD_RIGHT_BIT(WARD_RIGHT_TUNE);
	for (size_t i = 0; i < WARD_ARRAY_LEN(filters); i++) {
		struct ward_decision d = {.kind = WARD_DECISION_TUNE,
			.subject = WARD_STR("00000000-0000-8000-8000-000000000001"),
			.args = ward_str_z(filters[i].args)};

		assert_int_equal(ward_signing_may(k->g, &who, &d, &why),
			filters[i].may ? WARD_OK : WARD_ERR_DENIED);
	}
	/* what was kept is erased once it is released, for good */
	struct ward_decision release = {.kind = WARD_DECISION_RELEASE_HOLD,
		.subject = WARD_STR("00000000-0000-8000-8000-000000000001")};

	who.proved = true;
	assert_int_equal(ward_signing_may(k->g, &who, &release, &why), WARD_ERR_DENIED);
	who.rights |= WARD_RIGHT_BIT(WARD_RIGHT_DECIDE_PROCESSING);
	assert_int_equal(ward_signing_may(k->g, &who, &release, &why), WARD_OK);
	who.proved = false;
	assert_int_equal(ward_signing_may(k->g, &who, &release, &why), WARD_ERR_STATE);
	token[0] ^= 1;
	assert_int_equal(ward_signing_who(k->g, token, &who), WARD_ERR_CLOSED);
	end(k);
}

/* What is not on the disk did not happen, and is recorded before it is done. */
static void the_disk_is_full(void **state)
{
	struct desk *k = begin();
	uint8_t token[WARD_SIGN_TOKEN];

	(void)state;
	enrol(k, "bo", GOOD);
	take_token(k, token);
	k->disk_is_full = true;
	assert_int_equal(says(k, password("bo", GOOD)), WARD_ERR_IO);
	assert_false(k->ret.has_session);
	struct ward_sign s = with(WARD_SIGN_SET_PASSWORD, token);

	s.old = WARD_STR(GOOD);
	s.password = WARD_STR(BETTER);
	assert_int_equal(says(k, s), WARD_ERR_IO);
	ask(k, (struct ward_sign){.what = WARD_SIGN_ISSUE, .person = WARD_STR("carl")}, true);
	assert_int_equal(k->ret.err, WARD_ERR_IO);
	assert_int_equal(k->ret.json.len, 0);
	k->disk_is_full = false;
	assert_int_equal(says(k, password("bo", GOOD)), WARD_OK);
	assert_int_equal(says(k, password("bo", BETTER)), WARD_ERR_DENIED);
	end(k);
}

/* Written, read by the next life, and the same people are signed in. */
static void the_next_life(void **state)
{
	struct desk *k = begin();
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       again = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_limits lim;
	size_t bad, line;
	uint8_t token[WARD_SIGN_TOKEN];
	char secret[64], code[16];

	(void)state;
	ward_limits_default(&lim);
	enrol(k, "anna", GOOD);
	enrol(k, "bo", GOOD);
	take_token(k, token);
	assert_int_equal(says(k, with(WARD_SIGN_SECOND, token)), WARD_OK);
	json_text(k, "secret", secret, sizeof(secret));
	code_now(k, secret, code);
	struct ward_sign s = with(WARD_SIGN_SECOND_CONFIRM, token);

	s.code = ward_str_z(code);
	assert_int_equal(says(k, s), WARD_OK);
	ask(k, (struct ward_sign){.what = WARD_SIGN_ISSUE, .person = WARD_STR("carl")}, true);
	ask(k, (struct ward_sign){.what = WARD_SIGN_DISABLE, .person = WARD_STR("anna")}, true);
	ward_accounts_write(&k->accounts, &w);
	ward_accounts_fini(&k->accounts);
	ward_signing_free(k->g);
	assert_int_equal(ward_accounts_init(&k->accounts, ward_mem_heap()), WARD_OK);
	assert_int_equal(
		ward_accounts_read(&k->accounts, ward_wr_slice(&w), &lim, &bad, &line), WARD_OK);
	assert_int_equal(bad, 0);
	ward_accounts_write(&k->accounts, &again);
	assert_int_equal(w.len, again.len);
	assert_memory_equal(w.p, again.p, w.len);
	begin_as(k);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_OK);
	assert_true(k->ret.session.totp);
	s = password("bo", GOOD);
	s.code = ward_str_z(code);
	assert_int_equal(says(k, s), WARD_ERR_DENIED); /* used in a former life */
	assert_int_equal(says(k, password("anna", GOOD)), WARD_ERR_DENIED);
	ward_wr_fini(&w);
	ward_wr_fini(&again);
	end(k);
}

static void passwords(void **state)
{
	static const struct {
		const char *text, *why;
	} all[] = {{"kort", "too short"}, {"perché così", "too short"},
		{"aaaaaaaaaaaaaaaa", "same few"}, {"123456789012", "counts"},
		{"abcdefghijklmno", "counts"}, {"Password-2026!", "tried first"},
		{"WelcomeWelcome1", "tried first"}, {"Anna.Bianchi.1984", "tried first"},
		{"1984-anna-welcome", "tried first"}, {GOOD, NULL}, {"perché così no?", NULL},
		{"7204 1861 0077 93", NULL}, {"welcome to my garden", NULL}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		const char *why = ward_password_refused(WARD_STR("password\nwelcome\n"),
			ward_str_z(all[i].text), WARD_STR("anna"), WARD_STR("Anna Bianchi"));

		if (!why != !all[i].why || (why && !strstr(why, all[i].why)))
			fail_msg("%s: %s", all[i].text, why ? why : "taken");
	}
}

/* One that asks without end holds up itself. */
static void turns(void **state)
{
	static struct ward_turns t;
	const struct ward_id loud = {{1}}, quiet = {{2}};
	size_t at, first, n = 0;

	(void)state;
	while (ward_turns_add(&t, loud, &at) == WARD_OK)
		n++;
	assert_int_equal(n, WARD_TURNS_OF_ONE);
	assert_true(ward_turns_next(&t, &at));
	assert_int_equal(ward_turns_add(&t, quiet, &first), WARD_OK);
	assert_true(ward_turns_next(&t, &at));
	assert_int_equal(at, first);
	assert_int_equal(ward_turns_add(&t, loud, &at), WARD_OK);
	for (uint8_t i = 0; i < WARD_TURNS_MAX - WARD_TURNS_OF_ONE; i++)
		assert_int_equal(ward_turns_add(&t, (struct ward_id){{3, i}}, &at), WARD_OK);
	assert_int_equal(ward_turns_add(&t, quiet, &at), WARD_ERR_FULL);
	for (n = 0; ward_turns_next(&t, &at); n++)
		;
	assert_int_equal(n, WARD_TURNS_MAX);
}

/* A wrong line says nothing and is counted; the others say what they say. */
static void wrong_lines(void **state)
{
	static const char *const all[] = {"", "{", "[]", "{\"account\":\"A\"}",
		"{\"account\":\"bo\",\"password\":5}",
		"{\"account\":\"bo\",\"secret\":\"AAAA\",\"step\":1}",
		"{\"account\":\"bo\",\"step\":1}", "{\"account\":\"bo\",\"disabled\":\"true\"}",
		"{\"account\":\"bo\",\"code\":\"00\",\"code_until\":\"2026-11-28T07:00:00Z\"}",
		"{\"account\":\"bo\",\"from\":[\"00\"]}", "{\"device\":\"0123abcd\"}",
		"{\"device\":\"0123\",\"name\":\"A\",\"limit\":\"all\",\"made\":\"2026-11-28T07:00:"
		"00Z\"}",
		"{\"device\":\"0123abcd\",\"name\":\"A\",\"limit\":\"most\",\"made\":\"2026-11-"
		"28T07:00:00Z\"}",
		"{\"session\":\"0000000000000000000000000000000000000000000000000000000000000001\","
		"\"person\":\"@0123abcd\",\"made\":\"2026-11-28T07:00:00Z\",\"used\":"
		"\"2026-11-28T07:00:00Z\"}",
		"{\"account\":\"bo\",\"more\":1}", "{\"account\":\"anna\"}",
		"{\"session\":\"00\",\"person\":\"anna\"}",
		"{\"session\":\"0000000000000000000000000000000000000000000000000000000000000001\","
		"\"person\":\"bo\",\"made\":\"2026-11-28T07:00:00Z\",\"used\":"
		"\"2026-11-28T07:00:00Z\"}"};
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_accounts t;
		char text[1024];
		size_t bad, line;
		int n = snprintf(text, sizeof(text),
			"{\"account\":\"anna\"}\n%s\n{\"account\":\"carl\",\"disabled\":true}\n",
			all[i]);

		assert_int_equal(ward_accounts_init(&t, ward_mem_heap()), WARD_OK);
		assert_int_equal(
			ward_accounts_read(&t, ward_slice_of(text, (size_t)n), &lim, &bad, &line),
			WARD_OK);
		if (bad != 1 || line != 2 || t.n != 2 || t.n_s || !t.a[1].disabled)
			fail_msg("%s", all[i]);
		ward_accounts_fini(&t);
	}
}

/* By which questions, in words of ours alone; it keeps no session alive. */
static void who_searched(void **state)
{
	struct desk *k = begin();
	uint8_t anna[WARD_SIGN_TOKEN];

	(void)state;
	enrol(k, "anna", GOOD);
	take_token(k, anna);
	struct ward_sign s = with(WARD_SIGN_SEARCHED, anna);

	s.code = WARD_STR("detections: q, since");
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(k->told[WARD_TOLD_SEARCHED], 1);
	assert_true(ward_str_eqz(k->last.person, "anna"));
	assert_true(ward_str_eqz(k->last.on, "detections: q, since"));
	assert_false(k->ret.has_session);
	s.code = WARD_STR("detections: Anna Bianchi");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED);
	s.code = WARD_STR("");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED);
	s.code = WARD_STR("search: q");
	k->clock.at += 15 * 60 * S - 1;
	assert_int_equal(says(k, s), WARD_OK);
	k->clock.at += 1;
	assert_int_equal(says(k, s), WARD_ERR_CLOSED);
	assert_int_equal(k->told[WARD_TOLD_SEARCHED], 2);
	end(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_one),
		cmocka_unit_test(codes_end), cmocka_unit_test(who_guesses),
		cmocka_unit_test(sessions_end), cmocka_unit_test(tokens_are_ours),
		cmocka_unit_test(known_networks), cmocka_unit_test(the_second_factor),
		cmocka_unit_test(who_administers), cmocka_unit_test(by_right_and_place),
		cmocka_unit_test(the_disk_is_full), cmocka_unit_test(the_next_life),
		cmocka_unit_test(passwords), cmocka_unit_test(turns), cmocka_unit_test(wrong_lines),
		cmocka_unit_test(who_searched)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
