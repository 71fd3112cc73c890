/* A small hospital in memory for the tests of this room: content, and files on top of a base that
 * has no findings but the ones a test adds. */
#ifndef WARD_TESTS_MODEL_LAB_H
#define WARD_TESTS_MODEL_LAB_H

#include "model/model.h"

struct lab {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_model *m;
};

extern const char lab_ontology[], lab_threats[], lab_base[];

/* Loads the base (unless base is NULL: the default; "" leaves it out) and one more file. */
enum ward_err lab_load(struct lab *l, const struct ward_mem *mem, const char *base,
	const char *name, const char *text);
/* The same with the usual base and any bytes, on the heap. */
enum ward_err lab_load_bytes(struct lab *l, const char *name, struct ward_slice bytes);
/* The base with another ontology or dictionary (NULL: the usual one); limits and diag are set. */
enum ward_err lab_load_content(struct lab *l, const char *ontology, const char *threats);
void lab_free(struct lab *l);
/* The index of a node that must be there. */
uint32_t lab_node(const struct lab *l, const char *id);

#endif
