/* What the keeper of clips and a decoder tell each other, pieces of photos, pieces of sealed files
 * for a page, and which of a device's streams a camera is. What is read is written again, and must
 * be the same. The first byte says which.
 */
#include "fuzz.h"

#include "run/choice.h"
#include "run/footage.h"
#include "run/photo.h"
#include "run/sealed.h"

static uint8_t out[WARD_MSG_BODY_MAX];

/* A piece is asked for at the offset that stands before it. */
static void sealed(struct ward_slice in, bool asks)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_rd r = ward_rd_slice(in);
	uint64_t off = asks ? 0 : ward_rd_be64(&r);
	struct ward_slice is = asks ? in : ward_rd_rest(&r);
	struct ward_fetched d;
	struct ward_fetch f;

	r = ward_rd_slice(is);
	if (asks ? ward_fetch_get(&r, &f) != WARD_OK : ward_fetched_get(&r, off, &d) != WARD_OK)
		return;
	if (asks)
		ward_fetch_put(&w, &f);
	else
		ward_fetched_put(&w, &d);
	WARD_ASSERT(asks || d.err || (off < d.size && d.bytes.len <= d.size - off));
	WARD_ASSERT(w.len == is.len && memcmp(out, is.p, is.len) == 0);
}

static void choice(struct ward_slice in)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_rd r = ward_rd_slice(in);
	struct ward_choice c, again;

	if (ward_choice_read(&r, &c) != WARD_OK)
		return;
	ward_choice_write(&c, &w);
	r = ward_rd_from(out, w.len);
	WARD_ASSERT(w.len <= WARD_CHOICE_BYTES && ward_choice_read(&r, &again) == WARD_OK &&
		    strcmp(c.path, again.path) == 0 && c.port == again.port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_clip_ask ask;
	struct ward_footage f;
	struct ward_photo_piece p;

	if (!len || len > sizeof(out))
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_rd r = ward_rd_from(copy, len - 1);
	if (data[0] == 'C') {
		choice(ward_slice_of(copy, len - 1));
		free(copy);
		return 0;
	}
	if (data[0] == 'F' || data[0] == 'D') {
		sealed(ward_slice_of(copy, len - 1), data[0] == 'F');
		free(copy);
		return 0;
	}
	bool is_photo = data[0] == 'P', is_ask = data[0] & 1;

	if (is_photo) {
		if (ward_photo_get(&r, &p) == WARD_OK)
			ward_photo_put(&w, &p);
		WARD_ASSERT(!ward_wr_bad(&w));
	} else if (is_ask && ward_clip_ask_get(&r, &ask) == WARD_OK)
		ward_clip_ask_put(&w, &ask);
	else if (!is_ask && ward_footage_get(&r, &f) == WARD_OK)
		ward_footage_put(&w, &f);
	/* a varint may be written in more bytes than it needs */
	WARD_ASSERT(!w.len || is_photo || (!is_ask && f.what == WARD_FOOTAGE_NONE) ||
		    (w.len == len - 1 && memcmp(out, copy, w.len) == 0));
	free(copy);
	return 0;
}
