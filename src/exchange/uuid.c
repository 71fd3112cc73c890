/* UUIDs of version 5: apart, so that who only asks what may leave is not linked with libcrypto. */
#include "exchange/exchange.h"

#include <openssl/evp.h>

/* RFC 9562 5.5: SHA-1 of the name space and the name, cut to 128 bits. */
enum ward_err ward_exchange_uuid(const struct ward_id *space, struct ward_str kind,
	struct ward_str name, struct ward_id *ret)
{
	static const struct ward_id ours = {{0x6a, 0x1c, 0x52, 0x0e, 0x8f, 0x0b, 0x55, 0x8d, 0x9b,
		0x0c, 0x2f, 0x35, 0x6d, 0x07, 0x5e, 0x91}};
	unsigned char sum[EVP_MAX_MD_SIZE];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	size_t n = 0;

	ward_wr_bytes(&w, space ? space->b : ours.b, sizeof(ours.b));
	if (!space) {
		ward_wr_str(&w, kind);
		ward_wr_ch(&w, '\n');
	}
	ward_wr_str(&w, name);
	bool ok = !ward_wr_bad(&w) && EVP_Q_digest(NULL, "SHA1", NULL, w.p, w.len, sum, &n) == 1;

	ward_wr_fini(&w);
	if (!ok)
		return WARD_ERR_NOMEM;
	memcpy(ret->b, sum, sizeof(ret->b));
	ret->b[6] = (uint8_t)((ret->b[6] & 0x0f) | 0x50);
	ret->b[8] = (uint8_t)((ret->b[8] & 0x3f) | 0x80);
	return WARD_OK;
}
