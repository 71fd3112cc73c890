#include "event/json_parse.h"

/* The end of the digits from `at` on. */
static size_t digits(struct ward_str s, size_t at)
{
	while (at < s.len && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at;
}

/* A number, with what may follow it; most have a few digits, or some behind a point. */
static WARD_ALWAYS_INLINE bool number(struct ward_str s, size_t *off, struct ward_value *ret)
{
	size_t from = *off, at = from, end = s.len - from < 18 ? s.len : from + 18;
	int64_t v = 0;

	for (; at < end && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		v = v * 10 + (s.p[at] - '0');
	bool whole = true, good = at > from && (s.p[from] != '0' || at == from + 1);

	if (good && at < s.len && s.p[at] == '.') {
		size_t point = at++;

		at = digits(s, at);
		whole = false;
		good = at > point + 1;
	}
	good = good && at < s.len && (s.p[at] == ',' || s.p[at] == '}');
	ret->kind = whole ? WARD_VALUE_INT : WARD_VALUE_NUM;
	if (whole) {
		ret->i = v;
	} else {
		ret->s.p = s.p + from;
		ret->s.len = at - from;
	}
	if (!good) {
		size_t len = ward_json_lex_number(ward_str_sub(s, from, s.len - from), ret);

		at = from + len;
		if (!len || at == s.len || (s.p[at] != ',' && s.p[at] != '}'))
			return false;
	}
	*off = at;
	return true;
}

/* Values are written member by member where they stay: a copy of what was just written in parts
 * waits for all of them. */

/* The value at *off as it mostly is: a text without escapes, or with some that are left in, or a
 * small number. quote is the index of the next one. */
static WARD_ALWAYS_INLINE bool plain_value(const struct ward_quotes *q, struct ward_str s,
	size_t quote, bool lazy, size_t *off, struct ward_value *ret)
{
	size_t from = *off + 1, to;

	if (s.p[*off] != '"')
		return number(s, off, ret);
	to = q->at[quote + 1];
	if (to >= s.len)
		return false;
	bool raw = !q->none_odd && ward_quotes_any(q->odd, from, to);

	ret->kind = raw ? WARD_VALUE_RAW : WARD_VALUE_STR;
	ret->s.p = s.p + from;
	ret->s.len = to - from;
	*off = to + 1;
	return !raw || (lazy && (q->none_hard || !ward_quotes_any(q->hard, from, to)));
}

/* What is known of a key that came: its step (or none), its name, where its value begins. */
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
 * on there is a step for it. False: there is more to it. */
static bool known_key(struct ward_json_parse *p, struct key *ret)
{
	struct ward_json_reader *r = p->r;
	const struct ward_quotes *q = &r->quotes;
	size_t from = p->off + 1, to = q->at[p->quote + 1];

	if (to + 2 >= p->text.len || p->text.p[to + 1] != ':' || ward_quotes_any(q->odd, from, to))
		return false;
	struct ward_str key = {p->text.p + from, to - from};
	uint32_t name = ward_json_known(r, key);

	if (name >= r->n_mark) /* WARD_NONE, too */
		return false;
	if (!p->marked)
		ward_json_mark_all(p);
	if (came(p, name))
		return false;
	*ret = (struct key){ward_json_step_add(r, p->step, key, name), name, to + 2};
	return true;
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

/* False: its name is not known, came before, has escapes. */
static WARD_ALWAYS_INLINE bool key_at(
	struct ward_json_parse *p, const struct place *at, struct key *ret)
{
	ret->step = step_of(p->r, at->step, p->text, at->off);
	if (ret->step == WARD_JSON_NO_STEP) {
		stop_at(p, at);
		return known_key(p, ret);
	}
	const struct ward_json_step *s = &p->r->step[ret->step];

	__builtin_prefetch(&p->r->step[s->next[0]]);
	ret->name = s->name;
	ret->end = at->off + 1 + s->len;
	return !p->marked || !came(p, s->name);
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
		struct key key = {WARD_JSON_NO_STEP, 0, 0};
		bool good = key_at(p, &at, &key) && at.n < r->cap_field;
		struct ward_field *f = good ? &r->field[at.n] : NULL;
		size_t off = key.end;

		if (!good || !plain_value(&q, text, at.quote + 2, lazy, &off, &f->v)) {
			/* The member is read in another way, by who expects its comma. */
			if (at.n == n_before)
				at.step = key.step;
			else
				at.off--;
			break;
		}
		if (p->marked)
			mark(p, key.name, at.n);
		f->name = key.name;
		f->v.n = 0;
		at = (struct place){off, at.quote + (text.p[key.end] == '"' ? 4 : 2), at.n + 1,
			key.step};
		more = text.len - off > 2 && memcmp(text.p + off, ",\"", 2) == 0;
		at.off += more;
	}
	stop_at(p, &at);
	return at.n > n_before;
}
