/* XML into a flat list of elements, by libxml2's SAX parser. Internal.
 *
 * Faces untrusted bytes: UTF-8 without NUL only, no document type (so no entities and nothing
 * external), no network, no files; depth, number and size are bounded. Text between tags is passed
 * over: the format has none that matters. */
#ifndef WARD_LOGIC_MEF_XML_H
#define WARD_LOGIC_MEF_XML_H

#include "base/diag.h"
#include "base/hash.h"

enum { XML_DEPTH = 64, XML_ATTRS = 16, XML_NAME = 256 };
#define XML_BYTES ((size_t)64 << 20)
#define XML_ELEMENTS ((size_t)4 << 20)

struct xml_attr {
	struct ward_str key, value;
};

struct xml_elem {
	struct ward_str name;
	struct xml_attr *attr;
	uint32_t n_attr;
	uint32_t file, line;
	uint32_t parent, child, next; /* WARD_NONE: none; parents stand before their children */
};

struct xml {
	const struct ward_mem *mem;
	struct ward_arena *arena; /* of all texts */
	struct ward_diag *diag;
	struct xml_elem *elem;
	size_t n, cap;
};

/* Puts the elements of one file behind those that are there. Problems go to diag. LIMIT, NOMEM;
 * MALFORMED when it is no such XML. */
WARD_MUST_CHECK enum ward_err xml_read(
	struct xml *x, uint32_t file, struct ward_str name, struct ward_slice bytes);
/* Empty, with p == NULL, when there is none. */
struct ward_str xml_attr(const struct xml_elem *e, const char *key);

#endif
