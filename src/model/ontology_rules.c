/* `relations`, `axioms` and `half_lives` of the ontology. */
#include "model/ontology_int.h"

#include "model/model.h"
#include "model/near.h"
#include "model/word.h"

struct read {
	struct ward_ontology *o;
	struct ward_diag *diag;
	struct ward_arena scratch; /* of one entry */
	size_t budget, max;
	bool lenient;
	enum ward_err err;
};

#define error(r, c, ...) \
	ward_diag_addf((r)->diag, WARD_DIAG_ERROR, (c)->file, (c)->line, __VA_ARGS__)

static struct ward_str keep(struct read *r, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&r->o->arena, s);

	if (!copy.p) {
		r->err = WARD_ERR_NOMEM;
		return (struct ward_str){"", 0};
	}
	return copy;
}

static void no_class(struct read *r, const struct ward_conf *c, struct ward_str s)
{
	struct ward_near near = ward_near_start(s, &r->budget);

	for (size_t i = 0; i < r->o->n; i++)
		ward_near_offer(&near, r->o->class[i].id);
	error(r, c, "the class '%.*s' is not among the classes\n%s%.*s%s", WARD_STR_ARG(s),
		near.best.len ? "write '" : "add it to `classes`", WARD_STR_ARG(near.best),
		near.best.len ? "' if that was meant" : "");
}

/* The classes under a key; none where there is no such key. False where one is not known, or where
 * it is required and nothing is left of it. */
static bool classes_under(struct read *r, const struct ward_conf *c, const char *key, bool required,
	struct ward_class_set *ret)
{
	struct ward_words w;
	uint32_t *at;
	size_t n = 0;
	bool good = true;

	if (required && !ward_conf_get(c, key)) {
		error(r, c, WARD_TEXT("'%s' is missing\nadd `%s: [classes]`"), key, key);
		return false;
	}
	r->err = ward_words(c, key, &r->scratch, r->diag, &w);
	if (r->err) {
		r->err = r->err == WARD_ERR_CONFIG ? WARD_OK : r->err;
		return false;
	}
	at = ward_arena_array(&r->o->arena, w.n, sizeof(*at));
	if (!at) {
		r->err = WARD_ERR_NOMEM;
		return false;
	}
	for (size_t i = 0; i < w.n; i++) {
		uint32_t class = ward_intern_find(&r->o->ids, w.at[i].s);

		if (class != WARD_NONE) {
			at[n++] = class;
		} else if (!r->lenient) {
			no_class(r, c, w.at[i].s);
			good = false;
		}
	}
	*ret = (struct ward_class_set){at, n};
	if (required && !n && good && !r->lenient) {
		error(r, c, WARD_TEXT("'%s' is empty\nname at least one class"), key);
		good = false;
	}
	return good && (n || !required);
}

static bool relation_under(
	struct read *r, const struct ward_conf *c, const char *key, unsigned *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, true, r->diag, &s))
		return false;
	*ret = ward_rel_parse(s);
	if (*ret != WARD_REL_N)
		return true;
	struct ward_near near = ward_near_start(s, &r->budget);

	for (unsigned i = 0; i < WARD_REL_N; i++)
		ward_near_offer(&near, ward_str_z(ward_rel_name((enum ward_rel_type)i)));
	error(r, c, "there is no relation '%.*s'\n%s%.*s%s", WARD_STR_ARG(s),
		near.best.len ? "write '" : "see docs/hospital-directory.md for them",
		WARD_STR_ARG(near.best), near.best.len ? "' if that was meant" : "");
	return false;
}

static void relation(struct read *r, const struct ward_conf *c)
{
	static const char *const known[] = {"relation", "from", "to", NULL};
	struct ward_ontology *o = r->o;
	struct ward_allowed a = {0};

	if (!ward_word_keys(c, known, r->diag) || !relation_under(r, c, "relation", &a.rel))
		return;
	bool from = classes_under(r, c, "from", true, &a.from);

	if (r->err || !classes_under(r, c, "to", true, &a.to) || !from)
		return;
	r->err = ward_mem_more(
		o->mem, &o->allowed, o->n_allowed, &o->cap_allowed, sizeof(*o->allowed), r->max);
	if (!r->err)
		o->allowed[o->n_allowed++] = a;
}

/* Index of the word under `key` among name[0..n); n with a finding. */
static size_t word_under(struct read *r, const struct ward_conf *c, const char *key,
	const char *const *name, size_t n)
{
	char list[96];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));
	struct ward_str s;

	if (!ward_conf_str(c, key, true, r->diag, &s))
		return n;
	for (size_t i = 0; i < n; i++) {
		if (ward_str_eqz(s, name[i]))
			return i;
		ward_wr_printf(&w, "%s%s", i ? ", " : "", name[i]);
	}
	error(r, c, WARD_TEXT("'%s' has the bad value '%.*s'\nwrite one of: %.*s"), key,
		WARD_STR_ARG(s), WARD_STR_ARG(ward_wr_text(&w)));
	return n;
}

/* Which of the five forms it has, and the rest of that form. */
static bool form(struct read *r, const struct ward_conf *c, struct ward_axiom *a)
{
	static const char *const of_form[] = {"out", "in", "joined", "buffer", "only"};
	static const char *const key[] = {"beds", "staff", "patients"};
	static const char *const kind[] = {"ups", "fuel", "tank", "thermal", "paper"};
	static const char *const end[] = {"to", "from", "with"};
	size_t n = 0;

	for (unsigned i = 0; i < WARD_ARRAY_LEN(of_form); i++)
		if (ward_conf_get(c, of_form[i])) {
			a->form = (enum ward_axiom_form)i;
			n++;
		}
	if (n != 1) {
		error(r, c,
			WARD_TEXT("an axiom has one of `out`, `in`, `joined`, `buffer` and "
				  "`only`\nwrite `every: [class], out: relation`, or `only: "
				  "[class], key: beds`"));
		return false;
	}
	if (a->form == WARD_AXIOM_ONLY) {
		size_t k = word_under(r, c, "key", key, WARD_ARRAY_LEN(key));

		a->key = (enum ward_axiom_key)k;
		return k < WARD_ARRAY_LEN(key) && classes_under(r, c, "only", true, &a->every);
	}
	if (a->form == WARD_AXIOM_BUFFER) {
		size_t k = word_under(r, c, "buffer", kind, WARD_ARRAY_LEN(kind));

		if (k == WARD_ARRAY_LEN(kind))
			return false;
		a->buffer = ward_str_z(kind[k]);
		return classes_under(r, c, "every", true, &a->every) &&
		       classes_under(r, c, "but", false, &a->but);
	}
	return relation_under(r, c, of_form[a->form], &a->rel) &&
	       classes_under(r, c, "every", true, &a->every) &&
	       classes_under(r, c, "but", false, &a->but) &&
	       classes_under(r, c, end[a->form], false, &a->end);
}

static void axiom(struct read *r, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "level", "every", "but", "out", "in", "joined",
		"buffer", "only", "key", "to", "from", "with", "says", "mend", NULL};
	static const char *const level[] = {"error", "warning", "note"};
	struct ward_ontology *o = r->o;
	struct ward_axiom a = {.id = {"", 0}};
	struct ward_str says = {"", 0}, mend = {"", 0};

	if (!ward_word_keys(c, known, r->diag) || !ward_word_id(c, "id", r->diag, &a.id))
		return;
	for (size_t i = 0; i < o->n_axiom; i++)
		if (ward_str_eq(o->axiom[i].id, a.id)) {
			error(r, c,
				WARD_TEXT("the axiom '%.*s' is there twice\nremove one of the two"),
				WARD_STR_ARG(a.id));
			return;
		}
	size_t l = word_under(r, c, "level", level, WARD_ARRAY_LEN(level));

	a.level = (enum ward_diag_level)l;
	if (!ward_conf_str(c, "says", true, r->diag, &says) ||
		!ward_conf_str(c, "mend", true, r->diag, &mend) || l == WARD_ARRAY_LEN(level) ||
		!form(r, c, &a) || r->err)
		return;
	a.id = keep(r, a.id);
	a.says = keep(r, says);
	a.mend = keep(r, mend);
	if (!r->err)
		r->err = ward_mem_more(
			o->mem, &o->axiom, o->n_axiom, &o->cap_axiom, sizeof(*o->axiom), r->max);
	if (!r->err)
		o->axiom[o->n_axiom++] = a;
}

static enum ward_err each(struct read *r, const struct ward_conf *list,
	void (*fn)(struct read *r, const struct ward_conf *c))
{
	ward_arena_init(&r->scratch, r->o->mem, (size_t)1 << 20);
	r->budget = 1 << 16;
	for (const struct ward_conf *c = list->child; c && !r->err; c = c->next) {
		ward_arena_reset(&r->scratch);
		fn(r, c);
	}
	ward_arena_fini(&r->scratch);
	return r->err;
}

enum ward_err ward_ontology_relations(struct ward_ontology *o, const struct ward_conf *list,
	bool lenient, size_t max, struct ward_diag *diag)
{
	struct read r = {.o = o, .diag = diag, .max = max, .lenient = lenient};

	return each(&r, list, relation);
}

enum ward_err ward_ontology_axioms(struct ward_ontology *o, const struct ward_conf *list,
	bool lenient, size_t max, struct ward_diag *diag)
{
	struct read r = {.o = o, .diag = diag, .max = max, .lenient = lenient};

	return each(&r, list, axiom);
}

static void half_life(struct read *r, const struct ward_conf *c)
{
	static const char *const known[] = {"class", "key", "lasts", NULL};
	struct ward_ontology *o = r->o;
	struct ward_good_for g = {.class = WARD_NONE};
	struct ward_str class, key;

	ward_word_keys(c, known, r->diag);
	if (ward_conf_str(c, "class", false, r->diag, &class)) {
		g.class = ward_intern_find(&o->ids, class);
		if (g.class == WARD_NONE) {
			no_class(r, c, class);
			return;
		}
	}
	if (ward_conf_str(c, "key", false, r->diag, &key))
		g.key = keep(r, key);
	if (r->err || !ward_conf_duration(c, "lasts", true, r->diag, &g.lasts))
		return;
	if (g.lasts <= 0) {
		error(r, c, WARD_TEXT("'lasts' is not above nothing\nwrite a time such as 365d"));
		return;
	}
	r->err = ward_mem_more(o->mem, &o->good, o->n_good, &o->cap_good, sizeof(*o->good), r->max);
	if (!r->err)
		o->good[o->n_good++] = g;
}

enum ward_err ward_ontology_half_lives(
	struct ward_ontology *o, const struct ward_conf *list, size_t max, struct ward_diag *diag)
{
	struct read r = {.o = o, .diag = diag, .max = max};

	return each(&r, list, half_life);
}

int64_t ward_ontology_half_life(const struct ward_ontology *o, uint32_t class, struct ward_str key)
{
	const struct ward_good_for *best = NULL;

	for (size_t i = 0; i < o->n_good; i++) {
		const struct ward_good_for *g = &o->good[i];
		bool fits = (g->class == WARD_NONE || ward_ontology_is(o, class, g->class)) &&
			    (!g->key.len || ward_str_eq(g->key, key));

		if (!fits)
			continue;
		if (!best || (g->key.len && !best->key.len) ||
			(!g->key.len == !best->key.len && g->class != WARD_NONE &&
				(best->class == WARD_NONE ||
					ward_ontology_is(o, g->class, best->class))))
			best = g;
	}
	return best ? best->lasts : 0;
}
