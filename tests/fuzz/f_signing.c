/* A `login` that is asked whatever `api` may ask, with what the hospital's directory may answer in
 * between: tokens, keys and codes are those that it gave before, so that inputs reach behind them.
 * Each step is a byte that says which, and some that say with what. What must be so afterwards
 * holds whatever was asked. */
#include "fuzz.h"

#include "run/signing.h"
#include "run/signing_direct.h"
#include "ship/code.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <unistd.h>

enum { STEPS = 48, KEPT = 8, SELF = 200, DIRECTORY = 220, ROOM = 16 << 10 };

/* The public key of a sensor: the point that P-256 begins with (SEC 2 2.4.2). */
static const char key_of_sensor[] =
	"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

struct told {
	struct ward_clock_fake clock;
	struct ward_limits lim;
	struct ward_signers who;
	struct ward_accounts accounts;
	struct ward_signing *g;
	struct ward_signed ret;
	uint8_t token[KEPT][WARD_SIGN_TOKEN], device[KEPT][WARD_SIGN_TOKEN], text[ROOM];
	char word[KEPT][WARD_SIGN_TEXT]; /* codes, links, secrets, states */
	unsigned n_token, n_device, n_word;
};

static bool save(void *ctx)
{
	(void)ctx;
	return true;
}

static void record(void *ctx, const struct ward_account_told *t)
{
	(void)ctx;
	WARD_ASSERT((unsigned)t->what < WARD_TOLD_N && t->from);
}

static void put_people(struct told *k)
{
	static const char *const id[] = {"anna", "bo", "carl"};
	struct ward_wr w = ward_wr_fixed(k->text, sizeof(k->text));
	const struct ward_directory d = {.kind = WARD_DIRECTORY_LDAPS,
		.name = WARD_STR("AD"),
		.unconfirmed = 300 * WARD_NS_PER_S,
		.breaker = {WARD_STR("carl")},
		.n_breaker = 1};
	struct ward_session s = {.language = WARD_STR("it"),
		.role = {WARD_STR("guard")},
		.n_role = 1,
		.rights = WARD_RIGHTS_ALL};

	for (size_t i = 0; i < WARD_ARRAY_LEN(id); i++) {
		s.person = s.name = ward_str_z(id[i]);
		s.place[0] = WARD_STR("house");
		s.n_place = i == 1;
		ward_signers_put_person(&w, &s);
	}
	ward_signers_put_node(&w,
		&(struct ward_signers_node){WARD_STR("house"), {NULL, 0}, {NULL, 0}, {NULL, 0}});
	ward_signers_put_directory(&w, &d);
	s.person = WARD_STR("guards");
	ward_signers_put_group(&w, &s);
	WARD_ASSERT(ward_signers_read(&k->who, ward_wr_slice(&w)) == WARD_OK);
}

/* Two sensors, and an authority that vouches for them: made once, since its keys take their time.
 */
static const struct ward_signing_sensors *sensors(void)
{
	static struct ward_signing_sensors s;
	static const char *const made[] = {
		"authority.pem", WARD_AUTHORITY_CA, WARD_AUTHORITY_SERVER};
	const struct ward_str name = WARD_STR("localhost");
	char folder[] = "/tmp/ward-f-signing-XXXXXX", why[WARD_AUTHORITY_WHY], path[128];
	const struct ward_authority_in in = {.folder = folder,
		.hospital = WARD_STR("H"),
		.name = &name,
		.n_name = 1,
		.now = 1800000000 * WARD_NS_PER_S};
	bool is_new;
	int fd;

	if (s.voucher)
		return &s;
	WARD_ASSERT(mkdtemp(folder) && ward_authority_ready(&in, &is_new, why) == WARD_OK &&
		    ward_authority_hand(folder, &fd) == WARD_OK);
	WARD_ASSERT(ward_voucher_new(fd, &s.voucher) == WARD_OK);
	(void)close(fd);
	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_SERVER, folder);
	WARD_ASSERT(ward_authority_print(path, s.server) == WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(made); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, made[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	s.id[s.n++] = WARD_STR("annex");
	s.id[s.n++] = WARD_STR("plant");
	return &s;
}

static struct told *begin(void)
{
	static struct told kept;
	struct told *k = &kept;
	struct ward_accounts t = k->accounts; /* its tables are large: they are made once */

	if (!t.a)
		WARD_ASSERT(ward_accounts_init(&t, ward_mem_heap()) == WARD_OK);
	t.n = t.n_s = t.n_d = t.n_x = 0;
	*k = (struct told){.accounts = t};
	ward_clock_fake_init(&k->clock, 1800000000 * WARD_NS_PER_S);
	ward_limits_default(&k->lim);
	put_people(k);
	const struct ward_signing_opts o = {.clock = &k->clock.clock,
		.who = &k->who,
		.accounts = &k->accounts,
		.common = WARD_STR("password\n"),
		.lim = &k->lim,
		.cost = ward_password_least(),
		.sensors = sensors(),
		.save = save,
		.record = record,
		.ctx = k};

	WARD_ASSERT(ward_signing_new(&o, &k->g) == WARD_OK);
	return k;
}

/* A text out of the input, or one that was given before. */
static struct ward_str word_of(struct told *k, struct ward_rd *r)
{
	static const char *const known[] = {"anna", "bo", "carl", "guards", "house", "duty", "look",
		"480215", "correct horse battery staple", "https://ward.example", "annex", "plant",
		key_of_sensor};
	uint8_t which = ward_rd_u8(r);

	if (which < WARD_ARRAY_LEN(known))
		return ward_str_z(known[which]);
	if (which >= SELF)
		return ward_str_z(k->word[which % KEPT]);
	return ward_slice_text(ward_rd_bytes(r, which % 16));
}

/* What follows "key":" of the answer is good for something. */
static void keep_word(struct told *k, const char *key)
{
	size_t at = ward_str_find(k->ret.json, ward_str_z(key));
	struct ward_str rest =
		at == SIZE_MAX ? (struct ward_str){0}
			       : ward_str_sub(k->ret.json, at + strlen(key), k->ret.json.len);
	struct ward_str text = ward_str_cut(&rest, '"');

	if (at != SIZE_MAX)
		(void)snprintf(k->word[k->n_word++ % KEPT], WARD_SIGN_TEXT, "%.*s",
			(int)(text.len < WARD_SIGN_TEXT ? text.len : 0), text.p);
}

/* What a sensor does with a code: proves to have it, beside its key. */
static void keep_proof(struct told *k)
{
	struct ward_ship_code c;
	uint8_t key[WARD_SHIP_KEY], proof[WARD_SHIP_PROOF];
	char *word = k->word[k->n_word % KEPT];
	struct ward_wr w = ward_wr_fixed(word, 2 * sizeof(proof));

	if (!k->n_word || !ward_ship_code_read(ward_str_z(k->word[(k->n_word - 1) % KEPT]), &c))
		return;
	WARD_ASSERT(ward_str_unhex(ward_str_z(key_of_sensor), key, sizeof(key)));
	ward_ship_code_prove(&c, key, proof);
	ward_wr_hex(&w, ward_slice_of(proof, sizeof(proof)));
	word[2 * sizeof(proof)] = 0;
	k->n_word++;
}

/* And with a certificate: shows it, of which login is told the print. */
static void keep_print(struct told *k)
{
	static const char begins[] = "\"certificate\":\"";
	size_t at = ward_str_find(k->ret.json, ward_str_z(begins)), n = 0;
	char pem[WARD_SIGN_PROOF];
	unsigned len;

	if (at == SIZE_MAX)
		return;
	for (const char *p = k->ret.json.p + at + strlen(begins); *p != '"'; p++) {
		bool line = p[0] == '\\' && p[1] == 'n'; /* the one escape that PEM needs */

		WARD_ASSERT(n < sizeof(pem));
		pem[n++] = line ? '\n' : *p;
		p += line;
	}
	BIO *b = BIO_new_mem_buf(pem, (int)n);
	X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);

	WARD_ASSERT(x && X509_digest(x, EVP_sha256(), k->token[k->n_token++ % KEPT], &len) == 1);
	X509_free(x);
	(void)BIO_free(b);
}

static void take(struct told *k)
{
	static const uint8_t none[WARD_SIGN_TOKEN];

	WARD_ASSERT((unsigned)k->ret.err < WARD_ERR_N && k->ret.wait >= 0);
	WARD_ASSERT(!k->ret.err || !k->ret.has_session);
	if (memcmp(k->ret.token, none, sizeof(none)) != 0)
		memcpy(k->token[k->n_token++ % KEPT], k->ret.token, sizeof(none));
	if (memcmp(k->ret.device, none, sizeof(none)) != 0)
		memcpy(k->device[k->n_device++ % KEPT], k->ret.device, sizeof(none));
	keep_word(k, "\"code\":\"");
	keep_proof(k);
	keep_print(k);
	keep_word(k, "\"link\":\"");
	keep_word(k, "\"id\":\"");
}

static void asks(struct told *k, struct ward_rd *r, uint8_t what)
{
	struct ward_sign s = {.what = (enum ward_sign_what)(what % WARD_SIGN_N)};
	uint8_t whose = ward_rd_u8(r);
	uint8_t bytes[ROOM];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	memcpy(s.token, k->token[whose % KEPT], sizeof(s.token));
	memcpy(s.device, k->device[whose / KEPT % KEPT], sizeof(s.device));
	s.from[0] = whose >> 6;
	s.person = word_of(k, r);
	s.password = word_of(k, r);
	s.old = word_of(k, r);
	s.code = word_of(k, r);
	s.proof = word_of(k, r);
	ward_sign_put(&w, &s); /* nothing reaches signing that no message can hold */
	struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

	if (ward_rd_bad(r) || ward_wr_bad(&w) || ward_sign_get(&back, &s) != WARD_OK)
		return;
	ward_signing_answer(k->g, &s, what >= 128, &k->ret);
	take(k);
}

/* The directory answers: about a password, a browser that came back, or somebody who is in. */
static void answers(struct told *k, struct ward_rd *r, uint8_t what)
{
	static const enum ward_err err[] = {
		WARD_OK, WARD_ERR_DENIED, WARD_ERR_AGAIN, WARD_ERR_STATE, WARD_OK};
	struct ward_directed d = {.err = err[ward_rd_u8(r) % WARD_ARRAY_LEN(err)],
		.name = word_of(k, r),
		.key = word_of(k, r),
		.has_groups = what & 1,
		.group = {WARD_STR("guards")},
		.n_group = what >> 1 & 1};
	struct ward_sign s = {
		.what = WARD_SIGN_PASSWORD, .person = word_of(k, r), .password = WARD_STR("x")};
	struct ward_enter e = {.what = WARD_ENTER_FINISH};
	struct ward_direct ask;

	if (ward_rd_bad(r) || d.key.len > WARD_DIRECTORY_NAME || d.name.len > WARD_DIRECTORY_NAME)
		return;
	if (what % 3 == 0 && ward_signing_asks(k->g, &s, &ask) &&
		ward_signing_may_ask(k->g, &s, &k->ret)) {
		if (ward_signing_told(k->g, &s, &d, &k->ret))
			take(k);
	} else if (what % 3 == 1) {
		ward_signing_still(k->g, d.key, &d);
	} else {
		ward_signing_entered(k->g, &e, &d, &k->ret);
		take(k);
	}
}

/* Who is signed in has an account that is not disabled, and a session that `api` can read. */
static void check(struct told *k)
{
	uint8_t bytes[ROOM];
	struct ward_session s;
	unsigned of[WARD_PEOPLE_MAX] = {0};

	for (size_t i = 0; i < KEPT; i++) {
		struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

		if (ward_signing_who(k->g, k->token[i], &s) != WARD_OK)
			continue;
		const struct ward_account *a = ward_account_find(&k->accounts, s.person);

		WARD_ASSERT(s.wall || (a && !a->disabled));
		WARD_ASSERT(!s.must_set_password || !s.rights);
		ward_session_put(&w, &s);
		struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

		ward_session_get(&back, &s);
		WARD_ASSERT(!ward_rd_bad(&back));
	}
	for (size_t i = 0; i < k->accounts.n_s; i++)
		for (size_t p = 0; p < k->accounts.n; p++)
			of[p] += strcmp(k->accounts.s[i].person, k->accounts.a[p].person) == 0;
	for (size_t p = 0; p < k->accounts.n; p++)
		WARD_ASSERT(of[p] <= WARD_SESSIONS_OF_ONE);
}

/* The next life reads what this one wrote, whole. */
static void live_on(struct told *k)
{
	static struct ward_accounts t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_ACCOUNTS_BYTES);
	size_t bad, line;

	if (!t.a)
		WARD_ASSERT(ward_accounts_init(&t, ward_mem_heap()) == WARD_OK);
	t.n = t.n_s = t.n_d = t.n_x = 0;
	ward_accounts_write(&k->accounts, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_accounts_read(&t, ward_wr_slice(&w), &k->lim, &bad, &line) == WARD_OK);
	WARD_ASSERT(!bad && t.n == k->accounts.n && t.n_d == k->accounts.n_d &&
		    t.n_s == k->accounts.n_s);
	for (size_t i = 0; i < t.n_x; i++) { /* those alone that have a certificate */
		const struct ward_sensor *x = ward_sensor_find(&k->accounts, ward_str_z(t.x[i].id));

		WARD_ASSERT(x && t.x[i].made && t.x[i].until == x->until);
	}
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct told *k = begin();

	for (unsigned i = 0; i < STEPS && ward_rd_left(&r) && !ward_rd_bad(&r); i++) {
		uint8_t what = ward_rd_u8(&r);

		if (what == 255)
			k->clock.at += ward_rd_be16(&r) * WARD_NS_PER_S;
		else if (what >= DIRECTORY)
			answers(k, &r, what);
		else
			asks(k, &r, what);
		check(k);
	}
	ward_signing_tidy(k->g);
	live_on(k);
	ward_signing_free(k->g);
	ward_signers_free(&k->who);
	free(copy);
	return 0;
}
