/* XML of others into a flat list of elements with their text, by libxml2's SAX parser.
 *
 * Faces untrusted bytes: UTF-8 without NUL only, no document type (so no entities and nothing
 * external), no network, no files; size, depth and numbers are bounded. Comments and processing
 * instructions are passed over. Single-threaded; the texts live as long as the caller's arena. */
#ifndef WARD_XML_DOC_H
#define WARD_XML_DOC_H

#include "base/err.h"
#include "base/hash.h"
#include "base/wr.h"

enum {
	WARD_XMLDOC_BYTES = 1 << 20,
	WARD_XMLDOC_DEPTH = 32,
	WARD_XMLDOC_ATTRS = 32,
	WARD_XMLDOC_ELEMENTS = 16384
};

struct ward_xmldoc_attr {
	/* key without its prefix; of a name space's declaration "xmlns:" and the prefix, or "xmlns"
	 */
	struct ward_str key, value, ns; /* ns: empty: in none */
};

struct ward_xmldoc_elem {
	struct ward_str name, ns; /* without prefix; ns empty: in none */
	struct ward_str text;     /* its own, all pieces joined, without blanks at its ends */
	struct ward_xmldoc_attr *attr;
	uint32_t n_attr, line;
	uint32_t parent, child, next; /* WARD_NONE: none; parents stand before their children */
};

struct ward_xmldoc {
	const struct ward_mem *mem;
	struct ward_arena *arena; /* of all texts */
	struct ward_xmldoc_elem *elem;
	size_t n, cap;
	const char *why; /* after MALFORMED or LIMIT: what is wrong, static; line says where */
	uint32_t line;
};

/* Call once before a cage: libxml2 looks at the environment with its first use. */
void ward_xmldoc_prepare(void);
/* Reads one document in place of what x held (mem and arena are the caller's). LIMIT, NOMEM;
 * MALFORMED when it is no such XML. */
WARD_MUST_CHECK enum ward_err ward_xmldoc_read(struct ward_xmldoc *x, struct ward_slice bytes);
/* Frees the list, not the texts. */
void ward_xmldoc_fini(struct ward_xmldoc *x);

/* The document again: all elements, attributes and texts; comments and blanks are not kept. w is
 * bad when there is no memory, or a name space has no prefix. */
void ward_xmldoc_write(const struct ward_xmldoc *x, struct ward_wr *w);
/* The element e and what is beneath it as a document of its own, lines as they were; name spaces
 * declared above it are declared at its top. Texts are x's; to be freed by ward_xmldoc_fini. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_xmldoc_part(
	const struct ward_xmldoc *x, uint32_t e, struct ward_xmldoc *ret);

/* The first child of e by its local name, or WARD_NONE; e may be WARD_NONE. */
uint32_t ward_xmldoc_child(const struct ward_xmldoc *x, uint32_t e, const char *name);
/* Further such brothers of e, or WARD_NONE. */
uint32_t ward_xmldoc_next(const struct ward_xmldoc *x, uint32_t e, const char *name);
/* The first element of that name beneath e, in the order of the document, or WARD_NONE. */
uint32_t ward_xmldoc_find(const struct ward_xmldoc *x, uint32_t e, const char *name);
/* The text of e, or of its child of that name; empty when there is none. */
struct ward_str ward_xmldoc_text(const struct ward_xmldoc *x, uint32_t e, const char *child);
/* The name space that prefix stands for at e; empty, with p == NULL, when for none. */
struct ward_str ward_xmldoc_ns(const struct ward_xmldoc *x, uint32_t e, struct ward_str prefix);
/* Empty, with p == NULL, when there is none. */
struct ward_str ward_xmldoc_attr(const struct ward_xmldoc *x, uint32_t e, const char *key);

#endif
