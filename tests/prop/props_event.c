#include "props_event.h"

#include "base/scan.h"
#include "event/json.h"

struct house {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_json_reader reader;
	struct ward_wr a, b;
};

static void house_init(struct house *h)
{
	const struct ward_mem *mem = ward_mem_heap();

	ward_limits_default(&h->lim);
	WARD_ASSERT(ward_names_init(&h->names, mem, &h->lim) == WARD_OK);
	ward_arena_init(&h->arena, mem, 1 << 24);
	WARD_ASSERT(ward_json_reader_init(&h->reader, &h->names, mem, &h->lim) == WARD_OK);
	h->a = ward_wr_grow(mem, 1 << 24);
	h->b = ward_wr_grow(mem, 1 << 24);
}

static bool house_fini(struct house *h, bool ok)
{
	ward_wr_fini(&h->a);
	ward_wr_fini(&h->b);
	ward_json_reader_fini(&h->reader);
	ward_names_fini(&h->names);
	ward_arena_fini(&h->arena);
	return ok;
}

/* Text of valid UTF-8 with control characters and all lengths of characters. */
static struct ward_str some_text(struct house *h, struct ward_rd *r)
{
	static const char *const bit[] = {"a", "\"", "\\", "\n", "\x01", "\x7f", "\xc3\xa9",
		"\xe2\x82\xac", "\xf0\x9f\x98\x80", "0123456789abcdef", "."};
	uint8_t buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	for (uint64_t n = prop_below(r, 12); n > 0; n--)
		ward_wr_z(&w, bit[prop_below(r, WARD_ARRAY_LEN(bit))]);
	return ward_arena_str(&h->arena, ward_wr_text(&w));
}

static struct ward_value some_scalar(struct house *h, struct ward_rd *r)
{
	static const char *const num[] = {
		"-0", "1.50", "1e5", "-2E-7", "9223372036854775808", "0.0"};

	switch (prop_below(r, 5)) {
	case 0:
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	case 1:
		return ward_value_bool(prop_below(r, 2));
	case 2:
		return ward_value_int((int64_t)prop_u64(r));
	case 3:
		return (struct ward_value){.kind = WARD_VALUE_NUM,
			.s = ward_str_z(num[prop_below(r, WARD_ARRAY_LEN(num))])};
	default:
		return ward_value_str(some_text(h, r));
	}
}

static struct ward_value some_value(struct house *h, struct ward_rd *r)
{
	if (prop_below(r, 4))
		return some_scalar(h, r);
	uint32_t n = (uint32_t)prop_below(r, 5);
	struct ward_value *item = ward_arena_array(&h->arena, n, sizeof(*item));

	for (uint32_t i = 0; i < n; i++)
		item[i] = some_scalar(h, r);
	return (struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = item};
}

static struct ward_event some_event(struct house *h, struct ward_rd *r)
{
	struct ward_event e;

	ward_event_init(&e, &h->arena);
	for (size_t i = 0; i < sizeof(e.id.b); i++)
		e.id.b[i] = (uint8_t)prop_below(r, 256);
	e.time = (ward_ns)(prop_u64(r) >> 2);
	e.seen = (ward_ns)(prop_u64(r) >> 2);
	e.source = ward_name(&h->names, some_text(h, r));
	e.class = ward_name(&h->names, some_text(h, r));
	for (uint64_t n = prop_below(r, 10); n > 0; n--) {
		uint32_t name = prop_below(r, 2) ? (uint32_t)prop_below(r, WARD_FIELD_N)
						 : ward_name(&h->names, some_text(h, r));

		WARD_ASSERT(ward_event_set(&e, name, some_value(h, r)) == WARD_OK);
	}
	return e;
}

static bool same(struct house *h, const struct ward_event *a, const struct ward_event *b)
{
	ward_wr_reset(&h->a);
	ward_wr_reset(&h->b);
	ward_event_encode(a, &h->names, &h->a);
	ward_event_encode(b, &h->names, &h->b);
	return h->a.len == h->b.len && memcmp(h->a.p, h->b.p, h->a.len) == 0;
}

/* An event line reads back as the event that it was. */
static bool json_round(struct ward_rd *r)
{
	struct house h;
	struct ward_event e, back;

	house_init(&h);
	e = some_event(&h, r);
	ward_event_write_json(&e, &h.names, &h.a);
	h.reader.borrow = prop_below(r, 2);
	struct ward_str line = ward_arena_str(&h.arena, ward_wr_text(&h.a));
	bool ok = ward_json_read_event(&h.reader, line, &h.arena, &back) == WARD_OK;

	return house_fini(&h, ok && h.reader.own && same(&h, &e, &back));
}

/* So does a binary record, and a copy is the same event. */
static bool binary_round(struct ward_rd *r)
{
	struct house h;
	struct ward_event e, back, copy;

	house_init(&h);
	e = some_event(&h, r);
	ward_event_encode(&e, &h.names, &h.a);
	bool ok = ward_event_decode(ward_wr_slice(&h.a), &h.names, &h.arena, &h.lim, &back) ==
			  WARD_OK &&
		  ward_event_copy(&back, &h.arena, &copy) == WARD_OK;

	return house_fini(&h, ok && same(&h, &e, &back) && same(&h, &e, &copy));
}

/* Whatever bytes decode, encode to the same bytes' event. */
static bool binary_any(struct ward_rd *r)
{
	struct house h;
	struct ward_event e, back;
	struct ward_slice s = ward_rd_rest(r);

	house_init(&h);
	if (ward_event_decode(s, &h.names, &h.arena, &h.lim, &e) != WARD_OK)
		return house_fini(&h, true);
	ward_event_encode(&e, &h.names, &h.a);
	bool ok = ward_event_decode(ward_wr_slice(&h.a), &h.names, &h.arena, &h.lim, &back) ==
		  WARD_OK;

	return house_fini(&h, ok && same(&h, &e, &back));
}

/* The reader that has seen the text's names before, and one that leaves escapes for later, read and
 * refuse it as one that was just made does. */
static bool reads_alike(struct house *h, struct ward_str s, enum ward_err err, struct ward_event *e)
{
	enum ward_json_reject why = h->reader.reject;
	size_t off = h->reader.reject_off;

	for (int lazy = 0; lazy < 2; lazy++) {
		struct ward_event again;

		h->reader.lazy = lazy;
		if (ward_json_read_event(&h->reader, s, &h->arena, &again) != err ||
			h->reader.reject != why || h->reader.reject_off != off)
			return false;
		if (!err && (ward_event_settle(&again) != WARD_OK || !same(h, e, &again)))
			return false;
	}
	h->reader.lazy = false;
	return true;
}

/* Whatever text is read, it reads the same again as one of Ward's own lines; what is refused says
 * where, within the text. */
/* Written and read back it is the same. */
static bool comes_back(struct house *h, struct ward_event *e)
{
	struct ward_event back;

	/* Times outside RFC 3339's years are never written. */
	e->time = e->seen = 0;
	ward_wr_reset(&h->a);
	ward_event_write_json(e, &h->names, &h->a);
	if (h->a.len > h->reader.max_bytes)
		return true;
	struct ward_str line = ward_arena_str(&h->arena, ward_wr_text(&h->a));

	return ward_json_read_event(&h->reader, line, &h->arena, &back) == WARD_OK &&
	       same(h, e, &back);
}

/* A lenient reader takes what the strict one takes, and beside it what it says to be odd. */
static bool lenient_too(struct house *h, struct ward_str s)
{
	struct ward_event strict, e;
	enum ward_err err = ward_json_read_event(&h->reader, s, &h->arena, &strict);
	enum ward_json_reject why = h->reader.reject;

	h->reader.lenient = true;
	enum ward_err now = ward_json_read_event(&h->reader, s, &h->arena, &e);
	unsigned odd = h->reader.odd;

	h->reader.lenient = false;
	if (!err)
		return !now && !odd && same(h, &strict, &e);
	if (now)
		return true;
	return odd &&
	       (why == WARD_JSON_DUPLICATE || why == WARD_JSON_SURROGATE ||
		       why == WARD_JSON_FIELDS || why == WARD_JSON_ITEMS) &&
	       comes_back(h, &e);
}

static bool json_any(struct ward_rd *r)
{
	struct house h;
	struct ward_event e;
	struct ward_str s = ward_slice_text(ward_rd_rest(r));

	house_init(&h);
	if (!lenient_too(&h, s))
		return house_fini(&h, false);
	enum ward_err err = ward_json_read_event(&h.reader, s, &h.arena, &e);

	if (!reads_alike(&h, s, err, &e))
		return house_fini(&h, false);
	if (err)
		return house_fini(
			&h, h.reader.reject != WARD_JSON_NONE && h.reader.reject_off <= s.len);
	return house_fini(&h, comes_back(&h, &e));
}

/* An object of a few names, mostly in one order but also twice, with values of all kinds; and what
 * may stand where it does not belong. */
static struct ward_str some_object(struct house *h, struct ward_rd *r)
{
	static const char *const key[] = {"a", "b", "b.c", "EventID", "ProcessGuid", "d",
		"a_name_that_is_longer_than_what_a_step_holds", "", "id_orig_h", "id_orig_p"};
	static const char *const val[] = {"1", "\"x\"", "\"\\\\ \\u00e9\"", "true", "1.5",
		"{\"c\":1}", "[1,2]", "\"\xc3\xa9\"", "[]", "\"\"", "false", "null", "-7",
		"12345678", "123456789", "9223372036854775808", "007", "[\"x\",\"\\\\n\",-1.5e3]",
		"[1, 2]", "[\"\\u00e9\"]", "[null,1]", "[\"a\",]", "[{\"c\":1}]", "[1", "tru",
		"[[\"a\"]]"};
	static const char *const end[] = {"}", "}", "}", "", "}x", " }", ",}"};

	ward_wr_reset(&h->b);
	ward_wr_ch(&h->b, '{');
	for (uint64_t i = 0, n = prop_below(r, 9); i < n; i++) {
		uint64_t odd = prop_below(r, 16); /* mostly the next name, and something plain */

		ward_wr_printf(&h->b, "%s\"%s\":%s%s", i ? "," : "",
			key[odd % 4 ? i : prop_below(r, WARD_ARRAY_LEN(key))],
			val[odd < 10 ? odd % 2 : prop_below(r, WARD_ARRAY_LEN(val))],
			odd == 15 ? " " : "");
	}
	ward_wr_z(&h->b, end[prop_below(r, WARD_ARRAY_LEN(end))]);
	return ward_arena_str(&h->arena, ward_wr_text(&h->b));
}

/* Of one order are events whose names come in one order. */
static bool same_names(const struct ward_event *a, const struct ward_event *b)
{
	if (a->n_field != b->n_field)
		return false;
	for (size_t i = 0; i < a->n_field; i++)
		if (a->field[i].name != b->field[i].name)
			return false;
	return true;
}

enum { OBJECTS = 24 };

/* What was read before does not count: neither names nor the order in which they came. */
static bool json_after_others(struct ward_rd *r)
{
	struct ward_event before[OBJECTS];
	uint64_t order[OBJECTS];
	size_t n_before = 0;
	struct house h;
	bool ok = true;

	house_init(&h);
	h.reader.lazy = prop_below(r, 2);
	h.reader.borrow = prop_below(r, 2);
	for (uint64_t n = prop_below(r, OBJECTS); ok && n > 0; n--) {
		struct ward_json_reader fresh;
		struct ward_event e, first;
		struct ward_str s = some_object(&h, r);

		WARD_ASSERT(ward_json_reader_init(&fresh, &h.names, ward_mem_heap(), &h.lim) ==
			    WARD_OK);
		enum ward_err err = ward_json_read_event(&fresh, s, &h.arena, &first);

		ok = ward_json_read_event(&h.reader, s, &h.arena, &e) == err &&
		     h.reader.reject == fresh.reject && h.reader.reject_off == fresh.reject_off;
		if (ok && !err)
			ok = ward_event_settle(&e) == WARD_OK && same(&h, &first, &e);
		for (size_t i = 0; i < n_before && ok && !err && h.reader.order; i++)
			ok = order[i] != h.reader.order || same_names(&before[i], &e);
		if (!err) {
			order[n_before] = h.reader.order;
			before[n_before++] = e;
		}
		ward_json_reader_fini(&fresh);
	}
	return house_fini(&h, ok);
}

/* The fast scan finds what the plain one finds. */
static bool scan(struct ward_rd *r)
{
	uint8_t buf[64];
	struct ward_slice s = prop_bytes(r, sizeof(buf));
	bool fast = false, slow = false;

	for (size_t i = 0; i < s.len; i++)
		buf[i] = s.p[i] % 16 ? (uint8_t)(s.p[i] | 0x20) : s.p[i];
	for (size_t i = 0; i < s.len; i++)
		if (buf[i] == '"' || buf[i] == '\\')
			buf[i] = i % 8 ? 'x' : buf[i];
	return ward_scan_text(buf, 0, s.len, &fast) ==
		       ward_scan_text_bytewise(buf, 0, s.len, &slow) &&
	       fast == slow;
}

/* Every way to find quotes finds what the portable one finds. */
static bool quotes(struct ward_rd *r)
{
	static const uint8_t some[] = {
		'"', '\\', '\\', '/', 'n', 'u', 'x', ' ', 0x01, 0x1f, 0x7f, 0x80, 0xff};
	enum { LEN = 200, WORDS = LEN / 64 + 1 };
	uint8_t buf[LEN];
	uint32_t at[2][LEN + WARD_QUOTES_SLACK];
	uint64_t hard[2][WORDS] = {{0}}, odd[2][WORDS] = {{0}};
	struct ward_slice s = prop_bytes(r, sizeof(buf));
	struct ward_quotes q[2];
	bool ok = true;

	for (size_t i = 0; i < s.len; i++)
		buf[i] = s.p[i] < 0xc0 ? some[s.p[i] % sizeof(some)] : s.p[i] & 0x7f;
	for (unsigned i = 0; i < 2; i++)
		q[i] = (struct ward_quotes){.at = at[i], .hard = hard[i], .odd = odd[i]};
	ok = ward_quotes_way(0, buf, s.len, &q[0]);
	for (unsigned way = 1; way < WARD_QUOTES_WAYS && ok; way++)
		if (ward_quotes_way(way, buf, s.len, &q[1]))
			ok = q[0].n == q[1].n && q[0].ascii == q[1].ascii &&
			     q[0].none_hard == q[1].none_hard && q[0].none_odd == q[1].none_odd &&
			     memcmp(at[0], at[1], (q[0].n + 2) * sizeof(at[0][0])) == 0 &&
			     memcmp(hard[0], hard[1], sizeof(hard[0])) == 0 &&
			     memcmp(odd[0], odd[1], sizeof(odd[0])) == 0;
	return ok;
}

const struct prop *props_event(size_t *ret_n)
{
	static const struct prop props[] = {
		{"json_round", json_round},
		{"binary_round", binary_round},
		{"binary_any", binary_any},
		{"json_any", json_any},
		{"json_after_others", json_after_others},
		{"scan", scan},
		{"quotes", quotes},
	};

	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
