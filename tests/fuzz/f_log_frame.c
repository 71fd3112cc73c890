#include "fuzz.h"

#include "sense/log/frame.h"

/* The first byte picks the mode and how many bytes come at a time. Whatever comes: each call uses
 * bytes, gives a record or asks for more; records lie within what was shown; nothing is held that
 * is longer than the limit. */
enum { MAX = 64, CAP = 2 * MAX + WARD_FRAME_SLACK };

struct stream {
	const uint8_t *p;
	size_t len, at, step;
	uint8_t buf[CAP];
	size_t to;
	bool end;
};

static void fill(struct stream *s)
{
	size_t n = s->len - s->at;

	WARD_ASSERT(s->to < CAP);
	n = n < s->step ? n : s->step;
	n = n < CAP - s->to ? n : CAP - s->to;
	memcpy(s->buf + s->to, s->p + s->at, n);
	s->at += n;
	s->to += n;
	s->end = n == 0;
}

static void forget(struct stream *s, size_t n)
{
	WARD_ASSERT(n <= s->to);
	memmove(s->buf, s->buf + n, s->to - n);
	s->to -= n;
}

static void run(struct stream *s, struct ward_framer *f, bool bad)
{
	struct ward_frame frame;

	for (;;) {
		uint8_t *shown = fuzz_copy(s->buf, s->to); /* exactly what it may look at */
		struct ward_slice bytes = {shown, s->to};
		enum ward_err err = ward_framer_next(f, bytes, s->end, &frame);

		if (err == WARD_OK) {
			WARD_ASSERT(frame.off + frame.text.len <= s->to && frame.used > 0);
			if (bad && ward_framer_bad(f, bytes, true, &frame))
				frame.used = 0;
			else
				WARD_ASSERT(frame.used > 0);
		}
		free(shown);
		forget(s, frame.used);
		if (err == WARD_OK || (frame.used && s->to))
			continue;
		if (s->end)
			break;
		fill(s);
	}
	WARD_ASSERT(s->at == s->len && s->to == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	struct ward_framer f = ward_framer_on((enum ward_frame_mode)(data[0] % 3), MAX);
	struct stream s = {.p = data + 1, .len = len - 1, .step = 1 + data[0] / 6};

	run(&s, &f, data[0] / 3 % 2);
	return 0;
}
