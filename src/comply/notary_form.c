/* What differs by the formats (base/formats.h) in what the notary remembers: how it begins. */
#include "comply/notary_form.h"

static const char magic[] = "WARDNOT";

void notary_form_put(uint32_t form, struct ward_wr *w)
{
	ward_wr_z(w, magic);
	ward_wr_u8(w, (uint8_t)('0' + form));
}

bool notary_form_get(struct ward_rd *r, uint32_t *ret)
{
	struct ward_slice is = ward_rd_bytes(r, sizeof(magic) - 1);
	uint8_t form = ward_rd_u8(r);

	if (ward_rd_bad(r) || !ward_str_eqz(ward_slice_text(is), magic) || form < '1' || form > '9')
		return false;
	*ret = form - (uint32_t)'0';
	return true;
}
