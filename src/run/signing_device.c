#include "run/signing_priv.h"

#include "base/json.h"
#include "words/words.h"

#include <sodium.h>

enum { PIN_TRIES = 3, JSON_ROOM = 1024 };

/* So long a link binds a browser; so long after the whole sign-in a PIN will do. */
static const ward_ns link_good = 24 * 3600 * WARD_NS_PER_S, comes_back = 12 * 3600 * WARD_NS_PER_S;

#define BIT(NAME) WARD_RIGHT_BIT(WARD_RIGHT_##NAME)
static const uint64_t lets[WARD_DEVICE_LIMIT_N] = {[WARD_DEVICE_LIMIT_ALL] = WARD_RIGHTS_ALL,
	[WARD_DEVICE_LIMIT_DUTY] = WARD_RIGHTS_ALL & ~(BIT(ADMINISTER) | BIT(SEE_EVIDENCE) |
							     BIT(SEE_AUDIT) | BIT(METRICS)),
	[WARD_DEVICE_LIMIT_LOOK] = BIT(SEE_INCIDENTS) | BIT(SEE_PLANS) | BIT(SEE_CARE)};

static bool is_wall(const struct ward_device *d)
{
	return d->limit == WARD_DEVICE_LIMIT_LOOK;
}

static void hash_of(const uint8_t key[WARD_SIGN_TOKEN], uint8_t ret[WARD_SIGN_TOKEN])
{
	signing_hash_of("ward device", key, WARD_SIGN_TOKEN, ret);
}

struct ward_device *signing_device_of(
	const struct ward_signing *g, const uint8_t key[WARD_SIGN_TOKEN])
{
	struct ward_accounts *t = g->o.accounts;
	uint8_t hash[WARD_SIGN_TOKEN];

	if (sodium_is_zero(key, WARD_SIGN_TOKEN))
		return NULL;
	hash_of(key, hash);
	for (size_t i = 0; i < t->n_d; i++)
		if (t->d[i].bound && sodium_memcmp(t->d[i].key, hash, sizeof(hash)) == 0)
			return &t->d[i];
	return NULL;
}

/* ---- what may be done there ---- */

const struct ward_session *signing_screen(struct ward_signing *g, struct ward_str person)
{
	struct ward_str id = ward_str_sub(person, 1, person.len);
	const struct ward_device *d =
		person.len && person.p[0] == '@' ? ward_device_find(g->o.accounts, id) : NULL;

	if (!d || !is_wall(d) || !d->bound)
		return NULL;
	g->screen_id[0] = '@';
	memcpy(g->screen_id + 1, d->id, sizeof(d->id));
	g->screen = (struct ward_session){.person = ward_str_z(g->screen_id),
		.name = ward_str_z(d->name),
		.rights = lets[WARD_DEVICE_LIMIT_LOOK],
		.place = {ward_str_z(d->place)},
		.n_place = d->place[0] != 0,
		.wall = true};
	return &g->screen;
}

bool signing_limit(
	const struct ward_signing *g, const struct ward_device *d, struct ward_session *is)
{
	const struct ward_session there = {.place = {ward_str_z(d->place)}, .n_place = 1};
	size_t n = 0;

	is->rights &= lets[d->limit];
	if (!d->place[0])
		return true;
	if (ward_signers_within(g->o.who, is, there.place[0])) {
		is->place[0] = there.place[0];
		is->n_place = 1;
		return true;
	}
	for (size_t i = 0; i < is->n_place; i++)
		if (ward_signers_within(g->o.who, &there, is->place[i]))
			is->place[n++] = is->place[i];
	is->n_place = n;
	return n > 0;
}

/* ---- who comes back ---- */

static struct ward_present *present_of(struct ward_device *d, struct ward_str person)
{
	for (size_t i = 0; i < d->n_present; i++)
		if (ward_str_eqz(person, d->present[i].person))
			return &d->present[i];
	return NULL;
}

static void drop_present(struct ward_device *d, struct ward_present *p)
{
	*p = d->present[--d->n_present];
}

static void drop_old(const struct ward_signing *g, struct ward_device *d)
{
	ward_ns now = signing_now_of(g);

	for (size_t i = d->n_present; i-- > 0;)
		if (d->present[i].since + comes_back <= now || d->present[i].since > now)
			drop_present(d, &d->present[i]);
}

void signing_present(
	struct ward_signing *g, struct ward_device *d, struct ward_str person, bool second)
{
	struct ward_present *p = present_of(d, person);

	drop_old(g, d);
	p = present_of(d, person);
	if (!p && d->n_present == WARD_DEVICE_PEOPLE) { /* whoever came first */
		p = &d->present[0];
		for (size_t i = 1; i < d->n_present; i++)
			p = d->present[i].since < p->since ? &d->present[i] : p;
	} else if (!p) {
		p = &d->present[d->n_present++];
	}
	*p = (struct ward_present){.since = signing_now_of(g), .second = second};
	memcpy(p->person, person.p, person.len);
}

void signing_absent(struct ward_signing *g, struct ward_str person)
{
	for (size_t i = 0; i < g->o.accounts->n_d; i++) {
		struct ward_device *d = &g->o.accounts->d[i];
		struct ward_present *p = present_of(d, person);

		if (p)
			drop_present(d, p);
	}
}

/* A wrong PIN is kept before it is answered: a restart gives no further tries. */
static void wrong_pin(struct ward_signing *g, const struct ward_sign *s, struct ward_device *d,
	struct ward_present *p, struct ward_signed *ret)
{
	signing_was_wrong(g, s);
	signing_record(g, WARD_TOLD_FAILED, ward_str_z(p->person), (struct ward_str){0}, s, false);
	if (++p->wrong >= PIN_TRIES) {
		drop_present(d, p);
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("three wrong PINs: sign in with your password"));
	} else {
		signing_refuse(ret, WARD_ERR_DENIED, WARD_TEXT("that is not your PIN"));
	}
	(void)signing_keep(g, NULL, NULL, ret);
}

void signing_pin(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_device *d = signing_device_of(g, s->device);
	const struct ward_session *who = ward_signers_find(g->o.who, s->person), *was_who;
	struct ward_account *a = who ? ward_account_find(g->o.accounts, s->person) : NULL;
	bool can = d && a && a->pin[0] && !a->disabled &&
		   (a->password[0] || signing_is_directorys(g, s->person));

	if (d)
		drop_old(g, d);
	struct ward_present *p = can ? present_of(d, s->person) : NULL;

	if (!p) {
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT(
				"sign in with your password: a PIN is good for who did so at this "
				"post in the last twelve hours"));
		return;
	}
	if (!ward_password_is(a->pin, s->password)) {
		wrong_pin(g, s, d, p, ret);
		return;
	}
	p->wrong = 0;
	signing_was_right(g, s);
	struct ward_signed_in *was = signing_find(g, s->token, &was_who);

	if (was) /* who was here before: this browser has one session */
		ward_signed_in_drop(g->o.accounts, was);
	signing_record(g, WARD_TOLD_CAME_BACK, who->person, (struct ward_str){0}, s, false);
	signing_begin(g,
		&(struct signing_new){.who = who, .at = d, .second = p->second, .made = p->since},
		ret);
	(void)signing_keep(g, NULL, NULL, ret);
}

/* ---- the browser that is there ---- */

static void put_device(const struct ward_device *d, struct ward_json *j)
{
	const struct {
		const char *key, *text;
	} row[] = {{"id", d->id}, {"name", d->name}, {"kind", is_wall(d) ? "wall" : "post"},
		{"limit", ward_device_limit_name(d->limit)}, {"place", d->place}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_json_key(j, row[i].key);
		ward_json_z(j, row[i].text);
	}
}

static void say_device(struct ward_signing *g, struct ward_device *d, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);

	drop_old(g, d);
	ward_json_obj(&j);
	put_device(d, &j);
	ward_json_key(&j, "people");
	ward_json_arr(&j);
	for (size_t i = 0; i < d->n_present; i++) {
		struct ward_str id = ward_str_z(d->present[i].person);
		const struct ward_session *who = ward_signers_find(g->o.who, id);
		const struct ward_account *a = ward_account_find(g->o.accounts, id);

		if (!who || !a || !a->pin[0] || a->disabled)
			continue;
		ward_json_obj(&j);
		ward_json_key(&j, "id");
		ward_json_str(&j, id);
		ward_json_key(&j, "name");
		ward_json_str(&j, who->name);
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ret->json = ward_wr_text(&g->json);
}

/* By its link, once: the browser that says it is bound from now on. */
static struct ward_device *claim(struct ward_signing *g, const struct ward_sign *s,
	struct ward_device *ret_before, struct ward_signed *ret)
{
	uint8_t said[WARD_SIGN_TOKEN], hash[WARD_SIGN_TOKEN];
	struct ward_device *d = NULL;
	char is[WARD_DEVICE_ID + 2];
	struct ward_wr w = ward_wr_fixed(is, sizeof(is));
	bool ok = ward_sign_parse(s->code, said);

	hash_of(said, hash);
	for (size_t i = 0; ok && i < g->o.accounts->n_d; i++)
		if (sodium_memcmp(g->o.accounts->d[i].link, hash, sizeof(hash)) == 0)
			d = &g->o.accounts->d[i];
	if (d) {
		ward_wr_ch(&w, '@');
		ward_wr_z(&w, d->id);
	}
	if (!d || !d->link_until || d->link_until <= signing_now_of(g)) {
		if (d && d->bound)
			signing_record(g, WARD_TOLD_DEVICE_REFUSED, ward_wr_text(&w),
				(struct ward_str){0}, s, false);
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("this link was used, or is too old: it is good once, for a day; "
				  "who "
				  "administers makes another one"));
		return NULL;
	}
	*ret_before = *d;
	d->link_until = 0;
	d->bound = true;
	d->used = signing_now_of(g);
	randombytes_buf(ret->device, sizeof(ret->device));
	hash_of(ret->device, d->key);
	signing_record(g, WARD_TOLD_DEVICE_BOUND, ward_wr_text(&w), (struct ward_str){0}, s, false);
	return d;
}

void signing_device(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	char is[WARD_DEVICE_ID + 2];
	struct ward_wr w = ward_wr_fixed(is, sizeof(is));
	uint8_t key[WARD_SIGN_TOKEN];
	struct ward_device before;

	*ret = (struct ward_signed){.err = WARD_OK};
	struct ward_device *d =
		s->code.len ? claim(g, s, &before, ret) : signing_device_of(g, s->device);

	if (!d) {
		if (!ret->err)
			signing_refuse(ret, WARD_ERR_NOT_FOUND,
				WARD_TEXT("this browser is no post and no wall screen"));
		return;
	}
	memcpy(key, ret->device, sizeof(key));
	d->used = signing_now_of(g);
	if (is_wall(d)) {
		ward_wr_ch(&w, '@');
		ward_wr_z(&w, d->id);
		signing_drop_all_of(g, ward_wr_text(&w));
		const struct ward_session *who = signing_screen(g, ward_wr_text(&w));

		signing_begin(g, &(struct signing_new){.who = who, .at = d}, ret);
		memcpy(ret->device, key, sizeof(key));
	}
	if ((s->code.len || is_wall(d)) && !signing_keep(g, NULL, NULL, ret)) {
		if (s->code.len)
			*d = before; /* the link is good yet */
		return;
	}
	say_device(g, d, ret);
}

/* ---- who administers ---- */

void signing_devices(struct ward_signing *g, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);
	const struct ward_accounts *t = g->o.accounts;

	ward_json_obj(&j);
	ward_json_key(&j, "items");
	ward_json_arr(&j);
	for (size_t i = 0; i < t->n_d && g->json.len + JSON_ROOM < WARD_SIGN_JSON; i++) {
		ward_json_obj(&j);
		put_device(&t->d[i], &j);
		ward_json_key(&j, "made");
		ward_json_time(&j, t->d[i].made);
		ward_json_key(&j, "used");
		if (t->d[i].bound)
			ward_json_time(&j, t->d[i].used);
		else
			ward_json_null(&j);
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

static const char *device_refused(const struct ward_signing *g, const struct ward_sign *s)
{
	if (ward_device_limit_parse(s->code) == WARD_DEVICE_LIMIT_N)
		return WARD_TEXT("what may be done there is all, duty or look");
	if (!s->old.len || s->old.len > WARD_DEVICE_NAME)
		return WARD_TEXT("give it a name by which people know it, of 128 bytes at most");
	if (s->person.len && ward_intern_find(&g->o.who->id, s->person) == WARD_NONE)
		return WARD_TEXT("the hospital's directory has no such place");
	if (g->o.accounts->n_d == WARD_DEVICES_MAX)
		return WARD_TEXT("there are too many posts and wall screens: end some");
	return NULL;
}

void signing_device_make(struct ward_signing *g, const struct ward_sign *s, struct ward_str by,
	struct ward_signed *ret)
{
	const char *why = device_refused(g, s);
	struct ward_accounts *t = g->o.accounts;
	struct ward_device d = {
		.made = signing_now_of(g), .limit = ward_device_limit_parse(s->code)};
	uint8_t link[WARD_SIGN_TOKEN];
	char text[WARD_SIGN_TEXT], is[WARD_DEVICE_ID + 2];
	struct ward_wr id = ward_wr_fixed(d.id, WARD_DEVICE_ID), w = ward_wr_fixed(is, sizeof(is));
	struct ward_json j = ward_json_on(&g->json);

	if (why) {
		signing_refuse(ret, WARD_ERR_MALFORMED, why);
		return;
	}
	randombytes_buf(link, sizeof(link));
	ward_wr_hex(&id, ward_slice_of(link, WARD_DEVICE_ID / 2));
	randombytes_buf(link, sizeof(link));
	hash_of(link, d.link);
	ward_sign_text(link, text);
	d.link_until = d.made / WARD_NS_PER_S * WARD_NS_PER_S + link_good;
	memcpy(d.name, s->old.p, s->old.len);
	if (s->person.len)
		memcpy(d.place, s->person.p, s->person.len);
	t->d[t->n_d++] = d;
	ward_wr_ch(&w, '@');
	ward_wr_z(&w, d.id);
	signing_record(g, WARD_TOLD_DEVICE, ward_wr_text(&w), by, s, false);
	*ret = (struct ward_signed){.err = WARD_OK};
	if (!signing_keep(g, NULL, NULL, ret)) {
		t->n_d--;
		return;
	}
	ward_json_obj(&j);
	ward_json_key(&j, "id");
	ward_json_z(&j, d.id);
	ward_json_key(&j, "link");
	ward_json_z(&j, text);
	ward_json_key(&j, "expires");
	ward_json_time(&j, d.link_until);
	ward_json_obj_end(&j);
	ret->json = ward_wr_text(&g->json);
	ward_wipe(text, sizeof(text));
	ward_wipe(link, sizeof(link));
}

void signing_device_end(struct ward_signing *g, const struct ward_sign *s, struct ward_str by,
	struct ward_signed *ret)
{
	struct ward_accounts *t = g->o.accounts;
	struct ward_device *d = ward_device_find(t, s->code);
	char is[WARD_DEVICE_ID + 2];
	struct ward_wr w = ward_wr_fixed(is, sizeof(is));

	if (!d) {
		signing_refuse(ret, WARD_ERR_NOT_FOUND, WARD_TEXT("there is no such device"));
		return;
	}
	ward_wr_ch(&w, '@');
	ward_wr_z(&w, d->id);
	signing_record(g, WARD_TOLD_DEVICE_ENDED, ward_wr_text(&w), by, s, false);
	for (size_t i = t->n_s; i-- > 0;)
		if (ward_str_eqz(s->code, t->s[i].device))
			ward_signed_in_drop(t, &t->s[i]);
	ward_device_drop(t, d);
	*ret = (struct ward_signed){.err = WARD_OK};
	(void)signing_keep(g, NULL, NULL, ret);
}
