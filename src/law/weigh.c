/* What is known of a fact, and from what: a person's answer, a number against its threshold, the
 * record, or the parts it is made of. */
#include "law/priv.h"

static const char *const measure_name[] = {
#define X(NAME, name) name,
	WARD_LAW_MEASURE_LIST(X)
#undef X
};

const char *ward_law_measure_name(enum ward_law_measure m)
{
	return (unsigned)m < WARD_LAW_MEASURE_N ? measure_name[m] : "?";
}

/* ---- numbers that people write ---- */

static bool digit(struct ward_str s, size_t i)
{
	return i < s.len && s.p[i] >= '0' && s.p[i] <= '9';
}

/* What may stand between thousands: one of . , ' blank, or U+00A0, U+202F; its bytes, or 0. */
static size_t between(struct ward_str s, size_t i)
{
	static const char *const sign[] = {".", ",", "'", " ", "\u00a0", "\u202f"};

	for (size_t k = 0; k < WARD_ARRAY_LEN(sign); k++) {
		size_t n = strlen(sign[k]);

		if (ward_str_starts(ward_str_sub(s, i, s.len - i), ward_str_z(sign[k])) &&
			digit(s, i + n) && digit(s, i + n + 1) && digit(s, i + n + 2) &&
			!digit(s, i + n + 3))
			return n;
	}
	return 0;
}

/* "10k", "1.5 million": a number that goes on in words is left to people. */
static bool goes_on(struct ward_str s, size_t i)
{
	static const char *const more[] = {
		"k", "mil", "mio", "mln", "mld", "mrd", "bil", "thous", "tsd", "taus", "duiz"};

	while (i < s.len && (digit(s, i) || strchr(".,' ", s.p[i])))
		i++;
	for (size_t k = 0; k < WARD_ARRAY_LEN(more); k++) {
		size_t n = 0;

		while (more[k][n] && i + n < s.len && (s.p[i + n] | 0x20) == more[k][n])
			n++;
		if (!more[k][n])
			return true;
	}
	return false;
}

bool ward_law_number(struct ward_str s, uint64_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < s.len && !digit(s, i))
		i++;
	if (i == s.len)
		return false;
	while (digit(s, i)) {
		if (!ward_mul(n, 10, &n) || !ward_add(n, (uint64_t)(s.p[i] - '0'), &n))
			return false;
		i++;
		i += digit(s, i) ? 0 : between(s, i);
	}
	*ret = n;
	return !goes_on(s, i);
}

/* ---- facts ---- */

/* What a person wrote counts as an answer: yes from the threshold on, no below it. The record only
 * ever makes likely: below the threshold it may rise yet. */
static enum ward_law_is measured(const struct ward_law *l, const struct ward_law_fact *f,
	const struct ward_law_case *c, const struct ward_law_record *r,
	struct ward_law_weighed *ret)
{
	if (f->measure == WARD_LAW_MEASURE_N)
		return WARD_LAW_UNKNOWN;
	if (f->measure != WARD_LAW_MEASURE_FIELD) {
		ret->measured = r->counted[f->measure];
		ret->value = r->measured[f->measure];
		return ret->measured && f->at_least && ret->value >= f->at_least ? WARD_LAW_LIKELY
										 : WARD_LAW_UNKNOWN;
	}
	size_t field = ward_law_field_of(l, f->field);
	const struct ward_law_said *said =
		field == SIZE_MAX ? NULL : ward_law_said(c, WARD_LAW_SAY_FIELD, field);

	if (!said || said->is != WARD_LAW_YES ||
		!ward_law_number((struct ward_str){said->value, said->value_len}, &ret->value))
		return WARD_LAW_UNKNOWN;
	ret->measured = true;
	ret->by = said;
	return !f->at_least                ? WARD_LAW_UNKNOWN
	       : ret->value >= f->at_least ? WARD_LAW_YES
					   : WARD_LAW_NO;
}

/* The strongest of its parts; no, if all of them are no. */
static enum ward_law_is of_parts(const struct ward_law *l, const struct ward_law_fact *f,
	const struct ward_law_case *c, const struct ward_law_record *r)
{
	enum ward_law_is is = f->n_any ? WARD_LAW_NO : WARD_LAW_UNKNOWN;

	/* no fact is a part of itself (read.c) */
	for (size_t i = 0; i < f->n_any; i++) {
		enum ward_law_is part = ward_law_weigh(l, f->any[i], c, r).is;

		is = part > is ? part : is;
	}
	return is;
}

struct ward_law_weighed ward_law_weigh(const struct ward_law *l, size_t fact,
	const struct ward_law_case *c, const struct ward_law_record *r)
{
	const struct ward_law_fact *f = &l->fact[fact];
	struct ward_law_weighed w = {.said = ward_law_said(c, WARD_LAW_SAY_FACT, fact)};
	enum ward_law_is by_number = measured(l, f, c, r, &w);

	w.proposed = of_parts(l, f, c, r);
	w.is = by_number;
	if (f->seen != WARD_LAW_SEEN_N && r->seen[f->seen] && w.is == WARD_LAW_UNKNOWN)
		w.is = WARD_LAW_LIKELY;
	/* what all of its parts deny is still nobody's word on it */
	if (w.proposed > WARD_LAW_UNKNOWN && w.proposed > w.is)
		w.is = f->judge && w.proposed > WARD_LAW_LIKELY ? WARD_LAW_LIKELY : w.proposed;
	if (w.said && w.said->is != WARD_LAW_UNKNOWN)
		w.is = w.said->is;
	return w;
}

enum ward_law_is ward_law_fact_is(const struct ward_law *l, size_t fact,
	const struct ward_law_case *c, const struct ward_law_record *r,
	const struct ward_law_said **ret_said)
{
	struct ward_law_weighed w = ward_law_weigh(l, fact, c, r);

	*ret_said = w.said;
	return w.is;
}

/* ---- what is other since something was sent ---- */

static bool is_part(const struct ward_law *l, const uint8_t *of, size_t n, size_t fact)
{
	for (size_t i = 0; i < n; i++)
		if (of[i] == fact || is_part(l, l->fact[of[i]].any, l->fact[of[i]].n_any, fact))
			return true;
	return false;
}

bool ward_law_is_asked(const struct ward_law *l, size_t fact)
{
	for (size_t i = 0; i < l->n_rule; i++) {
		const struct ward_law_rule *u = &l->rule[i];

		if (is_part(l, u->when, u->n_when, fact) ||
			is_part(l, u->unless, u->n_unless, fact))
			return true;
	}
	return false;
}

/* Does the rule hang on this fact, or does it stand in the form? Of what was sent by no form nobody
 * knows what stood in it: each answer counts. */
static bool concerns(const struct ward_law *l, const struct ward_law_said *sent, size_t form,
	const struct ward_law_said *s)
{
	const struct ward_law_rule *u = &l->rule[sent->of];

	if (form == SIZE_MAX)
		return s->say == WARD_LAW_SAY_FACT;
	for (size_t k = 0; k < l->form[form].n; k++) {
		const struct ward_law_field *f = &l->field[l->form[form].field[k]];

		if (s->say == WARD_LAW_SAY_FIELD
				? l->form[form].field[k] == s->of
				: f->source == WARD_LAW_SOURCE_FACT && f->n_of && f->of[0] == s->of)
			return true;
	}
	return s->say == WARD_LAW_SAY_FACT &&
	       (is_part(l, u->when, u->n_when, s->of) || is_part(l, u->unless, u->n_unless, s->of));
}

size_t ward_law_changes(const struct ward_law *l, const struct ward_law_case *c,
	const struct ward_law_said *sent, const struct ward_law_said **ret, size_t max)
{
	size_t form = ward_law_form_of(l, ward_str_z(sent->form)), n = 0;

	for (size_t i = 0; c && i < c->n; i++) {
		const struct ward_law_said *s = &c->said[i];
		bool word = s->say == WARD_LAW_SAY_FACT || s->say == WARD_LAW_SAY_FIELD;

		if (s->at <= sent->at ||
			(s->say != WARD_LAW_SAY_AWARE && !(word && concerns(l, sent, form, s))))
			continue;
		if (n < max)
			ret[n] = s;
		n++;
	}
	return max && n > max ? max : n;
}
