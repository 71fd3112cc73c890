#include "exchange/span.h"

#include <string.h>

static size_t blank(struct ward_str s, size_t i)
{
	while (i < s.len && strchr(" \t\r\n", s.p[i]))
		i++;
	return i;
}

/* Behind the string that begins at i. */
static size_t string_end(struct ward_str s, size_t i)
{
	for (i++; i < s.len && s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i < s.len ? i + 1 : s.len;
}

/* Behind the value that begins at i. */
static size_t value_end(struct ward_str s, size_t i)
{
	size_t depth = 0;

	while (i < s.len) {
		char c = s.p[i];

		if (c == '"')
			i = string_end(s, i);
		else if (c == '{' || c == '[')
			depth++, i++;
		else if ((c == '}' || c == ']') && depth)
			depth--, i++;
		else if (!depth && strchr(",}] \t\r\n", c))
			break;
		else
			i++;
		if (!depth && strchr("\"}]", c))
			break;
	}
	return i;
}

struct ward_str ward_span_member(struct ward_str object, const char *key)
{
	size_t len = strlen(key), i = blank(object, 0) + 1;

	for (;;) {
		i = blank(object, i);
		if (i >= object.len || object.p[i] != '"')
			return WARD_STR("");
		size_t from = i + 1, to = string_end(object, i) - 1;

		i = blank(object, blank(object, to + 1) + 1); /* behind the colon */
		size_t end = value_end(object, i);

		if (to - from == len && memcmp(object.p + from, key, len) == 0) {
			bool text = i < object.len && object.p[i] == '"' && end > i + 1;

			return ward_str_sub(object, i + text, end - i - 2 * (size_t)text);
		}
		i = blank(object, end) + 1; /* behind the comma */
	}
}

struct ward_str ward_span_next(struct ward_str *rest)
{
	size_t i = 0;

	while (i < rest->len && rest->p[i] != '{') {
		if (rest->p[i] == ']' || rest->p[i] == '"') {
			*rest = WARD_STR("");
			break;
		}
		i++;
	}
	if (i >= rest->len)
		return WARD_STR("");
	size_t end = value_end(*rest, i);
	struct ward_str object = ward_str_sub(*rest, i, end - i);

	*rest = ward_str_sub(*rest, end, SIZE_MAX);
	return object;
}
