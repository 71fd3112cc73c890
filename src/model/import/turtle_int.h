/* The state of one Turtle text, shared by its grammar and its terms; internal to these two files.
 */
#ifndef WARD_MODEL_IMPORT_TURTLE_INT_H
#define WARD_MODEL_IMPORT_TURTLE_INT_H

#include "model/import/turtle.h"

enum { TURTLE_PREFIXES_MAX = 4096, TURTLE_TERM_MAX = 1 << 16 };

/* What waits to be gone on with: a subject and its verb, or a place in a collection. */
struct frame {
	uint32_t s, p;  /* s is WARD_NONE while a statement has no subject yet */
	bool list;      /* in '(': s is the cell of the last item, or WARD_NONE */
	uint32_t first; /* list: the first cell */
};

/* What comes next. */
enum state { STATEMENT, VERB, VERB_OR_END, OBJECT, AFTER, END };

struct turtle {
	struct ward_graph *g;
	struct ward_diag *diag;
	struct ward_str file;
	const uint8_t *p;
	size_t off, len;
	uint32_t line;
	struct ward_arena arena; /* namespaces */
	struct ward_intern prefix;
	struct ward_str space[TURTLE_PREFIXES_MAX];
	struct ward_str base;
	uint32_t n_blank;
	uint32_t rdf_type, rdf_first, rdf_rest, rdf_nil;
	struct frame frame[WARD_TURTLE_DEPTH_MAX];
	size_t depth;
	struct ward_wr text; /* of the term that is being read */
	enum ward_err err;
};

/* The byte so many ahead, or -1. */
static inline int at(const struct turtle *t, size_t ahead)
{
	return t->len - t->off > ahead ? t->p[t->off + ahead] : -1;
}

/* The first mistake: a finding with line and byte; t->err is then set. */
void ward_turtle_refuse(struct turtle *t, const char *what);
/* Remembers an error of a table; true when there is none. */
bool ward_turtle_ok(struct turtle *t, enum ward_err err);
void ward_turtle_blanks(struct turtle *t);
/* Passes c, and blanks before it, if it is next. */
bool ward_turtle_take(struct turtle *t, int c);
uint32_t ward_turtle_term_z(struct turtle *t, const char *z);
uint32_t ward_turtle_blank_new(struct turtle *t);
/* IRIREF at '<' into t->text as written, then with the base before it. */
void ward_turtle_iri_text(struct turtle *t);
void ward_turtle_resolve(struct turtle *t);
/* PN_PREFIX with its ':'; false when there is none. */
bool ward_turtle_prefix_name(struct turtle *t, struct ward_str *ret);
/* A word in either letter case that is none's beginning. */
bool ward_turtle_word(struct turtle *t, const char *w);
/* One term that opens no bracket; a subject is no literal. */
uint32_t ward_turtle_plain(struct turtle *t, bool subject);
uint32_t ward_turtle_verb(struct turtle *t);

#endif
