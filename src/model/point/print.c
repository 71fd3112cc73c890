/* What a row says, as one number. */
#include "model/point/priv.h"

#include "base/id.h"
#include "base/rd.h"

enum { PRINT_BYTES_MAX = 16384 };

static void put_number(struct ward_wr *w, double v)
{
	uint64_t bits;

	_Static_assert(sizeof(bits) == sizeof(v), "IEEE 754");
	memcpy(&bits, &v, sizeof(bits));
	ward_wr_be64(w, bits);
}

static void put_relation(
	struct ward_wr *w, const struct ward_points *p, const struct ward_point_relation *r)
{
	ward_wr_lv(w, ward_str_bytes(p->point[r->when].id));
	ward_wr_u8(w, (uint8_t)r->when_op);
	ward_wr_u8(w, (uint8_t)r->op);
	put_number(w, r->when_than);
	put_number(w, r->than);
	ward_wr_be64(w, (uint64_t)r->within);
}

uint64_t ward_point_print(const struct ward_points *p, size_t i)
{
	const struct ward_bms_point *x = ward_points_at(p, i);
	const struct ward_str text[] = {x->id, x->name, x->unit, x->asset, x->source, x->address,
		x->low_class, x->high_class, x->low_state, x->high_state, x->kind,
		x->peer == WARD_NONE ? WARD_STR("") : p->point[x->peer].id};
	const double number[] = {x->scale, x->offset, x->low, x->high, x->margin, x->rate.by,
		x->drift.by, x->noise, x->mean, x->tolerance};
	const ward_ns time[] = {x->confirm, x->rate.per, x->drift.per, x->stuck, x->actor};
	uint8_t buf[PRINT_BYTES_MAX], hash[32];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	for (size_t k = 0; k < WARD_ARRAY_LEN(text); k++)
		ward_wr_lv(&w, ward_str_bytes(text[k]));
	for (size_t k = 0; k < WARD_ARRAY_LEN(number); k++)
		put_number(&w, number[k]);
	for (size_t k = 0; k < WARD_ARRAY_LEN(time); k++)
		ward_wr_be64(&w, (uint64_t)time[k]);
	for (size_t k = 0; k < x->n_relation; k++)
		put_relation(&w, p, &x->relation[k]);
	/* Texts of rows have a bound; those of kinds are cut short by conf's. */
	ward_sha256(ward_wr_slice(&w), hash);
	struct ward_rd r = ward_rd_from(hash, sizeof(hash));

	return ward_rd_be64(&r);
}
