/* DICOM objects in files (PS3.10), read element by element (PS3.5 7), without a dictionary. */
#ifndef WARD_SENSE_FILE_DICOM_H
#define WARD_SENSE_FILE_DICOM_H

#include "base/err.h"
#include "base/rd.h"

enum { WARD_DICOM_DEPTH = 32, WARD_DICOM_PREAMBLE = 128 };

/* How a data set is written. */
struct ward_dicom_syntax {
	bool implicit, big, deflated, encapsulated, known;
	struct ward_str uid; /* borrowed from the object */
};

struct ward_dicom_element {
	uint16_t group, number;
	char vr[2];              /* "??" where it is implicit */
	unsigned depth;          /* of sequences that it lies in */
	size_t off;              /* of its tag, in the data set's bytes */
	struct ward_slice value; /* empty of a sequence, of an item; all fragments of pixels */
	bool undefined;          /* its length was not said */
};

/* The reader: takes the meta information of group 2 first, then the data set. */
struct ward_dicom {
	struct ward_rd rd;
	struct ward_dicom_syntax syntax;
	/* ends[i]: where the ith open sequence or item ends; SIZE_MAX: by its delimiter */
	size_t ends[WARD_DICOM_DEPTH];
	bool unknown[WARD_DICOM_DEPTH]; /* UN of undefined length: implicit inside (PS3.5 6.2.2) */
	unsigned depth;
	bool implicit;
	const char *why; /* what is wrong, once it is; lives forever */
	size_t at;       /* where */
};

/* Reads preamble, mark and group 2. MALFORMED: why and at say it. */
WARD_MUST_CHECK enum ward_err ward_dicom_begin(struct ward_dicom *d, struct ward_slice file);
/* Where the data set begins in the file; of a deflated one, what is to be inflated. */
struct ward_slice ward_dicom_rest(const struct ward_dicom *d);
/* Goes on in these bytes (inflated), or in the file's own. */
void ward_dicom_set(struct ward_dicom *d, struct ward_slice set);
/* The next element of whatever depth. MORE: that was all; MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_dicom_next(struct ward_dicom *d, struct ward_dicom_element *ret);
/* The number at the beginning of a value, as the data set is written. 0: too short. */
uint16_t ward_dicom_u16(const struct ward_dicom *d, struct ward_slice value);

#endif
