/* Form 2: be32 behind the number, in which nothing is yet. */
#include "comply/notary_form.h"

#include <string.h>

enum { LATER = 2 };

void notary_form_put(uint32_t form, struct ward_wr *w)
{
	ward_wr_z(w, "WARDNOT");
	ward_wr_u8(w, (uint8_t)('0' + form));
	if (form >= LATER)
		ward_wr_be32(w, 0);
}

bool notary_form_get(struct ward_rd *r, uint32_t *ret)
{
	struct ward_slice is = ward_rd_bytes(r, 7);
	uint32_t form = ward_rd_u8(r) - (uint32_t)'0';

	if (ward_rd_bad(r) || memcmp(is.p, "WARDNOT", 7) != 0 || form < 1 || form > 9)
		return false;
	if (form == LATER && ward_rd_be32(r) != 0)
		return false;
	*ret = form;
	return !ward_rd_bad(r);
}
