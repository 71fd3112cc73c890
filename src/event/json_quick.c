#include "event/json_parse.h"

/* A number of a few digits, and what follows it: the most frequent ones. */
static bool small(struct ward_str s, size_t *off, struct ward_value *ret)
{
	size_t from = *off, at = from;
	int64_t v = 0;

	for (; at < s.len && at - from < 18 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		v = v * 10 + (s.p[at] - '0');
	if (at == from || at == s.len || (s.p[at] != ',' && s.p[at] != '}') ||
		(s.p[from] == '0' && at > from + 1))
		return false;
	ret->kind = WARD_VALUE_INT;
	ret->i = v;
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
		return small(p->text, off, ret);
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
	struct ward_str key = {p->text.p + from, to - from};

	if (off >= p->text.len || p->text.p[to + 1] != ':' || ward_quotes_any(q->odd, from, to) ||
		r->n_field == r->cap_field)
		return false;
	uint32_t name = r->cache[ward_json_hint(key)] - 1;
	struct ward_field *f = &r->field[r->n_field];

	if (name >= r->n_mark || !ward_json_same(r->names->t.item[name], key) ||
		!plain_value(p, p->quote + 2, &off, &f->v))
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
