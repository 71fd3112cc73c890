/* Private to this room: resources of FHIR: what a value is of is told by the elements around it. As
 * XML each stands in an attribute (FHIR R5, 2.1.1.1.2); as JSON it may be a field of an event
 * ("name.family"). */
#ifndef WARD_COMPLY_IDENTIFIER_FHIR_H
#define WARD_COMPLY_IDENTIFIER_FHIR_H

#include "comply/identifiers.h"

/* What the value of the element `name` in the element `in` is; false: it names nobody. */
bool ward_identifier_fhir_value(
	struct ward_str in, struct ward_str name, enum ward_identifier *ret);
/* Is such a resource somebody: Patient, Practitioner …? Its id is theirs, then. */
bool ward_identifier_fhir_person(struct ward_str type);
/* The type of the resource that a text of JSON begins; empty: of none. */
struct ward_str ward_identifier_fhir_type(struct ward_str text);
bool ward_identifier_is_fhir_xml(struct ward_str text);
/* The walk stands at a '<': it goes on behind the tag's head. True: its value names somebody. */
bool ward_identifier_fhir(struct ward_identifier_walk *w, struct ward_identifier_span *ret);

#endif
