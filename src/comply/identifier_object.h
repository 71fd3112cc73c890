/* Private to this room: `{"patient": {"bed": 12, "id": 4711}}`, `patient.id`: what a member of an
 * object is, by the word that says whose object it is. */
#ifndef WARD_COMPLY_IDENTIFIER_OBJECT_H
#define WARD_COMPLY_IDENTIFIER_OBJECT_H

#include "comply/identifier_label.h"

/* Of the object of `of` (NULL: of nobody) the member called `word`: a label in *ret, as if its
 * value stood behind that; false: it names nobody. */
bool ward_identifier_member(
	const struct ward_label *of, struct ward_str word, struct ward_label *ret);
/* What a name of several words says: "Patient ID", "first_name", "employee-no", "Date of Birth". */
bool ward_identifier_compound(struct ward_str word, struct ward_label *ret);
/* What the name of a field says of its value: "dicom.PatientID", "patient.id", "badge.number";
 * fhir: of a resource, "name.family". */
bool ward_identifier_field(struct ward_str name, bool fhir, struct ward_label *ret);
/* Does an object begin behind the word that ends at i, `"patient": {`, perhaps in a text of JSON?
 */
bool ward_identifier_object_follows(struct ward_str text, size_t i);
/* The walk is over a brace: the object that opens is that of w->opens. */
void ward_identifier_brace(struct ward_identifier_walk *w, char c);
/* Whose object the walk is in; NULL: of nobody. */
const struct ward_label *ward_identifier_object(const struct ward_identifier_walk *w);

#endif
