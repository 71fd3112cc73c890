/* Who is treated, in the request targets of programs that speak neither FHIR nor DICOMweb. */
#ifndef WARD_SENSE_NET_HTTP_PERSON_H
#define WARD_SENSE_NET_HTTP_PERSON_H

#include "base/wr.h"

/* Writes path and query as they are, but for what says who somebody is: the value of a parameter or
 * of a pair in the path that is called for it in English, French, German, Italian or Dutch, what
 * follows such a word in the path, the id of a page that is called for patients, and Orthanc's
 * identifiers (hashes of a patient's id). Values become {}, segments {id}. What holds an attack
 * ("${") is written whole. Pure, over outside bytes; O(bytes). */
void ward_http_person_hide(struct ward_str target, struct ward_wr *w);

#endif
