/* Of an event to keys, values and numbers. */
#include "detect/baseline/priv.h"

static const struct ward_value *value_of(
	const struct ward_event *e, const struct ward_bl_part *p, size_t i)
{
	for (size_t k = 0; k < p->n_alt; k++) {
		const struct ward_value *v = ward_event_get(e, p->alt[k]);

		if (!v || v->kind == WARD_VALUE_NULL)
			continue;
		if (v->kind != WARD_VALUE_LIST)
			return v;
		return i < v->n ? &v->item[i] : NULL;
	}
	return NULL;
}

size_t ward_bl_items(const struct ward_event *e, const struct ward_bl_parts *p)
{
	size_t most = 1;

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->part[i].n_alt; k++) {
			const struct ward_value *v = ward_event_get(e, p->part[i].alt[k]);

			if (v && v->kind == WARD_VALUE_LIST && v->n > most)
				most = v->n;
		}
	return most < WARD_BL_ITEMS_MAX ? most : WARD_BL_ITEMS_MAX;
}

/* The bytes that part texts are made of must not be in the parts. */
static void put_plain(struct ward_wr *w, struct ward_str s, size_t room)
{
	if (s.len > room)
		s.len = room;
	while (s.len && !ward_utf8_valid(ward_str_bytes(s), NULL))
		s.len--;
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
}

bool ward_bl_text(const struct ward_event *e, const struct ward_bl_parts *p, size_t i, char *text,
	struct ward_str *ret)
{
	struct ward_wr w = ward_wr_fixed(text, WARD_BL_TEXT_MAX);
	size_t room = p->n ? WARD_BL_TEXT_MAX / p->n - 24 : 0;

	for (size_t k = 0; k < p->n; k++) {
		const struct ward_value *v = value_of(e, &p->part[k], i);
		int64_t number;

		if (!v)
			return false;
		if (k)
			ward_wr_ch(&w, WARD_BL_PART);
		if (v->kind == WARD_VALUE_BOOL)
			ward_wr_z(&w, v->b ? "true" : "false");
		else if (v->kind == WARD_VALUE_INT &&
			 ward_add(v->i, p->part[k].counted ? (int64_t)i : 0, &number))
			ward_wr_i64(&w, number);
		else if (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM)
			put_plain(&w, v->s, room);
		else
			return false;
	}
	*ret = ward_wr_text(&w);
	return !ward_wr_bad(&w);
}

/* Decimal without exponent; more than three places are cut. */
bool ward_bl_milli(struct ward_str s, int64_t *ret)
{
	bool neg = s.len && s.p[0] == '-';
	size_t at = neg, begin = neg;
	int64_t v = 0;
	int places = -1;

	for (; at < s.len; at++) {
		if (s.p[at] == '.' && places < 0 && at > begin) {
			places = 0;
			continue;
		}
		if (s.p[at] < '0' || s.p[at] > '9')
			return false;
		if (places >= 3)
			continue;
		if (!ward_mul(v, 10, &v) || !ward_add(v, s.p[at] - '0', &v))
			return false;
		places += places >= 0;
	}
	if (at == begin || s.p[at - 1] == '.')
		return false;
	for (places = places < 0 ? 0 : places; places < 3; places++)
		if (!ward_mul(v, 10, &v))
			return false;
	*ret = neg ? -v : v;
	return true;
}

bool ward_bl_number(
	const struct ward_event *e, const struct ward_bl_part *p, size_t i, int64_t *ret)
{
	const struct ward_value *v = value_of(e, p, i);

	if (!v)
		return false;
	if (v->kind == WARD_VALUE_INT)
		return ward_mul(v->i, 1000, ret);
	return (v->kind == WARD_VALUE_NUM || v->kind == WARD_VALUE_STR) && ward_bl_milli(v->s, ret);
}

static bool fits(const struct ward_bl_cond *c, const struct ward_event *e)
{
	const struct ward_bl_parts one = {.part[0] = {.alt[0] = c->field, .n_alt = 1}, .n = 1};
	size_t n = ward_bl_items(e, &one);
	char text[WARD_BL_TEXT_MAX];
	struct ward_str s;

	for (size_t i = 0; i < n; i++) {
		if (!ward_bl_text(e, &one, i, text, &s))
			continue;
		for (size_t k = 0; k < c->n; k++)
			if (ward_pattern_match(&c->glob[k], s))
				return true;
	}
	return false;
}

bool ward_bl_takes(const struct ward_bl_profile *p, const struct ward_event *e)
{
	for (size_t i = 0; i < p->n_when; i++)
		if (!fits(&p->when[i], e))
			return false;
	for (size_t i = 0; i < p->n_unless; i++)
		if (fits(&p->unless[i], e))
			return false;
	return true;
}
