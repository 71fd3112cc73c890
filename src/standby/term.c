#include "standby/term.h"

#include "base/rd.h"
#include "base/wr.h"
#include "standby/kept.h"

#include <string.h>

enum { BYTES = 8 + 1 + 4 + WARD_TERM_EPOCHS * 16 };
static const char file[] = "term";

bool ward_term_begin(struct ward_term *t, uint64_t epoch, uint64_t began, bool leads)
{
	if (epoch <= t->epoch)
		return false;
	if (t->n == WARD_TERM_EPOCHS)
		memmove(t->at, t->at + 1, --t->n * sizeof(t->at[0]));
	t->at[t->n++] = (struct ward_term_epoch){epoch, began};
	t->epoch = epoch;
	t->leads = leads;
	return true;
}

uint64_t ward_term_common(
	const struct ward_term *t, uint64_t epoch, uint64_t next, uint64_t own_next)
{
	uint64_t common = next < own_next ? next : own_next;

	/* a beginning that went out of the list may be the one that matters */
	if (t->n == WARD_TERM_EPOCHS && epoch < t->at[0].epoch)
		return 0;
	for (uint32_t i = 0; i < t->n; i++)
		if (t->at[i].epoch > epoch && t->at[i].began < common)
			common = t->at[i].began;
	return common;
}

uint64_t ward_term_began(const struct ward_term *t)
{
	return t->n ? t->at[t->n - 1].began : 0;
}

enum ward_err ward_term_read(const struct ward_io *io, struct ward_term *ret)
{
	uint8_t bytes[BYTES];
	enum ward_err err = ward_standby_recall(io, file, bytes, sizeof(bytes));
	struct ward_rd r = ward_rd_from(bytes, sizeof(bytes));
	struct ward_term t = {0};

	if (err)
		return err;
	t.epoch = ward_rd_be64(&r);
	t.leads = ward_rd_u8(&r) != 0;
	t.n = ward_rd_be32(&r);
	if (t.n > WARD_TERM_EPOCHS)
		return WARD_ERR_CORRUPT;
	for (uint32_t i = 0; i < t.n; i++) {
		t.at[i].epoch = ward_rd_be64(&r);
		t.at[i].began = ward_rd_be64(&r);
	}
	*ret = t;
	return WARD_OK;
}

enum ward_err ward_term_write(const struct ward_io *io, const struct ward_term *t)
{
	uint8_t bytes[BYTES] = {0};
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_be64(&w, t->epoch);
	ward_wr_u8(&w, t->leads);
	ward_wr_be32(&w, t->n);
	for (uint32_t i = 0; i < t->n; i++) {
		ward_wr_be64(&w, t->at[i].epoch);
		ward_wr_be64(&w, t->at[i].began);
	}
	return ward_standby_keep(io, file, ward_slice_of(bytes, sizeof(bytes)));
}
