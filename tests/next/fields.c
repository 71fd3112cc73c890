#include "base/formats.h"
#include "event/event.h"

/* The last field of the catalogue came with formats 2. */
uint32_t ward_fields_in(uint32_t formats)
{
	return formats < 2 ? WARD_FIELD_N - 1 : WARD_FIELD_N;
}
