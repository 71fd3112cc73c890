#include "standby/took.h"

#include "base/rd.h"
#include "base/wr.h"
#include "standby/kept.h"

enum { BYTES = 8 + 1 + 8 };
static const char file[] = "took";

const char *ward_took_name(enum ward_took_how how)
{
	static const char *const name[WARD_TOOK_HOWS] = {
		"unknown", "first", "over", "switch", "forced"};

	return name[how];
}

enum ward_err ward_took_read(const struct ward_io *io, struct ward_took *ret)
{
	uint8_t bytes[BYTES];
	enum ward_err err = ward_standby_recall(io, file, bytes, sizeof(bytes));
	struct ward_rd r = ward_rd_from(bytes, sizeof(bytes));

	if (err)
		return err;
	uint64_t epoch = ward_rd_be64(&r);
	uint8_t how = ward_rd_u8(&r);
	uint64_t at = ward_rd_be64(&r);

	if (how >= WARD_TOOK_HOWS || at > INT64_MAX)
		return WARD_ERR_CORRUPT;
	*ret = (struct ward_took){epoch, (enum ward_took_how)how, (ward_ns)at};
	return WARD_OK;
}

enum ward_err ward_took_write(const struct ward_io *io, const struct ward_took *t)
{
	uint8_t bytes[BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_be64(&w, t->epoch);
	ward_wr_u8(&w, (uint8_t)t->how);
	ward_wr_be64(&w, (uint64_t)t->at);
	return ward_standby_keep(io, file, ward_wr_slice(&w));
}
