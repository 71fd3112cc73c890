#include "props_base.h"

#include "base/diag.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"

static bool varint(struct ward_rd *r)
{
	uint8_t buf[10];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	uint64_t v = prop_u64(r);

	ward_wr_varint(&w, v);
	struct ward_rd back = ward_rd_from(buf, w.len);

	if (ward_wr_bad(&w) || ward_rd_varint(&back) != v || back.bad || ward_rd_left(&back))
		return false;
	for (size_t len = 0; len < w.len; len++) { /* each prefix is bad */
		back = ward_rd_from(buf, len);
		(void)ward_rd_varint(&back);
		if (!back.bad)
			return false;
	}
	return true;
}

/* What is written as one kind after another is read back as it was, and not one byte further. */
static bool wire(struct ward_rd *r)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	uint8_t kind[32];
	uint64_t v[32];
	size_t n = prop_below(r, WARD_ARRAY_LEN(kind));
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		kind[i] = (uint8_t)prop_below(r, 4);
		v[i] = prop_u64(r);
		if (kind[i] == 0)
			ward_wr_be32(&w, (uint32_t)v[i]);
		else if (kind[i] == 1)
			ward_wr_le64(&w, v[i]);
		else if (kind[i] == 2)
			ward_wr_le16(&w, (uint16_t)v[i]);
		else
			ward_wr_lv(&w, ward_slice_of(&v[i], v[i] % 8));
	}
	struct ward_rd in = ward_rd_slice(ward_wr_slice(&w));

	for (size_t i = 0; i < n && ok; i++) {
		if (kind[i] == 0) {
			ok = ward_rd_be32(&in) == (uint32_t)v[i];
		} else if (kind[i] == 1) {
			ok = ward_rd_le64(&in) == v[i];
		} else if (kind[i] == 2) {
			ok = ward_rd_le16(&in) == (uint16_t)v[i];
		} else {
			struct ward_slice s = ward_rd_lv(&in, 8);

			ok = s.len == v[i] % 8 && memcmp(s.p, &v[i], s.len) == 0;
		}
	}
	ok = ok && !in.bad && ward_rd_left(&in) == 0;
	ward_wr_fini(&w);
	return ok;
}

/* The same place as memmem finds, in blocks of exact size. Few letters, so that much nearly fits;
 * half of the needles are parts of the text. */
static bool find(struct ward_rd *r)
{
	struct ward_slice raw = prop_bytes(r, 200);
	size_t from = prop_below(r, raw.len + 1), n = prop_below(r, 40);
	bool part = prop_below(r, 2) == 0 && from + n <= raw.len;
	uint8_t *text = malloc(raw.len ? raw.len : 1), *needle = malloc(n ? n : 1);

	if (!text || !needle)
		abort();
	for (size_t i = 0; i < raw.len; i++)
		text[i] = raw.p[i] % 3 ? 'a' : 'b';
	for (size_t i = 0; i < n; i++)
		needle[i] = part ? text[from + i] : prop_below(r, 3) ? 'a' : 'b';
	const uint8_t *hit = memmem(text, raw.len, needle, n);
	size_t at = ward_str_find(ward_slice_text(ward_slice_of(text, raw.len)),
		ward_slice_text(ward_slice_of(needle, n)));
	bool ok = at == (hit ? (size_t)(hit - text) : SIZE_MAX);

	free(text);
	free(needle);
	return ok;
}

static bool numbers(struct ward_rd *r)
{
	char buf[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	uint64_t u = prop_u64(r), u_back;
	int64_t i = (int64_t)u, i_back;

	ward_wr_u64(&w, u);
	if (!ward_str_u64(ward_wr_text(&w), &u_back) || u_back != u)
		return false;
	ward_wr_reset(&w);
	ward_wr_i64(&w, i);
	return ward_str_i64(ward_wr_text(&w), &i_back) && i_back == i;
}

static bool time_text(struct ward_rd *r)
{
	char buf[40];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	ward_ns t = (ward_ns)prop_u64(r), back = 0;
	int y, m, d;
	int64_t s;

	if (prop_below(r, 2))
		t = t < 0 ? t : -t;
	if (t < -9223286400 * WARD_NS_PER_S) /* 1677-09-22: earlier does not fit whole days */
		t = 0;
	ward_time_split(t, &y, &m, &d, &s);
	if (ward_time_civil(y, m, d, s, 0, &back) || back > t || t - back >= WARD_NS_PER_S)
		return false;
	ward_time_write(&w, t);
	return !ward_wr_bad(&w) && ward_time_parse(ward_wr_text(&w), &back) == WARD_OK && back == t;
}

/* Digits and marks thrown at places of a valid time: what is accepted is written and read again as
 * the same instant. */
static bool time_any(struct ward_rd *r)
{
	static const char marks[] = "0123456789-+:TZtz ., ";
	char text[] = "2026-11-23T23:17:06.000000001+01:00", buf[40];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t len = 19 + prop_below(r, sizeof(text) - 19);
	ward_ns t, back;

	for (size_t n = prop_below(r, 4); n > 0; n--)
		text[prop_below(r, len)] = marks[prop_below(r, sizeof(marks) - 1)];
	if (ward_time_parse((struct ward_str){text, len}, &t))
		return true;
	ward_time_write(&w, t);
	return ward_time_parse(ward_wr_text(&w), &back) == WARD_OK && back == t;
}

/* A second reader of UTF-8: by code point ranges (RFC 3629 section 3), not by bytes. */
static size_t naive_utf8(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80       ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;
	uint32_t cp = n == 1 ? p[0] : n == 0 ? 0 : p[0] & (0x7fu >> n);

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	return cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) ? 0 : n;
}

static bool utf8(struct ward_rd *r)
{
	static const uint8_t seeds[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0x9f,
		0xed, 0xef, 0xf0, 0x90, 0x8f, 0xf4, 0xf5, 0xff, 'a', 'b'};
	uint8_t buf[64];
	size_t len = prop_below(r, sizeof(buf) + 1), off = SIZE_MAX, i = 0, n = 1;

	for (size_t k = 0; k < len; k++)
		buf[k] = seeds[prop_below(r, sizeof(seeds))];
	while (i < len && (n = naive_utf8(buf + i, len - i)) != 0)
		i += n;
	bool ok = ward_utf8_valid(ward_slice_of(buf, len), &off);

	return ok == (i == len) && (ok ? off == SIZE_MAX : off == i);
}

/* Undoes the escapes of a JSON text; false when it is none. */
static bool json_undo(struct ward_str s, struct ward_wr *w)
{
	static const char from[] = "\"\\nrt", to[] = "\"\\\n\r\t";

	if (s.len < 2 || s.p[0] != '"' || s.p[s.len - 1] != '"')
		return false;
	for (size_t i = 1; i < s.len - 1; i++) {
		const char *at;
		uint8_t byte[2];

		if ((uint8_t)s.p[i] < 0x20 || s.p[i] == '"')
			return false;
		if (s.p[i] != '\\') {
			ward_wr_ch(w, s.p[i]);
			continue;
		}
		if (++i >= s.len - 1)
			return false;
		if (s.p[i] == 'u') {
			if (!ward_str_unhex(ward_str_sub(s, i + 1, 4), byte, 2) || byte[0])
				return false;
			ward_wr_u8(w, byte[1]);
			i += 4;
		} else if ((at = memchr(from, s.p[i], sizeof(from) - 1)) != NULL) {
			ward_wr_ch(w, to[at - from]);
		} else {
			return false;
		}
	}
	return true;
}

static bool json_text(struct ward_rd *r)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 14);
	struct ward_wr undone = ward_wr_grow(ward_mem_heap(), 1 << 14);
	struct ward_json j = ward_json_on(&w);
	struct ward_str s = prop_text(r, 512);

	ward_json_str(&j, s);
	bool ok = !ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL) &&
		  json_undo(ward_wr_text(&w), &undone);

	if (ok && ward_utf8_valid(ward_str_bytes(s), NULL))
		ok = ward_str_eq(ward_wr_text(&undone), s);
	ward_wr_fini(&w);
	ward_wr_fini(&undone);
	return ok;
}

static bool json_micro(struct ward_rd *r)
{
	char buf[40], whole[40];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf)),
		       digits = ward_wr_fixed(whole, sizeof(whole));
	struct ward_json j = ward_json_on(&w);
	int64_t v = (int64_t)prop_u64(r), back;

	ward_json_micro(&j, v);
	struct ward_str s = ward_wr_text(&w), part = s;

	ward_wr_str(&digits, ward_str_cut(&part, '.'));
	if (part.p && (part.len == 0 || part.len > 6 || part.p[part.len - 1] == '0'))
		return false;
	ward_wr_str(&digits, part);
	for (size_t i = part.len; i < 6; i++)
		ward_wr_ch(&digits, '0');
	return ward_str_i64(ward_wr_text(&digits), &back) && back == v;
}

static bool intern(struct ward_rd *r)
{
	struct ward_intern t;
	struct ward_str seen[64];
	size_t n = 0, max = 1 + prop_below(r, WARD_ARRAY_LEN(seen));
	bool ok = true;

	ward_intern_init(&t, ward_mem_heap(), max, 1 << 16);
	while (ok && ward_rd_left(r)) {
		struct ward_str s = prop_text(r, 3);
		uint32_t id = 12345, at = 0;

		while (at < n && !ward_str_eq(seen[at], s))
			at++;
		ok = ward_intern_find(&t, s) == (at < n ? at : WARD_NONE);
		enum ward_err err = ward_intern_put(&t, s, &id);

		if (at == n && n == max) {
			ok = ok && err == WARD_ERR_LIMIT && id == 12345;
			continue;
		}
		if (at == n)
			seen[n++] = s;
		ok = ok && err == WARD_OK && id == at && t.n == n &&
		     ward_str_eq(ward_intern_at(&t, id), s);
	}
	for (uint32_t i = 0; ok && i < n; i++)
		ok = ward_intern_find(&t, seen[i]) == i;
	ward_intern_fini(&t);
	return ok;
}

struct naive_tab {
	bool has[256];
	uint16_t val[256];
	size_t n;
};

static bool tab_step(struct ward_tab *t, struct naive_tab *m, struct ward_rd *r, size_t max)
{
	uint8_t op = ward_rd_u8(r), k = (uint8_t)prop_below(r, 24);
	uint8_t key[3] = {k, 0, 7};
	void *val = NULL;
	bool is_new = false;

	if (op % 3 == 0) {
		bool had = ward_tab_del(t, key);

		if (had != m->has[k])
			return false;
		m->n -= had;
		m->has[k] = false;
	} else {
		enum ward_err err = ward_tab_put(t, key, &val, &is_new);

		if (!m->has[k] && m->n == max)
			return err == WARD_ERR_LIMIT && !val;
		if (err || !val || is_new == m->has[k])
			return false;
		uint16_t was, now = (uint16_t)(op * 257);

		memcpy(&was, val, 2);
		if (was != (is_new ? 0 : m->val[k]))
			return false;
		memcpy(val, &now, 2);
		m->n += is_new;
		m->has[k] = true;
		m->val[k] = now;
	}
	return t->n == m->n;
}

static bool tab(struct ward_rd *r)
{
	struct naive_tab m = {.n = 0};
	struct ward_tab t;
	size_t max = 1 + prop_below(r, 32), at = 0, n = 0;
	const void *key;
	void *val;
	bool ok = true;

	ward_tab_init(&t, ward_mem_heap(), 3, 2, max);
	while (ok && ward_rd_left(r))
		ok = tab_step(&t, &m, r, max);
	for (uint8_t k = 0; ok && k < 24; k++) {
		val = ward_tab_find(&t, (uint8_t[]){k, 0, 7});
		ok = (val != NULL) == m.has[k] && (!val || memcmp(val, &m.val[k], 2) == 0);
	}
	while (ok && ward_tab_next(&t, &at, &key, &val)) {
		uint8_t k = *(const uint8_t *)key;

		ok = m.has[k] && memcmp(val, &m.val[k], 2) == 0;
		m.has[k] = false;
		n++;
	}
	ward_tab_fini(&t);
	return ok && n == m.n;
}

/* Blocks of an arena are aligned, zeroed, and never share a byte. */
static bool arena(struct ward_rd *r)
{
	struct ward_arena a;
	uint8_t *block[64];
	size_t len[64], n = 0;
	bool ok = true;

	ward_arena_init(&a, ward_mem_heap(), 256 * 1024);
	while (ok && n < 64 && ward_rd_left(r)) {
		len[n] = prop_below(r, prop_below(r, 8) ? 200 : 40000);
		block[n] = ward_arena_alloc(&a, len[n]);
		if (!block[n])
			break;
		ok = (uintptr_t)block[n] % 16 == 0;
		for (size_t i = 0; i < len[n]; i++) {
			ok = ok && block[n][i] == 0;
			block[n][i] = (uint8_t)n;
		}
		n++;
	}
	for (size_t b = 0; ok && b < n; b++)
		for (size_t i = 0; i < len[b]; i++)
			ok = ok && block[b][i] == (uint8_t)b;
	ok = ok && a.used_bytes <= a.max_bytes;
	ward_arena_fini(&a);
	return ok;
}

/* Trim, cut and find against the plainest way to say them. */
static bool text(struct ward_rd *r)
{
	struct ward_str s = prop_text(r, 48), needle = prop_text(r, 2), rest = s;
	size_t off = ward_str_find(s, needle), at = 0, n = 0, seps = 0;
	char joined[64];
	struct ward_wr w = ward_wr_fixed(joined, sizeof(joined));

	while (at + needle.len <= s.len &&
		(needle.len && memcmp(s.p + at, needle.p, needle.len) != 0))
		at++;
	if (off != (at + needle.len <= s.len ? at : SIZE_MAX))
		return false;
	char sep = s.len ? s.p[s.len / 2] : ',';

	for (size_t i = 0; i < s.len; i++)
		seps += s.p[i] == sep;
	for (; n == 0 || rest.p; n++) {
		if (n)
			ward_wr_ch(&w, sep);
		ward_wr_str(&w, ward_str_cut(&rest, sep));
	}
	struct ward_str t = ward_str_trim(s);

	return n == seps + 1 && ward_str_eq(ward_wr_text(&w), s) &&
	       ward_str_eq(ward_str_trim(t), t) && (t.len == 0 || ward_str_find(s, t) <= s.len);
}

static bool ids(struct ward_rd *r)
{
	char text_of[WARD_ID_TEXT];
	struct ward_id id, back;
	struct ward_slice s = prop_bytes(r, sizeof(id.b));

	memset(&id, 0, sizeof(id));
	if (s.len)
		memcpy(id.b, s.p, s.len);
	ward_id_text(id, text_of);
	return strlen(text_of) == 36 && ward_id_parse(ward_str_z(text_of), &back) &&
	       ward_id_eq(id, back);
}

/* The order of arrival of findings does not show. */
static bool findings(struct ward_rd *r)
{
	struct ward_diag a, b;
	struct ward_wr wa = ward_wr_grow(ward_mem_heap(), 1 << 16), wb = wa;
	size_t n = prop_below(r, 12);
	uint64_t pick[12];

	ward_diag_init(&a, ward_mem_heap());
	ward_diag_init(&b, ward_mem_heap());
	for (size_t i = 0; i < n; i++)
		pick[i] = prop_below(r, 256);
	for (size_t i = 0; i < n; i++) {
		uint64_t x = pick[i], y = pick[n - 1 - i];

		ward_diag_addf(&a, (enum ward_diag_level)(x % 3),
			x & 4 ? WARD_STR("a") : WARD_STR("b"), (uint32_t)(x >> 3 & 3),
			"what %u\nmend %u", (unsigned)(x >> 5 & 3), (unsigned)(x >> 7));
		ward_diag_addf(&b, (enum ward_diag_level)(y % 3),
			y & 4 ? WARD_STR("a") : WARD_STR("b"), (uint32_t)(y >> 3 & 3),
			"what %u\nmend %u", (unsigned)(y >> 5 & 3), (unsigned)(y >> 7));
	}
	ward_diag_sort(&a);
	ward_diag_sort(&b);
	ward_diag_write_text(&a, &wa);
	ward_diag_write_json(&a, &wa);
	ward_diag_write_text(&b, &wb);
	ward_diag_write_json(&b, &wb);
	bool ok = ward_str_eq(ward_wr_text(&wa), ward_wr_text(&wb));

	ward_wr_fini(&wa);
	ward_wr_fini(&wb);
	ward_diag_fini(&a);
	ward_diag_fini(&b);
	return ok;
}

const struct prop *props_base(size_t *ret_n)
{
	static const struct prop props[] = {
		{"varint", varint},
		{"wire", wire},
		{"numbers", numbers},
		{"time_text", time_text},
		{"time_any", time_any},
		{"utf8", utf8},
		{"json_text", json_text},
		{"json_micro", json_micro},
		{"intern", intern},
		{"tab", tab},
		{"arena", arena},
		{"text", text},
		{"find", find},
		{"ids", ids},
		{"findings", findings},
	};

	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
