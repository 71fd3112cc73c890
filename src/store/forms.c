#include "base/formats.h"
#include "store/migrate.h"

/* Formats 1 has all migrations that there are. Who adds the first one after a version of Ward that
 * stood beside another one makes formats 2 (base/formats.h), and says here which form 1 had. */
size_t ward_store_form_in(uint32_t formats)
{
	size_t n;

	(void)formats;
	(void)ward_store_migrations(&n);
	return n;
}
