/* Names that ASHRAE 135 gives to numbers on the wire. Tables only; any thread. */
#ifndef WARD_SENSE_BACNET_NAMES_H
#define WARD_SENSE_BACNET_NAMES_H

#include "base/attr.h"

enum ward_bacnet_list {
	WARD_BACNET_NAMES_OBJECT_TYPE,
	WARD_BACNET_NAMES_PROPERTY,
	WARD_BACNET_NAMES_ERROR_CLASS,
	WARD_BACNET_NAMES_ERROR_CODE,
	WARD_BACNET_NAMES_REJECT_REASON,
	WARD_BACNET_NAMES_ABORT_REASON,
	WARD_BACNET_NAMES_CONFIRMED,
	WARD_BACNET_NAMES_UNCONFIRMED,
	WARD_BACNET_NAMES_PDU_TYPE,
	WARD_BACNET_NAMES_BVLC_FUNCTION,
	WARD_BACNET_NAMES_NETWORK_MESSAGE,
	WARD_BACNET_NAMES_REINITIALIZE,
	WARD_BACNET_NAMES_COMMUNICATION,
	WARD_BACNET_NAMES_SEGMENTATION,
	WARD_BACNET_NAMES_EVENT_STATE,
	WARD_BACNET_NAMES_EVENT_TYPE,
	WARD_BACNET_NAMES_NOTIFY_TYPE,
	WARD_BACNET_NAMES_ACK_FILTER,
	WARD_BACNET_NAMES_MESSAGE_PRIORITY,
	WARD_BACNET_NAMES_LIFE_SAFETY_OPERATION,
	WARD_BACNET_NAMES_VT_CLASS,
};

/* The name, lower case with dashes ("present-value"); NULL for a number without one: write the
 * number then. Lives forever. */
const char *ward_bacnet_name(enum ward_bacnet_list list, uint32_t number);
/* Numbers 0..n-1 are in the list (some may have no name). */
size_t ward_bacnet_name_count(enum ward_bacnet_list list);

#endif
