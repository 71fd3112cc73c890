#include "processing/scope.h"

#include "conf/conf.h"

#include <stdlib.h>

enum { DEPTH = 65 }; /* one more than conf.depth can be */

/* ---- lists of things ---- */

static struct ward_id hash_of(struct ward_str name)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward scope");
	ward_idgen_str(&g, name);
	return ward_idgen_final(&g);
}

static const struct ward_scope_thing *find(const struct ward_scope_list *l, struct ward_str name)
{
	struct ward_id key = hash_of(name);
	const size_t *at = ward_tab_find(&l->by, &key);

	return at ? &l->thing[*at] : NULL;
}

/* The thing, new or old; NULL: s->err says why. Two of one name are one that says both. */
static void put(
	struct ward_scope *s, struct ward_scope_list *l, struct ward_str name, struct ward_id is)
{
	struct ward_id key = hash_of(name);
	void *at = NULL;
	bool is_new = false;

	if (!s->err)
		s->err = ward_tab_put(&l->by, &key, &at, &is_new);
	if (s->err)
		return;
	if (!is_new) {
		struct ward_scope_thing *t = &l->thing[*(size_t *)at];
		struct ward_idgen g;

		ward_idgen_init(&g, "ward scope twice");
		ward_idgen_id(&g, t->is);
		ward_idgen_id(&g, is);
		t->is = ward_idgen_final(&g);
		return;
	}
	s->err = ward_mem_more(
		ward_mem_heap(), &l->thing, l->n, &l->cap, sizeof(*l->thing), WARD_SCOPE_THINGS);
	if (s->err)
		return;
	*(size_t *)at = l->n;
	l->thing[l->n++] = (struct ward_scope_thing){name, is};
}

/* "kind what" in the arena. */
static struct ward_str name_of(struct ward_scope *s, const char *kind, struct ward_str what)
{
	size_t cap = strlen(kind) + 1 + what.len;
	void *p = s->err ? NULL : ward_arena_alloc(s->arena, cap);
	struct ward_wr w = ward_wr_fixed(p, p ? cap : 0);

	if (!p) {
		s->err = s->err ? s->err : WARD_ERR_NOMEM;
		return WARD_STR("");
	}
	ward_wr_z(&w, kind);
	ward_wr_z(&w, what.len ? " " : "");
	ward_wr_str(&w, what);
	return ward_wr_text(&w);
}

static void watch(struct ward_scope *s, const char *kind, struct ward_str what)
{
	struct ward_str name = what.len ? name_of(s, kind, what) : WARD_STR("");

	if (name.len && !find(&s->watched, name))
		put(s, &s->watched, name, (struct ward_id){{0}});
}

/* ---- what a thing says ---- */

/* Each text of it with the way there, in the order of these: so neither the order of members nor a
 * column that is empty makes it another. */
struct said {
	struct ward_id *leaf;
	size_t n, cap;
	enum ward_err err;
};

static struct ward_id step(struct ward_id way, struct ward_str key, uint64_t i)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward scope way");
	ward_idgen_id(&g, way);
	ward_idgen_str(&g, key);
	ward_idgen_u64(&g, i);
	return ward_idgen_final(&g);
}

static void say(struct said *x, struct ward_id way, struct ward_str text)
{
	struct ward_idgen g;

	if (!x->err)
		x->err = ward_mem_more(ward_mem_heap(), &x->leaf, x->n, &x->cap, sizeof(*x->leaf),
			WARD_SCOPE_THINGS);
	if (x->err)
		return;
	ward_idgen_init(&g, "ward scope says");
	ward_idgen_id(&g, way);
	ward_idgen_str(&g, text);
	x->leaf[x->n++] = ward_idgen_final(&g);
}

static int cmp_leaf(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* All of it, and forgets it. */
static struct ward_id say_end(struct ward_scope *s, struct said *x)
{
	struct ward_idgen g;

	if (x->n)
		qsort(x->leaf, x->n, sizeof(*x->leaf), cmp_leaf);
	ward_idgen_init(&g, "ward assessment rests on");
	for (size_t i = 0; i < x->n; i++)
		ward_idgen_id(&g, x->leaf[i]);
	s->err = s->err ? s->err : x->err;
	ward_mem_free(ward_mem_heap(), x->leaf, x->cap * sizeof(*x->leaf));
	return ward_idgen_final(&g);
}

static void rests_on(
	struct ward_scope *s, const char *kind, struct ward_str id, const struct ward_conf *c)
{
	struct {
		const struct ward_conf *next;
		struct ward_id way;
		bool list;
		uint64_t i;
	} at[DEPTH];
	struct said x = {NULL, 0, 0, WARD_OK};
	size_t n = 0;

	say(&x, (struct ward_id){{0}}, c->text);
	at[n].next = c->child;
	at[n].way = (struct ward_id){{0}};
	at[n].list = c->kind == WARD_CONF_SEQ;
	at[n++].i = 0;
	while (n) {
		const struct ward_conf *m = at[n - 1].next;

		if (!m) {
			n--;
			continue;
		}
		struct ward_id way = step(at[n - 1].way, m->key, at[n - 1].list ? at[n - 1].i : 0);

		at[n - 1].next = m->next;
		at[n - 1].i++;
		if (!m->child) {
			say(&x, way, m->text);
			continue;
		}
		WARD_ASSERT(n < DEPTH); /* conf.depth has a limit */
		at[n].next = m->child;
		at[n].way = way;
		at[n].list = m->kind == WARD_CONF_SEQ;
		at[n++].i = 0;
	}
	struct ward_id is = say_end(s, &x);

	put(s, &s->rest, name_of(s, kind, id), is);
}

static void rests_on_line(struct ward_scope *s, struct ward_str id, const struct ward_csv *t,
	const struct ward_str *cell)
{
	struct said x = {NULL, 0, 0, WARD_OK};

	for (size_t k = 0; k < t->n_column; k++)
		if (cell[k].len)
			say(&x, step((struct ward_id){{0}}, t->column[k], 0), cell[k]);
	struct ward_id is = say_end(s, &x);

	put(s, &s->rest, name_of(s, "source", id), is);
}

/* ---- files ---- */

/* The texts of a list, or one text. */
static void watch_list(
	struct ward_scope *s, const char *kind, const struct ward_conf *map, const char *key)
{
	const struct ward_conf *list = ward_conf_get(map, key);
	const struct ward_conf *c = list && list->kind == WARD_CONF_SEQ ? list->child : list;

	for (; c; c = list->kind == WARD_CONF_SEQ ? c->next : NULL)
		if (c->kind == WARD_CONF_SCALAR)
			watch(s, kind, c->text);
}

static void watch_entry(struct ward_scope *s, const struct ward_conf *e)
{
	static const char *const as[][2] = {{"analytic", "analytics"}, {"data", "data"},
		{"people", "people"}, {"role", "roles"}, {"told", "told"}, {"told", "recipients"},
		{"transfer", "transfers"}, {"processor", "processors"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(as); i++)
		watch_list(s, as[i][0], e, as[i][1]);
}

static const struct ward_conf *items(const struct ward_conf *map, const char *key)
{
	const struct ward_conf *list = ward_conf_get(map, key);

	return list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
}

static bool is_personal(struct ward_str personal_data, struct ward_str kind)
{
	return ward_str_eqz(personal_data, "true") || ward_str_eqz(kind, "video");
}

static void read_register(struct ward_scope *s, const struct ward_conf *c)
{
	for (const struct ward_conf *e = items(c, "entries"); e; e = e->next) {
		watch_entry(s, e);
		rests_on(s, "entry", ward_conf_word(e, "id"), e);
	}
	for (const struct ward_conf *e = items(c, "agreements"); e; e = e->next)
		rests_on(s, "agreement", ward_conf_word(e, "id"), e);
	for (const struct ward_conf *e = items(c, "processors"); e; e = e->next) {
		watch_list(s, "processor", e, "others");
		rests_on(s, "processor", ward_conf_word(e, "id"), e);
	}
}

static void read_house(struct ward_scope *s, const struct ward_conf *house)
{
	const struct ward_conf *staff = ward_conf_get(house, "staff_agreement"),
			       *clips = ward_conf_get(house, "clips");

	if (staff && staff->text.len) {
		watch(s, "analytic", WARD_STR("baselines.persons"));
		rests_on(s, "analytic", WARD_STR("baselines.persons"), staff);
	}
	if (clips) {
		watch(s, "analytic", WARD_STR("clips"));
		rests_on(s, "analytic", WARD_STR("clips"), clips);
	}
}

static void read_yaml(struct ward_scope *s, struct ward_str path, const struct ward_conf *docs)
{
	for (const struct ward_conf *c = docs->child; c; c = c->next) {
		for (const struct ward_conf *e = items(c, "sources"); e; e = e->next)
			if (is_personal(ward_conf_word(e, "personal_data"),
				    ward_conf_word(e, "kind"))) {
				watch(s, "source", ward_conf_word(e, "id"));
				rests_on(s, "source", ward_conf_word(e, "id"), e);
			}
		if (ward_str_eqz(path, "processing.yml"))
			read_register(s, c);
		read_house(s, ward_conf_get(c, "hospital"));
	}
}

static void read_csv(struct ward_scope *s, const struct ward_csv *t)
{
	size_t id = ward_csv_column(t, "id"), kind = ward_csv_column(t, "kind"),
	       personal = ward_csv_column(t, "personal_data");

	for (size_t i = 0; id != SIZE_MAX && i < t->n_row; i++) {
		const struct ward_str *c = t->row[i].cell;

		if (!is_personal(personal == SIZE_MAX ? WARD_STR("") : c[personal],
			    kind == SIZE_MAX ? WARD_STR("") : c[kind]))
			continue;
		watch(s, "source", c[id]);
		rests_on_line(s, c[id], t, c);
	}
}

static bool is_csv(struct ward_str path)
{
	return ward_str_starts(path, WARD_STR("sources")) && ward_str_ends(path, WARD_STR(".csv"));
}

bool ward_scope_reads(struct ward_str path)
{
	return is_csv(path) || (ward_str_ends(path, WARD_STR(".yml")) &&
				       ward_str_find(path, WARD_STR("/")) == SIZE_MAX);
}

void ward_scope_file(struct ward_scope *s, struct ward_str path, struct ward_slice text)
{
	const struct ward_conf *docs;
	struct ward_csv t;
	struct ward_diag d;
	enum ward_err err;

	if (s->err || !ward_scope_reads(path))
		return;
	ward_diag_init(&d, ward_mem_heap());
	err = is_csv(path) ? ward_conf_csv(s->arena, s->lim, path, text, &d, &t)
			   : ward_conf_yaml(s->arena, s->lim, path, text, &d, &docs);
	ward_diag_fini(&d);
	if (err == WARD_ERR_NOMEM)
		s->err = err;
	else if (!err && is_csv(path))
		read_csv(s, &t);
	else if (!err)
		read_yaml(s, path, docs);
}

/* ---- two of them ---- */

/* One more of a list; false: there are too many. */
static bool tell(struct ward_wr *w, size_t before, size_t max, struct ward_str what)
{
	if (w->len - before + what.len + sizeof(", ") > max) {
		ward_wr_z(w, " …");
		return false;
	}
	ward_wr_z(w, w->len > before ? ", " : "");
	ward_wr_str(w, what);
	return true;
}

void ward_scope_wider(
	const struct ward_scope *was, const struct ward_scope *is, size_t max, struct ward_wr *w)
{
	size_t before = w->len;

	for (size_t i = 0; i < is->watched.n; i++)
		if (!find(&was->watched, is->watched.thing[i].name) &&
			!tell(w, before, max, is->watched.thing[i].name))
			return;
}

void ward_scope_moved(
	const struct ward_scope *was, const struct ward_scope *is, size_t max, struct ward_wr *w)
{
	size_t before = w->len;

	for (size_t i = 0; i < is->rest.n; i++) {
		const struct ward_scope_thing *t = &is->rest.thing[i],
					      *old = find(&was->rest, t->name);

		if ((!old || !ward_id_eq(old->is, t->is)) && !tell(w, before, max, t->name))
			return;
	}
	for (size_t i = 0; i < was->rest.n; i++)
		if (!find(&is->rest, was->rest.thing[i].name) &&
			!tell(w, before, max, was->rest.thing[i].name))
			return;
}

/* ---- life ---- */

void ward_scope_init(struct ward_scope *s, const struct ward_limits *lim, struct ward_arena *arena)
{
	memset(s, 0, sizeof(*s));
	s->lim = lim;
	s->arena = arena;
	ward_tab_init(&s->watched.by, ward_mem_heap(), sizeof(struct ward_id), sizeof(size_t),
		WARD_SCOPE_THINGS);
	ward_tab_init(&s->rest.by, ward_mem_heap(), sizeof(struct ward_id), sizeof(size_t),
		WARD_SCOPE_THINGS);
}

void ward_scope_fini(struct ward_scope *s)
{
	struct ward_scope_list *const l[] = {&s->watched, &s->rest};

	for (size_t i = 0; i < WARD_ARRAY_LEN(l); i++) {
		ward_tab_fini(&l[i]->by);
		ward_mem_free(ward_mem_heap(), l[i]->thing, l[i]->cap * sizeof(*l[i]->thing));
	}
}
