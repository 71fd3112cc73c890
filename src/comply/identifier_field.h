/* Private to this room: what names somebody by the field in which it stands, in messages of HL7 v2
 * and in what tools print of DICOM. */
#ifndef WARD_COMPLY_IDENTIFIER_FIELD_H
#define WARD_COMPLY_IDENTIFIER_FIELD_H

#include "comply/identifiers.h"

/* "PID", "ZX1" */
bool ward_identifier_is_segment(struct ward_str word);
/* The walk stands at a segment's id; rest: what is behind it and its '|'. */
void ward_identifier_segment(
	struct ward_identifier_walk *w, struct ward_str id, struct ward_str rest);
/* The walk stands behind a '|': a field that names somebody is given whole. */
bool ward_identifier_hl7_field(struct ward_identifier_walk *w, struct ward_identifier_span *ret);
/* Bytes after the first of a segment's end as loggers write it, where another segment follows:
 * "\\r", "#015"; 0. */
size_t ward_identifier_hl7_break(struct ward_str s);
/* "(0010,0010) PN [ROSSI^MARIO]", as tools print it. The walk stands at '('. */
bool ward_identifier_dicom(struct ward_identifier_walk *w, struct ward_identifier_span *ret);

#endif
