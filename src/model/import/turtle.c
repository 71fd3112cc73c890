/* The statements of Turtle, section 6.5. */
#include "model/import/turtle_int.h"

void ward_graph_init(
	struct ward_graph *g, const struct ward_mem *mem, const struct ward_limits *lim)
{
	size_t max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES);

	*g = (struct ward_graph){.mem = mem};
	ward_intern_init(&g->term, mem, WARD_TURTLE_TRIPLES_MAX, max);
}

void ward_graph_fini(struct ward_graph *g)
{
	ward_intern_fini(&g->term);
	ward_mem_free(g->mem, g->triple, g->cap * sizeof(*g->triple));
}

static void triple(struct turtle *t, uint32_t s, uint32_t p, uint32_t o)
{
	struct ward_graph *g = t->g;

	if (t->err || !ward_turtle_ok(t, ward_mem_more(g->mem, &g->triple, g->n, &g->cap,
						 sizeof(*g->triple), WARD_TURTLE_TRIPLES_MAX)))
		return;
	g->triple[g->n++] = (struct ward_triple){s, p, o, t->line};
}

static bool push(struct turtle *t, struct frame f)
{
	if (t->depth == WARD_TURTLE_DEPTH_MAX) {
		ward_turtle_refuse(t, "brackets within brackets, deeper than 64");
		return false;
	}
	t->frame[t->depth++] = f;
	return true;
}

/* A value is there: it becomes the object, the list's next item, or the subject of what waits. */
static enum state give(struct turtle *t, uint32_t value)
{
	struct frame *f = &t->frame[t->depth - 1];

	if (!f->list && f->s == WARD_NONE) {
		f->s = value;
		return VERB;
	}
	if (!f->list) {
		triple(t, f->s, f->p, value);
		return AFTER;
	}
	uint32_t cell = ward_turtle_blank_new(t);

	if (f->s == WARD_NONE)
		f->first = cell;
	else
		triple(t, f->s, t->rdf_rest, cell);
	triple(t, cell, t->rdf_first, value);
	f->s = cell;
	return OBJECT;
}

/* Something in brackets has ended. */
static enum state close(struct turtle *t)
{
	struct frame f = t->frame[--t->depth];

	bool subject = t->frame[t->depth - 1].s == WARD_NONE && !t->frame[t->depth - 1].list;

	if (f.list && f.s != WARD_NONE)
		triple(t, f.s, t->rdf_rest, t->rdf_nil);
	enum state s = give(t, f.list ? f.first : f.s);

	/* Only brackets may say all that a statement says. */
	return subject && !f.list ? VERB_OR_END : s;
}

/* An object, a list's item or its end, or a subject (where no literal may stand). */
static enum state object(struct turtle *t, bool subject)
{
	if (t->frame[t->depth - 1].list && ward_turtle_take(t, ')'))
		return close(t);
	if (ward_turtle_take(t, '(')) {
		(void)push(t, (struct frame){.s = WARD_NONE, .list = true, .first = t->rdf_nil});
		return OBJECT;
	}
	if (ward_turtle_take(t, '[')) {
		uint32_t b = ward_turtle_blank_new(t);

		if (ward_turtle_take(t, ']'))
			return give(t, b);
		(void)push(t, (struct frame){.s = b});
		return VERB;
	}
	ward_turtle_blanks(t);
	uint32_t v = ward_turtle_plain(t, subject);
	return t->err ? END : give(t, v);
}

/* After an object: ',' another, ';' another verb, else the end of the statement or bracket. */
static enum state after(struct turtle *t)
{
	bool inner = t->depth > 1, more = false;

	if (ward_turtle_take(t, ','))
		return OBJECT;
	while (ward_turtle_take(t, ';'))
		more = true;
	if (ward_turtle_take(t, inner ? ']' : '.')) {
		if (inner)
			return close(t);
		t->depth = 0;
		return STATEMENT;
	}
	if (!more)
		ward_turtle_refuse(t, inner ? "a bracket '[' without its end"
					    : "a statement without '.' at its end");
	return VERB;
}

/* @prefix, @base and the forms that SPARQL has for them. */
static void directive(struct turtle *t, bool is_prefix, bool dot)
{
	struct ward_str name = {"", 0}, value;
	uint32_t i = 0;

	ward_turtle_blanks(t);
	if (is_prefix && !ward_turtle_prefix_name(t, &name))
		ward_turtle_refuse(t, "@prefix without `name:`");
	if (is_prefix && !t->err && ward_turtle_ok(t, ward_intern_put(&t->prefix, name, &i)) &&
		i >= TURTLE_PREFIXES_MAX)
		ward_turtle_refuse(t, "more than 4096 prefixes");
	ward_turtle_blanks(t);
	if (at(t, 0) != '<')
		ward_turtle_refuse(t, "a prefix or base without a name in <>");
	if (t->err)
		return;
	ward_turtle_iri_text(t);
	if (!t->err)
		ward_turtle_resolve(t);
	value = ward_arena_str(&t->arena, ward_wr_text(&t->text));
	if (!value.p) {
		ward_turtle_refuse(t, "more text in its prefixes than is read");
		return;
	}
	if (is_prefix)
		t->space[i] = value;
	else
		t->base = value;
	if (dot && !ward_turtle_take(t, '.'))
		ward_turtle_refuse(t, "a directive without '.' at its end");
}

static enum state statement(struct turtle *t)
{
	static const struct {
		const char *word;
		bool is_prefix, dot;
	} known[] = {{"@prefix", true, true}, {"@base", false, true}, {"prefix", true, false},
		{"base", false, false}};

	ward_turtle_blanks(t);
	if (t->off == t->len)
		return END;
	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		if (!ward_turtle_word(t, known[i].word))
			continue;
		t->off += strlen(known[i].word);
		directive(t, known[i].is_prefix, known[i].dot);
		return STATEMENT;
	}
	(void)push(t, (struct frame){.s = WARD_NONE});
	return object(t, true);
}

static void run(struct turtle *t)
{
	enum state s = STATEMENT;

	while (!t->err && s != END) {
		if (s == STATEMENT) {
			s = statement(t);
		} else if (s == OBJECT) {
			s = object(t, false);
		} else if (s == AFTER) {
			s = after(t);
		} else if (s == VERB_OR_END && t->depth == 1 && ward_turtle_take(t, '.')) {
			t->depth = 0;
			s = STATEMENT;
		} else {
			t->frame[t->depth - 1].p = ward_turtle_verb(t);
			s = OBJECT;
		}
	}
}

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

enum ward_err ward_turtle_parse(struct ward_graph *g, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	struct turtle *t = ward_mem_alloc(g->mem, sizeof(*t));
	size_t bad;

	if (!t)
		return WARD_ERR_NOMEM;
	*t = (struct turtle){.g = g,
		.diag = diag,
		.file = file,
		.p = text.p,
		.len = text.len,
		.line = 1,
		.base = {"", 0},
		.text = ward_wr_grow(g->mem, TURTLE_TERM_MAX)};
	ward_arena_init(&t->arena, g->mem, 16 << 20);
	ward_intern_init(&t->prefix, g->mem, TURTLE_PREFIXES_MAX, 1 << 20);
	t->rdf_type = ward_turtle_term_z(t, RDF "type");
	t->rdf_first = ward_turtle_term_z(t, RDF "first");
	t->rdf_rest = ward_turtle_term_z(t, RDF "rest");
	t->rdf_nil = ward_turtle_term_z(t, RDF "nil");
	if (text.len > ward_limit(lim, WARD_LIMIT_CONF_BYTES)) {
		ward_turtle_refuse(t, "larger than the limit conf.bytes");
	} else if (!ward_utf8_valid(text, &bad)) {
		for (t->off = 0; t->off < bad; t->off++)
			t->line += text.p[t->off] == '\n';
		ward_turtle_refuse(t, "text that is not UTF-8");
	} else {
		if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
			t->off = 3;
		run(t);
	}
	enum ward_err err = t->err;

	ward_wr_fini(&t->text);
	ward_intern_fini(&t->prefix);
	ward_arena_fini(&t->arena);
	ward_mem_free(g->mem, t, sizeof(*t));
	return err;
}
