/* XML text out, written straight into a struct ward_wr, as base/json.h does JSON.
 *
 * Elements are closed by the writer in the order in which they were opened, texts and values are
 * escaped. What XML 1.0 has no character for (U+0000 to U+001F but tab, line feed and carriage
 * return, U+FFFE, U+FFFF, and bytes that are not UTF-8) is written as U+FFFD, so that the output is
 * always well-formed. Names are the caller's own and never come from outside.
 *
 * From the root's "<" to its last ">" the bytes are in the form of Exclusive XML Canonicalization
 * 1.0, so that they can be signed as they are, when the caller declares each name space on the
 * outermost element that uses it, before the other attributes, and gives attributes in the order of
 * their names. */
#ifndef WARD_XML_WRITE_H
#define WARD_XML_WRITE_H

#include "base/clock.h"
#include "base/wr.h"

enum { WARD_XML_DEPTH = 32 };

struct ward_xml {
	struct ward_wr *w;                /* borrowed */
	const char *open[WARD_XML_DEPTH]; /* names, borrowed */
	unsigned depth;
	bool in_tag; /* attributes may still follow */
	bool broken; /* children stand on lines of their own: false once text was written */
};

/* Writes the XML declaration (version 1.0, UTF-8). */
struct ward_xml ward_xml_on(struct ward_wr *w);
/* name with its prefix: "cap:alert" or "alert". It lives until its end. At most WARD_XML_DEPTH
 * deep. */
void ward_xml_begin(struct ward_xml *x, const char *name);
/* Only straight after ward_xml_begin; name spaces are declared by it, too ("xmlns", "xmlns:p"). */
void ward_xml_attr(struct ward_xml *x, const char *name, struct ward_str value);
void ward_xml_attr_z(struct ward_xml *x, const char *name, const char *value);
void ward_xml_text(struct ward_xml *x, struct ward_str s);
void ward_xml_end(struct ward_xml *x);
/* Begin, text, end. */
void ward_xml_elem(struct ward_xml *x, const char *name, struct ward_str text);
void ward_xml_elem_z(struct ward_xml *x, const char *name, const char *text);
void ward_xml_elem_u64(struct ward_xml *x, const char *name, uint64_t v);

#endif
