#include "event/json_parse.h"

#include <endian.h>

/* How many of the first eight bytes at p are digits before the first that is none; *ret is their
 * number. Digits are the bytes whose upper half is 3, also of six more (after Lemire and others,
 * "Number parsing at a gigabyte per second", 2021). */
static WARD_ALWAYS_INLINE unsigned digits8(const char *p, uint64_t *ret)
{
	const uint64_t one = 0x0101010101010101u, upper = 0xf0 * one;
	uint64_t v = le64toh(ward_json_load8(p));
	uint64_t other = ((v & upper) ^ 0x30 * one) | (((v + 6 * one) & upper) ^ 0x30 * one);
	unsigned n = other ? (unsigned)__builtin_ctzll(other) / 8 : 8;

	/* the last digit at the highest byte, zeros before the first */
	v = n ? (v - 0x30 * one) << (64 - 8 * n) : 0;
	v = v * 10 + (v >> 8);
	*ret = (((v & 0x000000ff000000ffu) * 0x000f424000000064u) +
		       (((v >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u)) >>
	       32;
	return n;
}

/* A number, with what may follow it: a comma or `close`. Most have a few digits. */
static WARD_ALWAYS_INLINE bool number(
	struct ward_str s, char close, size_t *off, struct ward_value *ret)
{
	size_t from = *off, at = from;
	uint64_t v;

	if (s.len - from > 8) {
		unsigned n = digits8(s.p + from, &v);
		bool good = n && (s.p[from] != '0' || n == 1);

		at += n;
		if (good && (s.p[at] == ',' || s.p[at] == close)) {
			ret->kind = WARD_VALUE_INT;
			ret->i = (int64_t)v;
			*off = at;
			return true;
		}
	}
	at = from + ward_json_lex_number(ward_str_sub(s, from, s.len - from), ret);
	*off = at;
	return at > from && at < s.len && (s.p[at] == ',' || s.p[at] == close);
}

/* Values are written member by member where they stay: a copy of what was just written in parts
 * waits for all of them. */

/* The text whose first quote is at *off and is the one of that index: without escapes, or with some
 * that are left in. */
static WARD_ALWAYS_INLINE bool plain_text(const struct ward_quotes *q, struct ward_str s,
	size_t quote, bool lazy, size_t *off, struct ward_value *ret)
{
	size_t from = *off + 1, to = q->at[quote + 1];

	if (to >= s.len)
		return false;
	bool raw = !q->none_odd && ward_quotes_any(q->odd, from, to);

	ret->kind = raw ? WARD_VALUE_RAW : WARD_VALUE_STR;
	ret->s.p = s.p + from;
	ret->s.len = to - from;
	*off = to + 1;
	return !raw || (lazy && (q->none_hard || !ward_quotes_any(q->hard, from, to)));
}

/* Behind true, false or null at off; 0: there is none. */
static size_t literal(struct ward_str s, size_t off, struct ward_value *ret)
{
	static const struct {
		struct ward_str word;
		enum ward_value_kind kind;
		bool b;
	} known[] = {{{"true", 4}, WARD_VALUE_BOOL, true}, {{"false", 5}, WARD_VALUE_BOOL, false},
		{{"null", 4}, WARD_VALUE_NULL, false}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		const struct ward_str word = known[i].word;

		if (!ward_str_eq(ward_str_sub(s, off, word.len), word))
			continue;
		ret->kind = known[i].kind;
		ret->i = 0;
		ret->b = known[i].b;
		return off + word.len;
	}
	return 0;
}

/* Where a value ends, and the index of the next quote; off 0: it is read in another way. */
struct end {
	size_t off, quote;
};

/* The list at off, of texts and numbers, for the field of that index. */
static struct end list(struct ward_json_reader *r, struct ward_str s, size_t field, struct end from,
	struct ward_value *ret)
{
	const bool lazy = r->lazy && !r->own;
	const struct end none = {0, 0};
	size_t n = r->n_item, at = from.off, quote = from.quote;

	do {
		if (++at >= s.len || ward_mem_more(r->mem, &r->item, n, &r->cap_item,
					     sizeof(*r->item), r->max_items) != WARD_OK)
			return none;
		struct ward_json_item *item = &r->item[n];
		bool text = s.p[at] == '"';
		bool good = text ? plain_text(&r->quotes, s, quote, lazy, &at, &item->v)
				 : number(s, ']', &at, &item->v);

		if (!good || at >= s.len)
			return none;
		quote += text ? 2 : 0;
		item->field = (uint32_t)field;
		item->v.n = 0;
		n++;
	} while (s.p[at] == ',');
	if (s.p[at] != ']')
		return none;
	ret->kind = WARD_VALUE_LIST;
	ret->n = (uint32_t)(n - r->n_item);
	r->n_item = n;
	return (struct end){at + 1, quote};
}

/* What is known of a key that came: its step (or none), its name, where its value begins; 0: it
 * is read in another way. */
struct key {
	uint32_t step, name;
	size_t end;
};

static void mark(struct ward_json_parse *p, uint32_t name, size_t field)
{
	p->r->mark[name] = (struct ward_json_mark){p->top->serial, p->r->serial, (uint32_t)field};
}

void ward_json_mark_all(struct ward_json_parse *p)
{
	for (size_t i = 0; i < p->r->n_field; i++)
		mark(p, p->r->field[i].name, i);
	p->marked = true;
}

static bool came(const struct ward_json_parse *p, uint32_t name)
{
	const struct ward_json_mark *m = &p->r->mark[name];

	return m->key == p->top->serial || m->set > p->first;
}

/* The key at p->off that takes no known step, but has a known name that did not come yet: from now
 * on there is a step for it. Else there is more to it. */
static struct key known_key(struct ward_json_parse *p)
{
	const struct key none = {WARD_JSON_NO_STEP, 0, 0};
	struct ward_json_reader *r = p->r;
	const struct ward_quotes *q = &r->quotes;
	size_t from = p->off + 1, to = q->at[p->quote + 1];

	if (to + 2 >= p->text.len || p->text.p[to + 1] != ':' || ward_quotes_any(q->odd, from, to))
		return none;
	struct ward_str key = {p->text.p + from, to - from};
	uint32_t name = ward_json_known(r, key);

	if (name >= r->n_mark) /* WARD_NONE, too */
		return none;
	if (!p->marked)
		ward_json_mark_all(p);
	if (came(p, name))
		return none;
	return (struct key){ward_json_step_add(r, p->step, key, name), name, to + 2};
}

/* The step that the key whose quote is at `at` takes from `from`: mostly the one that was taken
 * last time. */
static WARD_ALWAYS_INLINE uint32_t step_of(
	struct ward_json_reader *r, uint32_t from, struct ward_str text, size_t at)
{
	if (from < WARD_JSON_BEGIN) {
		uint16_t to = r->step[from].next[0];

		if (to && ward_json_step_fits(&r->step[to], text.p + at + 1, text.len - at - 1))
			return to;
	}
	return ward_json_step_other(r, from, text, at + 1);
}

/* Where the reading is, of which the compiler can't know that no field that is written changes it.
 */
struct place {
	size_t off, quote, n;
	uint32_t step;
};

static WARD_ALWAYS_INLINE void stop_at(struct ward_json_parse *p, const struct place *at)
{
	p->off = at->off;
	p->quote = at->quote;
	p->step = at->step;
	p->r->n_field = at->n;
}

static WARD_ALWAYS_INLINE struct key key_at(
	struct ward_json_parse *p, struct ward_str text, const struct place *at)
{
	struct ward_json_reader *r = p->r;
	uint32_t step = step_of(r, at->step, text, at->off);

	if (step == WARD_JSON_NO_STEP) {
		stop_at(p, at);
		return known_key(p);
	}
	const struct ward_json_step *s = &r->step[step];
	bool again = p->marked && came(p, s->name);

	return (struct key){step, s->name, again ? 0 : at->off + 1 + s->len};
}

/* The value that begins at `from`, as it mostly is, of the field of index n; with what follows.
 * Else nothing has happened. */
static WARD_ALWAYS_INLINE struct end plain_value(struct ward_json_parse *p, struct ward_str text,
	const struct ward_quotes *q, bool lazy, struct end from, size_t n)
{
	struct ward_value *v = &p->r->field[n].v;
	struct end end = from;
	char c = text.p[from.off];

	v->n = 0;
	if (c == '"') {
		end.quote += 2;
		end.off = plain_text(q, text, from.quote, lazy, &end.off, v) ? end.off : 0;
	} else if (c <= '9') {
		end.off = number(text, '}', &end.off, v) ? end.off : 0;
	} else if (c == '[' && p->depth < p->r->max_depth) {
		end = list(p->r, text, n, from, v);
	} else {
		end.off = literal(text, from.off, v);
	}
	return end;
}

bool ward_json_quick(struct ward_json_parse *p)
{
	struct ward_json_reader *r = p->r;
	const struct ward_quotes q = r->quotes;
	const struct ward_str text = p->text;
	const bool lazy = r->lazy && !r->own;
	struct place at = {p->off, p->quote, r->n_field, p->step};
	const size_t n_before = at.n;
	bool more = true;

	while (more) {
		struct key key = key_at(p, text, &at);
		struct end end = {key.end, at.quote + 2};

		if (key.end && at.n < r->cap_field)
			end = plain_value(p, text, &q, lazy, end, at.n);
		else
			end.off = 0;
		if (!end.off) {
			/* The member is read in another way, by who expects its comma. */
			if (at.n == n_before)
				at.step = key.step;
			else
				at.off--;
			break;
		}
		if (p->marked)
			mark(p, key.name, at.n);
		r->field[at.n].name = key.name;
		at = (struct place){end.off, end.quote, at.n + 1, key.step};
		more = text.len - at.off > 2 && memcmp(text.p + at.off, ",\"", 2) == 0;
		at.off += more;
	}
	stop_at(p, &at);
	return at.n > n_before;
}
