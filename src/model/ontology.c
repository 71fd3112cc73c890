#include "model/ontology.h"

#include "model/ontology_int.h"
#include "model/near.h"
#include "model/word.h"

struct load {
	struct ward_ontology *o;
	struct ward_arena arena;
	struct ward_diag *diag;
	const struct ward_limits *lim;
	uint32_t *line; /* of each class */
	size_t cap_line;
	struct ward_str file;
	enum ward_err err;
};

static void class_add(struct load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "name", NULL};
	struct ward_ontology *o = l->o;
	struct ward_str id, name;
	uint32_t i;

	ward_word_keys(c, known, l->diag);
	if (!ward_word_id(c, "id", l->diag, &id))
		return;
	if (!ward_conf_str(c, "name", true, l->diag, &name))
		name = id;
	if (ward_intern_find(&o->ids, id) != WARD_NONE) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("the class '%.*s' is there twice\nremove one of the two"),
			WARD_STR_ARG(id));
		return;
	}
	size_t max = ward_limit(l->lim, WARD_LIMIT_MODEL_CLASSES);

	if ((l->err = ward_mem_more(o->mem, &o->class, o->n, &o->cap, sizeof(*o->class), max)) ||
		(l->err = ward_mem_more(
			 o->mem, &l->line, o->n, &l->cap_line, sizeof(*l->line), max)) ||
		(l->err = ward_intern_put(&o->ids, id, &i)))
		return;
	o->class[i] = (struct ward_class){.id = ward_intern_at(&o->ids, i),
		.name = ward_arena_str(&o->arena, name),
		.parent = WARD_NONE};
	l->line[i] = c->line;
	o->n++;
	if (!o->class[i].name.p)
		l->err = WARD_ERR_NOMEM;
}

static void find_parents(struct load *l)
{
	struct ward_ontology *o = l->o;

	for (size_t i = 0; i < o->n; i++) {
		struct ward_str id = o->class[i].id;
		size_t dot = id.len;

		while (dot && id.p[dot - 1] != '.')
			dot--;
		if (!dot)
			continue;
		struct ward_str parent = ward_str_sub(id, 0, dot - 1);

		o->class[i].parent = ward_intern_find(&o->ids, parent);
		if (o->class[i].parent == WARD_NONE)
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, l->line[i],
				WARD_TEXT("the class '%.*s' has no parent '%.*s'\nadd the parent "
					  "or correct the id"),
				WARD_STR_ARG(id), WARD_STR_ARG(parent));
	}
}

/* Preorder numbers without recursion: child lists, and the way back up by `parent`. A parent's id
 * is shorter than its child's, so there is no cycle. */
static void number(struct load *l)
{
	struct ward_ontology *o = l->o;
	uint32_t *child = ward_arena_array(&l->arena, o->n, sizeof(*child));
	uint32_t *next = ward_arena_array(&l->arena, o->n, sizeof(*next));
	uint32_t clock = 0;

	if (!child || !next) {
		l->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < o->n; i++)
		child[i] = next[i] = WARD_NONE;
	for (size_t i = o->n; i-- > 0;) {
		uint32_t parent = o->class[i].parent;

		if (parent == WARD_NONE)
			continue;
		next[i] = child[parent];
		child[parent] = (uint32_t)i;
	}
	for (size_t root = 0; root < o->n; root++) {
		uint32_t at = (uint32_t)root;

		if (o->class[root].parent != WARD_NONE)
			continue;
		o->class[at].first = clock++;
		while (at != WARD_NONE) {
			uint32_t down = child[at];

			if (down != WARD_NONE) {
				child[at] = next[down];
				at = down;
				o->class[at].first = clock++;
			} else {
				o->class[at].last = clock - 1;
				at = o->class[at].parent;
			}
		}
	}
}

static const struct ward_conf *list_of(
	struct load *l, const struct ward_conf *top, const char *name)
{
	const struct ward_conf *list = ward_conf_get(top, name);

	if (!list || list->kind == WARD_CONF_SEQ)
		return list;
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, list->file, list->line,
		WARD_TEXT("'%s' must be a list\nwrite `%s:` and under it `- {…}`, or leave it out "
			  "for what is usual"),
		name, name);
	return NULL;
}

static void classes(struct load *l, const struct ward_conf *docs)
{
	static const char *const known[] = {"classes", "relations", "axioms", "half_lives", NULL};
	const struct ward_conf *top = docs->child;
	const struct ward_conf *list = ward_conf_get(top, "classes");

	ward_word_keys(top, known, l->diag);
	if (!list || list->kind != WARD_CONF_SEQ || docs->n_child != 1) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, top ? top->line : 0,
			WARD_TEXT("there is no list of classes\nwrite one document `classes:` with "
				  "a list of {id, name}"));
		return;
	}
	for (const struct ward_conf *c = list->child; c && !l->err; c = c->next)
		class_add(l, c);
	if (l->err)
		return;
	find_parents(l);
	number(l);
}

/* What may be related, and what must hold: what the file says, else what is usual. */
static void lists(struct load *l, const struct ward_conf *docs)
{
	size_t max = ward_limit(l->lim, WARD_LIMIT_MODEL_CLASSES);
	const struct ward_conf *top = docs->child, *usual = NULL;
	const struct ward_conf *relations = list_of(l, top, "relations");
	const struct ward_conf *axioms = list_of(l, top, "axioms");
	const struct ward_conf *half_lives =
		ward_conf_get(top, "half_lives") ? list_of(l, top, "half_lives") : NULL;

	if (!relations || !axioms) {
		l->err = ward_conf_yaml(&l->arena, l->lim, WARD_STR("built-in"),
			ward_slice_of(ward_ontology_default, strlen(ward_ontology_default)),
			l->diag, &usual);
		if (l->err)
			return;
	}
	l->err = ward_ontology_relations(l->o,
		relations ? relations : ward_conf_get(usual->child, "relations"), !relations, max,
		l->diag);
	if (!l->err)
		l->err = ward_ontology_axioms(l->o,
			axioms ? axioms : ward_conf_get(usual->child, "axioms"), !axioms, max,
			l->diag);
	if (!l->err && half_lives)
		l->err = ward_ontology_half_lives(l->o, half_lives, max, l->diag);
}

enum ward_err ward_ontology_parse(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_ontology **ret)
{
	struct ward_ontology *o = ward_mem_alloc(mem, sizeof(*o));
	struct load l = {.o = o, .diag = diag, .lim = lim, .file = file};
	size_t n_error = diag->n_error, max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES);
	const struct ward_conf *docs;

	if (!o)
		return WARD_ERR_NOMEM;
	o->mem = mem;
	ward_arena_init(&o->arena, mem, max);
	ward_arena_init(&l.arena, mem, max);
	ward_intern_init(&o->ids, mem, ward_limit(lim, WARD_LIMIT_MODEL_CLASSES), max);
	l.err = ward_conf_yaml(&l.arena, lim, file, text, diag, &docs);
	if (!l.err)
		classes(&l, docs);
	/* With classes that are not there the rest would only be misread. */
	if (!l.err && diag->n_error == n_error)
		lists(&l, docs);
	if (l.err == WARD_ERR_LIMIT) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("more entries than the limit model.classes allows\nraise the "
				  "limit"));
		l.err = WARD_ERR_CONFIG;
	}
	if (!l.err && diag->n_error > n_error)
		l.err = WARD_ERR_CONFIG;
	ward_mem_free(mem, l.line, l.cap_line * sizeof(*l.line));
	ward_arena_fini(&l.arena);
	if (l.err)
		ward_ontology_free(o);
	else
		*ret = o;
	return l.err;
}

enum ward_err ward_ontology_load(const char *path, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_ontology **ret)
{
	struct ward_arena a;
	struct ward_slice text;

	ward_arena_init(&a, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_conf_read(&a, lim, path, diag, &text);

	if (!err)
		err = ward_ontology_parse(ward_str_z(path), text, lim, mem, diag, ret);
	ward_arena_fini(&a);
	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO : err;
}

void ward_ontology_free(struct ward_ontology *o)
{
	if (!o)
		return;
	ward_mem_free(o->mem, o->class, o->cap * sizeof(*o->class));
	ward_mem_free(o->mem, o->allowed, o->cap_allowed * sizeof(*o->allowed));
	ward_mem_free(o->mem, o->axiom, o->cap_axiom * sizeof(*o->axiom));
	ward_mem_free(o->mem, o->good, o->cap_good * sizeof(*o->good));
	ward_intern_fini(&o->ids);
	ward_arena_fini(&o->arena);
	ward_mem_free(o->mem, o, sizeof(*o));
}

uint32_t ward_ontology_n(const struct ward_ontology *o)
{
	return (uint32_t)o->n;
}

const struct ward_class *ward_ontology_class(const struct ward_ontology *o, uint32_t i)
{
	WARD_ASSERT(i < o->n);
	return &o->class[i];
}

uint32_t ward_ontology_find(const struct ward_ontology *o, struct ward_str id)
{
	return ward_intern_find(&o->ids, id);
}

bool ward_ontology_is(const struct ward_ontology *o, uint32_t sub, uint32_t super)
{
	WARD_ASSERT(sub < o->n && super < o->n);
	uint32_t at = o->class[sub].first;

	return at >= o->class[super].first && at <= o->class[super].last;
}

bool ward_ontology_in(const struct ward_ontology *o, uint32_t class, struct ward_class_set set)
{
	for (size_t i = 0; i < set.n; i++)
		if (ward_ontology_is(o, class, set.at[i]))
			return true;
	return false;
}

bool ward_ontology_allows(const struct ward_ontology *o, unsigned rel, uint32_t from, uint32_t to)
{
	for (size_t i = 0; i < o->n_allowed; i++)
		if (o->allowed[i].rel == rel && ward_ontology_in(o, from, o->allowed[i].from) &&
			ward_ontology_in(o, to, o->allowed[i].to))
			return true;
	return false;
}

const struct ward_axiom *ward_ontology_axioms_of(const struct ward_ontology *o, size_t *ret_n)
{
	*ret_n = o->n_axiom;
	return o->axiom;
}
