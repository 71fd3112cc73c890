#include "desk/profiles.h"

#include "model/near.h"

#include <stdio.h>

enum { ARENA_BYTES = 1 << 20, NEAR_BUDGET = 10000, PATH_BYTES = 4096 };

struct reader {
	struct ward_profiles *to;
	struct ward_diag *diag;
	size_t near_budget;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

/* The bit of one word of a list; 0: it is none. */
typedef uint64_t (*word_fn)(struct reader *r, const struct ward_conf *word);

static void unknown(struct reader *r, const struct ward_conf *word, const char *what,
	const struct ward_near *near, const char *all)
{
	if (near->best.len)
		say(r, word, WARD_TEXT("'%.*s' is no %s\nwrite '%.*s' if that was meant"),
			WARD_STR_ARG(word->text), what, WARD_STR_ARG(near->best));
	else
		say(r, word, WARD_TEXT("'%.*s' is no %s\n%s"), WARD_STR_ARG(word->text), what, all);
}

static uint64_t right_bit(struct reader *r, const struct ward_conf *word)
{
	enum ward_right k = ward_right_parse(word->text);

	if (k != WARD_RIGHT_N)
		return WARD_RIGHT_BIT(k);
	struct ward_near near = ward_near_start(word->text, &r->near_budget);

	for (unsigned i = 0; i < WARD_RIGHT_N; i++)
		ward_near_offer(&near, ward_str_z(ward_right_name((enum ward_right)i)));
	unknown(r, word, "right", &near, WARD_TEXT("docs/sign-in.md lists them"));
	return 0;
}

static uint64_t profile_bit(struct reader *r, const struct ward_conf *word)
{
	enum ward_profile k = ward_profile_parse(word->text);

	if (k != WARD_PROFILE_N)
		return WARD_PROFILE_BIT(k);
	struct ward_near near = ward_near_start(word->text, &r->near_budget);

	for (unsigned i = 0; i < WARD_PROFILE_N; i++)
		ward_near_offer(&near, ward_str_z(ward_profile_name((enum ward_profile)i)));
	unknown(r, word, "profile", &near, WARD_TEXT("docs/sign-in.md lists them"));
	return 0;
}

static uint64_t read_list(struct reader *r, const struct ward_conf *list, word_fn bit)
{
	uint64_t all = 0;

	if (list->kind != WARD_CONF_SEQ) {
		say(r, list, WARD_TEXT("'%.*s' holds no list\nwrite %.*s: [one, another]"),
			WARD_STR_ARG(list->key), WARD_STR_ARG(list->key));
		return 0;
	}
	for (const struct ward_conf *w = list->child; w; w = w->next) {
		if (w->kind == WARD_CONF_SCALAR)
			all |= bit(r, w);
		else
			say(r, w, WARD_TEXT("this is no word\nwrite %.*s: [one, another]"),
				WARD_STR_ARG(list->key));
	}
	return all;
}

static void read_profiles(struct reader *r, const struct ward_conf *at, const struct ward_conf *map)
{
	bool there[WARD_PROFILE_N] = {false};

	for (const struct ward_conf *c = map->child; c; c = c->next) {
		const struct ward_conf word = {.text = c->key, .file = c->file, .line = c->line};
		enum ward_profile k = ward_profile_parse(c->key);

		if (k == WARD_PROFILE_N) {
			(void)profile_bit(r, &word);
			continue;
		}
		there[k] = true;
		r->to->right[k] = read_list(r, c, right_bit);
	}
	for (unsigned k = 0; k < WARD_PROFILE_N; k++)
		if (!there[k] && k != WARD_PROFILE_TRAINER) /* a hospital's own file is older */
			say(r, at,
				WARD_TEXT("the profile '%s' is missing\nadd `%s: []` beneath "
					  "`profiles:`, with its rights"),
				ward_profile_name((enum ward_profile)k),
				ward_profile_name((enum ward_profile)k));
}

static void read_roles(struct reader *r, const struct ward_conf *map)
{
	for (const struct ward_conf *c = map->child; c && !r->err; c = c->next) {
		struct ward_profile_role *x = &r->to->role[r->to->n_role];

		if (r->to->n_role == WARD_PROFILE_ROLES) {
			say(r, c,
				WARD_TEXT("more than %d roles\nuse `console:` in people.yml for "
					  "the others"),
				WARD_PROFILE_ROLES);
			return;
		}
		x->role = ward_arena_str(&r->to->arena, c->key);
		x->profiles = (uint32_t)read_list(r, c, profile_bit);
		if (c->key.len && !x->role.p)
			r->err = WARD_ERR_NOMEM;
		r->to->n_role++;
	}
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"profiles", "roles", NULL};
	const struct ward_conf *d = docs->child, *profiles = ward_conf_get(d, "profiles"),
			       *roles = ward_conf_get(d, "roles");

	if (!d || d->next || !profiles || profiles->kind != WARD_CONF_MAP) {
		say(r, d ? d : docs,
			WARD_TEXT("the file holds no map of profiles\nbegin with `profiles:`"));
		return;
	}
	ward_conf_only(d, keys, r->diag);
	read_profiles(r, profiles, profiles);
	if (roles && roles->kind != WARD_CONF_MAP)
		say(r, roles, WARD_TEXT("'roles' is no map\nwrite ROLE: [profile] beneath it"));
	else if (roles)
		read_roles(r, roles);
}

enum ward_err ward_profiles_read(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_profiles *ret)
{
	struct reader r = {.to = ret, .diag = diag, .near_budget = NEAR_BUDGET};
	size_t before = diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	*ret = (struct ward_profiles){.n_role = 0};
	ward_arena_init(&ret->arena, mem, ARENA_BYTES);
	ret->role = ward_arena_array(&ret->arena, WARD_PROFILE_ROLES, sizeof(*ret->role));
	if (!ret->role)
		return WARD_ERR_NOMEM;
	ward_arena_init(&tree, mem, ward_limit(lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml(&tree, lim, file, text, diag, &docs);

	if (!err)
		read_all(&r, docs);
	ward_arena_fini(&tree);
	if (err || r.err)
		return err ? err : r.err;
	return diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

enum ward_err ward_profiles_load(const char *content, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_profiles *ret)
{
	char path[PATH_BYTES];
	struct ward_arena bytes;
	struct ward_slice all;
	int n = snprintf(path, sizeof(path), "%s/" WARD_RIGHTS_FILE, content);

	*ret = (struct ward_profiles){.n_role = 0};
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	ward_arena_init(&bytes, mem, ward_limit(lim, WARD_LIMIT_CONF_BYTES) + PATH_BYTES);
	enum ward_err err = ward_conf_read(&bytes, lim, path, diag, &all);

	if (!err)
		err = ward_profiles_read(ward_str_z(path), all, lim, mem, diag, ret);
	ward_arena_fini(&bytes);
	return err;
}

void ward_profiles_free(struct ward_profiles *p)
{
	ward_arena_fini(&p->arena);
	p->n_role = 0;
}

static uint32_t by_roles(
	const struct ward_profiles *p, const struct ward_model *m, const struct ward_person *who)
{
	uint32_t all = 0;

	for (size_t i = 0; i < who->n_role; i++)
		for (size_t k = 0; k < p->n_role; k++)
			if (ward_str_eq(p->role[k].role, ward_model_node(m, who->role[i])->id))
				all |= p->role[k].profiles;
	return all ? all : WARD_PROFILE_BIT(WARD_PROFILE_STAFF);
}

uint64_t ward_profiles_rights(
	const struct ward_profiles *p, const struct ward_model *m, const struct ward_person *who)
{
	uint32_t have = who->profiles ? who->profiles : by_roles(p, m, who);
	uint64_t all = 0;

	for (unsigned k = 0; k < WARD_PROFILE_N; k++)
		if (have & WARD_PROFILE_BIT(k))
			all |= p->right[k];
	return all;
}
