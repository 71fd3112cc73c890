/* Private to this room: resources of FHIR written as XML (FHIR R5, 2.1.1.1.2): each value stands in
 * an attribute, and what it is of is told by the elements around it. */
#ifndef WARD_COMPLY_IDENTIFIER_FHIR_H
#define WARD_COMPLY_IDENTIFIER_FHIR_H

#include "comply/identifiers.h"

bool ward_identifier_is_fhir_xml(struct ward_str text);
/* The walk stands at a '<': it goes on behind the tag's head. True: its value names somebody. */
bool ward_identifier_fhir(struct ward_identifier_walk *w, struct ward_identifier_span *ret);

#endif
