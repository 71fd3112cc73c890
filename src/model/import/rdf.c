/* A graph of Brick, BOT or RealEstateCore: what its classes and words are here is data
 * (content/import/brick.yml). */
#include "model/import/import.h"
#include "model/import/turtle.h"
#include "model/word.h"

enum { SPACES_MAX = 64, NEAR_MAX = 4096 };

enum means { WHOLE, PLACE, FEEDS, POINT, SUB, BESIDE, MEANS_N };
static const char *const means_name[MEANS_N] = {
	"whole", "place", "feeds", "point", "sub", "beside"};

/* What a term is, beside the index of a class. */
#define IS_UNTYPED UINT32_MAX
#define IS_THROUGH (UINT32_MAX - 1)
#define IS_NOTHING (UINT32_MAX - 2)

struct said {
	uint32_t a, b, line;
	enum means means;
};

struct space {
	struct ward_str iri;
	const struct ward_conf *vocabulary;
	bool ends;
};

struct rdf {
	const struct ward_import_in *in;
	struct ward_candidates *c;
	struct ward_str file;
	struct ward_arena arena;
	struct ward_graph g;
	const struct ward_conf *table;
	struct space space[SPACES_MAX];
	size_t n_space;
	uint32_t n;      /* terms */
	uint32_t *is;    /* [n]: class, or one of the above */
	uint32_t *line;  /* [n]: where it was typed */
	uint32_t *cand;  /* [n]: index of its candidate, or WARD_NONE */
	uint32_t *owner; /* [n] of blank nodes: who speaks of it */
	struct said *said;
	size_t n_said;
	uint32_t *down_off, *down, *up_off, *up; /* `whole`, as compressed rows of terms */
	uint32_t *queue, *mark, n_mark;
	enum ward_err err;
};

static void spaces(struct rdf *r)
{
	const struct ward_conf *list = ward_conf_get(r->table, "vocabularies");

	for (const struct ward_conf *v = list ? list->child : NULL; v; v = v->next) {
		const struct ward_conf *iri = ward_conf_get(v, "iri");
		bool ends = false;

		(void)ward_conf_bool(v, "ends", false, r->in->diag, &ends);
		for (iri = iri ? iri->child : NULL; iri && r->n_space < SPACES_MAX; iri = iri->next)
			r->space[r->n_space++] = (struct space){iri->text, v, ends};
	}
}

/* The part of a name behind one of the vocabularies' addresses; false for any other name. */
static bool own_name(const struct rdf *r, struct ward_str iri, struct ward_str *ret,
	const struct space **ret_space)
{
	for (size_t i = 0; i < r->n_space; i++) {
		if (!ward_str_starts(iri, r->space[i].iri))
			continue;
		*ret = ward_str_sub(iri, r->space[i].iri.len, iri.len);
		*ret_space = &r->space[i];
		return true;
	}
	return false;
}

/* What follows the last '#', '/' or ':'. */
static struct ward_str local(struct ward_str iri)
{
	size_t i = iri.len;

	while (i && iri.p[i - 1] != '#' && iri.p[i - 1] != '/' && iri.p[i - 1] != ':')
		i--;
	return ward_str_sub(iri, i, iri.len);
}

static struct ward_str text_of(const struct rdf *r, uint32_t term)
{
	return ward_intern_at(&r->g.term, term);
}

static bool is_literal(struct ward_str s)
{
	return s.len && s.p[0] == '"';
}

static bool is_blank(struct ward_str s)
{
	return ward_str_starts(s, WARD_STR("_:"));
}

/* The line of the table for a class, by its whole name or its longest ending. */
static const struct ward_conf *line_of(const struct space *s, struct ward_str name)
{
	const struct ward_conf *classes = ward_conf_get(s->vocabulary, "classes");

	while (name.p && name.len) {
		for (const struct ward_conf *c = classes ? classes->child : NULL; c; c = c->next)
			if (ward_str_eq(c->key, name))
				return c;
		if (!s->ends)
			return NULL;
		(void)ward_str_cut(&name, '_');
	}
	return NULL;
}

static uint32_t meaning(struct rdf *r, const struct ward_conf *c)
{
	if (ward_str_eqz(c->text, "through"))
		return IS_THROUGH;
	if (ward_str_eqz(c->text, "nothing"))
		return IS_NOTHING;
	uint32_t class = ward_import_class(r->in, c);

	if (class == WARD_NONE)
		r->err = WARD_ERR_CONFIG;
	return class;
}

/* A class of ours wins over `through`, that over `nothing`; the more special over the general. */
static bool better(const struct rdf *r, uint32_t new, uint32_t old)
{
	const struct ward_ontology *o = ward_model_ontology(r->in->model);

	if (old == IS_UNTYPED || new >= IS_NOTHING || old >= IS_NOTHING)
		return old == IS_UNTYPED || (new < old &&new < IS_NOTHING) ||
		       (new == IS_THROUGH &&old == IS_NOTHING);
	return new != old &&ward_ontology_is(o, new, old);
}

static void types(struct rdf *r)
{
	uint32_t type = ward_intern_find(
		&r->g.term, WARD_STR("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"));
	uint32_t *known = ward_arena_array(&r->arena, r->n, sizeof(*known));

	if (!known) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	for (uint32_t i = 0; i < r->n; i++)
		known[i] = r->is[i] = IS_UNTYPED;
	for (size_t i = 0; i < r->g.n && !r->err; i++) {
		const struct ward_triple *t = &r->g.triple[i];
		const struct space *s;
		struct ward_str name;

		if (t->p != type || !own_name(r, text_of(r, t->o), &name, &s))
			continue;
		if (known[t->o] == IS_UNTYPED) {
			const struct ward_conf *c = line_of(s, name);

			known[t->o] = c ? meaning(r, c) : IS_NOTHING;
		}
		if (better(r, known[t->o], r->is[t->s])) {
			r->is[t->s] = known[t->o];
			r->line[t->s] = t->line;
		}
	}
	/* Counted by the names that the source has for them. */
	for (size_t i = 0; i < r->g.n && !r->err; i++) {
		const struct ward_triple *t = &r->g.triple[i];
		const struct space *s;
		struct ward_str name;

		if (t->p == type && r->is[t->s] == IS_NOTHING && t->line == r->line[t->s] &&
			own_name(r, text_of(r, t->o), &name, &s))
			ward_candidate_pass(r->c, name);
	}
}

static const struct ward_conf *word_in(const struct ward_conf *list, struct ward_str word)
{
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		const struct ward_conf *w = ward_conf_get(c, "word");

		if (w && ward_str_eq(w->text, word))
			return c;
	}
	return NULL;
}

static bool flag(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && ward_str_eqz(v->text, "true");
}

static void sayings(struct rdf *r)
{
	const struct ward_conf *list = ward_conf_get(r->table, "predicates");
	const struct ward_conf **of = ward_arena_array(&r->arena, r->n, sizeof(*of));

	r->said = ward_arena_array(&r->arena, r->g.n, sizeof(*r->said));
	if (!of || !r->said) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	for (uint32_t i = 0; i < r->n; i++) {
		const struct space *s;
		struct ward_str name;

		r->owner[i] = WARD_NONE;
		if (own_name(r, text_of(r, i), &name, &s))
			of[i] = word_in(list, name);
	}
	for (size_t i = 0; i < r->g.n; i++) {
		const struct ward_triple *t = &r->g.triple[i];
		const struct ward_conf *c = of[t->p], *v;
		enum means m = WHOLE;

		if (is_blank(text_of(r, t->o)))
			r->owner[t->o] = t->s;
		if (!c || !(v = ward_conf_get(c, "means")))
			continue;
		while (m < MEANS_N && !ward_str_eqz(v->text, means_name[m]))
			m++;
		if (m == MEANS_N)
			continue;
		bool turned = flag(c, "turned");

		r->said[r->n_said++] =
			(struct said){turned ? t->o : t->s, turned ? t->s : t->o, t->line, m};
	}
}

/* Rows of `whole` by one end. */
static void rows(struct rdf *r, bool down, uint32_t **ret_off, uint32_t **ret_at)
{
	uint32_t *off = ward_arena_array(&r->arena, (size_t)r->n + 2, sizeof(*off));
	uint32_t *at = ward_arena_array(&r->arena, r->n_said, sizeof(*at));

	if (!off || !at) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < r->n_said; i++)
		if (r->said[i].means == WHOLE)
			off[(down ? r->said[i].a : r->said[i].b) + 2]++;
	for (uint32_t i = 0; i < r->n; i++)
		off[i + 2] += off[i + 1];
	for (size_t i = 0; i < r->n_said; i++)
		if (r->said[i].means == WHOLE)
			at[off[(down ? r->said[i].a : r->said[i].b) + 1]++] =
				down ? r->said[i].b : r->said[i].a;
	*ret_off = off;
	*ret_at = at;
}

static bool is_class(const struct rdf *r, uint32_t term)
{
	return r->is[term] < IS_NOTHING;
}

static enum ward_node_kind kind_of(const struct rdf *r, uint32_t term)
{
	return is_class(r, term) ? ward_import_kind_of(r->in->model, r->is[term]) : WARD_NODE_N;
}

/* The nearest whole of that kind, by breadth first; WARD_NONE. */
static uint32_t up_to(struct rdf *r, uint32_t term, enum ward_node_kind kind)
{
	size_t head = 0, tail = 0;

	r->n_mark++;
	r->queue[tail++] = term;
	r->mark[term] = r->n_mark;
	while (head < tail && tail < NEAR_MAX) {
		uint32_t at = r->queue[head++];

		if (at != term && kind_of(r, at) == kind)
			return at;
		for (uint32_t i = r->up_off[at]; i < r->up_off[at + 1] && tail < r->n; i++) {
			if (r->mark[r->up[i]] == r->n_mark)
				continue;
			r->mark[r->up[i]] = r->n_mark;
			r->queue[tail++] = r->up[i];
		}
	}
	return WARD_NONE;
}

/* What a term stands for: itself, or the parts of what is only a way to speak of them. */
static size_t stands_for(struct rdf *r, uint32_t term, uint32_t *ret)
{
	size_t head = 0, tail = 0, n = 0;

	r->n_mark++;
	r->queue[tail++] = term;
	r->mark[term] = r->n_mark;
	while (head < tail) {
		uint32_t at = r->queue[head++];

		if (is_class(r, at) && n < NEAR_MAX)
			ret[n++] = at;
		if (r->is[at] != IS_THROUGH)
			continue;
		for (uint32_t i = r->down_off[at]; i < r->down_off[at + 1]; i++) {
			if (r->mark[r->down[i]] == r->n_mark)
				continue;
			r->mark[r->down[i]] = r->n_mark;
			r->queue[tail++] = r->down[i];
		}
	}
	return n;
}

/* "vav_C180" → "vav C180" */
static struct ward_str spoken(struct rdf *r, struct ward_str s)
{
	char *to = ward_arena_alloc(&r->arena, s.len + 1);

	if (!to) {
		r->err = WARD_ERR_NOMEM;
		return s;
	}
	for (size_t i = 0; i < s.len; i++)
		to[i] = s.p[i] == '_' ? ' ' : s.p[i];
	return (struct ward_str){to, s.len};
}

/* The number in a storey's name: "floor_7", "Storey2". */
static struct ward_str digits(struct ward_str s)
{
	size_t i = s.len;

	while (i && (s.p[i - 1] < '0' || s.p[i - 1] > '9'))
		i--;
	size_t end = i;

	while (i && s.p[i - 1] >= '0' && s.p[i - 1] <= '9' && end - i < 3)
		i--;
	while (i + 1 < end && s.p[i] == '0')
		i++;
	return ward_str_sub(s, i, end - i);
}

static void nodes(struct rdf *r)
{
	const struct ward_ontology *o = ward_model_ontology(r->in->model);

	for (uint32_t i = 0; i < r->n && !r->err; i++) {
		struct ward_str iri = text_of(r, i);

		r->cand[i] = WARD_NONE;
		if (!is_class(r, i) || is_literal(iri))
			continue;
		r->cand[i] = ward_candidate_add(r->c, kind_of(r, i), iri, r->file, r->line[i]);
		ward_candidate_id(r->c, r->cand[i], local(iri));
		ward_candidate_set(
			r->c, r->cand[i], WARD_CELL_CLASS, ward_ontology_class(o, r->is[i])->id);
	}
}

static void hex_address(struct rdf *r, uint32_t cand, struct ward_str s)
{
	uint8_t b[4];
	char buf[16];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (!ward_str_unhex(s, b, sizeof(b)))
		return;
	ward_wr_printf(&w, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	ward_candidate_set(r->c, cand, WARD_CELL_IP, ward_wr_text(&w));
}

/* Names and keys; what is said of a blank node is said of whoever speaks of it. */
static void values(struct rdf *r)
{
	const struct ward_conf *names = ward_conf_get(r->table, "names"),
			       *keys = ward_conf_get(r->table, "keys");

	for (size_t i = 0; i < r->g.n; i++) {
		const struct ward_triple *t = &r->g.triple[i];
		struct ward_str value = text_of(r, t->o), word;
		uint32_t who = t->s;

		if (!is_literal(value))
			continue;
		for (unsigned k = 0; k < 4 && who != WARD_NONE && r->cand[who] == WARD_NONE; k++)
			who = is_blank(text_of(r, who)) ? r->owner[who] : WARD_NONE;
		if (who == WARD_NONE || r->cand[who] == WARD_NONE)
			continue;
		value = ward_str_sub(value, 1, value.len);
		word = local(text_of(r, t->p));
		for (const struct ward_conf *c = names ? names->child : NULL; c; c = c->next)
			if (who == t->s && ward_str_eq(c->text, word))
				ward_candidate_set(r->c, r->cand[who], WARD_CELL_NAME, value);
		const struct ward_conf *key = word_in(keys, word),
				       *kind = ward_conf_get(key, "kind");

		if (kind && ward_str_eqz(kind->text, "ip") && flag(key, "hex"))
			hex_address(r, r->cand[who], value);
		else if (kind)
			ward_candidate_key(r->c, r->cand[who], kind->text.p, value);
	}
	for (uint32_t i = 0; i < r->n; i++) {
		if (r->cand[i] == WARD_NONE)
			continue;
		struct ward_candidate_node *n = &r->c->node[r->cand[i]];

		ward_candidate_set(r->c, r->cand[i], WARD_CELL_NAME, spoken(r, local(n->ref)));
		if (n->kind == WARD_NODE_FLOOR)
			ward_candidate_set(
				r->c, r->cand[i], WARD_CELL_LEVEL, digits(n->cell[WARD_CELL_NAME]));
	}
}

static void set_ref(struct rdf *r, uint32_t term, enum ward_cell cell, uint32_t to)
{
	if (to != WARD_NONE && r->cand[to] != WARD_NONE)
		ward_candidate_set(r->c, r->cand[term], cell, text_of(r, to));
}

static void places(struct rdf *r)
{
	for (uint32_t i = 0; i < r->n; i++) {
		if (r->cand[i] == WARD_NONE)
			continue;
		enum ward_node_kind kind = kind_of(r, i);

		if (kind == WARD_NODE_BUILDING)
			set_ref(r, i, WARD_CELL_SITE, up_to(r, i, WARD_NODE_SITE));
		else if (kind == WARD_NODE_FLOOR)
			set_ref(r, i, WARD_CELL_BUILDING, up_to(r, i, WARD_NODE_BUILDING));
		else if (kind == WARD_NODE_ROOM)
			set_ref(r, i, WARD_CELL_FLOOR, up_to(r, i, WARD_NODE_FLOOR));
	}
}

static bool class_fits(
	const struct rdf *r, const struct ward_conf *rule, const char *key, uint32_t x)
{
	const struct ward_ontology *o = ward_model_ontology(r->in->model);
	const struct ward_conf *c = ward_conf_get(rule, key);
	uint32_t class = c ? ward_ontology_find(o, c->text) : WARD_NONE;

	return !c || (class != WARD_NONE && ward_ontology_is(o, r->is[x], class));
}

static void relate(struct rdf *r, const struct said *s, uint32_t a, uint32_t b)
{
	const struct ward_conf *list = ward_conf_get(r->table, "relations");

	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		const struct ward_conf *means = ward_conf_get(c, "means"),
				       *gives = ward_conf_get(c, "gives");

		if (!means || !gives || !ward_str_eqz(means->text, means_name[s->means]) ||
			!class_fits(r, c, "from", a) || !class_fits(r, c, "to", b))
			continue;
		enum ward_rel_type type = ward_rel_parse(gives->text);
		bool turned = flag(c, "turned");

		if (type != WARD_REL_N)
			ward_candidate_relate(r->c, text_of(r, turned ? b : a), type,
				text_of(r, turned ? a : b), r->file, s->line);
		return;
	}
	ward_candidate_pass(r->c, WARD_STR("relation between classes that none joins"));
}

/* A thing in a room has it in its row; on a storey or in a building it is contained there. */
static void stand(struct rdf *r, const struct said *s, uint32_t place, uint32_t thing)
{
	enum ward_node_kind kind = kind_of(r, place);

	if (kind == WARD_NODE_ROOM)
		set_ref(r, thing, WARD_CELL_ROOM, place);
	else if (kind == WARD_NODE_FLOOR || kind == WARD_NODE_BUILDING || kind == WARD_NODE_SITE)
		ward_candidate_relate(r->c, text_of(r, place), WARD_REL_CONTAINS, text_of(r, thing),
			r->file, s->line);
}

static void door(struct rdf *r, uint32_t room, uint32_t door)
{
	struct ward_candidate_node *n = &r->c->node[r->cand[door]];
	struct ward_str name = text_of(r, room);

	if (!n->cell[WARD_CELL_FROM].len)
		ward_candidate_set(r->c, r->cand[door], WARD_CELL_FROM, name);
	else if (!ward_str_eq(n->cell[WARD_CELL_FROM], name))
		ward_candidate_set(r->c, r->cand[door], WARD_CELL_TO, name);
}

static void pair(struct rdf *r, const struct said *s, uint32_t a, uint32_t b)
{
	bool thing = kind_of(r, b) == WARD_NODE_ASSET, place = kind_of(r, a) <= WARD_NODE_ROOM;

	if (a == b)
		return;
	if (s->means == BESIDE) {
		if (kind_of(r, a) == WARD_NODE_ROOM && kind_of(r, b) == WARD_NODE_DOOR)
			door(r, a, b);
	} else if ((s->means == WHOLE || s->means == PLACE) && place) {
		if (thing)
			stand(r, s, a, b);
	} else {
		relate(r, s, a, b);
	}
}

static void relations(struct rdf *r)
{
	uint32_t *a = ward_arena_array(&r->arena, NEAR_MAX, sizeof(*a));
	uint32_t *b = ward_arena_array(&r->arena, NEAR_MAX, sizeof(*b));

	if (!a || !b) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < r->n_said && !r->c->err; i++) {
		const struct said *s = &r->said[i];
		bool is_part = s->means == WHOLE || s->means == PLACE;
		/* Being part of a whole that is none says nothing: `up_to` climbs through it. */
		size_t n_a = is_part && r->is[s->a] == IS_THROUGH ? 0 : stands_for(r, s->a, a);
		size_t n_b = n_a ? stands_for(r, s->b, b) : 0;

		if (!is_part && (!n_a || !n_b))
			ward_candidate_pass(
				r->c, WARD_STR("relation with an end that is not taken over"));
		for (size_t x = 0; x < n_a; x++)
			for (size_t y = 0; y < n_b && !r->c->err; y++)
				pair(r, s, a[x], b[y]);
	}
}

static void whole(struct rdf *r)
{
	r->n = (uint32_t)r->g.term.n;
	r->is = ward_arena_array(&r->arena, r->n, sizeof(*r->is));
	r->line = ward_arena_array(&r->arena, r->n, sizeof(*r->line));
	r->cand = ward_arena_array(&r->arena, r->n, sizeof(*r->cand));
	r->owner = ward_arena_array(&r->arena, r->n, sizeof(*r->owner));
	r->queue = ward_arena_array(&r->arena, (size_t)r->n + 1, sizeof(*r->queue));
	r->mark = ward_arena_array(&r->arena, r->n, sizeof(*r->mark));
	if (!r->is || !r->line || !r->cand || !r->owner || !r->queue || !r->mark) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	spaces(r);
	types(r);
	if (!r->err)
		sayings(r);
	if (!r->err)
		rows(r, true, &r->down_off, &r->down);
	if (!r->err)
		rows(r, false, &r->up_off, &r->up);
	if (!r->err)
		nodes(r);
	if (r->err || r->c->err)
		return;
	values(r);
	places(r);
	relations(r);
}

enum ward_err ward_import_rdf(const struct ward_import_in *in, struct ward_str file,
	struct ward_slice text, struct ward_candidates *c)
{
	struct rdf *r = ward_mem_alloc(in->mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct rdf){.in = in, .c = c, .file = file};
	ward_arena_init(&r->arena, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	ward_graph_init(&r->g, in->mem, in->lim);
	r->err = ward_import_content(in, &r->arena, "brick", &r->table);
	if (!r->err)
		r->err = ward_turtle_parse(&r->g, in->lim, file, text, in->diag);
	if (!r->err)
		whole(r);
	enum ward_err err = r->err;

	ward_graph_fini(&r->g);
	ward_arena_fini(&r->arena);
	ward_mem_free(in->mem, r, sizeof(*r));
	return err;
}
