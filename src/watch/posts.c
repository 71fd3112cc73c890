#include "watch/posts.h"

#include "conf/dir.h"
#include "conf/id.h"
#include "model/near.h"

#include <stdio.h>

enum { ARENA_BYTES = 1 << 20, NEAR_BUDGET = 10000, PATH_BYTES = 4096 };

static const ward_ns hand_over_usual = 600 * WARD_NS_PER_S, hand_over_max = 3600 * WARD_NS_PER_S;

struct reader {
	const struct ward_watchpost_in *in;
	struct ward_watchposts *to;
	const struct ward_conf *c; /* the entry in hand */
	size_t near_budget;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(struct reader *r, const char *key)
{
	struct ward_str s = {NULL, 0};
	enum ward_err err = ward_conf_line(
		r->c, key, true, WARD_WATCHPOST_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static void take_role(struct reader *r, struct ward_watchpost *p, const struct ward_conf *word)
{
	const struct ward_model *m = r->in->m;
	uint32_t node = ward_model_find(m, word->text);

	if (p->n_role == WARD_WATCHPOST_ROLES) {
		say(r, word, WARD_TEXT("more than %d roles\nlet others man it"),
			WARD_WATCHPOST_ROLES);
	} else if (node == WARD_NONE || ward_model_node(m, node)->kind != WARD_NODE_ROLE) {
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
	} else {
		p->role[p->n_role++] = node;
	}
}

static void take_place(struct reader *r, struct ward_watchpost *p, const struct ward_conf *word)
{
	uint32_t node = ward_model_find(r->in->m, word->text);

	if (p->n_place == WARD_WATCHPOST_PLACES)
		say(r, word, WARD_TEXT("more than %d places\nname the buildings that they are in"),
			WARD_WATCHPOST_PLACES);
	else if (node == WARD_NONE || ward_model_node(r->in->m, node)->kind > WARD_NODE_NETWORK)
		say(r, word,
			WARD_TEXT("'%.*s' is no place of the hospital\nwrite the id of a site, "
				  "building, "
				  "floor, zone, room, door or network"),
			WARD_STR_ARG(word->text));
	else
		p->place[p->n_place++] = node;
}

/* One word, or a list of them. */
static void each(struct reader *r, struct ward_watchpost *p, const char *key,
	void (*take)(struct reader *r, struct ward_watchpost *p, const struct ward_conf *word))
{
	const struct ward_conf *c = ward_conf_get(r->c, key);

	for (const struct ward_conf *w = c && c->kind == WARD_CONF_SEQ ? c->child : c; w;
		w = c->kind == WARD_CONF_SEQ ? w->next : NULL)
		if (w->kind == WARD_CONF_SCALAR)
			take(r, p, w);
		else
			say(r, w,
				WARD_TEXT("'%s' holds something that is no word\nwrite %s: [one, "
					  "another]"),
				key, key);
}

static void read_one(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {"id", "name", "roles", "places", NULL};
	size_t before = r->in->diag->n_error;
	struct ward_watchpost p = {.line = c->line};

	r->c = c;
	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no post\nwrite `- id: …` with its keys below"));
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	p.id = text(r, "id");
	p.name = text(r, "name");
	if (p.id.len && !ward_conf_is_id(p.id, WARD_WATCHPOST_ID))
		say(r, c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(p.id), WARD_WATCHPOST_ID);
	if (ward_str_eqz(p.id, "load")) /* the API's watch/load */
		say(r, c, WARD_TEXT("'load' is the address of something else\ngive it another id"));
	const struct ward_watchpost *same = ward_watchpost_find(r->to, p.id);

	if (same)
		say(r, c, WARD_TEXT("'%.*s' is there already, in line %u\ngive it another id"),
			WARD_STR_ARG(p.id), same->line);
	each(r, &p, "roles", take_role);
	each(r, &p, "places", take_place);
	if (!p.n_role && r->in->diag->n_error == before)
		say(r, c,
			WARD_TEXT("nobody mans '%.*s'\nadd `roles: [ROLE]`, of the hospital's "
				  "`roles:`"),
			WARD_STR_ARG(p.id));
	if (r->in->diag->n_error != before || r->err)
		return;
	if (r->to->n == WARD_WATCHPOST_MAX)
		say(r, c, WARD_TEXT("more than %d posts\nlist those that are handed over"),
			WARD_WATCHPOST_MAX);
	else
		r->to->at[r->to->n++] = p;
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"posts", "hand_over", NULL};

	for (const struct ward_conf *d = docs->child; d; d = d->next) {
		const struct ward_conf *takes = ward_conf_get(d, "hand_over");

		const struct ward_conf *list = ward_conf_get(d, "posts");

		if (!list || list->kind != WARD_CONF_SEQ) {
			say(r, d,
				WARD_TEXT("the file holds no list of posts\nbegin with `posts:`"));
			continue;
		}
		ward_conf_only(d, keys, r->in->diag);
		if (ward_conf_duration(d, "hand_over", false, r->in->diag, &r->to->hand_over) &&
			takes &&
			(r->to->hand_over < WARD_NS_PER_S || r->to->hand_over > hand_over_max))
			say(r, takes,
				WARD_TEXT("'hand_over' is out of range\nwrite 1s to 1h, such as "
					  "10m"));
		for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
			read_one(r, c);
	}
}

enum ward_err ward_watchpost_read(const struct ward_watchpost_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_watchposts *ret)
{
	struct reader r = {.in = in, .to = ret, .near_budget = NEAR_BUDGET};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	*ret = (struct ward_watchposts){.hand_over = hand_over_usual};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ret->at = ward_arena_array(&ret->arena, WARD_WATCHPOST_MAX, sizeof(*ret->at));
	if (!ret->at)
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

enum ward_err ward_watchpost_load(
	const struct ward_watchpost_in *in, const char *dir, struct ward_watchposts *ret)
{
	struct ward_conf_beside f;
	struct ward_arena bytes;

	*ret = (struct ward_watchposts){.hand_over = hand_over_usual};
	ward_arena_init(&bytes, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) + PATH_BYTES);
	enum ward_err err =
		ward_conf_beside(&bytes, in->lim, dir, WARD_WATCHPOST_FILE, in->diag, &f);

	if (!err && f.path.len)
		err = ward_watchpost_read(in, f.path, f.bytes, ret);
	ward_arena_fini(&bytes);
	return err;
}

void ward_watchpost_free(struct ward_watchposts *p)
{
	ward_arena_fini(&p->arena);
	p->n = 0;
}

const struct ward_watchpost *ward_watchpost_find(
	const struct ward_watchposts *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n; i++)
		if (ward_str_eq(p->at[i].id, id))
			return &p->at[i];
	return NULL;
}

bool ward_watchpost_has_role(
	const struct ward_watchpost *p, const struct ward_model *m, struct ward_str role)
{
	for (size_t i = 0; i < p->n_role; i++)
		if (ward_str_eq(ward_model_node(m, p->role[i])->id, role))
			return true;
	return false;
}
