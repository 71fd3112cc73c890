#include "sense/bacnet/put.h"

enum { CONTEXT = 8, EXTENDED = 5, OPEN = 6, CLOSE = 7, LEN16 = 254 };

void ward_bacnet_put_tag(struct ward_wr *w, unsigned number, bool context, size_t len)
{
	unsigned first = number << 4 | (context ? CONTEXT : 0);

	WARD_ASSERT(number < 15 && len <= UINT16_MAX);
	if (len < EXTENDED) {
		ward_wr_u8(w, (uint8_t)(first | len));
		return;
	}
	ward_wr_u8(w, (uint8_t)(first | EXTENDED));
	if (len < LEN16) {
		ward_wr_u8(w, (uint8_t)len);
		return;
	}
	ward_wr_u8(w, LEN16);
	ward_wr_be16(w, (uint16_t)len);
}

static void put_bracket(struct ward_wr *w, unsigned number, unsigned kind)
{
	WARD_ASSERT(number < 15);
	ward_wr_u8(w, (uint8_t)(number << 4 | CONTEXT | kind));
}

void ward_bacnet_put_open(struct ward_wr *w, unsigned number)
{
	put_bracket(w, number, OPEN);
}

void ward_bacnet_put_close(struct ward_wr *w, unsigned number)
{
	put_bracket(w, number, CLOSE);
}

void ward_bacnet_put_unsigned(struct ward_wr *w, unsigned number, bool context, uint32_t v)
{
	size_t len = v > 0xffffff ? 4 : v > 0xffff ? 3 : v > 0xff ? 2 : 1;

	ward_bacnet_put_tag(w, number, context, len);
	while (len-- > 0)
		ward_wr_u8(w, (uint8_t)(v >> (8 * len)));
}

void ward_bacnet_put_object(
	struct ward_wr *w, unsigned number, bool context, uint32_t type, uint32_t instance)
{
	WARD_ASSERT(type <= WARD_BACNET_TYPE_MAX && instance <= WARD_BACNET_INSTANCE_MAX);
	ward_bacnet_put_tag(w, number, context, 4);
	ward_wr_be32(w, type << 22 | instance);
}
