/* A segment file of anybody's making: opening, reading over damage, appending and opening again
 * must hold, and what is appended must be found. The input is segment bytes from the tag on; its
 * checksums are made good when the first byte is odd, so that the bytes behind them are reached. */
#include "fuzz.h"

#include "../unit/journal/simdisk.h"
#include "journal/crc32c.h"
#include "journal/format.h"

enum { SEGMENT = 8192 };

static void le32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A header of ours, then blocks whose tag and checksum are made to fit. */
static void mend(uint8_t *seg, const uint8_t *data, size_t len)
{
	struct ward_seg_head h = {
		.version = 1, .base_seq = 1, .base_commit = 1, .len = SEGMENT, .tag = 77};
	size_t off = WARD_SEG_HEAD;

	ward_seg_head_write(&h, NULL, seg);
	memcpy(seg + off, data, len);
	while (SEGMENT - off >= WARD_BLOCK_HEAD) {
		uint32_t n = get32(seg + off + 12);

		if (n < WARD_BLOCK_HEAD || n > SEGMENT - off || n % 8)
			break;
		memset(seg + off, 0, 8);
		seg[off] = 77;
		le32(seg + off + 8, ward_crc32c(0, seg + off + 12, n - 12));
		off += n;
	}
}

static size_t read_all(struct ward_journal *j, const char *want)
{
	struct ward_journal_cursor *c;
	struct ward_record r;
	size_t n_want = 0;
	uint64_t before = 0;
	enum ward_err err;

	WARD_ASSERT(ward_journal_cursor_open(j, 0, &c) == WARD_OK);
	while ((err = ward_journal_next_record(c, &r)) != WARD_ERR_AGAIN) {
		if (err == WARD_ERR_CORRUPT) {
			ward_journal_cursor_skip(c);
			continue;
		}
		WARD_ASSERT(err == WARD_OK && r.seq > before);
		before = r.seq;
		n_want += r.data.len == strlen(want) && memcmp(r.data.p, want, r.data.len) == 0;
	}
	ward_journal_cursor_close(c);
	return n_want;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char mark[] = "appended by the fuzz target";
	static struct sim_disk disk;
	uint8_t seg[SEGMENT] = {0};
	struct ward_clock_fake clock;
	struct ward_journal_options opt;
	struct ward_limits limits;
	struct ward_journal *j;
	uint64_t seq;
	bool damage = false;
	struct ward_record r = {
		.lane = WARD_LANE_EVIDENCE, .data = ward_slice_of(mark, strlen(mark))};

	if (len < 1)
		return 0;
	size_t n = len - 1 < SEGMENT - WARD_SEG_HEAD ? len - 1 : SEGMENT - WARD_SEG_HEAD;

	if (data[0] & 1)
		mend(seg, data + 1, n);
	else
		memcpy(seg, data + 1, len - 1 < SEGMENT ? len - 1 : SEGMENT);
	sim_init(&disk, 1);
	sim_put(&disk, "evidence-00000000.seg", seg, sizeof(seg));
	if (data[0] & 2)
		sim_put(&disk, "readers", data + 1, len - 1);
	ward_clock_fake_init(&clock, 1);
	ward_limits_default(&limits);
	ward_journal_options_default(&opt, &limits);
	opt.segment_bytes = SEGMENT;
	opt.seed = 1;
	for (unsigned i = 0; i < 2; i++) {
		enum ward_err err =
			ward_journal_open(&opt, &disk.io, &clock.clock, ward_mem_heap(), &j);

		if (err == WARD_ERR_VERSION)
			break;
		WARD_ASSERT(err == WARD_OK);
		err = ward_journal_append(j, &r, 1, &seq);
		/* a forged header may have used up the sequence or the source's quota */
		if (err == WARD_OK)
			err = ward_journal_commit(j);
		struct ward_journal_stats s;
		size_t found = err == WARD_OK ? read_all(j, mark) : 1;

		ward_journal_stats(j, &s);
		/* forged blocks of any sequence may stand before it, but then there is damage */
		damage |= s.n_damage > 0;
		WARD_ASSERT(found || damage);
		ward_journal_close(j);
	}
	sim_fini(&disk);
	return 0;
}
