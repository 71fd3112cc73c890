/* Encoded data of ASHRAE 135 clause 20.2, written: tags and the values that questions need. What a
 * writer of messages may say is its own affair. */
#ifndef WARD_SENSE_BACNET_PUT_H
#define WARD_SENSE_BACNET_PUT_H

#include "base/wr.h"

/* The widest object instance (clause 20.2.14): 22 bits; the type has the other 10. */
enum { WARD_BACNET_INSTANCE_MAX = 0x3fffff, WARD_BACNET_TYPE_MAX = 0x3ff };

/* Clause 20.2.1: the tag and length before a content. number < 15, len < 65536. */
void ward_bacnet_put_tag(struct ward_wr *w, unsigned number, bool context, size_t len);
/* Clause 20.2.1.3.2: opening and closing tag of context number. */
void ward_bacnet_put_open(struct ward_wr *w, unsigned number);
void ward_bacnet_put_close(struct ward_wr *w, unsigned number);
/* Clause 20.2.4 and 20.2.11: the fewest bytes that hold it; enumerated is encoded the same. */
void ward_bacnet_put_unsigned(struct ward_wr *w, unsigned number, bool context, uint32_t v);
/* Clause 20.2.14 */
void ward_bacnet_put_object(
	struct ward_wr *w, unsigned number, bool context, uint32_t type, uint32_t instance);

#endif
