#include "standby/witness.h"

#include "standby/kept.h"

#include <string.h>

enum { BYTES = 8 + 8 + 1 + WARD_STANDBY_NAME };
static const char file[] = "witness";

bool ward_witness_decide(
	struct ward_witness *w, enum ward_witness_want want, struct ward_str node, uint64_t version)
{
	bool leads = w->epoch && ward_str_eqz(node, w->leader), ok = version == w->version;

	switch (want) {
	case WARD_WITNESS_ASK:
		return true;
	case WARD_WITNESS_ALONE:
	case WARD_WITNESS_PAIR:
		ok = ok && leads;
		break;
	case WARD_WITNESS_FIRST:
		ok = ok && !w->epoch;
		break;
	case WARD_WITNESS_TAKE:
		ok = ok && w->epoch && !leads && !w->alone;
		break;
	case WARD_WITNESS_FORCE:
		ok = ok && w->epoch && !leads;
		break;
	case WARD_WITNESS_WANTS:
	default:
		return false;
	}
	if (!ok)
		return false;
	w->version++;
	w->alone = want != WARD_WITNESS_PAIR;
	if (!leads) {
		w->epoch++;
		memset(w->leader, 0, sizeof(w->leader));
		memcpy(w->leader, node.p, node.len);
	}
	return true;
}

enum ward_err ward_witness_read(const struct ward_io *io, struct ward_witness *ret)
{
	uint8_t bytes[BYTES];
	enum ward_err err = ward_standby_recall(io, file, bytes, sizeof(bytes));
	struct ward_rd r = ward_rd_from(bytes, sizeof(bytes));
	struct ward_witness w = {0};

	if (err)
		return err;
	w.epoch = ward_rd_be64(&r);
	w.version = ward_rd_be64(&r);
	w.alone = ward_rd_u8(&r) != 0;
	memcpy(w.leader, ward_rd_take(&r, sizeof(w.leader)), sizeof(w.leader));
	if (w.leader[sizeof(w.leader) - 1] || !ward_standby_name_ok(ward_str_z(w.leader)))
		return WARD_ERR_CORRUPT;
	*ret = w;
	return WARD_OK;
}

enum ward_err ward_witness_write(const struct ward_io *io, const struct ward_witness *w)
{
	uint8_t bytes[BYTES];
	struct ward_wr to = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_be64(&to, w->epoch);
	ward_wr_be64(&to, w->version);
	ward_wr_u8(&to, w->alone);
	ward_wr_bytes(&to, w->leader, sizeof(w->leader));
	return ward_standby_keep(io, file, ward_wr_slice(&to));
}
