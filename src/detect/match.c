/* One event against one rule: values, selections, condition. */
#include "base/scan.h"
#include "detect/engine.h"
#include "detect/fold.h"
#include "detect/reading.h"

const struct ward_value *ward_match_value(
	struct ward_detector *det, uint32_t slot, uint32_t map, uint32_t *ret_field)
{
	if (map) {
		const struct ward_fieldmap *m = &det->rs->map[map - 1];

		for (size_t i = 0; i < m->n; i++) {
			uint32_t to = m->to[i];

			if (m->from[i] != slot || det->slot_seen[to] != det->names_no)
				continue;
			*ret_field = det->slot_field[to];
			return &det->e->field[*ret_field].v;
		}
	}
	if (det->slot_seen[slot] != det->names_no)
		return NULL;
	*ret_field = det->slot_field[slot];
	return &det->e->field[*ret_field].v;
}

/* At the end of buf. */
static struct ward_str decimal(int64_t v, char *buf, size_t cap)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t at = cap;

	do {
		buf[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		buf[--at] = '-';
	return (struct ward_str){buf + at, cap - at};
}

struct ward_str ward_match_scalar(struct ward_detector *det, const struct ward_value *v)
{
	char buf[24];

	switch (v->kind) {
	case WARD_VALUE_RAW: {
		struct ward_str s = ward_raw_text(&det->arena, v->s);

		if (!s.p)
			det->err = WARD_ERR_NOMEM;
		return s;
	}
	case WARD_VALUE_STR:
	case WARD_VALUE_NUM:
		return v->s.p ? v->s : WARD_STR("");
	case WARD_VALUE_BOOL:
		return v->b ? WARD_STR("true") : WARD_STR("false");
	case WARD_VALUE_INT: {
		struct ward_str s = ward_arena_str(&det->arena, decimal(v->i, buf, sizeof(buf)));

		if (!s.p)
			det->err = WARD_ERR_NOMEM;
		return s;
	}
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
		break;
	}
	return (struct ward_str){NULL, 0};
}

static struct ward_str fold(struct ward_detector *det, struct ward_str s)
{
	if (!s.p)
		return s;
	char *p = ward_arena_alloc(&det->arena, s.len);

	if (!p) {
		det->err = WARD_ERR_NOMEM;
		return (struct ward_str){NULL, 0};
	}
	return (struct ward_str){p, ward_fold(s, p)};
}

/* Where the text of a value is kept: a field's own, or that of a member of its list. */
static struct ward_field_text *text_at(
	struct ward_detector *det, const struct ward_value *v, uint32_t field)
{
	struct ward_field_text *t = &det->text[field];
	const struct ward_value *own = &det->e->field[field].v;

	if (t->event_no != det->event_no) {
		t->event_no = det->event_no;
		t->item = NULL;
		t->have_plain = t->have_folded = false;
		t->is_addr = t->is_number = WARD_READING_UNKNOWN;
	}
	if (v == own)
		return t;
	if (!t->item)
		t->item = ward_arena_array(&det->arena, own->n, sizeof(*t->item));
	if (!t->item)
		det->err = WARD_ERR_NOMEM;
	return t->item ? &t->item[v - own->item] : NULL;
}

static struct ward_str plain_of(
	struct ward_detector *det, const struct ward_value *v, struct ward_field_text *t)
{
	if (!t->have_plain)
		t->plain = ward_match_scalar(det, v);
	t->have_plain = true;
	return t->plain;
}

static struct ward_str text_of(
	struct ward_detector *det, const struct ward_value *v, uint32_t field, bool folded)
{
	struct ward_field_text *t = text_at(det, v, field);

	if (!t)
		return (struct ward_str){NULL, 0};
	(void)plain_of(det, v, t);
	if (folded && !t->have_folded) {
		t->folded = fold(det, t->plain);
		t->have_folded = true;
	}
	return folded ? t->folded : t->plain;
}

/* Its address and its number are read once, however many rules ask. */
static bool in_cidr(struct ward_detector *det, const struct ward_cidr *c,
	const struct ward_value *v, uint32_t field)
{
	struct ward_field_text *t = text_at(det, v, field);
	unsigned whole = c->bits / 8, rest = c->bits % 8;

	if (t && !t->is_addr)
		t->is_addr = plain_of(det, v, t).p && ward_read_addr(t->plain, t->addr)
				     ? WARD_READING_IS
				     : WARD_READING_IS_NOT;
	if (!t || t->is_addr == WARD_READING_IS_NOT || memcmp(t->addr, c->addr, whole) != 0)
		return false;
	return rest == 0 || (uint8_t)((t->addr[whole] ^ c->addr[whole]) >> (8 - rest)) == 0;
}

/* Decimal numbers only, whether the source wrote them as numbers or as text. */
static bool number(struct ward_field_text *t, long double *ret)
{
	if (!t->is_number)
		t->is_number = ward_read_number(t->plain, &t->number) ? WARD_READING_IS
								      : WARD_READING_IS_NOT;
	*ret = t->number;
	return t->is_number == WARD_READING_IS;
}

static bool compare(const struct ward_test *t, long double v)
{
	switch (t->compare.op) {
	case WARD_COMPARE_LT:
		return v < t->compare.than;
	case WARD_COMPARE_LTE:
		return v <= t->compare.than;
	case WARD_COMPARE_GT:
		return v > t->compare.than;
	case WARD_COMPARE_GTE:
		return v >= t->compare.than;
	case WARD_COMPARE_EQ:
		return v >= t->compare.than && v <= t->compare.than;
	}
	return false;
}

static bool compare_number(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field)
{
	long double n = 0;

	if (v->kind == WARD_VALUE_INT)
		return compare(t, v->i);
	struct ward_field_text *text = text_at(det, v, field);

	return text && plain_of(det, v, text).p && number(text, &n) && compare(t, n);
}

static bool compare_time(const struct ward_test *t, struct ward_str s)
{
	int64_t part = 0;

	return ward_time_part(s, t->compare.part, &part) && compare(t, part);
}

struct ward_str ward_match_plain(
	struct ward_detector *det, const struct ward_value *v, uint32_t field)
{
	return text_of(det, v, field, false);
}

struct ward_str ward_match_folded(
	struct ward_detector *det, const struct ward_value *v, uint32_t field)
{
	return text_of(det, v, field, true);
}

/* Other than ASCII may be the same letter in another case. The definition does without. */
static bool may_match(const struct ward_detector *det, const struct ward_test *t, struct ward_str s)
{
	return !t->need || det->mode == WARD_MATCH_REFERENCE ||
	       !ward_scan_ascii((const uint8_t *)s.p, s.len) || ward_literals_any(t->need, s);
}

bool ward_match_test(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field)
{
	bool folded = t->kind == WARD_TEST_PATTERN && t->pattern.folded;

	if (t->kind == WARD_TEST_COMPARE)
		return compare_number(det, t, v, field);
	if (t->kind == WARD_TEST_CIDR)
		return in_cidr(det, &t->cidr, v, field);
	struct ward_str s = text_of(det, v, field, folded);

	if (!s.p)
		return t->kind == WARD_TEST_NULL && v->kind == WARD_VALUE_NULL;
	switch (t->kind) {
	case WARD_TEST_PATTERN:
		return ward_pattern_match(&t->pattern, s);
	case WARD_TEST_REGEX:
		return may_match(det, t, s) && ward_regex_match(t->regex, &det->regex, s);
	case WARD_TEST_TIME:
		return compare_time(t, s);
	case WARD_TEST_CIDR:
	case WARD_TEST_COMPARE:
	case WARD_TEST_NULL:
	case WARD_TEST_EXISTS:
	case WARD_TEST_FIELD:
		break;
	}
	return false;
}

/* A list matches when any member does. */
bool ward_match_member(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field)
{
	if (v->kind != WARD_VALUE_LIST)
		return ward_match_test(det, t, v, field);
	for (uint32_t i = 0; i < v->n; i++)
		if (ward_match_test(det, t, &v->item[i], field))
			return true;
	return false;
}

/* A keyword is looked for in every field's value, anywhere in it. */
static bool test_keyword(struct ward_detector *det, const struct ward_test *t)
{
	struct ward_test anywhere = *t;

	if (t->kind == WARD_TEST_PATTERN)
		anywhere.pattern.open_start = anywhere.pattern.open_end = true;
	for (size_t i = 0; i < det->e->n_field; i++)
		if (ward_match_member(det, &anywhere, &det->e->field[i].v, (uint32_t)i))
			return true;
	return false;
}

/* Stands the other text at that place of the text? */
static bool stands_in(struct ward_str s, struct ward_str other, enum ward_pattern_wrap wrap)
{
	switch (wrap) {
	case WARD_PATTERN_EXACT:
		return ward_str_eq(s, other);
	case WARD_PATTERN_STARTS:
		return ward_str_starts(s, other);
	case WARD_PATTERN_ENDS:
		return ward_str_ends(s, other);
	case WARD_PATTERN_CONTAINS:
		return ward_str_find(s, other) != SIZE_MAX;
	}
	return false;
}

/* The values of one field: itself, or the members of a list. */
static const struct ward_value *members(const struct ward_value *v, size_t *ret_n)
{
	bool list = v->kind == WARD_VALUE_LIST;

	*ret_n = list ? v->n : 1;
	return list ? v->item : v;
}

/* fieldref: any value of the one field against any of the other. */
static bool test_field(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field, uint32_t map)
{
	uint32_t at = 0;
	const struct ward_value *o = ward_match_value(det, t->other.field, map, &at);
	size_t n, n_other;

	if (!o)
		return false;
	v = members(v, &n);
	o = members(o, &n_other);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_other; k++) {
			struct ward_str a = text_of(det, &v[i], field, !t->other.cased),
					b = text_of(det, &o[k], at, !t->other.cased);

			if (a.p && b.p && stands_in(a, b, t->other.wrap))
				return true;
		}
	return false;
}

/* v: of its field; NULL: the event has none. */
bool ward_match_holds(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field, uint32_t map)
{
	if (t->kind == WARD_TEST_EXISTS)
		return (v != NULL) == t->exists;
	if (t->kind == WARD_TEST_NULL && !v)
		return true;
	if (t->kind == WARD_TEST_FIELD)
		return v && test_field(det, t, v, field, map);
	return v && ward_match_member(det, t, v, field);
}

bool ward_match_item(struct ward_detector *det, const struct ward_item *item, uint32_t map)
{
	bool keyword = item->field == WARD_NONE;
	uint32_t field = 0;
	const struct ward_value *v =
		keyword ? NULL : ward_match_value(det, item->field, map, &field);

	for (size_t i = 0; i < item->n_test; i++) {
		const struct ward_test *t = &item->test[i];

		if ((keyword ? test_keyword(det, t) : ward_match_holds(det, t, v, field, map)) !=
			item->all)
			return item->all == item->negated;
	}
	return item->all != item->negated;
}

const struct ward_item_map *ward_match_map(
	struct ward_detector *det, const struct ward_selection *s, uint32_t map)
{
	for (size_t i = 0; i < s->n_map; i++) {
		const struct ward_item_map *m = &s->map[i];
		size_t k = 0;

		while (k < m->n_item && ward_match_item(det, &m->item[k], map))
			k++;
		if (k == m->n_item)
			return m;
	}
	return NULL;
}

struct asked {
	struct ward_detector *det;
	const struct ward_rule *r;
	uint32_t map;
};

static bool selection_matches(void *ctx, size_t i)
{
	const struct asked *a = ctx;

	return ward_match_map(a->det, &a->r->selection[i], a->map) != NULL;
}

bool ward_match_rule(struct ward_detector *det, const struct ward_rule *r, uint32_t map)
{
	struct asked a = {det, r, map};

	return ward_cond_eval(&r->cond, selection_matches, &a);
}

bool ward_match_pattern(
	struct ward_detector *det, const struct ward_pattern *p, uint32_t slot, uint32_t map)
{
	struct ward_test t = {.kind = WARD_TEST_PATTERN, .pattern = *p};
	uint32_t field = 0;
	const struct ward_value *v = ward_match_value(det, slot, map, &field);

	return v && ward_match_member(det, &t, v, field);
}

struct ward_str ward_match_text(struct ward_detector *det, uint32_t slot, uint32_t map)
{
	uint32_t field = 0;
	const struct ward_value *v = ward_match_value(det, slot, map, &field);

	if (v && v->kind == WARD_VALUE_LIST)
		v = v->n ? &v->item[0] : NULL;
	struct ward_str s = v ? ward_match_scalar(det, v) : (struct ward_str){NULL, 0};

	return s.p ? s : (struct ward_str){"", 0};
}
