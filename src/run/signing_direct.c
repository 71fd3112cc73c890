#include "run/signing_direct.h"

#include "base/json.h"
#include "run/signing_priv.h"
#include "words/words.h"

#include <sodium.h>
#include <stdio.h>

/* How often the directory is asked about who is signed in; how long they stay when it can't be; and
 * how long it counts for those on the roster that they were somebody. */
static const ward_ns ask_every = 120 * WARD_NS_PER_S, unheard = 300 * WARD_NS_PER_S,
		     lately = 12 * 3600 * WARD_NS_PER_S, away = 600 * WARD_NS_PER_S;

static const struct ward_sign nobody; /* of records that no request is the reason of */

static bool has_directory(const struct ward_signing *g)
{
	return g->o.who->directory != WARD_DIRECTORY_NONE;
}

/* ---- whether it can be reached ---- */

static void heard(struct ward_signing *g, const struct ward_directed *d)
{
	bool down = d->err == WARD_ERR_AGAIN;

	g->direct.heard = ward_clock_mono(g->o.clock) + 1;
	if (g->direct.down == down)
		return;
	g->direct.down = down;
	g->direct.since = signing_now_of(g);
	signing_record(g, down ? WARD_TOLD_DOWN : WARD_TOLD_BACK, (struct ward_str){0},
		(struct ward_str){0}, &nobody, true);
}

void ward_signing_roster(struct ward_signing *g, struct ward_str roster)
{
	g->direct.roster = roster;
}

static bool is_on_roster(const struct ward_signing *g, struct ward_str person)
{
	struct ward_str rest = g->direct.roster;

	if (!rest.p)
		return true;
	while (rest.len)
		if (ward_str_eq(ward_str_cut(&rest, '\n'), person))
			return true;
	return false;
}

/* While it can't be asked: are they still taken for whom they were? */
static bool goes_on(const struct ward_signing *g, const struct ward_account *a)
{
	ward_ns gone = signing_now_of(g) - a->good;

	return a->good && gone >= 0 && gone < lately && is_on_roster(g, ward_str_z(a->person));
}

/* ---- passwords ---- */

bool ward_signing_asks(
	const struct ward_signing *g, const struct ward_sign *s, struct ward_direct *ret)
{
	const struct ward_session *who = ward_signers_named(g->o.who, s->person);
	const struct ward_account *a = who ? ward_account_find(g->o.accounts, who->person) : NULL;

	if (!has_directory(g) || s->what != WARD_SIGN_PASSWORD || !s->password.len ||
		(who && ward_signers_breaks(g->o.who, who->person)))
		return false;
	if (g->o.who->directory == WARD_DIRECTORY_LDAPS) {
		*ret = (struct ward_direct){
			.what = WARD_DIRECT_PASSWORD, .name = s->person, .secret = s->password};
		return s->person.len && s->person.len <= WARD_DIRECTORY_NAME;
	}
	if (!a || !a->directory[0])
		return false;
	*ret = (struct ward_direct){.what = WARD_DIRECT_STILL, .name = ward_str_z(a->directory)};
	return true;
}

bool signing_needs_word(
	const struct ward_signing *g, const struct ward_account *a, const struct ward_sign *s)
{
	const ward_ns of_late = 30 * WARD_NS_PER_S,
		      at = s->since ? s->since : ward_clock_mono(g->o.clock);

	return g->o.who->directory == WARD_DIRECTORY_OIDC && a->directory[0] &&
	       !ward_signers_breaks(g->o.who, ward_str_z(a->person)) &&
	       (!g->direct.heard || at - g->direct.heard > of_late);
}

/* Whose guess it is, for waits. A directory server takes a name in many ways ("anna ", "ánna"),
 * each of which would have tries of its own: what nobody is called here is one person. */
static struct ward_str guessed(const struct ward_session *who)
{
	return who ? who->person : WARD_STR("?");
}

bool ward_signing_may_ask(
	struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_sign as = *s;

	as.person = guessed(ward_signers_named(g->o.who, s->person));
	ward_ns wait = signing_wait_of(g, &as);

	if (!wait)
		return true;
	signing_refuse(ret, WARD_ERR_AGAIN,
		WARD_TEXT("too many wrong answers: wait a moment, then try again"));
	ret->wait = wait;
	return false;
}

static void set_groups(struct ward_account *a, const struct ward_directed *d)
{
	struct ward_wr w = ward_wr_fixed(a->groups, sizeof(a->groups) - 1);

	for (size_t i = 0; i < d->n_group; i++) {
		size_t before = w.len;

		if (before)
			ward_wr_ch(&w, '\n');
		ward_wr_str(&w, d->group[i]);
		if (ward_wr_bad(&w)) { /* fewer groups, fewer rights */
			w.len = before;
			break;
		}
	}
	a->groups[w.len] = 0;
}

static void take(struct ward_signing *g, struct ward_account *a, const struct ward_directed *d)
{
	if (d->has_groups)
		set_groups(a, d);
	a->good = signing_now_of(g);
	a->asked = ward_clock_mono(g->o.clock);
	g->used = true;
}

static void end(struct ward_signing *g, struct ward_account *a)
{
	struct ward_accounts *t = g->o.accounts;
	struct ward_signed ret;

	signing_record(
		g, WARD_TOLD_ENDED, ward_str_z(a->person), WARD_STR("directory"), &nobody, true);
	for (size_t i = t->n_s; i-- > 0;)
		if (t->s[i].directory && strcmp(t->s[i].person, a->person) == 0)
			ward_signed_in_drop(t, &t->s[i]);
	signing_absent(g, ward_str_z(a->person));
	(void)signing_keep(g, NULL, NULL, &ret);
}

/* Whom the directory says it is signs in. second: a code of ours was right. */
static void begin(struct ward_signing *g, const struct ward_sign *s, const struct ward_directed *d,
	bool second, struct ward_signed *ret)
{
	const struct ward_session *who = ward_signers_named(g->o.who, d->name);
	struct ward_account *a = who ? ward_account_need(g->o.accounts, who->person) : NULL;
	struct ward_account before;
	struct ward_session is;

	if (!a || a->disabled || !d->key.len || d->key.len > WARD_ACCOUNT_KEY) {
		signing_record(g, WARD_TOLD_FAILED, who ? who->person : (struct ward_str){0},
			(struct ward_str){0}, s, false);
		signing_refuse(ret, WARD_ERR_STATE,
			!who ? WARD_TEXT("the directory knows you, but people.yml of this hospital "
					 "does not; whoever looks after Ward can add you")
			     : WARD_TEXT("your account is disabled here; somebody who may "
					 "administer can enable it"));
		return;
	}
	if (a->directory[0] && !ward_str_ieq(d->key, ward_str_z(a->directory))) {
		/* a name there was given to somebody else, or taken: who had it goes */
		signing_record(g, WARD_TOLD_OTHER, who->person, (struct ward_str){0}, s, false);
		end(g, a);
	}
	before = *a;
	memcpy(a->directory, d->key.p, d->key.len);
	a->directory[d->key.len] = 0;
	a->groups[0] = 0;
	take(g, a, d);
	is = *who;
	signing_narrow(g, a, &is);
	if (!is.rights) {
		*a = before;
		signing_record(g, WARD_TOLD_FAILED, who->person, (struct ward_str){0}, s, false);
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("none of your groups in the directory gives you anything here; "
				  "directory.yml says which do"));
		return;
	}
	struct ward_device *at = signing_device_of(g, s->device);

	if (at && !signing_limit(g, at, &is)) {
		*a = before;
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("this post is for another part of the hospital than yours"));
		return;
	}
	signing_make_familiar(a, s->from);
	signing_record(g, WARD_TOLD_SIGNED_IN, who->person, (struct ward_str){0}, s, false);
	if (at)
		signing_present(g, at, who->person, second);
	signing_begin(g,
		&(struct signing_new){
			.who = who, .at = at, .second = second, .proved = true, .directory = true},
		ret);
	(void)signing_keep(g, a, &before, ret);
	ward_wipe(&before, sizeof(before));
}

bool ward_signing_told(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_directed *d, struct ward_signed *ret)
{
	bool ldaps = g->o.who->directory == WARD_DIRECTORY_LDAPS;
	/* whom it found: a server takes a name in more ways than we do ("anna " is anna) */
	const struct ward_session *who =
		ward_signers_named(g->o.who, ldaps && !d->err ? d->name : s->person);
	struct ward_account *a = who ? ward_account_find(g->o.accounts, who->person) : NULL;
	struct ward_sign as = *s;
	bool second = false;

	ward_wr_reset(&g->json);
	heard(g, d);
	/* of a provider it was asked whether it is there, and they are still somebody */
	if (!ldaps && a && a->directory[0])
		ward_signing_still(g, ward_str_z(a->directory), d);
	/* a directory server said who it is */
	if (!ldaps || (d->err && d->err != WARD_ERR_DENIED))
		return false;
	as.person = guessed(who);
	if (!d->err && a && a->n_key && !s->proof.len && !s->code.len) {
		signing_key_ask(g, a, false, ret);
		return true;
	}
	if (!d->err && a && (a->has_second || a->n_key)) {
		second = signing_second_is(g, a, s);
		if (!second) {
			signing_wrong(g, &as, ret);
			return true;
		}
	}
	if (d->err) {
		/* who has never signed in there may have an account that is ours alone */
		if (a && !a->directory[0] && a->password[0])
			return false;
		signing_wrong(g, &as, ret);
		return true;
	}
	signing_was_right(g, &as);
	begin(g, &as, d, second, ret);
	return true;
}

bool signing_is_directorys(const struct ward_signing *g, struct ward_str person)
{
	const struct ward_account *a = ward_account_find(g->o.accounts, person);

	return has_directory(g) && a && a->directory[0] && !ward_signers_breaks(g->o.who, person);
}

/* The password that they have here is right: does it count? */
bool signing_counts_here(struct ward_signing *g, const struct ward_account *a,
	const struct ward_sign *s, bool *ret_directory, struct ward_signed *ret)
{
	struct ward_str person = ward_str_z(a->person);

	*ret_directory = false;
	if (!has_directory(g))
		return true;
	if (ward_signers_breaks(g->o.who, person)) {
		signing_record(g, WARD_TOLD_BREAK_GLASS, person, (struct ward_str){0}, s, false);
		return true;
	}
	if (!a->directory[0])
		return true;
	*ret_directory = true;
	if (g->direct.down && goes_on(g, a)) {
		signing_record(g, WARD_TOLD_CACHED, person, (struct ward_str){0}, s, false);
		return true;
	}
	signing_refuse(ret, WARD_ERR_STATE,
		!g->direct.down
			? WARD_TEXT("sign in with your account of the hospital: the password that "
				    "you have here counts only while the directory is out of reach")
			: WARD_TEXT("the directory is out of reach, and you are not on today's "
				    "roster, or it has not known you for half a day; somebody with "
				    "a break-glass account can sign in"));
	return false;
}

/* ---- browsers that sign in at the provider ---- */

static size_t n_from(const struct ward_signing *g, struct ward_id from)
{
	size_t n = 0;

	for (size_t i = 0; i < WARD_SIGNING_ENTERING; i++)
		n += ward_id_eq(g->direct.entering[i].from, from);
	return n;
}

/* A free place, else that of the address that has most: who begins again and again pushes nobody
 * else out. Of these the oldest goes. */
static struct ward_entering *place(struct ward_signing *g, ward_ns mono)
{
	struct ward_entering *to = NULL;
	size_t most = 0;

	for (size_t i = 0; i < WARD_SIGNING_ENTERING; i++) {
		struct ward_entering *x = &g->direct.entering[i];
		size_t n;

		if (x->until <= mono)
			return x;
		n = n_from(g, x->from);
		if (n > most || (n == most && x->until < to->until)) {
			most = n;
			to = x;
		}
	}
	return to;
}

static void random_text(char ret[WARD_SIGN_TEXT])
{
	uint8_t bytes[WARD_SIGN_TOKEN];

	randombytes_buf(bytes, sizeof(bytes));
	ward_sign_text(bytes, ret);
	ward_wipe(bytes, sizeof(bytes));
}

static bool is_oidc(const struct ward_signing *g, struct ward_signed *no)
{
	if (g->o.who->directory == WARD_DIRECTORY_OIDC)
		return true;
	signing_refuse(no, WARD_ERR_NOT_FOUND,
		WARD_TEXT("this hospital has no identity provider; sign in with your name and "
			  "password"));
	return false;
}

bool ward_signing_enter(struct ward_signing *g, const struct ward_enter *e, ward_ns mono,
	struct ward_direct *ret, struct ward_signed *no)
{
	struct ward_entering *x;

	if (!is_oidc(g, no))
		return false;
	x = place(g, mono);
	*x = (struct ward_entering){.until = mono + away, .from = ward_signing_from(e->from)};
	signing_hash_of("ward entering", e->token, sizeof(e->token), x->hash);
	memcpy(x->device, e->device, sizeof(x->device));
	random_text(x->state);
	random_text(x->nonce);
	random_text(x->verifier);
	*ret = (struct ward_direct){.what = WARD_DIRECT_BEGIN,
		.state = ward_str_z(x->state),
		.nonce = ward_str_z(x->nonce),
		.verifier = ward_str_z(x->verifier)};
	return true;
}

bool ward_signing_come_back(struct ward_signing *g, const struct ward_enter *e, ward_ns mono,
	struct ward_entering *was, struct ward_direct *ret, struct ward_signed *no)
{
	uint8_t hash[WARD_SIGN_TOKEN];
	struct ward_entering *x = NULL;

	if (!is_oidc(g, no))
		return false;
	signing_hash_of("ward entering", e->token, sizeof(e->token), hash);
	for (size_t i = 0; i < WARD_SIGNING_ENTERING; i++)
		if (g->direct.entering[i].until > mono &&
			sodium_memcmp(g->direct.entering[i].hash, hash, sizeof(hash)) == 0)
			x = &g->direct.entering[i];
	if (x) { /* once, whatever comes of it */
		*was = *x;
		ward_wipe(x, sizeof(*x));
	}
	if (!x || e->state.len != strlen(was->state) ||
		sodium_memcmp(e->state.p, was->state, e->state.len) != 0) {
		signing_record(g, WARD_TOLD_FAILED, (struct ward_str){0}, (struct ward_str){0},
			&(struct ward_sign){.what = WARD_SIGN_N}, false);
		signing_refuse(no, WARD_ERR_DENIED,
			WARD_TEXT("this sign-in was not begun in this browser, took longer than "
				  "ten minutes, or came back before; begin it anew"));
		return false;
	}
	if (e->error.len || !e->code.len) {
		signing_refuse(no, WARD_ERR_DENIED,
			WARD_TEXT("the provider did not sign you in, or you broke it off; try "
				  "again, or ask who looks after your account there"));
		return false;
	}
	*ret = (struct ward_direct){.what = WARD_DIRECT_CODE,
		.secret = e->code,
		.nonce = ward_str_z(was->nonce),
		.verifier = ward_str_z(was->verifier),
		.issuer = e->issuer};
	return true;
}

void ward_signing_entered(struct ward_signing *g, const struct ward_enter *e,
	const struct ward_directed *d, struct ward_signed *ret)
{
	struct ward_sign s = {.what = WARD_SIGN_PASSWORD, .person = d->name};

	memcpy(s.from, e->from, sizeof(s.from));
	memcpy(s.device, e->device, sizeof(s.device));
	heard(g, d);
	ward_wr_reset(&g->json);
	if (d->err == WARD_ERR_AGAIN) {
		signing_refuse(ret, WARD_ERR_IO,
			WARD_TEXT("the directory can't be reached just now; who is on duty signs "
				  "in with the name and password that they have here"));
	} else if (d->err) {
		signing_record(
			g, WARD_TOLD_FAILED, (struct ward_str){0}, (struct ward_str){0}, &s, false);
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("what the provider sent back is not taken; Ward's log says why"));
	} else if (e->what == WARD_ENTER_BEGIN) {
		struct ward_json j = ward_json_on(&g->json);

		ward_json_obj(&j);
		ward_json_key(&j, "url");
		ward_json_str(&j, d->url);
		ward_json_obj_end(&j);
		*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
	} else {
		begin(g, &s, d, d->many, ret);
	}
}

void ward_signing_ways(struct ward_signing *g, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);
	bool oidc = g->o.who->directory == WARD_DIRECTORY_OIDC;

	ward_wr_reset(&g->json);
	ward_json_obj(&j);
	ward_json_key(&j, "directory");
	if (has_directory(g)) {
		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, oidc ? "oidc" : "ldaps");
		ward_json_key(&j, "name");
		ward_json_str(&j, g->o.who->directory_name);
		ward_json_key(&j, "reachable");
		ward_json_bool(&j, !g->direct.down);
		ward_json_obj_end(&j);
	} else {
		ward_json_null(&j);
	}
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

/* ---- are they still somebody? ---- */

static bool is_in(const struct ward_signing *g, const struct ward_account *a)
{
	const struct ward_accounts *t = g->o.accounts;

	for (size_t i = 0; i < t->n_s; i++)
		if (t->s[i].directory && strcmp(t->s[i].person, a->person) == 0)
			return true;
	return false;
}

bool ward_signing_due(struct ward_signing *g, ward_ns mono, struct ward_direct *ret)
{
	struct ward_accounts *t = g->o.accounts;
	struct ward_account *first = NULL;

	for (size_t i = 0; has_directory(g) && i < t->n; i++) {
		struct ward_account *a = &t->a[i];

		if (a->directory[0] && (!a->asked || mono - a->asked >= ask_every) && is_in(g, a) &&
			(!first || a->asked < first->asked))
			first = a;
	}
	if (!first)
		return false;
	first->asked = mono;
	*ret = (struct ward_direct){
		.what = WARD_DIRECT_STILL, .name = ward_str_z(first->directory)};
	return true;
}

/* Is it still them, with a right that their groups leave? Nobody is signed in to nothing. */
static bool stays(
	const struct ward_signing *g, const struct ward_account *a, const struct ward_directed *d)
{
	const struct ward_session *who = ward_signers_find(g->o.who, ward_str_z(a->person));
	struct ward_session is;

	if (!who || (d->name.len && ward_signers_named(g->o.who, d->name) != who))
		return false;
	is = *who;
	signing_narrow(g, a, &is);
	return is.rights != 0;
}

static void still(struct ward_signing *g, struct ward_account *a, const struct ward_directed *d)
{
	ward_ns silent = signing_now_of(g) - a->good;

	if (!d->err) {
		take(g, a, d);
		if (!stays(g, a, d))
			end(g, a);
	} else if (d->err == WARD_ERR_DENIED) {
		a->good = 0;
		end(g, a);
	} else if (d->err == WARD_ERR_AGAIN ? silent >= unheard && !goes_on(g, a)
					    : silent >= g->o.who->unconfirmed) {
		end(g, a);
	}
}

/* Whoever got another name there may have been somebody else here before. */
void ward_signing_still(struct ward_signing *g, struct ward_str key, const struct ward_directed *d)
{
	struct ward_accounts *t = g->o.accounts;

	heard(g, d);
	for (size_t i = 0; i < t->n; i++)
		if (ward_str_eqz(key, t->a[i].directory) && is_in(g, &t->a[i]))
			still(g, &t->a[i], d);
}
