/* Shared posts and wall screens, the PIN, and proofs before what is dangerous: what goes, and what
 * whoever stole, guesses or comes too late meets. */
#include "signing.h"

#define PIN_OF "480215"

static void prove_first(struct desk *k, struct ward_sign s)
{
	assert_int_equal(says(k, s), WARD_ERR_DENIED);
	assert_true(ward_str_eqz(k->ret.json, WARD_SIGN_STEP_UP));
}

static enum ward_err prove(struct desk *k, const uint8_t *token, const char *text, const char *code)
{
	struct ward_sign s = with(WARD_SIGN_PROVE, token);

	s.password = ward_str_z(text);
	s.code = ward_str_z(code);
	return says(k, s);
}

/* Five minutes after the password nothing dangerous goes, until it is said again; not a PIN, not
 * another's password, and a code of the authenticator only once. */
static void dangerous_acts(void **state)
{
	struct desk *k = begin();
	uint8_t anna[WARD_SIGN_TOKEN];
	char secret[64], code[16];
	struct ward_session who;
	struct ward_decision cancel = {.kind = WARD_DECISION_CANCEL},
			     look = {.kind = WARD_DECISION_LOOK},
			     still = {.kind = WARD_DECISION_STILL},
			     read = {.kind = WARD_DECISION_READ},
			     start = {.kind = WARD_DECISION_START};
	const char *why;

	(void)state;
	enrol(k, "bo", BETTER);
	enrol(k, "anna", GOOD);
	take_token(k, anna);
	struct ward_sign s = with(WARD_SIGN_ISSUE, anna);

	s.person = WARD_STR("bo");
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(ward_signing_who(k->g, anna, &who), WARD_OK);
	assert_int_equal(ward_signing_may(k->g, &who, &cancel, &why), WARD_OK);
	k->clock.at += 299 * S;
	assert_int_equal(says(k, s), WARD_OK);
	k->clock.at += S;
	static const enum ward_sign_what all[] = {WARD_SIGN_ISSUE, WARD_SIGN_DISABLE,
		WARD_SIGN_ENABLE, WARD_SIGN_DEVICE_MAKE, WARD_SIGN_DEVICE_END, WARD_SIGN_SECOND,
		WARD_SIGN_SET_PIN};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		s.what = all[i];
		prove_first(k, s);
	}
	assert_int_equal(ward_signing_who(k->g, anna, &who), WARD_OK);
	assert_int_equal(ward_signing_may(k->g, &who, &cancel, &why), WARD_ERR_STATE);
	assert_int_equal(ward_signing_may(k->g, &who, &read, &why), WARD_ERR_STATE);
	assert_int_equal(ward_signing_may(k->g, &who, &look, &why), WARD_ERR_STATE);
	assert_int_equal(ward_signing_may(k->g, &who, &still, &why), WARD_ERR_STATE);
	assert_int_equal(ward_signing_may(k->g, &who, &start, &why), WARD_OK); /* never late */
	assert_int_equal(prove(k, anna, BETTER, ""), WARD_ERR_DENIED);
	assert_int_equal(k->ret.json.len, 0);
	prove_first(k, s);
	assert_int_equal(prove(k, anna, GOOD, ""), WARD_OK);
	assert_true(k->ret.session.proved);
	assert_int_equal(says(k, with(WARD_SIGN_SECOND, anna)), WARD_OK);
	json_text(k, "secret", secret, sizeof(secret));
	assert_true(ward_str_find(k->ret.json, WARD_STR("\"path\":\"M0 0h7v1h-7z")) != SIZE_MAX);
	code_now(k, secret, code);
	s = with(WARD_SIGN_SECOND_CONFIRM, anna);
	s.code = ward_str_z(code);
	assert_int_equal(says(k, s), WARD_OK);
	k->clock.at += 301 * S;
	s = with(WARD_SIGN_SECOND, anna);
	prove_first(k, s);
	code_now(k, secret, code);
	assert_int_equal(prove(k, anna, "", code), WARD_OK);
	k->clock.at += 1;
	assert_int_equal(prove(k, anna, "", code), WARD_ERR_DENIED); /* seen over a shoulder */
	/* removed by its own code only, once the next is shown */
	s = with(WARD_SIGN_SECOND_END, anna);
	s.code = ward_str_z(code);
	assert_int_equal(says(k, s), WARD_ERR_DENIED);
	k->clock.at += 30 * S;
	code_now(k, secret, code);
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(says(k, password("anna", GOOD)), WARD_OK);
	assert_int_equal(k->told[WARD_TOLD_SECOND_ENDED], 1);
	end(k);
}

/* Whoever has an open session and guesses the password to prove it waits as at the door. */
static void proofs_are_guessed(void **state)
{
	struct desk *k = begin();
	uint8_t anna[WARD_SIGN_TOKEN];
	enum ward_err err = WARD_ERR_DENIED;

	(void)state;
	enrol(k, "anna", GOOD);
	take_token(k, anna);
	for (int i = 0; i < WARD_GUESS_FREE + 1; i++)
		err = prove(k, anna, "wrong wrong wrong", "");
	assert_int_equal(err, WARD_ERR_AGAIN);
	assert_int_equal(prove(k, anna, GOOD, ""), WARD_ERR_AGAIN);
	k->clock.at += k->ret.wait;
	assert_int_equal(prove(k, anna, GOOD, ""), WARD_OK);
	end(k);
}

/* Makes a device, as anna; *ret: what its link says. */
static void make(struct desk *k, const uint8_t *anna, const char *limit, const char *place,
	char ret[WARD_SIGN_TEXT])
{
	struct ward_sign s = with(WARD_SIGN_DEVICE_MAKE, anna);

	s.code = ward_str_z(limit);
	s.old = WARD_STR("Gate");
	s.person = ward_str_z(place);
	assert_int_equal(says(k, s), WARD_OK);
	json_text(k, "link", ret, WARD_SIGN_TEXT);
}

static enum ward_err open_link(struct desk *k, const char *link)
{
	return says(k, (struct ward_sign){.what = WARD_SIGN_DEVICE, .code = ward_str_z(link)});
}

static struct ward_sign at(struct ward_sign s, const uint8_t key[WARD_SIGN_TOKEN])
{
	memcpy(s.device, key, WARD_SIGN_TOKEN);
	return s;
}

static struct ward_sign pin(const char *person, const char *text, const uint8_t *key)
{
	return at((struct ward_sign){.what = WARD_SIGN_PIN,
			  .person = ward_str_z(person),
			  .password = ward_str_z(text)},
		key);
}

struct post {
	struct desk *k;
	uint8_t anna[WARD_SIGN_TOKEN], bo[WARD_SIGN_TOKEN], key[WARD_SIGN_TOKEN];
	char link[WARD_SIGN_TEXT];
};

/* A post at floor-1, at which bo, whose PIN is set, signed in fully. */
static struct post a_post(void)
{
	struct post p = {.k = begin()};
	struct ward_sign s;

	enrol(p.k, "anna", GOOD);
	take_token(p.k, p.anna);
	enrol(p.k, "bo", BETTER);
	s = with(WARD_SIGN_SET_PIN, p.k->ret.token);
	static const char *const bad[] = {
		"12345", "123456", "987654", "111111", "121212", "48021a", "4802154802154"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		s.password = ward_str_z(bad[i]);
		assert_int_equal(says(p.k, s), WARD_ERR_MALFORMED);
	}
	s.password = WARD_STR(PIN_OF);
	assert_int_equal(says(p.k, s), WARD_OK);
	make(p.k, p.anna, "duty", "floor-1", p.link);
	assert_int_equal(open_link(p.k, p.link), WARD_OK);
	memcpy(p.key, p.k->ret.device, sizeof(p.key));
	assert_int_equal(says(p.k, pin("bo", PIN_OF, p.key)), WARD_ERR_STATE); /* not yet */
	assert_int_equal(says(p.k, at(password("bo", BETTER), p.key)), WARD_OK);
	take_token(p.k, p.bo);
	assert_true(p.k->ret.session.post && p.k->ret.session.proved);
	return p;
}

static void comes_back(void **state)
{
	struct post p = a_post();
	struct desk *k = p.k;
	uint8_t token[WARD_SIGN_TOKEN];

	(void)state;
	/* anna comes to the post, whole; there she administers nothing, and sees floor-1 only */
	assert_int_equal(says(k, at(password("anna", GOOD), p.key)), WARD_OK);
	assert_false(k->ret.session.rights & WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER));
	assert_true(k->ret.session.rights & WARD_RIGHT_BIT(WARD_RIGHT_DECIDE_INCIDENT));
	assert_int_equal(k->ret.session.n_place, 1);
	assert_true(ward_str_eqz(k->ret.session.place[0], "floor-1"));
	take_token(k, token);
	/* bo takes over from her by PIN: another token, hers is over, nothing dangerous goes */
	struct ward_sign s = pin("bo", PIN_OF, p.key);

	memcpy(s.token, token, sizeof(token));
	assert_int_equal(says(k, s), WARD_OK);
	assert_true(ward_str_eqz(k->ret.session.person, "bo") && !k->ret.session.proved);
	assert_memory_not_equal(k->ret.token, token, sizeof(token));
	take_token(k, p.bo);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, token)), WARD_ERR_CLOSED);
	prove_first(k, with(WARD_SIGN_SECOND, p.bo));
	assert_int_equal(k->told[WARD_TOLD_CAME_BACK], 1);
	/* who is there is told to the browser of the post alone, without anna, who has no PIN */
	assert_int_equal(says(k, at((struct ward_sign){.what = WARD_SIGN_DEVICE}, p.key)), WARD_OK);
	assert_true(ward_str_find(k->ret.json, WARD_STR("\"people\":[{\"id\":\"bo\"")) != SIZE_MAX);
	assert_true(ward_str_find(k->ret.json, WARD_STR("anna")) == SIZE_MAX);
	/* a chosen key, or what is kept, opens nothing */
	assert_int_equal(says(k, pin("bo", PIN_OF, k->accounts.d[0].key)), WARD_ERR_STATE);
	assert_int_equal(says(k, pin("bo", PIN_OF, token)), WARD_ERR_STATE);
	assert_int_equal(says(k, pin("anna", PIN_OF, p.key)), WARD_ERR_STATE);
	/* twelve hours after the password it is over, however often the PIN came */
	for (int i = 0; i < 11; i++) {
		k->clock.at += 3600 * S;
		assert_int_equal(says(k, pin("bo", PIN_OF, p.key)), WARD_OK);
	}
	take_token(k, p.bo);
	k->clock.at += 3600 * S;
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, p.bo)), WARD_ERR_CLOSED);
	assert_int_equal(says(k, pin("bo", PIN_OF, p.key)), WARD_ERR_STATE);
	end(k);
}

/* Three wrong ones, and the right one is good no more; so it is after a restart. */
static void pins_are_guessed(void **state)
{
	struct post p = a_post();
	struct desk *k = p.k;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(says(k, pin("bo", "480216", p.key)), WARD_ERR_DENIED);
		assert_int_equal(says(k, pin("bo", "480217", p.key)), WARD_ERR_DENIED);
		if (!i) /* the right one begins anew */
			assert_int_equal(says(k, pin("bo", PIN_OF, p.key)), WARD_OK);
	}
	assert_int_equal(k->accounts.d[0].present[0].wrong, 2); /* kept before it is answered */
	assert_int_equal(says(k, pin("bo", "480218", p.key)), WARD_ERR_STATE);
	assert_int_equal(says(k, pin("bo", PIN_OF, p.key)), WARD_ERR_STATE);
	assert_int_equal(says(k, at(password("bo", BETTER), p.key)), WARD_OK);
	assert_int_equal(says(k, pin("bo", PIN_OF, p.key)), WARD_OK);
	/* another password, a code, a shut account: whoever was there comes back nowhere */
	struct ward_sign s = with(WARD_SIGN_SET_PASSWORD, k->ret.token);

	s.old = WARD_STR(BETTER);
	s.password = WARD_STR(GOOD);
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(says(k, pin("bo", PIN_OF, p.key)), WARD_ERR_STATE);
	end(k);
}

static void a_wall_screen(void **state)
{
	struct post p = a_post();
	struct desk *k = p.k;
	uint8_t key[WARD_SIGN_TOKEN], wall[WARD_SIGN_TOKEN], next[WARD_SIGN_TOKEN];
	char link[WARD_SIGN_TEXT], late[WARD_SIGN_TEXT];
	struct ward_session who;
	const char *why;

	(void)state;
	assert_int_equal(prove(k, p.anna, GOOD, ""), WARD_OK);
	make(k, p.anna, "look", "room-1", link);
	make(k, p.anna, "look", "", late);
	assert_int_equal(open_link(k, link), WARD_OK);
	memcpy(key, k->ret.device, sizeof(key));
	take_token(k, wall);
	assert_true(k->ret.session.wall && ward_str_eqz(k->ret.session.place[0], "room-1"));
	assert_int_equal(k->ret.session.rights, WARD_RIGHT_BIT(WARD_RIGHT_SEE_INCIDENTS) |
							WARD_RIGHT_BIT(WARD_RIGHT_SEE_PLANS) |
							WARD_RIGHT_BIT(WARD_RIGHT_SEE_CARE));
	/* the link is stolen: too late, and on record */
	assert_int_equal(open_link(k, link), WARD_ERR_DENIED);
	assert_int_equal(k->told[WARD_TOLD_DEVICE_REFUSED], 1);
	assert_int_equal(open_link(k, "00"), WARD_ERR_DENIED);
	/* it shows, for weeks, and does nothing else */
	k->clock.at += 40LL * 24 * 3600 * S;
	ward_signing_tidy(k->g);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, wall)), WARD_OK);
	assert_int_equal(ward_signing_who(k->g, wall, &who), WARD_OK);
	for (unsigned kind = 0; kind < WARD_DECISION_N; kind++) {
		struct ward_decision d = {.kind = (enum ward_decision_kind)kind};

		assert_int_equal(ward_signing_may(k->g, &who, &d, &why), WARD_ERR_DENIED);
	}
	for (unsigned w = 0; w < WARD_SIGN_N; w++) {
		struct ward_sign s = with((enum ward_sign_what)w, wall);

		s.person = WARD_STR("bo");
		if (w != WARD_SIGN_CHECK && w != WARD_SIGN_LOOK && w != WARD_SIGN_OUT)
			assert_int_not_equal(says(k, s), WARD_OK);
	}
	assert_int_equal(open_link(k, late), WARD_ERR_DENIED); /* a day is over */
	/* the browser starts anew: by its key, with another token */
	assert_int_equal(says(k, at((struct ward_sign){.what = WARD_SIGN_DEVICE}, key)), WARD_OK);
	take_token(k, next);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, wall)), WARD_ERR_CLOSED);
	/* ended: at once */
	assert_int_equal(says(k, password("anna", GOOD)), WARD_OK);
	struct ward_sign s = with(WARD_SIGN_DEVICE_END, k->ret.token);

	s.code = ward_str_z(k->accounts.d[1].id);
	assert_int_equal(says(k, s), WARD_OK);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, next)), WARD_ERR_CLOSED);
	assert_int_equal(
		says(k, at((struct ward_sign){.what = WARD_SIGN_DEVICE}, key)), WARD_ERR_NOT_FOUND);
	end(k);
}

/* A link that binds a browser which could not be kept is good yet. */
static void a_full_disk_uses_no_link(void **state)
{
	struct desk *k = begin();
	char link[WARD_SIGN_TEXT];

	(void)state;
	enrol(k, "anna", GOOD);
	make(k, k->ret.token, "duty", "house", link);
	k->disk_is_full = true;
	assert_int_equal(open_link(k, link), WARD_ERR_IO);
	assert_false(k->accounts.d[0].bound);
	k->disk_is_full = false;
	assert_int_equal(open_link(k, link), WARD_OK);
	assert_int_equal(open_link(k, link), WARD_ERR_DENIED);
	end(k);
}

/* A post for another part of the hospital than theirs is none for them. */
static void places_of_posts(void **state)
{
	struct desk *k = begin();
	uint8_t anna[WARD_SIGN_TOKEN];
	static const struct {
		const char *place, *sees;
	} all[] = {{"house", "floor-1"}, {"room-1", "room-1"}, {"", "floor-1"}, {"room-2", NULL}};

	(void)state;
	enrol(k, "bo", BETTER);
	enrol(k, "anna", GOOD);
	take_token(k, anna);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char link[WARD_SIGN_TEXT];
		uint8_t key[WARD_SIGN_TOKEN];

		make(k, anna, "all", all[i].place, link);
		assert_int_equal(open_link(k, link), WARD_OK);
		memcpy(key, k->ret.device, sizeof(key));
		assert_int_equal(says(k, at(password("bo", BETTER), key)),
			all[i].sees ? WARD_OK : WARD_ERR_DENIED);
		if (all[i].sees)
			assert_true(ward_str_eqz(k->ret.session.place[0], all[i].sees));
		/* a one-time code is good where a password is, and not used up elsewhere */
		struct ward_sign s = {.what = WARD_SIGN_CODE, .password = WARD_STR(BETTER)};
		char code[64];

		ask(k, (struct ward_sign){.what = WARD_SIGN_ISSUE, .person = WARD_STR("bo")}, true);
		json_text(k, "code", code, sizeof(code));
		s.code = ward_str_z(code);
		assert_int_equal(says(k, at(s, key)), all[i].sees ? WARD_OK : WARD_ERR_DENIED);
		assert_int_equal(k->ret.session.post, all[i].sees != NULL);
		if (!all[i].sees)
			assert_int_equal(says(k, s), WARD_OK);
	}
	struct ward_sign s = with(WARD_SIGN_DEVICE_MAKE, anna);

	s.code = WARD_STR("all");
	s.old = WARD_STR("Nowhere");
	s.person = WARD_STR("no-node");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED);
	s.person = (struct ward_str){0};
	s.code = WARD_STR("more");
	assert_int_equal(says(k, s), WARD_ERR_MALFORMED);
	end(k);
}

static void own_sessions(void **state)
{
	struct post p = a_post();
	struct desk *k = p.k;
	char id[32];

	(void)state;
	assert_int_equal(says(k, with(WARD_SIGN_SESSIONS, p.anna)), WARD_OK);
	json_text(k, "id", id, sizeof(id));
	struct ward_sign s = with(WARD_SIGN_SESSION_END, p.bo);

	s.code = ward_str_z(id);
	assert_int_equal(says(k, s), WARD_ERR_NOT_FOUND); /* anna's */
	assert_int_equal(says(k, with(WARD_SIGN_SESSIONS, p.bo)), WARD_OK);
	assert_true(ward_str_find(k->ret.json, WARD_STR("\"pin\":true")) != SIZE_MAX);
	assert_true(ward_str_find(k->ret.json, WARD_STR("\"device\":\"Gate\"")) != SIZE_MAX);
	json_text(k, "id", id, sizeof(id));
	assert_int_equal(says(k, s), WARD_OK);
	end(k);
}

/* What is kept of devices is read by the next life as it was. */
static void the_next_life(void **state)
{
	struct post p = a_post();
	struct desk *k = p.k;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       again = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_limits lim;
	size_t bad, line;

	(void)state;
	ward_limits_default(&lim);
	uint8_t wall[WARD_SIGN_TOKEN];
	char open[WARD_SIGN_TEXT];

	make(k, p.anna, "all", "", open);
	make(k, p.anna, "look", "", p.link);
	assert_int_equal(open_link(k, p.link), WARD_OK);
	take_token(k, wall);
	assert_int_equal(says(k, pin("bo", "480216", p.key)), WARD_ERR_DENIED);
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
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, wall)), WARD_OK);
	assert_int_equal(says(k, with(WARD_SIGN_CHECK, p.bo)), WARD_OK);
	assert_true(k->ret.session.proved); /* as long as it was good */
	assert_int_equal(open_link(k, open), WARD_OK);
	assert_int_equal(says(k, pin("bo", "480216", p.key)), WARD_ERR_DENIED);
	assert_int_equal(says(k, pin("bo", "480216", p.key)), WARD_ERR_STATE);
	ward_wr_fini(&w);
	ward_wr_fini(&again);
	end(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(dangerous_acts),
		cmocka_unit_test(proofs_are_guessed), cmocka_unit_test(comes_back),
		cmocka_unit_test(pins_are_guessed), cmocka_unit_test(a_wall_screen),
		cmocka_unit_test(a_full_disk_uses_no_link), cmocka_unit_test(places_of_posts),
		cmocka_unit_test(own_sessions), cmocka_unit_test(the_next_life)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
