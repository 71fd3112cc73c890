#include "desk/people.h"

#include "conf/dir.h"
#include "conf/id.h"
#include "desk/rights.h"
#include "model/near.h"
#include "words/words.h"

#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 16 << 20, NEAR_BUDGET = 100000, PATH_BYTES = 4096, PASSWD_BYTES = 16384 };

static const char *const way[WARD_PERSON_WAY_N] = {
#define X(NAME, key) key,
	WARD_PERSON_WAY_LIST(X)
#undef X
};

const char *ward_person_way_name(enum ward_person_way w)
{
	WARD_ASSERT((unsigned)w < WARD_PERSON_WAY_N);
	return way[w];
}

struct reader {
	const struct ward_people_in *in;
	struct ward_people *to;
	const struct ward_conf *c; /* the entry in hand */
	size_t cap, near_budget;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(struct reader *r, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err = ward_conf_line(
		r->c, key, required, WARD_PERSON_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

/* One id, one user: else nobody knows who of them it was. */
static void read_who(struct reader *r, struct ward_person *p)
{
	p->id = text(r, "id", true);
	if (p->id.len && !ward_conf_is_id(p->id, WARD_PERSON_ID))
		say(r, r->c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(p->id), WARD_PERSON_ID);
	if (ward_str_eqz(p->id, WARD_DECISION_POLICY))
		say(r, r->c,
			WARD_TEXT("'%.*s' stands on record for roles that nobody plays in an "
				  "exercise\ngive the person another id"),
			WARD_STR_ARG(p->id));
	p->name = text(r, "name", false);
	p->name = p->name.len ? p->name : p->id;
	p->user = text(r, "user", false);
	for (size_t i = 0; i < r->to->n; i++) {
		const struct ward_person *q = &r->to->p[i];

		if (ward_str_eq(q->id, p->id))
			say(r, r->c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(p->id), q->line);
		if (p->user.len && ward_str_eq(q->user, p->user))
			say(r, ward_conf_get(r->c, "user"),
				WARD_TEXT("the user '%.*s' is '%.*s' already, in line %u\ngive "
					  "each person a "
					  "user of their own: else nobody knows who decided"),
				WARD_STR_ARG(p->user), WARD_STR_ARG(q->id), q->line);
	}
}

static void take_role(struct reader *r, struct ward_person *p, const struct ward_conf *word)
{
	const struct ward_model *m = r->in->m;
	uint32_t node = ward_model_find(m, word->text);

	if (p->n_role == WARD_PERSON_ROLES) {
		say(r, word, WARD_TEXT("more than %d roles\nlet others have some of them"),
			WARD_PERSON_ROLES);
		return;
	}
	if (node == WARD_NONE || ward_model_node(m, node)->kind != WARD_NODE_ROLE) {
		struct ward_near near = ward_near_start(word->text, &r->near_budget);

		for (uint32_t i = 0; i < ward_model_n(m); i++)
			if (ward_model_node(m, i)->kind == WARD_NODE_ROLE)
				ward_near_offer(&near, ward_model_node(m, i)->id);
		if (near.best.len)
			say(r, word,
				WARD_TEXT("'%.*s' is no role of the hospital\nwrite '%.*s' if that "
					  "was meant"),
				WARD_STR_ARG(word->text), WARD_STR_ARG(near.best));
		else
			say(r, word,
				WARD_TEXT("'%.*s' is no role of the hospital\nwrite the id of one "
					  "of `roles:`"),
				WARD_STR_ARG(word->text));
		return;
	}
	for (size_t i = 0; i < p->n_role; i++)
		if (p->role[i] == node)
			return;
	p->role[p->n_role++] = node;
}

static void take_place(struct reader *r, struct ward_person *p, const struct ward_conf *word)
{
	const struct ward_model *m = r->in->m;
	uint32_t node = ward_model_find(m, word->text);

	if (p->n_place == WARD_PERSON_PLACES) {
		say(r, word, WARD_TEXT("more than %d places\nname the buildings that they are in"),
			WARD_PERSON_PLACES);
		return;
	}
	if (node == WARD_NONE || ward_model_node(m, node)->kind > WARD_NODE_NETWORK) {
		say(r, word,
			WARD_TEXT("'%.*s' is no place of the hospital\nwrite the id of a site, "
				  "building, "
				  "floor, zone, room, door or network"),
			WARD_STR_ARG(word->text));
		return;
	}
	p->place[p->n_place++] = node;
}

static void take_profile(struct reader *r, struct ward_person *p, const struct ward_conf *word)
{
	enum ward_profile k = ward_profile_parse(word->text);

	if (k != WARD_PROFILE_N) {
		p->profiles |= WARD_PROFILE_BIT(k);
		return;
	}
	struct ward_near near = ward_near_start(word->text, &r->near_budget);

	for (unsigned i = 0; i < WARD_PROFILE_N; i++)
		ward_near_offer(&near, ward_str_z(ward_profile_name((enum ward_profile)i)));
	if (near.best.len)
		say(r, word,
			WARD_TEXT("'%.*s' is no profile of the console\nwrite '%.*s' if that was "
				  "meant"),
			WARD_STR_ARG(word->text), WARD_STR_ARG(near.best));
	else
		say(r, word,
			WARD_TEXT("'%.*s' is no profile of the console\nwrite one of those in "
				  "docs/sign-in.md"),
			WARD_STR_ARG(word->text));
}

/* One word, or a list of them. */
static void each(struct reader *r, struct ward_person *p, const char *key,
	void (*take)(struct reader *r, struct ward_person *p, const struct ward_conf *word))
{
	const struct ward_conf *c = ward_conf_get(r->c, key);

	if (!c)
		return;
	if (c->kind == WARD_CONF_SEQ && !c->child) /* would bound nothing */
		say(r, c,
			WARD_TEXT("'%s' is empty, and would count as if it were not there\ntake it "
				  "out, or "
				  "name one"),
			key);
	for (const struct ward_conf *w = c->kind == WARD_CONF_SEQ ? c->child : c; w; w = w->next) {
		if (w->kind == WARD_CONF_SCALAR)
			take(r, p, w);
		else
			say(r, w,
				WARD_TEXT("'%s' holds something that is no word\nwrite %s: [one, "
					  "another]"),
				key, key);
		if (c->kind != WARD_CONF_SEQ)
			return;
	}
}

static void read_one(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {"id", "name", "user", "roles", "language", "places",
		"console", "totp_file",
#define X(NAME, key) key,
		WARD_PERSON_WAY_LIST(X)
#undef X
			NULL};
	struct ward_person p = {.line = c->line};
	size_t before = r->in->diag->n_error;

	r->c = c;
	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no person\nwrite `- id: …` with its keys below"));
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	p.place = ward_arena_array(&r->to->arena, WARD_PERSON_PLACES, sizeof(*p.place));
	if (!p.place) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	read_who(r, &p);
	each(r, &p, "roles", take_role);
	if (!p.n_role && r->in->diag->n_error == before)
		say(r, c,
			WARD_TEXT("'%.*s' has no role, so may decide nothing\nadd `roles: [ROLE]`, "
				  "of the "
				  "hospital's `roles:`"),
			WARD_STR_ARG(p.id));
	p.language = text(r, "language", false);
	if (p.language.len && !ward_lang_is_code(p.language))
		say(r, ward_conf_get(c, "language"),
			WARD_TEXT("'%.*s' is no code of a language\nwrite en, fr, it or nl"),
			WARD_STR_ARG(p.language));
	each(r, &p, "places", take_place);
	each(r, &p, "console", take_profile);
	p.totp_file = text(r, "totp_file", false);
	for (size_t i = 0; i < WARD_PERSON_WAY_N; i++)
		p.way[i] = text(r, way[i], false);
	if (r->in->diag->n_error != before || r->err)
		return;
	if (r->to->n == WARD_PEOPLE_MAX)
		say(r, c, WARD_TEXT("more than %d people\nlist those who decide or must be told"),
			WARD_PEOPLE_MAX);
	else
		r->to->p[r->to->n++] = p;
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"people", NULL};

	for (const struct ward_conf *d = docs->child; d; d = d->next) {
		const struct ward_conf *list = ward_conf_get(d, "people");

		if (!list || list->kind != WARD_CONF_SEQ) {
			say(r, d,
				WARD_TEXT(
					"the file holds no list of people\nbegin with `people:`"));
			continue;
		}
		ward_conf_only(d, keys, r->in->diag);
		for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
			read_one(r, c);
	}
}

enum ward_err ward_people_read(const struct ward_people_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_people *ret)
{
	struct reader r = {.in = in, .to = ret, .near_budget = NEAR_BUDGET};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	*ret = (struct ward_people){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ret->p = ward_arena_array(&ret->arena, WARD_PEOPLE_MAX, sizeof(*ret->p));
	if (!ret->p)
		return WARD_ERR_NOMEM;
	ward_arena_init(&tree, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml(&tree, in->lim, file, bytes, in->diag, &docs);

	if (!err)
		read_all(&r, docs);
	ward_arena_fini(&tree);
	if (err || r.err)
		return err ? err : r.err;
	return in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

bool ward_person_uid(const struct ward_person *p, uid_t *ret)
{
	char name[WARD_PERSON_TEXT + 1], buf[PASSWD_BYTES];
	struct passwd pw, *found = NULL;

	if (!p->user.len)
		return false;
	memcpy(name, p->user.p, p->user.len);
	name[p->user.len] = 0;
	if (getpwnam_r(name, &pw, buf, sizeof(buf), &found) != 0 || !found)
		return false;
	*ret = found->pw_uid;
	return true;
}

/* What of it is on this machine. */
static void check_here(const struct ward_people_in *in, const char *dir, struct ward_str file,
	const struct ward_person *p)
{
	char path[PATH_BYTES];
	struct stat st;
	uid_t uid;
	bool whole = p->totp_file.len && p->totp_file.p[0] == '/';
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(p->totp_file));

	if (p->user.len && !ward_person_uid(p, &uid))
		ward_diag_addf(in->diag, WARD_DIAG_WARNING, file, p->line,
			WARD_TEXT(
				"'%.*s': this machine has no user '%.*s', so nothing is decided by "
				"them here\nadd it (useradd), or correct `user:`"),
			WARD_STR_ARG(p->id), WARD_STR_ARG(p->user));
	if (!p->totp_file.len)
		return;
	if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &st) != 0)
		ward_diag_addf(in->diag, WARD_DIAG_WARNING, file, p->line,
			WARD_TEXT("'%.*s': the file of the one-time code is not here, so they can "
				  "approve "
				  "nothing\nas Ward's user: ward act enrol %s %.*s"),
			WARD_STR_ARG(p->id), dir, WARD_STR_ARG(p->id));
	else if (!S_ISREG(st.st_mode) || st.st_mode & (S_IRWXG | S_IRWXO))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("'%.*s': others may read the one-time code's secret: they could "
				  "approve in "
				  "their name\nremove the file, and: ward act enrol %s %.*s"),
			WARD_STR_ARG(p->id), dir, WARD_STR_ARG(p->id));
}

enum ward_err ward_people_load(
	const struct ward_people_in *in, const char *dir, struct ward_people *ret)
{
	struct ward_conf_beside f;
	struct ward_arena bytes;
	size_t before = in->diag->n_error;

	*ret = (struct ward_people){.n = 0};
	ward_arena_init(&bytes, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) + PATH_BYTES);
	enum ward_err err = ward_conf_beside(&bytes, in->lim, dir, WARD_PEOPLE_FILE, in->diag, &f);

	if (!err && f.path.len)
		err = ward_people_read(in, f.path, f.bytes, ret);
	for (size_t i = 0; (!err || err == WARD_ERR_CONFIG) && i < ret->n; i++)
		check_here(in, dir, f.path, &ret->p[i]);
	ward_arena_fini(&bytes);
	return err ? err : in->diag->n_error != before ? WARD_ERR_CONFIG : WARD_OK;
}

void ward_people_free(struct ward_people *p)
{
	ward_arena_fini(&p->arena);
	p->n = 0;
}
