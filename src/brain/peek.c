/* What a memory holds, for whoever shows it without a brain: nothing else of this room is linked
 * with it. */
#include "brain/priv.h"

/* Gives the print and what follows it, of bytes that are as they were saved. */
enum ward_err ward_brain_unseal(struct ward_slice all, struct ward_rd *ret)
{
	struct ward_rd body = ward_rd_slice(all);
	uint8_t version = ward_rd_u8(&body), seal[WARD_BRAIN_SEAL];

	if (ward_rd_bad(&body))
		return WARD_ERR_MALFORMED;
	if (version != WARD_BRAIN_SAVE_VERSION)
		return WARD_ERR_VERSION;
	if (all.len < 1 + WARD_BRAIN_PRINT + WARD_BRAIN_SEAL)
		return WARD_ERR_MALFORMED;
	ward_sha256((struct ward_slice){all.p, all.len - WARD_BRAIN_SEAL}, seal);
	if (memcmp(seal, all.p + all.len - WARD_BRAIN_SEAL, WARD_BRAIN_SEAL) != 0)
		return WARD_ERR_MALFORMED;
	*ret = ward_rd_from(all.p + 1, all.len - 1 - WARD_BRAIN_SEAL);
	return WARD_OK;
}

enum ward_err ward_brain_seen(struct ward_slice bytes, struct ward_brain_seen *ret)
{
	struct ward_brain_seen seen;
	struct ward_rd r;
	enum ward_err err = ward_brain_unseal(bytes, &r);

	if (err)
		return err;
	(void)ward_rd_take(&r, WARD_BRAIN_PRINT + 8); /* the print; the time of the last event */
	seen.clock = (ward_ns)ward_rd_be64(&r);
	(void)ward_rd_be64(&r);
	seen.coverage = ward_rd_lv(&r, WARD_BRAIN_PART_MAX);
	seen.inventory = ward_rd_lv(&r, WARD_BRAIN_PART_MAX);
	(void)ward_rd_lv(&r, WARD_BRAIN_PART_MAX); /* news that was told … */
	(void)ward_rd_take(&r, 8 + 8);             /* … and when it was looked for */
	seen.learned = ward_rd_lv(&r, WARD_BRAIN_PART_MAX);
	if (ward_rd_bad(&r))
		return WARD_ERR_MALFORMED;
	*ret = seen;
	return WARD_OK;
}
