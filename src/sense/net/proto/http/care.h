/* Medical interfaces over HTTP: FHIR (HL7 FHIR R4 and R5, "RESTful API") and DICOMweb (DICOM
 * PS3.18).
 *
 * Their request targets hold who is treated: ids, names, dates of birth. What is done is read from
 * method and path; a target is only told after ward_http_care_reduce has replaced what may be a
 * value. Pure, over outside bytes that are borrowed; O(bytes). */
#ifndef WARD_SENSE_NET_HTTP_CARE_H
#define WARD_SENSE_NET_HTTP_CARE_H

#include "base/wr.h"

enum ward_http_care_kind { WARD_HTTP_CARE_NONE, WARD_HTTP_CARE_FHIR, WARD_HTTP_CARE_DICOMWEB };

struct ward_http_care {
	enum ward_http_care_kind kind;
	/* FHIR: the interaction in the standard's word; DICOMweb: the transaction. NULL: not known.
	 */
	const char *interaction;
	const char *resource;    /* FHIR: type; DICOMweb: study, series, instance …; NULL: none */
	const char *compartment; /* FHIR: the type whose compartment is searched, or NULL */
	struct ward_str operation; /* FHIR: with its $; empty: none */
};

/* Which of them the types of contents that were declared or asked for are (values of Content-Type
 * and Accept). */
enum ward_http_care_kind ward_http_care_type(struct ward_str value);
/* What the request is; known: as ward_http_care_type gave for it or for its answer. */
void ward_http_care(struct ward_str method, struct ward_str target, enum ward_http_care_kind known,
	struct ward_http_care *ret);
/* Writes a target or a whole URL without a user's name in it; of the medical kinds with its values
 * replaced: {id}, {uid}, {}; of others with those of parameters that name a patient, and what
 * follows such a word in the path, unless it has what no name or number has ("${"). */
void ward_http_care_reduce(
	struct ward_str target, enum ward_http_care_kind kind, struct ward_wr *w);
/* Writes the names of the query's parameters, separated by commas. */
void ward_http_care_params(struct ward_str target, struct ward_wr *w);
/* Type of a bundle that begins with these bytes (JSON or XML), or NULL. Lives forever. */
const char *ward_http_care_bundle(struct ward_slice first);

#endif
