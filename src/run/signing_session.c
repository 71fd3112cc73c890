#include "run/signing_priv.h"

#include "desk/args.h"
#include "run/desk_client.h"
#include "words/words.h"

#include <sodium.h>

enum { ARGS_ARENA = 4 << 20 };

/* So long a proof lets dangerous acts go. */
static const ward_ns proof_good = 300 * WARD_NS_PER_S;

void signing_refuse(struct ward_signed *ret, enum ward_err err, const char *why)
{
	*ret = (struct ward_signed){.err = err, .why = ward_str_z(why)};
}

void signing_record(struct ward_signing *g, enum ward_told what, struct ward_str person,
	struct ward_str by, const struct ward_sign *s, bool local)
{
	const struct ward_account_told t = {
		.what = what, .person = person, .by = by, .from = signing_kind_of(s->from, local)};

	g->o.record(g->o.ctx, &t);
}

/* What was changed of a and could not be kept is as it was before. */
bool signing_keep(struct ward_signing *g, struct ward_account *a, const struct ward_account *before,
	struct ward_signed *ret)
{
	if (g->o.save(g->o.ctx)) {
		g->used = false;
		return true;
	}
	if (a)
		*a = *before;
	signing_refuse(ret, WARD_ERR_IO,
		WARD_TEXT("it could not be written to the disk, so it did not happen; whoever "
			  "looks after Ward must look at the disk"));
	return false;
}

void signing_hash_of(const char *domain, const void *p, size_t len, uint8_t ret[WARD_SIGN_TOKEN])
{
	uint8_t in[128];
	struct ward_wr w = ward_wr_fixed(in, sizeof(in));

	ward_wr_z(&w, domain);
	ward_wr_bytes(&w, p, len);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_sha256(ward_wr_slice(&w), ret);
	ward_wipe(in, sizeof(in));
}

/* A wall screen's has no end while the screen is one of ours. */
static ward_ns ends(const struct ward_signing *g, const struct ward_signed_in *s)
{
	if (s->person[0] == '@')
		return signing_now_of(g) + g->o.longest;
	ward_ns idle = s->used + g->o.idle, longest = s->made + g->o.longest;

	return idle < longest ? idle : longest;
}

void signing_drop_ended(struct ward_signing *g)
{
	struct ward_accounts *t = g->o.accounts;
	ward_ns now = signing_now_of(g);

	for (size_t i = t->n_s; i-- > 0;)
		if (ends(g, &t->s[i]) <= now || t->s[i].used > now + g->o.idle)
			ward_signed_in_drop(t, &t->s[i]);
}

void signing_drop_all_of(struct ward_signing *g, struct ward_str person)
{
	struct ward_accounts *t = g->o.accounts;

	for (size_t i = t->n_s; i-- > 0;)
		if (ward_str_eqz(person, t->s[i].person))
			ward_signed_in_drop(t, &t->s[i]);
	signing_absent(g, person);
}

/* The one that was used longest ago: of the person, when they have as many as one may. */
static void make_room(struct ward_signing *g, struct ward_str person)
{
	struct ward_accounts *t = g->o.accounts;
	struct ward_signed_in *all = NULL, *own = NULL;
	size_t n = 0;

	signing_drop_ended(g);
	for (size_t i = 0; i < t->n_s; i++) {
		struct ward_signed_in *s = &t->s[i];

		if (ward_str_eqz(person, s->person)) {
			n++;
			own = !own || s->used < own->used ? s : own;
		}
		all = !all || s->used < all->used ? s : all;
	}
	if (n >= WARD_SESSIONS_OF_ONE)
		ward_signed_in_drop(t, own);
	else if (t->n_s == WARD_SESSIONS_MAX)
		ward_signed_in_drop(t, all);
}

static bool is_of_late(const struct ward_signing *g, ward_ns at)
{
	ward_ns past = signing_now_of(g) - at;

	return at && past >= 0 && past < proof_good;
}

bool signing_is_proved_twice(struct ward_signing *g, const struct ward_signed_in *s,
	struct ward_account *a, struct ward_signed *ret)
{
	if ((!a->has_second && !a->n_key) || is_of_late(g, s->proved_twice))
		return true;
	signing_key_ask(g, a, true, ret);
	return false;
}

void signing_fill(const struct ward_signing *g, const struct ward_signed_in *s,
	const struct ward_session *who, struct ward_session *ret)
{
	*ret = *who;
	ret->expires = ends(g, s);
	ret->totp = s->second;
	ret->must_set_password = s->must_set_password;
	if (s->directory)
		signing_narrow(g, ward_account_find(g->o.accounts, who->person), ret);
	const struct ward_device *d =
		s->device[0] ? ward_device_find(g->o.accounts, ward_str_z(s->device)) : NULL;

	ret->wall = s->person[0] == '@';
	ret->post = d && !ret->wall;
	ret->proved = is_of_late(g, s->proved);
	if (s->must_set_password || (d && !ret->wall && !signing_limit(g, d, ret)))
		ret->rights = 0;
}

void signing_begin(struct ward_signing *g, const struct signing_new *n, struct ward_signed *ret)
{
	struct ward_accounts *t = g->o.accounts;
	ward_ns now = signing_now_of(g);
	struct ward_signed_in *s;

	make_room(g, n->who->person);
	s = &t->s[t->n_s++];
	*s = (struct ward_signed_in){.made = n->made ? n->made : now,
		.used = now,
		.proved = n->proved ? now : 0,
		.proved_twice = n->proved && n->second ? now : 0,
		.second = n->second,
		.must_set_password = n->must,
		.directory = n->directory || signing_is_directorys(g, n->who->person)};
	memcpy(s->person, n->who->person.p, n->who->person.len);
	if (n->at)
		memcpy(s->device, n->at->id, sizeof(s->device));
	*ret = (struct ward_signed){.err = WARD_OK, .has_session = true};
	randombytes_buf(ret->token, sizeof(ret->token));
	signing_hash_of("ward token", ret->token, sizeof(ret->token), s->hash);
	signing_fill(g, s, n->who, &ret->session);
}

/* The session of a token, and who it is; NULL: nobody that is known, and good. */
struct ward_signed_in *signing_find(struct ward_signing *g, const uint8_t token[WARD_SIGN_TOKEN],
	const struct ward_session **ret_who)
{
	struct ward_accounts *t = g->o.accounts;
	uint8_t hash[WARD_SIGN_TOKEN];
	ward_ns now = signing_now_of(g);

	signing_hash_of("ward token", token, WARD_SIGN_TOKEN, hash);
	for (size_t i = 0; i < t->n_s; i++) {
		struct ward_signed_in *s = &t->s[i];

		if (sodium_memcmp(s->hash, hash, sizeof(hash)) != 0)
			continue;
		if (s->person[0] == '@')
			return (*ret_who = signing_screen(g, ward_str_z(s->person))) ? s : NULL;
		const struct ward_account *a = ward_account_find(t, ward_str_z(s->person));

		*ret_who = ward_signers_find(g->o.who, ward_str_z(s->person));
		return *ret_who && a && !a->disabled && ends(g, s) > now ? s : NULL;
	}
	return NULL;
}

void signing_use(struct ward_signing *g, struct ward_signed_in *s)
{
	ward_ns now = signing_now_of(g);

	g->used = g->used || s->used != now;
	s->used = now;
}

enum ward_err ward_signing_who(
	struct ward_signing *g, const uint8_t token[WARD_SIGN_TOKEN], struct ward_session *ret)
{
	const struct ward_session *who;
	struct ward_signed_in *s = signing_find(g, token, &who);

	if (!s)
		return WARD_ERR_CLOSED;
	signing_use(g, s);
	signing_fill(g, s, who, ret);
	return WARD_OK;
}

/* A filter is about an incident, but holds back what a thing shows: that is to be at their places.
 * Where a host stands that no list has, nobody knows. */
static bool holds_back_elsewhere(
	const struct ward_signing *g, const struct ward_session *s, const struct ward_decision *d)
{
	struct ward_arena a;

	if (!s->n_place)
		return false;
	if (d->kind == WARD_DECISION_CANDIDATE)
		return true;
	if (d->kind != WARD_DECISION_TUNE)
		return false;
	ward_arena_init(&a, ward_mem_heap(), ARGS_ARENA);
	struct ward_str thing = ward_args_text(d->args, "thing", g->o.lim, &a);
	bool within = thing.len && ward_signers_within(g->o.who, s, thing);

	ward_arena_fini(&a);
	return !within;
}

static bool has_role(const struct ward_session *s, struct ward_str role)
{
	for (size_t i = 0; i < s->n_role; i++)
		if (ward_str_eq(s->role[i], role))
			return true;
	return false;
}

enum ward_err ward_signing_may(struct ward_signing *g, const struct ward_session *s,
	struct ward_decision *d, const char **ret_why)
{
	if (s->must_set_password) {
		*ret_why = WARD_TEXT("set a password first");
		return WARD_ERR_DENIED;
	}
	if (!ward_decision_let(d->kind, s->rights)) {
		*ret_why = WARD_TEXT("your profile does not let you decide that; people.yml says "
				     "who has which");
		return WARD_ERR_DENIED;
	}
	if (s->n_role && (!d->role.len || ward_str_eqz(d->role, WARD_DESK_WHOEVER)))
		d->role = s->role[0];
	if (!has_role(s, d->role)) {
		*ret_why = WARD_TEXT("that role is none of yours; people.yml, and your groups in "
				     "the hospital's directory, say which are");
		return WARD_ERR_DENIED;
	}
	bool configures = d->kind == WARD_DECISION_CONFIGURE || d->kind == WARD_DECISION_APPOINT;

	configures |= d->kind == WARD_DECISION_PROCESSING;
	bool tries = d->kind == WARD_DECISION_TRY || d->kind == WARD_DECISION_TRY_ANY;

	if ((configures || tries) && s->n_place) {
		*ret_why = WARD_TEXT("the configuration is of the whole hospital, and your "
				     "places are a part of it");
		return WARD_ERR_DENIED;
	}
	/* what protects ends, or becomes something else; whose name stands at a reading for good */
	if ((ward_decision_asks(d->kind) & WARD_ASKS_PROOF) && !s->proved) {
		*ret_why = WARD_TEXT("prove that it is you: by your password, or by a code");
		return WARD_ERR_STATE;
	}
	if (!ward_signers_within(g->o.who, s, d->subject) || holds_back_elsewhere(g, s, d)) {
		*ret_why = WARD_TEXT("that place is none of yours; people.yml says whose it is");
		return WARD_ERR_DENIED;
	}
	return WARD_OK;
}
