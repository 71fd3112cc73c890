#include "base/formats.h"
#include "store/migrate.h"

size_t ward_store_form_in(uint32_t formats)
{
	size_t n;

	(void)ward_store_migrations(&n);
	return formats < 2 ? n - 1 : n;
}
