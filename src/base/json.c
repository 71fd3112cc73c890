#include "base/json.h"

static void sep(struct ward_json *j)
{
	uint64_t bit = (uint64_t)1 << j->depth;

	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->comma & bit)
		ward_wr_ch(j->w, ',');
	j->comma |= bit;
}

static void open(struct ward_json *j, char c)
{
	sep(j);
	ward_wr_ch(j->w, c);
	WARD_ASSERT(j->depth < 63);
	j->depth++;
	j->comma &= ~((uint64_t)1 << j->depth);
}

static void close(struct ward_json *j, char c)
{
	WARD_ASSERT(j->depth > 0);
	j->depth--;
	ward_wr_ch(j->w, c);
}

void ward_json_obj(struct ward_json *j)
{
	open(j, '{');
}

void ward_json_obj_end(struct ward_json *j)
{
	close(j, '}');
}

void ward_json_arr(struct ward_json *j)
{
	open(j, '[');
}

void ward_json_arr_end(struct ward_json *j)
{
	close(j, ']');
}

static void put_control(struct ward_wr *w, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";

	switch (c) {
	case '"':
		ward_wr_z(w, "\\\"");
		return;
	case '\\':
		ward_wr_z(w, "\\\\");
		return;
	case '\n':
		ward_wr_z(w, "\\n");
		return;
	case '\r':
		ward_wr_z(w, "\\r");
		return;
	case '\t':
		ward_wr_z(w, "\\t");
		return;
	default:
		ward_wr_z(w, "\\u00");
		ward_wr_ch(w, hex[c >> 4]);
		ward_wr_ch(w, hex[c & 15]);
	}
}

static bool plain(uint8_t c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

enum { WORD = sizeof(uint64_t) };

static uint64_t each(uint8_t c)
{
	return 0x0101010101010101u * c;
}

/* The top bit of each byte that is c, and perhaps of bytes behind it. */
static uint64_t is(uint64_t word, uint8_t c)
{
	uint64_t v = word ^ each(c);

	return (v - each(1)) & ~v & each(0x80);
}

/* ASCII that stands in JSON as it is, eight bytes at a time. */
static bool all_plain(struct ward_str s)
{
	size_t i = 0;

	for (; s.len - i >= WORD; i += WORD) {
		uint64_t word;

		memcpy(&word, s.p + i, WORD);
		if ((word & each(0x80)) | ((word - each(0x20)) & ~word & each(0x80)) |
			is(word, '"') | is(word, '\\') | is(word, 0x7f))
			return false;
	}
	for (; i < s.len; i++)
		if (!plain((uint8_t)s.p[i]) || (uint8_t)s.p[i] > 0x7f)
			return false;
	return true;
}

/* Runs of plain bytes are copied whole; the rest is escaped byte by byte. */
static void put_escaped(struct ward_wr *w, struct ward_slice s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (plain(s.p[i]))
			continue;
		ward_wr_bytes(w, s.p + from, i - from);
		put_control(w, s.p[i]);
		from = i + 1;
	}
	ward_wr_bytes(w, s.p + from, s.len - from);
}

static bool put_plain(struct ward_wr *w, struct ward_str s)
{
	if (s.len > SIZE_MAX - 2 || !all_plain(s))
		return false;
	uint8_t *to = ward_wr_room(w, s.len + 2);

	if (to) {
		to[0] = to[s.len + 1] = '"';
		if (s.len)
			memcpy(to + 1, s.p, s.len);
	}
	return true;
}

static void put_text(struct ward_wr *w, struct ward_str text)
{
	struct ward_slice s = ward_str_bytes(text);
	size_t bad;

	if (put_plain(w, text))
		return;
	ward_wr_ch(w, '"');
	while (s.len && !ward_utf8_valid(s, &bad)) {
		put_escaped(w, (struct ward_slice){s.p, bad});
		ward_wr_z(w, "\xef\xbf\xbd"); /* U+FFFD */
		s.p += bad + 1;
		s.len -= bad + 1;
	}
	if (s.len)
		put_escaped(w, s);
	ward_wr_ch(w, '"');
}

void ward_json_key_str(struct ward_json *j, struct ward_str key)
{
	sep(j);
	put_text(j->w, key);
	ward_wr_ch(j->w, ':');
	j->after_key = true;
}

void ward_json_key(struct ward_json *j, const char *key)
{
	ward_json_key_str(j, ward_str_z(key));
}

void ward_json_str(struct ward_json *j, struct ward_str s)
{
	sep(j);
	put_text(j->w, s);
}

void ward_json_str_cut(struct ward_json *j, struct ward_str s, size_t max)
{
	uint8_t buf[1024];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t n = max - 3; /* bytes of the mark */

	WARD_ASSERT(max >= 3 && max <= sizeof(buf));
	if (s.len <= max) {
		ward_json_str(j, s);
		return;
	}
	while (n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	ward_wr_bytes(&w, s.p, n);
	ward_wr_z(&w, "…");
	ward_json_str(j, ward_wr_text(&w));
}

void ward_json_z(struct ward_json *j, const char *s)
{
	ward_json_str(j, ward_str_z(s));
}

void ward_json_u64(struct ward_json *j, uint64_t v)
{
	sep(j);
	ward_wr_u64(j->w, v);
}

void ward_json_i64(struct ward_json *j, int64_t v)
{
	sep(j);
	ward_wr_i64(j->w, v);
}

void ward_json_bool(struct ward_json *j, bool v)
{
	sep(j);
	ward_wr_z(j->w, v ? "true" : "false");
}

void ward_json_null(struct ward_json *j)
{
	sep(j);
	ward_wr_z(j->w, "null");
}

void ward_json_time(struct ward_json *j, ward_ns t)
{
	sep(j);
	ward_wr_ch(j->w, '"');
	ward_time_write(j->w, t);
	ward_wr_ch(j->w, '"');
}

void ward_json_raw(struct ward_json *j, struct ward_str s)
{
	sep(j);
	ward_wr_str(j->w, s);
}

void ward_json_micro(struct ward_json *j, int64_t millionths)
{
	uint64_t v = millionths < 0 ? 0 - (uint64_t)millionths : (uint64_t)millionths;
	uint64_t part = v % 1000000, scale = 100000;

	sep(j);
	if (millionths < 0)
		ward_wr_ch(j->w, '-');
	ward_wr_u64(j->w, v / 1000000);
	if (!part)
		return;
	ward_wr_ch(j->w, '.');
	for (; part; part %= scale, scale /= 10)
		ward_wr_ch(j->w, (char)('0' + part / scale));
}

void ward_json_put_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str(j, s);
}

void ward_json_put_z(struct ward_json *j, const char *key, const char *s)
{
	ward_json_key(j, key);
	ward_json_z(j, s);
}

void ward_json_put_u64(struct ward_json *j, const char *key, uint64_t v)
{
	ward_json_key(j, key);
	ward_json_u64(j, v);
}

void ward_json_put_i64(struct ward_json *j, const char *key, int64_t v)
{
	ward_json_key(j, key);
	ward_json_i64(j, v);
}

void ward_json_put_bool(struct ward_json *j, const char *key, bool v)
{
	ward_json_key(j, key);
	ward_json_bool(j, v);
}

void ward_json_put_micro(struct ward_json *j, const char *key, int64_t millionths)
{
	ward_json_key(j, key);
	ward_json_micro(j, millionths);
}

void ward_json_put_time(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	ward_json_time(j, t);
}

void ward_json_put_time_or_null(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		ward_json_put_null(j, key);
	else
		ward_json_put_time(j, key, t);
}

void ward_json_put_null(struct ward_json *j, const char *key)
{
	ward_json_key(j, key);
	ward_json_null(j);
}

void ward_json_put_id(struct ward_json *j, const char *key, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_put_z(j, key, text);
}
