/* A `login` without its process, on a clock that the test sets: anna may all, bo and carl report.
 */
#ifndef WARD_TESTS_UNIT_RUN_SIGNING_H
#define WARD_TESTS_UNIT_RUN_SIGNING_H

#include "respond/act/totp.h"
#include "run/signing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S
#define GOOD "correct horse battery staple"
#define BETTER "quiet river under the long bridge"

static const ward_ns noon = 1800000000 * S;

struct desk {
	struct ward_clock_fake clock;
	struct ward_limits lim;
	struct ward_signers who;
	struct ward_accounts accounts;
	struct ward_signing *g;
	struct ward_signed ret;
	bool disk_is_full;
	unsigned n_saved, told[WARD_TOLD_N];
	struct ward_account_told last;
	uint8_t text[8192];
};

static inline bool save(void *ctx)
{
	struct desk *k = ctx;

	k->n_saved++;
	return !k->disk_is_full;
}

static inline void record(void *ctx, const struct ward_account_told *t)
{
	struct desk *k = ctx;

	k->told[t->what]++;
	k->last = *t;
}

static inline void put(
	struct ward_wr *w, const char *id, const char *name, uint64_t rights, const char *place)
{
	const struct ward_session s = {.person = ward_str_z(id),
		.name = ward_str_z(name),
		.language = WARD_STR("it"),
		.role = {WARD_STR("guard")},
		.n_role = 1,
		.place = {ward_str_z(place)},
		.n_place = place ? 1 : 0,
		.rights = rights};

	ward_signers_put_person(w, &s);
}

static inline void begin_as(struct desk *k)
{
	const struct ward_signing_opts o = {.clock = &k->clock.clock,
		.who = &k->who,
		.accounts = &k->accounts,
		.common = WARD_STR("# words\npassword\nwelcome\n"),
		.lim = &k->lim,
		.cost = ward_password_least(),
		.save = save,
		.record = record,
		.ctx = k};

	assert_int_equal(ward_signing_new(&o, &k->g), WARD_OK);
}

static inline struct desk *begin(void)
{
	struct desk *k = test_calloc(1, sizeof(*k));
	struct ward_wr w = ward_wr_fixed(k->text, sizeof(k->text));
	const struct ward_signers_node node[] = {{WARD_STR("house"), {0}, {0}, {0}},
		{WARD_STR("floor-1"), WARD_STR("house"), {0}, {0}},
		{WARD_STR("room-1"), WARD_STR("floor-1"), WARD_STR("zone-1"), {0}},
		{WARD_STR("pump"), WARD_STR("room-1"), {0}, WARD_STR("net-1")},
		{WARD_STR("room-2"), WARD_STR("floor-2"), {0}, {0}}};

	ward_clock_fake_init(&k->clock, noon);
	ward_limits_default(&k->lim);
	put(&w, "anna", "Anna Bianchi", WARD_RIGHTS_ALL, NULL);
	put(&w, "bo", "Bo", WARD_RIGHT_BIT(WARD_RIGHT_REPORT), "floor-1");
	put(&w, "carl", "Carl", WARD_RIGHT_BIT(WARD_RIGHT_REPORT), NULL);
	for (size_t i = 0; i < WARD_ARRAY_LEN(node); i++)
		ward_signers_put_node(&w, &node[i]);
	ward_signers_put_host(&w, WARD_STR("ward-both"), WARD_STR("room-2"));
	ward_signers_put_host(&w, WARD_STR("ward-both"), WARD_STR("room-1"));
	ward_signers_put_host(&w, WARD_STR("ward-2"), WARD_STR("room-2"));
	ward_signers_put_host(&w, WARD_STR("records"), WARD_STR(""));
	assert_int_equal(ward_signers_read(&k->who, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(ward_accounts_init(&k->accounts, ward_mem_heap()), WARD_OK);
	begin_as(k);
	return k;
}

static inline void end(struct desk *k)
{
	ward_signing_free(k->g);
	ward_accounts_fini(&k->accounts);
	ward_signers_free(&k->who);
	test_free(k);
}

static inline void ask(struct desk *k, struct ward_sign s, bool local)
{
	if (!s.from[15])
		s.from[15] = 9;
	ward_signing_answer(k->g, &s, local, &k->ret);
	assert_true(k->ret.why.len || !k->ret.err);
}

static inline enum ward_err says(struct desk *k, struct ward_sign s)
{
	ask(k, s, false);
	return k->ret.err;
}

static inline struct ward_sign password(const char *person, const char *text)
{
	return (struct ward_sign){.what = WARD_SIGN_PASSWORD,
		.person = ward_str_z(person),
		.password = ward_str_z(text)};
}

static inline struct ward_sign with(enum ward_sign_what what, const uint8_t token[WARD_SIGN_TOKEN])
{
	struct ward_sign s = {.what = what};

	memcpy(s.token, token, WARD_SIGN_TOKEN);
	return s;
}

/* A text of the answer's JSON. */
static inline void json_text(const struct desk *k, const char *key, char *ret, size_t cap)
{
	char find[64];
	int n = snprintf(find, sizeof(find), "\"%s\":\"", key);
	size_t at = ward_str_find(k->ret.json, (struct ward_str){find, (size_t)n});

	assert_int_not_equal(at, SIZE_MAX);
	struct ward_str rest = ward_str_sub(k->ret.json, at + (size_t)n, k->ret.json.len),
			text = ward_str_cut(&rest, '"');

	(void)snprintf(ret, cap, "%.*s", WARD_STR_ARG(text));
}

/* Somebody gets a code at the machine, and an account by it. */
static inline void enrol(struct desk *k, const char *person, const char *text)
{
	char code[64];

	ask(k, (struct ward_sign){.what = WARD_SIGN_ISSUE, .person = ward_str_z(person)}, true);
	assert_int_equal(k->ret.err, WARD_OK);
	json_text(k, "code", code, sizeof(code));
	assert_int_equal(says(k, (struct ward_sign){.what = WARD_SIGN_CODE,
					 .code = ward_str_z(code),
					 .password = ward_str_z(text)}),
		WARD_OK);
}

static inline void take_token(const struct desk *k, uint8_t ret[WARD_SIGN_TOKEN])
{
	static const uint8_t none[WARD_SIGN_TOKEN];

	assert_true(k->ret.has_session);
	assert_memory_not_equal(k->ret.token, none, sizeof(none));
	memcpy(ret, k->ret.token, WARD_SIGN_TOKEN);
}

static inline void code_now(const struct desk *k, const char *base32, char ret[16])
{
	uint8_t secret[WARD_TOTP_SECRET_MAX];
	uint32_t code;
	size_t len;

	assert_true(ward_base32_read(ward_str_z(base32), secret, sizeof(secret), &len));
	assert_int_equal(
		ward_totp(ward_slice_of(secret, len), (uint64_t)(k->clock.at / S / 30), &code),
		WARD_OK);
	(void)snprintf(ret, 16, "%06u", code);
}

#endif
