#include "sense/net/proto/fox/fox.h"

enum { HEAD_MAX = 128 };

#define BEGIN "fox "
#define SESSION "fox"
#define BODY "{\n"
#define END "\n};;\n"

static enum ward_fox_framing no(struct ward_fox *m, enum ward_fox_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return WARD_FOX_NOT;
}

/* fox, a letter for the kind, number, the number it answers or -1, channel, command */
static bool head(struct ward_str line, struct ward_fox *m)
{
	int64_t number, answers;

	if (!ward_str_starts(line, WARD_STR(BEGIN)))
		return false;
	struct ward_str rest = ward_str_sub(line, sizeof(BEGIN) - 1, line.len);
	struct ward_str kind = ward_str_cut(&rest, ' ');
	bool good = kind.len == 1 && kind.p[0] >= 'a' && kind.p[0] <= 'z' && rest.p;

	good = good && ward_str_i64(ward_str_cut(&rest, ' '), &number) && rest.p;
	good = good && ward_str_i64(ward_str_cut(&rest, ' '), &answers) && rest.p;
	if (!good)
		return false;
	m->channel = ward_str_cut(&rest, ' ');
	m->command = rest;
	return m->channel.len && m->command.len && ward_utf8_valid(ward_str_bytes(line), NULL);
}

/* key=type:value; others are not wanted. */
static void property(struct ward_str line, struct ward_fox *m)
{
	static const char *const keys[] = {
#define X(IDENT, key, field) key,
		WARD_FOX_KEY_LIST(X)
#undef X
	};
	struct ward_str value = line;
	struct ward_str key = ward_str_cut(&value, '=');

	if (value.len < 2 || value.p[0] != 's' || value.p[1] != ':')
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(keys); i++)
		if (ward_str_eqz(key, keys[i]))
			m->value[i] = ward_str_sub(value, 2, value.len);
}

/* Does what there is begin like `whole`? */
static bool agrees(struct ward_str s, struct ward_str whole)
{
	return ward_str_starts(whole, ward_str_sub(s, 0, whole.len));
}

enum ward_fox_framing ward_fox_parse(struct ward_slice bytes, struct ward_fox *m)
{
	struct ward_str all = ward_slice_text(bytes);
	size_t line = ward_str_find(ward_str_sub(all, 0, HEAD_MAX), WARD_STR("\n"));

	memset(m, 0, sizeof(*m));
	m->reason = WARD_FOX_REASON_N;
	if (!agrees(all, WARD_STR(BEGIN)))
		return no(m, WARD_FOX_HEAD, 0);
	if (line == SIZE_MAX)
		return all.len < HEAD_MAX ? WARD_FOX_MORE : no(m, WARD_FOX_HEAD, 0);
	if (!head(ward_str_sub(all, 0, line), m))
		return no(m, WARD_FOX_HEAD, 0);
	if (!ward_str_eqz(m->channel, SESSION))
		return WARD_FOX_OTHER;
	struct ward_str body = ward_str_sub(all, line + 1, WARD_FOX_MESSAGE);

	if (!agrees(body, WARD_STR(BODY)))
		return no(m, WARD_FOX_BODY, line + 1);
	size_t end = ward_str_find(body, WARD_STR(END));

	if (end == SIZE_MAX)
		return body.len < WARD_FOX_MESSAGE ? WARD_FOX_MORE : no(m, WARD_FOX_LONG, line + 1);
	m->size = line + 1 + end + sizeof(END) - 1;
	struct ward_str rest = ward_str_sub(body, 0, end);

	while (rest.p)
		property(ward_str_cut(&rest, '\n'), m);
	return WARD_FOX_WHOLE;
}
