#include "run/signing_priv.h"

#include "base/json.h"

#include <qrencode.h>

enum { DARK = 1, PATH_BYTES = 32 << 10 };

/* Each run of dark squares of a row is one rectangle. */
static void put_path(const QRcode *q, struct ward_wr *w)
{
	for (int y = 0; y < q->width; y++)
		for (int x = 0, n; x < q->width; x += n) {
			const unsigned char *at = &q->data[y * q->width + x];

			for (n = 1; x + n < q->width && !((at[n] ^ at[0]) & DARK);)
				n++;
			if (at[0] & DARK)
				ward_wr_printf(w, "M%d %dh%dv1h-%dz", x, y, n, n);
		}
}

void signing_qr(const char *text, struct ward_json *j)
{
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PATH_BYTES);

	if (q)
		put_path(q, &w);
	if (q && !ward_wr_bad(&w)) {
		ward_json_key(j, "qr");
		ward_json_obj(j);
		ward_json_key(j, "size");
		ward_json_u64(j, (uint64_t)q->width);
		ward_json_key(j, "path");
		ward_json_str(j, ward_wr_text(&w));
		ward_json_obj_end(j);
	}
	if (q) {
		ward_wipe(q->data, (size_t)q->width * (size_t)q->width);
		QRcode_free(q);
	}
	if (w.p)
		ward_wipe(w.p, w.cap);
	ward_wr_fini(&w);
}
