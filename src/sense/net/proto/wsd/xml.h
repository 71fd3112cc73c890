/* XML 1.0 with namespaces, as SOAP messages use it: one tag or text after the other. No document
 * types, no entities but the five of 4.6. Pure, over outside bytes that it borrows; no recursion,
 * no allocation; O(bytes) in all. */
#ifndef WARD_SENSE_NET_WSD_XML_H
#define WARD_SENSE_NET_WSD_XML_H

#include "base/slice.h"
#include "base/wr.h"

enum { WARD_XML_DEPTH = 32 };

enum ward_xml_kind {
	WARD_XML_OPEN, /* name and attributes; the element is then on top of the stack */
	WARD_XML_CLOSE,
	WARD_XML_TEXT, /* text of the element on top of the stack, not blank */
	WARD_XML_END,  /* of the document */
	WARD_XML_BAD,  /* not well-formed, or deeper than WARD_XML_DEPTH */
};

struct ward_xml {
	struct ward_str all;
	size_t off;
	struct ward_str stack[WARD_XML_DEPTH]; /* names of what is open */
	size_t depth;
	bool closes; /* the last tag was an empty element: it closes next */
	bool began;
};

/* What was read: name of OPEN, attributes as they stand; or the text. */
struct ward_xml_piece {
	struct ward_str name, attributes, text;
};

static inline bool ward_xml_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum ward_xml_kind ward_xml_next(struct ward_xml *x, struct ward_xml_piece *ret);
/* The next attribute of a tag; false after the last, or at what is none. */
bool ward_xml_attribute(
	struct ward_str *rest, struct ward_str *ret_name, struct ward_str *ret_value);
/* A name without its prefix. */
struct ward_str ward_xml_local(struct ward_str name);
/* The i-th element that is open, from the innermost (0), without its prefix; empty: there is none.
 */
struct ward_str ward_xml_open(const struct ward_xml *x, size_t i);
/* Appends text with its entities resolved. */
void ward_xml_unescape(struct ward_wr *w, struct ward_str text);

#endif
