/* Private to the room: "WARDNOT" and the number of the form, as a digit; what a later form adds. On
 * its own, so that tests can link a program whose form is one later (tests/next). */
#ifndef WARD_COMPLY_NOTARY_FORM_H
#define WARD_COMPLY_NOTARY_FORM_H

#include "base/rd.h"
#include "base/wr.h"

void notary_form_put(uint32_t form, struct ward_wr *w);
/* False: it is none. Of a form that is later than this Ward's only the number was read. */
bool notary_form_get(struct ward_rd *r, uint32_t *ret);

#endif
