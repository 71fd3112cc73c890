#include "fuzz.h"

#include "story/story.h"
#include "story/text.h"

/* Nothing reaches the terminal but text that can be read, within the width. */
static void check(struct ward_str out)
{
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(out), NULL));
	while (out.p) {
		struct ward_str line = ward_str_cut(&out, '\n');

		for (size_t i = 0; i < line.len; i++) {
			uint8_t c = (uint8_t)line.p[i], after = 0;

			if (i + 1 < line.len)
				after = (uint8_t)line.p[i + 1];
			WARD_ASSERT(c >= 0x20 && c != 0x7f && !(c == 0xc2 && after < 0xa0));
		}
		WARD_ASSERT(ward_text_columns(line) <= 80);
	}
}

/* Lines are records; an empty line is a flush. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str rest = {(const char *)copy, len};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_limits lim;
	struct ward_story_opts o = {.mem = ward_mem_heap(), .lim = &lim, .width = 80};
	struct ward_story *s;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_FUSE_INCIDENTS] = 16;
	lim.v[WARD_LIMIT_STORY_SIGNS] = 16;
	WARD_ASSERT(ward_story_new(&o, &s) == WARD_OK);
	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		size_t before = out.len;
		enum ward_err err =
			line.len ? ward_story_record(s, line, &out) : ward_story_flush(s, &out);

		WARD_ASSERT(err != WARD_ERR_NOMEM);
		WARD_ASSERT(!err || out.len == before);
	}
	WARD_ASSERT(ward_story_end(s, 0, 0, &out) == WARD_OK);
	WARD_ASSERT(!ward_wr_bad(&out));
	check(ward_wr_text(&out));
	ward_story_free(s);
	ward_wr_fini(&out);
	free(copy);
	return 0;
}
