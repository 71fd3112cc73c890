#include "base/attr.h"
#include "event/event.h"

/* Formats 1 has all fields that there are. Who adds the first one after a version of Ward that
 * stood beside another one makes formats 2 (base/formats.h), and says here the first one that 1
 * does not have: in formats 1 it is written by its text, which the former version reads. */
uint32_t ward_fields_in(uint32_t formats)
{
	(void)formats;
	return WARD_FIELD_N;
}
