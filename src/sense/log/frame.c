#include "sense/log/frame.h"

#include "base/scan.h"
#include "sense/log/wrap.h"

/* Deeper than any event may nest: such a value is cut at its line instead of searched for its end.
 */
enum { DEPTH_MAX = 64, COUNT_DIGITS = 7 };

struct ward_framer ward_framer_on(enum ward_frame_mode mode, size_t max)
{
	WARD_ASSERT(max > 0);
	return (struct ward_framer){.mode = mode, .max = max};
}

/* Nothing before `start` is needed again, nothing before `at` has to be looked at again. */
static enum ward_err more(struct ward_framer *f, size_t start, size_t at, struct ward_frame *ret)
{
	f->at = at - start;
	f->start = 0;
	ret->used = start;
	return WARD_ERR_MORE;
}

static enum ward_err give(
	struct ward_framer *f, struct ward_slice s, size_t off, size_t end, struct ward_frame *ret)
{
	f->at = 0;
	f->begun = f->text = f->escape = false;
	f->depth = 0;
	ret->off = off;
	ret->text = (struct ward_str){(const char *)s.p + off, end - off};
	return WARD_OK;
}

static enum ward_err too_long(struct ward_framer *f, struct ward_slice s, struct ward_frame *ret)
{
	bool again = f->skip;

	f->skip = true;
	ret->used = s.len;
	if (again) { /* reported before */
		f->at = 0;
		return WARD_ERR_MORE;
	}
	ret->fault = WARD_FRAME_TOO_LONG;
	return give(f, s, 0, f->max < s.len ? f->max : s.len, ret);
}

/* A line from off on. */
static enum ward_err line(
	struct ward_framer *f, struct ward_slice s, size_t off, bool end, struct ward_frame *ret)
{
	size_t from = f->at > off ? f->at : off, stop = s.len;
	const uint8_t *lf = from < s.len ? memchr(s.p + from, '\n', s.len - from) : NULL;

	if (!lf && !end) {
		if (s.len - off > f->max + 1)
			return too_long(f, s, ret);
		return more(f, off, s.len, ret);
	}
	if (lf)
		stop = (size_t)(lf - s.p);
	ret->used = stop + (lf != NULL);
	if (f->skip) {
		f->skip = f->begun = f->text = f->escape = false;
		f->depth = 0;
		f->at = 0;
		return WARD_ERR_MORE;
	}
	if (stop > off && s.p[stop - 1] == '\r')
		stop--;
	if (stop - off > f->max) {
		ret->fault = WARD_FRAME_TOO_LONG;
		stop = off + f->max;
	}
	return give(f, s, off, stop, ret);
}

/* MSG-LEN SP SYSLOG-MSG. A line of text may begin with a number too, so the message's own "<" has
 * to follow. */
static enum ward_err counted(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	size_t n = 0, i = 0;

	for (; i < s.len && i < COUNT_DIGITS && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = n * 10 + (size_t)(s.p[i] - '0');
	if (s.len - i < 2 && !end)
		return more(f, 0, 0, ret);
	if (s.len - i < 2 || s.p[i] != ' ' || s.p[i + 1] != '<')
		return line(f, s, 0, end, ret);
	i++;
	/* No way to tell where the next one begins: on to the next line. */
	if (n > f->max)
		return too_long(f, s, ret);
	if (s.len - i < n) {
		if (!end)
			return more(f, 0, 0, ret);
		ret->fault = WARD_FRAME_COUNT;
		n = s.len - i;
	}
	ret->used = i + n;
	/* Some senders count and end the line as well. */
	if (ret->used < s.len && s.p[ret->used] == '\n')
		ret->used++;
	return give(f, s, i, i + n, ret);
}

/* Blanks and the punctuation of a top-level array before a value. */
static size_t between(struct ward_framer *f, struct ward_slice s)
{
	size_t off = 0;

	for (; off < s.len; off++) {
		uint8_t c = s.p[off];

		if (c == '[' && !f->array)
			f->array = true;
		else if (c == ']' && f->array && f->wrap) {
			f->array = false;
			f->tail = true;
			f->depth = f->wrap;
			return off + 1;
		} else if (c == ']' && f->array)
			f->array = false;
		else if (!(c == ' ' || c == '\t' || c == '\n' || c == '\r') &&
			 !(c == ',' && f->array))
			break;
	}
	return off;
}

static void leave(struct ward_framer *f)
{
	f->wrap = f->depth = 0;
	f->array = f->source = f->tail = f->beside = f->text = f->escape = false;
}

/* True when the value that began at f->start ends behind s.p[*at]. */
static bool value_byte(struct ward_framer *f, uint8_t c)
{
	if (f->escape)
		f->escape = false;
	else if (f->text && c == '\\')
		f->escape = true;
	else if (c == '"')
		f->text = !f->text;
	else if (!f->text && (c == '{' || c == '['))
		f->depth++;
	else if (!f->text && (c == '}' || c == ']'))
		return --f->depth == 0;
	return false;
}

/* Behind the records of an export: to its last brace, whose text is not kept. No string holds a
 * line end, and a line that begins with a value begins anew: then the export was broken. */
static enum ward_err tail(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	for (size_t i = 0; i < s.len; i++) {
		bool line = s.p[i] == '\n';

		if (line && !f->text && i + 1 == s.len && !end)
			return more(f, i, i, ret);
		if (line && (f->text || (i + 1 < s.len && s.p[i + 1] == '{'))) {
			leave(f);
			ret->used = i + 1;
			ret->fault = WARD_FRAME_OPEN;
			return give(f, s, i, i, ret);
		}
		f->beside |= s.p[i] == '"';
		if (!value_byte(f, s.p[i]))
			continue;
		ret->used = i + 1;
		if (f->beside)
			ret->fault = WARD_FRAME_BESIDE;
		bool told = f->beside;

		leave(f);
		f->at = 0;
		return told ? give(f, s, i, i, ret) : WARD_ERR_MORE;
	}
	ret->used = s.len;
	f->at = 0;
	return WARD_ERR_MORE;
}

/* Is an export's beginning at f->start? Its records are then read as an array's elements. */
static enum ward_wrap_is enter(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	struct ward_str at = {(const char *)s.p + f->start, s.len - f->start};
	struct ward_wrap w;
	/* More than the longest record is never shown. */
	enum ward_wrap_is is = ward_wrap_begin(at, end || at.len > f->max, &w);

	if (is == WARD_WRAP_MORE)
		(void)more(f, f->start, f->start, ret);
	if (is != WARD_WRAP_YES)
		return is;
	f->array = true;
	f->wrap = w.depth;
	f->source = w.source;
	f->at = 0;
	ret->used = f->start + w.len;
	return is;
}

/* Searches the end of a value byte by byte. */
static enum ward_err search(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	size_t i = f->at > f->start ? f->at : f->start;
	bool high = false; /* not asked for */

	for (; i < s.len; i++) {
		if (f->text && !f->escape)
			i = ward_scan_text(s.p, i, s.len, &high);
		if (i == s.len)
			break;
		/* No string holds a line end, and nothing nests so deep: a broken line. */
		if ((f->text && s.p[i] == '\n') || f->depth > DEPTH_MAX) {
			f->at = 0;
			return line(f, s, f->start, end, ret);
		}
		/* While skipping, a line that begins with a value is a new start. */
		if (f->skip && s.p[i] == '{' && i > f->start && s.p[i - 1] == '\n') {
			f->skip = f->begun = false;
			f->depth = 0;
			f->at = 0;
			ret->used = i;
			return WARD_ERR_MORE;
		}
		if (value_byte(f, s.p[i])) {
			ret->used = i + 1;
			if (!f->skip)
				return give(f, s, f->start, i + 1, ret);
			f->skip = f->begun = false;
			f->at = 0;
			return WARD_ERR_MORE;
		}
	}
	if (end) {
		bool skip = f->skip;

		ret->used = s.len;
		f->skip = false;
		(void)give(f, s, f->start, s.len, ret);
		return skip ? WARD_ERR_MORE : WARD_OK;
	}
	if (s.len - f->start <= f->max && !f->skip)
		return more(f, f->start, s.len, ret);
	/* Too long: forget what was seen, stay inside the value. */
	bool text = f->text, escape = f->escape;
	unsigned depth = f->depth;
	enum ward_err err = too_long(f, s, ret);

	f->begun = true;
	f->start = f->at = 0;
	f->text = text;
	f->escape = escape;
	f->depth = depth;
	return err;
}

/* One value per line is the rule: a line from '{' to '}' is taken on trust. */
static enum ward_err trusted(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	const uint8_t *lf = memchr(s.p + f->start, '\n', s.len - f->start);
	size_t stop = lf ? (size_t)(lf - s.p) : s.len, last = stop;

	if ((!lf && !end) || stop - f->start > f->max)
		return WARD_ERR_MORE;
	while (last > f->start && (s.p[last - 1] == '\r' || s.p[last - 1] == ' '))
		last--;
	if (last == f->start || s.p[last - 1] != '}')
		return WARD_ERR_MORE;
	ret->used = stop;
	f->whole = true;
	return give(f, s, f->start, last, ret);
}

/* Of an export's element the record in it. */
static enum ward_err unwrapped(struct ward_framer *f, enum ward_err err, struct ward_frame *ret)
{
	struct ward_str inner;

	if (err || !f->source || ret->fault != WARD_FRAME_GOOD)
		return err;
	if (!ward_wrap_source(ret->text, &inner)) {
		ret->fault = WARD_FRAME_WHOLE;
		return err;
	}
	ret->off += (size_t)(inner.p - ret->text.p);
	ret->text = inner;
	return err;
}

static enum ward_err json(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	if (f->tail)
		return tail(f, s, end, ret);
	if (f->skip && !f->begun)
		return line(f, s, 0, end, ret);
	if (!f->begun) {
		f->start = between(f, s);
		if (f->start == s.len || f->tail) {
			ret->used = f->start;
			f->at = 0;
			return WARD_ERR_MORE;
		}
		if (s.p[f->start] != '{') {
			if (f->wrap)
				leave(f);
			return line(f, s, f->start, end, ret);
		}
		f->at = f->start;
		if (!f->array && enter(f, s, end, ret) != WARD_WRAP_NO)
			return WARD_ERR_MORE;
		if (!f->array && !f->distrust && trusted(f, s, end, ret) == WARD_OK)
			return WARD_OK;
		f->begun = true;
		f->distrust = false;
	}
	return unwrapped(f, search(f, s, end, ret), ret);
}

enum ward_err ward_framer_next(
	struct ward_framer *f, struct ward_slice s, bool end, struct ward_frame *ret)
{
	*ret = (struct ward_frame){.fault = WARD_FRAME_GOOD};
	f->whole = false;
	if (s.len == 0)
		return WARD_ERR_MORE;
	if (f->mode == WARD_FRAME_JSON)
		return json(f, s, end, ret);
	if (f->mode == WARD_FRAME_SYSLOG && !f->skip && s.p[0] >= '1' && s.p[0] <= '9')
		return counted(f, s, end, ret);
	return line(f, s, 0, end, ret);
}

bool ward_framer_bad(
	struct ward_framer *f, struct ward_slice s, bool unfinished, struct ward_frame *frame)
{
	if (f->mode != WARD_FRAME_JSON)
		return false;
	if (f->whole && unfinished) {
		f->distrust = true;
		return true;
	}
	for (size_t i = frame->off + 1; i + 1 < frame->used; i++) {
		const uint8_t *lf = memchr(s.p + i, '\n', frame->used - 1 - i);

		if (!lf)
			break;
		i = (size_t)(lf - s.p);
		if (s.p[i + 1] == '{') {
			frame->used = i + 1;
			break;
		}
	}
	return false;
}
