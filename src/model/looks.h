/* Which patient room a camera looks into: how bodies move is not judged there. */
#ifndef WARD_MODEL_LOOKS_H
#define WARD_MODEL_LOOKS_H

#include "model/model.h"

/* The first room, of those in which patients lie or are undressed, that what the source watches is,
 * stands in, or monitors; WARD_NONE. */
uint32_t ward_model_patient_room(const struct ward_model *m, const struct ward_source *s);
/* Is a room of that class of the ontology one of them? */
bool ward_model_is_patient_class(struct ward_str class);

#endif
