/* docs/doors.md */
#include "model/door/rules.h"

#include "conf/conf.h"
#include "model/ontology.h"

#include <unistd.h>

enum { RULES_BYTES_MAX = 1 << 22 };

static const ward_ns longest = 24 * 3600 * WARD_NS_PER_S;
static const char *const top_keys[] = {"hold", "skew", "doors", "note", NULL};
static const char *const class_keys[] = {
	"class", "enter", "held", "recover", "exits", "note", NULL};

struct load {
	struct ward_door_rules *r;
	const struct ward_ontology *classes;
	struct ward_diag *d;
};

static void bad(const struct load *l, const struct ward_conf *c, const char *what)
{
	ward_diag_addf(l->d, WARD_DIAG_ERROR, c->file, c->line, "%s", what);
}

static void length(
	const struct load *l, const struct ward_conf *c, const char *key, ward_ns max, ward_ns *ret)
{
	if (ward_conf_duration(c, key, false, l->d, ret) && (*ret < 0 || *ret > max))
		ward_diag_addf(l->d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("'%s' is too long\nwrite at most %lld s"), key,
			(long long)(max / WARD_NS_PER_S));
}

static void read_exits(const struct load *l, const struct ward_conf *c, enum ward_door_exits *ret)
{
	static const char *const name[] = {"auto", "told", "free"};
	struct ward_str s;

	if (!ward_conf_str(c, "exits", false, l->d, &s))
		return;
	for (unsigned i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (ward_str_eqz(s, name[i])) {
			*ret = (enum ward_door_exits)i;
			return;
		}
	bad(l, c, WARD_TEXT("there are no such exits\nwrite auto, told or free"));
}

static void read_class(struct load *l, const struct ward_conf *c)
{
	/* What an entry does not say holds as for all doors. */
	struct ward_door_class k = l->r->class[0];

	ward_conf_only(c, class_keys, l->d);
	if (!ward_conf_str(c, "class", true, l->d, &k.class))
		return;
	length(l, c, "enter", longest, &k.enter);
	length(l, c, "held", longest, &k.held);
	length(l, c, "recover", 30 * longest, &k.recover);
	read_exits(l, c, &k.exits);
	if (k.recover == 0 || k.enter == 0)
		bad(l, c, WARD_TEXT("'enter' and 'recover' take time\nwrite a length such as 10s"));
	if (!ward_str_eqz(k.class, "door") && !ward_str_starts(k.class, WARD_STR("door.")))
		bad(l, c, WARD_TEXT("this is no class of doors\nwrite door or door.…"));
	else if (l->classes && ward_ontology_find(l->classes, k.class) == WARD_NONE)
		bad(l, c,
			WARD_TEXT("the ontology has no such class\nadd it to ontology.yml, or "
				  "correct it"));
	if (ward_str_eqz(k.class, "door")) {
		if (l->r->n_class)
			bad(l, c,
				WARD_TEXT("'door' must come first, and once\nmove it to the top"));
		l->r->class[0] = k;
		l->r->n_class += l->r->n_class == 0;
		return;
	}
	for (size_t i = 1; i < l->r->n_class; i++)
		if (ward_str_eq(l->r->class[i].class, k.class))
			bad(l, c, WARD_TEXT("this class is there twice\nkeep one of the two"));
	if (!l->r->n_class)
		bad(l, c,
			WARD_TEXT("'door' must come first: it holds for all others\nadd - {class: "
				  "door}"));
	else if (l->r->n_class == WARD_DOOR_CLASSES_MAX)
		bad(l, c, WARD_TEXT("too many classes\nkeep at most 64"));
	else
		l->r->class[l->r->n_class++] = k;
}

static void read_doc(struct load *l, const struct ward_conf *c)
{
	const struct ward_conf *list = ward_conf_get(c, "doors");

	if (c->kind != WARD_CONF_MAP || !list || list->kind != WARD_CONF_SEQ) {
		bad(l, c, WARD_TEXT("there is no list of doors\nwrite doors: [{class: door}]"));
		return;
	}
	ward_conf_only(c, top_keys, l->d);
	length(l, c, "hold", 120 * WARD_NS_PER_S, &l->r->hold);
	length(l, c, "skew", 60 * WARD_NS_PER_S, &l->r->skew);
	if (l->r->skew > l->r->hold)
		bad(l, c,
			WARD_TEXT("events wait for less than clocks differ\nmake 'hold' at least "
				  "'skew'"));
	for (const struct ward_conf *k = list->child; k; k = k->next) {
		if (k->kind == WARD_CONF_MAP)
			read_class(l, k);
		else
			bad(l, k, WARD_TEXT("this is no door\nwrite {class: …, held: …}"));
	}
	if (!l->r->n_class)
		bad(l, list,
			WARD_TEXT("nothing is said of `door`, all doors\nadd - {class: door}"));
}

static enum ward_err rules_new(const struct ward_mem *mem, struct ward_door_rules **ret)
{
	struct ward_door_rules *r = ward_mem_alloc(mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	r->mem = mem;
	r->hold = 10 * WARD_NS_PER_S;
	r->skew = 2 * WARD_NS_PER_S;
	r->class[0] = (struct ward_door_class){.class = WARD_STR("door"),
		.enter = 10 * WARD_NS_PER_S,
		.held = 60 * WARD_NS_PER_S,
		.recover = 3600 * WARD_NS_PER_S};
	ward_arena_init(&r->arena, mem, RULES_BYTES_MAX);
	*ret = r;
	return WARD_OK;
}

void ward_door_rules_free(struct ward_door_rules *r)
{
	if (!r)
		return;
	ward_arena_fini(&r->arena);
	ward_mem_free(r->mem, r, sizeof(*r));
}

/* docs: of one file, or the error of reading it. */
static enum ward_err take(struct load *l, enum ward_err err, const struct ward_conf *docs,
	size_t n_error, struct ward_door_rules **ret)
{
	if (!err && docs->n_child != 1)
		bad(l, docs, WARD_TEXT("this is not one document\nwrite one, with a list `doors`"));
	else if (!err)
		read_doc(l, docs->child);
	if (!err && l->d->n_error > n_error)
		err = WARD_ERR_CONFIG;
	if (err)
		ward_door_rules_free(l->r);
	else
		*ret = l->r;
	return err;
}

enum ward_err ward_door_rules_load(const char *path, const struct ward_ontology *classes,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_door_rules **ret)
{
	struct load l = {NULL, classes, diag};
	const struct ward_conf *docs = NULL;
	size_t n_error = diag->n_error;
	enum ward_err err = WARD_OK;

	*ret = NULL;
	if (access(path, F_OK) == 0)
		err = rules_new(mem, &l.r);
	if (err || !l.r)
		return err;
	err = ward_conf_yaml_file(&l.r->arena, lim, path, diag, &docs);
	return take(&l, err, docs, n_error, ret);
}

enum ward_err ward_door_rules_parse(struct ward_str file, struct ward_slice text,
	const struct ward_ontology *classes, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_door_rules **ret)
{
	struct load l = {NULL, classes, diag};
	const struct ward_conf *docs = NULL;
	size_t n_error = diag->n_error;
	enum ward_err err = rules_new(mem, &l.r);

	if (err)
		return err;
	err = ward_conf_yaml(&l.r->arena, lim, file, text, diag, &docs);
	return take(&l, err, docs, n_error, ret);
}

static bool is_below(struct ward_str class, struct ward_str top)
{
	return ward_str_starts(class, top) && (class.len == top.len || class.p[top.len] == '.');
}

const struct ward_door_class *ward_door_rules_of(
	const struct ward_door_rules *r, struct ward_str class)
{
	const struct ward_door_class *best = &r->class[0];

	for (size_t i = 1; i < r->n_class; i++)
		if (is_below(class, r->class[i].class) && r->class[i].class.len > best->class.len)
			best = &r->class[i];
	return best;
}
