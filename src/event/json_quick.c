#include "event/json_parse.h"

/* A number, with what may follow it; most have a few digits. */
static bool number(struct ward_str s, size_t *off, struct ward_value *ret)
{
	size_t from = *off, at = from;
	int64_t v = 0;

	for (; at < s.len && at - from < 18 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		v = v * 10 + (s.p[at] - '0');
	ret->kind = WARD_VALUE_INT;
	ret->i = v;
	if (at == s.len || (s.p[at] != ',' && s.p[at] != '}') || at == from ||
		(s.p[from] == '0' && at > from + 1)) {
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
static bool plain_value(
	struct ward_json_parse *p, size_t quote, size_t *off, struct ward_value *ret)
{
	const struct ward_quotes *q = &p->r->quotes;
	size_t from = *off + 1, to;
	bool lazy = p->r->lazy && !p->r->own;

	if (p->text.p[*off] != '"')
		return number(p->text, off, ret);
	to = q->at[quote + 1];
	if (to >= p->text.len)
		return false;
	ret->kind = ward_quotes_any(q->odd, from, to) ? WARD_VALUE_RAW : WARD_VALUE_STR;
	ret->s.p = p->text.p + from;
	ret->s.len = to - from;
	*off = to + 1;
	return ret->kind == WARD_VALUE_STR || (lazy && !ward_quotes_any(q->hard, from, to));
}

/* A member of the outermost object as nearly all are: its name is known, came once and has no
 * escapes, its value is plain. False: it is not so; then nothing has happened. */
static bool quick(struct ward_json_parse *p)
{
	struct ward_json_reader *r = p->r;
	const struct ward_quotes *q = &r->quotes;
	size_t from = p->off + 1, to = q->at[p->quote + 1], off = to + 2;

	if (off >= p->text.len || p->text.p[to + 1] != ':' || r->n_field == r->cap_field)
		return false;
	struct ward_str key = {p->text.p + from, to - from};
	const struct ward_json_hint *h = ward_json_hint_of(r, key);
	uint32_t name = h->name - 1;
	struct ward_field *f = &r->field[r->n_field];

	if (name >= r->n_mark || !ward_json_hint_fits(h, key) ||
		ward_quotes_any(q->odd, from, to) || !plain_value(p, p->quote + 2, &off, &f->v))
		return false;
	struct ward_json_mark *m = &r->mark[name];

	if (m->key == p->top->serial || m->set > p->first)
		return false;
	m->key = p->top->serial;
	m->set = r->serial;
	m->field = (uint32_t)r->n_field++;
	f->name = name;
	f->v.n = 0;
	p->quote += p->text.p[to + 2] == '"' ? 4 : 2;
	p->off = off;
	return true;
}

bool ward_json_quick(struct ward_json_parse *p)
{
	if (!quick(p))
		return false;
	while (p->text.len - p->off > 2 && p->text.p[p->off] == ',' &&
		p->text.p[p->off + 1] == '"') {
		p->off++;
		if (!quick(p)) {
			p->off--;
			break;
		}
	}
	return true;
}
