#include "base/formats.h"

/* On its own, like journal/record.c and store/forms.c, so that tests can link programs whose
 * formats are one later (tests/next). */
uint32_t ward_formats_most(void)
{
	return 1;
}
