#include "sense/log/batch.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void blanks(struct ward_log_batch *b)
{
	while (b->at < b->bytes.len && is_blank(b->bytes.p[b->at]))
		b->at++;
}

/* Does the value end before this byte, outside of brackets and strings? */
static bool ends(const struct ward_log_batch *b, uint8_t c)
{
	return b->array ? c == ',' || c == ']' : is_blank(c);
}

/* To the end of the value that begins here; false: it has none. */
static bool skip(struct ward_log_batch *b)
{
	size_t depth = 0;
	bool text = false;

	for (; b->at < b->bytes.len; b->at++) {
		uint8_t c = b->bytes.p[b->at];

		if (text) {
			if (c == '\\' && b->at + 1 < b->bytes.len)
				b->at++;
			text = c != '"';
			continue;
		}
		if (!depth && ends(b, c))
			return true;
		text = c == '"';
		depth += c == '{' || c == '[';
		if (!depth || (c != '}' && c != ']'))
			continue;
		if (!--depth && !b->array) { /* the next one may follow at once */
			b->at++;
			return true;
		}
	}
	return !depth && !text && !b->array;
}

static enum ward_err stop(struct ward_log_batch *b, size_t at, size_t *ret_off)
{
	*ret_off = at;
	b->at = b->bytes.len;
	b->array = false;
	return WARD_ERR_MALFORMED;
}

/* Behind the array's end. */
static enum ward_err close_array(struct ward_log_batch *b, size_t *ret_off)
{
	b->at++;
	b->array = false;
	blanks(b);
	return b->at == b->bytes.len ? WARD_ERR_CLOSED : stop(b, b->at, ret_off);
}

enum ward_err ward_log_batch_next(struct ward_log_batch *b, struct ward_str *ret, size_t *ret_off)
{
	const uint8_t *p = b->bytes.p;
	bool first = !b->begun;

	blanks(b);
	if (first && b->at < b->bytes.len && p[b->at] == '[') {
		b->array = true;
		b->at++;
		blanks(b);
	}
	b->begun = true;
	if (b->at == b->bytes.len)
		return b->array ? stop(b, b->at, ret_off) : WARD_ERR_CLOSED;
	if (b->array && p[b->at] == ']' && first)
		return close_array(b, ret_off);
	if (b->array && !first) {
		if (p[b->at] == ']')
			return close_array(b, ret_off);
		b->at++; /* a comma: it ended the value before */
		blanks(b);
	}
	size_t from = b->at;

	if (!skip(b))
		return stop(b, from, ret_off);
	size_t to = b->at;

	while (to > from && is_blank(p[to - 1]))
		to--;
	*ret = (struct ward_str){(const char *)p + from, to - from};
	*ret_off = from;
	return WARD_OK;
}
