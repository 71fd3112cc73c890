#include "base/formats.h"

uint32_t ward_formats_most(void)
{
	return 2;
}
