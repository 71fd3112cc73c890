#include "run/camera.h"

void ward_camera_write(const struct ward_camera_news *n, struct ward_wr *w)
{
	ward_wr_u8(w, (uint8_t)n->what);
	ward_wr_u8(w, (uint8_t)n->reason);
	ward_wr_u8(w, n->wrong);
	ward_wr_be64(w, (uint64_t)n->time);
	ward_wr_be64(w, (uint64_t)n->length);
}

enum ward_err ward_camera_read(struct ward_rd *r, struct ward_camera_news *ret)
{
	uint8_t what = ward_rd_u8(r), reason = ward_rd_u8(r), wrong = ward_rd_u8(r);
	uint64_t time = ward_rd_be64(r), length = ward_rd_be64(r);

	if (ward_rd_bad(r) || ward_rd_left(r) || what < WARD_CAMERA_WENT ||
		what > WARD_CAMERA_CLOCK || reason >= WARD_HEALTH_N || wrong > 1)
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_camera_news){(enum ward_camera_what)what,
		(enum ward_health_reason)reason, wrong != 0, (ward_ns)time, (ward_ns)length};
	return WARD_OK;
}
