/* Why a rule matches the current event: which selection, field and value, and what was asked of it.
 * Only when a rule has matched, or a person asks: never on the way there. */
#include "detect/engine.h"

/* ASKED_MAX: bytes of what is asked; a text of it is cut at TEXT_MAX. */
enum { MATCH_MAX = 32, SHOWN_MAX = 1024, TEXT_MAX = 96, TEXTS_SHOWN = 3 };

/* Cut to a length that a person reads, at the start of a character. */
static struct ward_str shorten(struct ward_str s, size_t max)
{
	if (s.len <= max)
		return s;
	s.len = max;
	while (s.len && ((uint8_t)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

/* What of an event an item looked at. */
struct sight {
	const struct ward_value *v; /* NULL: the event has no such field */
	uint32_t field;
	size_t test; /* the first that holds; n_test: none does by itself */
};

/* A keyword: the first field that holds one. */
static bool look_for_keyword(
	struct ward_detector *det, const struct ward_item *item, struct sight *ret)
{
	for (size_t k = 0; k < item->n_test; k++) {
		struct ward_test t = item->test[k];

		if (t.kind == WARD_TEST_PATTERN)
			t.pattern.open_start = t.pattern.open_end = true;
		for (size_t i = 0; i < det->e->n_field; i++) {
			if (!ward_match_member(det, &t, &det->e->field[i].v, (uint32_t)i))
				continue;
			*ret = (struct sight){&det->e->field[i].v, (uint32_t)i, k};
			return true;
		}
	}
	return false;
}

static bool look(
	struct ward_detector *det, const struct ward_item *item, uint32_t map, struct sight *ret)
{
	if (item->field == WARD_NONE)
		return look_for_keyword(det, item, ret);
	*ret = (struct sight){.test = 0};
	ret->v = ward_match_value(det, item->field, map, &ret->field);
	while (ret->test < item->n_test &&
		!ward_match_holds(det, &item->test[ret->test], ret->v, ret->field, map))
		ret->test++;
	return true;
}

bool ward_match_looked_at(
	struct ward_detector *det, const struct ward_item *item, uint32_t map, uint32_t *ret_field)
{
	struct sight at;

	if (item->field != WARD_NONE)
		return ward_match_value(det, item->field, map, ret_field) != NULL;
	if (!look_for_keyword(det, item, &at))
		return false;
	*ret_field = at.field;
	return true;
}

static struct ward_str list_text(struct ward_detector *det, const struct ward_value *v, size_t max)
{
	struct ward_wr w = ward_wr_grow(det->mem, max * 2);
	struct ward_str s;

	for (uint32_t i = 0; i < v->n && w.len <= max && !ward_wr_bad(&w); i++) {
		s = ward_match_scalar(det, &v->item[i]);
		if (i)
			ward_wr_z(&w, ", ");
		/* One byte more than there is room for says that it was cut. */
		ward_wr_str(&w, s.p ? shorten(s, max - 1) : WARD_STR("null"));
	}
	s = ward_arena_str(&det->arena, ward_wr_text(&w));
	ward_wr_fini(&w);
	return s.p ? s : WARD_STR("");
}

struct ward_str ward_match_shown(struct ward_detector *det, const struct ward_value *v)
{
	struct ward_str s;

	if (v->kind == WARD_VALUE_LIST)
		return shorten(list_text(det, v, SHOWN_MAX), SHOWN_MAX);
	s = ward_match_scalar(det, v);
	return s.p ? shorten(s, SHOWN_MAX) : WARD_STR("null");
}

/* ---- what the rule asks ---- */

static void put_text(struct ward_wr *w, struct ward_str s)
{
	struct ward_str cut = shorten(s, TEXT_MAX);

	ward_wr_ch(w, '"');
	ward_wr_str(w, cut);
	ward_wr_z(w, cut.len < s.len ? "…\"" : "\"");
}

/* `contains "x"`, `contains|all "x", "y"`, `is null`: the value that holds; where only all of them
 * do, or (with neq) none may, the first ones. */
static struct ward_str asked(struct ward_detector *det, const struct ward_item *item, size_t k)
{
	char buf[(TEXTS_SHOWN + 2) * (TEXT_MAX + 16)];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	bool several = item->all || item->negated || k == item->n_test;
	size_t from = several ? 0 : k, to = several ? item->n_test : k + 1;

	if (item->field == WARD_NONE)
		ward_wr_z(&w, item->mods.len ? "keyword|" : "keyword");
	ward_wr_str(&w, item->mods.len             ? shorten(item->mods, TEXT_MAX)
			: item->field == WARD_NONE ? WARD_STR("")
						   : WARD_STR("is"));
	for (size_t i = from; i < to && i < from + TEXTS_SHOWN; i++) {
		ward_wr_z(&w, i > from ? ", " : " ");
		if (item->test[i].kind == WARD_TEST_NULL)
			ward_wr_z(&w, "null");
		else
			put_text(&w, item->test[i].text);
	}
	if (to - from > TEXTS_SHOWN)
		ward_wr_printf(&w, " and %zu more", to - from - TEXTS_SHOWN);
	struct ward_str s = ward_arena_str(&det->arena, ward_wr_text(&w));

	if (!s.p)
		det->err = WARD_ERR_NOMEM;
	return s.p ? s : WARD_STR("");
}

/* ---- a match ---- */

/* Of a list the member that the value was found in, if a single one is that. */
static const struct ward_value *found_in(
	struct ward_detector *det, const struct ward_item *item, const struct sight *at)
{
	const struct ward_value *v = at->v;
	struct ward_test t;

	if (!v || v->kind != WARD_VALUE_LIST || item->all || item->negated ||
		at->test == item->n_test)
		return v;
	t = item->test[at->test];
	if (item->field == WARD_NONE && t.kind == WARD_TEST_PATTERN)
		t.pattern.open_start = t.pattern.open_end = true;
	for (uint32_t i = 0; i < v->n; i++)
		if (ward_match_test(det, &t, &v->item[i], at->field))
			return &v->item[i];
	return v;
}

static void explain_item(struct ward_detector *det, const struct ward_item *item,
	const struct sight *at, struct ward_match *ret)
{
	const struct ward_value *v = found_in(det, item, at);
	struct ward_str s = {NULL, 0};

	if (v && v->kind == WARD_VALUE_LIST)
		s = list_text(det, v, WARD_DETECTION_VALUE_MAX);
	else if (v)
		s = ward_match_scalar(det, v);
	ret->field = at->v ? ward_name_text(det->names, det->e->field[at->field].name)
			   : ward_intern_at(&det->rs->fields, item->field);
	ret->value = shorten(s, WARD_DETECTION_VALUE_MAX);
	ret->value_bytes = s.len > WARD_DETECTION_VALUE_MAX ? s.len : 0;
	ret->asked = asked(det, item, at->test);
}

/* More than MATCH_MAX are counted. */
static size_t explain_map(struct ward_detector *det, const struct ward_selection *s,
	const struct ward_item_map *m, uint32_t map, struct ward_match *out, size_t n)
{
	for (size_t i = 0; i < m->n_item; i++) {
		struct sight at;

		if (!look(det, &m->item[i], map, &at))
			continue;
		if (n < MATCH_MAX) {
			out[n].selection = s->name;
			explain_item(det, &m->item[i], &at, &out[n]);
		}
		n++;
	}
	return n;
}

/* What an event of our own says of itself comes before what the rule asks. */
static size_t explain_itself(
	struct ward_detector *det, struct ward_match *out, const struct ward_value **ret_reason)
{
	uint32_t field = ward_name(det->names, WARD_STR(WARD_DETECTION_EXPLANATION));
	struct ward_str s = ward_event_str(det->e, field);

	if (!s.len || !ward_str_eqz(ward_name_text(det->names, det->e->source), "points"))
		return 0;
	out[0] = (struct ward_match){.field = WARD_STR(WARD_DETECTION_EXPLANATION),
		.value = shorten(s, WARD_DETECTION_VALUE_MAX)};
	*ret_reason = ward_event_get(det->e, ward_name(det->names, WARD_STR(WARD_DETECTION_SLOTS)));
	return 1;
}

enum ward_err ward_match_explain(struct ward_detector *det, const struct ward_rule *r, uint32_t map,
	struct ward_detection *ret)
{
	struct ward_match *out = ward_arena_array(&det->arena, MATCH_MAX, sizeof(*out));
	size_t n;

	if (!out)
		return WARD_ERR_NOMEM;
	n = explain_itself(det, out, &ret->reason);
	for (size_t i = 0; i < r->n_selection; i++) {
		const struct ward_item_map *m = r->used[i] & WARD_COND_SPEAKS_FOR
							? ward_match_map(det, &r->selection[i], map)
							: NULL;

		if (m)
			n = explain_map(det, &r->selection[i], m, map, out, n);
	}
	ret->match = out;
	ret->n_match = n < MATCH_MAX ? n : MATCH_MAX;
	ret->n_match_all = n;
	return det->err;
}
