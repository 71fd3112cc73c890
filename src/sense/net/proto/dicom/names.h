/* Names that PS3.6 and PS3.7 give to UIDs, attributes and codes. Tables only; any thread. All names
 * live forever; NULL: no name, write the UID or number. */
#ifndef WARD_SENSE_NET_DICOM_NAMES_H
#define WARD_SENSE_NET_DICOM_NAMES_H

#include "base/wr.h"

/* Keywords of SOP classes, transfer syntaxes and the application context. O(log n). */
const char *ward_dicom_uid_name(struct ward_slice uid);
/* The same in two steps: a small number to keep, 0 when there is no name. */
uint16_t ward_dicom_uid_at(struct ward_slice uid);
const char *ward_dicom_uid_nth(uint16_t at);
/* The UID itself, added to w; nothing for 0. */
void ward_dicom_uid_write(struct ward_wr *w, uint16_t at);
/* Keywords of attributes that queries ask for. */
const char *ward_dicom_tag_name(uint32_t tag);

/* Of a command field without its response bit: "c_store" and so on. */
const char *ward_dicom_command_name(uint16_t field);
/* Places in the list of commands, 0..n-1, for classes; n when there is none. */
size_t ward_dicom_command_at(uint16_t field);
const char *ward_dicom_command_nth(size_t i);
size_t ward_dicom_command_count(void);

/* Levels of a query, PS3.4 C.3: a number for it, 0 when it is none of them. */
uint8_t ward_dicom_level_at(struct ward_slice level);
const char *ward_dicom_level_nth(uint8_t at);

/* PS3.8 9.3.3.2: of a presentation context. */
const char *ward_dicom_result_name(uint8_t result);
/* PS3.8 9.3.4. */
const char *ward_dicom_reject_name(uint8_t source, uint8_t reason);
const char *ward_dicom_reject_result(uint8_t result);
/* PS3.8 9.3.8. */
const char *ward_dicom_abort_name(uint8_t reason);
/* PS3.7 D.3.3.7. */
const char *ward_dicom_identity_name(uint8_t type);
/* PS3.7 annex C: success, pending, cancel, warning or failure; never NULL. */
const char *ward_dicom_status_name(uint16_t status);

#endif
