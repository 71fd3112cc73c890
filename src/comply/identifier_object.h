/* Private to this room: `{"patient": {"bed": 12, "id": 4711}}`, `patient.id`: what a member of an
 * object is, by the word that says whose object it is. */
#ifndef WARD_COMPLY_IDENTIFIER_OBJECT_H
#define WARD_COMPLY_IDENTIFIER_OBJECT_H

#include "comply/identifier_label.h"

/* Of the object of `of` (NULL: of nobody) the member called `word`: a label in *ret, as if its
 * value stood behind that; false: it names nobody. */
bool ward_identifier_member(
	const struct ward_label *of, struct ward_str word, struct ward_label *ret);
/* What the name of a field says of its value: "dicom.PatientID", "patient.id", "badge.number". */
bool ward_identifier_field(struct ward_str name, struct ward_label *ret);

#endif
