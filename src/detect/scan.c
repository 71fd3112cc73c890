/* The current event through a group of the plan: which atoms are true, which members come up. */
#include "base/scan.h"
#include "detect/engine.h"

enum { MEMO_BYTES = 4 << 20 };

enum ward_err ward_scan_init(
	struct ward_scan *s, const struct ward_plan *p, const struct ward_mem *mem)
{
	size_t n_word = p->literal_max / 64 + 1;

	*s = (struct ward_scan){.plan = p, .mem = mem};
	enum ward_err err = ward_memo_init(&s->memo, mem, MEMO_BYTES);

	s->hits.seen = ward_mem_alloc(mem, n_word * sizeof(*s->hits.seen));
	s->hits.hit = ward_mem_alloc(mem, (p->literal_max + 1) * sizeof(*s->hits.hit));
	s->checked = ward_mem_alloc(mem, (p->check_max + 1) * sizeof(*s->checked));
	s->atom = ward_mem_alloc(mem, ((size_t)p->n_atom + 1) * sizeof(*s->atom));
	s->truth = ward_mem_alloc(mem, ((size_t)p->n_atom + 1) * sizeof(*s->truth));
	s->found_in = ward_mem_alloc(mem, ((size_t)p->n_atom + 1) * sizeof(*s->found_in));
	s->found = ward_mem_alloc(mem, ((size_t)p->n_atom + 1) * sizeof(*s->found));
	s->member = ward_mem_alloc(mem, (p->n_member + 1) * sizeof(*s->member));
	s->up = ward_mem_alloc(mem, (p->n_member + 1) * sizeof(*s->up));
	if (err || !s->hits.seen || !s->hits.hit || !s->checked || !s->atom || !s->truth ||
		!s->found_in || !s->found || !s->member || !s->up)
		return WARD_ERR_NOMEM;
	return WARD_OK;
}

void ward_scan_fini(struct ward_scan *s)
{
	const struct ward_plan *p = s->plan;

	if (!p)
		return;
	ward_memo_fini(&s->memo);
	ward_mem_free(s->mem, s->hits.seen, (p->literal_max / 64 + 1) * sizeof(*s->hits.seen));
	ward_mem_free(s->mem, s->hits.hit, (p->literal_max + 1) * sizeof(*s->hits.hit));
	ward_mem_free(s->mem, s->checked, (p->check_max + 1) * sizeof(*s->checked));
	ward_mem_free(s->mem, s->atom, ((size_t)p->n_atom + 1) * sizeof(*s->atom));
	ward_mem_free(s->mem, s->truth, ((size_t)p->n_atom + 1) * sizeof(*s->truth));
	ward_mem_free(s->mem, s->found_in, ((size_t)p->n_atom + 1) * sizeof(*s->found_in));
	ward_mem_free(s->mem, s->found, ((size_t)p->n_atom + 1) * sizeof(*s->found));
	ward_mem_free(s->mem, s->member, (p->n_member + 1) * sizeof(*s->member));
	ward_mem_free(s->mem, s->up, (p->n_member + 1) * sizeof(*s->up));
}

/* The next number for "now"; when they are used up all marks are made old. */
static uint32_t next(uint32_t *now, uint32_t *mark, size_t n)
{
	if (++*now == 0) {
		memset(mark, 0, n * sizeof(*mark));
		*now = 1;
	}
	return *now;
}

void ward_scan_begin(struct ward_scan *s)
{
	const struct ward_plan *p = s->plan;

	s->n_up = 0;
	if (s->now == UINT32_MAX)
		memset(s->member, 0, p->n_member * sizeof(*s->member));
	(void)next(&s->now, s->atom, p->n_atom);
}

static void bring_up(struct ward_scan *s, uint32_t member)
{
	if (s->member[member] == s->now)
		return;
	s->member[member] = s->now;
	s->up[s->n_up++] = member;
}

/* These atoms are true of the event. */
static void apply(struct ward_scan *s, const uint32_t *found, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t atom = found[i];

		if (s->atom[atom] == s->now)
			continue;
		s->atom[atom] = s->now;
		s->truth[s->n_truth++] = atom;
	}
}

static void found(struct ward_scan *s, uint32_t atom)
{
	if (s->found_in[atom] == s->turn)
		return;
	s->found_in[atom] = s->turn;
	s->found[s->n_found++] = atom;
}

static void check(struct ward_detector *det, const struct ward_unit *u, uint32_t i,
	const struct ward_value *v, uint32_t field)
{
	struct ward_scan *s = &det->scan;
	const struct ward_check *c = &u->check[i];

	if (s->checked[i] == s->turn)
		return;
	s->checked[i] = s->turn;
	if (!ward_match_test(det, c->test, v, field))
		return;
	for (uint32_t k = c->first; k < c->first + c->n; k++)
		found(s, u->use[k]);
}

static void begin_value(struct ward_scan *s)
{
	s->n_found = 0;
	if (s->turn == UINT32_MAX)
		memset(s->checked, 0, (s->plan->check_max + 1) * sizeof(*s->checked));
	(void)next(&s->turn, s->found_in, s->plan->n_atom);
}

/* What the literals that were hit from number `from` on mean for one value. */
static void use_hits(struct ward_detector *det, const struct ward_unit *u, size_t from,
	const struct ward_value *v, uint32_t field)
{
	struct ward_scan *s = &det->scan;

	for (size_t i = from; i < s->hits.n; i++) {
		uint32_t l = s->hits.hit[i];

		for (uint32_t k = u->first[l]; k < u->first[l + 1]; k++) {
			if (u->use[k] & WARD_USE_CHECK)
				check(det, u, u->use[k] & ~WARD_USE_CHECK, v, field);
			else
				found(s, u->use[k]);
		}
	}
}

static void look(struct ward_detector *det, const struct ward_unit *u, const struct ward_value *v,
	uint32_t field, struct ward_str text)
{
	struct ward_scan *s = &det->scan;

	if (u->set && !ward_scan_ascii((const uint8_t *)text.p, text.len))
		text = ward_match_folded(det, v, field);
	if (!text.p)
		return; /* out of memory: det->err */
	if (u->set)
		ward_literals_find(u->set, text, &s->hits);
	use_hits(det, u, 0, v, field);
	ward_literal_hits_clear(&s->hits);
	for (size_t i = 0; i < u->n_always; i++)
		check(det, u, u->always[i], v, field);
	for (size_t i = 0; i < u->n_any; i++)
		found(s, u->any[i]);
}

/* A value as it is known by: its text, its text as JSON wrote it, or the number itself. */
struct key {
	struct ward_str s;
	uint64_t end; /* the last eight bytes */
	uint32_t as;
	bool is_text;
};

static bool key_of(struct ward_detector *det, const struct ward_unit *u, const struct ward_value *v,
	uint32_t field, struct key *ret)
{
	enum { TEXT, RAW, INT };
	size_t n;

	ret->as = u->id * WARD_SCAN_KINDS;
	ret->is_text = false;
	if (v->kind == WARD_VALUE_INT) {
		ret->as += INT;
		ret->s = (struct ward_str){(const char *)&v->i, sizeof(v->i)};
	} else if (v->kind == WARD_VALUE_RAW) {
		ret->as += RAW;
		ret->s = v->s;
	} else {
		ret->is_text = true;
		ret->s = v->kind == WARD_VALUE_STR && v->s.p ? v->s
							     : ward_match_plain(det, v, field);
	}
	if (!ret->s.p)
		return false;
	n = ret->s.len < sizeof(ret->end) ? ret->s.len : sizeof(ret->end);
	ret->end = 0;
	memcpy(&ret->end, ret->s.p + ret->s.len - n, n);
	return true;
}

static bool is_last(struct ward_scan *s, const struct ward_look_last *l, const struct key *k)
{
	const uint32_t *known;
	size_t n;

	if (l->end != k->end || l->len != k->s.len || l->as != k->as + 1)
		return false;
	if (l->len <= sizeof(l->end) && l->n_found <= WARD_ARRAY_LEN(l->found)) {
		apply(s, l->found, l->n_found);
		return true;
	}
	if (!ward_memo_again(&s->memo, l->at, k->as, k->s, &known, &n))
		return false;
	apply(s, known, n);
	return true;
}

static void keep_last(
	struct ward_look_last *l, const struct key *k, uint64_t at, const uint32_t *found, size_t n)
{
	if (k->s.len > UINT32_MAX)
		return;
	*l = (struct ward_look_last){.end = k->end,
		.at = at,
		.len = (uint32_t)k->s.len,
		.as = k->as + 1,
		.n_found = (uint32_t)n};
	for (size_t i = 0; i < n && i < WARD_ARRAY_LEN(l->found); i++)
		l->found[i] = found[i];
}

/* What is true of a value that is not known: found. */
static void look_anew(struct ward_detector *det, const struct ward_unit *u,
	const struct ward_value *v, uint32_t field, const struct key *k)
{
	struct ward_str text = k->is_text ? k->s : ward_match_plain(det, v, field);

	begin_value(&det->scan);
	if (!text.p)
		return;
	/* Without capitals ASCII has as many bytes. */
	if (!(u->lengths >> text.len % 64 & 1) &&
		ward_scan_ascii((const uint8_t *)text.p, text.len))
		return;
	look(det, u, v, field, text);
}

/* last: what this unit looked at here before; NULL where that is not kept. */
static void scalar(struct ward_detector *det, const struct ward_unit *u, const struct ward_value *v,
	uint32_t field, struct ward_look_last *last)
{
	struct ward_scan *s = &det->scan;
	const uint32_t *known;
	struct key k;
	size_t n;

	if (!key_of(det, u, v, field, &k) || (last && is_last(s, last, &k)))
		return;
	/* Short whole values are looked up as fast as remembered. */
	bool keep = u->n_slot && !(u->whole && k.s.len <= sizeof(k.end)) &&
		    k.s.len <= WARD_MEMO_TEXT_MAX;
	uint64_t h = keep ? ward_memo_hash(&s->memo, k.as, k.s) : 0;

	s->memo.at = 0;
	if (!keep || !ward_memo_get(&s->memo, h, k.as, k.s, &known, &n)) {
		look_anew(det, u, v, field, &k);
		if (det->err)
			return;
		known = s->found;
		n = s->n_found;
		if (keep)
			ward_memo_put(&s->memo, h, k.as, k.s, known, n);
	}
	if (last)
		keep_last(last, &k, s->memo.at, known, n);
	apply(s, known, n);
}

static void value(struct ward_detector *det, struct ward_look *l)
{
	const struct ward_value *v = &det->e->field[l->field].v;

	if (v->kind != WARD_VALUE_LIST) {
		scalar(det, l->unit, v, l->field, &l->last);
		return;
	}
	for (uint32_t i = 0; i < v->n; i++)
		scalar(det, l->unit, &v->item[i], l->field, NULL);
}

static void keyword(struct ward_detector *det, const struct ward_unit *u,
	const struct ward_value *v, uint32_t field)
{
	struct ward_scan *s = &det->scan;

	bool text_value = v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_RAW;

	if (u->text_only && !text_value)
		return;
	if (text_value && v->s.len < u->shortest) /* RAW is no shorter than what it stands for */
		return;
	struct ward_str text =
		v->kind == WARD_VALUE_STR && v->s.p ? v->s : ward_match_plain(det, v, field);

	if (!text.p)
		return;
	look(det, u, v, field, text);
	if (!s->n_found && !u->n_check)
		return;
	apply(s, s->found, s->n_found);
	begin_value(s);
}

/* Can none of the unit's literals stand in a text that is part of the event's JSON? */
static bool absent(struct ward_detector *det, const struct ward_unit *u)
{
	struct ward_scan *s = &det->scan;
	struct ward_str json = det->e->json;

	if (!u->json || !json.len)
		return false;
	ward_literals_find(u->json, json, &s->hits);
	bool none = s->hits.n == 0;

	ward_literal_hits_clear(&s->hits);
	return none;
}

/* What stands in the JSON of the event, and begins there. Other than ASCII may be the same letter
 * in another case: that was not looked for. */
static WARD_ALWAYS_INLINE bool is_part(const struct ward_event *e, const struct ward_value *v)
{
	bool text = v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_RAW;

	return text && (uintptr_t)v->s.p - (uintptr_t)e->json.p < e->json.len &&
	       (e->json_ascii || ward_scan_ascii((const uint8_t *)v->s.p, v->s.len));
}

/* none: it can't be in what is part of the event's JSON. */
static void keyword_in(
	struct ward_detector *det, const struct ward_unit *u, uint32_t field, bool none)
{
	const struct ward_value *v = &det->e->field[field].v;

	if (v->kind != WARD_VALUE_LIST) {
		keyword(det, u, v, field);
		return;
	}
	for (uint32_t i = 0; i < v->n; i++)
		if (!none || !is_part(det->e, &v->item[i]))
			keyword(det, u, &v->item[i], field);
}

/* Keywords, in all fields: few literals, mostly long texts that do not repeat. What stands in the
 * event's JSON is looked at once for all fields, since there is hardly ever anything. */
static void keywords(struct ward_detector *det, const struct ward_unit *u)
{
	const struct ward_event *e = det->e;
	bool none = absent(det, u);

	begin_value(&det->scan);
	for (size_t k = 0, n = e->n_field; k < n; k++) {
		const struct ward_value *v = &e->field[k].v;
		bool number = v->kind == WARD_VALUE_INT && u->text_only;

		if (!number && !(none && is_part(e, v)))
			keyword_in(det, u, (uint32_t)k, none);
	}
}

/* What units of a group look at. */
static void look_all(struct ward_detector *det, uint32_t route)
{
	struct ward_looks *l = ward_shape_looks(det, route);

	det->scan.n_truth = 1;
	if (!l)
		det->err = WARD_ERR_NOMEM;
	for (size_t i = 0; l && i < l->n; i++) {
		if (l->look[i].field == WARD_NONE)
			keywords(det, l->look[i].unit);
		else
			value(det, &l->look[i]);
	}
}

static void up(struct ward_scan *s, const struct ward_plan_group *g)
{
	const struct ward_plan *p = s->plan;

	for (size_t i = 1; i < s->n_truth; i++)
		for (uint32_t k = p->first[s->truth[i]]; k < p->first[s->truth[i] + 1]; k++)
			bring_up(s, p->need[k]);
	for (size_t i = 0; i < g->n_always; i++)
		bring_up(s, g->always[i]);
}

void ward_scan_group(struct ward_detector *det, uint32_t route)
{
	look_all(det, route);
	up(&det->scan, &det->scan.plan->group[route]);
}

void ward_scan_root(struct ward_detector *det)
{
	look_all(det, WARD_NONE);
}

void ward_scan_root_up(struct ward_detector *det)
{
	up(&det->scan, &det->scan.plan->root);
}

static bool item_true(struct ward_detector *det, uint32_t word, uint32_t map)
{
	const struct ward_scan *s = &det->scan;
	const uint32_t *code = s->plan->code;
	uint32_t at = word & WARD_CODE_INDEX;

	switch ((enum ward_code_kind)(word >> WARD_CODE_KIND_SHIFT)) {
	case WARD_CODE_ATOM:
		return s->atom[at] == s->now;
	case WARD_CODE_ALL:
		for (uint32_t i = 1; i <= code[at]; i++)
			if (s->atom[code[at + i]] != s->now)
				return false;
		return true;
	case WARD_CODE_OTHER:
		break;
	}
	return ward_match_item(det, s->plan->other[at], map);
}

size_t ward_scan_selection(struct ward_detector *det, const struct ward_plan_member *m, size_t i)
{
	const uint32_t *code = det->scan.plan->code + m->selection[i];
	uint32_t n_map = *code++;

	for (uint32_t k = 0; k < n_map; k++) {
		uint32_t n = *code++, done = 0;

		while (done < n && item_true(det, code[done], m->map))
			done++;
		if (done == n)
			return k;
		code += n;
	}
	return SIZE_MAX;
}

struct asked {
	struct ward_detector *det;
	const struct ward_plan_member *m;
};

static bool selection_true(void *ctx, size_t i)
{
	const struct asked *a = ctx;

	return ward_scan_selection(a->det, a->m, i) != SIZE_MAX;
}

bool ward_scan_member(
	struct ward_detector *det, const struct ward_plan_member *m, const struct ward_cond *c)
{
	struct asked a = {det, m};

	return ward_cond_eval(c, selection_true, &a);
}
